//! What a list says to whoever has just confirmed it, and which articles somebody has from such a mail.

use uuid::Uuid;

use super::load::{self, Column};
use super::{Tx, WriteTx, on_either};

/// A list's welcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Welcome {
    pub is_on: bool,
    pub markdown: String,
    /// How many of the latest articles stand below the text.
    pub articles: i64,
}

/// A list's welcome; off where nobody has written one.
pub async fn of_list(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Welcome> {
    let sql = "SELECT is_on, markdown, articles FROM list_welcomes WHERE list_id = $1";
    let found: Option<Welcome> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).fetch_optional(conn).await?);
    Ok(found.unwrap_or_default())
}

/// Stores a list's welcome.
pub async fn set(tx: &mut WriteTx, list_id: Uuid, welcome: &Welcome) -> sqlx::Result<()> {
    let sql = "INSERT INTO list_welcomes (list_id, is_on, markdown, articles) VALUES ($1, $2, $3, $4)
               ON CONFLICT (list_id) DO UPDATE SET is_on = excluded.is_on, markdown = excluded.markdown,
                   articles = excluded.articles";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(welcome.is_on)
        .bind(&welcome.markdown)
        .bind(welcome.articles)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The latest articles of a list, by their numbers there, that somebody neither has nor will have from another mail; of
/// nobody, the latest of all.
pub async fn latest(
    tx: &mut Tx,
    list_id: Uuid,
    subscriber_id: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT la.article_id FROM list_articles la JOIN articles a ON a.id = la.article_id
               WHERE la.list_id = $1 AND la.number IS NOT NULL AND la.is_due = TRUE AND a.retired_at IS NULL
                 AND a.is_held = FALSE
                 AND NOT EXISTS (SELECT 1 FROM welcomed_articles w
                     WHERE w.subscriber_id = $2 AND w.article_id = la.article_id)
                 AND NOT EXISTS (SELECT 1 FROM campaign_articles other
                     JOIN deliveries d ON d.campaign_id = other.campaign_id AND d.subscriber_id = $2
                         AND d.status <> 'skipped'
                     WHERE other.article_id = la.article_id
                       AND (d.variant IS NULL OR EXISTS (SELECT 1 FROM variant_articles v
                           WHERE v.campaign_id = d.campaign_id AND v.variant = d.variant
                             AND v.article_id = la.article_id)))
               ORDER BY la.number DESC LIMIT $3";
    let of = subscriber_id.unwrap_or(Uuid::nil());
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(of).bind(limit).fetch_all(conn).await)
}

/// Notes that somebody has these articles: no other mail brings them again.
pub async fn note(tx: &mut WriteTx, subscriber_id: Uuid, articles: &[Uuid]) -> sqlx::Result<()> {
    let columns =
        [("subscriber_id", Column::Id(subscriber_id)), ("article_id", Column::Ids(articles.to_vec()))];
    load::insert(tx, "welcomed_articles", &columns, articles.len(), "ON CONFLICT DO NOTHING").await?;
    Ok(())
}
