//! Whether the relay can be used. While it can't, nothing is leased.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::email_address::masked;

/// How long after a relay could not be used it is tried again: doubled each time up to this.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

/// What is known of it.
#[derive(Default)]
pub struct RelayHealth {
    down: Mutex<Option<(u32, DateTime<Utc>)>>,
    said: AtomicBool,
}

impl RelayHealth {
    fn lock(&self) -> MutexGuard<'_, Option<(u32, DateTime<Utc>)>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It could not be used, for this reason.
    pub fn failed(&self, why: &str, now: DateTime<Utc>) {
        let mut down = self.lock();
        let times = match *down {
            // Sixteen connections that fail together are one failure.
            Some((_, retry_at)) if now < retry_at => return,
            Some((times, _)) => times + 1,
            None => 1,
        };
        let pause = TimeDelta::seconds(5 << (times - 1).min(6)).min(PAUSE_MAX);
        *down = Some((times, now + pause));
        self.said.store(true, Ordering::Relaxed);
        let why = masked(why);
        tracing::warn!(why, pause_secs = pause.num_seconds(), "no mail leaves: the relay can't be used");
    }

    /// It has taken a MAIL.
    pub fn answered(&self) {
        if self.said.load(Ordering::Relaxed) && self.said.swap(false, Ordering::Relaxed) {
            *self.lock() = None;
            tracing::info!("the relay answers again");
        }
    }

    /// Whether it is left alone for now.
    pub fn is_down(&self, now: DateTime<Utc>) -> bool {
        self.lock().is_some_and(|(_, retry_at)| now < retry_at)
    }
}
