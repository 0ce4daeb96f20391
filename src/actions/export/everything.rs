//! Everything in one archive: what moves to another Postrider, table by table, and what only goes out.

use std::io::{Seek, Write};

use anyhow::Context as _;
use serde_json::{Value, json};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Context, Result, SubscriberFile, cell};
use crate::db::audit::{self, Subject};
use crate::db::tables::{self, ARTICLES, CAMPAIGNS, DELIVERIES, Kind, MOVING, Row, Table};
use crate::db::users::Role;
use crate::db::{Tx, export, publication};
use crate::imports::{FOLDER, LABEL};
use crate::locale::say_plain;

/// The form of the archive: raised when an older Postrider could no longer read it.
pub const FORM: u64 = 1;

/// Rows that are read together.
const PAGE: i64 = 4_000;
/// The same of what is long.
const LONG_PAGE: i64 = 50;

/// What an archive got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub file: String,
    pub rows: u64,
}

/// An archive that is being written.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    written: Vec<Written>,
}

impl<W: Write + Seek> Archive<W> {
    fn begin(&mut self, file: &str) -> anyhow::Result<()> {
        // A large file compresses in a third of the time, and grows by a tenth. Its time is always the same: what is
        // the same gives the same archive.
        let options = SimpleFileOptions::DEFAULT
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(2))
            .large_file(true);
        self.zip.start_file(file, options).with_context(|| file.to_owned())
    }

    fn end(&mut self, file: String, rows: u64) {
        self.written.push(Written { file, rows });
    }

    fn text(&mut self, file: &str, text: &str) -> anyhow::Result<()> {
        self.begin(file)?;
        Ok(self.zip.write_all(text.as_bytes())?)
    }

    fn lines(
        &mut self,
        lines: impl IntoIterator<Item = impl IntoIterator<Item = impl AsRef<[u8]>>>,
    ) -> anyhow::Result<()> {
        let mut csv = csv::Writer::from_writer(&mut self.zip);
        for line in lines {
            csv.write_record(line)?;
        }
        Ok(csv.flush()?)
    }

    /// A table as it is.
    async fn table(&mut self, tx: &mut Tx, table: &Table, file: String) -> anyhow::Result<()> {
        self.begin(&file)?;
        self.lines([table.columns.iter().map(|column| column.name)])?;
        let (mut after, mut count) = (None, 0);
        loop {
            let rows = tables::page(tx, table, after.as_ref(), PAGE).await?;
            count += rows.len() as u64;
            self.lines(rows.iter().map(|row| line(table, row)))?;
            match rows.into_iter().last() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        self.end(file, count);
        Ok(())
    }

    /// A line a subscription, as other services read it.
    async fn subscribers(&mut self, tx: &mut Tx) -> anyhow::Result<()> {
        let file = "subscribers.csv";
        let of = SubscriberFile::new(tx).await?;
        self.begin(file)?;
        self.lines([of.header()])?;
        let (mut after, mut count) = (Uuid::nil(), 0);
        loop {
            let rows = export::of_all(tx, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            count += rows.len() as u64;
            self.lines(of.lines(tx, &rows).await?)?;
        }
        self.end(file.to_owned(), count);
        Ok(())
    }

    /// A JSON array of a table's rows. `aside` may take something out of each first.
    async fn objects(
        &mut self,
        tx: &mut Tx,
        table: &Table,
        mut aside: impl FnMut(&mut serde_json::Map<String, Value>),
    ) -> anyhow::Result<()> {
        let file = format!("{}.json", table.name);
        self.begin(&file)?;
        let (mut after, mut count) = (None, 0);
        loop {
            let rows = tables::page(tx, table, after.as_ref(), LONG_PAGE).await?;
            for row in &rows {
                let mut object = object(table, row);
                aside(&mut object);
                let before = if count == 0 { "[\n" } else { ",\n" };
                write!(self.zip, "{before}{}", Value::Object(object))?;
                count += 1;
            }
            match rows.into_iter().last() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        self.zip.write_all(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
        self.end(file, count);
        Ok(())
    }

    /// What was mailed of each campaign, as a page of its own.
    async fn pages(&mut self, tx: &mut Tx) -> anyhow::Result<()> {
        let (mut after, mut count) = (None, 0);
        loop {
            let rows = tables::page(tx, &CAMPAIGNS, after.as_ref(), LONG_PAGE).await?;
            for row in &rows {
                let campaign = object(&CAMPAIGNS, row);
                let html = ["mail_html", "source_html"].iter().find_map(|name| campaign[*name].as_str());
                if let Some(html) = html {
                    self.text(&page_name(&campaign), html)?;
                    count += 1;
                }
            }
            match rows.into_iter().last() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        self.end("campaigns/".to_owned(), count);
        Ok(())
    }
}

/// Where a campaign's page is.
fn page_name(campaign: &serde_json::Map<String, Value>) -> String {
    let number = campaign["number"].as_i64().unwrap_or_default();
    format!("campaigns/{number:06}-{}.html", campaign["slug"].as_str().unwrap_or_default())
}

/// A row's cells: what is not there is empty, an empty text that may also not be there an apostrophe.
fn line(table: &Table, row: &Row) -> Vec<String> {
    let text = |(column, value): (&tables::Column, &Option<String>)| match (column.kind, value) {
        (_, None) => String::new(),
        (Kind::Text, Some(text)) if text.is_empty() && column.is_optional => "'".to_owned(),
        (Kind::Text, Some(text)) => cell(text),
        (_, Some(text)) => text.clone(),
    };
    table.columns.iter().zip(row).map(text).collect()
}

fn object(table: &Table, row: &Row) -> serde_json::Map<String, Value> {
    let value = |column: &tables::Column, text: &str| match column.kind {
        Kind::Flag => json!(text == "true"),
        Kind::Number => text.parse::<i64>().map_or(Value::Null, Value::from),
        _ => json!(text),
    };
    let of = |(column, text): (&tables::Column, &Option<String>)| {
        let value = text.as_deref().map_or(Value::Null, |text| value(column, text));
        (column.name.to_owned(), value)
    };
    table.columns.iter().zip(row).map(of).collect()
}

/// Writes everything but users and secrets. `shown` is told each file that is written.
pub async fn everything<W: Write + Seek>(
    cx: &Context<'_>,
    to: W,
    mut shown: impl FnMut(&Written),
) -> Result<Vec<Written>> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let subject = Subject { kind: "publication", id: Uuid::nil(), name: "" };
    audit::note(&mut tx, &cx.actor, "everything exported", subject, (), (), cx.now()).await?;
    tx.commit().await?;
    let mut archive = Archive { zip: ZipWriter::new(to), written: Vec::new() };
    let mut say_new = |archive: &Archive<W>| {
        if let Some(written) = archive.written.last() {
            shown(written);
        }
    };
    // One moment for all that moves: a reader who signs up meanwhile is wholly in it or not at all.
    let mut tx = cx.app.db.read().await?;
    tx.widen().await?;
    let publication = publication::get(&mut tx).await?;
    let label = json!({ "postrider": FORM, "publication": publication.name, "url": publication.url });
    archive.text(LABEL, &format!("{label:#}\n"))?;
    archive.text("README.txt", &format!("{}\n", say_plain("everything-readme")))?;
    for table in &MOVING {
        archive.table(&mut tx, table, format!("{FOLDER}{}.csv", table.name)).await?;
        say_new(&archive);
    }
    archive.subscribers(&mut tx).await?;
    say_new(&archive);
    archive.objects(&mut tx, &ARTICLES, |_| ()).await?;
    say_new(&archive);
    let page_beside = |campaign: &mut serde_json::Map<String, Value>| {
        let has_page = !(campaign["mail_html"].is_null() && campaign["source_html"].is_null());
        let page = has_page.then(|| page_name(campaign));
        campaign.remove("mail_html");
        campaign.insert("page".to_owned(), page.into());
    };
    archive.objects(&mut tx, &CAMPAIGNS, page_beside).await?;
    say_new(&archive);
    archive.pages(&mut tx).await?;
    say_new(&archive);
    archive.table(&mut tx, &DELIVERIES, "deliveries.csv".to_owned()).await?;
    say_new(&archive);
    drop(tx);
    let Archive { zip, written } = archive;
    zip.finish().map_err(anyhow::Error::from)?.flush().map_err(anyhow::Error::from)?;
    Ok(written)
}
