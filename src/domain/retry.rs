//! When a deferred delivery is tried again: after 1, 2, 4, … minutes, at most 2 hours apart,
//! ± 20 %, for as long as the operator says, 24 hours unless set. Who greylists gets the first attempts
//! some 5 minutes apart.

use chrono::{DateTime, TimeDelta, Utc};

use super::delivery::Wish;

/// How long a delivery is tried, from its first attempt, unless the operator says otherwise.
pub const RETRY_FOR: TimeDelta = TimeDelta::hours(24);

/// Nobody is given up before so many attempts: a campaign that was paused for a day, or a machine
/// that was off, has spent the time without trying.
const ATTEMPTS_MIN: i64 = 5;

/// After so many attempts a greylisted delivery is tried like any other.
const GREYLISTED_ATTEMPTS: i64 = 3;

/// How long greylisting lets a sender wait, as most have it set.
const GREYLISTED_SECS: i64 = 300;

/// The time of the next attempt after `attempts` (at least 1) have been made, or `None` when it
/// is time to give up. `seed` spreads deliveries that were refused together.
pub fn next_attempt(
    first_attempt: DateTime<Utc>,
    attempts: i64,
    now: DateTime<Utc>,
    retry_for: TimeDelta,
    seed: u64,
    wish: Wish,
) -> Option<DateTime<Utc>> {
    let doublings = (attempts.max(1) - 1).min(7) as u32;
    // In thousandths, from a hash of the seed and the attempt.
    let mixed = (seed ^ attempts as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let (base_secs, permille) = match wish {
        // Never sooner: some begin to count anew.
        Wish::ComeBack if attempts <= GREYLISTED_ATTEMPTS => (GREYLISTED_SECS, 1010 + (mixed % 191) as i64),
        _ => ((60i64 << doublings).min(7200), 800 + (mixed % 401) as i64),
    };
    let next = now + TimeDelta::milliseconds(base_secs * permille);
    (next - first_attempt <= retry_for || attempts < ATTEMPTS_MIN).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_delivery_is_tried_for_a_day_and_no_longer(seed in any::<u64>()) {
            let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
            let (mut now, mut attempts) = (first, 1);
            while let Some(next) = next_attempt(first, attempts, now, RETRY_FOR, seed, Wish::Nothing) {
                let wait = next - now;
                prop_assert!(wait >= TimeDelta::seconds(48) && wait <= TimeDelta::seconds(8640));
                now = next;
                attempts += 1;
            }
            prop_assert!(now - first <= RETRY_FOR);
            prop_assert!(now - first >= RETRY_FOR - TimeDelta::seconds(8640));
            prop_assert!((15..=24).contains(&attempts), "{}", attempts);
        }
    }

    #[test]
    fn who_was_not_tried_meanwhile_is_not_given_up() {
        let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        // The campaign was paused for two days after the first attempt.
        let mut now = first + TimeDelta::days(2);
        let mut attempts = 2;
        while let Some(next) = next_attempt(first, attempts, now, RETRY_FOR, 7, Wish::Nothing) {
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, ATTEMPTS_MIN);
    }

    #[test]
    fn a_shorter_time_is_kept_to() {
        let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let after = first + TimeDelta::minutes(59);
        assert_eq!(next_attempt(first, 6, after, TimeDelta::hours(1), 7, Wish::Nothing), None);
    }

    proptest! {
        #[test]
        fn who_greylists_is_tried_after_some_5_10_and_15_minutes_and_then_like_others(seed in any::<u64>()) {
            let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
            let mut now = first;
            for attempts in 1..=3 {
                now = next_attempt(first, attempts, now, RETRY_FOR, seed, Wish::ComeBack).unwrap();
                let since = (now - first).num_seconds();
                prop_assert!(since >= 303 * attempts && since <= 361 * attempts, "{}", since);
            }
            let other = next_attempt(first, 4, now, RETRY_FOR, seed, Wish::Nothing);
            prop_assert_eq!(next_attempt(first, 4, now, RETRY_FOR, seed, Wish::ComeBack), other);
        }
    }
}
