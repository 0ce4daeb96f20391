//! What only the throw-away publication of `postrider demo` does to its own database.

use super::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::lists::List;
use crate::db::users::Role;
use crate::db::{subscribers, subscriptions};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Cadence, Transition};

/// Gives a list of the demo readers who were there before it began.
pub async fn add_former_readers(cx: &Context<'_>, list: &List, readers: &[EmailAddress]) -> Result<()> {
    cx.require(Role::Admin)?;
    let cause = cx.cause();
    let now = cause.at;
    let mut tx = cx.app.db.write().await?;
    for email in readers {
        let id = subscribers::upsert(&mut tx, email, "", now).await?;
        subscriptions::change_one(&mut tx, &cause, id, list.id, Transition::Join(Cadence::Each)).await?;
    }
    let subject = Subject { kind: "list", id: list.id, name: &list.name };
    let after = serde_json::json!({ "readers": readers.len() });
    audit::note(&mut tx, &cx.actor, "demo filled", subject, (), after, now).await?;
    Ok(tx.commit().await?)
}
