//! Confirmations: one mailed request each, for the lists that its mail names.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::lists::List;
use super::{Tx, WriteTx, on_either};

/// One mailed request to confirm.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Confirmation {
    pub id: Uuid,
    pub subscriber_id: Uuid,
    /// The fingerprint of the cookie that the sign-up set in its browser.
    pub browser: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Adds a confirmation of these lists.
pub async fn add(
    tx: &mut WriteTx,
    subscriber_id: Uuid,
    list_ids: &[Uuid],
    browser: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let sql = "INSERT INTO confirmations (id, subscriber_id, browser, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(subscriber_id)
        .bind(browser)
        .bind(now)
        .bind(expires_at)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "INSERT INTO confirmation_lists (confirmation_id, list_id) VALUES ($1, $2)
               ON CONFLICT (confirmation_id, list_id) DO NOTHING";
    for list_id in list_ids {
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(*list_id).execute(conn).await.map(|_| ()))?;
    }
    Ok(id)
}

/// The confirmation of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Confirmation>> {
    let sql = "SELECT id, subscriber_id, browser, created_at, expires_at, confirmed_at
               FROM confirmations WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The lists that its mail names.
pub async fn lists(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<List>> {
    let sql = "SELECT l.id, l.slug, l.name, l.description, l.public, l.from_name, l.reply_to, l.position, l.retired_at,
               l.language, l.schedule_json
               FROM confirmation_lists c JOIN lists l ON l.id = c.list_id
               WHERE c.confirmation_id = $1 ORDER BY l.position, l.created_at, l.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_all(conn).await)
}

/// The lists that its subscriber asked for and that its mail does not name.
pub async fn lists_asked_for_meanwhile(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<List>> {
    let sql = "SELECT l.id, l.slug, l.name, l.description, l.public, l.from_name, l.reply_to, l.position, l.retired_at,
               l.language, l.schedule_json
               FROM confirmations k
               JOIN subscriptions s ON s.subscriber_id = k.subscriber_id AND s.status = 'pending'
               JOIN lists l ON l.id = s.list_id
               WHERE k.id = $1 AND NOT EXISTS (SELECT 1 FROM confirmation_lists c
                   WHERE c.confirmation_id = k.id AND c.list_id = l.id)
               ORDER BY l.position, l.created_at, l.id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_all(conn).await)
}

/// Those that nobody has confirmed or reminded of, made behind one moment and up to another, the oldest first.
pub async fn open(
    tx: &mut Tx,
    behind: DateTime<Utc>,
    up_to: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM confirmations WHERE confirmed_at IS NULL AND reminded_at IS NULL
                 AND created_at > $1 AND created_at <= $2 ORDER BY created_at LIMIT $3";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(behind).bind(up_to).bind(limit).fetch_all(conn).await)
}

/// Notes that it was reminded of, or is not to be. True where neither that nor its confirming came before.
pub async fn mark_reminded(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE confirmations SET reminded_at = $2
               WHERE id = $1 AND reminded_at IS NULL AND confirmed_at IS NULL";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Notes that it was used. True where it had not been: it confirms once.
pub async fn mark_confirmed(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE confirmations SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}
