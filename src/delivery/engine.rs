//! The dispatcher and the connections of one worker.
//!
//! ```text
//! ledger ──lease──▶ queue ──pop──▶ connection ──{result, next mark}──▶ writer ──commit──▶ ledger
//!                                      └──────── message ────────▶ relay
//! ```

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::queue::Queue;
use super::writer::{JobKey, JobResult, Writer};
use crate::app::App;
use crate::db::campaigns::Campaign;
use crate::db::ledger::{self, DeliveryKey, LeasedDelivery};
use crate::db::notices::{self, LeasedNotice};
use crate::db::{campaigns, workers};
use crate::domain::campaign::CampaignAction;
use crate::domain::delivery::{DeliveryStatus, Outcome};
use crate::domain::email_address::EmailAddress;
use crate::domain::retry;
use crate::domain::subscription::Cadence;
use crate::mail::compose::{self, CampaignMessage};
use crate::mail::transport::{Connection, Transport};

/// A worker without a heartbeat for this long is dead.
const DEAD_AFTER: TimeDelta = TimeDelta::seconds(20);
/// How often a worker says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Without a bell, the ledger is asked this often.
const TICK: Duration = Duration::from_secs(1);
/// Deliveries leased at once, for each connection: what a crash keeps from others for 20 s.
const BATCH_PER_CONNECTION: usize = 16;
/// Notices leased at once.
const NOTICES_BATCH: i64 = 100;
/// Built notices in memory, at most about so many.
const NOTICES_WAITING_MAX: usize = 200;
/// A notice that could not be built, because the database was away, is tried again after this.
const NOTICE_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Relays close sessions that say nothing for some minutes: we close ours before.
const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(30);
/// How long after a relay could not be reached it is tried again: doubled each time up to this.
const RELAY_PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

/// How long a run lasts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Nothing is due any more.
    Idle,
    /// It is told to stop.
    Stopped,
}

/// One worker: an incarnation with a heartbeat, a transport and its connections.
pub struct Engine {
    app: Arc<App>,
    transport: Transport,
    worker: Uuid,
    queue: Queue<Job>,
    relay: RelayHealth,
    stop: CancellationToken,
}

/// Something to deliver, ready for a connection.
struct Job {
    key: JobKey,
    /// `None` where the stored address can't be mailed, or is gone.
    email: Option<EmailAddress>,
    subscription: Option<(Cadence, DateTime<Utc>)>,
    attempts: i64,
    first_attempt_at: Option<DateTime<Utc>>,
    parcel: Parcel,
}

enum Parcel {
    Campaign(Arc<CampaignMessage>),
    /// The message, and what its Date header says.
    Notice(Vec<u8>, DateTime<Utc>),
}

/// Whether the relay can be reached. While it can't, nothing is leased.
#[derive(Default)]
struct RelayHealth {
    down: std::sync::Mutex<Option<(u32, DateTime<Utc>)>>,
    said: AtomicBool,
}

impl RelayHealth {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(u32, DateTime<Utc>)>> {
        self.down.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn failed(&self, error: &anyhow::Error, now: DateTime<Utc>) {
        let mut down = self.lock();
        let times = match *down {
            // Sixteen connections that fail together are one failure.
            Some((_, retry_at)) if now < retry_at => return,
            Some((times, _)) => times + 1,
            None => 1,
        };
        let pause = TimeDelta::seconds(5 << (times - 1).min(6)).min(RELAY_PAUSE_MAX);
        *down = Some((times, now + pause));
        self.said.store(true, Ordering::Relaxed);
        tracing::warn!(
            error = format!("{error:#}"),
            pause_secs = pause.num_seconds(),
            "no mail leaves: the relay can't be used"
        );
    }

    fn answered(&self) {
        if self.said.swap(false, Ordering::Relaxed) {
            *self.lock() = None;
            tracing::info!("the relay answers again");
        }
    }

    fn is_down(&self, now: DateTime<Utc>) -> bool {
        self.lock().is_some_and(|(_, retry_at)| now < retry_at)
    }
}

impl Engine {
    /// A new incarnation. Nothing happens before it runs.
    pub fn new(app: Arc<App>, transport: Transport, stop: CancellationToken) -> Arc<Engine> {
        let low_water = (app.config.smtp_connections * 8).max(32);
        Arc::new(Engine {
            app,
            transport,
            worker: Uuid::now_v7(),
            queue: Queue::new(low_water),
            relay: RelayHealth::default(),
            stop,
        })
    }

    /// Delivers until it is told to stop, then finishes what is on the wire, records it and
    /// leaves.
    pub async fn run(self: &Arc<Self>) -> anyhow::Result<()> {
        self.work(Until::Stopped).await
    }

    /// Delivers all that is due now, then returns. For commands and tests.
    pub async fn run_until_idle(self: &Arc<Self>) -> anyhow::Result<()> {
        self.work(Until::Idle).await
    }

    async fn work(self: &Arc<Self>, until: Until) -> anyhow::Result<()> {
        // A database that is away for a moment at the start is waited for.
        while let Err(error) = self.beat().await {
            if until == Until::Idle || self.stop.is_cancelled() {
                return Err(error);
            }
            tracing::error!(error = format!("{error:#}"), "delivery can't begin; trying again in a second");
            tokio::time::sleep(TICK).await;
        }
        self.queue.open();
        let (writer, writing) = Writer::start(self.app.clone(), self.worker);
        let mut connections = JoinSet::new();
        for _ in 0..self.app.config.smtp_connections {
            connections.spawn(self.clone().serve_connection(writer.clone()));
        }
        drop(writer);
        let heart = (until == Until::Stopped).then(|| tokio::spawn(self.clone().keep_beating()));

        self.dispatch(until).await;

        let unused = self.queue.close();
        while connections.join_next().await.is_some() {}
        let _ = writing.await;
        if let Some(heart) = heart {
            heart.abort();
        }
        self.leave(unused).await
    }

    /// Leases while there is something to lease and room for it.
    async fn dispatch(&self, until: Until) {
        let mut cursors: HashMap<Uuid, Cursor> = HashMap::new();
        loop {
            let drained = self.queue.drained();
            tokio::pin!(drained);
            drained.as_mut().enable();
            if self.stop.is_cancelled() {
                return;
            }
            // Looked at before the ledger is asked, so that an empty ledger and an empty hand
            // together mean idle.
            let load_before = self.queue.load();
            let mut found = 0;
            let relay_down = self.relay.is_down(self.app.clock.now());
            self.app.metrics.relay_down.set(relay_down.into());
            if !relay_down {
                match self.refill(&mut cursors).await {
                    Ok(leased) => found = leased,
                    Err(error) => {
                        tracing::error!(
                            error = format!("{error:#}"),
                            "the ledger can't be read; trying again in a second"
                        );
                        if until == Until::Idle {
                            return;
                        }
                    }
                }
            }
            let load = self.queue.load();
            self.app.metrics.leases.inc_by(found as u64);
            self.app.metrics.in_hand.set(load as i64);
            if found > 0 {
                continue;
            }
            if load == 0 && load_before > 0 {
                continue;
            }
            if load == 0 && until == Until::Idle {
                return;
            }
            tokio::select! {
                () = drained => {}
                () = self.app.bell.notified() => {}
                () = tokio::time::sleep(TICK) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Leases notices, then a batch of each campaign that sends. Returns how many were leased.
    async fn refill(&self, cursors: &mut HashMap<Uuid, Cursor>) -> anyhow::Result<usize> {
        let mut leased = self.lease_notices().await?;
        if !self.queue.is_low() {
            return Ok(leased);
        }
        let batch = (self.app.config.smtp_connections * BATCH_PER_CONNECTION).max(64) as i64;
        let mut tx = self.app.db.read().await?;
        let sending = campaigns::sending(&mut tx).await?;
        drop(tx);
        cursors.retain(|id, _| sending.iter().any(|campaign| campaign.id == *id));
        for campaign in sending {
            let cursor = cursors.entry(campaign.id).or_default();
            match self.lease_deliveries(&campaign, cursor, batch).await {
                Ok(rows) => leased += rows,
                // The other campaigns go on.
                Err(error) => {
                    tracing::error!(campaign = %campaign.id, error = format!("{error:#}"), "a campaign can't be leased from; trying again");
                }
            }
        }
        Ok(leased)
    }

    /// Leases a batch of one campaign. Looks before it writes: a look costs the other writers
    /// nothing, even where it walks a whole campaign to find nothing.
    async fn lease_deliveries(
        &self,
        campaign: &Campaign,
        cursor: &mut Cursor,
        batch: i64,
    ) -> anyhow::Result<usize> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.read().await?;
        let due = ledger::any_due(&mut tx, campaign.id, now).await?;
        let mut queued = false;
        if !due && cursor.may_look() {
            queued = ledger::any_queued(&mut tx, campaign.id, cursor.after).await?;
            // Behind the cursor there may be rows that were put back; ask once from the start.
            if !queued && !cursor.after.is_nil() {
                cursor.after = Uuid::nil();
                queued = ledger::any_queued(&mut tx, campaign.id, cursor.after).await?;
            }
            // While readers are still being enqueued, more will come.
            if !queued && campaign.enqueued_at.is_some() {
                cursor.exhausted_at = Some(tokio::time::Instant::now());
            }
        }
        drop(tx);
        if !due && !queued {
            if campaign.enqueued_at.is_some() {
                self.finish(campaign.id).await?;
            }
            return Ok(0);
        }
        // Before the lease: what can't be built must not be leased.
        let message = match &cursor.message {
            Some(message) => message.clone(),
            None => {
                let message = Arc::new(compose::campaign(&self.app, campaign.id).await?);
                cursor.message.insert(message).clone()
            }
        };
        let mut tx = self.app.db.write().await?;
        let rows = if due {
            ledger::lease_due(&mut tx, self.worker, campaign, batch, now).await?
        } else {
            ledger::lease_queued(&mut tx, self.worker, campaign, cursor.after, batch, now).await?
        };
        tx.commit().await?;
        if let (false, Some(last)) = (due, rows.last()) {
            cursor.after = last.subscriber_id;
        }
        cursor.exhausted_at = None;
        let leased = rows.len();
        self.queue.push_deliveries(rows.into_iter().map(|row| delivery_job(&message, row)));
        Ok(leased)
    }

    async fn lease_notices(&self) -> anyhow::Result<usize> {
        if self.queue.notices() >= NOTICES_WAITING_MAX {
            return Ok(0);
        }
        let now = self.app.clock.now();
        // Reading first keeps an idle process from writing once a second.
        let mut tx = self.app.db.read().await?;
        let waiting = notices::any_due(&mut tx, now).await?;
        drop(tx);
        if !waiting {
            return Ok(0);
        }
        let mut tx = self.app.db.write().await?;
        let leased = notices::lease(&mut tx, self.worker, NOTICES_BATCH, now).await?;
        tx.commit().await?;
        let count = leased.len();
        for notice in leased {
            let key = JobKey::Notice(notice.id);
            let built = compose::notice(&self.app, &notice).await;
            let (status, next, reason) = match (built, EmailAddress::parse(&notice.email)) {
                (Ok(Some(message)), Ok(email)) => {
                    let LeasedNotice { attempts, first_attempt_at, created_at, .. } = notice;
                    let parcel = Parcel::Notice(message, created_at);
                    let subscription = None;
                    self.queue.push_notices([Job {
                        key,
                        email: Some(email),
                        subscription,
                        attempts,
                        first_attempt_at,
                        parcel,
                    }]);
                    continue;
                }
                (Ok(None), _) => (DeliveryStatus::Skipped, None, "what it was about is over".to_owned()),
                (_, Err(error)) => (DeliveryStatus::Skipped, None, error.to_string()),
                (Err(error), _) => {
                    tracing::error!(error = format!("{error:#}"), notice = %notice.id, "a notice could not be built");
                    let reason = format!("could not be built: {error:#}");
                    (DeliveryStatus::Deferred, Some(now + NOTICE_PAUSE), reason)
                }
            };
            // The others of the lease must not be left behind.
            if let Err(error) = self.put_notice_off(notice.id, status, next, &reason).await {
                tracing::error!(%error, notice = %notice.id, "a notice could not be put off");
            }
        }
        Ok(count)
    }

    async fn put_notice_off(
        &self,
        id: Uuid,
        status: DeliveryStatus,
        next: Option<DateTime<Utc>>,
        reason: &str,
    ) -> sqlx::Result<()> {
        let mut tx = self.app.db.write().await?;
        notices::record(&mut tx, self.worker, id, status, next, reason, self.app.clock.now()).await?;
        tx.commit().await?;
        self.app.metrics.notice(status);
        Ok(())
    }

    /// A campaign with nothing open is sent.
    async fn finish(&self, campaign_id: Uuid) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let open = ledger::has_open(&mut tx, campaign_id).await?;
        drop(tx);
        if !open {
            let now = self.app.clock.now();
            let mut tx = self.app.db.write().await?;
            // Asked again inside the transaction that says so.
            if !ledger::has_open(&mut tx, campaign_id).await?
                && campaigns::apply(&mut tx, campaign_id, CampaignAction::Finish, None, now).await?
            {
                tracing::info!(campaign = %campaign_id, "campaign sent");
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// One connection: takes jobs, one at a time, until the queue closes.
    async fn serve_connection(self: Arc<Self>, writer: Writer) {
        let mut connection: Option<Connection> = None;
        let mut result: Option<JobResult> = None;
        let mut message = Vec::new();
        let mut shown = self.app.metrics.connection();
        loop {
            let job = match self.queue.try_pop() {
                Some(job) => job,
                None => {
                    // Nothing to mark with it: the result must not wait.
                    self.submit(&writer, result.take(), None).await;
                    let mut waiting = tokio::time::timeout(CONNECTION_IDLE_MAX, self.queue.pop()).await;
                    if waiting.is_err() {
                        if let Some(idle) = connection.take() {
                            idle.close().await;
                            shown.is_open(false);
                        }
                        waiting = Ok(self.queue.pop().await);
                    }
                    match waiting {
                        Ok(Some(job)) => job,
                        _ => break,
                    }
                }
            };
            if !connection.as_ref().is_some_and(Connection::is_usable) {
                self.submit(&writer, result.take(), None).await;
                if let Some(worn) = connection.take() {
                    worn.close().await;
                    shown.is_open(false);
                }
                let connecting = tokio::select! {
                    connecting = self.transport.connect() => connecting,
                    () = self.stop.cancelled() => Err(anyhow::anyhow!("told to stop")),
                };
                match connecting {
                    Ok(open) => {
                        self.relay.answered();
                        connection = Some(open);
                        shown.is_open(true);
                    }
                    Err(error) => {
                        if !self.stop.is_cancelled() {
                            self.relay.failed(&error, self.app.clock.now());
                        }
                        let mut unused = self.queue.clear();
                        unused.push(job);
                        self.give_back(&unused).await;
                        self.queue.finished();
                        continue;
                    }
                }
            }
            let Some(open) = connection.as_mut() else { continue };
            if !self.submit(&writer, result.take(), Some(job.key)).await {
                self.queue.finished();
                continue;
            }
            let Some(email) = &job.email else {
                let reply = "the stored address can't be mailed".to_owned();
                result = Some(self.judge(&job, Outcome::Refused { reply }));
                continue;
            };
            let (name, from, date) = match (&job.parcel, job.key) {
                (Parcel::Campaign(campaign), JobKey::Delivery(key)) => {
                    campaign.write(&self.app, key.subscriber_id, email, job.subscription, &mut message);
                    (format!("{}-{}", key.campaign_id, key.subscriber_id), campaign.from(), campaign.date())
                }
                (Parcel::Notice(bytes, date), JobKey::Notice(id)) => {
                    message.clear();
                    message.extend_from_slice(bytes);
                    (id.to_string(), &self.app.config.mail_from.email, *date)
                }
                _ => unreachable!("a job's parcel is of its key's kind"),
            };
            // Never unsigned where it is to be signed: an error puts the delivery off.
            let signed = match &self.app.config.dkim {
                Some(signer) => signer.sign(&mut message, date),
                None => Ok(()),
            };
            let outcome = match signed {
                Ok(()) => {
                    let _timed = self.app.metrics.on_wire();
                    open.deliver(&name, from, email, &message).await
                }
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "a message could not be signed");
                    Outcome::Deferred { reply: format!("could not be signed: {error:#}") }
                }
            };
            if let Outcome::RelayRefused { reply } = &outcome {
                self.relay.failed(&anyhow::anyhow!("it refuses our sender: {reply}"), self.app.clock.now());
                let unused = self.queue.clear();
                self.give_back(&unused).await;
            }
            result = Some(self.judge(&job, outcome));
        }
        if let Some(connection) = connection {
            connection.close().await;
        }
    }

    /// Submits to the writer and, once a result is durable, says that its job is done with.
    async fn submit(&self, writer: &Writer, result: Option<JobResult>, mark: Option<JobKey>) -> bool {
        let finishes = result.is_some();
        let marked = writer.submit(result, mark).await;
        if finishes {
            self.queue.finished();
        }
        marked
    }

    /// What an outcome makes of a job.
    fn judge(&self, job: &Job, outcome: Outcome) -> JobResult {
        let now = self.app.clock.now();
        let seed = match job.key {
            JobKey::Delivery(key) => key.subscriber_id.as_u128() as u64,
            JobKey::Notice(id) => id.as_u128() as u64,
        };
        let first_attempt = job.first_attempt_at.unwrap_or(now);
        let again = retry::next_attempt(first_attempt, job.attempts + 1, now, seed);
        let (status, next_attempt_at, reply) = match outcome {
            Outcome::Accepted { reply } => (DeliveryStatus::Sent, None, reply),
            Outcome::Deferred { reply } | Outcome::RelayRefused { reply } => match again {
                Some(next) => (DeliveryStatus::Deferred, Some(next), reply),
                None => (DeliveryStatus::Failed, None, format!("given up after a day: {reply}")),
            },
            Outcome::Bounced { reply } => (DeliveryStatus::Bounced, None, reply),
            Outcome::Refused { reply } => (DeliveryStatus::Failed, None, reply),
            Outcome::Uncertain { reply } => (DeliveryStatus::Uncertain, again, reply),
        };
        // PostgreSQL refuses NUL, and nobody wants control characters in a log.
        let reply = reply.chars().filter(|c| !c.is_control()).take(500).collect();
        JobResult { key: job.key, status, next_attempt_at, reply }
    }

    /// Gives leases back, however long the database is away; told to stop, it tries once.
    async fn give_back(&self, jobs: &[Job]) {
        while let Err(error) = self.release(jobs).await {
            tracing::error!(
                error = format!("{error:#}"),
                "leases can't be given back; trying again in a second"
            );
            if self.stop.is_cancelled() {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn release(&self, jobs: &[Job]) -> anyhow::Result<()> {
        let now = self.app.clock.now();
        let keys: Vec<DeliveryKey> = jobs
            .iter()
            .filter_map(|job| match job.key {
                JobKey::Delivery(key) => Some(key),
                JobKey::Notice(_) => None,
            })
            .collect();
        let mut tx = self.app.db.write().await?;
        ledger::release(&mut tx, self.worker, &keys, now).await?;
        for job in jobs {
            if let JobKey::Notice(id) = job.key {
                notices::release(&mut tx, self.worker, id, now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Gives back what was not used and signs off.
    async fn leave(&self, unused: Vec<Job>) -> anyhow::Result<()> {
        self.release(&unused).await?;
        // Nothing should be left in our hands. What is all the same, by a failure on the way, goes
        // back before nobody knows any more whose it was.
        recover_worker(&self.app, self.worker).await?;
        Ok(())
    }

    async fn keep_beating(self: Arc<Self>) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = self.beat().await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "no heartbeat: after 20 s others take this worker for dead"
                );
            }
        }
    }

    /// Says that this worker lives, and takes over from those that do not.
    async fn beat(&self) -> anyhow::Result<()> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await?;
        workers::beat(&mut tx, self.worker, now).await?;
        tx.commit().await?;
        recover_from_the_dead(&self.app, self.worker, now - DEAD_AFTER).await
    }
}

/// Takes the deliveries of workers without a heartbeat since `before` out of their hands.
pub async fn recover_from_the_dead(app: &App, me: Uuid, before: DateTime<Utc>) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let dead = workers::silent(&mut tx, me, before).await?;
    drop(tx);
    for worker in dead {
        let found = recover_worker(app, worker).await?;
        app.metrics.leases_recovered.inc_by(found as u64);
        tracing::warn!(%worker, deliveries = found, "a worker died; its deliveries were taken back");
        app.bell.notify_one();
    }
    Ok(())
}

/// Takes everything out of a worker's hands and forgets it. Returns how many deliveries it had.
async fn recover_worker(app: &App, worker: Uuid) -> anyhow::Result<usize> {
    let mut tx = app.db.read().await?;
    let unfinished = campaigns::unfinished(&mut tx).await?;
    let mut held = Vec::new();
    for campaign_id in unfinished {
        if ledger::any_held_by(&mut tx, worker, campaign_id).await? {
            held.push(campaign_id);
        }
    }
    drop(tx);
    let now = app.clock.now();
    let mut found = 0;
    for campaign_id in held {
        loop {
            let mut tx = app.db.write().await?;
            let rows = ledger::recover_chunk(&mut tx, worker, campaign_id, now).await?;
            tx.commit().await?;
            found += rows;
            if rows == 0 {
                break;
            }
        }
    }
    let mut tx = app.db.write().await?;
    notices::recover(&mut tx, worker, now).await?;
    workers::remove(&mut tx, worker).await?;
    tx.commit().await?;
    Ok(found)
}

fn delivery_job(message: &Arc<CampaignMessage>, row: LeasedDelivery) -> Job {
    Job {
        key: JobKey::Delivery(DeliveryKey {
            campaign_id: message.campaign_id(),
            subscriber_id: row.subscriber_id,
        }),
        // Who was erased since has no subscription: the mark skips them.
        email: row.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()),
        subscription: row.cadence.zip(row.since),
        attempts: row.attempts,
        first_attempt_at: row.first_attempt_at,
        parcel: Parcel::Campaign(message.clone()),
    }
}

/// How far leasing has come in a campaign.
#[derive(Default)]
struct Cursor {
    after: Uuid,
    message: Option<Arc<CampaignMessage>>,
    exhausted_at: Option<tokio::time::Instant>,
}

impl Cursor {
    /// A campaign whose rows were all walked is not walked again at once: what is put back is
    /// put back by this process, which rings the bell, or shows up within a few seconds.
    fn may_look(&self) -> bool {
        self.exhausted_at.is_none_or(|at| at.elapsed() > Duration::from_secs(5))
    }
}
