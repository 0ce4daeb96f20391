//! Whether the database can be written to and read from, tried and not guessed.

use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use super::trouble::Trouble;
use super::{Db, WriteTx, dialect, on_either, pool, schema, trouble};
use crate::locale::say_plain;

/// How long a trial may take.
const WITHIN: Duration = Duration::from_secs(3);
/// A SQLite file up to this size is looked through whole.
const WHOLE_BYTES_MAX: i64 = 32 * 1024 * 1024;

/// Why the database can't be worked with: a sentence.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotReady(pub String);

impl From<sqlx::Error> for NotReady {
    fn from(error: sqlx::Error) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "the database is not ready");
        NotReady(trouble::words(&error).unwrap_or_else(|| say_plain("database-silent").into()))
    }
}

/// Commits a row and reads it back, within [`WITHIN`]. On SQLite as much is written as a sign-up writes, and it
/// is read as the file is on the disk.
pub async fn try_out(db: &Db) -> Result<(), NotReady> {
    let tried = tokio::time::timeout(WITHIN, async {
        if !schema::is_current(&mut db.read().await?).await? {
            return Err(NotReady(say_plain("database-schema-old").into()));
        }
        let mut tx = db.write().await?;
        write(&mut tx).await?;
        tx.commit().await?;
        match db {
            Db::Sqlite { readers, .. } => read_back(readers).await,
            Db::Postgres(_) => Ok(()),
        }
    });
    tried.await.unwrap_or_else(|_| {
        Err(NotReady(say_plain("database-silent-for").with("secs", WITHIN.as_secs()).into()))
    })
}

/// A full disk has room for a page more often than for a sign-up.
const PADDING_BYTES: i64 = 64 * 1024;

async fn write(tx: &mut WriteTx) -> sqlx::Result<()> {
    let padding = dialect!(tx, sqlite: PADDING_BYTES, postgres: 0);
    let sql = "INSERT INTO readiness (id, token, padding) VALUES (1, $1, $2)
               ON CONFLICT (id) DO UPDATE SET token = excluded.token, padding = excluded.padding";
    let token = uuid::Uuid::new_v4().simple().to_string();
    let padding = "-".repeat(padding as usize);
    on_either!(tx, |conn| sqlx::query(sql).bind(&token).bind(&padding).execute(conn).await.map(|_| ()))
}

/// Whether the file at the database's path is the one that is written to, and as sound as a short look tells.
async fn read_back(readers: &SqlitePool) -> Result<(), NotReady> {
    let mut fresh = pool::fresh_reader(readers).await?;
    let sql = "SELECT token FROM readiness WHERE id = 1";
    let read: Option<String> = sqlx::query_scalar(sql).fetch_optional(&mut fresh).await?;
    // Another process may have written in between.
    let written: Option<String> = sqlx::query_scalar(sql).fetch_optional(readers).await?;
    let same = read == written || read_again(&mut fresh, sql).await? == written;
    let problems = look_over(&mut fresh).await?;
    fresh.close().await?;
    if !same {
        return Err(NotReady(say_plain("database-replaced").into()));
    }
    match problems {
        true => Err(NotReady(Trouble::Damaged.words())),
        false => Ok(()),
    }
}

async fn read_again(fresh: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(sql).fetch_optional(fresh).await
}

/// Looks for damage: through the whole of a small file, at the beginning of every table of a large one. True:
/// there is some.
async fn look_over(fresh: &mut SqliteConnection) -> sqlx::Result<bool> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let bytes: i64 = sqlx::query_scalar(sql).fetch_one(&mut *fresh).await?;
    if bytes <= WHOLE_BYTES_MAX {
        return Ok(!problems(fresh, 1).await?.is_empty());
    }
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *fresh).await?;
    for table in tables {
        let sql = format!("SELECT 1 FROM \"{}\" LIMIT 1", table.replace('"', "\"\""));
        sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_optional(&mut *fresh).await?;
    }
    Ok(false)
}

/// What SQLite finds wrong with the structure of its file, up to `limit`.
async fn problems(fresh: &mut SqliteConnection, limit: usize) -> sqlx::Result<Vec<String>> {
    let sql = format!("PRAGMA quick_check({limit})");
    let said: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(fresh).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

/// Looks through the whole file, however long it takes: what is wrong with it, a few lines at most. PostgreSQL
/// watches over its own files.
pub async fn check_file(db: &Db) -> sqlx::Result<Vec<String>> {
    let Db::Sqlite { readers, .. } = db else { return Ok(Vec::new()) };
    let mut fresh = pool::fresh_reader(readers).await?;
    let found = problems(&mut fresh, 5).await?;
    fresh.close().await?;
    Ok(found)
}
