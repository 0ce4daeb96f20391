//! Lists, cadence, pauses, language, and the fields that an admin opened to readers. The link travels in forwarded mails, so
//! the page shows the address masked, no other field, and changes nothing else: see [`super::manage`] for what does.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::field_inputs::{self, ShownField};
use super::page::{Answer, ErrorPage, Site, make_private, private};
use super::{edge, reader, unsubscribe};
use crate::actions::consent::{self, Choice, Chosen};
use crate::actions::fields::set_by_reader;
use crate::actions::{Context, Error, leaving, manage};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::lists::{self, List};
use crate::db::subscribers::Subscriber;
use crate::db::subscriptions::Subscription;
use crate::db::{self, dues, fields, merges, subscriptions, suppressions};
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::links::Link;
use crate::domain::refusal::Refusal;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::Localizer;

pub(super) struct ShownChoice {
    pub value: &'static str,
    /// The key of its label.
    pub label: &'static str,
    pub chosen: bool,
}

impl ShownChoice {
    pub(super) fn of(cadence: Cadence, chosen: bool) -> ShownChoice {
        ShownChoice { value: cadence.as_str(), label: cadence.key(), chosen }
    }
}

struct Row {
    slug: String,
    name: String,
    description: String,
    /// Asked for and not confirmed.
    waits: bool,
    /// When the next mail comes, or until when none does; empty: they don't get it.
    next: String,
    choices: Vec<ShownChoice>,
}

/// A list that gets no mail out for a while, at the wish of its reader.
struct PausedList {
    slug: String,
    name: String,
    until: String,
}

/// The part of the page about pauses.
struct PausePart {
    paused: Vec<PausedList>,
    /// What can be paused: slug and name.
    active: Vec<(String, String)>,
    weeks: [i64; 4],
    /// There are articles that came out while they were away.
    has_missed: bool,
    /// What the last press of a button here did, as a key.
    outcome: Option<&'static str>,
    error: String,
}

#[derive(Template)]
#[template(path = "pages/preferences.html")]
struct PreferencesPage {
    site: Site,
    masked: String,
    since: String,
    suppressed: bool,
    /// What the last save did, as a key.
    outcome: Option<&'static str>,
    saved: bool,
    /// When the next digest comes, once something was saved and nothing comes before it.
    next: String,
    /// Tag, name, and whether it is the one that mails and pages are in.
    languages: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    /// `None`: nothing is sent to them anyway.
    pause: Option<PausePart>,
    /// Where the forms of the part about pauses go.
    token: String,
    /// Those that are open to readers.
    fields: Vec<ShownField>,
    /// What only a link that was mailed a moment ago opens.
    own: Option<OwnPart>,
}

/// The part of the page about the address itself.
struct OwnPart {
    email: String,
    /// What was typed as a new one, and what is wrong with it.
    typed: String,
    error: String,
}

pub(super) async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<Subscriber, ErrorPage> {
    let (Some(Link::Preferences { subscriber }) | Some(Link::Manage { subscriber, .. })) =
        app.keyring.read(token)
    else {
        return Err(ErrorPage::bad_link());
    };
    merges::subscriber(tx, subscriber).await?.ok_or_else(ErrorPage::nobody)
}

/// The public lists, and the others that the subscriber is on: those can be left here too. A retired one
/// takes nobody, so who waits for it is not on it.
async fn shown_lists(tx: &mut db::Tx, subscriptions: &[Subscription]) -> sqlx::Result<Vec<List>> {
    let mut shown = lists::public(tx).await?;
    for subscription in subscriptions {
        let on = matches!(subscription.status, SubscriptionStatus::Active | SubscriptionStatus::Pending);
        if on
            && shown.iter().all(|list| list.id != subscription.list_id)
            && let Some(list) = lists::by_id(tx, subscription.list_id).await?
            && (list.retired_at.is_none() || subscription.status == SubscriptionStatus::Active)
        {
            shown.push(list);
        }
    }
    Ok(shown)
}

/// `GET /preferences/{token}`
pub async fn show(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    preferences_page(&app, &token, request.query_string(), &[], None).await
}

/// "Monday 30 November, 07:00".
fn moment(site: &Site, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&site.zone);
    site.say("date-time")
        .with("day", site.words.day(&local))
        .with("time", site.words.time(&local))
        .to_string()
}

/// One list's line.
fn row(site: &Site, list: &List, held: Option<&Subscription>, confirmed: bool, now: DateTime<Utc>) -> Row {
    let waits = held.is_some_and(|held| held.status == SubscriptionStatus::Pending);
    let chosen = held
        .filter(|held| match held.status {
            SubscriptionStatus::Active => true,
            SubscriptionStatus::Pending => !confirmed,
            _ => false,
        })
        .map(|held| held.cadence);
    // What somebody chose before stays their choice while it is not offered any more.
    let offers = |cadence: &Cadence| list.schedule.offers(*cadence) || chosen == Some(*cadence);
    let offered = Cadence::ALL.into_iter().filter(offers);
    let mut choices: Vec<ShownChoice> =
        offered.map(|cadence| ShownChoice::of(cadence, chosen == Some(cadence))).collect();
    choices.push(ShownChoice { value: "off", label: "cadence-off", chosen: chosen.is_none() });
    let active = held.filter(|held| held.status == SubscriptionStatus::Active);
    let next = match active.map(|held| (held.paused_until, held.cadence)) {
        None => String::new(),
        Some((Some(until), _)) => site.say("preferences-paused").with("date", site.day(until)).to_string(),
        Some((None, Cadence::Each)) => site.say("preferences-next-each").to_string(),
        Some((None, cadence)) => {
            let at = moment(site, list.schedule.next_mail(cadence, site.zone, now));
            site.say("preferences-next").with("time", at).to_string()
        }
    };
    Row {
        choices,
        next,
        waits,
        slug: list.slug.clone(),
        name: list.name.clone(),
        description: list.description.clone(),
    }
}

/// When the next digest of somebody comes; `None` where articles come by themselves before it, or nothing comes.
fn next_digest(
    site: &Site,
    lists: &[List],
    held: &[Subscription],
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let awaited =
        held.iter().filter(|one| one.status == SubscriptionStatus::Active && one.paused_until.is_none());
    let awaited: Vec<&Subscription> = awaited.collect();
    if awaited.iter().any(|one| one.cadence == Cadence::Each) {
        return None;
    }
    let next = |one: &&Subscription| {
        let list = lists.iter().find(|list| list.id == one.list_id)?;
        Some(list.schedule.next_mail(one.cadence, site.zone, now))
    };
    awaited.iter().filter_map(next).min()
}

/// What the part about pauses shows; `error` is what is wrong with its form.
async fn pause_part(
    tx: &mut db::Tx,
    site: &Site,
    lists: &[List],
    (subscriber, held): (Uuid, &[Subscription]),
    (query, error): (&str, String),
) -> sqlx::Result<PausePart> {
    let mut part = PausePart {
        paused: Vec::new(),
        active: Vec::new(),
        weeks: [1, 2, 4, 8],
        has_missed: !dues::missed_while_away(tx, subscriber, 1).await?.is_empty(),
        outcome: match query {
            "saved=paused" => Some("preferences-is-paused"),
            "saved=resumed" => Some("preferences-is-resumed"),
            _ => None,
        },
        error,
    };
    for list in lists {
        let of_list =
            |one: &&Subscription| one.list_id == list.id && one.status == SubscriptionStatus::Active;
        let (slug, name) = (list.slug.clone(), list.name.clone());
        match held.iter().find(of_list).map(|one| one.paused_until) {
            None => {}
            Some(None) => part.active.push((slug, name)),
            Some(Some(until)) => part.paused.push(PausedList { slug, name, until: site.day(until) }),
        }
    }
    Ok(part)
}

/// The page; `typed` is what could not be saved of the fields, and `wrong` why: of those, or of a pause.
pub(super) async fn preferences_page(
    app: &App,
    token: &str,
    query: &str,
    typed: &[(String, String)],
    wrong: Option<&Refusal>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(app, &mut tx, token).await?;
    let site = Site::read(app, &mut tx).await?.in_language_of([subscriber.language.as_str()]);
    let held = subscriptions::of_subscriber(&mut tx, subscriber.id).await?;
    let confirmed = subscriptions::has_ever_confirmed(&mut tx, subscriber.id).await?;
    let lists = shown_lists(&mut tx, &held).await?;
    let now = app.clock.now();
    let of = |list: &List| held.iter().find(|held| held.list_id == list.id);
    let rows = lists.iter().map(|list| row(&site, list, of(list), confirmed, now)).collect();
    let suppressed = suppressions::is_suppressed(&mut tx, &subscriber.email_key).await?;
    let said = |refusal: &Refusal| refusal.phrase().text(&site.words);
    let (of_pause, of_address, of_fields) = match wrong {
        Some(refusal) if refusal.field == "weeks" => (said(refusal), String::new(), None),
        Some(refusal) if refusal.field == "email" => (String::new(), said(refusal), None),
        wrong => (String::new(), String::new(), wrong),
    };
    let new_address = typed.iter().find(|(name, _)| name == "email").map(|(_, text)| text.as_str());
    let unreadable = new_address.and_then(|text| EmailAddress::parse(text).err());
    let own = manage::is_fresh(app, token, &subscriber).then(|| OwnPart {
        email: subscriber.email.clone(),
        typed: new_address.unwrap_or_default().to_owned(),
        error: unreadable.map_or(of_address, |error| error.phrase().text(&site.words)),
    });
    let is_wrong = wrong.is_some() || own.as_ref().is_some_and(|own| !own.error.is_empty());
    let pause = match suppressed {
        true => None,
        false => Some(pause_part(&mut tx, &site, &lists, (subscriber.id, &held), (query, of_pause)).await?),
    };
    let next = Some(query).filter(|query| matches!(*query, "saved=1" | "saved=resumed") && !suppressed);
    let next = next.and_then(|_| next_digest(&site, &lists, &held, now)).map(|at| moment(&site, at));
    let open = fields::open(&mut tx).await?;
    let stored = match open.is_empty() {
        true => Vec::new(),
        false => fields::of_subscriber(&mut tx, subscriber.id).await?,
    };
    let page = PreferencesPage {
        fields: field_inputs::shown(&open, &stored, typed, of_fields),
        masked: if own.is_some() { subscriber.email.clone() } else { masked(&subscriber.email) },
        own,
        since: site.day(subscriber.created_at),
        suppressed,
        next: next.unwrap_or_default(),
        pause,
        token: token.to_owned(),
        outcome: match query {
            "saved=1" => Some("preferences-saved"),
            "saved=0" => Some("preferences-unchanged"),
            "saved=off" => Some("preferences-still-off"),
            _ => None,
        },
        languages: languages(&site.words),
        saved: query == "saved=1",
        rows,
        site,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    private(status, &page)
}

/// `POST /preferences/{token}`
pub async fn submit(
    token: web::Path<String>,
    request: HttpRequest,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    reader::refuse_compressed(&request)?;
    let fields: HashMap<String, String> = edge::fields(&body)?.into_iter().collect();
    let typed = field_inputs::typed(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let mut tx = app.db.read().await?;
    let subscriber = find(&app, &mut tx, &token).await?;
    if fields.get("leave").is_some_and(|value| value == "all") {
        drop(tx);
        let left = leaving::leave_all(&cx, subscriber.id).await?;
        let site = Site::of(&app).await?.in_language_of([subscriber.language.as_str()]);
        return unsubscribe::left_all(&app, site, subscriber.id, &left);
    }
    let held = subscriptions::of_subscriber(&mut tx, subscriber.id).await?;
    let choices = choices(&shown_lists(&mut tx, &held).await?, &held, &fields);
    drop(tx);
    let language =
        fields.get("language").and_then(|tag| Localizer::of(tag)).map(|words| words.lang().to_owned());
    // First: what is wrong with a field keeps the rest from being saved unseen.
    let fields_changed = match set_by_reader(&cx, subscriber.id, &typed).await {
        Ok(changed) => changed,
        Err(Error::Refused(refusal)) if refusal.field == "field" => {
            return preferences_page(&app, &token, "", &typed, Some(&refusal)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let chosen = match consent::choose(&cx, subscriber.id, &choices, language.as_deref()).await? {
        Chosen::Unchanged if fields_changed => Chosen::Saved,
        chosen => chosen,
    };
    let location = match chosen {
        Chosen::Saved => format!("/preferences/{token}?saved=1"),
        Chosen::Unchanged => format!("/preferences/{token}?saved=0"),
        Chosen::Suppressed => format!("/preferences/{token}?saved=off"),
        Chosen::CheckInbox => "/subscribed".to_owned(),
    };
    let mut response = HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish();
    make_private(response.headers_mut());
    Ok(response)
}

/// What was chosen of each list. What one does not offer becomes its default, unless somebody has it since it did.
fn choices(lists: &[List], held: &[Subscription], fields: &HashMap<String, String>) -> Vec<Choice> {
    let chosen = |list: &List| {
        let cadence = match fields.get(&format!("list-{}", list.slug)).map(String::as_str)? {
            "off" => None,
            text => {
                let asked = Cadence::parse(text)?;
                let has = held.iter().any(|held| held.list_id == list.id && held.cadence == asked);
                Some(if has { asked } else { list.schedule.choice(asked) })
            }
        };
        Some(Choice { list_id: list.id, cadence })
    };
    lists.iter().filter_map(chosen).collect()
}

/// The languages to choose from, and whether each is the one that the page is in. A region that is none of them counts
/// as its language.
fn languages(words: &Localizer) -> Vec<(String, String, bool)> {
    let choices: Vec<(String, String)> = Localizer::choices().collect();
    let is_there = choices.iter().any(|(tag, _)| tag == words.lang());
    let shown = if is_there { words.lang() } else { words.language() };
    choices
        .into_iter()
        .map(|(tag, name)| (tag == shown, tag, name))
        .map(|(chosen, tag, name)| (tag, name, chosen))
        .collect()
}

/// The page with something in each of its places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let row = |cadence: Cadence, waits| Row {
        slug: "world".to_owned(),
        name: "World".to_owned(),
        description: "What happened elsewhere".to_owned(),
        waits,
        next: "Next: Monday 30 November, 07:00".to_owned(),
        choices: vec![
            ShownChoice::of(cadence, true),
            ShownChoice { value: "off", label: "cadence-off", chosen: false },
        ],
    };
    let pause = |error: &str, outcome| PausePart {
        paused: vec![PausedList {
            slug: "sport".to_owned(),
            name: "Sport".to_owned(),
            until: "12 January 2027".to_owned(),
        }],
        active: vec![("world".to_owned(), "World".to_owned()), ("sea".to_owned(), "Sea".to_owned())],
        weeks: [1, 2, 4, 8],
        has_missed: true,
        outcome,
        error: error.to_owned(),
    };
    let outcomes =
        [None, Some("preferences-saved"), Some("preferences-unchanged"), Some("preferences-still-off")];
    outcomes
        .map(|outcome| {
            let page = PreferencesPage {
                site: site(),
                masked: "i…@example.org".to_owned(),
                since: "24 November 2026".to_owned(),
                suppressed: true,
                outcome,
                saved: true,
                next: "Monday 30 November, 07:00".to_owned(),
                token: "KwNv".to_owned(),
                pause: match outcome {
                    None => Some(pause("Too long", Some("preferences-is-resumed"))),
                    Some(_) => Some(pause("", Some("preferences-is-paused"))),
                },
                languages: vec![
                    ("en".to_owned(), "English".to_owned(), true),
                    ("xx".to_owned(), "Xx".to_owned(), false),
                ],
                fields: field_inputs::samples(),
                own: outcome.map(|_| OwnPart {
                    email: "ines@example.org".to_owned(),
                    typed: "ines".to_owned(),
                    error: "No @".to_owned(),
                }),
                rows: Cadence::ALL.map(|cadence| row(cadence, cadence == Cadence::Daily)).into(),
            };
            ("preferences.html", page.render().unwrap())
        })
        .into()
}
