//! The sign-ups that readers send. One is answered as soon as a row with it is durable, the same row for every
//! address; what it leads to is done later, at a moment that follows from no address. Else the time of an answer,
//! or of the next one, would tell who subscribes.
//!
//! On SQLite those that wait for its one writer are stored in one transaction. PostgreSQL writes for many at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::future::try_join_all;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::actions::consent::{self, SignUp};
use crate::actions::sign_up_guard::{self, Verdict};
use crate::actions::{Error, fields};
use crate::app::App;
use crate::app::clock::Clock;
use crate::app::sign_up_queue::{Request, SubmittedSignUp};
use crate::app::sign_up_watch::Known;
use crate::db::audit::Actor;
use crate::db::chunk::Chunk;
use crate::db::events::Cause;
use crate::db::sign_up_requests::{self, NewSignUpRequest, SignUpRequest};
use crate::db::subscriptions::Consent;
use crate::db::{self, Db, WriteTx, lists};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::{Refusal, readers};
use crate::domain::sign_up::SignUpOutcome;

/// Sign-ups in one transaction, at most: it holds SQLite's one writer.
const BATCH_MAX: usize = 32;
/// The longest pause between an answer and the work on what was answered. Each pause has another length, so
/// that nobody can send a request just then and see how long the work takes.
const PAUSE_MAX: Duration = Duration::from_millis(50);
/// How often a process looks for what others stored and could not work on.
const TICK: Duration = Duration::from_secs(1);
/// Sign-ups that one process works on at the same time on PostgreSQL.
const WORK_TOGETHER: usize = 4;
/// One that can't be worked on is tried again after this.
const PUT_OFF: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// Stores a sign-up; `Ok` once it is durable. It is stored also where nobody waits for the answer any more.
pub async fn store(app: &App, asked: SubmittedSignUp) -> super::Result<()> {
    if let Db::Postgres(_) = app.db {
        let results = store_together(&app.db, &app.clock, std::slice::from_ref(&asked)).await?;
        results.into_iter().collect::<Result<(), Refusal>>()?;
    } else {
        let (db, clock) = (app.db.clone(), app.clock.clone());
        // Without an answer the database was away: the log says how.
        let answered = app.sign_ups.hand_in(asked, move |requests| store_all(db, clock, requests)).await;
        answered.unwrap_or(Err(sqlx::Error::PoolTimedOut))??;
    }
    app.sign_ups.stored.notify_one();
    Ok(())
}

async fn store_all(db: Db, clock: Clock, mut requests: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while requests.recv_many(&mut batch, BATCH_MAX).await > 0 {
        store_batch(&db, &clock, &mut batch).await;
    }
}

/// Stores a batch and answers it.
async fn store_batch(db: &Db, clock: &Clock, batch: &mut Vec<Request>) {
    let asked: Vec<SubmittedSignUp> = batch.iter().map(|request| request.asked.clone()).collect();
    let error = match store_together(db, clock, &asked).await {
        Ok(results) => {
            for (request, result) in batch.drain(..).zip(results) {
                let _ = request.answer.send(Ok(result));
            }
            return;
        }
        Err(error) => error,
    };
    if db::is_passing(&error) {
        tracing::error!(error = db::explain(&error), waiting = batch.len(), "sign-ups can't be stored");
        batch.clear();
        return;
    }
    // One of them can't be stored. The others must not suffer for it.
    for request in batch.drain(..) {
        let stored = store_together(db, clock, std::slice::from_ref(&request.asked)).await;
        let result = stored.map(|mut results| results.pop().unwrap_or(Ok(())));
        let _ = request.answer.send(result);
    }
}

async fn store_together(
    db: &Db,
    clock: &Clock,
    batch: &[SubmittedSignUp],
) -> sqlx::Result<Vec<Result<(), Refusal>>> {
    let mut tx = db.write().await?;
    let mut results = Vec::with_capacity(batch.len());
    for asked in batch {
        results.push(match store_one(&mut tx, clock, asked).await {
            Ok(()) => Ok(()),
            Err(Error::Refused(refusal)) => Err(refusal),
            Err(Error::Database(error)) => return Err(error),
            Err(Error::Failed(error)) => return Err(sqlx::Error::Protocol(format!("{error:#}"))),
        });
    }
    tx.commit().await?;
    Ok(results)
}

/// Nothing here may depend on what is known of the address.
async fn store_one(tx: &mut WriteTx, clock: &Clock, asked: &SubmittedSignUp) -> super::Result<()> {
    let now = clock.now();
    let lists = consent::find_lists(tx, &asked.lists, now).await?;
    if let Some(proof) = &asked.proof
        && !db::sign_up_guard::spend(tx, proof).await?
    {
        return Err(readers::PROOF_SPENT.refusal().into());
    }
    let default = || lists.first().map(|list| list.schedule.default).unwrap_or_default();
    let request = NewSignUpRequest {
        email: &asked.email,
        list_ids: lists.iter().map(|list| list.id).collect(),
        cadence: asked.cadence.unwrap_or_else(default),
        form: asked.form,
        wording_version: asked.wording,
        ip: &asked.ip,
        browser: &asked.browser,
        language: &asked.language,
        fields: &asked.fields,
    };
    Ok(sign_up_requests::add(tx, request, now).await?)
}

/// Works on the sign-ups that were stored, until `stop`: those of this process soon after they were answered,
/// what a crash left at once, and what other processes left within a second.
pub fn start(app: Arc<App>, stop: CancellationToken) -> JoinHandle<anyhow::Result<()>> {
    match app.db {
        // A thread of its own, as for storing them.
        Db::Sqlite { .. } => tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.context("a runtime for sign-ups")?.block_on(run(&app, &stop));
            Ok(())
        }),
        // A connection to PostgreSQL works only as long as the runtime on which it was opened.
        Db::Postgres(_) => tokio::spawn(async move {
            run(&app, &stop).await;
            Ok(())
        }),
    }
}

async fn run(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = work(app).await {
            tracing::error!(error = db::explain(&error), "sign-ups can't be worked on; trying again");
            tokio::time::sleep(TICK).await;
        }
        // Nobody waits for numbers: those that can't be stored now are stored later.
        if let Err(error) = sign_up_guard::store_when_due(app).await {
            tracing::debug!(error = db::explain(&error), "what became of sign-ups is not stored yet");
        }
        tokio::select! {
            () = app.sign_ups.stored.notified() => tokio::time::sleep(some_of(PAUSE_MAX)).await,
            () = tokio::time::sleep(TICK) => {}
            () = stop.cancelled() => {}
        }
    }
    if let Err(error) = sign_up_guard::store(app).await {
        tracing::debug!(error = db::explain(&error), "what became of the last sign-ups is not stored");
    }
}

/// A random part of a time.
fn some_of(time: Duration) -> Duration {
    let mut random = [0; 4];
    // Without randomness, the whole of it.
    match aws_lc_rs::rand::fill(&mut random) {
        Ok(()) => time.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)),
        Err(_) => time,
    }
}

/// Works on all sign-ups that are due.
pub async fn work(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.read().await?;
    let any = sign_up_requests::any_due(&mut tx, app.clock.now()).await?;
    drop(tx);
    if !any {
        return Ok(());
    }
    sign_up_guard::look(app).await?;
    match app.db {
        Db::Sqlite { .. } => work_through(app, Chunk::up_to(BATCH_MAX as i64)).await,
        // One each transaction: it locks the rows of one mailbox, so that no two wait for each other.
        Db::Postgres(_) => {
            let workers = (0..WORK_TOGETHER).map(|_| work_through(app, Chunk::up_to(1)));
            try_join_all(workers).await.map(|_| ())
        }
    }
}

async fn work_through(app: &App, mut chunk: Chunk) -> sqlx::Result<()> {
    loop {
        let now = app.clock.now();
        let known = app.sign_up_watch.known();
        let mut tx = app.db.write().await?;
        let begun = Instant::now();
        let requests = sign_up_requests::take(&mut tx, chunk.rows(), now).await?;
        if requests.is_empty() {
            return Ok(());
        }
        let (mut failed, mut ended) = (None, Vec::new());
        for request in &requests {
            match sign_up(app, &mut tx, request, &known, now).await {
                Ok(Some(outcome)) => ended.push(outcome),
                Ok(None) => {}
                Err(error) => {
                    failed = Some((request.id, error));
                    break;
                }
            }
        }
        match failed {
            None => {
                tx.commit().await?;
                chunk.took(begun.elapsed());
                app.wake_delivery.notify_one();
                for outcome in ended {
                    app.metrics.sign_up(outcome);
                    app.sign_up_watch.count(outcome, None, now);
                }
            }
            Some((_, error)) if db::is_passing(&error) => return Err(error),
            // One that can't be worked on must not hold up those behind it, and is not lost.
            Some((id, error)) => {
                drop(tx);
                tracing::error!(%id, %error, "a sign-up can't be worked on; trying again in an hour");
                let mut tx = app.db.write().await?;
                sign_up_requests::put_off(&mut tx, id, now + PUT_OFF).await?;
                tx.commit().await?;
            }
        }
    }
}

/// Works on one; says why nobody is mailed where what it looks like is the reason.
async fn sign_up(
    app: &App,
    tx: &mut WriteTx,
    request: &SignUpRequest,
    known: &Known,
    now: chrono::DateTime<chrono::Utc>,
) -> sqlx::Result<Option<SignUpOutcome>> {
    // It was parsed before it was stored.
    let Ok(email) = EmailAddress::parse(&request.email) else { return Ok(None) };
    match sign_up_guard::judge(app, known, &email, &request.ip, request.created_at) {
        Verdict::GoesOn => {}
        Verdict::Ends(outcome) => return Ok(Some(outcome)),
        Verdict::Waits => {
            sign_up_requests::put_back(tx, request, now + sign_up_guard::LOOK_AGAIN).await?;
            return Ok(None);
        }
    }
    let mut open = Vec::new();
    for id in request.list_ids()? {
        // One that was retired meanwhile takes nobody.
        open.extend(lists::by_id(tx, id).await?.filter(|list| list.retired_at.is_none()));
    }
    if open.is_empty() {
        return Ok(None);
    }
    let sign_up = SignUp {
        email: &email,
        lists: &open,
        cadence: request.cadence,
        consent: Consent { form: &request.form, wording_version: &request.wording_version, ip: &request.ip },
        browser: &request.browser,
        language: &request.language,
        requested_at: request.created_at,
    };
    consent::sign_up(tx, &sign_up, &Cause::new(&Actor::reader(&request.ip), now)).await?;
    fields::store_answers(tx, &email, request.fields()?).await?;
    Ok(None)
}
