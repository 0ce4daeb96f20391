//! The feed brake: where one poll brings more new items than is usual for its feed, all of them are held
//! until an editor releases or skips them. A site that moves, or whose GUIDs change, makes its whole feed
//! look new, and each item would be a mail to each reader.
//!
//! What is usual comes from the polls of the last months, and for a young feed from the dates of the items
//! that it held at first. Both are read through a window as long as the time since the feed was last read:
//! after eight hours without a poll, eight hours' worth of articles is usual.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::db::brake::{self, News};
use crate::db::feeds::{Binding, Feed};
use crate::db::{Tx, holds};
use crate::domain::feed_rule::BindingMode;
use crate::domain::hold::{HoldReason, TooManyItems};
use crate::feeds::identity::{Judged, Quiet, Verdict};

/// As many new items in one poll are never held.
pub const NEVER_HELD: i64 = 5;
/// How many times what is usual passes.
const TIMES_USUAL: i64 = 2;
/// How far back the history goes.
pub const HISTORY: TimeDelta = TimeDelta::days(90);
/// With fewer polls that brought something, the dates of the first items count too.
const HISTORY_POLLS_MIN: usize = 5;
/// However long a feed was not read, no more is usual than in this time.
const WINDOW_MAX: TimeDelta = TimeDelta::days(1);

/// The least and the most new items that a feed has brought within one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    pub low: i64,
    pub high: i64,
}

/// How many new items of a feed pass in a poll now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// `None`: the feed has no history and no dates.
    pub usual: Option<Usual>,
    /// More than these are held.
    pub limit: i64,
    /// How long the feed was not read, where that is longer than between polls.
    pub away: Option<TimeDelta>,
    /// Whether somebody set the limit.
    pub is_set: bool,
}

impl Allowance {
    fn of(usual: Option<Usual>, away: Option<TimeDelta>) -> Allowance {
        let high = usual.map_or(0, |usual| usual.high);
        Allowance { usual, limit: high.saturating_mul(TIMES_USUAL).max(NEVER_HELD), away, is_set: false }
    }

    /// Why so many new items of a feed are held.
    pub fn reason(&self, name: &str, new: i64) -> TooManyItems {
        TooManyItems {
            feed: name.to_owned(),
            new,
            usual: self.usual.map(|usual| (usual.low, usual.high)),
            away_mins: self.away.map(|away| away.num_minutes()),
            limit: self.is_set.then_some(self.limit),
        }
    }
}

/// What is usual within `window`; `dates` are those of the first items.
fn usual(history: &[News], dates: &[DateTime<Utc>], window: TimeDelta) -> Option<Usual> {
    let polls = history.iter().map(|news| (news.first_seen_at, share(news, window))).collect();
    let by_polls = busiest(polls, window);
    if history.len() >= HISTORY_POLLS_MIN {
        return by_polls;
    }
    let by_dates = busiest(dates.iter().map(|date| (*date, 1.0)).collect(), window);
    match (by_polls, by_dates) {
        (Some(polls), Some(dates)) => {
            Some(Usual { low: polls.low.min(dates.low), high: polls.high.max(dates.high) })
        }
        (polls, dates) => polls.or(dates),
    }
}

/// How many of a poll's items came within the window that ended with it. What came after a longer time
/// without a poll is spread over that time, or one outage would be the rule for months.
fn share(news: &News, window: TimeDelta) -> f64 {
    let unread = news.unread_since.map_or(TimeDelta::zero(), |since| news.first_seen_at - since);
    let within = window.as_seconds_f64() / unread.as_seconds_f64().max(1.0);
    news.items as f64 * within.min(1.0)
}

/// The least and the most that lies in a window that ends where something came.
fn busiest(mut came: Vec<(DateTime<Utc>, f64)>, window: TimeDelta) -> Option<Usual> {
    came.sort_by_key(|(at, _)| *at);
    // Whole items; the subtraction takes back what adding fractions has added.
    let whole = |sum: f64| (sum - 1e-6).ceil().max(1.0) as i64;
    let mut found: Option<Usual> = None;
    let (mut first, mut sum) = (0, 0.0);
    for (at, items) in &came {
        sum += items;
        while *at - came[first].0 >= window {
            sum -= came[first].1;
            first += 1;
        }
        let items = whole(sum);
        let so_far = found.unwrap_or(Usual { low: items, high: items });
        found = Some(Usual { low: so_far.low.min(items), high: so_far.high.max(items) });
    }
    found
}

/// What passes of a feed that nobody has polled yet, by the dates of its items.
pub fn allowance_of_dates(dates: &[DateTime<Utc>], poll_secs: i64) -> Allowance {
    Allowance::of(usual(&[], dates, TimeDelta::seconds(poll_secs)), None)
}

/// The smallest limit that the rules of a feed's lists set.
pub fn set_limit(bindings: &[Binding]) -> Option<i64> {
    bindings.iter().filter(|binding| takes_any(binding)).filter_map(|binding| binding.rule.brake_limit).min()
}

/// Whether anything that a feed brings goes out to a list.
fn takes_any(binding: &Binding) -> bool {
    binding.rule.mode != BindingMode::Collect
}

/// What passes of a feed after these polls, the newest of which was `unread` ago; `dates` are those of its first items.
pub fn allowance_after(
    history: &[News],
    dates: &[DateTime<Utc>],
    between_polls: TimeDelta,
    unread: TimeDelta,
) -> Allowance {
    let window = unread.max(between_polls).min(WINDOW_MAX);
    let dates = if history.len() < HISTORY_POLLS_MIN { dates } else { &[] };
    let away = Some(unread).filter(|unread| *unread > between_polls * 2);
    Allowance::of(usual(history, dates, window), away)
}

/// How many new items of a feed pass if it is polled now.
pub async fn allowance(
    tx: &mut Tx,
    feed: &Feed,
    bindings: &[Binding],
    now: DateTime<Utc>,
) -> sqlx::Result<Allowance> {
    let usual = usual_allowance(tx, feed, now).await?;
    Ok(match set_limit(bindings) {
        Some(limit) => Allowance { limit, is_set: true, ..usual },
        None => usual,
    })
}

/// How many pass by what is usual, whatever is set.
pub async fn usual_allowance(tx: &mut Tx, feed: &Feed, now: DateTime<Utc>) -> sqlx::Result<Allowance> {
    let between_polls = TimeDelta::seconds(feed.poll_secs);
    let unread = feed.read_at.map_or(between_polls, |at| now - at);
    let history = brake::news(tx, feed.id, now - HISTORY).await?;
    let dates = match history.len() < HISTORY_POLLS_MIN {
        true => brake::first_dates(tx, feed.id).await?,
        false => Vec::new(),
    };
    Ok(allowance_after(&history, &dates, between_polls, unread))
}

/// Holds every new item of a poll where there are too many; of a feed that no list takes, none, since none is
/// mailed. Returns the sentence that says so.
pub async fn apply(
    tx: &mut Tx,
    feed: &Feed,
    name: &str,
    bindings: &[Binding],
    judged: &mut [Judged],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<String>> {
    follow_decisions(tx, judged).await?;
    let new = judged.iter().filter(|one| matches!(one.verdict, Verdict::New { .. })).count() as i64;
    if new <= set_limit(bindings).unwrap_or(NEVER_HELD) || !bindings.iter().any(takes_any) {
        return Ok(None);
    }
    let allowance = allowance(tx, feed, bindings, now).await?;
    if new <= allowance.limit {
        return Ok(None);
    }
    let reason = allowance.reason(name, new);
    for one in judged.iter_mut().filter(|one| matches!(one.verdict, Verdict::New { .. })) {
        one.verdict = Verdict::Held { reason: HoldReason::TooManyItems(reason.clone()) };
    }
    Ok(Some(reason.sentence()))
}

/// What a limit would have held within the last months.
#[derive(Clone, Debug)]
pub struct WouldHold {
    pub limit: i64,
    /// The polls with more new items than that, the newest first.
    pub polls: Vec<News>,
}

impl WouldHold {
    pub fn items(&self) -> i64 {
        self.polls.iter().map(|poll| poll.items).sum()
    }
}

/// What a limit would have held; `None`: the one that is worked out now.
pub async fn would_hold(
    tx: &mut Tx,
    feed: &Feed,
    limit: Option<i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<WouldHold> {
    let limit = match limit {
        Some(limit) => limit,
        None => usual_allowance(tx, feed, now).await?.limit,
    };
    let polls = brake::polls_above(tx, feed.id, limit, now - HISTORY).await?;
    Ok(WouldHold { limit, polls })
}

/// An article that came by another feed first and waits for an editor waits here too, and one that an
/// editor decided not to mail is not mailed by this feed either.
async fn follow_decisions(tx: &mut Tx, judged: &mut [Judged]) -> sqlx::Result<()> {
    let elsewhere: Vec<Uuid> = judged.iter().filter_map(|one| one.elsewhere).collect();
    if elsewhere.is_empty() {
        return Ok(());
    }
    let held = holds::list_of_articles(tx, &elsewhere).await?;
    let dropped: HashSet<Uuid> = brake::dropped_among(tx, &elsewhere).await?.into_iter().collect();
    for one in judged.iter_mut().filter(|one| matches!(one.verdict, Verdict::New { .. })) {
        let Some(id) = one.elsewhere else { continue };
        if let Some(hold) = held.get(&id).and_then(|holds| holds.first()) {
            one.verdict = Verdict::Held { reason: hold.reason.clone() };
        } else if dropped.contains(&id) {
            one.verdict = Verdict::BaselineOnly { reason: Quiet::DroppedElsewhere };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEN_MINUTES: TimeDelta = TimeDelta::minutes(10);

    fn minute(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(n)
    }

    /// Polls that brought something: minute, minutes since the poll before, items.
    fn history(polls: &[(i64, i64, i64)]) -> Vec<News> {
        let news = |(at, unread, items): &(i64, i64, i64)| News {
            first_seen_at: minute(*at),
            unread_since: Some(minute(at - unread)),
            items: *items,
        };
        polls.iter().map(news).collect()
    }

    fn limit(history: &[News], dates: &[DateTime<Utc>], window: TimeDelta) -> i64 {
        Allowance::of(usual(history, dates, window), None).limit
    }

    #[test]
    fn twice_the_most_of_the_history_passes() {
        let polls = history(&[(0, 10, 3), (60, 10, 6), (120, 10, 4), (180, 10, 3), (240, 10, 5)]);
        assert_eq!(usual(&polls, &[], TEN_MINUTES), Some(Usual { low: 3, high: 6 }));
        assert_eq!(limit(&polls, &[], TEN_MINUTES), 12);
    }

    #[test]
    fn a_young_feed_is_measured_by_the_dates_of_its_first_items() {
        let daily: Vec<_> = (0..20).map(|day| minute(day * 24 * 60)).collect();
        assert_eq!(limit(&[], &daily, TEN_MINUTES), 5);
        let busy: Vec<_> = (0..40).map(minute).collect();
        assert_eq!(usual(&[], &busy, TEN_MINUTES), Some(Usual { low: 1, high: 10 }));
        assert_eq!(limit(&[], &busy, TEN_MINUTES), 20);
        // A history of its own says more: forty imported posts of one hour are no rule.
        let polls = history(&[(0, 10, 1), (60, 10, 1), (120, 10, 2), (180, 10, 1), (240, 10, 1)]);
        assert_eq!(limit(&polls, &busy, TEN_MINUTES), 5);
        assert_eq!(limit(&polls[..4], &busy, TEN_MINUTES), 20);
    }

    #[test]
    fn after_hours_without_a_poll_what_the_feed_brings_in_hours_passes() {
        let polls: Vec<_> = (0..100).map(|n| (n * 20, 10, 1)).collect();
        let polls = history(&polls);
        assert_eq!(limit(&polls, &[], TEN_MINUTES), 5);
        assert_eq!(limit(&polls, &[], TimeDelta::hours(8)), 48, "24 items in 8 hours");
    }

    #[test]
    fn one_outage_makes_no_rule_for_single_polls() {
        let polls = history(&[(0, 10, 1), (60, 10, 1), (120, 10, 1), (180, 10, 1), (660, 480, 24)]);
        assert_eq!(limit(&polls, &[], TEN_MINUTES), 5);
        assert_eq!(limit(&polls, &[], TimeDelta::hours(8)), 48);
    }

    fn any_history() -> impl Strategy<Value = Vec<News>> {
        proptest::collection::vec((0i64..20_000, 0i64..2_000, 1i64..60), 0..30)
            .prop_map(|polls| history(&polls))
    }

    proptest! {
        #[test]
        fn five_always_pass_and_a_longer_absence_never_lowers_the_limit(
            polls in any_history(),
            dates in proptest::collection::vec((0i64..20_000).prop_map(minute), 0..30),
            mins in 1i64..1_440,
            more in 0i64..1_440,
        ) {
            let limit_of = |mins| limit(&polls, &dates, TimeDelta::minutes(mins));
            prop_assert!(limit_of(mins) >= NEVER_HELD);
            prop_assert!(limit_of(mins) <= limit_of(mins + more));
        }

        #[test]
        fn a_poll_that_brought_more_never_lowers_the_limit(
            mut polls in any_history(),
            which in 0usize..30,
            mins in 1i64..1_440,
        ) {
            prop_assume!(!polls.is_empty());
            let window = TimeDelta::minutes(mins);
            let before = limit(&polls, &[], window);
            let which = which % polls.len();
            polls[which].items += 7;
            prop_assert!(before <= limit(&polls, &[], window));
        }
    }
}
