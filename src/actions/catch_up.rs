//! "Send to those who missed it": who has not got a campaign, and how they get it after all. The
//! same for every entry point. Never changes a delivery that is `sent`, and one that may have arrived
//! only when asked.
//!
//! The rest of a campaign is everyone on its list who is active and not suppressed now, was meant
//! to get it, and has no `sent` delivery of it. Who subscribed after it was enqueued, or left and
//! came back since, is no part of it: what counts is since when the subscription is active.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::actions::{Result, lists, sending};
use crate::app::App;
use crate::db::campaigns::Campaign;
use crate::db::chunk::Chunk;
use crate::db::ledger::{self, Missed};
use crate::db::{Tx, campaigns, segments, statistics};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::refusal::campaigns as codes;

/// The last moment at which a subscription had to be active for its reader to have missed it.
fn since_max(campaign: &Campaign) -> Option<DateTime<Utc>> {
    campaign.enqueued_at.or(campaign.started_at)
}

/// The next readers behind `after` who have not got a campaign, by [`ledger::missed_page`].
pub async fn page(
    tx: &mut Tx,
    campaign: &Campaign,
    include_uncertain: bool,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Missed>> {
    let since_max = since_max(campaign).ok_or_else(|| codes::MISSED_NEVER_BEGAN.refusal())?;
    if campaign.status == CampaignStatus::Sending {
        return Err(codes::MISSED_SENDING.refusal().into());
    }
    Ok(ledger::missed_page(tx, campaign, since_max, include_uncertain, after, limit).await?)
}

/// Those who have missed a campaign among the next `rows` of its list, by [`ledger::missed_among`].
pub async fn among(
    tx: &mut Tx,
    campaign: &Campaign,
    after: Uuid,
    rows: i64,
) -> Result<(Vec<Missed>, Option<Uuid>)> {
    let since_max = since_max(campaign).ok_or_else(|| codes::MISSED_NEVER_BEGAN.refusal())?;
    if campaign.status == CampaignStatus::Sending {
        return Err(codes::MISSED_SENDING.refusal().into());
    }
    Ok(ledger::missed_among(tx, campaign, since_max, true, after, rows).await?)
}

/// Enqueues those who have missed a campaign once more, and lets it send. Returns how many
/// deliveries wait because of it; 0 where nobody has missed it, and nothing is changed then.
///
/// Nothing is sent before all are enqueued. Interrupted, it is harmless to repeat.
pub async fn send(app: &Arc<App>, campaign_id: Uuid, include_uncertain: bool) -> Result<u64> {
    let campaign = load(app, campaign_id).await?;
    let since_max = since_max(&campaign).ok_or_else(|| codes::MISSED_NEVER_BEGAN.refusal())?;
    may_send(&campaign)?;
    if lists::retired(&mut app.db.read().await?, campaign.list_id).await?.is_some() {
        return Err(codes::CAMPAIGN_LIST_RETIRED.refusal().into());
    }
    if campaign.status == CampaignStatus::Cancelled {
        sending::sweep(app, campaign_id).await?;
        if load(app, campaign_id).await?.finished_at.is_none() {
            return Err(codes::MISSED_IN_HAND.refusal().into());
        }
        enqueue_the_rest(app, &campaign, since_max).await?;
    }
    let mut after = Uuid::nil();
    loop {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let campaign = locked(&mut tx, campaign_id).await?;
        let (_, to) =
            ledger::requeue_missed_chunk(&mut tx, &campaign, since_max, include_uncertain, after, now)
                .await?;
        tx.commit().await?;
        match to {
            Some(to) => after = to,
            None => break,
        }
    }
    // Counted before the transaction that writes: to walk a large campaign takes a while, and what
    // waits in one that is over stays as it is.
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let waiting = ledger::tallies(&mut tx, campaign_id, now).await?;
    drop(tx);
    let waiting: i64 =
        waiting.iter().filter(|tally| tally.status.is_open(false)).map(|tally| tally.count).sum();
    if waiting > 0 {
        let mut tx = app.db.write().await?;
        statistics::refresh_deliveries(&mut tx).await?;
        tx.commit().await?;
        let mut tx = app.db.write().await?;
        locked(&mut tx, campaign_id).await?;
        campaigns::apply(&mut tx, campaign_id, CampaignAction::SendToMissed, None, now).await?;
        tx.commit().await?;
        app.wake_delivery.notify_one();
    }
    Ok(u64::try_from(waiting).unwrap_or_default())
}

/// After the publication has come to leave uncertain deliveries: those that wait for another
/// attempt wait for an editor from now on.
pub async fn leave_uncertain(app: &App) -> sqlx::Result<()> {
    loop {
        let mut tx = app.db.write().await?;
        let found = ledger::leave_uncertain_chunk(&mut tx).await?;
        tx.commit().await?;
        if found == 0 {
            return Ok(());
        }
    }
}

/// Those whom enqueueing had not come to when the campaign was cancelled.
async fn enqueue_the_rest(app: &App, campaign: &Campaign, since_max: DateTime<Utc>) -> Result<()> {
    // A digest's readers are due different articles: it goes on enqueueing them as it is sent again.
    if campaign.enqueued_at.is_some() || campaign.digest_cadence.is_some() {
        return Ok(());
    }
    let mut after = campaign.enqueued_to.unwrap_or(Uuid::nil());
    let mut chunk = Chunk::up_to(ledger::ENQUEUE_ROWS);
    let rule = segments::rule_of_campaign(&mut app.db.read().await?, campaign).await?;
    loop {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let held = Instant::now();
        locked(&mut tx, campaign.id).await?;
        let among = (after, chunk.rows());
        let to = ledger::enqueue_chunk(
            &mut tx,
            campaign.id,
            campaign.list_id,
            among,
            rule.as_ref(),
            Some(since_max),
            now,
        )
        .await?;
        campaigns::set_enqueued(&mut tx, campaign.id, to, now).await?;
        tx.commit().await?;
        chunk.took(held.elapsed());
        match to {
            Some(to) => after = to,
            None => return Ok(()),
        }
    }
}

async fn load(app: &App, campaign_id: Uuid) -> Result<Campaign> {
    let mut tx = app.db.read().await?;
    Ok(campaigns::by_id(&mut tx, campaign_id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?)
}

/// The campaign, which nobody else moves on before this transaction ends.
async fn locked(tx: &mut Tx, campaign_id: Uuid) -> Result<Campaign> {
    campaigns::lock(tx, campaign_id).await?;
    let campaign = campaigns::by_id(tx, campaign_id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    may_send(&campaign)?;
    Ok(campaign)
}

fn may_send(campaign: &Campaign) -> Result<()> {
    match campaign.status {
        CampaignStatus::Sent | CampaignStatus::Cancelled => Ok(()),
        CampaignStatus::Sending => Err(codes::MISSED_SENDING.refusal().into()),
        CampaignStatus::Paused => Err(codes::MISSED_PAUSED.refusal().into()),
        CampaignStatus::Draft | CampaignStatus::Scheduled => Err(codes::MISSED_NEVER_BEGAN.refusal().into()),
    }
}
