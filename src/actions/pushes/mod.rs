//! Pushes: somebody says that a feed has something new. All that follows is a poll, at once and without validators: what
//! is pushed is never read. Who leads polls, woken at once where that is this process, and within a second elsewhere.

pub mod hubs;
mod ping;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub use self::ping::ping;
use super::poll::PollReport;
use crate::app::App;
use crate::db::pushes::{self, By, Pushed};
use crate::db::{Tx, WriteTx};

/// A feed that was asked for is asked for once more after so long, whoever asks meanwhile.
const QUIET: TimeDelta = TimeDelta::seconds(30);
/// So many pushes in a row must have brought what is new for polls to become rarer.
const AHEAD_ENOUGH: i64 = 3;
/// So much rarer, but no rarer than this.
const RARER: i64 = 4;
const RARER_SECS_MAX: i64 = 6 * 60 * 60;

/// Has a feed polled, on somebody's word that it has something new.
async fn ask(app: &App, feed_ids: &[Uuid], by: By) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut is_due = false;
    for id in feed_ids {
        is_due |= pushes::ask(&mut tx, *id, by, now, now + QUIET).await?;
    }
    tx.commit().await?;
    if is_due {
        app.wake_polls.notify_one();
    }
    Ok(())
}

/// The feeds that were asked for and are to be polled now.
pub async fn asked_for(app: &App) -> sqlx::Result<Vec<Uuid>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let due = pushes::due(&mut tx, now).await?;
    drop(tx);
    if due.iter().any(|(_, again)| *again) {
        let mut tx = app.db.write().await?;
        pushes::begin_again(&mut tx, now, now + QUIET).await?;
        tx.commit().await?;
    }
    Ok(due.into_iter().map(|(id, _)| id).collect())
}

/// How long it is from one poll to the next where nobody asks for one.
pub fn poll_secs(poll_secs: i64, pushes_ahead: i64) -> i64 {
    match pushes_ahead >= AHEAD_ENOUGH {
        true => poll_secs.max(RARER_SECS_MAX.min(poll_secs.saturating_mul(RARER))),
        false => poll_secs,
    }
}

/// A poll as it began.
pub(super) struct Begun {
    at: DateTime<Utc>,
    /// Since when it was asked for; `None`: it was not.
    asked_at: Option<DateTime<Utc>>,
}

impl Begun {
    pub(super) async fn read(tx: &mut Tx, feed_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<Begun> {
        let pushed = pushes::of_feed(tx, feed_id).await?;
        Ok(Begun { at: now, asked_at: pushed.asked_at.filter(|at| *at <= now) })
    }

    pub(super) fn was_asked_for(&self) -> bool {
        self.asked_at.is_some()
    }

    /// Notes that a poll has answered whoever asked before it began, and whether pushes are ahead of polls. `secs` is
    /// how often the feed is polled, and how long its site asks to be left alone.
    pub(super) async fn end(
        self,
        tx: &mut WriteTx,
        feed_id: Uuid,
        secs: (i64, Option<i64>),
        report: &PollReport,
        now: DateTime<Utc>,
    ) -> sqlx::Result<()> {
        if let Some(asked_at) = self.asked_at {
            pushes::answered(tx, feed_id, asked_at).await?;
        }
        if report.error.is_some() {
            return Ok(());
        }
        let Pushed { pushed_at, pushes_ahead, .. } = pushes::of_feed(tx, feed_id).await?;
        let is_news = report.new + report.held > 0;
        let ahead = match (is_news, self.asked_at.is_some()) {
            (false, _) => pushes_ahead,
            (true, true) => pushes_ahead + 1,
            // Somebody said so while it was under way.
            (true, false) if pushed_at.is_some_and(|at| at >= self.at) => pushes_ahead,
            (true, false) => 0,
        };
        let wait = poll_secs(secs.0, ahead).max(secs.1.unwrap_or(0));
        if ahead != pushes_ahead || ahead >= AHEAD_ENOUGH {
            pushes::set_ahead(tx, feed_id, ahead, now + TimeDelta::seconds(wait)).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_become_rarer_where_pushes_work_and_never_too_rare() {
        assert_eq!([0, 2, 3, 50].map(|ahead| poll_secs(600, ahead)), [600, 600, 2_400, 2_400]);
        assert_eq!(poll_secs(2 * 60 * 60, 3), 6 * 60 * 60);
        assert_eq!(poll_secs(24 * 60 * 60, 3), 24 * 60 * 60);
    }
}
