//! What people do to lists: add, change, retire, restore. The same rules for pages and commands. A retired list takes
//! no subscribers and sends nothing; its subscribers stay as they are.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use uuid::Uuid;

use super::{Context, Result};
use crate::app::App;
use crate::db::audit::{self, Subject};
use crate::db::campaigns::{self, Campaign};
use crate::db::lists::{self, List};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, digests, holds, publication};
use crate::domain::digest::{ListSchedule, check_subject};
use crate::domain::email_address::EmailAddress;
use crate::domain::hold::{HoldKind, HoldReason};
use crate::domain::links;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::{lists as codes, settings};
use crate::domain::slug::{Slug, slugify};
use crate::domain::subscription::Cadence;
use crate::domain::text::visible;
use crate::locale::say;

pub const NAME_CHARS_MAX: usize = 200;
pub const DESCRIPTION_CHARS_MAX: usize = 500;
pub const FROM_NAME_CHARS_MAX: usize = 100;
pub const POSITION_MAX: i64 = 999;

/// A list as it was typed into a form.
#[derive(Clone, Debug, Default)]
pub struct ListForm {
    pub name: String,
    /// Empty: made from the name. It never changes later.
    pub slug: String,
    pub description: String,
    pub from_name: String,
    pub reply_to: String,
    pub public: bool,
    pub position: String,
    /// Empty: the publication's.
    pub language: String,
}

impl ListForm {
    /// A form filled with a list.
    pub fn of(list: &List) -> ListForm {
        ListForm {
            name: list.name.clone(),
            slug: list.slug.clone(),
            description: list.description.clone(),
            from_name: list.from_name.clone(),
            reply_to: list.reply_to.clone(),
            public: list.public,
            position: list.position.to_string(),
            language: list.language.clone(),
        }
    }

    /// Writes it to a list, if it is valid.
    fn write_to(&self, list: &mut List) -> std::result::Result<(), Refusal> {
        let name = visible(self.name.trim());
        let name = name.trim();
        if name.is_empty() || !is_line(name, NAME_CHARS_MAX) {
            return Err(codes::LIST_NAME_WRONG.on("name").with("max", NAME_CHARS_MAX));
        }
        let description = visible(&self.description).split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_line(&description, DESCRIPTION_CHARS_MAX) {
            return Err(codes::LIST_DESCRIPTION_LONG.on("description").with("max", DESCRIPTION_CHARS_MAX));
        }
        let from_name = visible(self.from_name.trim());
        let from_name = from_name.trim();
        if !is_line(from_name, FROM_NAME_CHARS_MAX) {
            return Err(codes::LIST_SENDER_LONG.on("from_name").with("max", FROM_NAME_CHARS_MAX));
        }
        let reply_to = match self.reply_to.trim() {
            "" => String::new(),
            typed => EmailAddress::parse(typed)
                .map_err(|error| settings::ADDRESS_WRONG.on("reply_to").with("why", error.to_string()))?
                .as_str()
                .to_owned(),
        };
        let position = match self.position.trim() {
            "" => Some(0),
            typed => typed.parse::<i64>().ok().filter(|n| (0..=POSITION_MAX).contains(n)),
        };
        let wrong = || codes::LIST_POSITION_WRONG.on("position").with("max", POSITION_MAX);
        list.position = position.ok_or_else(wrong)?;
        list.name = name.to_owned();
        list.description = description;
        list.from_name = from_name.to_owned();
        list.reply_to = reply_to;
        list.public = self.public;
        list.language = super::settings::language(&self.language)
            .map_err(|refusal| Refusal { field: "language", ..refusal })?;
        Ok(())
    }
}

/// Whether a text is one line of at most so many characters.
fn is_line(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max && !text.chars().any(char::is_control)
}

/// A short name as typed, or made from the name if none is.
fn parse_slug(typed: &str, name: &str) -> std::result::Result<Slug, Refusal> {
    let text = match typed.trim() {
        "" => slugify(name),
        typed => typed.to_owned(),
    };
    match Slug::parse(&text) {
        Ok(slug) => Ok(slug),
        Err(_) if text.is_empty() => Err(codes::LIST_SLUG_MISSING.on("slug")),
        Err(error) => Err(codes::LIST_SLUG_WRONG.on("slug").with("why", error.to_string())),
    }
}

pub(super) fn subject(list: &List) -> Subject<'_> {
    Subject { kind: "list", id: list.id, name: &list.name }
}

fn audited(list: &List) -> serde_json::Value {
    json!({
        "name": list.name, "slug": list.slug, "description": list.description, "public": list.public,
        "from_name": list.from_name, "reply_to": list.reply_to, "position": list.position, "language": list.language,
        "schedule": list.schedule,
    })
}

/// Tells one state of a list from another, for a form that was opened a while ago.
pub fn version(list: &List) -> String {
    links::fingerprint(audited(list).to_string().as_bytes())
}

/// Adds a list.
pub async fn add(cx: &Context<'_>, form: &ListForm) -> Result<List> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut draft = List {
        id: Uuid::nil(),
        slug: String::new(),
        name: String::new(),
        description: String::new(),
        public: true,
        from_name: String::new(),
        reply_to: String::new(),
        position: 0,
        retired_at: None,
        language: String::new(),
        schedule: ListSchedule::default(),
    };
    form.write_to(&mut draft)?;
    let slug = parse_slug(&form.slug, &form.name)?;
    let mut tx = cx.app.db.write().await?;
    if !lists::add(&mut tx, &slug, &draft.name, now).await? {
        return Err(codes::LIST_SLUG_TAKEN.on("slug").with("slug", slug.as_str().to_owned()).into());
    }
    let stored = lists::by_slug(&mut tx, slug.as_str()).await?.ok_or_else(gone)?;
    let list = List { id: stored.id, slug: stored.slug, ..draft };
    lists::set(&mut tx, &list).await?;
    audit::note(&mut tx, &cx.actor, "added", subject(&list), (), audited(&list), now).await?;
    tx.commit().await?;
    Ok(list)
}

/// Adds a public list of that name; one of that slug stays as it is. Returns it, and whether it is new.
pub async fn add_unless_there(cx: &Context<'_>, slug: &Slug, name: &str) -> Result<(List, bool)> {
    cx.require(Role::Admin)?;
    let name = visible(name);
    let name = name.trim();
    if name.is_empty() || !is_line(name, NAME_CHARS_MAX) {
        return Err(codes::LIST_NAME_WRONG.on("name").with("max", NAME_CHARS_MAX).into());
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let is_new = lists::add(&mut tx, slug, name, now).await?;
    let list = lists::by_slug(&mut tx, slug.as_str()).await?.ok_or_else(gone)?;
    if is_new {
        audit::note(&mut tx, &cx.actor, "added", subject(&list), (), audited(&list), now).await?;
        tx.commit().await?;
    }
    Ok((list, is_new))
}

pub(super) fn gone() -> Refusal {
    codes::LIST_GONE.refusal()
}

/// Changes a list, if it still is what the form showed (`version`).
pub async fn change(cx: &Context<'_>, id: Uuid, seen: &str, form: &ListForm) -> Result<List> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let before = lists::by_id(&mut tx, id).await?.ok_or_else(gone)?;
    let mut list = before.clone();
    form.write_to(&mut list)?;
    if list == before {
        return Ok(list);
    }
    if version(&before) != seen {
        return Err(codes::LIST_CHANGED.refusal().into());
    }
    lists::set(&mut tx, &list).await?;
    let (old, new) = (audited(&before), audited(&list));
    audit::note(&mut tx, &cx.actor, "changed", subject(&list), old, new, cx.now()).await?;
    tx.commit().await?;
    Ok(list)
}

/// The highest daily cap.
pub const CAP_MAX: u32 = 1000;

/// Changes when a list's digests go out, what readers are offered, and when it is quiet, if it still is what the form showed
/// (`seen`). The next digests are moved at once.
pub async fn set_schedule(cx: &Context<'_>, id: Uuid, seen: &str, schedule: ListSchedule) -> Result<List> {
    cx.require(Role::Admin)?;
    check_schedule(&schedule)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let before = lists::by_id(&mut tx, id).await?.ok_or_else(gone)?;
    if before.schedule == schedule {
        return Ok(before);
    }
    if version(&before) != seen {
        return Err(codes::LIST_CHANGED.refusal().into());
    }
    let list = List { schedule, ..before.clone() };
    lists::set(&mut tx, &list).await?;
    let zone = publication::get(&mut tx).await?.zone();
    move_digests(&mut tx, &list, zone, now).await?;
    if before.schedule.approve != list.schedule.approve {
        hold_digests(&mut tx, &list, now).await?;
    }
    let (old, new) = (audited(&before), audited(&list));
    audit::note(&mut tx, &cx.actor, "changed", subject(&list), old, new, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(list)
}

/// Has a list's next digests wait for an editor, or wait no more, as its schedule says now.
async fn hold_digests(tx: &mut WriteTx, list: &List, now: DateTime<Utc>) -> sqlx::Result<()> {
    for cadence in Cadence::ALL {
        let Some(id) = digests::next(tx, list.id, cadence).await? else { continue };
        if list.schedule.approve {
            holds::add(tx, &[id], &HoldReason::DigestAwaitsApproval, now).await?;
        } else if holds::release(tx, id, HoldKind::Approval).await? {
            campaigns::set_released(tx, id, now).await?;
        }
    }
    Ok(())
}

/// Whether a list may have such a schedule.
pub(super) fn check_schedule(schedule: &ListSchedule) -> std::result::Result<(), Refusal> {
    if schedule.offered.is_empty() {
        return Err(codes::SCHEDULE_OFFERS_NOTHING.on("offered"));
    }
    if !schedule.offers(schedule.default) {
        return Err(codes::SCHEDULE_DEFAULT_WRONG.on("default"));
    }
    let hours = [schedule.hour, schedule.day_end_hour].into_iter();
    let quiet = schedule.quiet.into_iter().flat_map(|quiet| [quiet.from, quiet.to]);
    let is_day = (1..=7).contains(&schedule.weekday) && (1..=31).contains(&schedule.month_day);
    if !is_day || hours.chain(quiet).any(|hour| hour > 23) {
        return Err(codes::SCHEDULE_TIME_WRONG.on("hour"));
    }
    if schedule.daily_cap.is_some_and(|cap| !(1..=CAP_MAX).contains(&cap)) {
        return Err(codes::SCHEDULE_CAP_WRONG.on("daily_cap").with("max", i64::from(CAP_MAX)));
    }
    check_subject(&schedule.subject)
}

/// Gives a list's next digests the times that its schedule has now.
pub(super) async fn move_digests(
    tx: &mut WriteTx,
    list: &List,
    zone: Tz,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    for settled in digests::settled(tx).await?.into_iter().filter(|settled| settled.list_id == list.id) {
        let next = list.schedule.next_after(settled.cadence, zone, now);
        digests::settle(tx, list.id, settled.cadence, settled.settled_to, next).await?;
        digests::reschedule(tx, list.id, settled.cadence, next, now).await?;
    }
    Ok(())
}

fn retired_reason(list: &List) -> HoldReason {
    HoldReason::ListRetired { list: list.name.clone() }
}

/// Retires a list and puts its scheduled campaigns on hold. Returns the list and the number of those campaigns.
/// Harmless to repeat.
pub async fn retire(cx: &Context<'_>, id: Uuid) -> Result<(List, u64)> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let list = lists::by_id(&mut tx, id).await?.ok_or_else(gone)?;
    if list.retired_at.is_some() {
        return Ok((list, 0));
    }
    lists::set_retired(&mut tx, id, Some(now)).await?;
    let on_their_way = campaigns::on_their_way_to(&mut tx, id).await?;
    let held = holds::add(&mut tx, &on_their_way, &retired_reason(&list), now).await?;
    audit::note(&mut tx, &cx.actor, "retired", subject(&list), (), json!({ "campaigns held": held }), now)
        .await?;
    tx.commit().await?;
    Ok((list, held))
}

/// Restores a retired list. Its campaigns on hold are sent, unless they are late by now. Harmless to repeat.
pub async fn bring_back(cx: &Context<'_>, id: Uuid) -> Result<(List, u64)> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let list = lists::by_id(&mut tx, id).await?.ok_or_else(gone)?;
    if list.retired_at.is_none() {
        return Ok((list, 0));
    }
    lists::set_retired(&mut tx, id, None).await?;
    // They are no later for it than they are.
    let held = holds::of_list(&mut tx, id, HoldKind::Retired).await?;
    for campaign_id in &held {
        holds::release(&mut tx, *campaign_id, HoldKind::Retired).await?;
    }
    let waited = held.len() as u64;
    audit::note(&mut tx, &cx.actor, "restored", subject(&list), (), json!({ "campaigns": waited }), now)
        .await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok((list, waited))
}

/// Holds a campaign that is about to begin on a retired list. True where it is held.
pub async fn hold_if_retired(app: &App, campaign: &Campaign) -> sqlx::Result<bool> {
    let mut tx = app.db.read().await?;
    let retired = retired(&mut tx, campaign.list_id).await?;
    drop(tx);
    let Some(list) = retired else { return Ok(false) };
    let mut tx = app.db.write().await?;
    holds::add(&mut tx, &[campaign.id], &retired_reason(&list), app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The list, if it is retired.
pub async fn retired(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<List>> {
    Ok(lists::by_id(tx, id).await?.filter(|list| list.retired_at.is_some()))
}

/// What a page or a command says of a retired list.
pub fn retired_sentence(list: &List, since: DateTime<Utc>) -> String {
    let day = since.format("%-d %B %Y").to_string();
    say("list-retired-command").with("name", &list.name).with("day", day).to_string()
}
