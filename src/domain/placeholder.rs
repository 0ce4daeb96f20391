//! Placeholders in what editors write: `{{ name }}`, `{{ first_name }}`, `{{ email }}`, and the key of a field, each
//! with what stands there where nothing is known of a reader: `{{ name | "reader" }}`. No template language.

use serde::{Deserialize, Serialize};

use crate::domain::field::RESERVED_KEYS;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::editorial as codes;
use crate::domain::text::single_line;

/// The longest default, in characters.
pub const DEFAULT_CHARS_MAX: usize = 100;
/// The most different placeholders of a mail.
pub const PLACEHOLDERS_MAX: usize = 50;
/// What stands between the braces is no longer than this, in bytes.
const INNER_BYTES_MAX: usize = 600;

/// A place for something that is known of a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// `name`, `first_name`, `email`, or the key of a field.
    pub name: String,
    /// What stands there where nothing is known.
    #[serde(default)]
    pub default: String,
}

/// Why what stands between braces is no placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderError {
    NotClosed,
    NotUnderstood,
    DefaultLong,
}

/// A part of a text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart<'a> {
    Text(&'a str),
    Placeholder(Placeholder),
    /// Begins as a placeholder does, and is none: as it was typed.
    Wrong(&'a str, PlaceholderError),
}

/// The parts of a text, in order. `\{{` begins no placeholder.
pub fn parts(text: &str) -> Vec<TextPart<'_>> {
    let (mut found, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some(at) = rest[from..].find("{{").map(|at| from + at) {
        if rest[..at].ends_with('\\') {
            from = at + 2;
            continue;
        }
        if at > 0 {
            found.push(TextPart::Text(&rest[..at]));
        }
        let (part, after) = placeholder(&rest[at..]);
        found.push(part);
        (rest, from) = (after, 0);
    }
    if !rest.is_empty() {
        found.push(TextPart::Text(rest));
    }
    found
}

/// What begins with two braces, and what is behind it.
fn placeholder(text: &str) -> (TextPart<'_>, &str) {
    let inner = &text[2..];
    let window = &inner[..inner.floor_char_boundary(INNER_BYTES_MAX)];
    let end = window
        .find("}}")
        .filter(|end| !window[..*end].contains(['\n', '\r']) && !window[..*end].contains("{{"));
    let Some(end) = end else {
        let (wrong, after) = text.split_at(2);
        return (TextPart::Wrong(wrong, PlaceholderError::NotClosed), after);
    };
    let (whole, after) = text.split_at(end + 4);
    let part = match read(&inner[..end]) {
        Ok(placeholder) => TextPart::Placeholder(placeholder),
        Err(error) => TextPart::Wrong(whole, error),
    };
    (part, after)
}

/// What stands between the braces: a name, and maybe a default in quotes behind a bar.
fn read(inner: &str) -> Result<Placeholder, PlaceholderError> {
    let (name, default) = match inner.split_once('|') {
        Some((name, default)) => {
            (name.trim(), unquoted(default.trim()).ok_or(PlaceholderError::NotUnderstood)?)
        }
        None => (inner.trim(), ""),
    };
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(is_word) {
        return Err(PlaceholderError::NotUnderstood);
    }
    if default.chars().count() > DEFAULT_CHARS_MAX {
        return Err(PlaceholderError::DefaultLong);
    }
    Ok(Placeholder { name: name.to_owned(), default: single_line(default) })
}

/// The text between two quotation marks, as keyboards and languages have them.
fn unquoted(text: &str) -> Option<&str> {
    const MARKS: [char; 9] = ['"', '\'', '“', '”', '„', '‘', '’', '«', '»'];
    let inner = text.strip_prefix(MARKS)?.strip_suffix(MARKS)?;
    (!inner.contains(['"', '{', '}'])).then_some(inner)
}

/// The text with nothing in it that would be read as a placeholder: what others wrote, where an editor goes on with it.
pub fn escaped(text: &str) -> String {
    text.replace("{{", "\\{{")
}

/// Refuses a text with a placeholder that is none, or is not among the known ones; `fields` are the keys of fields.
pub fn check(on: &'static str, text: &str, fields: &[&str]) -> Result<(), Refusal> {
    check_among(on, text, &[&RESERVED_KEYS, fields].concat())
}

/// Refuses a text with a placeholder that is none, or has another name than these.
pub fn check_among(on: &'static str, text: &str, known: &[&str]) -> Result<(), Refusal> {
    let mut different: Vec<Placeholder> = Vec::new();
    for part in parts(text) {
        match part {
            TextPart::Text(_) => {}
            TextPart::Placeholder(placeholder) => {
                check_name(on, &placeholder.name, known)?;
                if !different.contains(&placeholder) {
                    different.push(placeholder);
                }
            }
            TextPart::Wrong(typed, error) => {
                let typed: String = typed.chars().take(60).collect();
                let code = match error {
                    PlaceholderError::NotClosed => &codes::PLACEHOLDER_OPEN,
                    PlaceholderError::NotUnderstood => &codes::PLACEHOLDER_WRONG,
                    PlaceholderError::DefaultLong => &codes::PLACEHOLDER_DEFAULT_LONG,
                };
                return Err(code.on(on).with("typed", typed).with("max", DEFAULT_CHARS_MAX));
            }
        }
    }
    if different.len() > PLACEHOLDERS_MAX {
        return Err(codes::TOO_MANY_PLACEHOLDERS.on(on).with("max", PLACEHOLDERS_MAX));
    }
    Ok(())
}

fn check_name(on: &'static str, name: &str, known: &[&str]) -> Result<(), Refusal> {
    if known.contains(&name) {
        return Ok(());
    }
    let typed: String = name.chars().take(60).collect();
    let nearest = known.iter().map(|known| (distance(&typed.to_lowercase(), known), *known)).min();
    Err(match nearest {
        Some((steps, nearest)) if steps <= (nearest.len() / 3).max(1) => {
            let refusal = codes::PLACEHOLDER_MISTYPED.on(on).with("typed", typed);
            refusal.with("nearest", nearest.to_owned())
        }
        _ => {
            let all: Vec<String> = known.iter().map(|known| format!("{{{{ {known} }}}}")).collect();
            codes::PLACEHOLDER_UNKNOWN.on(on).with("typed", typed).with("known", all.join(", "))
        }
    })
}

/// How many letters must be added, taken out, changed or swapped with the next to make one word of another.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let change = rows[i][j] + usize::from(a != b);
            let mut best = change.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

/// The first name of a name: its first word, or the first behind a comma ("Carvalho, Inês").
pub fn first_name(name: &str) -> &str {
    let behind_comma = name.split_once(',').and_then(|(_, rest)| rest.split_whitespace().next());
    behind_comma.or_else(|| name.split_whitespace().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let one = |part| match part {
            TextPart::Text(text) => text.to_owned(),
            TextPart::Placeholder(it) => format!("<{}|{}>", it.name, it.default),
            TextPart::Wrong(typed, error) => format!("!{typed}:{error:?}!"),
        };
        parts(text).into_iter().map(one).collect()
    }

    #[test]
    fn placeholders_are_found_where_they_are_written() {
        for (text, found) in [
            ("Hello {{ name }}!", "Hello <name|>!"),
            ("{{name}}{{  email  }}", "<name|><email|>"),
            ("{{ name | \"reader\" }}", "<name|reader>"),
            ("{{ name|“dear reader” }}", "<name|dear reader>"),
            ("{{ job_title | 'x' }} }}", "<job_title|x> }}"),
            ("{ name } }} {", "{ name } }} {"),
            ("\\{{ name }} {{ name }}", "\\{{ name }} <name|>"),
            ("{{ name", "!{{:NotClosed! name"),
            ("{{ na\nme }}", "!{{:NotClosed! na\nme }}"),
            ("{{ {{ name }}", "!{{:NotClosed! <name|>"),
            ("{{ name | reader }}", "!{{ name | reader }}:NotUnderstood!"),
            ("{{ }}", "!{{ }}:NotUnderstood!"),
            ("{{ if name }}", "!{{ if name }}:NotUnderstood!"),
            ("{{{ name }}}", "!{{{ name }}:NotUnderstood!}"),
        ] {
            assert_eq!(shown(text), found, "{text}");
        }
    }

    #[test]
    fn a_typing_error_is_refused_with_the_nearest_name() {
        let check =
            |text: &str| check("subject", text, &["job_title", "city"]).map_err(|refusal| refusal.sentence());
        assert_eq!(check("{{ name }} {{ job_title | \"x\" }} {{ first_name }} {{ email }}"), Ok(()));
        assert!(check("{{ nmae }}").unwrap_err().contains("{{ name }}"));
        assert!(check("{{ Name }}").unwrap_err().contains("{{ name }}"));
        assert!(check("{{ fist_name }}").unwrap_err().contains("{{ first_name }}"));
        assert!(check("{{ jobtitle }}").unwrap_err().contains("{{ job_title }}"));
        let unknown = check("{{ birthday }}").unwrap_err();
        assert!(unknown.contains("birthday") && unknown.contains("{{ city }}"), "{unknown}");
        assert!(check("{{ name").is_err() && check("{{ name | x }}").is_err());
        assert!(check(&format!("{{{{ name | \"{}\" }}}}", "x".repeat(101))).is_err());
        let many: String = (0..51).map(|n| format!("{{{{ name | \"{n}\" }}}}")).collect();
        assert!(check(&many).is_err());
    }

    #[test]
    fn a_first_name_is_the_first_word() {
        for (name, first) in [
            ("Inês Carvalho", "Inês"),
            ("Carvalho, Inês M.", "Inês"),
            ("", ""),
            ("王小明", "王小明"),
            ("X,", "X,"),
        ] {
            assert_eq!(first_name(name), first);
        }
    }

    proptest! {
        #[test]
        fn no_part_of_a_text_is_lost(text in "(\\PC|\\{\\{|\\}\\}|\\{\\{ name \\}\\}|\\||\"|\n){0,40}") {
            for part in parts(&text) {
                if let TextPart::Text(part) | TextPart::Wrong(part, _) = part {
                    prop_assert!(text.contains(part));
                }
            }
            let escaped = escaped(&text.replace('\\', ""));
            prop_assert!(parts(&escaped).iter().all(|part| matches!(part, TextPart::Text(_))), "{}", escaped);
        }
    }
}
