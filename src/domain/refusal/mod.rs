//! Why something is not done, for whoever asked for it: a code that stays, the field that it is about, and what its
//! sentence names. Each door makes of it what it answers with: a page, an exit status, problem details.
//!
//! A table of codes a subject, in a file each. A sentence says what to do.

pub mod campaigns;
pub mod common;
pub mod editorial;
pub mod feeds;
pub mod lists;
pub mod people;
pub mod readers;
pub mod settings;

use std::borrow::Cow;
use std::fmt;

/// What kind of refusal it is: what a door answers with depends on this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was sent can't be used as it is.
    Invalid,
    /// Whoever asks may not.
    Forbidden,
    /// What it is about is not there.
    NotFound,
    /// What it is about stands otherwise than whoever asks believed.
    Conflict,
    /// Later it will do.
    TooSoon,
}

/// One reason, as it is known outside.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The name that stays: `list_retired`.
    pub name: &'static str,
    pub kind: Kind,
    /// A sentence in English, with its parameters in braces.
    pub sentence: &'static str,
}

impl Code {
    /// A refusal for this reason, about nothing in particular.
    pub fn refusal(&'static self) -> Refusal {
        Refusal { code: self, field: "", parameters: Vec::new(), others: Vec::new() }
    }

    /// A refusal about a field of what was sent.
    pub fn on(&'static self, field: &'static str) -> Refusal {
        Refusal { field, ..self.refusal() }
    }
}

/// Something that was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    pub code: &'static Code,
    /// The field that it is about; empty where it is about all of it.
    pub field: &'static str,
    /// What the sentence names.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// What else is wrong with the same form.
    pub others: Vec<Refusal>,
}

/// What a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    Text(Cow<'static, str>),
    Number(i64),
}

impl From<&'static str> for Parameter {
    fn from(text: &'static str) -> Parameter {
        Parameter::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Parameter {
        Parameter::Text(Cow::Owned(text))
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Parameter {
        Parameter::Number(number)
    }
}

impl From<usize> for Parameter {
    fn from(number: usize) -> Parameter {
        Parameter::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parameter::Text(text) => f.write_str(text),
            Parameter::Number(number) => write!(f, "{number}"),
        }
    }
}

impl Refusal {
    /// Names what stands in braces in the sentence.
    pub fn with(mut self, name: &'static str, value: impl Into<Parameter>) -> Refusal {
        self.parameters.push((name, value.into()));
        self
    }

    /// One refusal of all that is wrong with a form; `None`: nothing is.
    pub fn of_all(wrong: Vec<Refusal>) -> Option<Refusal> {
        let mut wrong = wrong.into_iter();
        let first = wrong.next()?;
        Some(Refusal { others: wrong.collect(), ..first })
    }

    /// What the sentence names by this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether this is the reason.
    pub fn is(&self, code: &Code) -> bool {
        self.code.name == code.name
    }

    /// The sentence, with what it names.
    pub fn sentence(&self) -> String {
        let (mut said, mut rest) = (String::with_capacity(self.code.sentence.len()), self.code.sentence);
        // From left to right, so that a brace in a parameter is text.
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            let value = self.parameter(name);
            debug_assert!(value.is_some(), "{} has no {name:?}", self.code.name);
            said.push_str(before);
            if let Some(value) = value {
                said.push_str(&value.to_string());
            }
            rest = behind;
        }
        said.push_str(rest);
        said
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// A table of codes: `NAME: Kind, "sentence";` makes the code `name`. `ALL` holds every one of it.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal: $kind:ident, $sentence:literal;)*) => {
        $($(#[$doc])* pub static $name: $crate::domain::refusal::Code = $crate::domain::refusal::Code {
            name: $code,
            kind: $crate::domain::refusal::Kind::$kind,
            sentence: $sentence,
        };)*
        /// All of this file.
        pub const ALL: &[&$crate::domain::refusal::Code] = &[$(&$name),*];
    };
}
use codes;

/// Every code there is.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        campaigns::ALL,
        common::ALL,
        editorial::ALL,
        feeds::ALL,
        lists::ALL,
        people::ALL,
        readers::ALL,
        settings::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_says_something() {
        let mut seen = BTreeSet::new();
        for code in all() {
            assert!(seen.insert(code.name), "{} twice", code.name);
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", code.name);
            let says = code.sentence;
            // Some end with an example, and some are what a parser says.
            let is_a_parsers = matches!(says, "{why}" | "{why}.");
            assert!(
                is_a_parsers || says.ends_with(['.', '?', '}']) || says.contains(". Like this: "),
                "{says}"
            );
            assert!(is_a_parsers || says.contains(' '), "{says}");
        }
    }

    #[test]
    fn what_a_sentence_names_is_text_whatever_it_holds() {
        let refusal = readers::LIST_UNKNOWN.on("lists").with("list", "{code} <b>".to_owned());
        assert_eq!(refusal.sentence(), "There is no list “{code} <b>”. Pick one of those shown.");
        assert_eq!(refusal.field, "lists");
    }
}
