//! What people do with feeds: bind, move, retire, poll now, decide about what is held, send what was not
//! sent. The same rules for every entry point; each change has its line in the audit log.

mod held;
mod move_feed;
mod rules;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use url::Url;
use uuid::Uuid;

pub use self::held::{Released, drop_held, release_batch, release_batch_as_digest, release_held, skip_batch};
pub use self::move_feed::{MovePreview, Moved, MovedItem, NewItems, confirm_move, preview_move};
pub(super) use self::rules::name_rule;
pub use self::rules::{TRIED, Tried, TriedItem, find_binding, set_rule, try_rule};
use super::poll::{self, How, PollReport};
use super::{Context, Result, editorial};
use crate::db::alerts::{self, About};
use crate::db::audit::{self, Subject};
use crate::db::drafts;
use crate::db::feeds::{self, Feed, FeedStatus, Listed};
use crate::db::lists::List;
use crate::db::users::Role;
use crate::db::{Tx, campaigns, lists, publication};
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
    let active = Feed {
        status: FeedStatus::Active,
        failures: 0,
        last_error: None,
        next_poll_at: now,
        // The whole document, with its hub, which was left.
        etag: None,
        last_modified: None,
        ..feed
    };
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
/// the order in which they appeared. Returns how many, when they are sent, and whether they wait for a
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
    cx.app.wake_delivery.notify_one();
    Ok((count, at, awaits))
}
