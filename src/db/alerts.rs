//! Alerts: what admins were told.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Engine, Tx, WriteTx, on_either};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A campaign was paused by itself.
    CampaignPaused,
    /// The relay refuses us, whoever the reader is.
    RelayRefuses,
    /// The relay lets us in and refuses one recipient after the other.
    RelayRefusesRecipients,
    /// A feed is gone for good.
    FeedDead,
    /// Campaigns are held, because nothing ran when they were due.
    HeldLate,
    /// Campaigns are held, because the database is an older copy of itself.
    HeldRestored,
    /// All new items of a poll are held, because they are more than is usual.
    FeedBrake,
    /// Drafts that a feed made wait for an editor.
    DraftWaits,
}

impl AlertKind {
    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertKind::CampaignPaused => "campaign_paused",
            AlertKind::RelayRefuses => "relay_refuses",
            AlertKind::RelayRefusesRecipients => "relay_refuses_recipients",
            AlertKind::FeedDead => "feed_dead",
            AlertKind::HeldLate => "held_late",
            AlertKind::HeldRestored => "held_restored",
            AlertKind::FeedBrake => "feed_brake",
            AlertKind::DraftWaits => "draft_waits",
        }
    }

    /// Whether it is about a relay.
    pub fn is_of_relay(self) -> bool {
        matches!(self, AlertKind::RelayRefuses | AlertKind::RelayRefusesRecipients)
    }
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    Campaign(Uuid),
    Feed(Uuid),
    /// The relay of this name, `host:port`.
    Relay(&'a str),
    /// All relays.
    Relays,
    /// The schedule as a whole.
    Schedule,
}

/// The columns that say what an alert is about: campaign, feed, relay.
type Places<'a> = (Option<Uuid>, Option<Uuid>, Option<&'a str>);

impl<'a> About<'a> {
    fn places(self) -> Places<'a> {
        match self {
            About::Campaign(id) => (Some(id), None, None),
            About::Feed(id) => (None, Some(id), None),
            About::Relay(name) => (None, None, Some(name)),
            About::Relays | About::Schedule => (None, None, None),
        }
    }
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
    /// When the trouble was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// When somebody said that no one need be reminded of it.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// The campaign's subject, the feed's title or address, the relay's name; else empty.
    pub name: String,
    /// The feed's address, if it is about one.
    pub feed_url: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.kind, a.campaign_id, a.feed_id, a.text, a.created_at,
                 a.ended_at, a.dismissed_at, COALESCE(c.subject, NULLIF(f.title, ''), f.url, a.relay, '') AS name, f.url AS feed_url
             FROM alerts a LEFT JOIN campaigns c ON c.id = a.campaign_id
             LEFT JOIN feeds f ON f.id = a.feed_id ",
            $rest
        )
    };
}

/// Stores an alert, unless there is one of the kind about the same since `since`: that one is open again
/// where it had ended. An older one ends, so that one at most is open. `None`: nothing is new.
pub async fn add_unless_recent(
    tx: &mut WriteTx,
    kind: AlertKind,
    about: About<'_>,
    text: &str,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    // Two workers whose relay refuses both at once tell it once. SQLite's one writer is that lock.
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT pg_advisory_xact_lock(7265656475)").execute(&mut **tx).await?;
    }
    let (campaign_id, feed_id, relay) = about.places();
    macro_rules! of_the_same {
        () => {
            "kind = $1 AND campaign_id IS NOT DISTINCT FROM $2 AND feed_id IS NOT DISTINCT FROM $3
             AND relay IS NOT DISTINCT FROM $4"
        };
    }
    let sql = concat!(
        "UPDATE alerts SET ended_at = NULL, text = CASE WHEN ended_at IS NULL THEN text ELSE $6 END,
             dismissed_at = CASE WHEN ended_at IS NULL THEN dismissed_at END
         WHERE created_at > $5 AND ",
        of_the_same!()
    );
    let stands = on_either!(tx, |conn| sqlx::query(sql)
        .bind(kind)
        .bind(campaign_id)
        .bind(feed_id)
        .bind(relay)
        .bind(since)
        .bind(text)
        .execute(conn)
        .await?
        .rows_affected());
    if stands > 0 {
        return Ok(None);
    }
    let sql = concat!("UPDATE alerts SET ended_at = $5 WHERE ended_at IS NULL AND ", of_the_same!());
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(kind)
        .bind(campaign_id)
        .bind(feed_id)
        .bind(relay)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let id = Uuid::now_v7();
    let sql = "INSERT INTO alerts (id, kind, campaign_id, feed_id, relay, text, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(kind)
        .bind(campaign_id)
        .bind(feed_id)
        .bind(relay)
        .bind(text)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(Some(id))
}

/// Ends what is open about a campaign or a feed: it goes on.
pub async fn end(tx: &mut WriteTx, about: About<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    let (campaign_id, feed_id, _) = about.places();
    let sql = "UPDATE alerts SET ended_at = $1 WHERE ended_at IS NULL AND (campaign_id = $2 OR feed_id = $3)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(now)
        .bind(campaign_id)
        .bind(feed_id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Ends what is open about a relay that has taken a mail, and about all relays. Returns how many ended.
pub async fn end_of_relay(tx: &mut WriteTx, relay: &str, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let sql = "UPDATE alerts SET ended_at = $1
               WHERE ended_at IS NULL AND kind IN ('relay_refuses', 'relay_refuses_recipients')
                 AND (relay IS NULL OR relay = $2)";
    on_either!(tx, |conn| Ok(sqlx::query(sql).bind(now).bind(relay).execute(conn).await?.rows_affected()))
}

/// Whether anything about a relay is open.
pub async fn any_open_of_relay(tx: &mut Tx) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM alerts
               WHERE ended_at IS NULL AND kind IN ('relay_refuses', 'relay_refuses_recipients') LIMIT 1";
    let found: Option<i32> = on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Notes that nobody need be reminded of an alert. False where that is noted, or the trouble is over.
pub async fn dismiss(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql =
        "UPDATE alerts SET dismissed_at = $2 WHERE id = $1 AND ended_at IS NULL AND dismissed_at IS NULL";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// The alert of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Alert>> {
    let sql = select!("WHERE a.id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// What is still wrong of what admins were told, and not dismissed, the newest first. A campaign that is not
/// paused, a feed that is not disabled, and a guard or a brake that holds nothing any more are well; drafts that wait are
/// no trouble.
pub async fn open(tx: &mut Tx) -> sqlx::Result<Vec<Alert>> {
    let sql = select!(
        "WHERE a.ended_at IS NULL AND a.dismissed_at IS NULL AND a.kind <> 'draft_waits'
           AND (a.campaign_id IS NULL OR c.status = 'paused')
           AND (a.kind <> 'feed_dead' OR f.status = 'disabled')
           AND (a.kind <> 'feed_brake' OR EXISTS (SELECT 1 FROM holds h JOIN feed_items i
                ON i.article_id = h.article_id WHERE h.kind = 'brake' AND i.feed_id = a.feed_id))
           AND (a.kind <> 'held_late' OR EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'late'))
           AND (a.kind <> 'held_restored' OR EXISTS (SELECT 1 FROM send_counter WHERE restored IS NOT NULL)
                OR EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'restored'))
         ORDER BY a.created_at DESC, a.id DESC LIMIT 100"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// What admins were told about a campaign, the newest first.
pub async fn of_campaign(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<Alert>> {
    let sql = select!("WHERE a.campaign_id = $1 ORDER BY a.created_at DESC, a.id DESC LIMIT 50");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await)
}
