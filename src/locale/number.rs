//! Numbers by CLDR: what groups their digits differs by language.

use fluent_bundle::FluentValue;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use unic_langid::LanguageIdentifier;

struct Digits(DecimalFormatter);

impl Memoizable for Digits {
    type Args = ();
    type Error = ();

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Digits, ()> {
        // Western digits everywhere: addresses, times and prices have them too.
        let locale: Locale = format!("{language}-u-nu-latn").parse().map_err(|_| ())?;
        DecimalFormatter::try_new(locale.into(), Default::default()).map(Digits).map_err(|_| ())
    }
}

/// A number as it stands in a sentence; `None`: it is no whole number.
pub(super) fn write(value: &FluentValue, memoizer: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let whole = number.value.fract() == 0.0 && number.value.abs() < 9e15;
    let decimal = Decimal::from(whole.then_some(number.value as i64)?);
    memoizer.with_try_get::<Digits, _, _>((), |digits| digits.0.format(&decimal).to_string()).ok()
}
