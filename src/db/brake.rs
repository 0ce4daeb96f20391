//! What the feed brake reads: how many new items the polls of a feed brought, and what it holds.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, dialect, on_either};
use crate::domain::hold::{HoldKind, HoldReason};

/// A poll that brought new items.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct News {
    /// The time of the poll.
    pub first_seen_at: DateTime<Utc>,
    /// When the feed had been read before.
    pub unread_since: Option<DateTime<Utc>>,
    pub items: i64,
}

/// Polls of a feed that brought new items since `since`, the newest first. What an editor released
/// counts; what was skipped, or waits, does not.
pub async fn news(tx: &mut Tx, feed_id: Uuid, since: DateTime<Utc>) -> sqlx::Result<Vec<News>> {
    let sql = "SELECT first_seen_at, unread_since, COUNT(*) AS items FROM feed_items
               WHERE feed_id = $1 AND first_seen_at > $2 AND verdict = 'new'
               GROUP BY first_seen_at, unread_since ORDER BY first_seen_at DESC LIMIT 5000";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(since).fetch_all(conn).await)
}

/// Polls of a feed since `since` that brought more new items than `limit`, the newest first, whatever became of those.
pub async fn polls_above(
    tx: &mut Tx,
    feed_id: Uuid,
    limit: i64,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<News>> {
    let sql = "SELECT first_seen_at, unread_since, COUNT(*) AS items FROM feed_items
               WHERE feed_id = $1 AND first_seen_at > $2 AND verdict IN ('new', 'held', 'dropped')
               GROUP BY first_seen_at, unread_since HAVING COUNT(*) > $3
               ORDER BY first_seen_at DESC LIMIT 5000";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(since).bind(limit).fetch_all(conn).await)
}

/// The dates that a feed gave the items of its first poll; undated ones have none.
pub async fn first_dates(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Vec<DateTime<Utc>>> {
    let sql = "SELECT a.published_at FROM feed_items i JOIN articles a ON a.id = i.article_id
               JOIN feeds f ON f.id = i.feed_id
               WHERE i.feed_id = $1 AND i.first_seen_at <= f.baseline_at
                 AND (i.verdict = 'baseline' OR i.verdict IS NULL) AND a.published_at <> a.first_seen_at
               ORDER BY a.published_at DESC LIMIT 1000";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(feed_id).fetch_all(conn).await)
}

/// Which of some articles an editor decided not to mail.
pub async fn dropped_among(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let sql = dialect!(tx,
        sqlite: "SELECT DISTINCT article_id FROM feed_items WHERE verdict = 'dropped'
                 AND article_id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT DISTINCT article_id FROM feed_items WHERE verdict = 'dropped'
                 AND article_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)");
    let ids = serde_json::json!(ids).to_string();
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(&ids).fetch_all(conn).await)
}

/// What the brake holds of one poll of a feed, undecided.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Batch {
    pub feed_id: Uuid,
    pub feed_title: String,
    pub feed_url: String,
    /// The time of the poll.
    pub first_seen_at: DateTime<Utc>,
    /// What the hold's sentence names, as it is stored.
    parameters: String,
    pub items: i64,
}

impl Batch {
    /// Why it is held.
    pub fn reason(&self) -> HoldReason {
        HoldReason::parse(HoldKind::Brake, &self.parameters)
    }
}

// The rows of a batch. An article that a second feed lists as well is shown with the feed that held it first;
// whoever decides about it decides for both.
macro_rules! held {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM holds h JOIN articles a ON a.id = h.article_id JOIN feed_items i ON i.article_id = a.id
             JOIN feeds f ON f.id = i.feed_id
             WHERE h.kind = 'brake' AND i.verdict = 'held'
               AND NOT EXISTS (SELECT 1 FROM feed_items o WHERE o.article_id = a.id AND o.verdict = 'held'
                   AND (o.first_seen_at < i.first_seen_at
                        OR (o.first_seen_at = i.first_seen_at AND o.feed_id < i.feed_id))) ",
            $rest
        )
    };
}

/// All that the brake holds, the newest poll first.
pub async fn batches(tx: &mut Tx) -> sqlx::Result<Vec<Batch>> {
    let sql = held!(
        "i.feed_id, f.title AS feed_title, f.url AS feed_url, i.first_seen_at, MIN(h.parameters) AS parameters,
         COUNT(*) AS items",
        "GROUP BY i.feed_id, f.title, f.url, i.first_seen_at ORDER BY i.first_seen_at DESC, i.feed_id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// How many batches there are.
pub async fn count_batches(tx: &mut Tx) -> sqlx::Result<i64> {
    Ok(batches(tx).await?.len() as i64)
}

/// An article of a batch.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BatchItem {
    pub article_id: Uuid,
    pub title: String,
    pub published_at: DateTime<Utc>,
}

/// The articles of a batch, in the order in which they are mailed: the oldest first.
pub async fn items(tx: &mut Tx, feed_id: Uuid, first_seen_at: DateTime<Utc>) -> sqlx::Result<Vec<BatchItem>> {
    let sql = held!(
        "a.id AS article_id, a.title, a.published_at",
        "AND i.feed_id = $1 AND i.first_seen_at = $2 ORDER BY a.id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(first_seen_at).fetch_all(conn).await)
}
