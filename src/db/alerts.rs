//! Alerts: what admins were told.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Tx, on_either};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A campaign was paused by itself.
    CampaignPaused,
    /// The relay refuses us, whoever the reader is.
    RelayRefuses,
    /// A feed is gone for good.
    FeedDead,
    /// Campaigns are held, because nothing ran when they were due.
    HeldLate,
    /// Campaigns are held, because the database is an older copy of itself.
    HeldRestored,
    /// All new items of a poll are held, because they are more than is usual.
    FeedBrake,
}

impl AlertKind {
    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertKind::CampaignPaused => "campaign_paused",
            AlertKind::RelayRefuses => "relay_refuses",
            AlertKind::FeedDead => "feed_dead",
            AlertKind::HeldLate => "held_late",
            AlertKind::HeldRestored => "held_restored",
            AlertKind::FeedBrake => "feed_brake",
        }
    }
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Campaign(Uuid),
    Feed(Uuid),
    Relay,
    /// The schedule as a whole.
    Schedule,
}

/// Something that admins were told.
#[derive(Clone, Debug, sqlx::FromRow, Serialize)]
pub struct Alert {
    pub id: Uuid,
    pub kind: AlertKind,
    pub campaign_id: Option<Uuid>,
    pub feed_id: Option<Uuid>,
    /// Why: as the relay or the server said it.
    pub text: String,
    pub created_at: DateTime<Utc>,
    /// The campaign's subject, the feed's title or address; empty for the relay.
    pub name: String,
    /// The feed's address, if it is about one.
    pub feed_url: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.kind, a.campaign_id, a.feed_id, a.text, a.created_at,
                 COALESCE(c.subject, NULLIF(f.title, ''), f.url, '') AS name, f.url AS feed_url
             FROM alerts a LEFT JOIN campaigns c ON c.id = a.campaign_id
             LEFT JOIN feeds f ON f.id = a.feed_id ",
            $rest
        )
    };
}

/// Stores an alert, unless there is one of the kind about the same since `since`.
pub async fn add_unless_recent(
    tx: &mut Tx,
    kind: AlertKind,
    about: About,
    text: &str,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    // Two workers whose relay refuses both at once tell it once. SQLite's one writer is that lock.
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT pg_advisory_xact_lock(7265656475)").execute(&mut **tx).await?;
    }
    let (campaign_id, feed_id) = match about {
        About::Campaign(id) => (Some(id), None),
        About::Feed(id) => (None, Some(id)),
        About::Relay | About::Schedule => (None, None),
    };
    let id = Uuid::now_v7();
    let sql = "INSERT INTO alerts (id, kind, campaign_id, feed_id, text, created_at)
               SELECT $1, $2, $3, $4, $5, $6
               WHERE NOT EXISTS (SELECT 1 FROM alerts a
                   WHERE a.created_at > $7 AND a.kind = $2
                     AND a.campaign_id IS NOT DISTINCT FROM $3 AND a.feed_id IS NOT DISTINCT FROM $4)";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(kind)
        .bind(campaign_id)
        .bind(feed_id)
        .bind(text)
        .bind(now)
        .bind(since)
        .execute(conn)
        .await?
        .rows_affected());
    Ok((rows == 1).then_some(id))
}

/// The alert of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Alert>> {
    let sql = select!("WHERE a.id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// What is still wrong of what was told after `since`, the newest first: campaigns that are still
/// paused, feeds that are still disabled, what the guard or the brake still holds, and whatever the relay did, which tells nobody when it
/// is well again.
pub async fn open_since(tx: &mut Tx, since: DateTime<Utc>) -> sqlx::Result<Vec<Alert>> {
    let sql = select!(
        "WHERE a.created_at > $1
           AND (a.campaign_id IS NULL OR c.status = 'paused')
           AND (a.kind <> 'feed_dead' OR f.status = 'disabled')
           AND (a.kind <> 'feed_brake' OR EXISTS (SELECT 1 FROM articles h JOIN feed_items i ON i.article_id = h.id
                WHERE h.held_reason LIKE 'brake: %' AND i.feed_id = a.feed_id))
           AND (a.kind <> 'held_late' OR EXISTS (SELECT 1 FROM campaigns h WHERE h.held_reason LIKE 'late:%'
                AND h.status IN ('scheduled', 'sending', 'paused')))
           AND (a.kind <> 'held_restored' OR EXISTS (SELECT 1 FROM send_counter WHERE restored IS NOT NULL)
                OR EXISTS (SELECT 1 FROM campaigns h WHERE h.held_reason LIKE 'restored:%'
                AND h.status IN ('scheduled', 'sending', 'paused')))
         ORDER BY a.created_at DESC, a.id DESC LIMIT 100"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(since).fetch_all(conn).await)
}

/// What admins were told about a campaign, the newest first.
pub async fn of_campaign(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<Alert>> {
    let sql = select!("WHERE a.campaign_id = $1 ORDER BY a.created_at DESC, a.id DESC LIMIT 50");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}
