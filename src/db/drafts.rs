//! What is written at the desk: campaigns before they are sent, articles of our own, and their history.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::articles::Article;
use super::campaigns::{self, with_next_number};
use super::{Tx, WriteTx, dialect, holds, on_either};
use crate::domain::campaign::CampaignStatus;
use crate::domain::hold::{HoldKind, HoldReason};
use crate::domain::slug::archive_slug;
use crate::locale::say;

/// Saves of one person within this are one line of the history.
const ONE_SITTING: TimeDelta = TimeDelta::minutes(2);

/// A campaign as the desk edits it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Draft {
    pub id: Uuid,
    pub list_id: Uuid,
    pub status: CampaignStatus,
    /// Whether anything holds it: see [`super::holds`].
    pub is_held: bool,
    pub subject: String,
    /// Empty: the first words of the mail.
    pub preheader: String,
    /// `None`: it was not written at the desk.
    pub markdown: Option<String>,
    /// Counts saves: who saves what they did not read is told.
    pub version: i64,
    pub updated_at: Option<DateTime<Utc>>,
    pub updated_by: Option<Uuid>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub scheduled_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    /// The campaign whose readers get this one.
    pub correction_of: Option<Uuid>,
    pub correction_reason: String,
    /// The segment that it is for, while there is that one; see [`super::segments::choose`].
    pub segment_id: Option<Uuid>,
    pub segment_name: Option<String>,
    pub segment_json: Option<String>,
    /// A feed's article made it.
    pub is_of_feed: bool,
}

/// Whom of its list a campaign is for, as an editor chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SegmentChoice {
    /// What was chosen before.
    #[default]
    Unchanged,
    Everyone,
    Saved(Uuid),
}

/// What an editor types into a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftText {
    pub list_id: Uuid,
    pub subject: String,
    pub preheader: String,
    pub markdown: String,
    /// In order.
    pub articles: Vec<Uuid>,
    pub segment: SegmentChoice,
}

/// Adds a draft.
pub async fn add(
    tx: &mut WriteTx,
    list_id: Uuid,
    subject: &str,
    by: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    macro_rules! sql {
        ($number:expr) => {
            concat!(
                "INSERT INTO campaigns (id, list_id, slug, status, subject, markdown, created_at, created_by,
                     updated_at, updated_by, number)
                 VALUES ($1, $2, $3, 'draft', $4, '', $5, $6, $5, $6, ",
                $number,
                ")"
            )
        };
    }
    let sql = with_next_number!(tx, sql);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(list_id)
        .bind(archive_slug(subject, id))
        .bind(subject)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Makes a draft a correction.
pub async fn set_correction(tx: &mut WriteTx, id: Uuid, of: Uuid, reason: &str) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET correction_of = $2, correction_reason = $3 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(of).bind(reason).execute(conn).await.map(|_| ()))
}

/// The correction of a campaign that is still being written, if there is one.
pub async fn open_correction(tx: &mut Tx, of: Uuid) -> sqlx::Result<Option<Uuid>> {
    let sql =
        "SELECT id FROM campaigns WHERE correction_of = $1 AND status IN ('draft', 'scheduled') LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(of).fetch_optional(conn).await)
}

/// A campaign as the desk edits it.
pub async fn get(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Draft>> {
    let sql = "SELECT id, list_id, status, is_held, subject, preheader, markdown, version, updated_at,
                   updated_by, scheduled_at, scheduled_by, approved_by, correction_of, correction_reason, segment_id,
                   segment_name, segment_json, auto_article_id IS NOT NULL AS is_of_feed
               FROM campaigns WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// A campaign's articles, in order.
pub async fn articles(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<Article>> {
    let sql =
        "SELECT a.id, a.url, a.title, a.author, a.summary_html, a.content_html, a.image_url, a.image_alt,
                   a.categories_json, a.published_at, a.first_seen_at, a.is_held
               FROM campaign_articles c JOIN articles a ON a.id = c.article_id
               WHERE c.campaign_id = $1 ORDER BY c.position, a.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_all(conn).await)
}

/// Saves a draft over the version that its writer read. False where it is no draft any more, or
/// somebody saved in between.
pub async fn save(
    tx: &mut WriteTx,
    id: Uuid,
    version: i64,
    text: &DraftText,
    by: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE campaigns SET list_id = $3, subject = $4, preheader = $5, markdown = $6,
                   version = version + 1, updated_at = $7, updated_by = $8
               WHERE id = $1 AND version = $2 AND status = 'draft' AND markdown IS NOT NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(version)
        .bind(text.list_id)
        .bind(&text.subject)
        .bind(&text.preheader)
        .bind(&text.markdown)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    if rows == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM campaign_articles WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
    for (position, article) in text.articles.iter().enumerate() {
        let sql = "INSERT INTO campaign_articles (campaign_id, article_id, position)
                   SELECT $1, id, $3 FROM articles WHERE id = $2 ON CONFLICT (campaign_id, article_id) DO NOTHING";
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(id)
            .bind(article)
            .bind(position as i64)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    let sql = "DELETE FROM campaign_versions WHERE campaign_id = $1 AND user_id = $2 AND saved_at > $3
                   AND version = (SELECT MAX(version) FROM campaign_versions WHERE campaign_id = $1)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(by)
        .bind(now - ONE_SITTING)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "INSERT INTO campaign_versions (campaign_id, version, user_id, saved_at, subject, preheader, markdown)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(version + 1)
        .bind(by)
        .bind(now)
        .bind(&text.subject)
        .bind(&text.preheader)
        .bind(&text.markdown)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(true)
}

/// A line of a history, the newest first.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    pub version: i64,
    pub saved_at: DateTime<Utc>,
    /// Who saved it; empty where they are gone.
    pub by_name: String,
    pub title: String,
    pub preheader: String,
    pub markdown: String,
}

impl Version {
    /// "412 words".
    pub fn words(&self) -> String {
        say("campaign-words").with("words", self.markdown.split_whitespace().count()).to_string()
    }
}

/// A campaign's history.
pub async fn versions(tx: &mut Tx, id: Uuid, limit: i64) -> sqlx::Result<Vec<Version>> {
    let sql = "SELECT v.version, v.saved_at, COALESCE(NULLIF(u.name, ''), u.email, '') AS by_name,
                   v.subject AS title, v.preheader, v.markdown
               FROM campaign_versions v LEFT JOIN users u ON u.id = v.user_id
               WHERE v.campaign_id = $1 ORDER BY v.version DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).bind(limit).fetch_all(conn).await)
}

/// Gives a draft its time. False where it is no draft of that version any more.
pub async fn schedule(
    tx: &mut WriteTx,
    id: Uuid,
    version: i64,
    at: DateTime<Utc>,
    by: Uuid,
) -> sqlx::Result<bool> {
    // The version first: whoever saves meanwhile waits for the row, and finds no draft any more.
    let sql = "UPDATE campaigns SET scheduled_at = $3, scheduled_by = $4, approved_by = NULL
               WHERE id = $1 AND version = $2 AND status = 'draft' AND markdown IS NOT NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(version)
        .bind(at)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1 && campaigns::transition(tx, id, CampaignStatus::Draft, CampaignStatus::Scheduled).await?)
}

/// Gives a draft that a feed made its time. False where it is none any more.
pub async fn schedule_of_feed(tx: &mut WriteTx, id: Uuid, at: DateTime<Utc>, by: Uuid) -> sqlx::Result<bool> {
    let sql = "UPDATE campaigns SET scheduled_at = $2, scheduled_by = $3, approved_by = NULL
               WHERE id = $1 AND status = 'draft' AND auto_article_id IS NOT NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(at)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1 && campaigns::transition(tx, id, CampaignStatus::Draft, CampaignStatus::Scheduled).await?)
}

/// Takes a campaign's time away, with what was approved and what held it. False where it has begun, or
/// nobody scheduled it.
pub async fn unschedule(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<bool> {
    let sql = "UPDATE campaigns SET scheduled_at = NULL, scheduled_by = NULL, approved_by = NULL
               WHERE id = $1 AND status = 'scheduled' AND (markdown IS NOT NULL OR scheduled_by IS NOT NULL)";
    let rows = on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await?.rows_affected());
    Ok(rows == 1 && campaigns::transition(tx, id, CampaignStatus::Scheduled, CampaignStatus::Draft).await?)
}

/// Holds a scheduled campaign until another person than `by` has approved it.
pub async fn await_approval(
    tx: &mut WriteTx,
    id: Uuid,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    holds::add(tx, &[id], &HoldReason::AwaitsApproval, now).await?;
    let sql = "UPDATE campaigns SET scheduled_by = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(by).execute(conn).await.map(|_| ()))
}

/// Makes a draft again of a campaign that was thrown away or cancelled before anything of it began.
/// False where that is not so.
pub async fn bring_back(tx: &mut WriteTx, id: Uuid, by: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE campaigns SET status_reason = NULL, scheduled_at = NULL, scheduled_by = NULL,
                   approved_by = NULL, finished_at = NULL, counted_at = NULL, updated_at = $2, updated_by = $3
               WHERE id = $1 AND status = 'cancelled' AND started_at IS NULL
                 AND (markdown IS NOT NULL OR (auto_article_id IS NOT NULL AND scheduled_at IS NULL))";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1 && campaigns::transition(tx, id, CampaignStatus::Cancelled, CampaignStatus::Draft).await?)
}

/// Takes the hold off a campaign that waits for another person. False where it does not wait, or `by` is who
/// scheduled it.
pub async fn approve(tx: &mut WriteTx, id: Uuid, by: Uuid, not_before: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE campaigns SET approved_by = $2,
                   scheduled_at = CASE WHEN scheduled_at < $3 THEN $3 ELSE scheduled_at END
               WHERE id = $1 AND status = 'scheduled' AND (scheduled_by IS NULL OR scheduled_by <> $2)";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(by)
        .bind(not_before)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1 && holds::release(tx, id, HoldKind::Approval).await?)
}

/// How many readers would get a campaign to a list: active, at cadence `each`, as enqueueing asks.
/// Counted no further than `limit`.
pub async fn count_readers(tx: &mut Tx, list_id: Uuid, limit: i64) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscriptions
                   WHERE list_id = $1 AND status = 'active' AND cadence = 'each' LIMIT $2) AS few";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(limit).fetch_one(conn).await)
}

/// How many readers got a campaign, counted no further than `limit`.
pub async fn count_got(tx: &mut Tx, campaign_id: Uuid, limit: i64) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM deliveries
                   WHERE campaign_id = $1 AND status IN ('sent', 'uncertain') LIMIT $2) AS few";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(limit).fetch_one(conn).await)
}

/// An article as the desk shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskArticle {
    pub id: Uuid,
    pub url: String,
    pub title: String,
    pub author: String,
    pub published_at: DateTime<Utc>,
    pub is_held: bool,
    pub retired_at: Option<DateTime<Utc>>,
    /// Written here, not read from a feed.
    pub is_ours: bool,
    /// The subject of the newest campaign with it; empty where there is none.
    pub mailed_as: String,
    pub mailed_status: String,
}

/// Which articles are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    pub state: ArticleState,
    /// Written here, or read from a feed.
    pub ours: Option<bool>,
    /// A part of the title; of the letters outside ASCII, SQLite tells large from small.
    pub title: String,
}

/// What became of articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleState {
    /// Whatever became of them, but for those that are retired.
    #[default]
    Any,
    /// In no campaign, and not held.
    Unused,
    /// In a campaign, whatever became of that.
    Used,
    Held,
    Retired,
}

impl ArticleState {
    pub const ALL: [ArticleState; 5] = [Self::Any, Self::Unused, Self::Used, Self::Held, Self::Retired];

    /// As a URL says it.
    pub fn as_str(self) -> &'static str {
        match self {
            ArticleState::Any => "",
            ArticleState::Unused => "unused",
            ArticleState::Used => "used",
            ArticleState::Held => "held",
            ArticleState::Retired => "retired",
        }
    }

    /// As a page says it.
    pub fn label(self) -> String {
        let key = match self {
            ArticleState::Any => "article-filter-any",
            ArticleState::Unused => "article-filter-unused",
            ArticleState::Used => "article-filter-used",
            ArticleState::Held => "campaign-status-held",
            ArticleState::Retired => "article-state-retired",
        };
        say(key).to_string()
    }

    pub fn parse(text: &str) -> Option<ArticleState> {
        ArticleState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Articles older than `before` that a filter lets through, the newest first.
pub async fn articles_page(
    tx: &mut Tx,
    filter: &ArticleFilter,
    before: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<DeskArticle>> {
    macro_rules! sql {
        ($like:literal) => {
            concat!(
                "SELECT a.id, a.url, a.title, a.author, a.published_at, a.is_held, a.retired_at,
                     a.markdown IS NOT NULL AS is_ours,
                     COALESCE((SELECT c.subject FROM campaign_articles m JOIN campaigns c ON c.id = m.campaign_id
                               WHERE m.article_id = a.id ORDER BY c.id DESC LIMIT 1), '') AS mailed_as,
                     COALESCE((SELECT c.status FROM campaign_articles m JOIN campaigns c ON c.id = m.campaign_id
                               WHERE m.article_id = a.id ORDER BY c.id DESC LIMIT 1), '') AS mailed_status
                 FROM articles a WHERE a.id < $1
                   AND (a.retired_at IS NOT NULL) = ($3 = 'retired')
                   AND ($3 <> 'held' OR a.is_held = TRUE)
                   AND ($3 <> 'unused' OR a.is_held = FALSE)
                   AND ($3 NOT IN ('used', 'unused') OR ($3 = 'used')
                        = EXISTS (SELECT 1 FROM campaign_articles m WHERE m.article_id = a.id))
                   AND ($4 = '' OR (a.markdown IS NOT NULL) = ($4 = 'ours'))
                   AND ($5 = '' OR a.title ",
                $like,
                " $5 ESCAPE '!')
                 ORDER BY a.id DESC LIMIT $2"
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!("LIKE"), postgres: sql!("ILIKE"));
    let ours = filter.ours.map_or("", |ours| if ours { "ours" } else { "feed" });
    let title = match filter.title.as_str() {
        "" => String::new(),
        part => format!("%{}%", part.replace('!', "!!").replace('%', "!%").replace('_', "!_")),
    };
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(before)
        .bind(limit)
        .bind(filter.state.as_str())
        .bind(ours)
        .bind(title)
        .fetch_all(conn)
        .await)
}

/// The title of an article of a campaign that is retired, if one is.
pub async fn retired_article(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Option<String>> {
    let sql = "SELECT a.title FROM campaign_articles c JOIN articles a ON a.id = c.article_id
               WHERE c.campaign_id = $1 AND a.retired_at IS NOT NULL ORDER BY c.position LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_optional(conn).await)
}

/// An article of our own, as it is written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnArticle {
    pub id: Uuid,
    pub title: String,
    pub url: String,
    pub author: String,
    pub markdown: String,
    pub version: i64,
    pub updated_at: Option<DateTime<Utc>>,
    pub updated_by: Option<Uuid>,
}

/// Adds an article of our own.
pub async fn add_article(
    tx: &mut WriteTx,
    title: &str,
    author: &str,
    by: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let sql =
        "INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt,
                   published_at, first_seen_at, markdown, version, updated_at, updated_by)
               VALUES ($1, '', $2, $3, '', '', '', '', $4, $4, '', 0, $4, $5)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(title)
        .bind(author)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// An article of our own; `None` for one of a feed.
pub async fn own_article(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<OwnArticle>> {
    let sql = "SELECT id, title, url, author, markdown, version, updated_at, updated_by
               FROM articles WHERE id = $1 AND markdown IS NOT NULL";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Saves an article over the version that its writer read, with the HTML of its Markdown. False where
/// somebody saved in between.
pub async fn save_article(
    tx: &mut WriteTx,
    article: &OwnArticle,
    html: &str,
    by: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE articles SET title = $3, url = $4, author = $5, markdown = $6, content_html = $7,
                   version = version + 1, updated_at = $8, updated_by = $9
               WHERE id = $1 AND version = $2 AND markdown IS NOT NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(article.id)
        .bind(article.version)
        .bind(&article.title)
        .bind(&article.url)
        .bind(&article.author)
        .bind(&article.markdown)
        .bind(html)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    if rows == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM article_versions WHERE article_id = $1 AND user_id = $2 AND saved_at > $3
                   AND version = (SELECT MAX(version) FROM article_versions WHERE article_id = $1)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(article.id)
        .bind(by)
        .bind(now - ONE_SITTING)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "INSERT INTO article_versions (article_id, version, user_id, saved_at, title, markdown)
               VALUES ($1, $2, $3, $4, $5, $6)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(article.id)
        .bind(article.version + 1)
        .bind(by)
        .bind(now)
        .bind(&article.title)
        .bind(&article.markdown)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(true)
}

/// An article's history.
pub async fn article_versions(tx: &mut Tx, id: Uuid, limit: i64) -> sqlx::Result<Vec<Version>> {
    let sql = "SELECT v.version, v.saved_at, COALESCE(NULLIF(u.name, ''), u.email, '') AS by_name, v.title,
                   '' AS preheader, v.markdown
               FROM article_versions v LEFT JOIN users u ON u.id = v.user_id
               WHERE v.article_id = $1 ORDER BY v.version DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).bind(limit).fetch_all(conn).await)
}

/// How many campaigns hold an article, whatever became of them.
pub async fn count_campaigns_with(tx: &mut Tx, article: Uuid) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM campaign_articles WHERE article_id = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(article).fetch_one(conn).await)
}

/// Deletes an article of our own with its history. False where it is none, or a campaign holds it.
pub async fn remove_article(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<bool> {
    let sql = "DELETE FROM articles WHERE id = $1 AND markdown IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM campaign_articles c WHERE c.article_id = articles.id)";
    let rows = on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}
