//! A look at a feed: what it holds, and what the next poll would do with it. Stores nothing.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::{POLL_DEADLINE, POLL_SECS_DEFAULT, read, store};
use crate::actions::Result;
use crate::actions::brake;
use crate::app::App;
use crate::db::feeds::{self, Binding};
use crate::domain::feed_rule::Route;
use crate::domain::hold::HoldKind;
use crate::feeds::identity::{self, Quiet, Verdict};
use crate::feeds::parse::{FeedKind, Item};
use crate::fetch::{FetchError, Fetcher};
use crate::locale::{say, say_plain};

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
    /// How long the site asks to be left alone between two polls, where that is longer than we would wait.
    pub asked_secs: Option<i64>,
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
    /// Other items of the document that are the same article: their address or GUID and their title are.
    pub merged: usize,
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
    /// It would be a draft, for an editor to send.
    pub is_draft: bool,
}

/// Reads a feed, stores nothing, and says what the next poll would do.
pub async fn check(app: &App, fetcher: &Fetcher, url: &str) -> Result<CheckReport> {
    let mut report = CheckReport {
        url: url.to_owned(),
        error: None,
        stored_error: None,
        known: false,
        lists: Vec::new(),
        title: String::new(),
        kind: None,
        moved_permanently_to: None,
        asked_secs: None,
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
    let mut memory = store::recall(&mut tx, feed.as_ref(), &parsed.items).await?;
    let bindings = match &feed {
        Some(feed) => store::open_bindings(&mut tx, feed.id).await?,
        None => {
            // As if an empty feed had been bound long ago.
            memory.baseline_at = Some(DateTime::UNIX_EPOCH);
            Vec::new()
        }
    };
    let mut all_judged = identity::judge(&parsed.items, &memory, now);
    report.held_above = Some(match &feed {
        Some(feed) => {
            let name = store::name_of(&parsed, feed);
            report.brake = brake::apply(&mut tx, feed, name, &bindings, &mut all_judged, now).await?;
            brake::allowance(&mut tx, feed, &bindings, now).await?.limit
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
            CheckedItem { merged: judged.merged, ..checked(item, judged.verdict, &bindings, now) }
        })
        .collect();
    report.lists = bindings.into_iter().map(|binding| binding.list_slug).collect();
    report.title = parsed.title;
    report.kind = Some(parsed.kind);
    let poll_secs = feed.as_ref().map_or(POLL_SECS_DEFAULT, |feed| feed.poll_secs);
    let asked = fetched.min_interval.map(|wait| wait.as_secs() as i64);
    report.asked_secs = asked.filter(|asked| *asked > poll_secs);
    report.moved_permanently_to = fetched.moved_permanently_to;
    Ok(report)
}

/// An item, and when it would go out to each list.
fn checked(item: &Item, verdict: Verdict, bindings: &[Binding], now: DateTime<Utc>) -> CheckedItem {
    let mails = match verdict {
        Verdict::New { not_before } => bindings
            .iter()
            .map(|binding| (binding, binding.route(item.facts())))
            .filter(|(_, route)| matches!(route, Route::Send | Route::Draft))
            .map(|(binding, route)| PlannedMail {
                list: binding.list_slug.clone(),
                at: store::mail_time(now, binding, not_before),
                is_draft: route == Route::Draft,
            })
            .collect(),
        _ => Vec::new(),
    };
    CheckedItem {
        title: item.title.clone(),
        link: item.link.clone(),
        guid: item.guid.clone(),
        published_at: item.published_at,
        merged: 0,
        verdict,
        mails,
    }
}

impl CheckReport {
    /// What the next poll would do with an item, in a few words; `time` writes times.
    pub fn words(&self, item: &CheckedItem, time: impl Fn(DateTime<Utc>) -> String) -> String {
        let said = match &item.verdict {
            Verdict::Known { .. } => say("feed-check-item-known"),
            Verdict::New { not_before: None } if !self.known => say("feed-check-item-sent"),
            Verdict::New { not_before: Some(at) } if !self.known => {
                say("feed-check-item-sent-after").with("time", time(*at))
            }
            Verdict::New { .. } if item.mails.is_empty() && !self.lists.is_empty() => {
                say("feed-check-item-not-taken")
            }
            Verdict::New { .. } if item.mails.is_empty() => say("feed-check-item-no-list"),
            Verdict::New { .. } => {
                let mails = item.mails.iter().map(|mail| {
                    say(if mail.is_draft { "feed-check-item-draft" } else { "feed-check-item-mail" })
                        .with("list", &mail.list)
                        .with("time", time(mail.at))
                        .to_string()
                });
                say("feed-check-item-new").with("mails", mails.collect::<Vec<_>>().join(", "))
            }
            Verdict::BaselineOnly { reason: Quiet::FirstPoll } => say("feed-check-item-first"),
            Verdict::BaselineOnly { reason: Quiet::OtherReader } => say("feed-check-item-unread"),
            Verdict::BaselineOnly { reason: Quiet::Surfaced } => say("feed-check-item-old"),
            Verdict::BaselineOnly { reason: Quiet::LongKnownElsewhere } => say("feed-check-item-elsewhere"),
            Verdict::BaselineOnly { reason: Quiet::DroppedElsewhere } => say("feed-check-item-skipped"),
            // The sentence is above the items.
            Verdict::Held { reason } if reason.kind() == HoldKind::Brake => say("feed-check-item-held"),
            Verdict::Held { reason } => say("feed-check-item-hold").with("why", reason.to_string()),
        };
        match item.merged {
            0 => said.to_string(),
            others => say("feed-check-item-merged")
                .with("said", said.to_string())
                .with("others", others)
                .to_string(),
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.url)?;
        if let Some(error) = &self.error {
            return writeln!(f, "{}", say_plain("command-check-unreadable").with("why", error));
        }
        if let Some(kind) = self.kind {
            let feed = say_plain("command-check-feed").with("title", &self.title);
            writeln!(f, "{}", feed.with("kind", kind.to_string()).with("items", self.items.len()))?;
        }
        if let Some(url) = &self.moved_permanently_to {
            writeln!(f, "{}", say_plain("command-check-moved").with("url", url.as_str()))?;
        }
        if let Some(secs) = self.asked_secs {
            let asked = say("feed-asked").with("wait", length(secs));
            writeln!(f, "{}", say_plain("command-check-asked").with("asked", asked))?;
        }
        if let Some(error) = &self.stored_error {
            writeln!(f, "{}", say_plain("command-check-last-failed").with("why", error))?;
        }
        if self.known {
            writeln!(f, "{}", say_plain("command-check-connected").with("lists", self.lists.join(", ")))?;
            if let Some(sentence) = &self.brake {
                writeln!(f, "{}", say_plain("command-check-braked").with("why", sentence))?;
            }
        } else {
            writeln!(f, "{}", say_plain("command-check-unconnected").with("items", self.items.len()))?;
        }
        if let Some(most) = self.held_above {
            writeln!(f, "{}", say_plain("command-check-held-above").with("most", most))?;
        }
        if !self.known && !self.items.is_empty() {
            writeln!(f, "{}", say_plain("command-check-as-if"))?;
        }
        for item in &self.items {
            let date = item.published_at.map_or_else(|| say_plain("command-check-undated").into(), minute);
            write!(f, "- {date}  {}: ", item.title)?;
            writeln!(f, "{}", self.words(item, minute))?;
        }
        Ok(())
    }
}

/// "90 seconds", "30 minutes" or "2 hours", for sentences.
pub fn length(secs: i64) -> String {
    let (key, count) = match secs {
        secs if secs >= 3600 && secs % 3600 == 0 => ("feed-length-hours", secs / 3600),
        secs if secs >= 60 && secs % 60 == 0 => ("feed-length-mins", secs / 60),
        secs => ("feed-length-secs", secs),
    };
    say(key).with("count", count).to_string()
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
