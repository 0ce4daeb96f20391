//! Adding a feed, or another list to one: it is read at once, and what it holds is not mailed.

use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::{POLL_DEADLINE, POLL_SECS_DEFAULT, PollReport, ReadError, read, store};
use crate::actions::manage_feeds::{self, GRACE_MINS_MAX};
use crate::actions::pushes::hubs;
use crate::actions::{Context, Result};
use crate::db::Tx;
use crate::db::alerts::{self, About};
use crate::db::audit::{self, Subject};
use crate::db::feeds::{self, FeedStatus};
use crate::db::lists::{self, List};
use crate::db::users::Role;
use crate::domain::feed_rule::Rule;
use crate::domain::refusal::feeds as codes;
use crate::fetch::Fetcher;

/// The most seconds between two polls: a day.
const POLL_SECS_MAX: i64 = 86_400;

/// What adding a feed led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Added {
    pub feed_id: Uuid,
    pub title: String,
    /// Whether the feed is new to us.
    pub added: bool,
    pub report: PollReport,
}

/// Binds a feed to a list, which takes all that is new, and reads it now: see [`add_with_rule`].
pub async fn add(
    cx: &Context<'_>,
    fetcher: &Fetcher,
    url: &str,
    list_slug: &str,
    grace_mins: Option<i64>,
    poll_secs: Option<i64>,
) -> Result<Added> {
    add_with_rule(cx, fetcher, url, list_slug, (grace_mins, poll_secs), None).await
}

/// Binds a feed to a list by a rule and reads it now; without one, a list that is bound keeps its own. What it holds already is never mailed to the list. A
/// feed that can't be read is refused, and nothing is stored.
pub async fn add_with_rule(
    cx: &Context<'_>,
    fetcher: &Fetcher,
    url: &str,
    list_slug: &str,
    (grace_mins, poll_secs): (Option<i64>, Option<i64>),
    rule: Option<&Rule>,
) -> Result<Added> {
    cx.require(Role::Admin)?;
    rule.map_or(Ok(()), Rule::check)?;
    let url = super::web_address(url)?;
    check_bounds(grace_mins, poll_secs)?;
    let list = find_list(&mut cx.app.db.read().await?, list_slug).await?;
    let unreadable = |error: ReadError| {
        let refusal = codes::FEED_UNREADABLE.on("url").with("url", url.to_string());
        refusal.with("why", error.to_string())
    };
    let (fetched, parsed) = read(fetcher, &url, POLL_DEADLINE).await.map_err(unreadable)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let url = known_address(&mut tx, url, fetched.moved_permanently_to.as_ref()).await?;
    let added = feeds::by_url(&mut tx, url.as_str()).await?.is_none();
    let feed_id = feeds::add(&mut tx, url.as_str(), poll_secs.unwrap_or(POLL_SECS_DEFAULT), now).await?;
    let mut feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(|| codes::FEED_GONE.refusal())?;
    feed.status = FeedStatus::Active;
    alerts::end(&mut tx, About::Feed(feed_id), now).await?;
    feed.poll_secs = poll_secs.unwrap_or(feed.poll_secs);
    let report = store::answer(&mut tx, feed, &fetched, parsed.as_ref(), now).await?;
    if let Some((parsed, _)) = &parsed {
        hubs::note_document(cx.app, &mut tx, feed_id, parsed, now).await?;
    }
    // Only now: what the feed holds at this moment was there before the list was bound.
    let bound = feeds::bindings(&mut tx, feed_id).await?.into_iter().find(|bound| bound.list_id == list.id);
    feeds::bind(&mut tx, feed_id, list.id, grace_mins, now).await?;
    let subject = Subject { kind: "feed", id: feed_id, name: url.as_str() };
    let mut after = serde_json::json!({ "list": list.slug, "grace_mins": grace_mins });
    if let Some(rule) = rule {
        feeds::set_rule(&mut tx, feed_id, list.id, rule).await?;
        manage_feeds::name_rule(&mut after, rule);
    }
    match &bound {
        Some(old) if rule.is_some_and(|rule| *rule != old.rule) => {
            let mut before = serde_json::json!({ "list": list.slug, "grace_mins": old.grace_mins });
            manage_feeds::name_rule(&mut before, &old.rule);
            audit::note(&mut tx, &cx.actor, "rule changed", subject, before, after, now).await?;
        }
        Some(_) => {}
        None => {
            let verb = if added { "added" } else { "bound" };
            audit::note(&mut tx, &cx.actor, verb, subject, (), after, now).await?;
        }
    }
    tx.commit().await?;
    if report.campaigns > 0 {
        cx.app.wake_campaigns.notify_one();
    }
    if report.campaigns + report.drafts > 0 || report.brake.is_some() {
        cx.app.wake_delivery.notify_one();
    }
    let title = parsed.map(|(parsed, _)| parsed.title).unwrap_or_default();
    Ok(Added { feed_id, title, added, report })
}

fn check_bounds(grace_mins: Option<i64>, poll_secs: Option<i64>) -> Result<()> {
    if grace_mins.is_some_and(|grace| !(0..=GRACE_MINS_MAX).contains(&grace)) {
        return Err(codes::GRACE_WRONG.on("grace").with("max", GRACE_MINS_MAX).into());
    }
    if poll_secs.is_some_and(|secs| !(1..=POLL_SECS_MAX).contains(&secs)) {
        return Err(codes::POLL_INTERVAL_WRONG.on("poll_secs").with("max", POLL_SECS_MAX).into());
    }
    Ok(())
}

async fn find_list(tx: &mut Tx, slug: &str) -> Result<List> {
    match lists::by_slug(tx, slug).await? {
        None => Err(codes::FEED_LIST_UNKNOWN.on("list").into()),
        Some(list) if list.retired_at.is_some() => {
            Err(codes::FEED_LIST_RETIRED.on("list").with("list", list.name).into())
        }
        Some(list) => Ok(list),
    }
}

/// The address that we know a feed by: one that has moved is known by its new one, and its old one leads there.
async fn known_address(tx: &mut Tx, url: Url, moved_to: Option<&Url>) -> sqlx::Result<Url> {
    match moved_to {
        Some(target)
            if feeds::by_url(tx, url.as_str()).await?.is_none()
                && feeds::by_url(tx, target.as_str()).await?.is_some() =>
        {
            Ok(target.clone())
        }
        _ => Ok(url),
    }
}
