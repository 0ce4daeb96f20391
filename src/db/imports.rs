//! Files of people that are being imported: what was said of them, how far they are, their pieces, and what was not taken.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::load::{self, Column};
use super::{Tx, WriteTx, dialect, on_either};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Its pieces arrive.
    Uploading,
    /// It is read, and nothing stored.
    Checking,
    /// It waits for whoever sent it to start it.
    Checked,
    Running,
    Done,
    /// Stopped by somebody: what was stored stays until it is undone.
    Cancelled,
    /// Can't go on: the file is broken, or no file of people.
    Failed,
    Undoing,
    Undone,
}

impl Phase {
    /// As it is stored, and the end of its sentences' keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Uploading => "uploading",
            Phase::Checking => "checking",
            Phase::Checked => "checked",
            Phase::Running => "running",
            Phase::Done => "done",
            Phase::Cancelled => "cancelled",
            Phase::Failed => "failed",
            Phase::Undoing => "undoing",
            Phase::Undone => "undone",
        }
    }

    /// Whether somebody works on it now.
    pub fn is_at_work(self) -> bool {
        matches!(self, Phase::Uploading | Phase::Checking | Phase::Running | Phase::Undoing)
    }
}

/// Who works on an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Worker {
    /// The process that leads the schedule.
    Schedule,
    /// The command that reads the file.
    Command,
}

/// What became of a file's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// New to the list.
    pub added: i64,
    /// Known, and something of them is other than before.
    pub changed: i64,
    /// As the file says, or stricter, already.
    pub unchanged: i64,
    /// Not taken until whoever imports answers a question.
    pub held: i64,
    /// Never taken.
    pub refused: i64,
    /// Among the added and changed: they have yet to confirm.
    pub pending: i64,
    /// Among the added and changed: they get mail. Counted by a dry run alone.
    pub active: i64,
}

impl Tally {
    /// All rows of which it is known what became of them.
    pub fn rows(&self) -> i64 {
        self.added + self.changed + self.unchanged + self.held + self.refused
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.held += other.held;
        self.refused += other.refused;
        self.pending += other.pending;
        self.active += other.active;
    }
}

/// A file that is imported.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Import {
    pub id: Uuid,
    pub list_id: Uuid,
    pub user_email: String,
    pub file_name: String,
    pub worker: Worker,
    pub phase: Phase,
    /// What whoever imports says of the file.
    pub options_json: String,
    /// What was recognised; empty until it was looked at.
    pub recognised_json: String,
    /// What a dry run found; empty until there was one.
    pub check_json: String,
    /// How its people agreed; empty where nobody said.
    pub consent: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
    /// Its rows, once they are counted.
    pub total: Option<i64>,
    /// Rows that were read.
    pub position: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub held: i64,
    pub refused: i64,
    pub pending: i64,
    /// Those among the pending who were asked to confirm.
    pub pending_asked: i64,
    /// Whether the others are being asked.
    pub is_asking: bool,
    /// Why it failed.
    pub failure: String,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Import {
    /// What became of the rows that were read.
    pub fn tally(&self) -> Tally {
        let Import { added, changed, unchanged, held, refused, pending, .. } = *self;
        Tally { added, changed, unchanged, held, refused, pending, active: 0 }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, list_id, user_email, file_name, worker, phase, options_json, recognised_json, check_json,
                 consent, digest, total, position, added, changed, unchanged, held, refused, pending, pending_asked,
                 is_asking, failure, created_at, started_at, ended_at FROM imports ",
            $rest
        )
    };
}

/// Stores an import that begins.
pub async fn add(tx: &mut WriteTx, import: &Import) -> sqlx::Result<()> {
    let sql = "INSERT INTO imports (id, list_id, user_email, file_name, worker, phase, options_json,
                   recognised_json, check_json, consent, digest, total, position, added, changed, unchanged, held,
                   refused, pending, pending_asked, is_asking, failure, created_at, started_at, ended_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, 0, 0, 0, FALSE, '', $13, $14,
                   NULL)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(import.id)
        .bind(import.list_id)
        .bind(&import.user_email)
        .bind(&import.file_name)
        .bind(import.worker)
        .bind(import.phase)
        .bind(&import.options_json)
        .bind(&import.recognised_json)
        .bind(&import.check_json)
        .bind(&import.consent)
        .bind(&import.digest)
        .bind(import.total)
        .bind(import.created_at)
        .bind(import.started_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The import of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Import>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The same, and nobody else works on it until this transaction ends.
pub async fn lock(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<Option<Import>> {
    let sql = dialect!(tx, sqlite: select!("WHERE id = $1"), postgres: select!("WHERE id = $1 FOR UPDATE"));
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The newest imports.
pub async fn newest(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Import>> {
    let sql = select!("ORDER BY id DESC LIMIT $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Those that wait for the process that leads; the oldest first. Undoing is its work whoever imported.
pub async fn open(tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM imports WHERE (phase IN ('checking', 'running', 'undoing') OR is_asking)
                   AND (is_asking OR phase = 'undoing' OR worker = 'schedule') ORDER BY id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// What a command began to import of the same file into the same list in the same way, and did not end.
pub async fn unfinished(
    tx: &mut Tx,
    list_id: Uuid,
    digest: &str,
    options_json: &str,
) -> sqlx::Result<Option<Import>> {
    let sql = select!(
        "WHERE phase = 'running' AND worker = 'command' AND list_id = $1 AND digest = $2 AND options_json = $3
         ORDER BY id DESC LIMIT 1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(list_id)
        .bind(digest)
        .bind(options_json)
        .fetch_optional(conn)
        .await)
}

/// Moves an import on, if it still stands where its caller thinks; whether it did.
pub async fn set_phase(
    tx: &mut WriteTx,
    id: Uuid,
    (from, to): (Phase, Phase),
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE imports SET phase = $3,
                   started_at = CASE WHEN $4 THEN COALESCE(started_at, $5) ELSE started_at END,
                   ended_at = CASE WHEN $6 THEN $5 ELSE NULL END
               WHERE id = $1 AND phase = $2";
    let ends = !to.is_at_work() && to != Phase::Checked;
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(to == Phase::Running)
        .bind(now)
        .bind(ends)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Notes that the rows from one position to another were read, and what became of them; false where the import stands
/// elsewhere, and so these rows are not to be counted.
pub async fn advance(
    tx: &mut WriteTx,
    id: Uuid,
    (from, to): (i64, i64),
    tally: &Tally,
) -> sqlx::Result<bool> {
    let sql = "UPDATE imports SET position = $3, added = added + $4, changed = changed + $5,
                   unchanged = unchanged + $6, held = held + $7, refused = refused + $8, pending = pending + $9
               WHERE id = $1 AND position = $2 AND phase = 'running'";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(tally.added)
        .bind(tally.changed)
        .bind(tally.unchanged)
        .bind(tally.held)
        .bind(tally.refused)
        .bind(tally.pending)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// What is said of a file anew, before it is checked again.
pub async fn set_options(
    tx: &mut WriteTx,
    id: Uuid,
    list_id: Uuid,
    options_json: &str,
    consent: &str,
) -> sqlx::Result<()> {
    let sql =
        "UPDATE imports SET list_id = $2, options_json = $3, consent = $4, check_json = '' WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(list_id)
        .bind(options_json)
        .bind(consent)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How its people agreed.
pub async fn set_consent(tx: &mut WriteTx, id: Uuid, consent: &str) -> sqlx::Result<()> {
    let sql = "UPDATE imports SET consent = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(consent).execute(conn).await.map(|_| ()))
}

/// What was recognised, and what a dry run found so far.
pub async fn set_check(
    tx: &mut WriteTx,
    id: Uuid,
    recognised_json: &str,
    check_json: &str,
    total: Option<i64>,
) -> sqlx::Result<()> {
    let sql = "UPDATE imports SET recognised_json = $2, check_json = $3, total = $4 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(recognised_json)
        .bind(check_json)
        .bind(total)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Why an import can't go on.
pub async fn set_failure(tx: &mut WriteTx, id: Uuid, failure: &str) -> sqlx::Result<()> {
    let sql = "UPDATE imports SET failure = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(failure).execute(conn).await.map(|_| ()))
}

/// How many of an import's pending subscribers were asked to confirm.
pub async fn set_asked(tx: &mut WriteTx, id: Uuid, asked: i64) -> sqlx::Result<()> {
    let sql = "UPDATE imports SET pending_asked = pending_asked + $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(asked).execute(conn).await.map(|_| ()))
}

/// Whether an import's pending subscribers are being asked.
pub async fn set_asking(tx: &mut WriteTx, id: Uuid, is_asking: bool) -> sqlx::Result<()> {
    let sql = "UPDATE imports SET is_asking = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(is_asking).execute(conn).await.map(|_| ()))
}

// The file, where it was sent to the desk.

/// Stores a piece of a file.
pub async fn add_piece(tx: &mut WriteTx, id: Uuid, piece: i64, bytes: &[u8]) -> sqlx::Result<()> {
    let sql = "INSERT INTO import_pieces (import_id, piece, bytes) VALUES ($1, $2, $3)";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(piece).bind(bytes).execute(conn).await.map(|_| ()))
}

/// The piece behind another one.
pub async fn next_piece(tx: &mut Tx, id: Uuid, after: i64) -> sqlx::Result<Option<(i64, Vec<u8>)>> {
    let sql =
        "SELECT piece, bytes FROM import_pieces WHERE import_id = $1 AND piece > $2 ORDER BY piece LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).bind(after).fetch_optional(conn).await)
}

/// Forgets a file: nothing of it is needed any more.
pub async fn remove_pieces(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM import_pieces WHERE import_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}

// What was not taken.

/// A row that was not taken, and why.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Refusal {
    /// Counted from 0, over all files of an archive.
    pub number: i64,
    /// As an editor shows it.
    pub line: i64,
    /// Of an archive; else empty.
    pub file: String,
    /// It is taken once a question is answered.
    pub is_question: bool,
    pub reason: String,
    /// The row as it stood.
    pub cells_json: String,
}

/// Stores rows that were not taken.
pub async fn add_refusals(tx: &mut WriteTx, id: Uuid, refusals: &[Refusal]) -> sqlx::Result<()> {
    let columns = [
        ("import_id", Column::Id(id)),
        ("number", Column::Numbers(refusals.iter().map(|one| one.number).collect())),
        ("line", Column::Numbers(refusals.iter().map(|one| one.line).collect())),
        ("file", Column::Texts(refusals.iter().map(|one| one.file.as_str()).collect())),
        ("is_question", Column::Flags(refusals.iter().map(|one| one.is_question).collect())),
        ("reason", Column::Texts(refusals.iter().map(|one| one.reason.as_str()).collect())),
        ("cells_json", Column::Texts(refusals.iter().map(|one| one.cells_json.as_str()).collect())),
    ];
    load::insert(tx, "import_refusals", &columns, refusals.len(), "").await.map(|_| ())
}

/// The next rows behind one that were not taken.
pub async fn refusals(tx: &mut Tx, id: Uuid, after: i64, limit: i64) -> sqlx::Result<Vec<Refusal>> {
    let sql = "SELECT number, line, file, is_question, reason, cells_json FROM import_refusals
               WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).bind(after).bind(limit).fetch_all(conn).await)
}

/// Forgets them, before a file is read again.
pub async fn remove_refusals(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM import_refusals WHERE import_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}
