//! Files that are being imported: their lines wait here in parts until they are stored.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either};

/// A file that somebody sent to the desk.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Import {
    pub id: Uuid,
    pub list_id: Uuid,
    pub user_email: String,
    pub file_name: String,
    /// `active` or `pending`.
    pub status: String,
    /// How its people agreed; empty where each is asked.
    pub consent: String,
    pub lines: i64,
    pub added: i64,
    pub left_alone: i64,
    pub refused: i64,
    /// The first refused lines: `[[line, reason], …]`.
    pub refusals_json: String,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, list_id, user_email, file_name, status, consent, lines, added, left_alone, refused,
                 refusals_json, created_at, ended_at FROM imports ",
            $rest
        )
    };
}

impl Import {
    /// Lines of which it is known what became of them.
    pub fn done(&self) -> i64 {
        self.added + self.left_alone + self.refused
    }
}

/// Stores an import. Its lines follow, in parts.
pub async fn add(tx: &mut WriteTx, import: &Import) -> sqlx::Result<()> {
    let sql =
        "INSERT INTO imports (id, list_id, user_email, file_name, status, consent, lines, added, left_alone,
                   refused, refusals_json, created_at, ended_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(import.id)
        .bind(import.list_id)
        .bind(&import.user_email)
        .bind(&import.file_name)
        .bind(&import.status)
        .bind(&import.consent)
        .bind(import.lines)
        .bind(import.added)
        .bind(import.left_alone)
        .bind(import.refused)
        .bind(&import.refusals_json)
        .bind(import.created_at)
        .bind(import.ended_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Stores parts of an import's lines, the first of them as part number `from`; returns the next number.
pub async fn add_parts(
    tx: &mut WriteTx,
    id: Uuid,
    from: usize,
    parts: impl Iterator<Item = &String>,
) -> sqlx::Result<usize> {
    let sql = "INSERT INTO import_parts (import_id, part, rows_json) VALUES ($1, $2, $3)";
    let mut part = from;
    for rows in parts {
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(id)
            .bind(part as i64)
            .bind(rows)
            .execute(conn)
            .await
            .map(|_| ()))?;
        part += 1;
    }
    Ok(part)
}

/// The import of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Import>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The same, and nobody else stores its next part until this transaction ends.
pub async fn lock(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<Option<Import>> {
    let sql = dialect!(tx, sqlite: select!("WHERE id = $1"), postgres: select!("WHERE id = $1 FOR UPDATE"));
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The newest imports.
pub async fn newest(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Import>> {
    let sql = select!("ORDER BY id DESC LIMIT $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Those that have not ended and have a part, or began before a moment; the oldest first.
pub async fn open(tx: &mut Tx, before: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM imports WHERE ended_at IS NULL AND (created_at < $1
                   OR EXISTS (SELECT 1 FROM import_parts WHERE import_id = imports.id)) ORDER BY id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(before).fetch_all(conn).await)
}

/// The next lines that are to be stored, and their part's number.
pub async fn next_part(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<(i64, String)>> {
    let sql = "SELECT part, rows_json FROM import_parts WHERE import_id = $1 ORDER BY part LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Notes that a part is stored, with its outcome; with `now`, that all is.
pub async fn set_stored(
    tx: &mut WriteTx,
    id: Uuid,
    part: i64,
    (added, left_alone): (i64, i64),
    ended_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let sql = "DELETE FROM import_parts WHERE import_id = $1 AND part = $2";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(part).execute(conn).await.map(|_| ()))?;
    let sql =
        "UPDATE imports SET added = added + $2, left_alone = left_alone + $3, ended_at = $4 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(added)
        .bind(left_alone)
        .bind(ended_at)
        .execute(conn)
        .await
        .map(|_| ()))
}
