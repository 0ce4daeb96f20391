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

use super::brake::BRAKE_PREFIX;
use super::poll::{self, How, PollReport};
use crate::actions::editorial;
use crate::app::App;
use crate::db::alerts::{self, About};
use crate::db::articles::Article;
use crate::db::audit::{self, Actor, Subject};
use crate::db::brake::{self, Batch};
use crate::db::drafts;
use crate::db::feeds::{self, Feed, FeedStatus, ItemVerdict, Listed};
use crate::db::lists::List;
use crate::db::{Tx, WriteTx, articles, campaigns, lists, publication};

/// Whoever looks at a page waits this long for a feed's server.
const PATIENCE: Duration = Duration::from_secs(10);
/// A week.
pub const GRACE_MINS_MAX: i64 = 7 * 24 * 60;
/// So many of the latest articles can be sent at once.
pub const LATEST_MAX: i64 = 20;

/// Why a feed stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// What is wrong, and what to do; `field` of the form, where one is.
    #[error("{sentence}")]
    Refused { field: &'static str, sentence: String },
    #[error("There is no such feed any more.")]
    Gone,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

fn refused<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, FeedError> {
    Err(FeedError::Refused { field, sentence: sentence.into() })
}

/// What a feed is called.
pub fn name(feed: &Feed) -> &str {
    if feed.title.is_empty() { &feed.url } else { &feed.title }
}

fn subject(feed: &Feed) -> Subject<'_> {
    Subject { kind: "feed", id: feed.id, name: name(feed) }
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Feed, FeedError> {
    feeds::by_id(tx, id).await?.ok_or(FeedError::Gone)
}

async fn find_open_list(tx: &mut Tx, id: Uuid) -> Result<List, FeedError> {
    match lists::by_id(tx, id).await? {
        None => refused("list", "Pick one of the lists."),
        Some(list) if list.retired_at.is_some() => {
            refused("list", format!("The list “{}” is retired. Bring it back first.", list.name))
        }
        Some(list) => Ok(list),
    }
}

/// The minutes that somebody typed.
pub fn parse_grace(typed: &str) -> Result<i64, FeedError> {
    match typed.trim().parse::<i64>() {
        Ok(mins) if (0..=GRACE_MINS_MAX).contains(&mins) => Ok(mins),
        _ => refused("grace", format!("The grace is a number of minutes from 0 to {GRACE_MINS_MAX}.")),
    }
}

/// The address that somebody typed.
pub fn parse_url(typed: &str) -> Result<Url, FeedError> {
    match Url::parse(typed.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() && typed.len() <= 2000 => {
            Ok(url)
        }
        _ => refused("url", "That is no web address. Like this: https://news.example/feed/"),
    }
}

/// What a feed holds and what it would send; nothing is stored.
pub async fn look(app: &App, url: &Url) -> Result<poll::CheckReport, FeedError> {
    match tokio::time::timeout(PATIENCE, poll::check(app, &app.fetcher, url.as_str())).await {
        Ok(report) => Ok(report?),
        Err(_) => refused("url", slow()),
    }
}

fn slow() -> String {
    format!("It did not answer within {} seconds. Try again, or look at the site.", PATIENCE.as_secs())
}

/// Adds a feed to a list, or another list to a feed: reads it now, and what it holds is not mailed.
pub async fn bind(
    app: &App,
    actor: &Actor,
    url: &Url,
    list_id: Uuid,
    grace_mins: i64,
) -> Result<poll::Added, FeedError> {
    let mut tx = app.db.read().await?;
    let list = find_open_list(&mut tx, list_id).await?;
    drop(tx);
    let adding = poll::add_by(app, &app.fetcher, actor, url.as_str(), &list.slug, Some(grace_mins), None);
    match tokio::time::timeout(PATIENCE, adding).await {
        Ok(Ok(added)) => Ok(added),
        Ok(Err(error)) if error.downcast_ref::<sqlx::Error>().is_some() => Err(FeedError::Other(error)),
        Ok(Err(error)) => refused("url", format!("{error:#}.")),
        Err(_) => refused("url", slow()),
    }
}

/// Changes the grace of a binding, or makes it.
pub async fn set_binding(
    app: &App,
    actor: &Actor,
    feed_id: Uuid,
    list_id: Uuid,
    grace_mins: i64,
) -> Result<(), FeedError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    let bound = feeds::bindings(&mut tx, feed_id).await?;
    let Some(binding) = bound.into_iter().find(|binding| binding.list_id == list_id) else {
        drop(tx);
        if feed.status == FeedStatus::Disabled {
            return refused("list", "This feed is not polled. Bring it back first.");
        }
        return bind(app, actor, &parse_url(&feed.url)?, list_id, grace_mins).await.map(|_| ());
    };
    feeds::bind(&mut tx, feed_id, list_id, Some(grace_mins), now).await?;
    let before = json!({ "list": binding.list_slug, "grace_mins": binding.grace_mins });
    let after = json!({ "list": binding.list_slug, "grace_mins": grace_mins });
    audit::note(&mut tx, actor, "grace changed", subject(&feed), before, after, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a binding: nothing new goes to that list. What is scheduled stays. Harmless to repeat.
pub async fn unbind(app: &App, actor: &Actor, feed_id: Uuid, list_id: Uuid) -> Result<bool, FeedError> {
    let mut tx = app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    let bound = feeds::bindings(&mut tx, feed_id).await?;
    let Some(binding) = bound.into_iter().find(|binding| binding.list_id == list_id) else {
        return Ok(false);
    };
    feeds::unbind(&mut tx, feed_id, list_id).await?;
    let before = json!({ "list": binding.list_slug, "grace_mins": binding.grace_mins });
    audit::note(&mut tx, actor, "unbound", subject(&feed), before, (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Polls a feed no more. What is scheduled stays. Harmless to repeat.
pub async fn retire(app: &App, actor: &Actor, feed_id: Uuid) -> Result<Feed, FeedError> {
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Disabled {
        return Ok(feed);
    }
    let retired = Feed { status: FeedStatus::Disabled, failures: 0, last_error: None, ..feed };
    feeds::store_state(&mut tx, &retired).await?;
    audit::note(&mut tx, actor, "retired", subject(&retired), (), (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(retired)
}

/// Polls a feed again, from now on. What it listed meanwhile is new to us, and the rules of a poll say
/// what becomes of it. Harmless to repeat.
pub async fn bring_back(app: &App, actor: &Actor, feed_id: Uuid) -> Result<Feed, FeedError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Active {
        return Ok(feed);
    }
    let active =
        Feed { status: FeedStatus::Active, failures: 0, last_error: None, next_poll_at: now, ..feed };
    feeds::store_state(&mut tx, &active).await?;
    alerts::end(&mut tx, About::Feed(feed_id), now).await?;
    audit::note(&mut tx, actor, "brought back", subject(&active), (), (), now).await?;
    tx.commit().await?;
    Ok(active)
}

/// Polls a feed now, whatever its interval says. `None`: its server is slow, and the schedule goes on
/// with it.
pub async fn poll_now(app: &App, actor: &Actor, feed_id: Uuid) -> Result<Option<PollReport>, FeedError> {
    let mut tx = app.db.write().await?;
    let feed = find(&mut tx, feed_id).await?;
    if feed.status == FeedStatus::Disabled {
        return refused("", "It is not polled. Bring it back first.");
    }
    audit::note(&mut tx, actor, "polled", subject(&feed), (), (), app.clock.now()).await?;
    tx.commit().await?;
    let polled = tokio::time::timeout(PATIENCE, poll::poll(app, &app.fetcher, feed_id, How::Unconditional));
    if let Ok(report) = polled.await {
        return Ok(Some(report?));
    }
    let mut tx = app.db.write().await?;
    feeds::poll_soon(&mut tx, feed_id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(None)
}

/// The newest articles of a feed that a list has not had, the newest first.
pub async fn latest(
    tx: &mut Tx,
    feed_id: Uuid,
    list_id: Uuid,
    count: i64,
) -> Result<(Feed, List, Vec<Listed>), FeedError> {
    let feed = find(tx, feed_id).await?;
    let list = find_open_list(tx, list_id).await?;
    let found = feeds::unsent(tx, feed_id, list_id, count.clamp(1, LATEST_MAX)).await?;
    Ok((feed, list, found))
}

/// Schedules a campaign to a list for each of some articles of a feed: those that it may still send, in
/// the order in which they appeared. Returns how many, when they leave, and whether they wait for a
/// second person first: a feed mails by itself, and this is somebody's decision.
pub async fn send_latest(
    app: &App,
    actor: &Actor,
    feed_id: Uuid,
    list_id: Uuid,
    chosen: &[Uuid],
) -> Result<(usize, DateTime<Utc>, bool), FeedError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let (feed, list, mut found) = latest(&mut tx, feed_id, list_id, LATEST_MAX).await?;
    found.retain(|article| chosen.contains(&article.article_id));
    let at = now + TimeDelta::seconds(publication::sending(&mut tx).await?.undo_secs);
    let awaits = editorial::wants_second_person(&mut tx, list.id).await?;
    let mut titles = Vec::new();
    for article in found.iter().rev() {
        if campaigns::add_for_article(&mut tx, list.id, article.article_id, &article.title, at, now).await? {
            if awaits {
                let waits = editorial::AWAITS_APPROVAL;
                drafts::await_approval(&mut tx, list.id, article.article_id, waits, actor.user_id).await?;
            }
            titles.push(article.title.as_str());
        }
    }
    if !titles.is_empty() {
        let after = json!({ "list": list.slug, "articles": titles, "at": at });
        audit::note(&mut tx, actor, "latest sent", subject(&feed), (), after, now).await?;
    }
    let count = titles.len();
    tx.commit().await?;
    Ok((count, at, awaits))
}

async fn find_held(tx: &mut WriteTx, article_id: Uuid) -> Result<Article, FeedError> {
    // Two editors at once: on PostgreSQL the lock makes the second see what the first decided.
    feeds::lock_listing(tx).await?;
    match articles::get(tx, article_id).await?.filter(|article| article.held_reason.is_some()) {
        Some(article) => Ok(article),
        None => refused("", "It is not held any more."),
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
}

impl Released {
    /// Adds what another release led to.
    pub fn add(&mut self, other: Released) {
        self.articles += other.articles;
        self.campaigns += other.campaigns;
        self.awaiting += other.awaiting;
    }
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.articles {
            0 => return f.write_str("They are not held any more."),
            1 => f.write_str("One article is released")?,
            many => write!(f, "{many} articles are released")?,
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

    /// Schedules a campaign for each list that the article waited for, and takes its hold off. One from the
    /// future goes out on its date.
    async fn article(&mut self, tx: &mut WriteTx, article: &Article) -> sqlx::Result<Released> {
        let mut released = Released { articles: 1, ..Released::default() };
        let bindings = feeds::bindings_awaiting(tx, article.id).await?;
        for binding in bindings.into_iter().filter(|binding| !binding.retired) {
            let (list_id, title) = (binding.list_id, &article.title);
            let after_grace = self.now + self.undo.max(TimeDelta::minutes(binding.grace_mins));
            let at = after_grace.max(article.published_at);
            if !campaigns::add_for_article(tx, list_id, article.id, title, at, self.now).await? {
                continue;
            }
            released.campaigns += 1;
            let wants = match self.second_person.get(&list_id) {
                Some(wants) => *wants,
                None => editorial::wants_second_person(tx, list_id).await?,
            };
            self.second_person.insert(list_id, wants);
            if wants {
                released.awaiting += 1;
                let waits = editorial::AWAITS_APPROVAL;
                drafts::await_approval(tx, list_id, article.id, waits, self.actor.user_id).await?;
            }
        }
        articles::release(tx, article.id).await?;
        feeds::decide(tx, article.id, ItemVerdict::New).await?;
        Ok(released)
    }
}

/// Lets a held article go: a campaign for each list that was bound when it came.
pub async fn release_held(app: &App, actor: &Actor, article_id: Uuid) -> Result<Released, FeedError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let article = find_held(&mut tx, article_id).await?;
    let released = Release::begin(&mut tx, actor, now).await?.article(&mut tx, &article).await?;
    let before = json!({ "held": article.held_reason });
    let after = json!({ "campaigns": released.campaigns });
    audit::note(&mut tx, actor, "let go", about(&article), before, after, now).await?;
    tx.commit().await?;
    Ok(released)
}

/// Decides that a held article is not mailed.
pub async fn drop_held(app: &App, actor: &Actor, article_id: Uuid) -> Result<(), FeedError> {
    let mut tx = app.db.write().await?;
    let article = find_held(&mut tx, article_id).await?;
    articles::release(&mut tx, article_id).await?;
    feeds::decide(&mut tx, article_id, ItemVerdict::Dropped).await?;
    let before = json!({ "held": article.held_reason });
    audit::note(&mut tx, actor, "dropped", about(&article), before, (), app.clock.now()).await?;
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
    let mut found = articles::of_ids(tx, ids).await?;
    found.retain(|article| {
        article.held_reason.as_ref().is_some_and(|reason| reason.starts_with(BRAKE_PREFIX))
    });
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
    let before = json!({ "held": batch.held_reason });
    let mut after = json!({ "articles": titles });
    if let Some(campaigns) = campaigns {
        after["campaigns"] = campaigns.into();
    }
    audit::note(tx, actor, action, subject, before, after, now).await
}

/// Releases what the brake holds of one poll, or some of it. Harmless to repeat: what somebody has decided
/// about meanwhile is left alone.
pub async fn release_batch(
    app: &App,
    actor: &Actor,
    batch: &Batch,
    chosen: Option<&[Uuid]>,
) -> Result<Released, FeedError> {
    let mut total = Released::default();
    for ids in awaiting(app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        let mut release = Release::begin(&mut tx, actor, now).await?;
        let mut campaigns = 0;
        for article in &held {
            let released = release.article(&mut tx, article).await?;
            campaigns += released.campaigns;
            total.add(released);
        }
        if !held.is_empty() {
            note_batch(&mut tx, actor, "released", batch, &held, Some(campaigns), now).await?;
        }
        tx.commit().await?;
    }
    Ok(total)
}

/// Decides that what the brake holds of one poll, or some of it, is not mailed. Returns how many. Harmless to
/// repeat.
pub async fn skip_batch(
    app: &App,
    actor: &Actor,
    batch: &Batch,
    chosen: Option<&[Uuid]>,
) -> Result<usize, FeedError> {
    let mut skipped = 0;
    for ids in awaiting(app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let mut tx = app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        for article in &held {
            articles::release(&mut tx, article.id).await?;
            feeds::decide(&mut tx, article.id, ItemVerdict::Dropped).await?;
        }
        if !held.is_empty() {
            note_batch(&mut tx, actor, "skipped", batch, &held, None, app.clock.now()).await?;
        }
        tx.commit().await?;
        skipped += held.len();
    }
    Ok(skipped)
}
