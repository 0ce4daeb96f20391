//! The ledger: one row for each campaign and subscriber, one of the two tables of the [queue](super::queue).

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::campaigns::Campaign;
use super::queue::{self, QueueKey, Settled, Statements, key_rows, statements};
use super::{Tx, WriteTx, dialect, on_either};
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
            WHERE mine.campaign_id = $1 AND had.status <> 'skipped'
              AND (had.variant IS NULL OR EXISTS (
                  SELECT 1 FROM variant_articles v WHERE v.campaign_id = had.campaign_id
                  AND v.variant = had.variant AND v.article_id = mine.article_id)))
         AND NOT EXISTS (
            SELECT 1 FROM campaign_articles mine JOIN welcomed_articles w ON w.article_id = mine.article_id
            WHERE mine.campaign_id = $1 AND w.subscriber_id = s.subscriber_id)"
    };
}

// Behind the macros, which they use.
mod catch_up;
mod enqueue;
mod pages;
mod take_back;

pub use catch_up::{Missed, missed_among, missed_page, requeue_missed_chunk};
pub use enqueue::{ENQUEUE_ROWS, enqueue_chunk, lock_enqueueing};
pub use pages::{DeliveryRow, Tally, page, search_page, tallies, waiting_page};
pub(super) use take_back::take_back;

pub use super::queue::{put_back_or_skip, recover, release, settle};

/// One campaign for one subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct DeliveryKey {
    pub campaign_id: Uuid,
    pub subscriber_id: Uuid,
}

impl QueueKey for DeliveryKey {
    const SQL: Statements = statements! {
        table: "deliveries",
        key: ["c" = "campaign_id", "s" = "subscriber_id"],
        is_row: "deliveries.campaign_id = r.c AND deliveries.subscriber_id = r.s",
        rows: {
            sqlite: "(SELECT unhex(value ->> 'c') AS c, unhex(value ->> 's') AS s, value ->> 'next' AS next
                      FROM json_each($1)) AS r",
            postgres: "json_to_recordset($1::json) AS r(c uuid, s uuid, next timestamptz)"
        },
        may_go: "(SELECT TRUE FROM campaigns c
                  JOIN subscriptions s ON s.list_id = c.list_id
                  JOIN subscribers b ON b.id = s.subscriber_id
                  WHERE c.id = r.c AND c.status = 'sending' AND c.is_held = FALSE
                    AND s.subscriber_id = r.s AND s.status = 'active' AND s.paused_until IS NULL
                    AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key))",
        // Asked in the statement that makes it uncertain, so that no worker acts on what was set before.
        leaves_uncertain: "(SELECT uncertain FROM publication WHERE id = 1) = 'leave'",
        refused: {
            join: ", campaigns c",
            on: " AND c.id = r.c",
            waits: "c.status = 'paused' OR c.is_held = TRUE",
            why: "CASE WHEN c.status = 'cancelled' THEN 'campaign cancelled'
                       WHEN (SELECT TRUE FROM suppressions x JOIN subscribers b
                             ON b.email_key = x.email_key WHERE b.id = r.s) THEN 'suppressed'
                       WHEN (SELECT TRUE FROM subscriptions p WHERE p.list_id = c.list_id
                             AND p.subscriber_id = r.s AND p.paused_until IS NOT NULL) THEN 'paused'
                       ELSE 'left the list' END"
        },
    };

    fn ids(&self) -> impl Iterator<Item = Uuid> {
        [self.campaign_id, self.subscriber_id].into_iter()
    }
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
    /// Which articles it is about, in a digest.
    pub variant: Option<i64>,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
}

/// What became of a delivery that was on the wire.
pub type DeliveryResult = Settled<DeliveryKey>;

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
                        d.variant, d.attempts, d.first_attempt_at
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
                        d.variant, d.attempts, d.first_attempt_at
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
    let keys: Vec<DeliveryKey> =
        leased.iter().map(|row| DeliveryKey { campaign_id, subscriber_id: row.subscriber_id }).collect();
    queue::take(tx, worker, &keys, now).await
}

/// Of deliveries that were just recorded as bounced, those that stand so.
pub async fn bounced_among(tx: &mut Tx, keys: &[DeliveryKey]) -> sqlx::Result<HashSet<DeliveryKey>> {
    macro_rules! sql {
        ($rows:expr) => {
            concat!(
                "SELECT d.campaign_id, d.subscriber_id FROM ",
                $rows,
                " JOIN deliveries d ON d.campaign_id = r.c AND d.subscriber_id = r.s WHERE d.status = 'bounced'"
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(key_rows_sqlite!()), postgres: sql!(key_rows_postgres!()));
    let found: Vec<DeliveryKey> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(key_rows(keys)).fetch_all(conn).await?);
    Ok(found.into_iter().collect())
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
