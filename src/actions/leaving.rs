//! Leaving, at the wish of a reader: at once, undone by whoever just did it, and with a reason if they like to give one.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actions::{Context, Result};
use crate::app::App;
use crate::db::subscriptions::Changed;
use crate::db::{leave_reasons, lists, subscribers, subscriptions, suppressions};
use crate::domain::leave_reason::LeaveReason;
use crate::domain::refusal::readers;
use crate::domain::subscription::{SubscriptionStatus, Transition};
use crate::domain::text::visible;

/// How long leaving can be undone.
const UNDO_WITHIN: TimeDelta = TimeDelta::hours(24);
/// How long after it somebody can say why.
const EXPLAIN_WITHIN: TimeDelta = TimeDelta::days(30);
/// The longest comment, in characters.
pub const COMMENT_CHARS_MAX: usize = 500;
/// What a page holds that can undo it is sealed as this.
const SEALED_AS: &str = "left";

/// What somebody left just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    subscriber: Uuid,
    at: DateTime<Utc>,
    /// Each list, with what it was and since when.
    lists: Vec<(Uuid, SubscriptionStatus, DateTime<Utc>)>,
}

impl Left {
    fn of(subscriber: Uuid, at: DateTime<Utc>, changed: &[Changed]) -> Left {
        let was = |one: &Changed| one.was.map(|was| (one.list_id, was.status, was.since));
        Left { subscriber, at, lists: changed.iter().filter_map(was).collect() }
    }

    /// One of the lists that were left; `None`: there was nothing to leave.
    pub fn list(&self) -> Option<Uuid> {
        self.lists.first().map(|(list, ..)| *list)
    }

    /// What the page holds that says so: nobody else has it, least of all whoever has the link.
    pub fn sealed(&self, app: &App) -> Option<String> {
        let json = serde_json::to_vec(self).ok()?;
        (!self.lists.is_empty()).then(|| app.keyring.seal(SEALED_AS, &json))?
    }
}

/// Leaves a list; of nobody, and twice, it does no harm. The flag is false where they had nothing to do with it.
pub async fn leave(cx: &Context<'_>, subscriber: Uuid, list: Uuid) -> Result<(bool, Left)> {
    let cause = cx.cause();
    let mut tx = cx.app.db.write().await?;
    let was = subscriptions::status(&mut tx, list, subscriber).await?;
    let changed =
        subscriptions::change(&mut tx, &cause, &[subscriber], Some(list), Transition::Leave).await?;
    tx.commit().await?;
    Ok((was.is_some(), Left::of(subscriber, cause.at, &changed)))
}

/// Leaves every list.
pub async fn leave_all(cx: &Context<'_>, subscriber: Uuid) -> Result<Left> {
    let cause = cx.cause();
    let mut tx = cx.app.db.write().await?;
    let changed = subscriptions::change(&mut tx, &cause, &[subscriber], None, Transition::Leave).await?;
    tx.commit().await?;
    Ok(Left::of(subscriber, cause.at, &changed))
}

/// Makes what was left what it was, unless it was changed since, or the address is never mailed. How many lists.
pub async fn undo(cx: &Context<'_>, subscriber: Uuid, sealed: &str) -> Result<usize> {
    let cause = cx.cause();
    let left = cx.app.keyring.open(SEALED_AS, sealed);
    let left: Option<Left> = left.and_then(|json| serde_json::from_slice(&json).ok());
    let left = left.filter(|left| left.subscriber == subscriber && cause.at - left.at <= UNDO_WITHIN);
    let left = left.ok_or_else(|| readers::UNDO_OVER.refusal())?;
    let mut tx = cx.app.db.write().await?;
    let subscriber =
        subscribers::by_id(&mut tx, subscriber).await?.ok_or_else(|| readers::READER_GONE.refusal())?;
    if suppressions::is_suppressed(&mut tx, &subscriber.email_key).await? {
        return Err(readers::UNDO_OVER.refusal().into());
    }
    let mut asked = Vec::new();
    for (list, status, since) in &left.lists {
        if lists::by_id(&mut tx, *list).await?.is_some_and(|list| list.retired_at.is_none()) {
            let undo = Transition::UndoLeave { left_at: left.at, status: *status, since: *since };
            asked.push((subscriber.id, *list, undo));
        }
    }
    let back = subscriptions::change_each(&mut tx, &cause, &asked).await?;
    tx.commit().await?;
    Ok(back.len())
}

/// Notes why somebody left a list, within a month; the last word counts.
pub async fn explain(
    cx: &Context<'_>,
    subscriber: Uuid,
    list: Uuid,
    reason: LeaveReason,
    comment: &str,
) -> Result<()> {
    let now = cx.now();
    let comment = visible(comment).split_whitespace().collect::<Vec<_>>().join(" ");
    if comment.chars().count() > COMMENT_CHARS_MAX {
        return Err(readers::COMMENT_LONG.on("comment").with("max", COMMENT_CHARS_MAX).into());
    }
    let mut tx = cx.app.db.write().await?;
    let held = subscriptions::lock(&mut tx, &[subscriber]).await?;
    let has_left = held.iter().any(|held| {
        held.list_id == list
            && held.status == SubscriptionStatus::Unsubscribed
            && now - held.status_since <= EXPLAIN_WITHIN
    });
    if has_left {
        leave_reasons::set(&mut tx, (subscriber, list), reason, &comment, now).await?;
        tx.commit().await?;
    }
    Ok(())
}
