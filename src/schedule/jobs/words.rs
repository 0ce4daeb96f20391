//! Subscribers whom no search finds yet, as those of an older version, get the words that they are found by.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, Plain, SECOND, in_steps};
use crate::actions::subscribers;
use crate::app::App;

pub const JOB: Job =
    Job { name: "words", what: "job-search", every: SECOND, begin: || Box::new(Plain(work)) };

pub(super) fn work(app: Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>> {
    async move { in_steps(&app, |app, rows| subscribers::add_missing_words(app, rows).boxed()).await }.boxed()
}
