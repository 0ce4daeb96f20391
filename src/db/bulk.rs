//! Changes to many subscribers at once, and what each row was before, so that they can be undone exactly.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::{id_array, ids};
use super::{Tx, WriteTx, on_either};
use crate::domain::subscription::Cadence;

/// What is done to each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum BulkAction {
    Tag,
    Untag,
    Cadence,
    Unsubscribe,
    Suppress,
}

impl BulkAction {
    /// Every action, in the order that the bar shows.
    pub const ALL: [BulkAction; 5] = [
        BulkAction::Tag,
        BulkAction::Untag,
        BulkAction::Cadence,
        BulkAction::Unsubscribe,
        BulkAction::Suppress,
    ];

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Self> {
        BulkAction::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            BulkAction::Tag => "tag",
            BulkAction::Untag => "untag",
            BulkAction::Cadence => "cadence",
            BulkAction::Unsubscribe => "unsubscribe",
            BulkAction::Suppress => "suppress",
        }
    }
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum BulkStatus {
    /// Looks for more below `walked_to`.
    Running,
    Done,
    /// Its rows are put back.
    Undoing,
    Undone,
}

/// One change to many subscribers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BulkChange {
    pub id: Uuid,
    pub user_email: String,
    pub action: BulkAction,
    /// Empty but for tag and untag.
    pub tag: String,
    /// `None`: all their lists.
    pub list_id: Option<Uuid>,
    /// Empty but for a change of cadence.
    pub cadence: String,
    /// Whom it finds, as JSON; empty: those it has rows of.
    pub filter_json: String,
    pub status: BulkStatus,
    pub walked_to: Uuid,
    /// How many subscribers it changed.
    pub changed: i64,
    pub created_at: DateTime<Utc>,
}

/// What a list's id is where a change is to the subscriber, and not to one of their subscriptions.
const NO_LIST: Uuid = Uuid::nil();

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_email, action, tag, list_id, cadence, filter_json, status, walked_to, changed,
                 created_at FROM bulk_changes ",
            $rest
        )
    };
}

/// Stores a change that begins.
pub async fn add(tx: &mut WriteTx, bulk: &BulkChange) -> sqlx::Result<()> {
    let sql = "INSERT INTO bulk_changes (id, user_email, action, tag, list_id, cadence, filter_json, status,
                   walked_to, changed, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(bulk.id)
        .bind(&bulk.user_email)
        .bind(bulk.action)
        .bind(&bulk.tag)
        .bind(bulk.list_id)
        .bind(&bulk.cadence)
        .bind(&bulk.filter_json)
        .bind(bulk.status)
        .bind(bulk.walked_to)
        .bind(bulk.changed)
        .bind(bulk.created_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The change of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<BulkChange>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The same, and nobody else works on it until this transaction ends.
pub async fn lock(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<Option<BulkChange>> {
    let sql =
        super::dialect!(tx, sqlite: select!("WHERE id = $1"), postgres: select!("WHERE id = $1 FOR UPDATE"));
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Those that are worked on, the oldest first.
pub async fn open(tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM bulk_changes WHERE status IN ('running', 'undoing') ORDER BY id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// The newest changes.
pub async fn newest(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<BulkChange>> {
    let sql = select!("ORDER BY id DESC LIMIT $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Notes how far a change has come.
pub async fn set_progress(
    tx: &mut WriteTx,
    id: Uuid,
    status: BulkStatus,
    walked_to: Uuid,
    changed: i64,
) -> sqlx::Result<()> {
    let sql = "UPDATE bulk_changes SET status = $2, walked_to = $3, changed = $4 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(status)
        .bind(walked_to)
        .bind(changed)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Runs a statement that binds ids `$1`, the change `$2`, its list `$3` (zeros: all), a word `$4`, the change's
/// time `$5` and zeros `$6`. Each names all of them, since PostgreSQL takes no value that has no place.
async fn run(
    tx: &mut WriteTx,
    sql: &'static str,
    wanted: &[Uuid],
    bulk: &BulkChange,
    word: &str,
) -> sqlx::Result<()> {
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_array(wanted))
        .bind(bulk.id)
        .bind(bulk.list_id.unwrap_or(NO_LIST))
        .bind(word)
        .bind(bulk.created_at)
        .bind(NO_LIST)
        .execute(conn)
        .await
        .map(|_| ()))
}

macro_rules! keep {
    () => {
        "INSERT INTO bulk_change_rows (bulk_change_id, subscriber_id, list_id, status, cadence, since) "
    };
}

/// Does a change to these subscribers and keeps what they were. How many of them it changed. What a reader
/// did after the change began stays: their own word is the later one.
pub async fn apply(tx: &mut WriteTx, bulk: &BulkChange, wanted: &[Uuid]) -> sqlx::Result<i64> {
    match bulk.action {
        BulkAction::Tag => {
            let sql = ids!(
                tx,
                concat!(keep!(), "SELECT $2, r.s, $6, '', '', $5 FROM"),
                "JOIN subscribers b ON b.id = r.s
                 WHERE $3 IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM subscriber_tags t WHERE t.tag = $4 AND t.subscriber_id = r.s)"
            );
            run(tx, sql, wanted, bulk, &bulk.tag).await?;
            let sql = ids!(
                tx,
                "INSERT INTO subscriber_tags (tag, subscriber_id, created_at) SELECT $4, r.s, $5 FROM",
                "JOIN subscribers b ON b.id = r.s WHERE $2 IS NOT NULL AND $3 IS NOT NULL AND $6 IS NOT NULL
                 ON CONFLICT (tag, subscriber_id) DO NOTHING"
            );
            run(tx, sql, wanted, bulk, &bulk.tag).await?;
        }
        BulkAction::Untag => {
            let sql = ids!(
                tx,
                concat!(keep!(), "SELECT $2, r.s, $6, '', '', t.created_at FROM"),
                "JOIN subscriber_tags t ON t.tag = $4 AND t.subscriber_id = r.s
                 WHERE $3 IS NOT NULL AND $5 IS NOT NULL"
            );
            run(tx, sql, wanted, bulk, &bulk.tag).await?;
            let sql = ids!(
                tx,
                "DELETE FROM subscriber_tags WHERE tag = $4 AND $2 IS NOT NULL AND $3 IS NOT NULL
                   AND $5 IS NOT NULL AND $6 IS NOT NULL AND subscriber_id IN (SELECT s FROM",
                ")"
            );
            run(tx, sql, wanted, bulk, &bulk.tag).await?;
        }
        BulkAction::Cadence => {
            let sql = ids!(
                tx,
                concat!(keep!(), "SELECT $2, r.s, x.list_id, x.status, x.cadence, x.status_since FROM"),
                "JOIN subscriptions x ON x.subscriber_id = r.s
                 WHERE ($3 = $6 OR x.list_id = $3) AND x.status IN ('active', 'pending') AND x.cadence <> $4
                   AND $5 IS NOT NULL"
            );
            run(tx, sql, wanted, bulk, &bulk.cadence).await?;
            let sql = ids!(
                tx,
                "UPDATE subscriptions SET cadence = $4
                 WHERE ($3 = $6 OR list_id = $3) AND status IN ('active', 'pending') AND cadence <> $4
                   AND $2 IS NOT NULL AND $5 IS NOT NULL AND subscriber_id IN (SELECT s FROM",
                ")"
            );
            run(tx, sql, wanted, bulk, &bulk.cadence).await?;
        }
        BulkAction::Unsubscribe => leave(tx, bulk, wanted).await?,
        BulkAction::Suppress => {
            let sql = ids!(
                tx,
                concat!(keep!(), "SELECT $2, r.s, $6, '', '', $5 FROM"),
                "JOIN subscribers b ON b.id = r.s
                 WHERE $3 IS NOT NULL AND $4 <> '-'
                   AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key)"
            );
            run(tx, sql, wanted, bulk, &bulk.user_email).await?;
            let sql = ids!(
                tx,
                "INSERT INTO suppressions (email_key, reason, detail, created_at)
                 SELECT b.email_key, 'manual', 'by ' || $4, $5 FROM",
                "JOIN subscribers b ON b.id = r.s WHERE $2 IS NOT NULL AND $3 IS NOT NULL AND $6 IS NOT NULL
                 ON CONFLICT (email_key) DO NOTHING"
            );
            run(tx, sql, wanted, bulk, &bulk.user_email).await?;
            leave(tx, bulk, wanted).await?;
        }
    }
    let sql = ids!(
        tx,
        "SELECT COUNT(DISTINCT w.subscriber_id) FROM",
        "JOIN bulk_change_rows w ON w.bulk_change_id = $2 AND w.subscriber_id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_array(wanted)).bind(bulk.id).fetch_one(conn).await)
}

async fn leave(tx: &mut WriteTx, bulk: &BulkChange, wanted: &[Uuid]) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        concat!(keep!(), "SELECT $2, r.s, x.list_id, x.status, x.cadence, x.status_since FROM"),
        "JOIN subscriptions x ON x.subscriber_id = r.s
         WHERE ($3 = $6 OR x.list_id = $3) AND x.status IN ('active', 'pending') AND x.status_since <= $5
           AND $4 = ''"
    );
    run(tx, sql, wanted, bulk, "").await?;
    let sql = ids!(
        tx,
        "UPDATE subscriptions SET status = 'unsubscribed', status_since = $5
         WHERE ($3 = $6 OR list_id = $3) AND status IN ('active', 'pending') AND status_since <= $5
           AND $2 IS NOT NULL AND $4 = '' AND subscriber_id IN (SELECT s FROM",
        ")"
    );
    run(tx, sql, wanted, bulk, "").await
}

/// Puts back what the next `limit` subscribers of a change were, where nobody changed it since. How many
/// there were.
pub async fn undo(tx: &mut WriteTx, bulk: &BulkChange, limit: i64) -> sqlx::Result<usize> {
    let sql = "SELECT DISTINCT subscriber_id FROM bulk_change_rows WHERE bulk_change_id = $1
               ORDER BY subscriber_id LIMIT $2";
    let wanted: Vec<Uuid> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(bulk.id).bind(limit).fetch_all(conn).await?);
    if wanted.is_empty() {
        return Ok(0);
    }
    match bulk.action {
        BulkAction::Tag => {
            let sql = ids!(
                tx,
                "DELETE FROM subscriber_tags WHERE tag = $4 AND created_at = $5 AND $2 IS NOT NULL
                   AND $3 IS NOT NULL AND $6 IS NOT NULL AND subscriber_id IN (SELECT s FROM",
                ")"
            );
            run(tx, sql, &wanted, bulk, &bulk.tag).await?;
        }
        BulkAction::Untag => {
            let sql = ids!(
                tx,
                "INSERT INTO subscriber_tags (tag, subscriber_id, created_at) SELECT $4, r.s, w.since FROM",
                "JOIN bulk_change_rows w ON w.bulk_change_id = $2 AND w.subscriber_id = r.s
                 WHERE $3 IS NOT NULL AND $5 IS NOT NULL AND $6 IS NOT NULL AND w.since IS NOT NULL
                 ON CONFLICT (tag, subscriber_id) DO NOTHING"
            );
            run(tx, sql, &wanted, bulk, &bulk.tag).await?;
        }
        BulkAction::Cadence => {
            let sql = ids!(
                tx,
                "UPDATE subscriptions SET cadence = w.cadence FROM bulk_change_rows w
                 WHERE w.bulk_change_id = $2 AND w.list_id = subscriptions.list_id
                   AND w.subscriber_id = subscriptions.subscriber_id AND subscriptions.cadence = $4
                   AND $3 IS NOT NULL AND $5 IS NOT NULL AND $6 IS NOT NULL AND w.subscriber_id IN (SELECT s FROM",
                ")"
            );
            run(tx, sql, &wanted, bulk, &bulk.cadence).await?;
        }
        BulkAction::Unsubscribe => come_back(tx, bulk, &wanted).await?,
        BulkAction::Suppress => {
            let sql = ids!(
                tx,
                "DELETE FROM suppressions WHERE reason = 'manual' AND created_at = $5 AND $2 IS NOT NULL
                   AND $3 IS NOT NULL AND $4 = '' AND $6 IS NOT NULL
                   AND email_key IN (SELECT b.email_key FROM",
                "JOIN subscribers b ON b.id = r.s)"
            );
            run(tx, sql, &wanted, bulk, "").await?;
            come_back(tx, bulk, &wanted).await?;
        }
    }
    let sql = ids!(
        tx,
        "DELETE FROM bulk_change_rows WHERE bulk_change_id = $2 AND subscriber_id IN (SELECT s FROM",
        ")"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_array(&wanted))
        .bind(bulk.id)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(wanted.len())
}

async fn come_back(tx: &mut WriteTx, bulk: &BulkChange, wanted: &[Uuid]) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "UPDATE subscriptions SET status = w.status, status_since = w.since FROM bulk_change_rows w
         WHERE w.bulk_change_id = $2 AND w.list_id = subscriptions.list_id
           AND w.subscriber_id = subscriptions.subscriber_id
           AND subscriptions.status = 'unsubscribed' AND subscriptions.status_since = $5
           AND $3 IS NOT NULL AND $4 = '' AND $6 IS NOT NULL AND w.subscriber_id IN (SELECT s FROM",
        ")"
    );
    run(tx, sql, wanted, bulk, "").await
}

/// What bulk changes did to one subscriber, the newest first.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<BulkChange>> {
    let sql = select!(
        "WHERE id IN (SELECT bulk_change_id FROM bulk_change_rows WHERE subscriber_id = $1)
         ORDER BY id DESC LIMIT $2"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await)
}

/// The cadence that a change sets.
pub fn cadence(bulk: &BulkChange) -> Option<Cadence> {
    Cadence::parse(&bulk.cadence)
}
