//! Subscribers: one person, one email address; what they are found by, and their tags.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::load::{self, Column};
use super::{Engine, Tx, WriteTx, dialect, erased, id_at, json, merges, on_either, suppressions};
use crate::domain::email_address::EmailAddress;

/// One person, one email address.
#[derive(Clone, sqlx::FromRow)]
pub struct Subscriber {
    pub id: Uuid,
    /// As typed, the domain in ASCII.
    pub email: String,
    /// What two spellings of the address share.
    pub email_key: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// What pages and mails for them are in (a BCP 47 tag); empty: they have not chosen.
    pub language: String,
}

/// Sets what pages and mails for a subscriber are in.
pub async fn set_language(tx: &mut WriteTx, id: Uuid, language: &str) -> sqlx::Result<()> {
    let sql = "UPDATE subscribers SET language = $2 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(language).execute(conn).await.map(|_| ()))
}

/// The same at a sign-up, for an address that has never confirmed anything: anybody can type anybody's.
pub async fn set_language_of_sign_up(tx: &mut WriteTx, id: Uuid, language: &str) -> sqlx::Result<()> {
    let sql = "UPDATE subscribers SET language = $2 WHERE id = $1 AND language <> $2
                 AND (SELECT MIN(1) FROM subscriptions x
                      WHERE x.subscriber_id = subscribers.id AND x.status = 'active') IS NULL
                 AND (SELECT MIN(1) FROM consents c
                      WHERE c.subscriber_id = subscribers.id AND c.confirmed_at IS NOT NULL) IS NULL";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(language).execute(conn).await.map(|_| ()))
}

/// Adds a subscriber, or finds the one of that address; their first spelling and name are kept,
/// and an empty name is filled.
pub async fn upsert(
    tx: &mut WriteTx,
    email: &EmailAddress,
    name: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let ids = upsert_all(tx, &[(email.clone(), name.to_owned())], now).await?;
    ids.first().copied().ok_or(sqlx::Error::RowNotFound)
}

#[derive(Serialize)]
struct NewRow<'a> {
    id: String,
    email: &'a str,
    key: String,
    name: &'a str,
}

/// The same for many, in one statement; each subscriber once, in no order. PostgreSQL locks them in the
/// order of their addresses' keys, so that two who write the same ones never wait for each other.
pub async fn upsert_all(
    tx: &mut WriteTx,
    people: &[(EmailAddress, String)],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    let mut rows: BTreeMap<String, NewRow<'_>> = BTreeMap::new();
    let mut new = HashSet::with_capacity(people.len());
    for (email, name) in people {
        let key = email.key();
        let row = rows.entry(key.clone()).or_insert_with(|| {
            let id = id_at(now);
            new.insert(id);
            NewRow { id: id.simple().to_string(), email: email.as_str(), key, name }
        });
        if row.name.is_empty() {
            row.name = name;
        }
    }
    // DO UPDATE, not DO NOTHING: only an updated row is returned.
    macro_rules! sql {
        ($rows:literal) => {
            concat!(
                "INSERT INTO subscribers (id, email, email_key, name, created_at, has_words) ",
                $rows,
                " ON CONFLICT (email_key) DO UPDATE SET name =
                      CASE WHEN subscribers.name = '' THEN excluded.name ELSE subscribers.name END
                  RETURNING id, email_key, name"
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "SELECT unhex(value ->> 'id'), value ->> 'email', value ->> 'key', value ->> 'name', $2, TRUE
             FROM json_each($1) WHERE TRUE"
        ),
        postgres: sql!(
            "SELECT r.id, r.email, r.key, r.name, $2, TRUE
             FROM json_to_recordset($1::json) AS r(id uuid, email text, key text, name text)"
        )
    );
    let values: Vec<&NewRow<'_>> = rows.values().collect();
    let values = json(&values)?;
    let stored: Vec<(Uuid, String, String)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(values).bind(now).fetch_all(conn).await?);
    let ids = stored.iter().map(|(id, ..)| *id).collect();
    // Somebody known whose name was not filled just now is found already.
    let unknown: Vec<(Uuid, String, String)> = stored
        .into_iter()
        .filter(|(id, key, stored)| {
            let name = rows.get(key).map_or("", |row| row.name);
            new.contains(id) || (!name.is_empty() && stored == name)
        })
        .collect();
    if !unknown.is_empty() {
        add_words(tx, &unknown).await?;
    }
    Ok(ids)
}

/// Nobody else signs these addresses' mailboxes up until the transaction ends; on SQLite the one writer does
/// that. Before the subscribers' own rows are written, and of several at once: who takes locks in another order
/// waits for somebody who waits for them.
pub async fn lock_mailboxes<'a>(
    tx: &mut WriteTx,
    emails: impl IntoIterator<Item = &'a EmailAddress>,
) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        let mailboxes: BTreeSet<String> = emails.into_iter().map(EmailAddress::mailbox).collect();
        let mailboxes: Vec<String> = mailboxes.into_iter().collect();
        let sql = "SELECT pg_advisory_xact_lock(1886351989, hashtext(current_schema() || m))
                   FROM unnest($1::text[]) AS m";
        sqlx::query(sql).bind(mailboxes).execute(&mut **tx).await?;
    }
    Ok(())
}

/// The subscriber of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Subscriber>> {
    let sql = "SELECT id, email, email_key, name, created_at, language FROM subscribers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// The subscriber of an address.
pub async fn by_email(tx: &mut Tx, email: &EmailAddress) -> sqlx::Result<Option<Subscriber>> {
    by_key(tx, &email.key()).await
}

/// The subscriber of an address's key.
pub async fn by_key(tx: &mut Tx, email_key: &str) -> sqlx::Result<Option<Subscriber>> {
    let sql = "SELECT id, email, email_key, name, created_at, language FROM subscribers WHERE email_key = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(email_key).fetch_optional(conn).await)
}

/// Sets a subscriber's name and address, and what they are found by. Its caller knows that the address is
/// nobody else's.
pub async fn update(tx: &mut WriteTx, id: Uuid, email: &EmailAddress, name: &str) -> sqlx::Result<()> {
    let sql = "UPDATE subscribers SET email = $2, email_key = $3, name = $4, has_words = TRUE WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(email.as_str())
        .bind(email.key())
        .bind(name)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "DELETE FROM subscriber_words WHERE subscriber_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
    add_words(tx, &[(id, email.key(), name.to_owned())]).await
}

/// Removes a subscriber with all that names them: subscriptions, consents, notices, tags, words, sign-ups that
/// wait; so of all who were merged into them. Their deliveries stay as numbers: the relay's answers go, since they may
/// hold the address. What is left is a hash of each address, by which no file brings them back; and of one that was
/// suppressed, nothing else either.
pub async fn erase(tx: &mut WriteTx, subscriber: &Subscriber, now: DateTime<Utc>) -> sqlx::Result<()> {
    for merge in merges::into(tx, subscriber.id).await? {
        let suppressed = suppressions::take(tx, &merge.email_key).await?;
        let (reason, mailbox) = suppressed.unzip();
        erased::add(tx, &merge.email_key, reason, mailbox.flatten().as_deref(), now).await?;
        erase_address(tx, merge.merged_id, &merge.email_key).await?;
    }
    let (reason, mailbox) = suppressions::take(tx, &subscriber.email_key).await?.unzip();
    erased::add(tx, &subscriber.email_key, reason, mailbox.flatten().as_deref(), now).await?;
    remove(tx, subscriber).await
}

/// Removes somebody who never confirmed anything, with all that names them. Where their address is suppressed, a hash of
/// it stays.
pub async fn forget(tx: &mut WriteTx, subscriber: &Subscriber, now: DateTime<Utc>) -> sqlx::Result<()> {
    if let Some((reason, mailbox)) = suppressions::take(tx, &subscriber.email_key).await? {
        erased::add(tx, &subscriber.email_key, Some(reason), mailbox.as_deref(), now).await?;
    }
    remove(tx, subscriber).await
}

async fn remove(tx: &mut WriteTx, subscriber: &Subscriber) -> sqlx::Result<()> {
    erase_address(tx, subscriber.id, &subscriber.email_key).await?;
    let sql = "DELETE FROM subscribers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(subscriber.id).execute(conn).await.map(|_| ()))
}

async fn erase_address(tx: &mut WriteTx, id: Uuid, email_key: &str) -> sqlx::Result<()> {
    let sql = "UPDATE deliveries SET reply = NULL
               WHERE subscriber_id = $1 AND campaign_id IN (SELECT id FROM campaigns)";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM notices WHERE email_key = $1 AND kind IN ('confirmation', 'reminder', 'subscribed', 'welcome', 'manage_link', 'new_address', 'address_changed',
                   'permission', 'test')";
    on_either!(tx, |conn| sqlx::query(sql).bind(email_key).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM sign_up_requests WHERE lower(email) = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(email_key).execute(conn).await.map(|_| ()))
}

/// Ids in `$1`, a JSON array, as the table `r` with the one column `s`.
macro_rules! ids {
    ($tx:expr, $before:expr, $after:expr) => {
        $crate::db::dialect!(
            $tx,
            sqlite: concat!($before, " (SELECT unhex(value) AS s FROM json_each($1)) AS r ", $after),
            postgres: concat!($before, " (SELECT value::uuid AS s FROM json_array_elements_text($1::json)) AS r ", $after)
        )
    };
}
pub(super) use ids;

/// Ids as that JSON array.
pub(super) fn id_array(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    serde_json::json!(ids).to_string()
}

/// Subscribers of ids, in no order.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<Subscriber>> {
    let sql = ids!(
        tx,
        "SELECT b.id, b.email, b.email_key, b.name, b.created_at, b.language FROM",
        "JOIN subscribers b ON b.id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).fetch_all(conn).await)
}

/// When each of these readers got a mail last, as far as the newest campaigns know.
pub async fn last_sent(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<(Uuid, DateTime<Utc>)>> {
    let sql = ids!(
        tx,
        // Each pair is looked up by itself: a join of tables that nobody has analysed reads them whole.
        "SELECT id, MAX(sent_at) FROM (SELECT r.s AS id, (SELECT d.status_since FROM deliveries d
             WHERE d.campaign_id = c.id AND d.subscriber_id = r.s AND d.status = 'sent') AS sent_at FROM",
        "CROSS JOIN (SELECT id FROM campaigns WHERE status IN ('sending', 'paused', 'sent', 'cancelled')
             ORDER BY id DESC LIMIT 5) AS c) AS found
         WHERE sent_at IS NOT NULL GROUP BY id"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).fetch_all(conn).await)
}

// What they are found by.

/// Words of one subscriber: a name of a thousand words helps nobody.
const WORDS_MAX: usize = 12;
const WORD_CHARS_MAX: usize = 64;

/// The words of a name or of what somebody types, in lower case.
pub fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(WORD_CHARS_MAX).collect()).take(WORDS_MAX).collect()
}

/// What somebody typed to find subscribers, as the beginnings that they must have: an address or a part of
/// one stays whole, and so does a domain.
pub fn search_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split_whitespace() {
        let part = part.trim_start_matches('@');
        if part.contains(['@', '.', '_', '+']) || (part.contains('-') && part.is_ascii()) {
            found.push(part.to_lowercase().chars().take(254).collect());
        } else {
            found.extend(words_of(part));
        }
    }
    found.truncate(5);
    found
}

/// Stores what subscribers (id, address's key, name) are found by, in the order of the words: pages of the index that are
/// written together lie together.
async fn add_words(tx: &mut WriteTx, of: &[(Uuid, String, String)]) -> sqlx::Result<()> {
    let mut rows: Vec<(String, Uuid)> = Vec::with_capacity(of.len() * 4);
    for (id, email_key, name) in of {
        let domain = email_key.rsplit_once('@').map_or("", |(_, domain)| domain);
        rows.extend([email_key, domain].map(|word| (word.to_owned(), *id)));
        rows.extend(words_of(name).into_iter().map(|word| (word, *id)));
    }
    rows.sort_unstable();
    rows.dedup();
    let columns = [
        ("word", Column::Texts(rows.iter().map(|(word, _)| word.as_str()).collect())),
        ("subscriber_id", Column::Ids(rows.iter().map(|(_, id)| *id).collect())),
    ];
    let then = "ON CONFLICT (word, subscriber_id) DO NOTHING";
    load::insert(tx, "subscriber_words", &columns, rows.len(), then).await.map(|_| ())
}

/// Whether somebody has no words yet.
pub async fn any_without_words(tx: &mut Tx) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscribers WHERE has_words = FALSE LIMIT 1) AS x";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)?;
    Ok(rows > 0)
}

/// Gives the next `limit` subscribers that have none their words. How many there were.
pub async fn add_missing_words(tx: &mut WriteTx, limit: i64) -> sqlx::Result<usize> {
    let sql = "SELECT id, email_key, name FROM subscribers WHERE has_words = FALSE ORDER BY id LIMIT $1";
    let rows: Vec<(Uuid, String, String)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(limit).fetch_all(conn).await?);
    if rows.is_empty() {
        return Ok(0);
    }
    add_words(tx, &rows).await?;
    let wanted: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let sql = ids!(tx, "UPDATE subscribers SET has_words = TRUE WHERE id IN (SELECT s FROM", ")");
    on_either!(tx, |conn| sqlx::query(sql).bind(id_array(&wanted)).execute(conn).await.map(|_| ()))?;
    Ok(rows.len())
}

// Tags.

/// A subscriber's tags, in the alphabet's order.
pub async fn tags(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<String>> {
    let sql = "SELECT tag FROM subscriber_tags WHERE subscriber_id = $1 ORDER BY tag";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_all(conn).await)
}

/// Tags a subscriber. True where it is new.
pub async fn tag(tx: &mut WriteTx, id: Uuid, tag: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "INSERT INTO subscriber_tags (tag, subscriber_id, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (tag, subscriber_id) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(tag)
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Takes a tag off a subscriber. True where it was there.
pub async fn untag(tx: &mut WriteTx, id: Uuid, tag: &str) -> sqlx::Result<bool> {
    let sql = "DELETE FROM subscriber_tags WHERE tag = $1 AND subscriber_id = $2";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(tag).bind(id).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// The tags there are, the first hundred of them: found by leaping from one to the next.
pub async fn all_tags(tx: &mut Tx) -> sqlx::Result<Vec<String>> {
    let sql = "WITH RECURSIVE t(tag, n) AS (
                   SELECT (SELECT MIN(tag) FROM subscriber_tags), 1
                   UNION ALL
                   SELECT (SELECT MIN(s.tag) FROM subscriber_tags s WHERE s.tag > t.tag), t.n + 1
                   FROM t WHERE t.tag IS NOT NULL AND t.n <= 100)
               SELECT tag FROM t WHERE tag IS NOT NULL ORDER BY tag";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_the_beginnings_of_words() {
        assert_eq!(search_words("Inês  CARV"), ["inês", "carv"]);
        assert_eq!(search_words("@Example.org"), ["example.org"]);
        assert_eq!(search_words("ines.c@exa"), ["ines.c@exa"]);
        assert_eq!(search_words("brandt-logistik"), ["brandt-logistik"]);
        assert_eq!(search_words("(*) — '"), Vec::<String>::new());
        assert_eq!(words_of("J. P. O'Ward-Åberg"), ["j", "p", "o", "ward", "åberg"]);
    }
}
