//! Articles, and the names under which feeds list them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either, stored_time};
use crate::domain::alias::{Alias, AliasKind};
use crate::domain::feed_rule::ArticleFacts;

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
    /// What it is about, as the feed says.
    #[sqlx(rename = "categories_json", try_from = "String")]
    pub categories: Categories,
    /// The feed's date, or the time first seen where it gave none. No edit moves it.
    pub published_at: DateTime<Utc>,
    pub first_seen_at: DateTime<Utc>,
    /// Whether anything holds it: see [`super::holds`].
    pub is_held: bool,
}

/// What an article is about; stored as a JSON array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories(pub Vec<String>);

impl TryFrom<String> for Categories {
    type Error = serde_json::Error;

    fn try_from(stored: String) -> Result<Categories, serde_json::Error> {
        serde_json::from_str(&stored).map(Categories)
    }
}

impl Categories {
    fn stored(&self) -> String {
        serde_json::json!(self.0).to_string()
    }
}

impl Article {
    /// What the conditions of a rule ask about it.
    pub fn facts(&self) -> ArticleFacts<'_> {
        ArticleFacts { title: &self.title, author: &self.author, categories: &self.categories.0 }
    }
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
    let sql =
        "SELECT id, url, title, author, summary_html, content_html, image_url, image_alt, categories_json,
               published_at, first_seen_at, is_held FROM articles WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The articles of some ids, in no order.
pub async fn of_ids(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<Article>> {
    let ids = id_rows(ids);
    let sql = dialect!(tx,
        sqlite: "SELECT id, url, title, author, summary_html, content_html, image_url, image_alt, categories_json,
                 published_at, first_seen_at, is_held FROM articles WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, url, title, author, summary_html, content_html, image_url, image_alt, categories_json,
                 published_at, first_seen_at, is_held FROM articles
                 WHERE id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(&ids).fetch_all(conn).await)
}

fn id_rows(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    serde_json::json!(ids).to_string()
}

/// Adds articles in one statement: a first poll brings hundreds, and a statement each would hold
/// SQLite's one writer for too long. What holds them is added by [`super::holds::add_to_articles`].
pub async fn insert_all(tx: &mut WriteTx, articles: &[Article]) -> sqlx::Result<()> {
    if articles.is_empty() {
        return Ok(());
    }
    let rows: Vec<serde_json::Value> = articles
        .iter()
        .map(|article| {
            serde_json::json!({
                "id": article.id.simple().to_string(),
                "url": article.url,
                "title": article.title,
                "author": article.author,
                "summary": article.summary_html,
                "content": article.content_html,
                "image": article.image_url,
                "alt": article.image_alt,
                "categories": article.categories.stored(),
                "published": stored_time(article.published_at),
                "seen": stored_time(article.first_seen_at),
            })
        })
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    let sql = dialect!(tx,
        sqlite: "INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt,
                 categories_json, published_at, first_seen_at)
                 SELECT unhex(value ->> 'id'), value ->> 'url', value ->> 'title', value ->> 'author',
                 value ->> 'summary', value ->> 'content', value ->> 'image', value ->> 'alt',
                 value ->> 'categories', value ->> 'published', value ->> 'seen' FROM json_each($1)",
        postgres: "INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt,
                 categories_json, published_at, first_seen_at)
                 SELECT id, url, title, author, summary, content, image, alt, categories, published, seen
                 FROM json_to_recordset(CAST($1 AS json)) AS r(id uuid, url text, title text, author text,
                 summary text, content text, image text, alt text, categories text, published timestamptz, seen timestamptz)");
    on_either!(tx, |conn| sqlx::query(sql).bind(&rows).execute(conn).await.map(|_| ()))
}

/// Takes an edit: everything but the dates and the hold. A campaign that has not begun, and whose
/// subject was the old title, gets the new one.
pub async fn update(tx: &mut WriteTx, old: &Article, new: &Article) -> sqlx::Result<()> {
    let sql = "UPDATE articles SET url = $1, title = $2, author = $3, summary_html = $4, content_html = $5,
               image_url = $6, image_alt = $7, categories_json = $8 WHERE id = $9";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&new.url)
        .bind(&new.title)
        .bind(&new.author)
        .bind(&new.summary_html)
        .bind(&new.content_html)
        .bind(&new.image_url)
        .bind(&new.image_alt)
        .bind(new.categories.stored())
        .bind(old.id)
        .execute(conn)
        .await
        .map(|_| ()))?;
    if old.title == new.title {
        return Ok(());
    }
    let sql = "UPDATE campaigns SET subject = $1
               WHERE auto_article_id = $2 AND status IN ('draft', 'scheduled') AND subject = $3";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&new.title)
        .bind(old.id)
        .bind(&old.title)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Gives articles their names in a feed, in one statement. A name never passes from one article to
/// another.
pub async fn add_aliases(tx: &mut WriteTx, feed_id: Uuid, aliases: &[(Uuid, &Alias)]) -> sqlx::Result<()> {
    if aliases.is_empty() {
        return Ok(());
    }
    let rows: Vec<serde_json::Value> = aliases
        .iter()
        .map(|(article_id, alias)| {
            serde_json::json!({ "a": article_id.simple().to_string(), "k": alias.kind, "v": alias.value })
        })
        .collect();
    let rows = serde_json::Value::Array(rows).to_string();
    // WHERE TRUE: SQLite would take ON CONFLICT for a join's condition.
    let sql = dialect!(tx,
        sqlite: "INSERT INTO article_aliases (feed_id, kind, value, article_id)
                 SELECT $1, value ->> 'k', value ->> 'v', unhex(value ->> 'a') FROM json_each($2) WHERE TRUE
                 ON CONFLICT (feed_id, kind, value) DO NOTHING",
        postgres: "INSERT INTO article_aliases (feed_id, kind, value, article_id)
                 SELECT $1, k, v, a FROM json_to_recordset(CAST($2 AS json)) AS r(a uuid, k text, v text)
                 ON CONFLICT (feed_id, kind, value) DO NOTHING");
    on_either!(tx, |conn| sqlx::query(sql).bind(feed_id).bind(&rows).execute(conn).await.map(|_| ()))
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

/// The canonical URLs of some articles in a feed.
pub async fn canonicals(
    tx: &mut Tx,
    feed_id: Uuid,
    article_ids: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let ids = id_rows(article_ids);
    let sql = dialect!(tx,
        sqlite: "SELECT article_id, value FROM article_aliases WHERE feed_id = $1 AND kind = 'canonical'
                 AND article_id IN (SELECT unhex(value) FROM json_each($2))",
        postgres: "SELECT article_id, value FROM article_aliases WHERE feed_id = $1 AND kind = 'canonical'
                 AND article_id IN (SELECT CAST(id AS uuid) FROM json_array_elements_text(CAST($2 AS json)) AS id)");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(&ids).fetch_all(conn).await)
}

/// An article that waits for an editor.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeldArticle {
    pub id: Uuid,
    pub title: String,
}

/// Articles that wait for an editor one by one, the newest first: not what only the brake holds.
pub async fn held(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<HeldArticle>> {
    let sql = "SELECT id, title FROM articles
               WHERE id IN (SELECT article_id FROM holds WHERE kind <> 'brake' AND article_id IS NOT NULL)
               ORDER BY id DESC LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Sets since when an article is retired; `None`: it is not.
pub async fn set_retired(tx: &mut WriteTx, id: Uuid, at: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    let sql = "UPDATE articles SET retired_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(at).execute(conn).await.map(|_| ()))
}

/// Since when an article is retired; `None`: it is not.
pub async fn retired_at(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT retired_at FROM articles WHERE id = $1 AND retired_at IS NOT NULL";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)
}

/// The subject of a campaign with this article that has not begun, or not ended.
pub async fn on_its_way_as(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<String>> {
    let sql = "SELECT c.subject FROM campaign_articles m JOIN campaigns c ON c.id = m.campaign_id
               WHERE m.article_id = $1 AND c.status IN ('scheduled', 'sending', 'paused')
               ORDER BY c.id LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)
}

/// Which of some articles are retired.
pub async fn retired_among(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    let sql = dialect!(tx,
        sqlite: "SELECT id FROM articles WHERE retired_at IS NOT NULL
                 AND id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id FROM articles WHERE retired_at IS NOT NULL
                 AND id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)");
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_rows(ids)).fetch_all(conn).await)
}

/// An article that a feed has listed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Past {
    pub id: Uuid,
    pub title: String,
    pub url: String,
    pub published_at: DateTime<Utc>,
    pub is_held: bool,
}

/// What a feed has listed, the newest first.
pub async fn past(tx: &mut Tx, feed_id: Uuid, limit: i64) -> sqlx::Result<Vec<Past>> {
    let sql = "SELECT a.id, a.title, a.url, a.published_at, a.is_held
               FROM feed_items i JOIN articles a ON a.id = i.article_id
               WHERE i.feed_id = $1 ORDER BY i.article_id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(limit).fetch_all(conn).await)
}

/// The names of some articles in a feed.
pub async fn aliases(tx: &mut Tx, feed_id: Uuid, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Alias)>> {
    let sql = dialect!(tx,
        sqlite: "SELECT article_id, kind, value FROM article_aliases WHERE feed_id = $1
                 AND article_id IN (SELECT unhex(value) FROM json_each($2))",
        postgres: "SELECT article_id, kind, value FROM article_aliases WHERE feed_id = $1
                 AND article_id IN (SELECT CAST(id AS uuid) FROM json_array_elements_text(CAST($2 AS json)) AS id)");
    let rows: Vec<(Uuid, AliasKind, String)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(feed_id).bind(id_rows(ids)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id, kind, value)| (id, Alias { kind, value })).collect())
}

/// Makes one article of two: what `from`, which was never mailed, is called in any feed is what `into` is called from
/// now on, and nothing holds it any more.
pub async fn merge(tx: &mut WriteTx, from: Uuid, into: Uuid) -> sqlx::Result<()> {
    super::holds::clear_article(tx, from).await?;
    for sql in [
        "UPDATE article_aliases SET article_id = $2 WHERE article_id = $1",
        "UPDATE feed_items SET listed = TRUE WHERE article_id = $2 AND feed_id IN
             (SELECT feed_id FROM feed_items WHERE article_id = $1 AND listed = TRUE)",
        "UPDATE feed_items SET article_id = $2, verdict = 'known' WHERE article_id = $1 AND feed_id NOT IN
             (SELECT feed_id FROM feed_items WHERE article_id = $2)",
        "DELETE FROM feed_items WHERE article_id = $1 AND article_id <> $2",
        // Somebody may have put it into a draft.
        "DELETE FROM articles WHERE id = $1 AND id <> $2
             AND NOT EXISTS (SELECT 1 FROM campaign_articles WHERE article_id = $1)
             AND NOT EXISTS (SELECT 1 FROM campaigns WHERE auto_article_id = $1)",
    ] {
        on_either!(tx, |conn| sqlx::query(sql).bind(from).bind(into).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}
