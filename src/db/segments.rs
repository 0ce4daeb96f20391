//! Saved segments, and what a segment may name: fields, and campaigns that were sent.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::campaigns::Campaign;
use super::{Tx, WriteTx, id_at, json, on_either, publication};
use crate::domain::segment::{Frame, LAST_CAMPAIGNS_MAX, Rule, Segment, SegmentError};

/// A segment under its name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SavedSegment {
    pub id: Uuid,
    pub name: String,
    /// Read it with [`SavedSegment::segment`].
    pub segment_json: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl SavedSegment {
    /// What it asks.
    pub fn segment(&self) -> Result<Segment, SegmentError> {
        Segment::parse(&self.segment_json)
    }
}

/// What two spellings of a segment's name share.
pub fn name_key(name: &str) -> String {
    name.to_lowercase()
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, name, segment_json, created_at, updated_at FROM segments ", $rest)
    };
}

/// All segments, by name.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<SavedSegment>> {
    let sql = select!("ORDER BY name_key");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// How many segments there are.
pub async fn count(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM segments";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// The segment of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<SavedSegment>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The segment of a name, in whatever case.
pub async fn by_name(tx: &mut Tx, name: &str) -> sqlx::Result<Option<SavedSegment>> {
    let sql = select!("WHERE name_key = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(name_key(name)).fetch_optional(conn).await)
}

/// Adds a segment. Its caller knows that no other has the name.
pub async fn add(tx: &mut WriteTx, name: &str, segment: &Segment, now: DateTime<Utc>) -> sqlx::Result<Uuid> {
    let id = id_at(now);
    let sql = "INSERT INTO segments (id, name, name_key, segment_json, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $5)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(name)
        .bind(name_key(name))
        .bind(json(segment)?)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Changes a segment. Its caller knows that no other has the name.
pub async fn update(
    tx: &mut WriteTx,
    id: Uuid,
    name: &str,
    segment: &Segment,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql =
        "UPDATE segments SET name = $2, name_key = $3, segment_json = $4, updated_at = $5 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(name)
        .bind(name_key(name))
        .bind(json(segment)?)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Removes a segment. Campaigns that are drafts no more keep its name and its definition; a draft that uses it makes
/// this fail.
pub async fn remove(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET segment_id = NULL WHERE segment_id = $1 AND status <> 'draft'";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM segments WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}

/// A campaign that is for a segment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SegmentUse {
    pub id: Uuid,
    pub subject: String,
    pub is_draft: bool,
}

/// The campaigns that are for a segment, the newest first.
pub async fn uses(tx: &mut Tx, id: Uuid, limit: i64) -> sqlx::Result<Vec<SegmentUse>> {
    let sql = "SELECT id, subject, status = 'draft' AS is_draft FROM campaigns
               WHERE segment_id = $1 ORDER BY id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).bind(limit).fetch_all(conn).await)
}

/// Whether a draft is for a segment.
pub async fn draft_using(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<SegmentUse>> {
    let sql = "SELECT id, subject, status = 'draft' AS is_draft FROM campaigns
               WHERE segment_id = $1 AND status = 'draft' ORDER BY id DESC LIMIT 1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// What a segment asks at one moment.
pub async fn rule_at(tx: &mut Tx, segment: &Segment, now: DateTime<Utc>) -> sqlx::Result<Rule> {
    let zone = publication::get(tx).await?.zone();
    let last_campaigns = match segment.asks_for_last_campaigns() {
        true => last_campaigns(tx, now).await?,
        false => Vec::new(),
    };
    Ok(segment.rule(&Frame { now, zone, last_campaigns }))
}

/// Which of its list a campaign is for, as that was asked when it began; `None`: all of it.
pub async fn rule_of_campaign(tx: &mut Tx, campaign: &Campaign) -> sqlx::Result<Option<Rule>> {
    let Some(json) = &campaign.segment_json else { return Ok(None) };
    let segment = Segment::parse(json).map_err(|error| sqlx::Error::Decode(error.into()))?;
    // The same moment for each chunk of its readers.
    let began = campaign.started_at.or(campaign.scheduled_at).unwrap_or(campaign.created_at);
    rule_at(tx, &segment, began).await.map(Some)
}

/// Says which of its list a campaign is for: a segment, as it is now, or all of it.
pub async fn choose(tx: &mut WriteTx, campaign: Uuid, saved: Option<&SavedSegment>) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET segment_id = $2, segment_name = $3, segment_json = $4 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign)
        .bind(saved.map(|saved| saved.id))
        .bind(saved.map(|saved| saved.name.as_str()))
        .bind(saved.map(|saved| saved.segment_json.as_str()))
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The campaigns that began last before a moment, the newest first.
async fn last_campaigns(tx: &mut Tx, before: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns WHERE status IN ('sending', 'paused', 'sent', 'cancelled')
                   AND started_at < $1 ORDER BY id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(before)
        .bind(i64::from(LAST_CAMPAIGNS_MAX))
        .fetch_all(conn)
        .await)
}

/// A campaign that a segment may name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SentCampaign {
    pub id: Uuid,
    pub subject: String,
    pub started_at: DateTime<Utc>,
}

/// The newest campaigns that began, and those of ids.
pub async fn sent_campaigns(tx: &mut Tx, limit: i64) -> sqlx::Result<Vec<SentCampaign>> {
    let sql = "SELECT id, subject, started_at FROM campaigns
               WHERE status IN ('sending', 'paused', 'sent', 'cancelled') AND started_at IS NOT NULL
               ORDER BY id DESC LIMIT $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await)
}

/// One campaign that began.
pub async fn sent_campaign(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<SentCampaign>> {
    let sql = "SELECT id, subject, started_at FROM campaigns WHERE id = $1 AND started_at IS NOT NULL";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// A field that a segment may ask for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownField {
    pub id: Uuid,
    pub name: String,
    /// `text`, `number`, `date` or `yes_no`.
    pub kind: String,
}

/// All fields, in their order.
pub async fn known_fields(tx: &mut Tx) -> sqlx::Result<Vec<KnownField>> {
    let sql = "SELECT id, name, kind FROM fields ORDER BY position, id LIMIT 200";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}
