//! The one task of a process that writes results and marks. Requests that wait together are
//! committed together, so the cost of a durable commit is shared by all connections.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::app::App;
use crate::db::ledger::{self, DeliveryKey, DeliveryResult};
use crate::db::{notices, subscribers, subscriptions, suppressions};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::SubscriptionStatus;

/// What is delivered: a row of the ledger, or a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKey {
    Delivery(DeliveryKey),
    Notice(Uuid),
}

/// What became of a job that was on the wire.
#[derive(Clone, Debug)]
pub struct JobResult {
    pub key: JobKey,
    pub status: DeliveryStatus,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub reply: String,
}

struct Request {
    result: Option<JobResult>,
    mark: Option<JobKey>,
    answer: oneshot::Sender<bool>,
}

/// A handle to the writer. It ends when all handles are gone and what they asked is written.
#[derive(Clone)]
pub struct Writer {
    requests: mpsc::Sender<Request>,
}

/// Requests in one commit, at most.
const BATCH_MAX: usize = 256;

impl Writer {
    /// Starts the writer of a worker.
    pub fn start(app: Arc<App>, worker: Uuid) -> (Writer, tokio::task::JoinHandle<()>) {
        let (requests, receiver) = mpsc::channel(BATCH_MAX);
        let task = tokio::spawn(run(app, worker, receiver));
        (Writer { requests }, task)
    }

    /// Records a result and marks the next job, in one commit. True where the marked job may go
    /// on the wire. Returns when the commit has returned, and not before, however long the
    /// database is away.
    pub async fn submit(&self, result: Option<JobResult>, mark: Option<JobKey>) -> bool {
        if result.is_none() && mark.is_none() {
            return false;
        }
        let (answer, answered) = oneshot::channel();
        if self.requests.send(Request { result, mark, answer }).await.is_err() {
            return false;
        }
        answered.await.unwrap_or(false)
    }
}

async fn run(app: Arc<App>, worker: Uuid, mut requests: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while requests.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let begun = std::time::Instant::now();
        let mut again = false;
        let marked = loop {
            match commit(&app, worker, &batch, again).await {
                Ok(marked) => break marked,
                // What the relay has accepted is kept until it is recorded.
                Err(error) => {
                    tracing::error!(%error, waiting = batch.len(), "results can't be recorded; trying again in a second");
                    again = true;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        app.metrics.commit(batch.len(), begun.elapsed());
        for request in batch.drain(..) {
            match &request.result {
                Some(JobResult { key: JobKey::Delivery(_), status, .. }) => {
                    app.metrics.deliveries(*status, 1)
                }
                Some(JobResult { key: JobKey::Notice(_), status, .. }) => app.metrics.notice(*status),
                None => {}
            }
            let may_go = request.mark.is_some_and(|key| marked.contains(&key));
            if let (Some(JobKey::Notice(_)), false) = (request.mark, may_go) {
                app.metrics.notice(DeliveryStatus::Skipped);
            }
            let _ = request.answer.send(may_go);
        }
    }
}

async fn commit(app: &App, worker: Uuid, batch: &[Request], again: bool) -> sqlx::Result<HashSet<JobKey>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut results = Vec::new();
    for result in batch.iter().filter_map(|request| request.result.as_ref()) {
        match result.key {
            JobKey::Delivery(key) => results.push(DeliveryResult {
                key,
                status: result.status,
                next_attempt_at: result.next_attempt_at,
                reply: result.reply.clone(),
            }),
            JobKey::Notice(id) => {
                let JobResult { status, next_attempt_at, reply, .. } = result;
                notices::record(&mut tx, worker, id, *status, *next_attempt_at, reply, now).await?;
            }
        }
    }
    ledger::record(&mut tx, worker, &results, now).await?;
    for bounced in results.iter().filter(|result| result.status == DeliveryStatus::Bounced) {
        suppress(&mut tx, bounced, now).await?;
    }

    let mut marked = HashSet::new();
    let mut marks = Vec::new();
    for key in batch.iter().filter_map(|request| request.mark) {
        match key {
            JobKey::Delivery(key) => marks.push(key),
            JobKey::Notice(id) => {
                if notices::mark(&mut tx, worker, id, again, now).await? {
                    marked.insert(key);
                }
            }
        }
    }
    let deliveries = ledger::mark(&mut tx, worker, &marks, again, now).await?;
    tx.commit().await?;
    app.metrics.deliveries(DeliveryStatus::Skipped, deliveries.skipped);
    marked.extend(deliveries.marked.into_iter().map(JobKey::Delivery));
    Ok(marked)
}

/// A bounced address is never mailed again: the suppression is the truth, the status follows.
async fn suppress(tx: &mut crate::db::Tx, bounced: &DeliveryResult, now: DateTime<Utc>) -> sqlx::Result<()> {
    let subscriber_id = bounced.key.subscriber_id;
    if let Some(subscriber) = subscribers::by_id(tx, subscriber_id).await? {
        let reason = suppressions::SuppressionReason::Bounced;
        suppressions::add(tx, &subscriber.email_key, reason, &bounced.reply, now).await?;
        subscriptions::end_all(tx, subscriber_id, SubscriptionStatus::Bounced, now).await?;
    }
    Ok(())
}
