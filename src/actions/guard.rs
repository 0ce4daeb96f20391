//! The late, restore and clone guard: a database that slept, went back in time, or is a copy, sends nothing by
//! itself.
//!
//! Late: nothing ran for a quarter of an hour, or a campaign could not begin within one of its time.
//! Restored: the database is an older copy of itself ([`super::restored`]).
//! Clone: the database is not where, or its addresses are not what, they were: a restored snapshot, a
//! copy for a test, another `BASE_URL`. Each time what would go out is held, with the reason, until an
//! admin says so. Under a clone notices wait as well: their links would lead nowhere good. Whoever leads
//! or delivers looks here before it says that it lives; looking twice does no harm.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actions::editorial;
use crate::actions::restored::Restored;
use crate::actions::unreadable::{self, UNREADABLE_PREFIX};
use crate::actions::{alerts, leases};
use crate::app::App;
use crate::app::send_counter::Seen;
use crate::db::alerts::{About, AlertKind};
use crate::db::audit::{self, Actor, Subject};
use crate::db::campaigns::{self, Campaign, Held};
use crate::db::instance::{self, Instance};
use crate::db::{self, Tx, WriteTx, publication, send_counter, workers};
use crate::domain::campaign::{CampaignAction, CampaignStatus};

/// What is later than this is held.
pub const LATE: TimeDelta = TimeDelta::minutes(15);
/// How often the database is told that somebody lives.
const ALIVE_EVERY: TimeDelta = TimeDelta::seconds(30);

/// How the reasons begin that this guard writes.
pub const LATE_PREFIX: &str = "late: ";
pub const CLONE_PREFIX: &str = "clone: ";
pub const RESTORED_PREFIX: &str = "restored: ";
/// How the reason begins that a retired list writes; bringing it back takes it off.
pub const RETIRED_PREFIX: &str = "retired: ";

/// What tells an instance from its copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub base_url: String,
    pub database: String,
}

impl Identity {
    /// What this process finds.
    async fn of(app: &App) -> sqlx::Result<Identity> {
        let base_url = app.config.base_url.to_string();
        let found = app.database_name.get_or_try_init(|| instance::database_name(&app.db)).await?;
        Ok(Identity { base_url, database: found.clone() })
    }

    fn parse(stored: &str) -> Identity {
        // What can't be read is nobody's identity.
        serde_json::from_str(stored)
            .unwrap_or_else(|_| Identity { base_url: "?".to_owned(), database: stored.to_owned() })
    }

    fn stored(&self) -> sqlx::Result<String> {
        db::json(self)
    }
}

/// Who the database was, and who it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneOf {
    pub was: Identity,
    pub is: Identity,
}

impl CloneOf {
    /// What differs, in words.
    pub fn difference(&self) -> String {
        let (was, is) = (&self.was, &self.is);
        match (was.base_url != is.base_url, was.database != is.database) {
            (true, false) => format!("BASE_URL was {} and is {}", was.base_url, is.base_url),
            (false, _) => format!("the database was {} and is {}", was.database, is.database),
            (true, true) => format!(
                "BASE_URL was {} and is {}, the database was {} and is {}",
                was.base_url, is.base_url, was.database, is.database
            ),
        }
    }
}

/// Whether this database is another's copy, as far as this process can tell. `None`: it is the one that
/// was led before, or nobody has led it yet.
pub async fn clone_of(app: &App, tx: &mut Tx) -> sqlx::Result<Option<CloneOf>> {
    let Some(row) = instance::get(tx).await? else { return Ok(None) };
    Ok(differs(&row.identity, Identity::of(app).await?))
}

fn differs(stored: &str, is: Identity) -> Option<CloneOf> {
    let was = Identity::parse(stored);
    (was != is).then_some(CloneOf { was, is })
}

/// What may leave this database now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaySend {
    All,
    /// It is an older copy of itself: nothing of any campaign.
    Notices,
    /// It is another's copy.
    Nothing,
}

/// What may leave this database, as far as this process can tell. `seen` is from before the transaction.
pub async fn may_send(app: &App, tx: &mut Tx, seen: &Seen) -> sqlx::Result<MaySend> {
    if clone_of(app, tx).await?.is_some() {
        return Ok(MaySend::Nothing);
    }
    Ok(match restored(tx, seen).await? {
        Some(_) => MaySend::Notices,
        None => MaySend::All,
    })
}

/// Whether this database is an older copy of itself. `seen` is from before the transaction; without it, only
/// what was found before is known.
pub async fn restored(tx: &mut Tx, seen: &Seen) -> sqlx::Result<Option<Restored>> {
    Ok(Restored::of(&send_counter::get(tx).await?, seen, None))
}

/// Why a new campaign about a feed's article is held: the database is an older copy, and this feed was not read
/// since, so the article may have been mailed before. To be asked whenever a feed was read.
pub async fn holds_new_articles(tx: &mut WriteTx, feed_id: Uuid) -> sqlx::Result<Option<String>> {
    if !send_counter::feed_was_read(tx, feed_id).await? {
        return Ok(None);
    }
    let why = "this database was restored, and the article may have been mailed before it was";
    Ok(Some(format!("{RESTORED_PREFIX}{why}")))
}

/// Looks whether what is due may go out, holds it where it may not, and says that somebody lives. To be
/// called before anything is begun or marked, and before a heartbeat hides that there was none.
pub async fn watch(app: &App) -> anyhow::Result<()> {
    // Before a transaction is open: on SQLite this asks the one writer.
    let identity = Identity::of(app).await?;
    let seen = app.send_counter.seen();
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let quiet = is_quiet(&mut tx, &identity, &seen, now).await?;
    drop(tx);
    if quiet {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    let told = look(&mut tx, identity, &seen, now).await?;
    tx.commit().await?;
    if told {
        app.bell.notify_one();
    }
    Ok(())
}

/// Whether there is nothing to write: almost always.
async fn is_quiet(tx: &mut Tx, identity: &Identity, seen: &Seen, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let Some(row) = instance::get(tx).await? else { return Ok(false) };
    let counter = send_counter::get(tx).await?;
    let restored = Restored::of(&counter, seen, None);
    if let Some(found) = &restored
        && is_news(&counter, found)?
    {
        return Ok(false);
    }
    if Identity::parse(&row.identity) != *identity {
        return Ok(!campaigns::any_goes_out(tx, now).await?);
    }
    if restored.is_some() && campaigns::any_under_way(tx, now).await? {
        return Ok(false);
    }
    Ok(now - row.alive_at < ALIVE_EVERY && campaigns::overdue(tx, now - LATE).await?.is_empty())
}

/// Whether it is to be noted that the database is an older copy: for the first time here, or knowing more.
fn is_news(counter: &send_counter::Row, found: &Restored) -> sqlx::Result<bool> {
    Ok(counter.restored_at.is_none() || counter.restored != Some(found.stored()?))
}

/// True where admins were told of something.
async fn look(tx: &mut WriteTx, identity: Identity, seen: &Seen, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let found = instance::locked(tx).await?;
    let is_first = found.is_none();
    let row = match found {
        Some(row) => row,
        None => Instance { identity: identity.stored()?, alive_at: now },
    };
    if is_first {
        instance::record(tx, &row.identity, now).await?;
    }
    let (restored, is_news) = note_restored(tx, (!is_first).then_some(row.alive_at), seen, now).await?;
    if let Some(clone) = differs(&row.identity, identity) {
        // No alert: it would be mailed from the copy, or when it has become the real one.
        let reason = format!("{CLONE_PREFIX}{}", clone.difference());
        let held = campaigns::hold_what_goes_out(tx, &reason, now).await?;
        if held > 0 {
            tracing::error!(
                held,
                reason,
                "this database looks like a copy: nothing is sent. If it is the real one, say so: \
                 postrider campaign release --all --this-is-the-real-one"
            );
        }
        return Ok(false);
    }
    let zone = publication::get(tx).await?.zone();
    if let Some(restored) = restored {
        let why = restored.sentence(zone);
        let held =
            campaigns::hold_what_is_under_way(tx, &format!("{RESTORED_PREFIX}this database {why}"), now)
                .await?;
        if held > 0 {
            tracing::error!(
                held,
                "this database {why}: campaigns are held. Look at them, then say that it is the real one: \
                 postrider campaign release"
            );
        }
        instance::set_alive(tx, now).await?;
        if !is_news && held == 0 {
            return Ok(false);
        }
        let why = format!("This database {why}. Held: {}.", campaigns::count_held(tx).await?);
        return alerts::raise(tx, AlertKind::HeldRestored, About::Schedule, &why, now).await;
    }
    if is_first {
        return Ok(false);
    }
    let alive_at = workers::newest_heartbeat(tx).await?.map_or(row.alive_at, |beat| beat.max(row.alive_at));
    let mut told = false;
    if now - alive_at > LATE {
        let (from, to) = (local(alive_at, zone), local(now, zone));
        let reason = format!("{LATE_PREFIX}nothing ran here from {from} to {to} ({})", zone.name());
        let held = campaigns::hold_what_goes_out(tx, &reason, now).await?;
        if held > 0 {
            let why = format!("Nothing ran from {from} to {to} ({}). Held: {held}.", zone.name());
            told |= alerts::raise(tx, AlertKind::HeldLate, About::Schedule, &why, now).await?;
        }
    }
    let overdue = campaigns::overdue(tx, now - LATE).await?;
    for id in &overdue {
        let mins = LATE.num_minutes();
        campaigns::hold(
            tx,
            *id,
            &format!("{LATE_PREFIX}it could not begin within {mins} minutes of its time"),
        )
        .await?;
    }
    if !overdue.is_empty() {
        let why = format!("Held, since they could not begin in time: {}.", overdue.len());
        told |= alerts::raise(tx, AlertKind::HeldLate, About::Schedule, &why, now).await?;
    }
    if now - row.alive_at >= ALIVE_EVERY || now < row.alive_at {
        instance::set_alive(tx, now).await?;
    }
    Ok(told)
}

/// Notes that the database's file was replaced beside the log of another.
pub async fn note_mixed(app: &App) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    send_counter::locked(&mut tx).await?;
    send_counter::set_restored(&mut tx, &Restored::Mixed { found_at: now }.stored()?, now).await?;
    tx.commit().await
}

/// Notes that the database is an older copy, where that is new; returns what is known of it, and whether it is new.
async fn note_restored(
    tx: &mut WriteTx,
    alive_at: Option<DateTime<Utc>>,
    seen: &Seen,
    now: DateTime<Utc>,
) -> sqlx::Result<(Option<Restored>, bool)> {
    let counter = send_counter::locked(tx).await?;
    let restored = Restored::of(&counter, seen, alive_at);
    let Some(found) = &restored else { return Ok((None, false)) };
    let is_news = is_news(&counter, found)?;
    if is_news {
        send_counter::set_restored(tx, &found.stored()?, now).await?;
    }
    Ok((restored, is_news))
}

pub(super) fn local(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%-d %b %Y, %H:%M").to_string()
}

/// Why a held campaign can't be let go or cancelled.
#[derive(Debug, thiserror::Error)]
pub enum HeldError {
    #[error("There is no such campaign any more.")]
    Gone,
    #[error("It is not held any more.")]
    NotHeld,
    #[error("It waits for another person's yes. Open it and approve it.")]
    AwaitsApproval,
    #[error("Its list is retired. Bring the list back first.")]
    ListRetired,
    #[error(
        "This database looks like a copy: {0}. Say first that it is the real one; until then nothing leaves it."
    )]
    Clone(String),
    #[error("This database {0}. Say first that it is the real one; until then no campaign leaves it.")]
    Restored(String),
    #[error("This database is the one it was before. Nothing was changed.")]
    NoClone,
    #[error("Its HTML is too complicated to read. Take it back and shorten it, or cancel it.")]
    Unreadable,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<(Campaign, String), HeldError> {
    campaigns::lock(tx, id).await?;
    let campaign = campaigns::by_id(tx, id).await?.ok_or(HeldError::Gone)?;
    let on_its_way = matches!(
        campaign.status,
        CampaignStatus::Scheduled | CampaignStatus::Sending | CampaignStatus::Paused
    );
    match campaign.held_reason.clone().filter(|_| on_its_way) {
        Some(reason) => Ok((campaign, reason)),
        None => Err(HeldError::NotHeld),
    }
}

/// Nobody lets anything go before it is decided whether this database is the real one.
async fn refuse_while_undecided(app: &App, tx: &mut Tx, seen: &Seen) -> Result<(), HeldError> {
    if let Some(clone) = clone_of(app, tx).await? {
        return Err(HeldError::Clone(clone.difference()));
    }
    match restored(tx, seen).await? {
        Some(restored) => Err(HeldError::Restored(restored.sentence(publication::get(tx).await?.zone()))),
        None => Ok(()),
    }
}

async fn let_go(
    tx: &mut WriteTx,
    actor: &Actor,
    id: Uuid,
    subject: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    campaigns::release(tx, id, now).await?;
    let about = Subject { kind: "campaign", id, name: subject };
    audit::note(tx, actor, "let go", about, serde_json::json!({ "held": reason }), (), now).await
}

/// Lets one held campaign go: at once where it is due.
pub async fn release(app: &App, actor: &Actor, id: Uuid) -> Result<Campaign, HeldError> {
    let now = app.clock.now();
    Identity::of(app).await?;
    let as_link = unreadable::as_link(app, id).await?;
    let seen = app.send_counter.seen();
    let mut tx = app.db.write().await?;
    refuse_while_undecided(app, &mut tx, &seen).await?;
    let (campaign, reason) = find(&mut tx, id).await?;
    if reason.starts_with(UNREADABLE_PREFIX) {
        unreadable::set_mail(&mut tx, id, &as_link.ok_or(HeldError::Unreadable)?).await?;
    }
    if reason.starts_with(RETIRED_PREFIX) {
        return Err(HeldError::ListRetired);
    }
    if reason == editorial::AWAITS_APPROVAL {
        return Err(HeldError::AwaitsApproval);
    }
    let_go(&mut tx, actor, id, &campaign.subject, &reason, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(campaign)
}

/// Held campaigns looked at in one statement; there are hardly ever more than a few.
const HELD_ROWS: i64 = 500;

/// Lets go all that this guard holds. Returns how many.
pub async fn release_all(app: &App, actor: &Actor) -> Result<u64, HeldError> {
    Identity::of(app).await?;
    let seen = app.send_counter.seen();
    let mut tx = app.db.write().await?;
    refuse_while_undecided(app, &mut tx, &seen).await?;
    let released = release_guarded(app, &mut tx, actor).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(released)
}

async fn release_guarded(app: &App, tx: &mut WriteTx, actor: &Actor) -> Result<u64, HeldError> {
    let now = app.clock.now();
    let (mut before, mut released) = (Uuid::max(), 0);
    loop {
        let page = campaigns::held(tx, before, HELD_ROWS).await?;
        let Some(last) = page.last() else { return Ok(released) };
        before = last.id;
        for held in page.iter().filter(|held| is_guarded(held)) {
            let_go(tx, actor, held.id, &held.subject, &held.held_reason, now).await?;
            released += 1;
        }
    }
}

/// Whether this guard holds it, and nothing else does.
pub fn is_guarded(held: &Held) -> bool {
    [LATE_PREFIX, CLONE_PREFIX, RESTORED_PREFIX].iter().any(|prefix| held.held_reason.starts_with(prefix))
}

/// Cancels one held campaign: what was not sent will not be.
pub async fn cancel(app: &App, actor: &Actor, id: Uuid) -> Result<Campaign, HeldError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (campaign, reason) = find(&mut tx, id).await?;
    campaigns::apply(&mut tx, id, CampaignAction::Cancel, Some(&format!("held, {reason}")), now).await?;
    let about = Subject { kind: "campaign", id, name: &campaign.subject };
    let before = serde_json::json!({ "status": campaign.status, "held": reason });
    audit::note(&mut tx, actor, "cancelled", about, before, (), now).await?;
    tx.commit().await?;
    Ok(campaign)
}

/// "This is the real one": from now on this database, here and as it is, is the instance. With `all`, what is held
/// goes out at once; without, it stays held, to be looked at one by one. Returns how many were let go.
pub async fn adopt(app: &App, actor: &Actor, all: bool) -> Result<u64, HeldError> {
    let now = app.clock.now();
    let is = Identity::of(app).await?;
    let seen = app.send_counter.seen();
    let mut tx = app.db.read().await?;
    if restored(&mut tx, &seen).await?.is_some() {
        drop(tx);
        // What workers held when the copy was made is in nobody's hands. Nobody leases until this is decided.
        leases::take_deliveries_from_everybody(app).await?;
    }
    let mut tx = app.db.write().await?;
    let row = instance::locked(&mut tx).await?.ok_or(HeldError::NoClone)?;
    let clone = differs(&row.identity, is.clone());
    let (restored, _) = note_restored(&mut tx, Some(row.alive_at), &seen, now).await?;
    let counter = send_counter::locked(&mut tx).await?;
    if clone.is_none() && restored.is_none() {
        return Err(HeldError::NoClone);
    }
    // Else it would go out by itself in the second in which this commits.
    if let Some(restored) = &restored {
        let zone = publication::get(&mut tx).await?.zone();
        let reason = format!("{RESTORED_PREFIX}this database {}", restored.sentence(zone));
        campaigns::hold_what_is_under_way(&mut tx, &reason, now).await?;
    } else if let Some(clone) = &clone {
        let reason = format!("{CLONE_PREFIX}{}", clone.difference());
        campaigns::hold_what_goes_out(&mut tx, &reason, now).await?;
    }
    instance::record(&mut tx, &is.stored()?, now).await?;
    send_counter::set_decided(&mut tx, Restored::value_after(&counter, restored.as_ref(), &seen)).await?;
    let about = Subject { kind: "instance", id: Uuid::nil(), name: &is.base_url };
    let was = clone.map_or_else(|| is.clone(), |clone| clone.was);
    let was = serde_json::json!({ "identity": was, "restored": restored });
    audit::note(&mut tx, actor, "said to be the real one", about, &was, &is, now).await?;
    let released = if all { release_guarded(app, &mut tx, actor).await? } else { 0 };
    tx.commit().await?;
    app.bell.notify_one();
    Ok(released)
}

/// What is held, for a page or a command.
pub async fn held(tx: &mut Tx, before: Uuid, limit: i64) -> sqlx::Result<Vec<db::campaigns::Held>> {
    campaigns::held(tx, before, limit).await
}
