//! Writing a campaign: text and articles, preview, test, schedule, second person, correction. Each of
//! its pages works as plain forms; `editor.js` adds saving by itself.

mod begin;
mod correct;
mod history;
mod preview;
mod timing;
mod workbench;

use actix_web::http::StatusCode;
use uuid::Uuid;

pub use self::begin::{begin, new};
pub use self::correct::{correct, show_correct};
pub use self::history::{history, restore};
pub use self::preview::{preview, test};
pub use self::timing::{approve, bring_back, discard, schedule, send_draft, take_back};
pub(super) use self::workbench::saved_json;
pub use self::workbench::{edit, save};
use crate::actions::Error;
use crate::actions::editorial::SavedBetween;
use crate::actions::preflight::Readers;
use crate::db::Tx;
use crate::db::drafts::{self, Draft};
use crate::db::lists::{self, List};
use crate::domain::refusal::{Kind, Refusal};
use crate::locale::{Phrase, say};
use crate::web::page::ErrorPage;

/// What is wrong with a form: the field, and the sentence under it.
struct FieldError {
    field: &'static str,
    sentence: String,
}

impl From<Refusal> for FieldError {
    fn from(refusal: Refusal) -> FieldError {
        FieldError { field: refusal.field, sentence: refusal.sentence() }
    }
}

impl FieldError {
    fn nothing() -> FieldError {
        FieldError { field: "none", sentence: String::new() }
    }
}

/// Why an editor's form came to nothing, by what its page shows.
pub(super) enum Failed {
    /// By a rule: the form again, with its sentence.
    Refused(Refusal),
    /// Somebody else saved in between: both texts.
    SavedBetween(SavedBetween),
    /// Another page.
    Page(ErrorPage),
}

pub(super) fn failed(error: Error) -> Failed {
    match error {
        Error::Refused(refusal) if refusal.code.kind == Kind::NotFound => {
            Failed::Page(ErrorPage::not_found())
        }
        Error::Refused(refusal) => match SavedBetween::of(&refusal) {
            Some(saved) => Failed::SavedBetween(saved),
            None => Failed::Refused(refusal),
        },
        other => Failed::Page(other.into()),
    }
}

impl Failed {
    /// As a page of its own.
    pub(super) fn into_page(self) -> ErrorPage {
        match self {
            Failed::Refused(refusal) => {
                ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "error-invalid", refusal.phrase())
            }
            Failed::SavedBetween(saved) => ErrorPage::new(
                StatusCode::CONFLICT,
                "desk-error-changed",
                Phrase::new("refusal-saved_between").with("by", saved.by),
            ),
            Failed::Page(page) => page,
        }
    }
}

/// Why it came to nothing, as a page of its own.
pub(super) fn refuse(error: Error) -> ErrorPage {
    failed(error).into_page()
}

fn edit_url(id: Uuid) -> String {
    format!("/admin/campaigns/{id}/edit")
}

/// The page of a campaign where it is worked on: its text, or its record where a feed wrote it.
fn page_of(draft: &Draft) -> String {
    match draft.markdown {
        Some(_) => edit_url(draft.id),
        None => format!("/admin/campaigns/{}", draft.id),
    }
}

fn ids<K: AsRef<str>, V: AsRef<str>>(fields: impl Iterator<Item = (K, V)>) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for (_, value) in fields.filter(|(name, _)| name.as_ref() == "article") {
        if let Ok(id) = Uuid::parse_str(value.as_ref())
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// The lists that a campaign may go to; `own` is shown too, though it be retired.
async fn open_lists(tx: &mut Tx, own: Option<Uuid>) -> sqlx::Result<Vec<List>> {
    let mut lists = lists::all(tx).await?;
    lists.retain(|list| list.retired_at.is_none() || Some(list.id) == own);
    Ok(lists)
}

async fn find(tx: &mut Tx, id: &str) -> Result<Draft, ErrorPage> {
    let id = Uuid::parse_str(id).map_err(|_| ErrorPage::not_found())?;
    drafts::get(tx, id).await?.ok_or_else(ErrorPage::not_found)
}

/// "1,200 readers".
fn in_words(readers: Readers) -> String {
    match readers.is_exact {
        true => say("campaign-readers").with("readers", readers.count).to_string(),
        false if readers.is_at_most => {
            say("segment-readers-fewer").with("readers", readers.count).to_string()
        }
        false => say("campaign-readers-about").with("readers", readers.count).to_string(),
    }
}
