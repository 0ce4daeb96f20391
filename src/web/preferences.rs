//! Lists, cadence, and the fields that an admin opened to readers. The link travels in forwarded mails, so the page
//! shows the address masked, no other field, and changes nothing else.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::field_inputs::{self, ShownField};
use super::page::{Answer, ErrorPage, Said, Site, make_private, private};
use super::{edge, reader};
use crate::actions::consent::{self, Choice, Chosen};
use crate::actions::fields::set_by_reader;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::lists::{self, List};
use crate::db::subscribers::Subscriber;
use crate::db::subscriptions::Subscription;
use crate::db::{self, fields, merges, subscriptions, suppressions};
use crate::domain::email_address::masked;
use crate::domain::links::Link;
use crate::domain::refusal::Refusal;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::Localizer;

struct ShownChoice {
    value: &'static str,
    /// The key of its label.
    label: &'static str,
    chosen: bool,
}

struct Row {
    slug: String,
    name: String,
    description: String,
    /// Asked for and not confirmed.
    waits: bool,
    choices: Vec<ShownChoice>,
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
    /// Tag, name, and whether it is the one that mails and pages are in.
    languages: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    /// Those that are open to readers.
    fields: Vec<ShownField>,
}

async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<Subscriber, ErrorPage> {
    let Some(Link::Preferences { subscriber }) = app.keyring.read(token) else {
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

/// The page; `typed` is what could not be saved of the fields, and `wrong` why.
async fn preferences_page(
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
    let rows = shown_lists(&mut tx, &held).await?.into_iter().map(|list| {
        let subscription = held.iter().find(|held| held.list_id == list.id);
        let waits = subscription.is_some_and(|held| held.status == SubscriptionStatus::Pending);
        let chosen = subscription
            .filter(|held| match held.status {
                SubscriptionStatus::Active => true,
                SubscriptionStatus::Pending => !confirmed,
                _ => false,
            })
            .map(|held| held.cadence);
        // What somebody chose before stays their choice while no other is offered.
        let on = subscription.map(|held| held.cadence).unwrap_or_default();
        let choice = |value, label, cadence| ShownChoice { value, label, chosen: chosen == cadence };
        Row {
            choices: vec![
                choice(on.as_str(), on.key(), chosen.or(Some(on))),
                choice("off", "cadence-off", None),
            ],
            waits,
            slug: list.slug,
            name: list.name,
            description: list.description,
        }
    });
    let open = fields::open(&mut tx).await?;
    let stored = match open.is_empty() {
        true => Vec::new(),
        false => fields::of_subscriber(&mut tx, subscriber.id).await?,
    };
    let page = PreferencesPage {
        fields: field_inputs::shown(&open, &stored, typed, wrong),
        masked: masked(&subscriber.email),
        since: site.day(subscriber.created_at),
        suppressed: suppressions::is_suppressed(&mut tx, &subscriber.email_key).await?,
        outcome: match query {
            "saved=1" => Some("preferences-saved"),
            "saved=0" => Some("preferences-unchanged"),
            "saved=off" => Some("preferences-still-off"),
            _ => None,
        },
        languages: Localizer::choices()
            .map(|(tag, name)| (tag == site.words.lang(), tag, name))
            .map(|(chosen, tag, name)| (tag, name, chosen))
            .collect(),
        saved: query == "saved=1",
        rows: rows.collect(),
        site,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
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
        consent::leave_all(&cx, subscriber.id).await?;
        let site = Site::of(&app).await?.in_language_of([subscriber.language.as_str()]);
        let said = Said::new(site, "unsubscribed-all", "unsubscribed-all-lead").link("/", "subscribe-again");
        return private(StatusCode::OK, &said);
    }
    let held = subscriptions::of_subscriber(&mut tx, subscriber.id).await?;
    let mut choices = Vec::new();
    for list in shown_lists(&mut tx, &held).await? {
        let cadence = match fields.get(&format!("list-{}", list.slug)).map(String::as_str) {
            Some("off") => None,
            Some(text) => match Cadence::parse(text) {
                Some(cadence) => Some(cadence),
                None => continue,
            },
            None => continue,
        };
        choices.push(Choice { list_id: list.id, cadence });
    }
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

/// The page with something in each of its places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let row = |cadence: Cadence, waits| Row {
        slug: "world".to_owned(),
        name: "World".to_owned(),
        description: "What happened elsewhere".to_owned(),
        waits,
        choices: vec![
            ShownChoice { value: cadence.as_str(), label: cadence.key(), chosen: true },
            ShownChoice { value: "off", label: "cadence-off", chosen: false },
        ],
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
                languages: vec![
                    ("en".to_owned(), "English".to_owned(), true),
                    ("xx".to_owned(), "Xx".to_owned(), false),
                ],
                fields: field_inputs::samples(),
                rows: Cadence::ALL.map(|cadence| row(cadence, cadence == Cadence::Daily)).into(),
            };
            ("preferences.html", page.render().unwrap())
        })
        .into()
}
