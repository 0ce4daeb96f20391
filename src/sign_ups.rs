//! The sign-ups that readers send. On SQLite those that wait for its one writer are stored in one
//! transaction: each touches a page of some twenty tables and indexes, nearly always the same pages as the
//! one before, and alone each would write a hundred kilobytes and wait for the disk. PostgreSQL writes for
//! many at once.

use std::sync::OnceLock;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::consent::{self, ListsError, SignUp};
use crate::db::subscriptions::Consent;
use crate::db::{self, Db, Tx};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::Cadence;

/// Sign-ups in one transaction, at most: it holds SQLite's one writer.
const BATCH_MAX: usize = 32;
/// Sign-ups that wait, at most; who comes then waits at the door.
const WAITING_MAX: usize = 1024;

/// What a reader asks for. See [`SignUp`].
#[derive(Clone, Debug)]
pub struct Asked {
    pub email: EmailAddress,
    /// Slugs; none: the first public list.
    pub lists: Vec<String>,
    pub cadence: Cadence,
    pub form: &'static str,
    pub ip: String,
    pub browser: String,
}

struct Request {
    asked: Asked,
    answer: oneshot::Sender<Result<(), ListsError>>,
}

/// Where sign-ups are handed in. What writes them begins with the first, and ends with it.
pub struct SignUps {
    db: Db,
    clock: Clock,
    requests: OnceLock<mpsc::Sender<Request>>,
}

impl SignUps {
    pub fn new(db: Db, clock: Clock) -> SignUps {
        SignUps { db, clock, requests: OnceLock::new() }
    }

    /// A thread of its own writes them: a sign-up is ten statements, and among the tasks of delivery each
    /// would wait its turn, with SQLite's one writer in its hand.
    fn requests(&self) -> &mpsc::Sender<Request> {
        self.requests.get_or_init(|| {
            let (requests, receiver) = mpsc::channel(WAITING_MAX);
            let (db, clock) = (self.db.clone(), self.clock.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let thread = std::thread::Builder::new().name("sign-ups".to_owned());
            let started = runtime.and_then(|it| thread.spawn(move || it.block_on(run(db, clock, receiver))));
            if let Err(error) = started {
                // Nobody receives: each sign-up is refused, as while the database is away.
                tracing::error!(%error, "sign-ups can't be stored");
            }
            requests
        })
    }

    /// Stores a sign-up as [`consent::sign_up`] does; `Ok` once it is durable. It is stored also where nobody
    /// waits for the answer any more.
    pub async fn store(&self, asked: Asked) -> Result<(), ListsError> {
        if let Db::Postgres(_) = self.db {
            let mut results = write_together(&self.db, &self.clock, std::slice::from_ref(&asked)).await?;
            return results.pop().unwrap_or(Ok(()));
        }
        let (answer, answered) = oneshot::channel();
        let _ = self.requests().send(Request { asked, answer }).await;
        // Without an answer the database was away: the log says how.
        answered.await.unwrap_or(Err(ListsError::Db(sqlx::Error::PoolTimedOut)))
    }
}

async fn run(db: Db, clock: Clock, mut requests: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while requests.recv_many(&mut batch, BATCH_MAX).await > 0 {
        write(&db, &clock, &mut batch).await;
    }
}

/// Stores a batch and answers it.
async fn write(db: &Db, clock: &Clock, batch: &mut Vec<Request>) {
    let asked: Vec<Asked> = batch.iter().map(|request| request.asked.clone()).collect();
    let error = match write_together(db, clock, &asked).await {
        Ok(results) => {
            for (request, result) in batch.drain(..).zip(results) {
                let _ = request.answer.send(result);
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
        let result = match write_together(db, clock, std::slice::from_ref(&request.asked)).await {
            Ok(mut results) => results.pop().unwrap_or(Ok(())),
            Err(error) => Err(error.into()),
        };
        let _ = request.answer.send(result);
    }
}

async fn write_together(
    db: &Db,
    clock: &Clock,
    batch: &[Asked],
) -> sqlx::Result<Vec<Result<(), ListsError>>> {
    let mut tx = db.write().await?;
    let mut results = Vec::with_capacity(batch.len());
    for asked in batch {
        results.push(match write_one(&mut tx, clock, asked).await {
            Err(ListsError::Db(error)) => return Err(error),
            result => result,
        });
    }
    tx.commit().await?;
    Ok(results)
}

async fn write_one(tx: &mut Tx, clock: &Clock, asked: &Asked) -> Result<(), ListsError> {
    let now = clock.now();
    let lists = consent::find_lists(tx, &asked.lists, now).await?;
    let sign_up = SignUp {
        email: &asked.email,
        lists: &lists,
        cadence: asked.cadence,
        consent: Consent { form: asked.form, wording_version: consent::WORDING_VERSION, ip: &asked.ip },
        browser: &asked.browser,
    };
    Ok(consent::sign_up(tx, &sign_up, now).await?)
}
