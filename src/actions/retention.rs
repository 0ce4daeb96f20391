//! What is kept for a time only, as an admin set it: sign-ups that nobody confirmed, the network addresses of consents, what
//! happened to readers. The schedule's leader removes it in short steps; nothing is removed where nothing is set.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::db::{Db, WriteTx, publication, retention, subscribers, subscriptions};
use crate::domain::subscription::SubscriptionStatus;

/// What one step removes.
enum Due {
    Pending { before: DateTime<Utc> },
    Ips { before: DateTime<Utc> },
    ImportedIps { before: DateTime<Utc> },
    Events { up_to: i64 },
    LeaveReasons { before: DateTime<Utc> },
}

/// The name under which it is noted how far consents were looked through.
const CONSENTS: &str = "consents";

/// One short transaction; how long it took. `None`: nothing is due.
pub async fn step(app: &App, rows: i64) -> anyhow::Result<Option<Duration>> {
    let Some(due) = find(&app.db, app.clock.now(), rows).await? else { return Ok(None) };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    match due {
        Due::Pending { before } => remove_pending(&mut tx, before, rows, now).await?,
        Due::Ips { before } => {
            let mark = retention::mark(&mut tx, CONSENTS).await?;
            let found = retention::consents_behind(&mut tx, mark, before, rows).await?;
            retention::remove_ips(&mut tx, &found).await?;
            if let Some(last) = found.last() {
                retention::set_mark(&mut tx, CONSENTS, *last).await?;
            }
        }
        Due::ImportedIps { before } => {
            retention::remove_imported_ips(&mut tx, before, rows).await?;
        }
        Due::Events { up_to } => retention::remove_events(&mut tx, up_to).await?,
        Due::LeaveReasons { before } => {
            retention::remove_leave_reasons(&mut tx, before).await?;
        }
    }
    tx.commit().await?;
    Ok(Some(begun.elapsed()))
}

/// What is due first. Read before a writer's turn is taken: mostly it is nothing.
async fn find(db: &Db, now: DateTime<Utc>, rows: i64) -> sqlx::Result<Option<Due>> {
    let mut tx = db.read().await?;
    let tx = &mut tx;
    let set = publication::get(tx).await?;
    let before = |days: i64| now - TimeDelta::days(days);
    if let Some(before) = set.keep_pending_days.map(before)
        && !retention::stale_pending(tx, before, 1).await?.is_empty()
    {
        return Ok(Some(Due::Pending { before }));
    }
    if let Some(before) = set.keep_ips_days.map(before) {
        let mark = retention::mark(tx, CONSENTS).await?;
        if !retention::consents_behind(tx, mark, before, 1).await?.is_empty() {
            return Ok(Some(Due::Ips { before }));
        }
        if retention::any_imported_ips(tx, before).await? {
            return Ok(Some(Due::ImportedIps { before }));
        }
    }
    if let Some(before) = set.keep_events_days.map(before) {
        if let Some(up_to) = retention::last_old_event(tx, before, rows).await? {
            return Ok(Some(Due::Events { up_to }));
        }
        if retention::any_leave_reasons(tx, before).await? {
            return Ok(Some(Due::LeaveReasons { before }));
        }
    }
    Ok(None)
}

/// Forgets sign-ups that nobody confirmed: of whom nothing else is known goes with them.
async fn remove_pending(
    tx: &mut WriteTx,
    before: DateTime<Utc>,
    rows: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let stale = retention::stale_pending(tx, before, rows).await?;
    let mut people: Vec<_> = stale.iter().map(|(subscriber, _)| *subscriber).collect();
    people.sort_unstable();
    people.dedup();
    let held = subscriptions::lock(tx, &people).await?;
    for id in people {
        let of_them: Vec<_> = held.iter().filter(|held| held.subscriber_id == id).collect();
        let is_stale = |held: &&&subscriptions::Subscription| {
            stale.contains(&(id, held.list_id))
                && held.status == SubscriptionStatus::Pending
                && held.status_since < before
        };
        let gone: Vec<_> = of_them.iter().filter(is_stale).collect();
        let subscriber = subscribers::by_id(tx, id).await?;
        match subscriber {
            Some(subscriber) if gone.len() == of_them.len() && retention::is_only_pending(tx, id).await? => {
                subscribers::forget(tx, &subscriber, now).await?;
            }
            _ => {
                for held in gone {
                    retention::remove_unconfirmed(tx, id, held.list_id).await?;
                    subscriptions::remove(tx, &[(id, held.list_id)]).await?;
                }
            }
        }
    }
    Ok(())
}
