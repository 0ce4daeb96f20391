//! Users: who works on the publication.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::email_address::EmailAddress;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything; is told when something is wrong.
    Admin,
    /// Articles and campaigns.
    Editor,
}

impl Role {
    /// Its name, as it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Editor => "editor",
        }
    }
}

/// One who works on the publication.
#[derive(Clone, Debug, sqlx::FromRow, Serialize)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
}

/// Adds a user, or leaves the one of that address as they are. True where they are new.
pub async fn add(tx: &mut Tx, email: &EmailAddress, role: Role, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "INSERT INTO users (id, email, email_key, role, created_at)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email_key) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(email.as_str())
        .bind(email.key())
        .bind(role)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// The user of an address.
pub async fn by_email(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<User>> {
    let sql = "SELECT id, email, role, created_at FROM users WHERE email_key = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email.key()).fetch_optional(conn).await)
}

/// All users, the oldest first.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<User>> {
    let sql = "SELECT id, email, role, created_at FROM users ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}
