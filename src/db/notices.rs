//! Notices: mails to one person that are no campaign. Their lane is ahead of all campaigns.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, dialect, on_either};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::email_address::EmailAddress;

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum NoticeKind {
    /// Confirm the lists of one confirmation.
    Confirmation,
    /// You are subscribed already.
    Subscribed,
    /// A campaign, to one address, before it leaves.
    Test,
    /// Something is wrong: to an admin.
    Alert,
    /// A one-time link that signs in or sets a password: to a user.
    #[sqlx(rename = "sign_in")]
    SignIn,
    /// How an account is opened was changed: to its owner.
    #[sqlx(rename = "account_change")]
    AccountChange,
}

/// A notice that is to be mailed.
#[derive(Clone, Debug)]
pub struct NewNotice<'a> {
    pub kind: NoticeKind,
    pub email: &'a EmailAddress,
    pub subscriber_id: Option<Uuid>,
    pub confirmation_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub alert_id: Option<Uuid>,
    pub sign_in_link_id: Option<Uuid>,
    /// What it is about where no other row holds it: JSON, by kind.
    pub details: Option<String>,
}

impl<'a> NewNotice<'a> {
    /// A notice that is about nothing yet: its caller names what it is about.
    pub fn new(kind: NoticeKind, email: &'a EmailAddress) -> NewNotice<'a> {
        NewNotice {
            kind,
            email,
            subscriber_id: None,
            confirmation_id: None,
            campaign_id: None,
            alert_id: None,
            sign_in_link_id: None,
            details: None,
        }
    }
}

/// Puts a notice into the lane. Its caller rings `app.bell` after the commit.
pub async fn enqueue(tx: &mut WriteTx, notice: NewNotice<'_>, now: DateTime<Utc>) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let sql = "INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id,
                   alert_id, sign_in_link_id, details, created_at, status, attempts, status_since, mailbox)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, $11, $12)";
    // Others are caused by nobody's sign-up: neither its limits nor a block are about them.
    let by_sign_up = matches!(notice.kind, NoticeKind::Confirmation | NoticeKind::Subscribed);
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(notice.kind)
        .bind(notice.email.as_str())
        .bind(notice.email.key())
        .bind(notice.subscriber_id)
        .bind(notice.confirmation_id)
        .bind(notice.campaign_id)
        .bind(notice.alert_id)
        .bind(notice.sign_in_link_id)
        .bind(notice.details)
        .bind(now)
        .bind(by_sign_up.then(|| notice.email.mailbox()))
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// How many notices that a sign-up causes were queued to a mailbox after `since`, and how many of them
/// after `lately`. Tests and alerts don't count: no stranger can cause them.
pub async fn count_caused_by_sign_up(
    tx: &mut Tx,
    mailbox: &str,
    since: DateTime<Utc>,
    lately: DateTime<Utc>,
) -> sqlx::Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(CASE WHEN created_at > $3 THEN 1 END) FROM notices
               WHERE mailbox = $1 AND created_at > $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(mailbox).bind(since).bind(lately).fetch_one(conn).await)
}

/// How many tests were queued to an address after `since`.
pub async fn count_tests(tx: &mut Tx, email_key: &str, since: DateTime<Utc>) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM notices WHERE email_key = $1 AND created_at > $2 AND kind = 'test'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).bind(since).fetch_one(conn).await)
}

/// A notice in a worker's hands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeasedNotice {
    pub id: Uuid,
    pub kind: NoticeKind,
    pub email: String,
    pub subscriber_id: Option<Uuid>,
    pub confirmation_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub alert_id: Option<Uuid>,
    pub sign_in_link_id: Option<Uuid>,
    pub details: Option<String>,
    pub created_at: DateTime<Utc>,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
}

/// Leases up to `limit` notices that wait or are due again, the oldest first.
pub async fn lease(
    tx: &mut WriteTx,
    worker: Uuid,
    limit: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<LeasedNotice>> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "UPDATE notices SET status = 'leased', leased_by = $1, status_since = $2
                 WHERE id IN (SELECT id FROM notices
                     WHERE status IN ('queued', 'deferred', 'uncertain')
                       AND (status = 'queued' OR next_attempt_at <= $2)
                     ORDER BY id LIMIT $3",
                $lock,
                ") RETURNING id, kind, email, subscriber_id, confirmation_id, campaign_id,
                     alert_id, sign_in_link_id, details, created_at, attempts, first_attempt_at"
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(""), postgres: sql!(" FOR UPDATE SKIP LOCKED"));
    on_either!(tx, |conn| sqlx::query_as(sql).bind(worker).bind(now).bind(limit).fetch_all(conn).await)
}

/// Marks a leased notice `sending`, unless its address was suppressed since, or, for what a sign-up caused, its
/// mailbox was blocked: then it is skipped.
/// `again` as in [`super::ledger::settle`]. True where it may go on the wire after the commit.
pub async fn mark(
    tx: &mut WriteTx,
    worker: Uuid,
    id: Uuid,
    again: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    macro_rules! stopped {
        () => {
            "(SELECT MIN(1) FROM suppressions x WHERE x.email_key = notices.email_key) IS NOT NULL
             OR (SELECT MIN(1) FROM suppressions x WHERE x.mailbox = notices.mailbox) IS NOT NULL"
        };
    }
    let sql = concat!(
        "UPDATE notices SET status_since = $3,
             attempts = attempts + CASE status WHEN 'leased' THEN 1 ELSE 0 END,
             first_attempt_at = COALESCE(first_attempt_at, $3),
             status = CASE WHEN ",
        stopped!(),
        " THEN 'skipped' ELSE 'sending' END, reply = CASE WHEN ",
        stopped!(),
        " THEN 'suppressed' ELSE reply END
         WHERE id = $1 AND leased_by = $2 AND status IN ('leased', $4)
         RETURNING status = 'sending'"
    );
    let go: Option<bool> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(id)
        .bind(worker)
        .bind(now)
        .bind(if again { "sending" } else { "leased" })
        .fetch_optional(conn)
        .await?);
    Ok(go.unwrap_or(false))
}

/// Records what became of a notice that was on the wire, or of one that could not be built.
pub async fn record(
    tx: &mut WriteTx,
    worker: Uuid,
    id: Uuid,
    status: DeliveryStatus,
    next_attempt_at: Option<DateTime<Utc>>,
    reply: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE notices SET status = $3, next_attempt_at = $4, reply = $5, status_since = $6, leased_by = NULL,
                   uncertain_at = CASE WHEN $3 = 'uncertain' THEN $6 ELSE uncertain_at END
               WHERE id = $1 AND leased_by = $2 AND status IN ('leased', 'sending')";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(worker)
        .bind(status)
        .bind(next_attempt_at)
        .bind(reply)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether any notice waits or is due again.
pub async fn any_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM notices WHERE status IN ('queued', 'deferred', 'uncertain')
               AND (status = 'queued' OR next_attempt_at <= $1) LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Ends a lease that was not used: back to where the notice was. `marked` as in [`super::ledger::release`].
pub async fn release(
    tx: &mut WriteTx,
    worker: Uuid,
    id: Uuid,
    marked: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE notices SET leased_by = NULL, status_since = $3,
                   attempts = attempts - CASE status WHEN 'sending' THEN 1 ELSE 0 END,
                   first_attempt_at = CASE WHEN status = 'sending' AND attempts = 1 THEN NULL
                                      ELSE first_attempt_at END,
                   status = CASE WHEN next_attempt_at IS NULL THEN 'queued'
                                 WHEN uncertain_at IS NULL THEN 'deferred' ELSE 'uncertain' END
               WHERE id = $1 AND leased_by = $2 AND status IN ('leased', $4)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(worker)
        .bind(now)
        .bind(if marked { "sending" } else { "leased" })
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Takes notices out of a dead worker's hands: leased ones wait again, `sending` ones are
/// uncertain and due at once.
pub async fn recover(tx: &mut WriteTx, dead: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE notices SET leased_by = NULL, status_since = $2,
                   status = CASE WHEN status = 'sending' THEN 'uncertain'
                                 WHEN next_attempt_at IS NULL THEN 'queued'
                                 WHEN uncertain_at IS NULL THEN 'deferred' ELSE 'uncertain' END,
                   uncertain_at = CASE status WHEN 'sending' THEN $2 ELSE uncertain_at END,
                   next_attempt_at = CASE status WHEN 'sending' THEN $2 ELSE next_attempt_at END
               WHERE status IN ('leased', 'sending') AND leased_by = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(dead).bind(now).execute(conn).await.map(|_| ()))
}

/// How a test mail stands: the newest to an address that was about no campaign.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LastTest {
    pub created_at: DateTime<Utc>,
    pub status: DeliveryStatus,
    /// What the relay said; `None`: nothing yet.
    pub reply: Option<String>,
}

/// The last test mail to an address.
pub async fn last_test(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<LastTest>> {
    let sql = "SELECT created_at, status, reply FROM notices
               WHERE email_key = $1 AND kind = 'test' AND campaign_id IS NULL ORDER BY created_at DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email.key()).fetch_optional(conn).await)
}
