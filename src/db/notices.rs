//! Notices: mails to one person that are no campaign. Their lane is ahead of all campaigns. Their table is one of the
//! two of the [queue](super::queue).

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::queue::{self, QueueKey, Statements, statements};
use super::{Tx, WriteTx, dialect, on_either};
use crate::domain::account_change::AccountChange;
use crate::domain::delivery::{CAPTURED, DeliveryStatus};
use crate::domain::email_address::EmailAddress;

/// What a notice says, with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Confirm the lists of one confirmation.
    Confirmation { subscriber_id: Uuid, confirmation_id: Uuid },
    /// The same once more, the only time.
    Reminder { subscriber_id: Uuid, confirmation_id: Uuid },
    /// You are subscribed already.
    Subscribed { subscriber_id: Uuid },
    /// What the lists say that somebody has just confirmed.
    Welcome { subscriber_id: Uuid, lists: Vec<WelcomingList> },
    /// A link for a while, by which a reader changes what concerns their address itself.
    ManageLink { subscriber_id: Uuid },
    /// Whether this address becomes a reader's: to the new one.
    NewAddress { subscriber_id: Uuid },
    /// It has: to the one before.
    AddressChanged { subscriber_id: Uuid },
    /// Whether a reader still wants a list.
    Permission { subscriber_id: Uuid, request_id: Uuid },
    /// What a list says then, to whoever wrote it.
    WelcomeTest { list_id: Uuid },
    /// A campaign, to one address, before it is sent.
    CampaignTest { campaign_id: Uuid },
    /// That mail arrives, and how it looks.
    MailTest,
    /// Something is wrong: to an admin.
    Alert { alert_id: Uuid },
    /// A one-time link that signs in or sets a password: to a user.
    SignIn { link_id: Uuid },
    /// How an account is opened was changed: to its owner.
    AccountChange(AccountChange),
}

/// The kind of [`Notice::ManageLink`], as it is stored.
const MANAGE_LINK: &str = "manage_link";

/// A list in a welcome mail, with those of its articles that the mail brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WelcomingList {
    pub list_id: Uuid,
    pub articles: Vec<Uuid>,
}

/// Why a row is no notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANotice {
    #[error("no notice is of the kind “{0}”")]
    UnknownKind(String),
    #[error("a notice of the kind “{kind}” is stored without its {missing}")]
    Incomplete { kind: String, missing: &'static str },
    #[error("what a notice of the kind “{kind}” is about can't be read: {error}")]
    Unreadable { kind: String, error: String },
}

/// A notice as its row holds it.
#[derive(sqlx::FromRow)]
struct NoticeColumns {
    kind: String,
    subscriber_id: Option<Uuid>,
    confirmation_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    alert_id: Option<Uuid>,
    sign_in_link_id: Option<Uuid>,
    /// What it is about where no other row holds it, as JSON.
    details: Option<String>,
}

impl Notice {
    /// Whether somebody causes it by typing an address, as at a sign-up: then their mailbox's limits and its block are about it.
    fn is_caused_by_sign_up(&self) -> bool {
        matches!(
            self,
            Notice::Confirmation { .. }
                | Notice::Reminder { .. }
                | Notice::Subscribed { .. }
                | Notice::NewAddress { .. }
        )
    }

    fn columns(&self) -> Result<NoticeColumns, serde_json::Error> {
        let kind = match self {
            Notice::Confirmation { .. } => "confirmation",
            Notice::Reminder { .. } => "reminder",
            Notice::Subscribed { .. } => "subscribed",
            Notice::Welcome { .. } => "welcome",
            Notice::ManageLink { .. } => MANAGE_LINK,
            Notice::NewAddress { .. } => "new_address",
            Notice::AddressChanged { .. } => "address_changed",
            Notice::Permission { .. } => "permission",
            Notice::CampaignTest { .. } | Notice::WelcomeTest { .. } | Notice::MailTest => "test",
            Notice::Alert { .. } => "alert",
            Notice::SignIn { .. } => "sign_in",
            Notice::AccountChange(_) => "account_change",
        };
        let mut columns = NoticeColumns {
            kind: kind.to_owned(),
            subscriber_id: None,
            confirmation_id: None,
            campaign_id: None,
            alert_id: None,
            sign_in_link_id: None,
            details: None,
        };
        match self {
            Notice::Confirmation { subscriber_id, confirmation_id }
            | Notice::Reminder { subscriber_id, confirmation_id } => {
                columns.subscriber_id = Some(*subscriber_id);
                columns.confirmation_id = Some(*confirmation_id);
            }
            Notice::Subscribed { subscriber_id }
            | Notice::ManageLink { subscriber_id }
            | Notice::NewAddress { subscriber_id }
            | Notice::AddressChanged { subscriber_id } => columns.subscriber_id = Some(*subscriber_id),
            Notice::Permission { subscriber_id, request_id } => {
                columns.subscriber_id = Some(*subscriber_id);
                columns.details = Some(serde_json::to_string(request_id)?);
            }
            Notice::Welcome { subscriber_id, lists } => {
                columns.subscriber_id = Some(*subscriber_id);
                columns.details = Some(serde_json::to_string(lists)?);
            }
            Notice::WelcomeTest { list_id } => columns.details = Some(serde_json::to_string(list_id)?),
            Notice::CampaignTest { campaign_id } => columns.campaign_id = Some(*campaign_id),
            Notice::MailTest => {}
            Notice::Alert { alert_id } => columns.alert_id = Some(*alert_id),
            Notice::SignIn { link_id } => columns.sign_in_link_id = Some(*link_id),
            Notice::AccountChange(change) => columns.details = Some(serde_json::to_string(change)?),
        }
        Ok(columns)
    }
}

impl TryFrom<NoticeColumns> for Notice {
    type Error = NotANotice;

    fn try_from(columns: NoticeColumns) -> Result<Notice, NotANotice> {
        let kind = columns.kind;
        let id = |id: Option<Uuid>, missing| {
            id.ok_or_else(|| NotANotice::Incomplete { kind: kind.clone(), missing })
        };
        Ok(match kind.as_str() {
            "confirmation" => Notice::Confirmation {
                subscriber_id: id(columns.subscriber_id, "subscriber")?,
                confirmation_id: id(columns.confirmation_id, "confirmation")?,
            },
            "reminder" => Notice::Reminder {
                subscriber_id: id(columns.subscriber_id, "subscriber")?,
                confirmation_id: id(columns.confirmation_id, "confirmation")?,
            },
            "welcome" => Notice::Welcome {
                subscriber_id: id(columns.subscriber_id, "subscriber")?,
                lists: details(&kind, columns.details, "lists")?,
            },
            "subscribed" => Notice::Subscribed { subscriber_id: id(columns.subscriber_id, "subscriber")? },
            MANAGE_LINK => Notice::ManageLink { subscriber_id: id(columns.subscriber_id, "subscriber")? },
            "new_address" => Notice::NewAddress { subscriber_id: id(columns.subscriber_id, "subscriber")? },
            "address_changed" => {
                Notice::AddressChanged { subscriber_id: id(columns.subscriber_id, "subscriber")? }
            }
            "permission" => Notice::Permission {
                subscriber_id: id(columns.subscriber_id, "subscriber")?,
                request_id: details(&kind, columns.details, "request")?,
            },
            "test" => match (columns.campaign_id, columns.details) {
                (Some(campaign_id), _) => Notice::CampaignTest { campaign_id },
                (None, Some(list)) => Notice::WelcomeTest { list_id: details(&kind, Some(list), "list")? },
                (None, None) => Notice::MailTest,
            },
            "alert" => Notice::Alert { alert_id: id(columns.alert_id, "alert")? },
            "sign_in" => Notice::SignIn { link_id: id(columns.sign_in_link_id, "link")? },
            "account_change" => Notice::AccountChange(details(&kind, columns.details, "change")?),
            _ => return Err(NotANotice::UnknownKind(kind)),
        })
    }
}

/// What a notice is about where no other row holds it.
fn details<T: DeserializeOwned>(
    kind: &str,
    json: Option<String>,
    missing: &'static str,
) -> Result<T, NotANotice> {
    let json = json.ok_or_else(|| NotANotice::Incomplete { kind: kind.to_owned(), missing })?;
    serde_json::from_str(&json)
        .map_err(|error| NotANotice::Unreadable { kind: kind.to_owned(), error: error.to_string() })
}

/// One notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct NoticeKey {
    pub id: Uuid,
}

impl QueueKey for NoticeKey {
    const SQL: Statements = statements! {
        table: "notices",
        key: ["id" = "id"],
        is_row: "notices.id = r.id",
        rows: {
            sqlite: "(SELECT unhex(value ->> 'id') AS id, value ->> 'next' AS next FROM json_each($1)) AS r",
            postgres: "json_to_recordset($1::json) AS r(id uuid, next timestamptz)"
        },
        may_go: "(SELECT MIN(1) FROM suppressions x WHERE x.email_key = notices.email_key) IS NULL
                 AND (SELECT MIN(1) FROM suppressions x WHERE x.mailbox = notices.mailbox) IS NULL",
        // They always go out again: a confirmation that is lost is worse than one that comes twice.
        leaves_uncertain: "FALSE",
        refused: { join: "", on: "", waits: "FALSE", why: "'suppressed'" },
    };

    fn ids(&self) -> impl Iterator<Item = Uuid> {
        [self.id].into_iter()
    }
}

/// Puts a notice into the lane. The caller must notify `app.wake_delivery` after the commit.
pub async fn enqueue(
    tx: &mut WriteTx,
    notice: &Notice,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let columns = notice.columns().map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let sql = "INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id,
                   alert_id, sign_in_link_id, details, created_at, status, attempts, status_since, mailbox)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, $11, $12)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(columns.kind)
        .bind(email.as_str())
        .bind(email.key())
        .bind(columns.subscriber_id)
        .bind(columns.confirmation_id)
        .bind(columns.campaign_id)
        .bind(columns.alert_id)
        .bind(columns.sign_in_link_id)
        .bind(columns.details)
        .bind(now)
        .bind(notice.is_caused_by_sign_up().then(|| email.mailbox()))
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

/// Whether a mailbox has ever been reminded.
pub async fn was_reminded(tx: &mut Tx, mailbox: &str) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM notices WHERE mailbox = $1 AND kind = 'reminder' LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(mailbox).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// How many welcome mails were queued to an address after `since`.
pub async fn count_welcomes(tx: &mut Tx, email_key: &str, since: DateTime<Utc>) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM notices WHERE email_key = $1 AND created_at > $2 AND kind = 'welcome'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).bind(since).fetch_one(conn).await)
}

/// How many links for a while were queued to an address after `since`.
pub async fn count_manage_links(tx: &mut Tx, email_key: &str, since: DateTime<Utc>) -> sqlx::Result<i64> {
    let sql =
        "SELECT COUNT(*) FROM notices WHERE email_key = $1 AND created_at > $2 AND kind = 'manage_link'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).bind(since).fetch_one(conn).await)
}

/// Whether at least so many mails that ask for permission wait to be sent.
pub async fn permission_waiting(tx: &mut Tx, at_least: i64) -> sqlx::Result<bool> {
    // The first condition is its index's, the second what is asked.
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM notices
                   WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain')
                     AND status IN ('queued', 'leased', 'sending') AND kind = 'permission' LIMIT $1) AS open";
    let open: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(at_least).fetch_one(conn).await?);
    Ok(open >= at_least)
}

/// How many tests were queued to an address after `since`.
pub async fn count_tests(tx: &mut Tx, email_key: &str, since: DateTime<Utc>) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM notices WHERE email_key = $1 AND created_at > $2 AND kind = 'test'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).bind(since).fetch_one(conn).await)
}

/// A notice in a worker's hands.
#[derive(Clone, Debug)]
pub struct LeasedNotice {
    pub key: NoticeKey,
    /// An error where its row says something that its kind can't: it is leased all the same, and must be ended.
    pub notice: Result<Notice, NotANotice>,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub attempts: i64,
    pub first_attempt_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct LeasedRow {
    #[sqlx(flatten)]
    key: NoticeKey,
    #[sqlx(flatten)]
    columns: NoticeColumns,
    email: String,
    created_at: DateTime<Utc>,
    attempts: i64,
    first_attempt_at: Option<DateTime<Utc>>,
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
                "SELECT id, kind, email, subscriber_id, confirmation_id, campaign_id, alert_id, sign_in_link_id,
                        details, created_at, attempts, first_attempt_at
                 FROM notices
                 WHERE status IN ('queued', 'deferred', 'uncertain')
                   AND (status = 'queued' OR next_attempt_at <= $1)
                 ORDER BY id LIMIT $2",
                $lock
            )
        };
    }
    let sql = dialect!(tx, sqlite: sql!(""), postgres: sql!(" FOR UPDATE SKIP LOCKED"));
    let found: Vec<LeasedRow> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await?);
    let keys: Vec<NoticeKey> = found.iter().map(|row| row.key).collect();
    queue::take(tx, worker, &keys, now).await?;
    let leased = found.into_iter().map(|row| LeasedNotice {
        key: row.key,
        notice: row.columns.try_into(),
        email: row.email,
        created_at: row.created_at,
        attempts: row.attempts,
        first_attempt_at: row.first_attempt_at,
    });
    Ok(leased.collect())
}

/// Whether any notice waits or is due again.
pub async fn any_due(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM notices WHERE status IN ('queued', 'deferred', 'uncertain')
               AND (status = 'queued' OR next_attempt_at <= $1) LIMIT 1";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The notices that a worker has in its hands.
pub async fn held(tx: &mut Tx, worker: Uuid) -> sqlx::Result<Vec<NoticeKey>> {
    let sql = "SELECT id FROM notices WHERE status IN ('leased', 'sending') AND leased_by = $1 ORDER BY id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(worker).fetch_all(conn).await)
}

/// How a test mail stands: the newest to an address that was about no campaign.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LastTest {
    pub created_at: DateTime<Utc>,
    pub status: DeliveryStatus,
    /// What the relay said; `None`: nothing yet.
    pub reply: Option<String>,
}

impl LastTest {
    /// Whether a relay took it. What is captured is kept here.
    pub fn was_sent(&self) -> bool {
        self.status == DeliveryStatus::Sent && !self.was_captured()
    }

    /// Whether it was kept in a file.
    pub fn was_captured(&self) -> bool {
        self.reply.as_deref() == Some(CAPTURED)
    }
}

/// The last test mail to an address.
pub async fn last_test(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<LastTest>> {
    let sql = "SELECT created_at, status, reply FROM notices
               WHERE email_key = $1 AND kind = 'test' AND campaign_id IS NULL AND details IS NULL
               ORDER BY created_at DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email.key()).fetch_optional(conn).await)
}
