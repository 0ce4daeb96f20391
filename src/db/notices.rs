//! Notices: mails to one person that are no campaign. Their lane is ahead of all campaigns.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::email_address::EmailAddress;

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum NoticeKind {
    /// Confirm the lists of one confirmation.
    Confirmation,
    /// You are subscribed already.
    Subscribed,
    /// Here is your preferences link.
    Preferences,
    /// A campaign, to one address, before it leaves.
    Test,
}

/// A notice that is to be mailed.
#[derive(Clone, Debug)]
pub struct NewNotice<'a> {
    pub kind: NoticeKind,
    pub email: &'a EmailAddress,
    pub subscriber_id: Option<Uuid>,
    pub confirmation_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
}

/// Puts a notice into the lane. Its caller rings `app.bell` after the commit.
pub async fn enqueue(tx: &mut Tx, notice: NewNotice<'_>, now: DateTime<Utc>) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let sql = "INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id,
                   created_at, status, attempts, status_since)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, $8)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(notice.kind)
        .bind(notice.email.as_str())
        .bind(notice.email.key())
        .bind(notice.subscriber_id)
        .bind(notice.confirmation_id)
        .bind(notice.campaign_id)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// How many notices that a sign-up causes were queued to an address after `since`. Tests and
/// preferences links don't count: no stranger can cause them.
pub async fn count_caused_by_sign_up(
    tx: &mut Tx,
    email_key: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM notices
               WHERE email_key = $1 AND created_at > $2 AND kind IN ('confirmation', 'subscribed')";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).bind(since).fetch_one(conn).await)
}
