//! Files that were sent to the desk are checked and stored, and imports taken back, a short transaction at a time.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Job, NextRun, SECOND, WORK_FOR, Work};
use crate::actions::import::Importer;
use crate::app::App;

pub const JOB: Job =
    Job { name: "imports", what: "job-imports", every: SECOND, begin: || Box::new(Imports::default()) };

#[derive(Default)]
struct Imports(Importer);

impl Work for Imports {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async move { work(&mut self.0, app).await }.boxed()
    }
}

pub(super) async fn work(importer: &mut Importer, app: &App) -> anyhow::Result<NextRun> {
    let more = importer.work(app, WORK_FOR.as_millis()).await?;
    Ok(if more { NextRun::AtOnce } else { NextRun::Later })
}
