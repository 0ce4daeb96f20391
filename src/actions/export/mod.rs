//! What goes out, by whichever entry point: the columns of a file, and the line of a row; everything in one archive.

mod everything;

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use uuid::Uuid;

pub use self::everything::{FORM, Written, everything};
use super::import::DescribedFile;

use super::{Context, Result};
use crate::db::Tx;
use crate::db::audit::{self, Subject};
use crate::db::export::ExportRow;
use crate::db::fields::{self, SubscriberField};
use crate::db::imports::Refusal;
use crate::db::ledger::DeliveryRow;
use crate::db::lists::{self, List};
use crate::db::users::Role;
use crate::db::walk::Filter;
use crate::domain::field::FieldKind;

/// A cell that no spreadsheet takes for a formula. `import` takes the apostrophe off again.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A file of subscribers has a line a subscription; the columns of the fields stand behind these.
const SUBSCRIBER_COLUMNS: [&str; 15] = [
    "email",
    "name",
    "status",
    "cadence",
    "subscribed_at",
    "list",
    "joined_at",
    "id",
    "status_since",
    "language",
    "tags",
    "consent_at",
    "consent_ip",
    "confirmed_at",
    "confirmed_ip",
];

/// A file of subscribers: what its lines name.
pub struct SubscriberFile {
    lists: Vec<List>,
    fields: Vec<SubscriberField>,
}

impl SubscriberFile {
    /// As lists and fields are now.
    pub async fn new(tx: &mut Tx) -> sqlx::Result<SubscriberFile> {
        Ok(SubscriberFile { lists: lists::all(tx).await?, fields: fields::all(tx).await? })
    }

    /// The first line.
    pub fn header(&self) -> Vec<String> {
        let fields = self.fields.iter().map(|field| cell(&format!("field:{}", field.key)));
        SUBSCRIBER_COLUMNS.map(str::to_owned).into_iter().chain(fields).collect()
    }

    /// The lines of these rows.
    pub async fn lines(&self, tx: &mut Tx, rows: &[ExportRow]) -> sqlx::Result<Vec<Vec<String>>> {
        let mut ids: Vec<Uuid> = match self.fields.is_empty() {
            true => Vec::new(),
            false => rows.iter().map(|row| row.id).collect(),
        };
        ids.dedup();
        let held = match ids.is_empty() {
            true => Vec::new(),
            false => fields::of_ids(tx, &ids).await?,
        };
        let held: HashMap<(Uuid, Uuid), String> =
            held.into_iter().map(|held| ((held.subscriber_id, held.field_id), held.text)).collect();
        Ok(rows.iter().map(|row| self.line(row, &held)).collect())
    }

    fn line(&self, row: &ExportRow, held: &HashMap<(Uuid, Uuid), String>) -> Vec<String> {
        let list = self.lists.iter().find(|list| row.list_id == Some(list.id));
        let maybe = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
        let mut line = vec![
            cell(&row.email),
            cell(&row.name),
            row.status.clone().unwrap_or_default(),
            row.cadence.clone().unwrap_or_default(),
            maybe(row.subscribed_at),
            list.map_or_else(String::new, |list| list.slug.clone()),
            time(row.joined_at),
            row.id.to_string(),
            maybe(row.status_since),
            row.language.clone(),
            cell(&tags_cell(&row.tags())),
            maybe(row.consent.requested_at),
            row.consent.requested_ip.clone().unwrap_or_default(),
            maybe(row.consent.confirmed_at),
            row.consent.confirmed_ip.clone().unwrap_or_default(),
        ];
        line.extend(self.fields.iter().map(|field| {
            let text = held.get(&(row.id, field.id)).map_or("", String::as_str);
            match field.kind {
                // A negative number is one, and no formula.
                FieldKind::Number => text.to_owned(),
                _ => cell(text),
            }
        }));
        line
    }
}

/// Tags in one cell: a line of CSV in itself.
fn tags_cell(tags: &[&str]) -> String {
    let quoted = |tag: &&str| match tag.contains(['"', ',']) {
        true => format!("\"{}\"", tag.replace('"', "\"\"")),
        false => (*tag).to_owned(),
    };
    tags.iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// Writes down in the audit log that somebody exports the subscribers of a filter, before the first row is sent. What was
/// searched for may be an address, which the log never holds.
pub async fn note(cx: &Context<'_>, filter: &Filter, lists: &[List]) -> Result<()> {
    cx.require(Role::Admin)?;
    let list = filter.list_id.and_then(|id| lists.iter().find(|list| list.id == id));
    let subject = match list {
        Some(list) => Subject { kind: "list", id: list.id, name: &list.name },
        None => Subject { kind: "subscribers", id: Uuid::nil(), name: "" },
    };
    let mut after = serde_json::Map::new();
    if filter.segment.is_some() {
        after.insert("segment".to_owned(), filter.segment_name.as_str().into());
    }
    if !filter.words.is_empty() {
        after.insert("search".to_owned(), "by address or name".into());
    }
    if let Some(status) = filter.status {
        after.insert("status".to_owned(), status.as_str().into());
    }
    if let Some(cadence) = filter.cadence {
        after.insert("how often".to_owned(), cadence.as_str().into());
    }
    if let Some(tag) = &filter.tag {
        after.insert("tag".to_owned(), tag.as_str().into());
    }
    for (name, at) in [("joined since", filter.since), ("joined before", filter.until)] {
        if let Some(at) = at {
            after.insert(name.to_owned(), time(at).into());
        }
    }
    let mut tx = cx.app.db.write().await?;
    audit::note(&mut tx, &cx.actor, "exported", subject, (), json!(after), cx.now()).await?;
    Ok(tx.commit().await?)
}

/// A file of a campaign's deliveries.
pub const DELIVERY_COLUMNS: [&str; 10] = [
    "email",
    "status",
    "since",
    "attempts",
    "first_attempt_at",
    "next_attempt_at",
    "uncertain_at",
    "sent_again",
    "reply",
    "relay",
];

/// The line of one delivery.
pub fn delivery_line(row: &DeliveryRow) -> [String; 10] {
    let maybe = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
    [
        cell(row.email.as_deref().unwrap_or_default()),
        row.status.as_str().to_owned(),
        time(row.status_since),
        row.attempts.to_string(),
        maybe(row.first_attempt_at),
        maybe(row.next_attempt_at),
        maybe(row.uncertain_at),
        row.requeues.to_string(),
        cell(row.reply.as_deref().unwrap_or_default()),
        cell(row.relay.as_deref().unwrap_or_default()),
    ]
}

/// The column that says why a row was not imported; nobody reads it back.
const WHY_COLUMN: &str = "why_not_imported";

/// A file of the rows of an import that were not taken: all columns that its files have, and why.
pub struct RefusedRows {
    columns: Vec<String>,
    files: Vec<DescribedFile>,
}

impl RefusedRows {
    /// Of files that were recognised.
    pub fn of(files: &[DescribedFile]) -> RefusedRows {
        let mut columns: Vec<String> = Vec::new();
        for (name, _) in files.iter().flat_map(|file| &file.columns) {
            if name != WHY_COLUMN && !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        RefusedRows { columns, files: files.to_vec() }
    }

    /// The first line.
    pub fn header(&self) -> Vec<String> {
        self.columns.iter().map(|name| cell(name)).chain([WHY_COLUMN.to_owned()]).collect()
    }

    /// The line of one row.
    pub fn line(&self, refusal: &Refusal) -> Vec<String> {
        let cells: Vec<String> = serde_json::from_str(&refusal.cells_json).unwrap_or_default();
        let file = self.files.iter().find(|file| file.name == refusal.file).or(self.files.first());
        let names = file.map(|file| file.columns.as_slice()).unwrap_or_default();
        let mut line = vec![String::new(); self.columns.len()];
        let mut spare = Vec::new();
        for (at, text) in cells.iter().enumerate() {
            let place =
                names.get(at).and_then(|(name, _)| self.columns.iter().position(|known| known == name));
            match place {
                Some(place) if line[place].is_empty() => line[place] = cell(text),
                // Cells beyond the columns come behind them, so that nothing of a row is lost.
                _ => spare.push(cell(text)),
            }
        }
        line.push(cell(&refusal.reason));
        line.extend(spare);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "@SUM(A1)", "-2", "'quoted", "ines@example.org"].map(cell);
        assert_eq!(cells, ["'=1+1", "'@SUM(A1)", "'-2", "''quoted", "ines@example.org"]);
    }

    #[test]
    fn tags_are_a_line_of_csv() {
        assert_eq!(tags_cell(&["Rome, Italy", "say \"hi\"", "plain"]), r#""Rome, Italy","say ""hi""",plain"#);
    }
}
