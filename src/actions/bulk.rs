//! One change to many subscribers: begun by an editor, done in short steps, undone exactly within a day.
//! Fifty that were ticked are done at once; all that match a filter in the background, by whichever process
//! leads the schedule, which goes on where another stopped.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::subscribers::{SubscriberError, check_tag};
use crate::app::App;
use crate::db::WriteTx;
use crate::db::audit::{self, Actor, Subject};
use crate::db::bulk::{self, BulkAction, BulkChange, BulkStatus};
use crate::db::subscribers::{self, Filter, Walk};
use crate::domain::subscription::Cadence;

/// How many can be ticked: a page.
pub const TICKED_MAX: usize = 200;
/// Subscribers a transaction, at most.
const STEP: i64 = 500;
/// How long one call works before it lets the schedule go on.
const WORK_FOR: Duration = Duration::from_millis(700);
/// How long a change can be undone.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::hours(24);

/// What is to be done.
pub struct Wanted {
    pub action: BulkAction,
    pub tag: String,
    pub list_id: Option<Uuid>,
    pub cadence: Option<Cadence>,
}

/// To whom.
pub enum Whom {
    Ticked(Vec<Uuid>),
    /// All that match, those who join from now on excepted.
    Matching(Box<Filter>),
}

/// Begins a change, and does it where somebody was ticked. Nobody is mailed by any of them.
pub async fn begin(
    tx: &mut WriteTx,
    me: &Actor,
    wanted: &Wanted,
    whom: &Whom,
    now: DateTime<Utc>,
) -> Result<BulkChange, SubscriberError> {
    let refused = |field, sentence: &str| Err(SubscriberError::Refused(field, sentence.to_owned()));
    let tag = match wanted.action {
        BulkAction::Tag | BulkAction::Untag => check_tag(&wanted.tag)?,
        _ => String::new(),
    };
    let cadence = match (wanted.action, wanted.cadence) {
        (BulkAction::Cadence, None) => return refused("cadence", "Say how often they get mail."),
        (BulkAction::Cadence, Some(cadence)) => cadence.as_str(),
        _ => "",
    };
    let filter_json = match whom {
        Whom::Ticked(ids) if ids.is_empty() => return refused("id", "Nobody is ticked."),
        Whom::Ticked(ids) if ids.len() > TICKED_MAX => return refused("id", "That is more than a page."),
        Whom::Ticked(_) => String::new(),
        Whom::Matching(filter) => serde_json::to_string(filter).unwrap_or_default(),
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
    bulk::add(tx, &change).await?;
    // As it is stored: PostgreSQL keeps microseconds, and undoing compares them.
    if let Some(stored) = bulk::by_id(tx, change.id).await? {
        change = stored;
    }
    if let Whom::Ticked(ids) = whom {
        change.changed = bulk::apply(tx, &change, ids).await?;
        change.status = BulkStatus::Done;
        bulk::set_progress(tx, change.id, change.status, Uuid::nil(), change.changed).await?;
    }
    let subject = Subject { kind: "bulk change", id: change.id, name: change.action.as_str() };
    let after = json!({
        "tag": change.tag, "cadence": change.cadence, "list": change.list_id,
        "whom": if change.filter_json.is_empty() { json!(change.changed) } else { json!("all that match") },
    });
    audit::note(tx, me, "subscribers changed", subject, (), after, now).await?;
    Ok(change)
}

/// Whether a change can be undone still.
pub fn can_undo(change: &BulkChange, now: DateTime<Utc>) -> bool {
    matches!(change.status, BulkStatus::Running | BulkStatus::Done) && now - change.created_at <= UNDO_WITHIN
}

/// Takes a change back: at once where it is small, else in the background. What somebody changed since
/// stays as they changed it.
pub async fn undo(
    tx: &mut WriteTx,
    me: &Actor,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<BulkChange, SubscriberError> {
    let refused = |sentence: &str| Err(SubscriberError::Refused("id", sentence.to_owned()));
    let Some(mut change) = bulk::lock(tx, id).await? else {
        return refused("There is no such change.");
    };
    if !can_undo(&change, now) {
        return refused(match change.status {
            BulkStatus::Undoing | BulkStatus::Undone => "It was taken back already.",
            _ => "That was more than 24 hours ago. Make the opposite change.",
        });
    }
    change.status = BulkStatus::Undoing;
    if change.changed <= STEP && bulk::undo(tx, &change, STEP).await? < STEP as usize {
        change.status = BulkStatus::Undone;
    }
    bulk::set_progress(tx, change.id, change.status, change.walked_to, change.changed).await?;
    let subject = Subject { kind: "bulk change", id: change.id, name: change.action.as_str() };
    audit::note(tx, me, "subscribers changed back", subject, (), (), now).await?;
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
    change_step(&mut tx, *id, rows).await?;
    tx.commit().await?;
    Ok(Some(begun.elapsed()))
}

async fn change_step(tx: &mut WriteTx, id: Uuid, rows: i64) -> anyhow::Result<()> {
    let Some(mut change) = bulk::lock(tx, id).await? else { return Ok(()) };
    match change.status {
        BulkStatus::Done | BulkStatus::Undone => return Ok(()),
        BulkStatus::Undoing => {
            if bulk::undo(tx, &change, rows).await? < rows as usize {
                change.status = BulkStatus::Undone;
            }
        }
        BulkStatus::Running => {
            let filter: Filter = serde_json::from_str(&change.filter_json)?;
            let found = subscribers::walk(tx, &filter, Walk::Older(change.walked_to), rows).await?;
            change.changed += bulk::apply(tx, &change, &found.ids).await?;
            match found.looked_to.or(found.ids.last().copied().filter(|_| found.ids.len() as i64 == rows)) {
                Some(to) => change.walked_to = to,
                None => change.status = BulkStatus::Done,
            }
        }
    }
    bulk::set_progress(tx, change.id, change.status, change.walked_to, change.changed).await?;
    Ok(())
}
