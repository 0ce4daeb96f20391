//! Holds: what keeps a campaign's mail back, or an article's. The flag `is_held` of the campaign or the article changes
//! with them, in the same transaction and under the campaign's lock: delivery asks the flag alone.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::id_array;
use super::{Tx, WriteTx, dialect, json, on_either, stored_time};
use crate::domain::hold::{Hold, HoldKind, HoldReason};

/// A row of the table.
#[derive(sqlx::FromRow)]
struct Row {
    subject: Uuid,
    kind: HoldKind,
    parameters: String,
    since: Option<DateTime<Utc>>,
}

/// A statement about the rows of some ids, which stand in `$1`.
macro_rules! of_ids {
    ($tx:expr, $before:literal, $after:literal) => {
        dialect!($tx,
            sqlite: concat!($before, "(SELECT unhex(value) FROM json_each($1))", $after),
            postgres: concat!($before,
                "(SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)", $after))
    };
}

/// Those of some campaigns that are on their way, whose rows nobody changes until this transaction ends.
async fn lock_on_their_way(tx: &mut WriteTx, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    let sql = dialect!(tx,
        sqlite: "SELECT id FROM campaigns WHERE id IN (SELECT unhex(value) FROM json_each($1))
                   AND status IN ('scheduled', 'sending', 'paused') ORDER BY id",
        postgres: "SELECT id FROM campaigns WHERE id IN
                       (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)) AS value)
                   AND status IN ('scheduled', 'sending', 'paused') ORDER BY id FOR NO KEY UPDATE");
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_array(ids)).fetch_all(conn).await)
}

/// Stores the rows, but for those of a kind that holds the same already. Returns how many are new.
async fn insert(
    tx: &mut WriteTx,
    subject: &'static str,
    holds: &[(Uuid, &HoldReason)],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let mut rows = Vec::with_capacity(holds.len());
    for (id, reason) in holds {
        let parameters = json(reason)?;
        rows.push(serde_json::json!({
            "id": Uuid::now_v7().simple().to_string(),
            subject: id.simple().to_string(),
            "kind": reason.kind().as_str(),
            "parameters": parameters,
            "since": stored_time(now),
        }));
    }
    let rows = serde_json::Value::Array(rows).to_string();
    // WHERE TRUE: SQLite would take ON CONFLICT for a join's condition.
    let sql = dialect!(tx,
        sqlite: "INSERT INTO holds (id, campaign_id, article_id, kind, parameters, since)
                 SELECT unhex(value ->> 'id'), unhex(value ->> 'campaign'), unhex(value ->> 'article'),
                 value ->> 'kind', value ->> 'parameters', value ->> 'since' FROM json_each($1) WHERE TRUE
                 ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO holds (id, campaign_id, article_id, kind, parameters, since)
                 SELECT id, campaign, article, kind, parameters, since
                 FROM json_to_recordset(CAST($1 AS json)) AS r(id uuid, campaign uuid, article uuid, kind text,
                 parameters text, since timestamptz)
                 ON CONFLICT DO NOTHING");
    on_either!(tx, |conn| Ok(sqlx::query(sql).bind(&rows).execute(conn).await?.rows_affected()))
}

/// Holds those of some campaigns that are on their way. One that has a hold of the kind keeps that one. Returns how
/// many are held by it now and were not before.
pub async fn add(
    tx: &mut WriteTx,
    ids: &[Uuid],
    reason: &HoldReason,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids = lock_on_their_way(tx, ids).await?;
    let rows: Vec<(Uuid, &HoldReason)> = ids.iter().map(|id| (*id, reason)).collect();
    let added = insert(tx, "campaign", &rows, now).await?;
    let sql = of_ids!(tx, "UPDATE campaigns SET is_held = TRUE WHERE id IN ", " AND is_held = FALSE");
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(&ids)).execute(conn).await.map(|_| ()))?;
    Ok(added)
}

/// Takes one hold off a campaign; others stay. False where it has none of the kind.
pub async fn release(tx: &mut WriteTx, campaign_id: Uuid, kind: HoldKind) -> sqlx::Result<bool> {
    super::campaigns::lock(tx, campaign_id).await?;
    let sql = "DELETE FROM holds WHERE campaign_id = $1 AND kind = $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(kind)
        .execute(conn)
        .await?
        .rows_affected());
    let sql = "UPDATE campaigns SET is_held = (SELECT COUNT(*) FROM holds h WHERE h.campaign_id = $1) > 0
               WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    Ok(rows == 1)
}

/// Takes every hold off a campaign: it is over, or a draft again.
pub async fn clear(tx: &mut WriteTx, campaign_id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM holds WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE campaigns SET is_held = FALSE WHERE id = $1 AND is_held = TRUE";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))
}

/// The campaigns of a list that have a hold of this kind.
pub async fn of_list(tx: &mut Tx, list_id: Uuid, kind: HoldKind) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT c.id FROM campaigns c JOIN holds h ON h.campaign_id = c.id
               WHERE c.list_id = $1 AND h.kind = $2 ORDER BY c.id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(kind).fetch_all(conn).await)
}

/// Holds articles, each for its reason. One that has a hold of the kind keeps that one.
pub async fn add_to_articles(
    tx: &mut WriteTx,
    holds: &[(Uuid, &HoldReason)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if holds.is_empty() {
        return Ok(());
    }
    insert(tx, "article", holds, now).await?;
    let ids: Vec<Uuid> = holds.iter().map(|(id, _)| *id).collect();
    let sql = of_ids!(tx, "UPDATE articles SET is_held = TRUE WHERE id IN ", " AND is_held = FALSE");
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(&ids)).execute(conn).await.map(|_| ()))
}

/// Takes one hold off an article; others stay. False where it has none of the kind.
pub async fn release_article(tx: &mut WriteTx, article_id: Uuid, kind: HoldKind) -> sqlx::Result<bool> {
    let sql = "DELETE FROM holds WHERE article_id = $1 AND kind = $2";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(article_id)
        .bind(kind)
        .execute(conn)
        .await?
        .rows_affected());
    let sql = "UPDATE articles SET is_held = (SELECT COUNT(*) FROM holds h WHERE h.article_id = $1) > 0
               WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(article_id).execute(conn).await.map(|_| ()))?;
    Ok(rows == 1)
}

/// Takes every hold off an article: it is decided that it is not mailed.
pub async fn clear_article(tx: &mut WriteTx, article_id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM holds WHERE article_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(article_id).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE articles SET is_held = FALSE WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(article_id).execute(conn).await.map(|_| ()))
}

/// What holds some campaigns, by campaign.
pub async fn list(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<HashMap<Uuid, Vec<Hold>>> {
    let sql = of_ids!(
        tx,
        "SELECT campaign_id AS subject, kind, parameters, since FROM holds WHERE campaign_id IN ",
        " ORDER BY campaign_id, kind"
    );
    let rows = on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(ids)).fetch_all(conn).await)?;
    Ok(by_subject(rows))
}

/// The same of articles.
pub async fn list_of_articles(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<HashMap<Uuid, Vec<Hold>>> {
    let sql = of_ids!(
        tx,
        "SELECT article_id AS subject, kind, parameters, since FROM holds WHERE article_id IN ",
        " ORDER BY article_id, kind"
    );
    let rows = on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(ids)).fetch_all(conn).await)?;
    Ok(by_subject(rows))
}

fn by_subject(rows: Vec<Row>) -> HashMap<Uuid, Vec<Hold>> {
    let mut found: HashMap<Uuid, Vec<Hold>> = HashMap::new();
    for row in rows {
        let reason = HoldReason::parse(row.kind, &row.parameters);
        found.entry(row.subject).or_default().push(Hold { kind: row.kind, reason, since: row.since });
    }
    found
}

/// What holds one campaign.
pub async fn of_campaign(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<Hold>> {
    Ok(list(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// What holds one article.
pub async fn of_article(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<Hold>> {
    Ok(list_of_articles(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// What would go out now and has no hold of this kind: what is being sent, and what is scheduled and due.
pub async fn going_out(tx: &mut Tx, kind: HoldKind, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT c.id FROM campaigns c
               WHERE (c.status = 'sending' OR (c.status = 'scheduled' AND c.scheduled_at <= $1))
                 AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.campaign_id = c.id AND h.kind = $2)
               ORDER BY c.id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).bind(kind).fetch_all(conn).await)
}

/// What an older copy of the database may have sent already, and has no hold of this kind: what is being sent or
/// paused, and what is scheduled and due.
pub async fn under_way(tx: &mut Tx, kind: HoldKind, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT c.id FROM campaigns c
               WHERE (c.status IN ('sending', 'paused') OR (c.status = 'scheduled' AND c.scheduled_at <= $1))
                 AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.campaign_id = c.id AND h.kind = $2)
               ORDER BY c.id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).bind(kind).fetch_all(conn).await)
}

/// What would go out now, and nothing holds.
pub async fn going_out_by_itself(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM campaigns
               WHERE is_held = FALSE AND (status = 'sending' OR (status = 'scheduled' AND scheduled_at <= $1))
               ORDER BY id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(now).fetch_all(conn).await)
}
