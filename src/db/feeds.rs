//! Feeds: where they are, which lists they feed, and what they listed.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::articles::Categories;
use super::{Engine, Tx, WriteTx, dialect, json, on_either};
use crate::domain::feed_rule::{ArticleFacts, Route, Rule};

/// Whether a feed is polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum FeedStatus {
    Active,
    /// Gone for good (410), or switched off.
    Disabled,
}

/// One feed and the state of its polling.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Feed {
    pub id: Uuid,
    pub url: String,
    pub title: String,
    pub status: FeedStatus,
    pub poll_secs: i64,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// Where permanent redirects point, and how many polls in a row have said so.
    pub moved_to: Option<String>,
    pub moved_count: i64,
    pub baseline_at: Option<DateTime<Utc>>,
    pub last_polled_at: Option<DateTime<Utc>>,
    pub next_poll_at: DateTime<Utc>,
    /// Failed polls in a row.
    pub failures: i64,
    pub last_error: Option<String>,
    /// When it was last read well, changed or not.
    pub read_at: Option<DateTime<Utc>>,
    /// The version of the reader that read it then.
    pub reader: i64,
    /// How long the site asks to be left alone between two polls.
    pub asked_secs: Option<i64>,
}

/// What was decided about an item when a feed listed it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum ItemVerdict {
    /// Mailed to the lists that were bound.
    New,
    /// It was there when the feed was first read.
    Baseline,
    /// It is old, and came back into view.
    Older,
    /// Another feed had listed it for days.
    Known,
    /// It waits for an editor, or did.
    Held,
    /// An editor decided that it is not mailed.
    Dropped,
}

/// A list that a feed feeds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Binding {
    pub list_id: Uuid,
    pub list_slug: String,
    pub list_name: String,
    pub grace_mins: i64,
    /// Whether the list takes nothing.
    pub retired: bool,
    #[sqlx(flatten)]
    pub rule: Rule,
}

impl Binding {
    /// The way that one of the feed's new articles takes to the list.
    pub fn route(&self, article: ArticleFacts<'_>) -> Route {
        self.rule.route(article)
    }
}

/// An article that a feed listed at its last poll.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub article_id: Uuid,
    pub title: String,
    pub published_at: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, url, title, status, poll_secs, etag, last_modified, moved_to, moved_count, baseline_at,
                 last_polled_at, next_poll_at, failures, last_error, read_at, reader, asked_secs FROM feeds ",
            $rest
        )
    };
}

/// Adds a feed, or leaves the one of that address as it is.
pub async fn add(tx: &mut WriteTx, url: &str, poll_secs: i64, now: DateTime<Utc>) -> sqlx::Result<Uuid> {
    let sql = "INSERT INTO feeds (id, url, title, status, poll_secs, moved_count, next_poll_at, failures, created_at)
               VALUES ($1, $2, '', 'active', $3, 0, $4, 0, $4) ON CONFLICT (url) DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(url)
        .bind(poll_secs)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "SELECT id FROM feeds WHERE url = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(url).fetch_one(conn).await)
}

/// Lets a feed feed a list. Repeated, it changes the grace alone, where one is given.
pub async fn bind(
    tx: &mut WriteTx,
    feed_id: Uuid,
    list_id: Uuid,
    grace_mins: Option<i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO feed_bindings (feed_id, list_id, grace_mins, created_at)
               VALUES ($1, $2, COALESCE(CAST($3 AS BIGINT), 10), $4)
               ON CONFLICT (feed_id, list_id) DO UPDATE
               SET grace_mins = COALESCE(CAST($3 AS BIGINT), feed_bindings.grace_mins)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(list_id)
        .bind(grace_mins)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The lists that a feed feeds.
pub async fn bindings(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Vec<Binding>> {
    let sql = "SELECT b.list_id, l.slug AS list_slug, l.name AS list_name, b.grace_mins,
                   l.retired_at IS NOT NULL AS retired, b.mode, b.conditions_json, b.brake_limit
               FROM feed_bindings b JOIN lists l ON l.id = b.list_id
               WHERE b.feed_id = $1 ORDER BY b.created_at, b.list_id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).fetch_all(conn).await)
}

/// The feed of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Feed>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The feed of an address.
pub async fn by_url(tx: &mut Tx, url: &str) -> sqlx::Result<Option<Feed>> {
    let sql = select!("WHERE url = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(url).fetch_optional(conn).await)
}

/// All feeds, the oldest first.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<Feed>> {
    let sql = select!("ORDER BY created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Active feeds that list an article, or did.
pub async fn of_article(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<Feed>> {
    let sql = "SELECT f.id, f.url, f.title, f.status, f.poll_secs, f.etag, f.last_modified, f.moved_to, f.moved_count,
               f.baseline_at, f.last_polled_at, f.next_poll_at, f.failures, f.last_error, f.read_at, f.reader, f.asked_secs
               FROM feeds f JOIN feed_items i ON i.feed_id = f.id
               WHERE i.article_id = $1 AND f.status = 'active' ORDER BY i.first_seen_at, f.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).fetch_all(conn).await)
}

/// For each of these articles, what the feed that brought it first is called.
pub async fn first_of_articles(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = super::subscribers::ids!(
        tx,
        "SELECT r.s, (SELECT f.title FROM feed_items i JOIN feeds f ON f.id = i.feed_id WHERE i.article_id = r.s
                      ORDER BY i.first_seen_at, f.id LIMIT 1) FROM",
        "WHERE EXISTS (SELECT 1 FROM feed_items i WHERE i.article_id = r.s)"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(super::subscribers::id_array(ids)).fetch_all(conn).await)
}

/// Active feeds whose poll is due, the most overdue first.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM feeds WHERE status = 'active' AND next_poll_at <= $1 ORDER BY next_poll_at, id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).fetch_all(conn).await)
}

/// Makes this transaction the only one that stores what feeds list, so that two feeds never make
/// two articles of one.
pub async fn lock_listing(tx: &mut WriteTx) -> sqlx::Result<()> {
    match Tx::engine(tx) {
        // The one writer is that already.
        Engine::Sqlite(_) => Ok(()),
        Engine::Postgres(tx) => {
            sqlx::query("SELECT pg_advisory_xact_lock(7265656473)").execute(&mut **tx).await.map(|_| ())
        }
    }
}

/// Stores how a poll left the feed: everything in [`Feed`] but its address and its creation.
pub async fn store_state(tx: &mut WriteTx, feed: &Feed) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET title = $1, status = $2, poll_secs = $3, etag = $4, last_modified = $5, moved_to = $6,
               moved_count = $7, baseline_at = $8, last_polled_at = $9, next_poll_at = $10, failures = $11,
               last_error = $12, read_at = $13, reader = $14, asked_secs = $15 WHERE id = $16";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&feed.title)
        .bind(feed.status)
        .bind(feed.poll_secs)
        .bind(&feed.etag)
        .bind(&feed.last_modified)
        .bind(&feed.moved_to)
        .bind(feed.moved_count)
        .bind(feed.baseline_at)
        .bind(feed.last_polled_at)
        .bind(feed.next_poll_at)
        .bind(feed.failures)
        .bind(&feed.last_error)
        .bind(feed.read_at)
        .bind(feed.reader)
        .bind(feed.asked_secs)
        .bind(feed.id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Takes the address that a feed has moved to, unless another feed has it.
pub async fn move_to(tx: &mut WriteTx, feed_id: Uuid, url: &str) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET url = $1, moved_to = NULL, moved_count = 0
               WHERE id = $2 AND NOT EXISTS (SELECT 1 FROM feeds other WHERE other.url = $1)";
    on_either!(tx, |conn| sqlx::query(sql).bind(url).bind(feed_id).execute(conn).await.map(|_| ()))
}

/// What a feed listed at its last poll.
pub async fn listing(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Vec<Listed>> {
    let sql = "SELECT i.article_id, a.title, a.published_at FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 AND i.listed = TRUE";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).fetch_all(conn).await)
}

/// Makes the next poll ask for the document in any case.
pub async fn forget_validators(tx: &mut WriteTx, feed_id: Uuid) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET etag = NULL, last_modified = NULL WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).execute(conn).await.map(|_| ()))
}

/// The addresses of the other articles that are listed with one, the oldest first.
pub async fn neighbours(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<String>> {
    let sql = "SELECT a.url FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id IN (SELECT feed_id FROM feed_items WHERE article_id = $1)
               AND i.listed = TRUE AND i.article_id <> $1 ORDER BY a.published_at, a.id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article_id).fetch_all(conn).await)
}

/// Notes whether a feed lists some articles now; the first time, also when, when the feed had been read
/// before, and what was decided. One statement.
pub async fn set_listed(
    tx: &mut WriteTx,
    feed_id: Uuid,
    items: &[(Uuid, Option<ItemVerdict>)],
    listed: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let rows: Vec<serde_json::Value> = items
        .iter()
        .map(|(id, verdict)| serde_json::json!({ "a": id.simple().to_string(), "v": verdict }))
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    // WHERE TRUE: SQLite would take ON CONFLICT for a join's condition.
    let sql = dialect!(tx,
        sqlite: "INSERT INTO feed_items (feed_id, article_id, listed, first_seen_at, unread_since, verdict)
                 SELECT $1, unhex(value ->> 'a'), $2, $3, (SELECT read_at FROM feeds WHERE id = $1), value ->> 'v'
                 FROM json_each($4) WHERE TRUE
                 ON CONFLICT (feed_id, article_id) DO UPDATE SET listed = excluded.listed",
        postgres: "INSERT INTO feed_items (feed_id, article_id, listed, first_seen_at, unread_since, verdict)
                 SELECT $1, a, $2, $3, (SELECT read_at FROM feeds WHERE id = $1), v FROM json_to_recordset(CAST($4 AS json)) AS r(a uuid, v text)
                 ON CONFLICT (feed_id, article_id) DO UPDATE SET listed = excluded.listed");
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(listed)
        .bind(now)
        .bind(&rows)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How a feed is, for the front page of the desk.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FeedHealth {
    pub id: Uuid,
    pub url: String,
    pub title: String,
    pub status: FeedStatus,
    pub failures: i64,
    pub last_error: Option<String>,
    pub last_polled_at: Option<DateTime<Utc>>,
}

/// How all feeds are, the oldest first.
pub async fn health(tx: &mut Tx) -> sqlx::Result<Vec<FeedHealth>> {
    let sql = "SELECT id, url, title, status, failures, last_error, last_polled_at
               FROM feeds ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Notes what somebody decided about an article later, wherever it was held.
pub async fn decide(tx: &mut WriteTx, article_id: Uuid, verdict: ItemVerdict) -> sqlx::Result<()> {
    let sql =
        "UPDATE feed_items SET verdict = $2 WHERE article_id = $1 AND (verdict = 'held' OR verdict IS NULL)";
    on_either!(tx, |conn| sqlx::query(sql).bind(article_id).bind(verdict).execute(conn).await.map(|_| ()))
}

/// The lists that an article which waits for an editor was for: those that were bound to a feed before the
/// feed listed it. A list may come several times.
pub async fn bindings_awaiting(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Vec<Binding>> {
    let sql = "SELECT b.list_id, l.slug AS list_slug, l.name AS list_name, b.grace_mins,
                   l.retired_at IS NOT NULL AS retired, b.mode, b.conditions_json, b.brake_limit
               FROM feed_items i JOIN feeds f ON f.id = i.feed_id AND f.status = 'active'
               JOIN feed_bindings b ON b.feed_id = i.feed_id AND b.created_at < i.first_seen_at
               JOIN lists l ON l.id = b.list_id
               WHERE i.article_id = $1 AND (i.verdict = 'held' OR i.verdict IS NULL)
               ORDER BY i.first_seen_at, f.id, b.created_at, b.list_id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(article_id).fetch_all(conn).await)
}

/// Gives a binding its rule.
pub async fn set_rule(tx: &mut WriteTx, feed_id: Uuid, list_id: Uuid, rule: &Rule) -> sqlx::Result<()> {
    let conditions = json(&rule.conditions)?;
    let sql = "UPDATE feed_bindings SET mode = $3, conditions_json = $4, brake_limit = $5
               WHERE feed_id = $1 AND list_id = $2";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(list_id)
        .bind(rule.mode)
        .bind(&conditions)
        .bind(rule.brake_limit)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Ends a binding. True where there was one.
pub async fn unbind(tx: &mut WriteTx, feed_id: Uuid, list_id: Uuid) -> sqlx::Result<bool> {
    let sql = "DELETE FROM feed_bindings WHERE feed_id = $1 AND list_id = $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(list_id)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Has the schedule poll a feed now, if it is active.
pub async fn poll_soon(tx: &mut WriteTx, feed_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE feeds SET next_poll_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).bind(now).execute(conn).await.map(|_| ()))
}

/// A feed that a list is bound to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BoundFeed {
    pub feed_id: Uuid,
    pub title: String,
    pub url: String,
    pub status: FeedStatus,
    pub grace_mins: i64,
}

/// The feeds that feed a list.
pub async fn of_list(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Vec<BoundFeed>> {
    let sql = "SELECT f.id AS feed_id, f.title, f.url, f.status, b.grace_mins
               FROM feed_bindings b JOIN feeds f ON f.id = b.feed_id
               WHERE b.list_id = $1 ORDER BY b.created_at, f.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).fetch_all(conn).await)
}

/// How many items a feed listed first since some time, how many of all are held, and how many campaigns
/// of those listed since have begun.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Lately {
    pub feed_id: Uuid,
    pub seen: i64,
    pub held: i64,
    pub sent: i64,
}

/// What feeds brought since a time.
pub async fn lately(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<Vec<Lately>> {
    let sql = "SELECT f.id AS feed_id,
                   (SELECT COUNT(*) FROM feed_items i WHERE i.feed_id = f.id AND i.first_seen_at >= $1) AS seen,
                   (SELECT COUNT(*) FROM articles a JOIN feed_items i ON i.article_id = a.id
                    WHERE i.feed_id = f.id AND a.is_held = TRUE) AS held,
                   (SELECT COUNT(DISTINCT c.id) FROM feed_items i
                    JOIN campaign_articles ca ON ca.article_id = i.article_id
                    JOIN campaigns c ON c.id = ca.campaign_id
                    WHERE i.feed_id = f.id AND i.first_seen_at >= $1 AND c.started_at IS NOT NULL) AS sent
               FROM feeds f";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)
}

/// An article that a feed listed, as far as a rule asks about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecentItem {
    pub article_id: Uuid,
    pub title: String,
    pub author: String,
    #[sqlx(rename = "categories_json", try_from = "String")]
    pub categories: Categories,
    pub first_seen_at: DateTime<Utc>,
}

impl RecentItem {
    /// What the conditions of a rule ask about it.
    pub fn facts(&self) -> ArticleFacts<'_> {
        ArticleFacts { title: &self.title, author: &self.author, categories: &self.categories.0 }
    }
}

/// What a feed listed last, the newest first.
pub async fn recent(tx: &mut Tx, feed_id: Uuid, limit: i64) -> sqlx::Result<Vec<RecentItem>> {
    let sql = "SELECT i.article_id, a.title, a.author, a.categories_json, i.first_seen_at
               FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 ORDER BY i.article_id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(limit).fetch_all(conn).await)
}

/// An article as a feed listed it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FeedItem {
    pub article_id: Uuid,
    pub title: String,
    pub url: String,
    pub listed: bool,
    pub first_seen_at: DateTime<Utc>,
    pub published_at: DateTime<Utc>,
    pub verdict: Option<ItemVerdict>,
    /// Whether it waits for an editor.
    pub is_held: bool,
}

/// What a feed listed, the newest first, behind `before`.
pub async fn items(tx: &mut Tx, feed_id: Uuid, before: Uuid, limit: i64) -> sqlx::Result<Vec<FeedItem>> {
    let sql = "SELECT i.article_id, a.title, a.url, i.listed, i.first_seen_at, a.published_at, i.verdict,
                   a.is_held
               FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 AND i.article_id < $2 ORDER BY i.article_id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(before).bind(limit).fetch_all(conn).await)
}

/// An article that a feed brought, and when.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PastItem {
    pub title: String,
    pub first_seen_at: DateTime<Utc>,
    pub published_at: DateTime<Utc>,
    pub verdict: Option<ItemVerdict>,
    /// When the feed had been read before the poll that brought it.
    pub unread_since: Option<DateTime<Utc>>,
}

/// What a feed brought since a moment, or dated since then where it was there when the feed was first read: the newest
/// `limit`, the newest first.
pub async fn past_items(
    tx: &mut Tx,
    feed_id: Uuid,
    since: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<PastItem>> {
    let sql = "SELECT a.title, i.first_seen_at, a.published_at, i.verdict, i.unread_since
               FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 AND i.first_seen_at >= $2
               ORDER BY i.first_seen_at DESC, i.article_id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(since).bind(limit).fetch_all(conn).await)
}

/// What a feed brought that waits for an editor by itself, the newest first: not what the brake holds.
pub async fn held_items(tx: &mut Tx, feed_id: Uuid, limit: i64) -> sqlx::Result<Vec<FeedItem>> {
    let sql = "SELECT i.article_id, a.title, a.url, i.listed, i.first_seen_at, a.published_at, i.verdict,
                   a.is_held
               FROM articles a JOIN feed_items i ON i.article_id = a.id
               WHERE a.id IN (SELECT article_id FROM holds WHERE kind <> 'brake' AND article_id IS NOT NULL)
                 AND i.feed_id = $1 ORDER BY i.article_id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(limit).fetch_all(conn).await)
}

/// The newest articles that a feed lists now, that nothing holds and nobody retired, and about which a list has had no
/// campaign.
pub async fn unsent(tx: &mut Tx, feed_id: Uuid, list_id: Uuid, limit: i64) -> sqlx::Result<Vec<Listed>> {
    let sql = "SELECT i.article_id, a.title, a.published_at FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 AND i.listed = TRUE AND a.is_held = FALSE AND a.retired_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM campaign_articles ca JOIN campaigns c ON c.id = ca.campaign_id
                                 WHERE ca.article_id = a.id AND c.list_id = $2)
               ORDER BY a.published_at DESC, a.id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(list_id).bind(limit).fetch_all(conn).await)
}

/// A feed that listed an article.
pub async fn that_listed(tx: &mut Tx, article_id: Uuid) -> sqlx::Result<Option<Uuid>> {
    let sql = "SELECT feed_id FROM feed_items WHERE article_id = $1 ORDER BY first_seen_at, feed_id LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article_id).fetch_optional(conn).await)
}
