//! The only place that asks what time it is. Everything else asks a [`Clock`], so that tests
//! move time by hand. Times are whole microseconds, which is what both databases keep.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the current time comes from. Cheap to clone; clones share a stopped clock's time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until it is advanced. Microseconds since 1970.
    Stopped(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    pub fn stopped_at(start: DateTime<Utc>) -> Self {
        Clock::Stopped(Arc::new(AtomicI64::new(start.timestamp_micros())))
    }

    /// Now, in UTC, to the microsecond.
    pub fn now(&self) -> DateTime<Utc> {
        #[allow(clippy::disallowed_methods)]
        let micros = match self {
            Clock::System => Utc::now().timestamp_micros(),
            Clock::Stopped(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Moves a stopped clock on. The machine's clock does not listen.
    pub fn advance(&self, by: TimeDelta) {
        if let Clock::Stopped(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }
}
