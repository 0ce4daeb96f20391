//! What guards sign-ups: the one row that an admin sets, the rules about who may sign up, and the proofs that were used.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Engine, Tx, WriteTx, id_at, on_either};
use crate::domain::proof::Proof;

/// What an admin set, and what is usual.
#[derive(Clone, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct Guard {
    /// Since when everybody is asked for a proof; `None`: nobody said so.
    pub asked_since: Option<DateTime<Utc>>,
    /// Who said so.
    pub asked_by: String,
    /// Whether addresses for a few minutes are left out.
    pub stops_disposable: bool,
    /// Whether addresses of functions are left out.
    pub stops_role: bool,
    /// Whether addresses are left out whose domains take no mail.
    pub stops_no_mail: bool,
    /// Sign-ups a minute over the last days.
    pub usual_per_minute: f64,
    /// Raised with each change of the rules.
    pub rules_version: i64,
}

/// What guards sign-ups.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Guard> {
    let sql = "SELECT asked_since, asked_by, stops_disposable, stops_role, stops_no_mail, usual_per_minute, rules_version
               FROM sign_up_guard WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_one(conn).await)
}

/// The same, and nobody else changes it until this transaction ends.
pub async fn lock(tx: &mut WriteTx) -> sqlx::Result<Guard> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM sign_up_guard WHERE id = 1 FOR UPDATE").execute(&mut **tx).await?;
    }
    get(tx).await
}

/// Stores it whole.
pub async fn set(tx: &mut WriteTx, guard: &Guard) -> sqlx::Result<()> {
    let sql =
        "UPDATE sign_up_guard SET asked_since = $1, asked_by = $2, stops_disposable = $3, stops_role = $4,
                   stops_no_mail = $5, usual_per_minute = $6, rules_version = $7 WHERE id = 1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(guard.asked_since)
        .bind(&guard.asked_by)
        .bind(guard.stops_disposable)
        .bind(guard.stops_role)
        .bind(guard.stops_no_mail)
        .bind(guard.usual_per_minute)
        .bind(guard.rules_version)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Who may sign up whatever it looks like, or may not.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredRule {
    pub id: Uuid,
    pub is_allowed: bool,
    pub pattern: String,
    pub added_by: String,
    pub created_at: DateTime<Utc>,
}

/// Every rule, by its pattern.
pub async fn rules(tx: &mut Tx) -> sqlx::Result<Vec<StoredRule>> {
    let sql = "SELECT id, is_allowed, pattern, added_by, created_at FROM sign_up_rules ORDER BY pattern";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Adds a rule. `None`: its pattern has one already.
pub async fn add_rule(
    tx: &mut WriteTx,
    is_allowed: bool,
    pattern: &str,
    added_by: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let sql = "INSERT INTO sign_up_rules (id, is_allowed, pattern, added_by, created_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (pattern) DO NOTHING";
    let id = id_at(now);
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(is_allowed)
        .bind(pattern)
        .bind(added_by)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok((rows == 1).then_some(id))
}

/// Removes a rule: what it was.
pub async fn remove_rule(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<Option<StoredRule>> {
    let sql =
        "DELETE FROM sign_up_rules WHERE id = $1 RETURNING id, is_allowed, pattern, added_by, created_at";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Notes that a proof is used. False where it was used before, by whatever process.
pub async fn spend(tx: &mut WriteTx, proof: &Proof) -> sqlx::Result<bool> {
    let sql = "INSERT INTO spent_proofs (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(&proof.id)
        .bind(proof.expires_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Forgets proofs that have expired.
pub async fn forget_spent(tx: &mut WriteTx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "DELETE FROM spent_proofs WHERE expires_at <= $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(|_| ()))
}
