//! A feed's past through schedules that somebody proposes: which mails would have gone out, when, with what, and what the
//! brake would have held. Nothing is sent and nothing is stored. The simulation is pure: [`simulate`].

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use uuid::Uuid;

use crate::actions::{Context, Result, brake, lists as list_rules, manage_feeds, poll};
use crate::db::brake::News;
use crate::db::feeds::{self, Feed, ItemVerdict, PastItem};
use crate::db::lists::{self, Count, List};
use crate::db::users::Role;
use crate::db::{Tx, publication};
use crate::domain::digest::{ListSchedule, QuietHours};
use crate::domain::feed_rule::BindingMode;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::feeds as codes;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// The most days that are run through.
pub const DAYS_MAX: i64 = 365;
/// The days that are run through where nobody says otherwise.
pub const DAYS_DEFAULT: i64 = 90;
/// The most items of a feed, the newest of them.
const ITEMS_MAX: i64 = 5000;
/// What is longer ago says nothing of what is usual.
const POLLS_REMEMBERED: usize = 1000;

/// The key of what a mode does with articles: "sent by themselves".
pub fn mode_key(mode: BindingMode) -> &'static str {
    match mode {
        BindingMode::Send => "replay-mode-send",
        BindingMode::Draft => "replay-mode-draft",
        BindingMode::Digest => "replay-mode-digest",
        BindingMode::Collect => "replay-mode-collect",
    }
}

/// What somebody proposes; what is not given is as each list has it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Proposal {
    pub days: i64,
    /// A list's short name; `None`: those that the feed fills.
    pub list: Option<String>,
    pub mode: BindingMode,
    /// This cadence only.
    pub cadence: Option<Cadence>,
    pub daily_cap: Option<u32>,
    pub quiet: Option<QuietHours>,
}

impl Proposal {
    /// Reads what was typed, each field empty where it is as the list has it.
    pub fn parse(
        days: &str,
        list: &str,
        mode: &str,
        cadence: &str,
        cap: &str,
        quiet: &str,
    ) -> std::result::Result<Proposal, Refusal> {
        let days = match days.trim() {
            "" => DAYS_DEFAULT,
            days => days.parse().unwrap_or(0),
        };
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(codes::REPLAY_DAYS_WRONG.on("days").with("max", DAYS_MAX));
        }
        let mode = match mode.trim() {
            "" => BindingMode::Send,
            typed => BindingMode::parse(typed).ok_or_else(|| codes::REPLAY_MODE_WRONG.on("mode"))?,
        };
        let cadence = match cadence.trim() {
            "" => None,
            typed => Some(Cadence::parse(typed).ok_or_else(|| codes::REPLAY_CADENCE_WRONG.on("cadence"))?),
        };
        let daily_cap = match cap.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|_| codes::REPLAY_CAP_WRONG.on("cap"))?),
        };
        let quiet = match quiet.trim() {
            "" => None,
            typed => Some(parse_quiet(typed).ok_or_else(|| codes::REPLAY_QUIET_WRONG.on("quiet"))?),
        };
        let list = Some(list.trim()).filter(|list| !list.is_empty()).map(str::to_owned);
        Ok(Proposal { days, list, mode, cadence, daily_cap, quiet })
    }

    /// A list's schedule, with what is proposed in its place.
    fn schedule(&self, of_list: &ListSchedule) -> ListSchedule {
        ListSchedule {
            daily_cap: self.daily_cap.or(of_list.daily_cap),
            quiet: self.quiet.or(of_list.quiet),
            ..of_list.clone()
        }
    }
}

/// "22-6".
fn parse_quiet(typed: &str) -> Option<QuietHours> {
    let (from, to) = typed.split_once(['-', '–'])?;
    let hour = |text: &str| text.trim().parse::<u32>().ok().filter(|hour| *hour < 24);
    let (from, to) = (hour(from)?, hour(to)?);
    (from != to).then_some(QuietHours { from, to })
}

/// An article of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    pub title: String,
    /// When it came, or the feed's date of it.
    pub at: DateTime<Utc>,
    /// Whether the time is the feed's date: the poll behind it brought it.
    pub is_dated: bool,
    /// When the feed had been read before.
    pub unread_since: Option<DateTime<Utc>>,
}

/// By what the items are run through.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mode: BindingMode,
    pub schedule: ListSchedule,
    pub grace: TimeDelta,
    pub zone: Tz,
    pub between_polls: TimeDelta,
    /// The feed's name, for the sentence of a hold.
    pub feed: String,
    /// What came before says what is usual, and is in no mail.
    pub from: DateTime<Utc>,
}

/// A mail that would have gone out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    pub at: DateTime<Utc>,
    pub cadence: Cadence,
    pub is_digest: bool,
    /// Places of its items.
    pub items: Vec<usize>,
}

/// A poll whose items the brake would have held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldPoll {
    pub at: DateTime<Utc>,
    pub items: Vec<usize>,
    pub why: String,
}

/// What would have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// In the order of their times.
    pub mails: Vec<Mail>,
    pub held: Vec<HeldPoll>,
    /// Places of items that are collected without being sent.
    pub collected: Vec<usize>,
}

/// Items as they became sendable: when, which, and whether they are in digests only.
type Numbered = Vec<(DateTime<Utc>, usize, bool)>;

/// Runs a feed's items through a plan.
pub fn simulate(items: &[Item], plan: &Plan) -> Outcome {
    let (passed, held) = brake(items, plan);
    if plan.mode == BindingMode::Collect {
        let collected = passed.into_iter().map(|(_, item)| item).collect();
        return Outcome { mails: Vec::new(), held, collected };
    }
    let numbered = number(passed, plan);
    let single = |(at, item, in_digests): &(DateTime<Utc>, usize, bool)| {
        (!in_digests).then(|| Mail { at: *at, cadence: Cadence::Each, is_digest: false, items: vec![*item] })
    };
    let mut mails: Vec<Mail> = numbered.iter().filter_map(single).collect();
    for cadence in Cadence::ALL {
        let theirs = numbered.iter().filter(|(.., in_digests)| cadence != Cadence::Each || *in_digests);
        mails.extend(digests(theirs, cadence, plan));
    }
    mails.sort_by_key(|mail| (mail.at, Cadence::ALL.iter().position(|one| *one == mail.cadence)));
    Outcome { mails, held, collected: Vec::new() }
}

/// Which items pass the brake, each with the time of its poll; what it holds.
fn brake(items: &[Item], plan: &Plan) -> (Vec<(DateTime<Utc>, usize)>, Vec<HeldPoll>) {
    let mut polls: HashMap<DateTime<Utc>, Vec<usize>> = HashMap::new();
    let between = plan.between_polls.num_seconds().max(1);
    for (place, item) in items.iter().enumerate() {
        let at = match item.is_dated {
            true => DateTime::from_timestamp((item.at.timestamp() / between + 1) * between, 0),
            false => Some(item.at),
        };
        polls.entry(at.unwrap_or(item.at)).or_default().push(place);
    }
    let mut polls: Vec<(DateTime<Utc>, Vec<usize>)> = polls.into_iter().collect();
    polls.sort();
    let mut history: Vec<News> = Vec::new();
    let (mut passed, mut held) = (Vec::new(), Vec::new());
    for (at, mut places) in polls {
        places.sort_by_key(|place| (items[*place].at, *place));
        let new = places.len() as i64;
        let since = places.iter().filter_map(|place| items[*place].unread_since).min();
        let unread_since = since.unwrap_or(at - plan.between_polls);
        let first = history.partition_point(|news| news.first_seen_at <= at - brake::HISTORY);
        let known = &history[first.max(history.len().saturating_sub(POLLS_REMEMBERED))..];
        let allowance = || brake::allowance_after(known, &[], plan.between_polls, at - unread_since);
        let too_many = (new > brake::NEVER_HELD).then(allowance).filter(|allowance| new > allowance.limit);
        let is_in = at >= plan.from;
        match too_many {
            // What is longer ago than the replay was there in any case: it says what is usual.
            Some(allowance) if is_in => {
                let why = allowance.reason(&plan.feed, new).sentence();
                held.push(HeldPoll { at, items: places, why });
                continue;
            }
            _ => {}
        }
        history.push(News { first_seen_at: at, unread_since: Some(unread_since), items: new });
        if is_in {
            passed.extend(places.into_iter().map(|place| (at, place)));
        }
    }
    (passed, held)
}

/// When each item becomes sendable: past its grace and the quiet hours, and over the daily cap in digests only.
fn number(passed: Vec<(DateTime<Utc>, usize)>, plan: &Plan) -> Numbered {
    let mut singles: HashMap<NaiveDate, u32> = HashMap::new();
    let mut numbered = Vec::with_capacity(passed.len());
    for (polled, item) in passed {
        let sendable = polled + plan.grace;
        if plan.mode == BindingMode::Digest {
            numbered.push((sendable, item, true));
            continue;
        }
        let at = past_quiet(sendable, plan);
        let today = singles.entry(at.with_timezone(&plan.zone).date_naive()).or_default();
        let is_over = plan.schedule.daily_cap.is_some_and(|cap| *today >= cap);
        *today += u32::from(!is_over);
        numbered.push((at, item, is_over));
    }
    numbered
}

/// The first moment from `at` on that is not quiet. An end that a change of the clocks skips may lie in the next quiet hours.
fn past_quiet(at: DateTime<Utc>, plan: &Plan) -> DateTime<Utc> {
    (0..3).fold(at, |at, _| plan.schedule.quiet_until(plan.zone, at).unwrap_or(at))
}

/// The digests of a cadence: each has what became sendable until it goes out.
fn digests<'a>(
    numbered: impl Iterator<Item = &'a (DateTime<Utc>, usize, bool)>,
    cadence: Cadence,
    plan: &Plan,
) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    for (sendable, item, _) in numbered {
        match mails.last_mut().filter(|last| *sendable <= last.at) {
            Some(last) => last.items.push(*item),
            None => {
                // What is sendable at the very hour is in the digest of that hour.
                let due =
                    plan.schedule.next_after(cadence, plan.zone, *sendable - TimeDelta::microseconds(1));
                let at = past_quiet(due, plan);
                mails.push(Mail { at, cadence, is_digest: true, items: vec![*item] });
            }
        }
    }
    mails
}

/// How many get each cadence of a list, by its stored name.
pub type Readers = BTreeMap<&'static str, i64>;

/// A list, and what would have gone to it.
#[derive(Clone, Debug, Serialize)]
pub struct OfList {
    /// `None`: the feed fills none, and none was named.
    pub list: Option<ListName>,
    /// How many get each cadence now; a list that was not counted has none.
    pub readers: Readers,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What a list is called.
#[derive(Clone, Debug, Serialize)]
pub struct ListName {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
}

/// What a feed's past would have been.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    pub url: String,
    pub feed: String,
    pub days: i64,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Whether it is polled already: its items are those that it brought. Else those that it lists now.
    pub known: bool,
    pub mode: BindingMode,
    /// The oldest first; mails name their places.
    pub items: Vec<Item>,
    /// Whether there are more than are run through.
    pub more: bool,
    pub lists: Vec<OfList>,
}

/// Runs a feed's past through a proposal. An address that is no feed of ours is fetched and read; nothing is stored.
pub async fn of_url(cx: &Context<'_>, url: &str, proposal: &Proposal) -> Result<Replay> {
    cx.require(Role::Editor)?;
    let address = poll::web_address(url)?;
    let mut tx = cx.app.db.read().await?;
    if let Some(feed) = feeds::by_url(&mut tx, address.as_str()).await? {
        return of_known(cx, &mut tx, &feed, proposal).await;
    }
    drop(tx);
    let report = poll::check(cx.app, &cx.app.fetcher, address.as_str()).await?;
    if let Some(error) = report.error {
        return Err(codes::FEED_UNREADABLE.on("url").with("url", report.url).with("why", error).into());
    }
    let dated = |item: poll::CheckedItem| {
        let at = item.published_at.filter(|at| *at <= cx.now())?;
        Some(Item { title: item.title, at, is_dated: true, unread_since: None })
    };
    let items = report.items.into_iter().filter_map(dated).collect();
    let name = if report.title.is_empty() { report.url.clone() } else { report.title };
    let mut tx = cx.app.db.read().await?;
    let of = Source { url: report.url, name, feed: None, items, more: false };
    run(cx, &mut tx, of, proposal).await
}

/// The same for a feed of ours.
pub async fn of_feed(cx: &Context<'_>, feed_id: Uuid, proposal: &Proposal) -> Result<Replay> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(|| codes::FEED_GONE.refusal())?;
    of_known(cx, &mut tx, &feed, proposal).await
}

async fn of_known(cx: &Context<'_>, tx: &mut Tx, feed: &Feed, proposal: &Proposal) -> Result<Replay> {
    // What is usual on the first day is told by what came before.
    let since = cx.now() - TimeDelta::days(proposal.days) - brake::HISTORY;
    let mut found = feeds::past_items(tx, feed.id, since, ITEMS_MAX + 1).await?;
    let more = found.len() as i64 > ITEMS_MAX;
    found.truncate(ITEMS_MAX as usize);
    let came = |item: PastItem| {
        let was_there = match item.verdict {
            None => feed.baseline_at.is_none_or(|at| item.first_seen_at <= at),
            Some(verdict) => {
                matches!(verdict, ItemVerdict::Baseline | ItemVerdict::Older | ItemVerdict::Known)
            }
        };
        Item {
            title: item.title,
            at: if was_there { item.published_at } else { item.first_seen_at },
            is_dated: was_there,
            unread_since: item.unread_since.filter(|_| !was_there),
        }
    };
    let items = found.into_iter().map(came).collect();
    let name = manage_feeds::name(feed).to_owned();
    run(cx, tx, Source { url: feed.url.clone(), name, feed: Some(feed), items, more }, proposal).await
}

/// What is run through.
struct Source<'a> {
    url: String,
    name: String,
    feed: Option<&'a Feed>,
    items: Vec<Item>,
    more: bool,
}

async fn run(cx: &Context<'_>, tx: &mut Tx, of: Source<'_>, proposal: &Proposal) -> Result<Replay> {
    let now = cx.now();
    let from = now - TimeDelta::days(proposal.days);
    let zone = publication::get(tx).await?.zone();
    let counts = lists::counts(tx).await?;
    let mut items = of.items;
    items.sort_by_key(|item| item.at);
    let poll_secs = of.feed.map_or(poll::POLL_SECS_DEFAULT, |feed| feed.poll_secs);
    let mut of_lists = Vec::new();
    for (list, grace_mins) in chosen(tx, of.feed, proposal).await? {
        let stands = list.as_ref().map(|list| list.schedule.clone()).unwrap_or_default();
        let schedule = proposal.schedule(&stands);
        list_rules::check_schedule(&schedule)?;
        let plan = Plan {
            mode: proposal.mode,
            schedule,
            grace: TimeDelta::minutes(grace_mins),
            zone,
            between_polls: TimeDelta::seconds(poll_secs),
            feed: of.name.clone(),
            from,
        };
        let mut outcome = simulate(&items, &plan);
        outcome.mails.retain(|mail| proposal.cadence.is_none_or(|cadence| mail.cadence == cadence));
        let readers = list.as_ref().map(|list| readers(&counts, list.id)).unwrap_or_default();
        let list = list.map(|list| ListName { id: list.id, slug: list.slug, name: list.name });
        of_lists.push(OfList { list, readers, outcome });
    }
    let (url, feed, known, more) = (of.url, of.name, of.feed.is_some(), of.more);
    let (days, mode) = (proposal.days, proposal.mode);
    Ok(Replay { url, feed, days, from, to: now, known, mode, items, more, lists: of_lists })
}

/// The lists that a replay is for, with their minutes of grace.
async fn chosen(tx: &mut Tx, feed: Option<&Feed>, proposal: &Proposal) -> Result<Vec<(Option<List>, i64)>> {
    let bindings = match feed {
        Some(feed) => feeds::bindings(tx, feed.id).await?,
        None => Vec::new(),
    };
    let grace = |list: &List| {
        let of_list = bindings.iter().find(|binding| binding.list_id == list.id);
        of_list.map_or(GRACE_DEFAULT, |binding| binding.grace_mins)
    };
    let all = lists::all(tx).await?;
    if let Some(slug) = &proposal.list {
        let list = all.into_iter().find(|list| list.slug == *slug);
        let list = list.ok_or_else(|| codes::FEED_LIST_UNKNOWN.on("list"))?;
        return Ok(vec![(Some(list.clone()), grace(&list))]);
    }
    let bound = |list: &List| bindings.iter().any(|binding| binding.list_id == list.id && !binding.retired);
    let found: Vec<(Option<List>, i64)> =
        all.into_iter().filter(bound).map(|list| (Some(list.clone()), grace(&list))).collect();
    Ok(if found.is_empty() { vec![(None, GRACE_DEFAULT)] } else { found })
}

/// Minutes of grace where no binding says otherwise.
const GRACE_DEFAULT: i64 = 10;

/// How many active readers of a list get each cadence, as it was counted last.
pub fn readers(counts: &[Count], list_id: Uuid) -> Readers {
    let mut readers = Readers::new();
    for count in counts.iter().filter(|count| count.list_id == list_id) {
        let active = if count.status == SubscriptionStatus::Active { count.subscriptions } else { 0 };
        *readers.entry(count.cadence.as_str()).or_default() += active;
    }
    readers
}
