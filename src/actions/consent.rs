//! Consent: asking for lists, confirming, choosing, leaving, blocking. The rules themselves, for every entry point. Knows no
//! HTTP, and never tells its caller's caller whether an address was known.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::compose::reader_words;
use crate::actions::{Context, Result, welcomes};
use crate::db::audit::ActorKind;
use crate::db::confirmations::Confirmation;
use crate::db::events::Cause;
use crate::db::lists::List;
use crate::db::notices::Notice;
use crate::db::subscribers::Subscriber;
use crate::db::subscriptions::Consent;
use crate::db::{
    Tx, WriteTx, confirmations, erased, lists, merges, notices, publication, subscribers, subscriptions,
    suppressions,
};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::readers;
use crate::domain::slug::Slug;
use crate::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use crate::domain::wording;
use crate::locale::say;

/// How long a confirmation can be used.
pub const CONFIRMATION_LIFE: TimeDelta = TimeDelta::hours(72);
/// At most one notice to a mailbox in this time, whoever asks, however it is spelled and for whichever lists.
pub const NOTICE_COOL_DOWN: TimeDelta = TimeDelta::minutes(15);
/// At most so many notices to a mailbox in 24 hours.
pub const NOTICES_PER_DAY_MAX: i64 = 3;
/// At most so many lists in one sign-up.
pub const LISTS_MAX: usize = 100;

/// Somebody asks for lists in the name of an address.
#[derive(Debug)]
pub struct SignUp<'a> {
    pub email: &'a EmailAddress,
    pub lists: &'a [List],
    /// A list that does not offer it has its default.
    pub cadence: Cadence,
    /// Without a version: the words are those of the mail.
    pub consent: Consent<'a>,
    /// The fingerprint of the browser's cookie; empty where there is no browser.
    pub browser: &'a str,
    /// The tag of what its form was in; empty: not said.
    pub language: &'a str,
    /// When it was sent, which may be before it is worked on.
    pub requested_at: DateTime<Utc>,
}

/// The public lists of these slugs; of none, the first public list. Where no list exists at all,
/// one is made, so that the first reader does not wait for an admin.
pub async fn find_lists(tx: &mut WriteTx, slugs: &[String], now: DateTime<Utc>) -> Result<Vec<List>> {
    if slugs.is_empty() {
        if lists::all(tx).await?.is_empty()
            && let Ok(slug) = Slug::parse("all")
        {
            lists::add(tx, &slug, &say("list-default-name").to_string(), now).await?;
        }
        let first = lists::public(tx).await?.into_iter().next();
        return first.map(|list| vec![list]).ok_or_else(|| readers::NO_LIST_OPEN.on("lists").into());
    }
    if slugs.len() > LISTS_MAX {
        return Err(readers::TOO_MANY_LISTS.on("lists").with("max", LISTS_MAX).into());
    }
    let public = lists::public(tx).await?;
    let mut found: Vec<List> = Vec::new();
    for slug in slugs {
        let list = public.iter().find(|list| list.slug == *slug);
        let list = list.ok_or_else(|| {
            readers::LIST_UNKNOWN.on("lists").with("list", slug.chars().take(60).collect::<String>())
        })?;
        if found.iter().all(|other| other.id != list.id) {
            found.push(list.clone());
        }
    }
    Ok(found)
}

/// Stores a sign-up. Lists that are active stay as they are; the others wait for a confirmation,
/// which is mailed unless the mailbox had its share of notices or is blocked. Each mail has its consents; what
/// is repeated without one leaves nothing more behind. The caller answers the same whatever happens here, and
/// wakes the delivery engine after the commit.
pub async fn sign_up(tx: &mut WriteTx, asked: &SignUp<'_>, cause: &Cause<'_>) -> sqlx::Result<()> {
    let now = cause.at;
    // First: two sign-ups of one mailbox at the same moment would else both find no notice and both queue one.
    subscribers::lock_mailboxes(tx, [asked.email]).await?;
    if suppressions::stopping_sign_up(tx, asked.email).await?.is_some() {
        return Ok(());
    }
    let subscriber_id = subscribers::upsert(tx, asked.email, "", now).await?;
    if !asked.language.is_empty() {
        subscribers::set_language_of_sign_up(tx, subscriber_id, asked.language).await?;
    }
    let wording = match asked.consent.wording_version {
        "" => wording_of_mail(tx, subscriber_id, asked.lists).await?,
        shown => shown.to_owned(),
    };
    let consent = Consent { wording_version: &wording, ..asked.consent.clone() };
    let mut pending = Vec::new();
    for list in asked.lists {
        let ask = Transition::Ask(list.schedule.choice(asked.cadence));
        pending.extend(
            subscriptions::change_one(tx, cause, subscriber_id, list.id, ask).await?.map(|one| one.list_id),
        );
    }
    let mailed = write_to(tx, subscriber_id, asked.email, &pending, asked.browser, now).await?;
    note_consents(tx, subscriber_id, &pending, mailed, &consent, asked.requested_at).await
}

/// The version of the words in a mail to somebody about lists: what they agree to who saw no form.
pub(super) async fn wording_of_mail(
    tx: &mut Tx,
    subscriber_id: Uuid,
    about: &[List],
) -> sqlx::Result<String> {
    let subscriber = subscribers::by_id(tx, subscriber_id).await?;
    let publication = publication::get(tx).await?;
    Ok(wording::version(&reader_words(subscriber.as_ref(), about, &publication)))
}

/// Notes what a subscriber asked for: where a mail asks to confirm it, and where nothing is noted of it yet.
async fn note_consents(
    tx: &mut WriteTx,
    subscriber_id: Uuid,
    pending: &[Uuid],
    mailed: bool,
    consent: &Consent<'_>,
    requested_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    for list_id in pending {
        if mailed || !subscriptions::has_unconfirmed_consent(tx, *list_id, subscriber_id).await? {
            subscriptions::note_consent(tx, *list_id, subscriber_id, consent, requested_at).await?;
        }
    }
    Ok(())
}

/// What came of asking somebody again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationRequest {
    /// The mail is in the lane: its caller wakes the delivery engine after the commit.
    Again,
    /// The address had its share of mails.
    TooSoon,
    /// No list waits for a confirmation.
    NothingPending,
    Suppressed,
    /// The owner of the mailbox blocked it under another spelling.
    Blocked,
}

/// Mails the confirmation of a subscriber's pending lists once more, at the wish of an editor, who may know
/// the outcome. The flood control is the same as for anybody.
pub async fn ask_again(
    tx: &mut WriteTx,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> sqlx::Result<ConfirmationRequest> {
    let Ok(email) = EmailAddress::parse(&subscriber.email) else {
        return Ok(ConfirmationRequest::Suppressed);
    };
    subscribers::lock_mailboxes(tx, [&email]).await?;
    match suppressions::stopping_sign_up(tx, &email).await? {
        Some(stopping) if stopping.email_key == subscriber.email_key => {
            return Ok(ConfirmationRequest::Suppressed);
        }
        Some(_) => return Ok(ConfirmationRequest::Blocked),
        None => {}
    }
    let held = subscriptions::of_subscriber(tx, subscriber.id).await?;
    let pending = held.iter().filter(|held| held.status == SubscriptionStatus::Pending);
    let pending: Vec<Uuid> = pending.map(|held| held.list_id).collect();
    if pending.is_empty() {
        return Ok(ConfirmationRequest::NothingPending);
    }
    Ok(match write_to(tx, subscriber.id, &email, &pending, "", now).await? {
        true => ConfirmationRequest::Again,
        false => ConfirmationRequest::TooSoon,
    })
}

/// Mails an address that somebody typed or chose for, unless its mailbox had its share: a confirmation of
/// the lists that are pending, or, where none is, that all of it is active already. The only way
/// to either notice, so that nothing leads around the flood control. The caller has locked the
/// mailbox and knows that nothing stops mail to it. True where a mail is in the lane.
async fn write_to(
    tx: &mut WriteTx,
    subscriber_id: Uuid,
    email: &EmailAddress,
    pending: &[Uuid],
    browser: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    if !may_be_written_to(tx, email, now).await? {
        return Ok(false);
    }
    let notice = if pending.is_empty() {
        Notice::Subscribed { subscriber_id }
    } else {
        let expires_at = now + CONFIRMATION_LIFE;
        let confirmation_id =
            confirmations::add(tx, subscriber_id, pending, browser, expires_at, now).await?;
        Notice::Confirmation { subscriber_id, confirmation_id }
    };
    notices::enqueue(tx, &notice, email, now).await?;
    Ok(true)
}

/// Whether a mailbox has not had its share of the notices that a sign-up causes.
pub(super) async fn may_be_written_to(
    tx: &mut Tx,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let (day, cool_down) = (now - TimeDelta::hours(24), now - NOTICE_COOL_DOWN);
    let (in_a_day, lately) = notices::count_caused_by_sign_up(tx, &email.mailbox(), day, cool_down).await?;
    Ok(lately == 0 && in_a_day < NOTICES_PER_DAY_MAX)
}

/// What came of confirming.
#[derive(Debug)]
pub enum Confirmed {
    /// These lists are active.
    Active(Vec<List>),
    /// None of them is: they were left since the mail was sent.
    LeftSince,
    /// Too late, and nothing changed.
    Expired,
    /// The address is never mailed, so nothing changed.
    Suppressed,
}

impl Confirmed {
    fn of(active: Vec<List>) -> Confirmed {
        if active.is_empty() { Confirmed::LeftSince } else { Confirmed::Active(active) }
    }
}

/// Confirms by a mail's link: see [`confirm_in`].
pub async fn confirm(cx: &Context<'_>, confirmation: Uuid, extra: &[String]) -> Result<Confirmed> {
    let mut tx = cx.app.db.write().await?;
    let found = confirmations::by_id(&mut tx, confirmation).await?;
    let confirmation = found.ok_or_else(|| readers::READER_GONE.refusal())?;
    let confirmed = confirm_in(&mut tx, &confirmation, extra, &cx.cause()).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(confirmed)
}

/// Confirms the lists that a confirmation names, and those of `extra` (slugs) that were asked for
/// meanwhile, once: whatever is asked for after that has a mail of its own, or none. A list that was left after
/// the mail was sent stays left, whoever asked for it again. Harmless to repeat.
async fn confirm_in(
    tx: &mut WriteTx,
    confirmation: &Confirmation,
    extra: &[String],
    cause: &Cause<'_>,
) -> sqlx::Result<Confirmed> {
    let (now, ip) = (cause.at, cause.actor.ip.as_str());
    let subscriber_id = confirmation.subscriber_id;
    let Some(subscriber) = subscribers::by_id(tx, subscriber_id).await? else {
        return Ok(Confirmed::Expired);
    };
    let suppressed = suppressions::is_suppressed(tx, &subscriber.email_key).await?;
    let in_time = confirmation.expires_at > now;
    if suppressed || !in_time || !confirmations::mark_confirmed(tx, confirmation.id, now).await? {
        return confirmed(tx, confirmation, now).await;
    }
    let named = confirmations::lists(tx, confirmation.id).await?;
    let mut meanwhile = confirmations::lists_asked_for_meanwhile(tx, confirmation.id).await?;
    meanwhile.retain(|list| extra.contains(&list.slug));
    let named = named.into_iter().map(|list| (list, confirmation.created_at));
    let (mut active, mut joined) = (Vec::new(), Vec::new());
    for (list, asked_by) in named.chain(meanwhile.into_iter().map(|list| (list, now))) {
        // A list that was retired meanwhile takes nobody.
        if list.retired_at.is_none()
            && subscriptions::change_one(tx, cause, subscriber_id, list.id, Transition::Confirm { asked_by })
                .await?
                .is_some()
        {
            subscriptions::note_confirmed(tx, list.id, subscriber_id, asked_by, ip, now).await?;
            joined.push(list.id);
        }
        if subscriptions::status(tx, list.id, subscriber_id).await? == Some(SubscriptionStatus::Active) {
            active.push(list);
        }
    }
    if !joined.is_empty() {
        erased::forget(tx, &subscriber.email_key).await?;
    }
    welcomes::queue(tx, &subscriber, &joined, now).await?;
    Ok(Confirmed::of(active))
}

/// What a confirmation that can't confirm any more has come to: it was used, or is too late. Changes nothing.
pub async fn confirmed(
    tx: &mut Tx,
    confirmation: &Confirmation,
    now: DateTime<Utc>,
) -> sqlx::Result<Confirmed> {
    let subscriber_id = confirmation.subscriber_id;
    let Some(subscriber) = subscribers::by_id(tx, subscriber_id).await? else {
        return Ok(Confirmed::Expired);
    };
    if suppressions::is_suppressed(tx, &subscriber.email_key).await? {
        return Ok(Confirmed::Suppressed);
    }
    if confirmation.confirmed_at.is_none() && confirmation.expires_at <= now {
        return Ok(Confirmed::Expired);
    }
    let mut active = confirmations::lists(tx, confirmation.id).await?;
    let held = subscriptions::of_subscriber(tx, subscriber_id).await?;
    active.retain(|list| {
        held.iter().any(|held| held.list_id == list.id && held.status == SubscriptionStatus::Active)
    });
    Ok(Confirmed::of(active))
}

/// One list's line of a preferences form: `None` is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub list_id: Uuid,
    pub cadence: Option<Cadence>,
}

/// What came of choosing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All of it stands as it was chosen.
    Saved,
    /// It was so already, or nothing was chosen.
    Unchanged,
    /// Something is turned on once it is confirmed: a mail asks for it, unless the address had its
    /// share of mails.
    CheckInbox,
    /// Something was to be turned on, and the address is never mailed. The rest was saved.
    Suppressed,
}

/// Stores what a reader chose in their preferences: see [`choose_in`]. With `language`, their mails and pages are in
/// that one from now on.
pub async fn choose(
    cx: &Context<'_>,
    subscriber: Uuid,
    choices: &[Choice],
    language: Option<&str>,
) -> Result<Chosen> {
    let mut tx = cx.app.db.write().await?;
    let subscriber = find(&mut tx, subscriber).await?;
    let mut chosen = choose_in(&mut tx, &subscriber, choices, &cx.cause()).await?;
    if let Some(language) = language.filter(|language| *language != subscriber.language) {
        subscribers::set_language(&mut tx, subscriber.id, language).await?;
        if chosen == Chosen::Unchanged {
            chosen = Chosen::Saved;
        }
    }
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(chosen)
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Subscriber> {
    Ok(subscribers::by_id(tx, id).await?.ok_or_else(|| readers::READER_GONE.refusal())?)
}

/// Stores what a reader chose. A list that is turned on is active at once for a subscriber who
/// confirmed this address before, and waits for a confirmation for anybody else; for a suppressed
/// address nothing is turned on. Turning a pending list off leaves it only for who has never
/// confirmed: to the others the form shows it as off already. The caller wakes the delivery engine after the
/// commit.
async fn choose_in(
    tx: &mut WriteTx,
    subscriber: &Subscriber,
    choices: &[Choice],
    cause: &Cause<'_>,
) -> sqlx::Result<Chosen> {
    let (now, ip) = (cause.at, cause.actor.ip.as_str());
    if choices.is_empty() {
        return Ok(Chosen::Unchanged);
    }
    // An address that does not parse is none we mail.
    let email = EmailAddress::parse(&subscriber.email).ok();
    subscribers::lock_mailboxes(tx, &email).await?;
    let confirmed = subscriptions::has_ever_confirmed(tx, subscriber.id).await?;
    let suppressed = match &email {
        Some(_) if confirmed => suppressions::is_suppressed(tx, &subscriber.email_key).await?,
        Some(email) => suppressions::stopping_sign_up(tx, email).await?.is_some(),
        None => true,
    };
    let held = subscriptions::of_subscriber(tx, subscriber.id).await?;
    let wording = wording_of_mail(tx, subscriber.id, &[]).await?;
    let consent = Consent { form: "preferences", wording_version: &wording, ip };
    let change = async |tx: &mut WriteTx, list, transition| {
        subscriptions::change_one(tx, cause, subscriber.id, list, transition).await
    };
    let (mut changed, mut refused) = (false, false);
    let (mut pending, mut joined) = (Vec::new(), Vec::new());
    for choice in choices {
        let held = held.iter().find(|held| held.list_id == choice.list_id);
        match (choice.cadence, held.map(|held| held.status)) {
            (None, Some(SubscriptionStatus::Pending)) if confirmed => {}
            (None, _) => {
                let left = change(tx, choice.list_id, Transition::Leave).await?;
                changed |= left.is_some();
            }
            (Some(cadence), Some(SubscriptionStatus::Active)) => {
                if held.is_some_and(|held| held.cadence != cadence) {
                    let set = change(tx, choice.list_id, Transition::SetCadence(cadence)).await?;
                    changed |= set.is_some();
                }
            }
            (Some(_), _) if suppressed => refused = true,
            (Some(cadence), _) => {
                if confirmed {
                    subscriptions::note_consent(tx, choice.list_id, subscriber.id, &consent, now).await?;
                    change(tx, choice.list_id, Transition::Join(cadence)).await?;
                    joined.push(choice.list_id);
                    subscriptions::note_confirmed(tx, choice.list_id, subscriber.id, now, ip, now).await?;
                    changed = true;
                } else {
                    change(tx, choice.list_id, Transition::Ask(cadence)).await?;
                    pending.push(choice.list_id);
                }
            }
        }
    }
    if cause.actor.kind == ActorKind::Reader {
        welcomes::queue(tx, subscriber, &joined, now).await?;
    }
    if let Some(email) = &email
        && !pending.is_empty()
    {
        let mailed = write_to(tx, subscriber.id, email, &pending, "", now).await?;
        note_consents(tx, subscriber.id, &pending, mailed, &consent, now).await?;
    }
    Ok(match (refused, pending.is_empty(), changed) {
        (true, _, _) => Chosen::Suppressed,
        (false, false, _) => Chosen::CheckInbox,
        (false, true, true) => Chosen::Saved,
        (false, true, false) => Chosen::Unchanged,
    })
}

/// "This wasn't me": no more mail to this subscriber's address, and no sign-up mail to any spelling of its
/// mailbox. Another spelling's subscriptions stay: somebody confirmed those. Of somebody who was merged into another it is
/// the address to which the mail went, and whoever they are now leaves every list. Harmless to repeat.
pub async fn block(cx: &Context<'_>, subscriber: Uuid) -> Result<()> {
    let mut tx = cx.app.db.write().await?;
    let subscriber = merges::recipient(&mut tx, subscriber).await?;
    let subscriber = subscriber.ok_or_else(|| readers::READER_GONE.refusal())?;
    let mailbox = EmailAddress::parse(&subscriber.email).map(|email| email.mailbox());
    let mailbox = mailbox.unwrap_or_else(|_| subscriber.email_key.clone());
    let cause = cx.cause();
    suppressions::block(
        &mut tx,
        &cause,
        &subscriber.email_key,
        &mailbox,
        &say("suppression-by-link").to_string(),
    )
    .await?;
    subscriptions::change(&mut tx, &cause, &[subscriber.id], None, Transition::Leave).await?;
    Ok(tx.commit().await?)
}
