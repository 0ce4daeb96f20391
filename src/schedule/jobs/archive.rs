//! What was sent becomes fit to be found in the archive.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain};
use crate::actions::archive;
use crate::app::App;

pub const JOB: Job = Job {
    name: "archive",
    what: "job-archive",
    every: Duration::from_secs(5),
    begin: || Box::new(Plain(work)),
};

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move {
        Ok(match archive::index(&app).await? {
            true => NextRun::AtOnce,
            false => NextRun::Later,
        })
    }
    .boxed()
}
