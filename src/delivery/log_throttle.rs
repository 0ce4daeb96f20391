//! A trouble that lasts is said when it begins and once a minute, not once a second.

use std::time::{Duration, Instant};

const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Whether something has been said lately.
#[derive(Default)]
pub struct LogThrottle {
    said_at: Option<Instant>,
}

impl LogThrottle {
    /// Whether it is time to say it. Saying it is taken as done.
    pub fn is_due(&mut self) -> bool {
        let due = self.said_at.is_none_or(|at| at.elapsed() >= AGAIN_AFTER);
        if due {
            self.said_at = Some(Instant::now());
        }
        due
    }

    /// The trouble is over. True where it had been said.
    pub fn over(&mut self) -> bool {
        self.said_at.take().is_some()
    }
}
