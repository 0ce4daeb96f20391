//! The circuit breaker: a campaign most of whose last attempts failed for good is stopped before it
//! burns the list.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The attempts that are looked at.
const ATTEMPTS: usize = 100;
/// So many of them may fail for good: with a third of a list dead, chance alone does not reach it.
const FAILED_MAX: usize = 60;
/// A small list has not so many attempts: of this many or more, nine in ten are too many.
const ATTEMPTS_FEW: usize = 10;

/// The last attempts of each campaign in this process.
#[derive(Default)]
pub struct Breaker {
    campaigns: HashMap<Uuid, Window>,
}

#[derive(Default)]
struct Window {
    /// When each attempt ended, and whether it failed for good.
    attempts: VecDeque<(DateTime<Utc>, bool)>,
    tripped: bool,
}

/// A campaign that is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    pub campaign_id: Uuid,
    /// When the oldest of the attempts ended.
    pub since: DateTime<Utc>,
    pub failed: usize,
    pub attempts: usize,
}

impl Breaker {
    /// Notes how an attempt ended. `Some` where that is one too many.
    pub fn note(&mut self, campaign_id: Uuid, failed_for_good: bool, now: DateTime<Utc>) -> Option<Trip> {
        let window = self.campaigns.entry(campaign_id).or_default();
        window.attempts.push_back((now, failed_for_good));
        if window.attempts.len() > ATTEMPTS {
            window.attempts.pop_front();
        }
        let failed = window.attempts.iter().filter(|(_, failed)| *failed).count();
        let attempts = window.attempts.len();
        let too_many = (attempts >= ATTEMPTS && failed > FAILED_MAX)
            || (attempts >= ATTEMPTS_FEW && failed * 10 >= attempts * 9);
        if window.tripped || !too_many {
            return None;
        }
        window.tripped = true;
        let since = window.attempts.front().map_or(now, |(at, _)| *at);
        Some(Trip { campaign_id, since, failed, attempts })
    }

    /// Whether a campaign was stopped and not resumed since.
    pub fn is_tripped(&self, campaign_id: Uuid) -> bool {
        self.campaigns.get(&campaign_id).is_some_and(|window| window.tripped)
    }

    /// A delivery of a campaign may go on the wire: if it was stopped, it was resumed.
    pub fn resumed(&mut self, campaign_id: Uuid) {
        if self.is_tripped(campaign_id) {
            self.campaigns.remove(&campaign_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn a_campaign_trips_once_when_its_attempts_fail_and_again_only_after_a_fresh_start() {
        let (mut breaker, campaign) = (Breaker::default(), Uuid::now_v7());
        let mut trips = Vec::new();
        for n in 0..150 {
            trips.extend(breaker.note(campaign, true, noon()).map(|trip| (n, trip.failed)));
        }
        assert_eq!(trips, [(9, 10)]);
        breaker.resumed(campaign);
        let again = (0..150).find(|_| breaker.note(campaign, true, noon()).is_some());
        assert_eq!(again, Some(9), "it had a fresh start");
    }

    #[test]
    fn a_third_of_dead_addresses_trips_nothing() {
        let (mut breaker, campaign) = (Breaker::default(), Uuid::now_v7());
        assert!((0..10_000).all(|n| breaker.note(campaign, n % 3 == 0, noon()).is_none()));
    }

    #[test]
    fn two_thirds_of_a_hundred_trip() {
        let (mut breaker, campaign) = (Breaker::default(), Uuid::now_v7());
        let trip = (0..1000).find_map(|n| breaker.note(campaign, n % 3 != 0, noon()));
        assert_eq!(trip.map(|trip| (trip.attempts, trip.failed)), Some((100, 66)));
    }

    #[test]
    fn one_campaigns_failures_stop_no_other() {
        let (mut breaker, bad, good) = (Breaker::default(), Uuid::now_v7(), Uuid::now_v7());
        for _ in 0..200 {
            breaker.note(bad, true, noon());
            assert_eq!(breaker.note(good, false, noon()), None);
        }
        assert!(breaker.is_tripped(bad) && !breaker.is_tripped(good));
    }
}
