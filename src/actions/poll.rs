//! Polling: fetch outside any transaction, then store validators, articles, names, listing and
//! campaigns in one. A failure of a feed is that feed's state, never an error of the whole.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::brake::{self, BRAKE_PREFIX};
use crate::actions::alerts;
use crate::actions::guard;
use crate::app::App;
use crate::app::metrics::PollResult;
use crate::articles::html;
use crate::db::alerts::{self as db_alerts, About, AlertKind};
use crate::db::articles::{self, Article};
use crate::db::audit::{self, Actor, Subject};
use crate::db::feeds::{self, Binding, Feed, FeedStatus, ItemVerdict};
use crate::db::{Tx, WriteTx, campaigns, lists, send_counter};
use crate::feeds::identity::{self, Alias, AliasKind, Known, Memory, Quiet, Verdict};
use crate::feeds::parse::{FeedKind, Item, ParseError, ParsedFeed, parse};
use crate::fetch::{Answer, Document, FetchError, Fetched, Fetcher, Validators, WAIT_MAX};

const POLL_DEADLINE: Duration = Duration::from_secs(30);
const REFRESH_DEADLINE: Duration = Duration::from_secs(5);
const CONCURRENT_POLLS: usize = 4;
/// A permanent redirect is believed when this many polls in a row have seen it.
const MOVES_BELIEVED: i64 = 3;
/// How often a feed is polled where nobody says otherwise.
pub const POLL_SECS_DEFAULT: i64 = 600;

/// Whether a poll asks "has it changed?" or for the document in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Conditional,
    Unconditional,
}

/// What a poll found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PollReport {
    pub not_modified: bool,
    /// Why the feed could not be read; kept in the feed's state too.
    pub error: Option<String>,
    pub new: usize,
    /// Remembered without being mailed.
    pub baseline: usize,
    pub held: usize,
    /// Why the feed brake holds all that is new; `None`: it does not.
    pub brake: Option<String>,
    pub edited: usize,
    /// Campaigns that were scheduled.
    pub campaigns: usize,
}

/// Why a feed could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Parse(#[from] ParseError),
}

/// What became of an article just before it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// It is still published; its edits, if any, are in the database.
    Current,
    /// Its publisher took it back: do not send it.
    Withdrawn(String),
    /// Nobody could tell in time: send what we have.
    Unreachable,
}

/// Parses away from the threads that serve requests: ten megabytes take a while.
async fn parse_apart(document: Document) -> Result<(ParsedFeed, Validators), ParseError> {
    html::apart(move || {
        let feed = parse(&document.body, document.content_type.as_deref(), &document.final_url)?;
        Ok((feed, document.validators))
    })
    .await
    .unwrap_or_else(|_| Err(ParseError::Damaged("reading it failed".into())))
}

async fn read(
    fetcher: &Fetcher,
    url: &Url,
    deadline: Duration,
) -> Result<(Fetched, Option<(ParsedFeed, Validators)>), ReadError> {
    read_if_changed(fetcher, url, None, deadline).await
}

async fn read_if_changed(
    fetcher: &Fetcher,
    url: &Url,
    validators: Option<&Validators>,
    deadline: Duration,
) -> Result<(Fetched, Option<(ParsedFeed, Validators)>), ReadError> {
    let mut fetched = fetcher.fetch(url, validators, deadline).await?;
    match std::mem::replace(&mut fetched.answer, Answer::NotModified) {
        Answer::NotModified => Ok((fetched, None)),
        Answer::Document(document) => {
            let parsed = parse_apart(document).await?;
            Ok((fetched, Some(parsed)))
        }
    }
}

/// Polls one feed. An `Err` is the database's; what is wrong with the feed is in the report.
pub async fn poll(app: &App, fetcher: &Fetcher, feed_id: Uuid, how: How) -> anyhow::Result<PollReport> {
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.context("no such feed")?;
    drop(tx);
    let validators = Validators { etag: feed.etag.clone(), last_modified: feed.last_modified.clone() };
    let conditional = how == How::Conditional && validators != Validators::default();
    let answer = match Url::parse(&feed.url) {
        Ok(url) => read_if_changed(fetcher, &url, conditional.then_some(&validators), POLL_DEADLINE).await,
        Err(_) => Err(FetchError::BadAddress(feed.url.clone()).into()),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    // It may have been polled or disabled by somebody else while we were on the network.
    let feed = feeds::by_id(&mut tx, feed_id).await?.context("the feed was removed meanwhile")?;
    let report = match answer {
        Ok((fetched, parsed)) => store(&mut tx, feed, &fetched, parsed.as_ref(), now).await?,
        Err(error) => store_failure(&mut tx, feed, &error, now).await?,
    };
    tx.commit().await?;
    app.metrics.feed_poll(match &report {
        PollReport { error: Some(_), .. } => PollResult::Failed,
        PollReport { not_modified: true, .. } => PollResult::NotModified,
        _ => PollResult::Read,
    });
    // A failure or the brake may have queued an alert.
    if report.campaigns > 0 || report.error.is_some() || report.brake.is_some() {
        app.bell.notify_one();
    }
    Ok(report)
}

/// Polls every feed that is due. What goes wrong with one is logged and stops no other.
pub async fn poll_due(app: &App, fetcher: &Fetcher) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let due = feeds::due(&mut tx, app.clock.now()).await?;
    drop(tx);
    futures_util::stream::iter(due)
        .for_each_concurrent(CONCURRENT_POLLS, |feed_id| async move {
            match poll(app, fetcher, feed_id, How::Conditional).await {
                Ok(report) => match report.error {
                    Some(error) => tracing::warn!(%feed_id, error, "a feed could not be read"),
                    None => tracing::debug!(%feed_id, ?report, "polled"),
                },
                Err(error) => {
                    tracing::error!(%feed_id, error = format!("{error:#}"), "a poll was not stored")
                }
            }
        })
        .await;
    Ok(())
}

/// How long to stay away after some failures in a row: twice as long each time, at most a day, and
/// up to a quarter more, so that feeds that failed together do not come back together.
fn back_off(poll_secs: i64, failures: i64, asked_to_wait: Option<Duration>, feed_id: Uuid) -> TimeDelta {
    let day = WAIT_MAX.as_secs() as i64;
    let doubled = poll_secs.max(60).saturating_mul(1 << (failures - 1).clamp(0, 20)).min(day);
    let jitter =
        (feed_id.as_u128() ^ failures.unsigned_abs() as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
    let spread = doubled / 4 * i64::from((jitter & 0xff) as u8) / 255;
    let asked = asked_to_wait.map_or(0, |wait| wait.as_secs().min(WAIT_MAX.as_secs()) as i64);
    TimeDelta::seconds((doubled + spread).min(day).max(asked))
}

async fn store_failure(
    tx: &mut WriteTx,
    mut feed: Feed,
    error: &ReadError,
    now: DateTime<Utc>,
) -> sqlx::Result<PollReport> {
    feed.failures += 1;
    feed.last_polled_at = Some(now);
    feed.last_error = Some(error.to_string());
    let asked_to_wait = match error {
        ReadError::Fetch(FetchError::Gone) => {
            if feed.status == FeedStatus::Active {
                alerts::raise(tx, AlertKind::FeedDead, About::Feed(feed.id), &error.to_string(), now).await?;
            }
            feed.status = FeedStatus::Disabled;
            None
        }
        ReadError::Fetch(error) => error.retry_after(),
        ReadError::Parse(_) => None,
    };
    feed.next_poll_at = now + back_off(feed.poll_secs, feed.failures, asked_to_wait, feed.id);
    feeds::store_state(tx, &feed).await?;
    Ok(PollReport { error: feed.last_error, ..PollReport::default() })
}

/// Stores a good answer whole: a crash before the commit leaves the old validators, and with them
/// another chance to see the same items.
async fn store(
    tx: &mut WriteTx,
    mut feed: Feed,
    fetched: &Fetched,
    parsed: Option<&(ParsedFeed, Validators)>,
    now: DateTime<Utc>,
) -> sqlx::Result<PollReport> {
    let mut report = PollReport { not_modified: parsed.is_none(), ..PollReport::default() };
    if let Some((parsed, validators)) = parsed {
        store_items(tx, &feed, parsed, now, &mut report).await?;
        feed.etag = validators.etag.clone();
        feed.last_modified = validators.last_modified.clone();
        feed.title = parsed.title.clone();
        feed.baseline_at = feed.baseline_at.or(Some(now));
    } else {
        send_counter::feed_was_read(tx, feed.id).await?;
    }
    feed.failures = 0;
    feed.last_error = None;
    feed.last_polled_at = Some(now);
    feed.read_at = Some(now);
    let asked = fetched.min_interval.map_or(0, |wait| wait.as_secs() as i64);
    feed.next_poll_at = now + TimeDelta::seconds(feed.poll_secs.max(asked));
    let target = fetched.moved_permanently_to.as_ref().map(|url| url.to_string());
    feed.moved_count = match &target {
        Some(_) if target == feed.moved_to => feed.moved_count + 1,
        Some(_) => 1,
        None => 0,
    };
    feed.moved_to = target;
    feeds::store_state(tx, &feed).await?;
    if let Some(url) = feed.moved_to.filter(|_| feed.moved_count >= MOVES_BELIEVED) {
        feeds::move_to(tx, feed.id, &url).await?;
    }
    Ok(report)
}

/// What is remembered of a feed, as far as these items need it. `feed_id` is `None` for a feed that
/// is not ours yet.
async fn recall(tx: &mut Tx, feed: Option<&Feed>, items: &[Item]) -> sqlx::Result<Memory> {
    let mut memory = Memory { baseline_at: feed.and_then(|feed| feed.baseline_at), ..Memory::default() };
    let Some(feed) = feed else { return Ok(memory) };
    for listed in feeds::listing(tx, feed.id).await? {
        let canonicals = Default::default();
        let known =
            Known { title: listed.title, published_at: listed.published_at, canonicals, listed: true };
        memory.known.insert(listed.article_id, known);
    }
    let aliases = identity::aliases_of(items);
    let of = |kind: AliasKind| -> Vec<&str> {
        aliases.iter().filter(|alias| alias.kind == kind).map(|alias| alias.value.as_str()).collect()
    };
    let mut by_guid = false;
    for kind in [AliasKind::Guid, AliasKind::Canonical, AliasKind::Link] {
        for found in articles::named(tx, feed.id, kind, &of(kind)).await? {
            memory.aliases.insert(Alias { kind, value: found.value }, found.article_id);
            memory.known.entry(found.article_id).or_insert_with(|| Known {
                title: found.title,
                published_at: found.published_at,
                canonicals: Default::default(),
                listed: false,
            });
            by_guid |= kind == AliasKind::Guid;
        }
    }
    // Only a GUID is doubted, for the canonical URLs beside it.
    if by_guid {
        let ids: Vec<Uuid> = memory.known.keys().copied().collect();
        for (article_id, canonical) in articles::canonicals(tx, feed.id, &ids).await? {
            if let Some(known) = memory.known.get_mut(&article_id) {
                known.canonicals.insert(canonical);
            }
        }
    }
    for found in articles::named_elsewhere(tx, feed.id, &of(AliasKind::Canonical)).await? {
        memory.elsewhere.insert(found.value, (found.article_id, found.first_seen_at));
    }
    Ok(memory)
}

/// The lists that a feed's new articles go to now.
async fn open_bindings(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Vec<Binding>> {
    let mut bindings = feeds::bindings(tx, feed_id).await?;
    bindings.retain(|binding| !binding.retired);
    Ok(bindings)
}

async fn store_items(
    tx: &mut WriteTx,
    feed: &Feed,
    parsed: &ParsedFeed,
    now: DateTime<Utc>,
    report: &mut PollReport,
) -> sqlx::Result<()> {
    let memory = recall(tx, Some(feed), &parsed.items).await?;
    let bindings = open_bindings(tx, feed.id).await?;
    let mut all_judged = identity::judge(&parsed.items, &memory, now);
    report.brake = brake::apply(tx, feed, name_of(parsed, feed), &bindings, &mut all_judged, now).await?;
    if let Some(sentence) = &report.brake {
        alerts::raise(tx, AlertKind::FeedBrake, About::Feed(feed.id), sentence, now).await?;
    }
    let known_ids: Vec<Uuid> = all_judged.iter().filter_map(|judged| judged.verdict.known()).collect();
    let olds: HashMap<Uuid, Article> =
        articles::of_ids(tx, &known_ids).await?.into_iter().map(|article| (article.id, article)).collect();
    let mut here = HashSet::new();
    let mut articles_added = Vec::new();
    let mut aliases_added = Vec::new();
    let mut listed_now = Vec::new();
    let mut to_mail = Vec::new();
    let mut held_elsewhere = Vec::new();
    for judged in &all_judged {
        let item = &parsed.items[judged.item];
        let article_id = match (&judged.verdict, judged.elsewhere) {
            (Verdict::Known { article_id }, _) => {
                if here.insert(*article_id)
                    && let Some(old) = olds.get(article_id)
                    && take_edit(tx, old, item).await?
                {
                    report.edited += 1;
                }
                *article_id
            }
            (verdict, Some(article_id)) => {
                if let Verdict::Held { reason } = verdict {
                    held_elsewhere.push((article_id, reason.as_str()));
                }
                article_id
            }
            (verdict, None) => {
                let held_reason = match verdict {
                    Verdict::Held { reason } => Some(reason.clone()),
                    _ => None,
                };
                let article = article_of(item, parsed, feed, held_reason, now);
                articles_added.push(article);
                articles_added[articles_added.len() - 1].id
            }
        };
        here.insert(article_id);
        let new_aliases = judged.aliases.iter().filter(|alias| !memory.aliases.contains_key(alias));
        aliases_added.extend(new_aliases.map(|alias| (article_id, alias)));
        if !memory.known.get(&article_id).is_some_and(|known| known.listed) {
            listed_now.push((article_id, noted(&judged.verdict)));
        }
        match judged.verdict {
            Verdict::Known { .. } => {}
            Verdict::BaselineOnly { .. } => report.baseline += 1,
            Verdict::Held { .. } => report.held += 1,
            Verdict::New { not_before } => {
                report.new += 1;
                to_mail.push((article_id, item.title.as_str(), not_before));
            }
        }
    }
    // Stable: of several items that are one article, the first one's verdict stands.
    listed_now.sort_by_key(|(id, _)| *id);
    listed_now.dedup_by_key(|(id, _)| *id);
    let listed_before = memory.known.iter().filter(|(_, known)| known.listed).map(|(id, _)| *id);
    let left: Vec<_> = listed_before.filter(|id| !here.contains(id)).map(|id| (id, None)).collect();
    articles::insert_all(tx, &articles_added).await?;
    articles::hold_all(tx, &held_elsewhere).await?;
    articles::add_aliases(tx, feed.id, &aliases_added).await?;
    feeds::set_listed(tx, feed.id, &listed_now, true, now).await?;
    feeds::set_listed(tx, feed.id, &left, false, now).await?;
    let held = guard::holds_new_articles(tx, feed.id).await?;
    for (article_id, title, not_before) in to_mail {
        for binding in &bindings {
            let at = mail_time(now, binding, not_before);
            let added = campaigns::add_for_article(tx, binding.list_id, article_id, title, at, now).await?;
            report.campaigns += usize::from(added);
            if let Some(reason) = held.as_ref().filter(|_| added) {
                campaigns::hold_of_article(tx, binding.list_id, article_id, reason).await?;
            }
        }
    }
    Ok(())
}

/// What a feed calls itself, or its address.
fn name_of<'a>(parsed: &'a ParsedFeed, feed: &'a Feed) -> &'a str {
    if parsed.title.is_empty() { &feed.url } else { &parsed.title }
}

/// A verdict as it is kept beside the item.
fn noted(verdict: &Verdict) -> Option<ItemVerdict> {
    match verdict {
        Verdict::Known { .. } => None,
        Verdict::New { .. } => Some(ItemVerdict::New),
        Verdict::BaselineOnly { reason: Quiet::FirstPoll } => Some(ItemVerdict::Baseline),
        Verdict::BaselineOnly { reason: Quiet::Surfaced } => Some(ItemVerdict::Older),
        Verdict::BaselineOnly { reason: Quiet::LongKnownElsewhere } => Some(ItemVerdict::Known),
        Verdict::BaselineOnly { reason: Quiet::DroppedElsewhere } => Some(ItemVerdict::Dropped),
        Verdict::Held { .. } => Some(ItemVerdict::Held),
    }
}

/// When an article that turns up now goes out to a list.
fn mail_time(now: DateTime<Utc>, binding: &Binding, not_before: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let after_grace = now + TimeDelta::minutes(binding.grace_mins);
    not_before.map_or(after_grace, |date| date.max(after_grace))
}

fn article_of(
    item: &Item,
    parsed: &ParsedFeed,
    feed: &Feed,
    held_reason: Option<String>,
    now: DateTime<Utc>,
) -> Article {
    let url =
        item.link.as_ref().or(parsed.home.as_ref()).map_or_else(|| feed.url.clone(), |url| url.to_string());
    Article {
        id: Uuid::now_v7(),
        url,
        title: item.title.clone(),
        author: item.author.clone(),
        summary_html: item.summary_html.clone(),
        content_html: item.content_html.clone(),
        image_url: item.image.as_ref().map(|image| image.url.to_string()).unwrap_or_default(),
        image_alt: item.image.as_ref().map(|image| image.alt.clone()).unwrap_or_default(),
        published_at: item.published_at.unwrap_or(now),
        first_seen_at: now,
        held_reason,
    }
}

/// Stores what an item says now. A section feed that gives less than another leaves what is there.
async fn take_edit(tx: &mut WriteTx, old: &Article, item: &Item) -> sqlx::Result<bool> {
    let or_old = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
    let new = Article {
        url: item.link.as_ref().map_or_else(|| old.url.clone(), |url| url.to_string()),
        title: item.title.clone(),
        author: or_old(&item.author, &old.author),
        summary_html: or_old(&item.summary_html, &old.summary_html),
        content_html: or_old(&item.content_html, &old.content_html),
        image_url: item.image.as_ref().map_or_else(|| old.image_url.clone(), |image| image.url.to_string()),
        image_alt: item.image.as_ref().map_or_else(|| old.image_alt.clone(), |image| image.alt.clone()),
        ..old.clone()
    };
    if new == *old {
        return Ok(false);
    }
    articles::update(tx, old, &new).await?;
    Ok(true)
}

/// Looks at an article once more before it is rendered, 5 seconds in all: takes its edits, or finds
/// that it was withdrawn. New items that turn up are left to the next poll.
pub async fn refresh(app: &App, fetcher: &Fetcher, article_id: Uuid) -> anyhow::Result<Refreshed> {
    let mut tx = app.db.read().await?;
    let article = articles::get(&mut tx, article_id).await?.context("no such article")?;
    let feeds = feeds::of_article(&mut tx, article_id).await?;
    if feeds.is_empty() {
        return Ok(Refreshed::Current);
    }
    let neighbours = feeds::neighbours(&mut tx, article_id).await?;
    drop(tx);
    let page = async {
        let asked = withdrawn_page(fetcher, &article.url, &neighbours);
        tokio::time::timeout(REFRESH_DEADLINE, asked).await.unwrap_or(None)
    };
    let documents = futures_util::future::join_all(feeds.iter().map(|feed| async move {
        let url = Url::parse(&feed.url).ok()?;
        let read = read(fetcher, &url, REFRESH_DEADLINE);
        let (_, parsed) = tokio::time::timeout(REFRESH_DEADLINE, read).await.ok()?.ok()?;
        Some((feed, parsed?.0))
    }));
    let (page, documents) = tokio::join!(page, documents);
    if let Some(code) = page {
        return Ok(Refreshed::Withdrawn(format!("its own address answers {code}: {}", article.url)));
    }

    let mut outcome = Refreshed::Unreachable;
    for (feed, parsed) in documents.into_iter().flatten() {
        let mut tx = app.db.read().await?;
        let memory = recall(&mut tx, Some(feed), &parsed.items).await?;
        drop(tx);
        let judged = identity::judge(&parsed.items, &memory, app.clock.now());
        if judged.iter().any(|judged| judged.verdict.known().is_none()) {
            // A second article within the same second leaves WordPress' validators as they were,
            // and no conditional poll would ever be shown it.
            let mut tx = app.db.write().await?;
            feeds::forget_validators(&mut tx, feed.id).await?;
            tx.commit().await?;
        }
        if let Some(found) = judged.iter().find(|judged| judged.verdict.known() == Some(article_id)) {
            let mut tx = app.db.write().await?;
            if let Some(now_stored) = articles::get(&mut tx, article_id).await? {
                take_edit(&mut tx, &now_stored, &parsed.items[found.item]).await?;
            }
            tx.commit().await?;
            return Ok(Refreshed::Current);
        }
        let older_listed = judged
            .iter()
            .filter_map(|judged| judged.verdict.known())
            .any(|id| memory.known.get(&id).is_some_and(|known| known.published_at < article.published_at));
        if older_listed {
            outcome = Refreshed::Withdrawn(format!(
                "it left the feed {} while an older article is still in it",
                feed.url
            ));
        } else if outcome == Refreshed::Unreachable {
            // It rolled off the end of the feed, which is no reason not to send it.
            outcome = Refreshed::Current;
        }
    }
    Ok(outcome)
}

/// Whether an article's own page says that it was withdrawn, and with which status. A 410 does, and
/// a 404 unless the site answers 404 for an older article that its feed lists too: such a site
/// shows strangers no page at all, and its 404 means nothing.
async fn withdrawn_page(fetcher: &Fetcher, address: &str, neighbours: &[String]) -> Option<u16> {
    let page = Url::parse(address).ok()?;
    // A front page stands for items that have no page of their own.
    let canonical = identity::canonical_url(&page)?;
    let code = fetcher.status(&page, REFRESH_DEADLINE).await?;
    if code != 404 {
        return (code == 410).then_some(code);
    }
    let neighbour = neighbours.iter().filter_map(|url| Url::parse(url).ok()).find(|url| {
        url.host() == page.host() && identity::canonical_url(url).is_some_and(|other| other != canonical)
    });
    match neighbour {
        Some(neighbour) if fetcher.status(&neighbour, REFRESH_DEADLINE).await == Some(404) => None,
        _ => Some(code),
    }
}

/// Polls a feed, or all, whatever the interval, the back-off and the validators say.
pub async fn poll_now(
    app: &App,
    fetcher: &Fetcher,
    url: Option<&str>,
) -> anyhow::Result<Vec<(String, PollReport)>> {
    let mut tx = app.db.read().await?;
    let chosen = match url {
        None => feeds::all(&mut tx).await?,
        Some(url) => {
            let url = Url::parse(url.trim()).context("the feed's address")?;
            feeds::by_url(&mut tx, url.as_str()).await?.into_iter().collect()
        }
    };
    drop(tx);
    let mut reports = Vec::new();
    for feed in chosen {
        let report = poll(app, fetcher, feed.id, How::Unconditional).await?;
        reports.push((feed.url, report));
    }
    Ok(reports)
}

/// A feed's address as typed; `Err` says what one looks like.
pub fn web_address(url: &str) -> Result<Url, String> {
    match Url::parse(url.trim()) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(parsed),
        _ => {
            let shown: String = url.chars().take(80).collect();
            Err(format!("{shown:?} is no web address. Like this: https://news.example/feed/"))
        }
    }
}

/// What adding a feed led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Added {
    pub feed_id: Uuid,
    pub title: String,
    /// Whether the feed is new to us.
    pub added: bool,
    pub report: PollReport,
}

/// [`add_by`], from the command line.
pub async fn add(
    app: &App,
    fetcher: &Fetcher,
    url: &str,
    list_slug: &str,
    grace_mins: Option<i64>,
    poll_secs: Option<i64>,
) -> anyhow::Result<Added> {
    add_by(app, fetcher, &Actor::command_line(), url, list_slug, grace_mins, poll_secs).await
}

/// Binds a feed to a list and reads it now. What it holds already is never mailed to the list. A
/// feed that can't be read is an error, and nothing is stored.
pub async fn add_by(
    app: &App,
    fetcher: &Fetcher,
    actor: &Actor,
    url: &str,
    list_slug: &str,
    grace_mins: Option<i64>,
    poll_secs: Option<i64>,
) -> anyhow::Result<Added> {
    let url =
        Url::parse(url.trim()).context("the feed's address; expected one like https://news.example/feed/")?;
    if let Some(grace) = grace_mins {
        anyhow::ensure!((0..=7 * 24 * 60).contains(&grace), "the grace is 0 to 10080 minutes, not {grace}");
    }
    if let Some(secs) = poll_secs {
        anyhow::ensure!(
            (1..=86_400).contains(&secs),
            "a feed is polled every 1 to 86400 seconds, not {secs}"
        );
    }
    let mut tx = app.db.read().await?;
    let list = lists::by_slug(&mut tx, list_slug).await?;
    let list = list.with_context(|| format!("there is no list “{list_slug}”; add it first"))?;
    anyhow::ensure!(list.retired_at.is_none(), "the list “{list_slug}” is retired; bring it back first");
    drop(tx);
    let (fetched, parsed) =
        read(fetcher, &url, POLL_DEADLINE).await.with_context(|| format!("the feed {url} can't be read"))?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    // A feed that has moved is known by its new address; its old one leads to it.
    let mut url = url;
    if let Some(target) = &fetched.moved_permanently_to
        && feeds::by_url(&mut tx, url.as_str()).await?.is_none()
        && feeds::by_url(&mut tx, target.as_str()).await?.is_some()
    {
        url = target.clone();
    }
    let added = feeds::by_url(&mut tx, url.as_str()).await?.is_none();
    let feed_id = feeds::add(&mut tx, url.as_str(), poll_secs.unwrap_or(POLL_SECS_DEFAULT), now).await?;
    let mut feed = feeds::by_id(&mut tx, feed_id).await?.context("the feed was removed meanwhile")?;
    feed.status = FeedStatus::Active;
    db_alerts::end(&mut tx, About::Feed(feed_id), now).await?;
    feed.poll_secs = poll_secs.unwrap_or(feed.poll_secs);
    let report = store(&mut tx, feed, &fetched, parsed.as_ref(), now).await?;
    // Only now: what the feed holds at this moment was there before the list was bound.
    let bound = feeds::bindings(&mut tx, feed_id).await?.iter().any(|binding| binding.list_id == list.id);
    feeds::bind(&mut tx, feed_id, list.id, grace_mins, now).await?;
    if added || !bound {
        let subject = Subject { kind: "feed", id: feed_id, name: url.as_str() };
        let after = serde_json::json!({ "list": list.slug, "grace_mins": grace_mins });
        audit::note(&mut tx, actor, if added { "added" } else { "bound" }, subject, (), after, now).await?;
    }
    tx.commit().await?;
    if report.campaigns > 0 || report.brake.is_some() {
        app.bell.notify_one();
    }
    let title = parsed.map(|(parsed, _)| parsed.title).unwrap_or_default();
    Ok(Added { feed_id, title, added, report })
}

/// What a feed holds, and what would be done with it.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    pub url: String,
    /// Why it can't be read; then there is nothing else.
    pub error: Option<String>,
    /// What the last poll of a known feed stored as its error.
    pub stored_error: Option<String>,
    /// Whether this feed is polled already. Where it is not, the verdicts are those it would have
    /// had if it had been bound before its items came.
    pub known: bool,
    /// The lists that it feeds.
    pub lists: Vec<String>,
    pub title: String,
    pub kind: Option<FeedKind>,
    pub moved_permanently_to: Option<Url>,
    /// More new items than this in one poll are held for an editor.
    pub held_above: Option<i64>,
    /// Why the next poll would hold all that is new; `None`: it would not.
    pub brake: Option<String>,
    /// The oldest first.
    pub items: Vec<CheckedItem>,
}

/// One item of a checked feed.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedItem {
    pub title: String,
    pub link: Option<Url>,
    pub guid: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// If it is new: when it goes out to each list, if it is polled now.
    pub mails: Vec<PlannedMail>,
}

/// When an article would go out to a list.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedMail {
    pub list: String,
    pub at: DateTime<Utc>,
}

/// Reads a feed, stores nothing, and says what the next poll would do.
pub async fn check(app: &App, fetcher: &Fetcher, url: &str) -> anyhow::Result<CheckReport> {
    let mut report = CheckReport {
        url: url.to_owned(),
        error: None,
        stored_error: None,
        known: false,
        lists: Vec::new(),
        title: String::new(),
        kind: None,
        moved_permanently_to: None,
        held_above: None,
        brake: None,
        items: Vec::new(),
    };
    let Ok(address) = Url::parse(url.trim()) else {
        report.error = Some(FetchError::BadAddress(url.to_owned()).to_string());
        return Ok(report);
    };
    let answer = read(fetcher, &address, POLL_DEADLINE).await;
    let mut tx = app.db.read().await?;
    let feed = feeds::by_url(&mut tx, address.as_str()).await?;
    report.known = feed.is_some();
    report.stored_error = feed.as_ref().and_then(|feed| feed.last_error.clone());
    let (fetched, parsed) = match answer {
        Ok((fetched, Some((parsed, _)))) => (fetched, parsed),
        Ok((_, None)) => return Ok(report),
        Err(error) => {
            report.error = Some(error.to_string());
            return Ok(report);
        }
    };
    let now = app.clock.now();
    let mut memory = recall(&mut tx, feed.as_ref(), &parsed.items).await?;
    let bindings = match &feed {
        Some(feed) => open_bindings(&mut tx, feed.id).await?,
        None => {
            // As if an empty feed had been bound long ago.
            memory.baseline_at = Some(DateTime::UNIX_EPOCH);
            Vec::new()
        }
    };
    let mut all_judged = identity::judge(&parsed.items, &memory, now);
    report.held_above = Some(match &feed {
        Some(feed) => {
            let name = name_of(&parsed, feed);
            report.brake = brake::apply(&mut tx, feed, name, &bindings, &mut all_judged, now).await?;
            brake::allowance(&mut tx, feed, now).await?.limit
        }
        None => {
            let dates: Vec<_> = parsed.items.iter().filter_map(|item| item.published_at).collect();
            brake::allowance_of_dates(&dates, POLL_SECS_DEFAULT).limit
        }
    });
    report.items = all_judged
        .into_iter()
        .map(|judged| {
            let item = &parsed.items[judged.item];
            let mails = match judged.verdict {
                Verdict::New { not_before } => bindings
                    .iter()
                    .map(|binding| PlannedMail {
                        list: binding.list_slug.clone(),
                        at: mail_time(now, binding, not_before),
                    })
                    .collect(),
                _ => Vec::new(),
            };
            CheckedItem {
                title: item.title.clone(),
                link: item.link.clone(),
                guid: item.guid.clone(),
                published_at: item.published_at,
                verdict: judged.verdict,
                mails,
            }
        })
        .collect();
    report.lists = bindings.into_iter().map(|binding| binding.list_slug).collect();
    report.title = parsed.title;
    report.kind = Some(parsed.kind);
    report.moved_permanently_to = fetched.moved_permanently_to;
    Ok(report)
}

impl CheckReport {
    /// What the next poll would do with an item, in a few words; `time` writes times.
    pub fn words(&self, item: &CheckedItem, time: impl Fn(DateTime<Utc>) -> String) -> String {
        match &item.verdict {
            Verdict::Known { .. } => "seen before, not sent".to_owned(),
            Verdict::New { not_before: None } if !self.known => "would be sent".to_owned(),
            Verdict::New { not_before: Some(at) } if !self.known => {
                format!("would be sent after {}", time(*at))
            }
            Verdict::New { .. } if item.mails.is_empty() => "new, but no list is bound".to_owned(),
            Verdict::New { .. } => {
                let mails = item.mails.iter().map(|mail| format!("to {} at {}", mail.list, time(mail.at)));
                format!("new, would be sent {}", mails.collect::<Vec<_>>().join(", "))
            }
            Verdict::BaselineOnly { reason: Quiet::FirstPoll } => "baseline, not sent".to_owned(),
            Verdict::BaselineOnly { reason: Quiet::Surfaced } => {
                "old, came back into view, not sent".to_owned()
            }
            Verdict::BaselineOnly { reason: Quiet::LongKnownElsewhere } => {
                "known from another feed for days, not sent".to_owned()
            }
            Verdict::BaselineOnly { reason: Quiet::DroppedElsewhere } => {
                "known from another feed, and an editor decided not to mail it".to_owned()
            }
            // The sentence is above the items.
            Verdict::Held { reason } if reason.starts_with(BRAKE_PREFIX) => {
                "new, would be held for an editor".to_owned()
            }
            Verdict::Held { reason } => format!("held: {reason}"),
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.url)?;
        if let Some(error) = &self.error {
            return writeln!(f, "Can't be read: {error}.");
        }
        if let Some(kind) = self.kind {
            writeln!(f, "“{}”, {kind}, {} item(s)", self.title, self.items.len())?;
        }
        if let Some(url) = &self.moved_permanently_to {
            writeln!(f, "It has moved for good to {url}")?;
        }
        if let Some(error) = &self.stored_error {
            writeln!(f, "The last poll failed: {error}.")?;
        }
        if self.known {
            writeln!(f, "Bound to: {}.", self.lists.join(", "))?;
            if let Some(sentence) = &self.brake {
                writeln!(f, "All new items would be held. {sentence}.")?;
            }
        } else {
            let count = self.items.len();
            writeln!(
                f,
                "Not bound to a list yet. If you add it now, all {count} items are the baseline and nothing is \
                 sent. New items will be sent.\n\
                 Had it been bound before these came:"
            )?;
        }
        if let Some(most) = self.held_above {
            writeln!(f, "A poll that brings more than {most} new items is held for an editor.")?;
        }
        for item in &self.items {
            let date = item.published_at.map_or("undated".to_owned(), minute);
            write!(f, "- {date}  {}: ", item.title)?;
            writeln!(f, "{}", self.words(item, minute))?;
        }
        Ok(())
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_feed_is_asked_less_and_less_often_but_every_day() {
        let feed = Uuid::now_v7();
        let waits: Vec<i64> =
            (1..30).map(|failures| back_off(600, failures, None, feed).num_seconds()).collect();
        assert!((600..=750).contains(&waits[0]), "{waits:?}");
        assert!((1200..=1500).contains(&waits[1]), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 86_400));
        assert_eq!(back_off(600, 1, Some(Duration::from_secs(7200)), feed), TimeDelta::hours(2));
    }
}
