//! Who does what is due. Of all processes on a database one leads: it alone polls feeds and runs
//! campaigns. It stops at once when it can't be sure any more, and another takes over within
//! seconds. Two that lead for a moment do no harm: what the schedule does may be repeated.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::db::leader::Candidate;
use crate::schedule::jobs::{self, Job};

/// How often a leader looks whether it still is, and a follower whether it may.
const EVERY: Duration = Duration::from_secs(1);
/// A leader without an answer for this long leads no more; well before the server gives the lock
/// to somebody else.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Leads whenever nobody else does, until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) -> anyhow::Result<()> {
    run_jobs(app, jobs::ALL, stop).await
}

/// The same with these jobs.
pub async fn run_jobs(app: Arc<App>, jobs: &'static [Job], stop: CancellationToken) -> anyhow::Result<()> {
    for job in jobs {
        app.metrics.know_job(job.name);
    }
    while !stop.is_cancelled() {
        let candidate = timeout(ANSWER_WITHIN, Candidate::new(&app.db)).await;
        match candidate.map_err(anyhow::Error::from).and_then(|made| Ok(made?)) {
            Ok(candidate) => stand(&app, candidate, jobs, &stop).await?,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "can't ask who leads; trying again in a second");
            }
        }
        pause(&stop).await;
    }
    Ok(())
}

/// Stands as a candidate, and leads as long as it may. Returns when its session has ended.
async fn stand(
    app: &Arc<App>,
    mut candidate: Candidate,
    jobs: &'static [Job],
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    // Dropped with the lead: what had begun is rolled back.
    let mut work = JoinSet::new();
    loop {
        let answer = timeout(ANSWER_WITHIN, candidate.ask()).await;
        let lost = match answer.map_err(anyhow::Error::from).and_then(|answer| Ok(answer?)) {
            Ok(true) => {
                if work.is_empty() {
                    tracing::info!("this process leads the schedule");
                    app.metrics.leads.set(1);
                    for job in jobs {
                        work.spawn(jobs::run(app.clone(), *job, stop.clone()));
                    }
                }
                None
            }
            Ok(false) if work.is_empty() => None,
            Ok(false) => Some("somebody else has the lock".to_owned()),
            Err(error) => Some(format!("{error:#}")),
        };
        if let Some(error) = lost {
            work.shutdown().await;
            app.metrics.leads.set(0);
            tracing::warn!(error, "this process can't lead: its session with the database has ended");
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return Ok(()),
            Some(ended) = work.join_next() => {
                if stop.is_cancelled() {
                    return Ok(());
                }
                ended.context("the schedule")?;
                anyhow::bail!("the schedule has ended by itself");
            }
        }
    }
}

async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => {}
        () = stop.cancelled() => {}
    }
}
