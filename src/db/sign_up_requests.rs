//! Sign-ups that were answered and wait to be worked on. A row is the same work for every address: nobody can
//! tell from the time of the answer what is known of one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, id_at, json, on_either};
use crate::domain::email_address::EmailAddress;
use crate::domain::field::FieldValue;
use crate::domain::subscription::Cadence;

/// A sign-up as it waits.
#[derive(sqlx::FromRow)]
pub struct SignUpRequest {
    pub id: Uuid,
    pub email: String,
    list_ids_json: String,
    pub cadence: Cadence,
    pub form: String,
    pub wording_version: String,
    pub ip: String,
    pub browser: String,
    /// The tag of what its page was in; empty: not said.
    pub language: String,
    fields_json: String,
    pub created_at: DateTime<Utc>,
}

impl SignUpRequest {
    /// The lists that it is for.
    pub fn list_ids(&self) -> sqlx::Result<Vec<Uuid>> {
        serde_json::from_str(&self.list_ids_json).map_err(|error| sqlx::Error::Decode(error.into()))
    }

    /// What was answered on the form, by field.
    pub fn fields(&self) -> sqlx::Result<Vec<(Uuid, FieldValue)>> {
        serde_json::from_str(&self.fields_json).map_err(|error| sqlx::Error::Decode(error.into()))
    }
}

/// A sign-up that is to wait.
pub struct NewSignUpRequest<'a> {
    pub email: &'a EmailAddress,
    pub list_ids: Vec<Uuid>,
    pub cadence: Cadence,
    pub form: &'a str,
    pub wording_version: &'a str,
    pub ip: &'a str,
    pub browser: &'a str,
    pub language: &'a str,
    pub fields: &'a [(Uuid, FieldValue)],
}

/// Adds a sign-up. The caller wakes who works on them after the commit.
pub async fn add(tx: &mut WriteTx, request: NewSignUpRequest<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO sign_up_requests
                   (id, email, list_ids_json, cadence, form, wording_version, ip, browser, created_at, due_at, fields_json,
                    language)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_at(now))
        .bind(request.email.as_str())
        .bind(json(&request.list_ids)?)
        .bind(request.cadence)
        .bind(request.form)
        .bind(request.wording_version)
        .bind(request.ip)
        .bind(request.browser)
        .bind(now)
        .bind(json(&request.fields)?)
        .bind(request.language)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether one is due.
pub async fn any_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM sign_up_requests WHERE due_at <= $1 LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Takes the oldest that are due out of the table, for the work that is done in the same transaction; on
/// PostgreSQL those that no other process is taking.
pub async fn take(tx: &mut WriteTx, limit: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<SignUpRequest>> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "DELETE FROM sign_up_requests WHERE id IN
                     (SELECT id FROM sign_up_requests WHERE due_at <= $1 ORDER BY id LIMIT $2",
                $lock,
                ") RETURNING id, email, list_ids_json, cadence, form, wording_version, ip, browser,
                            language, fields_json, created_at"
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(""), postgres: sql!(" FOR UPDATE SKIP LOCKED"));
    let mut taken: Vec<SignUpRequest> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await)?;
    // RETURNING keeps no order.
    taken.sort_by_key(|request| request.id);
    Ok(taken)
}

/// Puts one back that was taken, until it is due again.
pub async fn put_back(tx: &mut WriteTx, request: &SignUpRequest, due_at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO sign_up_requests
                   (id, email, list_ids_json, cadence, form, wording_version, ip, browser, created_at, due_at, fields_json)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(request.id)
        .bind(&request.email)
        .bind(&request.list_ids_json)
        .bind(request.cadence)
        .bind(&request.form)
        .bind(&request.wording_version)
        .bind(&request.ip)
        .bind(&request.browser)
        .bind(request.created_at)
        .bind(due_at)
        .bind(&request.fields_json)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Puts one off: it could not be worked on.
pub async fn put_off(tx: &mut WriteTx, id: Uuid, due_at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE sign_up_requests SET due_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(due_at).execute(conn).await.map(|_| ()))
}
