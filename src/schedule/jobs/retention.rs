//! What is kept for a time only is removed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain, in_steps};
use crate::actions::retention;
use crate::app::App;

pub const JOB: Job = Job {
    name: "retention",
    what: "job-retention",
    every: Duration::from_secs(60 * 60),
    begin: || Box::new(Plain(work)),
};

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move { in_steps(&app, |app, rows| retention::step(app, rows).boxed()).await }.boxed()
}
