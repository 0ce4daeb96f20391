//! Subscriptions, and the consents behind them. Every change of one is a [`Transition`], written by [`change`] and its
//! like with an event.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::events::{self, Cause, NewEvent};
use super::subscribers::{id_array, ids};
use super::{Engine, Tx, WriteTx, dialect, json, on_either, stored_time};
use crate::domain::event::EventKind;
use crate::domain::subscription::{Cadence, Standing, SubscriptionStatus, Transition};

/// What somebody has of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Subscription {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub created_at: DateTime<Utc>,
    pub status_since: DateTime<Utc>,
}

impl Subscription {
    fn standing(&self) -> Standing {
        Standing { status: self.status, cadence: self.cadence, since: self.status_since }
    }
}

/// Where a subscriber agreed to something: which form, its wording, from which network address.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    pub form: &'a str,
    pub wording_version: &'a str,
    pub ip: &'a str,
}

/// Every subscription of a subscriber.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<Vec<Subscription>> {
    let sql = "SELECT list_id, subscriber_id, status, cadence, created_at, status_since
               FROM subscriptions WHERE subscriber_id = $1 ORDER BY list_id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).fetch_all(conn).await)
}

/// The status of one subscription.
pub async fn status(
    tx: &mut Tx,
    list_id: Uuid,
    subscriber_id: Uuid,
) -> sqlx::Result<Option<SubscriptionStatus>> {
    let sql = "SELECT status FROM subscriptions WHERE list_id = $1 AND subscriber_id = $2";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .fetch_optional(conn)
        .await)
}

/// What a transition made of one subscription.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    /// `None`: there was none.
    pub was: Option<Standing>,
    pub now: Standing,
}

impl Changed {
    /// False where it was so already.
    pub fn is_new(&self) -> bool {
        self.was != Some(self.now)
    }
}

/// Changes what these subscribers have of a list, which may be new to them, or of all lists that they have: those to
/// whom the transition applies, with what it made of them. Each change has its event in this transaction.
pub async fn change(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    of: &[Uuid],
    list_id: Option<Uuid>,
    transition: Transition,
) -> sqlx::Result<Vec<Changed>> {
    let of = each_once(of.iter().copied());
    let held = lock(tx, &of).await?;
    let asked: Vec<(Uuid, Uuid, Transition)> = match list_id {
        Some(list_id) => of.iter().map(|id| (*id, list_id, transition)).collect(),
        None => held.iter().map(|held| (held.subscriber_id, held.list_id, transition)).collect(),
    };
    apply(tx, cause, &held, &asked).await
}

/// The same for one of them.
pub async fn change_one(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    subscriber_id: Uuid,
    list_id: Uuid,
    transition: Transition,
) -> sqlx::Result<Option<Changed>> {
    Ok(change(tx, cause, &[subscriber_id], Some(list_id), transition).await?.pop())
}

/// The same, where each (subscriber, list) has a transition of its own.
pub async fn change_each(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    asked: &[(Uuid, Uuid, Transition)],
) -> sqlx::Result<Vec<Changed>> {
    let held = lock(tx, &each_once(asked.iter().map(|(subscriber, ..)| *subscriber))).await?;
    apply(tx, cause, &held, asked).await
}

fn each_once(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    ids.collect::<BTreeSet<Uuid>>().into_iter().collect()
}

/// What these subscribers have, which nobody else changes until the transaction ends. PostgreSQL locks them in the
/// order in which they are added, see [`subscribers::upsert_all`].
pub async fn lock(tx: &mut WriteTx, of: &[Uuid]) -> sqlx::Result<Vec<Subscription>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    if let Engine::Postgres(conn) = Tx::engine(tx) {
        let sql = "SELECT b.id FROM (SELECT value::uuid AS s FROM json_array_elements_text($1::json)) AS r
                   JOIN subscribers b ON b.id = r.s ORDER BY b.email_key COLLATE \"C\" FOR NO KEY UPDATE OF b";
        sqlx::query(sql).bind(id_array(of)).execute(&mut **conn).await?;
    }
    of_ids(tx, of).await
}

#[derive(Serialize)]
struct Row {
    l: String,
    s: String,
    t: SubscriptionStatus,
    c: Cadence,
    d: String,
}

/// Writes what transitions make of what is held, and the events of it.
async fn apply(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    held: &[Subscription],
    asked: &[(Uuid, Uuid, Transition)],
) -> sqlx::Result<Vec<Changed>> {
    let held: HashMap<(Uuid, Uuid), Standing> =
        held.iter().map(|held| ((held.subscriber_id, held.list_id), held.standing())).collect();
    let (mut changed, mut rows, mut happened) = (Vec::new(), Vec::new(), Vec::new());
    for (subscriber_id, list_id, transition) in asked {
        let was = held.get(&(*subscriber_id, *list_id)).copied();
        let Some(now) = transition.apply(was, cause.at) else { continue };
        let one = Changed { subscriber_id: *subscriber_id, list_id: *list_id, was, now };
        changed.push(one);
        if !one.is_new() {
            continue;
        }
        rows.push(Row {
            l: list_id.simple().to_string(),
            s: subscriber_id.simple().to_string(),
            t: now.status,
            c: now.cadence,
            d: stored_time(now.since),
        });
        happened.push(NewEvent {
            kind: match was {
                // Asking once more for what waits changes no more than how often.
                Some(was) if was.status == now.status => EventKind::CadenceChanged,
                _ => transition.event(),
            },
            subscriber_id: *subscriber_id,
            list_id: Some(*list_id),
            was: was.map(|was| was.status),
            status: Some(now.status),
            cadence: Some(now.cadence),
        });
    }
    if !rows.is_empty() {
        write(tx, &rows, cause.at).await?;
        events::add(tx, cause, &happened).await?;
    }
    Ok(changed)
}

/// The one statement that writes subscriptions.
async fn write(tx: &mut WriteTx, rows: &[Row], now: DateTime<Utc>) -> sqlx::Result<()> {
    macro_rules! sql {
        ($rows:literal) => {
            concat!(
                "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since) ",
                $rows,
                " ON CONFLICT (list_id, subscriber_id) DO UPDATE SET status = excluded.status,
                      cadence = excluded.cadence, status_since = excluded.status_since"
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "SELECT unhex(value ->> 'l'), unhex(value ->> 's'), value ->> 't', value ->> 'c', $2, value ->> 'd'
             FROM json_each($1) WHERE TRUE"
        ),
        postgres: sql!(
            "SELECT r.l, r.s, r.t, r.c, $2, r.d
             FROM json_to_recordset($1::json) AS r(l uuid, s uuid, t text, c text, d timestamptz)"
        )
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(json(&rows)?).bind(now).execute(conn).await.map(|_| ()))
}

/// Whether this subscriber ever showed that the address is theirs: a subscription is active, or a
/// consent was confirmed.
pub async fn has_ever_confirmed(tx: &mut Tx, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM subscribers s WHERE s.id = $1 AND (
                   (SELECT MIN(1) FROM subscriptions x
                    WHERE x.subscriber_id = s.id AND x.status = 'active') IS NOT NULL
                   OR (SELECT MIN(1) FROM consents c
                       WHERE c.subscriber_id = s.id AND c.confirmed_at IS NOT NULL) IS NOT NULL)";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(subscriber_id).fetch_one(conn).await)?;
    Ok(rows > 0)
}

/// Notes what a subscriber asked for, and where.
pub async fn note_consent(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    consent: &Consent<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    note_consents(tx, list_id, &[subscriber_id], consent, now).await
}

/// The same for many.
pub async fn note_consents(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_ids: &[Uuid],
    consent: &Consent<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    macro_rules! sql {
        ($columns:literal, $rows:literal) => {
            concat!(
                "INSERT INTO consents
                     (id, subscriber_id, list_id, form, wording_version, requested_at, requested_ip)
                 SELECT ",
                $columns,
                ", $2, $3, $4, $5, $6 FROM ",
                $rows
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!("unhex(value ->> 'id'), unhex(value ->> 's')", "json_each($1)"),
        postgres: sql!("r.id, r.s", "json_to_recordset($1::json) AS r(id uuid, s uuid)")
    );
    let rows: Vec<serde_json::Value> = subscriber_ids
        .iter()
        .map(|id| serde_json::json!({ "id": Uuid::now_v7().simple().to_string(), "s": id.simple().to_string() }))
        .collect();
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(serde_json::Value::Array(rows).to_string())
        .bind(list_id)
        .bind(consent.form)
        .bind(consent.wording_version)
        .bind(now)
        .bind(consent.ip)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Whether a consent of a subscription waits to be confirmed.
pub async fn has_unconfirmed_consent(tx: &mut Tx, list_id: Uuid, subscriber_id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM consents
               WHERE subscriber_id = $1 AND list_id = $2 AND confirmed_at IS NULL";
    let rows: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(subscriber_id)
        .bind(list_id)
        .fetch_one(conn)
        .await)?;
    Ok(rows > 0)
}

/// Notes that a consent was confirmed, and from where: the newest that was asked for by `requested_by`. What
/// others asked for before and after was confirmed by nobody.
pub async fn note_confirmed(
    tx: &mut WriteTx,
    list_id: Uuid,
    subscriber_id: Uuid,
    requested_by: DateTime<Utc>,
    ip: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE consents SET confirmed_at = $3, confirmed_ip = $4
               WHERE id = (SELECT id FROM consents
                   WHERE list_id = $1 AND subscriber_id = $2 AND confirmed_at IS NULL AND requested_at <= $5
                   ORDER BY requested_at DESC, id DESC LIMIT 1)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(now)
        .bind(ip)
        .bind(requested_by)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The next subscriptions of a list behind the subscriber `after`.
pub async fn page_of_list(
    tx: &mut Tx,
    list_id: Uuid,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Subscription>> {
    let sql = "SELECT list_id, subscriber_id, status, cadence, created_at, status_since FROM subscriptions
               WHERE list_id = $1 AND subscriber_id > $2 ORDER BY subscriber_id LIMIT $3";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(list_id).bind(after).bind(limit).fetch_all(conn).await)
}

/// Every subscription of these subscribers.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<Subscription>> {
    let sql = ids!(
        tx,
        "SELECT x.subscriber_id, x.list_id, x.status, x.cadence, x.created_at, x.status_since FROM",
        "JOIN subscriptions x ON x.subscriber_id = r.s"
    );
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(wanted)).fetch_all(conn).await)
}

/// How many subscriptions of a list, a status and a cadence there were when they were counted last; `None`:
/// they were never counted.
pub async fn counted(
    tx: &mut Tx,
    list_id: Option<Uuid>,
    status: Option<SubscriptionStatus>,
    cadence: Option<Cadence>,
) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT CAST(SUM(subscriptions) AS BIGINT) FROM subscription_counts
               WHERE ($1 = $2 OR list_id = $1) AND ($3 = '' OR status = $3) AND ($4 = '' OR cadence = $4)";
    on_either!(tx, |conn| sqlx::query_scalar(sql)
        .bind(list_id.unwrap_or(Uuid::nil()))
        .bind(Uuid::nil())
        .bind(status.map_or("", SubscriptionStatus::as_str))
        .bind(cadence.map_or("", Cadence::as_str))
        .fetch_one(conn)
        .await)
}
