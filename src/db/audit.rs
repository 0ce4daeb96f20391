//! The audit log: every change that somebody made. Rows are added, never changed or removed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::users::{Role, User};
use super::{Tx, WriteTx, json, on_either};
use crate::domain::stored_words;

/// What somebody is who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    User(Role),
    /// A link of a reader's.
    Reader,
    Feed,
    /// The program itself, when something is due.
    Schedule,
    CommandLine,
    /// Nobody yet: whoever signs in, or sets up while there is no user.
    Setup,
}

impl ActorKind {
    /// As an event stores it.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::User(_) => "user",
            ActorKind::Reader => "reader",
            ActorKind::Feed => "feed",
            ActorKind::Schedule => "schedule",
            ActorKind::CommandLine => "command line",
            ActorKind::Setup => "setup",
        }
    }
}

/// Who makes a change, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    /// `None`: the command line, or nobody yet (the setup).
    pub user_id: Option<Uuid>,
    /// The user's address, or `command line`.
    pub email: String,
    /// The network address; empty where there is none.
    pub ip: String,
}

impl Actor {
    /// Whoever runs a command on the machine itself.
    pub fn command_line() -> Actor {
        Actor::nobody(ActorKind::CommandLine, "command line", "")
    }

    /// The program itself, when something is due.
    pub fn schedule() -> Actor {
        Actor::nobody(ActorKind::Schedule, "schedule", "")
    }

    /// A feed that published something.
    pub fn feed() -> Actor {
        Actor::nobody(ActorKind::Feed, "feed", "")
    }

    /// A reader, by a link or a form.
    pub fn reader(ip: &str) -> Actor {
        Actor::nobody(ActorKind::Reader, "reader", ip)
    }

    /// Somebody who is not signed in to the desk yet.
    pub fn nobody_yet(ip: &str) -> Actor {
        Actor::nobody(ActorKind::Setup, "", ip)
    }

    /// Somebody who works at the desk.
    pub fn user(user: &User, ip: &str) -> Actor {
        Actor {
            kind: ActorKind::User(user.role),
            user_id: Some(user.id),
            email: user.email.clone(),
            ip: ip.to_owned(),
        }
    }

    /// Somebody who began what is gone on with in the background.
    pub fn who_began(email: &str, role: Role) -> Actor {
        match email == Actor::command_line().email {
            true => Actor::command_line(),
            false => Actor::nobody(ActorKind::User(role), email, ""),
        }
    }

    fn nobody(kind: ActorKind, email: &str, ip: &str) -> Actor {
        Actor { kind, user_id: None, email: email.to_owned(), ip: ip.to_owned() }
    }
}

/// What was changed.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The word of the noun: `user`, `list`, `campaign`…
    pub kind: &'static str,
    pub id: Uuid,
    /// As people call it.
    pub name: &'a str,
}

/// One line of the log.
/// Its words are those that are stored; `domain::stored_words` has what people are told.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub user_id: Option<Uuid>,
    pub user_email: String,
    pub ip: String,
    /// The verb: `role changed`, `paused`…
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_name: String,
    /// JSON; empty where there was nothing.
    pub before_json: String,
    pub after_json: String,
}

/// Adds a line, in the transaction of the change itself. `before` and `after` are what changed, never
/// a secret; `()` where there is nothing to say.
pub async fn note(
    tx: &mut WriteTx,
    actor: &Actor,
    action: &str,
    subject: Subject<'_>,
    before: impl Serialize,
    after: impl Serialize,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    debug_assert!(stored_words::has(action, subject.kind), "no words for {action:?} of {:?}", subject.kind);
    let sql = "INSERT INTO audit_log (id, at, user_id, user_email, ip, action, subject_kind, subject_id,
                   subject_name, before_json, after_json)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let [before, after] =
        [json(&before)?, json(&after)?].map(|text| if text == "null" { String::new() } else { text });
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(now)
        .bind(actor.user_id)
        .bind(&actor.email)
        .bind(&actor.ip)
        .bind(action)
        .bind(subject.kind)
        .bind(subject.id.to_string())
        .bind(subject.name)
        .bind(before)
        .bind(after)
        .execute(conn)
        .await
        .map(|_| ()))
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, user_id, user_email, ip, action, subject_kind, subject_id, subject_name,
                 before_json, after_json FROM audit_log ",
            $rest
        )
    };
}

/// The lines older than `before`, the newest first.
pub async fn page(tx: &mut Tx, before: Uuid, limit: i64) -> sqlx::Result<Vec<Entry>> {
    let sql = select!("WHERE id < $1 ORDER BY id DESC LIMIT $2");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(before).bind(limit).fetch_all(conn).await)
}

/// The same, of one kind of subject.
pub async fn page_of_kind(tx: &mut Tx, kind: &str, before: Uuid, limit: i64) -> sqlx::Result<Vec<Entry>> {
    let sql = select!("WHERE subject_kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(kind).bind(before).bind(limit).fetch_all(conn).await)
}

/// The kinds of subject that the log has, in the alphabet's order. One step of an index a kind.
pub async fn kinds(tx: &mut Tx) -> sqlx::Result<Vec<String>> {
    let sql = "WITH RECURSIVE kinds (kind) AS (
                   SELECT (SELECT MIN(subject_kind) FROM audit_log)
                   UNION ALL
                   SELECT (SELECT MIN(l.subject_kind) FROM audit_log l WHERE l.subject_kind > kinds.kind)
                   FROM kinds WHERE kinds.kind IS NOT NULL)
               SELECT kind FROM kinds WHERE kind IS NOT NULL ORDER BY kind";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// What happened to one thing, the newest first.
pub async fn of_subject(tx: &mut Tx, kind: &str, id: Uuid, limit: i64) -> sqlx::Result<Vec<Entry>> {
    let sql = select!("WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC LIMIT $3");
    on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(kind)
        .bind(id.to_string())
        .bind(limit)
        .fetch_all(conn)
        .await)
}

/// Those of these subjects about which the log says something.
pub async fn subjects_among(tx: &mut Tx, kind: &'static str, of: &[Uuid]) -> sqlx::Result<HashSet<Uuid>> {
    let texts: Vec<String> = of.iter().map(Uuid::to_string).collect();
    let sql = super::dialect!(
        tx,
        sqlite: "SELECT DISTINCT a.subject_id FROM json_each($1) AS r
                 JOIN audit_log a ON a.subject_kind = $2 AND a.subject_id = r.value",
        postgres: "SELECT DISTINCT a.subject_id FROM json_array_elements_text($1::json) AS r
                   JOIN audit_log a ON a.subject_kind = $2 AND a.subject_id = r.value"
    );
    let found: Vec<String> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(json(&texts)?).bind(kind).fetch_all(conn).await?);
    Ok(found.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect())
}
