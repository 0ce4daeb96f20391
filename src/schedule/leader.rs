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
use crate::schedule::counting::Counting;

/// How often a leader looks whether it still is, and a follower whether it may.
const EVERY: Duration = Duration::from_secs(1);
/// How often what has expired is forgotten.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// A leader without an answer for this long leads no more; well before the server gives the lock
/// to somebody else.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Leads whenever nobody else does, until `stop`. Fails where the work itself panics.
pub async fn run(app: Arc<App>, stop: CancellationToken) -> anyhow::Result<()> {
    while !stop.is_cancelled() {
        let candidate = timeout(ANSWER_WITHIN, Candidate::new(&app.db)).await;
        match candidate.map_err(anyhow::Error::from).and_then(|made| Ok(made?)) {
            Ok(candidate) => stand(&app, candidate, &stop).await?,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "can't ask who leads; trying again in a second");
            }
        }
        pause(&stop).await;
    }
    Ok(())
}

/// Stands as a candidate, and leads as long as it may. Returns when its session has ended.
async fn stand(app: &Arc<App>, mut candidate: Candidate, stop: &CancellationToken) -> anyhow::Result<()> {
    // Dropped with the lead: what had begun is rolled back.
    let mut work = JoinSet::new();
    loop {
        let answer = timeout(ANSWER_WITHIN, candidate.ask()).await;
        let lost = match answer.map_err(anyhow::Error::from).and_then(|answer| Ok(answer?)) {
            Ok(true) => {
                if work.is_empty() {
                    tracing::info!("this process leads the schedule");
                    app.metrics.leads.set(1);
                    work.spawn(every_second(app.clone(), stop.clone(), Task::Polls));
                    work.spawn(every_second(app.clone(), stop.clone(), Task::Campaigns));
                    work.spawn(every_second(app.clone(), stop.clone(), Task::Counting));
                    work.spawn(every_hour(app.clone(), stop.clone()));
                    work.spawn(every_second(app.clone(), stop.clone(), Task::Subscribers));
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

#[derive(Clone, Copy)]
enum Task {
    Polls,
    Campaigns,
    Counting,
    Subscribers,
}

async fn every_second(app: Arc<App>, stop: CancellationToken, task: Task) {
    let mut counting = Counting::default();
    while !stop.is_cancelled() {
        let done = match task {
            Task::Polls => guarded(&app, super::poll_feeds(&app)).await,
            Task::Campaigns => guarded(&app, super::run_campaigns(&app)).await,
            Task::Counting => counting.run_due(&app).await,
            Task::Subscribers => match super::work_on_subscribers(&app).await {
                // More waits: a second's pause would make an import of a million take an hour.
                Ok(true) => continue,
                other => other.map(|_| ()),
            },
        };
        if let Err(error) = done {
            tracing::error!(error = format!("{error:#}"), "scheduled work failed; trying again");
        }
        pause(&stop).await;
    }
}

/// Does something after a look whether this database may send.
async fn guarded(app: &App, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    crate::actions::guard::watch(app).await?;
    work.await
}

/// Forgets what has expired. A failure waits for the next hour.
async fn every_hour(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = super::forget_expired(&app).await {
            tracing::error!(error = format!("{error:#}"), "what has expired could not be forgotten");
        }
        tokio::select! {
            () = tokio::time::sleep(HOUR) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => {}
        () = stop.cancelled() => {}
    }
}
