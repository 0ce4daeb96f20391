//! One change to many subscribers: what is asked before it, how it comes on, and taking it back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo, grouped};
use super::refuse;
use super::subscribers::Asked;
use crate::actions::bulk::{self as rules, TICKED_MAX, Wanted, Whom};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::bulk::{self, BulkAction, BulkChange, BulkStatus};
use crate::db::lists::{self, List};
use crate::db::subscribers as people;
use crate::db::users::Role;
use crate::domain::refusal::readers;
use crate::domain::subscription::Cadence;
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/subscribers_change.html")]
struct AskPage {
    desk: Desk,
    action: BulkAction,
    asked: Asked,
    ids: Vec<Uuid>,
    all: bool,
    lists: Vec<List>,
    tags: Vec<String>,
    tag: String,
    list: String,
    error: String,
}

impl AskPage {
    fn cadences(&self) -> [Cadence; 3] {
        Cadence::ALL
    }

    fn whom(&self) -> String {
        match (self.all, self.ids.len()) {
            (true, _) => "all that match".to_owned(),
            (false, 1) => "1 subscriber".to_owned(),
            (false, n) => format!("{n} subscribers"),
        }
    }

    fn title(&self) -> String {
        let whom = self.whom();
        match self.action {
            BulkAction::Tag => format!("Tag {whom}"),
            BulkAction::Untag => format!("Take a tag off {whom}"),
            BulkAction::Cadence => format!("Change the cadence of {whom}"),
            BulkAction::Unsubscribe => format!("Unsubscribe {whom}"),
            BulkAction::Suppress => format!("Suppress {whom}"),
        }
    }

    fn is(&self, action: &str) -> bool {
        self.action.as_str() == action
    }

    fn button(&self) -> &'static str {
        match self.action {
            BulkAction::Tag => "Tag",
            BulkAction::Untag => "Take the tag off",
            BulkAction::Cadence => "Change cadence",
            BulkAction::Unsubscribe => "Unsubscribe",
            BulkAction::Suppress => "Suppress",
        }
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
    ask_page(&app, &me, &request, (action, Asked::read(&fields), ids, all), &fields, String::new()).await
}

async fn ask_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    (action, asked, ids, all): (BulkAction, Asked, Vec<Uuid>, bool),
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
    page(status, &AskPage { desk, action, asked, ids, all, lists, tags, tag, list, error })
}

/// The filters that a form carries beside its own fields.
fn carried(fields: &Fields) -> Asked {
    let text = |name: &str| fields.text(name).chars().take(200).collect::<String>();
    Asked {
        q: text("f-q"),
        list: text("f-list"),
        status: text("f-status"),
        cadence: text("f-cadence"),
        tag: text("f-tag"),
        since: text("f-since"),
        until: text("f-until"),
    }
}

/// `POST /admin/subscribers/change`: the same, with `tag`, `list` or `cadence`.
pub async fn submit(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let action = action(&fields, &me)?;
    let (asked, ids, all) = (carried(&fields), ids(&fields), fields.is_ticked("all"));
    let mut tx = app.db.read().await?;
    let lists = lists::all(&mut tx).await?;
    let zone = crate::db::publication::get(&mut tx).await?.zone();
    drop(tx);
    let list_id = lists.iter().find(|list| list.slug == fields.text("list")).map(|list| list.id);
    let whom = match all {
        true => asked.filter(&lists, zone).map(|filter| Whom::Matching(Box::new(filter))),
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
        Err(sentence) => {
            return ask_page(&app, &me, &request, (action, asked, ids, all), &fields, sentence.to_owned())
                .await;
        }
    };
    match begun {
        Ok(change) => {
            if change.status == BulkStatus::Running {
                let sentence = "It has begun, and goes on by itself.";
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
    let whom = match change.changed {
        0 => return "Nobody was changed: it was so already.".to_owned(),
        1 => "1 subscriber".to_owned(),
        n => format!("{} subscribers", grouped(n)),
    };
    let list = change.list_id.and_then(|id| lists.iter().find(|list| list.id == id));
    let list = list.map_or("every list", |list| list.name.as_str());
    match change.action {
        BulkAction::Tag => format!("Tagged {whom}: {}.", change.tag),
        BulkAction::Untag => format!("Took the tag {} off {whom}.", change.tag),
        BulkAction::Cadence => {
            let cadence = bulk::cadence(change).map_or("", Cadence::in_words);
            format!("{whom} get {list} {}.", cadence)
        }
        BulkAction::Unsubscribe => format!("Unsubscribed {whom} from {list}."),
        BulkAction::Suppress => format!("Suppressed {whom}."),
    }
}

/// A change, as a page shows it.
struct ShownChange {
    change: BulkChange,
    sentence: String,
    can_undo: bool,
}

impl ShownChange {
    fn new(change: BulkChange, lists: &[List], now: chrono::DateTime<chrono::Utc>) -> ShownChange {
        ShownChange { sentence: in_words(&change, lists), can_undo: rules::can_undo(&change, now), change }
    }

    fn state(&self) -> (&'static str, &'static str) {
        match self.change.status {
            BulkStatus::Running => ("sending", "Going on"),
            BulkStatus::Done => ("ok", "Done"),
            BulkStatus::Undoing => ("sending", "Going back"),
            BulkStatus::Undone => ("cancelled", "Taken back"),
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
    let shown = changes.into_iter().map(|change| ShownChange::new(change, &lists, desk.now)).collect();
    page(StatusCode::OK, &ChangesPage { desk, shown, one: false, script: assets::path("progress.js") })
}

/// `GET /admin/subscribers/changes/{id}`: how it comes on.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let change = bulk::by_id(&mut tx, *id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let shown = vec![ShownChange::new(change, &lists, desk.now)];
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
            let sentence = match change.status {
                BulkStatus::Undone => "All is as it was, but for what was changed since.",
                _ => "It is being taken back, and goes on by itself.",
            };
            Ok(done(&app, &to, sentence))
        }
        Err(Error::Refused(refusal)) => Ok(done(&app, &to, refusal.sentence())),
        Err(error) => Err(refuse(error)),
    }
}
