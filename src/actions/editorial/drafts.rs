//! Campaigns as they are written: begun, saved beside others, tested, thrown away and brought back, and corrections.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    ARTICLES_MAX, PREHEADER_CHARS_MAX, REASON_CHARS_MAX, SUBJECT_CHARS_MAX, TEST_ADDRESSES_MAX,
    check_draft_placeholders, check_line, check_markdown, check_placeholders, check_readable, conflict,
    refused, subject_of, writer,
};
use crate::actions::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::drafts::{self, Draft, DraftText, SegmentChoice};
use crate::db::notices::{self, Notice};
use crate::db::{WriteTx, campaigns, lists, segments};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::editorial as codes;
use crate::domain::refusal::{common, readers};

/// Tests that one address may get within an hour.
const TESTS_PER_HOUR: i64 = 20;

fn check(text: &DraftText) -> Result<()> {
    // A draft may be anything that can be kept; what is missing is asked for when it is scheduled.
    check_line("subject", "editor-the-subject", &text.subject, SUBJECT_CHARS_MAX, true)?;
    check_line("preheader", "editor-the-preview-text", &text.preheader, PREHEADER_CHARS_MAX, true)?;
    check_markdown(&text.markdown)?;
    if text.articles.len() > ARTICLES_MAX {
        return refused(codes::TOO_MANY_ARTICLES.on("article").with("max", ARTICLES_MAX));
    }
    Ok(())
}

/// Begins a campaign.
pub async fn begin_campaign(
    cx: &Context<'_>,
    list_id: Uuid,
    subject: &str,
    articles: &[Uuid],
) -> Result<Uuid> {
    let (app, me, user) = writer(cx)?;
    check_line("subject", "editor-the-subject", subject, SUBJECT_CHARS_MAX, true)?;
    check_placeholders(app, &[("subject", subject)], None).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match lists::by_id(&mut tx, list_id).await? {
        Some(list) if list.retired_at.is_none() => {}
        Some(list) => return refused(codes::CHOSEN_LIST_RETIRED.on("list").with("list", list.name)),
        None => return refused(codes::CHOSEN_LIST_GONE.on("list")),
    }
    let id = drafts::add(&mut tx, list_id, subject, user, now).await?;
    if !articles.is_empty() {
        let text = DraftText {
            list_id,
            subject: subject.to_owned(),
            articles: articles.iter().copied().take(ARTICLES_MAX).collect(),
            ..DraftText::default()
        };
        drafts::save(&mut tx, id, 0, &text, user, now).await?;
    }
    audit::note(&mut tx, me, "begun", Subject { kind: "campaign", id, name: subject }, (), (), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves a draft over the version its writer read; returns the new version.
pub async fn save_campaign(cx: &Context<'_>, id: Uuid, version: i64, text: &DraftText) -> Result<i64> {
    let (app, _, user) = writer(cx)?;
    check(text)?;
    check_draft_placeholders(app, &text.subject, &text.preheader, &text.markdown).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if draft.markdown.is_none() || draft.status != CampaignStatus::Draft {
        return refused(codes::NO_DRAFT_TO_CHANGE.refusal().with("status", draft.status.phrase()));
    }
    if lists::by_id(&mut tx, text.list_id).await?.is_none() {
        return refused(codes::CHOSEN_LIST_GONE.on("list"));
    }
    if draft.correction_of.is_some() && text.list_id != draft.list_id {
        return refused(codes::CORRECTION_LIST_FIXED.on("list"));
    }
    if draft.version != version {
        // Saved twice, by a double click: the same text is no conflict.
        let articles: Vec<Uuid> =
            drafts::articles(&mut tx, id).await?.iter().map(|article| article.id).collect();
        let same = (&draft.subject, &draft.preheader, draft.markdown.as_deref(), draft.list_id)
            == (&text.subject, &text.preheader, Some(text.markdown.as_str()), text.list_id)
            && articles == text.articles
            && is_chosen(&draft, text.segment);
        if same {
            return Ok(draft.version);
        }
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    if !drafts::save(&mut tx, id, version, text, user, now).await? {
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    choose_segment(&mut tx, &draft, text.segment).await?;
    tx.commit().await?;
    Ok(version + 1)
}

/// Whether a draft is for what is chosen already.
fn is_chosen(draft: &Draft, choice: SegmentChoice) -> bool {
    match choice {
        SegmentChoice::Unchanged => true,
        SegmentChoice::Everyone => draft.segment_json.is_none(),
        SegmentChoice::Saved(id) => draft.segment_id == Some(id),
    }
}

async fn choose_segment(tx: &mut WriteTx, draft: &Draft, choice: SegmentChoice) -> Result<()> {
    match choice {
        // Whoever got the wrong one gets the right one.
        _ if draft.correction_of.is_some() => {}
        SegmentChoice::Unchanged => {}
        SegmentChoice::Everyone => segments::choose(tx, draft.id, None).await?,
        SegmentChoice::Saved(id) => match segments::by_id(tx, id).await? {
            Some(saved) => segments::choose(tx, draft.id, Some(&saved)).await?,
            None => return refused(readers::SEGMENT_CHOSEN_GONE.on("segment")),
        },
    }
    Ok(())
}

/// Throws a draft away: it is cancelled, its text stays, and [`bring_back`] makes a draft of it again.
pub async fn discard(cx: &Context<'_>, id: Uuid) -> Result<()> {
    let (app, me, _) = writer(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    match draft.status {
        CampaignStatus::Draft => {}
        // A form sent twice.
        CampaignStatus::Cancelled => return Ok(()),
        status => return refused(codes::NO_DRAFT_TO_DISCARD.refusal().with("status", status.phrase())),
    }
    campaigns::apply(&mut tx, id, CampaignAction::Cancel, None, now).await?;
    audit::note(&mut tx, me, "thrown away", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a draft again of a campaign that was cancelled before anything of it left.
pub async fn bring_back(cx: &Context<'_>, id: Uuid) -> Result<()> {
    let (app, me, user) = writer(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if !drafts::bring_back(&mut tx, id, user, now).await? {
        return match draft.status {
            CampaignStatus::Draft => Ok(()),
            _ => refused(codes::NOT_BROUGHT_BACK.refusal()),
        };
    }
    audit::note(&mut tx, me, "brought back", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Begins the correction of a campaign: only for those who got it, with the reason above it. One that
/// is being written already is returned.
pub async fn begin_correction(cx: &Context<'_>, of: Uuid, subject: &str, reason: &str) -> Result<Uuid> {
    let (app, me, user) = writer(cx)?;
    check_line("reason", "editor-the-reason", reason, REASON_CHARS_MAX, false)?;
    check_line("subject", "editor-the-subject", subject, SUBJECT_CHARS_MAX, false)?;
    check_placeholders(app, &[("subject", subject)], None).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(original) = drafts::get(&mut tx, of).await? else { return refused(common::GONE.refusal()) };
    let has_begun = matches!(
        original.status,
        CampaignStatus::Sending | CampaignStatus::Paused | CampaignStatus::Sent | CampaignStatus::Cancelled
    );
    if !has_begun || drafts::count_got(&mut tx, of, 1).await? == 0 {
        return refused(codes::NOBODY_GOT_IT.refusal());
    }
    if let Some(open) = drafts::open_correction(&mut tx, of).await? {
        return Ok(open);
    }
    let id = drafts::add(&mut tx, original.list_id, subject, user, now).await?;
    drafts::set_correction(&mut tx, id, of, reason).await?;
    let after = serde_json::json!({ "of": original.subject, "reason": reason });
    audit::note(
        &mut tx,
        me,
        "correction begun",
        Subject { kind: "campaign", id, name: subject },
        (),
        after,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Mails a campaign to a few addresses, as a test.
pub async fn send_test(cx: &Context<'_>, id: Uuid, to: &str) -> Result<usize> {
    let (app, me, _) = writer(cx)?;
    let now = app.clock.now();
    let mut addresses = Vec::new();
    for text in to.split([',', ';', ' ', '\n', '\r', '\t']).filter(|text| !text.is_empty()) {
        match EmailAddress::parse(text) {
            Ok(address) => addresses.push(address),
            Err(error) => return refused(codes::TEST_ADDRESS_WRONG.on("to").with("why", error.to_string())),
        }
    }
    if addresses.is_empty() {
        return refused(codes::TEST_ADDRESS_MISSING.on("to"));
    }
    if addresses.len() > TEST_ADDRESSES_MAX {
        return refused(codes::TEST_ADDRESSES_TOO_MANY.on("to").with("max", TEST_ADDRESSES_MAX));
    }
    check_readable(app, id).await?;
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    for email in &addresses {
        if notices::count_tests(&mut tx, &email.key(), now - TimeDelta::hours(1)).await? >= TESTS_PER_HOUR {
            let refusal = codes::TESTS_OFTEN.on("to").with("address", email.as_str().to_owned());
            return refused(refusal.with("max", TESTS_PER_HOUR));
        }
        notices::enqueue(&mut tx, &Notice::CampaignTest { campaign_id: id }, email, now).await?;
    }
    audit::note(&mut tx, me, "test sent", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(addresses.len())
}
