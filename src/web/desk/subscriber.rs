//! One subscriber: the facts, the timeline, and what editors and admins do about it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::merges::{self, ShownMerge};
use super::why::{self, WhyRow};
use super::{refuse, see_other};
use crate::actions::consent::ConfirmationRequest;

use crate::actions::fields::set_of_subscriber;
use crate::actions::receipt as receipts;
use crate::actions::subscribers as rules;
use crate::actions::timeline::{self, Event, Kind, Numbers};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::audit::Entry;
use crate::db::bulk::{self, BulkAction};
use crate::db::events;
use crate::db::fields;
use crate::db::lists::{self, List};
use crate::db::subscribers::{self, Subscriber};
use crate::db::subscriptions::{self, Subscription};
use crate::db::suppressions::{self, Suppression};
use crate::db::timeline::ConsentRow;
use crate::db::{self, Tx};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::event::EventKind;
use crate::domain::refusal::{Refusal, readers};
use crate::domain::stored_words;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::field_inputs::{self, ShownField};
use crate::web::page::{Answer, ErrorPage, page};

/// One line of the timeline.
struct TimelineEntry {
    at: DateTime<Utc>,
    /// Of the event's day, where it is the first of that day on the page.
    day: String,
    clock: String,
    mark: &'static str,
    what: String,
    link: String,
    detail: String,
    reply: String,
}

/// A list, and the subscription to it.
struct ListRow {
    list: List,
    held: Option<Subscription>,
}

impl ListRow {
    fn open(&self) -> Option<Cadence> {
        let held = self.held.as_ref()?;
        matches!(held.status, SubscriptionStatus::Active | SubscriptionStatus::Pending)
            .then_some(held.cadence)
    }

    fn is(&self, cadence: &Cadence) -> bool {
        self.open() == Some(*cadence)
    }
}

#[derive(Template)]
#[template(path = "admin/subscriber.html")]
struct RecordPage {
    desk: Desk,
    subscriber: Subscriber,
    rows: Vec<ListRow>,
    shown_fields: Vec<ShownField>,
    suppression: Option<Suppression>,
    /// The best status of all lists, in words, with its date.
    state: (&'static str, String),
    numbers: Numbers,
    lines: Vec<TimelineEntry>,
    /// The latest of their lists; only on the newest page of the whole timeline.
    articles: Vec<WhyRow>,
    merges: Vec<ShownMerge>,
    kind: &'static str,
    older: String,
    /// Not the newest page.
    is_older: bool,
    /// The form that is wrong, why, and what was typed.
    field: &'static str,
    error: String,
    typed: String,
}

impl RecordPage {
    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn title(&self) -> &str {
        if self.subscriber.name.is_empty() { &self.subscriber.email } else { &self.subscriber.name }
    }

    fn is_pending(&self) -> bool {
        self.rows.iter().any(|row| row.held.as_ref().is_some_and(|h| h.status == SubscriptionStatus::Pending))
    }

    fn has_open(&self) -> bool {
        self.rows.iter().any(|row| row.open().is_some())
    }

    fn why(&self, suppression: &Suppression) -> String {
        rules::explain(suppression.reason)
    }
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Subscriber, ErrorPage> {
    subscribers::by_id(tx, id).await?.ok_or_else(ErrorPage::nobody)
}

fn mark_of(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Queued => "queued",
        DeliveryStatus::Leased => "leased",
        DeliveryStatus::Sending => "sending",
        DeliveryStatus::Sent => "sent",
        DeliveryStatus::Deferred => "deferred",
        DeliveryStatus::Bounced => "bounced",
        DeliveryStatus::Failed => "failed",
        DeliveryStatus::Skipped => "skipped",
        DeliveryStatus::Uncertain => "uncertain",
    }
}

/// What a status says in the timeline, beside its mark.
fn status_in_words(desk: &Desk, status: DeliveryStatus, next: Option<DateTime<Utc>>) -> String {
    let key = match (status, next) {
        (DeliveryStatus::Queued, _) => "event-delivery-queued",
        (DeliveryStatus::Leased | DeliveryStatus::Sending, _) => "event-delivery-sending",
        (DeliveryStatus::Sent, _) => "event-delivery-sent",
        (DeliveryStatus::Deferred, Some(_)) => "event-delivery-deferred-until",
        (DeliveryStatus::Deferred, None) => "event-delivery-deferred",
        (DeliveryStatus::Bounced, _) => "event-delivery-bounced",
        (DeliveryStatus::Failed, _) => "event-delivery-failed",
        (DeliveryStatus::Skipped, _) => "event-delivery-skipped",
        (DeliveryStatus::Uncertain, Some(_)) => "event-delivery-uncertain-until",
        (DeliveryStatus::Uncertain, None) => "event-delivery-uncertain",
    };
    let time = next.map(|next| desk.short_time(&next)).unwrap_or_default();
    say(key).with("time", time).to_string()
}

/// JSON of the audit log as a person reads it: `lists: world, markets`.
fn plain(json: &str) -> String {
    serde_json::from_str(json).map(|value| in_words(&value)).unwrap_or_default()
}

fn in_words(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => say("event-none").to_string(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            let said = fields.map(|(name, of)| match name.as_str() {
                "cadence" => say("event-field-often").with("often", in_words(of)).to_string(),
                name => {
                    let name = stored_words::field(name);
                    say("event-field").with("name", name).with("value", in_words(of)).to_string()
                }
            });
            said.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

fn changed_in_words(entry: &Entry) -> (String, String) {
    let mut action = stored_words::action(&entry.action);
    if let Some(first) = action.get(..1).map(str::to_uppercase) {
        action.replace_range(..1, &first);
    }
    let (before, after) = (plain(&entry.before_json), plain(&entry.after_json));
    let key = match (before.is_empty(), after.is_empty()) {
        (true, true) => "event-by",
        (true, false) => "event-changed-to",
        (false, true) => "event-changed-from",
        (false, false) => "event-changed",
    };
    let who = stored_words::who(&entry.user_email);
    let said = say(key).with("who", who).with("before", before).with("after", after);
    (action, said.to_string())
}

/// The mark, the title and the author of an event.
fn happened_in_words(event: &events::Event) -> (&'static str, String, String) {
    let list = event.list_name.clone().unwrap_or_else(|| say("event-every-list").to_string());
    let status = event.status.map_or("dot", SubscriptionStatus::as_str);
    let (mark, key) = match event.kind {
        EventKind::Asked => (status, "event-asked"),
        EventKind::Confirmed | EventKind::Joined | EventKind::Imported => (status, "event-subscribed"),
        EventKind::Left => (status, "event-unsubscribed"),
        EventKind::Bounced => (status, "event-bounced"),
        EventKind::Complained => (status, "event-complained"),
        EventKind::CadenceChanged => ("dot", "event-often"),
        EventKind::Paused => ("paused", "event-paused"),
        EventKind::Resumed => ("active", "event-resumed"),
        EventKind::Restored => (status, "event-restored"),
        EventKind::Merged => (status, "event-merged"),
        EventKind::Suppressed => ("dot", "event-suppressed"),
        EventKind::SuppressionLifted => ("dot", "event-suppression-lifted"),
    };
    let what = say(key).with("list", list).with("often", often(event.cadence)).to_string();
    let by = match event.actor_kind.as_str() {
        "user" => say("event-by").with("who", &event.actor),
        "reader" => say("event-by-reader"),
        "command line" => say("event-by-command"),
        _ => say("event-by-system"),
    };
    let is_bulk = event.cause_id.is_some() && event.actor_kind != "schedule";
    let by = if is_bulk { say("event-bulk").with("who", by) } else { by };
    (mark, what, by.to_string())
}

/// How often, as a choice on a form: "Once a day".
fn often(cadence: Option<Cadence>) -> String {
    cadence.map(|cadence| say(cadence.key()).to_string()).unwrap_or_default()
}

/// The form by which somebody agreed, and the wording that they agreed to.
fn consent_in_words(consent: &ConsentRow) -> String {
    let ip = &consent.requested_ip;
    let key = if ip.is_empty() { "event-consent-form" } else { "event-consent-form-ip" };
    let said = say(key)
        .with("form", stored_words::form(&consent.form))
        .with("ip", ip)
        .with("version", &consent.wording_version);
    said.to_string()
}

fn line(desk: &Desk, at: DateTime<Utc>, event: Event) -> TimelineEntry {
    let local = at.with_timezone(&desk.zone);
    let mut line = TimelineEntry {
        at,
        day: local.format("%A %-d %B %Y").to_string(),
        clock: local.format("%H:%M:%S").to_string(),
        mark: "dot",
        what: String::new(),
        link: String::new(),
        detail: String::new(),
        reply: String::new(),
    };
    match event {
        Event::Joined => {
            line.what = say("event-joined").to_string();
            line.detail = say("event-joined-detail").to_string();
        }
        Event::Asked(consent) => {
            line.what = say("event-asked").with("list", &consent.list_name).to_string();
            line.detail = consent_in_words(&consent);
        }
        Event::Confirmed(consent) => {
            line.mark = "active";
            line.what = say("event-confirmed").with("list", &consent.list_name).to_string();
            let ip = consent.confirmed_ip.as_deref().unwrap_or_default();
            let key = if ip.is_empty() { "event-consent" } else { "event-consent-ip" };
            line.detail = say(key).with("version", &consent.wording_version).with("ip", ip).to_string();
        }
        Event::Notice(notice) => {
            line.mark = mark_of(notice.status);
            let key = match notice.kind.as_str() {
                "confirmation" => "event-notice-confirmation",
                "reminder" => "event-notice-reminder",
                "welcome" => "event-notice-welcome",
                "subscribed" => "event-notice-subscribed",
                "manage_link" => "event-notice-manage-link",
                "new_address" => "event-notice-new-address",
                "address_changed" => "event-notice-address-changed",
                "permission" => "event-notice-permission",
                _ => "event-notice",
            };
            line.what = say(key).with("kind", &notice.kind).to_string();
            line.detail = status_in_words(desk, notice.status, None);
            line.reply = notice.reply.unwrap_or_default();
        }
        Event::Delivery(row) => {
            let status = row.status.unwrap_or(DeliveryStatus::Queued);
            line.mark = mark_of(status);
            line.what = row.subject;
            line.link = format!("/admin/campaigns/{}", row.campaign_id);
            let status = status_in_words(desk, status, row.next_attempt_at);
            let detail = match (row.attempts.filter(|tries| *tries > 1), row.first_attempt_at) {
                (Some(tries), Some(first)) => say("event-delivery-tries")
                    .with("tries", tries.to_string())
                    .with("time", desk.short_time(&first)),
                _ => say("event-delivery"),
            };
            line.detail = detail.with("list", &row.list_name).with("status", status).to_string();
            line.reply = row.reply.as_deref().map(stored_words::reply).unwrap_or_default();
        }
        Event::Changed(entry) => (line.what, line.detail) = changed_in_words(&entry),
        Event::Happened(event, consent) => {
            (line.mark, line.what, line.detail) = happened_in_words(&event);
            if let Some(consent) = consent {
                line.detail = format!("{}. {}", line.detail, consent_in_words(&consent));
            }
        }
        Event::ChangedWithOthers(change, list) => {
            let list = if list.is_empty() { say("event-every-list").to_string() } else { list };
            let key = match change.action {
                BulkAction::Tag => "event-tagged",
                BulkAction::Untag => "event-untagged",
                BulkAction::Cadence => "event-often",
                BulkAction::Unsubscribe => "event-unsubscribed",
                BulkAction::Suppress => "event-suppressed",
            };
            let what = say(key).with("tag", &change.tag).with("list", list);
            line.what = what.with("often", often(bulk::cadence(&change))).to_string();
            line.detail = say("event-by-bulk").with("who", stored_words::who(&change.user_email)).to_string();
            line.link = format!("/admin/subscribers/changes/{}", change.id);
        }
    }
    line
}

fn state(desk: &Desk, held: &[Subscription], suppressed: bool) -> (&'static str, String) {
    if suppressed {
        return ("bad", say("subscriber-state-suppressed").to_string());
    }
    let place =
        |held: &&Subscription| SubscriptionStatus::ALL.iter().position(|status| *status == held.status);
    match held.iter().min_by_key(|held| (place(held), held.status_since)) {
        Some(best) => {
            let since = say("subscriber-state-since").with("status", say(best.status.key()));
            (best.status.as_str(), since.with("day", desk.day(&best.status_since)).to_string())
        }
        None => ("unsubscribed", say("subscriber-state-no-list").to_string()),
    }
}

/// What is wrong with a form of the page, and what was typed.
#[derive(Default)]
struct WrongForm {
    field: &'static str,
    error: String,
    typed: String,
    /// Of the form of the fields.
    fields: (Vec<(String, String)>, Option<Refusal>),
}

async fn record(app: &App, me: &Me, request: &HttpRequest, id: Uuid, wrong: WrongForm) -> Answer {
    let WrongForm { field, error, typed, fields: (typed_fields, wrong_fields) } = wrong;
    let query = Fields::of_query(request.query_string());
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, id).await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let held = subscriptions::of_subscriber(&mut tx, id).await?;
    let suppression = suppressions::get(&mut tx, &subscriber.email_key).await?;
    let state = state(&desk, &held, suppression.is_some());
    let lists = lists::all(&mut tx).await?;
    let rows = lists.into_iter().map(|list| {
        let held = held.iter().find(|held| held.list_id == list.id).cloned();
        ListRow { list, held }
    });
    let rows = rows.collect();
    let tags = subscribers::tags(&mut tx, id).await?;
    let known = fields::all(&mut tx).await?;
    let values = fields::of_subscriber(&mut tx, id).await?;
    let (kind, name) = match query.text("show") {
        "deliveries" => (Kind::Deliveries, "deliveries"),
        "changes" => (Kind::Changes, "changes"),
        _ => (Kind::All, "all"),
    };
    let merges = merges::shown(&mut tx, &desk, id).await?;
    let before = Uuid::parse_str(query.text("before")).unwrap_or_default();
    let timeline = timeline::page(&mut tx, &subscriber, before, kind).await?;
    let articles = match kind == Kind::All && before.is_nil() {
        true => why::rows(&mut tx, &desk, &subscriber, "", why::ON_RECORD).await?,
        false => Vec::new(),
    };
    let older = match timeline.older {
        Some(older) => format!("/admin/subscribers/{id}?show={name}&before={older}"),
        None => String::new(),
    };
    let mut lines: Vec<TimelineEntry> =
        timeline.events.into_iter().map(|(at, event)| line(&desk, at, event)).collect();
    let mut last = String::new();
    for line in &mut lines {
        if line.day == last {
            line.day.clear();
        } else {
            last.clone_from(&line.day);
        }
    }
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(
        status,
        &RecordPage {
            desk,
            subscriber,
            rows,
            shown_fields: field_inputs::shown(&known, &values, &typed_fields, wrong_fields.as_ref()),
            typed: if field == "tag" { typed } else { tags.join(", ") },
            suppression,
            state,
            numbers: timeline.numbers,
            lines,
            articles,
            merges,
            kind: name,
            older,
            is_older: !before.is_nil(),
            field,
            error,
        },
    )
}

/// `GET /admin/subscribers/{id}`: `show` is `deliveries` or `changes`, `before` a campaign. Of somebody who was merged it
/// leads to who they are now.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let now = db::merges::resolve(&mut app.db.read().await?, *id).await?;
    if now != *id {
        return Ok(see_other(&path(now)));
    }
    record(&app, &me, &request, *id, WrongForm::default()).await
}

fn path(id: Uuid) -> String {
    format!("/admin/subscribers/{id}")
}

#[derive(Template)]
#[template(path = "admin/subscriber_edit.html")]
struct EditPage {
    desk: Desk,
    subscriber: Subscriber,
    email: String,
    name: String,
    field: &'static str,
    error: String,
}

impl EditPage {
    fn wrong(&self, field: &str) -> bool {
        self.field == field
    }
}

/// `GET /admin/subscribers/{id}/edit`
pub async fn show_edit(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, *id).await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let (email, name) = (subscriber.email.clone(), subscriber.name.clone());
    page(StatusCode::OK, &EditPage { desk, subscriber, email, name, field: "", error: String::new() })
}

/// `POST /admin/subscribers/{id}/edit`: `email`, `name`.
pub async fn edit(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    let (email, name) = (fields.text("email"), fields.text("name"));
    match rules::edit(&Context::new(&app, me.actor()), *id, email, name).await {
        Ok(()) => Ok(done(&app, &path(*id), say("subscriber-saved").to_string())),
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let mut tx = app.db.read().await?;
            let subscriber = find(&mut tx, *id).await?;
            let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
            let typed = |name: &str| fields.raw(name).chars().take(1000).collect::<String>();
            let (email, name, field) = (typed("email"), typed("name"), refusal.field);
            let error = refusal.sentence();
            page(StatusCode::UNPROCESSABLE_ENTITY, &EditPage { desk, subscriber, email, name, field, error })
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/subscribers/{id}/lists`: `cadence-SLUG`: a cadence, or `off`; a list that is not sent stays.
pub async fn set_lists(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    let mut wanted = Vec::new();
    for list in lists::all(&mut app.db.read().await?).await? {
        match fields.text(&format!("cadence-{}", list.slug)) {
            "" => {}
            "off" => wanted.push((list, None)),
            cadence => match Cadence::parse(cadence) {
                Some(cadence) => wanted.push((list, Some(cadence))),
                None => {
                    let error = readers::CADENCE_UNKNOWN.on("lists").into();
                    return refused(&app, &me, &request, *id, error, "").await;
                }
            },
        }
    }
    match rules::set_lists(&Context::new(&app, me.actor()), *id, &wanted).await {
        Ok(set) => {
            let key = match (set.changed, set.asked) {
                (0, _) => "subscriber-lists-unchanged",
                (_, 0) => "subscriber-saved",
                _ => "subscriber-lists-asked",
            };
            Ok(done(&app, &path(*id), say(key).to_string()))
        }
        Err(error) => refused(&app, &me, &request, *id, error, "").await,
    }
}

async fn refused(app: &App, me: &Me, request: &HttpRequest, id: Uuid, error: Error, typed: &str) -> Answer {
    match error {
        Error::Refused(refusal) if !refusal.field.is_empty() => {
            let typed = typed.chars().take(5000).collect();
            let (field, error) = (refusal.field, refusal.sentence());
            record(app, me, request, id, WrongForm { field, error, typed, ..WrongForm::default() }).await
        }
        error => Err(refuse(error)),
    }
}

/// `POST /admin/subscribers/{id}/tags`: `tags`, parted by commas.
pub async fn set_tags(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    let tags = fields.raw("tags");
    match rules::set_tags(&Context::new(&app, me.actor()), *id, tags).await {
        Ok(()) => Ok(done(&app, &path(*id), say("subscriber-tags-saved").to_string())),
        Err(error) => refused(&app, &me, &request, *id, error, tags).await,
    }
}

/// `POST /admin/subscribers/{id}/fields`: `field.KEY`; a field that is not sent stays.
pub async fn set_fields(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    let typed = field_inputs::typed(fields.pairs());
    match set_of_subscriber(&Context::new(&app, me.actor()), *id, &typed).await {
        Ok(true) => Ok(done(&app, &path(*id), say("subscriber-saved").to_string())),
        Ok(false) => Ok(done(&app, &path(*id), say("subscriber-fields-unchanged").to_string())),
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let (field, error) = (refusal.field, refusal.sentence());
            let fields = (typed, Some(refusal));
            record(&app, &me, &request, *id, WrongForm { field, error, fields, ..WrongForm::default() }).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/subscribers/{id}/unsubscribe`: from every list.
pub async fn unsubscribe(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let left = rules::unsubscribe(&Context::new(&app, me.actor()), *id).await.map_err(refuse)?;
    let key = if left > 0 { "subscriber-unsubscribed" } else { "subscriber-unsubscribed-already" };
    Ok(done(&app, &path(*id), say(key).to_string()))
}

/// `POST /admin/subscribers/{id}/confirmation`: mails the request to confirm once more.
pub async fn ask_again(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let asked = rules::ask_again(&Context::new(&app, me.actor()), *id).await.map_err(refuse)?;
    let key = match asked {
        ConfirmationRequest::Again => "subscriber-asked-again",
        ConfirmationRequest::TooSoon => "subscriber-not-asked-too-soon",
        ConfirmationRequest::NothingPending => "subscriber-not-asked-nothing",
        ConfirmationRequest::Suppressed => "subscriber-not-asked-suppressed",
        ConfirmationRequest::Blocked => "subscriber-not-asked-blocked",
    };
    Ok(done(&app, &path(*id), say(key).to_string()))
}

/// `GET /admin/subscribers/{id}/data`: all that is kept about them, as a file.
pub async fn data(app: web::Data<App>, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, *id).await?;
    let data = rules::data(&mut tx, &subscriber).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"subscriber-{id}.json\""),
        ))
        .body(format!("{data:#}")))
}

/// `GET /admin/subscribers/{id}/receipt`: what they agreed to, as a file.
pub async fn receipt(app: web::Data<App>, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, *id).await?;
    let text = receipts::of_subscriber(&mut tx, &app, &subscriber).await?;
    let name = format!("attachment; filename=\"consent-{id}.txt\"");
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(text))
}

/// The page that asks before a subscriber is suppressed or erased.
#[derive(Template)]
#[template(path = "admin/subscriber_sure.html")]
struct SurePage {
    desk: Desk,
    subscriber: Subscriber,
    erase: bool,
    /// They are suppressed, and stay so.
    suppressed: bool,
    typed: String,
    error: String,
}

async fn sure(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    id: Uuid,
    erase: bool,
    (typed, error): (String, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, id).await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let suppressed = suppressions::is_suppressed(&mut tx, &subscriber.email_key).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &SurePage { desk, subscriber, erase, suppressed, typed, error })
}

/// `GET /admin/subscribers/{id}/suppress`
pub async fn show_suppress(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    sure(&app, &me, &request, *id, false, Default::default()).await
}

/// `POST /admin/subscribers/{id}/suppress`: `why`, for whoever asks later.
pub async fn suppress(app: web::Data<App>, me: Me, id: web::Path<Uuid>, fields: Fields) -> Answer {
    let cx = Context::new(&app, me.actor());
    let new = rules::suppress_subscriber(&cx, *id, fields.text("why")).await.map_err(refuse)?;
    let key = if new { "subscriber-suppressed" } else { "subscriber-suppressed-already" };
    Ok(done(&app, &path(*id), say(key).to_string()))
}

/// `POST /admin/subscribers/{id}/lift`
pub async fn lift(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let lifted = rules::lift_subscriber(&Context::new(&app, me.actor()), *id).await.map_err(refuse)?;
    let key = if lifted { "subscriber-lifted" } else { "subscriber-lifted-already" };
    Ok(done(&app, &path(*id), say(key).to_string()))
}

/// `GET /admin/subscribers/{id}/erase`
pub async fn show_erase(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    sure(&app, &me, &request, *id, true, Default::default()).await
}

/// `POST /admin/subscribers/{id}/erase`: `typed`, their address.
pub async fn erase(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    match rules::erase(&Context::new(&app, me.actor()), *id, fields.text("typed")).await {
        Ok(()) => Ok(done(&app, "/admin/subscribers", say("subscriber-erased").to_string())),
        Err(Error::Refused(refusal)) if refusal.is(&readers::ERASE_ADDRESS_WRONG) => {
            let typed = fields.raw("typed").chars().take(1000).collect();
            sure(&app, &me, &request, *id, true, (typed, refusal.sentence())).await
        }
        Err(error) => Err(refuse(error)),
    }
}
