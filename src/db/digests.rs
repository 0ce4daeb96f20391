//! Digests: how far those of a list have come, the variants of one, and who is due what. A digest is a campaign with a
//! cadence; what differs between its readers is which variant their delivery names.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::campaigns::with_next_number;
use super::list_articles::Numbered;
use super::load::{self, Column};
use super::subscribers::id_array;
use super::{Tx, WriteTx, dialect, on_either};
use crate::domain::slug::archive_slug;
use crate::domain::subscription::Cadence;

/// How far the digests of a list and cadence have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Settled {
    pub list_id: Uuid,
    pub cadence: Cadence,
    /// What was numbered up to this was in one, or is in none.
    pub settled_to: i64,
    /// When the next one goes out.
    pub due_at: DateTime<Utc>,
}

/// How far all digests have come.
pub async fn settled(tx: &mut Tx) -> sqlx::Result<Vec<Settled>> {
    let sql = "SELECT list_id, cadence, settled_to, due_at FROM digests";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// How far the digests of one list and cadence have come: nowhere yet, where there were none.
pub async fn settled_to(tx: &mut Tx, list_id: Uuid, cadence: Cadence) -> sqlx::Result<i64> {
    let sql = "SELECT settled_to FROM digests WHERE list_id = $1 AND cadence = $2";
    let found: Option<i64> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .fetch_optional(conn)
        .await?);
    Ok(found.unwrap_or(0))
}

/// Stores how far the digests of a list and cadence have come; they never go back.
pub async fn settle(
    tx: &mut WriteTx,
    list_id: Uuid,
    cadence: Cadence,
    settled_to: i64,
    due_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO digests (list_id, cadence, settled_to, due_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (list_id, cadence) DO UPDATE SET due_at = excluded.due_at,
                   settled_to = CASE WHEN excluded.settled_to > digests.settled_to THEN excluded.settled_to
                                     ELSE digests.settled_to END";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(settled_to)
        .bind(due_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// What the next digest of a list and cadence covers is due in none: its campaign was cancelled before it began.
pub async fn settle_cancelled(tx: &mut WriteTx, campaign_id: Uuid) -> sqlx::Result<()> {
    for sql in [
        "UPDATE campaigns SET digest_from = (SELECT settled_to FROM digests d
                 WHERE d.list_id = campaigns.list_id AND d.cadence = campaigns.digest_cadence),
             digest_to = (SELECT article_number FROM lists l WHERE l.id = campaigns.list_id)
         WHERE id = $1 AND digest_cadence IS NOT NULL AND digest_to IS NULL",
        "UPDATE digests SET settled_to = (SELECT c.digest_to FROM campaigns c WHERE c.id = $1)
         WHERE EXISTS (SELECT 1 FROM campaigns c WHERE c.id = $1 AND c.list_id = digests.list_id
                       AND c.digest_cadence = digests.cadence AND c.digest_to > digests.settled_to)",
    ] {
        on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}

/// Schedules a list's next digest: there is one at a time for each cadence. Its id, where it is new.
pub async fn add(
    tx: &mut WriteTx,
    list_id: Uuid,
    cadence: Cadence,
    subject: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    if next(tx, list_id, cadence).await?.is_some() {
        return Ok(None);
    }
    macro_rules! sql {
        ($number:expr) => {
            concat!(
                "INSERT INTO campaigns (id, list_id, digest_cadence, slug, status, subject, created_at, scheduled_at, number)
                 VALUES ($1, $2, $3, $4, 'scheduled', $5, $6, $7, ",
                $number,
                ") ON CONFLICT DO NOTHING"
            )
        };
    }
    let id = Uuid::now_v7();
    let sql = with_next_number!(tx, sql);
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(archive_slug(subject, id))
        .bind(subject)
        .bind(now)
        .bind(at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok((rows == 1).then_some(id))
}

/// The next digest of a list and cadence, where it is scheduled or somebody made a draft of it.
pub async fn next(tx: &mut Tx, list_id: Uuid, cadence: Cadence) -> sqlx::Result<Option<Uuid>> {
    let sql = "SELECT id FROM campaigns WHERE list_id = $1 AND digest_cadence = $2 AND status IN ('draft', 'scheduled')";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .fetch_optional(conn)
        .await)
}

/// Moves the next digest of a list and cadence to another time, unless its time has come.
pub async fn reschedule(
    tx: &mut WriteTx,
    list_id: Uuid,
    cadence: Cadence,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET scheduled_at = $3
               WHERE list_id = $1 AND digest_cadence = $2 AND status = 'scheduled' AND scheduled_at > $4";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(at)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Says what a digest covers, as it begins.
pub async fn set_covered(tx: &mut WriteTx, campaign_id: Uuid, from: i64, to: i64) -> sqlx::Result<()> {
    let sql = "UPDATE campaigns SET digest_from = $2, digest_to = $3 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(from)
        .bind(to)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Says which articles a campaign is about, beside those that it has.
pub async fn add_articles(tx: &mut WriteTx, campaign_id: Uuid, articles: &[Uuid]) -> sqlx::Result<()> {
    let columns = [
        ("campaign_id", Column::Id(campaign_id)),
        ("article_id", Column::Ids(articles.to_vec())),
        ("position", Column::Numbers((0..).take(articles.len()).collect())),
    ];
    let then = "ON CONFLICT (campaign_id, article_id) DO NOTHING";
    load::insert(tx, "campaign_articles", &columns, articles.len(), then).await.map(|_| ())
}

/// The articles that an editor puts first in a digest, in their order.
pub async fn picked(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT article_id FROM digest_picks WHERE campaign_id = $1 ORDER BY position, article_id";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_all(conn).await)
}

/// Stores the order in which an editor puts a digest's articles.
pub async fn set_picked(tx: &mut WriteTx, campaign_id: Uuid, articles: &[Uuid]) -> sqlx::Result<()> {
    let sql = "DELETE FROM digest_picks WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(campaign_id).execute(conn).await.map(|_| ()))?;
    let columns = [
        ("campaign_id", Column::Id(campaign_id)),
        ("article_id", Column::Ids(articles.to_vec())),
        ("position", Column::Numbers((0..).take(articles.len()).collect())),
    ];
    load::insert(tx, "digest_picks", &columns, articles.len(), "").await.map(|_| ())
}

/// How many variants a digest has.
pub async fn count_variants(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM campaign_variants WHERE campaign_id = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).fetch_one(conn).await)
}

/// Readers who may lack what others have, by the index that has them alone: SQLite's planner would walk the whole list.
macro_rules! with_backlog {
    ($tx:expr, $sql:ident) => {
        dialect!($tx, sqlite: $sql!(" INDEXED BY subscriptions_with_backlog"), postgres: $sql!(""))
    };
}

/// Whether a list has readers of a cadence, those who pause included.
pub async fn any_reader(tx: &mut Tx, list_id: Uuid, cadence: Cadence) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM subscriptions
                   WHERE list_id = $1 AND status = 'active' AND cadence = $2)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(cadence.as_str()).fetch_one(conn).await)
}

/// Whether a list has readers of a cadence who may lack what the others have.
pub async fn any_backlog(tx: &mut Tx, list_id: Uuid, cadence: Cadence) -> sqlx::Result<bool> {
    macro_rules! sql {
        ($by:literal) => {
            concat!(
                "SELECT EXISTS (SELECT 1 FROM subscriptions AS s",
                $by,
                " WHERE s.list_id = $1 AND s.backlog_from IS NOT NULL
                   AND s.cadence = $2 AND s.status = 'active' AND s.paused_until IS NULL)"
            )
        };
    }
    let sql = with_backlog!(tx, sql);
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(cadence.as_str()).fetch_one(conn).await)
}

/// The articles, up to a number, that readers of a cadence may lack while the others have them.
pub async fn owed(tx: &mut Tx, list_id: Uuid, cadence: Cadence, to: i64) -> sqlx::Result<Vec<Uuid>> {
    macro_rules! sql {
        ($by:literal) => {
            concat!(
                "SELECT la.article_id FROM list_articles la JOIN articles a ON a.id = la.article_id
                 WHERE la.list_id = $1 AND la.is_due = TRUE AND a.retired_at IS NULL AND la.number <= $3
                   AND la.number > (SELECT MIN(s.backlog_from) FROM subscriptions AS s",
                $by,
                " WHERE s.list_id = $1 AND s.backlog_from IS NOT NULL AND s.cadence = $2
                       AND s.status = 'active' AND s.paused_until IS NULL)
                   AND EXISTS (SELECT 1 FROM subscriptions AS s",
                $by,
                " WHERE s.list_id = $1 AND s.backlog_from IS NOT NULL AND s.backlog_from < la.number
                       AND s.numbered_from < la.number
                       AND s.cadence = $2 AND s.status = 'active' AND s.paused_until IS NULL
                       AND NOT EXISTS (SELECT 1 FROM absences x
                           WHERE x.list_id = $1 AND x.subscriber_id = s.subscriber_id
                             AND x.from_number < la.number AND x.to_number >= la.number))
                 ORDER BY la.number"
            )
        };
    }
    let sql = with_backlog!(tx, sql);
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(to)
        .fetch_all(conn)
        .await)
}

/// The lowest number of a list's articles whose campaign has not come to all of its readers yet.
pub async fn first_unenqueued(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT MIN(la.number) FROM campaigns c
               JOIN list_articles la ON la.list_id = c.list_id AND la.article_id = c.auto_article_id
               WHERE c.status IN ('sending', 'paused') AND c.list_id = $1 AND c.enqueued_at IS NULL";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).fetch_one(conn).await)
}

/// A reader of a digest.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct DigestReader {
    pub subscriber_id: Uuid,
    pub numbered_from: i64,
    pub backlog_from: Option<i64>,
}

/// The next readers of a list and cadence behind `after`; only those with a backlog, where nothing else is due.
/// Also the last of them, or `None` when it is through.
pub async fn readers(
    tx: &mut Tx,
    list_id: Uuid,
    cadence: Cadence,
    only_backlog: bool,
    (after, rows): (Uuid, i64),
) -> sqlx::Result<(Vec<DigestReader>, Option<Uuid>)> {
    macro_rules! sql {
        ($by:expr, $backlog:literal) => {
            concat!(
                "SELECT s.subscriber_id, s.numbered_from, s.backlog_from FROM subscriptions AS s",
                $by,
                " WHERE s.list_id = $1 AND s.status = 'active' AND s.cadence = $2 AND s.subscriber_id > $3
                   AND s.paused_until IS NULL ",
                $backlog,
                " ORDER BY s.subscriber_id LIMIT $4"
            )
        };
    }
    macro_rules! only_backlog {
        ($by:literal) => {
            sql!($by, "AND s.backlog_from IS NOT NULL")
        };
    }
    let sql = if only_backlog { with_backlog!(tx, only_backlog) } else { sql!("", "") };
    let found: Vec<DigestReader> = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(list_id)
        .bind(cadence.as_str())
        .bind(after)
        .bind(rows)
        .fetch_all(conn)
        .await?);
    let to = found.last().filter(|_| found.len() as i64 == rows).map(|last| last.subscriber_id);
    Ok((found, to))
}

/// Those of a list between two ids who are suppressed; most often there is nobody.
pub async fn suppressed(tx: &mut Tx, list_id: Uuid, from: Uuid, to: Uuid) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT s.subscriber_id FROM suppressions x JOIN subscribers b ON b.email_key = x.email_key
               JOIN subscriptions s ON s.subscriber_id = b.id AND s.list_id = $1
               WHERE s.subscriber_id >= $2 AND s.subscriber_id <= $3 AND s.status = 'active'";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(list_id).bind(from).bind(to).fetch_all(conn).await)
}

/// Where readers of a list between two ids were away: whom, behind which number, up to which.
pub async fn absences(
    tx: &mut Tx,
    list_id: Uuid,
    from: Uuid,
    to: Uuid,
    number: i64,
) -> sqlx::Result<Vec<(Uuid, i64, i64)>> {
    let sql = "SELECT subscriber_id, from_number, to_number FROM absences
               WHERE list_id = $1 AND subscriber_id >= $2 AND subscriber_id <= $3 AND to_number > $4";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(list_id)
        .bind(from)
        .bind(to)
        .bind(number)
        .fetch_all(conn)
        .await)
}

/// Other campaigns that mailed, or may mail, an article of this one to a reader who is as others of their cadence: not
/// those that the list itself makes, which go to one cadence each.
pub async fn sharing(tx: &mut Tx, campaign_id: Uuid, list_id: Uuid) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT other.campaign_id FROM campaign_articles mine
               JOIN campaign_articles other ON other.article_id = mine.article_id AND other.campaign_id <> $1
               JOIN campaigns c ON c.id = other.campaign_id
               WHERE mine.campaign_id = $1
                 AND (c.list_id <> $2 OR (c.auto_article_id IS NULL AND c.digest_cadence IS NULL))";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(list_id).fetch_all(conn).await)
}

/// Who of a list between two ids has which article, or will have it, from another campaign.
pub async fn had_from(
    tx: &mut Tx,
    campaign_id: Uuid,
    other: Uuid,
    list_id: Uuid,
    from: Uuid,
    to: Uuid,
) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT d.subscriber_id, theirs.article_id FROM subscriptions s
               JOIN deliveries d ON d.campaign_id = $2 AND d.subscriber_id = s.subscriber_id AND d.status <> 'skipped'
               JOIN campaign_articles theirs ON theirs.campaign_id = $2
               JOIN campaign_articles mine ON mine.campaign_id = $1 AND mine.article_id = theirs.article_id
               WHERE s.list_id = $3 AND s.subscriber_id >= $4 AND s.subscriber_id <= $5 AND s.status = 'active'
                 AND (d.variant IS NULL OR EXISTS (SELECT 1 FROM variant_articles v WHERE v.campaign_id = $2
                          AND v.variant = d.variant AND v.article_id = theirs.article_id))";
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(campaign_id)
        .bind(other)
        .bind(list_id)
        .bind(from)
        .bind(to)
        .fetch_all(conn)
        .await)
}

/// Who of those between two ids has which of a campaign's articles from a welcome mail.
pub async fn welcomed(
    tx: &mut Tx,
    campaign_id: Uuid,
    from: Uuid,
    to: Uuid,
) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT w.subscriber_id, w.article_id FROM campaign_articles mine
               JOIN welcomed_articles w ON w.article_id = mine.article_id
               WHERE mine.campaign_id = $1 AND w.subscriber_id >= $2 AND w.subscriber_id <= $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).bind(from).bind(to).fetch_all(conn).await)
}

/// Of the articles of a list behind a number, those that a reader has, or will have, from anywhere but this campaign.
pub async fn had_by(
    tx: &mut Tx,
    campaign_id: Uuid,
    list_id: Uuid,
    subscriber_id: Uuid,
    from: i64,
) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT la.article_id FROM list_articles la
               JOIN campaign_articles other ON other.article_id = la.article_id AND other.campaign_id <> $1
               JOIN deliveries d ON d.campaign_id = other.campaign_id AND d.subscriber_id = $3
                    AND d.status <> 'skipped'
               WHERE la.list_id = $2 AND la.number > $4
                 AND (d.variant IS NULL OR EXISTS (SELECT 1 FROM variant_articles v
                          WHERE v.campaign_id = other.campaign_id AND v.variant = d.variant
                            AND v.article_id = la.article_id))
               UNION
               SELECT la.article_id FROM list_articles la
               JOIN welcomed_articles w ON w.article_id = la.article_id AND w.subscriber_id = $3
               WHERE la.list_id = $2 AND la.number > $4";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(from)
        .fetch_all(conn)
        .await)
}

/// The variants that a digest has, by the numbers of their articles.
pub async fn variants(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<HashMap<Vec<i64>, i64>> {
    let sql = "SELECT variant, number FROM variant_articles WHERE campaign_id = $1 ORDER BY variant, number";
    let rows: Vec<(i64, i64)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(campaign_id).fetch_all(conn).await?);
    let mut numbers: HashMap<i64, Vec<i64>> = HashMap::new();
    for (variant, number) in rows {
        numbers.entry(variant).or_default().push(number);
    }
    Ok(numbers.into_iter().map(|(variant, numbers)| (numbers, variant)).collect())
}

/// Adds a variant of a digest: these articles, which are some of them.
pub async fn add_variant(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    variant: i64,
    articles: &[Numbered],
) -> sqlx::Result<()> {
    let first = articles.iter().map(|article| article.number).min().unwrap_or(0);
    let sql = "INSERT INTO campaign_variants (campaign_id, variant, first_number) VALUES ($1, $2, $3)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(variant)
        .bind(first)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let columns = [
        ("campaign_id", Column::Id(campaign_id)),
        ("variant", Column::Numbers(vec![variant; articles.len()])),
        ("article_id", Column::Ids(articles.iter().map(|article| article.article_id).collect())),
        ("number", Column::Numbers(articles.iter().map(|article| article.number).collect())),
    ];
    load::insert(tx, "variant_articles", &columns, articles.len(), "").await.map(|_| ())
}

/// The articles of a variant.
pub async fn variant_articles(tx: &mut Tx, campaign_id: Uuid, variant: i64) -> sqlx::Result<Vec<Uuid>> {
    let sql =
        "SELECT article_id FROM variant_articles WHERE campaign_id = $1 AND variant = $2 ORDER BY number";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(variant).fetch_all(conn).await)
}

/// The mail of a variant, where somebody has needed it.
pub async fn variant_content(tx: &mut Tx, campaign_id: Uuid, variant: i64) -> sqlx::Result<Option<String>> {
    let sql = "SELECT mail_content FROM campaign_variants WHERE campaign_id = $1 AND variant = $2";
    let found: Option<Option<String>> = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(variant)
        .fetch_optional(conn)
        .await?);
    Ok(found.flatten())
}

/// Stores the mail of a variant, unless another process was first: each sends the same.
pub async fn set_variant_content(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    variant: i64,
    content: &str,
) -> sqlx::Result<()> {
    let sql = "UPDATE campaign_variants SET mail_content = $3
               WHERE campaign_id = $1 AND variant = $2 AND mail_content IS NULL";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(campaign_id)
        .bind(variant)
        .bind(content)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Enqueues readers of a digest, each with their variant, in the order of their ids. Who has a delivery keeps it.
pub async fn enqueue(
    tx: &mut WriteTx,
    campaign_id: Uuid,
    readers: &[(Uuid, i64)],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let columns = [
        ("campaign_id", Column::Id(campaign_id)),
        ("subscriber_id", Column::Ids(readers.iter().map(|(id, _)| *id).collect())),
        ("status", Column::Text("queued")),
        ("attempts", Column::Numbers(vec![0; readers.len()])),
        ("status_since", Column::Time(now.trunc_subsecs(0))),
        ("variant", Column::Numbers(readers.iter().map(|(_, variant)| *variant).collect())),
    ];
    let then = "ON CONFLICT (campaign_id, subscriber_id) DO NOTHING";
    load::insert(tx, "deliveries", &columns, readers.len(), then).await
}

/// Readers of a digest who are due what others are, by when they came.
#[derive(Clone, Copy, Debug)]
pub struct Regular {
    /// Of those whose numbers begin below this.
    pub below: i64,
    pub variant: i64,
}

/// Enqueues the readers of a list and cadence between two ids but for some: who came before the first number gets the first
/// variant, and so on. None of them may have a delivery.
pub async fn enqueue_regular(
    tx: &mut WriteTx,
    campaign: (Uuid, Uuid, Cadence),
    (from, to): (Uuid, Uuid),
    by_number: &[Regular],
    except: &[Uuid],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Some(last) = by_number.last() else { return Ok(()) };
    let mut variant = "CASE".to_owned();
    for Regular { below, variant: number } in by_number {
        variant.push_str(&format!(" WHEN s.numbered_from < {below} THEN {number}"));
    }
    let below = last.below;
    let except_them = match (except.is_empty(), tx.is_sqlite()) {
        (true, _) => "",
        (false, true) => "AND s.subscriber_id NOT IN (SELECT unhex(value) FROM json_each($7))",
        (false, false) => {
            "AND s.subscriber_id NOT IN (SELECT value::uuid FROM json_array_elements_text($7::json))"
        }
    };
    let sql = format!(
        "INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since, variant)
         SELECT $1, s.subscriber_id, 'queued', 0, $6, {variant} END
         FROM subscriptions s
         WHERE s.list_id = $2 AND s.status = 'active' AND s.cadence = $3 AND s.subscriber_id >= $4
           AND s.subscriber_id <= $5 AND s.paused_until IS NULL AND s.backlog_from IS NULL
           AND s.numbered_from < {below} {except_them}
         ORDER BY s.subscriber_id"
    );
    let (campaign_id, list_id, cadence) = campaign;
    on_either!(tx, |conn| {
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(campaign_id)
            .bind(list_id)
            .bind(cadence.as_str())
            .bind(from)
            .bind(to)
            .bind(now.trunc_subsecs(0));
        let query = if except.is_empty() { query } else { query.bind(id_array(except)) };
        query.execute(conn).await.map(|_| ())
    })
}

/// Whether some of the readers between two ids have a delivery of a campaign: it is enqueued once more.
pub async fn any_enqueued(tx: &mut Tx, campaign_id: Uuid, from: Uuid, to: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM deliveries
                   WHERE campaign_id = $1 AND subscriber_id >= $2 AND subscriber_id <= $3)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(campaign_id).bind(from).bind(to).fetch_one(conn).await)
}

/// Says that these readers have what others of their cadence have, unless that has changed since they were read.
pub async fn clear_backlog(
    tx: &mut WriteTx,
    list_id: Uuid,
    cadence: Cadence,
    readers: &[DigestReader],
) -> sqlx::Result<()> {
    let sql = "UPDATE subscriptions SET backlog_from = NULL
               WHERE list_id = $1 AND subscriber_id = $2 AND cadence = $3 AND backlog_from = $4";
    for reader in readers {
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(list_id)
            .bind(reader.subscriber_id)
            .bind(cadence.as_str())
            .bind(reader.backlog_from)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// Which variants the next `rows` queued deliveries of a campaign behind `after` have, and those that are due.
pub async fn variants_ahead(
    tx: &mut Tx,
    campaign_id: Uuid,
    after: Uuid,
    rows: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<i64>> {
    let sql = "SELECT DISTINCT variant FROM (
                   SELECT * FROM (SELECT variant FROM deliveries WHERE campaign_id = $1 AND status = 'queued'
                       AND subscriber_id > $2 ORDER BY subscriber_id LIMIT $3) AS q
                   UNION ALL
                   SELECT * FROM (SELECT variant FROM deliveries WHERE campaign_id = $1 AND next_attempt_at <= $4
                       AND status IN ('deferred', 'uncertain') ORDER BY next_attempt_at LIMIT $3) AS d
               ) AS v WHERE variant IS NOT NULL";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(campaign_id)
        .bind(after)
        .bind(rows)
        .bind(now)
        .fetch_all(conn)
        .await)
}
