//! When a campaign is sent: scheduled, taken back, and approved by a second person.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    SUBJECT_CHARS_MAX, check_draft_placeholders, check_line, check_readable, conflict, refused, subject_of,
    writer,
};
use crate::actions::{Context, Result};
use crate::app::App;
use crate::db::audit;
use crate::db::drafts::{self, Draft};
use crate::db::{Tx, WriteTx, campaigns, holds, lists, publication, segments};
use crate::domain::campaign::CampaignStatus;
use crate::domain::hold::{Hold, HoldKind, HoldReason};
use crate::domain::refusal::editorial as codes;
use crate::domain::refusal::{common, readers};

/// Nobody means to schedule further off than this.
const AHEAD_MAX: TimeDelta = TimeDelta::days(730);

/// When a campaign is to be sent.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// After the undo window.
    Now,
    At(DateTime<Utc>),
}

/// What came of scheduling.
#[derive(Clone, Copy, Debug)]
pub struct Scheduled {
    pub at: DateTime<Utc>,
    pub awaits_approval: bool,
}

/// Whether a campaign to a list that somebody sends needs another person's yes.
pub async fn wants_second_person(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<bool> {
    Ok(match publication::sending(tx).await?.two_person_min {
        Some(min) if min <= 0 => true,
        Some(min) => drafts::count_readers(tx, list_id, min).await? >= min,
        None => false,
    })
}

/// Whether a campaign waits for another person's yes.
pub async fn awaits_approval(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    Ok(holds::of_campaign(tx, id).await?.iter().any(|hold| hold.kind == HoldKind::Approval))
}

/// Gives a draft its time: what was read as `version` is what is sent.
pub async fn schedule(cx: &Context<'_>, id: Uuid, version: i64, when: When) -> Result<Scheduled> {
    let (app, me, user) = writer(cx)?;
    check_readable(app, id).await?;
    check_stored_placeholders(app, id).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    // A form sent twice schedules once.
    if let (CampaignStatus::Scheduled, true, Some(at)) =
        (draft.status, draft.version == version, draft.scheduled_at)
    {
        return Ok(Scheduled { at, awaits_approval: awaits_approval(&mut tx, id).await? });
    }
    check_sendable(&mut tx, &draft, user, version).await?;
    let at = time_of(&mut tx, when, now).await?;
    let awaits_approval = wants_second_person(&mut tx, draft.list_id).await?;
    // From here on it is for whom the segment means now, whatever becomes of that.
    if let Some(segment) = draft.segment_id {
        let saved = segments::by_id(&mut tx, segment).await?;
        segments::choose(
            &mut tx,
            id,
            Some(&saved.ok_or_else(|| readers::SEGMENT_CHOSEN_GONE.on("segment"))?),
        )
        .await?;
    }
    if !drafts::schedule(&mut tx, id, version, at, user).await? {
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    if awaits_approval {
        holds::add(&mut tx, &[id], &HoldReason::AwaitsApproval, now).await?;
    }
    let mut after = serde_json::json!({ "at": at, "awaits approval": awaits_approval });
    if let Some(name) = draft.segment_name.as_deref() {
        after["segment"] = name.into();
    }
    audit::note(&mut tx, me, "scheduled", subject_of(&draft), (), after, now).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Scheduled { at, awaits_approval })
}

/// Sends a draft that a feed made, after the undo window: its grace is over. One from the future goes out on its date.
pub async fn send_draft(cx: &Context<'_>, id: Uuid) -> Result<Scheduled> {
    let (app, me, user) = writer(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    campaigns::lock(&mut tx, id).await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    // A form sent twice schedules once.
    if let (CampaignStatus::Scheduled, None, Some(at)) = (draft.status, &draft.markdown, draft.scheduled_at) {
        return Ok(Scheduled { at, awaits_approval: awaits_approval(&mut tx, id).await? });
    }
    check_list_and_articles(&mut tx, &draft).await?;
    let published = drafts::articles(&mut tx, id).await?.iter().map(|article| article.published_at).max();
    let at = time_of(&mut tx, When::Now, now).await?;
    let at = published.map_or(at, |published| published.max(at));
    let awaits_approval = wants_second_person(&mut tx, draft.list_id).await?;
    if !drafts::schedule_of_feed(&mut tx, id, at, user).await? {
        return refused(codes::NO_DRAFT_TO_SCHEDULE.refusal().with("status", draft.status.phrase()));
    }
    if awaits_approval {
        holds::add(&mut tx, &[id], &HoldReason::AwaitsApproval, now).await?;
    }
    let after = serde_json::json!({ "at": at, "awaits approval": awaits_approval });
    audit::note(&mut tx, me, "scheduled", subject_of(&draft), (), after, now).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Scheduled { at, awaits_approval })
}

/// Refuses a draft whose placeholders are not those that there are now: a field may be gone since it was saved.
async fn check_stored_placeholders(app: &App, id: Uuid) -> Result<()> {
    let draft = drafts::get(&mut app.db.read().await?, id).await?;
    let Some(draft) = draft.filter(|draft| draft.status == CampaignStatus::Draft) else { return Ok(()) };
    let markdown = draft.markdown.as_deref().unwrap_or_default();
    check_draft_placeholders(app, &draft.subject, &draft.preheader, markdown).await
}

/// Refuses a campaign that is no draft of that version, or lacks what a mail must have.
async fn check_sendable(tx: &mut WriteTx, draft: &Draft, user: Uuid, version: i64) -> Result<()> {
    let Some(markdown) = draft.markdown.as_deref().filter(|_| draft.status == CampaignStatus::Draft) else {
        return refused(codes::NO_DRAFT_TO_SCHEDULE.refusal().with("status", draft.status.phrase()));
    };
    if draft.version != version {
        return conflict(tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    check_line("subject", "editor-the-subject", &draft.subject, SUBJECT_CHARS_MAX, false)?;
    let articles = drafts::articles(tx, draft.id).await?;
    if markdown.trim().is_empty() && articles.is_empty() && draft.correction_of.is_none() {
        return refused(codes::TEXT_EMPTY.on("markdown"));
    }
    check_list_and_articles(tx, draft).await
}

/// Refuses what goes to a retired list, or has an article that is held or retired.
async fn check_list_and_articles(tx: &mut Tx, draft: &Draft) -> Result<()> {
    if let Some(list) = lists::by_id(tx, draft.list_id).await?.filter(|list| list.retired_at.is_some()) {
        return refused(codes::LIST_SENDS_NOTHING.on("list").with("list", list.name));
    }
    let articles = drafts::articles(tx, draft.id).await?;
    if let Some(held) = articles.iter().find(|article| article.is_held) {
        return refused(codes::ARTICLE_HELD.on("article").with("title", held.title.clone()));
    }
    if let Some(title) = drafts::retired_article(tx, draft.id).await? {
        return refused(codes::ARTICLE_RETIRED.on("article").with("title", title));
    }
    Ok(())
}

/// The moment that is meant, if it is to come.
async fn time_of(tx: &mut Tx, when: When, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    match when {
        When::Now => Ok(now + TimeDelta::seconds(publication::sending(tx).await?.undo_secs)),
        When::At(at) if at <= now => {
            let zone = publication::get(tx).await?.zone();
            let local = at.with_timezone(&zone).format("%-d %B %Y, %H:%M");
            refused(codes::TIME_IS_OVER.on("at").with("time", local.to_string()))
        }
        When::At(at) if at > now + AHEAD_MAX => refused(codes::TIME_TOO_FAR.on("at")),
        When::At(at) => Ok(at),
    }
}

/// Takes a scheduled campaign back, until it has begun.
pub async fn take_back(cx: &Context<'_>, id: Uuid) -> Result<()> {
    let (app, me, _) = writer(cx)?;
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if !drafts::unschedule(&mut tx, id).await? {
        return match draft.status {
            CampaignStatus::Draft => Ok(()),
            CampaignStatus::Sending => refused(codes::TAKEN_BACK_TOO_LATE.refusal()),
            CampaignStatus::Sent => refused(codes::TAKEN_BACK_SENT.refusal()),
            CampaignStatus::Scheduled => refused(codes::TAKEN_BACK_FEEDS.refusal()),
            status => refused(codes::TAKEN_BACK_OTHERWISE.refusal().with("status", status.phrase())),
        };
    }
    let before = serde_json::json!({ "at": draft.scheduled_at });
    audit::note(&mut tx, me, "taken back", subject_of(&draft), before, (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// An approved campaign.
#[derive(Clone, Debug)]
pub struct Approved {
    /// When it is sent, if nothing holds it.
    pub at: DateTime<Utc>,
    /// What holds it still.
    pub still: Vec<Hold>,
}

/// The second person's yes. The undo window begins anew where the time is over.
pub async fn approve(cx: &Context<'_>, id: Uuid) -> Result<Approved> {
    let (app, me, user) = writer(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if draft.status != CampaignStatus::Scheduled || !awaits_approval(&mut tx, id).await? {
        return refused(codes::APPROVAL_NOT_AWAITED.refusal());
    }
    if draft.scheduled_by == Some(user) {
        return refused(codes::APPROVAL_OF_OWN.refusal());
    }
    let settings = publication::sending(&mut tx).await?;
    let not_before = now + TimeDelta::seconds(settings.undo_secs);
    if !drafts::approve(&mut tx, id, user, not_before).await? {
        return refused(codes::APPROVAL_NOT_AWAITED.refusal());
    }
    let still = holds::of_campaign(&mut tx, id).await?;
    audit::note(&mut tx, me, "approved", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Approved { at: draft.scheduled_at.unwrap_or(not_before).max(not_before), still })
}
