//! Campaigns whose time has come begin, their readers are enqueued, and what cancelled ones left is skipped; after a
//! look whether this database may send. At once where a poll has brought one.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, SECOND, Work};
use crate::actions::guard;
use crate::app::App;

pub const JOB: Job =
    Job { name: "campaigns", what: "job-campaigns", every: SECOND, begin: || Box::new(Campaigns) };

struct Campaigns;

impl Work for Campaigns {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async move {
            guard::watch(app).await?;
            crate::schedule::run_campaigns(app).await?;
            Ok(NextRun::Later)
        }
        .boxed()
    }

    fn woken<'a>(&self, app: &'a App) -> BoxFuture<'a, ()> {
        app.wake_campaigns.notified().boxed()
    }
}
