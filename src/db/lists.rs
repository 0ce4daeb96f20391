//! Lists.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Engine, Tx, WriteTx, json, on_either};
use crate::domain::digest::ListSchedule;
use crate::domain::slug::Slug;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// What one subscribes to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct List {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub public: bool,
    /// The sender's name in its mails, and where answers go; empty: the publication's.
    pub from_name: String,
    pub reply_to: String,
    /// Where it stands on the form: small numbers first.
    pub position: i64,
    /// Since when it takes nobody and sends nothing. Its subscribers stay.
    pub retired_at: Option<DateTime<Utc>>,
    /// What its mails are in (a BCP 47 tag); empty: the publication's language.
    pub language: String,
    /// When its digests go out, and when it is quiet.
    #[sqlx(try_from = "String", rename = "schedule_json")]
    pub schedule: ListSchedule,
}

impl List {
    /// Whether readers may ask for it.
    pub fn is_open(&self) -> bool {
        self.public && self.retired_at.is_none()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, description, public, from_name, reply_to, position, retired_at, language,
                    schedule_json FROM lists ",
            $rest
        )
    };
}

/// Adds a public list, or leaves the one of that slug as it is. True where it was added.
pub async fn add(tx: &mut WriteTx, slug: &Slug, name: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "INSERT INTO lists (id, slug, name, description, public, created_at)
               VALUES ($1, $2, $3, '', TRUE, $4) ON CONFLICT (slug) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(slug.as_str())
        .bind(name)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Stores what people set of a list: all but its slug and whether it is retired.
pub async fn set(tx: &mut WriteTx, list: &List) -> sqlx::Result<()> {
    let sql = "UPDATE lists SET name = $2, description = $3, public = $4, from_name = $5, reply_to = $6,
               position = $7, language = $8, schedule_json = $9 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list.id)
        .bind(&list.name)
        .bind(&list.description)
        .bind(list.public)
        .bind(&list.from_name)
        .bind(&list.reply_to)
        .bind(list.position)
        .bind(&list.language)
        .bind(json(&list.schedule)?)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Retires a list, or brings it back (`None`).
pub async fn set_retired(tx: &mut WriteTx, id: Uuid, at: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    let sql = "UPDATE lists SET retired_at = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(at).execute(conn).await.map(|_| ()))
}

/// Nobody else changes this list until the transaction ends; on SQLite the one writer does that.
pub async fn lock(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM lists WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The list of a slug.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<List>> {
    let sql = select!("WHERE slug = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(slug).fetch_optional(conn).await)
}

/// The list of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<List>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The lists that readers may ask for, as the form shows them.
pub async fn public(tx: &mut Tx) -> sqlx::Result<Vec<List>> {
    let sql = select!("WHERE public = TRUE AND retired_at IS NULL ORDER BY position, created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// All lists, retired ones too, in the form's order.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<List>> {
    let sql = select!("ORDER BY position, created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// How many subscriptions of a list stood at a status and cadence when they were counted last.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Count {
    pub list_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub subscriptions: i64,
    pub counted_at: DateTime<Utc>,
}

/// The counts of all lists; a list that was never counted has none.
pub async fn counts(tx: &mut Tx) -> sqlx::Result<Vec<Count>> {
    let sql = "SELECT list_id, status, cadence, subscriptions, counted_at FROM subscription_counts";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// What a day brought a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Day {
    /// `2026-11-24`, where the publication is.
    pub day: String,
    pub joined: i64,
    pub ended: i64,
    pub bounced: i64,
    pub complained: i64,
}

/// A list's last days, the newest first.
pub async fn days(tx: &mut Tx, list_id: Uuid, limit: i64) -> sqlx::Result<Vec<Day>> {
    let sql = "SELECT day, joined, ended, bounced, complained FROM list_days
               WHERE list_id = $1 ORDER BY day DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(limit).fetch_all(conn).await)
}
