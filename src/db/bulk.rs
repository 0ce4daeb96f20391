//! Changes to many subscribers at once, and what each row was before, so that they can be undone exactly.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::audit::Actor;
use super::events::Cause;
use super::subscribers::{id_array, ids};
use super::subscriptions::{self, Changed};
use super::{Tx, WriteTx, dialect, json, on_either, stored_time, suppressions};
use crate::domain::stored_words;
use crate::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use crate::locale::say;

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
    let sql = dialect!(tx, sqlite: select!("WHERE id = $1"), postgres: select!("WHERE id = $1 FOR UPDATE"));
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

/// Keeps what subscriptions were, so that the change to them can be undone.
async fn keep(tx: &mut WriteTx, bulk: &BulkChange, changed: &[Changed]) -> sqlx::Result<()> {
    let rows: Vec<serde_json::Value> = changed
        .iter()
        .filter_map(|one| one.was.filter(|_| one.is_new()).map(|was| (one, was)))
        .map(|(one, was)| {
            serde_json::json!({
                "s": one.subscriber_id.simple().to_string(), "l": one.list_id.simple().to_string(),
                "t": was.status, "c": was.cadence, "d": stored_time(was.since),
            })
        })
        .collect();
    let sql = dialect!(
        tx,
        sqlite: concat!(
            keep!(),
            "SELECT $2, unhex(value ->> 's'), unhex(value ->> 'l'), value ->> 't', value ->> 'c', value ->> 'd'
             FROM json_each($1)"
        ),
        postgres: concat!(
            keep!(),
            "SELECT $2, r.s, r.l, r.t, r.c, r.d
             FROM json_to_recordset($1::json) AS r(s uuid, l uuid, t text, c text, d timestamptz)"
        )
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(json(&rows)?).bind(bulk.id).execute(conn).await.map(|_| ()))
}

/// Does a change to these subscribers and keeps what they were. How many of them it changed. What a reader
/// did after the change began stays: their own word is the later one.
pub async fn apply(tx: &mut WriteTx, bulk: &BulkChange, actor: &Actor, wanted: &[Uuid]) -> sqlx::Result<i64> {
    let cause = Cause::part_of(actor, bulk.created_at, bulk.id);
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
            let to = Transition::SetCadence(cadence(bulk).ok_or(sqlx::Error::RowNotFound)?);
            let changed = subscriptions::change(tx, &cause, wanted, bulk.list_id, to).await?;
            keep(tx, bulk, &changed).await?;
        }
        BulkAction::Unsubscribe => leave(tx, bulk, &cause, wanted).await?,
        BulkAction::Suppress => {
            let detail = say("suppression-by").with("who", stored_words::who(&bulk.user_email)).to_string();
            let new = suppressions::add_all(tx, &cause, wanted, &detail).await?;
            let sql = ids!(
                tx,
                concat!(keep!(), "SELECT $2, r.s, $6, '', '', $5 FROM"),
                "WHERE $3 IS NOT NULL AND $4 = ''"
            );
            run(tx, sql, &new, bulk, "").await?;
            leave(tx, bulk, &cause, wanted).await?;
        }
    }
    let sql = ids!(
        tx,
        "SELECT COUNT(DISTINCT w.subscriber_id) FROM",
        "JOIN bulk_change_rows w ON w.bulk_change_id = $2 AND w.subscriber_id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_array(wanted)).bind(bulk.id).fetch_one(conn).await)
}

async fn leave(tx: &mut WriteTx, bulk: &BulkChange, cause: &Cause<'_>, wanted: &[Uuid]) -> sqlx::Result<()> {
    let left = subscriptions::change(tx, cause, wanted, bulk.list_id, Transition::LeaveWithOthers).await?;
    keep(tx, bulk, &left).await
}

/// Puts back what the next `limit` subscribers of a change were, where nobody changed it since. How many
/// there were.
pub async fn undo(tx: &mut WriteTx, bulk: &BulkChange, cause: &Cause<'_>, limit: i64) -> sqlx::Result<usize> {
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
            let set = cadence(bulk).ok_or(sqlx::Error::RowNotFound)?;
            put_back(tx, bulk, cause, &wanted, |row| {
                Cadence::parse(&row.cadence).map(|was| Transition::UndoCadence { set, was })
            })
            .await?;
        }
        BulkAction::Unsubscribe => come_back(tx, bulk, cause, &wanted).await?,
        BulkAction::Suppress => {
            suppressions::lift_all(tx, cause, &wanted, bulk.created_at).await?;
            come_back(tx, bulk, cause, &wanted).await?;
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

/// What a subscription was before a change.
#[derive(sqlx::FromRow)]
struct KeptRow {
    subscriber_id: Uuid,
    list_id: Uuid,
    status: String,
    cadence: String,
    since: Option<DateTime<Utc>>,
}

/// Makes a transition of each row that was kept of these subscribers' subscriptions.
async fn put_back(
    tx: &mut WriteTx,
    bulk: &BulkChange,
    cause: &Cause<'_>,
    wanted: &[Uuid],
    undo: impl Fn(&KeptRow) -> Option<Transition>,
) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "SELECT w.subscriber_id, w.list_id, w.status, w.cadence, w.since FROM",
        "JOIN bulk_change_rows w ON w.bulk_change_id = $2 AND w.subscriber_id = r.s AND w.list_id <> $3"
    );
    let rows: Vec<KeptRow> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(id_array(wanted))
        .bind(bulk.id)
        .bind(NO_LIST)
        .fetch_all(conn)
        .await?);
    let asked: Vec<(Uuid, Uuid, Transition)> =
        rows.iter().filter_map(|row| Some((row.subscriber_id, row.list_id, undo(row)?))).collect();
    subscriptions::change_each(tx, cause, &asked).await.map(|_| ())
}

async fn come_back(
    tx: &mut WriteTx,
    bulk: &BulkChange,
    cause: &Cause<'_>,
    wanted: &[Uuid],
) -> sqlx::Result<()> {
    put_back(tx, bulk, cause, wanted, |row| {
        let status = SubscriptionStatus::parse(&row.status)?;
        Some(Transition::UndoLeave { left_at: bulk.created_at, status, since: row.since? })
    })
    .await
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
