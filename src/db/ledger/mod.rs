//! The ledger: one row for each campaign and subscriber, moved along by leases, marks and results.
//!
//! Every statement that moves a row is fenced on the worker that holds it, so a worker that was
//! taken for dead can neither mark nor record. Rows are passed many a statement, since a statement a row
//! would cost more than the row: as one JSON array, but for [`settle`], which runs for each mail.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::campaigns::Campaign;
use super::{Engine, Tx, WriteTx, dialect, on_either, stored_time};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::Cadence;

/// Rows that are found, looked at and changed in one, which costs more than to add them.
pub const REQUEUE_ROWS: i64 = 2_000;

macro_rules! key_rows_sqlite {
    () => {
        "(SELECT unhex(value ->> 'c') AS c, unhex(value ->> 's') AS s FROM json_each($1)) AS r"
    };
}
macro_rules! key_rows_postgres {
    () => {
        "json_to_recordset($1::json) AS r(c uuid, s uuid)"
    };
}

/// An update of the deliveries whose keys are bound as `$1`, in the words of a transaction's engine.
macro_rules! update_keys {
    ($tx:expr, $set:expr, $rest:expr) => {
        dialect!(
            $tx,
            sqlite: concat!($set, key_rows_sqlite!(), $rest),
            postgres: concat!($set, key_rows_postgres!(), $rest)
        )
    };
}

/// That reader `s` has, or will have, no mail about the same articles from another campaign.
macro_rules! has_not_got_the_article {
    () => {
        "NOT EXISTS (
            SELECT 1 FROM campaign_articles mine
            JOIN campaign_articles other ON other.article_id = mine.article_id AND other.campaign_id <> $1
            JOIN deliveries had ON had.campaign_id = other.campaign_id AND had.subscriber_id = s.subscriber_id
            WHERE mine.campaign_id = $1 AND had.status <> 'skipped')"
    };
}

// Behind the macros, which they use.
mod enqueue;
mod missed;
mod pages;

pub use enqueue::{ENQUEUE_ROWS, enqueue_chunk};
pub use missed::{Missed, missed_among, missed_page, requeue_missed_chunk};
pub use pages::{DeliveryRow, Tally, page, search_page, tallies, waiting_page};

/// One campaign for one subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    pub campaign_id: Uuid,
    pub subscriber_id: Uuid,
}

/// A delivery in a worker's hands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeasedDelivery {
    pub subscriber_id: Uuid,
    /// `None`: the subscriber was erased since.
    pub email: Option<String>,
    pub cadence: Option<Cadence>,
    /// Since when the subscription is active.
    pub since: Option<DateTime<Utc>>,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
}

/// What became of a delivery that was on the wire.
#[derive(Clone, Debug)]
pub struct DeliveryResult {
    pub key: DeliveryKey,
    pub status: DeliveryStatus,
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The relay's answer, or what kept it from answering.
    pub reply: String,
}

#[derive(Serialize)]
struct LaterRow {
    c: String,
    s: String,
    next: String,
}

#[derive(Serialize)]
struct KeyRow {
    c: String,
    s: String,
}

fn key_rows(keys: &[DeliveryKey]) -> String {
    let rows: Vec<KeyRow> = keys
        .iter()
        .map(|key| KeyRow {
            c: key.campaign_id.simple().to_string(),
            s: key.subscriber_id.simple().to_string(),
        })
        .collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// Runs an update of keys that binds the worker as `$2` and the time as `$3`.
async fn run_on_keys(
    tx: &mut Tx,
    sql: &'static str,
    keys: &[DeliveryKey],
    worker: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// What a delivery goes back to when a lease or a mark ends without an attempt.
macro_rules! released {
    () => {
        "CASE WHEN next_attempt_at IS NULL THEN 'queued'
              WHEN uncertain_at IS NULL THEN 'deferred' ELSE 'uncertain' END"
    };
}

/// Whether the publication leaves uncertain deliveries to an editor. Asked in the statement that
/// makes them uncertain, so that no worker acts on what was set before.
macro_rules! leaves_uncertain {
    () => {
        "(SELECT uncertain FROM publication WHERE id = 1) = 'leave'"
    };
}

/// Leases up to `limit` queued deliveries of a campaign behind `after`, in order of subscriber.
pub async fn lease_queued(
    tx: &mut WriteTx,
    worker: Uuid,
    campaign: &Campaign,
    after: Uuid,
    limit: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<LeasedDelivery>> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT d.subscriber_id, b.email, s.cadence, s.status_since AS since,
                        d.attempts, d.first_attempt_at
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
                 LEFT JOIN subscriptions s ON s.list_id = $4 AND s.subscriber_id = d.subscriber_id
                 WHERE d.campaign_id = $1 AND d.status = 'queued' AND d.subscriber_id > $2
                 ORDER BY d.subscriber_id LIMIT $3",
                $lock
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(""), postgres: sql!(" FOR UPDATE OF d SKIP LOCKED"));
    let leased: Vec<LeasedDelivery> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign.id)
        .bind(after)
        .bind(limit)
        .bind(campaign.list_id)
        .fetch_all(conn)
        .await?);
    take_range(tx, worker, campaign.id, after, &leased, now).await?;
    Ok(leased)
}

/// Leases up to `limit` deliveries of a campaign whose next attempt is due.
pub async fn lease_due(
    tx: &mut WriteTx,
    worker: Uuid,
    campaign: &Campaign,
    limit: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<LeasedDelivery>> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT d.subscriber_id, b.email, s.cadence, s.status_since AS since,
                        d.attempts, d.first_attempt_at
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
                 LEFT JOIN subscriptions s ON s.list_id = $4 AND s.subscriber_id = d.subscriber_id
                 WHERE d.campaign_id = $1 AND d.next_attempt_at <= $2 AND d.status IN ('deferred', 'uncertain')
                 ORDER BY d.next_attempt_at LIMIT $3",
                $lock
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(""), postgres: sql!(" FOR UPDATE OF d SKIP LOCKED"));
    let leased: Vec<LeasedDelivery> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign.id)
        .bind(now)
        .bind(limit)
        .bind(campaign.list_id)
        .fetch_all(conn)
        .await?);
    take(tx, worker, campaign.id, &leased, now).await?;
    Ok(leased)
}

/// Leases what was just found behind `after`, in order. SQLite's one writer has found all that is queued
/// there: the range says it in a third of the time that the keys would take.
async fn take_range(
    tx: &mut WriteTx,
    worker: Uuid,
    campaign_id: Uuid,
    after: Uuid,
    found: &[LeasedDelivery],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Some(last) = found.last().filter(|_| tx.is_sqlite()) else {
        return take(tx, worker, campaign_id, found, now).await;
    };
    let sql = "UPDATE deliveries SET status = 'leased', leased_by = $2, status_since = $3
               WHERE campaign_id = $1 AND subscriber_id > $4 AND subscriber_id <= $5 AND status = 'queued'";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(worker)
        .bind(now)
        .bind(after)
        .bind(last.subscriber_id)
        .execute(conn)
        .await
        .map(|_| ()))
}

async fn take(
    tx: &mut WriteTx,
    worker: Uuid,
    campaign_id: Uuid,
    leased: &[LeasedDelivery],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if leased.is_empty() {
        return Ok(());
    }
    let sql = update_keys!(
        tx,
        "UPDATE deliveries SET status = 'leased', leased_by = $2, status_since = $3 FROM ",
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s"
    );
    let keys: Vec<DeliveryKey> =
        leased.iter().map(|row| DeliveryKey { campaign_id, subscriber_id: row.subscriber_id }).collect();
    run_on_keys(tx, sql, &keys, worker, now).await
}

/// Records what became of deliveries that were on the wire, and marks others `sending`, each only where
/// the reader still wants it and the campaign may still send. One statement, so that it is a whole
/// transaction [at once](super::Db::at_once). What is uncertain has a next attempt only where the
/// publication resends it. Returns those marked: only they may go on the wire, once this is durable.
/// What is not marked is still leased: see [`put_back_or_skip`]. Who was taken for dead meanwhile neither
/// records nor marks.
///
/// `again`: a repeat of a request whose commit may or may not have happened; the same worker's
/// own marks then count as made.
///
/// Whether a reader still wants it is a scalar subquery, not EXISTS: of an EXISTS within CASE PostgreSQL may make a
/// table of all readers for each statement, and does where nothing has counted them yet.
pub async fn settle(
    tx: &mut WriteTx,
    worker: Uuid,
    results: &[DeliveryResult],
    marks: &[DeliveryKey],
    again: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<HashSet<DeliveryKey>> {
    if results.is_empty() && marks.is_empty() {
        return Ok(HashSet::new());
    }
    macro_rules! sql {
        () => {
            concat!(
                "UPDATE deliveries SET
                    status = r.status,
                    leased_by = CASE r.status WHEN 'sending' THEN leased_by END,
                    attempts = attempts + CASE WHEN r.status = 'sending' AND deliveries.status = 'leased'
                                          THEN 1 ELSE 0 END,
                    first_attempt_at = COALESCE(first_attempt_at, {now}),
                    next_attempt_at = CASE WHEN r.status = 'sending' THEN next_attempt_at
                                           WHEN r.status = 'uncertain' AND ",
                leaves_uncertain!(),
                " THEN NULL ELSE r.next END,
                    reply = CASE r.status WHEN 'sending' THEN deliveries.reply ELSE r.reply END,
                    status_since = {now},
                    uncertain_at = CASE r.status WHEN 'uncertain' THEN {now} ELSE uncertain_at END
                 FROM {rows}
                 WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.leased_by = {worker}
                   AND CASE r.status WHEN 'sending' THEN
                     deliveries.status IN ('leased', {stands}) AND (
                       SELECT TRUE FROM campaigns c
                       JOIN subscriptions s ON s.list_id = c.list_id
                       JOIN subscribers b ON b.id = s.subscriber_id
                       WHERE c.id = r.c AND c.status = 'sending' AND c.is_held = FALSE
                         AND s.subscriber_id = r.s AND s.status = 'active'
                         AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key))
                     ELSE deliveries.status = 'sending' END"
            )
        };
    }
    let stands = if again { "sending" } else { "leased" };
    let wanted = results.len() + marks.len();
    let rows = results
        .iter()
        .map(|result| (&result.key, result.status, result.next_attempt_at, result.reply.as_str()))
        .chain(marks.iter().map(|key| (key, DeliveryStatus::Sending, None, "")));
    let written = match Tx::engine(tx) {
        Engine::Sqlite(tx) => {
            // Each number of rows has a text of its own, prepared once. A JSON array would be parsed each
            // time, and that costs more than the rest. The limit tells the planner that they are few.
            let sql = format!(
                sql!(),
                rows = format_args!(
                    "(SELECT column1 AS c, column2 AS s, column3 AS status, column4 AS next, column5 AS reply
                      FROM (VALUES (?,?,?,?,?){}) LIMIT {wanted}) AS r",
                    ",(?,?,?,?,?)".repeat(wanted - 1)
                ),
                worker = format_args!("${}", 5 * wanted + 1),
                now = format_args!("${}", 5 * wanted + 2),
                stands = format_args!("${}", 5 * wanted + 3),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (key, status, next, reply) in rows {
                query = query.bind(key.campaign_id).bind(key.subscriber_id);
                query = query.bind(status).bind(next).bind(reply);
            }
            query.bind(worker).bind(now).bind(stands).execute(&mut **tx).await?.rows_affected()
        }
        Engine::Postgres(tx) => {
            // Arrays, whose length the planner sees: it takes a JSON array for a hundred rows, and would
            // rather read the whole table.
            let sql = format!(
                sql!(),
                rows = "unnest($4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[])
                        AS r(c, s, status, next, reply)",
                worker = "$1",
                now = "$2",
                stands = "$3",
            );
            let (mut c, mut s, mut statuses) = (Vec::new(), Vec::new(), Vec::new());
            let (mut nexts, mut replies) = (Vec::new(), Vec::new());
            for (key, status, next, reply) in rows {
                c.push(key.campaign_id);
                s.push(key.subscriber_id);
                statuses.push(status);
                nexts.push(next);
                replies.push(reply);
            }
            let query = sqlx::query(AssertSqlSafe(sql)).bind(worker).bind(now).bind(stands);
            let query = query.bind(c).bind(s).bind(statuses).bind(nexts).bind(replies);
            query.execute(&mut **tx).await?.rows_affected()
        }
    };
    // All of them, nearly always: then their number says it, and no row need be fetched.
    if written == wanted as u64 {
        return Ok(marks.iter().copied().collect());
    }
    marked_among(tx, worker, marks).await
}

macro_rules! keys_among {
    ($tx:expr, $rest:expr) => {
        dialect!(
            $tx,
            sqlite: concat!(
                "SELECT d.campaign_id, d.subscriber_id FROM ",
                key_rows_sqlite!(),
                " JOIN deliveries d ON d.campaign_id = r.c AND d.subscriber_id = r.s WHERE ",
                $rest
            ),
            postgres: concat!(
                "SELECT d.campaign_id, d.subscriber_id FROM ",
                key_rows_postgres!(),
                " JOIN deliveries d ON d.campaign_id = r.c AND d.subscriber_id = r.s WHERE ",
                $rest
            )
        )
    };
}

fn keys_of(rows: Vec<(Uuid, Uuid)>) -> HashSet<DeliveryKey> {
    rows.into_iter().map(|(campaign_id, subscriber_id)| DeliveryKey { campaign_id, subscriber_id }).collect()
}

async fn marked_among(tx: &mut Tx, worker: Uuid, keys: &[DeliveryKey]) -> sqlx::Result<HashSet<DeliveryKey>> {
    let sql = keys_among!(tx, "d.status = 'sending' AND d.leased_by = $2");
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .fetch_all(conn)
        .await
        .map(keys_of))
}

/// Of deliveries that were just recorded as bounced, those that stand so.
pub async fn bounced_among(tx: &mut Tx, keys: &[DeliveryKey]) -> sqlx::Result<HashSet<DeliveryKey>> {
    let sql = keys_among!(tx, "d.status = 'bounced'");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(key_rows(keys)).fetch_all(conn).await.map(keys_of))
}

/// Whether any of a campaign's first thousand readers has got it.
pub async fn has_sent_any(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM (SELECT status FROM deliveries WHERE campaign_id = $1
                              ORDER BY subscriber_id LIMIT 1000) AS d
               WHERE d.status = 'sent' LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Ends the lease on deliveries that may not be sent now: back to where they were if the campaign
/// is only paused or held, else skipped, with the reason. Returns how many were skipped.
pub async fn put_back_or_skip(
    tx: &mut WriteTx,
    worker: Uuid,
    keys: &[DeliveryKey],
    again: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if keys.is_empty() {
        return Ok(0);
    }
    let sql = update_keys!(
        tx,
        concat!(
            "UPDATE deliveries SET leased_by = NULL, status_since = $3,
                    status = CASE WHEN c.status = 'paused' OR c.is_held = TRUE THEN ",
            released!(),
            "                 WHEN uncertain_at IS NOT NULL THEN 'uncertain' ELSE 'skipped' END,
                    next_attempt_at = CASE WHEN c.status = 'paused' OR c.is_held = TRUE
                                      THEN next_attempt_at END,
                    reply = CASE WHEN c.status = 'paused' OR c.is_held = TRUE THEN reply
                                 WHEN c.status = 'cancelled' THEN 'campaign cancelled'
                                 WHEN (SELECT TRUE FROM suppressions x JOIN subscribers b
                                       ON b.email_key = x.email_key WHERE b.id = r.s) THEN 'suppressed'
                                 ELSE 'left the list' END
                 FROM "
        ),
        ", campaigns c
                 WHERE c.id = r.c AND deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.status IN ('leased', $4) AND deliveries.leased_by = $2
                 RETURNING deliveries.status"
    );
    let left: Vec<DeliveryStatus> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .bind(if again { "sending" } else { "leased" })
        .fetch_all(conn)
        .await?);
    Ok(left.into_iter().filter(|status| *status == DeliveryStatus::Skipped).count() as u64)
}

/// Ends leases whose turn comes later, each with its time. It is no attempt.
pub async fn put_off(
    tx: &mut WriteTx,
    worker: Uuid,
    later: &[(DeliveryKey, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    macro_rules! sql {
        ($rows:expr) => {
            concat!(
                "UPDATE deliveries SET leased_by = NULL, status_since = $3, next_attempt_at = r.next,
                    status = CASE WHEN uncertain_at IS NULL THEN 'deferred' ELSE 'uncertain' END,
                    reply = CASE attempts WHEN 0 THEN 'not tried yet: its domain takes its turns' ELSE reply END
                 FROM ",
                $rows,
                " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.status = 'leased' AND deliveries.leased_by = $2"
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "(SELECT unhex(value ->> 'c') AS c, unhex(value ->> 's') AS s, value ->> 'next' AS next
              FROM json_each($1)) AS r"
        ),
        postgres: sql!("json_to_recordset($1::json) AS r(c uuid, s uuid, next timestamptz)")
    );
    let rows: Vec<LaterRow> = later
        .iter()
        .map(|(key, at)| LaterRow {
            c: key.campaign_id.simple().to_string(),
            s: key.subscriber_id.simple().to_string(),
            next: stored_time(*at),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on_either!(tx, |conn| sqlx::query(sql).bind(rows).bind(worker).bind(now).execute(conn).await.map(|_| ()))
}

/// Ends leases that were not used: back to where they were. With `marked`, marks too, which are then no
/// attempts: nothing of them may have left, and the same must not be asked twice.
pub async fn release(
    tx: &mut WriteTx,
    worker: Uuid,
    keys: &[DeliveryKey],
    marked: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let sql = update_keys!(
        tx,
        concat!(
            "UPDATE deliveries SET leased_by = NULL, status_since = $3,
                    attempts = attempts - CASE status WHEN 'sending' THEN 1 ELSE 0 END,
                    first_attempt_at = CASE WHEN status = 'sending' AND attempts = 1 THEN NULL
                                       ELSE first_attempt_at END,
                    status = ",
            released!(),
            " FROM "
        ),
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.status IN ('leased', $4) AND deliveries.leased_by = $2"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(keys))
        .bind(worker)
        .bind(now)
        .bind(if marked { "sending" } else { "leased" })
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The next deliveries of a campaign behind `after` that a worker has in its hands. It may walk a whole
/// campaign: not for a transaction that writes.
pub async fn held_page(
    tx: &mut Tx,
    worker: Uuid,
    campaign_id: Uuid,
    after: Uuid,
) -> sqlx::Result<Vec<DeliveryKey>> {
    let sql = "SELECT subscriber_id FROM deliveries
               WHERE campaign_id = $1 AND subscriber_id > $3 AND leased_by = $2
                 AND status IN ('leased', 'sending')
               ORDER BY subscriber_id LIMIT $4";
    let found: Vec<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(worker)
        .bind(after)
        .bind(REQUEUE_ROWS)
        .fetch_all(conn)
        .await?);
    Ok(found.into_iter().map(|subscriber_id| DeliveryKey { campaign_id, subscriber_id }).collect())
}

/// Takes a dead worker's deliveries out of its hands: what was only leased goes back, what was `sending`
/// becomes uncertain. Where the publication resends, that is due at once, under the same Message-ID; else
/// it has no next attempt.
pub async fn recover(
    tx: &mut WriteTx,
    dead: Uuid,
    keys: &[DeliveryKey],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = update_keys!(
        tx,
        concat!(
            "UPDATE deliveries SET leased_by = NULL, status_since = $3,
                    status = CASE status WHEN 'sending' THEN 'uncertain' ELSE ",
            released!(),
            " END,
                    uncertain_at = CASE status WHEN 'sending' THEN $3 ELSE uncertain_at END,
                    next_attempt_at = CASE WHEN status <> 'sending' THEN next_attempt_at
                                           WHEN ",
            leaves_uncertain!(),
            " THEN NULL ELSE $3 END,
                    reply = CASE status WHEN 'sending' THEN 'the process ended while this was on the wire'
                                        ELSE reply END
                 FROM "
        ),
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.leased_by = $2 AND deliveries.status IN ('leased', 'sending')"
    );
    run_on_keys(tx, sql, keys, dead, now).await
}

/// The next deliveries of a campaign behind `after` that wait for an attempt. It may walk a whole
/// campaign: not for a transaction that writes.
pub async fn waiting_keys(tx: &mut Tx, campaign_id: Uuid, after: Uuid) -> sqlx::Result<Vec<DeliveryKey>> {
    let sql = "SELECT subscriber_id FROM deliveries
               WHERE campaign_id = $1 AND subscriber_id > $2 AND (status IN ('queued', 'deferred')
                     OR (status = 'uncertain' AND next_attempt_at IS NOT NULL))
               ORDER BY subscriber_id LIMIT $3";
    let found: Vec<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(after)
        .bind(REQUEUE_ROWS)
        .fetch_all(conn)
        .await?);
    Ok(found.into_iter().map(|subscriber_id| DeliveryKey { campaign_id, subscriber_id }).collect())
}

/// Skips what a cancelled campaign has left of these. What is uncertain stays so, and is not tried
/// again. Returns how many are skipped now.
pub async fn skip_cancelled(tx: &mut WriteTx, keys: &[DeliveryKey], now: DateTime<Utc>) -> sqlx::Result<u64> {
    let sql = update_keys!(
        tx,
        "UPDATE deliveries SET next_attempt_at = NULL, status_since = $2,
                    status = CASE status WHEN 'uncertain' THEN status ELSE 'skipped' END,
                    reply = CASE status WHEN 'uncertain' THEN reply ELSE 'campaign cancelled' END
                 FROM ",
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
                   AND deliveries.status IN ('queued', 'deferred', 'uncertain')
                   RETURNING deliveries.status"
    );
    let left: Vec<DeliveryStatus> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(key_rows(keys)).bind(now).fetch_all(conn).await?);
    Ok(left.into_iter().filter(|status| *status == DeliveryStatus::Skipped).count() as u64)
}

/// Whether a delivery of a campaign has a next attempt that is due.
pub async fn any_due(tx: &mut Tx, campaign_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM deliveries WHERE campaign_id = $1 AND next_attempt_at <= $2
               AND status IN ('deferred', 'uncertain') LIMIT 1";
    let found: Option<i32> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some())
}

/// Whether a delivery of a campaign behind `after` waits for its first attempt.
pub async fn any_queued(tx: &mut Tx, campaign_id: Uuid, after: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM deliveries WHERE campaign_id = $1 AND subscriber_id > $2 AND status = 'queued'
               ORDER BY subscriber_id LIMIT 1";
    let found: Option<i32> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(after)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some())
}

/// Whether a worker has deliveries of a campaign in its hands.
pub async fn any_held_by(tx: &mut Tx, worker: Uuid, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM deliveries WHERE campaign_id = $1 AND leased_by = $2 LIMIT 1";
    let found: Option<i32> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(worker)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some())
}

/// Whether anything of a campaign is still open: see [`DeliveryStatus::is_open`].
pub async fn has_open(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    // The index on next attempts answers at once while something is deferred; only when nothing
    // is does the second question walk the campaign.
    for sql in [
        "SELECT 1 FROM deliveries WHERE campaign_id = $1 AND next_attempt_at IS NOT NULL LIMIT 1",
        "SELECT 1 FROM deliveries WHERE campaign_id = $1
         AND status IN ('queued', 'leased', 'sending', 'deferred') LIMIT 1",
    ] {
        let found: Option<i32> =
            on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_optional(conn).await?);
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many deliveries of a campaign stand at each status.
pub async fn counts(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<(DeliveryStatus, i64)>> {
    let sql =
        "SELECT status, COUNT(*) FROM deliveries WHERE campaign_id = $1 GROUP BY status ORDER BY status";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// Takes the next attempt from the uncertain deliveries that wait for one, a chunk at a time, when
/// the publication has come to leave them. What a worker holds at this moment still goes out.
/// Returns how many were found.
pub async fn leave_uncertain_chunk(tx: &mut WriteTx) -> sqlx::Result<usize> {
    let sql =
        "SELECT d.campaign_id, d.subscriber_id FROM campaigns c JOIN deliveries d ON d.campaign_id = c.id
               WHERE c.status IN ('sending', 'paused') AND d.status = 'uncertain'
                 AND d.next_attempt_at IS NOT NULL LIMIT $1";
    let found: Vec<(Uuid, Uuid)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(REQUEUE_ROWS).fetch_all(conn).await?);
    let keys: Vec<DeliveryKey> = found
        .into_iter()
        .map(|(campaign_id, subscriber_id)| DeliveryKey { campaign_id, subscriber_id })
        .collect();
    let sql = update_keys!(
        tx,
        "UPDATE deliveries SET next_attempt_at = NULL FROM ",
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
           AND deliveries.status = 'uncertain'"
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(key_rows(&keys)).execute(conn).await.map(|_| ()))?;
    Ok(keys.len())
}

/// When the next attempt of a campaign's deferred deliveries is due.
pub async fn next_attempt_at(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT next_attempt_at FROM deliveries WHERE campaign_id = $1 AND next_attempt_at IS NOT NULL
               ORDER BY next_attempt_at LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_optional(conn).await)
}
