//! All SQL lives here, one file a noun, one text for both engines. A function takes `&mut Tx`
//! and neither begins nor commits: its caller says what belongs together.

pub mod alerts;
pub mod archive;
pub mod articles;
pub mod audit;
pub mod backup;
pub mod brake;
pub mod bulk;
pub mod campaigns;
pub mod chunk;
pub mod confirmations;
pub mod counts;
pub mod drafts;
pub mod feeds;
pub mod imports;
pub mod instance;
pub mod leader;
pub mod ledger;
pub mod limits;
pub mod lists;
pub mod notices;
mod pool;
pub mod private;
pub mod publication;
pub mod readiness;
pub mod schema;
pub mod send_counter;
pub mod sessions;
pub mod sign_up_requests;
pub mod story;
pub mod subscribers;
pub mod subscriptions;
pub mod suppressions;
pub mod trouble;
pub mod users;
pub mod workers;

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::SecretString;
use sqlx::pool::PoolConnection;
use sqlx::{Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// Runs one query text on whichever engine a transaction belongs to.
macro_rules! on_either {
    ($tx:expr, |$conn:ident| $query:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $query
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $query
            }
        }
    };
}
pub(crate) use on_either;

/// The few words of a query that differ between the engines, next to each other.
macro_rules! dialect {
    ($tx:expr, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(_) => $sqlite,
            $crate::db::Tx::Postgres(_) => $postgres,
        }
    };
}
pub(crate) use dialect;

pub use self::private::make_private_folder;
pub use self::trouble::{explain, is_passing, is_unstorable};

/// The form in which sqlx stores a time on SQLite, which compares as text.
pub(crate) fn stored_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// An id whose order is that of the app's clock, and of the calls within one millisecond (UUIDv7).
pub(crate) fn id_at(time: DateTime<Utc>) -> uuid::Uuid {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let n = CALLS.fetch_add(1, Ordering::Relaxed);
    let mut random = *uuid::Uuid::new_v4().as_bytes();
    // The calls' number, above what is random, around the bits of version and variant.
    random[..4].copy_from_slice(&[
        (n >> 28) as u8 & 15,
        (n >> 20) as u8,
        (n >> 14) as u8 & 63,
        (n >> 6) as u8,
    ]);
    random[4] = (random[4] & 3) | (n << 2) as u8;
    let mut rest = [0; 10];
    rest[..5].copy_from_slice(&random[..5]);
    rest[5..].copy_from_slice(&random[11..]);
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

/// Where the data is.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file, made if it is missing.
    Sqlite(PathBuf),
    /// A server; the URL holds a password.
    Postgres(SecretString),
}

/// The database: on SQLite one connection that writes and several that read.
#[derive(Clone)]
pub enum Db {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        writers_waiting: Arc<AtomicUsize>,
        /// Whether the connection that writes must be tried before it is used again.
        doubted: Arc<AtomicBool>,
    },
    Postgres(PgPool),
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it is rolled back, save what was done
/// [at once](Db::at_once).
pub enum Tx {
    Sqlite(Held<Sqlite>),
    Postgres(Held<Postgres>),
}

/// A connection of the pool in use.
pub struct Held<DB: Database> {
    /// Before the connection, so that it is dropped first: whoever gets the connection next must know.
    doubt: Doubt,
    open: Open<DB>,
}

enum Open<DB: Database> {
    Begun(Transaction<'static, DB>),
    /// Each statement is a transaction of its own.
    AtOnce(PoolConnection<DB>),
}

impl<DB: Database> Held<DB> {
    fn begun(tx: Transaction<'static, DB>, doubt: Doubt) -> Held<DB> {
        Held { doubt, open: Open::Begun(tx) }
    }

    fn at_once(connection: PoolConnection<DB>, doubt: Doubt) -> Held<DB> {
        Held { doubt, open: Open::AtOnce(connection) }
    }

    async fn commit(self) -> sqlx::Result<()> {
        let Held { doubt, open } = self;
        if let Open::Begun(tx) = open {
            tx.commit().await?;
        }
        doubt.clear();
        Ok(())
    }
}

impl<DB: Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match &self.open {
            Open::Begun(tx) => tx,
            Open::AtOnce(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match &mut self.open {
            Open::Begun(tx) => tx,
            Open::AtOnce(connection) => connection,
        }
    }
}

impl Db {
    /// Brings the schema up to date. Harmless to repeat.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        match self {
            Db::Sqlite { writer, .. } => sqlx::migrate!("migrations/sqlite").run(writer).await,
            Db::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await,
        }
        .context("the database's schema could not be brought up to date")
    }

    /// A transaction that only reads.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite { readers, .. } => Ok(Tx::Sqlite(Held::begun(readers.begin().await?, Doubt::none()))),
            Db::Postgres(pool) => begin_postgres(pool, "BEGIN").await,
        }
    }

    /// A connection that writes, each statement a transaction of its own: for one statement that says
    /// all, and finds rows by their keys. So it costs one round trip instead of three, and on PostgreSQL
    /// it is planned once, whatever it is given. To be kept: there it is opened for this alone.
    pub async fn at_once(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite { writer, writers_waiting, doubted, .. } => {
                let _waiting = Waiting::among(writers_waiting);
                Ok(Tx::Sqlite(Held::at_once(writer.acquire().await?, Doubt::of(doubted))))
            }
            Db::Postgres(pool) => {
                let mut connection = pool::acquire(pool).await?;
                // Others want the planner as it is.
                connection.close_on_drop();
                let set = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                           SET enable_hashjoin = off; SET enable_mergejoin = off";
                sqlx::raw_sql(set).execute(&mut *connection).await?;
                Ok(Tx::Postgres(Held::at_once(connection, Doubt::none())))
            }
        }
    }

    /// A transaction that writes. On SQLite it holds the one writer, so it must be short.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        match self {
            // A deferred BEGIN fails with "database is locked" when it turns from reading to
            // writing while another process writes; IMMEDIATE waits its turn instead.
            Db::Sqlite { writer, writers_waiting, doubted, .. } => {
                let _waiting = Waiting::among(writers_waiting);
                let tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                Ok(Tx::Sqlite(Held::begun(tx, Doubt::of(doubted))))
            }
            Db::Postgres(pool) => begin_postgres(pool, "BEGIN").await,
        }
    }

    /// The same, to find a handful of deliveries by their keys. PostgreSQL's planner takes a JSON array
    /// for a hundred rows and reads the whole table beside them, which costs milliseconds for a dozen;
    /// telling it so goes with BEGIN, in one round trip.
    pub async fn write_by_key(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite { .. } => self.write().await,
            Db::Postgres(pool) => {
                let begin = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
                             SET LOCAL enable_mergejoin = off";
                begin_postgres(pool, begin).await
            }
        }
    }

    /// Whether somebody waits for the connection that writes: who could go on with it lets go then.
    pub fn is_wanted(&self) -> bool {
        match self {
            Db::Sqlite { writers_waiting, .. } => writers_waiting.load(Ordering::Relaxed) > 0,
            Db::Postgres(_) => false,
        }
    }

    /// Which engine this is, as `doctor` and logs name it.
    pub fn engine(&self) -> &'static str {
        match self {
            Db::Sqlite { .. } => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes every connection; SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// One who waits for SQLite's writer.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(waiting: &'a AtomicUsize) -> Waiting<'a> {
        waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A transaction of PostgreSQL.
async fn begin_postgres(pool: &PgPool, begin: &'static str) -> sqlx::Result<Tx> {
    let tx = pool::Beginning::of(pool::acquire(pool).await?, begin).await?;
    Ok(Tx::Postgres(Held::begun(tx, Doubt::none())))
}

/// Says, when it is dropped uncleared, that what was done over a connection did not end well.
struct Doubt(Option<Arc<AtomicBool>>);

impl Doubt {
    fn none() -> Doubt {
        Doubt(None)
    }

    fn of(doubted: &Arc<AtomicBool>) -> Doubt {
        Doubt(Some(doubted.clone()))
    }

    fn clear(mut self) {
        self.0 = None;
    }
}

impl Drop for Doubt {
    fn drop(&mut self) {
        if let Some(doubted) = &self.0 {
            doubted.store(true, Ordering::Relaxed);
        }
    }
}

impl Tx {
    /// Makes what was written lasting.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}
