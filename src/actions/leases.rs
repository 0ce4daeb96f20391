//! What workers hold in their hands, taken back.

use uuid::Uuid;

use crate::app::App;
use crate::db::{campaigns, ledger, workers};

/// Takes the deliveries of every worker out of its hands, and forgets none: for a database that went back in time,
/// in which they hold what they have given back since.
pub async fn take_deliveries_from_everybody(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.read().await?;
    let heartbeats = workers::all(&mut tx).await?;
    drop(tx);
    for (worker, _) in heartbeats {
        take_deliveries(app, worker).await?;
    }
    Ok(())
}

/// Takes the deliveries of one worker out of its hands. Returns how many it had.
pub async fn take_deliveries(app: &App, worker: Uuid) -> sqlx::Result<usize> {
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
            let mut tx = app.db.write().await?;
            ledger::recover(&mut tx, worker, &keys, now).await?;
            tx.commit().await?;
            found += keys.len();
        }
    }
    Ok(found)
}
