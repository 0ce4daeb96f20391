//! Fields, and what they hold of each subscriber.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::subscribers::{id_array, ids};
use super::{Tx, WriteTx, dialect, json, on_either};
use crate::domain::field::{FieldKind, FieldValue};

/// Something that a publication wants to know of its subscribers.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SubscriberField {
    pub id: Uuid,
    /// Its name in files, forms and mails, which stays.
    pub key: String,
    /// As people call it.
    pub name: String,
    pub kind: FieldKind,
    /// Whether readers see and change it on their preferences page.
    pub is_open: bool,
    /// Whether the sign-up form asks for it.
    pub is_on_form: bool,
    /// Small numbers first.
    pub position: i64,
    pub created_at: DateTime<Utc>,
}

/// What a field holds of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredField {
    pub subscriber_id: Uuid,
    pub field_id: Uuid,
    pub text: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, key, name, kind, is_open, is_on_form, position, created_at FROM fields ", $rest)
    };
}

/// All fields, as pages show them.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<SubscriberField>> {
    let sql = select!("ORDER BY position, created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// The fields that the sign-up form asks for.
pub async fn on_form(tx: &mut Tx) -> sqlx::Result<Vec<SubscriberField>> {
    let sql = select!("WHERE is_on_form = TRUE ORDER BY position, created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// The fields that readers see and change.
pub async fn open(tx: &mut Tx) -> sqlx::Result<Vec<SubscriberField>> {
    let sql = select!("WHERE is_open = TRUE ORDER BY position, created_at, id");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}

/// The field of an id.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<SubscriberField>> {
    let sql = select!("WHERE id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Adds a field. False where its key is taken.
pub async fn add(tx: &mut WriteTx, field: &SubscriberField) -> sqlx::Result<bool> {
    let sql = "INSERT INTO fields (id, key, name, kind, is_open, is_on_form, position, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING";
    let rows = on_either!(tx, |conn| sqlx::query(sql)
        .bind(field.id)
        .bind(&field.key)
        .bind(&field.name)
        .bind(field.kind)
        .bind(field.is_open)
        .bind(field.is_on_form)
        .bind(field.position)
        .bind(field.created_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Stores what people set of a field: all but its key and its kind.
pub async fn set(tx: &mut WriteTx, field: &SubscriberField) -> sqlx::Result<()> {
    let sql = "UPDATE fields SET name = $2, is_open = $3, is_on_form = $4, position = $5 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(field.id)
        .bind(&field.name)
        .bind(field.is_open)
        .bind(field.is_on_form)
        .bind(field.position)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Removes what a field holds of so many subscribers. Returns of how many.
pub async fn delete_values(tx: &mut WriteTx, id: Uuid, limit: i64) -> sqlx::Result<u64> {
    let sql = "DELETE FROM subscriber_fields WHERE field_id = $1 AND subscriber_id IN
                   (SELECT subscriber_id FROM subscriber_fields WHERE field_id = $1 LIMIT $2)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(limit)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))
}

/// Removes a field with what it holds of everybody.
pub async fn delete(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM fields WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))
}

/// Of how many subscribers a field holds something, counted no further than one more than `limit`.
pub async fn count_values(tx: &mut Tx, id: Uuid, limit: i64) -> sqlx::Result<i64> {
    let sql =
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscriber_fields WHERE field_id = $1 LIMIT $2) AS x";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).bind(limit + 1).fetch_one(conn).await)
}

/// What the fields hold of one subscriber, in no order.
pub async fn of_subscriber(tx: &mut Tx, id: Uuid) -> sqlx::Result<Vec<StoredField>> {
    let sql = "SELECT subscriber_id, field_id, text FROM subscriber_fields WHERE subscriber_id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_all(conn).await)
}

/// What the fields hold of these subscribers, in no order.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<StoredField>> {
    let sql = ids!(
        tx,
        "SELECT f.subscriber_id, f.field_id, f.text FROM",
        "JOIN subscriber_fields f ON f.subscriber_id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).fetch_all(conn).await)
}

#[derive(Serialize)]
struct ValueRow<'a> {
    s: String,
    f: String,
    t: &'a str,
    n: Option<f64>,
}

/// Stores what fields hold of subscribers (subscriber, field, value), many in one statement; of one pair the last.
/// What was there is replaced. Both must be there: a foreign key says so.
pub async fn set_all(tx: &mut WriteTx, values: &[(Uuid, Uuid, FieldValue)]) -> sqlx::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    // In the key's order, so that two who write the same ones never wait for each other on PostgreSQL.
    let values: BTreeMap<(Uuid, Uuid), &FieldValue> =
        values.iter().map(|(subscriber, field, value)| ((*subscriber, *field), value)).collect();
    let rows: Vec<ValueRow<'_>> = values
        .iter()
        .map(|((subscriber, field), value)| ValueRow {
            s: subscriber.simple().to_string(),
            f: field.simple().to_string(),
            t: &value.text,
            n: value.number,
        })
        .collect();
    macro_rules! sql {
        ($rows:literal) => {
            concat!(
                "INSERT INTO subscriber_fields (subscriber_id, field_id, text, number) ",
                $rows,
                " ON CONFLICT (subscriber_id, field_id) DO UPDATE SET text = excluded.text, number = excluded.number"
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "SELECT unhex(value ->> 's'), unhex(value ->> 'f'), value ->> 't', value ->> 'n' FROM json_each($1) WHERE TRUE"
        ),
        postgres: sql!(
            "SELECT r.s, r.f, r.t, r.n FROM json_to_recordset($1::json) AS r(s uuid, f uuid, t text, n float8)"
        )
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(json(&rows)?).execute(conn).await.map(|_| ()))
}

/// Takes out what a field holds of a subscriber.
pub async fn clear(tx: &mut WriteTx, subscriber: Uuid, field: Uuid) -> sqlx::Result<()> {
    let sql = "DELETE FROM subscriber_fields WHERE subscriber_id = $1 AND field_id = $2";
    on_either!(tx, |conn| sqlx::query(sql).bind(subscriber).bind(field).execute(conn).await.map(|_| ()))
}

/// What stands in a subscriber's mail: their name (no key), or what a field holds of them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MailValue {
    pub subscriber_id: Uuid,
    pub key: Option<String>,
    pub kind: Option<FieldKind>,
    pub text: String,
}

/// The names of these subscribers, and what the fields of these keys hold of them; in one statement, by keys.
pub async fn for_mail(tx: &mut Tx, wanted: &[Uuid], keys: &[&str]) -> sqlx::Result<Vec<MailValue>> {
    macro_rules! sql {
        ($ids:literal, $keys:literal) => {
            concat!(
                "SELECT b.id AS subscriber_id, NULL AS key, NULL AS kind, b.name AS text FROM ",
                $ids,
                " JOIN subscribers b ON b.id = r.s WHERE b.name <> ''
                 UNION ALL
                 SELECT v.subscriber_id, f.key, f.kind, v.text FROM ",
                $ids,
                " CROSS JOIN ",
                $keys,
                " JOIN fields f ON f.key = k.k
                 JOIN subscriber_fields v ON v.subscriber_id = r.s AND v.field_id = f.id"
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "(SELECT unhex(value) AS s FROM json_each($1)) AS r",
            "(SELECT value AS k FROM json_each($2)) AS k"
        ),
        postgres: sql!(
            "(SELECT value::uuid AS s FROM json_array_elements_text($1::json)) AS r",
            "(SELECT value AS k FROM json_array_elements_text($2::json)) AS k"
        )
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).bind(json(&keys)?).fetch_all(conn).await)
}
