//! Users: who works on the publication.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Engine, Tx, WriteTx, on_either};
use crate::domain::email_address::EmailAddress;

/// What a user may do. Each may do all that the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Articles, campaigns and subscribers.
    Editor,
    /// Everything; is told when something is wrong.
    Admin,
}

impl Role {
    /// Its name, as it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Editor => "editor",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Role> {
        [Role::Editor, Role::Admin].into_iter().find(|role| role.as_str() == name)
    }
}

/// One who works on the publication. What opens their account is in [`Credentials`].
#[derive(Clone, Debug, sqlx::FromRow, Serialize)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    /// Empty where they did not say.
    pub name: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub has_password: bool,
    /// A code is asked for at sign-in.
    pub has_totp: bool,
    pub alert_campaigns: bool,
    pub alert_feeds: bool,
    pub alert_relay: bool,
}

impl User {
    /// Their name, or the address where they have none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.role, u.created_at, u.password_hash IS NOT NULL AS has_password,
                 u.totp_confirmed_at IS NOT NULL AS has_totp, u.alert_campaigns, u.alert_feeds, u.alert_relay
             FROM users u ",
            $rest
        )
    };
}

/// Adds a user, or leaves the one of that address as they are. True where they are new.
pub async fn add(
    tx: &mut WriteTx,
    email: &EmailAddress,
    role: Role,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
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
    let sql = select!("WHERE u.email_key = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email.key()).fetch_optional(conn).await)
}

/// The user of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<User>> {
    let sql = select!("WHERE u.id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Lets nobody else change a user's links until this transaction ends. SQLite's one writer is that lock.
pub async fn lock(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// All users, the oldest first.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<User>> {
    let sql = select!("ORDER BY u.created_at, u.id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Whether there is nobody yet: then `/admin/setup` is open to who has its token.
pub async fn is_empty(tx: &mut Tx) -> sqlx::Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM users)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// The same, and nobody else can add the first until this transaction ends.
pub async fn is_empty_and_stays_so(tx: &mut Tx) -> sqlx::Result<bool> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("LOCK TABLE users IN EXCLUSIVE MODE").execute(&mut **tx).await?;
    }
    is_empty(tx).await
}

/// How many admins there are: the last one stays.
pub async fn count_admins(tx: &mut WriteTx) -> sqlx::Result<i64> {
    // Two admins who demote each other at once must not both succeed; SQLite's one writer is that lock.
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE")
            .execute(&mut **tx)
            .await?;
    }
    let sql = "SELECT COUNT(*) FROM users WHERE role = 'admin'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// What opens an account. Never logged, never shown.
#[derive(sqlx::FromRow)]
pub struct Credentials {
    /// argon2id, in PHC form.
    pub password_hash: Option<String>,
    /// Sealed with the key ring.
    pub totp_secret: Option<String>,
    /// NULL: shown, and not yet answered with a code.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
    /// The last time step whose code was taken: no code works twice.
    pub totp_step: i64,
}

/// A user's credentials.
pub async fn credentials(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Credentials>> {
    let sql = "SELECT password_hash, totp_secret, totp_confirmed_at, totp_step FROM users WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Stores a password's hash; `None` takes the password away. Its caller ends the sessions.
pub async fn set_password(tx: &mut WriteTx, id: Uuid, hash: Option<&str>) -> sqlx::Result<()> {
    let sql = "UPDATE users SET password_hash = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(hash).execute(conn).await.map(|_| ()))
}

/// Stores a TOTP secret that waits for its first code; `None` takes TOTP away.
pub async fn set_totp(tx: &mut WriteTx, id: Uuid, sealed: Option<&str>) -> sqlx::Result<()> {
    let sql = "UPDATE users SET totp_secret = $2, totp_confirmed_at = NULL, totp_step = 0 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(sealed).execute(conn).await.map(|_| ()))
}

/// Puts the same secret in place, sealed anew.
pub async fn reseal_totp(tx: &mut WriteTx, id: Uuid, sealed: &str, resealed: &str) -> sqlx::Result<()> {
    let sql = "UPDATE users SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(sealed)
        .bind(resealed)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The sealed secrets of all users who are asked for codes.
pub async fn confirmed_totp_secrets(tx: &mut Tx) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = "SELECT id, totp_secret FROM users
               WHERE totp_secret IS NOT NULL AND totp_confirmed_at IS NOT NULL ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Notes that the code of a time step was taken. False where that step, or a later one, was taken before.
pub async fn take_totp_step(tx: &mut WriteTx, id: Uuid, step: i64, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE users SET totp_step = $2, totp_confirmed_at = COALESCE(totp_confirmed_at, $3)
               WHERE id = $1 AND totp_step < $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(step)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Replaces the recovery codes.
pub async fn set_recovery_codes(tx: &mut WriteTx, id: Uuid, hashes: &[String]) -> sqlx::Result<()> {
    let sql = "DELETE FROM recovery_codes WHERE user_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)";
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(hash).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}

/// Uses up a recovery code. False where there is none such, or it was used.
pub async fn take_recovery_code(
    tx: &mut WriteTx,
    id: Uuid,
    hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE recovery_codes SET used_at = $3
               WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(hash)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(tx: &mut Tx, id: Uuid) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_one(conn).await)
}

/// Sets a user's role. Its caller ends the sessions.
pub async fn set_role(tx: &mut WriteTx, id: Uuid, role: Role) -> sqlx::Result<()> {
    let sql = "UPDATE users SET role = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(role).execute(conn).await.map(|_| ()))
}

/// Sets what a user is called.
pub async fn set_name(tx: &mut WriteTx, id: Uuid, name: &str) -> sqlx::Result<()> {
    let sql = "UPDATE users SET name = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(name).execute(conn).await.map(|_| ()))
}

/// Sets which alerts a user gets.
pub async fn set_alerts(
    tx: &mut WriteTx,
    id: Uuid,
    campaigns: bool,
    feeds: bool,
    relay: bool,
) -> sqlx::Result<()> {
    let sql = "UPDATE users SET alert_campaigns = $2, alert_feeds = $3, alert_relay = $4 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(campaigns)
        .bind(feeds)
        .bind(relay)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Removes a user, with their sessions and links. What they did stays in the audit log.
pub async fn remove(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM users WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}
