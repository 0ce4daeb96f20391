//! A campaign's readers, written into the ledger.

use chrono::{DateTime, SubsecRound as _, Utc};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::db::walk::{Statement, bind_all};
use crate::db::{Engine, Tx, WriteTx, on_either};
use crate::domain::segment::Rule;

/// Rows that are enqueued in one transaction, at most.
pub const ENQUEUE_ROWS: i64 = 10_000;
/// The year 9999, the last that compares as text: any time will do.
const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("a time");

/// Of a reader `s`: that the campaign's article was numbered when they were there already. What has no number is for all.
macro_rules! numbered_behind {
    () => {
        "s.numbered_from < COALESCE((SELECT la.number FROM campaigns c JOIN list_articles la
             ON la.list_id = c.list_id AND la.article_id = c.auto_article_id WHERE c.id = $1),
             9223372036854775807)"
    };
}

/// Makes a transaction on PostgreSQL the only one that enqueues: two campaigns about one article
/// must see each other's deliveries. SQLite's one writer is that lock already.
pub async fn lock_enqueueing(tx: &mut WriteTx) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT pg_advisory_xact_lock(7265656474)").execute(&mut **tx).await?;
    }
    Ok(())
}

/// Enqueues those of a campaign's readers who are among the next `rows` of its list behind `after`: those active on the list at cadence `each`,
/// fitting `rule`, not suppressed, without a delivery of one of the same articles; of a correction, those who got, or
/// may have got, what it corrects; only those active since
/// `since_max` or longer, where it is given, as it is to complete a campaign that was cancelled.
/// Harmless to repeat: a scheduler that lags behind another adds nobody to a campaign that is
/// through. Returns where enqueueing has come to, or `None` when it is through.
pub async fn enqueue_chunk(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    list_id: Uuid,
    (after, rows): (Uuid, i64),
    rule: Option<&Rule>,
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
        // Whoever came while it was being enqueued came after it.
        false if shares_an_article(tx, campaign_id).await? => {
            concat!("s.cadence = 'each' AND ", numbered_behind!(), " AND ", has_not_got_the_article!())
        }
        false => concat!("s.cadence = 'each' AND ", numbered_behind!()),
    };
    let not_suppressed = match any_suppression(tx).await? {
        true => {
            "AND NOT EXISTS (SELECT 1 FROM suppressions x JOIN subscribers b ON b.email_key = x.email_key
                             WHERE b.id = s.subscriber_id)"
        }
        false => "",
    };
    let not_away = match any_absence(tx, campaign_id).await? {
        true => {
            "AND NOT EXISTS (SELECT 1 FROM campaigns c CROSS JOIN list_articles la CROSS JOIN absences x
                 WHERE c.id = $1 AND la.list_id = c.list_id AND la.article_id = c.auto_article_id
                   AND x.list_id = c.list_id AND x.subscriber_id = s.subscriber_id
                   AND x.from_number < la.number AND la.number <= x.to_number)"
        }
        false => "",
    };
    // Seven values stand before its own.
    let mut fits = Statement::behind(7);
    if let Some(rule) = rule {
        fits.push("AND ").check(rule, "s.subscriber_id");
    }
    let (fits, values) = (fits.sql, fits.values);
    let once = match any_between(tx, campaign_id, after, upper).await? {
        true => "ON CONFLICT (campaign_id, subscriber_id) DO NOTHING",
        false => "",
    };
    let sql = format!(
        "INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since)
         SELECT $1, s.subscriber_id, 'queued', 0, $5
         FROM subscriptions s
         WHERE s.list_id = $2 AND s.subscriber_id > $3 AND s.subscriber_id <= $4
           AND s.status = 'active' AND s.paused_until IS NULL AND s.status_since <= $6 AND {chosen}
           AND EXISTS (SELECT 1 FROM campaigns c
                       WHERE c.id = $1 AND c.enqueued_at IS NULL
                         AND (c.status IN ('sending', 'paused') OR (c.status = 'cancelled' AND $7)))
           {not_suppressed} {not_away} {fits}
         ORDER BY s.subscriber_id {once}"
    );
    on_either!(tx, |conn| bind_all!(
        sqlx::query(AssertSqlSafe(sql))
            .bind(campaign_id)
            .bind(list_id)
            .bind(after)
            .bind(upper)
            // A third of what a row takes is this time: whole seconds are shorter.
            .bind(now.trunc_subsecs(0))
            .bind(since_max.unwrap_or(END_OF_TIME))
            .bind(since_max.is_some()),
        values
    )
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

/// Whether somebody was away when a campaign's article was numbered, and is here again.
async fn any_absence(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM campaigns c
                   JOIN list_articles la ON la.list_id = c.list_id AND la.article_id = c.auto_article_id
                   JOIN absences x ON x.list_id = c.list_id AND x.to_number >= la.number
                   WHERE c.id = $1)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_one(conn).await)
}

/// Whether another campaign mailed, or may mail, an article of this one.
async fn shares_an_article(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM campaign_articles mine
                   JOIN campaign_articles other ON other.article_id = mine.article_id AND other.campaign_id <> $1
                   WHERE mine.campaign_id = $1)
                   OR EXISTS (SELECT 1 FROM campaign_articles mine
                   JOIN welcomed_articles w ON w.article_id = mine.article_id WHERE mine.campaign_id = $1)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_one(conn).await)
}
