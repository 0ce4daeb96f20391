//! What limits how fast mail goes: the domains' settings, and the turns that all processes share.

use chrono::{DateTime, TimeDelta, Utc};

use serde::Serialize;

use super::{Tx, WriteTx, dialect, on_either};

/// What one destination domain may get.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize)]
pub struct DomainLimit {
    /// In lower-case ASCII.
    pub domain: String,
    /// Messages at the same time, in each process.
    pub connections_max: Option<i64>,
    /// Messages a minute, in all processes together.
    pub per_minute: Option<i64>,
}

/// All limits, by domain.
pub async fn domains(tx: &mut Tx) -> sqlx::Result<Vec<DomainLimit>> {
    let sql = "SELECT domain, connections_max, per_minute FROM domain_limits ORDER BY domain";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Sets a domain's limits; without any, it has none any more.
pub async fn set_domain(tx: &mut WriteTx, limit: &DomainLimit) -> sqlx::Result<()> {
    if limit.connections_max.is_none() && limit.per_minute.is_none() {
        let sql = "DELETE FROM domain_limits WHERE domain = $1";
        return on_either!(tx, |conn| sqlx::query(sql).bind(&limit.domain).execute(conn).await.map(|_| ()));
    }
    let sql = "INSERT INTO domain_limits (domain, connections_max, per_minute) VALUES ($1, $2, $3)
               ON CONFLICT (domain) DO UPDATE SET connections_max = excluded.connections_max,
                   per_minute = excluded.per_minute";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&limit.domain)
        .bind(limit.connections_max)
        .bind(limit.per_minute)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Reserves up to `wanted` turns of a pace that lie before `until`, each `apart` from the next.
/// Returns the first one's time and how many were granted; where that is none, when the next is free.
pub async fn reserve(
    tx: &mut WriteTx,
    pace: &str,
    wanted: i64,
    apart: TimeDelta,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<(DateTime<Utc>, i64)> {
    let sql = "INSERT INTO paces (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql).bind(pace).bind(now).execute(conn).await.map(|_| ()))?;
    let sql = dialect!(
        tx,
        sqlite: "SELECT next_at FROM paces WHERE name = $1",
        postgres: "SELECT next_at FROM paces WHERE name = $1 FOR UPDATE"
    );
    let next: DateTime<Utc> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(pace).fetch_one(conn).await?);
    // Turns that lie further ahead than one can reserve were given out by a clock that went wrong.
    let far = until + apart * i32::try_from(wanted.max(1)).unwrap_or(i32::MAX) + TimeDelta::minutes(2);
    let first = if next > far { now } else { next.max(now) };
    let apart_micros = apart.num_microseconds().unwrap_or(i64::MAX).max(1);
    let room = (until - first).num_microseconds().unwrap_or(0);
    let granted = if room < 0 { 0 } else { wanted.min(room / apart_micros + 1) };
    if granted > 0 {
        let then = first + TimeDelta::microseconds(apart_micros.saturating_mul(granted));
        let sql = "UPDATE paces SET next_at = $2 WHERE name = $1";
        on_either!(tx, |conn| sqlx::query(sql).bind(pace).bind(then).execute(conn).await.map(|_| ()))?;
    }
    Ok((first, granted))
}
