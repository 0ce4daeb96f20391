//! Why people left, as far as they said so: the last word of each about a list.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, on_either};
use crate::domain::leave_reason::LeaveReason;

/// Stores why somebody left a list.
pub async fn set(
    tx: &mut WriteTx,
    (subscriber_id, list_id): (Uuid, Uuid),
    reason: LeaveReason,
    comment: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO leave_reasons (subscriber_id, list_id, reason, comment, created_at)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (subscriber_id, list_id) DO UPDATE SET
                   reason = excluded.reason, comment = excluded.comment, created_at = excluded.created_at";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(subscriber_id)
        .bind(list_id)
        .bind(reason)
        .bind(comment)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How many said what of a list since a day.
pub async fn count(
    tx: &mut Tx,
    list_id: Uuid,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<(LeaveReason, i64)>> {
    let sql = "SELECT reason, COUNT(*) FROM leave_reasons WHERE list_id = $1 AND created_at >= $2
               GROUP BY reason ORDER BY COUNT(*) DESC, reason";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(since).fetch_all(conn).await)
}

/// The newest comments about a list since a day.
pub async fn comments(
    tx: &mut Tx,
    list_id: Uuid,
    since: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<(String, DateTime<Utc>)>> {
    let sql = "SELECT comment, created_at FROM leave_reasons
               WHERE list_id = $1 AND created_at >= $2 AND comment <> '' ORDER BY created_at DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(since).bind(limit).fetch_all(conn).await)
}

/// What one of its readers said, the newest first.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct SaidReason {
    pub list_name: String,
    pub reason: String,
    pub comment: String,
    pub created_at: DateTime<Utc>,
}

/// All that somebody said.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<Vec<SaidReason>> {
    let sql = "SELECT l.name AS list_name, r.reason, r.comment, r.created_at
               FROM leave_reasons r JOIN lists l ON l.id = r.list_id
               WHERE r.subscriber_id = $1 ORDER BY r.created_at DESC";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).fetch_all(conn).await)
}
