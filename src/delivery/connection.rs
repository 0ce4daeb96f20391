//! One connection to the relay: takes jobs until the queue closes.
//!
//! Commit and wire overlap: while one message is on its way, behind which the next is announced, the one
//! after that is being marked. So it is durable in time to be announced in one write with the message
//! before it, and at most three deliveries of a connection are `sending`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::engine::{Engine, Job, Mail};
use super::queue::Lane;
use super::refusals::Whose;
use super::writer::{JobKey, JobResult, Marking, Writer};
use crate::actions::alerts;
use crate::app::metrics::ShownConnection;
use crate::db::alerts::{About, AlertKind};
use crate::db::ledger;
use crate::db::{self, campaigns};
use crate::domain::delivery::{DeliveryStatus, Outcome, Wish};
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::relay_trouble::RelayTrouble;
use crate::domain::retry;
use crate::locale::say;
use crate::mail::smtp::{ConnectError, Envelope};
use crate::mail::transport::{Connection, NamedEnvelope};

/// Relays close sessions that say nothing for some minutes: we close ours before.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// A job with its message.
struct PreparedMessage {
    job: Job,
    name: String,
    message: Vec<u8>,
    since: Instant,
    /// When the relay began to wait for it.
    announced_at: Option<Instant>,
}

/// A job that is being marked.
struct Pending {
    ready: PreparedMessage,
    marking: Marking,
    /// So many results are written with the mark.
    results: usize,
}

/// What is to be announced next.
enum NextMessage {
    Job(Job),
    /// Being marked, or marked already.
    Pending(Pending),
}

impl NextMessage {
    /// Marked, and not sent: its session ended before.
    fn again(ready: PreparedMessage) -> NextMessage {
        NextMessage::Pending(Pending { ready, marking: Marking::Answered(true), results: 0 })
    }
}

struct SmtpConnection {
    engine: Arc<Engine>,
    writer: Writer,
    lane: Lane,
    connection: Option<Connection>,
    /// What is not yet handed to the writer.
    results: Vec<JobResult>,
    /// Messages' memory, to be used again.
    spare: Vec<Vec<u8>>,
    /// What the operator sees of this connection.
    shown: ShownConnection,
}

/// Serves a connection until the queue closes.
pub(super) async fn serve(engine: Arc<Engine>, writer: Writer, lane: Lane) {
    let shown = engine.app.metrics.connection();
    let (results, spare) = (Vec::new(), Vec::new());
    let mut line = SmtpConnection { engine, writer, lane, connection: None, results, spare, shown };
    let mut announced: Option<PreparedMessage> = None;
    // What comes behind what is announced, the nearest first.
    let mut coming: VecDeque<NextMessage> = VecDeque::with_capacity(2);
    loop {
        if line.engine.stop.is_cancelled() {
            line.take_back(announced.take(), &mut coming).await;
        }
        let next = match coming.pop_front() {
            Some(next) => Some(next),
            None if announced.is_some() => line.next_behind().map(NextMessage::Job),
            None => match line.next_job().await {
                Some(job) => Some(NextMessage::Job(job)),
                None => break,
            },
        };
        if announced.is_none() && !line.is_usable() && !line.connect().await {
            line.give_up(next).await;
            continue;
        }
        let mut next = match next {
            Some(NextMessage::Job(job)) => line.mark(job).await,
            Some(NextMessage::Pending(pending)) => Some(pending),
            None => None,
        };
        if announced.is_some()
            && next.is_some()
            && coming.is_empty()
            && let Some(job) = line.next_behind()
        {
            coming.extend(line.mark(job).await.map(NextMessage::Pending));
        }
        // Where no mark takes them along: the transfer may take minutes.
        line.flush().await;
        let Some(connection) = line.connection.as_mut() else { continue };
        let answer = match (announced.take(), &mut next) {
            (Some(current), next) => {
                let behind = next.as_mut().map(Pending::behind);
                let (outcome, answer) = connection.transfer(&current.message, behind).await;
                line.ended(current, outcome).await;
                answer
            }
            (None, Some(next)) => match (&mut next.marking).await {
                true => Some(connection.announce(next.ready.envelope()).await),
                false => None,
            },
            (None, None) => continue,
        };
        let Some(mut next) = line.written(next).await else { continue };
        match answer {
            Some(Ok(())) => {
                line.engine.relay.answered();
                line.engine.refusals.accepted(line.relay(), line.engine.app.clock.now());
                next.announced_at = Some(Instant::now());
                announced = Some(next);
            }
            Some(Err(Outcome::NotTried { .. })) | None => coming.push_front(NextMessage::again(next)),
            Some(Err(outcome)) => line.ended(next, outcome).await,
        }
    }
    line.flush().await;
    line.close().await;
}

impl SmtpConnection {
    fn relay(&self) -> usize {
        self.connection.as_ref().map_or(0, Connection::relay)
    }

    fn is_usable(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_usable)
    }

    /// The job to announce behind the message that is about to be sent, if there is one.
    fn next_behind(&self) -> Option<Job> {
        // A paced job's turn may be long in coming: the relay must not be kept waiting for it.
        if !self.is_usable() || self.engine.pace.is_set() {
            return None;
        }
        self.engine.queue.try_pop(self.lane, |job| self.engine.admit(job))
    }

    /// Waits for a job; `None` once the queue is closed.
    async fn next_job(&mut self) -> Option<Job> {
        let engine = self.engine.clone();
        let job = match engine.queue.try_pop(self.lane, |job| engine.admit(job)) {
            Some(job) => job,
            None => {
                // Nothing to mark with them: the results must not wait.
                self.flush().await;
                let admit = |job: &Job| engine.admit(job);
                match tokio::time::timeout(IDLE_MAX, engine.queue.pop(self.lane, admit)).await {
                    Ok(job) => job?,
                    Err(_) => {
                        self.close().await;
                        engine.queue.pop(self.lane, admit).await?
                    }
                }
            }
        };
        if !engine.pace.is_set() {
            return Some(job);
        }
        self.flush().await;
        let mut turn = engine.pace.lock(job.delivery().is_none()).await;
        tokio::select! {
            () = engine.pace.wait(&mut turn, &engine.app) => {}
            () = engine.stop.cancelled() => {}
        }
        // A notice that has come meanwhile goes first.
        if job.delivery().is_some()
            && let Some(notice) = engine.queue.try_pop(Lane::Notices, |_| true)
        {
            engine.done(&job, None);
            engine.queue.put_back(job);
            return Some(notice);
        }
        Some(job)
    }

    async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.close().await;
            self.shown.is_open(false);
        }
    }

    /// Opens a connection in place of a worn one. False where there is none to be had.
    async fn connect(&mut self) -> bool {
        self.flush().await;
        self.close().await;
        let engine = &self.engine;
        let connecting = tokio::select! {
            connecting = engine.transport.connect() => connecting,
            () = engine.stop.cancelled() => return false,
        };
        match connecting {
            Ok(open) => {
                self.connection = Some(open);
                self.shown.is_open(true);
                true
            }
            Err(ConnectError::Refused(why)) => {
                engine.refused_by_relay(&why, None, About::Relays).await;
                false
            }
            Err(error) => {
                let trouble = match &error {
                    ConnectError::Untrusted(_) => RelayTrouble::Untrusted,
                    _ => RelayTrouble::Unreachable,
                };
                engine.relay.failed(trouble, &format!("{error:#}"), engine.app.clock.now());
                false
            }
        }
    }

    /// Gives back what can't be sent, since no relay can be had.
    async fn give_up(&mut self, next: Option<NextMessage>) {
        let mut unused = self.engine.queue.clear();
        let mut is_taken = false;
        match next {
            Some(NextMessage::Job(job)) => {
                self.engine.done(&job, None);
                unused.push(job);
                is_taken = true;
            }
            Some(NextMessage::Pending(pending)) => {
                if let Some(ready) = self.written(Some(pending)).await {
                    let why = say("reply-connection-ended").to_string();
                    self.ended(ready, Outcome::deferred(why)).await;
                    self.flush().await;
                }
            }
            None => {}
        }
        self.engine.give_back(&unused).await;
        if is_taken {
            self.engine.queue.finished();
        }
    }

    /// Told to stop, takes back what is marked and of which nothing has left: what is on the wire is
    /// finished, and nothing else, however slow the relay is.
    async fn take_back(&mut self, announced: Option<PreparedMessage>, coming: &mut VecDeque<NextMessage>) {
        if announced.is_some() {
            // Whatever is said now is the message, QUIT too. One without an end is none: RFC 5321, 4.1.1.4.
            self.connection = None;
            self.shown.is_open(false);
        }
        let mut unsent = Vec::new();
        for next in announced.map(NextMessage::again).into_iter().chain(coming.drain(..)) {
            match next {
                NextMessage::Job(job) => unsent.push(job),
                NextMessage::Pending(pending) => {
                    unsent.extend(self.written(Some(pending)).await.map(|it| it.job))
                }
            }
        }
        self.engine.take_back(&unsent).await;
        for job in &unsent {
            self.engine.done(job, None);
            self.engine.queue.finished();
        }
    }

    /// Asks for a job's mark, which takes the results that wait along; builds its message meanwhile.
    /// `None` where it can't be built.
    async fn mark(&mut self, job: Job) -> Option<Pending> {
        let results = self.results.len();
        let marking = self.writer.submit(std::mem::take(&mut self.results), Some(job.key())).await;
        let mut message = self.spare.pop().unwrap_or_default();
        let built = self.build(&job, &mut message);
        let ready = |name| PreparedMessage { job, name, message, since: Instant::now(), announced_at: None };
        match built {
            Ok(name) => Some(Pending { ready: ready(name), marking, results }),
            Err(outcome) => {
                let unbuilt = Pending { ready: ready(String::new()), marking, results };
                if let Some(unbuilt) = self.written(Some(unbuilt)).await {
                    self.ended(unbuilt, outcome).await;
                }
                None
            }
        }
    }

    /// Waits until a mark and what it took along are written. `None` where the job may not go.
    async fn written(&mut self, pending: Option<Pending>) -> Option<PreparedMessage> {
        let Pending { ready, marking, results } = pending?;
        let marked = marking.await;
        for _ in 0..results {
            self.engine.queue.finished();
        }
        if !marked {
            self.engine.done(&ready.job, None);
            self.spare.push(ready.message);
            self.engine.queue.finished();
            return None;
        }
        Some(ready)
    }

    /// Writes a job's message; returns the name that is unique to it.
    fn build(&self, job: &Job, message: &mut Vec<u8>) -> Result<String, Outcome> {
        message.clear();
        let app = &self.engine.app;
        let Some(email) = &job.email else {
            return Err(Outcome::Refused { reply: say("reply-address").to_string() });
        };
        let (name, date) = match &job.mail {
            Mail::Delivery { subscriber_id, subscription, message: campaign, known } => {
                campaign.write(app, *subscriber_id, email, *subscription, known, message);
                (format!("{}-{subscriber_id}", campaign.campaign_id()), campaign.date())
            }
            Mail::Notice { key, message: notice, date } => {
                message.extend_from_slice(&notice.bytes);
                (key.id.to_string(), *date)
            }
        };
        // Never unsigned where it is to be signed: an error puts the delivery off.
        if let Some(signer) = &app.config.dkim
            && let Err(error) = match signer.takes_long() {
                // Apart: the others' mail goes on meanwhile.
                true => tokio::task::block_in_place(|| signer.sign(message, date)),
                false => signer.sign(message, date),
            }
        {
            tracing::error!(error = format!("{error:#}"), "a message could not be signed");
            return Err(Outcome::deferred(
                say("reply-unsigned").with("why", format!("{error:#}")).to_string(),
            ));
        }
        Ok(name)
    }

    /// An attempt has ended: what follows for the others, and its result for the writer.
    async fn ended(&mut self, ready: PreparedMessage, mut outcome: Outcome) {
        let PreparedMessage { job, message, since, announced_at, .. } = ready;
        self.spare.push(message);
        let engine = &self.engine;
        // No connection, no relay: nothing that the match below asks for.
        let relay = self.relay();
        let took = announced_at.unwrap_or(since).elapsed();
        engine.done(&job, Some(took));
        engine.app.metrics.on_wire(took);
        let now = engine.app.clock.now();
        let mut denied = false;
        if matches!(outcome, Outcome::Accepted { .. }) && engine.alerted.load(Ordering::Relaxed) {
            engine.end_relay_alerts(relay).await;
        }
        match (&outcome, job.domain()) {
            (Outcome::Accepted { .. }, Some(domain)) if engine.domains.any() => {
                engine.domains.accepted(domain, now)
            }
            (Outcome::Deferred { wish: Wish::SlowDown, reply }, Some(domain)) => {
                if let Some(pause) = engine.domains.slow_down(domain, now) {
                    tracing::info!(
                        domain,
                        reply = masked(reply),
                        pause_secs = pause.num_seconds(),
                        "a domain asks for less"
                    );
                }
            }
            (Outcome::RelayDeferred { reply }, _) => {
                engine.relay.failed(RelayTrouble::Busy, &format!("it takes no mail now: {reply}"), now);
                engine.give_back(&engine.queue.clear()).await;
            }
            (Outcome::RelayRefused { reply }, _) => {
                let about = engine.transport.relay_name(relay);
                engine.refused_by_relay(reply, Some(job.key()), About::Relay(&about)).await
            }
            (Outcome::Denied { reply }, _) => {
                denied = true;
                let reply = reply.clone();
                if engine.is_recipients_own(relay, &job, &reply).await {
                    outcome = Outcome::Refused { reply };
                }
            }
            _ => {}
        }
        let result = JobResult { denied, ..engine.judge(&job, outcome, relay) };
        self.results.push(result);
    }

    /// Has the writer record what waits.
    async fn flush(&mut self) {
        if self.results.is_empty() {
            return;
        }
        let finished = self.results.len();
        self.writer.submit(std::mem::take(&mut self.results), None).await.await;
        for _ in 0..finished {
            self.engine.queue.finished();
        }
    }
}

impl Pending {
    /// What comes behind a message, and whether it may go.
    fn behind(&mut self) -> (NamedEnvelope<'_>, &mut (dyn Future<Output = bool> + Send + Unpin)) {
        (self.ready.envelope(), &mut self.marking)
    }
}

impl PreparedMessage {
    fn envelope(&self) -> NamedEnvelope<'_> {
        let from = match &self.job.mail {
            Mail::Delivery { message, .. } => message.from(),
            Mail::Notice { message, .. } => &message.from,
        };
        let to = self.job.email.as_ref().map(|email| email.as_str()).unwrap_or_default();
        NamedEnvelope { name: &self.name, envelope: Envelope { from: from.as_ref(), to } }
    }
}

impl Engine {
    /// What an outcome at a relay makes of a job.
    fn judge(&self, job: &Job, outcome: Outcome, relay: usize) -> JobResult {
        let now = self.app.clock.now();
        let seed = match &job.mail {
            Mail::Delivery { subscriber_id, .. } => subscriber_id.as_u128() as u64,
            Mail::Notice { key, .. } => key.id.as_u128() as u64,
        };
        let first_attempt = job.first_attempt_at.unwrap_or(now);
        let wish = match outcome {
            Outcome::Deferred { wish, .. } => wish,
            _ => Wish::Nothing,
        };
        let retry_for = self.app.config.retry_for;
        let again = retry::next_attempt(first_attempt, job.attempts + 1, now, retry_for, seed, wish);
        let (status, next_attempt_at, reply) = match outcome {
            Outcome::Accepted { reply } => (DeliveryStatus::Sent, None, reply),
            Outcome::Deferred { reply, .. }
            | Outcome::Denied { reply }
            | Outcome::RelayRefused { reply }
            | Outcome::RelayDeferred { reply }
            | Outcome::NotTried { reply } => match again {
                Some(next) => (DeliveryStatus::Deferred, Some(next), reply),
                None => {
                    let hours = self.app.config.retry_for.num_hours();
                    let said = say("reply-gave-up").with("hours", hours).with("reply", reply);
                    (DeliveryStatus::Failed, None, said.to_string())
                }
            },
            Outcome::Bounced { reply } => (DeliveryStatus::Bounced, None, reply),
            Outcome::Refused { reply } => (DeliveryStatus::Failed, None, reply),
            Outcome::Uncertain { reply } => (DeliveryStatus::Uncertain, again, reply),
        };
        // PostgreSQL refuses NUL, and nobody wants control characters in a log.
        let reply = reply.chars().filter(|c| !c.is_control()).take(500).collect();
        let relay = self.relay_id(relay).filter(|_| status == DeliveryStatus::Sent);
        JobResult { key: job.key(), status, next_attempt_at, reply, relay, denied: false }
    }

    /// The relay refuses us, whoever the reader is: no delivery is tried until an admin says so, and
    /// notices after a while. `met_by` is what met the refusal; `None`: it does not let us in at all.
    async fn refused_by_relay(&self, why: &str, met_by: Option<JobKey>, about: About<'_>) {
        self.relay.failed(RelayTrouble::Refuses, &format!("it refuses us: {why}"), self.app.clock.now());
        self.give_back(&self.queue.clear()).await;
        self.pause_for_relay(AlertKind::RelayRefuses, about, why, met_by).await;
    }

    /// Whether a denied recipient's mail ends here; else it is tried again. What shows that the relay denies
    /// everybody pauses the campaign, which loses nobody: nothing of it has ended. Notices pause nothing.
    async fn is_recipients_own(&self, relay: usize, job: &Job, reply: &str) -> bool {
        let domain = job.email.as_ref().map(EmailAddress::domain).unwrap_or_default();
        let first_attempt = job.first_attempt_at.filter(|_| job.attempts > 0);
        let name = self.transport.relay_name(relay);
        let why = say("pause-recipients").with("relay", &name).with("reply", reply).to_string();
        let (kind, about) = (AlertKind::RelayRefusesRecipients, About::Relay(&name));
        let Some(campaign_id) = job.delivery().map(|key| key.campaign_id) else {
            let (whose, tell) = self.refusals.denied_notice(relay, domain, first_attempt);
            if tell {
                self.pause_for_relay(kind, about, &why, Some(job.key())).await;
            }
            return whose == Whose::Recipient;
        };
        match self.refusals.denied(relay, domain, first_attempt) {
            Whose::Open => return false,
            Whose::Recipient => return true,
            Whose::RelayAsFarAsKnown if self.has_sent_any(campaign_id).await => return true,
            Whose::Relay | Whose::RelayAsFarAsKnown => {}
        }
        let of_it = |job: &Job| job.delivery().is_some_and(|key| key.campaign_id == campaign_id);
        self.pause_for_relay(kind, about, &why, Some(job.key())).await;
        self.give_back(&self.queue.take_waiting(of_it)).await;
        false
    }

    async fn has_sent_any(&self, campaign_id: Uuid) -> bool {
        let looked = async { ledger::has_sent_any(&mut self.app.db.read().await?, campaign_id).await };
        looked.await.unwrap_or_else(|error: sqlx::Error| {
            tracing::error!(%error, "what a campaign has sent can't be read");
            false
        })
    }

    /// Pauses what the relay refuses, and tells the admins.
    async fn pause_for_relay(&self, kind: AlertKind, about: About<'_>, why: &str, met_by: Option<JobKey>) {
        let now = self.app.clock.now();
        let reason = say("pause-relay-refuses").with("why", why).to_string();
        let paused = async {
            let mut tx = self.app.db.write().await?;
            let campaigns: Vec<Uuid> = match met_by {
                Some(JobKey::Delivery(key)) => vec![key.campaign_id],
                Some(JobKey::Notice(_)) => Vec::new(),
                None => campaigns::sending(&mut tx).await?.iter().map(|campaign| campaign.id).collect(),
            };
            for campaign_id in campaigns {
                campaigns::pause_with_reason(&mut tx, campaign_id, &reason, now).await?;
            }
            alerts::raise(&mut tx, kind, about, why, now).await?;
            tx.commit().await
        };
        self.alerted.store(true, Ordering::Relaxed);
        match paused.await {
            Ok(()) => self.app.wake_delivery.notify_one(),
            Err(error) => {
                tracing::error!(%error, "campaigns could not be paused; the relay is asked again later")
            }
        }
    }

    /// The relay has taken a mail: what admins were told of it is over.
    async fn end_relay_alerts(&self, relay: usize) {
        if !self.alerted.swap(false, Ordering::Relaxed) {
            return;
        }
        let now = self.app.clock.now();
        let ended = async {
            let mut tx = self.app.db.write().await?;
            let ended = db::alerts::end_of_relay(&mut tx, &self.transport.relay_name(relay), now).await?;
            tx.commit().await.map(|()| ended)
        };
        match ended.await {
            Ok(0) => {}
            Ok(_) => tracing::info!("the relay takes our mail again: its alert has ended"),
            Err(error) => {
                tracing::error!(%error, "an alert that is over could not be ended; trying again");
                self.alerted.store(true, Ordering::Relaxed);
            }
        }
    }
}
