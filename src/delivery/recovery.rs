//! Workers' heartbeats, and what a dead one had in its hands.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::db::{campaigns, ledger, notices, workers};

/// A worker without a heartbeat for this long is dead.
pub(super) const DEAD_AFTER: TimeDelta = TimeDelta::seconds(20);

/// Says that a worker lives, and takes over from those that do not.
pub(super) async fn beat(app: &App, worker: Uuid) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    workers::beat(&mut tx, worker, now).await?;
    tx.commit().await?;
    recover_from_the_dead(app, worker, now - DEAD_AFTER).await
}

/// Takes the deliveries of workers without a heartbeat since `before` out of their hands.
pub async fn recover_from_the_dead(app: &App, me: Uuid, before: DateTime<Utc>) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let dead = workers::silent(&mut tx, me, before).await?;
    drop(tx);
    for worker in dead {
        let found = recover_worker(app, worker).await?;
        app.metrics.leases_recovered.inc_by(found as u64);
        tracing::warn!(%worker, deliveries = found, "a worker died; its deliveries were taken back");
        app.bell.notify_one();
    }
    Ok(())
}

/// Takes everything out of a worker's hands and forgets it. Returns how many deliveries it had.
pub(super) async fn recover_worker(app: &App, worker: Uuid) -> anyhow::Result<usize> {
    let mut tx = app.db.read().await?;
    let unfinished = campaigns::unfinished(&mut tx).await?;
    let mut held = Vec::new();
    for campaign_id in unfinished {
        if ledger::any_held_by(&mut tx, worker, campaign_id).await? {
            held.push(campaign_id);
        }
    }
    drop(tx);
    let now = app.clock.now();
    let mut found = 0;
    for campaign_id in held {
        let mut after = Uuid::nil();
        loop {
            // Looked for outside the transaction that writes: it may walk a million rows.
            let mut tx = app.db.read().await?;
            let keys = ledger::held_page(&mut tx, worker, campaign_id, after).await?;
            drop(tx);
            let Some(last) = keys.last() else { break };
            after = last.subscriber_id;
            let mut tx = app.db.write_by_key().await?;
            ledger::recover(&mut tx, worker, &keys, now).await?;
            tx.commit().await?;
            found += keys.len();
        }
    }
    let mut tx = app.db.write().await?;
    notices::recover(&mut tx, worker, now).await?;
    workers::remove(&mut tx, worker).await?;
    tx.commit().await?;
    Ok(found)
}
