//! What a reader does by a link that was mailed a moment ago, and by no other: their address, all that is kept of them as a
//! file, and its end. Whoever holds a forwarded mail can do none of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actions::compose::reader_words;
use crate::actions::consent::may_be_written_to;
use crate::actions::{Context, Result, subscribers as rules};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::notices::{self, Notice};
use crate::db::publication::Publication;
use crate::db::subscribers::{self, Subscriber};
use crate::db::{Tx, publication, suppressions};
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::links::{Link, of_address};
use crate::domain::refusal::readers;
use crate::locale::Localizer;
use crate::mail::content::{self, Content};

/// How long the link works.
pub const LINK_LIFE: TimeDelta = TimeDelta::hours(1);
/// How long a new address can be confirmed.
pub const ADDRESS_LIFE: TimeDelta = TimeDelta::hours(24);
/// Links to one address within an hour and within a day, at most.
const LINKS_PER_HOUR_MAX: i64 = 3;
const LINKS_PER_DAY_MAX: i64 = 6;
/// What a link to a new address holds is sealed as this.
const SEALED_AS: &str = "new address";

/// The link for a while, as of a moment.
pub fn link(app: &App, subscriber: &Subscriber, at: DateTime<Utc>) -> String {
    let address = of_address(&subscriber.email_key);
    let expires_at = (at + LINK_LIFE).timestamp();
    app.keyring.token(Link::Manage { subscriber: subscriber.id, expires_at, address })
}

/// Whether a token is such a link of a reader's, and still works.
pub fn is_fresh(app: &App, token: &str, subscriber: &Subscriber) -> bool {
    match app.keyring.read(token) {
        Some(Link::Manage { subscriber: of, expires_at, address }) => {
            of == subscriber.id
                && address == of_address(&subscriber.email_key)
                && app.clock.now().timestamp() < expires_at
        }
        _ => false,
    }
}

/// Mails the link to a reader's own address, unless it had its share of them.
pub async fn mail_link(cx: &Context<'_>, subscriber: &Subscriber) -> Result<()> {
    let now = cx.now();
    let Ok(email) = EmailAddress::parse(&subscriber.email) else { return Ok(()) };
    let mut tx = cx.app.db.write().await?;
    subscribers::lock_mailboxes(&mut tx, [&email]).await?;
    let lately = notices::count_manage_links(&mut tx, &email.key(), now - TimeDelta::hours(1)).await?;
    let today = notices::count_manage_links(&mut tx, &email.key(), now - TimeDelta::days(1)).await?;
    if lately < LINKS_PER_HOUR_MAX && today < LINKS_PER_DAY_MAX {
        notices::enqueue(&mut tx, &Notice::ManageLink { subscriber_id: subscriber.id }, &email, now).await?;
    }
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(())
}

/// What a link to a new address holds.
#[derive(Serialize, Deserialize)]
struct NewAddress {
    subscriber: Uuid,
    /// Of the address that they have: see [`of_address`].
    from: [u8; 8],
    to: String,
    expires_at: DateTime<Utc>,
}

/// The link that makes `to` a reader's address, as of a moment.
pub fn new_address_link(
    app: &App,
    subscriber: &Subscriber,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> Option<String> {
    let holds = NewAddress {
        subscriber: subscriber.id,
        from: of_address(&subscriber.email_key),
        to: to.as_str().to_owned(),
        expires_at: at + ADDRESS_LIFE,
    };
    app.keyring.seal(SEALED_AS, &serde_json::to_vec(&holds).ok()?)
}

/// Mails a link to an address that a reader wants to be theirs; their fresh link says who asks. Whether it is known here is
/// nobody's business: the answer is the same.
pub async fn ask_new_address(cx: &Context<'_>, subscriber: &Subscriber, email: &EmailAddress) -> Result<()> {
    let now = cx.now();
    if email.as_str() == subscriber.email {
        return Err(readers::NEW_ADDRESS_SAME.on("email").into());
    }
    let mut tx = cx.app.db.write().await?;
    subscribers::lock_mailboxes(&mut tx, [email]).await?;
    let is_stopped = suppressions::stopping_sign_up(&mut tx, email).await?.is_some();
    if !is_stopped && may_be_written_to(&mut tx, email, now).await? {
        notices::enqueue(&mut tx, &Notice::NewAddress { subscriber_id: subscriber.id }, email, now).await?;
    }
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(())
}

/// Whose address a link would change, and into which; `None`: it is none of ours.
pub async fn read_new_address(
    tx: &mut Tx,
    app: &App,
    sealed: &str,
) -> Result<Option<(Subscriber, EmailAddress)>> {
    let opened = app.keyring.open(SEALED_AS, sealed);
    let Some(holds) = opened.and_then(|json| serde_json::from_slice::<NewAddress>(&json).ok()) else {
        return Ok(None);
    };
    let Ok(email) = EmailAddress::parse(&holds.to) else { return Ok(None) };
    let subscriber = subscribers::by_id(tx, holds.subscriber).await?;
    let subscriber = subscriber.ok_or_else(|| readers::READER_GONE.refusal())?;
    // Whoever pressed the button twice has it already.
    let is_done = email.as_str() == subscriber.email;
    let is_over = holds.expires_at <= app.clock.now() || holds.from != of_address(&subscriber.email_key);
    if is_over && !is_done {
        return Err(readers::LINK_OLD.refusal().into());
    }
    Ok(Some((subscriber, email)))
}

/// Makes an address a reader's, by the link that was mailed to it. Harmless to repeat. `None`: the link is none of ours.
pub async fn set_new_address(cx: &Context<'_>, sealed: &str) -> Result<Option<Subscriber>> {
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let Some((subscriber, email)) = read_new_address(&mut tx, cx.app, sealed).await? else { return Ok(None) };
    if email.as_str() == subscriber.email {
        return Ok(Some(subscriber));
    }
    let before = EmailAddress::parse(&subscriber.email).ok();
    subscribers::lock_mailboxes(&mut tx, before.iter().chain([&email])).await?;
    if subscribers::by_email(&mut tx, &email).await?.is_some_and(|other| other.id != subscriber.id) {
        return Err(readers::NEW_ADDRESS_TAKEN.refusal().into());
    }
    if suppressions::stopping_sign_up(&mut tx, &email).await?.is_some() {
        return Err(readers::NEW_ADDRESS_BLOCKED.refusal().into());
    }
    subscribers::update(&mut tx, subscriber.id, &email, &subscriber.name).await?;
    let (old, new) = (masked(&subscriber.email), masked(email.as_str()));
    let subject = Subject { kind: "subscriber", id: subscriber.id, name: &new };
    let change = (serde_json::json!({ "address": old }), serde_json::json!({ "address": new }));
    audit::note(&mut tx, &nobody_knows_where(cx), "address changed", subject, change.0, change.1, now)
        .await?;
    if let Some(before) = before.filter(|before| before.key() != email.key()) {
        let notice = Notice::AddressChanged { subscriber_id: subscriber.id };
        notices::enqueue(&mut tx, &notice, &before, now).await?;
    }
    let changed = subscribers::by_id(&mut tx, subscriber.id).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(changed)
}

/// Whoever acts, without their network address: the audit log keeps its lines for good.
fn nobody_knows_where(cx: &Context<'_>) -> Actor {
    Actor { ip: String::new(), ..cx.actor.clone() }
}

/// The mail with the link for a while; `None`: the reader is gone.
pub(super) async fn link_mail(app: &App, id: Uuid, at: DateTime<Utc>) -> anyhow::Result<Option<Content>> {
    let Some((subscriber, publication, words)) = reader_of(app, id).await? else { return Ok(None) };
    let url = app.config.link(&format!("/preferences/{}", link(app, &subscriber, at)));
    content::manage_link(&publication, &words, &url, at + LINK_LIFE).map(Some)
}

/// The mail to an address that is to be a reader's.
pub(super) async fn new_address_mail(
    app: &App,
    id: Uuid,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> anyhow::Result<Option<Content>> {
    let Some((subscriber, publication, words)) = reader_of(app, id).await? else { return Ok(None) };
    let Some(token) = new_address_link(app, &subscriber, to, at) else { return Ok(None) };
    let url = app.config.link(&format!("/address/{token}"));
    content::new_address(&publication, &words, &url, at + ADDRESS_LIFE).map(Some)
}

/// The mail to the address that a reader had.
pub(super) async fn address_changed_mail(app: &App, id: Uuid) -> anyhow::Result<Option<Content>> {
    let Some((subscriber, publication, words)) = reader_of(app, id).await? else { return Ok(None) };
    content::address_changed(&publication, &words, &masked(&subscriber.email)).map(Some)
}

async fn reader_of(app: &App, id: Uuid) -> sqlx::Result<Option<(Subscriber, Publication, Localizer)>> {
    let mut tx = app.db.read().await?;
    let Some(subscriber) = subscribers::by_id(&mut tx, id).await? else { return Ok(None) };
    let publication = publication::get(&mut tx).await?;
    let words = reader_words(Some(&subscriber), &[], &publication);
    Ok(Some((subscriber, publication, words)))
}

/// Removes a reader and everything that names them, at their own wish.
pub async fn erase(cx: &Context<'_>, subscriber: &Subscriber) -> Result<()> {
    let mut tx = cx.app.db.write().await?;
    rules::erase_in(&mut tx, &nobody_knows_where(cx), subscriber, cx.now()).await?;
    Ok(tx.commit().await?)
}
