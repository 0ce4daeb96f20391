//! A campaign on its way: it begins, its readers are enqueued, and what a cancelled one left is skipped.

use std::time::Instant;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::actions::poll::Refreshed;
use crate::actions::{digests, lists, missing_page, unreadable};
use crate::app::App;
use crate::articles::ArticleView;
use crate::db::campaigns::Campaign;
use crate::db::chunk::Chunk;
use crate::db::list_articles::{self, ListRoute};
use crate::db::lists::{self as lists_db, List};
use crate::db::{Tx, campaigns, ledger, publication, segments, statistics};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::local_time;
use crate::locale::say;
use crate::mail::content;

/// Takes the article's last edits, builds the mail, and lets the campaign send; cancels it where
/// the article was withdrawn.
pub async fn begin(app: &App, campaign: &Campaign) -> anyhow::Result<()> {
    if lists::hold_if_retired(app, campaign).await? {
        return Ok(());
    }
    if Box::pin(waits_for_its_list(app, campaign)).await? {
        return Ok(());
    }
    if let Some(cadence) = campaign.digest_cadence {
        let mut tx = app.db.read().await?;
        let list =
            lists_db::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
        drop(tx);
        return Box::pin(digests::begin(app, campaign, &list, cadence)).await;
    }
    let article = match campaign.auto_article_id {
        None => None,
        Some(article_id) => {
            match Box::pin(crate::actions::poll::refresh(app, &app.fetcher, article_id)).await? {
                Refreshed::Current | Refreshed::Unreachable => {}
                Refreshed::PageMissing { code, url } => {
                    if missing_page::stops(app, campaign, code, url).await? {
                        return Ok(());
                    }
                }
                Refreshed::Withdrawn(reason) => {
                    let reason = say("campaign-withdrawn").with("why", reason).to_string();
                    let mut tx = app.db.write().await?;
                    let now = app.clock.now();
                    campaigns::apply(&mut tx, campaign.id, CampaignAction::Cancel, Some(&reason), now)
                        .await?;
                    tx.commit().await?;
                    tracing::info!(campaign = %campaign.id, reason, "campaign cancelled");
                    return Ok(());
                }
            }
            Some(article_view(app, article_id).await?)
        }
    };
    let Some(mail) = unreadable::content(app, campaign, article.as_ref()).await? else { return Ok(()) };
    let stored = serde_json::to_string(&mail)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    campaigns::set_mail(
        &mut tx,
        campaign.id,
        &content::public_line(&mail, &mail.subject),
        &content::browser_copy(&mail),
        &stored,
    )
    .await?;
    if let Some(article_id) = campaign.auto_article_id {
        // Asked once more: several begin together.
        lists_db::lock(&mut tx, campaign.list_id).await?;
        let list =
            lists_db::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
        let zone = publication::get(&mut tx).await?.zone();
        if !campaign.is_breaking && is_over_cap(&mut tx, &list, zone, now).await? {
            drop(tx);
            return Box::pin(digests::overflow(app, campaign, article_id)).await;
        }
        list_articles::number(&mut tx, campaign.list_id, article_id, ListRoute::Single, now).await?;
    }
    if campaigns::apply(&mut tx, campaign.id, CampaignAction::Send, None, now).await? {
        tx.commit().await?;
        tracing::info!(campaign = %campaign.id, subject = mail.subject, "campaign begins");
    }
    Ok(())
}

/// Whether a campaign does not begin now: its list is quiet, or has had its articles of today. What is breaking goes past
/// both.
async fn waits_for_its_list(app: &App, campaign: &Campaign) -> anyhow::Result<bool> {
    if campaign.is_breaking {
        return Ok(false);
    }
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let list = lists_db::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    let zone = publication::get(&mut tx).await?.zone();
    if let Some(until) = list.schedule.quiet_until(zone, now) {
        drop(tx);
        let mut tx = app.db.write().await?;
        campaigns::put_off(&mut tx, campaign.id, until).await?;
        tx.commit().await?;
        return Ok(true);
    }
    let Some(article_id) = campaign.auto_article_id else { return Ok(false) };
    let is_over = is_over_cap(&mut tx, &list, zone, now).await?;
    drop(tx);
    if is_over {
        digests::overflow(app, campaign, article_id).await?;
    }
    Ok(is_over)
}

/// Whether a list has had as many articles by themselves today as its admin wants.
async fn is_over_cap(tx: &mut Tx, list: &List, zone: Tz, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let Some(cap) = list.schedule.daily_cap else { return Ok(false) };
    let today = local_time::day_begins(now.with_timezone(&zone).date_naive(), zone).unwrap_or(now);
    Ok(list_articles::singles_since(tx, list.id, today).await? >= i64::from(cap))
}

async fn article_view(app: &App, article_id: Uuid) -> anyhow::Result<ArticleView> {
    let mut tx = app.db.read().await?;
    let article = crate::db::articles::get(&mut tx, article_id).await?.context("the article is gone")?;
    Ok(article.into())
}

/// Enqueues a campaign's readers, a short transaction at a time.
pub async fn enqueue(app: &App, campaign: &Campaign) -> anyhow::Result<()> {
    if let Some(cadence) = campaign.digest_cadence {
        return Box::pin(digests::enqueue(app, campaign, cadence)).await;
    }
    let mut after = campaign.enqueued_to.unwrap_or(Uuid::nil());
    let mut chunks = 0;
    let mut chunk = Chunk::up_to(ledger::ENQUEUE_ROWS);
    let rule = segments::rule_of_campaign(&mut app.db.read().await?, campaign).await?;
    loop {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let held = Instant::now();
        // Cancelled since, it keeps the place that it has come to.
        campaigns::lock(&mut tx, campaign.id).await?;
        let stands = campaigns::by_id(&mut tx, campaign.id).await?.map(|campaign| campaign.status);
        if !matches!(stands, Some(CampaignStatus::Sending | CampaignStatus::Paused)) {
            return Ok(());
        }
        let among = (after, chunk.rows());
        let to =
            ledger::enqueue_chunk(&mut tx, campaign.id, campaign.list_id, among, rule.as_ref(), None, now)
                .await?;
        campaigns::set_enqueued(&mut tx, campaign.id, to, now).await?;
        tx.commit().await?;
        // The benchmark reads how long the other writers waited.
        let held = held.elapsed();
        chunk.took(held);
        let held_us = held.as_micros() as u64;
        tracing::debug!(campaign = %campaign.id, held_us, "a chunk of readers is enqueued");
        app.wake_delivery.notify_one();
        match to {
            Some(to) => (after, chunks) = (to, chunks + 1),
            None => break,
        }
    }
    // The planner must know of many new rows before they are claimed: with yesterday's figures it
    // walks over every row claimed before.
    if chunks > 0 {
        let mut tx = app.db.write().await?;
        statistics::refresh_deliveries(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Skips what a cancelled campaign left. What is in a worker's hands comes back to be skipped.
pub async fn sweep(app: &App, campaign_id: Uuid) -> anyhow::Result<()> {
    let mut after = Uuid::nil();
    loop {
        // Looked for outside the transaction that writes: it may walk a million rows.
        let mut tx = app.db.read().await?;
        let keys = ledger::waiting_keys(&mut tx, campaign_id, after).await?;
        let open = keys.is_empty() && ledger::has_open(&mut tx, campaign_id).await?;
        drop(tx);
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        // It may be sending again, to those who missed it.
        campaigns::lock(&mut tx, campaign_id).await?;
        let stands = campaigns::by_id(&mut tx, campaign_id).await?.map(|campaign| campaign.status);
        if stands != Some(CampaignStatus::Cancelled) {
            return Ok(());
        }
        let Some(last) = keys.last() else {
            if !open {
                campaigns::set_swept(&mut tx, campaign_id, now).await?;
                tx.commit().await?;
            }
            return Ok(());
        };
        after = last.subscriber_id;
        let skipped = ledger::skip_cancelled(&mut tx, &keys, now).await?;
        tx.commit().await?;
        app.metrics.deliveries(DeliveryStatus::Skipped, skipped);
    }
}
