//! A list's articles, numbered in the order in which they became sendable there. What is due to a reader is told by these
//! numbers, not by dates.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::load::{self, Column};
use super::{Tx, WriteTx, on_either};

/// Whether an article has a campaign of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum ListRoute {
    /// Readers of each article get it by itself, the others in their digests.
    Single,
    /// Everybody gets it in a digest: readers of each article at the end of the day.
    Digest,
}

impl ListRoute {
    fn as_str(self) -> &'static str {
        match self {
            ListRoute::Single => "single",
            ListRoute::Digest => "digest",
        }
    }
}

/// An article of a list with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Numbered {
    pub number: i64,
    pub article_id: Uuid,
    pub route: ListRoute,
}

/// The last number that a list has given.
pub async fn last_number(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<i64> {
    let sql = "SELECT article_number FROM lists WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).fetch_one(conn).await)
}

/// The last numbers of all lists.
pub async fn last_numbers(tx: &mut Tx) -> sqlx::Result<Vec<(Uuid, i64)>> {
    let sql = "SELECT id, article_number FROM lists";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// Adds articles that are for digests only, to be numbered at their time. What the list has already stays as it is.
pub async fn add_waiting(
    tx: &mut WriteTx,
    list_id: Uuid,
    articles: &[Uuid],
    sendable_at: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let columns = [
        ("list_id", Column::Id(list_id)),
        ("article_id", Column::Ids(articles.to_vec())),
        ("route", Column::Text(ListRoute::Digest.as_str())),
        ("is_due", Column::Flag(true)),
        ("reason", Column::Text("")),
        ("sendable_at", Column::Time(sendable_at)),
    ];
    load::insert(
        tx,
        "list_articles",
        &columns,
        articles.len(),
        "ON CONFLICT (list_id, article_id) DO NOTHING",
    )
    .await
}

/// Articles whose time has come and that nothing holds, in the order in which they are numbered.
pub async fn to_number(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT la.list_id, la.article_id FROM list_articles la
               JOIN articles a ON a.id = la.article_id JOIN lists l ON l.id = la.list_id
               WHERE la.number IS NULL AND la.is_due = TRUE AND la.sendable_at <= $1 AND a.is_held = FALSE
                 AND a.retired_at IS NULL AND l.retired_at IS NULL
               ORDER BY la.sendable_at, la.article_id LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await)
}

/// Gives an article the list's next number, once; what has one keeps it. It is due from now on.
pub async fn number(
    tx: &mut WriteTx,
    list_id: Uuid,
    article_id: Uuid,
    route: ListRoute,
    now: DateTime<Utc>,
) -> sqlx::Result<i64> {
    // The row of the list is locked by this, so that numbers are given in the order of commits.
    let sql = "UPDATE lists SET article_number = article_number + 1 WHERE id = $1 RETURNING article_number";
    let next: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).fetch_one(conn).await?);
    let sql = "INSERT INTO list_articles (list_id, article_id, number, route, is_due, reason, sendable_at, numbered_at)
               VALUES ($1, $2, $3, $4, TRUE, '', $5, $5)
               ON CONFLICT (list_id, article_id) DO UPDATE SET is_due = TRUE, reason = '', route = excluded.route,
                   number = COALESCE(list_articles.number, excluded.number),
                   numbered_at = COALESCE(list_articles.numbered_at, excluded.numbered_at)
               RETURNING number";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(article_id)
        .bind(next)
        .bind(route)
        .bind(now)
        .fetch_one(conn)
        .await)
}

/// Says that an article of a list is due to nobody, and why.
pub async fn set_not_due(
    tx: &mut WriteTx,
    list_id: Uuid,
    article_id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO list_articles (list_id, article_id, number, route, is_due, reason, sendable_at, numbered_at)
               VALUES ($1, $2, NULL, 'single', FALSE, $3, $4, NULL)
               ON CONFLICT (list_id, article_id) DO UPDATE SET is_due = FALSE, reason = excluded.reason";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(article_id)
        .bind(reason)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The articles of a list that are due, numbered behind `from` and up to `to`, in the order of their numbers.
pub async fn between(tx: &mut Tx, list_id: Uuid, from: i64, to: i64) -> sqlx::Result<Vec<Numbered>> {
    let sql = "SELECT la.number, la.article_id, la.route FROM list_articles la
               JOIN articles a ON a.id = la.article_id
               WHERE la.list_id = $1 AND la.number > $2 AND la.number <= $3 AND la.is_due = TRUE
                 AND a.retired_at IS NULL
               ORDER BY la.number";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(from).bind(to).fetch_all(conn).await)
}

/// The number that an article has on a list.
pub async fn number_of(tx: &mut Tx, list_id: Uuid, article_id: Uuid) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT number FROM list_articles WHERE list_id = $1 AND article_id = $2";
    let found: Option<Option<i64>> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(article_id)
        .fetch_optional(conn)
        .await?);
    Ok(found.flatten())
}

/// How many articles a list has sent by themselves since a moment.
pub async fn singles_since(tx: &mut Tx, list_id: Uuid, since: DateTime<Utc>) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM campaigns
               WHERE list_id = $1 AND auto_article_id IS NOT NULL AND started_at >= $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(since).fetch_one(conn).await)
}
