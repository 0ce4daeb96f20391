//! Subscriptions, and the consents behind them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::{self, id_array, ids};
use super::{Tx, WriteTx, dialect, on_either};
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// A subscriber on a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Subscription {
    pub list_id: Uuid,
    pub subscriber_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub created_at: DateTime<Utc>,
    pub status_since: DateTime<Utc>,
}

/// Where a subscriber agreed to something: which form, its wording, from which network address.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    pub form: &'a str,
    pub wording_version: &'a str,
    pub ip: &'a str,
}

/// Every subscription of a subscriber.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<Vec<Subscription>> {
    let sql = "SELECT list_id, subscriber_id, status, cadence, created_at, status_since
               FROM subscriptions WHERE subscriber_id = $1 ORDER BY list_id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).fetch_all(conn).await)
}

/// The status of one subscription.
pub async fn status(
    tx: &mut Tx,
    list_id: Uuid,
    subscriber_id: Uuid,
) -> sqlx::Result<Option<SubscriptionStatus>> {
    let sql = "SELECT status FROM subscriptions WHERE list_id = $1 AND subscriber_id = $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .fetch_optional(conn)
        .await)
}

/// Asks for a list: pending, with this cadence. One that is active stays as it is; one that was
/// left, or bounced and is suppressed no more, starts again. True where it is pending now.
pub async fn put_pending(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    cadence: Cadence,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
               VALUES ($1, $2, 'pending', $3, $4, $4)
               ON CONFLICT (list_id, subscriber_id) DO UPDATE SET
                   status = 'pending', cadence = excluded.cadence,
                   status_since = CASE WHEN subscriptions.status = 'pending'
                       THEN subscriptions.status_since ELSE excluded.status_since END
               WHERE subscriptions.status <> 'active'";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(cadence)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Confirms: what is pending since `pending_by` or earlier becomes active. Nothing else does, so that a
/// confirmation that waited in a mailbox neither undoes a later unsubscribe nor confirms whatever somebody
/// asked for after that. True where it changed.
pub async fn activate(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    pending_by: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE subscriptions SET status = 'active', status_since = $3
               WHERE list_id = $1 AND subscriber_id = $2 AND status = 'pending' AND status_since <= $4";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(now)
        .bind(pending_by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Changes how often; the status stays. True where there is such a subscription.
pub async fn set_cadence(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    cadence: Cadence,
) -> sqlx::Result<bool> {
    let sql = "UPDATE subscriptions SET cadence = $3 WHERE list_id = $1 AND subscriber_id = $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(cadence)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Leaves one list: active and pending become unsubscribed. True where it changed.
pub async fn leave(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE subscriptions SET status = 'unsubscribed', status_since = $3
               WHERE list_id = $1 AND subscriber_id = $2 AND status IN ('active', 'pending')";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Leaves every list. How many changed.
pub async fn leave_all(tx: &mut WriteTx, subscriber_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let sql = "UPDATE subscriptions SET status = 'unsubscribed', status_since = $2
               WHERE subscriber_id = $1 AND status IN ('active', 'pending')";
    Ok(on_either!(tx, |conn| sqlx::query(sql)
        .bind(subscriber_id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected()))
}

/// Ends every subscription of an address that refuses mail (`Bounced`) or called it spam
/// (`Complained`). How many changed.
pub async fn end_all(
    tx: &mut WriteTx,
    subscriber_id: Uuid,
    status: SubscriptionStatus,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let sql = "UPDATE subscriptions SET status = $2, status_since = $3
               WHERE subscriber_id = $1 AND status IN ('active', 'pending')";
    Ok(on_either!(tx, |conn| sqlx::query(sql)
        .bind(subscriber_id)
        .bind(status)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected()))
}

/// Active from a file whose people agreed elsewhere; mails nobody. Pending becomes active; who
/// left, bounced or complained stays so; a suppressed address is skipped, and the cadence of who
/// is active already is kept. Returns those who are active now and were not.
pub async fn set_active_imported(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_ids: &[Uuid],
    cadence: Cadence,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = ids!(
        tx,
        "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
         SELECT $2, b.id, 'active', $3, $4, $4 FROM",
        "JOIN subscribers b ON b.id = r.s
         WHERE NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.email_key = b.email_key)
         ON CONFLICT (list_id, subscriber_id) DO UPDATE SET
             status = 'active', cadence = excluded.cadence, status_since = excluded.status_since
         WHERE subscriptions.status = 'pending'
         RETURNING subscriber_id"
    );
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(id_array(subscriber_ids))
        .bind(list_id)
        .bind(cadence)
        .bind(now)
        .fetch_all(conn)
        .await)
}

/// Active at the wish of a reader who has confirmed this address before (see
/// [`has_ever_confirmed`]): whatever it was, with this cadence.
pub async fn set_active(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    cadence: Cadence,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
               VALUES ($1, $2, 'active', $3, $4, $4)
               ON CONFLICT (list_id, subscriber_id) DO UPDATE SET
                   status = 'active', cadence = excluded.cadence,
                   status_since = CASE WHEN subscriptions.status = 'active'
                       THEN subscriptions.status_since ELSE excluded.status_since END";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(cadence)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether this subscriber ever showed that the address is theirs: a subscription is active, or a
/// consent was confirmed.
pub async fn has_ever_confirmed(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM subscribers s WHERE s.id = $1 AND (
                   (SELECT MIN(1) FROM subscriptions x
                    WHERE x.subscriber_id = s.id AND x.status = 'active') IS NOT NULL
                   OR (SELECT MIN(1) FROM consents c
                       WHERE c.subscriber_id = s.id AND c.confirmed_at IS NOT NULL) IS NOT NULL)";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(subscriber_id).fetch_one(conn).await)?;
    Ok(rows > 0)
}

/// Notes what a subscriber asked for, and where.
pub async fn note_consent(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    consent: &Consent<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    note_consents(tx, list_id, &[subscriber_id], consent, now).await
}

/// The same for many.
pub async fn note_consents(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_ids: &[Uuid],
    consent: &Consent<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    macro_rules! sql {
        ($columns:literal, $rows:literal) => {
            concat!(
                "INSERT INTO consents
                     (id, subscriber_id, list_id, form, wording_version, requested_at, requested_ip)
                 SELECT ",
                $columns,
                ", $2, $3, $4, $5, $6 FROM ",
                $rows
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!("unhex(value ->> 'id'), unhex(value ->> 's')", "json_each($1)"),
        postgres: sql!("r.id, r.s", "json_to_recordset($1::json) AS r(id uuid, s uuid)")
    );
    let rows: Vec<serde_json::Value> = subscriber_ids
        .iter()
        .map(|id| serde_json::json!({ "id": Uuid::now_v7().simple().to_string(), "s": id.simple().to_string() }))
        .collect();
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(serde_json::Value::Array(rows).to_string())
        .bind(list_id)
        .bind(consent.form)
        .bind(consent.wording_version)
        .bind(now)
        .bind(consent.ip)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether a consent of a subscription waits to be confirmed.
pub async fn has_unconfirmed_consent(tx: &mut Tx, list_id: Uuid, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM consents
               WHERE subscriber_id = $1 AND list_id = $2 AND confirmed_at IS NULL";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(subscriber_id)
        .bind(list_id)
        .fetch_one(conn)
        .await)?;
    Ok(rows > 0)
}

/// Notes that a consent was confirmed, and from where: the newest that was asked for by `requested_by`. What
/// others asked for before and after was confirmed by nobody.
pub async fn note_confirmed(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    requested_by: DateTime<Utc>,
    ip: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE consents SET confirmed_at = $3, confirmed_ip = $4
               WHERE id = (SELECT id FROM consents
                   WHERE list_id = $1 AND subscriber_id = $2 AND confirmed_at IS NULL AND requested_at <= $5
                   ORDER BY requested_at DESC, id DESC LIMIT 1)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(now)
        .bind(ip)
        .bind(requested_by)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// A line of an export.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExportRow {
    pub subscriber_id: Uuid,
    pub email: String,
    pub name: String,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub created_at: DateTime<Utc>,
}

/// The next subscribers of a list behind `after`.
pub async fn export_page(
    tx: &mut Tx,
    list_id: Uuid,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<ExportRow>> {
    let sql = "SELECT s.subscriber_id, b.email, b.name, s.status, s.cadence, s.created_at
               FROM subscriptions s JOIN subscribers b ON b.id = s.subscriber_id
               WHERE s.list_id = $1 AND s.subscriber_id > $2 ORDER BY s.subscriber_id LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(after).bind(limit).fetch_all(conn).await)
}

/// A subscription on a page of subscribers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
}

/// Every subscription of these subscribers.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<Held>> {
    let sql = subscribers::ids!(
        tx,
        "SELECT x.subscriber_id, x.list_id, x.status, x.cadence FROM",
        "JOIN subscriptions x ON x.subscriber_id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscribers::id_array(wanted)).fetch_all(conn).await)
}

/// How many subscriptions of a list, a status and a cadence there were when they were counted last; `None`:
/// they were never counted.
pub async fn counted(
    tx: &mut Tx,
    list_id: Option<Uuid>,
    status: Option<SubscriptionStatus>,
    cadence: Option<Cadence>,
) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT CAST(SUM(subscriptions) AS BIGINT) FROM subscription_counts
               WHERE ($1 = $2 OR list_id = $1) AND ($3 = '' OR status = $3) AND ($4 = '' OR cadence = $4)";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id.unwrap_or(Uuid::nil()))
        .bind(Uuid::nil())
        .bind(status.map_or("", SubscriptionStatus::as_str))
        .bind(cadence.map_or("", Cadence::as_str))
        .fetch_one(conn)
        .await)
}
