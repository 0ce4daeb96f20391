//! Confirming. Mail scanners open every link, so a GET shows a button and changes nothing. Only
//! where the browser that signed up, and a person in it, follows the link is that click enough.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, web};
use askama::Template;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::{edge, reader};
use crate::actions::Context;
use crate::actions::consent::{self, Confirmed};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::confirmations::{self, Confirmation};
use crate::db::lists::List;
use crate::db::subscriptions::Subscription;
use crate::db::{self, subscribers, subscriptions};
use crate::domain::email_address::masked;
use crate::domain::links::{Link, fingerprint};
use crate::locale::{Localizer, Phrase};

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct ConfirmPage {
    site: Site,
    masked: String,
    named: String,
    meanwhile: Vec<List>,
}

/// `GET /confirm/{token}`
pub async fn show(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let confirmation = find(&app, &mut tx, &token).await?;
    if is_the_person_who_signed_up(&request, &app, &confirmation) {
        drop(tx);
        return act(&request, &app, &token, &[]).await;
    }
    let site = Site::read(&app, &mut tx).await?;
    let reader =
        subscribers::by_id(&mut tx, confirmation.subscriber_id).await?.ok_or_else(ErrorPage::nobody)?;
    let site = site.in_language_of([reader.language.as_str()]);
    let now = app.clock.now();
    if confirmation.confirmed_at.is_some() || confirmation.expires_at <= now {
        let outcome = consent::confirmed(&mut tx, &confirmation, now).await?;
        let held = subscriptions::of_subscriber(&mut tx, confirmation.subscriber_id).await?;
        return answer(site, outcome, &held);
    }
    let mut named = confirmations::lists(&mut tx, confirmation.id).await?;
    named.retain(|list| list.retired_at.is_none());
    let meanwhile = confirmations::lists_asked_for_meanwhile(&mut tx, confirmation.id).await?;
    let meanwhile = meanwhile.into_iter().filter(List::is_open).collect();
    let held = subscriptions::of_subscriber(&mut tx, confirmation.subscriber_id).await?;
    let named = names(&site.words, &named, &held);
    let page = ConfirmPage { site, masked: masked(&reader.email), named, meanwhile };
    private(StatusCode::OK, &page)
}

/// `POST /confirm/{token}`: an empty body confirms what the mail named.
pub async fn submit(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let extra: Vec<String> =
        edge::fields(&body)?.into_iter().filter(|(name, _)| name == "list").map(|(_, slug)| slug).collect();
    act(&request, &app, &token, &extra).await
}

async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<Confirmation, ErrorPage> {
    let Some(Link::Confirm { confirmation }) = app.keyring.read(token) else {
        return Err(ErrorPage::bad_link());
    };
    confirmations::by_id(tx, confirmation).await?.ok_or_else(ErrorPage::nobody)
}

async fn act(request: &HttpRequest, app: &Arc<App>, token: &str, extra: &[String]) -> Answer {
    let ip = reader::ip(request, &app.config.trusted_proxies).to_string();
    let confirmation = find(app, &mut app.db.read().await?, token).await?;
    let cx = Context::new(app, Actor::reader(&ip));
    let outcome = consent::confirm(&cx, confirmation.id, extra).await?;
    let mut tx = app.db.read().await?;
    let reader = subscribers::by_id(&mut tx, confirmation.subscriber_id).await?;
    let site = Site::read(app, &mut tx).await?;
    let held = subscriptions::of_subscriber(&mut tx, confirmation.subscriber_id).await?;
    drop(tx);
    let site = site.in_language_of(reader.iter().map(|reader| reader.language.as_str()));
    answer(site, outcome, &held)
}

fn answer(site: Site, outcome: Confirmed, held: &[Subscription]) -> Answer {
    let name = site.name.clone();
    let said = match outcome {
        Confirmed::Active(lists) => {
            let newsletters = names(&site.words, &lists, held);
            let lead =
                Phrase::new("confirmed-lead").with("newsletters", newsletters).with("publication", name);
            Said::new(site, "confirmed", lead).link("/archive", "confirmed-past-issues")
        }
        Confirmed::LeftSince => {
            Said::new(site, "confirm-left-since", "confirm-left-since-lead").link("/", "subscribe-again")
        }
        Confirmed::Suppressed => {
            let lead = Phrase::new("confirm-suppressed-lead").with("publication", name);
            Said::new(site, "confirm-suppressed", lead)
        }
        Confirmed::Expired => {
            let lead =
                Phrase::new("confirm-expired-lead").with("hours", consent::CONFIRMATION_LIFE.num_hours());
            let said = Said::new(site, "confirm-expired", lead).link("/", "subscribe-again");
            return private(StatusCode::GONE, &said);
        }
    };
    private(StatusCode::OK, &said)
}

/// Lists as a sentence names them, each with how often it comes.
fn names(words: &Localizer, lists: &[List], held: &[Subscription]) -> String {
    let name = |list: &List| {
        let cadence = held.iter().find(|held| held.list_id == list.id).map(|held| held.cadence);
        let key = cadence.unwrap_or_default().newsletter_key();
        words.text(key).with("newsletter", &list.name).to_string()
    };
    words.and(&lists.iter().map(name).collect::<Vec<_>>())
}

/// Whether this GET is the click of whoever signed up: the cookie of that very sign-up, and a
/// person's navigation. Every condition must hold, so that what is unknown gets the button.
fn is_the_person_who_signed_up(request: &HttpRequest, app: &App, confirmation: &Confirmation) -> bool {
    request.method() == Method::GET
        && is_navigation(request.headers())
        && reader::browser(request, app).is_some_and(|browser| fingerprint(&browser) == confirmation.browser)
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|sent| sent == value);
    says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
        && !["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| headers.contains_key(*name))
}

/// The page with something in each of its places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let list = List {
        id: uuid::Uuid::nil(),
        slug: "world".to_owned(),
        name: "World".to_owned(),
        description: "What happened elsewhere".to_owned(),
        public: true,
        from_name: String::new(),
        reply_to: String::new(),
        position: 0,
        retired_at: None,
        language: String::new(),
        schedule: Default::default(),
    };
    ["", "World"]
        .map(|named| {
            let (masked, named) = ("i…@example.org".to_owned(), named.to_owned());
            let page = ConfirmPage { site: site(), masked, named, meanwhile: vec![list.clone()] };
            ("confirm.html", page.render().unwrap())
        })
        .into()
}
