//! The counter that tells a database from its own older copies: one row. See [`crate::app::send_counter`].

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either};

/// The row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// The same in all copies of a database, and in no other database.
    pub lineage: String,
    pub value: i64,
    /// Mails that were marked before the counter was raised last, all processes together.
    pub mails: i64,
    pub raised_at: Option<DateTime<Utc>>,
    /// Why this database is taken for an older copy, as `schedule::restored` writes it, until an admin decides.
    pub restored: Option<String>,
    /// When that was found last; kept afterwards.
    pub restored_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT lineage, value, mails, raised_at, restored, restored_at FROM send_counter WHERE id = 1",
            $rest
        )
    };
}

/// The counter.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Row> {
    on_either!(tx, |conn| sqlx::query_as(select!("")).fetch_one(conn).await)
}

/// The counter, which nobody else changes until this transaction ends; on SQLite the one writer sees to that.
pub async fn locked(tx: &mut WriteTx) -> sqlx::Result<Row> {
    let sql = dialect!(tx, sqlite: select!(""), postgres: select!(" FOR UPDATE"));
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_one(conn).await)
}

/// Raises the counter by one, and adds the mails that were marked since.
pub async fn raise(tx: &mut WriteTx, mails: i64, now: DateTime<Utc>) -> sqlx::Result<Row> {
    let sql = "UPDATE send_counter SET value = value + 1, mails = mails + $1, raised_at = $2 WHERE id = 1
               RETURNING lineage, value, mails, raised_at, restored, restored_at";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(mails).bind(now).fetch_one(conn).await)
}

/// Notes that this database is an older copy. No feed has been read since.
pub async fn set_restored(tx: &mut WriteTx, restored: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE send_counter SET restored = $1, restored_at = $2 WHERE id = 1";
    on_either!(tx, |conn| sqlx::query(sql).bind(restored).bind(now).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE feeds SET unread_since_restore = TRUE";
    on_either!(tx, |conn| sqlx::query(sql).execute(conn).await.map(|_| ()))
}

/// An admin has decided: the database goes on as the newest, its counter at `value`.
pub async fn set_decided(tx: &mut WriteTx, value: i64) -> sqlx::Result<()> {
    let sql = "UPDATE send_counter SET restored = NULL, value = $1 WHERE id = 1";
    on_either!(tx, |conn| sqlx::query(sql).bind(value).execute(conn).await.map(|_| ()))
}

/// Notes that a feed was read. True where it had not been since the database was restored.
pub async fn feed_was_read(tx: &mut WriteTx, feed_id: Uuid) -> sqlx::Result<bool> {
    let sql = "UPDATE feeds SET unread_since_restore = FALSE WHERE id = $1 AND unread_since_restore";
    let rows = on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}
