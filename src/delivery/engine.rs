//! The dispatcher of one worker: leases what is due and keeps the connections supplied.
//!
//! ```text
//! ledger ──lease──▶ queue ──pop──▶ connection ──{results, next mark}──▶ writer ──commit──▶ ledger
//!                                      └──────── message ────────▶ relay
//! ```

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::connection;
use super::limits::{self, Admission, Domains, Pace};
use super::queue::{Lane, Queue};
use super::recovery::{self, Others, recover_worker};
use super::refusals::Refusals;
use super::relay::RelayHealth;
use super::writer::{JobKey, Writer};
use crate::actions::compose::{self, CampaignMessage, NoticeMessage};
use crate::actions::guard::{self, MaySend};
use crate::app::App;
use crate::articles::html::TooComplicated;
use crate::db::campaigns::Campaign;
use crate::db::fields::MailValue;
use crate::db::ledger::{self, DeliveryKey, LeasedDelivery};
use crate::db::notices::{self, LeasedNotice, NotANotice, NoticeKey};
use crate::db::relays::{self, RelayId};
use crate::db::{Tx, WriteTx, alerts, campaigns, digests, lists, publication, queue};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::email_address::{EmailAddress, EmailAddressError};
use crate::domain::subscription::Cadence;
use crate::locale::say;
use crate::mail::transport::Transport;

/// How often a worker says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often the ledger is asked while nobody wakes the engine.
const TICK: Duration = Duration::from_secs(1);
/// While deliveries wait for their domain, their turn is looked at this often.
const ASIDE_TICK: Duration = Duration::from_millis(50);
/// Deliveries leased at once, for each connection: what a crash keeps from others for 20 s.
const BATCH_PER_CONNECTION: usize = 32;
/// Notices leased at once.
const NOTICES_BATCH: i64 = 100;
/// Built notices in memory, at most about so many.
const NOTICES_WAITING_MAX: usize = 200;
/// A notice that could not be built, because the database was away, is tried again after this.
const NOTICE_PAUSE: TimeDelta = TimeDelta::seconds(5);
/// Messages of one campaign that are kept encoded, about: a digest has one for each of its variants.
const MESSAGES_MAX: usize = 32;
/// The key of what is recorded of a delivery that its domain's limits put off before its first attempt.
const PUT_OFF: &str = "reply-turn";

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
    pub(super) app: Arc<App>,
    pub(super) transport: Transport,
    worker: Uuid,
    pub(super) queue: Queue<Job>,
    pub(super) relay: RelayHealth,
    pub(super) refusals: Refusals,
    /// The numbers of the transport's relays in the database, in their order.
    relay_ids: Mutex<Vec<RelayId>>,
    /// Whether an alert about a relay may be open, which the next mail that it takes ends.
    pub(super) alerted: AtomicBool,
    pub(super) domains: Domains,
    pub(super) pace: Pace,
    /// Leases whose commit may or may not have happened, and those that nobody could put off: to be
    /// given back.
    doubtful: Mutex<Vec<JobKey>>,
    /// What this worker has seen of the others.
    others: Others,
    pub(super) stop: CancellationToken,
}

/// Something to deliver, ready for a connection.
pub(super) struct Job {
    pub mail: Mail,
    /// `None` where the stored address can't be mailed, or is gone.
    pub email: Option<EmailAddress>,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
    /// Its turn, where its domain has a pace.
    pub not_before: Option<DateTime<Utc>>,
}

/// Whose row a job is, and what is sent.
pub(super) enum Mail {
    Delivery {
        subscriber_id: Uuid,
        subscription: Option<(Cadence, DateTime<Utc>)>,
        message: Arc<CampaignMessage>,
        /// What is known of the reader that the message names, as it was when it was leased.
        known: Vec<MailValue>,
    },
    Notice {
        key: NoticeKey,
        message: NoticeMessage,
        /// What its Date header says.
        date: DateTime<Utc>,
    },
}

impl Job {
    /// The key of its row.
    pub fn key(&self) -> JobKey {
        match &self.mail {
            Mail::Delivery { subscriber_id, message, .. } => JobKey::Delivery(DeliveryKey {
                campaign_id: message.campaign_id(),
                subscriber_id: *subscriber_id,
            }),
            Mail::Notice { key, .. } => JobKey::Notice(*key),
        }
    }

    /// The key of its row in the ledger; `None`: it is a notice.
    pub fn delivery(&self) -> Option<DeliveryKey> {
        match self.key() {
            JobKey::Delivery(key) => Some(key),
            JobKey::Notice(_) => None,
        }
    }

    /// The domain whose limits it keeps. Notices keep none: they are few, and somebody waits.
    pub fn domain(&self) -> Option<&str> {
        match &self.mail {
            Mail::Delivery { .. } => self.email.as_ref().map(EmailAddress::domain),
            Mail::Notice { .. } => None,
        }
    }
}

impl Engine {
    /// A new incarnation. Nothing happens before it runs.
    pub fn new(app: Arc<App>, transport: Transport, stop: CancellationToken) -> Arc<Engine> {
        let low_water = (app.config.smtp_connections * BATCH_PER_CONNECTION / 2).max(32);
        let pace = Pace::new(app.config.max_messages_per_second);
        let refusals = Refusals::new(transport.relays());
        Arc::new(Engine {
            app,
            transport,
            worker: Uuid::now_v7(),
            queue: Queue::new(low_water),
            relay: RelayHealth::default(),
            refusals,
            relay_ids: Mutex::default(),
            alerted: AtomicBool::new(false),
            domains: Domains::default(),
            pace,
            doubtful: Mutex::default(),
            others: Others::default(),
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
        let guarded = until == Until::Stopped;
        // A database that is away for a moment at the start is waited for.
        while let Err(error) = self.beat(guarded).await {
            if until == Until::Idle || self.stop.is_cancelled() {
                return Err(error);
            }
            tracing::error!(error = format!("{error:#}"), "delivery can't begin; trying again in a second");
            tokio::time::sleep(TICK).await;
        }
        self.queue.open();
        let (writer, mut writing) = Writer::start(self.app.clone(), self.worker, guarded);
        let mut connections = JoinSet::new();
        for n in 0..self.app.config.smtp_connections {
            // One is kept for notices, where there is more than one.
            let lane = if n == 0 && self.app.config.smtp_connections > 1 { Lane::Notices } else { Lane::All };
            connections.spawn(connection::serve(self.clone(), writer.clone(), lane));
        }
        drop(writer);
        let mut heart = match until {
            Until::Stopped => tokio::spawn(self.clone().keep_beating()),
            Until::Idle => tokio::spawn(std::future::pending()),
        };

        // None of them ends before it is told to, unless it panics. Without it mail would stand still in a
        // process that looks healthy: better none, which somebody starts again.
        let lost = tokio::select! {
            () = self.dispatch(until) => None,
            Some(ended) = connections.join_next() => Some(("a connection", ended)),
            ended = &mut writing => Some(("the writer", ended)),
            ended = &mut heart => Some(("the heartbeat", ended)),
        };

        let unused = self.queue.close();
        while connections.join_next().await.is_some() {}
        if !writing.is_finished() {
            let _ = writing.await;
        }
        heart.abort();
        self.leave(unused).await?;
        match lost {
            None => Ok(()),
            Some((what, Err(panic))) => Err(anyhow::Error::new(panic).context(format!("{what} of delivery"))),
            Some((what, Ok(()))) => anyhow::bail!("{what} of delivery has ended by itself"),
        }
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
            let trouble = self.relay.trouble(self.app.clock.now());
            self.app.metrics.relay_down.set(trouble.is_some().into());
            *self.app.relay_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
            if trouble.is_none() {
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
            self.put_off_closed().await;
            self.queue.wake();
            let load = self.queue.load();
            self.app.metrics.leases.inc_by(found as u64);
            self.app.metrics.in_hand.set(load as i64);
            if found > 0 || (load == 0 && load_before > 0) {
                continue;
            }
            if load == 0 && until == Until::Idle {
                return;
            }
            let tick = if self.queue.has_aside() { ASIDE_TICK } else { TICK };
            tokio::select! {
                () = drained => {}
                () = self.app.wake_delivery.notified() => {}
                () = tokio::time::sleep(tick) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Leases notices, then a batch of each campaign that sends; no campaign's on an older copy of the database,
    /// nothing on another's. Returns how many were leased.
    async fn refill(&self, cursors: &mut HashMap<Uuid, Cursor>) -> anyhow::Result<usize> {
        self.give_back_doubtful().await?;
        let seen = self.app.send_counter.seen();
        let mut tx = self.app.db.read().await?;
        let may_send = guard::may_send(&self.app, &mut tx, &seen).await?;
        drop(tx);
        if may_send == MaySend::Nothing {
            return Ok(0);
        }
        let mut leased = self.lease_notices().await?;
        if may_send == MaySend::All && self.app.send_counter.is_due() {
            self.raise_counter().await?;
        }
        if may_send == MaySend::Notices || !self.queue.is_low() {
            return Ok(leased);
        }
        let batch = (self.app.config.smtp_connections * BATCH_PER_CONNECTION).max(64) as i64;
        let mut tx = self.app.db.read().await?;
        let mut sending = campaigns::sending(&mut tx).await?;
        self.leave_out_quiet(&mut tx, &mut sending).await?;
        drop(tx);
        cursors.retain(|id, _| sending.iter().any(|campaign| campaign.id == *id));
        // Campaigns share the room, whatever their size.
        let batch = (batch / sending.len().max(1) as i64).max(16);
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

    /// Nothing of a list leaves in its quiet hours, unless it is breaking.
    async fn leave_out_quiet(&self, tx: &mut Tx, sending: &mut Vec<Campaign>) -> sqlx::Result<()> {
        if sending.iter().all(|campaign| campaign.is_breaking) {
            return Ok(());
        }
        let mut quiet = lists::all(tx).await?;
        quiet.retain(|list| list.schedule.quiet.is_some());
        if quiet.is_empty() {
            return Ok(());
        }
        let (zone, now) = (publication::get(tx).await?.zone(), self.app.clock.now());
        quiet.retain(|list| list.schedule.quiet_until(zone, now).is_some());
        sending
            .retain(|campaign| campaign.is_breaking || quiet.iter().all(|list| list.id != campaign.list_id));
        Ok(())
    }

    /// Raises the send counter. False where the database is an older copy.
    async fn raise_counter(&self) -> sqlx::Result<bool> {
        self.app.send_counter.raise(&self.app.db, &self.app.clock).await
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
        let mut due = ledger::any_due(&mut tx, campaign.id, now).await?;
        let mut queued = false;
        if cursor.may_look() {
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
                self.finish(campaign).await?;
            }
            return Ok(0);
        }
        // Turn by turn: a slow domain's many second attempts must not keep the others' first back.
        if due && queued {
            cursor.due_last = !cursor.due_last;
            due = cursor.due_last;
        }
        // Before the lease: what can't be built must not be leased.
        let (messages, batch) = self.messages(campaign, cursor, batch).await?;
        // Since each start: no copy of the database from before it has this value.
        if cursor.counted_for != Some(campaign.sending_since) {
            if !self.raise_counter().await? {
                return Ok(0);
            }
            cursor.counted_for = Some(campaign.sending_since);
        }
        let seen = self.app.send_counter.seen();
        let mut tx = self.app.db.write().await?;
        let rows = if due {
            ledger::lease_due(&mut tx, self.worker, campaign, batch, now).await?
        } else {
            ledger::lease_queued(&mut tx, self.worker, campaign, cursor.after, batch, now).await?
        };
        // What was just found may be what a restore has put back a moment ago.
        if guard::restored(&mut tx, &seen).await?.is_some() {
            return Ok(0);
        }
        let last = rows.last().map(|row| row.subscriber_id);
        let leased = rows.len();
        let readers: Vec<Uuid> = rows.iter().map(|row| row.subscriber_id).collect();
        let mut known = match messages.get(&None) {
            Some(message) => message.read_values(&mut tx, &readers).await?,
            // A digest names nothing of its readers.
            None => HashMap::new(),
        };
        let mut jobs = Vec::with_capacity(leased);
        let mut unwritten = Vec::new();
        for row in rows {
            let known = known.remove(&row.subscriber_id).unwrap_or_default();
            match messages.get(&row.variant) {
                Some(message) => jobs.push(delivery_job(message, row, known)),
                // It came between the look and the lease.
                None => {
                    unwritten.push(DeliveryKey { campaign_id: campaign.id, subscriber_id: row.subscriber_id })
                }
            }
        }
        queue::release(&mut tx, self.worker, &unwritten, false, now).await?;
        if self.domains.any() {
            jobs = self.restrain(&mut tx, jobs, now).await?;
        }
        if let Err(error) = tx.commit().await {
            self.doubt(jobs.iter().map(Job::key));
            return Err(error.into());
        }
        if let (false, Some(last)) = (due, last) {
            cursor.after = last;
        }
        if !due {
            cursor.exhausted_at = None;
        }
        self.queue.push_deliveries(jobs);
        Ok(leased)
    }

    /// The messages of what is leased next: one of a campaign, or those of a digest's variants that are ahead; and how many
    /// to lease, so that these are few enough to keep.
    async fn messages(
        &self,
        campaign: &Campaign,
        cursor: &mut Cursor,
        mut batch: i64,
    ) -> anyhow::Result<(HashMap<Option<i64>, Arc<CampaignMessage>>, i64)> {
        let mut ahead: Vec<Option<i64>> = vec![None];
        if campaign.digest_cadence.is_some() {
            let now = self.app.clock.now();
            let mut tx = self.app.db.read().await?;
            loop {
                let found = digests::variants_ahead(&mut tx, campaign.id, cursor.after, batch, now).await?;
                ahead = found.into_iter().map(Some).collect();
                if ahead.len() <= MESSAGES_MAX || batch == 1 {
                    break;
                }
                batch = (batch / 4).max(1);
            }
        }
        if cursor.messages.len() + ahead.len() > MESSAGES_MAX {
            cursor.messages.retain(|variant, _| ahead.contains(variant));
        }
        for variant in &ahead {
            if !cursor.messages.contains_key(variant) {
                let message = compose::campaign(&self.app, campaign.id, *variant).await?;
                cursor.messages.insert(*variant, Arc::new(message));
            }
        }
        Ok((cursor.messages.clone(), batch))
    }

    /// Puts off what a domain does not let through now, in the transaction that leased it.
    async fn restrain(&self, tx: &mut WriteTx, jobs: Vec<Job>, now: DateTime<Utc>) -> sqlx::Result<Vec<Job>> {
        let mut go = Vec::with_capacity(jobs.len());
        // In order, so that two workers lock the domains' turns alike.
        let mut groups: BTreeMap<String, Vec<Job>> = BTreeMap::new();
        for job in jobs {
            match job.domain().map(|domain| self.domains.admission(domain, 0, now)) {
                None | Some(Admission::Free) => go.push(job),
                Some(_) => groups.entry(job.domain().unwrap_or_default().to_owned()).or_default().push(job),
            }
        }
        let mut later = Vec::new();
        for (domain, mut group) in groups {
            let waiting = self.queue.count_waiting(|job| job.domain() == Some(&domain));
            let (room, from, apart) = match self.domains.admission(&domain, waiting, now) {
                Admission::Free => (group.len(), now, TimeDelta::zero()),
                Admission::Closed(until) => (0, until, TimeDelta::milliseconds(20)),
                Admission::Narrow { room, per_second } => {
                    (room, now, TimeDelta::microseconds((1e6 / per_second) as i64))
                }
                Admission::Paced { per_minute, room } => {
                    let wanted = group.len().min(room);
                    let (first, granted, apart) =
                        limits::reserve_turns(tx, &domain, wanted, per_minute, now).await?;
                    for (job, n) in group.iter_mut().take(granted).zip(0..) {
                        job.not_before = Some(first + apart * n);
                    }
                    let granted_to = i32::try_from(granted).unwrap_or(i32::MAX);
                    (granted, first + apart * granted_to, apart)
                }
            };
            let rest = group.split_off(room.min(group.len()));
            go.append(&mut group);
            let times = self.domains.later(&domain, from, apart, rest.len());
            for (job, at) in rest.iter().zip(times) {
                later.extend(job.delivery().map(|key| (key, Some(at))));
            }
        }
        queue::put_off(tx, self.worker, &later, &say(PUT_OFF).to_string(), now).await?;
        Ok(go)
    }

    /// Gives back what waits in memory for a domain that asked to be left alone.
    async fn put_off_closed(&self) {
        if !self.queue.has_aside() {
            return;
        }
        let now = self.app.clock.now();
        let closed = |job: &Job| match job.domain().map(|domain| self.domains.admission(domain, 0, now)) {
            Some(Admission::Closed(until)) => Some(until),
            _ => None,
        };
        let waiting = self.queue.take_waiting(|job| closed(job).is_some());
        if waiting.is_empty() {
            return;
        }
        let later: Vec<(DeliveryKey, Option<DateTime<Utc>>)> = waiting
            .iter()
            .filter_map(|job| Some((job.delivery()?, Some(closed(job).unwrap_or(now)))))
            .collect();
        let put_off = async {
            let mut tx = self.app.db.write().await?;
            queue::put_off(&mut tx, self.worker, &later, &say(PUT_OFF).to_string(), now).await?;
            tx.commit().await
        };
        if let Err(error) = put_off.await {
            tracing::error!(%error, "deliveries can't be put off; trying again");
            self.queue.push_deliveries(waiting);
        }
    }

    /// Whether a job may go on the wire now; it is then in hand until [`Engine::done`].
    pub(super) fn admit(&self, job: &Job) -> bool {
        if self.stop.is_cancelled() {
            return false;
        }
        if !self.domains.any() {
            return true;
        }
        let now = self.app.clock.now();
        job.not_before.is_none_or(|at| at <= now)
            && job.domain().is_none_or(|domain| self.domains.admit(domain, now))
    }

    /// A job that was taken is done with, one way or another.
    pub(super) fn done(&self, job: &Job, took: Option<Duration>) {
        if let Some(domain) = job.domain() {
            self.domains.done(domain, took);
        }
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
        if let Err(error) = tx.commit().await {
            self.doubt(leased.iter().map(|notice| JobKey::Notice(notice.key)));
            return Err(error.into());
        }
        let count = leased.len();
        for notice in leased {
            let (next, reason) = match self.notice_job(&notice).await {
                Ok(Some(job)) => {
                    self.queue.push_notices([job]);
                    continue;
                }
                Ok(None) => (None, say("reply-over").to_string()),
                // Nor will it be mailable, or readable, later.
                Err(error) if error.is::<EmailAddressError>() => (None, error.to_string()),
                Err(error) if error.is::<TooComplicated>() => (None, format!("{error}.")),
                Err(error) if error.is::<NotANotice>() => {
                    tracing::error!(%error, notice = %notice.key.id, "a notice is not sent: its row makes no sense");
                    (None, format!("{error}."))
                }
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), notice = %notice.key.id, "a notice could not be built");
                    (
                        Some(now + NOTICE_PAUSE),
                        say("reply-unbuilt").with("why", format!("{error:#}")).to_string(),
                    )
                }
            };
            // The others of the lease must not be left behind.
            if let Err(error) = self.put_notice_off(notice.key, next, &reason).await {
                tracing::error!(%error, notice = %notice.key.id, "a notice could not be put off");
                self.doubt([JobKey::Notice(notice.key)]);
            }
        }
        Ok(count)
    }

    /// A leased notice with its message; `None` where what it was about is over.
    async fn notice_job(&self, leased: &LeasedNotice) -> anyhow::Result<Option<Job>> {
        let notice = leased.notice.as_ref().map_err(Clone::clone)?;
        let email = EmailAddress::parse(&leased.email)?;
        let (key, date) = (leased.key, leased.created_at);
        let message = compose::notice(&self.app, key, notice, &email, date).await?;
        Ok(message.map(|message| Job {
            mail: Mail::Notice { key, message, date },
            email: Some(email),
            attempts: leased.attempts,
            first_attempt_at: leased.first_attempt_at,
            not_before: None,
        }))
    }

    fn doubt(&self, keys: impl IntoIterator<Item = JobKey>) {
        self.doubtful.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    /// Gives back what may be ours and is in nobody's hands. What is not ours is left alone.
    async fn give_back_doubtful(&self) -> sqlx::Result<()> {
        let keys: Vec<JobKey> = {
            let mut doubtful = self.doubtful.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *doubtful)
        };
        if keys.is_empty() {
            return Ok(());
        }
        let released = self.release_keys(&keys, false).await;
        if released.is_err() {
            self.doubt(keys);
        }
        released
    }

    async fn put_notice_off(
        &self,
        key: NoticeKey,
        next: Option<DateTime<Utc>>,
        reason: &str,
    ) -> sqlx::Result<()> {
        let mut tx = self.app.db.write().await?;
        queue::put_off(&mut tx, self.worker, &[(key, next)], reason, self.app.clock.now()).await?;
        tx.commit().await?;
        self.app.metrics.notice(next.map_or(DeliveryStatus::Skipped, |_| DeliveryStatus::Deferred));
        Ok(())
    }

    /// A campaign with nothing open is sent. To see that may take a walk over all of it: outside the
    /// transaction that says so, which asks whether it is the same sending still.
    async fn finish(&self, campaign: &Campaign) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let open = ledger::has_open(&mut tx, campaign.id).await?;
        drop(tx);
        if !open {
            let now = self.app.clock.now();
            let mut tx = self.app.db.write().await?;
            if campaigns::finish(&mut tx, campaign, now).await? {
                tracing::info!(campaign = %campaign.id, "campaign sent");
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Gives leases back, however long the database is away; told to stop, it tries once.
    pub(super) async fn give_back(&self, jobs: &[Job]) {
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

    /// Gives back, once, what is marked and has not left. Where that fails it will be uncertain.
    pub(super) async fn take_back(&self, jobs: &[Job]) {
        let keys: Vec<JobKey> = jobs.iter().map(Job::key).collect();
        if !keys.is_empty()
            && let Err(error) = self.release_keys(&keys, true).await
        {
            tracing::error!(
                error = format!("{error:#}"),
                mails = keys.len(),
                "what was not sent can't be given back: it will be uncertain"
            );
        }
    }

    async fn release(&self, jobs: &[Job]) -> sqlx::Result<()> {
        self.release_keys(&jobs.iter().map(Job::key).collect::<Vec<_>>(), false).await
    }

    async fn release_keys(&self, keys: &[JobKey], marked: bool) -> sqlx::Result<()> {
        let now = self.app.clock.now();
        let (mut deliveries, mut notices) = (Vec::new(), Vec::new());
        for key in keys {
            match key {
                JobKey::Delivery(key) => deliveries.push(*key),
                JobKey::Notice(key) => notices.push(*key),
            }
        }
        let mut tx = self.app.db.write().await?;
        queue::release(&mut tx, self.worker, &deliveries, marked, now).await?;
        queue::release(&mut tx, self.worker, &notices, marked, now).await?;
        tx.commit().await
    }

    /// Gives back what was not used and signs off.
    async fn leave(&self, unused: Vec<Job>) -> anyhow::Result<()> {
        self.release(&unused).await?;
        if self.app.send_counter.is_behind() {
            self.raise_counter().await?;
        }
        // Nothing should be left in our hands. What is all the same, by a failure on the way, goes
        // back before nobody knows any more whose it was.
        recover_worker(&self.app, self.worker).await?;
        Ok(())
    }

    /// Looks up the numbers that the database has for the relays, and gives one to who has none. A database that was
    /// put back while this runs may have others, or none.
    async fn number_relays(&self) -> sqlx::Result<()> {
        let mut ids = Vec::with_capacity(self.transport.relays());
        for at in 0..self.transport.relays() {
            let name = self.transport.relay_name(at);
            ids.push(loop {
                let mut tx = self.app.db.read().await?;
                if let Some(id) = relays::by_name(&mut tx, &name).await? {
                    break id;
                }
                drop(tx);
                let mut tx = self.app.db.write().await?;
                relays::add(&mut tx, &name).await?;
                tx.commit().await?;
            });
        }
        *self.relay_ids.lock().unwrap_or_else(PoisonError::into_inner) = ids;
        Ok(())
    }

    /// The number of a relay, once the database has one.
    pub(super) fn relay_id(&self, at: usize) -> Option<RelayId> {
        self.relay_ids.lock().unwrap_or_else(PoisonError::into_inner).get(at).copied()
    }

    async fn keep_beating(self: Arc<Self>) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = self.beat(true).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "no heartbeat: after 20 s others take this worker for dead"
                );
            }
        }
    }

    /// Says that this worker lives, takes over from those that do not, and looks at the limits. A
    /// process that stays looks first whether it is late; what delivers once, for a test, does not.
    async fn beat(&self, guarded: bool) -> anyhow::Result<()> {
        // First, and of the same moment or an older one: a heartbeat would hide that there was none for an hour.
        let now = self.app.clock.now();
        if guarded {
            guard::watch(&self.app).await?;
        }
        recovery::beat(&self.app, self.worker, &self.others, now).await?;
        self.number_relays().await?;
        // Nothing is leased while the relay is down; what was sent before counts all the same.
        if self.app.send_counter.is_due() {
            self.raise_counter().await?;
        }
        let mut tx = self.app.db.read().await?;
        let set = crate::db::limits::domains(&mut tx).await?;
        self.domains.set(set, self.app.clock.now());
        // Another process may have raised it.
        if alerts::any_open_of_relay(&mut tx).await? {
            self.alerted.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn delivery_job(message: &Arc<CampaignMessage>, row: LeasedDelivery, known: Vec<MailValue>) -> Job {
    Job {
        mail: Mail::Delivery {
            subscriber_id: row.subscriber_id,
            subscription: row.cadence.zip(row.since),
            message: message.clone(),
            known,
        },
        // Who was erased since has no subscription: the mark skips them.
        email: row.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()),
        attempts: row.attempts,
        first_attempt_at: row.first_attempt_at,
        not_before: None,
    }
}

/// How far leasing has come in a campaign.
#[derive(Default)]
struct Cursor {
    after: Uuid,
    /// By variant; a campaign that is no digest has one.
    messages: HashMap<Option<i64>, Arc<CampaignMessage>>,
    exhausted_at: Option<tokio::time::Instant>,
    /// Whether the last lease was of second attempts.
    due_last: bool,
    /// The start for which the send counter was raised.
    counted_for: Option<Option<DateTime<Utc>>>,
}

impl Cursor {
    /// A campaign whose rows were all walked is not walked again at once: what is put back is
    /// put back by this process, which wakes the engine, or shows up within a few seconds.
    fn may_look(&self) -> bool {
        self.exhausted_at.is_none_or(|at| at.elapsed() > Duration::from_secs(5))
    }
}
