//! Why something is not done, for whoever asked for it: a code that stays, the field that it is about, and what its
//! sentence names. Each entry point makes of it what it answers with: a page, an exit status, problem details.
//!
//! A table of codes a subject, in a file each. The sentence of a code, which says what to do, stands in `locales` under
//! `refusal-{code}`.

pub mod campaigns;
pub mod common;
pub mod editorial;
pub mod feeds;
pub mod fields;
pub mod lists;
pub mod people;
pub mod readers;
pub mod settings;

use std::fmt;

pub use crate::locale::Name as Parameter;
use crate::locale::Phrase;

/// What kind of refusal it is: what an entry point answers with depends on this alone.
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
    /// The key of its sentence.
    pub key: &'static str,
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

    /// What it says, in any language.
    pub fn phrase(&self) -> Phrase {
        let named = self.parameters.iter().cloned();
        named.fold(Phrase::new(self.code.key), |phrase, (name, value)| phrase.with(name, value))
    }

    /// What it says, in English: for the desk and for terminals.
    pub fn sentence(&self) -> String {
        self.phrase().to_string()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// A table of codes: `NAME "name": Kind;`. `ALL` holds every one of it.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal: $kind:ident;)*) => {
        $($(#[$doc])* pub static $name: $crate::domain::refusal::Code = $crate::domain::refusal::Code {
            name: $code,
            kind: $crate::domain::refusal::Kind::$kind,
            key: concat!("refusal-", $code),
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
        fields::ALL,
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
    use crate::locale;

    #[test]
    fn every_code_is_its_own_and_has_a_sentence() {
        let mut seen = BTreeSet::new();
        for code in all() {
            assert!(seen.insert(code.name), "{} twice", code.name);
            assert!(locale::has(code.key), "{} has no sentence", code.key);
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", code.name);
        }
    }

    #[test]
    fn what_a_sentence_names_is_text_whatever_it_holds() {
        let refusal = readers::LIST_UNKNOWN.on("lists").with("list", "{code} <b>".to_owned());
        assert_eq!(
            refusal.sentence(),
            "There is no newsletter called “{code} <b>”. Choose one of those shown."
        );
        assert_eq!(refusal.field, "lists");
    }
}
