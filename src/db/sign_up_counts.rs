//! What became of sign-ups, in sums: by minute, by where they came from, and the times at which far more came than usual.
//! No address is in it, and no network address narrower than those it counts together.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, id_at, on_either};
use crate::domain::sign_up::SignUpOutcome;

/// Networks and domains that are kept of an hour, of each the most frequent.
const SOURCES_MAX: i64 = 100;

/// What sign-ups are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    Network,
    Domain,
}

impl SourceKind {
    fn as_str(self) -> &'static str {
        match self {
            SourceKind::Network => "network",
            SourceKind::Domain => "domain",
        }
    }
}

/// Adds to what became of the sign-ups of a minute.
pub async fn add_outcome(
    tx: &mut WriteTx,
    minute: DateTime<Utc>,
    outcome: SignUpOutcome,
    sign_ups: i64,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO sign_up_minutes (minute, outcome, sign_ups) VALUES ($1, $2, $3)
               ON CONFLICT (minute, outcome) DO UPDATE SET sign_ups = sign_up_minutes.sign_ups + excluded.sign_ups";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(minute)
        .bind(outcome.as_str())
        .bind(sign_ups)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// What came from one place in an hour, or for one domain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Source {
    pub name: String,
    pub sign_ups: i64,
    /// Those that were asked for a proof, or refused.
    pub stopped: i64,
}

/// Adds to what came from one place, or for one domain.
pub async fn add_source(
    tx: &mut WriteTx,
    hour: DateTime<Utc>,
    kind: SourceKind,
    source: &Source,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO sign_up_sources (hour, kind, name, sign_ups, stopped) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (hour, kind, name) DO UPDATE SET sign_ups = sign_up_sources.sign_ups + excluded.sign_ups,
                   stopped = sign_up_sources.stopped + excluded.stopped";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(hour)
        .bind(kind.as_str())
        .bind(&source.name)
        .bind(source.sign_ups)
        .bind(source.stopped)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Keeps the most frequent sources of an hour.
pub async fn keep_most_frequent(tx: &mut WriteTx, hour: DateTime<Utc>, kind: SourceKind) -> sqlx::Result<()> {
    let sql = "DELETE FROM sign_up_sources WHERE hour = $1 AND kind = $2 AND name NOT IN
                   (SELECT name FROM sign_up_sources WHERE hour = $1 AND kind = $2
                    ORDER BY sign_ups DESC, name LIMIT $3)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(hour)
        .bind(kind.as_str())
        .bind(SOURCES_MAX)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// What most sign-ups since a time came from, or were for.
pub async fn sources(
    tx: &mut Tx,
    kind: SourceKind,
    since: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Source>> {
    let sql =
        "SELECT name, CAST(SUM(sign_ups) AS BIGINT) AS sign_ups, CAST(SUM(stopped) AS BIGINT) AS stopped
               FROM sign_up_sources WHERE hour >= $1 AND kind = $2
               GROUP BY name ORDER BY SUM(sign_ups) DESC, name LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(since)
        .bind(kind.as_str())
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// What became of sign-ups in a minute.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MinuteCount {
    pub minute: DateTime<Utc>,
    outcome: String,
    pub sign_ups: i64,
}

impl MinuteCount {
    /// What became of them; `None`: a later version says so.
    pub fn outcome(&self) -> Option<SignUpOutcome> {
        SignUpOutcome::parse(&self.outcome)
    }
}

/// What became of sign-ups since a time, by minute.
pub async fn minutes(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<Vec<MinuteCount>> {
    let sql =
        "SELECT minute, outcome, sign_ups FROM sign_up_minutes WHERE minute >= $1 ORDER BY minute, outcome";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)
}

/// What became of sign-ups since a time, all together.
pub async fn totals(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<Vec<(SignUpOutcome, i64)>> {
    let sql = "SELECT outcome, CAST(SUM(sign_ups) AS BIGINT) FROM sign_up_minutes WHERE minute >= $1 GROUP BY outcome";
    let rows: Vec<(String, i64)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(outcome, n)| Some((SignUpOutcome::parse(&outcome)?, n))).collect())
}

/// A time at which far more came than usual.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attack {
    pub id: Uuid,
    pub began_at: DateTime<Utc>,
    /// When last so many came.
    pub last_at: DateTime<Utc>,
    /// The most that one process saw in a minute.
    pub peak_per_minute: i64,
    /// How many networks one process saw, at least.
    pub networks: i64,
}

/// The newest attacks.
pub async fn attacks(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<Attack>> {
    let sql = "SELECT id, began_at, last_at, peak_per_minute, networks FROM sign_up_attacks
               ORDER BY last_at DESC, id LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// Notes an attack as one process saw it: of the one that goes on since `open_since`, or as a new one, whose id is
/// returned then. The caller has locked the guard.
pub async fn note_attack(
    tx: &mut WriteTx,
    seen: &Attack,
    open_since: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let open = attacks(tx, 1).await?.into_iter().find(|attack| attack.last_at > open_since);
    if let Some(open) = open {
        let sql =
            "UPDATE sign_up_attacks SET last_at = $2, peak_per_minute = $3, networks = $4 WHERE id = $1";
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(open.id)
            .bind(open.last_at.max(seen.last_at))
            .bind(open.peak_per_minute.max(seen.peak_per_minute))
            .bind(open.networks.max(seen.networks))
            .execute(conn)
            .await
            .map(|_| ()))?;
        return Ok(None);
    }
    let sql = "INSERT INTO sign_up_attacks (id, began_at, last_at, peak_per_minute, networks) VALUES ($1, $2, $3, $4, $5)";
    let id = id_at(seen.began_at);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(seen.began_at)
        .bind(seen.last_at)
        .bind(seen.peak_per_minute)
        .bind(seen.networks)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(Some(id))
}

/// How long sums are kept; attacks for longer.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);
const ATTACKS_KEPT_FOR: TimeDelta = TimeDelta::days(365);

/// Forgets what is older than it may be kept.
pub async fn forget_old(tx: &mut WriteTx, now: DateTime<Utc>) -> sqlx::Result<()> {
    for (sql, before) in [
        ("DELETE FROM sign_up_minutes WHERE minute < $1", now - KEPT_FOR),
        ("DELETE FROM sign_up_sources WHERE hour < $1", now - KEPT_FOR),
        ("DELETE FROM sign_up_attacks WHERE last_at < $1", now - ATTACKS_KEPT_FOR),
    ] {
        on_either!(tx, |conn| sqlx::query(sql).bind(before).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}
