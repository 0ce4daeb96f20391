//! A SQLite database copied as it is at one moment, while others write to it.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqlitePool};

/// Writes a copy into a file that is empty. A transaction that reads, however long it takes: nobody waits for it.
pub async fn copy(readers: &SqlitePool, to: &str) -> sqlx::Result<()> {
    sqlx::query("VACUUM INTO $1").bind(to).execute(readers).await.map(|_| ())
}

/// Writes into a copy that it is one. False where its schema is too old to hold that.
pub async fn mark(copy: &Path, restored: &str) -> sqlx::Result<bool> {
    // One file, with nothing beside it.
    let options = SqliteConnectOptions::new()
        .filename(copy)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    let sql = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'send_counter'";
    let fits: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    if fits > 0 {
        // What an admin has not decided yet stays to be decided.
        let sql = "UPDATE send_counter SET restored = COALESCE(restored, $1), restored_at = NULL";
        sqlx::query(sql).bind(restored).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(fits > 0)
}

/// The schema that holds the tables.
pub async fn postgres_schema(pool: &PgPool) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT current_schema()::text").fetch_one(pool).await
}
