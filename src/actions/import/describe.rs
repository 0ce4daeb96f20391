//! What was recognised of a file, as it is stored and shown.

use serde::{Deserialize, Serialize};

use crate::imports::{Question, Recognised, Source};

/// What was recognised of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Described {
    /// The key of the source's name.
    pub source: String,
    pub files: Vec<DescribedFile>,
    /// Files of an archive that are not read.
    pub left_out: Vec<String>,
    /// What is to be answered before everybody can be taken: a sentence.
    pub question: String,
    /// What it is about: `status`, `columns`, `dates`, or nothing.
    pub asks: String,
    #[serde(skip)]
    pub refusals_kept: usize,
}

/// One file of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescribedFile {
    pub name: String,
    pub charset: String,
    pub is_charset_assumed: bool,
    /// Empty where a line is an address.
    pub delimiter: String,
    /// Each column's name, and its role as a form's value.
    pub columns: Vec<(String, String)>,
    pub first_rows: Vec<Vec<String>>,
}

/// The longest cell that is shown, in characters.
const CELL_CHARS_MAX: usize = 80;

fn shown(cell: &str) -> String {
    crate::domain::text::visible(cell).chars().take(CELL_CHARS_MAX).collect()
}

impl Described {
    /// Of what the reader of files says.
    pub fn of(recognised: &Recognised) -> Described {
        let files = recognised.files.iter().map(|file| DescribedFile {
            name: shown(&file.name),
            charset: file.charset.name().to_owned(),
            is_charset_assumed: file.is_charset_assumed,
            delimiter: file.delimiter.map(String::from).unwrap_or_default(),
            columns: file.columns.iter().map(|(name, role)| (shown(name), role.value())).collect(),
            first_rows: file
                .first_rows
                .iter()
                .map(|row| row.iter().map(|cell| shown(cell)).collect())
                .collect(),
        });
        let (question, asks) = match &recognised.question {
            None => (String::new(), ""),
            Some(Question::Status(phrase)) => (phrase.to_string(), "status"),
            Some(Question::Columns(phrase)) => (phrase.to_string(), "columns"),
            Some(Question::Dates(phrase)) => (phrase.to_string(), "dates"),
        };
        Described {
            source: recognised.source.key().to_owned(),
            files: files.collect(),
            left_out: recognised.left_out.iter().map(|name| shown(name)).collect(),
            question,
            asks: asks.to_owned(),
            refusals_kept: 0,
        }
    }

    /// The key of the source's name.
    pub fn source_key(&self) -> &'static str {
        Source::ALL
            .iter()
            .map(|source| source.key())
            .find(|key| *key == self.source)
            .unwrap_or("import-source-plain")
    }

    /// As it was stored; nothing where nothing was.
    pub fn parse(json: &str) -> Described {
        serde_json::from_str(json).unwrap_or_default()
    }
}
