//! Processes that deliver, and how the others know that one has died.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};

/// Enters a worker, or renews its heartbeat.
pub async fn beat(tx: &mut Tx, worker: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO workers (id, started_at, heartbeat_at) VALUES ($1, $2, $2)
               ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at";
    on_either!(tx, |conn| sqlx::query(sql).bind(worker).bind(now).execute(conn).await.map(|_| ()))
}

/// Workers other than `me` whose last heartbeat is older than `before`.
pub async fn silent(tx: &mut Tx, me: Uuid, before: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM workers WHERE id <> $1 AND heartbeat_at < $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(me).bind(before).fetch_all(conn).await)
}

/// Whether any worker's heartbeat is at or after `since`.
pub async fn any_alive(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM workers WHERE heartbeat_at >= $1 LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(since).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// The newest heartbeat of any worker.
pub async fn newest_heartbeat(tx: &mut Tx) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT heartbeat_at FROM workers ORDER BY heartbeat_at DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_optional(conn).await)
}

/// Removes a worker that has left or whose deliveries were recovered.
pub async fn remove(tx: &mut Tx, worker: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM workers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(worker).execute(conn).await.map(|_| ()))
}

/// When each worker's heartbeat was last, the latest first.
pub async fn heartbeats(tx: &mut Tx) -> sqlx::Result<Vec<DateTime<Utc>>> {
    let sql = "SELECT heartbeat_at FROM workers ORDER BY heartbeat_at DESC";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}
