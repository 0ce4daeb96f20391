//! What editors and admins do to one subscriber, and what must hold when they do: the rules for pages,
//! commands and the API. Takes a write transaction; notes every change in the audit log, which never holds
//! a reader's address, so that erasing somebody leaves nothing behind.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::consent::{self, SignUp};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::lists::{self, List};
use crate::db::subscribers::{self, Subscriber};
use crate::db::subscriptions::{self, Consent};
use crate::db::suppressions::{self, Suppression, SuppressionReason};
use crate::db::{Tx, WriteTx, story};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::domain::text::visible;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 50;
/// The most tags of one subscriber.
pub const TAGS_MAX: usize = 50;
/// The longest sentence on how somebody agreed, in characters.
pub const CONSENT_CHARS_MAX: usize = 500;

/// Why something is not done: the field, and a sentence for whoever wants it.
#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    #[error("{1}")]
    Refused(&'static str, String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn refused<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, SubscriberError> {
    Err(SubscriberError::Refused(field, sentence.into()))
}

/// `i***@example.org`: how the audit log names a reader.
pub fn mask(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", local.chars().next().unwrap_or('?'))
}

async fn note(
    tx: &mut WriteTx,
    me: &Actor,
    action: &str,
    subscriber: &Subscriber,
    (before, after): (serde_json::Value, serde_json::Value),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = mask(&subscriber.email);
    let subject = Subject { kind: "subscriber", id: subscriber.id, name: &name };
    audit::note(tx, me, action, subject, before, after, now).await
}

/// A name as it is stored, or why it is none.
pub fn check_name(name: &str) -> Result<String, SubscriberError> {
    let name = visible(name);
    let name = name.trim();
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return refused("name", format!("A name has at most {NAME_CHARS_MAX} characters, on one line."));
    }
    Ok(name.to_owned())
}

/// A tag as it is stored, or why it is none.
pub fn check_tag(tag: &str) -> Result<String, SubscriberError> {
    let tag = visible(tag).split_whitespace().collect::<Vec<_>>().join(" ");
    if tag.is_empty() {
        return refused("tag", "Type a tag. Like this: founding reader");
    }
    if tag.chars().count() > TAG_CHARS_MAX || tag.chars().any(|c| c.is_control() || c == ',') {
        return refused("tag", format!("A tag has at most {TAG_CHARS_MAX} characters, and no comma."));
    }
    Ok(tag)
}

/// How somebody agreed, as it is stored, or why that says nothing.
pub fn check_consent(how: &str) -> Result<String, SubscriberError> {
    let how = how.split_whitespace().collect::<Vec<_>>().join(" ");
    if how.chars().count() < 10 {
        return refused(
            "consent",
            "Say how they agreed, so that it can be shown if somebody asks. Like this: card filled in at the fair, 3 May",
        );
    }
    if how.chars().count() > CONSENT_CHARS_MAX {
        return refused("consent", format!("That is long: {CONSENT_CHARS_MAX} characters at most."));
    }
    Ok(how)
}

/// Somebody who is to be added.
pub struct NewSubscriber<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub lists: &'a [List],
    pub cadence: Cadence,
    /// How they agreed: active at once, and no mail. `None`: a mail asks them.
    pub consent: Option<&'a str>,
}

/// Adds somebody, or adds lists to somebody who is there. The caller rings the bell after the commit.
pub async fn add(
    tx: &mut WriteTx,
    me: &Actor,
    new: &NewSubscriber<'_>,
    now: DateTime<Utc>,
) -> Result<Uuid, SubscriberError> {
    let email = match EmailAddress::parse(new.email) {
        Ok(email) => email,
        Err(error) => return refused("email", error.to_string()),
    };
    let name = check_name(new.name)?;
    if new.lists.is_empty() {
        return refused("list", "Tick a list: without one they get nothing.");
    }
    let consent = new.consent.map(check_consent).transpose()?;
    subscribers::lock_mailboxes(tx, [&email]).await?;
    let stopping = match consent {
        Some(_) => suppressions::get(tx, &email.key()).await?,
        None => suppressions::stopping_sign_up(tx, &email).await?,
    };
    if let Some(stopping) = stopping {
        return refused("email", format!("{} Lift the suppression first.", explain_for(&stopping, &email)));
    }
    let id = subscribers::upsert(tx, &email, &name, now).await?;
    match &consent {
        None => {
            let consent = Consent { form: "desk", wording_version: consent::WORDING_VERSION, ip: "" };
            let cadence = new.cadence;
            let lists = new.lists;
            let asked = SignUp { email: &email, lists, cadence, consent, browser: "", requested_at: now };
            consent::sign_up(tx, &asked, now).await?;
        }
        Some(how) => {
            let consent = Consent { form: "desk, by an admin", wording_version: how, ip: "" };
            for list in new.lists {
                subscriptions::note_consent(tx, list.id, id, &consent, now).await?;
                subscriptions::set_active(tx, list.id, id, new.cadence, now).await?;
            }
        }
    }
    let Some(subscriber) = subscribers::by_id(tx, id).await? else { return Ok(id) };
    let slugs: Vec<&str> = new.lists.iter().map(|list| list.slug.as_str()).collect();
    let after = json!({ "lists": slugs, "cadence": new.cadence, "consent": consent });
    note(
        tx,
        me,
        if consent.is_some() { "added as active" } else { "added" },
        &subscriber,
        ((().into()), after),
        now,
    )
    .await?;
    Ok(id)
}

/// What a suppression's reason means, in a sentence.
pub fn explain(reason: SuppressionReason) -> &'static str {
    match reason {
        SuppressionReason::Blocked => "Its owner said \u{201c}this wasn\u{2019}t me\u{201d}.",
        SuppressionReason::Bounced => "It refuses mail for good.",
        SuppressionReason::Complained => "Its reader called our mail spam.",
        SuppressionReason::Manual => "Somebody here suppressed it.",
    }
}

/// The same for what stops mail to an address, which another spelling of it may have caused.
fn explain_for(stopping: &Suppression, email: &EmailAddress) -> String {
    let sentence = explain(stopping.reason);
    match stopping.email_key == email.key() {
        true => sentence.to_owned(),
        false => format!("{sentence} That was about {}, the same mailbox.", stopping.email_key),
    }
}

/// Changes a subscriber's name and address.
pub async fn edit(
    tx: &mut WriteTx,
    me: &Actor,
    subscriber: &Subscriber,
    email: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), SubscriberError> {
    let email = match EmailAddress::parse(email) {
        Ok(email) => email,
        Err(error) => return refused("email", error.to_string()),
    };
    let name = check_name(name)?;
    if email.key() != subscriber.email_key {
        if subscribers::by_email(tx, &email).await?.is_some() {
            return refused(
                "email",
                "Somebody else has that address. Search for it, and see which of the two to keep.",
            );
        }
        if let Some(suppression) = suppressions::get(tx, &email.key()).await? {
            return refused("email", format!("That address is suppressed. {}", explain(suppression.reason)));
        }
    }
    let mut after = json!({});
    if email.as_str() != subscriber.email {
        after["address"] = mask(email.as_str()).into();
    }
    if name != subscriber.name {
        after["name"] = "changed".into();
    }
    if after.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(());
    }
    subscribers::update(tx, subscriber.id, &email, &name).await?;
    let before = json!({ "address": mask(&subscriber.email) });
    Ok(note(tx, me, "edited", subscriber, (before, after), now).await?)
}

/// What came of setting somebody's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListsSet {
    pub changed: usize,
    /// Lists that wait for a confirmation now.
    pub asked: usize,
}

/// Sets what somebody has of each list: a cadence, or `None` for nothing. A list that is new to them waits
/// for their confirmation. The caller rings the bell after the commit.
pub async fn set_lists(
    tx: &mut WriteTx,
    me: &Actor,
    subscriber: &Subscriber,
    wanted: &[(List, Option<Cadence>)],
    now: DateTime<Utc>,
) -> Result<ListsSet, SubscriberError> {
    let email = EmailAddress::parse(&subscriber.email);
    subscribers::lock_mailboxes(tx, &email).await?;
    let held = subscriptions::of_subscriber(tx, subscriber.id).await?;
    let (mut set, mut after) = (ListsSet::default(), serde_json::Map::new());
    for (list, cadence) in wanted {
        let held = held.iter().find(|held| held.list_id == list.id);
        let open =
            held.filter(|h| matches!(h.status, SubscriptionStatus::Active | SubscriptionStatus::Pending));
        match (open, cadence) {
            (None, None) => continue,
            (Some(_), None) => {
                subscriptions::leave(tx, list.id, subscriber.id, now).await?;
                after.insert(list.slug.clone(), "left".into());
            }
            (Some(held), Some(cadence)) if held.cadence == *cadence => continue,
            (Some(_), Some(cadence)) => {
                subscriptions::set_cadence(tx, list.id, subscriber.id, *cadence).await?;
                after.insert(list.slug.clone(), cadence.as_str().into());
            }
            (None, Some(cadence)) => {
                let email = match &email {
                    Ok(email) => email,
                    Err(error) => return refused("lists", error.to_string()),
                };
                if let Some(stopping) = suppressions::stopping_sign_up(tx, email).await? {
                    return refused(
                        "lists",
                        format!(
                            "No list can be added: the address is suppressed. {}",
                            explain_for(&stopping, email)
                        ),
                    );
                }
                let consent = Consent { form: "desk", wording_version: consent::WORDING_VERSION, ip: "" };
                let lists = std::slice::from_ref(list);
                let cadence = *cadence;
                let asked = SignUp { email, lists, cadence, consent, browser: "", requested_at: now };
                consent::sign_up(tx, &asked, now).await?;
                after.insert(list.slug.clone(), format!("{}, asked to confirm", cadence.as_str()).into());
                set.asked += 1;
            }
        }
        set.changed += 1;
    }
    if set.changed > 0 {
        note(tx, me, "lists changed", subscriber, ((().into()), after.into()), now).await?;
    }
    Ok(set)
}

/// Sets a subscriber's tags: those of a text, parted by commas.
pub async fn set_tags(
    tx: &mut WriteTx,
    me: &Actor,
    subscriber: &Subscriber,
    text: &str,
    now: DateTime<Utc>,
) -> Result<(), SubscriberError> {
    let mut wanted = Vec::new();
    for tag in text.split(',').filter(|tag| !tag.trim().is_empty()) {
        let tag = check_tag(tag)?;
        if !wanted.contains(&tag) {
            wanted.push(tag);
        }
    }
    if wanted.len() > TAGS_MAX {
        return refused("tag", format!("That is more than {TAGS_MAX} tags."));
    }
    let before = subscribers::tags(tx, subscriber.id).await?;
    wanted.sort();
    if wanted == before {
        return Ok(());
    }
    for tag in before.iter().filter(|tag| !wanted.contains(tag)) {
        subscribers::untag(tx, subscriber.id, tag).await?;
    }
    for tag in &wanted {
        subscribers::tag(tx, subscriber.id, tag, now).await?;
    }
    Ok(note(tx, me, "tags changed", subscriber, (json!({ "tags": before }), json!({ "tags": wanted })), now)
        .await?)
}

/// Ends all that somebody has.
pub async fn unsubscribe(
    tx: &mut WriteTx,
    me: &Actor,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let left = subscriptions::leave_all(tx, subscriber.id, now).await?;
    if left > 0 {
        note(tx, me, "unsubscribed", subscriber, (().into(), json!({ "lists": left })), now).await?;
    }
    Ok(left)
}

/// Suppresses an address, whether or not anybody subscribes with it. False where it was already.
pub async fn suppress(
    tx: &mut WriteTx,
    me: &Actor,
    email: &EmailAddress,
    why: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let why: String = why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect();
    let detail = if why.is_empty() { format!("by {}", me.email) } else { format!("by {}: {why}", me.email) };
    let new = suppressions::add(tx, &email.key(), SuppressionReason::Manual, &detail, now).await?;
    let subscriber = subscribers::by_email(tx, email).await?;
    if let Some(subscriber) = &subscriber {
        subscriptions::leave_all(tx, subscriber.id, now).await?;
    }
    if new {
        note_address(tx, me, "suppressed", email.as_str(), subscriber.as_ref(), now).await?;
    }
    Ok(new)
}

async fn note_address(
    tx: &mut WriteTx,
    me: &Actor,
    action: &str,
    email: &str,
    subscriber: Option<&Subscriber>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = mask(email);
    let subject = match subscriber {
        Some(subscriber) => Subject { kind: "subscriber", id: subscriber.id, name: &name },
        None => Subject { kind: "suppression", id: Uuid::nil(), name: &name },
    };
    audit::note(tx, me, action, subject, (), (), now).await
}

/// Lifts a suppression. False where there was none.
pub async fn lift(tx: &mut WriteTx, me: &Actor, email_key: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let subscriber = subscribers::by_key(tx, email_key).await?;
    let lifted = suppressions::lift(tx, email_key).await?;
    if lifted {
        note_address(tx, me, "suppression lifted", email_key, subscriber.as_ref(), now).await?;
    }
    Ok(lifted)
}

/// Removes a person, and all that names them; an address that is suppressed stays so.
pub async fn erase(
    tx: &mut WriteTx,
    me: &Actor,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    subscribers::erase(tx, subscriber).await?;
    let subject = Subject { kind: "subscriber", id: subscriber.id, name: "erased" };
    audit::note(tx, me, "erased", subject, (), (), now).await
}

/// One short transaction in which about so many subscribers get the words that they are found by; how long it took.
/// `None`: all have them.
pub async fn add_missing_words(app: &App, rows: i64) -> anyhow::Result<Option<Duration>> {
    // Read first: a writer's turn each second for nothing would cost a sync.
    let mut tx = app.db.read().await?;
    if !subscribers::any_without_words(&mut tx).await? {
        return Ok(None);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    subscribers::add_missing_words(&mut tx, rows).await?;
    tx.commit().await?;
    Ok(Some(begun.elapsed()))
}

/// All that is kept about somebody, as JSON.
pub async fn data(tx: &mut Tx, subscriber: &Subscriber) -> sqlx::Result<serde_json::Value> {
    let lists = lists::all(tx).await?;
    let held = subscriptions::of_subscriber(tx, subscriber.id).await?;
    let subscriptions: Vec<serde_json::Value> = held
        .iter()
        .map(|held| {
            let list = lists.iter().find(|list| list.id == held.list_id);
            json!({
                "list": list.map(|list| list.name.as_str()), "status": held.status, "cadence": held.cadence,
                "since": held.status_since, "subscribed_at": held.created_at,
            })
        })
        .collect();
    let deliveries = story::deliveries(tx, subscriber.id, Uuid::max(), 100_000).await?;
    let deliveries: Vec<serde_json::Value> = deliveries
        .iter()
        .filter(|row| row.status.is_some())
        .map(|row| {
            json!({
                "subject": row.subject, "list": row.list_name, "status": row.status, "at": row.status_since,
                "attempts": row.attempts, "reply": row.reply,
            })
        })
        .collect();
    Ok(json!({
        "email": subscriber.email,
        "name": subscriber.name,
        "joined_at": subscriber.created_at,
        "subscriptions": subscriptions,
        "tags": subscribers::tags(tx, subscriber.id).await?,
        "suppression": suppressions::get(tx, &subscriber.email_key).await?,
        "consents": story::consents(tx, subscriber.id, 100_000).await?,
        "notices": story::notices(tx, subscriber.id, 100_000).await?,
        "deliveries": deliveries,
    }))
}
