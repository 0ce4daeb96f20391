//! Lists and cadence. The link travels in forwarded mails, so the page shows the address masked
//! and changes nothing else.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::page::{Answer, ErrorPage, Said, Site, make_private, private};
use super::{edge, reader};
use crate::actions::Context;
use crate::actions::consent::{self, Choice, Chosen};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::lists::{self, List};
use crate::db::subscribers::Subscriber;
use crate::db::subscriptions::Subscription;
use crate::db::{self, subscribers, subscriptions, suppressions};
use crate::domain::email_address::masked;
use crate::domain::links::Link;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

struct ShownChoice {
    value: &'static str,
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
    /// What came of the last save; empty where there was none.
    outcome: &'static str,
    saved: bool,
    rows: Vec<Row>,
}

async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<Subscriber, ErrorPage> {
    let Some(Link::Preferences { subscriber }) = app.keyring.read(token) else {
        return Err(ErrorPage::bad_link());
    };
    subscribers::by_id(tx, subscriber).await?.ok_or_else(ErrorPage::nobody)
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
    let mut tx = app.db.read().await?;
    let subscriber = find(&app, &mut tx, &token).await?;
    let site = Site::read(&app, &mut tx).await?;
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
        let choice = |value, label, cadence| ShownChoice { value, label, chosen: chosen == cadence };
        Row {
            choices: vec![
                choice("each", "Each", Some(Cadence::Each)),
                choice("daily", "Daily", Some(Cadence::Daily)),
                choice("weekly", "Weekly", Some(Cadence::Weekly)),
                choice("off", "Off", None),
            ],
            waits,
            slug: list.slug,
            name: list.name,
            description: list.description,
        }
    });
    let page = PreferencesPage {
        masked: masked(&subscriber.email),
        since: site.day(subscriber.created_at),
        suppressed: suppressions::is_suppressed(&mut tx, &subscriber.email_key).await?,
        outcome: match request.query_string() {
            "saved=1" => "Saved",
            "saved=0" => "Nothing was changed",
            "saved=off" => "No mail goes to this address, so no list was turned on",
            _ => "",
        },
        saved: request.query_string() == "saved=1",
        rows: rows.collect(),
        site,
    };
    private(StatusCode::OK, &page)
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
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let mut tx = app.db.read().await?;
    let subscriber = find(&app, &mut tx, &token).await?;
    if fields.get("leave").is_some_and(|value| value == "all") {
        drop(tx);
        consent::leave_all(&cx, subscriber.id).await?;
        let said = Said::new(Site::of(&app).await?, "You have left every list", "Nothing more will come.");
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
    let chosen = consent::choose(&cx, subscriber.id, &choices).await?;
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
