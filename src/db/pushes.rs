//! What says that a feed has something new before it is asked: who asked for a poll and when it is due, and the
//! subscriptions at hubs.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Tx, WriteTx, on_either};

/// What pushes have done for a feed.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Pushed {
    /// Since when a poll is asked for that none has answered.
    pub asked_at: Option<DateTime<Utc>>,
    /// When one more is due.
    pub again_at: Option<DateTime<Utc>>,
    /// When the last push came, and by what.
    pub pushed_at: Option<DateTime<Utc>>,
    pub pushed_by: Option<By>,
    /// How often in a row it was a push that brought what is new.
    pub pushes_ahead: i64,
}

/// How somebody says that there is something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum By {
    Ping,
    WebSub,
}

/// What a feed's pushes are.
pub async fn of_feed(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Pushed> {
    let sql = "SELECT asked_at, again_at, pushed_at, pushed_by, pushes_ahead FROM feeds WHERE id = $1";
    let found: Option<Pushed> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).fetch_optional(conn).await)?;
    Ok(found.unwrap_or_default())
}

/// Asks for a poll of a feed that is polled: now, or, where one was asked for a moment ago, when it may be polled
/// again. True where it is due now.
pub async fn ask(
    tx: &mut WriteTx,
    feed_id: Uuid,
    by: By,
    now: DateTime<Utc>,
    quiet_until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE feeds SET asked_at = CASE WHEN quiet_until > $2 THEN asked_at ELSE $2 END,
                   again_at = CASE WHEN quiet_until > $2 THEN quiet_until ELSE again_at END,
                   quiet_until = CASE WHEN quiet_until > $2 THEN quiet_until ELSE $3 END,
                   pushed_at = $2, pushed_by = $4
               WHERE id = $1 AND status = 'active' RETURNING asked_at";
    let asked_at: Option<Option<DateTime<Utc>>> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(feed_id)
        .bind(now)
        .bind(quiet_until)
        .bind(by)
        .fetch_optional(conn)
        .await)?;
    Ok(asked_at.flatten() == Some(now))
}

/// Feeds of which a poll is asked for, whose time has come. True where one is due again: see [`begin_again`].
pub async fn due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<(Uuid, bool)>> {
    let sql = "SELECT id, COALESCE(again_at <= $1, FALSE) FROM feeds
               WHERE status = 'active' AND (asked_at <= $1 OR again_at <= $1) ORDER BY asked_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).fetch_all(conn).await)
}

/// Makes polls that are due again polls that are asked for, and begins another quiet time.
pub async fn begin_again(
    tx: &mut WriteTx,
    now: DateTime<Utc>,
    quiet_until: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET asked_at = again_at, again_at = NULL, quiet_until = $2 WHERE again_at <= $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).bind(quiet_until).execute(conn).await.map(|_| ()))
}

/// Notes that a poll was asked for no later than it began.
pub async fn answered(tx: &mut WriteTx, feed_id: Uuid, asked_at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET asked_at = NULL WHERE id = $1 AND asked_at <= $2";
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).bind(asked_at).execute(conn).await.map(|_| ()))
}

/// Notes how often pushes were ahead of polls, and when the next poll follows from that.
pub async fn set_ahead(
    tx: &mut WriteTx,
    feed_id: Uuid,
    ahead: i64,
    next_poll_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET pushes_ahead = $2, next_poll_at = $3 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(ahead)
        .bind(next_poll_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Where a feed that is polled is, and the page that it belongs to; empty: it names none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Site {
    pub feed_id: Uuid,
    pub url: String,
    pub home_url: String,
}

/// All of them.
pub async fn sites(tx: &mut Tx) -> sqlx::Result<Vec<Site>> {
    let sql =
        "SELECT id AS feed_id, url, home_url FROM feeds WHERE status = 'active' ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Notes the page that a feed belongs to.
pub async fn set_home(tx: &mut WriteTx, feed_id: Uuid, home_url: &str) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET home_url = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).bind(home_url).execute(conn).await.map(|_| ()))
}

/// How a subscription at a hub stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum HubStatus {
    /// The hub is to be asked.
    Wanted,
    /// It was, and has not verified that it was us.
    Asked,
    Active,
    /// The hub will not have it.
    Denied,
    /// It is to end.
    Leaving,
}

/// A subscription at a hub.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Subscription {
    pub id: Uuid,
    pub feed_id: Uuid,
    pub hub_url: String,
    pub topic_url: String,
    pub base_url: String,
    pub status: HubStatus,
    pub asked_at: Option<DateTime<Utc>>,
    pub next_at: DateTime<Utc>,
    /// How often it was asked in vain since it last answered.
    pub failures: i64,
    pub lease_until: Option<DateTime<Utc>>,
    pub last_error: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, feed_id, hub_url, topic_url, base_url, status, asked_at, next_at, failures, lease_until, last_error
             FROM websub ",
            $rest
        )
    };
}

/// The subscription of an id.
pub async fn subscription(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Subscription>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The subscription of a feed that is to stay.
pub async fn subscription_of(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Option<Subscription>> {
    let sql = select!("WHERE feed_id = $1 AND status <> 'leaving' ORDER BY created_at DESC LIMIT 1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).fetch_optional(conn).await)
}

/// Subscriptions of which a hub is to be asked now.
pub async fn subscriptions_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<Subscription>> {
    let sql = select!("WHERE next_at <= $1 ORDER BY next_at, id LIMIT 50");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).fetch_all(conn).await)
}

/// Adds one, for the hub to be asked now. The id is random: whoever knows it may push.
pub async fn subscribe(
    tx: &mut WriteTx,
    feed_id: Uuid,
    hub_url: &str,
    topic_url: &str,
    base_url: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO websub (id, feed_id, hub_url, topic_url, base_url, status, next_at, failures, last_error, created_at)
               VALUES ($1, $2, $3, $4, $5, 'wanted', $6, 0, '', $6)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(Uuid::new_v4())
        .bind(feed_id)
        .bind(hub_url)
        .bind(topic_url)
        .bind(base_url)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Has those of a feed end.
pub async fn leave(tx: &mut WriteTx, feed_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE websub SET status = 'leaving', asked_at = NULL, next_at = $2, failures = 0
               WHERE feed_id = $1 AND status <> 'leaving'";
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).bind(now).execute(conn).await.map(|_| ()))
}

/// Whether there are any of feeds that are polled no more, or that lead to where we are not.
pub async fn any_stale(tx: &mut Tx, base_url: &str) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM websub w JOIN feeds f ON f.id = w.feed_id
                              WHERE w.base_url <> $1 OR (f.status = 'disabled' AND w.status <> 'leaving'))";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(base_url).fetch_one(conn).await)
}

/// Has those of feeds that are polled no more end, and those that lead to where we are not made anew: their leases
/// run out, since we can't answer there.
pub async fn sweep(tx: &mut WriteTx, base_url: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "DELETE FROM websub WHERE base_url <> $1 AND status = 'leaving'";
    on_either!(tx, |conn| sqlx::query(sql).bind(base_url).execute(conn).await.map(|_| ()))?;
    let sql =
        "UPDATE websub SET base_url = $1, status = 'wanted', asked_at = NULL, next_at = $2, failures = 0,
                   lease_until = NULL
               WHERE base_url <> $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(base_url).bind(now).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE websub SET status = 'leaving', asked_at = NULL, next_at = $1, failures = 0
               WHERE status <> 'leaving' AND feed_id IN (SELECT id FROM feeds WHERE status = 'disabled')";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(|_| ()))
}

/// Stores how a subscription stands now, unless somebody has changed that meanwhile. True where it was stored.
pub async fn set_subscription(
    tx: &mut WriteTx,
    before: HubStatus,
    after: &Subscription,
) -> sqlx::Result<bool> {
    let sql = "UPDATE websub SET status = $2, asked_at = $3, next_at = $4, failures = $5, lease_until = $6, last_error = $7
               WHERE id = $1 AND status = $8";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(after.id)
        .bind(after.status)
        .bind(after.asked_at)
        .bind(after.next_at)
        .bind(after.failures)
        .bind(after.lease_until)
        .bind(&after.last_error)
        .bind(before)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Notes why a hub did not take what it was asked for.
pub async fn set_error(tx: &mut WriteTx, id: Uuid, error: &str) -> sqlx::Result<()> {
    let sql = "UPDATE websub SET last_error = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(error).execute(conn).await.map(|_| ()))
}

/// Removes one that has ended.
pub async fn remove_subscription(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM websub WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}
