//! Polling: fetch outside any transaction, then store validators, articles, names, listing and
//! campaigns in one. A failure of a feed is that feed's state, never an error of the whole. Here is what is fetched
//! and read; what is stored of it is in `store`.

mod add;
mod check;
mod refresh;
pub(super) mod store;

use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

pub use self::add::{Added, add, add_with_rule};
pub use self::check::{CheckReport, CheckedItem, PlannedMail, check, length};
pub use self::refresh::{Refreshed, refresh, refresh_all};
use super::{Context, Result, manage_feeds, pushes};
use crate::app::App;
use crate::app::metrics::PollResult;
use crate::articles::html;
use crate::db::feeds::{self, FeedStatus};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::feeds as codes;
use crate::feeds::parse::{ParseError, ParsedFeed, READER, parse};
use crate::feeds::site;
use crate::fetch::{Answer, Document, FetchError, Fetched, Fetcher, Validators};
use crate::locale::say;

const POLL_DEADLINE: Duration = Duration::from_secs(30);
const CONCURRENT_POLLS: usize = 4;
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
    /// Drafts that wait for an editor.
    pub drafts: usize,
}

/// Why a feed could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Parse(#[from] ParseError),
}

/// A document as it was parsed, and what it is asked with the next time.
type Read = (ParsedFeed, Validators);

/// Parses away from the threads that serve requests: ten megabytes take a while.
async fn parse_apart(document: Document) -> std::result::Result<Read, ParseError> {
    html::apart(move || {
        let mut feed = parse(&document.body, document.content_type.as_deref(), &document.final_url)?;
        // What HTTP says goes before what the document says.
        let linked =
            |name: &str| document.links.iter().find(|(rel, _)| rel == name).map(|(_, url)| url.clone());
        feed.hub = linked("hub").or(feed.hub);
        feed.own = linked("self").or(feed.own).or(Some(document.final_url));
        Ok((feed, document.validators))
    })
    .await
    .unwrap_or_else(|_| Err(ParseError::Damaged(say("feed-why-failed").to_string())))
}

async fn read(
    fetcher: &Fetcher,
    url: &Url,
    deadline: Duration,
) -> std::result::Result<(Fetched, Option<Read>), ReadError> {
    read_if_changed(fetcher, url, None, deadline).await
}

async fn read_if_changed(
    fetcher: &Fetcher,
    url: &Url,
    validators: Option<&Validators>,
    deadline: Duration,
) -> std::result::Result<(Fetched, Option<Read>), ReadError> {
    let mut fetched = fetcher.fetch(url, validators, deadline).await?;
    match std::mem::replace(&mut fetched.answer, Answer::NotModified) {
        Answer::NotModified => Ok((fetched, None)),
        Answer::Document(document) => {
            let parsed = parse_apart(*document).await?;
            Ok((fetched, Some(parsed)))
        }
    }
}

/// Reads the feed at an address that somebody typed, or the one that the page there names. Says where it is: where it
/// redirects to for good.
pub(super) async fn find(fetcher: &Fetcher, url: &Url) -> std::result::Result<(Url, ParsedFeed), ReadError> {
    let found = match read(fetcher, url, POLL_DEADLINE).await {
        Err(ReadError::Parse(error @ (ParseError::WebPage | ParseError::NotAFeed))) => {
            let feeds = site::read(fetcher, url.as_str()).await?.feeds;
            let named = feeds.first().and_then(|feed| Url::parse(feed).ok()).ok_or(error)?;
            (read(fetcher, &named, POLL_DEADLINE).await?, named)
        }
        read => (read?, url.clone()),
    };
    match found {
        ((fetched, Some((parsed, _))), url) => Ok((fetched.moved_permanently_to.unwrap_or(url), parsed)),
        // Nobody asked whether it has changed.
        ((_, None), _) => Err(FetchError::NotFound.into()),
    }
}

/// Polls one feed. An `Err` is the database's; what is wrong with the feed is in the report.
pub async fn poll(app: &App, fetcher: &Fetcher, feed_id: Uuid, how: How) -> anyhow::Result<PollReport> {
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.context("no such feed")?;
    let begun = pushes::Begun::read(&mut tx, feed_id, app.clock.now()).await?;
    drop(tx);
    // A second article within the same second leaves a site's validators as they were.
    let how = if begun.was_asked_for() { How::Unconditional } else { how };
    let validators = Validators { etag: feed.etag.clone(), last_modified: feed.last_modified.clone() };
    // A document that has not changed holds what another reader may not have seen.
    let conditional = how == How::Conditional && validators != Validators::default() && feed.reader == READER;
    let answer = match Url::parse(&feed.url) {
        Ok(url) => read_if_changed(fetcher, &url, conditional.then_some(&validators), POLL_DEADLINE).await,
        Err(_) => Err(FetchError::BadAddress(feed.url.clone()).into()),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    // It may have been polled or disabled by somebody else while we were on the network.
    let feed = feeds::by_id(&mut tx, feed_id).await?.context("the feed was removed meanwhile")?;
    let mut secs = (feed.poll_secs, None);
    let report = match answer {
        Ok((fetched, parsed)) => {
            secs.1 = fetched.min_interval.map(|wait| wait.as_secs() as i64);
            let report = store::answer(&mut tx, feed, &fetched, parsed.as_ref(), now).await?;
            if let Some((parsed, _)) = &parsed {
                pushes::hubs::note_document(app, &mut tx, feed_id, parsed, now).await?;
            }
            report
        }
        Err(error) => store::failure(&mut tx, feed, &error, now).await?,
    };
    begun.end(&mut tx, feed_id, secs, &report, now).await?;
    tx.commit().await?;
    app.metrics.feed_poll(match &report {
        PollReport { error: Some(_), .. } => PollResult::Failed,
        PollReport { not_modified: true, .. } => PollResult::NotModified,
        _ => PollResult::Read,
    });
    if report.campaigns > 0 {
        app.wake_campaigns.notify_one();
    }
    // A failure, the brake or a draft may have queued an alert.
    if report.campaigns + report.drafts > 0 || report.error.is_some() || report.brake.is_some() {
        app.wake_delivery.notify_one();
    }
    Ok(report)
}

/// Polls every feed that is due. What goes wrong with one is logged and stops no other.
pub async fn poll_due(app: &App, fetcher: &Fetcher) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let due = feeds::due(&mut tx, app.clock.now()).await?;
    drop(tx);
    futures_util::stream::iter(due)
        .for_each_concurrent(CONCURRENT_POLLS, |feed_id| poll_by_itself(app, fetcher, feed_id))
        .await;
    Ok(())
}

/// Polls one feed where nobody waits for what comes of it: what goes wrong is logged.
pub async fn poll_by_itself(app: &App, fetcher: &Fetcher, feed_id: Uuid) {
    match poll(app, fetcher, feed_id, How::Conditional).await {
        Ok(report) => match report.error {
            Some(error) => tracing::warn!(%feed_id, error, "a feed could not be read"),
            None => tracing::debug!(%feed_id, ?report, "polled"),
        },
        Err(error) => tracing::error!(%feed_id, error = format!("{error:#}"), "a poll was not stored"),
    }
}

/// Polls a feed, or all that are polled, whatever the interval, the back-off and the validators say, and waits for
/// their servers.
pub async fn poll_now(
    cx: &Context<'_>,
    fetcher: &Fetcher,
    url: Option<&str>,
) -> Result<Vec<(String, PollReport)>> {
    let mut tx = cx.app.db.read().await?;
    let mut chosen = match url {
        None => feeds::all(&mut tx).await?,
        Some(url) => feeds::by_url(&mut tx, web_address(url)?.as_str()).await?.into_iter().collect(),
    };
    drop(tx);
    if url.is_none() {
        chosen.retain(|feed| feed.status == FeedStatus::Active);
    }
    let mut reports = Vec::new();
    for feed in chosen {
        manage_feeds::note_polled(cx, feed.id).await?;
        let report = poll(cx.app, fetcher, feed.id, How::Unconditional).await?;
        reports.push((feed.url, report));
    }
    Ok(reports)
}

/// A feed's address as typed; `Err` says what one looks like.
pub fn web_address(url: &str) -> std::result::Result<Url, Refusal> {
    match Url::parse(url.trim()) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(parsed),
        _ => {
            let shown: String = url.chars().take(80).collect();
            Err(codes::FEED_ADDRESS_UNKNOWN.on("url").with("typed", format!("{shown:?}")))
        }
    }
}
