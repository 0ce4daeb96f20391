//! What writes a process' results and marks. Requests that wait together are committed together, so the
//! cost of a durable commit is shared by all connections.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::breaker::{Breaker, Trip};
use super::log_throttle::LogThrottle;
use crate::actions::alerts;
use crate::actions::guard;
use crate::app::App;
use crate::db::alerts::{About, AlertKind};
use crate::db::ledger::{self, DeliveryKey};
use crate::db::notices::NoticeKey;
use crate::db::queue::{self, QueueKey, Settled};
use crate::db::relays::RelayId;
use crate::db::{self, AtOnce, Db, WriteTx, campaigns, subscriptions, suppressions};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::locale::say;

/// What is delivered: a row of the ledger, or a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKey {
    Delivery(DeliveryKey),
    Notice(NoticeKey),
}

/// What became of a job that was on the wire.
#[derive(Clone, Debug)]
pub struct JobResult {
    pub key: JobKey,
    pub status: DeliveryStatus,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub reply: String,
    /// The relay that took it.
    pub relay: Option<RelayId>,
    /// The relay denied its recipient. Whosever fault that is, too many of them stop the campaign.
    pub denied: bool,
}

struct Request {
    results: Vec<JobResult>,
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
/// A commit waits until one in so many of the jobs on the wire asks for it.
const GATHERED: usize = 6;
/// But no longer than this.
const GATHERING_MAX: Duration = Duration::from_millis(1);

impl Writer {
    /// Starts the writer of a worker. `guarded`: after a long silence it looks first whether what is in
    /// hand may still go out.
    pub fn start(app: Arc<App>, worker: Uuid, guarded: bool) -> (Writer, tokio::task::JoinHandle<()>) {
        let (requests, receiver) = mpsc::channel(BATCH_MAX);
        let receiver = Arc::new(tokio::sync::Mutex::new(receiver));
        let breaker = Arc::new(Mutex::new(Breaker::default()));
        // While one commit is on its way to PostgreSQL's disk, another is made of what came meanwhile.
        // SQLite has one writer: a second commit would only wait.
        let at_once = match app.db {
            Db::Sqlite { .. } => 1,
            Db::Postgres(_) => 2,
        };
        let on_the_wire = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            let mut writing = JoinSet::new();
            for _ in 0..at_once {
                let (receiver, on_the_wire) = (receiver.clone(), on_the_wire.clone());
                writing.spawn(run(app.clone(), worker, guarded, receiver, on_the_wire, breaker.clone()));
            }
            while let Some(ended) = writing.join_next().await {
                if let Err(panic) = ended.map_err(tokio::task::JoinError::try_into_panic) {
                    // Whoever waits for this task is to know.
                    std::panic::resume_unwind(panic.unwrap_or_else(|ended| Box::new(ended.to_string())));
                }
            }
        });
        (Writer { requests }, task)
    }

    /// Records results and marks the next job, in one commit. Wait for the [`Marking`] before the
    /// job goes on the wire.
    pub async fn submit(&self, results: Vec<JobResult>, mark: Option<JobKey>) -> Marking {
        let (answer, answered) = oneshot::channel();
        // Where the writer is gone the answer's sender is dropped, and nothing is marked.
        let _ = self.requests.send(Request { results, mark, answer }).await;
        Marking::BatchRows(answered)
    }
}

/// A request that is being written. It is ready when the commit has returned, and not before, however
/// long the database is away: true where the marked job may go on the wire. It may be asked again.
pub enum Marking {
    BatchRows(oneshot::Receiver<bool>),
    Answered(bool),
}

impl Future for Marking {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let marked = match &mut *self {
            Marking::BatchRows(answer) => ready!(Pin::new(answer).poll(cx)).unwrap_or(false),
            Marking::Answered(marked) => *marked,
        };
        *self = Marking::Answered(marked);
        Poll::Ready(marked)
    }
}

type Requests = Arc<tokio::sync::Mutex<mpsc::Receiver<Request>>>;

async fn run(
    app: Arc<App>,
    worker: Uuid,
    guarded: bool,
    requests: Requests,
    on_the_wire: Arc<AtomicUsize>,
    breaker: Arc<Mutex<Breaker>>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let looked_at = guarded.then(|| app.clock.now());
    let log_throttle = LogThrottle::default();
    let mut writing = Writing {
        app,
        worker,
        requests: requests.clone(),
        looked_at,
        breaker,
        log_throttle,
        connection: None,
    };
    let mut to_stop: Vec<(Trip, String)> = Vec::new();
    loop {
        // Held while it waits: the others write, or wait for this one to have taken what there is.
        if !gather(&mut *requests.lock().await, &mut batch, on_the_wire.load(Relaxed)).await {
            break;
        }
        let begun = Instant::now();
        let (marked, at) = writing.write(&mut batch, false).await;
        writing.app.metrics.commit(batch.len(), begun.elapsed());
        let trips = writing.note(&batch, &marked, at);
        let came_off: usize = batch.iter().map(|request| request.results.len()).sum();
        on_the_wire.update(Relaxed, Relaxed, |jobs| (jobs + marked.len()).saturating_sub(came_off));
        for request in batch.drain(..) {
            let _ = request.answer.send(request.mark.is_some_and(|key| marked.contains(&key)));
        }
        to_stop.extend(trips);
        let mut failed = Vec::new();
        for (trip, reply) in to_stop.drain(..) {
            if !writing.stop(trip, &reply).await {
                failed.push((trip, reply));
            }
        }
        to_stop = failed;
        // Who was answered asks for more at once: what comes now is written together.
        tokio::task::yield_now().await;
    }
}

/// Takes what waits, and what is about to: a share of the jobs that are on the wire, whose commits cost no more
/// together than alone. While one mail is on its way the next one's mark has time. False: no more will come.
async fn gather(
    requests: &mut mpsc::Receiver<Request>,
    batch: &mut Vec<Request>,
    on_the_wire: usize,
) -> bool {
    if requests.recv_many(batch, BATCH_MAX).await == 0 {
        return false;
    }
    let worth_waiting_for = on_the_wire / GATHERED;
    let _ = tokio::time::timeout(GATHERING_MAX, async {
        while batch.len() < worth_waiting_for && requests.recv_many(batch, BATCH_MAX - batch.len()).await > 0
        {
        }
    })
    .await;
    true
}

struct Writing {
    app: Arc<App>,
    worker: Uuid,
    requests: Requests,
    /// When it last wrote; `None`: it does not look.
    looked_at: Option<DateTime<Utc>>,
    breaker: Arc<Mutex<Breaker>>,
    log_throttle: LogThrottle,
    /// Kept between commits where nobody waits for it.
    connection: Option<AtOnce>,
}

impl Writing {
    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives SQLite's one writer back. PostgreSQL has others.
    fn let_go(&mut self) {
        if matches!(self.app.db, Db::Sqlite { .. }) {
            self.connection = None;
        }
    }

    /// Writes a batch, however long the database is away or its disk is full: what the relay has
    /// accepted is kept until it is recorded. Returns what was marked, and the time that was recorded.
    async fn write(&mut self, batch: &mut [Request], again: bool) -> (HashSet<JobKey>, DateTime<Utc>) {
        // What bounces after its campaign was stopped bounces for the reason that stopped it.
        let now = self.app.clock.now();
        for result in batch.iter_mut().flat_map(|request| &mut request.results) {
            if let (JobKey::Delivery(key), DeliveryStatus::Bounced) = (result.key, result.status)
                && self.breaker().is_tripped(key.campaign_id)
            {
                (result.status, result.next_attempt_at) = (DeliveryStatus::Deferred, Some(now));
            }
        }
        let mut again = again;
        loop {
            let now = self.app.clock.now();
            // A machine that slept wakes with letters in hand that nobody may want any more.
            let is_late = self.looked_at.is_some_and(|at| now - at > guard::LATE);
            if is_late {
                self.let_go();
            }
            if is_late && let Err(error) = guard::watch(&self.app).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "it can't be told whether this is late; waiting"
                );
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            self.looked_at = self.looked_at.map(|_| now);
            match self.commit(batch, again, now).await {
                Ok(marked) => {
                    if self.log_throttle.over() {
                        tracing::info!("results are recorded again");
                    }
                    return (marked, now);
                }
                Err(error) if db::is_passing(&error) => {
                    if self.log_throttle.is_due() {
                        tracing::error!(
                            error = db::explain(&error),
                            waiting = batch.len(),
                            "results can't be recorded: delivery pauses, nothing is lost, and it goes on by itself"
                        );
                    }
                    again = true;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                // One of them can't be written. The others must not suffer for it.
                Err(_) if batch.len() > 1 => {
                    let mut marked = HashSet::new();
                    for request in batch {
                        marked.extend(Box::pin(self.write(std::slice::from_mut(request), again)).await.0);
                    }
                    return (marked, now);
                }
                Err(error) => {
                    let request = &mut batch[0];
                    tracing::error!(%error, of = ?request.results.iter().map(|r| r.key).collect::<Vec<_>>(), "a result can't be recorded");
                    let unsaid = request.results.iter_mut().filter(|result| !result.reply.is_empty());
                    // Once more, without what the relay said: that is what comes from outside.
                    if unsaid.map(|result| result.reply.clear()).count() == 0 {
                        return (HashSet::new(), now);
                    }
                }
            }
        }
    }

    /// What was written, for the breaker and the operator. Returns the campaigns that are to be stopped,
    /// each with the last refusal.
    fn note(
        &mut self,
        batch: &[Request],
        marked: &HashSet<JobKey>,
        at: DateTime<Utc>,
    ) -> Vec<(Trip, String)> {
        let metrics = &self.app.metrics;
        self.app.send_counter.add(marked.len());
        for mark in batch.iter().filter_map(|request| request.mark) {
            if let JobKey::Delivery(key) = mark
                && marked.contains(&mark)
            {
                self.breaker().resumed(key.campaign_id);
            }
        }
        let mut trips = Vec::new();
        for result in batch.iter().flat_map(|request| &request.results) {
            match result.key {
                JobKey::Delivery(key) => {
                    metrics.deliveries(result.status, 1);
                    let failed = result.denied
                        || matches!(result.status, DeliveryStatus::Bounced | DeliveryStatus::Failed);
                    let trip = self.breaker().note(key.campaign_id, failed, at);
                    trips.extend(trip.map(|trip| (trip, result.reply.clone())));
                }
                JobKey::Notice(_) => metrics.notice(result.status),
            }
        }
        trips
    }

    /// Pauses a campaign whose attempts fail, undoes the suppressions that they caused, and tells
    /// the admins. False where that failed.
    async fn stop(&mut self, trip: Trip, reply: &str) -> bool {
        self.let_go();
        let Trip { campaign_id, since, failed, attempts } = trip;
        let reason = say("pause-failures").with("failed", failed).with("attempts", attempts);
        let reason = reason.with("reply", reply).to_string();
        let stopped = async {
            let now = self.app.clock.now();
            let mut tx = self.app.db.write().await?;
            // Whoever paused it first: the bounces are as false.
            campaigns::pause_with_reason(&mut tx, campaign_id, &reason, now).await?;
            suppressions::undo_window(&mut tx, campaign_id, since, now).await?;
            let about = About::Campaign(campaign_id);
            alerts::raise(&mut tx, AlertKind::CampaignPaused, about, &reason, now).await?;
            tx.commit().await
        };
        match stopped.await {
            Ok(()) => {
                self.app.wake_delivery.notify_one();
                true
            }
            Err(error) => {
                tracing::error!(campaign = %campaign_id, %error, reason, "a campaign that fails could not be paused; trying again");
                false
            }
        }
    }
}

/// What a batch asks of one table.
struct Rows<K> {
    results: Vec<Settled<K>>,
    marks: Vec<K>,
}

/// What a batch asks for, by where it is written.
struct BatchRows {
    deliveries: Rows<DeliveryKey>,
    notices: Rows<NoticeKey>,
}

impl<K> Rows<K> {
    fn none() -> Rows<K> {
        Rows { results: Vec::new(), marks: Vec::new() }
    }

    fn push(&mut self, key: K, result: &JobResult) {
        let JobResult { status, next_attempt_at, reply, relay, .. } = result;
        self.results.push(Settled {
            key,
            status: *status,
            next_attempt_at: *next_attempt_at,
            reply: reply.clone(),
            relay: *relay,
        });
    }
}

impl BatchRows {
    fn by(batch: &[Request]) -> BatchRows {
        let mut asked = BatchRows { deliveries: Rows::none(), notices: Rows::none() };
        for request in batch {
            for result in &request.results {
                match result.key {
                    JobKey::Delivery(key) => asked.deliveries.push(key, result),
                    JobKey::Notice(key) => asked.notices.push(key, result),
                }
            }
            match request.mark {
                Some(JobKey::Delivery(key)) => asked.deliveries.marks.push(key),
                Some(JobKey::Notice(key)) => asked.notices.marks.push(key),
                None => {}
            }
        }
        asked
    }

    /// Whether the ledger's own statement says all of it.
    fn is_plain(&self) -> bool {
        self.notices.results.is_empty()
            && self.notices.marks.is_empty()
            && self.deliveries.results.iter().all(|result| result.status != DeliveryStatus::Bounced)
    }
}

impl Writing {
    /// Writes what a batch asks for, and returns what it marked.
    async fn commit(
        &mut self,
        batch: &[Request],
        again: bool,
        now: DateTime<Utc>,
    ) -> sqlx::Result<HashSet<JobKey>> {
        let (app, worker) = (self.app.clone(), self.worker);
        let mut asked = BatchRows::by(batch);
        if asked.is_plain() {
            let mut tx = match self.connection.take() {
                Some(tx) => tx,
                None => app.db.at_once().await?,
            };
            let marked = self.settle(tx.statement(), &asked.deliveries, again, now).await?;
            // SQLite's one writer is others' too: kept only to go on at once, and while nobody waits.
            let more = self.requests.try_lock().is_ok_and(|requests| !requests.is_empty());
            if matches!(app.db, Db::Postgres(_)) || (more && !app.db.is_wanted()) {
                self.connection = Some(tx);
            } else {
                tx.end().await?;
            }
            return Ok(marked);
        }
        self.let_go();
        let mut tx = app.db.write().await?;
        for result in
            asked.deliveries.results.iter_mut().filter(|result| result.status == DeliveryStatus::Bounced)
        {
            // A bounce that comes in after its campaign was paused, by whichever process, may have the
            // reason that it was paused for: it is looked at again. Whoever pauses it now does so
            // before or after this commit, not within.
            campaigns::lock(&mut tx, result.key.campaign_id).await?;
            let campaign = campaigns::by_id(&mut tx, result.key.campaign_id).await?;
            if campaign.is_some_and(|campaign| campaign.status == CampaignStatus::Paused) {
                (result.status, result.next_attempt_at) = (DeliveryStatus::Deferred, Some(now));
            }
        }
        let (mut marked, skipped) =
            settle(&mut tx, worker, &asked.notices, again, now, JobKey::Notice).await?;
        (0..skipped).for_each(|_| app.metrics.notice(DeliveryStatus::Skipped));
        let deliveries = self.settle(&mut tx, &asked.deliveries, again, now).await?;
        marked.extend(deliveries);
        tx.commit().await?;
        Ok(marked)
    }

    /// Writes what a batch asks of the ledger, and returns what it marked.
    async fn settle(
        &self,
        tx: &mut WriteTx,
        asked: &Rows<DeliveryKey>,
        again: bool,
        now: DateTime<Utc>,
    ) -> sqlx::Result<HashSet<JobKey>> {
        let (marked, skipped) = settle(tx, self.worker, asked, again, now, JobKey::Delivery).await?;
        self.app.metrics.deliveries(DeliveryStatus::Skipped, skipped);
        let bounced = asked.results.iter().filter(|result| result.status == DeliveryStatus::Bounced);
        let keys: Vec<DeliveryKey> = bounced.clone().map(|result| result.key).collect();
        if !keys.is_empty() {
            let stand = ledger::bounced_among(tx, &keys).await?;
            // All of them at once, in everybody's order: one by one, they could wait for somebody who waits for them.
            let readers: Vec<Uuid> = stand.iter().map(|key| key.subscriber_id).collect();
            subscriptions::lock(tx, &readers).await?;
            for result in bounced.filter(|result| stand.contains(&result.key)) {
                // Never mailed again: the suppression is the truth, the subscriptions' status follows.
                suppressions::add_bounced(tx, result.key, &result.reply, now).await?;
            }
        }
        Ok(marked)
    }
}

/// Writes what a batch asks of one table. Returns what it marked, and how many of the others were skipped.
async fn settle<K: QueueKey>(
    tx: &mut WriteTx,
    worker: Uuid,
    asked: &Rows<K>,
    again: bool,
    now: DateTime<Utc>,
    job: fn(K) -> JobKey,
) -> sqlx::Result<(HashSet<JobKey>, u64)> {
    let marked = queue::settle(tx, worker, &asked.results, &asked.marks, again, now).await?;
    let refused: Vec<K> = asked.marks.iter().copied().filter(|key| !marked.contains(key)).collect();
    let skipped = queue::put_back_or_skip(tx, worker, &refused, again, now).await?;
    Ok((marked.into_iter().map(job).collect(), skipped))
}
