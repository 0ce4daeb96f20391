//! Lists: what readers subscribe to.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use lettre::message::Mailbox;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::list_schedule::NextDigest;
use super::plot::{self, Plot};
use super::refuse;
use crate::actions::compose::Sender;
use crate::actions::lists::{self as rules, ListForm};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::campaigns::{self, Campaign};
use crate::db::feeds::{self, BoundFeed, FeedStatus};
use crate::db::lists::{self, Count, Day, List};
use crate::db::publication::{self, Publication};
use crate::db::{counts, holds, leave_reasons};
use crate::domain::hold::{self, Hold};
use crate::domain::leave_reason::LeaveReason;
use crate::domain::refusal::Kind;
use crate::domain::refusal::lists as codes;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::{Localizer, say};
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, page};

/// Campaigns on a list's page.
const LATEST: i64 = 10;
/// Comments of people who left, at most.
const COMMENTS: i64 = 10;
/// Days of a list's growth.
const DAYS: i64 = 90;

struct Row {
    list: List,
    /// `None`: not counted yet.
    active: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/lists.html")]
struct ListsPage {
    desk: Desk,
    title: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/list.html")]
struct ListPage {
    desk: Desk,
    list: List,
    from: String,
    reply_to: String,
    /// The name of the list's own language.
    language: Option<String>,
    /// Active, by cadence; empty: not counted yet.
    cadences: Vec<(Cadence, i64)>,
    active: i64,
    others: Vec<(SubscriptionStatus, i64)>,
    counted_at: Option<chrono::DateTime<chrono::Utc>>,
    feeds: Vec<BoundFeed>,
    next: Vec<NextDigest>,
    campaigns: Vec<Campaign>,
    /// What holds some of them.
    holds: HashMap<Uuid, Vec<Hold>>,
    days: Vec<Day>,
    growth: Plot,
    joined: i64,
    left: i64,
    /// Why people left in these days, as far as they said so, and what they wrote.
    reasons: Vec<(LeaveReason, i64)>,
    comments: Vec<(String, chrono::DateTime<chrono::Utc>)>,
}

impl ListPage {
    fn days_looked_at(&self) -> i64 {
        DAYS
    }
}

#[derive(Template)]
#[template(path = "admin/list_form.html")]
struct FormPage {
    desk: Desk,
    script: String,
    /// `None`: a new one.
    id: Option<Uuid>,
    form: ListForm,
    /// The languages to choose from: tag and name.
    languages: Vec<(String, String)>,
    /// What the form showed when it was opened.
    version: String,
    field: &'static str,
    error: String,
    /// What the sender and the address of answers are where the list has none.
    from_name: String,
    from_email: String,
    reply_to: String,
}

fn active(counts: &[Count], list: Uuid) -> Option<i64> {
    let mut of_list = counts.iter().filter(|count| count.list_id == list).peekable();
    of_list.peek()?;
    Some(of_list.filter(|c| c.status == SubscriptionStatus::Active).map(|count| count.subscriptions).sum())
}

fn title(rows: &[Row]) -> String {
    let open = rows.iter().filter(|row| row.list.is_open()).count();
    let key = if rows.is_empty() { "list-count-none" } else { "list-count-open" };
    say(key).with("count", open).to_string()
}

/// `GET /admin/lists`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Lists).await?;
    let counts = lists::counts(&mut tx).await?;
    let mut rows: Vec<Row> = lists::all(&mut tx)
        .await?
        .into_iter()
        .map(|list| Row { active: active(&counts, list.id), list })
        .collect();
    rows.sort_by_key(|row| row.list.retired_at.is_some());
    page(StatusCode::OK, &ListsPage { desk, title: title(&rows), rows })
}

fn id(path: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(path).map_err(|_| ErrorPage::not_found())
}

/// `GET /admin/lists/{id}`
pub async fn show_one(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, id(&path)?).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Lists).await?;
    let mut found = lists::counts(&mut tx).await?;
    found.retain(|count| count.list_id == list.id);
    let of = |status: SubscriptionStatus, cadence: Option<Cadence>| -> i64 {
        let fits =
            |count: &&Count| count.status == status && cadence.is_none_or(|only| count.cadence == only);
        found.iter().filter(fits).map(|count| count.subscriptions).sum()
    };
    let days = lists::days(&mut tx, list.id, DAYS).await?;
    let (from, reply_to) = sender(&app, &publication::get(&mut tx).await?, Some(&list));
    let from = from.to_string();
    let growth = match found.is_empty() || days.is_empty() {
        true => Plot::default(),
        false => {
            let today = desk.now.with_timezone(&desk.zone).date_naive();
            let days: Vec<counts::Day> = days.iter().map(day).collect();
            plot::subscribers(&plot::active_by_day(&days, of(SubscriptionStatus::Active, None), today))
        }
    };
    let campaigns = campaigns::newest_of_list(&mut tx, list.id, LATEST).await?;
    let ids: Vec<Uuid> = campaigns.iter().map(|campaign| campaign.id).collect();
    let since = desk.now - chrono::TimeDelta::days(DAYS);
    let page_of_list = ListPage {
        reasons: leave_reasons::count(&mut tx, list.id, since).await?,
        comments: leave_reasons::comments(&mut tx, list.id, since, COMMENTS).await?,
        from,
        reply_to,
        language: Localizer::choices().find(|(tag, _)| *tag == list.language).map(|(_, name)| name),
        cadences: Cadence::ALL
            .map(|cadence| (cadence, of(SubscriptionStatus::Active, Some(cadence))))
            .into_iter()
            .filter(|_| !found.is_empty())
            .collect(),
        active: of(SubscriptionStatus::Active, None),
        others: SubscriptionStatus::ALL
            .into_iter()
            .filter(|status| *status != SubscriptionStatus::Active)
            .map(|status| (status, of(status, None)))
            .collect(),
        counted_at: found.iter().map(|count| count.counted_at).min(),
        feeds: feeds::of_list(&mut tx, list.id).await?,
        next: NextDigest::of(&mut tx, &desk, &list).await?,
        holds: holds::list(&mut tx, &ids).await?,
        campaigns,
        joined: days.iter().map(|day| day.joined).sum(),
        // Who bounced or complained is among them.
        left: days.iter().map(|day| day.ended).sum(),
        days,
        growth,
        desk,
        list,
    };
    page(StatusCode::OK, &page_of_list)
}

fn day(day: &Day) -> counts::Day {
    let Day { joined, ended, bounced, complained, .. } = *day;
    counts::Day { day: day.day.clone(), joined, ended, bounced, complained }
}

/// Who a list's mails come from, and where answers go, in words.
fn sender(app: &App, publication: &Publication, list: Option<&List>) -> (Mailbox, String) {
    let Sender { from, reply_to } = Sender::of(app, publication, list);
    let answers = reply_to.as_ref().unwrap_or(&from).email.to_string();
    (from, answers)
}

struct ShownForm {
    id: Option<Uuid>,
    form: ListForm,
    version: String,
}

async fn form_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    shown: ShownForm,
    wrong: Option<Error>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Lists).await?;
    let publication = publication::get(&mut tx).await?;
    let (status, field, error) = match wrong {
        None => (StatusCode::OK, "", String::new()),
        Some(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.field, refusal.sentence())
        }
        Some(Error::Refused(refusal)) if refusal.is(&codes::LIST_CHANGED) => {
            (StatusCode::CONFLICT, "all", refusal.sentence())
        }
        Some(error) => return Err(refuse(error)),
    };
    let (from, reply_to) = sender(app, &publication, None);
    let form_page = FormPage {
        desk,
        script: assets::path("lists.js"),
        id: shown.id,
        form: shown.form,
        languages: Localizer::choices().collect(),
        version: shown.version,
        field,
        error,
        from_name: from.name.unwrap_or(publication.name),
        from_email: from.email.to_string(),
        reply_to,
    };
    page(status, &form_page)
}

fn typed(fields: &Fields) -> ListForm {
    ListForm {
        name: fields.text("name").to_owned(),
        slug: fields.text("slug").to_owned(),
        description: fields.text("description").to_owned(),
        from_name: fields.text("from_name").to_owned(),
        reply_to: fields.text("reply_to").to_owned(),
        public: fields.is_ticked("public"),
        position: fields.text("position").to_owned(),
        language: fields.text("language").to_owned(),
    }
}

/// `GET /admin/lists/new`
pub async fn show_new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let form = ListForm { public: true, position: "0".to_owned(), ..ListForm::default() };
    form_page(&app, &me, &request, ShownForm { id: None, form, version: String::new() }, None).await
}

/// `POST /admin/lists`
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = typed(&fields);
    match rules::add(&Context::new(&app, me.actor()), &form).await {
        Ok(list) => {
            let said = say("list-added").with("name", &list.name).to_string();
            Ok(done(&app, &format!("/admin/lists/{}", list.id), said))
        }
        Err(error) => {
            form_page(&app, &me, &request, ShownForm { id: None, form, version: String::new() }, Some(error))
                .await
        }
    }
}

/// `GET /admin/lists/{id}/edit`
pub async fn show_edit(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    let id = id(&path)?;
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    drop(tx);
    let shown = ShownForm { id: Some(id), form: ListForm::of(&list), version: rules::version(&list) };
    form_page(&app, &me, &request, shown, None).await
}

/// `POST /admin/lists/{id}`
pub async fn change(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let id = id(&path)?;
    let (form, version) = (typed(&fields), fields.text("version").to_owned());
    match rules::change(&Context::new(&app, me.actor()), id, &version, &form).await {
        Ok(_) => Ok(done(&app, &format!("/admin/lists/{id}"), say("subscriber-saved").to_string())),
        Err(error) => {
            form_page(&app, &me, &request, ShownForm { id: Some(id), form, version }, Some(error)).await
        }
    }
}

/// `POST /admin/lists/{id}/retire`
pub async fn retire(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let cx = Context::new(&app, me.actor());
    let (list, held) = rules::retire(&cx, id(&path)?).await.map_err(refuse)?;
    let here = format!("/admin/lists/{}", list.id);
    let sentence = say("list-is-retired").with("name", &list.name).with("held", held).to_string();
    Ok(done_with_undo(&app, &here, sentence, &format!("{here}/bring-back")))
}

/// `POST /admin/lists/{id}/bring-back`
pub async fn bring_back(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let cx = Context::new(&app, me.actor());
    let (list, waited) = rules::bring_back(&cx, id(&path)?).await.map_err(refuse)?;
    let sentence = say("list-is-restored").with("name", &list.name).with("waited", waited).to_string();
    Ok(done(&app, &format!("/admin/lists/{}", list.id), sentence))
}
