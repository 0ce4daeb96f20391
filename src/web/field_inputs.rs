//! Fields on a form: what stands in each, and what was typed. Of the desk as of readers.

use uuid::Uuid;

use crate::db::fields::{StoredField, SubscriberField};
use crate::domain::field::{FIELDS_MAX, FieldKind, TEXT_CHARS_MAX};
use crate::domain::refusal::Refusal;
use crate::locale::Phrase;

/// How the names of a form's inputs begin: `field.job_title`.
const PREFIX: &str = "field.";

/// A field on a form.
#[derive(Clone, Debug)]
pub struct ShownField {
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    pub value: String,
    /// What is wrong with it.
    pub error: Option<Phrase>,
}

impl ShownField {
    /// Whether it is chosen from yes and no.
    pub fn is_choice(&self) -> bool {
        self.kind == FieldKind::YesNo
    }

    /// The type of its input.
    pub fn input_type(&self) -> &'static str {
        if self.kind == FieldKind::Date { "date" } else { "text" }
    }

    /// What a telephone's keyboard shows for it.
    pub fn input_mode(&self) -> &'static str {
        if self.kind == FieldKind::Number { "decimal" } else { "text" }
    }
}

/// Fields with what they hold of somebody; with what was typed, and what is wrong with it, where a form was refused.
pub fn shown(
    fields: &[SubscriberField],
    held: &[StoredField],
    typed: &[(String, String)],
    wrong: Option<&Refusal>,
) -> Vec<ShownField> {
    let of = |field: &SubscriberField| ShownField {
        value: match typed.iter().find(|(key, _)| *key == field.key) {
            Some((_, typed)) => typed.clone(),
            None => held_text(held, field.id).unwrap_or_default().to_owned(),
        },
        key: field.key.clone(),
        label: field.name.clone(),
        kind: field.kind,
        error: wrong.and_then(|refusal| wrong_with(refusal, &field.key)),
    };
    fields.iter().map(of).collect()
}

fn held_text(held: &[StoredField], field: Uuid) -> Option<&str> {
    held.iter().find(|held| held.field_id == field).map(|held| held.text.as_str())
}

/// What of a refusal is about the field of a key.
fn wrong_with(refusal: &Refusal, key: &str) -> Option<Phrase> {
    let mut all = std::iter::once(refusal).chain(&refusal.others);
    let is_about = |one: &&Refusal| one.parameter("key").is_some_and(|named| named.to_string() == key);
    all.find(is_about).map(Refusal::phrase)
}

/// What was typed for fields, by key: as many as there may be fields, each as long as a value may be and a bit more.
pub fn typed<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let fields = pairs.filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
    let cut = |(key, value): (&str, &str)| {
        (key.chars().take(100).collect(), value.chars().take(TEXT_CHARS_MAX * 2).collect())
    };
    fields.map(cut).take(FIELDS_MAX).collect()
}

/// One field of each kind, wrong and right.
#[cfg(test)]
pub(super) fn samples() -> Vec<ShownField> {
    let one = |kind: FieldKind, error: Option<Phrase>| ShownField {
        key: kind.as_str().to_owned(),
        label: "Berth".to_owned(),
        kind,
        value: "yes".to_owned(),
        error,
    };
    let wrong = Phrase::new("refusal-field_date_wrong").with("name", "Berth".to_owned());
    FieldKind::ALL.map(|kind| one(kind, Some(wrong.clone()).filter(|_| kind == FieldKind::Date))).into()
}
