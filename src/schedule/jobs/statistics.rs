//! The desk's numbers are counted: see [`Statistics`], which keeps in mind what it has counted.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, SECOND, Work};
use crate::app::App;
use crate::schedule::statistics::Statistics;

pub const JOB: Job = Job {
    name: "statistics",
    what: "job-statistics",
    every: SECOND,
    begin: || Box::new(Statistics::default()),
};

impl Work for Statistics {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async move { self.run_due(app).await.map(|()| NextRun::Later) }.boxed()
    }
}
