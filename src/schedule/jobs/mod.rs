//! What is done again and again by the process that leads: one file a job, and the one list of them that the leader,
//! `doctor`, `/metrics` and the desk read. A job knows nothing of the others, and none of them stops another.

mod archive;
mod bulk_changes;
mod campaigns;
mod digests;
mod expired;
mod hubs;
mod imports;
mod permission;
mod polls;
mod pushes;
mod reminders;
mod retention;
mod statistics;
mod words;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::actions::import::Importer;
use crate::app::App;
use crate::app::metrics::JobResult;
use crate::db;
use crate::db::chunk::Chunk;
use crate::db::job_runs::{self, JobRun};
use crate::locale;

/// One thing that is due again and again.
#[derive(Clone, Copy)]
pub struct Job {
    /// Its name in `/metrics` and in the database.
    pub name: &'static str,
    /// The key of what people know it as: "Checking feeds".
    pub what: &'static str,
    /// The pause between two runs.
    pub every: Duration,
    /// What it keeps in mind from one run to the next.
    pub begin: fn() -> Box<dyn Work>,
}

/// A job at work.
pub trait Work: Send {
    /// Does what is due.
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>>;

    /// Ends its pause before its time.
    fn woken<'a>(&self, _app: &'a App) -> BoxFuture<'a, ()> {
        std::future::pending().boxed()
    }
}

/// When a job goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextRun {
    /// After its pause: nothing more is due.
    Later,
    /// More waits: a second's pause would make an import of a million take an hour.
    AtOnce,
}

/// Every job there is.
pub const ALL: &[Job] = &[
    polls::JOB,
    digests::JOB,
    pushes::JOB,
    campaigns::JOB,
    hubs::JOB,
    statistics::JOB,
    bulk_changes::JOB,
    imports::JOB,
    words::JOB,
    reminders::JOB,
    archive::JOB,
    permission::JOB,
    retention::JOB,
    expired::JOB,
];

/// What most jobs do a second.
const SECOND: Duration = Duration::from_secs(1);
/// A job that keeps nothing in mind.
struct Plain(fn(Arc<App>) -> BoxFuture<'static, anyhow::Result<NextRun>>);

impl Work for Plain {
    fn run<'a>(&'a mut self, app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        self.0(app.clone())
    }
}

/// How often a job’s outcome is stored while it stays the same.
const SAID_EVERY: Duration = Duration::from_secs(60);
/// The longest reason that is written down, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// Runs a job until `stop`. Whatever goes wrong in it is counted and named, and tried again after its pause.
pub async fn run(app: Arc<App>, job: Job, stop: CancellationToken) {
    let mut work = (job.begin)();
    let mut state = JobRun { name: job.name.to_owned(), ..JobRun::default() };
    let mut said_at: Option<Instant> = None;
    while !stop.is_cancelled() {
        let done = AssertUnwindSafe(work.run(&app)).catch_unwind().await;
        let now = app.clock.now();
        let result = done.unwrap_or_else(|_| {
            // What a panic leaves behind is not to be trusted.
            work = (job.begin)();
            Err(anyhow::anyhow!(locale::say("job-crashed").to_string()))
        });
        let was_failing = state.failing_since.is_some();
        match &result {
            Ok(_) => {
                app.metrics.job(job.name, JobResult::Done);
                state = JobRun { name: state.name, succeeded_at: Some(now), ..JobRun::default() };
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(job = job.name, error, "scheduled work failed; trying again");
                app.metrics.job(job.name, JobResult::Failed);
                state.failing_since.get_or_insert(now);
                state.failures += 1;
                state.error = error.chars().take(ERROR_CHARS_MAX).collect();
            }
        }
        let changed = was_failing != state.failing_since.is_some();
        if changed || said_at.is_none_or(|at| at.elapsed() > SAID_EVERY) {
            match say(&app, &state).await {
                Ok(()) => said_at = Some(Instant::now()),
                // Then the job has a reason to fail too, which is in the log already.
                Err(error) => {
                    tracing::debug!(job = job.name, error = db::explain(&error), "not written down")
                }
            }
        }
        if !matches!(result, Ok(NextRun::AtOnce)) {
            tokio::select! {
                () = tokio::time::sleep(job.every) => {}
                () = work.woken(&app) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

async fn say(app: &App, state: &JobRun) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    job_runs::store(&mut tx, state).await?;
    tx.commit().await
}

/// What is not well with a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwell {
    /// It fails each time.
    Fails { since: DateTime<Utc>, times: i64, error: String },
    /// Nobody has done it for too long.
    Late { last: DateTime<Utc> },
}

/// Jobs that are not well, by what is written down of them: the key of each, and what is wrong. None has run yet in a
/// database that nothing was started on; that is not unwell.
pub fn unwell(runs: &[JobRun], now: DateTime<Utc>) -> Vec<(&'static str, Unwell)> {
    let of = |job: &Job| {
        let run = runs.iter().find(|run| run.name == job.name)?;
        if let Some(since) = run.failing_since {
            let (times, error) = (run.failures, run.error.clone());
            return Some((job.what, Unwell::Fails { since, times, error }));
        }
        let patience = TimeDelta::from_std(job.every * 2 + SAID_EVERY * 4).unwrap_or(TimeDelta::MAX);
        let last = run.succeeded_at.filter(|at| now - *at > patience)?;
        Some((job.what, Unwell::Late { last }))
    };
    ALL.iter().filter_map(of).collect()
}

/// How long a long-running task works before others have their turn.
const WORK_FOR: Duration = Duration::from_millis(900);
/// Rows in one step, at most.
const STEP: i64 = 500;

/// One short transaction, for about so many rows; how long it took.
type Step = fn(&App, i64) -> BoxFuture<'_, anyhow::Result<Option<Duration>>>;

/// Works in short transactions for as long as a run may take: each step is told about how many rows it may touch, and
/// says how long it took; `None`: nothing waits.
async fn in_steps(app: &App, step: Step) -> anyhow::Result<NextRun> {
    let begun = Instant::now();
    let mut chunk = Chunk::up_to(STEP);
    loop {
        let Some(took) = step(app, chunk.rows()).await? else { return Ok(NextRun::Later) };
        if begun.elapsed() > WORK_FOR {
            return Ok(NextRun::AtOnce);
        }
        chunk.took(took);
        // The other half of the database is for the others.
        tokio::time::sleep(took).await;
    }
}

/// Does all that is due of subscribers in one go: for whoever waits for it.
pub async fn work_on_subscribers(app: &Arc<App>) -> anyhow::Result<NextRun> {
    // To its end: what reads a file keeps it open only as long as it is the same.
    Box::pin(Importer::default().work(app, u128::MAX)).await?;
    for work in [bulk_changes::work, permission::work, retention::work] {
        if work(app.clone()).await? == NextRun::AtOnce {
            return Ok(NextRun::AtOnce);
        }
    }
    words::work(&mut words::new_work(), app).await
}
