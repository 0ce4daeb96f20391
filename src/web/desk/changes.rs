//! Bulk changes: the form before one, its progress, and undoing it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::refuse;
use super::subscribers::SubscriberQuery;
use crate::actions::bulk::{self as rules, TICKED_MAX, Wanted, Whom};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::Tx;
use crate::db::bulk::{self, BulkAction, BulkChange, BulkStatus};
use crate::db::lists::{self, List};
use crate::db::subscribers as people;
use crate::db::users::Role;
use crate::domain::refusal::readers;
use crate::domain::stored_words;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::{Localizer, say};
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/subscribers_change.html")]
struct AskPage {
    desk: Desk,
    action: BulkAction,
    asked: SubscriberQuery,
    ids: Vec<Uuid>,
    all: bool,
    lists: Vec<List>,
    tags: Vec<String>,
    tag: String,
    list: String,
    /// The name of the saved segment.
    segment: Option<String>,
    error: String,
}

impl AskPage {
    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn title(&self) -> String {
        let key = match (self.action, self.all) {
            (BulkAction::Tag, true) => "subscriber-bulk-tag-all",
            (BulkAction::Untag, true) => "subscriber-bulk-untag-all",
            (BulkAction::Cadence, true) => "subscriber-bulk-often-all",
            (BulkAction::Unsubscribe, true) => "subscriber-bulk-unsubscribe-all",
            (BulkAction::Suppress, true) => "subscriber-bulk-suppress-all",
            (BulkAction::Tag, false) => "subscriber-bulk-tag-title",
            (BulkAction::Untag, false) => "subscriber-bulk-untag-title",
            (BulkAction::Cadence, false) => "subscriber-bulk-often-title",
            (BulkAction::Unsubscribe, false) => "subscriber-bulk-unsubscribe-title",
            (BulkAction::Suppress, false) => "subscriber-bulk-suppress-title",
        };
        say(key).with("count", self.ids.len()).to_string()
    }

    /// The filters that are set, in words.
    fn filters(&self) -> String {
        let filters = self.asked.set().into_iter().map(|(name, value)| {
            let (key, found) = match name {
                "list" => {
                    let list = self.lists.iter().find(|list| list.slug == value);
                    ("subscriber-filter-list", list.map(|list| list.name.clone()))
                }
                "status" => {
                    let status = SubscriptionStatus::parse(value);
                    ("subscriber-filter-status", status.map(|status| say(status.key()).to_string()))
                }
                "cadence" => {
                    let cadence = Cadence::parse(value);
                    ("subscriber-filter-often", cadence.map(|cadence| say(cadence.key()).to_string()))
                }
                "tag" => ("subscriber-filter-tag", None),
                "since" => ("subscriber-filter-since", None),
                "until" => ("subscriber-filter-until", None),
                "segment" => ("segment-filter", self.segment.clone()),
                _ => ("subscriber-filter-q", None),
            };
            say(key).with("value", found.unwrap_or_else(|| value.to_owned())).to_string()
        });
        Localizer::english().and(&filters.collect::<Vec<_>>())
    }

    fn is(&self, action: &str) -> bool {
        self.action.as_str() == action
    }

    fn button(&self) -> String {
        let key = match self.action {
            BulkAction::Tag => "subscriber-bulk-tag-button",
            BulkAction::Untag => "subscriber-bulk-untag-button",
            BulkAction::Cadence => "subscriber-bulk-often-button",
            BulkAction::Unsubscribe => "subscriber-bulk-unsubscribe-button",
            BulkAction::Suppress => "subscriber-suppress",
        };
        say(key).to_string()
    }

    fn back(&self) -> String {
        self.asked.query(&[])
    }

    /// The filters that go with the form, but for those that are its own fields.
    fn carried(&self) -> Vec<(String, String)> {
        self.asked.set().into_iter().map(|(name, value)| (format!("f-{name}"), value.to_owned())).collect()
    }
}

fn action(fields: &Fields, me: &Me) -> Result<BulkAction, ErrorPage> {
    let action = BulkAction::parse(fields.text("action")).ok_or_else(|| {
        ErrorPage::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "desk-error-nothing-chosen",
            "desk-error-nothing-chosen-lead",
        )
    })?;
    if action == BulkAction::Suppress && !me.is_admin() {
        return Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "desk-error-admins",
            "desk-error-admins-suppress-lead",
        ));
    }
    Ok(action)
}

fn ids(fields: &Fields) -> Vec<Uuid> {
    fields.all("id").filter_map(|id| Uuid::parse_str(id).ok()).take(TICKED_MAX + 1).collect()
}

/// `GET /admin/subscribers/change`: `action`, and `id` (may repeat) or `all` with the list's filters.
pub async fn ask(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    let action = action(&fields, &me)?;
    let all = fields.is_ticked("all");
    let ids = if all { Vec::new() } else { ids(&fields) };
    if !all && ids.is_empty() {
        return Err(ErrorPage::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "desk-error-nobody-selected",
            "desk-error-nobody-selected-lead",
        ));
    }
    ask_page(&app, &me, &request, (action, SubscriberQuery::read(&fields), ids, all), &fields, String::new())
        .await
}

async fn ask_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    (action, asked, ids, all): (BulkAction, SubscriberQuery, Vec<Uuid>, bool),
    fields: &Fields,
    error: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let tags = people::all_tags(&mut tx).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let tag = fields.text("tag").chars().take(200).collect();
    let list = if asked.list.is_empty() { fields.text("list").to_owned() } else { asked.list.clone() };
    let segment = asked.saved(&mut tx).await?.map(|saved| saved.name);
    page(status, &AskPage { desk, action, asked, ids, all, lists, tags, tag, list, segment, error })
}

/// The filters that a form carries beside its own fields.
fn carried(fields: &Fields) -> SubscriberQuery {
    let text = |name: &str| fields.text(name).chars().take(200).collect::<String>();
    SubscriberQuery {
        q: text("f-q"),
        list: text("f-list"),
        status: text("f-status"),
        cadence: text("f-cadence"),
        tag: text("f-tag"),
        since: text("f-since"),
        until: text("f-until"),
        segment: text("f-segment"),
    }
}

/// `POST /admin/subscribers/change`: the same, with `tag`, `list` or `cadence`.
pub async fn submit(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let action = action(&fields, &me)?;
    let (asked, ids, all) = (carried(&fields), ids(&fields), fields.is_ticked("all"));
    let mut tx = app.db.read().await?;
    let lists = lists::all(&mut tx).await?;
    let zone = crate::db::publication::get(&mut tx).await?.zone();
    let filter = asked.filter(&mut tx, &lists, zone).await?;
    drop(tx);
    let list_id = lists.iter().find(|list| list.slug == fields.text("list")).map(|list| list.id);
    let whom = match all {
        true => filter.map(|filter| Whom::Matching(Box::new(filter))),
        false => Ok(Whom::Ticked(ids.clone())),
    };
    let wanted = Wanted {
        action,
        tag: fields.text("tag").to_owned(),
        list_id,
        cadence: Cadence::parse(fields.text("cadence")),
    };
    let begun = match whom {
        // A list that is gone meanwhile must not become all lists.
        _ if list_id.is_none() && !fields.text("list").is_empty() => {
            Err(readers::BULK_LIST_GONE.on("list").into())
        }
        Ok(whom) => rules::begin(&Context::new(&app, me.actor()), &wanted, &whom).await,
        Err(key) => {
            let error = say(key).to_string();
            return ask_page(&app, &me, &request, (action, asked, ids, all), &fields, error).await;
        }
    };
    match begun {
        Ok(change) => {
            if change.status == BulkStatus::Running {
                let sentence = say("subscriber-bulk-started").to_string();
                return Ok(done(&app, &format!("/admin/subscribers/changes/{}", change.id), sentence));
            }
            let undo = format!("/admin/subscribers/changes/{}/undo", change.id);
            let back = format!("/admin/subscribers{}", asked.query(&[]));
            Ok(done_with_undo(&app, &back, in_words(&change, &lists), &undo))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let asked = (action, asked, ids, all);
            ask_page(&app, &me, &request, asked, &fields, refusal.sentence()).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// "Tagged 3 subscribers: founding reader."
fn in_words(change: &BulkChange, lists: &[List]) -> String {
    let key = match change.action {
        _ if change.changed == 0 => "subscriber-bulk-nobody",
        BulkAction::Tag => "subscriber-bulk-tagged",
        BulkAction::Untag => "subscriber-bulk-untagged",
        BulkAction::Cadence => "subscriber-bulk-often-changed",
        BulkAction::Unsubscribe => "subscriber-bulk-unsubscribed",
        BulkAction::Suppress => "subscriber-bulk-suppressed",
    };
    named(key, change, lists)
}

/// "Tagging: founding reader. 1,200 of about 16,400 so far."
fn progress_in_words(change: &BulkChange, lists: &[List], total: Option<i64>) -> String {
    let key = match change.action {
        BulkAction::Tag => "subscriber-bulk-tagging",
        BulkAction::Untag => "subscriber-bulk-untagging",
        BulkAction::Cadence => "subscriber-bulk-often-changing",
        BulkAction::Unsubscribe => "subscriber-bulk-unsubscribing",
        BulkAction::Suppress => "subscriber-bulk-suppressing",
    };
    let what = named(key, change, lists);
    // The count is of a while ago.
    let said = match total.filter(|total| *total >= change.changed) {
        Some(total) => say("subscriber-bulk-so-far-of").with("total", total),
        None => say("subscriber-bulk-so-far"),
    };
    said.with("what", what).with("done", change.changed).to_string()
}

/// A sentence about a change, with what it may name.
fn named(key: &str, change: &BulkChange, lists: &[List]) -> String {
    let list = change.list_id.and_then(|id| lists.iter().find(|list| list.id == id));
    let list = list.map_or_else(|| say("event-every-list").to_string(), |list| list.name.clone());
    let often = bulk::cadence(change).map(|cadence| say(cadence.key()).to_string()).unwrap_or_default();
    let said = say(key).with("count", change.changed).with("tag", &change.tag);
    said.with("list", list).with("often", often).to_string()
}

/// A change, as a page shows it.
struct ShownChange {
    change: BulkChange,
    sentence: String,
    can_undo: bool,
}

impl ShownChange {
    async fn read(
        tx: &mut Tx,
        change: BulkChange,
        lists: &[List],
        now: DateTime<Utc>,
    ) -> sqlx::Result<ShownChange> {
        let sentence = match change.status {
            BulkStatus::Running => progress_in_words(&change, lists, rules::estimate(tx, &change).await?),
            _ => in_words(&change, lists),
        };
        Ok(ShownChange { sentence, can_undo: rules::can_undo(&change, now), change })
    }

    fn mark(&self) -> &'static str {
        match self.change.status {
            BulkStatus::Running | BulkStatus::Undoing => "sending",
            BulkStatus::Done => "ok",
            BulkStatus::Undone => "cancelled",
        }
    }

    fn state_key(&self) -> &'static str {
        match self.change.status {
            BulkStatus::Running => "subscriber-bulk-running",
            BulkStatus::Done => "subscriber-done",
            BulkStatus::Undoing => "subscriber-bulk-undoing",
            BulkStatus::Undone => "subscriber-bulk-is-undone",
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.change.status, BulkStatus::Running | BulkStatus::Undoing)
    }
}

#[derive(Template)]
#[template(path = "admin/subscribers_changes.html")]
struct ChangesPage {
    desk: Desk,
    shown: Vec<ShownChange>,
    /// Of one change, and not of all.
    one: bool,
    script: String,
}

/// `GET /admin/subscribers/changes`: the newest of them.
pub async fn list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let changes = bulk::newest(&mut tx, 50).await?;
    let mut shown = Vec::with_capacity(changes.len());
    for change in changes {
        shown.push(ShownChange::read(&mut tx, change, &lists, desk.now).await?);
    }
    page(StatusCode::OK, &ChangesPage { desk, shown, one: false, script: assets::path("progress.js") })
}

/// `GET /admin/subscribers/changes/{id}`: the progress of one.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let change = bulk::by_id(&mut tx, *id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let shown = vec![ShownChange::read(&mut tx, change, &lists, desk.now).await?];
    page(StatusCode::OK, &ChangesPage { desk, shown, one: true, script: assets::path("progress.js") })
}

/// `POST /admin/subscribers/changes/{id}/undo`
pub async fn undo(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let change = bulk::by_id(&mut app.db.read().await?, *id).await?.ok_or_else(ErrorPage::not_found)?;
    if rules::who_may(change.action) == Role::Admin && !me.is_admin() {
        return Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "desk-error-admins",
            "desk-error-admins-undo-lead",
        ));
    }
    let to = format!("/admin/subscribers/changes/{id}");
    match rules::undo(&Context::new(&app, me.actor()), *id).await {
        Ok(change) => {
            let key = match change.status {
                BulkStatus::Undone => "subscriber-bulk-undone",
                _ => "subscriber-bulk-undo-started",
            };
            Ok(done(&app, &to, say(key).to_string()))
        }
        Err(Error::Refused(refusal)) => Ok(done(&app, &to, refusal.sentence())),
        Err(error) => Err(refuse(error)),
    }
}
