//! The rule of a feed and a list: tried against what the feed brought last, then set.

use serde_json::json;
use uuid::Uuid;

use super::{find, subject};
use crate::actions::brake::{self, WouldHold};
use crate::actions::{Context, Result};
use crate::db::audit;
use crate::db::feeds::{self, Binding, Feed, RecentItem};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx};
use crate::domain::feed_rule::{Route, Rule};
use crate::domain::refusal::feeds as codes;

/// Articles that a rule is tried against.
pub const TRIED: i64 = 50;

/// A feed and what binds it to a list.
pub async fn find_binding(tx: &mut Tx, feed_id: Uuid, list_id: Uuid) -> Result<(Feed, Binding)> {
    let feed = find(tx, feed_id).await?;
    let bound = feeds::bindings(tx, feed_id).await?.into_iter().find(|binding| binding.list_id == list_id);
    Ok((feed, bound.ok_or_else(|| codes::FEED_NOT_BOUND.refusal())?))
}

/// Adds what a rule says to an entry of the audit log.
pub(in crate::actions) fn name_rule(entry: &mut serde_json::Value, rule: &Rule) {
    entry["mode"] = rule.mode.as_str().into();
    entry["conditions"] = rule.conditions.sentence().into();
    entry["brake_limit"] = rule.brake_limit.into();
}

/// Sets the grace and the rule of a binding. False where they were so already.
pub async fn set_rule(
    cx: &Context<'_>,
    feed_id: Uuid,
    list_id: Uuid,
    grace_mins: i64,
    rule: &Rule,
) -> Result<bool> {
    cx.require(Role::Admin)?;
    rule.check()?;
    let now = cx.now();
    let mut tx: WriteTx = cx.app.db.write().await?;
    let (feed, old) = find_binding(&mut tx, feed_id, list_id).await?;
    if old.grace_mins == grace_mins && old.rule == *rule {
        return Ok(false);
    }
    feeds::bind(&mut tx, feed_id, list_id, Some(grace_mins), now).await?;
    feeds::set_rule(&mut tx, feed_id, list_id, rule).await?;
    let mut before = json!({ "list": old.list_slug, "grace_mins": old.grace_mins });
    let mut after = json!({ "list": old.list_slug, "grace_mins": grace_mins });
    name_rule(&mut before, &old.rule);
    name_rule(&mut after, rule);
    audit::note(&mut tx, &cx.actor, "rule changed", subject(&feed), before, after, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// What a rule would have done.
pub struct Tried {
    /// The newest first.
    pub items: Vec<TriedItem>,
    /// What the brake would have held, at the limit that counts: the smallest of those that the feed's lists set.
    pub brake: WouldHold,
    /// The limit of another list, where it counts in place of the rule's own.
    pub lower_elsewhere: Option<i64>,
}

impl Tried {
    /// How many articles the list would have taken.
    pub fn taken(&self) -> usize {
        self.items.iter().filter(|item| item.route != Route::Nothing).count()
    }
}

/// An article, and the way that it would have taken.
pub struct TriedItem {
    pub item: RecentItem,
    pub route: Route,
    /// Why the conditions take it, or don't.
    pub why: String,
}

/// Tries a rule of a binding against the articles that its feed brought last.
pub async fn try_rule(
    cx: &Context<'_>,
    tx: &mut Tx,
    feed_id: Uuid,
    list_id: Uuid,
    rule: &Rule,
) -> Result<Tried> {
    cx.require(Role::Admin)?;
    let (feed, binding) = find_binding(tx, feed_id, list_id).await?;
    let binding = Binding { rule: rule.clone(), ..binding };
    let mut others = feeds::bindings(tx, feed_id).await?;
    others.retain(|other| other.list_id != list_id && !other.retired);
    let elsewhere = brake::set_limit(&others);
    others.push(binding.clone());
    let limit = brake::set_limit(&others);
    let lower_elsewhere = elsewhere.filter(|_| limit == elsewhere && rule.brake_limit != elsewhere);
    let items = feeds::recent(tx, feed_id, TRIED).await?;
    let items = items
        .into_iter()
        .map(|item| TriedItem {
            route: binding.route(item.facts()),
            why: rule.conditions.judge(item.facts()).sentence(),
            item,
        })
        .collect();
    Ok(Tried { items, brake: brake::would_hold(tx, &feed, limit, cx.now()).await?, lower_elsewhere })
}
