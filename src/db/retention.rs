//! What is kept for a time only, found a few rows at a time: by the keys that rows have anyway, so that nothing has an
//! index for the day on which it goes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::{id_array, ids};
use super::{Tx, WriteTx, on_either};

/// Some subscriptions (subscriber, list) that wait for a confirmation since before a moment.
pub async fn stale_pending(
    tx: &mut Tx,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT subscriber_id, list_id FROM subscriptions
               WHERE status = 'pending' AND status_since < $1 ORDER BY cadence, subscriber_id LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(before).bind(limit).fetch_all(conn).await)
}

/// Whether somebody's subscriptions all wait, and none of them ever did more.
pub async fn is_only_pending(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM subscribers b WHERE b.id = $1
                 AND (SELECT MIN(1) FROM subscriptions x
                      WHERE x.subscriber_id = b.id AND x.status <> 'pending') IS NULL
                 AND (SELECT MIN(1) FROM consents c
                      WHERE c.subscriber_id = b.id AND c.confirmed_at IS NOT NULL) IS NULL
                 AND (SELECT MIN(1) FROM events e
                      WHERE e.subscriber_id = b.id AND (e.was = 'active' OR e.status = 'active')) IS NULL
                 AND (SELECT MIN(1) FROM import_rows w
                      WHERE w.subscriber_id = b.id AND w.status = 'active') IS NULL
                 AND (SELECT MIN(1) FROM merges m WHERE m.kept_id = b.id) IS NULL";
    let found: i64 =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(subscriber_id).fetch_one(conn).await?);
    Ok(found > 0)
}

/// Removes what was asked for of a list and never confirmed.
pub async fn remove_unconfirmed(tx: &mut WriteTx, subscriber_id: Uuid, list_id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM consents WHERE subscriber_id = $1 AND list_id = $2 AND confirmed_at IS NULL";
    on_either!(tx, |conn| sqlx::query(sql).bind(subscriber_id).bind(list_id).execute(conn).await.map(|_| ()))
}

/// How far something was looked through: nil before the first.
pub async fn mark(tx: &mut Tx, name: &str) -> sqlx::Result<Uuid> {
    let sql = "SELECT walked_to FROM retention_marks WHERE name = $1";
    let found: Option<Uuid> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(name).fetch_optional(conn).await?);
    Ok(found.unwrap_or(Uuid::nil()))
}

/// Notes how far something was looked through.
pub async fn set_mark(tx: &mut WriteTx, name: &str, to: Uuid) -> sqlx::Result<()> {
    let sql = "INSERT INTO retention_marks (name, walked_to) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET walked_to = excluded.walked_to";
    on_either!(tx, |conn| sqlx::query(sql).bind(name).bind(to).execute(conn).await.map(|_| ()))
}

/// The next consents behind one, by their ids, which are times: those asked for before a moment, up to the first that was
/// not.
pub async fn consents_behind(
    tx: &mut Tx,
    behind: Uuid,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id, requested_at FROM consents WHERE id > $1 ORDER BY id LIMIT $2";
    let rows: Vec<(Uuid, DateTime<Utc>)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(behind).bind(limit).fetch_all(conn).await?);
    Ok(rows.into_iter().take_while(|(_, at)| *at < before).map(|(id, _)| id).collect())
}

/// Takes the network addresses off consents.
pub async fn remove_ips(tx: &mut WriteTx, of: &[Uuid]) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "UPDATE consents SET requested_ip = '',
             confirmed_ip = CASE WHEN confirmed_ip IS NULL THEN NULL ELSE '' END
         WHERE id IN (SELECT s FROM",
        ")"
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(of)).execute(conn).await.map(|_| ()))
}

/// The same of what files brought along, of so many rows. How many there were.
pub async fn remove_imported_ips(tx: &mut WriteTx, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let sql = "UPDATE import_rows SET requested_ip = '', confirmed_ip = ''
               WHERE (subscriber_id, import_id, list_id) IN (
                   SELECT subscriber_id, import_id, list_id FROM import_rows
                   WHERE (requested_ip <> '' OR confirmed_ip <> '')
                     AND (requested_at < $1 OR (requested_at IS NULL AND confirmed_at < $1)) LIMIT $2)";
    on_either!(tx, |conn| Ok(sqlx::query(sql).bind(before).bind(limit).execute(conn).await?.rows_affected()))
}

/// Whether any are there.
pub async fn any_imported_ips(tx: &mut Tx, before: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM import_rows WHERE (requested_ip <> '' OR confirmed_ip <> '')
                 AND (requested_at < $1 OR (requested_at IS NULL AND confirmed_at < $1)) LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(before).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// The last of the first `limit` events that happened before a moment: up to it all of them did.
pub async fn last_old_event(tx: &mut Tx, before: DateTime<Utc>, limit: i64) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT id, at FROM events ORDER BY id LIMIT $1";
    let rows: Vec<(i64, DateTime<Utc>)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await?);
    Ok(rows.into_iter().take_while(|(_, at)| *at < before).last().map(|(id, _)| id))
}

/// Removes the events up to one.
pub async fn remove_events(tx: &mut WriteTx, up_to: i64) -> sqlx::Result<()> {
    let sql = "DELETE FROM events WHERE id <= $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(up_to).execute(conn).await.map(|_| ()))
}

/// Removes what people said as they left before a moment.
pub async fn remove_leave_reasons(tx: &mut WriteTx, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let sql = "DELETE FROM leave_reasons WHERE created_at < $1";
    on_either!(tx, |conn| Ok(sqlx::query(sql).bind(before).execute(conn).await?.rows_affected()))
}

/// Whether anybody said something before a moment.
pub async fn any_leave_reasons(tx: &mut Tx, before: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM leave_reasons WHERE created_at < $1 LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(before).fetch_optional(conn).await?);
    Ok(found.is_some())
}
