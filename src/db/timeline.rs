//! What happened between us and one subscriber: consents, notices, deliveries. Read only.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::delivery::DeliveryStatus;
use crate::locale::say;

/// What somebody agreed to.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct ConsentRow {
    pub list_name: String,
    pub form: String,
    pub wording_version: String,
    pub requested_at: DateTime<Utc>,
    pub requested_ip: String,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub confirmed_ip: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ImportedConsent {
    #[sqlx(flatten)]
    consent: ConsentRow,
    file_name: String,
}

impl ImportedConsent {
    /// With the file's name; where nobody said how its people agreed, that is said too.
    fn row(self) -> ConsentRow {
        let ImportedConsent { mut consent, file_name } = self;
        let said = match consent.wording_version.is_empty() {
            true => say("import-consent-not-stated").with("file", file_name),
            false => {
                say("import-consent-stated").with("file", file_name).with("consent", consent.wording_version)
            }
        };
        consent.wording_version = said.to_string();
        consent
    }
}

/// The consents of a subscriber, the newest first.
pub async fn consents(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<ConsentRow>> {
    let sql = "SELECT l.name AS list_name, c.form, c.wording_version, c.requested_at, c.requested_ip,
                   c.confirmed_at, c.confirmed_ip
               FROM consents c JOIN lists l ON l.id = c.list_id
               WHERE c.subscriber_id = $1 ORDER BY c.requested_at DESC, c.id DESC LIMIT $2";
    let mut consents: Vec<ConsentRow> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await?);
    // What whoever imported says of all, and the file of each.
    let sql = "SELECT l.name AS list_name, 'import, by an admin' AS form, i.consent AS wording_version, i.file_name,
                   COALESCE(w.requested_at, i.started_at) AS requested_at,
                   COALESCE(w.requested_ip, '') AS requested_ip, w.confirmed_at, w.confirmed_ip
               FROM import_rows w JOIN imports i ON i.id = w.import_id JOIN lists l ON l.id = w.list_id
               WHERE w.subscriber_id = $1 AND w.status = 'active' ORDER BY w.import_id DESC LIMIT $2";
    let imported: Vec<ImportedConsent> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await?);
    consents.extend(imported.into_iter().map(ImportedConsent::row));
    consents.sort_by_key(|consent| std::cmp::Reverse(consent.requested_at));
    Ok(consents)
}

/// A notice that somebody was to get.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct NoticeRow {
    pub kind: String,
    pub created_at: DateTime<Utc>,
    pub status: DeliveryStatus,
    pub status_since: DateTime<Utc>,
    pub attempts: i64,
    pub reply: Option<String>,
}

/// The notices to a subscriber, the newest first.
pub async fn notices(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<NoticeRow>> {
    let sql = "SELECT kind, created_at, status, status_since, attempts, reply FROM notices
               WHERE subscriber_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await)
}

/// A campaign of somebody's lists, and what became of it for them.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct DeliveryRow {
    pub campaign_id: Uuid,
    pub subject: String,
    pub list_name: String,
    pub campaign_at: DateTime<Utc>,
    /// `None`: they were not among its readers, and so is the rest.
    pub status: Option<DeliveryStatus>,
    pub attempts: Option<i64>,
    pub first_attempt_at: Option<DateTime<Utc>>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub status_since: Option<DateTime<Utc>>,
    pub reply: Option<String>,
}

/// The newest `limit` campaigns of a subscriber's lists before one, each looked up in the ledger by its key: under their
/// own id, or under that of somebody who was merged into them.
pub async fn deliveries(
    tx: &mut Tx,
    subscriber_id: Uuid,
    delivered_to: Uuid,
    before: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    let sql =
        "SELECT c.id AS campaign_id, c.subject, l.name AS list_name, c.created_at AS campaign_at, d.status,
                   d.attempts, d.first_attempt_at, d.next_attempt_at, d.status_since, d.reply
               FROM (SELECT id, subject, list_id, created_at FROM campaigns
                     WHERE id < $2 AND list_id IN (SELECT list_id FROM subscriptions WHERE subscriber_id = $1)
                     ORDER BY id DESC LIMIT $3) AS c
               JOIN lists l ON l.id = c.list_id
               LEFT JOIN deliveries d ON d.campaign_id = c.id AND d.subscriber_id = $4
               ORDER BY c.id DESC";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(subscriber_id)
        .bind(before)
        .bind(limit)
        .bind(delivered_to)
        .fetch_all(conn)
        .await)
}

/// When a campaign was made.
pub async fn campaign_time(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT created_at FROM campaigns WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)
}

/// The newest campaigns, as id, list and subject: for a search, which looks at some hundreds.
pub async fn newest_subjects(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = "SELECT id, subject FROM campaigns ORDER BY id DESC LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// The newest articles, as id and title.
pub async fn newest_titles(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = "SELECT id, title FROM articles ORDER BY id DESC LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}
