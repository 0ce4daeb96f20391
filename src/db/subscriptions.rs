//! Subscriptions, and the consents behind them. Every change of one is a [`Transition`], written by [`change`] and its
//! like with an event.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dues::{self, Dues};
use super::events::{self, Cause, NewEvent};
use super::load::{self, Column};
use super::subscribers::{id_array, ids};
use super::{Engine, Tx, WriteTx, dialect, json, list_articles, on_either};
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
    /// Until when they get nothing of it.
    pub paused_until: Option<DateTime<Utc>>,
}

impl Subscription {
    pub fn standing(&self) -> Standing {
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
    let sql = "SELECT list_id, subscriber_id, status, cadence, created_at, status_since, paused_until
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

/// What is asked of one subscription.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    pub transition: Transition,
    /// Since when they have the list, where it is new to them; `None`: from now on.
    pub created_at: Option<DateTime<Utc>>,
}

/// Writes what transitions make of what is held, and the events of it.
async fn apply(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    held: &[Subscription],
    asked: &[(Uuid, Uuid, Transition)],
) -> sqlx::Result<Vec<Changed>> {
    let asked: Vec<Asked> = asked
        .iter()
        .map(|(subscriber_id, list_id, transition)| Asked {
            subscriber_id: *subscriber_id,
            list_id: *list_id,
            transition: *transition,
            created_at: None,
        })
        .collect();
    carry_out(tx, cause, held, &asked).await
}

/// The same, where what is asked says since when they have a list.
pub async fn carry_out(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    held: &[Subscription],
    asked: &[Asked],
) -> sqlx::Result<Vec<Changed>> {
    let changed = decide(held, asked, cause.at);
    write(tx, asked, &changed, cause.at).await?;
    let happened: Vec<NewEvent> = asked
        .iter()
        .zip(&changed)
        .filter_map(|(asked, changed)| Some(event(asked, changed.filter(Changed::is_new)?)))
        .collect();
    events::add(tx, cause, &happened).await?;
    Ok(changed.into_iter().flatten().collect())
}

/// What transitions make of what is held, for each that is asked; `None`: it does not apply.
pub fn decide(held: &[Subscription], asked: &[Asked], at: DateTime<Utc>) -> Vec<Option<Changed>> {
    let held: HashMap<(Uuid, Uuid), Standing> =
        held.iter().map(|held| ((held.subscriber_id, held.list_id), held.standing())).collect();
    let decide = |asked: &Asked| {
        let was = held.get(&(asked.subscriber_id, asked.list_id)).copied();
        let now = asked.transition.apply(was, at)?;
        Some(Changed { subscriber_id: asked.subscriber_id, list_id: asked.list_id, was, now })
    };
    asked.iter().map(decide).collect()
}

fn event(asked: &Asked, changed: Changed) -> NewEvent {
    let Changed { subscriber_id, list_id, was, now } = changed;
    NewEvent {
        kind: match was {
            // Asking once more for what waits changes no more than how often.
            Some(was) if was.status == now.status => EventKind::CadenceChanged,
            _ => asked.transition.event(),
        },
        subscriber_id,
        list_id: Some(list_id),
        was: was.map(|was| was.status),
        status: Some(now.status),
        cadence: Some(now.cadence),
    }
}

/// The one statement that writes subscriptions: what is new of what was decided, of subscribers who are locked. Whoever
/// calls it leaves a trace of each change in the same transaction: an event, or for a whole file the row of its import.
pub async fn write(
    tx: &mut WriteTx,
    asked: &[Asked],
    changed: &[Option<Changed>],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let pairs = asked.iter().zip(changed);
    let new = pairs.filter_map(|(asked, changed)| Some((asked, changed.filter(Changed::is_new)?)));
    let (fresh, known): (Vec<_>, Vec<_>) = new.partition(|(_, one)| one.was.is_none());
    if fresh.is_empty() && known.is_empty() {
        return Ok(());
    }
    let numbers: HashMap<Uuid, i64> = list_articles::last_numbers(tx).await?.into_iter().collect();
    let known_dues = Box::pin(dues::after(tx, known.iter().map(|(_, one)| one), &numbers, now)).await?;
    let fresh_dues: Vec<Dues> =
        fresh.iter().map(|(_, one)| Dues::from_now_on(&numbers, one.list_id)).collect();
    // Where nothing was, nothing is in the way: asking for that costs PostgreSQL a third of the row.
    let then = "ON CONFLICT (list_id, subscriber_id) DO UPDATE SET status = excluded.status,
                    cadence = excluded.cadence, status_since = excluded.status_since,
                    numbered_from = excluded.numbered_from, backlog_from = excluded.backlog_from,
                    away_from = excluded.away_from, paused_until = excluded.paused_until";
    for (rows, dues, then) in [(fresh, fresh_dues, ""), (known, known_dues, then)] {
        write_rows(tx, &rows, &dues, now, then).await?;
    }
    Ok(())
}

async fn write_rows(
    tx: &mut WriteTx,
    rows: &[(&Asked, Changed)],
    dues: &[Dues],
    now: DateTime<Utc>,
    then: &'static str,
) -> sqlx::Result<()> {
    let mut columns = vec![
        ("list_id", Column::Ids(rows.iter().map(|(_, one)| one.list_id).collect())),
        ("subscriber_id", Column::Ids(rows.iter().map(|(_, one)| one.subscriber_id).collect())),
        ("status", Column::Texts(rows.iter().map(|(_, one)| one.now.status.as_str()).collect())),
        ("cadence", Column::Texts(rows.iter().map(|(_, one)| one.now.cadence.as_str()).collect())),
        (
            "created_at",
            Column::Times(rows.iter().map(|(asked, _)| asked.created_at.unwrap_or(now)).collect()),
        ),
        ("status_since", Column::Times(rows.iter().map(|(_, one)| one.now.since).collect())),
        ("numbered_from", Column::Numbers(dues.iter().map(|dues| dues.numbered_from).collect())),
    ];
    // Who is new lacks nothing and is not away.
    if !then.is_empty() {
        let numbers = |of: fn(&Dues) -> Option<i64>| Column::MaybeWholeNumbers(dues.iter().map(of).collect());
        columns.push(("backlog_from", numbers(|dues| dues.backlog_from)));
        columns.push(("away_from", numbers(|dues| dues.away_from)));
        columns
            .push(("paused_until", Column::MaybeTimes(dues.iter().map(|dues| dues.paused_until).collect())));
    }
    load::insert(tx, "subscriptions", &columns, rows.len(), then).await.map(|_| ())
}

/// When these subscribers confirmed that they want a list, the last time.
pub async fn confirmed_here(
    tx: &mut Tx,
    list_id: Uuid,
    of: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, DateTime<Utc>>> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = ids!(
        tx,
        "SELECT c.subscriber_id, MAX(c.confirmed_at) FROM",
        "JOIN consents c ON c.subscriber_id = r.s AND c.list_id = $2
         WHERE c.confirmed_at IS NOT NULL GROUP BY c.subscriber_id"
    );
    let rows: Vec<(Uuid, DateTime<Utc>)> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(of)).bind(list_id).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

/// Takes away subscriptions that an import made and nobody changed since, or that nobody confirmed for too long.
pub async fn remove(tx: &mut WriteTx, of: &[(Uuid, Uuid)]) -> sqlx::Result<()> {
    let rows: Vec<serde_json::Value> = of
        .iter()
        .map(|(subscriber, list)| {
            serde_json::json!({ "s": subscriber.simple().to_string(), "l": list.simple().to_string() })
        })
        .collect();
    let sql = dialect!(
        tx,
        sqlite: "DELETE FROM subscriptions WHERE (list_id, subscriber_id) IN
                 (SELECT unhex(value ->> 'l'), unhex(value ->> 's') FROM json_each($1))",
        postgres: "DELETE FROM subscriptions WHERE (list_id, subscriber_id) IN
                   (SELECT r.l, r.s FROM json_to_recordset($1::json) AS r(l uuid, s uuid))"
    );
    on_either!(tx, |conn| sqlx::query(sql).bind(json(&rows)?).execute(conn).await.map(|_| ()))
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

/// Every subscription of these subscribers.
pub async fn of_ids(tx: &mut Tx, wanted: &[Uuid]) -> sqlx::Result<Vec<Subscription>> {
    let sql = ids!(
        tx,
        "SELECT x.subscriber_id, x.list_id, x.status, x.cadence, x.created_at, x.status_since, x.paused_until FROM",
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
