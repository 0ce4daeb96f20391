//! Articles' pages that were not there when their campaigns were to begin, and when each is looked for again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How long a page is waited for.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// The pause before the next try: a quarter of the time waited so far, and no less and no more than these.
const PAUSES: (TimeDelta, TimeDelta) = (TimeDelta::seconds(4), TimeDelta::seconds(60));

/// What is waited for by this process, since when, and when it is looked for again. Another process begins anew.
#[derive(Debug, Default)]
pub struct MissingPages(Mutex<HashMap<Uuid, Wait>>);

#[derive(Debug)]
struct Wait {
    since: DateTime<Utc>,
    next: DateTime<Utc>,
}

impl MissingPages {
    /// Whether it is too early to look again.
    pub fn waits(&self, campaign_id: Uuid, now: DateTime<Utc>) -> bool {
        self.lock().get(&campaign_id).is_some_and(|wait| now < wait.next)
    }

    /// A page was not there. True where it was waited for long enough.
    pub fn missed(&self, campaign_id: Uuid, now: DateTime<Utc>) -> bool {
        let mut all = self.lock();
        // Whatever was sent, held or cancelled meanwhile.
        all.retain(|_, wait| now - wait.since < PATIENCE * 2);
        let wait = all.entry(campaign_id).or_insert(Wait { since: now, next: now });
        let waited = now - wait.since;
        wait.next = now + (waited / 4).clamp(PAUSES.0, PAUSES.1);
        if waited >= PATIENCE {
            // It is held; once released it begins at once.
            all.remove(&campaign_id);
        }
        waited >= PATIENCE
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Wait>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_waited_for_ever_longer_and_forgotten_when_its_campaign_is_held() {
        let (pages, id, begun) = (MissingPages::default(), Uuid::now_v7(), DateTime::<Utc>::UNIX_EPOCH);
        let at = |secs: i64| begun + TimeDelta::seconds(secs);
        assert!(!pages.waits(id, at(0)) && !pages.missed(id, at(0)));
        assert!(pages.waits(id, at(3)) && !pages.waits(id, at(4)));
        assert!(!pages.missed(id, at(100)));
        assert!(pages.waits(id, at(124)) && !pages.waits(id, at(125)));
        assert!(!pages.missed(id, at(400)));
        assert!(pages.waits(id, at(459)) && !pages.waits(id, at(460)));
        assert!(pages.missed(id, at(600)));
        assert!(!pages.waits(id, at(600)), "released at once, it begins at once");
    }
}
