//! What is counted now and then, so that no page walks a big table. The counting itself walks, in a
//! transaction that only reads; what it finds is stored in a short one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either, stored_time};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// A campaign, as far as the counting looks at it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ToCount {
    pub id: Uuid,
    pub status: CampaignStatus,
    pub started_at: Option<DateTime<Utc>>,
    pub enqueued_at: Option<DateTime<Utc>>,
    pub enqueued_to: Option<Uuid>,
    pub finished_at: Option<DateTime<Utc>>,
    pub counted_at: Option<DateTime<Utc>>,
}

macro_rules! select_to_count {
    ($rest:literal) => {
        concat!(
            "SELECT id, status, started_at, enqueued_at, enqueued_to, finished_at, counted_at FROM campaigns ",
            $rest
        )
    };
}

/// Campaigns whose numbers may not be the last ones.
pub async fn to_count(tx: &mut Tx) -> sqlx::Result<Vec<ToCount>> {
    // The condition is that of the index, word for word.
    let sql = select_to_count!(
        "WHERE (counted_at IS NULL OR finished_at IS NULL OR counted_at <= finished_at)
           AND status IN ('sending', 'paused', 'sent', 'cancelled') ORDER BY id DESC"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// One campaign, in whatever state.
pub async fn one_to_count(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<ToCount>> {
    let sql = select_to_count!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// How many deliveries came to a status within an hour (UTC) and stand there still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HourCount {
    /// The hour's beginning.
    pub hour: DateTime<Utc>,
    pub status: DeliveryStatus,
    pub deliveries: i64,
}

/// Counts a campaign's deliveries. Walks them all.
pub async fn walk_campaign(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<HourCount>> {
    let sql = dialect!(tx,
        sqlite: "SELECT h || ':00:00+00:00' AS hour, status, deliveries FROM (
                     SELECT substr(status_since, 1, 13) AS h, status, COUNT(*) AS deliveries
                     FROM deliveries WHERE campaign_id = $1 GROUP BY 1, 2)",
        postgres: "SELECT date_trunc('hour', status_since, 'UTC') AS hour, status, COUNT(*) AS deliveries
                   FROM deliveries WHERE campaign_id = $1 GROUP BY 1, 2");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// Whether a delivery of a campaign has a next attempt at or before `now`.
pub async fn any_attempt_due(tx: &mut Tx, campaign_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM deliveries WHERE campaign_id = $1 AND next_attempt_at <= $2 LIMIT 1";
    let found: Option<i32> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(now)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

/// Stores what a campaign's count has found. `counted_at` is from before the count.
pub async fn store_campaign(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    counts: &[HourCount],
    counted_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "DELETE FROM delivery_counts WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    let rows: Vec<serde_json::Value> = counts
        .iter()
        .map(|c| serde_json::json!({ "h": stored_time(c.hour), "s": c.status.as_str(), "n": c.deliveries }))
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    let sql = dialect!(tx,
        sqlite: "INSERT INTO delivery_counts (campaign_id, hour, status, deliveries)
                 SELECT $1, value ->> 'h', value ->> 's', value ->> 'n' FROM json_each($2)",
        postgres: "INSERT INTO delivery_counts (campaign_id, hour, status, deliveries)
                 SELECT $1, h, s, n FROM json_to_recordset(CAST($2 AS json)) AS r(h timestamptz, s text, n bigint)");
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).bind(rows).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE campaigns SET counted_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).bind(counted_at).execute(conn).await.map(|_| ()))
}

/// How far a campaign had come at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    pub at: DateTime<Utc>,
    pub sent: i64,
}

/// Notes how far a campaign has come.
pub async fn add_progress(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    at: DateTime<Utc>,
    sent: i64,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO campaign_progress (campaign_id, at, sent) VALUES ($1, $2, $3)
               ON CONFLICT (campaign_id, at) DO UPDATE SET sent = excluded.sent";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(at)
        .bind(sent)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How a campaign came on, from its beginning.
pub async fn progress(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<Progress>> {
    let sql = "SELECT at, sent FROM campaign_progress WHERE campaign_id = $1 ORDER BY at";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// The last note of how far a campaign had come at or before `until`.
pub async fn progress_before(
    tx: &mut Tx,
    campaign_id: Uuid,
    until: DateTime<Utc>,
) -> sqlx::Result<Option<Progress>> {
    let sql = "SELECT at, sent FROM campaign_progress WHERE campaign_id = $1 AND at <= $2
               ORDER BY at DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).bind(until).fetch_optional(conn).await)
}

/// The numbers of deliveries at each status.
pub type Totals = BTreeMap<&'static str, i64>;

/// A campaign's numbers as they were counted last.
pub async fn totals(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Totals> {
    let sql = "SELECT status, CAST(SUM(deliveries) AS BIGINT) FROM delivery_counts
               WHERE campaign_id = $1 GROUP BY status";
    let rows: Vec<(DeliveryStatus, i64)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(status, n)| (status.as_str(), n)).collect())
}

/// The same of several campaigns.
pub async fn totals_of(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Totals>> {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let ids = serde_json::json!(ids).to_string();
    let sql = dialect!(tx,
        sqlite: "SELECT campaign_id, status, CAST(SUM(deliveries) AS BIGINT) FROM delivery_counts
                 WHERE campaign_id IN (SELECT unhex(value) FROM json_each($1)) GROUP BY campaign_id, status",
        postgres: "SELECT campaign_id, status, CAST(SUM(deliveries) AS BIGINT) FROM delivery_counts
                 WHERE campaign_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)
                 GROUP BY campaign_id, status");
    let rows: Vec<(Uuid, DeliveryStatus, i64)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    let mut of: BTreeMap<Uuid, Totals> = BTreeMap::new();
    for (id, status, n) in rows {
        of.entry(id).or_default().insert(status.as_str(), n);
    }
    Ok(of)
}

/// A campaign by the hour, the earliest first.
pub async fn hours(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<HourCount>> {
    let sql =
        "SELECT hour, status, deliveries FROM delivery_counts WHERE campaign_id = $1 ORDER BY hour, status";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// All campaigns together by the hour, from `since` on.
pub async fn hours_since(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<Vec<HourCount>> {
    let sql = "SELECT hour, status, CAST(SUM(deliveries) AS BIGINT) AS deliveries FROM delivery_counts
               WHERE hour >= $1 GROUP BY hour, status ORDER BY hour, status";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)
}

/// A finished campaign's deliveries to one receiving domain at one status.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DomainCount {
    /// Empty: all the small ones together.
    pub domain: String,
    pub status: DeliveryStatus,
    pub deliveries: i64,
}

/// Counts a campaign by receiving domain. Walks it all, and its subscribers.
pub async fn walk_domains(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<DomainCount>> {
    let sql = dialect!(tx,
        sqlite: "SELECT COALESCE(substr(COALESCE(b.email_key, m.email_key),
                         instr(COALESCE(b.email_key, m.email_key), '@') + 1), '') AS domain, d.status,
                     COUNT(*) AS deliveries
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
                 LEFT JOIN merges m ON m.merged_id = d.subscriber_id
                 WHERE d.campaign_id = $1 GROUP BY 1, 2",
        postgres: "SELECT COALESCE(substr(COALESCE(b.email_key, m.email_key),
                         position('@' IN COALESCE(b.email_key, m.email_key)) + 1), '') AS domain, d.status,
                     COUNT(*) AS deliveries
                 FROM deliveries d LEFT JOIN subscribers b ON b.id = d.subscriber_id
                 LEFT JOIN merges m ON m.merged_id = d.subscriber_id
                 WHERE d.campaign_id = $1 GROUP BY 1, 2");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// Stores a finished campaign by domain, in place of what was stored.
pub async fn store_domains(tx: &mut WriteTx, campaign_id: Uuid, counts: &[DomainCount]) -> sqlx::Result<()> {
    let sql = "DELETE FROM domain_counts WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    let rows: Vec<serde_json::Value> = counts
        .iter()
        .map(|c| serde_json::json!({ "d": c.domain, "s": c.status.as_str(), "n": c.deliveries }))
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    let sql = dialect!(tx,
        sqlite: "INSERT INTO domain_counts (campaign_id, domain, status, deliveries)
                 SELECT $1, value ->> 'd', value ->> 's', value ->> 'n' FROM json_each($2)",
        postgres: "INSERT INTO domain_counts (campaign_id, domain, status, deliveries)
                 SELECT $1, d, s, n FROM json_to_recordset(CAST($2 AS json)) AS r(d text, s text, n bigint)");
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).bind(rows).execute(conn).await.map(|_| ()))
}

/// A finished campaign by domain.
pub async fn domains(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<DomainCount>> {
    let sql = "SELECT domain, status, deliveries FROM domain_counts WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}

/// How many subscriptions of a list stand so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SubscriptionCount {
    pub list_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub subscriptions: i64,
    pub counted_at: DateTime<Utc>,
}

/// Counts a list's subscriptions. Walks them all.
pub async fn walk_list(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Vec<(SubscriptionStatus, Cadence, i64)>> {
    let sql =
        "SELECT status, cadence, COUNT(*) FROM subscriptions WHERE list_id = $1 GROUP BY status, cadence";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).fetch_all(conn).await)
}

/// Stores a list's numbers, in place of what was stored.
pub async fn store_list(
    tx: &mut WriteTx,
    list_id: Uuid,
    counts: &[(SubscriptionStatus, Cadence, i64)],
    counted_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "DELETE FROM subscription_counts WHERE list_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(list_id).execute(conn).await.map(|_| ()))?;
    let sql = "INSERT INTO subscription_counts (list_id, status, cadence, subscriptions, counted_at)
               VALUES ($1, $2, $3, $4, $5)";
    for (status, cadence, subscriptions) in counts {
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(list_id)
            .bind(status)
            .bind(cadence)
            .bind(subscriptions)
            .bind(counted_at)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// The numbers of all lists, as they were counted last.
pub async fn subscriptions(tx: &mut Tx) -> sqlx::Result<Vec<SubscriptionCount>> {
    let sql = "SELECT list_id, status, cadence, subscriptions, counted_at FROM subscription_counts";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// What a quarter of an hour brought to a list: zones lie whole quarters apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Moved {
    pub status: SubscriptionStatus,
    /// When the subscription came to its status: quarters of an hour since 1970.
    pub since: i64,
    /// When it had become active, for one that has ended.
    pub joined: Option<i64>,
    pub subscriptions: i64,
}

/// Who is active since `from` or later, and who has ended since then and when they had joined. Who
/// ended without ever having been active has not joined, and is not here. Walks the list.
pub async fn walk_moved(tx: &mut Tx, list_id: Uuid, from: DateTime<Utc>) -> sqlx::Result<Vec<Moved>> {
    let sql = dialect!(tx,
        sqlite: "SELECT status, CAST(strftime('%s', status_since) AS INTEGER) / 900 AS since,
                     CAST(NULL AS INTEGER) AS joined, COUNT(*) AS subscriptions
                 FROM subscriptions WHERE list_id = $1 AND status = 'active' AND status_since >= $2 GROUP BY 1, 2",
        postgres: "SELECT status, CAST(floor(extract(epoch FROM status_since) / 900) AS BIGINT) AS since,
                     CAST(NULL AS BIGINT) AS joined, COUNT(*) AS subscriptions
                 FROM subscriptions WHERE list_id = $1 AND status = 'active' AND status_since >= $2 GROUP BY 1, 2");
    let mut moved: Vec<Moved> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(from).fetch_all(conn).await?);
    // Who signed up joined when they confirmed; who came from a file, which leaves no consent here, at once.
    macro_rules! ended {
        () => {
            "(SELECT s.status, s.status_since, COALESCE(
                 (SELECT MAX(c.confirmed_at) FROM consents c
                  WHERE c.subscriber_id = s.subscriber_id AND c.list_id = s.list_id),
                 CASE WHEN NOT EXISTS (SELECT 1 FROM consents c
                  WHERE c.subscriber_id = s.subscriber_id AND c.list_id = s.list_id) THEN s.created_at END)
                 AS joined_at
             FROM subscriptions s WHERE s.list_id = $1 AND s.status IN ('unsubscribed', 'bounced', 'complained')
               AND s.status_since >= $2) AS ended WHERE joined_at IS NOT NULL GROUP BY 1, 2, 3"
        };
    }
    let sql = dialect!(tx,
    sqlite: concat!(
        "SELECT status, CAST(strftime('%s', status_since) AS INTEGER) / 900 AS since,
             CAST(strftime('%s', joined_at) AS INTEGER) / 900 AS joined, COUNT(*) AS subscriptions FROM ",
        ended!()
    ),
    postgres: concat!(
        "SELECT status, CAST(floor(extract(epoch FROM status_since) / 900) AS BIGINT) AS since,
             CAST(floor(extract(epoch FROM joined_at) / 900) AS BIGINT) AS joined, COUNT(*) AS subscriptions FROM ",
        ended!()
    ));
    let ended: Vec<Moved> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(from).fetch_all(conn).await?);
    moved.extend(ended);
    Ok(moved)
}

/// What a day of the publication's brought: to one list, or to all together.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Day {
    /// `2026-11-24`
    pub day: String,
    pub joined: i64,
    /// All who ended, for whatever reason; of these:
    pub ended: i64,
    pub bounced: i64,
    pub complained: i64,
}

/// The last day that is stored of a list.
pub async fn last_day(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Option<String>> {
    let sql = "SELECT day FROM list_days WHERE list_id = $1 ORDER BY day DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).fetch_optional(conn).await)
}

/// Stores days of a list, each in place of what was stored for it.
pub async fn store_days(tx: &mut WriteTx, list_id: Uuid, days: &[Day]) -> sqlx::Result<()> {
    let rows: Vec<serde_json::Value> = days
        .iter()
        .map(|d| serde_json::json!({ "d": d.day, "j": d.joined, "e": d.ended, "b": d.bounced, "c": d.complained }))
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    macro_rules! upsert {
        ($rows:literal) => {
            concat!(
                "INSERT INTO list_days (list_id, day, joined, ended, bounced, complained) SELECT $1, ",
                $rows,
                " WHERE TRUE ON CONFLICT (list_id, day) DO UPDATE SET joined = excluded.joined,
                  ended = excluded.ended, bounced = excluded.bounced, complained = excluded.complained"
            )
        };
    }
    let sql = dialect!(tx,
    sqlite: upsert!(
        "value ->> 'd', value ->> 'j', value ->> 'e', value ->> 'b', value ->> 'c' FROM json_each($2)"
    ),
    postgres: upsert!(
        "d, j, e, b, c FROM json_to_recordset(CAST($2 AS json)) AS r(d text, j bigint, e bigint, b bigint, c bigint)"
    ));
    on_either!(tx, |conn| sqlx::query(sql).bind(list_id).bind(rows).execute(conn).await.map(|_| ()))
}

/// All lists together by the day, from `since` on, the earliest first.
pub async fn days_since(tx: &mut Tx, since: &str) -> sqlx::Result<Vec<Day>> {
    let sql = "SELECT day, CAST(SUM(joined) AS BIGINT) AS joined, CAST(SUM(ended) AS BIGINT) AS ended,
                   CAST(SUM(bounced) AS BIGINT) AS bounced, CAST(SUM(complained) AS BIGINT) AS complained
               FROM list_days WHERE day >= $1 GROUP BY day ORDER BY day";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)
}
