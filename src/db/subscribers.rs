//! Subscribers: one person, one email address; what they are found by, and their tags.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::load::{self, Column};
use super::{Engine, Tx, WriteTx, dialect, id_at, json, on_either};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

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
/// wait. Their deliveries stay as numbers: the relay's answers go, since they may hold the address.
pub async fn erase(tx: &mut WriteTx, subscriber: &Subscriber) -> sqlx::Result<()> {
    let sql = "UPDATE deliveries SET reply = NULL
               WHERE subscriber_id = $1 AND campaign_id IN (SELECT id FROM campaigns)";
    on_either!(tx, |conn| sqlx::query(sql).bind(subscriber.id).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM notices WHERE email_key = $1 AND kind IN ('confirmation', 'subscribed', 'test')";
    on_either!(tx, |conn| sqlx::query(sql).bind(&subscriber.email_key).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM sign_up_requests WHERE lower(email) = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(&subscriber.email_key).execute(conn).await.map(|_| ()))?;
    let sql = "UPDATE suppressions SET detail = '' WHERE email_key = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(&subscriber.email_key).execute(conn).await.map(|_| ()))?;
    let sql = "DELETE FROM subscribers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(subscriber.id).execute(conn).await.map(|_| ()))
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

// The list: those that match a filter, by the time they joined.

/// Which subscribers a page shows. All of it must fit; list, status and cadence one subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Beginnings of the address, its domain or a word of the name.
    pub words: Vec<String>,
    pub list_id: Option<Uuid>,
    pub status: Option<SubscriptionStatus>,
    pub cadence: Option<Cadence>,
    pub tag: Option<String>,
    pub since: Option<DateTime<Utc>>,
    /// They joined before it.
    pub until: Option<DateTime<Utc>>,
}

/// The most rows that one page looks at. What few subscribers have is walked whole; where each condition
/// fits more than these, and all of them together fit few, the next page looks on.
pub const LOOKS_MAX: i64 = 5_000;

/// Which way a walk goes, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// From the newest subscriber before this one.
    Older(Uuid),
    /// From the oldest subscriber after this one.
    Newer(Uuid),
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Walked {
    /// In the walk's order.
    pub ids: Vec<Uuid>,
    /// How far it looked, where it stopped before it had what was asked for or was through.
    pub looked_to: Option<Uuid>,
    /// How many match, where that is known.
    pub count: Count,
}

/// How many subscribers match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Exactly(i64),
    MoreThan(i64),
    Unknown,
}

/// One condition of a filter.
enum Part<'a> {
    Word(&'a str),
    Tag(&'a str),
    Subscription,
    /// Everybody, within the dates.
    All,
}

enum Value {
    Id(Uuid),
    Text(String),
}

/// A statement that grows, with its values.
struct Statement {
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    fn new(sql: &str) -> Statement {
        Statement { sql: sql.to_owned(), values: Vec::new() }
    }

    fn push(&mut self, sql: &str) -> &mut Statement {
        self.sql.push_str(sql);
        self
    }

    fn id(&mut self, id: Uuid) -> &mut Statement {
        self.values.push(Value::Id(id));
        self.place()
    }

    fn text(&mut self, text: &str) -> &mut Statement {
        self.values.push(Value::Text(text.to_owned()));
        self.place()
    }

    fn place(&mut self) -> &mut Statement {
        let _ = write!(self.sql, "${}", self.values.len());
        self
    }

    /// The rows of one condition between two ids, as the column `id`.
    fn rows(&mut self, filter: &Filter, part: &Part<'_>, bounds: (Uuid, Uuid), order: &str) {
        match part {
            Part::Word(word) => {
                // The inner limit keeps SQLite from walking all subscribers for the outer bounds; a word
                // drives only where no more than these have it.
                self.push("SELECT DISTINCT subscriber_id AS id FROM (SELECT subscriber_id FROM subscriber_words WHERE ");
                self.begins_with(word);
                let _ = write!(self.sql, " LIMIT {}) AS w WHERE ", LOOKS_MAX + 1);
                self.between("subscriber_id", bounds);
            }
            Part::Tag(tag) => {
                self.push("SELECT subscriber_id AS id FROM subscriber_tags WHERE tag = ").text(tag);
                self.push(" AND ").between("subscriber_id", bounds);
            }
            Part::All => {
                self.push("SELECT id FROM subscribers WHERE ").between("id", bounds);
            }
            Part::Subscription => self.subscriptions(filter, bounds, order),
        }
    }

    /// One walk along an index for each status and cadence that may be: the engines merge them, since
    /// each of them is in order. Each has its own limit, or PostgreSQL would sort all of them.
    fn subscriptions(&mut self, filter: &Filter, bounds: (Uuid, Uuid), order: &str) {
        let only_list = filter.status.is_none() && filter.cadence.is_none();
        let statuses = match filter.status {
            Some(status) => vec![Some(status)],
            None if only_list => vec![None],
            None => SubscriptionStatus::ALL.into_iter().map(Some).collect(),
        };
        let cadences = match filter.cadence {
            Some(cadence) => vec![Some(cadence)],
            None if only_list => vec![None],
            None => Cadence::ALL.into_iter().map(Some).collect(),
        };
        let mut walks = 0;
        for status in &statuses {
            for cadence in &cadences {
                self.push(if walks == 0 { "" } else { " UNION ALL " });
                walks += 1;
                self.push("SELECT id FROM (SELECT subscriber_id AS id FROM subscriptions WHERE ");
                self.fits(filter.list_id, *status, *cadence).between("subscriber_id", bounds);
                let _ = write!(self.sql, " ORDER BY 1 {order} LIMIT {}) AS w{walks}", LOOKS_MAX + 1);
            }
        }
    }

    fn fits(
        &mut self,
        list_id: Option<Uuid>,
        status: Option<SubscriptionStatus>,
        cadence: Option<Cadence>,
    ) -> &mut Statement {
        if let Some(id) = list_id {
            self.push("list_id = ").id(id).push(" AND ");
        }
        if let Some(status) = status {
            self.push("status = ").text(status.as_str()).push(" AND ");
        }
        if let Some(cadence) = cadence {
            self.push("cadence = ").text(cadence.as_str()).push(" AND ");
        }
        self
    }

    fn begins_with(&mut self, word: &str) {
        self.push("word >= ").text(word);
        // The last character there is: no word that begins so comes after it.
        self.push(" AND word < ").text(&format!("{word}\u{10ffff}"));
    }

    fn between(&mut self, column: &str, (low, high): (Uuid, Uuid)) -> &mut Statement {
        self.push(column).push(" > ").id(low).push(" AND ").push(column).push(" < ").id(high)
    }

    /// That the subscriber `d.id` fits a condition. No EXISTS: PostgreSQL would rather join whole tables.
    fn check(&mut self, filter: &Filter, part: &Part<'_>) {
        match part {
            Part::Word(word) => {
                self.push("(SELECT 1 FROM subscriber_words WHERE subscriber_id = d.id AND ");
                self.begins_with(word);
            }
            Part::Tag(tag) => {
                self.push("(SELECT 1 FROM subscriber_tags WHERE subscriber_id = d.id AND tag = ").text(tag);
            }
            Part::Subscription => {
                self.push("(SELECT 1 FROM subscriptions WHERE ");
                self.fits(filter.list_id, filter.status, filter.cadence).push("subscriber_id = d.id");
            }
            Part::All => {
                self.push("(SELECT 1");
            }
        }
        self.push(" LIMIT 1) = 1");
    }

    async fn ids(self, tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
        on_either!(tx, |conn| {
            let mut query = sqlx::query_scalar(AssertSqlSafe(self.sql));
            for value in self.values {
                query = match value {
                    Value::Id(id) => query.bind(id),
                    Value::Text(text) => query.bind(text),
                };
            }
            query.fetch_all(conn).await
        })
    }

    async fn number(self, tx: &mut Tx) -> sqlx::Result<i64> {
        on_either!(tx, |conn| {
            let mut query = sqlx::query_scalar(AssertSqlSafe(self.sql));
            for value in self.values {
                query = match value {
                    Value::Id(id) => query.bind(id),
                    Value::Text(text) => query.bind(text),
                };
            }
            query.fetch_one(conn).await
        })
    }
}

/// The smallest id of who joined at `time`: ids begin with their time.
fn floor(time: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(millis) << 80)
}

impl Filter {
    /// Whether it lets everybody through.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let mut parts: Vec<Part<'_>> = self.words.iter().map(|word| Part::Word(word)).collect();
        parts.extend(self.tag.as_deref().map(Part::Tag));
        if self.list_id.is_some() || self.status.is_some() || self.cadence.is_some() {
            parts.push(Part::Subscription);
        }
        parts
    }

    fn bounds(&self) -> (Uuid, Uuid) {
        (self.since.map_or(Uuid::nil(), floor), self.until.map_or(Uuid::max(), floor))
    }
}

/// About how many match a filter of subscriptions, as they were counted last; `None`: nobody counts what it asks for.
pub async fn counted(tx: &mut Tx, filter: &Filter) -> sqlx::Result<Option<i64>> {
    let Filter { words, list_id, status, cadence, tag, since, until } = filter;
    match words.is_empty() && tag.is_none() && since.or(*until).is_none() {
        true => super::subscriptions::counted(tx, *list_id, *status, *cadence).await,
        false => Ok(None),
    }
}

/// How many rows a condition has within bounds, looked at no further than one more than [`LOOKS_MAX`].
async fn count(tx: &mut Tx, filter: &Filter, part: &Part<'_>, bounds: (Uuid, Uuid)) -> sqlx::Result<i64> {
    if let Part::Word(word) = part {
        // Without the bounds: they are in another order than the words are.
        let mut all = Statement::new("SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscriber_words WHERE ");
        all.begins_with(word);
        let _ = write!(all.sql, " LIMIT {}) AS x", LOOKS_MAX + 1);
        let rows = all.number(tx).await?;
        if rows > LOOKS_MAX {
            return Ok(rows);
        }
    }
    // Somebody on two lists is one of these, but only where all of them were looked at.
    let mut rows = Statement::new("SELECT CASE WHEN COUNT(*) > ");
    let _ = write!(rows.sql, "{LOOKS_MAX} THEN COUNT(*) ELSE COUNT(DISTINCT id) END FROM (");
    rows.rows(filter, part, bounds, "DESC");
    let _ = write!(rows.sql, " LIMIT {}) AS x", LOOKS_MAX + 1);
    rows.number(tx).await
}

/// Walks over those that match, `limit` at most, by the time they joined. It is driven by whichever
/// condition the fewest have; each of those is looked at once, by keys.
pub async fn walk(tx: &mut Tx, filter: &Filter, way: Walk, limit: i64) -> sqlx::Result<Walked> {
    let parts = filter.parts();
    let whole = filter.bounds();
    let mut driver = (Part::All, LOOKS_MAX + 1);
    let mut checks = Vec::new();
    if filter.since.is_some() || filter.until.is_some() {
        driver.1 = count(tx, filter, &driver.0, whole).await?;
    }
    let dated = driver.1;
    let alone = parts.len() == 1;
    for part in parts {
        let rows = count(tx, filter, &part, whole).await?;
        // A word's rows are in no order: a walk over many of them would sort them all.
        let can_drive = rows <= LOOKS_MAX || !matches!(part, Part::Word(_));
        let better = rows < driver.1 || (rows == driver.1 && matches!(driver.0, Part::All));
        let part = if can_drive && better {
            let last = std::mem::replace(&mut driver, (part, rows));
            last.0
        } else {
            part
        };
        if !matches!(part, Part::All) {
            checks.push(part);
        }
    }
    let bounds = match way {
        Walk::Older(before) => (whole.0, before.min(whole.1)),
        Walk::Newer(after) => (after.max(whole.0), whole.1),
    };
    let order = if matches!(way, Walk::Older(_)) { "DESC" } else { "ASC" };
    let mut found = Statement::new("SELECT DISTINCT d.id FROM (SELECT id FROM (");
    found.rows(filter, &driver.0, bounds, order);
    let _ = write!(found.sql, " ORDER BY 1 {order} LIMIT {LOOKS_MAX}) AS x) AS d");
    for (n, part) in checks.iter().enumerate() {
        found.push(if n == 0 { " WHERE " } else { " AND " });
        found.check(filter, part);
    }
    let _ = write!(found.sql, " ORDER BY d.id {order} LIMIT {limit}");
    let ids = found.ids(tx).await?;
    let mut looked_to = None;
    if (ids.len() as i64) < limit && driver.1 > LOOKS_MAX {
        let mut last = Statement::new("");
        last.rows(filter, &driver.0, bounds, order);
        let _ = write!(last.sql, " ORDER BY 1 {order} LIMIT 1 OFFSET {}", LOOKS_MAX - 1);
        looked_to = last.ids(tx).await?.into_iter().next();
    }
    let count = match driver.1 {
        _ if filter.is_empty() => Count::Unknown,
        rows if checks.is_empty() && rows <= LOOKS_MAX => Count::Exactly(rows),
        _ if checks.is_empty() || (alone && dated > LOOKS_MAX && filter.since.or(filter.until).is_none()) => {
            Count::MoreThan(LOOKS_MAX)
        }
        _ => Count::Unknown,
    };
    Ok(Walked { ids, looked_to, count })
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

    #[test]
    fn a_day_is_a_range_of_ids() {
        let at: DateTime<Utc> = "2026-11-24T09:41:00Z".parse().unwrap();
        let (first, second) = (id_at(at), id_at(at));
        assert!(first < second && floor(at) <= first);
        assert!(second < floor(at + chrono::TimeDelta::milliseconds(1)));
        assert_eq!(first.get_version_num(), 7);
    }
}
