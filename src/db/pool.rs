//! The pools of connections: how they are opened, and what a connection must be to be used again. Whoever
//! takes one gets it outside a transaction and fit for what it is for, whatever its last user met: a COMMIT
//! that failed, a full disk, a read-only file system, a caller who left while BEGIN was under way.

use std::path::Path;
use std::pin::{Pin, pin};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::{BoxFuture, FutureExt as _, select};
use secrecy::ExposeSecret as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, PgPool, Postgres, Transaction};

use super::{DatabaseUrl, Db, WritersWaiting, private, trouble};
use crate::locale::say_plain;

/// Connections to PostgreSQL that one process opens, at most.
const POSTGRES_CONNECTIONS: u32 = 16;
/// Fewer are not enough: a worker keeps two for its writers.
const POSTGRES_CONNECTIONS_MIN: u32 = 4;
/// Connections that are left to others where the server has few: the leader's session, and a human's.
const LEFT_TO_OTHERS: i64 = 2;
/// What SQLite's writer caches, in KiB: as a rule, and for long work in large tables.
pub(super) const WRITER: &str = "PRAGMA cache_size = -4096";
pub(super) const WIDE_WRITER: &str = "PRAGMA cache_size = -65536";
/// How long anybody waits for a connection to PostgreSQL.
const POSTGRES_WAIT: Duration = Duration::from_secs(10);
/// After this long, whoever waits for a new connection takes one that is given back as well.
const NEW_CONNECTION_WAIT: Duration = Duration::from_millis(500);

impl Db {
    /// Opens the database, making the SQLite file and its folder where they are missing.
    pub async fn connect(url: &DatabaseUrl) -> anyhow::Result<Db> {
        match url {
            DatabaseUrl::Sqlite(path) => connect_sqlite(path).await,
            DatabaseUrl::Postgres(url) => {
                let options = PgConnectOptions::from_str(url.expose_secret())
                    .with_context(|| say_plain("command-database-address-wrong").to_string())?;
                Ok(Db::Postgres(Db::postgres_pool(options).await?))
            }
        }
    }

    /// A pool on a PostgreSQL server, of no more connections than the server can have.
    pub async fn postgres_pool(options: PgConnectOptions) -> anyhow::Result<PgPool> {
        let pool = open_postgres(options.clone(), POSTGRES_CONNECTIONS).await?;
        // What speaks PostgreSQL and is none has other settings.
        let sql = "SELECT COALESCE(current_setting('max_connections', true), '1000')::bigint
                       - COALESCE(current_setting('superuser_reserved_connections', true), '0')::bigint
                       - COALESCE(current_setting('reserved_connections', true), '0')::bigint";
        let granted: i64 = sqlx::query_scalar(sql)
            .fetch_one(&pool)
            .await
            .with_context(|| say_plain("open-database-connections").to_string())?;
        let ours = u32::try_from(granted - LEFT_TO_OTHERS).unwrap_or(0).max(POSTGRES_CONNECTIONS_MIN);
        if ours >= POSTGRES_CONNECTIONS {
            return Ok(pool);
        }
        tracing::info!(granted, ours, "PostgreSQL grants few connections; this process uses fewer");
        pool.close().await;
        open_postgres(options, ours).await
    }
}

async fn open_postgres(options: PgConnectOptions, connections: u32) -> anyhow::Result<PgPool> {
    // What compiling a plan costs is more than any statement here takes.
    let options = options.options([("jit", "off")]);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(POSTGRES_WAIT)
        .connect_with(options)
        .await
        .with_context(|| say_plain("open-database-silent").to_string())
}

/// A connection of PostgreSQL's pool. While the server has no connection left, the pool keeps trying to open
/// one for whoever was first to need it, and gives that one nothing that comes back meanwhile: so the second
/// request takes a place in the queue like anybody's.
pub(super) async fn acquire(pool: &PgPool) -> sqlx::Result<PoolConnection<Postgres>> {
    let first = pin!(pool.acquire());
    let second = pin!(async {
        tokio::time::sleep(NEW_CONNECTION_WAIT).await;
        pool.acquire().await
    });
    select(first, second).await.factor_first().0
}

/// A BEGIN that is under way on PostgreSQL. It is carried through even when nobody waits for it any more: the
/// driver takes a transaction for begun when it hears of it, so the connection would go back to the pool in a
/// transaction that nobody ends.
pub(super) struct Beginning(Option<BoxFuture<'static, sqlx::Result<Transaction<'static, Postgres>>>>);

impl Beginning {
    pub(super) fn of(connection: PoolConnection<Postgres>, begin: &'static str) -> Beginning {
        let begin = sqlx::SqlSafeStr::into_sql_str(begin);
        Beginning(Some(Transaction::begin(connection, Some(begin))))
    }
}

impl Future for Beginning {
    type Output = sqlx::Result<Transaction<'static, Postgres>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(begun) = &mut self.0 else { return Poll::Ready(Err(sqlx::Error::BeginFailed)) };
        let begun = ready!(begun.poll_unpin(cx));
        self.0 = None;
        Poll::Ready(begun)
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let Some(begun) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            // Its transaction is dropped with its end, and so rolled back.
            runtime.spawn(begun);
        }
    }
}

async fn connect_sqlite(path: &Path) -> anyhow::Result<Db> {
    let file = path.display().to_string();
    let context = || say_plain("open-database-file").with("file", &file).to_string();
    private::make_database(path).with_context(context)?;
    let options = sqlite_options(path);
    let doubted = Arc::new(AtomicBool::new(false));
    let look = doubted.clone();
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(move |connection, _| {
            let doubted = look.swap(false, Ordering::Relaxed);
            Box::pin(async move {
                Ok(!connection.is_in_transaction() && (!doubted || can_write(connection).await))
            })
        })
        .connect_with(options.clone())
        .await
        .with_context(context)?;
    // What a reader may cache it may also sort in memory, and keeps: the system caches the file for all.
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        // Closed and opened again while the disk is read-only, all of them would stay so.
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .connect_with(reading(options.clone()))
        .await
        .with_context(context)?;
    // From here on a file that is gone is a fault, not a reason to make an empty one.
    writer.set_connect_options(options.create_if_missing(false));
    private::tighten_database(path);
    Ok(Db::Sqlite { readers, writer, writers_waiting: Arc::new(WritersWaiting::beside(path)), doubted })
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose a committed unsubscribe at power loss.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-4096")
}

fn reading(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.create_if_missing(false).read_only(true).pragma("cache_size", "-512")
}

/// Whether a connection may write. One that was opened while the disk was read-only never may, even when the
/// disk is writable again: SQLite opened the file for reading only, and said nothing.
async fn can_write(connection: &mut SqliteConnection) -> bool {
    // It takes the lock for writing and changes nothing.
    let tried = sqlx::query("DELETE FROM instance WHERE id = 0").execute(connection).await;
    !tried.is_err_and(|error| trouble::of(&error) == Some(trouble::Trouble::ReadOnly))
}

/// A connection of its own to a database's file, which reads it as it is on the disk now.
pub(super) async fn fresh_reader(db: &sqlx::SqlitePool) -> sqlx::Result<SqliteConnection> {
    SqliteConnection::connect_with(&db.connect_options()).await
}
