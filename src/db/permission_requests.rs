//! Whether readers of a list still want it: who was asked, who said so, and how far asking and ending have come.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::{id_array, ids};
use super::{Tx, WriteTx, dialect, on_either};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum PermissionStatus {
    /// Mails are being queued.
    Asking,
    /// All are asked.
    Waiting,
    /// Who did not say so is being unsubscribed.
    Ending,
    Done,
    Cancelled,
}

impl PermissionStatus {
    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            PermissionStatus::Asking => "permission-status-asking",
            PermissionStatus::Waiting => "permission-status-waiting",
            PermissionStatus::Ending => "permission-status-ending",
            PermissionStatus::Done => "permission-status-done",
            PermissionStatus::Cancelled => "permission-status-cancelled",
        }
    }

    /// Whether something is still to come.
    pub fn is_open(self) -> bool {
        !matches!(self, PermissionStatus::Done | PermissionStatus::Cancelled)
    }
}

/// One request to the readers of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PermissionRequest {
    pub id: Uuid,
    pub list_id: Uuid,
    pub user_email: String,
    pub status: PermissionStatus,
    /// Who has had the list since then or later is not asked.
    pub joined_before: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub walked_to: Uuid,
    pub asked: i64,
    pub kept: i64,
    pub ended: i64,
    pub created_at: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, list_id, user_email, status, joined_before, ends_at, walked_to, asked, kept, ended,
                 created_at FROM permission_requests ",
            $rest
        )
    };
}

/// Adds a request. False where the list has one that is not over.
pub async fn add(tx: &mut WriteTx, request: &PermissionRequest) -> sqlx::Result<bool> {
    let sql = "INSERT INTO permission_requests
                   (id, list_id, user_email, status, joined_before, ends_at, walked_to, asked, kept, ended, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (list_id) WHERE status IN ('asking', 'waiting', 'ending') DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(request.id)
        .bind(request.list_id)
        .bind(&request.user_email)
        .bind(request.status)
        .bind(request.joined_before)
        .bind(request.ends_at)
        .bind(request.walked_to)
        .bind(request.asked)
        .bind(request.kept)
        .bind(request.ended)
        .bind(request.created_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// The request of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<PermissionRequest>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The same, and nobody else works on it until this transaction ends.
pub async fn lock(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<Option<PermissionRequest>> {
    let sql = dialect!(tx, sqlite: select!("WHERE id = $1"), postgres: select!("WHERE id = $1 FOR UPDATE"));
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Those that are not over, the oldest first.
pub async fn open(tx: &mut Tx) -> sqlx::Result<Vec<PermissionRequest>> {
    let sql = select!("WHERE status IN ('asking', 'waiting', 'ending') ORDER BY id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Those of a list, the newest first.
pub async fn of_list(tx: &mut Tx, list_id: Uuid, limit: i64) -> sqlx::Result<Vec<PermissionRequest>> {
    let sql = select!("WHERE list_id = $1 ORDER BY id DESC LIMIT $2");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(limit).fetch_all(conn).await)
}

/// Stores how far one has come.
pub async fn set_progress(tx: &mut WriteTx, request: &PermissionRequest) -> sqlx::Result<()> {
    let sql =
        "UPDATE permission_requests SET status = $2, walked_to = $3, asked = $4, ended = $5 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(request.id)
        .bind(request.status)
        .bind(request.walked_to)
        .bind(request.asked)
        .bind(request.ended)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The next readers of a list behind one, by their ids: so many of the list are looked at, and where that ended.
pub async fn readers_behind(tx: &mut Tx, list_id: Uuid, behind: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT subscriber_id FROM subscriptions WHERE list_id = $1 AND subscriber_id > $2
               ORDER BY subscriber_id LIMIT $3";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(behind)
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// Those of these readers who get a list since before a moment, never confirmed here that they want it, and can be mailed;
/// with their addresses, by their ids.
pub async fn unconfirmed_among(
    tx: &mut Tx,
    list_id: Uuid,
    of: &[Uuid],
    joined_before: DateTime<Utc>,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let sql = ids!(
        tx,
        "SELECT b.id, b.email FROM",
        "JOIN subscribers b ON b.id = r.s
         JOIN subscriptions x ON x.list_id = $2 AND x.subscriber_id = b.id
         WHERE x.status = 'active' AND x.created_at < $3
           AND (SELECT MIN(1) FROM consents c
                WHERE c.subscriber_id = b.id AND c.list_id = $2 AND c.confirmed_at IS NOT NULL) IS NULL
           AND (SELECT MIN(1) FROM suppressions s WHERE s.email_key = b.email_key) IS NULL
         ORDER BY b.id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(id_array(of))
        .bind(list_id)
        .bind(joined_before)
        .fetch_all(conn)
        .await)
}

/// Notes that somebody is asked by a notice.
pub async fn add_reader(
    tx: &mut WriteTx,
    request_id: Uuid,
    subscriber_id: Uuid,
    notice_id: Uuid,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO permission_readers (request_id, subscriber_id, notice_id) VALUES ($1, $2, $3)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(request_id)
        .bind(subscriber_id)
        .bind(notice_id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether somebody was asked, and when they said that they want it.
pub async fn reader(
    tx: &mut Tx,
    request_id: Uuid,
    subscriber_id: Uuid,
) -> sqlx::Result<Option<Option<DateTime<Utc>>>> {
    let sql = "SELECT kept_at FROM permission_readers WHERE request_id = $1 AND subscriber_id = $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(request_id)
        .bind(subscriber_id)
        .fetch_optional(conn)
        .await)
}

/// Notes that somebody wants the list. True the first time.
pub async fn keep(
    tx: &mut WriteTx,
    request_id: Uuid,
    subscriber_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE permission_readers SET kept_at = $3
               WHERE request_id = $1 AND subscriber_id = $2 AND kept_at IS NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(request_id)
        .bind(subscriber_id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    if rows == 1 {
        let sql = "UPDATE permission_requests SET kept = kept + 1 WHERE id = $1";
        on_either!(tx, |conn| sqlx::query(sql).bind(request_id).execute(conn).await.map(|_| ()))?;
    }
    Ok(rows == 1)
}

/// The next who were asked behind one: their id, and whether they are to be unsubscribed. Not who said that they want it, in
/// whatever way, nor whom no mail has reached.
pub async fn asked_behind(
    tx: &mut Tx,
    request: &PermissionRequest,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, bool)>> {
    let sql = "SELECT p.subscriber_id, p.kept_at IS NULL AND n.id IS NOT NULL
                   AND (SELECT MIN(1) FROM consents c WHERE c.subscriber_id = p.subscriber_id AND c.list_id = $3
                        AND c.confirmed_at IS NOT NULL) IS NULL
               FROM permission_readers p LEFT JOIN notices n ON n.id = p.notice_id AND n.status = 'sent'
               WHERE p.request_id = $1 AND p.subscriber_id > $2 ORDER BY p.subscriber_id LIMIT $4";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(request.id)
        .bind(request.walked_to)
        .bind(request.list_id)
        .bind(limit)
        .fetch_all(conn)
        .await)
}
