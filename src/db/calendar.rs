//! What is planned and what was begun, by its time.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::campaign::CampaignStatus;
use crate::domain::subscription::Cadence;

/// A campaign with a time.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Planned {
    pub id: Uuid,
    pub list_id: Uuid,
    pub subject: String,
    pub status: CampaignStatus,
    pub is_held: bool,
    pub digest_cadence: Option<Cadence>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub is_breaking: bool,
    /// Whether it is for a part of its list.
    pub has_segment: bool,
}

/// What was begun since a moment, and what is scheduled up to another: what is scheduled first, then the newest.
pub async fn planned(
    tx: &mut Tx,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Planned>> {
    let sql =
        "SELECT id, list_id, subject, status, is_held, digest_cadence, scheduled_at, started_at, is_breaking,
                   segment_json IS NOT NULL AS has_segment
               FROM campaigns
               WHERE (status = 'scheduled' AND scheduled_at <= $2)
                  OR (status IN ('sending', 'paused', 'sent') AND started_at >= $1)
               ORDER BY CASE WHEN status = 'scheduled' THEN 0 ELSE 1 END, id DESC LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(from).bind(to).bind(limit).fetch_all(conn).await)
}
