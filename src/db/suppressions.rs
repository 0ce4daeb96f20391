//! Suppressions: addresses that are never mailed again, and why.

use chrono::{DateTime, Utc};

use super::{Tx, on_either};

/// Why an address is never mailed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum SuppressionReason {
    /// Its owner said "this wasn't me".
    Blocked,
    /// It refuses mail for good.
    Bounced,
    /// Its reader called our mail spam.
    Complained,
    /// Somebody at the publication put it here.
    Manual,
}

/// Suppresses an address; the first reason is kept. True where it is new.
pub async fn add(
    tx: &mut Tx,
    email_key: &str,
    reason: SuppressionReason,
    detail: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO suppressions (email_key, reason, detail, created_at)
               VALUES ($1, $2, $3, $4) ON CONFLICT (email_key) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(email_key)
        .bind(reason)
        .bind(detail)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Whether an address is suppressed.
pub async fn is_suppressed(tx: &mut Tx, email_key: &str) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM suppressions WHERE email_key = $1";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).fetch_one(conn).await)?;
    Ok(rows > 0)
}
