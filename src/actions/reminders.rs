//! The one reminder of a sign-up that nobody confirmed: the confirmation's mail once more, a day later.
//!
//! A mailbox is reminded once, however it is spelled and whatever it signs up for later. What is older than two days is
//! not reminded of: a database that slept wakes nobody. A fresh link goes along, since the first one has at most as
//! long left; whichever is used first confirms.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::actions::consent::{CONFIRMATION_LIFE, may_be_written_to};
use crate::app::App;
use crate::db::notices::{self, Notice};
use crate::db::{WriteTx, confirmations, publication, subscribers, subscriptions, suppressions};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::SubscriptionStatus;

/// How long a sign-up waits for its reminder.
const AFTER: TimeDelta = TimeDelta::hours(24);
/// Nothing older is reminded of.
const UNTIL: TimeDelta = TimeDelta::hours(48);
/// Confirmations that are looked at in one go.
const AT_ONCE: i64 = 100;

/// Reminds of what is due, where an admin turned it on. True where more is due.
pub async fn work(app: &Arc<App>) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if !publication::get(&mut tx).await?.reminds {
        return Ok(false);
    }
    let due = confirmations::open(&mut tx, now - UNTIL, now - AFTER, AT_ONCE).await?;
    drop(tx);
    for id in &due {
        let mut tx = app.db.write().await?;
        remind(&mut tx, *id, now).await?;
        tx.commit().await?;
    }
    app.wake_delivery.notify_one();
    Ok(due.len() as i64 == AT_ONCE)
}

/// Reminds of one, unless there is a reason not to; either way it is not looked at again.
async fn remind(tx: &mut WriteTx, id: Uuid, now: chrono::DateTime<chrono::Utc>) -> sqlx::Result<()> {
    let Some(confirmation) = confirmations::by_id(tx, id).await? else { return Ok(()) };
    let subscriber_id = confirmation.subscriber_id;
    let subscriber = subscribers::by_id(tx, subscriber_id).await?;
    let email = subscriber.and_then(|subscriber| EmailAddress::parse(&subscriber.email).ok());
    subscribers::lock_mailboxes(tx, &email).await?;
    // Another leader may have done it meanwhile.
    if !confirmations::mark_reminded(tx, id, now).await? {
        return Ok(());
    }
    let Some(email) = email else { return Ok(()) };
    if suppressions::stopping_sign_up(tx, &email).await?.is_some()
        || notices::was_reminded(tx, &email.mailbox()).await?
        || !may_be_written_to(tx, &email, now).await?
    {
        return Ok(());
    }
    let held = subscriptions::of_subscriber(tx, subscriber_id).await?;
    let mut named = confirmations::lists(tx, id).await?;
    named.retain(|list| {
        let waits = |held: &&subscriptions::Subscription| {
            held.list_id == list.id && held.status == SubscriptionStatus::Pending
        };
        // What was left and asked for again has a mail of its own.
        let asked_then = |held: &subscriptions::Subscription| held.status_since <= confirmation.created_at;
        list.retired_at.is_none() && held.iter().find(waits).is_some_and(asked_then)
    });
    if named.is_empty() {
        return Ok(());
    }
    let lists: Vec<Uuid> = named.iter().map(|list| list.id).collect();
    let expires_at = now + CONFIRMATION_LIFE;
    let confirmation_id =
        confirmations::add(tx, subscriber_id, &lists, &confirmation.browser, expires_at, now).await?;
    confirmations::mark_reminded(tx, confirmation_id, now).await?;
    notices::enqueue(tx, &Notice::Reminder { subscriber_id, confirmation_id }, &email, now).await?;
    Ok(())
}
