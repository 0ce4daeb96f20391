//! Who should have got a campaign and has not, and how they are enqueued once more.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::enqueue::lock_enqueueing;
use super::{DeliveryKey, REQUEUE_ROWS, WriteTx, key_rows};
use crate::db::campaigns::Campaign;
use crate::db::walk::{Statement, bind_all};
use crate::db::{Tx, dialect, on_either, segments};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::Cadence;

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
/// counts only with `include_uncertain`: else a reader who has it might get it twice.
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
    // Who was enqueued is of its segment; of the others it is asked as it was when the campaign began.
    let mut fits = Statement::behind(8);
    if let Some(rule) = segments::rule_of_campaign(tx, campaign).await? {
        fits.push("AND ").check(&rule, "s.subscriber_id");
    }
    let (fits, values) = (fits.sql, fits.values);
    // Of a digest each has what nobody else sends them.
    let has_not_got_the_article = match campaign.digest_cadence {
        Some(_) => "TRUE",
        None => has_not_got_the_article!(),
    };
    let has_cadence = match campaign.digest_cadence {
        None | Some(Cadence::Each) => "s.cadence = 'each'",
        Some(Cadence::Daily) => "s.cadence = 'daily'",
        Some(Cadence::Weekly) => "s.cadence = 'weekly'",
        Some(Cadence::Monthly) => "s.cadence = 'monthly'",
    };
    let sql = format!(
        "SELECT s.subscriber_id, b.email, d.status, d.status_since, d.reply,
                (d.uncertain_at IS NOT NULL OR COALESCE(d.status, '') = 'sending') AS may_have_arrived
         FROM subscriptions s JOIN subscribers b ON b.id = s.subscriber_id
         LEFT JOIN deliveries d ON d.campaign_id = $1 AND d.subscriber_id = s.subscriber_id
         WHERE s.list_id = $2 AND s.subscriber_id > $3 AND s.subscriber_id <= $8
           AND s.status = 'active' AND s.paused_until IS NULL AND s.status_since <= $4
           AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key)
           AND NOT EXISTS (SELECT 1 FROM merges m CROSS JOIN deliveries e
                           WHERE m.kept_id = s.subscriber_id AND e.campaign_id = $1
                             AND e.subscriber_id = m.merged_id AND e.status = 'sent')
           AND CASE WHEN d.status IS NULL THEN {has_cadence} AND s.subscriber_id > $5 {fits}
                    ELSE d.status <> 'sent'
                         AND ($6 OR (d.status <> 'sending' AND d.uncertain_at IS NULL)) END
           AND {has_not_got_the_article} ORDER BY s.subscriber_id LIMIT $7"
    );
    // Where enqueueing is through, who has no delivery was not meant to have one.
    let enqueued_to = match campaign.enqueued_at {
        Some(_) => Uuid::max(),
        None => campaign.enqueued_to.unwrap_or(Uuid::nil()),
    };
    on_either!(tx, |conn| bind_all!(
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(campaign.id)
            .bind(campaign.list_id)
            .bind(after)
            .bind(since_max)
            .bind(enqueued_to)
            .bind(include_uncertain)
            .bind(limit)
            .bind(to),
        values
    )
    .fetch_all(conn)
    .await)
}

/// Enqueues the next chunk of those whom a campaign has missed once more, by [`missed_page`]: in
/// their own rows, so under the same Message-ID, with a day of attempts before them. Harmless to
/// repeat. Returns how many were enqueued, and where it has come to, or `None` when it is through.
pub async fn requeue_missed_chunk(
    tx: &mut WriteTx,
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
