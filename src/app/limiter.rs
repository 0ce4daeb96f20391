//! How often something may happen, by key: so many times at once, then one for each period. It asks the
//! caller for the time, and keeps a bounded number of keys, so that no stranger can fill the memory.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// An allowance: `at_once` times, then once more for each `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub at_once: i32,
    pub every: TimeDelta,
}

impl Quota {
    /// How long a spent allowance takes to be whole again.
    fn whole(self) -> TimeDelta {
        self.every * self.at_once
    }
}

/// One allowance of one key.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    quota: Quota,
    key: u64,
}

impl Allowance {
    /// What stands for its key: nobody outside can tell of what.
    pub fn key(&self) -> u64 {
        self.key
    }
}

/// The allowances of many keys (a generic cell rate algorithm).
pub struct Limiter {
    /// Seeded at random: nobody outside can choose keys that collide.
    hasher: RandomState,
    keys_max: usize,
    /// When each key's allowance is whole again. A key that is missing has all of it.
    whole_at: Mutex<HashMap<u64, DateTime<Utc>>>,
}

impl Limiter {
    /// A limiter that remembers up to `keys_max` keys.
    pub fn new(keys_max: usize) -> Limiter {
        Limiter { hasher: RandomState::new(), keys_max, whole_at: Mutex::default() }
    }

    /// The allowance of `key` under `quota`. Keys of different quotas must differ.
    pub fn allowance(&self, quota: Quota, key: impl Hash) -> Allowance {
        Allowance { quota, key: self.hasher.hash_one(key) }
    }

    /// Takes one of each allowance, or of none. `Err` holds how long to wait until all have one again.
    pub fn take(&self, allowances: &[Allowance], now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = |allowance: &Allowance| {
            let Allowance { quota, key } = allowance;
            let was = whole_at.get(key).copied().unwrap_or(now);
            // The clock may have been set back: nobody waits for longer than the allowance takes.
            was.clamp(now, now + quota.whole()) + quota.every
        };
        let all: Vec<(Allowance, DateTime<Utc>)> = allowances.iter().map(|one| (*one, taken(one))).collect();
        let waits = all.iter().map(|(allowance, whole)| *whole - now - allowance.quota.whole());
        match waits.max() {
            Some(wait) if wait > TimeDelta::zero() => return Err(wait),
            _ => {}
        }
        whole_at.extend(all.iter().map(|(allowance, whole)| (allowance.key, *whole)));
        if whole_at.len() > self.keys_max {
            self.forget(&mut whole_at, now);
        }
        Ok(())
    }

    /// Gives back what [`Limiter::take`] took.
    pub fn give_back(&self, allowances: &[Allowance]) {
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        for Allowance { quota, key } in allowances {
            if let Some(whole) = whole_at.get_mut(key) {
                *whole -= quota.every;
            }
        }
    }

    /// Forgets what is whole; where that is not enough, the quarter of the keys that are whole soonest. Whoever
    /// floods the limiter with keys so frees those that took least, and none that has used its allowance up.
    fn forget(&self, whole_at: &mut HashMap<u64, DateTime<Utc>>, now: DateTime<Utc>) {
        whole_at.retain(|_, whole| *whole > now);
        let kept_max = self.keys_max / 4 * 3;
        if whole_at.len() <= kept_max {
            return;
        }
        let mut keys: Vec<(DateTime<Utc>, u64)> =
            whole_at.iter().map(|(key, whole)| (*whole, *key)).collect();
        let gone = keys.len() - kept_max;
        keys.select_nth_unstable(gone);
        for (_, key) in &keys[..gone] {
            whole_at.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { at_once: 3, every: TimeDelta::seconds(20) };

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + secs, 0).unwrap()
    }

    #[test]
    fn a_spent_allowance_comes_back_one_at_a_time() {
        let limiter = Limiter::new(100);
        let take = |now| limiter.take(&[limiter.allowance(QUOTA, "marta")], at(now));
        assert!((0..3).all(|_| take(0).is_ok()));
        assert_eq!(take(0), Err(TimeDelta::seconds(20)));
        assert_eq!(take(15), Err(TimeDelta::seconds(5)));
        assert_eq!((take(20), take(20)), (Ok(()), Err(TimeDelta::seconds(20))));
        assert!(limiter.take(&[limiter.allowance(QUOTA, "owen")], at(20)).is_ok());
        limiter.give_back(&[limiter.allowance(QUOTA, "marta")]);
        assert!(take(20).is_ok());
    }

    #[test]
    fn what_one_allowance_refuses_is_taken_from_no_other() {
        let limiter = Limiter::new(100);
        let (narrow, wide) = (limiter.allowance(QUOTA, "narrow"), limiter.allowance(QUOTA, "wide"));
        for _ in 0..3 {
            limiter.take(&[narrow], at(0)).unwrap();
        }
        for _ in 0..9 {
            limiter.take(&[narrow, wide], at(0)).unwrap_err();
        }
        assert!((0..3).all(|_| limiter.take(&[wide], at(0)).is_ok()));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let limiter = Limiter::new(100);
        let take = |now| limiter.take(&[limiter.allowance(QUOTA, "marta")], at(now));
        assert!((0..3).all(|_| take(86_400).is_ok()));
        assert_eq!(take(0), Err(TimeDelta::seconds(20)));
    }

    #[test]
    fn a_flood_of_keys_fills_no_memory_and_frees_nobody_who_is_out() {
        let limiter = Limiter::new(1000);
        let out = [limiter.allowance(QUOTA, "out")];
        while limiter.take(&out, at(0)).is_ok() {}
        for key in 0..20_000 {
            limiter.take(&[limiter.allowance(QUOTA, key)], at(0)).unwrap();
            assert!(limiter.whole_at.lock().unwrap().len() <= 1001);
        }
        assert!(limiter.take(&out, at(0)).is_err());
    }
}
