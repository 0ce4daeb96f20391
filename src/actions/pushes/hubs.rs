//! WebSub (<https://www.w3.org/TR/websub/>): subscribing at the hub that a feed names, so that the hub says when there
//! is something new. The hub asks back whether it was us; a lease is renewed before it ends.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use url::Url;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::ask;
use crate::actions::Result;
use crate::app::App;
use crate::db::WriteTx;
use crate::db::pushes::{self, By, HubStatus, Subscription};
use crate::domain::push_signature::SignatureCheck;
use crate::feeds::parse::ParsedFeed;
use crate::locale::say;

const DEADLINE: Duration = Duration::from_secs(10);
const TOGETHER: usize = 4;
/// The lease that we ask for, and that we take a hub to give which names none.
const LEASE: TimeDelta = TimeDelta::days(10);
const LEASE_MAX: TimeDelta = TimeDelta::days(90);
/// A hub that does not answer is asked again after a minute, then twice as late each time.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);
const AGAIN_AFTER_MAX: TimeDelta = TimeDelta::hours(6);
/// One that will not have us is asked again after a day.
const AFTER_DENIAL: TimeDelta = TimeDelta::days(1);
/// So often a hub is told that we leave.
const GOODBYES_MAX: i64 = 4;
const REASON_CHARS_MAX: usize = 200;

/// Where hubs send to, without the id.
fn base(app: &App) -> String {
    app.config.link("/websub/")
}

/// Takes the hub that a document names: subscribes there, and leaves the one that it named before. In the transaction
/// that stores the document.
pub(in crate::actions) async fn note_document(
    app: &App,
    tx: &mut WriteTx,
    feed_id: Uuid,
    parsed: &ParsedFeed,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let home = parsed.home.as_ref().map(Url::as_str).unwrap_or_default();
    pushes::set_home(tx, feed_id, home).await?;
    let wanted = parsed.hub.as_ref().filter(|hub| may_reach_us(app, hub)).zip(parsed.own.as_ref());
    let before = pushes::subscription_of(tx, feed_id).await?;
    let is_same = match (&before, wanted) {
        (None, None) => true,
        (Some(before), Some((hub, topic))) => {
            before.hub_url == hub.as_str() && before.topic_url == topic.as_str()
        }
        _ => false,
    };
    if is_same {
        return Ok(());
    }
    pushes::leave(tx, feed_id, now).await?;
    if let Some((hub, topic)) = wanted {
        pushes::subscribe(tx, feed_id, hub.as_str(), topic.as_str(), &base(app), now).await?;
    }
    Ok(())
}

/// Whether a hub can reach us, and nobody between reads the secret in what it sends us: over https, or near by.
fn may_reach_us(app: &App, hub: &Url) -> bool {
    app.config.base_url.scheme() == "https" || app.fetcher.is_allowed_private(hub)
}

/// Asks hubs for all that is due: subscriptions, renewals, and the end of those that are wanted no more.
pub async fn work(app: &App) -> anyhow::Result<()> {
    let (base, now) = (base(app), app.clock.now());
    let mut tx = app.db.read().await?;
    let is_stale = pushes::any_stale(&mut tx, &base).await?;
    drop(tx);
    if is_stale {
        let mut tx = app.db.write().await?;
        pushes::sweep(&mut tx, &base, now).await?;
        tx.commit().await?;
    }
    let mut tx = app.db.read().await?;
    let due = pushes::subscriptions_due(&mut tx, now).await?;
    drop(tx);
    let asked = futures_util::stream::iter(due).map(|subscription| ask_hub(app, subscription));
    let outcomes: Vec<sqlx::Result<()>> = asked.buffer_unordered(TOGETHER).collect().await;
    Ok(outcomes.into_iter().collect::<sqlx::Result<()>>()?)
}

/// Later by up to a quarter, so that not all come at once.
fn jittered(wait: TimeDelta, id: Uuid) -> TimeDelta {
    wait + wait / 4 * i32::from(id.as_bytes()[0]) / 255
}

async fn ask_hub(app: &App, before: Subscription) -> sqlx::Result<()> {
    let now = app.clock.now();
    let leaves = before.status == HubStatus::Leaving;
    // Where it was never asked for, or has run out, there is nothing to end.
    let has_ended = before.lease_until.is_none_or(|until| until <= now) && before.failures > 0;
    let mut tx = app.db.write().await?;
    if leaves && (before.failures >= GOODBYES_MAX || has_ended) {
        pushes::remove_subscription(&mut tx, before.id).await?;
        return tx.commit().await;
    }
    let doubled = AGAIN_AFTER * (1 << before.failures.clamp(0, 16));
    let status = match before.status {
        HubStatus::Wanted | HubStatus::Denied => HubStatus::Asked,
        other => other,
    };
    let asked = Subscription {
        status,
        asked_at: Some(now),
        next_at: now + jittered(doubled.min(AGAIN_AFTER_MAX), before.id),
        failures: before.failures + 1,
        ..before.clone()
    };
    // Before the hub hears of it: it may ask back before it answers.
    let is_ours = pushes::set_subscription(&mut tx, before.status, &asked).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(());
    }
    let error = match send(app, &asked, leaves).await {
        Ok(code) if (200..300).contains(&code) => return Ok(()),
        Ok(code) => say("hub-why-status").with("code", code.to_string()).to_string(),
        Err(error) => error,
    };
    tracing::warn!(
        hub = asked.hub_url,
        topic = asked.topic_url,
        error,
        "a hub did not take what it was asked for"
    );
    let mut tx = app.db.write().await?;
    pushes::set_error(&mut tx, asked.id, &error).await?;
    tx.commit().await
}

async fn send(app: &App, subscription: &Subscription, leaves: bool) -> std::result::Result<u16, String> {
    let hub = Url::parse(&subscription.hub_url).map_err(|error| error.to_string())?;
    let form = form(app, subscription, leaves);
    app.fetcher.post_form(&hub, &form, DEADLINE).await.map_err(|error| error.to_string())
}

/// What a hub is asked for.
fn form(app: &App, subscription: &Subscription, leaves: bool) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("hub.callback", &format!("{}{}", subscription.base_url, subscription.id));
    form.append_pair("hub.mode", if leaves { "unsubscribe" } else { "subscribe" });
    form.append_pair("hub.topic", &subscription.topic_url);
    // Hubs of before the standard want to know.
    form.append_pair("hub.verify", "async");
    if !leaves {
        form.append_pair("hub.lease_seconds", &LEASE.num_seconds().to_string());
        if let Some(secret) = app.keyring.hub_secrets(subscription.id).first() {
            form.append_pair("hub.secret", secret);
        }
    }
    form.finish()
}

/// What a hub asks us, or tells us.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub mode: String,
    pub topic: String,
    pub challenge: String,
    pub lease_seconds: Option<i64>,
    pub reason: String,
}

/// What is said to a hub that asks; `None`: we want nothing of the kind.
pub async fn answer(app: &App, id: Uuid, question: &Question) -> Result<Option<String>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let known = pushes::subscription(&mut tx, id).await?;
    drop(tx);
    let Some(known) = known.filter(|known| known.topic_url == question.topic) else { return Ok(None) };
    let was_asked = known.asked_at.is_some();
    let mut tx = app.db.write().await?;
    let said = match (question.mode.as_str(), known.status) {
        ("subscribe", HubStatus::Asked | HubStatus::Active)
            if was_asked && !question.challenge.is_empty() =>
        {
            let lease = match question.lease_seconds {
                Some(secs) if secs > 0 => TimeDelta::try_seconds(secs).unwrap_or(LEASE_MAX).min(LEASE_MAX),
                _ => LEASE,
            };
            let renew_in = jittered(lease * 2 / 3, id).max(AGAIN_AFTER);
            let active = Subscription {
                status: HubStatus::Active,
                next_at: now + renew_in,
                failures: 0,
                lease_until: Some(now + lease),
                last_error: String::new(),
                ..known.clone()
            };
            let is_stored = pushes::set_subscription(&mut tx, known.status, &active).await?;
            is_stored.then(|| question.challenge.clone())
        }
        ("unsubscribe", HubStatus::Leaving) if was_asked && !question.challenge.is_empty() => {
            pushes::remove_subscription(&mut tx, id).await?;
            Some(question.challenge.clone())
        }
        ("denied", HubStatus::Asked | HubStatus::Active) => {
            let reason: String = question.reason.chars().take(REASON_CHARS_MAX).collect();
            let denied = Subscription {
                status: HubStatus::Denied,
                next_at: now + jittered(AFTER_DENIAL, id),
                lease_until: None,
                last_error: reason,
                ..known.clone()
            };
            pushes::set_subscription(&mut tx, known.status, &denied).await?;
            Some(String::new())
        }
        _ => None,
    };
    tx.commit().await?;
    Ok(said)
}

/// What checks the signature of what a hub sends; `None` within: it has none. `None`: there is no such subscription.
pub async fn check_of(app: &App, id: Uuid, header: Option<&str>) -> Result<Option<Option<SignatureCheck>>> {
    let mut tx = app.db.read().await?;
    let known = pushes::subscription(&mut tx, id).await?;
    Ok(known.map(|_| SignatureCheck::new(header, &app.keyring.hub_secrets(id))))
}

/// Takes the word of a hub, whose signature was right, that there is something new.
pub async fn take(app: &App, id: Uuid) -> Result<()> {
    let mut tx = app.db.read().await?;
    let known = pushes::subscription(&mut tx, id).await?;
    drop(tx);
    if let Some(known) = known.filter(|known| known.status == HubStatus::Active) {
        ask(app, &[known.feed_id], By::WebSub).await?;
    }
    Ok(())
}
