//! What is to be said, before it is known in which language: a key, and what the sentence names.

use std::borrow::Cow;
use std::fmt;

use super::{Form, Localizer, Sentence, Value};

/// What a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Text(Cow<'static, str>),
    Number(i64),
    /// Another sentence.
    Phrase(Box<Phrase>),
}

/// A sentence by its key, with what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    key: &'static str,
    names: Vec<(&'static str, Name)>,
}

impl Phrase {
    pub fn new(key: &'static str) -> Phrase {
        debug_assert!(!key.contains(' '), "no key: {key:?}");
        Phrase { key, names: Vec::new() }
    }

    /// Names what stands there as `{ $name }`.
    pub fn with(mut self, name: &'static str, value: impl Into<Name>) -> Phrase {
        self.names.push((name, value.into()));
        self
    }

    /// In a language, as text.
    pub fn text(&self, words: &Localizer) -> String {
        self.fill(words, words.text(self.key))
    }

    /// In a language, as HTML.
    pub fn html(&self, words: &Localizer) -> String {
        self.fill(words, words.html(self.key))
    }

    fn fill<'a, F: Form>(&'a self, words: &Localizer, sentence: Sentence<'a, F>) -> String {
        let filled = self.names.iter().fold(sentence, |sentence, (name, value)| match value {
            Name::Text(text) => sentence.with(name, text),
            Name::Number(number) => sentence.with(name, *number),
            Name::Phrase(phrase) => sentence.with(name, Value::Text(phrase.text(words).into())),
        });
        filled.to_string()
    }
}

/// In English, for logs and terminals.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&Localizer::english()))
    }
}

impl From<&'static str> for Phrase {
    fn from(key: &'static str) -> Phrase {
        Phrase::new(key)
    }
}

macro_rules! name {
    ($($from:ty => |$value:ident| $into:expr),* $(,)?) => {
        $(impl From<$from> for Name {
            fn from($value: $from) -> Name {
                $into
            }
        })*
    };
}
name! {
    Cow<'static, str> => |text| Name::Text(text),
    &'static str => |text| Name::Text(Cow::Borrowed(text)),
    String => |text| Name::Text(Cow::Owned(text)),
    i64 => |number| Name::Number(number),
    u64 => |number| Name::Number(i64::try_from(number).unwrap_or(i64::MAX)),
    usize => |number| Name::Number(i64::try_from(number).unwrap_or(i64::MAX)),
    Phrase => |phrase| Name::Phrase(Box::new(phrase)),
}

impl From<&Phrase> for Name {
    fn from(phrase: &Phrase) -> Name {
        Name::Phrase(Box::new(phrase.clone()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Text(text) => f.write_str(text),
            Name::Number(number) => write!(f, "{number}"),
            Name::Phrase(phrase) => phrase.fmt(f),
        }
    }
}
