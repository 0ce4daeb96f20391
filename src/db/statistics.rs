//! What PostgreSQL's planner is told of tables that have just changed by many rows: it would count them by itself
//! only within minutes. SQLite's plans need no figures here.

use super::{Engine, Tx, WriteTx};

/// Counts the deliveries, after many were enqueued.
pub async fn refresh_deliveries(tx: &mut WriteTx) -> sqlx::Result<()> {
    analyze(tx, "ANALYZE deliveries").await
}

/// Counts subscribers and what belongs to them, after many were imported or changed.
pub async fn refresh_subscribers(tx: &mut WriteTx) -> sqlx::Result<()> {
    analyze(tx, "ANALYZE subscribers, subscriptions, subscriber_words, consents, suppressions").await
}

async fn analyze(tx: &mut WriteTx, sql: &'static str) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query(sql).execute(&mut **tx).await?;
    }
    Ok(())
}
