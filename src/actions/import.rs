//! Imports of subscribers from CSV files: how lines are read and stored. The command reads a file of any size; the desk
//! keeps the lines in the database and stores them in the background.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::actions::Context;
use crate::actions::consent::{self, SignUp};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::chunk::Chunk;
use crate::db::events::Cause;
use crate::db::imports::Import;
use crate::db::lists::{self, List};
use crate::db::subscriptions::Consent;
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, imports, statistics, subscribers, subscriptions, suppressions};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Cadence, Transition};
use crate::domain::text::single_line;
use crate::locale::say;

/// Rows of a file at the desk that are stored in one transaction.
const ROWS_A_PART: usize = 20;
/// Parts that are written down in one transaction, at most.
const PARTS_A_COMMIT: i64 = 800;
/// Refused lines that are listed one by one.
pub const REFUSALS_NAMED: usize = 50;

/// How the people of a file are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// They agreed elsewhere, so nobody is mailed. Holds how they agreed, as the importing admin says.
    Active(String),
    /// Each is asked to confirm.
    Pending,
}

/// The positions of the columns in a file.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    email: usize,
    name: Option<usize>,
}

impl Columns {
    /// Finds the columns in a file's first line; `None` if there is no column `email`.
    pub fn find(header: &csv::StringRecord) -> Option<Columns> {
        let column = |wanted: &str| {
            header.iter().position(|cell| cell.trim_start_matches('\u{feff}').eq_ignore_ascii_case(wanted))
        };
        Some(Columns { email: column("email")?, name: column("name") })
    }

    /// The address and name of a line, or why the line is refused.
    pub fn read(&self, record: &csv::StringRecord) -> Result<(EmailAddress, String), String> {
        if record.as_slice().contains('\0') {
            return Err(say("import-nul").to_string());
        }
        let email = EmailAddress::parse(uncell(record.get(self.email).unwrap_or("")));
        let name = self.name.and_then(|at| record.get(at)).unwrap_or("");
        let name = single_line(uncell(name)).trim().chars().take(200).collect();
        Ok((email.map_err(|error| error.to_string())?, name))
    }
}

/// A CSV reader with the options for imports.
pub fn reader<R: std::io::Read>(source: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(source)
}

/// Takes off the apostrophe that [`crate::actions::export::cell`] puts before what a spreadsheet would calculate.
fn uncell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => text,
    }
}

/// Refused lines: all are counted, the first are listed.
#[derive(Clone, Debug, Default)]
pub struct Refusals {
    pub named: Vec<(u64, String)>,
    pub count: u64,
}

impl Refusals {
    pub fn add(&mut self, line: u64, reason: String) {
        self.count += 1;
        if self.named.len() < REFUSALS_NAMED {
            self.named.push((line, reason));
        }
    }
}

/// Notes that whoever runs a command begins to import a file; the import's id. Its rows follow: [`store_rows`].
pub async fn begin(cx: &Context<'_>, list: &List, status: &Status) -> super::Result<Uuid> {
    cx.require(Role::Admin)?;
    let id = Uuid::now_v7();
    let after = match status {
        Status::Active(how) => serde_json::json!({ "status": "active", "consent": how }),
        Status::Pending => serde_json::json!({ "status": "pending" }),
    };
    let mut tx = cx.app.db.write().await?;
    let subject = Subject { kind: "list", id: list.id, name: &list.name };
    audit::note(&mut tx, &cx.actor, "import begun", subject, (), after, cx.now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Stores rows of a file that was begun, in one transaction: how many of them are new to the list, and how long it
/// was open.
pub async fn store_rows(
    cx: &Context<'_>,
    id: Uuid,
    list: &List,
    status: &Status,
    rows: &[(EmailAddress, String)],
) -> super::Result<(u64, Duration)> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let begun = Instant::now();
    let cause = Cause::part_of(&cx.actor, cx.now(), id);
    let added = store(&mut tx, list, status, rows, &cause).await?;
    tx.commit().await?;
    let took = begun.elapsed();
    if *status == Status::Pending {
        cx.app.wake_delivery.notify_one();
    }
    Ok((added, took))
}

/// A file that is sent to the desk: of which list, how its people agreed (`None`: each is asked), its name.
pub struct Upload<'a> {
    pub list: &'a List,
    pub consent: Option<String>,
    pub file_name: String,
    pub parsed: Parsed,
}

/// Takes a file; its lines are written down before this returns, also where nobody waits for it any more, and stored
/// in the background.
pub async fn take(cx: &Context<'_>, upload: Upload<'_>) -> super::Result<Uuid> {
    cx.require(Role::Admin)?;
    let Upload { list, consent, file_name, parsed } = upload;
    let now = cx.now();
    let import = Import {
        id: Uuid::now_v7(),
        list_id: list.id,
        user_email: cx.actor.email.clone(),
        file_name,
        status: if consent.is_some() { "active" } else { "pending" }.to_owned(),
        consent: consent.unwrap_or_default(),
        lines: parsed.lines as i64,
        added: 0,
        left_alone: 0,
        refused: parsed.refusals.count as i64,
        refusals_json: serde_json::to_string(&parsed.refusals.named)?,
        created_at: now,
        ended_at: parsed.parts.is_empty().then_some(now),
    };
    let mut tx = cx.app.db.write().await?;
    imports::add(&mut tx, &import).await?;
    let subject = Subject { kind: "list", id: list.id, name: &list.name };
    let after =
        serde_json::json!({ "lines": import.lines, "status": import.status, "consent": import.consent });
    audit::note(&mut tx, &cx.actor, "import begun", subject, (), after, now).await?;
    tx.commit().await?;
    // A task of its own: whoever closes the page must not leave half of a file.
    let (app, id) = (cx.app.clone(), import.id);
    let stored = tokio::spawn(async move { add_parts(&app, id, &parsed.parts).await });
    stored.await.map_err(anyhow::Error::from)??;
    Ok(import.id)
}

/// Stores rows in one transaction; how many of them are new to the list.
async fn store(
    tx: &mut WriteTx,
    list: &List,
    status: &Status,
    rows: &[(EmailAddress, String)],
    cause: &Cause<'_>,
) -> sqlx::Result<u64> {
    if *status == Status::Pending {
        subscribers::lock_mailboxes(tx, rows.iter().map(|(email, _)| email)).await?;
    }
    let ids = subscribers::upsert_all(tx, rows, cause.at).await?;
    let Status::Active(how) = status else { return ask(tx, list, rows, cause).await };
    let mailable = suppressions::not_among(tx, &ids).await?;
    let import = Transition::Import(Cadence::Each);
    let added = subscriptions::change(tx, cause, &mailable, Some(list.id), import).await?;
    let added: Vec<Uuid> = added.iter().map(|one| one.subscriber_id).collect();
    let consent = Consent { form: "import, by an admin", wording_version: how, ip: "" };
    subscriptions::note_consents(tx, list.id, &added, &consent, cause.at).await?;
    Ok(added.len() as u64)
}

/// Asks each who is not on the list, and has not been: how many.
async fn ask(
    tx: &mut WriteTx,
    list: &List,
    rows: &[(EmailAddress, String)],
    cause: &Cause<'_>,
) -> sqlx::Result<u64> {
    let mut asked = 0;
    for (email, _) in rows {
        let subscriber = subscribers::by_email(tx, email).await?.ok_or(sqlx::Error::RowNotFound)?;
        if subscriptions::status(tx, list.id, subscriber.id).await?.is_some() {
            continue;
        }
        let sign_up = SignUp {
            email,
            lists: std::slice::from_ref(list),
            cadence: Cadence::Each,
            consent: Consent { form: "import", wording_version: consent::WORDING_VERSION, ip: "" },
            browser: "",
            requested_at: cause.at,
        };
        consent::sign_up(tx, &sign_up, cause).await?;
        asked += 1;
    }
    Ok(asked)
}

/// To be called when all of a file is stored.
pub async fn end(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    statistics::refresh_subscribers(&mut tx).await?;
    tx.commit().await
}

/// The lines of a file that was sent to the desk: parts of rows to be stored, and what is refused.
pub struct Parsed {
    /// `[[address, name], …]`, JSON.
    pub parts: Vec<String>,
    pub lines: u64,
    pub refusals: Refusals,
}

/// Reads a whole file. `Err`: a sentence on why it is none.
pub fn parse(bytes: &[u8]) -> Result<Parsed, String> {
    let mut csv = reader(bytes);
    let columns = match csv.headers() {
        Ok(header) => Columns::find(header),
        Err(_) => return Err(say("import-not-csv").to_string()),
    };
    let Some(columns) = columns else {
        return Err(say("import-no-email-column").to_string());
    };
    let mut parsed = Parsed { parts: Vec::new(), lines: 0, refusals: Refusals::default() };
    let mut rows: Vec<(String, String)> = Vec::with_capacity(ROWS_A_PART);
    let mut record = csv::StringRecord::new();
    loop {
        let more = match csv.read_record(&mut record) {
            Ok(more) => more,
            Err(error) => {
                parsed.lines += 1;
                let line = error.position().map_or(0, csv::Position::line);
                parsed.refusals.add(line, say("import-not-utf8").to_string());
                continue;
            }
        };
        if more {
            parsed.lines += 1;
            let line = record.position().map_or(parsed.lines + 1, csv::Position::line);
            match columns.read(&record) {
                Ok((email, name)) => rows.push((email.as_str().to_owned(), name)),
                Err(reason) => parsed.refusals.add(line, reason),
            }
        }
        if rows.len() == ROWS_A_PART || (!more && !rows.is_empty()) {
            parsed.parts.push(serde_json::to_string(&rows).map_err(|error| error.to_string())?);
            rows.clear();
        }
        if !more {
            return Ok(parsed);
        }
    }
}

/// How long the parts of a file may take to arrive: who sent it waits for them.
const ARRIVES_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Stores the parts of a file, a short transaction at a time, so that whoever signs up meanwhile waits for none.
pub async fn add_parts(app: &App, id: Uuid, parts: &[String]) -> sqlx::Result<()> {
    let (mut added, mut chunk) = (0, Chunk::up_to(PARTS_A_COMMIT));
    while added < parts.len() {
        let mut tx = app.db.write().await?;
        let begun = Instant::now();
        let next = parts.iter().skip(added).take(chunk.rows() as usize);
        added = imports::add_parts(&mut tx, id, added, next).await?;
        tx.commit().await?;
        let took = begun.elapsed();
        chunk.took(took);
        // The other half of the database is for the others.
        tokio::time::sleep(took).await;
    }
    Ok(())
}

/// Files that can be worked on: those with a part, and those whose parts will come no more.
async fn open(app: &App, tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    imports::open(tx, app.clock.now() - ARRIVES_WITHIN).await
}

/// Stores the next part of the first file that waits; how long it took. `None`: none waits.
pub async fn step_on_first(app: &App) -> anyhow::Result<Option<Duration>> {
    let mut tx = app.db.read().await?;
    let files = open(app, &mut tx).await?;
    drop(tx);
    match files.first() {
        Some(id) => step(app, *id).await.map(Some),
        None => Ok(None),
    }
}

/// Stores the next part of a file that waits; notes the end where it was the last. How long it took.
async fn step(app: &App, id: Uuid) -> anyhow::Result<Duration> {
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    let Some(import) = imports::lock(&mut tx, id).await?.filter(|import| import.ended_at.is_none()) else {
        return Ok(begun.elapsed());
    };
    let now = app.clock.now();
    let Some((part, rows)) = imports::next_part(&mut tx, id).await? else {
        if import.done() >= import.lines || import.created_at < now - ARRIVES_WITHIN {
            imports::set_stored(&mut tx, id, 0, (0, 0), Some(now)).await?;
            tx.commit().await?;
        }
        return Ok(begun.elapsed());
    };
    let list = lists::by_id(&mut tx, import.list_id).await?.context("the list of an import is gone")?;
    let rows: Vec<(String, String)> = serde_json::from_str(&rows)?;
    let ended_at = (import.done() + rows.len() as i64 >= import.lines).then_some(now);
    let lines = rows.len() as i64;
    let rows: Vec<(EmailAddress, String)> = rows
        .into_iter()
        .filter_map(|(email, name)| EmailAddress::parse(&email).ok().map(|email| (email, name)))
        .collect();
    let status = match import.status.as_str() {
        "active" => Status::Active(import.consent),
        _ => Status::Pending,
    };
    let who = Actor::who_began(&import.user_email, Role::Admin);
    let cause = Cause::part_of(&who, now, id);
    let added = store(&mut tx, &list, &status, &rows, &cause).await? as i64;
    imports::set_stored(&mut tx, id, part, (added, lines - added), ended_at).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    let took = begun.elapsed();
    if ended_at.is_some() {
        end(app).await?;
    }
    Ok(took)
}
