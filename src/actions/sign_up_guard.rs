//! What guards sign-ups: what an admin sets, what this process reads of it and stores of what it sees, and whom nobody
//! mails although they were answered. When a proof is wanted is decided by [`crate::app::sign_up_watch`].

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Context, Result};
use crate::app::App;
use crate::app::sign_up_watch::{Known, QUIET_FOR};
use crate::db::audit::{self, Actor, Subject};
use crate::db::sign_up_counts::{self, SourceKind};
use crate::db::sign_up_guard::{self, Guard};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx};
use crate::domain::doubtful_address::{is_disposable, is_role};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::readers;
use crate::domain::sign_up::SignUpOutcome;
use crate::domain::sign_up_rule::{PATTERN_BYTES_MAX, Pattern, PatternError, RULES_MAX, Ruling, SignUpRules};
use crate::locale::say;

/// How long somebody waits at most for what DNS says of their domain.
const LOOKED_UP_WITHIN: TimeDelta = TimeDelta::seconds(5);
/// A sign-up whose domain is being asked about is looked at again after this.
pub const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(500);

/// Reads what an admin set and what other processes saw, where that is a moment ago.
pub async fn look(app: &App) -> sqlx::Result<()> {
    if app.sign_up_watch.must_read() { learn(app).await } else { Ok(()) }
}

/// The same, whenever it was read last.
pub async fn learn(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.read().await?;
    let known = read(&mut tx, &app.sign_up_watch.known()).await?;
    drop(tx);
    app.sign_up_watch.learn(known);
    Ok(())
}

async fn read(tx: &mut Tx, before: &Known) -> sqlx::Result<Known> {
    let guard = sign_up_guard::get(tx).await?;
    let rules = match guard.rules_version == before.guard.rules_version {
        true => before.rules.clone(),
        false => Arc::new(read_rules(tx).await?),
    };
    let attacked_at = sign_up_counts::attacks(tx, 1).await?.first().map(|attack| attack.last_at);
    Ok(Known { guard, rules, attacked_at })
}

async fn read_rules(tx: &mut Tx) -> sqlx::Result<SignUpRules> {
    let mut rules = SignUpRules::default();
    for rule in sign_up_guard::rules(tx).await? {
        // It was parsed before it was stored.
        let Ok(pattern) = Pattern::parse(&rule.pattern) else { continue };
        if rule.is_allowed { rules.allowed.push(pattern) } else { rules.blocked.push(pattern) }
    }
    Ok(rules)
}

/// Stores what this process counted, if it is time.
pub async fn store_when_due(app: &App) -> sqlx::Result<()> {
    let asks = app.sign_up_watch.asks_everybody(app.clock.now());
    app.metrics.proof_asked.set(i64::from(asks));
    if app.sign_up_watch.must_store() { store(app).await } else { Ok(()) }
}

/// Stores what this process counted.
pub async fn store(app: &App) -> sqlx::Result<()> {
    let counts = app.sign_up_watch.take_counts();
    if counts.is_empty() {
        return Ok(());
    }
    let stored = async {
        let mut tx = app.db.write().await?;
        let now = app.clock.now();
        for ((minute, outcome), sign_ups) in &counts.outcomes {
            sign_up_counts::add_outcome(&mut tx, *minute, *outcome, *sign_ups).await?;
        }
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        for (kind, source) in &counts.sources {
            sign_up_counts::add_source(&mut tx, hour, *kind, source).await?;
        }
        for kind in [SourceKind::Network, SourceKind::Domain] {
            sign_up_counts::keep_most_frequent(&mut tx, hour, kind).await?;
        }
        if let Some(seen) = &counts.attack {
            sign_up_guard::lock(&mut tx).await?;
            let new = sign_up_counts::note_attack(&mut tx, seen, seen.began_at - QUIET_FOR).await?;
            if let Some(id) = new {
                let after = json!({ "per_minute": seen.peak_per_minute });
                note(&mut tx, &Actor::schedule(), "attack noticed", id, (), after, now).await?;
                tracing::warn!(
                    per_minute = seen.peak_per_minute,
                    "far more sign-ups than usual: a proof is asked for"
                );
            }
        }
        tx.commit().await
    };
    let result = stored.await;
    if result.is_err() {
        app.sign_up_watch.give_back(counts);
    }
    result
}

/// Forgets what is older than it may be kept, and reckons what is usual.
pub async fn tidy(app: &App) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    sign_up_guard::forget_spent(&mut tx, now).await?;
    sign_up_counts::forget_old(&mut tx, now).await?;
    let counted = sign_up_counts::totals(&mut tx, now - sign_up_counts::KEPT_FOR).await?;
    let taken: i64 = counted.iter().filter(|(outcome, _)| outcome.is_taken()).map(|(_, n)| n).sum();
    let guard = sign_up_guard::lock(&mut tx).await?;
    let usual_per_minute = taken as f64 / sign_up_counts::KEPT_FOR.num_minutes() as f64;
    sign_up_guard::set(&mut tx, &Guard { usual_per_minute, ..guard }).await?;
    tx.commit().await
}

/// What becomes of a sign-up that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    GoesOn,
    /// Its domain is being asked about.
    Waits,
    /// Nobody is mailed, and nothing is kept.
    Ends(SignUpOutcome),
}

/// What becomes of a sign-up that was answered at `asked_at`.
pub fn judge(app: &App, known: &Known, email: &EmailAddress, ip: &str, asked_at: DateTime<Utc>) -> Verdict {
    let guard = &known.guard;
    match known.rules.of(email, ip.parse::<IpAddr>().ok()) {
        Ruling::Allowed => return Verdict::GoesOn,
        Ruling::Blocked => return Verdict::Ends(SignUpOutcome::Blocked),
        Ruling::Open => {}
    }
    if guard.stops_disposable && is_disposable(email) {
        return Verdict::Ends(SignUpOutcome::Disposable);
    }
    if guard.stops_role && is_role(email) {
        return Verdict::Ends(SignUpOutcome::Role);
    }
    // Captured mail goes to no domain.
    if !guard.stops_no_mail || app.captures_mail() {
        return Verdict::GoesOn;
    }
    match app.mail_domains.takes_mail(email.domain()) {
        Some(true) => Verdict::GoesOn,
        Some(false) => Verdict::Ends(SignUpOutcome::NoMail),
        None if app.clock.now() - asked_at < LOOKED_UP_WITHIN => Verdict::Waits,
        None => Verdict::GoesOn,
    }
}

async fn note(
    tx: &mut WriteTx,
    actor: &Actor,
    action: &str,
    id: Uuid,
    before: impl serde::Serialize,
    after: impl serde::Serialize,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = say("guard-page").to_string();
    let subject = Subject { kind: "sign-ups", id, name: &name };
    audit::note(tx, actor, action, subject, before, after, now).await
}

/// Asks everybody for a proof, or leaves that to what is seen.
pub async fn ask_everybody(cx: &Context<'_>, is_on: bool) -> Result<()> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let mut guard = sign_up_guard::lock(&mut tx).await?;
    if guard.asked_since.is_some() == is_on {
        return Ok(());
    }
    guard.asked_since = is_on.then_some(now);
    guard.asked_by = if is_on { cx.actor.email.clone() } else { String::new() };
    sign_up_guard::set(&mut tx, &guard).await?;
    let action = if is_on { "proof asked of everybody" } else { "proof asked no more" };
    note(&mut tx, &cx.actor, action, Uuid::nil(), (), (), now).await?;
    tx.commit().await?;
    Ok(learn(cx.app).await?)
}

/// Which addresses are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Checks {
    pub stops_disposable: bool,
    pub stops_role: bool,
    pub stops_no_mail: bool,
}

impl Checks {
    /// As they stand.
    pub fn of(guard: &Guard) -> Checks {
        let Guard { stops_disposable, stops_role, stops_no_mail, .. } = *guard;
        Checks { stops_disposable, stops_role, stops_no_mail }
    }
}

/// Sets which addresses are left out.
pub async fn set_checks(cx: &Context<'_>, checks: Checks) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let guard = sign_up_guard::lock(&mut tx).await?;
    let before = Checks::of(&guard);
    if before != checks {
        let Checks { stops_disposable, stops_role, stops_no_mail } = checks;
        let after = Guard { stops_disposable, stops_role, stops_no_mail, ..guard };
        sign_up_guard::set(&mut tx, &after).await?;
        note(&mut tx, &cx.actor, "settings changed", Uuid::nil(), before, checks, cx.now()).await?;
        tx.commit().await?;
    }
    Ok(learn(cx.app).await?)
}

fn wrong(error: PatternError) -> Refusal {
    match error {
        PatternError::Empty => readers::PATTERN_MISSING.on("pattern"),
        PatternError::Malformed => readers::PATTERN_WRONG.on("pattern").with("max", PATTERN_BYTES_MAX),
        PatternError::Everybody => readers::PATTERN_EVERYBODY.on("pattern"),
    }
}

/// Adds a rule about who may sign up: the pattern as it is stored.
pub async fn add_rule(cx: &Context<'_>, is_allowed: bool, pattern: &str) -> Result<String> {
    cx.require(Role::Admin)?;
    let pattern = Pattern::parse(pattern).map_err(wrong)?.to_text();
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let guard = sign_up_guard::lock(&mut tx).await?;
    if sign_up_guard::rules(&mut tx).await?.len() >= RULES_MAX {
        return Err(readers::TOO_MANY_RULES.on("pattern").with("max", RULES_MAX).into());
    }
    let added = sign_up_guard::add_rule(&mut tx, is_allowed, &pattern, &cx.actor.email, now).await?;
    let id = added.ok_or_else(|| readers::PATTERN_THERE.on("pattern").with("pattern", pattern.clone()))?;
    let subject = Subject { kind: "sign-up rule", id, name: &pattern };
    let after = json!({ "allowed": is_allowed });
    audit::note(&mut tx, &cx.actor, "added", subject, (), after, now).await?;
    sign_up_guard::set(&mut tx, &Guard { rules_version: guard.rules_version + 1, ..guard }).await?;
    tx.commit().await?;
    learn(cx.app).await?;
    Ok(pattern)
}

/// Removes a rule. Harmless to repeat.
pub async fn remove_rule(cx: &Context<'_>, id: Uuid) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let guard = sign_up_guard::lock(&mut tx).await?;
    if let Some(rule) = sign_up_guard::remove_rule(&mut tx, id).await? {
        let subject = Subject { kind: "sign-up rule", id, name: &rule.pattern };
        let before = json!({ "allowed": rule.is_allowed });
        audit::note(&mut tx, &cx.actor, "removed", subject, before, (), cx.now()).await?;
        sign_up_guard::set(&mut tx, &Guard { rules_version: guard.rules_version + 1, ..guard }).await?;
        tx.commit().await?;
    }
    Ok(learn(cx.app).await?)
}
