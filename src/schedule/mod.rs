//! What is due: feeds to poll, campaigns to begin, readers to enqueue, leftovers to skip. Never does it by itself: it
//! calls the actions that do.

pub mod jobs;
pub mod leader;
pub mod statistics;

use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio_util::task::AbortOnDropHandle;

use crate::actions::{archive, digests, poll, pushes, reminders, sending};
use crate::app::App;
use crate::db::campaigns;

/// Polls the feeds that are due, then does all that is due in campaigns and among subscribers. Whoever leads
/// for real has [`guard::watch`] before it.
pub async fn run_due(app: &Arc<App>) -> anyhow::Result<()> {
    for feed_id in pushes::asked_for(app).await? {
        poll::poll_by_itself(app, &app.fetcher, feed_id).await;
    }
    poll_feeds(app).await?;
    Box::pin(pushes::hubs::work(app)).await?;
    Box::pin(digests::work(app)).await?;
    run_campaigns(app).await?;
    while work_on_subscribers(app).await? {}
    while reminders::work(app).await? {}
    while Box::pin(archive::index(app)).await? {}
    Ok(())
}

/// Works on changes to many subscribers, imports and what subscribers are found by. True where more waits.
pub async fn work_on_subscribers(app: &Arc<App>) -> anyhow::Result<bool> {
    Ok(jobs::work_on_subscribers(app).await? == jobs::NextRun::AtOnce)
}

/// Polls the feeds that are due.
pub async fn poll_feeds(app: &App) -> anyhow::Result<()> {
    crate::actions::poll::poll_due(app, &app.fetcher).await
}

/// Forgets what has expired: sessions and links, proofs that were used, and what became of sign-ups.
pub async fn forget_expired(app: &App) -> anyhow::Result<()> {
    crate::actions::accounts::forget_expired(app).await?;
    Ok(crate::actions::sign_up_guard::tidy(app).await?)
}

/// Campaigns that begin at the same time.
const BEGIN_TOGETHER: usize = 4;

/// Begins the campaigns whose time has come, enqueues their readers, skips what cancelled ones
/// left. One campaign's failure never stops the others.
pub async fn run_campaigns(app: &Arc<App>) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let mut due = campaigns::due(&mut tx, now).await?;
    drop(tx);
    due.retain(|campaign| !app.missing_pages.waits(campaign.id, now));
    // Together, since each may wait 5 s for its site; a task each, since an article that makes a
    // library panic must stop nothing but its own campaign.
    futures_util::stream::iter(due)
        .for_each_concurrent(BEGIN_TOGETHER, |campaign| async move {
            let (app, id) = (app.clone(), campaign.id);
            let begun = tokio::spawn(async move { sending::begin(&app, &campaign).await });
            // Who leads no more must not begin anything either.
            let failure = match AbortOnDropHandle::new(begun).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => format!("{error:#}"),
                Err(panic) => panic.to_string(),
            };
            tracing::error!(campaign = %id, error = failure, "a campaign could not begin; trying again");
        })
        .await;
    let mut tx = app.db.read().await?;
    let sending = campaigns::sending(&mut tx).await?;
    let cancelled = campaigns::to_sweep(&mut tx).await?;
    drop(tx);
    for campaign in sending.into_iter().filter(|campaign| campaign.enqueued_at.is_none()) {
        if let Err(error) = sending::enqueue(app, &campaign).await {
            tracing::error!(campaign = %campaign.id, error = format!("{error:#}"), "readers could not be enqueued; trying again");
        }
    }
    for campaign_id in cancelled {
        sending::sweep(app, campaign_id).await?;
    }
    Ok(())
}
