//! A reader pauses for some weeks, and comes back by themselves to what is current, not to a backlog.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::{Context, Result};
use crate::db::articles::Article;
use crate::db::{dues, subscribers, subscriptions};
use crate::domain::refusal::readers;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// The longest pause, in weeks.
pub const WEEKS_MAX: i64 = 26;
/// Articles that are named of a pause.
const MISSED_MAX: i64 = 100;

/// A reader gets nothing for so many weeks: of one list, or of all that they get. Until when.
pub async fn pause(
    cx: &Context<'_>,
    subscriber: Uuid,
    list: Option<Uuid>,
    weeks: i64,
) -> Result<DateTime<Utc>> {
    if !(1..=WEEKS_MAX).contains(&weeks) {
        return Err(readers::PAUSE_TOO_LONG.on("weeks").with("max", WEEKS_MAX).into());
    }
    let until = cx.now() + TimeDelta::weeks(weeks);
    let mut tx = cx.app.db.write().await?;
    let held = subscriptions::lock(&mut tx, &[subscriber]).await?;
    let active: Vec<(Uuid, Cadence)> = held
        .iter()
        .filter(|held| {
            held.status == SubscriptionStatus::Active && list.is_none_or(|list| list == held.list_id)
        })
        .map(|held| (held.list_id, held.cadence))
        .collect();
    if active.is_empty() {
        return Err(readers::NOTHING_TO_PAUSE.refusal().into());
    }
    dues::pause(&mut tx, &cx.cause(), subscriber, &active, until).await?;
    tx.commit().await?;
    Ok(until)
}

/// A reader ends their pause: of one list, or of all.
pub async fn resume(cx: &Context<'_>, subscriber: Uuid, list: Option<Uuid>) -> Result<()> {
    let mut tx = cx.app.db.write().await?;
    let held = subscriptions::lock(&mut tx, &[subscriber]).await?;
    for one in held.iter().filter(|held| list.is_none_or(|list| list == held.list_id)) {
        dues::resume(&mut tx, &cx.cause(), one.list_id, subscriber, one.cadence).await?;
    }
    Ok(tx.commit().await?)
}

/// What a reader of these lists has not had since they were away, the newest first.
pub async fn missed(cx: &Context<'_>, subscriber: Uuid) -> Result<Vec<Article>> {
    let mut tx = cx.app.db.read().await?;
    if subscribers::by_id(&mut tx, subscriber).await?.is_none() {
        return Err(readers::READER_GONE.refusal().into());
    }
    Ok(dues::missed_while_away(&mut tx, subscriber, MISSED_MAX).await?)
}
