//! The ledger: one row for each campaign and subscriber, moved along by leases, marks and results.
//!
//! Every statement that moves a row is fenced on the worker that holds it, so a worker that was
//! taken for dead can neither mark nor record. Rows are passed many a statement, since a statement a row
//! would cost more than the row: as one JSON array, but for [`settle`], which runs for each mail.

use std::collections::HashSet;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::Serialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::campaigns::Campaign;
use super::{Tx, dialect, on_either, stored_time};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::Cadence;

/// Rows that are enqueued in one transaction, at most.
pub const ENQUEUE_ROWS: i64 = 10_000;
/// Rows that are found, looked at and changed in one, which costs more than to add them.
pub const REQUEUE_ROWS: i64 = 2_000;
/// The year 9999, the last that compares as text: any time will do.
const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("a time");

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

/// Makes a transaction on PostgreSQL the only one that enqueues: two campaigns about one article
/// must see each other's deliveries. SQLite's one writer is that lock already.
async fn lock_enqueueing(tx: &mut Tx) -> sqlx::Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT pg_advisory_xact_lock(7265656474)").execute(&mut **tx).await?;
    }
    Ok(())
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

/// Enqueues those of a campaign's readers who are among the next `rows` of its list behind `after`: those active on the list at cadence `each`,
/// not suppressed, without a delivery of one of the same articles; of a correction, those who got, or
/// may have got, what it corrects; only those active since
/// `since_max` or longer, where it is given, as it is to complete a campaign that was cancelled.
/// Harmless to repeat: a scheduler that lags behind another adds nobody to a campaign that is
/// through. Returns where enqueueing has come to, or `None` when it is through.
pub async fn enqueue_chunk(
    tx: &mut Tx,
    campaign_id: Uuid,
    list_id: Uuid,
    (after, rows): (Uuid, i64),
    since_max: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    lock_enqueueing(tx).await?;
    let sql = "SELECT subscriber_id FROM subscriptions WHERE list_id = $1 AND subscriber_id > $2
               ORDER BY subscriber_id LIMIT 1 OFFSET $3";
    let to: Option<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(after)
        .bind(rows - 1)
        .fetch_optional(conn)
        .await?);
    let upper = to.unwrap_or(Uuid::max());
    // What can exclude nobody is left out: asked for each reader, it costs more than the row.
    let chosen = match is_correction(tx, campaign_id).await? {
        // Whoever may have the wrong one gets the right one, whatever pace they have chosen since.
        true => {
            "EXISTS (SELECT 1 FROM deliveries got
                     WHERE got.campaign_id = (SELECT w.correction_of FROM campaigns w WHERE w.id = $1)
                       AND got.subscriber_id = s.subscriber_id AND got.status IN ('sent', 'uncertain'))"
        }
        false if shares_an_article(tx, campaign_id).await? => {
            concat!("s.cadence = 'each' AND ", has_not_got_the_article!())
        }
        false => "s.cadence = 'each'",
    };
    let not_suppressed = match any_suppression(tx).await? {
        true => {
            "AND NOT EXISTS (SELECT 1 FROM suppressions x JOIN subscribers b ON b.email_key = x.email_key
                             WHERE b.id = s.subscriber_id)"
        }
        false => "",
    };
    let once = match any_between(tx, campaign_id, after, upper).await? {
        true => "ON CONFLICT (campaign_id, subscriber_id) DO NOTHING",
        false => "",
    };
    let sql = format!(
        "INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since)
         SELECT $1, s.subscriber_id, 'queued', 0, $5
         FROM subscriptions s
         WHERE s.list_id = $2 AND s.subscriber_id > $3 AND s.subscriber_id <= $4
           AND s.status = 'active' AND s.status_since <= $6 AND {chosen}
           AND EXISTS (SELECT 1 FROM campaigns c
                       WHERE c.id = $1 AND c.enqueued_at IS NULL
                         AND (c.status IN ('sending', 'paused') OR (c.status = 'cancelled' AND $7)))
           {not_suppressed}
         ORDER BY s.subscriber_id {once}"
    );
    on_either!(tx, |conn| sqlx::query(AssertSqlSafe(sql))
        .bind(campaign_id)
        .bind(list_id)
        .bind(after)
        .bind(upper)
        // A third of what a row takes is this time: whole seconds are shorter.
        .bind(now.trunc_subsecs(0))
        .bind(since_max.unwrap_or(END_OF_TIME))
        .bind(since_max.is_some())
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(to)
}

/// Whether some of these readers are enqueued already. Nobody else enqueues meanwhile.
async fn any_between(tx: &mut Tx, campaign_id: Uuid, after: Uuid, to: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM deliveries
                   WHERE campaign_id = $1 AND subscriber_id > $2 AND subscriber_id <= $3)";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(after)
        .bind(to)
        .fetch_one(conn)
        .await)
}

async fn is_correction(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM campaigns WHERE id = $1 AND correction_of IS NOT NULL)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_one(conn).await)
}

async fn any_suppression(tx: &mut Tx) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM suppressions)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// Whether another campaign mailed, or may mail, an article of this one.
async fn shares_an_article(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM campaign_articles mine
                   JOIN campaign_articles other ON other.article_id = mine.article_id AND other.campaign_id <> $1
                   WHERE mine.campaign_id = $1)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_one(conn).await)
}

/// Tells PostgreSQL's planner of the rows that were enqueued. SQLite's plans need no figures here.
pub async fn analyze(tx: &mut Tx) -> sqlx::Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("ANALYZE deliveries").execute(&mut **tx).await?;
    }
    Ok(())
}

/// Leases up to `limit` queued deliveries of a campaign behind `after`, in order of subscriber.
pub async fn lease_queued(
    tx: &mut Tx,
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
    tx: &mut Tx,
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
    tx: &mut Tx,
    worker: Uuid,
    campaign_id: Uuid,
    after: Uuid,
    found: &[LeasedDelivery],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (Tx::Sqlite(conn), Some(last)) = (&mut *tx, found.last()) else {
        return take(tx, worker, campaign_id, found, now).await;
    };
    let sql = "UPDATE deliveries SET status = 'leased', leased_by = $2, status_since = $3
               WHERE campaign_id = $1 AND subscriber_id > $4 AND subscriber_id <= $5 AND status = 'queued'";
    let query =
        sqlx::query(sql).bind(campaign_id).bind(worker).bind(now).bind(after).bind(last.subscriber_id);
    query.execute(&mut **conn).await.map(|_| ())
}

async fn take(
    tx: &mut Tx,
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
pub async fn settle(
    tx: &mut Tx,
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
                     deliveries.status IN ('leased', {stands}) AND EXISTS (
                       SELECT 1 FROM campaigns c
                       JOIN subscriptions s ON s.list_id = c.list_id
                       JOIN subscribers b ON b.id = s.subscriber_id
                       WHERE c.id = r.c AND c.status = 'sending' AND c.held_reason IS NULL
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
    let written = match tx {
        Tx::Sqlite(tx) => {
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
        Tx::Postgres(tx) => {
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

/// Ends the lease on deliveries that may not be sent now: back to where they were if the campaign
/// is only paused or held, else skipped, with the reason. Returns how many were skipped.
pub async fn put_back_or_skip(
    tx: &mut Tx,
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
                    status = CASE WHEN c.status = 'paused' OR c.held_reason IS NOT NULL THEN ",
            released!(),
            "                 WHEN uncertain_at IS NOT NULL THEN 'uncertain' ELSE 'skipped' END,
                    next_attempt_at = CASE WHEN c.status = 'paused' OR c.held_reason IS NOT NULL
                                      THEN next_attempt_at END,
                    reply = CASE WHEN c.status = 'paused' OR c.held_reason IS NOT NULL THEN reply
                                 WHEN c.status = 'cancelled' THEN 'campaign cancelled'
                                 WHEN EXISTS (SELECT 1 FROM suppressions x JOIN subscribers b
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
    tx: &mut Tx,
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
    tx: &mut Tx,
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
pub async fn recover(tx: &mut Tx, dead: Uuid, keys: &[DeliveryKey], now: DateTime<Utc>) -> sqlx::Result<()> {
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
pub async fn skip_cancelled(tx: &mut Tx, keys: &[DeliveryKey], now: DateTime<Utc>) -> sqlx::Result<u64> {
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
pub async fn leave_uncertain_chunk(tx: &mut Tx) -> sqlx::Result<usize> {
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

/// How the deliveries of a campaign at one status stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow, Serialize)]
pub struct Tally {
    pub status: DeliveryStatus,
    pub count: i64,
    /// How many have a next attempt.
    pub waiting: i64,
    /// How many came to this status lately.
    pub lately: i64,
}

/// How the deliveries of a campaign stand; `lately` is since `since`. Walks the campaign.
pub async fn tallies(tx: &mut Tx, campaign_id: Uuid, since: DateTime<Utc>) -> sqlx::Result<Vec<Tally>> {
    let sql = "SELECT status, COUNT(*) AS count, COUNT(next_attempt_at) AS waiting,
                   CAST(SUM(CASE WHEN status_since > $2 THEN 1 ELSE 0 END) AS BIGINT) AS lately
               FROM deliveries WHERE campaign_id = $1 GROUP BY status ORDER BY status";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).bind(since).fetch_all(conn).await)
}

/// A delivery as an editor reads it.
#[derive(Clone, Debug, sqlx::FromRow, Serialize)]
pub struct DeliveryRow {
    pub subscriber_id: Uuid,
    /// `None`: the subscriber was erased since.
    pub email: Option<String>,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub status_since: DateTime<Utc>,
    /// When it was uncertain last, whatever became of it then.
    pub uncertain_at: Option<DateTime<Utc>>,
    /// How often it was enqueued again after it had ended.
    pub requeues: i64,
    /// The relay's answer, or why there is none.
    pub reply: Option<String>,
}

/// The next deliveries of a campaign behind a subscriber; those of one status, where it is given.
pub async fn page(
    tx: &mut Tx,
    campaign_id: Uuid,
    status: Option<DeliveryStatus>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    let sql = "SELECT d.subscriber_id, b.email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                   d.status_since, d.uncertain_at, d.requeues, d.reply
               FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
               WHERE d.campaign_id = $1 AND d.subscriber_id > $2 AND ($3 = '' OR d.status = $3)
               ORDER BY d.subscriber_id LIMIT $4";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign_id)
        .bind(after)
        .bind(status.map_or("", DeliveryStatus::as_str))
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// Somebody who should have got a campaign and has not.
#[derive(Clone, Debug, sqlx::FromRow, Serialize)]
pub struct Missed {
    pub subscriber_id: Uuid,
    pub email: String,
    /// `None`: the campaign was stopped before it came to them.
    pub status: Option<DeliveryStatus>,
    /// It may have arrived: it was on the wire once, and nobody knows how that ended.
    pub may_have_arrived: bool,
    pub status_since: Option<DateTime<Utc>>,
    pub reply: Option<String>,
}

/// The next readers behind `after` whom a campaign has missed.
///
/// Those are: on its list, active, not suppressed now, and active without a break since
/// `since_max` or longer, so nobody who subscribed later; meant to get it, which is shown by a
/// delivery of it, or by a place on the list that enqueueing had not come to; not `sent`; and
/// without a mail about the same article by another campaign. A delivery that was ever uncertain
/// counts only with `include_uncertain`: else who has it already might get it twice.
pub async fn missed_page(
    tx: &mut Tx,
    campaign: &Campaign,
    since_max: DateTime<Utc>,
    include_uncertain: bool,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Missed>> {
    missed_between(tx, campaign, since_max, include_uncertain, (after, Uuid::max()), limit).await
}

/// Those whom a campaign has missed among the next `rows` of its list behind `after`, by
/// [`missed_page`]: they may be few, and to look for many of them walks the list. Also where the look
/// has come to, or `None` when it is through.
pub async fn missed_among(
    tx: &mut Tx,
    campaign: &Campaign,
    since_max: DateTime<Utc>,
    include_uncertain: bool,
    after: Uuid,
    rows: i64,
) -> sqlx::Result<(Vec<Missed>, Option<Uuid>)> {
    let sql = "SELECT subscriber_id FROM subscriptions WHERE list_id = $1 AND subscriber_id > $2
               ORDER BY subscriber_id LIMIT 1 OFFSET $3";
    let to: Option<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign.list_id)
        .bind(after)
        .bind(rows - 1)
        .fetch_optional(conn)
        .await?);
    let between = (after, to.unwrap_or(Uuid::max()));
    Ok((missed_between(tx, campaign, since_max, include_uncertain, between, rows).await?, to))
}

async fn missed_between(
    tx: &mut Tx,
    campaign: &Campaign,
    since_max: DateTime<Utc>,
    include_uncertain: bool,
    (after, to): (Uuid, Uuid),
    limit: i64,
) -> sqlx::Result<Vec<Missed>> {
    let sql = concat!(
        "SELECT s.subscriber_id, b.email, d.status, d.status_since, d.reply,
                (d.uncertain_at IS NOT NULL OR COALESCE(d.status, '') = 'sending') AS may_have_arrived
         FROM subscriptions s JOIN subscribers b ON b.id = s.subscriber_id
         LEFT JOIN deliveries d ON d.campaign_id = $1 AND d.subscriber_id = s.subscriber_id
         WHERE s.list_id = $2 AND s.subscriber_id > $3 AND s.subscriber_id <= $8
           AND s.status = 'active' AND s.status_since <= $4
           AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key)
           AND CASE WHEN d.status IS NULL THEN s.cadence = 'each' AND s.subscriber_id > $5
                    ELSE d.status <> 'sent'
                         AND ($6 OR (d.status <> 'sending' AND d.uncertain_at IS NULL)) END
           AND ",
        has_not_got_the_article!(),
        " ORDER BY s.subscriber_id LIMIT $7"
    );
    // Where enqueueing is through, who has no delivery was not meant to have one.
    let enqueued_to = match campaign.enqueued_at {
        Some(_) => Uuid::max(),
        None => campaign.enqueued_to.unwrap_or(Uuid::nil()),
    };
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign.id)
        .bind(campaign.list_id)
        .bind(after)
        .bind(since_max)
        .bind(enqueued_to)
        .bind(include_uncertain)
        .bind(limit)
        .bind(to)
        .fetch_all(conn)
        .await)
}

/// Enqueues the next chunk of those whom a campaign has missed once more, by [`missed_page`]: in
/// their own rows, so under the same Message-ID, with a day of attempts before them. Harmless to
/// repeat. Returns how many were enqueued, and where it has come to, or `None` when it is through.
pub async fn requeue_missed_chunk(
    tx: &mut Tx,
    campaign: &Campaign,
    since_max: DateTime<Utc>,
    include_uncertain: bool,
    after: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<(u64, Option<Uuid>)> {
    lock_enqueueing(tx).await?;
    let (missed, to) = missed_among(tx, campaign, since_max, include_uncertain, after, REQUEUE_ROWS).await?;
    let keys: Vec<DeliveryKey> = missed
        .iter()
        .filter(|missed| missed.status.is_some_and(DeliveryStatus::may_be_requeued))
        .map(|missed| DeliveryKey { campaign_id: campaign.id, subscriber_id: missed.subscriber_id })
        .collect();
    if keys.is_empty() {
        return Ok((0, to));
    }
    let sql = update_keys!(
        tx,
        "UPDATE deliveries SET status = 'queued', attempts = 0, first_attempt_at = NULL,
             next_attempt_at = NULL, status_since = $2, requeues = requeues + 1,
             reply = 'sent again; before: ' || status || COALESCE(': ' || reply, '')
         FROM ",
        " WHERE deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s
           AND deliveries.status IN ('failed', 'skipped', 'bounced', 'uncertain')"
    );
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(key_rows(&keys))
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok((rows, to))
}

/// Rows that a page of rare deliveries looks at together.
const LOOK_ROWS: i64 = 5_000;

/// Deliveries of a campaign of one status, for at most about `within`: rare ones lie far apart, and a
/// page must not walk a million. From `after` on; without it from the beginning, but those that are
/// queued from the end, since they are sent from the beginning. Also where the search has come to;
/// `None`: there are no more.
pub async fn search_page(
    tx: &mut Tx,
    campaign_id: Uuid,
    status: DeliveryStatus,
    after: Option<Uuid>,
    limit: i64,
    within: std::time::Duration,
) -> sqlx::Result<(Vec<DeliveryRow>, Option<Uuid>)> {
    macro_rules! bound {
        ($compare:literal, $order:literal) => {
            concat!(
                "SELECT subscriber_id FROM deliveries WHERE campaign_id = $1 AND subscriber_id ",
                $compare,
                " $2 ORDER BY subscriber_id ",
                $order,
                " LIMIT 1 OFFSET $3"
            )
        };
    }
    macro_rules! rows {
        ($from:literal, $to:literal, $order:literal) => {
            concat!(
                "SELECT d.subscriber_id, b.email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                     d.status_since, d.uncertain_at, d.requeues, d.reply
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
                 WHERE d.campaign_id = $1 AND d.subscriber_id ",
                $from,
                " $2 AND d.subscriber_id ",
                $to,
                " $3 AND d.status = $4 ORDER BY d.subscriber_id ",
                $order,
                " LIMIT $5"
            )
        };
    }
    let (bound, next, first, last) = match status {
        DeliveryStatus::Queued => (bound!("<", "DESC"), rows!("<", ">=", "DESC"), Uuid::max(), Uuid::nil()),
        _ => (bound!(">", "ASC"), rows!(">", "<=", "ASC"), Uuid::nil(), Uuid::max()),
    };
    let began = std::time::Instant::now();
    let (mut rows, mut after): (Vec<DeliveryRow>, Uuid) = (Vec::new(), after.unwrap_or(first));
    loop {
        let to: Option<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(bound)
            .bind(campaign_id)
            .bind(after)
            .bind(LOOK_ROWS - 1)
            .fetch_optional(conn)
            .await?);
        let found: Vec<DeliveryRow> = on_either!(tx, |conn| sqlx::query_as(next)
            .bind(campaign_id)
            .bind(after)
            .bind(to.unwrap_or(last))
            .bind(status)
            .bind(limit - rows.len() as i64)
            .fetch_all(conn)
            .await?);
        rows.extend(found);
        if rows.len() as i64 >= limit {
            let last = rows.last().map(|row| row.subscriber_id);
            return Ok((rows, last));
        }
        match to {
            Some(to) if began.elapsed() < within => after = to,
            to => return Ok((rows, to)),
        }
    }
}

/// The next deliveries of a campaign that wait for another attempt, the soonest first: an index knows
/// them. `behind`: the last one of the page before.
pub async fn waiting_page(
    tx: &mut Tx,
    campaign_id: Uuid,
    status: DeliveryStatus,
    behind: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    let sql = "SELECT d.subscriber_id, b.email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                   d.status_since, d.uncertain_at, d.requeues, d.reply
               FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
               WHERE d.campaign_id = $1 AND d.next_attempt_at IS NOT NULL AND d.next_attempt_at >= $2
                 AND (d.next_attempt_at > $2 OR d.subscriber_id > $3) AND d.status = $4
               ORDER BY d.next_attempt_at, d.subscriber_id LIMIT $5";
    let (at, id) = behind.unwrap_or((DateTime::UNIX_EPOCH, Uuid::nil()));
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign_id)
        .bind(at)
        .bind(id)
        .bind(status)
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// When the next attempt of a campaign's deferred deliveries is due.
pub async fn next_attempt_at(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT next_attempt_at FROM deliveries WHERE campaign_id = $1 AND next_attempt_at IS NOT NULL
               ORDER BY next_attempt_at LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_optional(conn).await)
}
