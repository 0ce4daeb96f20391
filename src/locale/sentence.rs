//! One sentence, and what it names.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use askama::filters::{Escaper as _, HtmlSafe};
use fluent_bundle::{FluentArgs, FluentValue};

use super::{FIRST, LANGUAGES, Language};

/// What a sentence is written for.
pub trait Form {
    /// What is named, fit to stand in it.
    fn name(text: &str, is_foreign: bool) -> String;
}

/// HTML: what is named is escaped, the sentence's own `<a>` and `<strong>` stay.
#[derive(Clone, Copy, Debug)]
pub struct Html;

/// Text: nothing is escaped.
#[derive(Clone, Copy, Debug)]
pub struct Text;

/// A line of a terminal: nothing is escaped or set apart, so that addresses and paths can be copied as they are.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Form for Html {
    fn name(text: &str, is_foreign: bool) -> String {
        let mut escaped = String::with_capacity(text.len());
        // Writing to a string does not fail.
        let _ = askama::filters::Html.write_escaped_str(&mut escaped, text);
        if is_foreign { format!("<bdi>{escaped}</bdi>") } else { escaped }
    }
}

impl Form for Text {
    fn name(text: &str, is_foreign: bool) -> String {
        if is_foreign { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
    }
}

impl Form for Plain {
    fn name(text: &str, _: bool) -> String {
        text.to_owned()
    }
}

/// What a sentence names.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    /// HTML that is safe already, from another sentence.
    Html(String),
}

macro_rules! value {
    ($($from:ty => |$value:ident| $into:expr),* $(,)?) => {
        $(impl<'a> From<$from> for Value<'a> {
            fn from($value: $from) -> Value<'a> {
                $into
            }
        })*
    };
}
value! {
    &'a str => |text| Value::Text(Cow::Borrowed(text)),
    &'a &'a str => |text| Value::Text(Cow::Borrowed(*text)),
    &'a String => |text| Value::Text(Cow::Borrowed(text.as_str())),
    &'a Cow<'a, str> => |text| Value::Text(Cow::Borrowed(text.as_ref())),
    String => |text| Value::Text(Cow::Owned(text)),
    Sentence<'_, Text> => |sentence| Value::Text(Cow::Owned(sentence.to_string())),
    Sentence<'_, Plain> => |sentence| Value::Text(Cow::Owned(sentence.to_string())),
    Sentence<'_, Html> => |sentence| Value::Html(sentence.to_string()),
    i64 => |number| Value::Number(number),
    &'a i64 => |number| Value::Number(*number),
    i32 => |number| Value::Number(number.into()),
    u32 => |number| Value::Number(number.into()),
    &'a u32 => |number| Value::Number((*number).into()),
    u64 => |number| Value::Number(i64::try_from(number).unwrap_or(i64::MAX)),
    &'a u64 => |number| Value::Number(i64::try_from(*number).unwrap_or(i64::MAX)),
    usize => |number| Value::Number(i64::try_from(number).unwrap_or(i64::MAX)),
    &'a usize => |number| Value::Number(i64::try_from(*number).unwrap_or(i64::MAX)),
}

/// A sentence with what it names; written where it is shown.
#[must_use]
pub struct Sentence<'a, F> {
    language: &'static Language,
    key: &'a str,
    names: FluentArgs<'a>,
    form: PhantomData<F>,
}

impl<'a, F: Form> Sentence<'a, F> {
    pub(super) fn new(language: &'static Language, key: &'a str) -> Sentence<'a, F> {
        Sentence { language, key, names: FluentArgs::new(), form: PhantomData }
    }

    /// Names what stands there as `{ $name }`.
    pub fn with<'b>(self, name: &'static str, value: impl Into<Value<'b>>) -> Sentence<'a, F> {
        let Sentence { language, key, mut names, form } = self;
        names.set(
            name,
            match value.into() {
                Value::Text(text) => FluentValue::from(F::name(&text, is_foreign(language, &text))),
                Value::Number(number) => FluentValue::from(number),
                Value::Html(html) => FluentValue::from(html),
            },
        );
        Sentence { language, key, names, form }
    }
}

/// Whether a text runs in the other direction than its language, or might: it is set apart, so that the words
/// around it keep their places.
fn is_foreign(language: &Language, text: &str) -> bool {
    let runs_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    match language.is_right_to_left {
        true => text.chars().any(|c| c.is_alphanumeric() && !runs_left(c)),
        false => text.chars().any(runs_left),
    }
}

impl<F: Form> fmt::Display for Sentence<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = [self.language, &LANGUAGES[FIRST]]
            .into_iter()
            .find_map(|language| Some((language, language.bundle.get_message(self.key)?.value()?)));
        let Some((language, pattern)) = found else {
            // A test renders everything: this is for a key that is made of parts.
            tracing::error!(key = self.key, "no language has this sentence");
            debug_assert!(false, "no language says {:?}", self.key);
            return f.write_str(self.key);
        };
        let mut errors = Vec::new();
        let said = language.bundle.format_pattern(pattern, Some(&self.names), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key = self.key, ?errors, "a sentence lacks what it names");
            debug_assert!(false, "{}: {errors:?}", self.key);
        }
        f.write_str(&said)
    }
}

impl<F: Form> From<Sentence<'_, F>> for String {
    fn from(sentence: Sentence<'_, F>) -> String {
        sentence.to_string()
    }
}

impl HtmlSafe for Sentence<'_, Html> {}
