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
use crate::db::{self, subscribers};
use crate::domain::email_address::masked;
use crate::domain::links::{Link, fingerprint};

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
    let now = app.clock.now();
    if confirmation.confirmed_at.is_some() || confirmation.expires_at <= now {
        let outcome = consent::confirmed(&mut tx, &confirmation, now).await?;
        return answer(site, outcome);
    }
    let subscriber = subscribers::by_id(&mut tx, confirmation.subscriber_id).await?;
    let subscriber = subscriber.ok_or_else(ErrorPage::nobody)?;
    let mut named = confirmations::lists(&mut tx, confirmation.id).await?;
    named.retain(|list| list.retired_at.is_none());
    let meanwhile = confirmations::lists_asked_for_meanwhile(&mut tx, confirmation.id).await?;
    let meanwhile = meanwhile.into_iter().filter(List::is_open).collect();
    let page = ConfirmPage { site, masked: masked(&subscriber.email), named: names(&named), meanwhile };
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
    let site = Site::of(app).await?;
    answer(site, outcome)
}

fn answer(site: Site, outcome: Confirmed) -> Answer {
    let name = site.name.clone();
    match outcome {
        Confirmed::Active(lists) => {
            let sentence = format!("{} from {name} will come to your inbox.", names(&lists));
            let said = Said::new(site, "You are subscribed", &sentence);
            private(StatusCode::OK, &said.link("/archive", "Read what was sent before"))
        }
        Confirmed::LeftSince => {
            let sentence = "You left since that mail was sent, and it stays so. To come back, sign up again.";
            let said = Said::new(site, "You are not subscribed", sentence);
            private(StatusCode::OK, &said.link("/", "Sign up again"))
        }
        Confirmed::Suppressed => {
            let sentence = format!("It is on the list of addresses that {name} never writes to.");
            private(StatusCode::OK, &Said::new(site, "No mail goes to this address", &sentence))
        }
        Confirmed::Expired => expired(site),
    }
}

fn expired(site: Site) -> Answer {
    let sentence = "It was good for 72 hours. Sign up again and a new one comes.";
    let said = Said::new(site, "This link has expired", sentence);
    private(StatusCode::GONE, &said.link("/", "Sign up again"))
}

fn names(lists: &[List]) -> String {
    match lists {
        [] => "Nothing".to_owned(),
        [one] => one.name.clone(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(|list| list.name.as_str()).collect();
            format!("{} and {}", most.join(", "), last.name)
        }
    }
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
