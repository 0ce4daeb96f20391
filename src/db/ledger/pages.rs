//! The ledger as people read it, a page at a time.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::db::{Tx, on_either};
use crate::domain::delivery::DeliveryStatus;

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
    /// Of whoever was merged since, the one that they had. `None`: the subscriber was erased since.
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
    /// The relay that took it.
    pub relay: Option<String>,
}

/// The next deliveries of a campaign behind a subscriber; those of one status, where it is given.
pub async fn page(
    tx: &mut Tx,
    campaign_id: Uuid,
    status: Option<DeliveryStatus>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    let sql = "SELECT d.subscriber_id, COALESCE(b.email, m.email) AS email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                   d.status_since, d.uncertain_at, d.requeues, d.reply, y.name AS relay
               FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
               LEFT JOIN merges m ON m.merged_id = d.subscriber_id LEFT JOIN relays y ON y.id = d.relay
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
                "SELECT d.subscriber_id, COALESCE(b.email, m.email) AS email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                     d.status_since, d.uncertain_at, d.requeues, d.reply, y.name AS relay
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
               LEFT JOIN merges m ON m.merged_id = d.subscriber_id LEFT JOIN relays y ON y.id = d.relay
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
    let sql = "SELECT d.subscriber_id, COALESCE(b.email, m.email) AS email, d.status, d.attempts, d.first_attempt_at, d.next_attempt_at,
                   d.status_since, d.uncertain_at, d.requeues, d.reply, y.name AS relay
               FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
               LEFT JOIN merges m ON m.merged_id = d.subscriber_id LEFT JOIN relays y ON y.id = d.relay
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
