//! Everything of another Postrider, into an empty one: in one transaction, so that nobody is mailed of half of it.

use std::fs::File;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Context, Result};
use crate::actions::export::FORM;
use crate::db::audit::{self, Subject};
use crate::db::tables::{self, AddError, Kind, MOVING, Row, Table};
use crate::db::users::Role;
use crate::db::{WriteTx, statistics};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::readers;
use crate::domain::segment::Segment;
use crate::domain::slug::Slug;
use crate::domain::text::visible;
use crate::imports::{OpenError, TableRecords, Tables};
use crate::locale::Phrase;

/// Rows that are added together.
const PAGE: usize = 4_000;

/// Why a file can't be taken: nothing of it is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongArchive(pub Phrase);

fn unreadable(error: std::io::Error) -> anyhow::Error {
    anyhow::Error::new(WrongArchive(Phrase::new("everything-unreadable").with("why", error.to_string())))
}

/// How many rows each table got.
pub type Taken = Vec<(&'static str, u64)>;

/// An archive that was looked at.
pub struct Everything(Tables);

impl Everything {
    /// Opens an archive of everything.
    pub fn open(file: File) -> std::result::Result<Everything, WrongArchive> {
        let wrong = |error: OpenError| {
            WrongArchive(Phrase::new("everything-unreadable").with("why", error.to_string()))
        };
        let tables = Tables::open(file).map_err(wrong)?;
        let tables = tables.ok_or_else(|| WrongArchive(Phrase::new("everything-other-file")))?;
        let label: Value = serde_json::from_str(&tables.label).unwrap_or_default();
        match label["postrider"].as_u64() {
            Some(FORM) => Ok(Everything(tables)),
            Some(form) if form > FORM => Err(WrongArchive(Phrase::new("everything-newer"))),
            _ => Err(WrongArchive(Phrase::new("everything-other-file"))),
        }
    }

    /// Stores all of it, or nothing. `shown` is told each table and how many rows it has got so far.
    pub async fn import(&self, cx: &Context<'_>, mut shown: impl FnMut(&str, u64)) -> Result<Taken> {
        cx.require(Role::Admin)?;
        cx.app.db.widen(true).await?;
        let taken = self.store(cx, &mut shown).await;
        cx.app.db.widen(false).await?;
        let taken = taken?;
        let mut tx = cx.app.db.write().await?;
        statistics::refresh_subscribers(&mut tx).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn store(&self, cx: &Context<'_>, shown: &mut impl FnMut(&str, u64)) -> Result<Taken> {
        let mut tx = cx.app.db.write().await?;
        if !tables::is_empty(&mut tx).await? {
            return Err(readers::EVERYTHING_NOT_EMPTY.refusal().into());
        }
        tables::remove_lists(&mut tx).await?;
        let mut taken = Taken::new();
        for table in &MOVING {
            let count = self.take(&mut tx, table, shown).await?;
            taken.push((table.name, count));
        }
        tables::continue_events(&mut tx).await?;
        let subject = Subject { kind: "publication", id: Uuid::nil(), name: "" };
        let after =
            json!({ "subscribers": taken.iter().find(|(name, _)| *name == "subscribers").map(|(_, n)| n) });
        audit::note(&mut tx, &cx.actor, "everything imported", subject, (), after, cx.now()).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn take(&self, tx: &mut WriteTx, table: &Table, shown: &mut impl FnMut(&str, u64)) -> Result<u64> {
        // A table that an older version did not have is empty.
        let Some(mut records) = self.0.table(table.name).map_err(unreadable)? else { return Ok(0) };
        let mut places = Places::read(table, &mut records)?;
        let mut count = 0;
        loop {
            let rows = places.page(&mut records)?;
            if rows.is_empty() {
                return Ok(count);
            }
            tables::add(tx, table, &rows).await.map_err(|error| places.explain(error))?;
            count += rows.len() as u64;
            shown(table.name, count);
        }
    }
}

/// Where a table's columns stand in its file, and where its rows do.
struct Places<'a> {
    table: &'a Table,
    at: Vec<usize>,
    /// The lines of the rows of this page.
    lines: Vec<u64>,
}

impl Places<'_> {
    fn read<'a>(table: &'a Table, records: &mut TableRecords) -> Result<Places<'a>> {
        let (names, _) = records.read().map_err(unreadable)?.unwrap_or_default();
        let mut at = Vec::new();
        for column in table.columns {
            let place = names.iter().position(|name| name == column.name);
            let missing = || {
                Phrase::new("everything-column-missing").with("table", table.name).with("column", column.name)
            };
            at.push(place.ok_or_else(|| anyhow::Error::new(WrongArchive(missing())))?);
        }
        Ok(Places { table, at, lines: Vec::new() })
    }

    /// The next rows; none: that was all.
    fn page(&mut self, records: &mut TableRecords) -> Result<Vec<Row>> {
        self.lines.clear();
        let mut rows = Vec::new();
        while rows.len() < PAGE {
            let Some((cells, line)) = records.read().map_err(unreadable)? else { break };
            let row = self.row(&cells);
            if let Some(column) = wrong_column(self.table, &row) {
                return Err(self.wrong(line, column).into());
            }
            rows.push(row);
            self.lines.push(line);
        }
        Ok(rows)
    }

    fn row(&self, cells: &[String]) -> Row {
        let value = |(column, at): (&tables::Column, &usize)| {
            let cell = cells.get(*at).map_or("", String::as_str);
            match (column.kind, cell) {
                (_, "") => None,
                (Kind::Text, cell) => Some(cell.strip_prefix('\'').unwrap_or(cell).to_owned()),
                (_, cell) => Some(cell.to_owned()),
            }
        };
        self.table.columns.iter().zip(&self.at).map(value).collect()
    }

    fn wrong(&self, line: u64, column: &'static str) -> anyhow::Error {
        let phrase = Phrase::new("everything-value-wrong")
            .with("table", self.table.name)
            .with("line", line)
            .with("column", column);
        anyhow::Error::new(WrongArchive(phrase))
    }

    fn explain(&self, error: AddError) -> anyhow::Error {
        match error {
            AddError::Wrong(wrong) => {
                self.wrong(self.lines.get(wrong.row).copied().unwrap_or_default(), wrong.column)
            }
            AddError::Refused(error) => {
                let phrase = Phrase::new("everything-rows-wrong")
                    .with("table", self.table.name)
                    .with("from", self.lines.first().copied().unwrap_or_default())
                    .with("to", self.lines.last().copied().unwrap_or_default());
                tracing::debug!(
                    error = error.to_string(),
                    table = self.table.name,
                    "rows contradict each other"
                );
                anyhow::Error::new(WrongArchive(phrase))
            }
            AddError::Database(error) => anyhow::Error::new(error).context(self.table.name),
        }
    }
}

/// The first column whose value no Postrider would have stored.
fn wrong_column(table: &Table, row: &Row) -> Option<&'static str> {
    let of = |name: &str| {
        let at = table.columns.iter().position(|column| column.name == name)?;
        row[at].as_deref()
    };
    let is_right = |name: &str, text: &str| match (table.name, name) {
        ("subscribers" | "merges", "email") => EmailAddress::parse(text)
            .is_ok_and(|email| email.as_str() == text && Some(email.key().as_str()) == of("email_key")),
        ("lists", "slug") => Slug::parse(text).is_ok(),
        ("segments", "segment_json") => Segment::parse(text).is_ok(),
        (_, "name" | "tag" | "from_name" | "slug" | "language") => {
            visible(text) == text && !text.chars().any(char::is_control)
        }
        _ => true,
    };
    let columns = table.columns.iter().zip(row);
    columns
        .filter(|(column, _)| column.kind == Kind::Text)
        .find(|(column, value)| !is_right(column.name, value.as_deref().unwrap_or_default()))
        .map(|(column, _)| column.name)
}
