//! What editors and admins do to one subscriber, and what must hold when they do. Every change is in the audit log,
//! which never holds a reader's address, so that erasing somebody leaves nothing behind.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::consent::{self, ConfirmationRequest, SignUp};
use crate::actions::{Context, Result, fields};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::chunk::LongWork;
use crate::db::events;
use crate::db::lists::{self, List};
use crate::db::subscribers::{self, Subscriber};
use crate::db::subscriptions::{self, Consent};
use crate::db::suppressions::{self, Suppression, SuppressionReason};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, erased, leave_reasons, merges, timeline};
use crate::domain::email_address::{EmailAddress, EmailAddressError, masked};
use crate::domain::refusal::{common, readers};
use crate::domain::stored_words;
use crate::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use crate::domain::text::visible;
use crate::locale::say;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 50;
/// The most tags of one subscriber.
pub const TAGS_MAX: usize = 50;
/// The shortest sentence on how somebody agreed, in characters.
pub const CONSENT_CHARS_MIN: usize = 10;
/// The longest.
pub const CONSENT_CHARS_MAX: usize = 500;

async fn note(
    tx: &mut WriteTx,
    me: &Actor,
    action: &str,
    subscriber: &Subscriber,
    (before, after): (serde_json::Value, serde_json::Value),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = masked(&subscriber.email);
    let subject = Subject { kind: "subscriber", id: subscriber.id, name: &name };
    audit::note(tx, me, action, subject, before, after, now).await
}

/// A name as it is stored, or why it is none.
pub fn check_name(name: &str) -> Result<String> {
    let name = visible(name);
    let name = name.trim();
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(readers::NAME_LONG.on("name").with("max", NAME_CHARS_MAX).into());
    }
    Ok(name.to_owned())
}

/// A tag as it is stored, or why it is none.
pub fn check_tag(tag: &str) -> Result<String> {
    let tag = visible(tag).split_whitespace().collect::<Vec<_>>().join(" ");
    if tag.is_empty() {
        return Err(readers::TAG_MISSING.on("tag").into());
    }
    if tag.chars().count() > TAG_CHARS_MAX || tag.chars().any(|c| c.is_control() || c == ',') {
        return Err(readers::TAG_LONG.on("tag").with("max", TAG_CHARS_MAX).into());
    }
    Ok(tag)
}

/// How somebody agreed, as it is stored, or why that says nothing.
pub fn check_consent(how: &str) -> Result<String> {
    let how = how.split_whitespace().collect::<Vec<_>>().join(" ");
    if how.chars().count() < CONSENT_CHARS_MIN {
        return Err(readers::CONSENT_SHORT.on("consent").with("min", CONSENT_CHARS_MIN).into());
    }
    if how.chars().count() > CONSENT_CHARS_MAX {
        return Err(readers::CONSENT_LONG.on("consent").with("max", CONSENT_CHARS_MAX).into());
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

/// An address that somebody typed into a form.
fn parse_address(text: &str) -> Result<EmailAddress> {
    let why =
        |error: EmailAddressError| readers::READER_ADDRESS_WRONG.on("email").with("why", error.to_string());
    Ok(EmailAddress::parse(text).map_err(why)?)
}

/// The subscriber of an id.
async fn find(tx: &mut Tx, id: Uuid) -> Result<Subscriber> {
    Ok(subscribers::by_id(tx, id).await?.ok_or_else(|| common::GONE.refusal())?)
}

/// Adds somebody, or adds lists to somebody who is there. Who adds somebody as active must be an admin.
pub async fn add(cx: &Context<'_>, new: &NewSubscriber<'_>) -> Result<Uuid> {
    cx.require(if new.consent.is_some() { Role::Admin } else { Role::Editor })?;
    let cause = cx.cause();
    let (me, now) = (&cx.actor, cause.at);
    let email = parse_address(new.email)?;
    let name = check_name(new.name)?;
    if new.lists.is_empty() {
        return Err(readers::NO_LIST_TICKED.on("list").into());
    }
    let consent = new.consent.map(check_consent).transpose()?;
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    subscribers::lock_mailboxes(tx, [&email]).await?;
    let stopping = match consent {
        Some(_) => suppressions::get(tx, &email.key()).await?,
        None => suppressions::stopping_sign_up(tx, &email).await?,
    };
    if let Some(stopping) = stopping {
        let reason = explain_for(&stopping, &email);
        return Err(readers::ADD_SUPPRESSED.on("email").with("reason", reason).into());
    }
    // Whoever had themselves erased comes back by their own word only.
    if consent.is_some()
        && let Some(erased) = erased::find(tx, &email.key()).await?
    {
        let reason = erased.reason.map_or_else(|| say("suppression-means-erased").to_string(), explain);
        return Err(readers::ADD_SUPPRESSED.on("email").with("reason", reason).into());
    }
    let id = subscribers::upsert(tx, &email, &name, now).await?;
    match &consent {
        None => {
            let consent = Consent { form: "desk", wording_version: "", ip: "" };
            let cadence = new.cadence;
            let lists = new.lists;
            let asked = SignUp {
                email: &email,
                lists,
                cadence,
                consent,
                browser: "",
                language: "",
                requested_at: now,
            };
            consent::sign_up(tx, &asked, &cause).await?;
        }
        Some(how) => {
            let consent = Consent { form: "desk, by an admin", wording_version: how, ip: "" };
            for list in new.lists {
                subscriptions::note_consent(tx, list.id, id, &consent, now).await?;
                let join = Transition::Join(new.cadence);
                subscriptions::change_one(tx, &cause, id, list.id, join).await?;
            }
        }
    }
    let subscriber = find(tx, id).await?;
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
    writing.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(id)
}

/// What a suppression's reason means, in a sentence.
pub fn explain(reason: SuppressionReason) -> String {
    let key = match reason {
        SuppressionReason::Blocked => "suppression-means-blocked",
        SuppressionReason::Bounced => "suppression-means-bounced",
        SuppressionReason::Complained => "suppression-means-complained",
        SuppressionReason::Manual => "suppression-means-manual",
    };
    say(key).to_string()
}

/// The same for what stops mail to an address, which another spelling of it may have caused.
fn explain_for(stopping: &Suppression, email: &EmailAddress) -> String {
    let sentence = explain(stopping.reason);
    match stopping.email_key == email.key() {
        true => sentence,
        false => say("suppression-other-spelling")
            .with("why", sentence)
            .with("address", &stopping.email_key)
            .to_string(),
    }
}

/// Changes a subscriber's name and address.
pub async fn edit(cx: &Context<'_>, id: Uuid, email: &str, name: &str) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, id).await?;
    let email = parse_address(email)?;
    let name = check_name(name)?;
    if email.key() != subscriber.email_key {
        if subscribers::by_email(&mut tx, &email).await?.is_some() {
            return Err(readers::ADDRESS_TAKEN.on("email").into());
        }
        if let Some(suppression) = suppressions::get(&mut tx, &email.key()).await? {
            let reason = explain(suppression.reason);
            return Err(readers::ADDRESS_SUPPRESSED.on("email").with("reason", reason).into());
        }
        if erased::find(&mut tx, &email.key()).await?.is_some() {
            let reason = say("suppression-means-erased").to_string();
            return Err(readers::ADDRESS_SUPPRESSED.on("email").with("reason", reason).into());
        }
    }
    let mut after = json!({});
    if email.as_str() != subscriber.email {
        after["address"] = masked(email.as_str()).into();
    }
    if name != subscriber.name {
        after["name"] = "changed".into();
    }
    if after.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(());
    }
    subscribers::update(&mut tx, subscriber.id, &email, &name).await?;
    let before = json!({ "address": masked(&subscriber.email) });
    note(&mut tx, &cx.actor, "edited", &subscriber, (before, after), cx.now()).await?;
    Ok(tx.commit().await?)
}

/// The result of setting someone's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListsSet {
    pub changed: usize,
    /// Lists that wait for a confirmation now.
    pub asked: usize,
}

/// Sets what somebody has of each list: a cadence, or `None` for nothing. A list that is new to them waits
/// for their confirmation.
pub async fn set_lists(cx: &Context<'_>, id: Uuid, wanted: &[(List, Option<Cadence>)]) -> Result<ListsSet> {
    cx.require(Role::Editor)?;
    let cause = cx.cause();
    let now = cause.at;
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    let subscriber = find(tx, id).await?;
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
                subscriptions::change_one(tx, &cause, subscriber.id, list.id, Transition::Leave).await?;
                after.insert(list.slug.clone(), "left".into());
            }
            (Some(held), Some(cadence)) if held.cadence == *cadence => continue,
            (Some(_), Some(cadence)) => {
                let set = Transition::SetCadence(*cadence);
                subscriptions::change_one(tx, &cause, subscriber.id, list.id, set).await?;
                after.insert(list.slug.clone(), cadence.as_str().into());
            }
            (None, Some(cadence)) => {
                let why = |error: &EmailAddressError| {
                    readers::READER_ADDRESS_WRONG.on("lists").with("why", error.to_string())
                };
                let email = email.as_ref().map_err(why)?;
                if let Some(stopping) = suppressions::stopping_sign_up(tx, email).await? {
                    let reason = explain_for(&stopping, email);
                    return Err(readers::LISTS_SUPPRESSED.on("lists").with("reason", reason).into());
                }
                let consent = Consent { form: "desk", wording_version: "", ip: "" };
                let lists = std::slice::from_ref(list);
                let cadence = *cadence;
                let asked =
                    SignUp { email, lists, cadence, consent, browser: "", language: "", requested_at: now };
                consent::sign_up(tx, &asked, &cause).await?;
                after.insert(list.slug.clone(), format!("{}, asked to confirm", cadence.as_str()).into());
                set.asked += 1;
            }
        }
        set.changed += 1;
    }
    if set.changed > 0 {
        note(tx, &cx.actor, "lists changed", &subscriber, ((().into()), after.into()), now).await?;
    }
    writing.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(set)
}

/// Sets a subscriber's tags, given in one text separated by commas.
pub async fn set_tags(cx: &Context<'_>, id: Uuid, text: &str) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut wanted = Vec::new();
    for tag in text.split(',').filter(|tag| !tag.trim().is_empty()) {
        let tag = check_tag(tag)?;
        if !wanted.contains(&tag) {
            wanted.push(tag);
        }
    }
    if wanted.len() > TAGS_MAX {
        return Err(readers::TOO_MANY_TAGS.on("tag").with("max", TAGS_MAX).into());
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, id).await?;
    let before = subscribers::tags(&mut tx, id).await?;
    wanted.sort();
    if wanted == before {
        return Ok(());
    }
    for tag in before.iter().filter(|tag| !wanted.contains(tag)) {
        subscribers::untag(&mut tx, id, tag).await?;
    }
    for tag in &wanted {
        subscribers::tag(&mut tx, id, tag, now).await?;
    }
    let change = (json!({ "tags": before }), json!({ "tags": wanted }));
    note(&mut tx, &cx.actor, "tags changed", &subscriber, change, now).await?;
    Ok(tx.commit().await?)
}

/// Unsubscribes someone from every list. Returns the number of lists.
pub async fn unsubscribe(cx: &Context<'_>, id: Uuid) -> Result<u64> {
    cx.require(Role::Editor)?;
    let cause = cx.cause();
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, id).await?;
    let left = subscriptions::change(&mut tx, &cause, &[id], None, Transition::Leave).await?.len() as u64;
    if left > 0 {
        let change = (().into(), json!({ "lists": left }));
        note(&mut tx, &cx.actor, "unsubscribed", &subscriber, change, cause.at).await?;
    }
    tx.commit().await?;
    Ok(left)
}

/// Mails the request to confirm to somebody once more: see [`consent::ask_again`].
pub async fn ask_again(cx: &Context<'_>, id: Uuid) -> Result<ConfirmationRequest> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, id).await?;
    let asked = consent::ask_again(&mut tx, &subscriber, cx.now()).await?;
    if asked == ConfirmationRequest::Again {
        note(&mut tx, &cx.actor, "asked again", &subscriber, (().into(), ().into()), cx.now()).await?;
    }
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(asked)
}

/// Suppresses an address, whether or not anybody subscribes with it. False where it was already.
pub async fn suppress(cx: &Context<'_>, email: &str, why: &str) -> Result<bool> {
    cx.require(Role::Admin)?;
    let email = parse_address(email)?;
    let cause = cx.cause();
    let (me, now) = (&cx.actor, cause.at);
    let why: String = why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect();
    let detail = say(if why.is_empty() { "suppression-by" } else { "suppression-by-why" });
    let detail = detail.with("who", stored_words::who(&me.email)).with("why", why).to_string();
    let mut tx = cx.app.db.write().await?;
    let new = suppressions::add(&mut tx, &cause, &email.key(), SuppressionReason::Manual, &detail).await?;
    let subscriber = subscribers::by_email(&mut tx, &email).await?;
    if let Some(subscriber) = &subscriber {
        subscriptions::change(&mut tx, &cause, &[subscriber.id], None, Transition::Leave).await?;
    }
    if new {
        note_address(&mut tx, me, "suppressed", email.as_str(), subscriber.as_ref(), now).await?;
    }
    tx.commit().await?;
    Ok(new)
}

/// The same for somebody's address.
pub async fn suppress_subscriber(cx: &Context<'_>, id: Uuid, why: &str) -> Result<bool> {
    let subscriber = find(&mut cx.app.db.read().await?, id).await?;
    suppress(cx, &subscriber.email, why).await
}

async fn note_address(
    tx: &mut WriteTx,
    me: &Actor,
    action: &str,
    email: &str,
    subscriber: Option<&Subscriber>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = masked(email);
    let subject = match subscriber {
        Some(subscriber) => Subject { kind: "subscriber", id: subscriber.id, name: &name },
        None => Subject { kind: "suppression", id: Uuid::nil(), name: &name },
    };
    audit::note(tx, me, action, subject, (), (), now).await
}

/// Lifts a suppression. False where there was none.
pub async fn lift(cx: &Context<'_>, email_key: &str) -> Result<bool> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let subscriber = subscribers::by_key(&mut tx, email_key).await?;
    let lifted = suppressions::lift(&mut tx, &cx.cause(), email_key).await?;
    if lifted {
        let action = "suppression lifted";
        note_address(&mut tx, &cx.actor, action, email_key, subscriber.as_ref(), cx.now()).await?;
    }
    tx.commit().await?;
    Ok(lifted)
}

/// The same for somebody's address.
pub async fn lift_subscriber(cx: &Context<'_>, id: Uuid) -> Result<bool> {
    let subscriber = find(&mut cx.app.db.read().await?, id).await?;
    lift(cx, &subscriber.email_key).await
}

/// Removes a person and everything that names them, if `typed` is their address. A suppressed address stays suppressed.
pub async fn erase(cx: &Context<'_>, id: Uuid, typed: &str) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, id).await?;
    if typed.to_ascii_lowercase() != subscriber.email_key {
        return Err(readers::ERASE_ADDRESS_WRONG.on("typed").into());
    }
    erase_in(&mut tx, &cx.actor, &subscriber, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// The same in a transaction, by whoever may.
pub(super) async fn erase_in(
    tx: &mut WriteTx,
    who: &Actor,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    subscribers::erase(tx, subscriber, now).await?;
    let subject = Subject { kind: "subscriber", id: subscriber.id, name: "erased" };
    audit::note(tx, who, "erased", subject, (), (), now).await
}

/// One transaction in which some subscribers get the words that they are found by; false where all have them.
pub async fn add_missing_words(app: &App, work: &mut LongWork) -> anyhow::Result<bool> {
    // Read first: a writer's turn each second for nothing would cost a sync.
    let mut tx = app.db.read().await?;
    if !subscribers::any_without_words(&mut tx).await? {
        return Ok(false);
    }
    drop(tx);
    work.give_way(&app.db).await;
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    let found = subscribers::add_missing_words(&mut tx, work.rows()).await?;
    let took = begun.elapsed();
    tx.commit().await?;
    if found as i64 * 2 >= work.rows() {
        work.took(took);
    }
    Ok(true)
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
    let merged = merges::into(tx, subscriber.id).await?;
    let mut deliveries = timeline::deliveries(tx, subscriber.id, subscriber.id, Uuid::max(), 100_000).await?;
    for merge in &merged {
        deliveries
            .extend(timeline::deliveries(tx, subscriber.id, merge.merged_id, Uuid::max(), 100_000).await?);
    }
    let merged: Vec<serde_json::Value> = merged
        .iter()
        .map(|merge| json!({ "email": merge.email, "name": merge.name, "joined_at": merge.created_at, "merged_at": merge.merged_at }))
        .collect();
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
        "language": subscriber.language,
        "joined_at": subscriber.created_at,
        "merged": merged,
        "subscriptions": subscriptions,
        "tags": subscribers::tags(tx, subscriber.id).await?,
        "fields": fields::data(tx, subscriber.id).await?,
        "suppression": suppressions::get(tx, &subscriber.email_key).await?,
        "consents": timeline::consents(tx, subscriber.id, 100_000).await?,
        "reasons": leave_reasons::of_subscriber(tx, subscriber.id).await?,
        "events": events::of_subscriber(tx, subscriber.id, 100_000).await?,
        "notices": timeline::notices(tx, subscriber.id, 100_000).await?,
        "deliveries": deliveries,
    }))
}
