//! Subscribers: one person, one email address.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::email_address::EmailAddress;

/// One person, one email address.
#[derive(Clone, sqlx::FromRow)]
pub struct Subscriber {
    pub id: Uuid,
    /// As typed, the domain in ASCII.
    pub email: String,
    /// What two spellings of the address share.
    pub email_key: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// Adds a subscriber, or finds the one of that address; their first spelling and name are kept,
/// and an empty name is filled.
pub async fn upsert(tx: &mut Tx, email: &EmailAddress, name: &str, now: DateTime<Utc>) -> sqlx::Result<Uuid> {
    // DO UPDATE, not DO NOTHING: only an updated row is returned.
    let sql = "INSERT INTO subscribers (id, email, email_key, name, created_at)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (email_key) DO UPDATE SET name =
                   CASE WHEN subscribers.name = '' THEN excluded.name ELSE subscribers.name END
               RETURNING id";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(Uuid::now_v7())
        .bind(email.as_str())
        .bind(email.key())
        .bind(name)
        .bind(now)
        .fetch_one(conn)
        .await)
}

/// The subscriber of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Subscriber>> {
    let sql = "SELECT id, email, email_key, name, created_at FROM subscribers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The subscriber of an address.
pub async fn by_email(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<Subscriber>> {
    let sql = "SELECT id, email, email_key, name, created_at FROM subscribers WHERE email_key = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email.key()).fetch_optional(conn).await)
}
