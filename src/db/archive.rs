//! The archive: campaigns whose sending has begun, as readers may see them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either};

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
    /// A line or two of it; empty where nobody has written them yet.
    pub summary: String,
}

/// What is looked for in the archive.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub list_id: Option<Uuid>,
    /// Beginnings, middles or ends of words, in lower case: all of them are in what is found. Five at most count.
    pub parts: Vec<String>,
}

/// A page of what was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub campaigns: Vec<ArchivedCampaign>,
    /// Where to go on; `None`: all was looked at.
    pub looked_to: Option<(DateTime<Utc>, Uuid)>,
}

/// Campaigns that one page looks at, at most.
const LOOK_AT_MAX: i64 = 2_000;

macro_rules! archived {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT c.id, c.slug, c.subject, c.started_at, l.name AS list_name, COALESCE(a.author, '') AS author",
            $columns,
            " FROM campaigns c JOIN lists l ON l.id = c.list_id
              LEFT JOIN articles a ON a.id = c.auto_article_id
              WHERE c.status IN ('sending', 'paused', 'sent', 'cancelled')
                AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL AND l.public = TRUE ",
            $rest
        )
    };
}

/// A first page is the page before the end of time: one text serves both.
fn before_or_end(before: Option<(DateTime<Utc>, Uuid)>) -> (DateTime<Utc>, Uuid) {
    before.unwrap_or((DateTime::from_timestamp(253_402_300_799, 0).unwrap_or_default(), Uuid::max()))
}

/// Campaigns of public lists whose sending has begun, the newest first, `limit` at most,
/// beginning after `before`.
pub async fn newest(
    tx: &mut Tx,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<ArchivedCampaign>> {
    let (time, id) = before_or_end(before);
    let sql = archived!(
        ", COALESCE(c.archive_summary, '') AS summary",
        "AND (c.started_at < $1 OR (c.started_at = $1 AND c.id < $2))
         ORDER BY c.started_at DESC, c.id DESC LIMIT $3"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(time).bind(id).bind(limit).fetch_all(conn).await)
}

/// The next campaigns before one, of a list or of all, that have all that is looked for: `limit` at most, of those that
/// one page looks at.
pub async fn search(
    tx: &mut Tx,
    search: &Search,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Found> {
    let (time, id) = before_or_end(before);
    let list_id = search.list_id.unwrap_or(Uuid::nil());
    let part = |at: usize| search.parts.get(at).map(String::as_str).unwrap_or_default();
    macro_rules! sql {
        ($position:literal) => {
            concat!(
                "SELECT id, slug, subject, started_at, list_name, author, summary FROM (",
                archived!(
                    ", COALESCE(c.archive_summary, '') AS summary, COALESCE(c.archive_text, '') AS text",
                    "AND (c.started_at < $1 OR (c.started_at = $1 AND c.id < $2)) AND (c.list_id = $3 OR $3 = $4)
                     ORDER BY c.started_at DESC, c.id DESC LIMIT $5"
                ),
                ") AS looked_at WHERE ",
                $position,
                "(text, $6) > 0 AND ",
                $position,
                "(text, $7) > 0 AND ",
                $position,
                "(text, $8) > 0 AND ",
                $position,
                "(text, $9) > 0 AND ",
                $position,
                "(text, $10) > 0 ORDER BY started_at DESC, id DESC LIMIT $11"
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!("instr"), postgres: sql!("strpos"));
    // Whoever looks for nothing finds what has no text yet, too.
    let look_at = if search.parts.is_empty() { limit + 1 } else { LOOK_AT_MAX };
    let mut campaigns: Vec<ArchivedCampaign> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(time)
        .bind(id)
        .bind(list_id)
        .bind(Uuid::nil())
        .bind(look_at)
        .bind(part(0))
        .bind(part(1))
        .bind(part(2))
        .bind(part(3))
        .bind(part(4))
        .bind(limit + 1)
        .fetch_all(conn)
        .await?);
    if campaigns.len() as i64 > limit {
        campaigns.truncate(limit as usize);
        let looked_to = campaigns.last().map(|last| (last.started_at, last.id));
        return Ok(Found { campaigns, looked_to });
    }
    let sql = "SELECT c.started_at, c.id FROM campaigns c JOIN lists l ON l.id = c.list_id
               WHERE c.status IN ('sending', 'paused', 'sent', 'cancelled')
                 AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL AND l.public = TRUE
                 AND (c.started_at < $1 OR (c.started_at = $1 AND c.id < $2)) AND (c.list_id = $3 OR $3 = $4)
               ORDER BY c.started_at DESC, c.id DESC LIMIT 1 OFFSET $5";
    let looked_to = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(time)
        .bind(id)
        .bind(list_id)
        .bind(Uuid::nil())
        .bind(look_at - 1)
        .fetch_optional(conn)
        .await?);
    Ok(Found { campaigns, looked_to })
}

/// A campaign of the archive that no search finds yet.
#[derive(Debug, sqlx::FromRow)]
pub struct Unsearchable {
    pub id: Uuid,
    pub subject: String,
    pub author: String,
    pub mail_content: Option<String>,
}

/// Some that no search finds yet.
pub async fn without_text(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Unsearchable>> {
    let sql = "SELECT c.id, c.subject, COALESCE(a.author, '') AS author, c.mail_content
               FROM campaigns c LEFT JOIN articles a ON a.id = c.auto_article_id
               WHERE c.archive_text IS NULL AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL
               ORDER BY c.id DESC LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Stores what a search finds a campaign by, and its line or two.
pub async fn set_text(tx: &mut WriteTx, id: Uuid, text: &str, summary: &str) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET archive_text = $2, archive_summary = $3 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(text).bind(summary).execute(conn).await.map(|_| ()))
}

/// The mail of a campaign of the archive, as its page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ArchivedMail {
    pub subject: String,
    /// Without any reader's links.
    pub mail_html: String,
    /// The whole content, as JSON; missing on what was sent before it was stored.
    pub mail_content: Option<String>,
    pub started_at: DateTime<Utc>,
    pub author: String,
    pub list_slug: String,
    pub list_name: String,
    pub list_language: String,
}

/// The mail of one campaign of the archive.
pub async fn mail(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<ArchivedMail>> {
    let sql = "SELECT c.subject, c.mail_html, c.mail_content, c.started_at, COALESCE(a.author, '') AS author,
                   l.slug AS list_slug, l.name AS list_name, l.language AS list_language
               FROM campaigns c JOIN lists l ON l.id = c.list_id
               LEFT JOIN articles a ON a.id = c.auto_article_id
               WHERE c.slug = $1 AND c.status IN ('sending', 'paused', 'sent', 'cancelled')
                 AND c.started_at IS NOT NULL AND c.mail_html IS NOT NULL AND l.public = TRUE";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(slug).fetch_optional(conn).await)
}
