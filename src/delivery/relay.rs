//! Whether the relay can be used. While it can't, nothing is leased.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::email_address::masked;
use crate::domain::relay_trouble::RelayTrouble;

/// How long after a relay could not be used it is tried again: doubled each time up to this.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Copy)]
struct Down {
    times: u32,
    retry_at: DateTime<Utc>,
    trouble: RelayTrouble,
}

/// What is known of it.
#[derive(Default)]
pub struct RelayHealth {
    down: Mutex<Option<Down>>,
    said: AtomicBool,
}

impl RelayHealth {
    fn lock(&self) -> MutexGuard<'_, Option<Down>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It could not be used, for this reason.
    pub fn failed(&self, trouble: RelayTrouble, why: &str, now: DateTime<Utc>) {
        let mut down = self.lock();
        let times = match *down {
            // Sixteen connections that fail together are one failure.
            Some(Down { retry_at, .. }) if now < retry_at => return,
            Some(Down { times, .. }) => times + 1,
            None => 1,
        };
        let pause = TimeDelta::seconds(5 << (times - 1).min(6)).min(PAUSE_MAX);
        *down = Some(Down { times, retry_at: now + pause, trouble });
        self.said.store(true, Ordering::Relaxed);
        let why = masked(why);
        let pause_secs = pause.num_seconds();
        tracing::warn!(why, pause_secs, "no mail is sent: the relay {}", trouble.words());
    }

    /// It has taken a MAIL.
    pub fn answered(&self) {
        if self.said.load(Ordering::Relaxed) && self.said.swap(false, Ordering::Relaxed) {
            *self.lock() = None;
            tracing::info!("the relay answers again");
        }
    }

    /// What is wrong with it, while it is left alone.
    pub fn trouble(&self, now: DateTime<Utc>) -> Option<RelayTrouble> {
        self.lock().filter(|down| now < down.retry_at).map(|down| down.trouble)
    }
}
