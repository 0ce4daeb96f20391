//! Suppressions: addresses that are never mailed again, and why.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::audit::Actor;
use super::erased::Erased;
use super::events::{self, Cause, NewEvent};
use super::ledger::DeliveryKey;
use super::subscribers::{id_array, ids};
use super::{Tx, WriteTx, dialect, erased, on_either, subscribers, subscriptions};
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::subscription::{SubscriptionStatus, Transition};

/// Why an address is never mailed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum SuppressionReason {
    /// Its owner said "this wasn't me".
    Blocked,
    /// It refuses mail for good.
    Bounced,
    /// Its reader called our mail spam.
    Complained,
    /// Somebody at the publication put it here.
    Manual,
}

impl SuppressionReason {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            SuppressionReason::Blocked => "blocked",
            SuppressionReason::Bounced => "bounced",
            SuppressionReason::Complained => "complained",
            SuppressionReason::Manual => "manual",
        }
    }
}

/// Suppresses an address; the first reason is kept. True where it is new.
pub async fn add(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    email_key: &str,
    reason: SuppressionReason,
    detail: &str,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO suppressions (email_key, reason, detail, created_at)
               VALUES ($1, $2, $3, $4) ON CONFLICT (email_key) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(email_key)
        .bind(reason)
        .bind(detail)
        .bind(cause.at)
        .execute(conn)
        .await?
        .rows_affected());
    if rows == 1 {
        note(tx, cause, EventKind::Suppressed, email_key).await?;
    }
    Ok(rows == 1)
}

/// Notes what happens to an address, where somebody subscribes with it.
async fn note(tx: &mut WriteTx, cause: &Cause<'_>, kind: EventKind, email_key: &str) -> sqlx::Result<()> {
    match subscribers::by_key(tx, email_key).await? {
        Some(subscriber) => events::add(tx, cause, &[NewEvent::of_address(kind, subscriber.id)]).await,
        None => Ok(()),
    }
}

async fn note_all(tx: &mut WriteTx, cause: &Cause<'_>, kind: EventKind, of: &[Uuid]) -> sqlx::Result<()> {
    let happened: Vec<NewEvent> = of.iter().map(|id| NewEvent::of_address(kind, *id)).collect();
    events::add(tx, cause, &happened).await
}

/// Those of these subscribers who are not suppressed.
pub async fn not_among(tx: &mut Tx, of: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    let sql = ids!(
        tx,
        "SELECT b.id FROM",
        "JOIN subscribers b ON b.id = r.s
         WHERE (SELECT MIN(1) FROM suppressions x WHERE x.email_key = b.email_key) IS NULL"
    );
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_array(of)).fetch_all(conn).await)
}

/// Suppresses these subscribers' addresses at the wish of somebody here; those whom that is new to.
pub async fn add_all(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    of: &[Uuid],
    detail: &str,
) -> sqlx::Result<Vec<Uuid>> {
    let new = not_among(tx, of).await?;
    let sql = ids!(
        tx,
        "INSERT INTO suppressions (email_key, reason, detail, created_at)
         SELECT b.email_key, 'manual', $2, $3 FROM",
        "JOIN subscribers b ON b.id = r.s WHERE TRUE ON CONFLICT (email_key) DO NOTHING"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_array(&new))
        .bind(detail)
        .bind(cause.at)
        .execute(conn)
        .await
        .map(|_| ()))?;
    note_all(tx, cause, EventKind::Suppressed, &new).await?;
    Ok(new)
}

/// Lifts the suppressions of these subscribers that somebody here made at `made_at`, and no others.
pub async fn lift_all(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    of: &[Uuid],
    made_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "SELECT b.id FROM",
        "JOIN subscribers b ON b.id = r.s
         JOIN suppressions x ON x.email_key = b.email_key AND x.reason = 'manual' AND x.created_at = $2"
    );
    let lifted: Vec<Uuid> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(id_array(of))
        .bind(made_at)
        .fetch_all(conn)
        .await?);
    let sql = ids!(
        tx,
        "DELETE FROM suppressions WHERE email_key IN (SELECT b.email_key FROM",
        "JOIN subscribers b ON b.id = r.s)"
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(&lifted)).execute(conn).await.map(|_| ()))?;
    note_all(tx, cause, EventKind::SuppressionLifted, &lifted).await
}

/// Suppresses an address whose owner said "this wasn't me", and stops sign-up mail to every spelling of its
/// mailbox. Their word stands above an earlier reason, or undoing a bounce would lift it.
pub async fn block(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    email_key: &str,
    mailbox: &str,
    detail: &str,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO suppressions (email_key, reason, detail, created_at, mailbox)
               VALUES ($1, 'blocked', $2, $3, $4)
               ON CONFLICT (email_key) DO UPDATE SET
                   reason = excluded.reason, detail = excluded.detail, mailbox = excluded.mailbox, campaign_id = NULL
               WHERE suppressions.mailbox IS NULL";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(email_key)
        .bind(detail)
        .bind(cause.at)
        .bind(mailbox)
        .execute(conn)
        .await?
        .rows_affected());
    match rows {
        0 => Ok(()),
        _ => note(tx, cause, EventKind::Suppressed, email_key).await,
    }
}

/// Suppresses the address of a delivery that bounced and ends its subscriptions, keeping what they
/// were and whose delivery it was, so that [`undo_window`] can take it back.
pub async fn add_bounced(
    tx: &mut WriteTx,
    key: DeliveryKey,
    reply: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Some(subscriber) = subscribers::by_id(tx, key.subscriber_id).await? else { return Ok(()) };
    let actor = Actor::schedule();
    let cause = Cause::part_of(&actor, now, key.campaign_id);
    let is_new = add(tx, &cause, &subscriber.email_key, SuppressionReason::Bounced, reply).await?;
    let ended = subscriptions::change(tx, &cause, &[subscriber.id], None, Transition::Bounce).await?;
    // Suppressed before, for a reason of its own: nothing here is this campaign's to undo.
    if !is_new {
        return Ok(());
    }
    let sql = "UPDATE suppressions SET campaign_id = $2 WHERE email_key = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&subscriber.email_key)
        .bind(key.campaign_id)
        .execute(conn)
        .await
        .map(|_| ()))?;
    for one in ended {
        let Some(was) = one.was else { continue };
        let sql = "INSERT INTO bounced_subscriptions (subscriber_id, list_id, status, status_since)
                   VALUES ($1, $2, $3, $4) ON CONFLICT (subscriber_id, list_id) DO UPDATE SET
                       status = excluded.status, status_since = excluded.status_since";
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(one.subscriber_id)
            .bind(one.list_id)
            .bind(was.status)
            .bind(was.since)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// A subscription that a bounce ended: whose, of which list, what it was, since when.
type Bounced = (Uuid, Uuid, SubscriptionStatus, DateTime<Utc>);

/// Makes what bounces ended what it was.
async fn come_back(tx: &mut WriteTx, cause: &Cause<'_>, ended: &[Bounced]) -> sqlx::Result<()> {
    let asked: Vec<(Uuid, Uuid, Transition)> = ended
        .iter()
        .map(|(subscriber, list, status, since)| {
            (*subscriber, *list, Transition::UndoBounce { status: *status, since: *since })
        })
        .collect();
    subscriptions::change_each(tx, cause, &asked).await?;
    let of: Vec<Uuid> = ended.iter().map(|(subscriber, ..)| *subscriber).collect();
    let sql = ids!(tx, "DELETE FROM bounced_subscriptions WHERE subscriber_id IN (SELECT s FROM", ")");
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(&of)).execute(conn).await.map(|_| ()))
}

/// The suppressions that a campaign's bounces caused since `$2`, by subscriber.
macro_rules! of_window {
    () => {
        "SELECT b.id FROM suppressions x JOIN subscribers b ON b.email_key = x.email_key
         WHERE x.campaign_id = $1 AND x.created_at >= $2 AND x.reason = 'bounced'"
    };
}

/// Undoes what a campaign's bounces did since `since`, for a relay that called good addresses
/// missing: lifts those suppressions, makes the subscriptions what they were, with their dates,
/// and queues the deliveries again. An address that was suppressed before stays suppressed.
/// Returns how many were lifted.
///
/// A handful of statements, whatever their number, so that half of it is never seen. A window is some
/// hundreds of deliveries; results that are recorded later than this bounce again, so a caller
/// pauses first and lets what is on the wire come in.
pub async fn undo_window(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let actor = Actor::schedule();
    let cause = Cause::part_of(&actor, now, campaign_id);
    let sql = of_window!();
    let lifted: Vec<Uuid> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(since).fetch_all(conn).await?);
    let sql = concat!(
        "SELECT w.subscriber_id, w.list_id, w.status, w.status_since FROM bounced_subscriptions w
         WHERE w.subscriber_id IN (",
        of_window!(),
        ")"
    );
    let ended: Vec<Bounced> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).bind(since).fetch_all(conn).await?);
    come_back(tx, &cause, &ended).await?;
    note_all(tx, &cause, EventKind::SuppressionLifted, &lifted).await?;
    let sql = concat!(
        "UPDATE deliveries SET status = 'queued', attempts = 0, first_attempt_at = NULL,
             next_attempt_at = NULL, status_since = $3, requeues = requeues + 1,
             reply = 'the bounce was undone: ' || COALESCE(reply, '')
         WHERE campaign_id = $1 AND status = 'bounced' AND subscriber_id IN (",
        of_window!(),
        ")"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(since)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "DELETE FROM suppressions WHERE campaign_id = $1 AND created_at >= $2 AND reason = 'bounced'";
    Ok(on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(since)
        .execute(conn)
        .await?
        .rows_affected()))
}

/// Whether an address is suppressed.
pub async fn is_suppressed(tx: &mut Tx, email_key: &str) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM suppressions WHERE email_key = $1";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(email_key).fetch_one(conn).await)?;
    Ok(rows > 0)
}

/// An address that is never mailed again.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct Suppression {
    pub email_key: String,
    pub reason: SuppressionReason,
    pub detail: String,
    pub created_at: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT email_key, reason, detail, created_at FROM suppressions ", $rest)
    };
}

/// The suppression of an address.
pub async fn get(tx: &mut Tx, email_key: &str) -> sqlx::Result<Option<Suppression>> {
    let sql = select!("WHERE email_key = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email_key).fetch_optional(conn).await)
}

/// What stops sign-up mail to an address: its own suppression, or else that another spelling of its mailbox is
/// blocked.
pub async fn stopping_sign_up(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<Suppression>> {
    if let Some(own) = get(tx, &email.key()).await? {
        return Ok(Some(own));
    }
    let sql = select!("WHERE mailbox = $1 ORDER BY created_at, email_key LIMIT 1");
    let of_mailbox: Option<Suppression> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(email.mailbox()).fetch_optional(conn).await?);
    if of_mailbox.is_some() {
        return Ok(of_mailbox);
    }
    let erased = erased::stopping_sign_up(tx, email).await?;
    Ok(erased.map(|(reason, created_at)| Suppression {
        email_key: email.key(),
        reason,
        detail: String::new(),
        created_at,
    }))
}

/// The newest suppressions, or those next to the one of `before`.
pub async fn page(tx: &mut Tx, before: Option<&Suppression>, limit: i64) -> sqlx::Result<Vec<Suppression>> {
    let Some(before) = before else {
        let sql = select!("ORDER BY created_at DESC, email_key DESC LIMIT $1");
        return on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await);
    };
    let sql =
        select!("WHERE (created_at, email_key) < ($1, $2) ORDER BY created_at DESC, email_key DESC LIMIT $3");
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(before.created_at)
        .bind(&before.email_key)
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// Suppressions whose address begins so, by address. Of one that was erased only the whole address finds it.
pub async fn beginning_with(tx: &mut Tx, prefix: &str, limit: i64) -> sqlx::Result<Vec<Suppression>> {
    let sql = dialect!(
        tx,
        sqlite: select!("WHERE email_key >= $1 AND email_key < $2 ORDER BY email_key LIMIT $3"),
        postgres: select!(
            "WHERE email_key COLLATE \"C\" >= $1 AND email_key COLLATE \"C\" < $2
             ORDER BY email_key COLLATE \"C\" LIMIT $3"
        )
    );
    let mut found: Vec<Suppression> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(prefix)
        .bind(format!("{prefix}\u{10ffff}"))
        .bind(limit)
        .fetch_all(conn)
        .await?);
    if found.is_empty()
        && let Some(Erased { reason: Some(reason), erased_at: created_at }) = erased::find(tx, prefix).await?
    {
        let email_key = prefix.to_owned();
        found.push(Suppression { email_key, reason, detail: String::new(), created_at });
    }
    Ok(found)
}

/// Takes the suppression of an address that is erased out of the open: why it was, and its mailbox where no spelling of that
/// is mailed.
pub async fn take(
    tx: &mut WriteTx,
    email_key: &str,
) -> sqlx::Result<Option<(SuppressionReason, Option<String>)>> {
    let sql = "DELETE FROM suppressions WHERE email_key = $1 RETURNING reason, mailbox";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email_key).fetch_optional(conn).await)
}

/// Lifts a suppression: the address may be mailed again. What a bounce ended becomes what it was; what its
/// reader ended stays ended. True where there was one.
pub async fn lift(tx: &mut WriteTx, cause: &Cause<'_>, email_key: &str) -> sqlx::Result<bool> {
    let sql = "DELETE FROM suppressions WHERE email_key = $1";
    let rows = on_either!(tx, |conn| sqlx::query(sql).bind(email_key).execute(conn).await?.rows_affected());
    let was_erased = erased::forget(tx, email_key).await?;
    let Some(subscriber) = subscribers::by_key(tx, email_key).await? else {
        return Ok(rows == 1 || was_erased);
    };
    let sql = "SELECT subscriber_id, list_id, status, status_since FROM bounced_subscriptions
               WHERE subscriber_id = $1";
    let ended: Vec<Bounced> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber.id).fetch_all(conn).await?);
    come_back(tx, cause, &ended).await?;
    if rows == 1 {
        note_all(tx, cause, EventKind::SuppressionLifted, &[subscriber.id]).await?;
    }
    Ok(rows == 1)
}
