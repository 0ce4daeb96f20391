//! Feeds: how they are, what they brought and what became of it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::TimeDelta;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::held::kind_and_why;
use super::{query, refuse};
use crate::actions::manage_feeds::{self, LATEST_MAX};
use crate::actions::poll::CheckReport;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::brake::{self, Batch};
use crate::db::campaigns::{self, AboutArticle};
use crate::db::feeds::{self, Binding, Feed, FeedItem, FeedStatus, ItemVerdict, Lately, Listed};
use crate::db::lists::{self, List};
use crate::domain::campaign::CampaignStatus;
use crate::domain::refusal::Kind;
use crate::domain::refusal::feeds as codes;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::feeds::identity::Verdict;
use crate::web::page::{Answer, ErrorPage, page};

/// Items a page.
const PAGE: i64 = 50;
/// Held items that a page shows above the others.
const HELD_SHOWN: i64 = 50;
/// What "lately" is.
const LATELY: TimeDelta = TimeDelta::days(7);
/// Minutes of grace where nobody says otherwise.
const GRACE_DEFAULT: &str = "10";

/// How a feed is: a mark, a word, and why.
struct State {
    mark: &'static str,
    word: &'static str,
    why: String,
}

/// `braked`: why the brake holds what the feed brought.
fn state(feed: &Feed, braked: Option<&str>) -> State {
    let (mark, word, why) = match (&feed.last_error, feed.status) {
        (Some(error), FeedStatus::Disabled) => ("bad", "Gone", error.as_str()),
        (None, FeedStatus::Disabled) => ("retired", "Retired", "It is not polled."),
        (None, FeedStatus::Active) if braked.is_some() => ("held", "Held", braked.unwrap_or_default()),
        (Some(error), FeedStatus::Active) => ("warn", "Failing", error.as_str()),
        (None, FeedStatus::Active) if feed.baseline_at.is_none() => ("pending", "Not read yet", ""),
        (None, FeedStatus::Active) => ("ok", "Active", ""),
    };
    State { mark, word, why: why.to_owned() }
}

struct Row {
    name: String,
    state: State,
    lists: Vec<Binding>,
    lately: Lately,
    /// Why the brake holds what it brought; empty: it holds nothing.
    braked: String,
    feed: Feed,
}

impl Row {
    fn polled(&self) -> bool {
        self.feed.status == FeedStatus::Active
    }
}

#[derive(Template)]
#[template(path = "admin/feeds.html")]
struct FeedsPage {
    desk: Desk,
    title: String,
    rows: Vec<Row>,
}

/// An item, and what became of it.
struct Item {
    item: FeedItem,
    mark: &'static str,
    /// Why there is no campaign; empty where there is one.
    why: String,
    campaigns: Vec<AboutArticle>,
}

#[derive(Template)]
#[template(path = "admin/feed.html")]
struct FeedPage {
    desk: Desk,
    row: Row,
    held: Vec<FeedItem>,
    items: Vec<Item>,
    /// Lists that are not bound, for the form.
    unbound: Vec<List>,
    older: Option<Uuid>,
    is_first_page: bool,
    /// What was typed into the form that was refused, and why.
    typed_list: String,
    typed_grace: String,
    field: &'static str,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/feed_new.html")]
struct NewPage {
    desk: Desk,
    url: String,
    list: String,
    grace: String,
    lists: Vec<List>,
    report: Option<CheckReport>,
    shown: Vec<(String, Option<chrono::DateTime<chrono::Utc>>, String)>,
    field: &'static str,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/feed_latest.html")]
struct LatestPage {
    desk: Desk,
    name: String,
    feed_id: Uuid,
    lists: Vec<List>,
    list: Option<List>,
    count: i64,
    found: Vec<Listed>,
    /// `None`: not counted yet.
    readers: Option<i64>,
    error: String,
}

fn title(rows: &[Row]) -> String {
    let polled = rows.iter().filter(|row| row.polled()).count();
    let ill = rows.iter().filter(|row| row.feed.last_error.is_some()).count();
    match (rows.len(), ill) {
        (0, _) => "No feeds yet.".to_owned(),
        (1, 0) if polled == 1 => "The feed is read.".to_owned(),
        (_, 0) if polled == 0 => "No feed is polled.".to_owned(),
        (_, 0) => format!("All {polled} feeds are read."),
        (all, ill) => format!("{ill} of {all} feeds can’t be read."),
    }
}

async fn row(tx: &mut crate::db::Tx, feed: Feed, lately: &[Lately], batches: &[Batch]) -> sqlx::Result<Row> {
    let none = Lately { feed_id: feed.id, seen: 0, held: 0, sent: 0 };
    let batch = batches.iter().find(|batch| batch.feed_id == feed.id);
    let braked = batch.map(|batch| format!("{}.", kind_and_why(&batch.held_reason).1));
    Ok(Row {
        name: manage_feeds::name(&feed).to_owned(),
        state: state(&feed, braked.as_deref()),
        braked: braked.unwrap_or_default(),
        lists: feeds::bindings(tx, feed.id).await?,
        lately: lately.iter().find(|lately| lately.feed_id == feed.id).copied().unwrap_or(none),
        feed,
    })
}

/// `GET /admin/feeds`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Feeds).await?;
    let lately = feeds::lately(&mut tx, desk.now - LATELY).await?;
    let batches = brake::batches(&mut tx).await?;
    let mut rows = Vec::new();
    for feed in feeds::all(&mut tx).await? {
        rows.push(row(&mut tx, feed, &lately, &batches).await?);
    }
    page(StatusCode::OK, &FeedsPage { desk, title: title(&rows), rows })
}

fn id(text: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(text).map_err(|_| ErrorPage::not_found())
}

/// Why an item has no campaign.
fn why(item: &FeedItem, feed: &Feed) -> (&'static str, String) {
    if let Some(reason) = &item.held_reason {
        return ("held", format!("Held: {}", kind_and_why(reason).1));
    }
    match item.verdict {
        Some(ItemVerdict::Baseline) => ("skipped", "There when the feed was first read".to_owned()),
        Some(ItemVerdict::Older) => ("skipped", "Old, came back into view".to_owned()),
        Some(ItemVerdict::Known) => ("skipped", "Known from another feed for days".to_owned()),
        Some(ItemVerdict::Dropped) => ("skipped", "Not mailed: somebody decided so".to_owned()),
        Some(ItemVerdict::New | ItemVerdict::Held) => ("skipped", "No list was bound".to_owned()),
        None if feed.baseline_at.is_none_or(|at| item.first_seen_at <= at) => {
            ("skipped", "There when the feed was first read".to_owned())
        }
        None => ("skipped", "Not mailed".to_owned()),
    }
}

/// What was typed into a form of the feed's page that was refused.
#[derive(Default)]
struct Typed {
    list: String,
    grace: String,
    field: &'static str,
    error: String,
}

async fn feed_page(app: &App, me: &Me, request: &HttpRequest, feed_id: Uuid, typed: Typed) -> Answer {
    let before = query(request, "before").and_then(|id| Uuid::parse_str(&id).ok()).unwrap_or(Uuid::max());
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let lately = feeds::lately(&mut tx, desk.now - LATELY).await?;
    let found = feeds::items(&mut tx, feed_id, before, PAGE).await?;
    let older = found.last().filter(|_| found.len() as i64 == PAGE).map(|last| last.article_id);
    let ids: Vec<Uuid> = found.iter().map(|item| item.article_id).collect();
    let mut about: HashMap<Uuid, Vec<AboutArticle>> = HashMap::new();
    for campaign in campaigns::about_articles(&mut tx, &ids).await? {
        about.entry(campaign.article_id).or_default().push(campaign);
    }
    let held = feeds::held_items(&mut tx, feed_id, HELD_SHOWN).await?;
    let batches = brake::batches(&mut tx).await?;
    let row = row(&mut tx, feed, &lately, &batches).await?;
    let items = found
        .into_iter()
        .map(|item| {
            let campaigns = about.remove(&item.article_id).unwrap_or_default();
            let (mark, why) = match campaigns.is_empty() {
                true => why(&item, &row.feed),
                false => ("sent", String::new()),
            };
            Item { item, mark, why, campaigns }
        })
        .collect();
    let mut unbound = lists::all(&mut tx).await?;
    unbound.retain(|list| {
        list.retired_at.is_none() && row.lists.iter().all(|binding| binding.list_id != list.id)
    });
    let status = match typed.error.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let feed_page = FeedPage {
        desk,
        row,
        held,
        items,
        unbound,
        older,
        is_first_page: before == Uuid::max(),
        typed_list: typed.list,
        typed_grace: typed.grace,
        field: typed.field,
        error: typed.error,
    };
    page(status, &feed_page)
}

/// `GET /admin/feeds/{id}`: `before`.
pub async fn show_one(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    let typed = Typed { grace: GRACE_DEFAULT.to_owned(), ..Typed::default() };
    feed_page(&app, &me, &request, id(&path)?, typed).await
}

async fn new_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    fields: &Fields,
    report: Option<CheckReport>,
    wrong: Option<(&'static str, String)>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let mut open = lists::all(&mut tx).await?;
    open.retain(|list| list.retired_at.is_none());
    let (field, error) = wrong.unwrap_or_default();
    let shown = report.iter().flat_map(|report| &report.items).rev().map(|item| {
        let verdict = match &item.verdict {
            Verdict::Known { .. } => "seen before, not sent".to_owned(),
            Verdict::New { .. } => "would have been sent".to_owned(),
            Verdict::BaselineOnly { .. } => "old, not sent".to_owned(),
            Verdict::Held { reason } => format!("held: {}", kind_and_why(reason).1),
        };
        (item.title.clone(), item.published_at, verdict)
    });
    let grace = match fields.text("grace") {
        "" => GRACE_DEFAULT,
        typed => typed,
    };
    let new_page = NewPage {
        desk,
        url: fields.text("url").to_owned(),
        list: fields.text("list").to_owned(),
        grace: grace.to_owned(),
        lists: open,
        shown: shown.take(20).collect(),
        report,
        field,
        error,
    };
    page(if field.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &new_page)
}

/// `GET /admin/feeds/new`
pub async fn show_new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    new_page(&app, &me, &request, &Fields::default(), None, None).await
}

/// `POST /admin/feeds/look`: `url`. Reads the feed and stores nothing.
pub async fn look(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let looked = match manage_feeds::parse_url(fields.text("url")) {
        Ok(url) => manage_feeds::look(&Context::new(&app, me.actor()), &url).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(report) => {
            let wrong = report.error.as_ref().map(|error| ("url", format!("It can’t be read: {error}.")));
            let report = Some(report).filter(|report| report.error.is_none());
            new_page(&app, &me, &request, &fields, report, wrong).await
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let wrong = Some((refusal.field, refusal.sentence()));
            new_page(&app, &me, &request, &fields, None, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/feeds`: `url`, `list`, `grace`.
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let added = async {
        let url = manage_feeds::parse_url(fields.text("url"))?;
        let grace = manage_feeds::parse_grace(fields.text("grace"))?;
        let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
        manage_feeds::bind(&Context::new(&app, me.actor()), &url, list, grace).await
    };
    match added.await {
        Ok(added) => {
            let articles = match added.report.baseline {
                0 => String::new(),
                1 => " The article that it holds is seen and will not be mailed.".to_owned(),
                many => format!(" The {many} articles that it holds are seen and will not be mailed."),
            };
            let sentence = match added.added {
                true => format!("The feed is there.{articles}"),
                false => "The feed was there already; it is bound to the list.".to_owned(),
            };
            Ok(done(&app, &format!("/admin/feeds/{}", added.feed_id), sentence))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let wrong = Some((refusal.field, refusal.sentence()));
            new_page(&app, &me, &request, &fields, None, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/feeds/{id}/bind`: `list`, `grace`; for a list that is bound, the grace alone.
pub async fn bind(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let feed_id = id(&path)?;
    let bound = async {
        let grace = manage_feeds::parse_grace(fields.text("grace"))?;
        let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
        manage_feeds::set_binding(&Context::new(&app, me.actor()), feed_id, list, grace).await
    };
    match bound.await {
        Ok(()) => Ok(done(&app, &format!("/admin/feeds/{feed_id}"), "Saved.")),
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let (list, grace) = (fields.text("list").to_owned(), fields.text("grace").to_owned());
            let field = if refusal.field == "url" { "list" } else { refusal.field };
            let error = refusal.sentence();
            feed_page(&app, &me, &request, feed_id, Typed { list, grace, field, error }).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/feeds/{id}/unbind`: `list`.
pub async fn unbind(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let feed_id = id(&path)?;
    let ended = manage_feeds::unbind(&Context::new(&app, me.actor()), feed_id, id(fields.text("list"))?)
        .await
        .map_err(refuse)?;
    let sentence = match ended {
        true => "Nothing new of this feed goes to that list. What is scheduled stays.",
        false => "It was not bound any more.",
    };
    Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence))
}

/// `POST /admin/feeds/{id}/poll`
pub async fn poll(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed_id = id(&path)?;
    let sentence = match manage_feeds::poll_now(&Context::new(&app, me.actor()), feed_id)
        .await
        .map_err(refuse)?
    {
        None => "Its server is slow. The poll goes on by itself; look again in a minute.".to_owned(),
        Some(report) => match report.error {
            Some(error) => format!("It can’t be read: {error}."),
            None => {
                let why = report.brake.map(|sentence| format!(" {sentence}.")).unwrap_or_default();
                format!("Polled: {} new, {} edited, {} held.{why}", report.new, report.edited, report.held)
            }
        },
    };
    Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence))
}

/// `POST /admin/feeds/{id}/retire`
pub async fn retire(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed = manage_feeds::retire(&Context::new(&app, me.actor()), id(&path)?).await.map_err(refuse)?;
    let here = format!("/admin/feeds/{}", feed.id);
    let sentence = "It is not polled any more. What is scheduled stays.";
    Ok(done_with_undo(&app, &here, sentence, &format!("{here}/bring-back")))
}

/// `POST /admin/feeds/{id}/bring-back`
pub async fn bring_back(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed = manage_feeds::bring_back(&Context::new(&app, me.actor()), id(&path)?).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/feeds/{}", feed.id), "It is polled again, from now on."))
}

/// `POST /admin/feeds/{id}/release`: `article`, which is held.
pub async fn release(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let here = format!("/admin/feeds/{}", id(&path)?);
    let sentence = match manage_feeds::release_held(
        &Context::new(&app, me.actor()),
        id(fields.text("article"))?,
    )
    .await
    {
        Ok(released) => match (released.campaigns, released.awaiting) {
            (0, _) => "Let go. No list was bound when it came, so it goes nowhere.".to_owned(),
            (1, 0) => "Let go. One campaign is scheduled.".to_owned(),
            (1, _) => "Let go. It waits until another person has looked at it.".to_owned(),
            (count, 0) => format!("Let go. {count} campaigns are scheduled."),
            (count, awaiting) => format!(
                "Let go. {count} campaigns are scheduled; {awaiting} of them wait until another person has looked."
            ),
        },
        Err(Error::Refused(refusal)) if refusal.is(&codes::ARTICLE_NOT_HELD) => refusal.sentence(),
        Err(error) => return Err(refuse(error)),
    };
    Ok(done(&app, &here, sentence))
}

/// `POST /admin/feeds/{id}/drop`: `article`, which is held.
pub async fn drop_held(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let here = format!("/admin/feeds/{}", id(&path)?);
    let sentence =
        match manage_feeds::drop_held(&Context::new(&app, me.actor()), id(fields.text("article"))?).await {
            Ok(()) => "It is not mailed.".to_owned(),
            Err(Error::Refused(refusal)) if refusal.is(&codes::ARTICLE_NOT_HELD) => refusal.sentence(),
            Err(error) => return Err(refuse(error)),
        };
    Ok(done(&app, &here, sentence))
}

async fn latest_page(app: &App, me: &Me, request: &HttpRequest, feed_id: Uuid, error: String) -> Answer {
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let mut open = lists::all(&mut tx).await?;
    open.retain(|list| list.retired_at.is_none());
    let count = query(request, "count").and_then(|n| n.parse::<i64>().ok()).unwrap_or(1).clamp(1, LATEST_MAX);
    let asked = query(request, "list").and_then(|id| Uuid::parse_str(&id).ok());
    let list = open.iter().find(|list| Some(list.id) == asked).cloned();
    let found = match &list {
        Some(list) => feeds::unsent(&mut tx, feed_id, list.id, count).await?,
        None => Vec::new(),
    };
    let counts = lists::counts(&mut tx).await?;
    let readers = list.as_ref().and_then(|list| {
        let mut of_list = counts.iter().filter(|count| count.list_id == list.id).peekable();
        of_list.peek()?;
        let gets = of_list.filter(|c| c.status == SubscriptionStatus::Active && c.cadence == Cadence::Each);
        Some(gets.map(|count| count.subscriptions).sum())
    });
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = manage_feeds::name(&feed).to_owned();
    page(status, &LatestPage { desk, name, feed_id, lists: open, list, count, found, readers, error })
}

/// `GET /admin/feeds/{id}/latest`: `list`, `count`. Shows what would be sent.
pub async fn show_latest(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
) -> Answer {
    latest_page(&app, &me, &request, id(&path)?, String::new()).await
}

/// `POST /admin/feeds/{id}/latest`: `list`, and each `article` that was shown.
pub async fn send_latest(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let feed_id = id(&path)?;
    let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
    let chosen: Vec<Uuid> = fields.all("article").filter_map(|id| Uuid::parse_str(id).ok()).collect();
    match manage_feeds::send_latest(&Context::new(&app, me.actor()), feed_id, list, &chosen).await {
        Ok((count, at, awaits)) => {
            let desk = Desk::bare(&app, &mut app.db.read().await?).await?;
            let when = format!("at {} {}", desk.short_time(&at), desk.zone_name());
            let sentence = match count {
                0 => "None of them was left to send.".to_owned(),
                _ if awaits => "It waits until another person has looked at it.".to_owned(),
                1 => format!("One campaign is scheduled. It leaves {when}; until then it can be cancelled."),
                many => format!(
                    "{many} campaigns are scheduled. They leave {when}; until then they can be cancelled."
                ),
            };
            Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            latest_page(&app, &me, &request, feed_id, refusal.sentence()).await
        }
        Err(error) => Err(refuse(error)),
    }
}
