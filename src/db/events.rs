//! What happened to whom, when, by whom: written in the transaction of what happened, read by a subscriber's timeline.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::audit::Actor;
use super::users::Role;
use super::{Tx, WriteTx, dialect, import_rows, json, on_either};
use crate::domain::event::EventKind;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// By whom something happens, when, and by which import, change to many or campaign.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    pub actor: &'a Actor,
    pub at: DateTime<Utc>,
    pub id: Option<Uuid>,
}

impl<'a> Cause<'a> {
    /// Something that somebody does to one reader.
    pub fn new(actor: &'a Actor, at: DateTime<Utc>) -> Cause<'a> {
        Cause { actor, at, id: None }
    }

    /// The same, as a part of something larger.
    pub fn part_of(actor: &'a Actor, at: DateTime<Utc>, id: Uuid) -> Cause<'a> {
        Cause { actor, at, id: Some(id) }
    }
}

/// Something that happens to a subscriber.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent {
    pub kind: EventKind,
    pub subscriber_id: Uuid,
    /// `None`: it is about the address.
    pub list_id: Option<Uuid>,
    pub was: Option<SubscriptionStatus>,
    pub status: Option<SubscriptionStatus>,
    pub cadence: Option<Cadence>,
}

impl NewEvent {
    /// What happens to the address itself.
    pub fn of_address(kind: EventKind, subscriber_id: Uuid) -> NewEvent {
        NewEvent { kind, subscriber_id, list_id: None, was: None, status: None, cadence: None }
    }
}

#[derive(Serialize)]
struct Row {
    k: EventKind,
    s: String,
    l: Option<String>,
    w: Option<SubscriptionStatus>,
    t: Option<SubscriptionStatus>,
    c: Option<Cadence>,
}

/// Notes what happens, in the transaction in which it does.
pub async fn add(tx: &mut WriteTx, cause: &Cause<'_>, events: &[NewEvent]) -> sqlx::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = events
        .iter()
        .map(|event| Row {
            k: event.kind,
            s: event.subscriber_id.simple().to_string(),
            l: event.list_id.map(|id| id.simple().to_string()),
            w: event.was,
            t: event.status,
            c: event.cadence,
        })
        .collect();
    macro_rules! sql {
        ($columns:literal, $rows:literal) => {
            concat!(
                "INSERT INTO events (at, kind, subscriber_id, list_id, was, status, cadence, actor_kind, actor,
                     cause_id)
                 SELECT $2, ",
                $columns,
                ", $3, $4, $5 FROM ",
                $rows
            )
        };
    }
    let sql = dialect!(
        tx,
        sqlite: sql!(
            "value ->> 'k', unhex(value ->> 's'), unhex(value ->> 'l'), value ->> 'w', value ->> 't', value ->> 'c'",
            "json_each($1)"
        ),
        postgres: sql!(
            "r.k, r.s, r.l, r.w, r.t, r.c",
            "json_to_recordset($1::json) AS r(k text, s uuid, l uuid, w text, t text, c text)"
        )
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(json(&rows)?)
        .bind(cause.at)
        .bind(cause.actor.kind.as_str())
        .bind(&cause.actor.email)
        .bind(cause.id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Something that happened to a subscriber.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub kind: EventKind,
    pub list_name: Option<String>,
    pub was: Option<SubscriptionStatus>,
    pub status: Option<SubscriptionStatus>,
    pub cadence: Option<Cadence>,
    /// `user`, `reader`, `schedule`…
    pub actor_kind: String,
    /// A user's address; else the kind once more.
    pub actor: String,
    pub cause_id: Option<Uuid>,
}

impl From<import_rows::Told> for Event {
    /// What an import changed, which is written down once for all of its rows.
    fn from(import: import_rows::Told) -> Event {
        let import_rows::Told { at, list_name, was, status, cadence, user_email, import_id } = import;
        let kind = match status {
            SubscriptionStatus::Active | SubscriptionStatus::Pending => EventKind::Imported,
            SubscriptionStatus::Unsubscribed => EventKind::Left,
            SubscriptionStatus::Bounced => EventKind::Bounced,
            SubscriptionStatus::Complained => EventKind::Complained,
        };
        Event {
            at,
            kind,
            list_name: Some(list_name),
            was,
            status: Some(status),
            cadence: Some(cadence),
            actor_kind: Actor::who_began(&user_email, Role::Admin).kind.as_str().to_owned(),
            actor: user_email,
            cause_id: Some(import_id),
        }
    }
}

/// What happened to a subscriber, the newest first; imports, whose event is stored once for all of their rows, among it.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<Event>> {
    let sql = "SELECT e.at, e.kind, l.name AS list_name, e.was, e.status, e.cadence, e.actor_kind, e.actor,
                   e.cause_id
               FROM events e LEFT JOIN lists l ON l.id = e.list_id
               WHERE e.subscriber_id = $1 ORDER BY e.id DESC LIMIT $2";
    let mut events: Vec<Event> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await?);
    let imports = import_rows::of_subscriber(tx, subscriber_id, limit).await?;
    if !imports.is_empty() {
        events.extend(imports.into_iter().map(Event::from));
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
    }
    Ok(events)
}
