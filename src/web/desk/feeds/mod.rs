//! Feeds: how they are, what they brought and what became of it; what binds and moves them.

mod add;
mod latest;
mod move_feed;
mod replay;
mod rule;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::TimeDelta;
use uuid::Uuid;

pub use self::add::{add, look, show_new};
pub use self::latest::{send_latest, show_latest};
pub use self::move_feed::{confirm_move, look_at_move, show_move};
pub use self::replay::show_replay;
pub use self::rule::{save_rule, show_rule, try_rule};
use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::{query, refuse};
use crate::actions::{Context, Error, manage_feeds, poll, pushes};
use crate::app::App;
use crate::db::brake::{self, Batch};
use crate::db::campaigns::{self, AboutArticle};
use crate::db::feeds::{self, Binding, Feed, FeedItem, FeedStatus, ItemVerdict, Lately};
use crate::db::holds;
use crate::db::lists::{self, List};
use crate::db::pushes::{self as stored_pushes, By, HubStatus, Pushed, Subscription};
use crate::domain::campaign::CampaignStatus;
use crate::domain::feed_rule::BindingMode;
use crate::domain::hold::{Hold, HoldKind};
use crate::domain::refusal::feeds as codes;
use crate::locale::say;
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
    word: String,
    why: String,
}

/// `braked`: why the brake holds what the feed brought.
fn state(feed: &Feed, braked: Option<&str>) -> State {
    let (mark, word, why) = match (&feed.last_error, feed.status) {
        (Some(error), FeedStatus::Disabled) => ("bad", "feed-state-gone", error.clone()),
        (None, FeedStatus::Disabled) => {
            ("retired", "feed-state-retired", say("feed-state-retired-why").to_string())
        }
        (None, FeedStatus::Active) if braked.is_some() => {
            ("held", "campaign-status-held", braked.unwrap_or_default().to_owned())
        }
        (Some(error), FeedStatus::Active) => ("warn", "feed-state-failing", error.clone()),
        (None, FeedStatus::Active) if feed.baseline_at.is_none() => {
            ("pending", "feed-state-unchecked", String::new())
        }
        (None, FeedStatus::Active) => ("ok", "feed-state-active", String::new()),
    };
    State { mark, word: say(word).to_string(), why }
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

    /// Where the feed is moved to an address.
    fn move_url(&self, to: &str) -> String {
        move_url(self.feed.id, to)
    }

    /// How long the site asks to be left alone, where that is longer than we would wait.
    fn asked(&self) -> Option<String> {
        self.feed.asked_secs.filter(|secs| *secs > self.feed.poll_secs).map(poll::length)
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
    push: Push,
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

/// How a feed says by itself that it has something new.
struct Push {
    /// How the subscription at its hub stands, and what went wrong there.
    hub: String,
    why: String,
    /// When the last push came, and by what.
    last: String,
    /// Minutes from one check to the next while pushes bring what is new; 0: as often as usual.
    rarer_mins: i64,
}

impl Push {
    fn new(desk: &Desk, feed: &Feed, pushed: &Pushed, subscription: Option<&Subscription>) -> Push {
        let last = match (pushed.pushed_at, pushed.pushed_by) {
            (Some(at), by) => {
                let key = if by == Some(By::Ping) { "feed-pushed-ping" } else { "feed-pushed-websub" };
                say(key).with("time", desk.short_time(&at)).to_string()
            }
            (None, _) => say("feed-pushed-never").to_string(),
        };
        let why = subscription.map(|known| known.last_error.as_str()).filter(|why| !why.is_empty());
        let secs = pushes::poll_secs(feed.poll_secs, pushed.pushes_ahead);
        Push {
            hub: hub_sentence(desk, subscription),
            why: why.map(|why| say("feed-push-why").with("why", why).to_string()).unwrap_or_default(),
            last,
            rarer_mins: if secs > feed.poll_secs { secs / 60 } else { 0 },
        }
    }
}

fn hub_sentence(desk: &Desk, subscription: Option<&Subscription>) -> String {
    let Some(known) = subscription else { return say("feed-push-none").to_string() };
    let until = known.lease_until.filter(|until| *until > desk.now);
    let key = match (known.status, until) {
        (HubStatus::Active, Some(_)) => "feed-push-active",
        (HubStatus::Active, None) => "feed-push-ended",
        (HubStatus::Asked, _) => "feed-push-asked",
        (HubStatus::Denied, _) => "feed-push-denied",
        (HubStatus::Wanted | HubStatus::Leaving, _) => "feed-push-wanted",
    };
    let host = url::Url::parse(&known.hub_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let said = say(key).with("hub", host.unwrap_or_default());
    match until {
        Some(until) => said.with("time", desk.short_time(&until)).to_string(),
        None => said.to_string(),
    }
}

fn title(rows: &[Row]) -> String {
    let polled = rows.iter().filter(|row| row.polled()).count();
    let ill = rows.iter().filter(|row| row.feed.last_error.is_some()).count();
    let key = match (rows.len(), ill) {
        (0, _) => "feed-title-none",
        (_, 0) if polled == 0 => "feed-title-inactive",
        (_, 0) => "feed-title-well",
        (_, _) => "feed-title-failing",
    };
    say(key).with("checked", polled).with("failing", ill).with("feeds", rows.len()).to_string()
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

/// The page that moves a feed, with its new address.
pub(super) fn move_url(feed_id: Uuid, to: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("url", to).finish();
    format!("/admin/feeds/{feed_id}/move?{query}")
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
        return ("held", say("article-on-hold").with("why", why.join(". ")).to_string());
    }
    let key = match item.verdict {
        Some(ItemVerdict::Baseline) => "feed-item-baseline",
        Some(ItemVerdict::Older) => "feed-item-older",
        Some(ItemVerdict::Known) => "feed-item-known",
        Some(ItemVerdict::Dropped) => "feed-item-skipped",
        Some(ItemVerdict::New | ItemVerdict::Held) => "feed-item-no-list",
        None if feed.baseline_at.is_none_or(|at| item.first_seen_at <= at) => "feed-item-baseline",
        None => "feed-item-not-sent",
    };
    ("skipped", say(key).to_string())
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
    let pushed = stored_pushes::of_feed(&mut tx, feed_id).await?;
    let subscription = stored_pushes::subscription_of(&mut tx, feed_id).await?;
    let push = Push::new(&desk, &feed, &pushed, subscription.as_ref());
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
        push,
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
        Ok(()) => Ok(done(&app, &format!("/admin/feeds/{feed_id}"), say("campaign-saved").to_string())),
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
        true => say("feed-list-removed"),
        false => say("feed-list-removed-already"),
    };
    Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence.to_string()))
}

/// `POST /admin/feeds/{id}/poll`
pub async fn poll(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed_id = id(&path)?;
    let sentence =
        match manage_feeds::poll_now(&Context::new(&app, me.actor()), feed_id).await.map_err(refuse)? {
            None => say("feed-slow"),
            Some(report) => match (report.error, report.brake) {
                (Some(error), _) => say("feed-unreadable").with("why", error.to_string()),
                (None, brake) => {
                    let checked = match brake {
                        Some(why) => say("feed-checked-held").with("why", why),
                        None => say("feed-checked"),
                    };
                    checked.with("new", report.new).with("edited", report.edited).with("held", report.held)
                }
            },
        };
    Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence.to_string()))
}

/// `POST /admin/feeds/{id}/retire`
pub async fn retire(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed = manage_feeds::retire(&Context::new(&app, me.actor()), id(&path)?).await.map_err(refuse)?;
    let here = format!("/admin/feeds/{}", feed.id);
    let sentence = say("feed-retired").to_string();
    Ok(done_with_undo(&app, &here, sentence, &format!("{here}/bring-back")))
}

/// `POST /admin/feeds/{id}/bring-back`
pub async fn bring_back(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let feed = manage_feeds::bring_back(&Context::new(&app, me.actor()), id(&path)?).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/feeds/{}", feed.id), say("feed-restored").to_string()))
}

/// `POST /admin/feeds/{id}/release`: `article`, which is held; `hold`, where one of several is meant.
pub async fn release(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let here = format!("/admin/feeds/{}", id(&path)?);
    let kind = HoldKind::parse(fields.text("hold"));
    let cx = Context::new(&app, me.actor());
    let sentence = match manage_feeds::release_held(&cx, id(fields.text("article"))?, kind).await {
        Ok(released) => {
            let said = match (released.still_held, released.campaigns, released.awaiting) {
                (1.., ..) => say("feed-released-still-held"),
                (_, 0, _) if released.drafts > 0 => say("feed-released-draft"),
                (_, 0, _) => say("feed-released-no-list"),
                (_, _, 0) => say("feed-released"),
                (_, all, some) if all == some => say("feed-released-all-await"),
                _ => say("feed-released-some-await"),
            };
            said.with("campaigns", released.campaigns).with("waiting", released.awaiting).to_string()
        }
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
            Ok(()) => say("feed-skipped").to_string(),
            Err(Error::Refused(refusal)) if refusal.is(&codes::ARTICLE_NOT_HELD) => refusal.sentence(),
            Err(error) => return Err(refuse(error)),
        };
    Ok(done(&app, &here, sentence))
}
