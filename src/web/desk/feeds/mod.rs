//! Feeds: how they are, what they brought and what became of it; what binds them.

mod add;
mod latest;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::TimeDelta;
use uuid::Uuid;

pub use self::add::{add, look, show_new};
pub use self::latest::{send_latest, show_latest};
use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::{query, refuse};
use crate::actions::{Context, Error, manage_feeds};
use crate::app::App;
use crate::db::brake::{self, Batch};
use crate::db::campaigns::{self, AboutArticle};
use crate::db::feeds::{self, Binding, Feed, FeedItem, FeedStatus, ItemVerdict, Lately};
use crate::db::holds;
use crate::db::lists::{self, List};
use crate::domain::campaign::CampaignStatus;
use crate::domain::hold::{Hold, HoldKind};
use crate::domain::refusal::feeds as codes;
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
    held: Vec<HeldItem>,
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
    let braked = batch.map(|batch| format!("{}.", batch.reason().sentence()));
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

/// An article that waits for an editor, and all that holds it.
struct HeldItem {
    item: FeedItem,
    holds: Vec<Hold>,
}

/// Why an item has no campaign.
fn why(item: &FeedItem, holds: &[Hold], feed: &Feed) -> (&'static str, String) {
    if !holds.is_empty() {
        let why: Vec<String> = holds.iter().map(Hold::sentence).collect();
        return ("held", format!("Held: {}", why.join(". ")));
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
    let mut held = Vec::new();
    for item in feeds::held_items(&mut tx, feed_id, HELD_SHOWN).await? {
        let holds = holds::of_article(&mut tx, item.article_id).await?;
        held.push(HeldItem { item, holds });
    }
    let holds = holds::list_of_articles(&mut tx, &ids).await?;
    let batches = brake::batches(&mut tx).await?;
    let row = row(&mut tx, feed, &lately, &batches).await?;
    let items = found
        .into_iter()
        .map(|item| {
            let campaigns = about.remove(&item.article_id).unwrap_or_default();
            let (mark, why) = match campaigns.is_empty() {
                true => why(&item, holds.get(&item.article_id).map_or(&[], Vec::as_slice), &row.feed),
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

/// `POST /admin/feeds/{id}/release`: `article`, which is held; `hold`, where one of several is meant.
pub async fn release(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let here = format!("/admin/feeds/{}", id(&path)?);
    let kind = HoldKind::parse(fields.text("hold"));
    let cx = Context::new(&app, me.actor());
    let sentence = match manage_feeds::release_held(&cx, id(fields.text("article"))?, kind).await {
        Ok(released) if released.still_held > 0 => "Let go; something else still holds it.".to_owned(),
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
