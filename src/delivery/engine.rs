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
    email: EmailAddress,
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
        self.beat().await?;
        self.queue.open();
        let (writer, writing) = Writer::start(self.app.clone(), self.worker);
        let mut connections = JoinSet::new();
        for nth in 0..self.app.config.smtp_connections {
            connections.spawn(self.clone().serve_connection(nth, writer.clone()));
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
            if !self.relay.is_down(self.app.clock.now()) {
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
        let now = self.app.clock.now();
        let mut tx = self.app.db.read().await?;
        let sending = campaigns::sending(&mut tx).await?;
        drop(tx);
        cursors.retain(|id, _| sending.iter().any(|campaign| campaign.id == *id));
        for campaign in sending {
            let cursor = cursors.entry(campaign.id).or_default();
            let mut tx = self.app.db.write().await?;
            let mut rows = ledger::lease_due(&mut tx, self.worker, &campaign, batch, now).await?;
            if rows.is_empty() && cursor.may_look() {
                rows =
                    ledger::lease_queued(&mut tx, self.worker, &campaign, cursor.after, batch, now).await?;
                cursor.moved(&rows, &campaign);
                // Behind the cursor there may be rows that were put back; ask once from the start.
                if rows.is_empty() && cursor.rewind() {
                    rows = ledger::lease_queued(&mut tx, self.worker, &campaign, cursor.after, batch, now)
                        .await?;
                    cursor.moved(&rows, &campaign);
                }
            }
            tx.commit().await?;
            if rows.is_empty() {
                if campaign.enqueued_at.is_some() {
                    self.finish(campaign.id).await?;
                }
                continue;
            }
            cursor.exhausted_at = None;
            leased += rows.len();
            let message = match &cursor.message {
                Some(message) => message.clone(),
                None => {
                    let message = Arc::new(compose::campaign(&self.app, campaign.id).await?);
                    cursor.message.insert(message).clone()
                }
            };
            self.queue.push_deliveries(rows.into_iter().filter_map(|row| delivery_job(&message, row)));
        }
        Ok(leased)
    }

    async fn lease_notices(&self) -> anyhow::Result<usize> {
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
            let reason = match (built, EmailAddress::parse(&notice.email)) {
                (Ok(Some(message)), Ok(email)) => {
                    let LeasedNotice { attempts, first_attempt_at, created_at, .. } = notice;
                    let parcel = Parcel::Notice(message, created_at);
                    let subscription = None;
                    self.queue.push_notices([Job {
                        key,
                        email,
                        subscription,
                        attempts,
                        first_attempt_at,
                        parcel,
                    }]);
                    continue;
                }
                (Ok(None), _) => "what it was about is over".to_owned(),
                (Err(error), _) => {
                    tracing::error!(error = format!("{error:#}"), notice = %notice.id, "a notice could not be built");
                    format!("could not be built: {error:#}")
                }
                (_, Err(error)) => error.to_string(),
            };
            let mut tx = self.app.db.write().await?;
            notices::record(&mut tx, self.worker, notice.id, DeliveryStatus::Skipped, None, &reason, now)
                .await?;
            tx.commit().await?;
        }
        Ok(count)
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
    async fn serve_connection(self: Arc<Self>, nth: usize, writer: Writer) {
        let mut connection: Option<Connection> = None;
        let mut result: Option<JobResult> = None;
        let mut message = Vec::new();
        let mut connected = 0;
        loop {
            let job = match self.queue.try_pop() {
                Some(job) => job,
                None => {
                    // Nothing to mark with it: the result must not wait.
                    self.submit(&writer, result.take(), None).await;
                    match self.queue.pop().await {
                        Some(job) => job,
                        None => break,
                    }
                }
            };
            if !connection.as_ref().is_some_and(Connection::is_usable) {
                self.submit(&writer, result.take(), None).await;
                if let Some(worn) = connection.take() {
                    worn.close().await;
                }
                connected += self.app.config.smtp_connections;
                match self.transport.connect(nth + connected).await {
                    Ok(open) => {
                        self.relay.answered();
                        connection = Some(open);
                    }
                    Err(error) => {
                        self.relay.failed(&error, self.app.clock.now());
                        let mut unused = self.queue.clear();
                        unused.push(job);
                        if let Err(error) = self.release(unused).await {
                            tracing::error!(error = format!("{error:#}"), "leases could not be given back");
                        }
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
            let (name, from, date) = match (&job.parcel, job.key) {
                (Parcel::Campaign(campaign), JobKey::Delivery(key)) => {
                    campaign.write(&self.app, key.subscriber_id, &job.email, job.subscription, &mut message);
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
                Ok(()) => open.deliver(&name, from, &job.email, &message).await,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "a message could not be signed");
                    Outcome::Deferred { reply: format!("could not be signed: {error:#}") }
                }
            };
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
            Outcome::Deferred { reply } => match again {
                Some(next) => (DeliveryStatus::Deferred, Some(next), reply),
                None => (DeliveryStatus::Failed, None, format!("given up after a day: {reply}")),
            },
            Outcome::Bounced { reply } => (DeliveryStatus::Bounced, None, reply),
            Outcome::Refused { reply } => (DeliveryStatus::Failed, None, reply),
            Outcome::Uncertain { reply } => (DeliveryStatus::Uncertain, again, reply),
        };
        let reply = reply.chars().take(500).collect();
        JobResult { key: job.key, status, next_attempt_at, reply }
    }

    /// Gives leases back.
    async fn release(&self, jobs: Vec<Job>) -> anyhow::Result<()> {
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
        for job in &jobs {
            if let JobKey::Notice(id) = job.key {
                notices::release(&mut tx, self.worker, id, now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Gives back what was not used and signs off.
    async fn leave(&self, unused: Vec<Job>) -> anyhow::Result<()> {
        self.release(unused).await?;
        let mut tx = self.app.db.write().await?;
        workers::remove(&mut tx, self.worker).await?;
        tx.commit().await?;
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
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let dead = workers::silent(&mut tx, me, before).await?;
    let unfinished = if dead.is_empty() { Vec::new() } else { campaigns::unfinished(&mut tx).await? };
    drop(tx);
    for worker in dead {
        let mut found = 0;
        for campaign_id in &unfinished {
            loop {
                let mut tx = app.db.write().await?;
                let rows = ledger::recover_chunk(&mut tx, worker, *campaign_id, now).await?;
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
        tracing::warn!(%worker, deliveries = found, "a worker died; its deliveries were taken back");
        app.bell.notify_one();
    }
    Ok(())
}

fn delivery_job(message: &Arc<CampaignMessage>, row: LeasedDelivery) -> Option<Job> {
    let key = JobKey::Delivery(DeliveryKey {
        campaign_id: message.campaign_id(),
        subscriber_id: row.subscriber_id,
    });
    // Erased subscribers have no address any more: the mark finds no subscription and skips them,
    // so any address that parses will do here.
    let email = row.email.as_deref().unwrap_or("erased@invalid.invalid");
    match EmailAddress::parse(email) {
        Ok(email) => Some(Job {
            key,
            email,
            subscription: row.cadence.zip(row.since),
            attempts: row.attempts,
            first_attempt_at: row.first_attempt_at,
            parcel: Parcel::Campaign(message.clone()),
        }),
        Err(error) => {
            tracing::error!(subscriber = %row.subscriber_id, %error, "a stored address does not parse");
            None
        }
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

    fn moved(&mut self, rows: &[LeasedDelivery], campaign: &Campaign) {
        match rows.last() {
            Some(last) => self.after = last.subscriber_id,
            None if self.after.is_nil() && campaign.enqueued_at.is_some() => {
                self.exhausted_at = Some(tokio::time::Instant::now());
            }
            None => {}
        }
    }

    fn rewind(&mut self) -> bool {
        let behind = !self.after.is_nil();
        self.after = Uuid::nil();
        behind
    }
}
