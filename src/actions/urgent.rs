//! What an editor does with a campaign that is scheduled by itself or not yet: puts a digest's articles in order, sends it
//! before its time, or sends something as breaking news, past its list's daily cap and quiet hours.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::campaigns::why_not;
use crate::actions::editorial::{self, When};
use crate::actions::{Context, Result, digests as rules};
use crate::db::audit::{self, Subject};
use crate::db::campaigns::{self, Campaign};
use crate::db::users::Role;
use crate::db::{WriteTx, digests, drafts, lists, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::digest::DigestOrder;
use crate::domain::refusal::campaigns as codes;
use crate::domain::subscription::Cadence;
use crate::locale::Phrase;

/// Until when a campaign's list is quiet at its time, or was when its time was put off; `None`: it goes out at its time.
pub fn waits_until(
    campaign: &Campaign,
    list: &lists::List,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let at = campaign.scheduled_at?;
    if campaign.is_breaking || campaign.status != CampaignStatus::Scheduled {
        return None;
    }
    let quiet = |at| list.schedule.quiet_until(zone, at);
    quiet(at.max(now)).or_else(|| quiet(now).filter(|until| *until == at))
}

fn subject(campaign: &Campaign) -> Subject<'_> {
    Subject { kind: "campaign", id: campaign.id, name: &campaign.subject }
}

/// A digest that has not begun, and its cadence; nobody else changes it until the transaction ends.
async fn upcoming(tx: &mut WriteTx, id: Uuid) -> Result<(Campaign, Cadence)> {
    campaigns::lock(tx, id).await?;
    let campaign = campaigns::by_id(tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    let Some(cadence) = campaign.digest_cadence else { return Err(codes::NO_DIGEST.refusal().into()) };
    match campaign.status {
        CampaignStatus::Scheduled => Ok((campaign, cadence)),
        status => Err(why_not(status).with("done", Phrase::new("audit-did-changed")).into()),
    }
}

/// Puts an article of a digest one place further to the front, or to the back.
pub async fn move_article(cx: &Context<'_>, id: Uuid, article: Uuid, to_front: bool) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let (campaign, cadence) = upcoming(&mut tx, id).await?;
    let list =
        lists::by_id(&mut tx, campaign.list_id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    if list.schedule.order != DigestOrder::Picked {
        return Err(codes::DIGEST_NOT_PICKED.refusal().into());
    }
    let ids = rules::articles(&mut tx, &campaign, cadence).await?;
    let ordered = rules::in_order(&mut tx, &campaign, DigestOrder::Picked, &ids).await?;
    let mut ids: Vec<Uuid> = ordered.iter().map(|article| article.id).collect();
    let Some(at) = ids.iter().position(|id| *id == article) else {
        return Err(codes::DIGEST_ARTICLE_GONE.refusal().into());
    };
    let Some(to) = (if to_front { at.checked_sub(1) } else { Some(at + 1) }).filter(|to| *to < ids.len())
    else {
        return Ok(());
    };
    ids.swap(at, to);
    digests::set_picked(&mut tx, id, &ids).await?;
    let moved = ordered.get(at).map(|article| article.title.as_str());
    let after = json!({ "article": moved, "position": to + 1 });
    audit::note(&mut tx, &cx.actor, "changed", subject(&campaign), (), after, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Sends a digest before its time, with what is numbered by now.
pub async fn send_now(cx: &Context<'_>, id: Uuid) -> Result<Campaign> {
    cx.require(Role::Editor)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let (campaign, _) = upcoming(&mut tx, id).await?;
    if campaign.is_held {
        return Err(codes::CAMPAIGN_ON_HOLD.refusal().into());
    }
    campaigns::put_off(&mut tx, id, now).await?;
    let before = json!({ "at": campaign.scheduled_at });
    audit::note(&mut tx, &cx.actor, "sent early", subject(&campaign), before, (), now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(campaign)
}

/// Sends a draft or a scheduled campaign now, past its list's daily cap and quiet hours. What holds it goes on holding it.
/// `version` is the draft's, as the question showed it.
pub async fn send_breaking(cx: &Context<'_>, id: Uuid, version: i64) -> Result<Campaign> {
    cx.require(Role::Editor)?;
    let draft = drafts::get(&mut cx.app.db.read().await?, id).await?;
    let draft = draft.filter(|draft| draft.status == CampaignStatus::Draft);
    match &draft {
        None => {}
        Some(draft) if draft.is_of_feed => {
            Box::pin(editorial::send_draft(cx, id)).await?;
        }
        Some(_) => {
            Box::pin(editorial::schedule(cx, id, version, When::Now)).await?;
        }
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    campaigns::lock(&mut tx, id).await?;
    let campaign = campaigns::by_id(&mut tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    if campaign.status != CampaignStatus::Scheduled {
        return Err(why_not(campaign.status).with("done", Phrase::new("audit-did-breaking")).into());
    }
    campaigns::set_breaking(&mut tx, id).await?;
    // What somebody sends can be taken back for a while, as ever.
    let by_itself = campaign.auto_article_id.is_some() || campaign.digest_cadence.is_some();
    let undo = match draft.is_none() && by_itself {
        true => 0,
        false => publication::sending(&mut tx).await?.undo_secs,
    };
    let soon = now + chrono::TimeDelta::seconds(undo);
    if campaign.scheduled_at.is_none_or(|at| at > soon) {
        campaigns::put_off(&mut tx, id, soon).await?;
    }
    let before = json!({ "at": campaign.scheduled_at });
    audit::note(&mut tx, &cx.actor, "sent as breaking news", subject(&campaign), before, (), now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(campaign)
}
