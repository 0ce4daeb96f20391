//! What is known of one reader and one article: what [`crate::actions::why`] answers from. Each is found by keys.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dues::Dues;
use super::feeds::ItemVerdict;
use super::list_articles::ListRoute as Route;
use super::{Tx, on_either};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// A delivery that has the article in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Mail {
    pub campaign_id: Uuid,
    pub list_id: Uuid,
    pub list_name: String,
    pub digest_cadence: Option<Cadence>,
    pub campaign_status: CampaignStatus,
    pub is_held: bool,
    pub campaign_reason: Option<String>,
    pub status: DeliveryStatus,
    pub status_since: DateTime<Utc>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub reply: Option<String>,
}

/// The deliveries to one id that have an article in them, the oldest campaign first.
pub async fn mails(tx: &mut Tx, article_id: Uuid, delivered_to: Uuid) -> sqlx::Result<Vec<Mail>> {
    let sql = "SELECT c.id AS campaign_id, c.list_id, l.name AS list_name, c.digest_cadence,
                   c.status AS campaign_status, c.is_held, c.status_reason AS campaign_reason, d.status,
                   d.status_since, d.next_attempt_at, d.reply
               FROM campaign_articles ca JOIN campaigns c ON c.id = ca.campaign_id JOIN lists l ON l.id = c.list_id
               JOIN deliveries d ON d.campaign_id = c.id AND d.subscriber_id = $2
               WHERE ca.article_id = $1
                 AND (d.variant IS NULL OR EXISTS (SELECT 1 FROM variant_articles v WHERE v.campaign_id = c.id
                          AND v.variant = d.variant AND v.article_id = $1))
               ORDER BY c.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).bind(delivered_to).fetch_all(conn).await)
}

/// Whether a reader has an article from a welcome mail.
pub async fn is_welcomed(tx: &mut Tx, article_id: Uuid, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM welcomed_articles WHERE subscriber_id = $2 AND article_id = $1)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article_id).bind(subscriber_id).fetch_one(conn).await)
}

/// An article on a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Place {
    pub list_id: Uuid,
    pub number: Option<i64>,
    pub route: Route,
    pub is_due: bool,
    pub reason: String,
    pub sendable_at: DateTime<Utc>,
    pub numbered_at: Option<DateTime<Utc>>,
}

/// The lists that have an article, or are to have it.
pub async fn places(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<Place>> {
    let sql = "SELECT list_id, number, route, is_due, reason, sendable_at, numbered_at FROM list_articles
               WHERE article_id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).fetch_all(conn).await)
}

/// The lists that the feeds of an article fill.
pub async fn fed_lists(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT b.list_id FROM feed_items i JOIN feed_bindings b ON b.feed_id = i.feed_id
               WHERE i.article_id = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article_id).fetch_all(conn).await)
}

/// A campaign, as far as it matters to an article.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct About {
    pub id: Uuid,
    pub list_id: Uuid,
    pub status: CampaignStatus,
    pub is_held: bool,
    pub status_reason: Option<String>,
    /// The article whose own campaign it is.
    pub auto_article_id: Option<Uuid>,
    pub digest_cadence: Option<Cadence>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
}

macro_rules! select_about {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.list_id, c.status, c.is_held, c.status_reason, c.auto_article_id, c.digest_cadence,
                 c.scheduled_at, c.started_at FROM campaigns c ",
            $rest
        )
    };
}

/// The campaigns about an article that are no digests, the oldest first.
pub async fn campaigns(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<About>> {
    let sql = select_about!(
        "JOIN campaign_articles ca ON ca.campaign_id = c.id
         WHERE ca.article_id = $1 AND c.digest_cadence IS NULL ORDER BY c.id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).fetch_all(conn).await)
}

/// The digest of a list and cadence that has not begun.
pub async fn next_digest(tx: &mut Tx, list_id: Uuid, cadence: Cadence) -> sqlx::Result<Option<About>> {
    let sql = select_about!(
        "WHERE c.list_id = $1 AND c.digest_cadence = $2 AND c.status IN ('draft', 'scheduled') LIMIT 1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(cadence.as_str()).fetch_optional(conn).await)
}

/// The digest of a list and cadence within whose numbers one lies.
pub async fn digest_with(
    tx: &mut Tx,
    list_id: Uuid,
    cadence: Cadence,
    number: i64,
) -> sqlx::Result<Option<About>> {
    let sql = select_about!(
        "WHERE c.list_id = $1 AND c.digest_cadence = $2 AND c.digest_from < $3 AND c.digest_to >= $3
         ORDER BY c.id DESC LIMIT 1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(number)
        .fetch_optional(conn)
        .await)
}

/// What a reader has of a list, and which of its numbers are theirs.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    pub list_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub created_at: DateTime<Utc>,
    pub status_since: DateTime<Utc>,
    #[sqlx(flatten)]
    pub dues: Dues,
}

/// What a reader has of all lists.
pub async fn subscriptions(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<Vec<Held>> {
    let sql =
        "SELECT list_id, status, cadence, created_at, status_since, numbered_from, backlog_from, away_from,
                   paused_until
               FROM subscriptions WHERE subscriber_id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).fetch_all(conn).await)
}

/// Where a reader was away: of which list, behind which number, up to which.
pub async fn absences(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<Vec<(Uuid, i64, i64)>> {
    let sql = "SELECT list_id, from_number, to_number FROM absences WHERE subscriber_id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).fetch_all(conn).await)
}

/// What was decided about an article when a feed listed it first, and when.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FirstListing {
    pub verdict: Option<ItemVerdict>,
    pub first_seen_at: DateTime<Utc>,
    pub baseline_at: Option<DateTime<Utc>>,
}

/// How a feed listed an article first.
pub async fn first_listing(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Option<FirstListing>> {
    let sql =
        "SELECT i.verdict, i.first_seen_at, f.baseline_at FROM feed_items i JOIN feeds f ON f.id = i.feed_id
               WHERE i.article_id = $1 ORDER BY i.first_seen_at, i.feed_id LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).fetch_optional(conn).await)
}

/// Articles that are looked through for those of somebody's lists.
const LATEST_SEEN: i64 = 500;

/// The newest articles that the lists of a reader have, or are to have.
pub async fn latest(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = "SELECT a.id, a.title FROM (SELECT id, title FROM articles ORDER BY id DESC LIMIT $3) AS a
               WHERE EXISTS (SELECT 1 FROM feed_items i JOIN feed_bindings b ON b.feed_id = i.feed_id
                         JOIN subscriptions s ON s.list_id = b.list_id AND s.subscriber_id = $1
                         WHERE i.article_id = a.id)
                  OR EXISTS (SELECT 1 FROM list_articles la
                         JOIN subscriptions s ON s.list_id = la.list_id AND s.subscriber_id = $1
                         WHERE la.article_id = a.id)
                  OR EXISTS (SELECT 1 FROM campaign_articles ca JOIN campaigns c ON c.id = ca.campaign_id
                         JOIN subscriptions s ON s.list_id = c.list_id AND s.subscriber_id = $1
                         WHERE ca.article_id = a.id)
               ORDER BY a.id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(subscriber_id)
        .bind(limit)
        .bind(LATEST_SEEN)
        .fetch_all(conn)
        .await)
}
