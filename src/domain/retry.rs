//! When a deferred delivery is tried again: after 1, 2, 4, … minutes, at most 2 hours apart,
//! ± 20 %, for as long as the operator says, 24 hours unless set.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a delivery is tried, from its first attempt, unless the operator says otherwise.
pub const RETRY_FOR: TimeDelta = TimeDelta::hours(24);

/// Nobody is given up before so many attempts: a campaign that was paused for a day, or a machine
/// that was off, has spent the time without trying.
const ATTEMPTS_MIN: i64 = 5;

/// The time of the next attempt after `attempts` (at least 1) have been made, or `None` when it
/// is time to give up. `seed` spreads deliveries that were refused together.
pub fn next_attempt(
    first_attempt: DateTime<Utc>,
    attempts: i64,
    now: DateTime<Utc>,
    retry_for: TimeDelta,
    seed: u64,
) -> Option<DateTime<Utc>> {
    let doublings = (attempts.max(1) - 1).min(7) as u32;
    let base_secs = (60i64 << doublings).min(7200);
    // ± 20 % in steps of a thousandth, from a hash of the seed and the attempt.
    let mixed = (seed ^ attempts as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let permille = 800 + (mixed % 401) as i64;
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
            while let Some(next) = next_attempt(first, attempts, now, RETRY_FOR, seed) {
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
        while let Some(next) = next_attempt(first, attempts, now, RETRY_FOR, 7) {
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, ATTEMPTS_MIN);
    }

    #[test]
    fn a_shorter_time_is_kept_to() {
        let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        assert_eq!(next_attempt(first, 6, first + TimeDelta::minutes(59), TimeDelta::hours(1), 7), None);
    }
}
