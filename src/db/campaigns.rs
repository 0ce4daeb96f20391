//! Campaigns.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::slug::slugify;

/// The archive's name for a campaign: its title's words and the end of its id, which is random.
fn archive_slug(title: &str, id: Uuid) -> String {
    let tail = &id.simple().to_string()[24..];
    match slugify(title) {
        slug if slug.is_empty() => tail.to_owned(),
        slug => format!("{slug}-{tail}"),
    }
}

/// Schedules the campaign that an article makes by itself on a list: at most one, however often
/// it is asked. True where it is new.
pub async fn add_for_article(
    tx: &mut Tx,
    list_id: Uuid,
    article_id: Uuid,
    title: &str,
    scheduled_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let id = Uuid::now_v7();
    let sql = "INSERT INTO campaigns (id, list_id, auto_article_id, slug, status, subject, created_at, scheduled_at)
               VALUES ($1, $2, $3, $4, 'scheduled', $5, $6, $7)
               ON CONFLICT (list_id, auto_article_id) DO NOTHING";
    let added = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(list_id)
        .bind(article_id)
        .bind(archive_slug(title, id))
        .bind(title)
        .bind(now)
        .bind(scheduled_at)
        .execute(conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO campaign_articles (campaign_id, article_id) VALUES ($1, $2)";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(article_id).execute(conn).await.map(|_| ()))?;
    Ok(true)
}
