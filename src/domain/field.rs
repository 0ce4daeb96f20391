//! Fields: what a publication wants to know of its subscribers besides address and name, and how a value that
//! somebody typed is read.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::refusal::{Code, fields};
use crate::domain::text::single_line;

/// The longest value, in characters.
pub const TEXT_CHARS_MAX: usize = 500;
/// The longest name of a field, in characters.
pub const FIELD_NAME_CHARS_MAX: usize = 100;
/// The longest key, in characters.
pub const KEY_CHARS_MAX: usize = 40;
/// The most fields of a publication.
pub const FIELDS_MAX: usize = 50;
/// Past this a double no longer tells one whole number from the next.
const NUMBER_MAX: f64 = 9e15;
/// No number that people type is longer.
const NUMBER_CHARS_MAX: usize = 30;

/// Keys that mean something else in a mail.
pub const RESERVED_KEYS: [&str; 3] = ["name", "first_name", "email"];

/// The kind of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    Number,
    /// A day.
    Date,
    YesNo,
}

impl FieldKind {
    /// All of them, in the order of a form.
    pub const ALL: [FieldKind; 4] = [FieldKind::Text, FieldKind::Number, FieldKind::Date, FieldKind::YesNo];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
            FieldKind::YesNo => "yes_no",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<FieldKind> {
        FieldKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The key of its label.
    pub fn label_key(self) -> &'static str {
        match self {
            FieldKind::Text => "field-kind-text",
            FieldKind::Number => "field-kind-number",
            FieldKind::Date => "field-kind-date",
            FieldKind::YesNo => "field-kind-yes-no",
        }
    }
}

/// A value of a field, in its canonical form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// A number in its shortest decimal form, a day as YYYY-MM-DD, `yes` or `no`, or the text.
    pub text: String,
    /// The number, of a field of numbers.
    pub number: Option<f64>,
}

impl FieldValue {
    /// Reads what somebody typed, or a file says. `None`: there is no value. Fails with the code of what is wrong.
    pub fn parse(kind: FieldKind, typed: &str) -> Result<Option<FieldValue>, &'static Code> {
        // Whoever sends a megabyte gets no megabyte looked at.
        if typed.len() > TEXT_CHARS_MAX * 8 {
            return Err(&fields::FIELD_TEXT_LONG);
        }
        let line = single_line(typed);
        let line = line.trim();
        if line.is_empty() {
            return Ok(None);
        }
        let words = |text: String| Ok(Some(FieldValue { text, number: None }));
        match kind {
            FieldKind::Text if line.chars().count() > TEXT_CHARS_MAX => Err(&fields::FIELD_TEXT_LONG),
            FieldKind::Text => words(line.to_owned()),
            FieldKind::Number => {
                let number = parse_number(line)?;
                Ok(Some(FieldValue { text: number.to_string(), number: Some(number) }))
            }
            FieldKind::Date => words(parse_day(line).ok_or(&fields::FIELD_DATE_WRONG)?.to_string()),
            FieldKind::YesNo => {
                let is_yes = parse_yes_no(line).ok_or(&fields::FIELD_YES_NO_WRONG)?;
                words(if is_yes { "yes" } else { "no" }.to_owned())
            }
        }
    }
}

/// Whether a text is a field's key: `a-z`, `0-9` and `_`, a letter first.
pub fn is_key(text: &str) -> bool {
    text.len() <= KEY_CHARS_MAX
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// A key made of a name: "Job title" is `job_title`. Empty where the name has no ASCII letter or digit.
pub fn key_of_name(name: &str) -> String {
    let mut key = crate::domain::slug::slugify(name).replace('-', "_");
    if key.starts_with(|c: char| c.is_ascii_digit()) {
        key.insert_str(0, "field_");
    }
    key.truncate(KEY_CHARS_MAX);
    key.trim_end_matches('_').to_owned()
}

/// A number with a point or a comma before its decimals, and maybe groups of three. What could be read in two ways is
/// refused: "1,234" is a thousand to some and a bit more than one to others. "1.234" is how we write the latter.
fn parse_number(text: &str) -> Result<f64, &'static Code> {
    let wrong = &fields::FIELD_NUMBER_WRONG;
    let (is_negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.chars().count() > NUMBER_CHARS_MAX || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong);
    }
    let plain = without_groups(digits)?;
    let number: f64 = plain.parse().map_err(|_| wrong)?;
    if !number.is_finite() || number > NUMBER_MAX {
        return Err(wrong);
    }
    // No "-0".
    Ok(if is_negative && number != 0.0 { -number } else { number })
}

/// The digits with a point before the decimals, and nothing else.
fn without_groups(text: &str) -> Result<String, &'static Code> {
    let wrong = &fields::FIELD_NUMBER_WRONG;
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}' | '_');
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let count = |mark: char| marks.iter().filter(|c| **c == mark).count();
    // The mark before the decimals: the last of two kinds, or the only one of its kind.
    let decimal = match (count('.'), count(','), text.rfind('.') > text.rfind(',')) {
        (0, 0, _) => None,
        (1, 0, _) => Some('.'),
        (0, 1, _) => Some(','),
        (1, _, true) => Some('.'),
        (_, 1, false) => Some(','),
        _ => None,
    };
    let (whole, decimals) = match decimal {
        Some(mark) => text.split_once(mark).unwrap_or((text, "")),
        None => (text, ""),
    };
    let groups: Vec<&str> = whole.split(|c: char| is_space(c) || matches!(c, '.' | ',')).collect();
    let mut group_marks = whole.chars().filter(|c| !c.is_ascii_digit());
    let first = group_marks.next();
    let are_groups = groups.len() == 1
        || ((1..=3).contains(&groups[0].len())
            && groups[1..].iter().all(|group| group.len() == 3)
            && group_marks
                .all(|mark| Some(mark) == first || (is_space(mark) && first.is_some_and(is_space)))
            && first != decimal);
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !are_groups || !groups.iter().all(|group| are_digits(group)) || !are_digits(decimals) {
        return Err(wrong);
    }
    if decimal.is_some() && decimals.is_empty() {
        return Err(wrong);
    }
    let could_be_a_group = decimals.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if decimal == Some(',') && groups.len() == 1 && could_be_a_group {
        return Err(&fields::FIELD_NUMBER_AMBIGUOUS);
    }
    let whole: String = groups.concat();
    Ok(if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") })
}

/// A day in ISO 8601, with or without a time behind it.
fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = text.get(..10)?;
    if !matches!(text[10..].bytes().next(), None | Some(b'T' | b' ')) {
        return None;
    }
    let is_shaped = day.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    if !is_shaped {
        return None;
    }
    let day: NaiveDate = day.parse().ok()?;
    (chrono::Datelike::year(&day) > 0).then_some(day)
}

fn parse_yes_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" | "ja" | "oui" | "si" | "sí" | "sim" => Some(true),
        "no" | "n" | "false" | "f" | "0" | "off" | "nein" | "non" | "nej" | "nee" | "não" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(kind: FieldKind, typed: &str) -> Result<String, &'static str> {
        match FieldValue::parse(kind, typed) {
            Ok(value) => Ok(value.map(|value| value.text).unwrap_or_default()),
            Err(code) => Err(code.name),
        }
    }

    #[test]
    fn numbers_are_read_where_they_mean_one_thing() {
        for (typed, text) in [
            ("12", "12"),
            (" 12.50 ", "12.5"),
            ("12,5", "12.5"),
            ("1.234", "1.234"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1,234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1 234 567,25", "1234567.25"),
            ("1\u{202f}234", "1234"),
            ("1'234.5", "1234.5"),
            ("0,125", "0.125"),
            ("1234,567", "1234.567"),
            ("-7", "-7"),
            ("\u{2212}7,5", "-7.5"),
            ("-0", "0"),
            ("+3", "3"),
            ("007", "7"),
            ("", ""),
        ] {
            assert_eq!(read(FieldKind::Number, typed), Ok(text.to_owned()), "{typed}");
        }
        assert_eq!(read(FieldKind::Number, "1,234"), Err("field_number_ambiguous"));
        for typed in [
            "x",
            "1x",
            "1e5",
            "inf",
            "NaN",
            "0x10",
            "1..2",
            "1,2,3",
            "1,23,456",
            "1.",
            ".5",
            "--1",
            "1 2",
            "1,234,5.",
            "1.234.56",
            "1,234.567.8",
            "99999999999999999999",
            "1-2",
            "१२",
            "1234.567.890,1,2",
        ] {
            assert_eq!(read(FieldKind::Number, typed), Err("field_number_wrong"), "{typed}");
        }
    }

    #[test]
    fn days_and_answers_are_read() {
        for typed in ["2024-02-29", "2024-02-29T10:00:00Z", "2024-02-29 10:00"] {
            assert_eq!(read(FieldKind::Date, typed), Ok("2024-02-29".to_owned()));
        }
        for typed in [
            "2023-02-29",
            "29.02.2024",
            "2024-2-9",
            "20240229",
            "0000-01-01",
            "2024-02-29x",
            "+024-02-02",
            "ééééé",
        ] {
            assert_eq!(read(FieldKind::Date, typed), Err("field_date_wrong"), "{typed}");
        }
        for (typed, text) in
            [("Yes", "yes"), ("TRUE", "yes"), ("1", "yes"), ("no", "no"), ("False", "no"), ("0", "no")]
        {
            assert_eq!(read(FieldKind::YesNo, typed), Ok(text.to_owned()));
        }
        assert_eq!(read(FieldKind::YesNo, "maybe"), Err("field_yes_no_wrong"));
    }

    #[test]
    fn a_text_is_one_line_of_limited_length() {
        assert_eq!(read(FieldKind::Text, " a\r\nBcc: b\u{202e} "), Ok("a  Bcc: b".to_owned()));
        assert_eq!(read(FieldKind::Text, &"😀".repeat(500)), Ok("😀".repeat(500)));
        assert_eq!(read(FieldKind::Text, &"x".repeat(501)), Err("field_text_long"));
        assert_eq!(read(FieldKind::Text, &"x".repeat(1_000_000)), Err("field_text_long"));
    }

    #[test]
    fn keys_are_made_of_names() {
        assert!(
            is_key("job_title")
                && !is_key("Job")
                && !is_key("1a")
                && !is_key("")
                && !is_key("a-b")
                && !is_key("ä")
        );
        assert_eq!(key_of_name("Job title (first)"), "job_title_first");
        assert_eq!(key_of_name("2024 income"), "field_2024_income");
        assert_eq!(key_of_name("한국"), "");
        assert!(is_key(&key_of_name(&"word ".repeat(30))));
    }

    proptest! {
        #[test]
        fn what_was_read_once_is_read_as_the_same(typed in "\\PC{0,20}|[-+0-9., ']{0,12}") {
            for kind in FieldKind::ALL {
                if let Ok(Some(value)) = FieldValue::parse(kind, &typed) {
                    prop_assert_eq!(FieldValue::parse(kind, &value.text), Ok(Some(value)));
                }
            }
        }
    }
}
