//! Bulk changes: one change to many subscribers, started by an editor, done in short steps, and undone exactly within a
//! day. Selected subscribers are changed at once; all that match a filter are changed in the background by the process
//! that leads the schedule, which continues where another stopped.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::subscribers::check_tag;
use crate::actions::{Context, Result};
use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::bulk::{self, BulkAction, BulkChange, BulkStatus};
use crate::db::events::Cause;
use crate::db::users::Role;
use crate::db::walk::{self, Filter, Walk};
use crate::db::{Tx, WriteTx};
use crate::domain::refusal::{Code, readers};
use crate::domain::subscription::Cadence;

/// How many can be ticked: a page.
pub const TICKED_MAX: usize = 200;
/// Subscribers a transaction, at most.
const STEP: i64 = 500;
/// How long a change can be undone.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::hours(24);

/// The change that is wanted.
pub struct Wanted {
    pub action: BulkAction,
    pub tag: String,
    pub list_id: Option<Uuid>,
    pub cadence: Option<Cadence>,
}

/// The subscribers that a change is for.
pub enum Whom {
    Ticked(Vec<Uuid>),
    /// All that match, except those who join from now on.
    Matching(Box<Filter>),
}

/// Starts a change, and finishes it at once if subscribers were selected. No change sends mail.
pub async fn begin(cx: &Context<'_>, wanted: &Wanted, whom: &Whom) -> Result<BulkChange> {
    cx.require(who_may(wanted.action))?;
    let (me, now) = (&cx.actor, cx.now());
    let refused = |field, code: &'static Code| Err(code.on(field).into());
    let tag = match wanted.action {
        BulkAction::Tag | BulkAction::Untag => check_tag(&wanted.tag)?,
        _ => String::new(),
    };
    let cadence = match (wanted.action, wanted.cadence) {
        (BulkAction::Cadence, None) => return refused("cadence", &readers::NO_CADENCE),
        (BulkAction::Cadence, Some(cadence)) => cadence.as_str(),
        _ => "",
    };
    let filter_json = match whom {
        Whom::Ticked(ids) if ids.is_empty() => return refused("id", &readers::NOBODY_TICKED),
        Whom::Ticked(ids) if ids.len() > TICKED_MAX => return refused("id", &readers::TICKED_TOO_MANY),
        Whom::Ticked(_) => String::new(),
        Whom::Matching(filter) => serde_json::to_string(filter)?,
    };
    let list_id = match wanted.action {
        BulkAction::Cadence | BulkAction::Unsubscribe => wanted.list_id,
        _ => None,
    };
    let mut change = BulkChange {
        id: Uuid::now_v7(),
        user_email: me.email.clone(),
        action: wanted.action,
        tag,
        list_id,
        cadence: cadence.to_owned(),
        filter_json,
        status: BulkStatus::Running,
        // Who joins later is above it.
        walked_to: crate::db::id_at(now),
        changed: 0,
        created_at: now,
    };
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    bulk::add(tx, &change).await?;
    // As it is stored: PostgreSQL keeps microseconds, and undoing compares them.
    if let Some(stored) = bulk::by_id(tx, change.id).await? {
        change = stored;
    }
    if let Whom::Ticked(ids) = whom {
        change.changed = bulk::apply(tx, &change, me, ids).await?;
        change.status = BulkStatus::Done;
        bulk::set_progress(tx, change.id, change.status, Uuid::nil(), change.changed).await?;
    }
    let subject = Subject { kind: "bulk change", id: change.id, name: change.action.as_str() };
    let after = json!({
        "tag": change.tag, "cadence": change.cadence, "list": change.list_id,
        "whom": if change.filter_json.is_empty() { json!(change.changed) } else { json!("all matches") },
    });
    audit::note(tx, me, "subscribers changed", subject, (), after, now).await?;
    writing.commit().await?;
    Ok(change)
}

/// Who may make such a change, and undo it.
pub fn who_may(action: BulkAction) -> Role {
    match action {
        BulkAction::Suppress => Role::Admin,
        _ => Role::Editor,
    }
}

/// Whether a change can be undone still.
pub fn can_undo(change: &BulkChange, now: DateTime<Utc>) -> bool {
    matches!(change.status, BulkStatus::Running | BulkStatus::Done) && now - change.created_at <= UNDO_WITHIN
}

/// About how many subscribers a change of all matches is for; `None`: nobody has counted those.
pub async fn estimate(tx: &mut Tx, change: &BulkChange) -> sqlx::Result<Option<i64>> {
    match serde_json::from_str::<Filter>(&change.filter_json) {
        Ok(filter) if filter.segment.is_none() => walk::counted(tx, &filter).await,
        Ok(filter) => {
            let rule = filter.rule(tx, change.created_at).await?;
            Ok(Some(walk::count(tx, &rule).await?.number()).filter(|number| *number > 0))
        }
        Err(_) => Ok(None),
    }
}

/// Undoes a change: at once if it is small, else in the background. What someone changed since then is not undone.
pub async fn undo(cx: &Context<'_>, id: Uuid) -> Result<BulkChange> {
    let (me, now) = (&cx.actor, cx.now());
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    let mut change = bulk::lock(tx, id).await?.ok_or_else(|| readers::CHANGE_GONE.refusal())?;
    cx.require(who_may(change.action))?;
    if !can_undo(&change, now) {
        return Err(match change.status {
            BulkStatus::Undoing | BulkStatus::Undone => readers::CHANGE_TAKEN_BACK.refusal(),
            _ => readers::CHANGE_OLD.refusal(),
        }
        .into());
    }
    change.status = BulkStatus::Undoing;
    if change.changed <= STEP
        && bulk::undo(tx, &change, &Cause::part_of(me, now, change.id), STEP).await? < STEP as usize
    {
        change.status = BulkStatus::Undone;
    }
    bulk::set_progress(tx, change.id, change.status, change.walked_to, change.changed).await?;
    let subject = Subject { kind: "bulk change", id: change.id, name: change.action.as_str() };
    audit::note(tx, me, "subscribers changed back", subject, (), (), now).await?;
    writing.commit().await?;
    Ok(change)
}

/// One short transaction of the oldest change that waits, for about so many subscribers; how long it took. `None`:
/// nothing waits.
pub async fn step(app: &App, rows: i64) -> anyhow::Result<Option<Duration>> {
    let mut tx = app.db.read().await?;
    let changes = bulk::open(&mut tx).await?;
    drop(tx);
    let Some(id) = changes.first() else { return Ok(None) };
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    change_step(&mut tx, *id, rows, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(begun.elapsed()))
}

async fn change_step(tx: &mut WriteTx, id: Uuid, rows: i64, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some(mut change) = bulk::lock(tx, id).await? else { return Ok(()) };
    let who = Actor::who_began(&change.user_email, who_may(change.action));
    match change.status {
        BulkStatus::Done | BulkStatus::Undone => return Ok(()),
        BulkStatus::Undoing => {
            if bulk::undo(tx, &change, &Cause::part_of(&who, now, id), rows).await? < rows as usize {
                change.status = BulkStatus::Undone;
            }
        }
        BulkStatus::Running => {
            let filter: Filter = serde_json::from_str(&change.filter_json)?;
            // "In the last days" is from when it began.
            let rule = filter.rule(tx, change.created_at).await?;
            let found = walk::walk(tx, &rule, Walk::Older(change.walked_to), rows).await?;
            change.changed += bulk::apply(tx, &change, &who, &found.ids).await?;
            match found.looked_to.or(found.ids.last().copied().filter(|_| found.ids.len() as i64 == rows)) {
                Some(to) => change.walked_to = to,
                None => change.status = BulkStatus::Done,
            }
        }
    }
    bulk::set_progress(tx, change.id, change.status, change.walked_to, change.changed).await?;
    Ok(())
}
