//! What came of the schedule's jobs, for processes that do not lead.

use chrono::{DateTime, Utc};

use super::{Tx, WriteTx, on_either};

/// What came of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRun {
    pub name: String,
    /// When it last ended well, to the minute or so.
    pub succeeded_at: Option<DateTime<Utc>>,
    /// Since when it has failed each time; `None`: it does not.
    pub failing_since: Option<DateTime<Utc>>,
    /// How often it has failed since then.
    pub failures: i64,
    /// Why it failed last; empty where it does not fail.
    pub error: String,
}

/// Stores the outcome of a job.
pub async fn store(tx: &mut WriteTx, run: &JobRun) -> sqlx::Result<()> {
    let sql = "INSERT INTO job_runs (name, succeeded_at, failing_since, failures, error)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (name) DO UPDATE SET
                   succeeded_at = COALESCE(excluded.succeeded_at, job_runs.succeeded_at),
                   failing_since = excluded.failing_since, failures = excluded.failures, error = excluded.error";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&run.name)
        .bind(run.succeeded_at)
        .bind(run.failing_since)
        .bind(run.failures)
        .bind(&run.error)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// All of them, by name.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<JobRun>> {
    let sql = "SELECT name, succeeded_at, failing_since, failures, error FROM job_runs ORDER BY name";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}
