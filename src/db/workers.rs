//! Processes that deliver, and how the others know that one has died.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, on_either};

/// Enters a worker, or renews its heartbeat.
pub async fn beat(tx: &mut WriteTx, worker: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO workers (id, started_at, heartbeat_at) VALUES ($1, $2, $2)
               ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at";
    on_either!(tx, |conn| sqlx::query(sql).bind(worker).bind(now).execute(conn).await.map(|_| ()))
}

/// Every worker and its last heartbeat, by its own clock: to be compared with what it was before, not with
/// the time here.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<(Uuid, DateTime<Utc>)>> {
    let sql = "SELECT id, heartbeat_at FROM workers ORDER BY id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// The newest heartbeat of any worker.
pub async fn newest_heartbeat(tx: &mut Tx) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT heartbeat_at FROM workers ORDER BY heartbeat_at DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_optional(conn).await)
}

/// Removes a worker that has left or whose deliveries were recovered.
pub async fn remove(tx: &mut WriteTx, worker: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM workers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(worker).execute(conn).await.map(|_| ()))
}

/// When each worker's heartbeat was last, the latest first.
pub async fn heartbeats(tx: &mut Tx) -> sqlx::Result<Vec<DateTime<Utc>>> {
    let sql = "SELECT heartbeat_at FROM workers ORDER BY heartbeat_at DESC";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}
