//! All SQL lives here, one file a noun, one text for both engines. A function takes `&mut Tx`
//! and neither begins nor commits: its caller says what belongs together.

pub mod alerts;
pub mod archive;
pub mod articles;
pub mod audit;
pub mod backup;
pub mod brake;
pub mod bulk;
pub mod calendar;
pub mod campaigns;
pub mod chunk;
pub mod confirmations;
pub mod counts;
pub mod digests;
pub mod drafts;
pub mod dues;
pub mod erased;
pub mod events;
pub mod export;
pub mod feeds;
pub mod fields;
pub mod holds;
pub mod import_rows;
pub mod import_store;
pub mod imports;
pub mod instance;
pub mod job_runs;
pub mod leader;
pub mod leave_reasons;
pub mod ledger;
pub mod limits;
pub mod list_articles;
pub mod lists;
pub mod load;
pub mod merges;
pub mod notices;
pub mod permission_requests;
mod pool;
pub mod private;
pub mod publication;
pub mod pushes;
pub mod queue;
pub mod readiness;
pub mod relay_setting;
pub mod relays;
pub mod retention;
pub mod schema;
pub mod segments;
pub mod send_counter;
pub mod sessions;
pub mod sign_up_counts;
pub mod sign_up_guard;
pub mod sign_up_requests;
pub mod statistics;
pub mod subscribers;
pub mod subscriptions;
pub mod suppressions;
pub mod tables;
pub mod timeline;
pub mod trouble;
pub mod users;
mod waiting;
pub mod walk;
pub mod welcomes;
pub mod why;
pub mod wordings;
pub mod workers;

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::SecretString;
use sqlx::pool::PoolConnection;
use sqlx::{Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::locale::say_plain;

/// Runs one query text on whichever engine a transaction belongs to.
macro_rules! on_either {
    ($tx:expr, |$conn:ident| $query:expr) => {
        match $crate::db::Tx::engine($tx) {
            $crate::db::Engine::Sqlite(tx) => {
                let $conn = &mut **tx;
                $query
            }
            $crate::db::Engine::Postgres(tx) => {
                let $conn = &mut **tx;
                $query
            }
        }
    };
}
pub(crate) use on_either;

/// A value of ours as the JSON that a statement takes or a column keeps.
pub fn json(value: &impl serde::Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The few words of a query that differ between the engines, next to each other.
macro_rules! dialect {
    ($tx:expr, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        match $tx.is_sqlite() {
            true => $sqlite,
            false => $postgres,
        }
    };
}
pub(crate) use dialect;

pub use self::private::make_private_folder;
pub use self::trouble::{explain, is_passing, is_unstorable};
pub use self::waiting::WritersWaiting;

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
        writers_waiting: Arc<WritersWaiting>,
        /// Whether the connection that writes must be tried before it is used again.
        doubted: Arc<AtomicBool>,
    },
    Postgres(PgPool),
}

/// A transaction on either engine, as far as it reads: whoever takes one writes nothing.
pub struct Tx(Engine);

/// A transaction that writes, and reads as [`Tx`] does. Dropped without [`WriteTx::commit`], it is rolled back.
pub struct WriteTx(Tx);

/// A connection on which each statement is a transaction of its own: see [`Db::at_once`].
pub struct AtOnce(WriteTx);

/// What a transaction runs on.
pub enum Engine {
    Sqlite(HeldConnection<Sqlite>),
    Postgres(HeldConnection<Postgres>),
}

impl Tx {
    /// For [`on_either!`].
    pub fn engine(tx: &mut Tx) -> &mut Engine {
        &mut tx.0
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.0, Engine::Sqlite(_))
    }

    /// Gives SQLite's reader the memory that a walk through whole tables is fast with, for as long as its process lives: for a
    /// command.
    pub async fn widen(&mut self) -> sqlx::Result<()> {
        if let Engine::Sqlite(tx) = &mut self.0 {
            sqlx::query("PRAGMA cache_size = -8192").execute(&mut **tx).await?;
        }
        Ok(())
    }
}

impl Deref for WriteTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

impl WriteTx {
    /// Makes what was written lasting.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.0.0 {
            Engine::Sqlite(tx) => tx.commit().await,
            Engine::Postgres(tx) => tx.commit().await,
        }
    }
}

impl AtOnce {
    /// To write one statement, which is lasting when it returns.
    pub fn statement(&mut self) -> &mut WriteTx {
        &mut self.0
    }

    /// Gives the connection back, to be used again.
    pub async fn end(self) -> sqlx::Result<()> {
        self.0.commit().await
    }
}

/// A connection of the pool in use.
pub struct HeldConnection<DB: Database> {
    /// Before the connection, so that it is dropped first: whoever gets the connection next must know.
    doubt: Doubt,
    open: Open<DB>,
}

enum Open<DB: Database> {
    Begun(Transaction<'static, DB>),
    /// Each statement is a transaction of its own.
    AtOnce(PoolConnection<DB>),
}

impl<DB: Database> HeldConnection<DB> {
    fn begun(tx: Transaction<'static, DB>, doubt: Doubt) -> HeldConnection<DB> {
        HeldConnection { doubt, open: Open::Begun(tx) }
    }

    fn at_once(connection: PoolConnection<DB>, doubt: Doubt) -> HeldConnection<DB> {
        HeldConnection { doubt, open: Open::AtOnce(connection) }
    }

    async fn commit(self) -> sqlx::Result<()> {
        let HeldConnection { doubt, open } = self;
        if let Open::Begun(tx) = open {
            tx.commit().await?;
        }
        doubt.clear();
        Ok(())
    }
}

impl<DB: Database> Deref for HeldConnection<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match &self.open {
            Open::Begun(tx) => tx,
            Open::AtOnce(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for HeldConnection<DB> {
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
        .with_context(|| say_plain("open-database-schema").to_string())
    }

    /// A transaction that only reads, and sees one moment: all of its statements answer from the same state, on
    /// PostgreSQL as SQLite's do by themselves. Else a mail that is settled between two of them is in neither answer.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite { readers, .. } => {
                Ok(Tx(Engine::Sqlite(HeldConnection::begun(readers.begin().await?, Doubt::none()))))
            }
            Db::Postgres(pool) => {
                begin_postgres(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await
            }
        }
    }

    /// A connection that writes, each statement a transaction of its own: for one statement that says
    /// all, and finds rows by their keys. So it costs one round trip instead of three, and on PostgreSQL
    /// it is planned once, whatever it is given. To be kept: there it is opened for this alone.
    pub async fn at_once(&self) -> sqlx::Result<AtOnce> {
        match self {
            Db::Sqlite { writer, writers_waiting, doubted, .. } => {
                let _waiting = writers_waiting.wait();
                let held = HeldConnection::at_once(writer.acquire().await?, Doubt::of(doubted));
                Ok(AtOnce(WriteTx(Tx(Engine::Sqlite(held)))))
            }
            Db::Postgres(pool) => {
                let mut connection = pool::acquire(pool).await?;
                // Others want the planner as it is.
                connection.close_on_drop();
                let set = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                           SET enable_hashjoin = off; SET enable_mergejoin = off";
                sqlx::raw_sql(set).execute(&mut *connection).await?;
                Ok(AtOnce(WriteTx(Tx(Engine::Postgres(HeldConnection::at_once(connection, Doubt::none()))))))
            }
        }
    }

    /// A transaction that writes. On SQLite it holds the one writer, so it must be short. What it writes it finds by
    /// keys, whatever PostgreSQL's planner believes: of a table that nothing has counted yet it knows nothing, and a
    /// JSON array it takes for a hundred rows, so that it would read the whole table beside a dozen. Telling it goes
    /// with BEGIN, in one round trip.
    pub async fn write(&self) -> sqlx::Result<WriteTx> {
        match self {
            // A deferred BEGIN fails with "database is locked" when it turns from reading to
            // writing while another process writes; IMMEDIATE waits its turn instead.
            Db::Sqlite { writer, writers_waiting, doubted, .. } => {
                let _waiting = writers_waiting.wait();
                let tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                Ok(WriteTx(Tx(Engine::Sqlite(HeldConnection::begun(tx, Doubt::of(doubted))))))
            }
            Db::Postgres(pool) => {
                let begin = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
                             SET LOCAL enable_mergejoin = off";
                Ok(WriteTx(begin_postgres(pool, begin).await?))
            }
        }
    }

    /// Whether somebody in this process waits for the connection that writes: who could go on with it lets go then.
    pub fn is_wanted(&self) -> bool {
        match self {
            Db::Sqlite { writers_waiting, .. } => writers_waiting.any_here(),
            Db::Postgres(_) => false,
        }
    }

    /// Lets whoever waits to write go first, here or in another process, and says whether somebody did: what takes long
    /// asks it before each of its transactions. PostgreSQL writes for many at once.
    pub async fn give_way(&self) -> bool {
        match self {
            Db::Sqlite { writers_waiting, .. } => writers_waiting.give_way().await,
            Db::Postgres(_) => false,
        }
    }

    /// Gives SQLite's writer the memory that long work in large tables is fast with, or takes it back: rows that come in no
    /// order would else be read from the file and written to it again and again.
    pub async fn widen(&self, is_wide: bool) -> sqlx::Result<()> {
        if let Db::Sqlite { writer, .. } = self {
            let sql = if is_wide { pool::WIDE_WRITER } else { pool::WRITER };
            sqlx::query(sql).execute(writer).await?;
        }
        Ok(())
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

/// A transaction of PostgreSQL.
async fn begin_postgres(pool: &PgPool, begin: &'static str) -> sqlx::Result<Tx> {
    let tx = pool::Beginning::of(pool::acquire(pool).await?, begin).await?;
    Ok(Tx(Engine::Postgres(HeldConnection::begun(tx, Doubt::none()))))
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
