//! Articles, and the names under which feeds list them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, dialect, on_either};
use crate::feeds::identity::{Alias, AliasKind};

/// One piece of content. Absent text is empty; HTML is as the feed gave it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Article {
    pub id: Uuid,
    pub url: String,
    pub title: String,
    pub author: String,
    pub summary_html: String,
    pub content_html: String,
    pub image_url: String,
    pub image_alt: String,
    /// The feed's date, or the time first seen where it gave none. No edit moves it.
    pub published_at: DateTime<Utc>,
    pub first_seen_at: DateTime<Utc>,
    pub held_reason: Option<String>,
}

/// A name that was found, and the article behind it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub value: String,
    pub article_id: Uuid,
    pub title: String,
    pub published_at: DateTime<Utc>,
    pub first_seen_at: DateTime<Utc>,
}

/// The article of an id.
pub async fn get(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Article>> {
    let sql = "SELECT id, url, title, author, summary_html, content_html, image_url, image_alt, published_at,
               first_seen_at, held_reason FROM articles WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Adds an article.
pub async fn insert(tx: &mut Tx, article: &Article) -> sqlx::Result<()> {
    let sql = "INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt,
               published_at, first_seen_at, held_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(article.id)
        .bind(&article.url)
        .bind(&article.title)
        .bind(&article.author)
        .bind(&article.summary_html)
        .bind(&article.content_html)
        .bind(&article.image_url)
        .bind(&article.image_alt)
        .bind(article.published_at)
        .bind(article.first_seen_at)
        .bind(&article.held_reason)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Takes an edit: everything but the dates and the hold. A campaign that has not begun, and whose
/// subject was the old title, gets the new one.
pub async fn update(tx: &mut Tx, old: &Article, new: &Article) -> sqlx::Result<()> {
    let sql = "UPDATE articles SET url = $1, title = $2, author = $3, summary_html = $4, content_html = $5,
               image_url = $6, image_alt = $7 WHERE id = $8";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&new.url)
        .bind(&new.title)
        .bind(&new.author)
        .bind(&new.summary_html)
        .bind(&new.content_html)
        .bind(&new.image_url)
        .bind(&new.image_alt)
        .bind(old.id)
        .execute(conn)
        .await
        .map(|_| ()))?;
    if old.title == new.title {
        return Ok(());
    }
    let sql = "UPDATE campaigns SET subject = $1
               WHERE auto_article_id = $2 AND status = 'scheduled' AND subject = $3";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&new.title)
        .bind(old.id)
        .bind(&old.title)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Gives an article a name in a feed. A name never passes from one article to another.
pub async fn add_alias(tx: &mut Tx, feed_id: Uuid, article_id: Uuid, alias: &Alias) -> sqlx::Result<()> {
    let sql = "INSERT INTO article_aliases (feed_id, kind, value, article_id) VALUES ($1, $2, $3, $4)
               ON CONFLICT (feed_id, kind, value) DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(feed_id)
        .bind(alias.kind)
        .bind(&alias.value)
        .bind(article_id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Which of some names a feed has used.
pub async fn named(tx: &mut Tx, feed_id: Uuid, kind: AliasKind, values: &[&str]) -> sqlx::Result<Vec<Found>> {
    let values = serde_json::json!(values).to_string();
    let sql = dialect!(tx,
        sqlite: "SELECT n.value, n.article_id, a.title, a.published_at, a.first_seen_at
                 FROM article_aliases n JOIN articles a ON a.id = n.article_id
                 WHERE n.feed_id = $1 AND n.kind = $2 AND n.value IN (SELECT value FROM json_each($3))",
        postgres: "SELECT n.value, n.article_id, a.title, a.published_at, a.first_seen_at
                 FROM article_aliases n JOIN articles a ON a.id = n.article_id
                 WHERE n.feed_id = $1 AND n.kind = $2
                 AND n.value IN (SELECT jsonb_array_elements_text(CAST($3 AS jsonb)))");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(kind).bind(&values).fetch_all(conn).await)
}

/// Which of some canonical URLs other feeds have listed.
pub async fn named_elsewhere(tx: &mut Tx, feed_id: Uuid, canonicals: &[&str]) -> sqlx::Result<Vec<Found>> {
    let values = serde_json::json!(canonicals).to_string();
    let sql = dialect!(tx,
        sqlite: "SELECT n.value, n.article_id, a.title, a.published_at, a.first_seen_at
                 FROM article_aliases n JOIN articles a ON a.id = n.article_id
                 WHERE n.feed_id <> $1 AND n.kind = 'canonical' AND n.value IN (SELECT value FROM json_each($2))",
        postgres: "SELECT n.value, n.article_id, a.title, a.published_at, a.first_seen_at
                 FROM article_aliases n JOIN articles a ON a.id = n.article_id
                 WHERE n.feed_id <> $1 AND n.kind = 'canonical'
                 AND n.value IN (SELECT jsonb_array_elements_text(CAST($2 AS jsonb)))");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(&values).fetch_all(conn).await)
}

/// The canonical URLs of an article in a feed.
pub async fn canonicals(tx: &mut Tx, feed_id: Uuid, article_id: Uuid) -> sqlx::Result<Vec<String>> {
    let sql =
        "SELECT value FROM article_aliases WHERE article_id = $1 AND feed_id = $2 AND kind = 'canonical'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article_id).bind(feed_id).fetch_all(conn).await)
}
