//! What admins are told when something is wrong, and editors when drafts wait: who, how often, and what. Never more
//! than one mail of a kind about one thing within an hour, but for drafts, of which each poll tells once. The words are
//! in `mail::content`.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::{Context, Result};
use crate::db::alerts::{self, About, AlertKind};
use crate::db::audit::{self, Subject};
use crate::db::notices::{self, Notice};
use crate::db::users::Role;
use crate::db::{WriteTx, users};
use crate::domain::email_address::{EmailAddress, masked};

/// Nobody hears twice of the same within this.
const QUIET: TimeDelta = TimeDelta::hours(1);

/// Tells everybody whose work it is and who wants to hear of it, by a mail in the notices' lane, and the log. `why` is what led to it, as the
/// relay or the server said it. False where it was told within the hour: then nothing is mailed.
/// The caller must notify `app.wake_delivery` after the commit.
pub async fn raise(
    tx: &mut WriteTx,
    kind: AlertKind,
    about: About<'_>,
    why: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let quiet = if kind == AlertKind::DraftWaits { TimeDelta::zero() } else { QUIET };
    let Some(alert_id) = alerts::add_unless_recent(tx, kind, about, why, now - quiet, now).await? else {
        return Ok(false);
    };
    let mut told = 0;
    let wants = |user: &users::User| match kind {
        AlertKind::CampaignPaused | AlertKind::HeldLate | AlertKind::HeldRestored => user.alert_campaigns,
        AlertKind::DraftWaits => user.alert_campaigns,
        AlertKind::RelayRefuses | AlertKind::RelayRefusesRecipients => user.alert_relay,
        AlertKind::FeedDead | AlertKind::FeedBrake => user.alert_feeds,
    };
    let may = |user: &users::User| user.role == Role::Admin || kind == AlertKind::DraftWaits;
    for user in users::all(tx).await?.into_iter().filter(|user| may(user) && wants(user)) {
        let Ok(email) = EmailAddress::parse(&user.email) else { continue };
        notices::enqueue(tx, &Notice::Alert { alert_id }, &email, now).await?;
        told += 1;
    }
    tracing::warn!(kind = kind.as_str(), ?about, why = masked(why), told, "alert");
    Ok(true)
}

/// Takes an alert off the desk, while its trouble lasts. `None`: there is no such alert; false: it is over,
/// or dismissed already.
pub async fn dismiss(cx: &Context<'_>, id: Uuid) -> Result<Option<bool>> {
    cx.require(Role::Editor)?;
    let (app, actor) = (cx.app, &cx.actor);
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(alert) = alerts::by_id(&mut tx, id).await? else { return Ok(None) };
    let changed = alerts::dismiss(&mut tx, id, now).await?;
    if changed {
        let name = if alert.name.is_empty() { alert.kind.as_str() } else { &alert.name };
        let subject = Subject { kind: "alert", id, name };
        audit::note(&mut tx, actor, "dismissed", subject, (), (), now).await?;
    }
    tx.commit().await?;
    Ok(Some(changed))
}
