//! What an import reads and writes of the people of a file, many in one statement.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::load::{self, Column};
use super::subscribers::{id_array, ids};
use super::suppressions::SuppressionReason;
use super::{Engine, Tx, WriteTx, on_either};

/// Somebody who is known here.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: Uuid,
    pub name: String,
}

/// Keys of one statement on SQLite: most have this many, since each number of them is a text to be prepared.
const KEYS_A_STATEMENT: usize = 256;

/// `SELECT … WHERE email_key IN (…)`.
fn places(head: &str, keys: usize) -> String {
    let places: Vec<&str> = (0..keys).map(|_| "?").collect();
    format!("{head} IN ({})", places.join(", "))
}

/// Those of these addresses' keys that are subscribers.
pub async fn known(tx: &mut Tx, keys: &[&str]) -> sqlx::Result<HashMap<String, Known>> {
    let mut rows: Vec<(String, Uuid, String)> = Vec::new();
    match Tx::engine(tx) {
        Engine::Sqlite(tx) => {
            for keys in keys.chunks(KEYS_A_STATEMENT) {
                let head = "SELECT email_key, id, name FROM subscribers WHERE email_key";
                let sql = places(head, keys.len());
                let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
                for key in keys {
                    query = query.bind(*key);
                }
                rows.extend(query.fetch_all(&mut **tx).await?);
            }
        }
        Engine::Postgres(tx) => {
            let sql = "SELECT email_key, id, name FROM subscribers WHERE email_key = ANY($1)";
            rows = sqlx::query_as(sql).bind(keys).fetch_all(&mut **tx).await?;
        }
    }
    Ok(rows.into_iter().map(|(key, id, name)| (key, Known { id, name })).collect())
}

/// Those of these addresses' keys that are suppressed.
pub async fn suppressed(tx: &mut Tx, keys: &[&str]) -> sqlx::Result<HashSet<String>> {
    let mut found = HashSet::new();
    match Tx::engine(tx) {
        Engine::Sqlite(tx) => {
            for keys in keys.chunks(KEYS_A_STATEMENT) {
                let sql = places("SELECT email_key FROM suppressions WHERE email_key", keys.len());
                let mut query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
                for key in keys {
                    query = query.bind(*key);
                }
                let rows: Vec<String> = query.fetch_all(&mut **tx).await?;
                found.extend(rows);
            }
        }
        Engine::Postgres(tx) => {
            let sql = "SELECT email_key FROM suppressions WHERE email_key = ANY($1)";
            let rows: Vec<String> = sqlx::query_scalar(sql).bind(keys).fetch_all(&mut **tx).await?;
            found.extend(rows);
        }
    }
    Ok(found)
}

/// Somebody who is new.
pub struct NewPerson<'a> {
    pub id: Uuid,
    pub email: &'a str,
    pub email_key: &'a str,
    pub name: &'a str,
    pub language: &'a str,
    pub created_at: DateTime<Utc>,
}

/// Adds subscribers, in the order of their keys, unless somebody added them a moment ago: how many were added. They are
/// found by the search once their words are there.
pub async fn add_people(tx: &mut WriteTx, people: &[NewPerson<'_>]) -> sqlx::Result<u64> {
    let mut people: Vec<&NewPerson<'_>> = people.iter().collect();
    if tx.is_sqlite() {
        // Nobody else adds any there: in the order of their ids, in which they are read ever after.
        people.sort_unstable_by_key(|one| one.id);
    }
    let columns = [
        ("id", Column::Ids(people.iter().map(|one| one.id).collect())),
        ("email", Column::Texts(people.iter().map(|one| one.email).collect())),
        ("email_key", Column::Texts(people.iter().map(|one| one.email_key).collect())),
        ("name", Column::Texts(people.iter().map(|one| one.name).collect())),
        ("language", Column::Texts(people.iter().map(|one| one.language).collect())),
        ("created_at", Column::Times(people.iter().map(|one| one.created_at).collect())),
        ("has_words", Column::Flag(false)),
    ];
    load::insert(tx, "subscribers", &columns, people.len(), "ON CONFLICT (email_key) DO NOTHING").await
}

/// Gives names to subscribers who have none, by their addresses' keys.
pub async fn fill_names(tx: &mut WriteTx, names: &[(&str, &str)], now: DateTime<Utc>) -> sqlx::Result<()> {
    // Each is there already: nothing of the row but the name is taken.
    let columns = [
        ("id", Column::Ids(names.iter().map(|_| super::id_at(now)).collect())),
        ("email", Column::Texts(names.iter().map(|(key, _)| *key).collect())),
        ("email_key", Column::Texts(names.iter().map(|(key, _)| *key).collect())),
        ("name", Column::Texts(names.iter().map(|(_, name)| *name).collect())),
        ("created_at", Column::Time(now)),
        ("has_words", Column::Flag(false)),
    ];
    let then = "ON CONFLICT (email_key) DO UPDATE SET name = excluded.name, has_words = FALSE
                WHERE subscribers.name = ''";
    load::insert(tx, "subscribers", &columns, names.len(), then).await.map(|_| ())
}

/// Tags subscribers: how many tags were new. Those who are new themselves have none that could be in the way.
pub async fn tag(
    tx: &mut WriteTx,
    tags: &[(&str, Uuid)],
    are_new: bool,
    at: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let columns = [
        ("tag", Column::Texts(tags.iter().map(|(tag, _)| *tag).collect())),
        ("subscriber_id", Column::Ids(tags.iter().map(|(_, id)| *id).collect())),
        ("created_at", Column::Time(at)),
    ];
    let then = if are_new { "" } else { "ON CONFLICT (tag, subscriber_id) DO NOTHING" };
    load::insert(tx, "subscriber_tags", &columns, tags.len(), then).await
}

/// The tags of these subscribers.
pub async fn tags_of(tx: &mut Tx, of: &[Uuid]) -> sqlx::Result<HashSet<(Uuid, String)>> {
    if of.is_empty() {
        return Ok(HashSet::new());
    }
    let sql =
        ids!(tx, "SELECT t.subscriber_id, t.tag FROM", "JOIN subscriber_tags t ON t.subscriber_id = r.s");
    let rows: Vec<(Uuid, String)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(of)).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

/// Those of these subscribers who got a tag at that moment.
pub async fn tagged_at(tx: &mut Tx, of: &[Uuid], at: DateTime<Utc>) -> sqlx::Result<HashSet<Uuid>> {
    let sql = ids!(
        tx,
        "SELECT DISTINCT t.subscriber_id FROM",
        "JOIN subscriber_tags t ON t.subscriber_id = r.s WHERE t.created_at = $2"
    );
    let rows: Vec<Uuid> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id_array(of)).bind(at).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

/// Suppresses addresses that a file says are never to be mailed.
pub async fn suppress(
    tx: &mut WriteTx,
    rows: &[(&str, SuppressionReason, DateTime<Utc>)],
    detail: &str,
) -> sqlx::Result<()> {
    let columns = [
        ("email_key", Column::Texts(rows.iter().map(|(key, ..)| *key).collect())),
        ("reason", Column::Texts(rows.iter().map(|(_, reason, _)| reason.as_str()).collect())),
        ("detail", Column::Text(detail)),
        ("created_at", Column::Times(rows.iter().map(|(.., at)| *at).collect())),
    ];
    load::insert(tx, "suppressions", &columns, rows.len(), "ON CONFLICT (email_key) DO NOTHING")
        .await
        .map(|_| ())
}

// Taking it back.

/// Takes the tags off these subscribers that they got at that moment.
pub async fn untag(tx: &mut WriteTx, of: &[Uuid], at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "DELETE FROM subscriber_tags WHERE created_at = $2 AND subscriber_id IN (SELECT s FROM",
        ")"
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(of)).bind(at).execute(conn).await.map(|_| ()))
}

/// Takes a name away that is still the one that was filled in.
pub async fn empty_name(tx: &mut WriteTx, id: Uuid, name: &str) -> sqlx::Result<()> {
    let sql = "UPDATE subscribers SET name = '' WHERE id = $1 AND name = $2";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(name).execute(conn).await.map(|_| ()))
}

/// Lifts the suppressions of these subscribers that were made at that moment with that detail.
pub async fn lift(tx: &mut WriteTx, of: &[Uuid], at: DateTime<Utc>, detail: &str) -> sqlx::Result<()> {
    let sql = ids!(
        tx,
        "DELETE FROM suppressions WHERE created_at = $2 AND detail = $3
           AND email_key IN (SELECT b.email_key FROM",
        "JOIN subscribers b ON b.id = r.s)"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_array(of))
        .bind(at)
        .bind(detail)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Removes those of these subscribers of whom nothing is left but that they were imported: no subscription, consent, tag
/// or other import, no mail and no campaign since `since`. How many.
pub async fn remove_traceless(tx: &mut WriteTx, of: &[Uuid], since: DateTime<Utc>) -> sqlx::Result<u64> {
    macro_rules! none_of {
        ($($table:literal),*) => {
            concat!($("(SELECT MIN(1) FROM ", $table, " x WHERE x.subscriber_id = b.id) IS NULL AND "),*)
        };
    }
    let sql = ids!(
        tx,
        "DELETE FROM subscribers WHERE id IN (SELECT b.id FROM",
        concat!(
            "JOIN subscribers b ON b.id = r.s WHERE ",
            none_of!("subscriptions", "consents", "subscriber_tags", "import_rows", "confirmations", "notices"),
            "(SELECT MIN(1) FROM campaigns c JOIN deliveries d ON d.campaign_id = c.id AND d.subscriber_id = b.id
              WHERE c.status <> 'draft' AND (c.finished_at IS NULL OR c.finished_at >= $2)) IS NULL)"
        )
    );
    on_either!(tx, |conn| Ok(sqlx::query(sql)
        .bind(id_array(of))
        .bind(since)
        .execute(conn)
        .await?
        .rows_affected()))
}
