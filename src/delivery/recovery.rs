//! Workers' heartbeats, and what a dead one had in its hands.
//!
//! Whether another is dead is told by its heartbeat standing still while we look, never by comparing it
//! with our clock: clocks differ between machines, and after the database was away for a minute every
//! heartbeat is a minute old, and nobody is dead.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::actions::leases::take_deliveries;
use crate::app::App;
use crate::db::{notices, queue, workers};

/// A worker whose heartbeat has not changed while we looked so many times again is dead. We look as often
/// as each says that it lives, every 5 s: so after 20 s.
const LOOKS: u32 = 4;

/// What a worker has seen of the others: each one's heartbeat, and how often it was seen again.
#[derive(Default)]
pub(super) struct Others(Mutex<HashMap<Uuid, (DateTime<Utc>, u32)>>);

impl Others {
    /// Looks at the others' heartbeats; returns who is dead.
    fn look(&self, me: Uuid, heartbeats: &[(Uuid, DateTime<Utc>)]) -> Vec<Uuid> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = heartbeats.iter().filter(|(worker, _)| *worker != me);
        let looked: HashMap<Uuid, (DateTime<Utc>, u32)> = others
            .map(|(worker, beat)| match seen.get(worker) {
                Some((before, times)) if before == beat => (*worker, (*beat, times + 1)),
                _ => (*worker, (*beat, 0)),
            })
            .collect();
        *seen = looked;
        seen.iter().filter(|(_, (_, times))| *times >= LOOKS).map(|(worker, _)| *worker).collect()
    }
}

/// Says that a worker lives, and takes over from those that do not. To be called at each heartbeat, and
/// not more often.
pub(super) async fn beat(app: &App, worker: Uuid, others: &Others, now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    workers::beat(&mut tx, worker, now).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    let heartbeats = workers::all(&mut tx).await?;
    drop(tx);
    take_back_from(app, others.look(worker, &heartbeats)).await
}

/// Takes the deliveries of all other workers out of their hands. Only where it is certain that none of
/// them lives.
pub async fn recover_from_everybody(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let heartbeats = workers::all(&mut tx).await?;
    drop(tx);
    take_back_from(app, heartbeats.into_iter().map(|(worker, _)| worker).collect()).await
}

async fn take_back_from(app: &App, dead: Vec<Uuid>) -> anyhow::Result<()> {
    for worker in dead {
        let found = recover_worker(app, worker).await?;
        app.metrics.leases_recovered.inc_by(found as u64);
        tracing::warn!(%worker, deliveries = found, "a worker died; its deliveries were taken back");
        app.wake_delivery.notify_one();
    }
    Ok(())
}

/// Takes everything out of a worker's hands and forgets it. Returns how many deliveries it had.
pub(super) async fn recover_worker(app: &App, worker: Uuid) -> anyhow::Result<usize> {
    let found = take_deliveries(app, worker).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let held = notices::held(&mut tx, worker).await?;
    queue::recover(&mut tx, worker, &held, now).await?;
    workers::remove(&mut tx, worker).await?;
    tx.commit().await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_beats_lives_whatever_the_clocks_say_and_who_stands_still_is_dead() {
        let (me, ahead, behind, still) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let at = |secs: i64| DateTime::from_timestamp(1_790_000_000 + secs, 0).unwrap();
        let others = Others::default();
        for n in 0..20_i64 {
            let beats = [(me, at(0)), (ahead, at(9_000 + n)), (behind, at(n - 9_000)), (still, at(0))];
            let dead = others.look(me, &beats);
            assert_eq!(dead, if n >= 4 { vec![still] } else { vec![] }, "look {n}");
        }
        // It lives after all, as a machine that slept; and dies again.
        let mut dead = Vec::new();
        for n in 0..6 {
            dead.push(others.look(me, &[(still, at(7))]).len());
            assert!(n > 0 || dead == [0]);
        }
        assert_eq!(dead, [0, 0, 0, 0, 1, 1]);
    }
}
