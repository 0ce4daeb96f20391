//! The queue of mail: one set of statements for both of its tables, a campaign's deliveries and the notices.
//!
//! A worker leases rows, marks each before it goes on the wire, and settles it with the result. Every statement is
//! fenced on the worker that holds the row and on the statuses from which its [`Step`] leads, so a worker that was
//! taken for dead can neither mark nor record. Rows are passed many a statement, as one JSON array, since a
//! statement a row would cost more than the row; [`settle`] alone, which runs for each mail, takes VALUES or arrays.
//!
//! What finds the rows to lease differs, and so does when a row may be sent: that is in [`Statements`].

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::relays::RelayId;
use super::{Engine, Tx, WriteTx, on_either, stored_time};
use crate::domain::delivery::{DeliveryStatus, Step};

/// The key of a row in one of the queue's tables.
pub trait QueueKey:
    Copy
    + Debug
    + Eq
    + Hash
    + Send
    + Sync
    + Unpin
    + for<'r> FromRow<'r, SqliteRow>
    + for<'r> FromRow<'r, PgRow>
    + 'static
{
    /// The statements on its table.
    const SQL: Statements;

    /// What its columns hold, in the order of [`Statements::key_names`].
    fn ids(&self) -> impl Iterator<Item = Uuid>;
}

/// A statement in the words of both engines.
pub struct Text {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Text {
    fn of(&self, tx: &Tx) -> &'static str {
        match tx.is_sqlite() {
            true => self.sqlite,
            false => self.postgres,
        }
    }
}

/// The statements on one table of the queue: see [`statements!`].
pub struct Statements {
    pub(super) table: &'static str,
    /// What the key's columns are called in the rows that are passed.
    pub(super) key_names: &'static [&'static str],
    /// That a row of the table is row `r` of those that are passed.
    pub(super) is_row: &'static str,
    /// Whether row `r` may go on the wire.
    pub(super) may_go: &'static str,
    /// Whether what is uncertain gets no other attempt by itself.
    pub(super) leaves_uncertain: &'static str,
    pub(super) take: Text,
    pub(super) marked: Text,
    pub(super) put_off: Text,
    pub(super) release: Text,
    pub(super) refuse: Text,
    pub(super) recover: Text,
}

/// The statements on a table. `rows`: how `$1`, a JSON array of keys with `next`, is read as `r`. `refused`: tables to
/// look at when a row may not be sent, with how they are joined; whether it waits all the same; else why it is skipped.
macro_rules! statements {
    (
        table: $table:literal,
        key: [$($name:literal = $column:literal),+],
        is_row: $is_row:literal,
        rows: { sqlite: $sqlite:literal, postgres: $postgres:literal },
        may_go: $may_go:expr,
        leaves_uncertain: $leaves_uncertain:expr,
        refused: { join: $join:literal, on: $on:literal, waits: $waits:expr, why: $why:expr },
    ) => {{
        macro_rules! update {
            ($set:expr, $join_:expr, $rest:expr) => {
                $crate::db::queue::Text {
                    sqlite: concat!("UPDATE ", $table, " SET ", $set, " FROM ", $sqlite, $join_, " WHERE ", $is_row, $rest),
                    postgres: concat!("UPDATE ", $table, " SET ", $set, " FROM ", $postgres, $join_, " WHERE ", $is_row, $rest),
                }
            };
        }
        // Where a row goes back to when a lease or a mark ends without an attempt.
        macro_rules! released {
            () => {
                "CASE WHEN next_attempt_at IS NULL THEN 'queued'
                      WHEN uncertain_at IS NULL THEN 'deferred' ELSE 'uncertain' END"
            };
        }
        macro_rules! marked {
            ($rows:expr) => {
                concat!(
                    "SELECT ", concat!($($table, ".", $column, ", "),+), $table, ".status FROM ", $rows,
                    " JOIN ", $table, " ON ", $is_row, " WHERE ", $table, ".status = 'sending' AND leased_by = $2"
                )
            };
        }
        $crate::db::queue::Statements {
            table: $table,
            key_names: &[$($name),+],
            is_row: $is_row,
            may_go: $may_go,
            leaves_uncertain: $leaves_uncertain,
            take: update!(
                "status = 'leased', leased_by = $2, status_since = $3",
                "",
                " AND status IN ('queued', 'deferred', 'uncertain')"
            ),
            marked: $crate::db::queue::Text { sqlite: marked!($sqlite), postgres: marked!($postgres) },
            put_off: update!(
                "leased_by = NULL, status_since = $3, next_attempt_at = r.next,
                 status = CASE WHEN uncertain_at IS NOT NULL THEN 'uncertain'
                               WHEN r.next IS NULL THEN 'skipped' ELSE 'deferred' END,
                 reply = CASE WHEN attempts = 0 OR r.next IS NULL THEN $4 ELSE reply END",
                "",
                " AND status = 'leased' AND leased_by = $2"
            ),
            release: update!(
                concat!(
                    "leased_by = NULL, status_since = $3,
                     attempts = attempts - CASE status WHEN 'sending' THEN 1 ELSE 0 END,
                     first_attempt_at = CASE WHEN status = 'sending' AND attempts = 1 THEN NULL
                                        ELSE first_attempt_at END,
                     status = ",
                    released!()
                ),
                "",
                " AND status IN ('leased', $4) AND leased_by = $2"
            ),
            refuse: update!(
                concat!(
                    "leased_by = NULL, status_since = $3,
                     status = CASE WHEN ", $waits, " THEN ", released!(), "
                                   WHEN uncertain_at IS NOT NULL THEN 'uncertain' ELSE 'skipped' END,
                     next_attempt_at = CASE WHEN ", $waits, " THEN next_attempt_at END,
                     reply = CASE WHEN ", $waits, " THEN reply ELSE ", $why, " END"
                ),
                $join,
                concat!(
                    $on, " AND ", $table, ".status IN ('leased', $4) AND leased_by = $2
                     RETURNING ", $table, ".status"
                )
            ),
            recover: update!(
                concat!(
                    "leased_by = NULL, status_since = $3,
                     status = CASE status WHEN 'sending' THEN 'uncertain' ELSE ", released!(), " END,
                     uncertain_at = CASE status WHEN 'sending' THEN $3 ELSE uncertain_at END,
                     next_attempt_at = CASE WHEN status <> 'sending' THEN next_attempt_at
                                            WHEN ", $leaves_uncertain, " THEN NULL ELSE $3 END,
                     reply = CASE status WHEN 'sending' THEN 'the process ended while this was on the wire'
                                         ELSE reply END"
                ),
                "",
                " AND leased_by = $2 AND status IN ('leased', 'sending')"
            ),
        }
    }};
}
pub(super) use statements;

/// What became of a mail that was on the wire.
#[derive(Clone, Debug)]
pub struct Settled<K> {
    pub key: K,
    pub status: DeliveryStatus,
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The relay's answer, or what kept it from answering.
    pub reply: String,
    /// The relay that took it.
    pub relay: Option<RelayId>,
}

/// Keys, each with a time where it has one, as a JSON array. Nothing in them needs to be escaped.
fn json_rows<K: QueueKey>(rows: impl Iterator<Item = (K, Option<DateTime<Utc>>)>) -> String {
    let mut json = String::from("[");
    for (key, next) in rows {
        json.push_str(if json.len() > 1 { ",{" } else { "{" });
        for (at, (name, id)) in K::SQL.key_names.iter().zip(key.ids()).enumerate() {
            let comma = if at > 0 { "," } else { "" };
            json.push_str(&format!(r#"{comma}"{name}":"{}""#, id.simple()));
        }
        if let Some(next) = next {
            json.push_str(&format!(r#","next":"{}""#, stored_time(next)));
        }
        json.push('}');
    }
    json.push(']');
    json
}

/// Keys as the JSON array that the statements take as `$1`.
pub(super) fn key_rows<K: QueueKey>(keys: &[K]) -> String {
    json_rows(keys.iter().map(|key| (*key, None)))
}

/// The status beside `leased` that a statement takes rows from: `sending`, where it is about this worker's own marks too.
fn or_sending(also_sending: bool) -> DeliveryStatus {
    if also_sending { DeliveryStatus::Sending } else { DeliveryStatus::Leased }
}

/// Leases rows that were just found, and locked where the engine has more than one writer.
pub(super) async fn take<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    keys: &[K],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let sql = K::SQL.take.of(tx);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Records what became of mails that were on the wire, and marks others `sending`, each only where it may still be
/// sent. One statement, so that it is a whole transaction [at once](super::Db::at_once). What is uncertain has a next
/// attempt only where it is sent again by itself. Returns those marked: only they may go on the wire, once this is
/// durable. What is not marked is still leased: see [`put_back_or_skip`]. Who was taken for dead meanwhile neither
/// records nor marks.
///
/// `again`: a repeat of a request whose commit may or may not have happened; the same worker's
/// own marks then count as made.
///
/// Whether a mail may go is a scalar subquery, not EXISTS: of an EXISTS within CASE PostgreSQL may make a
/// table of all readers for each statement, and does where nothing has counted them yet.
pub async fn settle<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    results: &[Settled<K>],
    marks: &[K],
    again: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<HashSet<K>> {
    if results.is_empty() && marks.is_empty() {
        return Ok(HashSet::new());
    }
    for result in results {
        let step = DeliveryStatus::Sending.after(Step::Settle, result.status);
        step.map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    }
    let key_names = K::SQL.key_names;
    let stands = or_sending(again);
    let wanted = results.len() + marks.len();
    let rows = results
        .iter()
        .map(|r| (r.key, r.status, r.next_attempt_at, r.reply.as_str(), r.relay))
        .chain(marks.iter().map(|key| (*key, DeliveryStatus::Sending, None, "", None)));
    let written = match Tx::engine(tx) {
        Engine::Sqlite(tx) => {
            // Each number of rows has a text of its own, prepared once. A JSON array would be parsed each
            // time, and that costs more than the rest. The limit tells the planner that they are few.
            let keys: String =
                key_names.iter().zip(5..).map(|(name, n)| format!(", column{n} AS {name}")).collect();
            let row = format!("(?,?,?,?{})", ",?".repeat(key_names.len()));
            let bound = wanted * (key_names.len() + 4);
            let more = format!(",{row}").repeat(wanted - 1);
            let sql = settle_text(
                &K::SQL,
                &format!(
                    "(SELECT column1 AS status, column2 AS next, column3 AS reply, column4 AS relay{keys}
                      FROM (VALUES {row}{more}) LIMIT {wanted}) AS r"
                ),
                [bound + 1, bound + 2, bound + 3],
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (key, status, next, reply, relay) in rows {
                query = query.bind(status).bind(next).bind(reply).bind(relay);
                for id in key.ids() {
                    query = query.bind(id);
                }
            }
            query.bind(worker).bind(now).bind(stands).execute(&mut **tx).await?.rows_affected()
        }
        Engine::Postgres(tx) => {
            // Arrays, whose length the planner sees: it takes a JSON array for a hundred rows, and would
            // rather read the whole table.
            let arrays: String = (8..).take(key_names.len()).map(|n| format!(", ${n}::uuid[]")).collect();
            let sql = settle_text(
                &K::SQL,
                &format!(
                    "unnest($4::text[], $5::timestamptz[], $6::text[], $7::smallint[]{arrays})
                     AS r(status, next, reply, relay, {})",
                    key_names.join(", ")
                ),
                [1, 2, 3],
            );
            let (mut statuses, mut nexts) = (Vec::new(), Vec::new());
            let (mut replies, mut relays) = (Vec::new(), Vec::new());
            let mut ids: Vec<Vec<Uuid>> = vec![Vec::new(); key_names.len()];
            for (key, status, next, reply, relay) in rows {
                statuses.push(status);
                nexts.push(next);
                replies.push(reply);
                relays.push(relay);
                ids.iter_mut().zip(key.ids()).for_each(|(column, id)| column.push(id));
            }
            let query = sqlx::query(AssertSqlSafe(sql)).bind(worker).bind(now).bind(stands);
            let mut query = query.bind(statuses).bind(nexts).bind(replies).bind(relays);
            for column in ids {
                query = query.bind(column);
            }
            query.execute(&mut **tx).await?.rows_affected()
        }
    };
    // All of them, nearly always: then their number says it, and no row need be fetched.
    if written == wanted as u64 {
        return Ok(marks.iter().copied().collect());
    }
    let sql = K::SQL.marked.of(tx);
    let marked: Vec<K> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(key_rows(marks)).bind(worker).fetch_all(conn).await?);
    Ok(marked.into_iter().collect())
}

/// The text of [`settle`] for rows that are passed as `r`. The numbers are those of what else is bound: the worker, the
/// time, and the status beside `leased` from which a mark is made.
fn settle_text(statements: &Statements, rows: &str, [worker, now, stands]: [usize; 3]) -> String {
    let Statements { table, is_row, may_go, leaves_uncertain, .. } = statements;
    format!(
        "UPDATE {table} SET
            status = r.status,
            leased_by = CASE r.status WHEN 'sending' THEN leased_by END,
            attempts = attempts + CASE WHEN r.status = 'sending' AND {table}.status = 'leased'
                                  THEN 1 ELSE 0 END,
            first_attempt_at = COALESCE(first_attempt_at, ${now}),
            next_attempt_at = CASE WHEN r.status = 'sending' THEN next_attempt_at
                                   WHEN r.status = 'uncertain' AND {leaves_uncertain} THEN NULL
                                   ELSE r.next END,
            reply = CASE r.status WHEN 'sending' THEN {table}.reply ELSE r.reply END,
            relay = r.relay,
            status_since = ${now},
            uncertain_at = CASE r.status WHEN 'uncertain' THEN ${now} ELSE uncertain_at END
         FROM {rows}
         WHERE {is_row} AND {table}.leased_by = ${worker}
           AND CASE r.status WHEN 'sending' THEN {table}.status IN ('leased', ${stands}) AND {may_go}
               ELSE {table}.status = 'sending' END"
    )
}

/// Ends the lease on mails that may not be sent now: back to where they were if they only wait, as those of a paused
/// campaign do, else skipped, with the reason. Returns how many were skipped.
pub async fn put_back_or_skip<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    keys: &[K],
    again: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if keys.is_empty() {
        return Ok(0);
    }
    let sql = K::SQL.refuse.of(tx);
    let left: Vec<DeliveryStatus> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .bind(or_sending(again))
        .fetch_all(conn)
        .await?);
    Ok(left.into_iter().filter(|status| *status == DeliveryStatus::Skipped).count() as u64)
}

/// Ends leases without an attempt: another comes at the time of each, or none where it has no time. `reason` is
/// recorded for those that were not tried yet, and for those that end.
pub async fn put_off<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    later: &[(K, Option<DateTime<Utc>>)],
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    let sql = K::SQL.put_off.of(tx);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(json_rows(later.iter().copied()))
        .bind(worker)
        .bind(now)
        .bind(reason)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Ends leases that were not used: back to where they were. With `marked`, marks too, which are then no
/// attempts: nothing of them may have left, and the same must not be asked twice.
pub async fn release<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    keys: &[K],
    marked: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let sql = K::SQL.release.of(tx);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .bind(or_sending(marked))
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Takes a dead worker's mails out of its hands: what was only leased goes back, what was `sending`
/// becomes uncertain. Where that is sent again it is due at once, under the same Message-ID; else
/// it has no next attempt.
pub async fn recover<K: QueueKey>(
    tx: &mut WriteTx,
    dead: Uuid,
    keys: &[K],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let sql = K::SQL.recover.of(tx);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(keys))
        .bind(dead)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}
