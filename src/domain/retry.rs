//! When a deferred delivery is tried again: after 1, 2, 4, … minutes, at most 2 hours apart,
//! ± 20 %, until 24 hours after the first attempt.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a delivery is tried, from its first attempt.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// The time of the next attempt after `attempts` (at least 1) have been made, or `None` when it
/// is time to give up. `seed` spreads deliveries that were refused together.
pub fn next_attempt(
    first_attempt: DateTime<Utc>,
    attempts: i64,
    now: DateTime<Utc>,
    seed: u64,
) -> Option<DateTime<Utc>> {
    let doublings = (attempts.max(1) - 1).min(7) as u32;
    let base_secs = (60i64 << doublings).min(7200);
    // ± 20 % in steps of a thousandth, from a hash of the seed and the attempt.
    let mixed = (seed ^ attempts as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let permille = 800 + (mixed % 401) as i64;
    let next = now + TimeDelta::milliseconds(base_secs * permille);
    (next - first_attempt <= GIVE_UP_AFTER).then_some(next)
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
            while let Some(next) = next_attempt(first, attempts, now, seed) {
                let wait = next - now;
                prop_assert!(wait >= TimeDelta::seconds(48) && wait <= TimeDelta::seconds(8640));
                now = next;
                attempts += 1;
            }
            prop_assert!(now - first <= GIVE_UP_AFTER);
            prop_assert!(now - first >= GIVE_UP_AFTER - TimeDelta::seconds(8640));
            prop_assert!((15..=24).contains(&attempts), "{}", attempts);
        }
    }
}
