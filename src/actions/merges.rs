//! Two subscribers who are one person: what merging them would do, doing it, and undoing it.

use serde_json::json;
use uuid::Uuid;

use crate::actions::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::lists::{self, List};
use crate::db::merges::{self, Merge};
use crate::db::subscribers::{self, Subscriber};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, subscriptions, suppressions};
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::refusal::{Refusal, common, readers};
use crate::domain::subscription::Standing;

/// What a merge would do.
pub struct Preview {
    pub kept: Side,
    pub merged: Side,
    pub lists: Vec<ListPreview>,
    /// Why it can't be done now.
    pub refusal: Option<Refusal>,
    /// The kept one would get what only the other one ever confirmed.
    pub is_unconfirmed: bool,
}

impl Preview {
    /// Both, the kept one first.
    pub fn sides(&self) -> [&Side; 2] {
        [&self.kept, &self.merged]
    }
}

/// One of the two.
pub struct Side {
    pub subscriber: Subscriber,
    pub tags: Vec<String>,
    pub is_suppressed: bool,
}

/// A list that one of the two has or had.
pub struct ListPreview {
    pub list: List,
    pub kept: Option<Standing>,
    pub merged: Option<Standing>,
}

impl ListPreview {
    /// What both have of it, the kept one first.
    pub fn both(&self) -> [&Option<Standing>; 2] {
        [&self.kept, &self.merged]
    }

    /// What the kept one has of it then.
    pub fn after(&self) -> Option<Standing> {
        self.kept.or(self.merged)
    }
}

/// The other subscriber, by the address that somebody typed.
pub async fn find_other(tx: &mut Tx, id: Uuid, email: &str) -> Result<Subscriber> {
    let found = match EmailAddress::parse(email) {
        Ok(email) => subscribers::by_email(tx, &email).await?,
        Err(_) => None,
    };
    match found {
        Some(other) if other.id == id => Err(readers::MERGE_SAME.on("email").into()),
        Some(other) => Ok(other),
        None => Err(readers::MERGE_NOBODY.on("email").into()),
    }
}

async fn side(tx: &mut Tx, subscriber: Subscriber) -> sqlx::Result<Side> {
    let tags = subscribers::tags(tx, subscriber.id).await?;
    let is_suppressed = suppressions::is_suppressed(tx, &subscriber.email_key).await?;
    Ok(Side { subscriber, tags, is_suppressed })
}

/// What merging the second into the first would do.
pub async fn preview(tx: &mut Tx, kept: Subscriber, merged: Subscriber) -> sqlx::Result<Preview> {
    let refusal = under_way(tx, &merged).await?;
    let held = subscriptions::of_ids(tx, &[kept.id, merged.id]).await?;
    let of = |id: Uuid, list: &List| {
        let held = held.iter().find(|held| held.subscriber_id == id && held.list_id == list.id);
        held.map(subscriptions::Subscription::standing)
    };
    let lists = lists::all(tx).await?.into_iter().map(|list| ListPreview {
        kept: of(kept.id, &list),
        merged: of(merged.id, &list),
        list,
    });
    let lists: Vec<ListPreview> = lists.filter(|list| list.after().is_some()).collect();
    let comes_over =
        |list: &ListPreview| list.kept.is_none() && list.after().is_some_and(|one| one.is_open());
    let is_unconfirmed =
        lists.iter().any(comes_over) && !subscriptions::has_ever_confirmed(tx, kept.id).await?;
    Ok(Preview {
        kept: side(tx, kept).await?,
        merged: side(tx, merged).await?,
        lists,
        refusal,
        is_unconfirmed,
    })
}

/// Why somebody can't be merged now.
async fn under_way(tx: &mut Tx, merged: &Subscriber) -> sqlx::Result<Option<Refusal>> {
    let is = merges::is_under_way(tx, merged.id).await?;
    Ok(is.then(|| readers::MERGE_UNDER_WAY.refusal().with("email", merged.email.clone())))
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Subscriber> {
    Ok(subscribers::by_id(tx, id).await?.ok_or_else(|| common::GONE.refusal())?)
}

/// Locks what sign-ups with these addresses would change.
async fn lock(tx: &mut WriteTx, emails: [&str; 2]) -> sqlx::Result<()> {
    let emails: Vec<EmailAddress> =
        emails.iter().filter_map(|email| EmailAddress::parse(email).ok()).collect();
    subscribers::lock_mailboxes(tx, &emails).await
}

/// Merges the second into the first.
pub async fn merge(cx: &Context<'_>, kept: Uuid, merged: Uuid) -> Result<()> {
    cx.require(Role::Admin)?;
    if kept == merged {
        return Err(readers::MERGE_SAME.on("email").into());
    }
    let mut tx = cx.app.db.write().await?;
    let emails = [find(&mut tx, kept).await?.email, find(&mut tx, merged).await?.email];
    lock(&mut tx, [&emails[0], &emails[1]]).await?;
    subscriptions::lock(&mut tx, &[kept, merged]).await?;
    let (kept, merged) = (find(&mut tx, kept).await?, find(&mut tx, merged).await?);
    if let Some(refusal) = under_way(&mut tx, &merged).await? {
        return Err(refusal.into());
    }
    Box::pin(merges::merge(&mut tx, &cx.cause(), &kept, &merged)).await?;
    note(&mut tx, cx, "merged", (kept.id, &kept.email), &merged.email).await?;
    Ok(tx.commit().await?)
}

/// Undoes a merge: see [`merges::undo`].
pub async fn undo(cx: &Context<'_>, kept: Uuid, merged: Uuid) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let (_, merge) = find_merge(&mut tx, kept, merged).await?;
    let email = find(&mut tx, kept).await?.email;
    lock(&mut tx, [&email, &merge.email]).await?;
    subscriptions::lock(&mut tx, &[kept]).await?;
    let (kept, merge) = find_merge(&mut tx, kept, merged).await?;
    if let Some(refusal) = why_not_undone(&mut tx, &merge).await? {
        return Err(refusal.into());
    }
    Box::pin(merges::undo(&mut tx, &cx.cause(), &kept, &merge)).await?;
    note(&mut tx, cx, "merge undone", (kept.id, &kept.email), &merge.email).await?;
    note(&mut tx, cx, "merge undone", (merge.merged_id, &merge.email), &kept.email).await?;
    Ok(tx.commit().await?)
}

async fn find_merge(tx: &mut Tx, kept: Uuid, merged: Uuid) -> Result<(Subscriber, Merge)> {
    let kept = find(tx, kept).await?;
    let merge = merges::by_id(tx, merged).await?.filter(|merge| merge.kept_id == kept.id);
    Ok((kept, merge.ok_or_else(|| readers::MERGE_UNDONE.refusal())?))
}

/// Why a merge can't be undone now.
pub async fn why_not_undone(tx: &mut Tx, merge: &Merge) -> sqlx::Result<Option<Refusal>> {
    if let Some(under) = merge.under_id {
        let email = merges::by_id(tx, under).await?.map(|under| under.email).unwrap_or_default();
        return Ok(Some(readers::MERGE_NOT_LAST.refusal().with("email", email)));
    }
    let used = subscribers::by_key(tx, &merge.email_key).await?.is_some();
    Ok(used.then(|| readers::MERGE_ADDRESS_USED.refusal().with("email", merge.email.clone())))
}

async fn note(
    tx: &mut WriteTx,
    cx: &Context<'_>,
    action: &str,
    (id, email): (Uuid, &str),
    other: &str,
) -> sqlx::Result<()> {
    let name = masked(email);
    let subject = Subject { kind: "subscriber", id, name: &name };
    audit::note(tx, &cx.actor, action, subject, (), json!({ "address": masked(other) }), cx.now()).await
}
