//! All SQL lives here, one file a noun, one text for both engines. A function takes `&mut Tx`
//! and neither begins nor commits: its caller says what belongs together.

pub mod alerts;
pub mod archive;
pub mod articles;
pub mod audit;
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
pub mod publication;
pub mod schema;
pub mod sessions;
pub mod sign_up_requests;
pub mod story;
pub mod subscribers;
pub mod subscriptions;
pub mod suppressions;
pub mod users;
pub mod workers;

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
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
    Sqlite { readers: SqlitePool, writer: SqlitePool, writers_waiting: Arc<AtomicUsize> },
    Postgres(PgPool),
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it is rolled back, save what was done
/// [at once](Db::at_once).
pub enum Tx {
    Sqlite(Held<Sqlite>),
    Postgres(Held<Postgres>),
}

/// A connection of the pool: in a transaction, or each statement a transaction of its own.
pub enum Held<DB: Database> {
    Begun(Transaction<'static, DB>),
    AtOnce(PoolConnection<DB>),
}

impl<DB: Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self {
            Held::Begun(tx) => tx,
            Held::AtOnce(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Held::Begun(tx) => tx,
            Held::AtOnce(connection) => connection,
        }
    }
}

impl<DB: Database> Held<DB> {
    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Held::Begun(tx) => tx.commit().await,
            Held::AtOnce(_) => Ok(()),
        }
    }
}

impl Db {
    /// Opens the database, making the SQLite file and its folder where they are missing.
    pub async fn connect(url: &DatabaseUrl) -> anyhow::Result<Db> {
        match url {
            DatabaseUrl::Sqlite(path) => Db::connect_sqlite(path).await,
            DatabaseUrl::Postgres(url) => {
                let options = PgConnectOptions::from_str(url.expose_secret())
                    .context("DATABASE_URL is no PostgreSQL address")?;
                Ok(Db::Postgres(Db::postgres_pool(options).await?))
            }
        }
    }

    /// A pool on a PostgreSQL server.
    pub async fn postgres_pool(options: PgConnectOptions) -> anyhow::Result<PgPool> {
        PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .context("PostgreSQL does not answer: check DATABASE_URL and that the server runs")
    }

    async fn connect_sqlite(path: &Path) -> anyhow::Result<Db> {
        if let Some(folder) = path.parent() {
            make_private_folder(folder)
                .with_context(|| format!("can't make the folder {}", folder.display()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose a committed unsubscribe at power loss.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-4096");
        let context = || format!("can't open the SQLite file {}", path.display());
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .with_context(context)?;
        // What a reader may cache it may also sort in memory, and keeps: the system caches the file for all.
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.read_only(true).pragma("cache_size", "-512"))
            .await
            .with_context(context)?;
        Ok(Db::Sqlite { readers, writer, writers_waiting: Arc::default() })
    }

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
            Db::Sqlite { readers, .. } => Ok(Tx::Sqlite(Held::Begun(readers.begin().await?))),
            Db::Postgres(pool) => Ok(Tx::Postgres(Held::Begun(pool.begin().await?))),
        }
    }

    /// A connection that writes, each statement a transaction of its own: for one statement that says
    /// all, and finds rows by their keys. So it costs one round trip instead of three, and on PostgreSQL
    /// it is planned once, whatever it is given. To be kept: there it is opened for this alone.
    pub async fn at_once(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite { writer, writers_waiting, .. } => {
                let _waiting = Waiting::among(writers_waiting);
                Ok(Tx::Sqlite(Held::AtOnce(writer.acquire().await?)))
            }
            Db::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                // Others want the planner as it is.
                connection.close_on_drop();
                let set = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                           SET enable_hashjoin = off; SET enable_mergejoin = off";
                sqlx::raw_sql(set).execute(&mut *connection).await?;
                Ok(Tx::Postgres(Held::AtOnce(connection)))
            }
        }
    }

    /// A transaction that writes. On SQLite it holds the one writer, so it must be short.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        match self {
            // A deferred BEGIN fails with "database is locked" when it turns from reading to
            // writing while another process writes; IMMEDIATE waits its turn instead.
            Db::Sqlite { writer, writers_waiting, .. } => {
                let _waiting = Waiting::among(writers_waiting);
                Ok(Tx::Sqlite(Held::Begun(writer.begin_with("BEGIN IMMEDIATE").await?)))
            }
            Db::Postgres(pool) => Ok(Tx::Postgres(Held::Begun(pool.begin().await?))),
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
                Ok(Tx::Postgres(Held::Begun(pool.begin_with(begin).await?)))
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

/// Whether a failure may pass by itself, so that the same may be tried again: all but those that
/// say that the values themselves can't be stored.
pub fn is_passing(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(refusal) = error else {
        return !matches!(error, sqlx::Error::Encode(_) | sqlx::Error::ColumnDecode { .. });
    };
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        // Bad values, constraints, what a trigger raises.
        !["22", "23", "P0"].iter().any(|class| code.starts_with(class))
    } else {
        // The low byte of an extended code is the code: too big, constraint, mismatch.
        !code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 18..=20))
    }
}

/// A failure in words, and what to do where that is known.
pub fn explain(error: &sqlx::Error) -> String {
    let full = match error {
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| code == "53100" || code == "13"),
        _ => false,
    };
    match full {
        true => format!("the database's disk is full: free some space ({error})"),
        false => error.to_string(),
    }
}

/// Makes a folder for readers' addresses and links: nobody else's to look into. One that is there
/// stays as it is.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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
