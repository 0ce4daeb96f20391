//! The desk's numbers are counted: see [`Counting`], which keeps in mind what it has counted.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, Next, SECOND, Work};
use crate::app::App;
use crate::schedule::counting::Counting;

pub const JOB: Job =
    Job { name: "counting", what: "job-statistics", every: SECOND, begin: || Box::new(Counting::default()) };

impl Work for Counting {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<Next>> {
        async move { self.run_due(app).await.map(|()| Next::Later) }.boxed()
    }
}
