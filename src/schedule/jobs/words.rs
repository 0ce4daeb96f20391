//! Subscribers whom no search finds yet, as those of a large import, get the words that they are found by.

use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, SECOND, WORK_FOR, Work};
use crate::actions::subscribers;
use crate::app::App;
use crate::db::chunk::LongWork;

pub const JOB: Job =
    Job { name: "words", what: "job-search", every: SECOND, begin: || Box::new(Words(new_work())) };

struct Words(LongWork);

/// Subscribers of one transaction, at most.
const STEP: i64 = 5_000;

pub(super) fn new_work() -> LongWork {
    LongWork::up_to(STEP)
}

impl Work for Words {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async move { work(&mut self.0, app).await }.boxed()
    }
}

pub(super) async fn work(words: &mut LongWork, app: &App) -> anyhow::Result<NextRun> {
    let begun = Instant::now();
    while begun.elapsed() < WORK_FOR {
        if !subscribers::add_missing_words(app, words).await? {
            return Ok(NextRun::Later);
        }
    }
    Ok(NextRun::AtOnce)
}
