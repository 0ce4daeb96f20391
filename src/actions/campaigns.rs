//! What somebody may do to a campaign that is on its way: pause, resume, cancel, send to those who missed
//! it. The same for every entry point, with a line in the audit log. That two do it at once, or one twice, is
//! said and does no harm.

use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::actions::{Context, Result, catch_up};
use crate::app::App;
use crate::db::audit::{self, Subject};
use crate::db::campaigns::{self, Campaign};
use crate::db::holds;
use crate::db::users::Role;
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::hold::Hold;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::campaigns as codes;
use crate::locale::Phrase;

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// A campaign after an action.
#[derive(Debug)]
pub struct Acted {
    pub campaign: Campaign,
    /// What holds it.
    pub held: Vec<Hold>,
    /// False: it stood so already.
    pub changed: bool,
}

/// Stops a campaign for now. What is on the wire is finished.
pub async fn pause(cx: &Context<'_>, id: Uuid, reason: &str) -> Result<Acted> {
    act(cx, id, CampaignAction::Pause, reason).await
}

/// Lets a paused campaign go on.
pub async fn resume(cx: &Context<'_>, id: Uuid, reason: &str) -> Result<Acted> {
    act(cx, id, CampaignAction::Resume, reason).await
}

/// Stops a campaign for good.
pub async fn cancel(cx: &Context<'_>, id: Uuid, reason: &str) -> Result<Acted> {
    act(cx, id, CampaignAction::Cancel, reason).await
}

async fn act(cx: &Context<'_>, id: Uuid, action: CampaignAction, reason: &str) -> Result<Acted> {
    cx.require(Role::Editor)?;
    let (app, actor) = (cx.app, &cx.actor);
    let (becomes, verb, done) = match action {
        CampaignAction::Pause => (CampaignStatus::Paused, "paused", "audit-did-paused"),
        CampaignAction::Resume => (CampaignStatus::Sending, "resumed", "audit-did-resumed"),
        _ => (CampaignStatus::Cancelled, "cancelled", "audit-did-cancelled"),
    };
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
    if reason
        .is_some_and(|text| text.chars().count() > REASON_CHARS_MAX || text.chars().any(char::is_control))
    {
        return Err(codes::REASON_TOO_LONG.on("reason").with("max", REASON_CHARS_MAX).into());
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // Whoever comes second sees what the first has done.
    campaigns::lock(&mut tx, id).await?;
    let before = campaigns::by_id(&mut tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    let changed = campaigns::apply(&mut tx, id, action, reason, now).await?;
    if !changed {
        return match before.status == becomes {
            true => Ok(Acted { campaign: before, held: holds::of_campaign(&mut tx, id).await?, changed }),
            false => Err(why_not(before.status).with("done", Phrase::new(done)).into()),
        };
    }
    let subject = Subject { kind: "campaign", id, name: &before.subject };
    let was = serde_json::json!({ "status": before.status });
    let is = match reason {
        Some(reason) => serde_json::json!({ "status": becomes, "reason": reason }),
        None => serde_json::json!({ "status": becomes }),
    };
    audit::note(&mut tx, actor, verb, subject, was, is, now).await?;
    let campaign = campaigns::by_id(&mut tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    let held = holds::of_campaign(&mut tx, id).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Acted { campaign, held, changed })
}

/// Why a campaign of this status is not as somebody wants it.
pub(super) fn why_not(status: CampaignStatus) -> Refusal {
    let code = match status {
        CampaignStatus::Draft => &codes::CAMPAIGN_IS_DRAFT,
        CampaignStatus::Scheduled => &codes::CAMPAIGN_HAS_NOT_BEGUN,
        CampaignStatus::Sending => &codes::CAMPAIGN_IS_SENDING,
        CampaignStatus::Paused => &codes::CAMPAIGN_IS_PAUSED,
        CampaignStatus::Sent => &codes::CAMPAIGN_IS_SENT,
        CampaignStatus::Cancelled => &codes::CAMPAIGN_IS_CANCELLED,
    };
    code.refusal()
}

/// How many have missed a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MissedCount {
    /// Who have certainly not got it.
    pub missed: u64,
    /// Who may have it: it was on the wire, and no answer came.
    pub uncertain: u64,
    /// There may be more: counting took too long.
    pub is_more: bool,
}

/// Rows of the list looked at together.
const LOOK_ROWS: i64 = 1000;

/// Counts who has missed a campaign, for at most `within`.
pub async fn count_missed(app: &App, campaign: &Campaign, within: Duration) -> Result<MissedCount> {
    let began = Instant::now();
    let mut count = MissedCount::default();
    let mut after = Uuid::nil();
    let mut tx = app.db.read().await?;
    loop {
        let (rows, to) = catch_up::among(&mut tx, campaign, after, LOOK_ROWS).await?;
        let uncertain = rows.iter().filter(|row| row.may_have_arrived).count() as u64;
        count.uncertain += uncertain;
        count.missed += rows.len() as u64 - uncertain;
        match to {
            Some(to) if began.elapsed() < within => after = to,
            to => {
                count.is_more = to.is_some();
                return Ok(count);
            }
        }
    }
}

/// Sends a campaign to those who missed it; returns how many that are. See [`catch_up::send`].
pub async fn send_to_missed(cx: &Context<'_>, id: Uuid, include_uncertain: bool) -> Result<u64> {
    cx.require(Role::Editor)?;
    let (app, actor) = (cx.app, &cx.actor);
    let enqueued = catch_up::send(app, id, include_uncertain).await?;
    if enqueued == 0 {
        return Ok(0);
    }
    let mut tx = app.db.write().await?;
    let campaign = campaigns::by_id(&mut tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    let subject = Subject { kind: "campaign", id, name: &campaign.subject };
    let is = serde_json::json!({ "readers": enqueued, "uncertain_too": include_uncertain });
    audit::note(&mut tx, actor, "sent to those who missed it", subject, (), is, app.clock.now()).await?;
    tx.commit().await?;
    Ok(enqueued)
}
