//! What a destination domain may get.

use uuid::Uuid;

use super::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::limits::{self, DomainLimit};
use crate::db::users::Role;

/// Limits what a domain gets, or lets it have as much as the relay takes.
pub async fn set_limit(cx: &Context<'_>, limit: &DomainLimit) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let before = limits::domains(&mut tx).await?.into_iter().find(|before| before.domain == limit.domain);
    limits::set_domain(&mut tx, limit).await?;
    let subject = Subject { kind: "domain", id: Uuid::nil(), name: &limit.domain };
    let before = before.as_ref().map(values);
    audit::note(&mut tx, &cx.actor, "limited", subject, before, values(limit), cx.now()).await?;
    Ok(tx.commit().await?)
}

fn values(limit: &DomainLimit) -> serde_json::Value {
    serde_json::json!({ "connections": limit.connections_max, "per_minute": limit.per_minute })
}
