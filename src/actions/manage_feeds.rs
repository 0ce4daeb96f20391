//! What people do with feeds: bind, retire, poll now, decide about what is held, send what was not
//! sent. The same rules for every door; each change has its line in the audit log.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::poll::{self, How, PollReport};
use super::{Context, Result, editorial};
use crate::app::App;
use crate::db::alerts::{self, About};
use crate::db::articles::Article;
use crate::db::audit::{self, Actor, Subject};
use crate::db::brake::{self, Batch};
use crate::db::drafts;
use crate::db::feeds::{self, Feed, FeedStatus, ItemVerdict, Listed};
use crate::db::lists::List;
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, articles, campaigns, holds, lists, publication};
use crate::domain::hold::{self, Hold, HoldKind};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::feeds as codes;

/// Whoever looks at a page waits this long for a feed's server.
const PATIENCE: Duration = Duration::from_secs(10);
/// A week.
pub const GRACE_MINS_MAX: i64 = 7 * 24 * 60;
/// So many of the latest articles can be sent at once.
pub const LATEST_MAX: i64 = 20;

/// What a feed is called.
pub fn name(feed: &Feed) -> &str {
    if feed.title.is_empty() { &feed.url } else { &feed.title }
}

fn subject(feed: &Feed) -> Subject<'_> {
    Subject { kind: "feed", id: feed.id, name: name(feed) }
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Feed> {
    feeds::by_id(tx, id).await?.ok_or_else(|| codes::FEED_GONE.refusal().into())
}

async fn find_open_list(tx: &mut Tx, id: Uuid) -> Result<List> {
    match lists::by_id(tx, id).await? {
        None => Err(codes::FEED_LIST_UNKNOWN.on("list").into()),
        Some(list) if list.retired_at.is_some() => {
            Err(codes::FEED_LIST_RETIRED.on("list").with("list", list.name).into())
        }
        Some(list) => Ok(list),
    }
}

/// The minutes that somebody typed.
pub fn parse_grace(typed: &str) -> Result<i64> {
    match typed.trim().parse::<i64>() {
        Ok(mins) if (0..=GRACE_MINS_MAX).contains(&mins) => Ok(mins),
        _ => Err(codes::GRACE_WRONG.on("grace").with("max", GRACE_MINS_MAX).into()),
    }
}

/// The address that somebody typed.
pub fn parse_url(typed: &str) -> Result<Url> {
    match poll::web_address(typed) {
        Ok(url) if typed.len() <= 2000 => Ok(url),
        _ => Err(codes::FEED_ADDRESS_WRONG.on("url").into()),
    }
}

/// What a feed holds and what it would send; nothing is stored.
pub async fn look(cx: &Context<'_>, url: &Url) -> Result<poll::CheckReport> {
    cx.require(Role::Admin)?;
    match tokio::time::timeout(PATIENCE, poll::check(cx.app, &cx.app.fetcher, url.as_str())).await {
        Ok(report) => Ok(report?),
        Err(_) => Err(slow().into()),
    }
}

fn slow() -> Refusal {
    codes::FEED_SLOW.on("url").with("secs", PATIENCE.as_secs() as i64)
}

/// Adds a feed to a list, or another list to a feed: reads it now, and what it holds is not mailed.
pub async fn bind(cx: &Context<'_>, url: &Url, list_id: Uuid, grace_mins: i64) -> Result<poll::Added> {
    let list = find_open_list(&mut cx.app.db.read().await?, list_id).await?;
    let adding = poll::add(cx, &cx.app.fetcher, url.as_str(), &list.slug, Some(grace_mins), None);
    tokio::time::timeout(PATIENCE, adding).await.unwrap_or_else(|_| Err(slow().into()))
}

/// Changes the grace of a binding, or makes it.
pub async fn set_binding(cx: &Context<'_>, feed_id: Uuid, list_id: Uuid, grace_mins: i64) -> Result<()> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    let bound = feeds::bindings(&mut tx, feed_id).await?;
    let Some(binding) = bound.into_iter().find(|binding| binding.list_id == list_id) else {
        drop(tx);
        if feed.status == FeedStatus::Disabled {
            return Err(codes::FEED_RETIRED.on("list").into());
        }
        return bind(cx, &parse_url(&feed.url)?, list_id, grace_mins).await.map(|_| ());
    };
    feeds::bind(&mut tx, feed_id, list_id, Some(grace_mins), now).await?;
    let before = json!({ "list": binding.list_slug, "grace_mins": binding.grace_mins });
    let after = json!({ "list": binding.list_slug, "grace_mins": grace_mins });
    audit::note(&mut tx, &cx.actor, "grace changed", subject(&feed), before, after, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a binding: nothing new goes to that list. What is scheduled stays. Harmless to repeat.
pub async fn unbind(cx: &Context<'_>, feed_id: Uuid, list_id: Uuid) -> Result<bool> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    let bound = feeds::bindings(&mut tx, feed_id).await?;
    let Some(binding) = bound.into_iter().find(|binding| binding.list_id == list_id) else {
        return Ok(false);
    };
    feeds::unbind(&mut tx, feed_id, list_id).await?;
    let before = json!({ "list": binding.list_slug, "grace_mins": binding.grace_mins });
    audit::note(&mut tx, &cx.actor, "unbound", subject(&feed), before, (), cx.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Polls a feed no more. What is scheduled stays. Harmless to repeat.
pub async fn retire(cx: &Context<'_>, feed_id: Uuid) -> Result<Feed> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Disabled {
        return Ok(feed);
    }
    let retired = Feed { status: FeedStatus::Disabled, failures: 0, last_error: None, ..feed };
    feeds::store_state(&mut tx, &retired).await?;
    audit::note(&mut tx, &cx.actor, "retired", subject(&retired), (), (), cx.now()).await?;
    tx.commit().await?;
    Ok(retired)
}

/// Polls a feed again, from now on. What it listed meanwhile is new to us, and the rules of a poll say
/// what becomes of it. Harmless to repeat.
pub async fn bring_back(cx: &Context<'_>, feed_id: Uuid) -> Result<Feed> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Active {
        return Ok(feed);
    }
    let active =
        Feed { status: FeedStatus::Active, failures: 0, last_error: None, next_poll_at: now, ..feed };
    feeds::store_state(&mut tx, &active).await?;
    alerts::end(&mut tx, About::Feed(feed_id), now).await?;
    audit::note(&mut tx, &cx.actor, "brought back", subject(&active), (), (), now).await?;
    tx.commit().await?;
    Ok(active)
}

/// Polls a feed now, whatever its interval says. `None`: its server is slow, and the schedule goes on
/// with it.
pub async fn poll_now(cx: &Context<'_>, feed_id: Uuid) -> Result<Option<PollReport>> {
    note_polled(cx, feed_id).await?;
    let polling = poll::poll(cx.app, &cx.app.fetcher, feed_id, How::Unconditional);
    if let Ok(report) = tokio::time::timeout(PATIENCE, polling).await {
        return Ok(Some(report?));
    }
    let mut tx = cx.app.db.write().await?;
    feeds::poll_soon(&mut tx, feed_id, cx.now()).await?;
    tx.commit().await?;
    Ok(None)
}

/// Notes that somebody has a feed polled, which is refused where it is retired.
pub(super) async fn note_polled(cx: &Context<'_>, feed_id: Uuid) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Disabled {
        return Err(codes::FEED_NOT_POLLED.refusal().into());
    }
    audit::note(&mut tx, &cx.actor, "polled", subject(&feed), (), (), cx.now()).await?;
    Ok(tx.commit().await?)
}

/// The newest articles of a feed that a list has not had, the newest first.
pub async fn latest(
    tx: &mut Tx,
    feed_id: Uuid,
    list_id: Uuid,
    count: i64,
) -> Result<(Feed, List, Vec<Listed>)> {
    let feed = find(tx, feed_id).await?;
    let list = find_open_list(tx, list_id).await?;
    let found = feeds::unsent(tx, feed_id, list_id, count.clamp(1, LATEST_MAX)).await?;
    Ok((feed, list, found))
}

/// Schedules a campaign to a list for each of some articles of a feed: those that it may still send, in
/// the order in which they appeared. Returns how many, when they leave, and whether they wait for a
/// second person first: a feed mails by itself, and this is somebody's decision.
pub async fn send_latest(
    cx: &Context<'_>,
    feed_id: Uuid,
    list_id: Uuid,
    chosen: &[Uuid],
) -> Result<(usize, DateTime<Utc>, bool)> {
    cx.require(Role::Editor)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let (feed, list, mut found) = latest(&mut tx, feed_id, list_id, LATEST_MAX).await?;
    found.retain(|article| chosen.contains(&article.article_id));
    let at = now + TimeDelta::seconds(publication::sending(&mut tx).await?.undo_secs);
    let awaits = editorial::wants_second_person(&mut tx, list.id).await?;
    let mut titles = Vec::new();
    for article in found.iter().rev() {
        let (id, title) = (article.article_id, article.title.as_str());
        if let Some(added) = campaigns::add_for_article(&mut tx, list.id, id, title, at, now).await? {
            if awaits {
                drafts::await_approval(&mut tx, added, cx.actor.user_id, now).await?;
            }
            titles.push(title);
        }
    }
    if !titles.is_empty() {
        let after = json!({ "list": list.slug, "articles": titles, "at": at });
        audit::note(&mut tx, &cx.actor, "latest sent", subject(&feed), (), after, now).await?;
    }
    let count = titles.len();
    tx.commit().await?;
    cx.app.bell.notify_one();
    Ok((count, at, awaits))
}

async fn find_held(tx: &mut WriteTx, article_id: Uuid) -> Result<(Article, Vec<Hold>)> {
    // Two editors at once: on PostgreSQL the lock makes the second see what the first decided.
    feeds::lock_listing(tx).await?;
    match articles::get(tx, article_id).await?.filter(|article| article.is_held) {
        Some(article) => Ok((article, holds::of_article(tx, article_id).await?)),
        None => Err(codes::ARTICLE_NOT_HELD.refusal().into()),
    }
}

fn about(article: &Article) -> Subject<'_> {
    Subject { kind: "article", id: article.id, name: &article.title }
}

/// What releasing held articles led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Released {
    pub articles: usize,
    /// Campaigns that were scheduled: one for each article and list.
    pub campaigns: usize,
    /// How many of them wait for a second person first: this is somebody's decision.
    pub awaiting: usize,
    /// How many of the articles something else still holds.
    pub still_held: usize,
}

impl Released {
    /// Adds what another release led to.
    pub fn add(&mut self, other: Released) {
        self.articles += other.articles;
        self.campaigns += other.campaigns;
        self.awaiting += other.awaiting;
        self.still_held += other.still_held;
    }
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.articles {
            0 => return f.write_str("They are not held any more."),
            1 => f.write_str("One article is released")?,
            many => write!(f, "{many} articles are released")?,
        }
        match self.still_held {
            0 => {}
            all if all == self.articles => return f.write_str("; something else still holds that."),
            some => write!(f, "; something else still holds {some} of them")?,
        }
        match self.campaigns {
            0 => return f.write_str(". No list was bound when they came, so nothing is mailed."),
            1 => f.write_str("; one campaign is scheduled.")?,
            many => write!(f, "; {many} campaigns are scheduled.")?,
        }
        match self.awaiting {
            0 => Ok(()),
            all if all == self.campaigns => f.write_str(" Another person must approve first."),
            some => write!(f, " Another person must approve {some} of them first."),
        }
    }
}

/// What is the same for all articles that are released together.
struct Release<'a> {
    actor: &'a Actor,
    undo: TimeDelta,
    now: DateTime<Utc>,
    /// Whether a list wants a second person, once it is known: counting readers takes a while.
    second_person: HashMap<Uuid, bool>,
}

impl<'a> Release<'a> {
    async fn begin(tx: &mut Tx, actor: &'a Actor, now: DateTime<Utc>) -> sqlx::Result<Release<'a>> {
        let undo = TimeDelta::seconds(publication::sending(tx).await?.undo_secs);
        Ok(Release { actor, undo, now, second_person: HashMap::new() })
    }

    /// Takes some of an article's holds off. Where none is left, schedules a campaign for each list that it waited
    /// for; one from the future goes out on its date.
    async fn article(
        &mut self,
        tx: &mut WriteTx,
        article: &Article,
        holds: &[HoldKind],
    ) -> sqlx::Result<Released> {
        let mut released = Released { articles: 1, ..Released::default() };
        for kind in holds {
            holds::release_article(tx, article.id, *kind).await?;
        }
        if articles::get(tx, article.id).await?.is_some_and(|article| article.is_held) {
            released.still_held = 1;
            return Ok(released);
        }
        let bindings = feeds::bindings_awaiting(tx, article.id).await?;
        for binding in bindings.into_iter().filter(|binding| !binding.retired) {
            let (list_id, title) = (binding.list_id, &article.title);
            let after_grace = self.now + self.undo.max(TimeDelta::minutes(binding.grace_mins));
            let at = after_grace.max(article.published_at);
            let added = campaigns::add_for_article(tx, list_id, article.id, title, at, self.now).await?;
            let Some(campaign_id) = added else { continue };
            released.campaigns += 1;
            let wants = match self.second_person.get(&list_id) {
                Some(wants) => *wants,
                None => editorial::wants_second_person(tx, list_id).await?,
            };
            self.second_person.insert(list_id, wants);
            if wants {
                released.awaiting += 1;
                drafts::await_approval(tx, campaign_id, self.actor.user_id, self.now).await?;
            }
        }
        feeds::decide(tx, article.id, ItemVerdict::New).await?;
        Ok(released)
    }
}

/// Takes a held article's holds off, or one of them; where none is left, there is a campaign for each list that was
/// bound when it came.
pub async fn release_held(cx: &Context<'_>, article_id: Uuid, only: Option<HoldKind>) -> Result<Released> {
    cx.require(Role::Editor)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let (article, mut held) = find_held(&mut tx, article_id).await?;
    held.retain(|hold| only.is_none_or(|kind| kind == hold.kind));
    if held.is_empty() {
        return Err(codes::ARTICLE_NOT_HELD.refusal().into());
    }
    let kinds: Vec<HoldKind> = held.iter().map(|hold| hold.kind).collect();
    let released = Release::begin(&mut tx, &cx.actor, now).await?.article(&mut tx, &article, &kinds).await?;
    let before = json!({ "held": hold::in_one_line(&held) });
    let after = json!({ "campaigns": released.campaigns });
    audit::note(&mut tx, &cx.actor, "let go", about(&article), before, after, now).await?;
    tx.commit().await?;
    cx.app.bell.notify_one();
    Ok(released)
}

/// Decides that a held article is not mailed, whatever holds it.
pub async fn drop_held(cx: &Context<'_>, article_id: Uuid) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let (article, held) = find_held(&mut tx, article_id).await?;
    holds::clear_article(&mut tx, article_id).await?;
    feeds::decide(&mut tx, article_id, ItemVerdict::Dropped).await?;
    let before = json!({ "held": hold::in_one_line(&held) });
    audit::note(&mut tx, &cx.actor, "dropped", about(&article), before, (), cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Articles decided about in one transaction.
const DECIDED_TOGETHER: usize = 20;

/// Articles of a batch that still wait, in the order in which they are mailed; of some, where `chosen` says.
async fn awaiting(app: &App, batch: &Batch, chosen: Option<&[Uuid]>) -> sqlx::Result<Vec<Uuid>> {
    let mut tx = app.db.read().await?;
    let items = brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await?;
    let ids = items.into_iter().map(|item| item.article_id);
    Ok(ids.filter(|id| chosen.is_none_or(|chosen| chosen.contains(id))).collect())
}

/// Those of some articles that the brake still holds: somebody else may have decided. To be asked under
/// [`feeds::lock_listing`].
async fn still_held(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<Article>> {
    let held = holds::list_of_articles(tx, ids).await?;
    let braked =
        |id: &Uuid| held.get(id).is_some_and(|holds| holds.iter().any(|h| h.kind == HoldKind::Brake));
    let mut found = articles::of_ids(tx, ids).await?;
    found.retain(|article| braked(&article.id));
    found.sort_by_key(|article| article.id);
    Ok(found)
}

async fn note_batch(
    tx: &mut WriteTx,
    actor: &Actor,
    action: &str,
    batch: &Batch,
    decided: &[Article],
    campaigns: Option<usize>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = if batch.feed_title.is_empty() { &batch.feed_url } else { &batch.feed_title };
    let subject = Subject { kind: "feed", id: batch.feed_id, name };
    let titles: Vec<&str> = decided.iter().map(|article| article.title.as_str()).collect();
    let before = json!({ "held": batch.reason().to_string() });
    let mut after = json!({ "articles": titles });
    if let Some(campaigns) = campaigns {
        after["campaigns"] = campaigns.into();
    }
    audit::note(tx, actor, action, subject, before, after, now).await
}

/// Releases what the brake holds of one poll, or some of it. Harmless to repeat: what somebody has decided
/// about meanwhile is left alone.
pub async fn release_batch(cx: &Context<'_>, batch: &Batch, chosen: Option<&[Uuid]>) -> Result<Released> {
    cx.require(Role::Editor)?;
    let mut total = Released::default();
    for ids in awaiting(cx.app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let now = cx.now();
        let mut tx = cx.app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        let mut release = Release::begin(&mut tx, &cx.actor, now).await?;
        let mut campaigns = 0;
        for article in &held {
            let released = release.article(&mut tx, article, &[HoldKind::Brake]).await?;
            campaigns += released.campaigns;
            total.add(released);
        }
        if !held.is_empty() {
            note_batch(&mut tx, &cx.actor, "released", batch, &held, Some(campaigns), now).await?;
        }
        tx.commit().await?;
    }
    if total.campaigns > 0 {
        cx.app.bell.notify_one();
    }
    Ok(total)
}

/// Decides that what the brake holds of one poll, or some of it, is not mailed. Returns how many. Harmless to
/// repeat.
pub async fn skip_batch(cx: &Context<'_>, batch: &Batch, chosen: Option<&[Uuid]>) -> Result<usize> {
    cx.require(Role::Editor)?;
    let mut skipped = 0;
    for ids in awaiting(cx.app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let mut tx = cx.app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        for article in &held {
            holds::clear_article(&mut tx, article.id).await?;
            feeds::decide(&mut tx, article.id, ItemVerdict::Dropped).await?;
        }
        if !held.is_empty() {
            note_batch(&mut tx, &cx.actor, "skipped", batch, &held, None, cx.now()).await?;
        }
        tx.commit().await?;
        skipped += held.len();
    }
    Ok(skipped)
}
