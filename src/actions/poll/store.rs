//! What is stored of a feed's answer, all of it in one transaction: articles, names, listing, campaigns, and the state
//! of the feed. Fetches nothing, and does not commit.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use uuid::Uuid;

use super::{PollReport, ReadError};
use crate::actions::{alerts, brake, guard};
use crate::db::alerts::{About, AlertKind};
use crate::db::articles::{self, Article, Categories};
use crate::db::feeds::{self, Binding, Feed, FeedStatus, ItemVerdict};
use crate::db::{Tx, WriteTx, campaigns, holds, list_articles, send_counter};
use crate::domain::feed_rule::Route;
use crate::domain::hold::HoldReason;
use crate::feeds::identity::{self, Alias, AliasKind, Judged, Known, Memory, Quiet, Verdict};
use crate::feeds::parse::{Item, ParsedFeed, READER};
use crate::fetch::{FetchError, Fetched, Validators, WAIT_MAX};
use crate::locale::say;

/// A permanent redirect is believed when this many polls in a row have seen it.
const MOVES_BELIEVED: i64 = 3;
/// Drafts that editors are told of by their titles.
const DRAFTS_NAMED: usize = 5;

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

pub(super) async fn failure(
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
pub(super) async fn answer(
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
        feed.reader = READER;
    } else {
        send_counter::feed_was_read(tx, feed.id).await?;
    }
    feed.failures = 0;
    feed.last_error = None;
    feed.last_polled_at = Some(now);
    feed.read_at = Some(now);
    feed.asked_secs = fetched.min_interval.map(|wait| wait.as_secs() as i64);
    feed.next_poll_at = now + TimeDelta::seconds(feed.poll_secs.max(feed.asked_secs.unwrap_or(0)));
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

/// Stores what a feed that has moved holds, as it was judged beside what it was: from now on it is polled there. Returns
/// the articles that are to be mailed.
pub(in crate::actions) async fn moved(
    tx: &mut WriteTx,
    feed: Feed,
    url: &Url,
    parsed: &ParsedFeed,
    judged: &[Judged],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    let memory = recall(tx, Some(&feed), &parsed.items).await?;
    let found = sort(tx, &feed, parsed, &memory, judged, now, &mut PollReport::default()).await?;
    store_found(tx, feed.id, &memory, &found, now).await?;
    let moved = Feed {
        title: parsed.title.clone(),
        status: FeedStatus::Active,
        etag: None,
        last_modified: None,
        baseline_at: feed.baseline_at.or(Some(now)),
        last_polled_at: Some(now),
        next_poll_at: now,
        failures: 0,
        last_error: None,
        read_at: Some(now),
        reader: READER,
        asked_secs: None,
        ..feed
    };
    feeds::store_state(tx, &moved).await?;
    feeds::move_to(tx, moved.id, url.as_str()).await?;
    Ok(found.to_mail.iter().map(|(id, ..)| *id).collect())
}

/// What is remembered of a feed, as far as these items need it. `feed_id` is `None` for a feed that
/// is not ours yet.
pub(in crate::actions) async fn recall(
    tx: &mut Tx,
    feed: Option<&Feed>,
    items: &[Item],
) -> sqlx::Result<Memory> {
    let mut memory = Memory { baseline_at: feed.and_then(|feed| feed.baseline_at), ..Memory::default() };
    let Some(feed) = feed else { return Ok(memory) };
    memory.other_reader_at = feed.read_at.filter(|_| feed.reader != READER);
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
pub(in crate::actions) async fn open_bindings(tx: &mut Tx, feed_id: Uuid) -> sqlx::Result<Vec<Binding>> {
    let mut bindings = feeds::bindings(tx, feed_id).await?;
    bindings.retain(|binding| !binding.retired);
    Ok(bindings)
}

/// What is stored of a document's items, each kind in one statement.
#[derive(Default)]
struct Found<'a> {
    /// The articles that the document holds.
    here: HashSet<Uuid>,
    added: Vec<Article>,
    aliases: Vec<(Uuid, &'a Alias)>,
    listed: Vec<(Uuid, Option<ItemVerdict>)>,
    /// What holds articles: those of this document, and those that another feed brought first.
    held: Vec<(Uuid, &'a HoldReason)>,
    /// Not before this.
    to_mail: Vec<(Uuid, &'a Item, Option<DateTime<Utc>>)>,
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
    let found = sort(tx, feed, parsed, &memory, &all_judged, now, report).await?;
    store_found(tx, feed.id, &memory, &found, now).await?;
    schedule_campaigns(tx, feed.id, &bindings, &found.to_mail, now, report).await
}

/// Takes the edits of what is known, and says what becomes of each item.
async fn sort<'a>(
    tx: &mut WriteTx,
    feed: &Feed,
    parsed: &'a ParsedFeed,
    memory: &Memory,
    all_judged: &'a [Judged],
    now: DateTime<Utc>,
    report: &mut PollReport,
) -> sqlx::Result<Found<'a>> {
    let known_ids: Vec<Uuid> = all_judged.iter().filter_map(|judged| judged.verdict.known()).collect();
    let olds: HashMap<Uuid, Article> =
        articles::of_ids(tx, &known_ids).await?.into_iter().map(|article| (article.id, article)).collect();
    let mut found = Found::default();
    for judged in all_judged {
        let item = &parsed.items[judged.item];
        let article_id = match (&judged.verdict, judged.elsewhere) {
            (Verdict::Known { article_id }, _) => {
                if found.here.insert(*article_id)
                    && let Some(old) = olds.get(article_id)
                    && take_edit(tx, old, item).await?
                {
                    report.edited += 1;
                }
                *article_id
            }
            (verdict, Some(article_id)) => {
                if let Verdict::Held { reason } = verdict {
                    found.held.push((article_id, reason));
                }
                article_id
            }
            (verdict, None) => {
                let article = article_of(item, parsed, feed, now);
                let id = article.id;
                if let Verdict::Held { reason } = verdict {
                    found.held.push((id, reason));
                }
                found.added.push(article);
                id
            }
        };
        found.here.insert(article_id);
        let new_aliases = judged.aliases.iter().filter(|alias| !memory.aliases.contains_key(alias));
        found.aliases.extend(new_aliases.map(|alias| (article_id, alias)));
        if !memory.known.get(&article_id).is_some_and(|known| known.listed) {
            found.listed.push((article_id, noted(&judged.verdict)));
        }
        match judged.verdict {
            Verdict::Known { .. } => {}
            Verdict::BaselineOnly { .. } => report.baseline += 1,
            Verdict::Held { .. } => report.held += 1,
            Verdict::New { not_before } => {
                report.new += 1;
                found.to_mail.push((article_id, item, not_before));
            }
        }
    }
    // Stable: of several items that are one article, the first one's verdict stands.
    found.listed.sort_by_key(|(id, _)| *id);
    found.listed.dedup_by_key(|(id, _)| *id);
    Ok(found)
}

async fn store_found(
    tx: &mut WriteTx,
    feed_id: Uuid,
    memory: &Memory,
    found: &Found<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let listed_before = memory.known.iter().filter(|(_, known)| known.listed).map(|(id, _)| *id);
    let left: Vec<_> = listed_before.filter(|id| !found.here.contains(id)).map(|id| (id, None)).collect();
    articles::insert_all(tx, &found.added).await?;
    holds::add_to_articles(tx, &found.held, now).await?;
    articles::add_aliases(tx, feed_id, &found.aliases).await?;
    feeds::set_listed(tx, feed_id, &found.listed, true, now).await?;
    feeds::set_listed(tx, feed_id, &left, false, now).await
}

async fn schedule_campaigns(
    tx: &mut WriteTx,
    feed_id: Uuid,
    bindings: &[Binding],
    to_mail: &[(Uuid, &Item, Option<DateTime<Utc>>)],
    now: DateTime<Utc>,
    report: &mut PollReport,
) -> sqlx::Result<()> {
    let held = guard::holds_new_articles(tx, feed_id).await?;
    let mut drafts = Vec::new();
    for (article_id, item, not_before) in to_mail {
        for binding in bindings {
            let (list, title) = (binding.list_id, item.title.as_str());
            let at = mail_time(now, binding, *not_before);
            let added = match binding.route(item.facts()) {
                // What may have been mailed before is an admin's to decide, not one click.
                Route::Draft if held.is_none() => {
                    let added = campaigns::add_draft_for_article(tx, list, *article_id, title, now).await?;
                    drafts.extend(added.map(|_| title));
                    continue;
                }
                Route::Digest if held.is_none() => {
                    list_articles::add_waiting(tx, list, &[*article_id], at).await?;
                    continue;
                }
                Route::Send | Route::Draft | Route::Digest => {
                    campaigns::add_for_article(tx, list, *article_id, title, at, now).await?
                }
                Route::Nothing => continue,
            };
            report.campaigns += usize::from(added.is_some());
            if let (Some(id), Some(reason)) = (added, &held) {
                holds::add(tx, &[id], reason, now).await?;
            }
        }
    }
    report.drafts = drafts.len();
    tell_of_drafts(tx, feed_id, drafts, now).await
}

/// Tells editors that drafts wait for them: once a poll, whatever came.
async fn tell_of_drafts(
    tx: &mut WriteTx,
    feed_id: Uuid,
    mut titles: Vec<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    titles.dedup();
    let why = match titles.len() {
        0 => return Ok(()),
        count if count > DRAFTS_NAMED => {
            let named = titles[..DRAFTS_NAMED].join(" · ");
            say("alert-draft-waits-more").with("titles", named).with("more", count - DRAFTS_NAMED).to_string()
        }
        _ => titles.join(" · "),
    };
    alerts::raise(tx, AlertKind::DraftWaits, About::Feed(feed_id), &why, now).await.map(|_| ())
}

/// What a feed calls itself, or its address.
pub(super) fn name_of<'a>(parsed: &'a ParsedFeed, feed: &'a Feed) -> &'a str {
    if parsed.title.is_empty() { &feed.url } else { &parsed.title }
}

/// A verdict as it is kept beside the item.
fn noted(verdict: &Verdict) -> Option<ItemVerdict> {
    match verdict {
        Verdict::Known { .. } => None,
        Verdict::New { .. } => Some(ItemVerdict::New),
        Verdict::BaselineOnly { reason: Quiet::FirstPoll | Quiet::OtherReader } => {
            Some(ItemVerdict::Baseline)
        }
        Verdict::BaselineOnly { reason: Quiet::Surfaced } => Some(ItemVerdict::Older),
        Verdict::BaselineOnly { reason: Quiet::LongKnownElsewhere } => Some(ItemVerdict::Known),
        Verdict::BaselineOnly { reason: Quiet::DroppedElsewhere } => Some(ItemVerdict::Dropped),
        Verdict::Held { .. } => Some(ItemVerdict::Held),
    }
}

/// When an article that turns up now goes out to a list.
pub(super) fn mail_time(
    now: DateTime<Utc>,
    binding: &Binding,
    not_before: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    let after_grace = now + TimeDelta::minutes(binding.grace_mins);
    not_before.map_or(after_grace, |date| date.max(after_grace))
}

fn article_of(item: &Item, parsed: &ParsedFeed, feed: &Feed, now: DateTime<Utc>) -> Article {
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
        categories: Categories(item.categories.clone()),
        published_at: item.published_at.unwrap_or(now),
        first_seen_at: now,
        is_held: false,
    }
}

/// Stores what an item says now. A section feed that gives less than another leaves what is there.
pub(super) async fn take_edit(tx: &mut WriteTx, old: &Article, item: &Item) -> sqlx::Result<bool> {
    let or_old = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
    let new = Article {
        url: item.link.as_ref().map_or_else(|| old.url.clone(), |url| url.to_string()),
        title: item.title.clone(),
        author: or_old(&item.author, &old.author),
        summary_html: or_old(&item.summary_html, &old.summary_html),
        content_html: or_old(&item.content_html, &old.content_html),
        image_url: item.image.as_ref().map_or_else(|| old.image_url.clone(), |image| image.url.to_string()),
        image_alt: item.image.as_ref().map_or_else(|| old.image_alt.clone(), |image| image.alt.clone()),
        categories: match item.categories.is_empty() {
            true => old.categories.clone(),
            false => Categories(item.categories.clone()),
        },
        ..old.clone()
    };
    if new == *old {
        return Ok(false);
    }
    articles::update(tx, old, &new).await?;
    Ok(true)
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
