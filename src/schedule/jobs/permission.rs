//! Readers are asked whether they still want a list, and unsubscribed who did not say so by their day.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain, SECOND, in_steps};
use crate::actions::permission;
use crate::app::App;

pub const JOB: Job =
    Job { name: "permission", what: "job-permission", every: SECOND, begin: || Box::new(Plain(work)) };

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move { in_steps(&app, |app, rows| permission::step(app, rows).boxed()).await }.boxed()
}
