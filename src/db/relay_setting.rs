//! The relay that an admin set at the desk. It counts where the environment names none.

use chrono::{DateTime, Utc};

use super::{Tx, WriteTx, on_either};

/// The relay, and how its test ended.
#[derive(Clone, sqlx::FromRow)]
pub struct RelaySetting {
    /// Only a key of `SECRET_KEY` opens it.
    pub sealed: String,
    /// What the relay said to the test that was sent through it.
    pub reply: String,
    pub set_at: DateTime<Utc>,
}

/// The relay that was set.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Option<RelaySetting>> {
    let sql = "SELECT sealed, reply, set_at FROM relay_setting WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_optional(conn).await)
}

/// Sets it, in place of another.
pub async fn set(tx: &mut WriteTx, setting: &RelaySetting) -> sqlx::Result<()> {
    let sql = "INSERT INTO relay_setting (id, sealed, reply, set_at) VALUES (1, $1, $2, $3)
               ON CONFLICT (id) DO UPDATE SET sealed = $1, reply = $2, set_at = $3";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&setting.sealed)
        .bind(&setting.reply)
        .bind(setting.set_at)
        .execute(conn)
        .await
        .map(|_| ()))
}
