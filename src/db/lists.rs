//! Lists.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, on_either};
use crate::domain::slug::Slug;

/// What one subscribes to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct List {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub public: bool,
    /// The list's own sender; empty: the publication's.
    pub from_name: String,
    pub reply_to: String,
}

/// Adds a public list, or leaves the one of that slug as it is. True where it was added.
pub async fn add(tx: &mut Tx, slug: &Slug, name: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
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

/// The list of a slug.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<List>> {
    let sql = "SELECT id, slug, name, description, public, from_name, reply_to FROM lists WHERE slug = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(slug).fetch_optional(conn).await)
}

/// The list of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<List>> {
    let sql = "SELECT id, slug, name, description, public, from_name, reply_to FROM lists WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// All public lists, the oldest first.
pub async fn public(tx: &mut Tx) -> sqlx::Result<Vec<List>> {
    let sql = "SELECT id, slug, name, description, public, from_name, reply_to FROM lists
               WHERE public = TRUE ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// All lists, the oldest first.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<List>> {
    let sql =
        "SELECT id, slug, name, description, public, from_name, reply_to FROM lists ORDER BY created_at, id";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}
