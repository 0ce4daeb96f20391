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
pub use self::timing::{approve, bring_back, discard, schedule, take_back};
pub(super) use self::workbench::saved_json;
pub use self::workbench::{edit, save};
use super::frame::{counted, grouped};
use crate::actions::editorial::EditorialError;
use crate::actions::preflight::Readers;
use crate::db::Tx;
use crate::db::drafts::{self, Draft};
use crate::db::lists::{self, List};
use crate::domain::refusal::Refusal;
use crate::web::page::ErrorPage;

/// What is wrong with a form: the field, and the sentence under it.
struct Wrong {
    field: &'static str,
    sentence: String,
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Wrong {
        Wrong { field: refusal.field, sentence: refusal.sentence() }
    }
}

impl Wrong {
    fn nothing() -> Wrong {
        Wrong { field: "none", sentence: String::new() }
    }
}

pub(super) fn refuse(error: EditorialError) -> ErrorPage {
    match error {
        EditorialError::Refused(refusal) => {
            ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "That can't be done", &refusal.sentence())
        }
        EditorialError::Conflict { by, .. } => ErrorPage::new(
            StatusCode::CONFLICT,
            "It was changed meanwhile",
            &format!("{by} saved another version. Look at it, then go on."),
        ),
        EditorialError::Gone => ErrorPage::not_found(),
        EditorialError::Database(error) => error.into(),
    }
}

fn edit_url(id: Uuid) -> String {
    format!("/admin/campaigns/{id}/edit")
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
        true => counted(readers.count, "reader", "readers"),
        false => format!("about {} readers", grouped(readers.count)),
    }
}
