//! A campaign from finished HTML, as a script sends it: at once or at a time, to a list, or as a test to one address.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::editorial::{TextKind, check_placeholders, wants_second_person};
use super::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::campaigns;
use crate::db::holds;
use crate::db::lists::List;
use crate::db::notices::{self, Notice};
use crate::db::segments::{self, SavedSegment};
use crate::db::users::Role;
use crate::domain::email_address::EmailAddress;
use crate::domain::hold::HoldReason;

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub campaign: Uuid,
    /// Another person must look at it first.
    pub awaits_approval: bool,
}

/// Gives a list, or those of it in a segment, a campaign, which is sent at a time: where the publication wants a second person for it, once one has
/// looked at it.
pub async fn to_list(
    cx: &Context<'_>,
    list: &List,
    subject: &str,
    html: &str,
    at: DateTime<Utc>,
    segment: Option<&SavedSegment>,
) -> Result<Sent> {
    cx.require(Role::Editor)?;
    check_placeholders(cx.app, &[("subject", subject)], Some(("html", html, TextKind::Html))).await?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let campaign = campaigns::add_from_html(&mut tx, list.id, subject, html, now).await?;
    if let Some(saved) = segment {
        segments::choose(&mut tx, campaign, Some(saved)).await?;
    }
    campaigns::schedule(&mut tx, campaign, at).await?;
    let awaits_approval = wants_second_person(&mut tx, list.id).await?;
    if awaits_approval {
        holds::add(&mut tx, &[campaign], &HoldReason::AwaitsApproval, now).await?;
    }
    let about = Subject { kind: "campaign", id: campaign, name: subject };
    let mut after = serde_json::json!({ "at": at, "list": list.slug, "awaits approval": awaits_approval });
    if let Some(saved) = segment {
        after["segment"] = saved.name.as_str().into();
    }
    audit::note(&mut tx, &cx.actor, "scheduled", about, (), after, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(Sent { campaign, awaits_approval })
}

/// Mails the same to one address, as a test; nobody else gets it.
pub async fn test(
    cx: &Context<'_>,
    list: &List,
    subject: &str,
    html: &str,
    to: &EmailAddress,
) -> Result<Uuid> {
    cx.require(Role::Editor)?;
    check_placeholders(cx.app, &[("subject", subject)], Some(("html", html, TextKind::Html))).await?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let campaign = campaigns::add_from_html(&mut tx, list.id, subject, html, now).await?;
    notices::enqueue(&mut tx, &Notice::CampaignTest { campaign_id: campaign }, to, now).await?;
    let about = Subject { kind: "campaign", id: campaign, name: subject };
    audit::note(&mut tx, &cx.actor, "test sent", about, (), (), now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(campaign)
}
