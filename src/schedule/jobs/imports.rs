//! Files that were sent to the desk are stored, a short transaction at a time.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain, SECOND, in_steps};
use crate::actions::import;
use crate::app::App;

pub const JOB: Job =
    Job { name: "imports", what: "job-imports", every: SECOND, begin: || Box::new(Plain(work)) };

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move { in_steps(&app, |app, _| import::step_on_first(app).boxed()).await }.boxed()
}
