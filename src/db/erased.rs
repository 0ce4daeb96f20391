//! Addresses that were erased, as salted hashes: what is left of somebody, so that no file and no colleague brings them back.
//! Who signs up again by themselves and confirms it is known again, and their hash goes.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::suppressions::SuppressionReason;
use super::{Tx, WriteTx, dialect, json, on_either, publication};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::{fingerprint, random_token};

fn hash(salt: &str, what: &str, text: &str) -> String {
    fingerprint(format!("postrider: erased {what}\n{salt}\n{text}").as_bytes())
}

/// The salt of all hashes here; `None`: there are none.
async fn salt(tx: &mut Tx) -> sqlx::Result<Option<String>> {
    let sql = "SELECT salt FROM erased_addresses LIMIT 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_optional(conn).await)
}

/// Keeps the hash of an address that is erased; `reason`: why it is never to be mailed. With `mailbox`, no spelling of it is.
pub async fn add(
    tx: &mut WriteTx,
    email_key: &str,
    reason: Option<SuppressionReason>,
    mailbox: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    // Two that erase the first at once must not each choose a salt.
    publication::lock(tx).await?;
    let salt = match salt(tx).await? {
        Some(salt) => salt,
        None => random_token().ok_or_else(|| sqlx::Error::Protocol("no random bytes".to_owned()))?,
    };
    let sql = "INSERT INTO erased_addresses (hash, mailbox_hash, salt, reason, erased_at)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO UPDATE SET
                   mailbox_hash = COALESCE(excluded.mailbox_hash, erased_addresses.mailbox_hash),
                   reason = COALESCE(excluded.reason, erased_addresses.reason), erased_at = excluded.erased_at";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(hash(&salt, "address", email_key))
        .bind(mailbox.map(|mailbox| hash(&salt, "mailbox", mailbox)))
        .bind(&salt)
        .bind(reason)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// What is left of an erased address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Why it is never to be mailed; `None`: its owner may sign up again.
    pub reason: Option<SuppressionReason>,
    pub erased_at: DateTime<Utc>,
}

/// What is left of an address, if it was erased.
pub async fn find(tx: &mut Tx, email_key: &str) -> sqlx::Result<Option<Erased>> {
    let Some(salt) = salt(tx).await? else { return Ok(None) };
    let sql = "SELECT reason, erased_at FROM erased_addresses WHERE hash = $1";
    let found: Option<(Option<SuppressionReason>, DateTime<Utc>)> =
        on_either!(tx, |conn| sqlx::query_as(sql)
            .bind(hash(&salt, "address", email_key))
            .fetch_optional(conn)
            .await?);
    Ok(found.map(|(reason, erased_at)| Erased { reason, erased_at }))
}

/// Since when no sign-up mail may go to an address, or to any spelling of its mailbox; and why.
pub async fn stopping_sign_up(
    tx: &mut Tx,
    email: &EmailAddress,
) -> sqlx::Result<Option<(SuppressionReason, DateTime<Utc>)>> {
    let Some(salt) = salt(tx).await? else { return Ok(None) };
    let sql = "SELECT reason, erased_at FROM erased_addresses
               WHERE reason IS NOT NULL AND (hash = $1 OR mailbox_hash = $2) ORDER BY erased_at LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(hash(&salt, "address", &email.key()))
        .bind(hash(&salt, "mailbox", &email.mailbox()))
        .fetch_optional(conn)
        .await)
}

/// Those of these addresses' keys that were erased.
pub async fn among(tx: &mut Tx, keys: &[&str]) -> sqlx::Result<Vec<String>> {
    let Some(salt) = salt(tx).await? else { return Ok(Vec::new()) };
    let hashes: Vec<(String, &str)> = keys.iter().map(|key| (hash(&salt, "address", key), *key)).collect();
    let sql = dialect!(
        tx,
        sqlite: "SELECT hash FROM erased_addresses WHERE hash IN (SELECT value FROM json_each($1))",
        postgres: "SELECT hash FROM erased_addresses
                   WHERE hash IN (SELECT value FROM json_array_elements_text($1::json) AS r(value))"
    );
    let wanted = json(&hashes.iter().map(|(hash, _)| hash).collect::<Vec<_>>())?;
    let found: HashSet<String> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(wanted).fetch_all(conn).await?)
            .into_iter()
            .collect();
    Ok(hashes.into_iter().filter(|(hash, _)| found.contains(hash)).map(|(_, key)| key.to_owned()).collect())
}

/// Forgets that an address was erased: it is known again. True where it had been.
pub async fn forget(tx: &mut WriteTx, email_key: &str) -> sqlx::Result<bool> {
    let Some(salt) = salt(tx).await? else { return Ok(false) };
    let sql = "DELETE FROM erased_addresses WHERE hash = $1";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(hash(&salt, "address", email_key))
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows > 0)
}
