//! Campaigns.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::alerts::{self, About};
use super::{Engine, Tx, WriteTx, dialect, digests, holds, list_articles, on_either};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::slug::archive_slug;
use crate::domain::subscription::Cadence;

/// The text of a statement that adds a campaign, made by the macro `$sql` from what gives it its number. PostgreSQL's
/// is a sequence: who adds a campaign waits for no other who does, and a number whose transaction fails is left out.
macro_rules! with_next_number {
    ($tx:expr, $sql:ident) => {
        $crate::db::dialect!(
            $tx,
            sqlite: $sql!("(SELECT COALESCE(MAX(number), 0) + 1 FROM campaigns)"),
            postgres: $sql!("nextval('campaign_numbers')")
        )
    };
}
pub(super) use with_next_number;

/// Schedules the campaign that an article makes by itself on a list: at most one, however often it is asked. Its id,
/// where it is new, or was a draft that waited for an editor.
pub async fn add_for_article(
    tx: &mut WriteTx,
    list_id: Uuid,
    article_id: Uuid,
    title: &str,
    scheduled_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let Some((known, status)) = of_article_on_list(tx, list_id, article_id).await? else {
        return insert_for_article(tx, list_id, article_id, title, Some(scheduled_at), now).await;
    };
    if status != CampaignStatus::Draft
        || !transition(tx, known, CampaignStatus::Draft, CampaignStatus::Scheduled).await?
    {
        return Ok(None);
    }
    let sql = "UPDATE campaigns SET scheduled_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(known).bind(scheduled_at).execute(conn).await.map(|_| ()))?;
    Ok(Some(known))
}

/// Adds that campaign as a draft, which waits for an editor. Its id, where it is new.
pub async fn add_draft_for_article(
    tx: &mut WriteTx,
    list_id: Uuid,
    article_id: Uuid,
    title: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    match of_article_on_list(tx, list_id, article_id).await? {
        Some(_) => Ok(None),
        None => insert_for_article(tx, list_id, article_id, title, None, now).await,
    }
}

/// The campaign that an article has made by itself on a list. Asked first: a conflict would use up a number.
async fn of_article_on_list(
    tx: &mut Tx,
    list_id: Uuid,
    article_id: Uuid,
) -> sqlx::Result<Option<(Uuid, CampaignStatus)>> {
    let sql = "SELECT id, status FROM campaigns WHERE list_id = $1 AND auto_article_id = $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(article_id).fetch_optional(conn).await)
}

async fn insert_for_article(
    tx: &mut WriteTx,
    list_id: Uuid,
    article_id: Uuid,
    title: &str,
    scheduled_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let id = Uuid::now_v7();
    macro_rules! sql {
        ($number:expr) => {
            concat!(
                "INSERT INTO campaigns (id, list_id, auto_article_id, slug, status, subject, created_at,
                     scheduled_at, number)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ",
                $number,
                ") ON CONFLICT (list_id, auto_article_id) DO NOTHING"
            )
        };
    }
    let sql = with_next_number!(tx, sql);
    let status = if scheduled_at.is_some() { CampaignStatus::Scheduled } else { CampaignStatus::Draft };
    let added = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(list_id)
        .bind(article_id)
        .bind(archive_slug(title, id))
        .bind(status)
        .bind(title)
        .bind(now)
        .bind(scheduled_at)
        .execute(conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Ok(None);
    }
    let sql = "INSERT INTO campaign_articles (campaign_id, article_id) VALUES ($1, $2)";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(article_id).execute(conn).await.map(|_| ()))?;
    Ok(Some(id))
}

/// A campaign, but for its mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Campaign {
    pub id: Uuid,
    /// Its short name, for a return path: no other has it.
    pub number: i64,
    pub list_id: Uuid,
    pub slug: String,
    pub status: CampaignStatus,
    /// Whether anything holds it: see [`super::holds`].
    pub is_held: bool,
    /// Why it is paused or cancelled, where somebody said so.
    pub status_reason: Option<String>,
    pub subject: String,
    pub auto_article_id: Option<Uuid>,
    /// The editor's own HTML, where no article is behind it.
    pub source_html: Option<String>,
    pub created_at: DateTime<Utc>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub enqueued_to: Option<Uuid>,
    pub enqueued_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// When it began to send, or to send again.
    pub sending_since: Option<DateTime<Utc>>,
    /// Which of its list it is for: a segment's definition. `None`: all of it.
    pub segment_json: Option<String>,
    /// What that segment was called.
    pub segment_name: Option<String>,
    /// Whose readers' digest it is.
    pub digest_cadence: Option<Cadence>,
    /// Behind which of its list's numbers a digest begins, and up to which it goes, as it began.
    pub digest_from: Option<i64>,
    pub digest_to: Option<i64>,
    /// Whether it goes past its list's daily cap and quiet hours.
    pub is_breaking: bool,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, list_id, slug, status, is_held, status_reason, subject, auto_article_id, source_html,
                    created_at, scheduled_at, started_at, enqueued_to, enqueued_at, finished_at, sending_since,
                    segment_json, segment_name, digest_cadence, digest_from, digest_to, is_breaking
             FROM campaigns ",
            $rest
        )
    };
}

/// One campaign.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Campaign>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The newest with this subject.
pub async fn newest(tx: &mut Tx, subject: &str) -> sqlx::Result<Option<Campaign>> {
    let sql = select!("WHERE subject = $1 ORDER BY created_at DESC, id DESC LIMIT 1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subject).fetch_optional(conn).await)
}

/// The campaigns that somebody means: by id, by the archive's slug, or by the first characters of an
/// id. More than one where that is not enough; three at most.
pub async fn named(tx: &mut Tx, name: &str) -> sqlx::Result<Vec<Campaign>> {
    let sql = select!("WHERE slug = $1");
    let by_slug: Vec<Campaign> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(name).fetch_all(conn).await?);
    let Some((from, to)) = ids_beginning_with(name).filter(|_| by_slug.is_empty()) else {
        return Ok(by_slug);
    };
    let sql = select!("WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 3");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(from).bind(to).fetch_all(conn).await)
}

/// The first and the last id that begin with these characters; `None` where no id does.
fn ids_beginning_with(text: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let fits = (4..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !fits {
        return None;
    }
    let filled = |with: &str| Uuid::parse_str(&format!("{digits}{}", with.repeat(32 - digits.len()))).ok();
    filled("0").zip(filled("f"))
}

/// The next campaigns older than `before`, the newest first; those of one status, where it is
/// given. Their mails' source is left out.
pub async fn page(
    tx: &mut Tx,
    status: Option<CampaignStatus>,
    before: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Campaign>> {
    let sql = "SELECT id, number, list_id, slug, status, is_held, status_reason, subject, auto_article_id,
                   CAST(NULL AS TEXT) AS source_html, created_at, scheduled_at, started_at, enqueued_to,
                   enqueued_at, finished_at, sending_since, segment_json, segment_name, digest_cadence, digest_from,
                   digest_to, is_breaking
               FROM campaigns WHERE id < $1 AND ($2 = '' OR status = $2) ORDER BY id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(before)
        .bind(status.map_or("", CampaignStatus::as_str))
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// Keeps a campaign's status as it is until this transaction ends; on SQLite the one writer does.
pub async fn lock(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM campaigns WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Pauses a campaign that is sending and says why. False where it is not sending.
pub async fn pause_with_reason(
    tx: &mut WriteTx,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    apply(tx, id, CampaignAction::Pause, Some(reason), now).await
}

/// All that are being delivered, not held, and not of a retired list; the one that began first, first.
pub async fn sending(tx: &mut Tx) -> sqlx::Result<Vec<Campaign>> {
    let sql = select!(
        "WHERE status = 'sending' AND is_held = FALSE
           AND NOT EXISTS (SELECT 1 FROM lists l WHERE l.id = list_id AND l.retired_at IS NOT NULL)
         ORDER BY started_at, id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Those whose time has come and that nothing holds.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<Campaign>> {
    let sql = select!(
        "WHERE status = 'scheduled' AND is_held = FALSE AND scheduled_at <= $1 ORDER BY scheduled_at, id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).fetch_all(conn).await)
}

/// Cancelled ones that may still have deliveries to skip.
pub async fn to_sweep(tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns WHERE status = 'cancelled' AND finished_at IS NULL";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// Those that may have deliveries in a worker's hands.
pub async fn unfinished(tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns WHERE status IN ('sending', 'paused')
                  OR (status = 'cancelled' AND finished_at IS NULL)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// Adds a draft made of an editor's own HTML.
pub async fn add_from_html(
    tx: &mut WriteTx,
    list_id: Uuid,
    subject: &str,
    html: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    macro_rules! sql {
        ($number:expr) => {
            concat!(
                "INSERT INTO campaigns (id, list_id, slug, status, subject, source_html, created_at, number)
                 VALUES ($1, $2, $3, 'draft', $4, $5, $6, ",
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
        .bind(html)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Gives a campaign from an editor's own HTML its time: a draft is scheduled, a scheduled one gets another time.
pub async fn schedule(tx: &mut WriteTx, id: Uuid, at: DateTime<Utc>) -> sqlx::Result<bool> {
    lock(tx, id).await?;
    let Some(campaign) = by_id(tx, id).await? else { return Ok(false) };
    let is_scheduled = match campaign.status {
        CampaignStatus::Scheduled => true,
        status => match status.after(CampaignAction::Schedule) {
            Ok(next) => transition(tx, id, status, next).await?,
            Err(_) => false,
        },
    };
    if !is_scheduled {
        return Ok(false);
    }
    let sql = "UPDATE campaigns SET scheduled_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(at).execute(conn).await.map(|_| ()))?;
    Ok(true)
}

/// Moves a campaign from one status to the next: the only statement that changes one. False where it does not stand
/// at `from` any more. What stops being on its way loses its holds.
///
/// # Panics
/// Where [`CampaignStatus::MOVES`] has no such move.
pub async fn transition(
    tx: &mut WriteTx,
    id: Uuid,
    from: CampaignStatus,
    to: CampaignStatus,
) -> sqlx::Result<bool> {
    assert!(from.may_become(to), "no campaign becomes {to:?} that is {from:?}");
    let sql = "UPDATE campaigns SET status = $3 WHERE id = $1 AND status = $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(from)
        .bind(to)
        .execute(conn)
        .await?
        .rows_affected());
    if rows == 1 && !to.is_on_its_way() {
        holds::clear(tx, id).await?;
    }
    Ok(rows == 1)
}

/// Applies an action; false where the status does not allow it, or somebody else was first.
pub async fn apply(
    tx: &mut WriteTx,
    id: Uuid,
    action: CampaignAction,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let Some(campaign) = by_id(tx, id).await? else { return Ok(false) };
    let Ok(next) = campaign.status.after(action) else { return Ok(false) };
    if !transition(tx, id, campaign.status, next).await? {
        return Ok(false);
    }
    let sql = "UPDATE campaigns SET status_reason = $3,
                   started_at = CASE WHEN $2 = 'sending' THEN COALESCE(started_at, $4) ELSE started_at END,
                   sending_since = CASE WHEN $2 = 'sending' THEN $4 ELSE sending_since END,
                   finished_at = CASE WHEN $2 = 'sent' THEN $4 END
               WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(next)
        .bind(reason)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    if next == CampaignStatus::Cancelled {
        // What was stopped is due to nobody, by whatever path.
        if let Some(article_id) = campaign.auto_article_id {
            let why = reason.unwrap_or_default();
            Box::pin(list_articles::set_not_due(tx, campaign.list_id, article_id, why, now)).await?;
        }
        Box::pin(digests::settle_cancelled(tx, id)).await?;
    }
    // What stopped it is over, though it may be stopped again.
    if campaign.status == CampaignStatus::Paused {
        alerts::end(tx, About::Campaign(id), now).await?;
    }
    Ok(true)
}

/// Stores the mail that a campaign sends: `mail_html` as the archive shows it, `mail_content`
/// with its slots for the readers' links.
pub async fn set_mail(
    tx: &mut WriteTx,
    id: Uuid,
    subject: &str,
    mail_html: &str,
    mail_content: &str,
) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET subject = $2, mail_html = $3, mail_content = $4, archive_text = NULL WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(subject)
        .bind(mail_html)
        .bind(mail_content)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The stored mail with its slots.
pub async fn mail_content(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<String>> {
    let sql = "SELECT mail_content FROM campaigns WHERE id = $1";
    let found: Option<Option<String>> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)?;
    Ok(found.flatten())
}

/// Notes how far enqueueing has come; `None`: it is through.
pub async fn set_enqueued(
    tx: &mut WriteTx,
    id: Uuid,
    to: Option<Uuid>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET enqueued_to = COALESCE($2, enqueued_to),
                   enqueued_at = CASE WHEN $3 THEN $4 ELSE enqueued_at END WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(to)
        .bind(to.is_none())
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Says that a campaign which was read as `sending`, with nothing open, is sent: unless it was stopped or
/// began to send again since. False where it was.
pub async fn finish(tx: &mut WriteTx, campaign: &Campaign, now: DateTime<Utc>) -> sqlx::Result<bool> {
    lock(tx, campaign.id).await?;
    let sql = "SELECT sending_since FROM campaigns WHERE id = $1";
    let since: Option<Option<DateTime<Utc>>> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign.id).fetch_optional(conn).await?);
    if since != Some(campaign.sending_since) {
        return Ok(false);
    }
    apply(tx, campaign.id, CampaignAction::Finish, None, now).await
}

/// Puts off what is scheduled: its list is quiet until then.
pub async fn put_off(tx: &mut WriteTx, id: Uuid, until: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET scheduled_at = $2 WHERE id = $1 AND status = 'scheduled'";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(until).execute(conn).await.map(|_| ()))
}

/// Says that a campaign goes past its list's daily cap and quiet hours.
pub async fn set_breaking(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET is_breaking = TRUE WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}

/// Says that a cancelled campaign has nothing left to skip.
pub async fn set_swept(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET finished_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await.map(|_| ()))
}

/// A campaign as the desk lists it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub id: Uuid,
    pub list_id: Uuid,
    pub list_name: String,
    /// The segment of it that it is for.
    pub segment_name: Option<String>,
    pub slug: String,
    pub status: CampaignStatus,
    /// Whether anything holds it: see [`super::holds`].
    pub is_held: bool,
    pub status_reason: Option<String>,
    pub subject: String,
    pub created_at: DateTime<Utc>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub enqueued_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// When its deliveries were counted last.
    pub counted_at: Option<DateTime<Utc>>,
    /// The campaign whose readers get this one.
    pub correction_of: Option<Uuid>,
}

macro_rules! select_listed {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.list_id, l.name AS list_name, c.segment_name, c.slug, c.status, c.is_held, c.status_reason,
                 c.subject, c.created_at, c.scheduled_at, c.started_at, c.enqueued_at, c.finished_at,
                 c.counted_at, c.correction_of
             FROM campaigns c JOIN lists l ON l.id = c.list_id ",
            $rest
        )
    };
}

/// Campaigns older than `before`, the newest first; of one status and one list, where they are given.
pub async fn listed(
    tx: &mut Tx,
    status: Option<CampaignStatus>,
    list_id: Option<Uuid>,
    before: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let sql = select_listed!(
        "WHERE c.id < $1 AND ($2 = '' OR c.status = $2) AND ($3 OR c.list_id = $4) ORDER BY c.id DESC LIMIT $5"
    );
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(before)
        .bind(status.map_or("", CampaignStatus::as_str))
        .bind(list_id.is_none())
        .bind(list_id.unwrap_or(Uuid::nil()))
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// The same for those that were begun and are over, by when they began: reports.
pub async fn reported(tx: &mut Tx, before: Uuid, limit: i64) -> sqlx::Result<Vec<Listed>> {
    let sql = select_listed!(
        "WHERE c.id < $1 AND c.status IN ('sent', 'cancelled') AND c.started_at IS NOT NULL
         ORDER BY c.id DESC LIMIT $2"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(before).bind(limit).fetch_all(conn).await)
}

/// One campaign as the desk lists it.
pub async fn one_listed(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Listed>> {
    let sql = select_listed!("WHERE c.id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Those that wait for somebody: held, or paused. What is over waits for nobody.
pub async fn waiting(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Listed>> {
    // The first condition is that of the index, word for word.
    let sql = select_listed!(
        "WHERE (c.is_held = TRUE OR c.status = 'paused') AND c.status NOT IN ('sent', 'cancelled')
         ORDER BY c.id DESC LIMIT $1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Drafts that feeds made, which wait for an editor, the newest first.
pub async fn drafts_of_feeds(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Listed>> {
    let sql = select_listed!(
        "WHERE c.status = 'draft' AND c.auto_article_id IS NOT NULL ORDER BY c.id DESC LIMIT $1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// What goes out next by itself, the soonest first.
pub async fn next_out(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Listed>> {
    let sql = select_listed!(
        "WHERE c.status = 'scheduled' AND c.is_held = FALSE ORDER BY c.scheduled_at, c.id LIMIT $1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// What is being sent now, what began last first.
pub async fn on_their_way(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Listed>> {
    let sql = select_listed!(
        "WHERE c.status = 'sending' AND c.is_held = FALSE ORDER BY c.started_at DESC, c.id DESC LIMIT $1"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// How many things wait for somebody, but for what the brake holds: campaigns held or paused, articles
/// held, feeds switched off by their end, drafts that feeds made. Asked for each page of the desk: indexes answer.
pub async fn count_waiting(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = "SELECT (SELECT COUNT(*) FROM campaigns WHERE (is_held = TRUE OR status = 'paused')
                         AND status NOT IN ('sent', 'cancelled'))
                    + (SELECT COUNT(DISTINCT article_id) FROM holds WHERE kind <> 'brake' AND article_id IS NOT NULL)
                    + (SELECT COUNT(*) FROM feeds WHERE status = 'disabled' AND failures > 0)
                    + (SELECT COUNT(*) FROM campaigns WHERE status = 'draft' AND auto_article_id IS NOT NULL)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// Scheduled ones that could have begun at `by` and have not: nothing held them, and nobody touched
/// them since.
pub async fn overdue(tx: &mut Tx, by: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns
               WHERE status = 'scheduled' AND is_held = FALSE AND scheduled_at <= $1 AND created_at <= $1
                 AND (updated_at IS NULL OR updated_at <= $1) AND (released_at IS NULL OR released_at <= $1)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(by).fetch_all(conn).await)
}

/// Scheduled digests whose time has come, with their lists and times.
pub async fn digests_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<(Uuid, Uuid, DateTime<Utc>)>> {
    let sql = "SELECT id, list_id, scheduled_at FROM campaigns
               WHERE status = 'scheduled' AND digest_cadence IS NOT NULL AND scheduled_at <= $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).fetch_all(conn).await)
}

/// Those of a list that are on their way.
pub async fn on_their_way_to(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns
               WHERE list_id = $1 AND status IN ('scheduled', 'sending', 'paused') ORDER BY id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).fetch_all(conn).await)
}

/// Notes that somebody decided about a campaign that was held: from now on it counts as on time.
pub async fn set_released(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET released_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await.map(|_| ()))
}

/// A campaign that is held, as somebody who decides about it reads it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeldCampaign {
    pub id: Uuid,
    pub list_id: Uuid,
    pub list_name: String,
    pub subject: String,
    pub status: CampaignStatus,
    pub auto_article_id: Option<Uuid>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
}

/// What is held, the newest first, behind `before`.
pub async fn held(tx: &mut Tx, before: Uuid, limit: i64) -> sqlx::Result<Vec<HeldCampaign>> {
    let sql = "SELECT c.id, c.list_id, l.name AS list_name, c.subject, c.status, c.auto_article_id,
                   c.scheduled_at, c.started_at
               FROM campaigns c JOIN lists l ON l.id = c.list_id
               WHERE c.is_held = TRUE AND c.status IN ('scheduled', 'sending', 'paused') AND c.id < $1
               ORDER BY c.id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(before).bind(limit).fetch_all(conn).await)
}

/// How many are held.
pub async fn count_held(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM campaigns
               WHERE is_held = TRUE AND status IN ('scheduled', 'sending', 'paused')";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// The newest of a list.
pub async fn newest_of_list(tx: &mut Tx, list_id: Uuid, limit: i64) -> sqlx::Result<Vec<Campaign>> {
    let sql = "SELECT id, number, list_id, slug, status, is_held, status_reason, subject, auto_article_id,
                   CAST(NULL AS TEXT) AS source_html, created_at, scheduled_at, started_at, enqueued_to,
                   enqueued_at, finished_at, sending_since, segment_json, segment_name, digest_cadence, digest_from,
                   digest_to, is_breaking
               FROM campaigns WHERE list_id = $1 ORDER BY id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(limit).fetch_all(conn).await)
}

/// A campaign about an article.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AboutArticle {
    pub article_id: Uuid,
    pub id: Uuid,
    pub list_name: String,
    pub status: CampaignStatus,
    /// Whether anything holds it: see [`super::holds`].
    pub is_held: bool,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
}

/// The campaigns about some articles, the oldest first.
pub async fn about_articles(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<AboutArticle>> {
    macro_rules! sql {
        ($ids:literal) => {
            concat!(
                "SELECT ca.article_id, c.id, l.name AS list_name, c.status, c.is_held, c.scheduled_at,
                     c.started_at
                 FROM campaign_articles ca JOIN campaigns c ON c.id = ca.campaign_id
                 JOIN lists l ON l.id = c.list_id WHERE ca.article_id IN (",
                $ids,
                ") ORDER BY c.id"
            )
        };
    }
    let sql = dialect!(tx,
        sqlite: sql!("SELECT unhex(value) FROM json_each($1)"),
        postgres: sql!("SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value"));
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let ids = serde_json::json!(ids).to_string();
    on_either!(tx, |conn| sqlx::query_as(sql).bind(&ids).fetch_all(conn).await)
}
