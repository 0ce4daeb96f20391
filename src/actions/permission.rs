//! Asking the readers of a list whether they still want it: those who came from a file and never said so here. Each gets one
//! mail with a button; who has not pressed it by a day is unsubscribed. An admin sees first how many that is, and the mail.
//!
//! The schedule's leader asks and ends in short steps and goes on where another stopped. Ending is a bulk change, so it can be
//! undone within a day as any other. Whom no mail has reached stays.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::compose::{Told, reader_words};
use crate::actions::consent::wording_of_mail;
use crate::actions::{Context, Result};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::bulk::{self, BulkAction, BulkChange, BulkStatus};
use crate::db::lists::{self, List};
use crate::db::notices::{self, Notice};
use crate::db::permission_requests::{self, PermissionRequest, PermissionStatus};
use crate::db::publication::{self, Publication};
use crate::db::subscriptions::{self, Consent};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, merges, subscribers};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::Link;
use crate::domain::local_time;
use crate::domain::refusal::{common, readers};
use crate::domain::subscription::SubscriptionStatus;
use crate::locale::Localizer;
use crate::mail::content::{self, Content, Keeping};

/// The shortest and the longest time for an answer, in days.
pub const DAYS_MIN: i64 = 7;
pub const DAYS_MAX: i64 = 90;
/// Readers that a preview looks at, at most.
const PREVIEW_MAX: i64 = 20_000;
/// Readers of a list that one step looks at, at most.
const STEP: i64 = 500;
/// Mails that wait to be sent at the same time, at most: sign-ups are confirmed in the same lane.
const WAITING_MAX: i64 = 100;

/// What an admin types.
#[derive(Clone, Debug, Default)]
pub struct PermissionForm {
    /// A day: who had the list before it is asked.
    pub joined_before: String,
    /// A number of days.
    pub days: String,
}

/// What a request would do.
#[derive(Clone, Debug)]
pub struct Preview {
    pub joined_before: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Who would be asked, of those that were looked at.
    pub readers: usize,
    /// Not the whole list was looked at.
    pub is_at_least: bool,
}

fn read(
    form: &PermissionForm,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let day = form.joined_before.trim().parse::<NaiveDate>().ok();
    let joined_before = day.and_then(|day| local_time::day_begins(day, zone)).filter(|at| *at <= now);
    let joined_before = joined_before.ok_or_else(|| readers::PERMISSION_DAY_WRONG.on("joined_before"))?;
    let days = form.days.trim().parse::<i64>().ok().filter(|days| (DAYS_MIN..=DAYS_MAX).contains(days));
    let wrong = || readers::PERMISSION_DAYS_WRONG.on("days").with("min", DAYS_MIN).with("max", DAYS_MAX);
    Ok((joined_before, now + TimeDelta::days(days.ok_or_else(wrong)?)))
}

async fn open_list(tx: &mut Tx, list_id: Uuid) -> Result<List> {
    let list = lists::by_id(tx, list_id).await?.filter(|list| list.retired_at.is_none());
    Ok(list.ok_or_else(|| common::GONE.refusal())?)
}

/// What a request would do, without doing it.
pub async fn preview(cx: &Context<'_>, list_id: Uuid, form: &PermissionForm) -> Result<Preview> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.read().await?;
    let list = open_list(&mut tx, list_id).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let (joined_before, ends_at) = read(form, zone, cx.now())?;
    let (mut behind, mut looked_at, mut found) = (Uuid::nil(), 0, 0);
    let is_at_least = loop {
        let next = permission_requests::readers_behind(&mut tx, list.id, behind, STEP).await?;
        let Some(last) = next.last().copied() else { break false };
        found += permission_requests::unconfirmed_among(&mut tx, list.id, &next, joined_before).await?.len();
        (behind, looked_at) = (last, looked_at + next.len() as i64);
        if looked_at >= PREVIEW_MAX {
            break true;
        }
    };
    Ok(Preview { joined_before, ends_at, readers: found, is_at_least })
}

/// Begins to ask.
pub async fn begin(cx: &Context<'_>, list_id: Uuid, form: &PermissionForm) -> Result<PermissionRequest> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let list = open_list(&mut tx, list_id).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let (joined_before, ends_at) = read(form, zone, now)?;
    let request = PermissionRequest {
        id: Uuid::now_v7(),
        list_id: list.id,
        user_email: cx.actor.email.clone(),
        status: PermissionStatus::Asking,
        joined_before,
        ends_at,
        walked_to: Uuid::nil(),
        asked: 0,
        kept: 0,
        ended: 0,
        created_at: now,
    };
    if !permission_requests::add(&mut tx, &request).await? {
        return Err(readers::PERMISSION_UNDER_WAY.refusal().into());
    }
    let after = json!({ "joined before": joined_before, "until": ends_at });
    let subject = Subject { kind: "list", id: list.id, name: &list.name };
    audit::note(&mut tx, &cx.actor, "permission asked", subject, (), after, now).await?;
    tx.commit().await?;
    Ok(request)
}

/// Ends a request before its day: nobody else is asked, and nobody is unsubscribed.
pub async fn cancel(cx: &Context<'_>, id: Uuid) -> Result<PermissionRequest> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let request = permission_requests::lock(&mut tx, id).await?;
    let mut request = request.ok_or_else(|| common::GONE.refusal())?;
    if !matches!(request.status, PermissionStatus::Asking | PermissionStatus::Waiting) {
        return Err(readers::PERMISSION_OVER.refusal().into());
    }
    request.status = PermissionStatus::Cancelled;
    permission_requests::set_progress(&mut tx, &request).await?;
    let list = lists::by_id(&mut tx, request.list_id).await?;
    let name = list.map(|list| list.name).unwrap_or_default();
    let subject = Subject { kind: "list", id: request.list_id, name: &name };
    audit::note(&mut tx, &cx.actor, "permission cancelled", subject, (), (), cx.now()).await?;
    tx.commit().await?;
    Ok(request)
}

/// One short transaction of the first request that has something due; how long it took. `None`: nothing is due.
pub async fn step(app: &App, rows: i64) -> anyhow::Result<Option<Duration>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let open = permission_requests::open(&mut tx).await?;
    let is_full = notices::permission_waiting(&mut tx, WAITING_MAX).await?;
    drop(tx);
    let is_due = |request: &&PermissionRequest| match request.status {
        PermissionStatus::Asking => !is_full || request.ends_at <= now,
        PermissionStatus::Waiting => request.ends_at <= now,
        _ => true,
    };
    let Some(id) = open.iter().find(is_due).map(|request| request.id) else { return Ok(None) };
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    if let Some(request) = permission_requests::lock(&mut tx, id).await? {
        take_step(&mut tx, request, rows.min(STEP), now).await?;
    }
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Some(begun.elapsed()))
}

async fn take_step(
    tx: &mut WriteTx,
    mut request: PermissionRequest,
    rows: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    match request.status {
        PermissionStatus::Asking | PermissionStatus::Waiting if request.ends_at <= now => {
            (request.status, request.walked_to) = (PermissionStatus::Ending, Uuid::nil());
            bulk::add(tx, &ending(&request, now)).await?;
        }
        PermissionStatus::Asking => ask(tx, &mut request, rows.min(WAITING_MAX), now).await?,
        PermissionStatus::Ending => end(tx, &mut request, rows).await?,
        PermissionStatus::Waiting | PermissionStatus::Done | PermissionStatus::Cancelled => return Ok(()),
    }
    permission_requests::set_progress(tx, &request).await
}

/// Asks the next readers of the list.
async fn ask(
    tx: &mut WriteTx,
    request: &mut PermissionRequest,
    rows: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let next = permission_requests::readers_behind(tx, request.list_id, request.walked_to, rows).await?;
    let Some(last) = next.last().copied() else {
        request.status = PermissionStatus::Waiting;
        return Ok(());
    };
    let found =
        permission_requests::unconfirmed_among(tx, request.list_id, &next, request.joined_before).await?;
    for (subscriber_id, email) in found {
        // An address that does not parse is none that we mail.
        let Ok(email) = EmailAddress::parse(&email) else { continue };
        let notice = Notice::Permission { subscriber_id, request_id: request.id };
        let notice_id = notices::enqueue(tx, &notice, &email, now).await?;
        permission_requests::add_reader(tx, request.id, subscriber_id, notice_id).await?;
        request.asked += 1;
    }
    request.walked_to = last;
    Ok(())
}

/// The bulk change by which a request ends: it has the request's id, and finds nobody by itself.
fn ending(request: &PermissionRequest, now: DateTime<Utc>) -> BulkChange {
    BulkChange {
        id: request.id,
        user_email: request.user_email.clone(),
        action: BulkAction::Unsubscribe,
        tag: String::new(),
        list_id: Some(request.list_id),
        cadence: String::new(),
        filter_json: String::new(),
        status: BulkStatus::Done,
        walked_to: Uuid::nil(),
        changed: 0,
        created_at: now,
    }
}

/// Unsubscribes the next of those who did not say that they want the list.
async fn end(tx: &mut WriteTx, request: &mut PermissionRequest, rows: i64) -> sqlx::Result<()> {
    let change = bulk::lock(tx, request.id).await?;
    // Somebody undoes it already.
    let Some(change) = change.filter(|change| change.status == BulkStatus::Done) else {
        request.status = PermissionStatus::Done;
        return Ok(());
    };
    let next = permission_requests::asked_behind(tx, request, rows).await?;
    let Some((last, _)) = next.last().copied() else {
        request.status = PermissionStatus::Done;
        return Ok(());
    };
    let silent: Vec<Uuid> = next.into_iter().filter(|(_, is_silent)| *is_silent).map(|(id, _)| id).collect();
    let who = Actor::who_began(&request.user_email, Role::Admin);
    request.ended += bulk::apply(tx, &change, &who, &silent).await?;
    bulk::set_progress(tx, change.id, change.status, Uuid::nil(), request.ended).await?;
    request.walked_to = last;
    Ok(())
}

/// The mail that asks somebody; `None`: they have said so, or get the list no more, or it is over.
pub(super) async fn to_reader(app: &App, subscriber: Uuid, request: Uuid) -> anyhow::Result<Option<Told>> {
    let mut tx = app.db.read().await?;
    let Some(request) = permission_requests::by_id(&mut tx, request).await? else { return Ok(None) };
    let is_on = subscriptions::status(&mut tx, request.list_id, subscriber).await?
        == Some(SubscriptionStatus::Active);
    let waits = permission_requests::reader(&mut tx, request.id, subscriber).await? == Some(None);
    let list = lists::by_id(&mut tx, request.list_id).await?.filter(|list| list.retired_at.is_none());
    let reader = subscribers::by_id(&mut tx, subscriber).await?;
    let publication = publication::get(&mut tx).await?;
    drop(tx);
    let is_over = !request.status.is_open() || request.ends_at <= app.clock.now();
    let (Some(list), Some(reader), true, true, false) = (list, reader, is_on, waits, is_over) else {
        return Ok(None);
    };
    let words = reader_words(Some(&reader), std::slice::from_ref(&list), &publication);
    let content = written(app, &publication, &words, &list, (request.id, subscriber), request.ends_at)?;
    Ok(Some(Told { content, list: Some(list), reader: Some(subscriber) }))
}

/// The mail as it would be, for whoever is about to send it.
pub async fn to_nobody(app: &App, list_id: Uuid, ends_at: DateTime<Utc>) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(list) = lists::by_id(&mut tx, list_id).await? else { return Ok(None) };
    let publication = publication::get(&mut tx).await?;
    drop(tx);
    let words = reader_words(None, std::slice::from_ref(&list), &publication);
    written(app, &publication, &words, &list, (Uuid::nil(), Uuid::nil()), ends_at).map(Some)
}

fn written(
    app: &App,
    publication: &Publication,
    words: &Localizer,
    list: &List,
    (request, subscriber): (Uuid, Uuid),
    ends_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let keep = app.keyring.token(Link::Keep { request, subscriber });
    let leave = app.keyring.token(Link::Unsubscribe { subscriber, list: list.id });
    let keeping = Keeping {
        newsletter: &list.name,
        keep_url: &app.config.link(&format!("/keep/{keep}")),
        leave_url: &app.config.link(&format!("/unsubscribe/{leave}")),
        ends_at,
    };
    content::permission(publication, words, &keeping)
}

/// What a reader's link to keep a list stands for.
pub struct Kept {
    pub subscriber: subscribers::Subscriber,
    pub list: List,
    /// Whether they get the list: else there is nothing to keep.
    pub is_on: bool,
    /// Whether they have said so already.
    pub is_kept: bool,
}

/// Reads what a link is about.
pub async fn find(tx: &mut Tx, request: Uuid, subscriber: Uuid) -> Result<Kept> {
    let gone = || readers::READER_GONE.refusal();
    let request = permission_requests::by_id(tx, request).await?.ok_or_else(gone)?;
    let subscriber = merges::subscriber(tx, subscriber).await?.ok_or_else(gone)?;
    let list = lists::by_id(tx, request.list_id).await?.ok_or_else(gone)?;
    let held = subscriptions::of_subscriber(tx, subscriber.id).await?;
    let held = held.iter().find(|held| held.list_id == list.id);
    let is_kept = permission_requests::reader(tx, request.id, subscriber.id).await?.flatten().is_some();
    Ok(Kept {
        is_on: held.is_some_and(|held| held.status == SubscriptionStatus::Active),
        is_kept,
        subscriber,
        list,
    })
}

/// Notes that a reader wants the list: a consent that they give and confirm at once. Harmless to repeat.
pub async fn keep(cx: &Context<'_>, request: Uuid, subscriber: Uuid) -> Result<Kept> {
    let (now, ip) = (cx.now(), cx.actor.ip.as_str());
    let mut tx = cx.app.db.write().await?;
    let kept = find(&mut tx, request, subscriber).await?;
    subscriptions::lock(&mut tx, &[kept.subscriber.id]).await?;
    let kept = find(&mut tx, request, subscriber).await?;
    if kept.is_on && !kept.is_kept {
        let wording = wording_of_mail(&mut tx, kept.subscriber.id, std::slice::from_ref(&kept.list)).await?;
        let consent = Consent { form: "permission", wording_version: &wording, ip };
        let (list, reader) = (kept.list.id, kept.subscriber.id);
        subscriptions::note_consent(&mut tx, list, reader, &consent, now).await?;
        subscriptions::note_confirmed(&mut tx, list, reader, now, ip, now).await?;
        permission_requests::keep(&mut tx, request, reader, now).await?;
        tx.commit().await?;
    }
    Ok(kept)
}
