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
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actions::{Context, Error, Result, alerts, digests, leases, unreadable};
use crate::app::App;
use crate::app::send_counter::Seen;
use crate::db::alerts::{About, AlertKind};
use crate::db::audit::{self, Actor, Subject};
use crate::db::campaigns::{self, Campaign};
use crate::db::instance::{self, Instance};
use crate::db::users::Role;
use crate::db::{self, Tx, WriteTx, holds, publication, send_counter, workers};
use crate::domain::campaign::CampaignAction;
use crate::domain::hold::{self, Hold, HoldKind, HoldReason, local};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::campaigns as codes;
use crate::domain::restored::Restored;
use crate::locale::say;

/// What is later than this is held.
pub const LATE: TimeDelta = TimeDelta::minutes(15);
/// How often the database is told that somebody lives.
const ALIVE_EVERY: TimeDelta = TimeDelta::seconds(30);

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
        let said = match (was.base_url != is.base_url, was.database != is.database) {
            (true, false) => say("hold-differs-address").with("was", &was.base_url).with("is", &is.base_url),
            (false, _) => say("hold-differs-database").with("was", &was.database).with("is", &is.database),
            (true, true) => say("hold-differs-both")
                .with("was", &was.base_url)
                .with("is", &is.base_url)
                .with("database_was", &was.database)
                .with("database_is", &is.database),
        };
        said.to_string()
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

/// What may be sent from this database now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaySend {
    All,
    /// It is an older copy of itself: nothing of any campaign.
    Notices,
    /// It is another's copy.
    Nothing,
}

/// What may be sent from this database, as far as this process can tell. `seen` is from before the transaction.
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

/// Whether a new campaign about a feed's article is held: the database is an older copy, and this feed was not read
/// since, so the article may have been mailed before. To be asked whenever a feed was read.
pub async fn holds_new_articles(tx: &mut WriteTx, feed_id: Uuid) -> sqlx::Result<Option<HoldReason>> {
    let was_not_read = send_counter::feed_was_read(tx, feed_id).await?;
    Ok(was_not_read.then_some(HoldReason::MayHaveBeenMailed))
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
        app.wake_delivery.notify_one();
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
        return Ok(holds::going_out(tx, HoldKind::Clone, now).await?.is_empty());
    }
    if restored.is_some() && !holds::under_way(tx, HoldKind::Restored, now).await?.is_empty() {
        return Ok(false);
    }
    if now - row.alive_at >= ALIVE_EVERY {
        return Ok(false);
    }
    let overdue = campaigns::overdue(tx, now - LATE).await?;
    if overdue.is_empty() {
        return Ok(true);
    }
    let not_late = digests::not_late(tx, now).await?;
    Ok(overdue.iter().all(|id| not_late.contains(id)))
}

/// Whether it is to be noted that the database is an older copy: for the first time here, or knowing more.
fn is_news(counter: &send_counter::Row, found: &Restored) -> sqlx::Result<bool> {
    Ok(counter.restored_at.is_none() || counter.restored != Some(db::json(found)?))
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
        hold_as_copy(tx, &clone, now).await?;
        return Ok(false);
    }
    if let Some(restored) = restored {
        let told = hold_as_restored(tx, &restored, is_news, now).await?;
        instance::set_alive(tx, now).await?;
        return Ok(told);
    }
    if is_first {
        return Ok(false);
    }
    let told = hold_what_is_late(tx, row.alive_at, now).await?;
    if now - row.alive_at >= ALIVE_EVERY || now < row.alive_at {
        instance::set_alive(tx, now).await?;
    }
    Ok(told)
}

/// Holds what another's copy would send.
async fn hold_as_copy(tx: &mut WriteTx, clone: &CloneOf, now: DateTime<Utc>) -> sqlx::Result<()> {
    let ids = holds::going_out(tx, HoldKind::Clone, now).await?;
    let reason = HoldReason::Copied { differs: clone.difference() };
    let held = holds::add(tx, &ids, &reason, now).await?;
    if held > 0 {
        tracing::error!(
            held,
            reason = reason.to_string(),
            "this database looks like a copy: nothing is sent. If it is the real one, say so: \
             postrider campaign release --all --this-is-the-real-one"
        );
    }
    Ok(())
}

/// Holds what an older copy may have sent already, whatever else holds it. Returns how many.
async fn hold_under_way(tx: &mut WriteTx, restored: &Restored, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let zone = publication::get(tx).await?.zone();
    let ids = holds::under_way(tx, HoldKind::Restored, now).await?;
    let reason = HoldReason::DatabaseRestored { how: restored.clone(), zone: zone.name().to_owned() };
    holds::add(tx, &ids, &reason, now).await
}

/// The same, and tells admins. True where they were told.
async fn hold_as_restored(
    tx: &mut WriteTx,
    restored: &Restored,
    is_news: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let why = restored.sentence(publication::get(tx).await?.zone());
    let held = hold_under_way(tx, restored, now).await?;
    if held > 0 {
        tracing::error!(
            held,
            "this database {why}: campaigns are held. Look at them, then say that it is the real one: \
             postrider campaign release"
        );
    }
    if !is_news && held == 0 {
        return Ok(false);
    }
    let why = say("hold-alert-restored")
        .with("what", why)
        .with("campaigns", campaigns::count_held(tx).await?)
        .to_string();
    alerts::raise(tx, AlertKind::HeldRestored, About::Schedule, &why, now).await
}

/// Holds what would go out by itself now and is late. What somebody must decide about anyway is not late: their
/// decision is from now. True where admins were told.
async fn hold_what_is_late(
    tx: &mut WriteTx,
    alive_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut told = false;
    let not_late = digests::not_late(tx, now).await?;
    let alive_at = workers::newest_heartbeat(tx).await?.map_or(alive_at, |beat| beat.max(alive_at));
    if now - alive_at > LATE {
        let zone = publication::get(tx).await?.zone();
        let mut ids = holds::going_out_by_itself(tx, now).await?;
        ids.retain(|id| !not_late.contains(id));
        let reason = HoldReason::NothingRan { from: alive_at, to: now, zone: zone.name().to_owned() };
        let held = holds::add(tx, &ids, &reason, now).await?;
        if held > 0 {
            let (from, to) = (local(alive_at, zone), local(now, zone));
            let why = say("hold-alert-nothing-ran")
                .with("from", from)
                .with("to", to)
                .with("zone", zone.name())
                .with("campaigns", held)
                .to_string();
            told |= alerts::raise(tx, AlertKind::HeldLate, About::Schedule, &why, now).await?;
        }
    }
    let mut overdue = campaigns::overdue(tx, now - LATE).await?;
    overdue.retain(|id| !not_late.contains(id));
    let reason = HoldReason::NotBegunInTime { mins: LATE.num_minutes() };
    holds::add(tx, &overdue, &reason, now).await?;
    if !overdue.is_empty() {
        let why = say("hold-alert-late").with("campaigns", overdue.len()).to_string();
        told |= alerts::raise(tx, AlertKind::HeldLate, About::Schedule, &why, now).await?;
    }
    Ok(told)
}

/// Notes that the database's file was replaced beside the log of another.
pub async fn note_mixed(app: &App) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    send_counter::locked(&mut tx).await?;
    send_counter::set_restored(&mut tx, &db::json(&Restored::Mixed { found_at: now })?, now).await?;
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
        send_counter::set_restored(tx, &db::json(found)?, now).await?;
    }
    Ok((restored, is_news))
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<(Campaign, Vec<Hold>)> {
    campaigns::lock(tx, id).await?;
    let campaign = campaigns::by_id(tx, id).await?.ok_or_else(|| codes::CAMPAIGN_GONE.refusal())?;
    let held = holds::of_campaign(tx, id).await?;
    if held.is_empty() || !campaign.status.is_on_its_way() {
        return Err(codes::CAMPAIGN_NOT_HELD.refusal().into());
    }
    Ok((campaign, held))
}

/// Nobody lets anything go before it is decided whether this database is the real one.
async fn refuse_while_undecided(app: &App, tx: &mut Tx, seen: &Seen) -> Result<()> {
    if let Some(clone) = clone_of(app, tx).await? {
        return Err(codes::DATABASE_IS_COPY.refusal().with("differs", clone.difference()).into());
    }
    if let Some(restored) = restored(tx, seen).await? {
        let what = restored.sentence(publication::get(tx).await?.zone());
        return Err(codes::DATABASE_IS_RESTORED.refusal().with("what", what).into());
    }
    Ok(())
}

/// Takes some of a campaign's holds off.
async fn let_go(
    tx: &mut WriteTx,
    actor: &Actor,
    id: Uuid,
    subject: &str,
    released: &[Hold],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    for hold in released {
        holds::release(tx, id, hold.kind).await?;
    }
    campaigns::set_released(tx, id, now).await?;
    let about = Subject { kind: "campaign", id, name: subject };
    let before = serde_json::json!({ "held": hold::in_one_line(released) });
    let still = holds::of_campaign(tx, id).await?;
    let after = (!still.is_empty()).then(|| serde_json::json!({ "held": hold::in_one_line(&still) }));
    audit::note(tx, actor, "let go", about, before, after, now).await
}

/// A campaign of which a hold was released.
#[derive(Debug)]
pub struct Released {
    pub campaign: Campaign,
    /// What holds it still.
    pub still: Vec<Hold>,
}

/// Whether an admin takes it off by deciding about the campaign alone.
fn is_released_here(kind: HoldKind) -> bool {
    kind.is_set_by_guard() || matches!(kind, HoldKind::Html | HoldKind::Page)
}

/// Lets one held campaign go, as far as an admin's decision can; without other holds, at once where it is due.
pub async fn release(cx: &Context<'_>, id: Uuid) -> Result<Released> {
    release_some(cx, id, None).await
}

/// Takes one hold off a campaign; the others stay.
pub async fn release_one(cx: &Context<'_>, id: Uuid, kind: HoldKind) -> Result<Released> {
    release_some(cx, id, Some(kind)).await
}

/// Who may decide about what the guard holds.
fn admin<'a>(cx: &'a Context<'_>) -> Result<(&'a App, &'a Actor)> {
    cx.require(Role::Admin)?;
    Ok((cx.app, &cx.actor))
}

async fn release_some(cx: &Context<'_>, id: Uuid, only: Option<HoldKind>) -> Result<Released> {
    let (app, actor) = admin(cx)?;
    let now = app.clock.now();
    Identity::of(app).await?;
    let as_link = unreadable::as_link(app, id).await?;
    let as_stored = unreadable::as_stored(app, id).await?;
    let seen = app.send_counter.seen();
    let mut tx = app.db.write().await?;
    refuse_while_undecided(app, &mut tx, &seen).await?;
    let (campaign, mut meant) = find(&mut tx, id).await?;
    meant.retain(|hold| only.is_none_or(|kind| kind == hold.kind));
    let Some(first) = meant.first().map(|hold| hold.kind) else {
        return Err(codes::CAMPAIGN_NOT_HELD.refusal().into());
    };
    meant.retain(|hold| is_released_here(hold.kind));
    if meant.is_empty() {
        return Err(refusal_of(first).into());
    }
    if meant.iter().any(|hold| hold.kind == HoldKind::Html) {
        match as_link {
            Some(mail) => unreadable::set_mail(&mut tx, id, &mail).await?,
            None if meant.len() == 1 => return Err(codes::CAMPAIGN_UNREADABLE.refusal().into()),
            // No link can be sent instead: that hold stays.
            None => meant.retain(|hold| hold.kind != HoldKind::Html),
        }
    }
    // With its mail it begins whatever its page says.
    if let (true, Some(mail)) = (meant.iter().any(|hold| hold.kind == HoldKind::Page), as_stored) {
        unreadable::set_mail(&mut tx, id, &mail).await?;
    }
    let_go(&mut tx, actor, id, &campaign.subject, &meant, now).await?;
    let still = holds::of_campaign(&mut tx, id).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(Released { campaign, still })
}

/// Why a hold is not taken off here.
fn refusal_of(kind: HoldKind) -> Refusal {
    match kind {
        HoldKind::Retired => codes::CAMPAIGN_LIST_RETIRED.refusal(),
        HoldKind::Approval => codes::CAMPAIGN_AWAITS_APPROVAL.refusal(),
        _ => codes::CAMPAIGN_UNREADABLE.refusal(),
    }
}

/// Held campaigns looked at in one statement; there are hardly ever more than a few.
const HELD_ROWS: i64 = 500;

/// Takes off all that this guard holds. Returns how many campaigns that are.
pub async fn release_all(cx: &Context<'_>) -> Result<u64> {
    let (app, actor) = admin(cx)?;
    Identity::of(app).await?;
    let seen = app.send_counter.seen();
    let mut tx = app.db.write().await?;
    refuse_while_undecided(app, &mut tx, &seen).await?;
    let released = release_guarded(app, &mut tx, actor).await?;
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(released)
}

async fn release_guarded(app: &App, tx: &mut WriteTx, actor: &Actor) -> Result<u64> {
    let now = app.clock.now();
    let (mut before, mut released) = (Uuid::max(), 0);
    loop {
        let page = campaigns::held(tx, before, HELD_ROWS).await?;
        let Some(last) = page.last() else { return Ok(released) };
        before = last.id;
        let ids: Vec<Uuid> = page.iter().map(|held| held.id).collect();
        let mut by_campaign = holds::list(tx, &ids).await?;
        for held in &page {
            let mut guards = by_campaign.remove(&held.id).unwrap_or_default();
            guards.retain(|hold| hold.kind.is_set_by_guard());
            if !guards.is_empty() {
                let_go(tx, actor, held.id, &held.subject, &guards, now).await?;
                released += 1;
            }
        }
    }
}

/// Cancels one held campaign: what was not sent will not be.
pub async fn cancel(cx: &Context<'_>, id: Uuid) -> Result<Campaign> {
    let (app, actor) = admin(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (campaign, held) = find(&mut tx, id).await?;
    let why = hold::in_one_line(&held);
    campaigns::apply(
        &mut tx,
        id,
        CampaignAction::Cancel,
        Some(&say("hold-cancelled-because").with("why", &why).to_string()),
        now,
    )
    .await?;
    let about = Subject { kind: "campaign", id, name: &campaign.subject };
    let before = serde_json::json!({ "status": campaign.status, "held": why });
    audit::note(&mut tx, actor, "cancelled", about, before, (), now).await?;
    tx.commit().await?;
    Ok(campaign)
}

/// "This is the real one": from now on this database, here and as it is, is the instance. With `all`, what is held
/// goes out at once; without, it stays held, to be looked at one by one. Returns how many were let go.
pub async fn adopt(cx: &Context<'_>, all: bool) -> Result<u64> {
    let (app, actor) = admin(cx)?;
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
    let row =
        instance::locked(&mut tx).await?.ok_or_else(|| Error::from(codes::DATABASE_IS_THE_SAME.refusal()))?;
    let clone = differs(&row.identity, is.clone());
    let (restored, _) = note_restored(&mut tx, Some(row.alive_at), &seen, now).await?;
    let counter = send_counter::locked(&mut tx).await?;
    if clone.is_none() && restored.is_none() {
        return Err(codes::DATABASE_IS_THE_SAME.refusal().into());
    }
    // Else it would go out by itself in the second in which this commits.
    if let Some(restored) = &restored {
        hold_under_way(&mut tx, restored, now).await?;
    } else if let Some(clone) = &clone {
        hold_as_copy(&mut tx, clone, now).await?;
    }
    instance::record(&mut tx, &is.stored()?, now).await?;
    send_counter::set_decided(&mut tx, Restored::value_after(&counter, restored.as_ref(), &seen)).await?;
    let about = Subject { kind: "instance", id: Uuid::nil(), name: &is.base_url };
    let was = clone.map_or_else(|| is.clone(), |clone| clone.was);
    let was = serde_json::json!({ "identity": was, "restored": restored });
    audit::note(&mut tx, actor, "said to be the real one", about, &was, &is, now).await?;
    let released = if all { release_guarded(app, &mut tx, actor).await? } else { 0 };
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(released)
}
