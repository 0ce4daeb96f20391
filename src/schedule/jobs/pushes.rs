//! Feeds that somebody asked for are polled at once, each by itself: none waits for another's server, and a poll that
//! is asked for while one is under way follows it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{Job, NextRun, Work};
use crate::actions::{guard, poll, pushes};
use crate::app::App;

pub const JOB: Job = Job {
    name: "pushes",
    what: "job-pushes",
    // What another process was told is in the database only.
    every: Duration::from_millis(500),
    begin: || Box::new(Pushes::default()),
};

/// Polls at the same time.
const TOGETHER: usize = 8;

/// The polls that are under way. Dropped with the lead.
#[derive(Default)]
struct Pushes(HashMap<Uuid, AbortOnDropHandle<()>>);

impl Work for Pushes {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async move {
            self.0.retain(|_, poll| !poll.is_finished());
            let mut due = pushes::asked_for(app).await?;
            due.retain(|feed_id| !self.0.contains_key(feed_id));
            if !due.is_empty() {
                guard::watch(app).await?;
            }
            for feed_id in due.into_iter().take(TOGETHER.saturating_sub(self.0.len())) {
                let app = app.clone();
                let poll = async move { poll::poll_by_itself(&app, &app.fetcher, feed_id).await };
                self.0.insert(feed_id, AbortOnDropHandle::new(tokio::spawn(poll)));
            }
            Ok(NextRun::Later)
        }
        .boxed()
    }

    fn woken<'a>(&self, app: &'a App) -> BoxFuture<'a, ()> {
        app.wake_polls.notified().boxed()
    }
}
