//! The archive: campaigns whose sending has begun, as readers may see them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};

/// A campaign in the archive.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ArchivedCampaign {
    pub id: Uuid,
    pub slug: String,
    pub subject: String,
    pub started_at: DateTime<Utc>,
    pub list_name: String,
    /// Who wrote its article; empty where it has several, or none is named.
    pub author: String,
}

/// Campaigns of public lists whose sending has begun, the newest first, `limit` at most,
/// beginning after `before`.
pub async fn newest(
    tx: &mut Tx,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<ArchivedCampaign>> {
    // A first page is the page before the end of time: one text serves both.
    let (time, id) =
        before.unwrap_or((DateTime::from_timestamp(253_402_300_799, 0).unwrap_or_default(), Uuid::max()));
    let sql =
        "SELECT c.id, c.slug, c.subject, c.started_at, l.name AS list_name, COALESCE(a.author, '') AS author
               FROM campaigns c JOIN lists l ON l.id = c.list_id
               LEFT JOIN articles a ON a.id = c.auto_article_id
               WHERE c.status IN ('sending', 'paused', 'sent', 'cancelled')
                 AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL AND l.public = TRUE
                 AND (c.started_at < $1 OR (c.started_at = $1 AND c.id < $2))
               ORDER BY c.started_at DESC, c.id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(time).bind(id).bind(limit).fetch_all(conn).await)
}

/// The mail of a campaign of the archive, as its page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ArchivedMail {
    pub subject: String,
    /// Without any reader's links.
    pub mail_html: String,
    /// The whole content, as JSON; missing on what was sent before it was stored.
    pub mail_content: Option<String>,
    pub list_slug: String,
    pub list_language: String,
}

/// The mail of one campaign of the archive.
pub async fn mail(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<ArchivedMail>> {
    let sql =
        "SELECT c.subject, c.mail_html, c.mail_content, l.slug AS list_slug, l.language AS list_language
               FROM campaigns c JOIN lists l ON l.id = c.list_id
               WHERE c.slug = $1 AND c.status IN ('sending', 'paused', 'sent', 'cancelled')
                 AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL AND l.public = TRUE";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(slug).fetch_optional(conn).await)
}
