//! Subscribers as a file has them: a line a subscription, with everything that is kept about it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::subscribers::id_array;
use super::{Tx, dialect, on_either};

/// Between the tags of a row: none has a control character.
const BETWEEN_TAGS: char = '\u{1f}';

/// A subscription and whose it is. Of somebody who has none, what is about a list is empty.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExportRow {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub joined_at: DateTime<Utc>,
    pub language: String,
    tags: Option<String>,
    pub list_id: Option<Uuid>,
    pub status: Option<String>,
    pub cadence: Option<String>,
    pub subscribed_at: Option<DateTime<Utc>>,
    pub status_since: Option<DateTime<Utc>>,
    /// Their newest consent to it.
    #[sqlx(flatten)]
    pub consent: ExportedConsent,
}

/// When and from where somebody agreed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExportedConsent {
    pub requested_at: Option<DateTime<Utc>>,
    pub requested_ip: Option<String>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub confirmed_ip: Option<String>,
}

impl ExportRow {
    /// In the order of the alphabet.
    pub fn tags(&self) -> Vec<&str> {
        let joined = self.tags.as_deref().filter(|joined| !joined.is_empty());
        let mut tags: Vec<&str> =
            joined.map(|joined| joined.split(BETWEEN_TAGS).collect()).unwrap_or_default();
        tags.sort_unstable();
        tags
    }
}

macro_rules! select {
    ($tags:literal, $from:expr, $consents:literal) => {
        concat!(
            "SELECT b.id, b.email, b.name, b.created_at AS joined_at, b.language, (SELECT ",
            $tags,
            " FROM subscriber_tags t WHERE t.subscriber_id = b.id) AS tags,
                x.list_id, x.status, x.cadence, x.created_at AS subscribed_at, x.status_since,
                COALESCE(c.requested_at, w.requested_at) AS requested_at,
                COALESCE(NULLIF(c.requested_ip, ''), w.requested_ip) AS requested_ip,
                COALESCE(c.confirmed_at, w.confirmed_at) AS confirmed_at,
                COALESCE(c.confirmed_ip, w.confirmed_ip) AS confirmed_ip
             FROM ",
            $from,
            $consents,
            " ORDER BY b.id, x.list_id"
        )
    };
}

/// The statement on either engine: the newest consent of each row is looked up by itself, whatever a planner takes the tables
/// for.
macro_rules! rows {
    ($tx:expr, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        dialect!(
            $tx,
            sqlite: select!(
                "group_concat(t.tag, char(31))",
                $sqlite,
                " LEFT JOIN consents c ON c.id = (SELECT n.id FROM consents n
                      WHERE n.subscriber_id = b.id AND n.list_id = x.list_id
                      ORDER BY n.requested_at DESC, n.id DESC LIMIT 1)
                  LEFT JOIN import_rows w ON c.id IS NULL AND w.subscriber_id = b.id AND w.list_id = x.list_id
                      AND w.import_id = (SELECT n.import_id FROM import_rows n
                          WHERE n.subscriber_id = b.id AND n.list_id = x.list_id AND n.status = 'active'
                          ORDER BY n.import_id DESC LIMIT 1)"
            ),
            postgres: select!(
                "string_agg(t.tag, chr(31))",
                $postgres,
                " LEFT JOIN LATERAL (SELECT * FROM consents n
                      WHERE n.subscriber_id = b.id AND n.list_id = x.list_id
                      ORDER BY n.requested_at DESC, n.id DESC LIMIT 1) AS c ON TRUE
                  LEFT JOIN LATERAL (SELECT * FROM import_rows n
                      WHERE n.subscriber_id = b.id AND n.list_id = x.list_id AND n.status = 'active'
                      ORDER BY n.import_id DESC LIMIT 1) AS w ON c.id IS NULL"
            )
        )
    };
}

/// The next subscriptions of a list behind the subscriber `after`.
pub async fn of_list(tx: &mut Tx, list_id: Uuid, after: Uuid, limit: i64) -> sqlx::Result<Vec<ExportRow>> {
    macro_rules! page {
        () => {
            "(SELECT * FROM subscriptions WHERE list_id = $1 AND subscriber_id > $2 ORDER BY subscriber_id LIMIT $3) AS x
             JOIN subscribers b ON b.id = x.subscriber_id"
        };
    }
    let sql = rows!(tx, sqlite: page!(), postgres: page!());
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(after).bind(limit).fetch_all(conn).await)
}

/// Every subscription of the next subscribers behind `after` and, without one, those who have none.
pub async fn of_all(tx: &mut Tx, after: Uuid, limit: i64) -> sqlx::Result<Vec<ExportRow>> {
    macro_rules! page {
        () => {
            "(SELECT * FROM subscribers WHERE id > $1 ORDER BY id LIMIT $2) AS b
             LEFT JOIN subscriptions x ON x.subscriber_id = b.id"
        };
    }
    let sql = rows!(tx, sqlite: page!(), postgres: page!());
    on_either!(tx, |conn| sqlx::query_as(sql).bind(after).bind(limit).fetch_all(conn).await)
}

/// The same of these subscribers.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<ExportRow>> {
    macro_rules! from {
        ($rows:literal) => {
            concat!(
                "(SELECT ",
                $rows,
                ") AS r JOIN subscribers b ON b.id = r.s
                 LEFT JOIN subscriptions x ON x.subscriber_id = b.id"
            )
        };
    }
    let sql = rows!(
        tx,
        sqlite: from!("unhex(value) AS s FROM json_each($1)"),
        postgres: from!("value::uuid AS s FROM json_array_elements_text($1::json)")
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).fetch_all(conn).await)
}
