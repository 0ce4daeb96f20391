//! Changes to many subscribers, a short transaction at a time.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain, SECOND, in_steps};
use crate::actions::bulk;
use crate::app::App;

pub const JOB: Job =
    Job { name: "bulk_changes", what: "job-bulk-changes", every: SECOND, begin: || Box::new(Plain(work)) };

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move { in_steps(&app, |app, rows| bulk::step(app, rows).boxed()).await }.boxed()
}
