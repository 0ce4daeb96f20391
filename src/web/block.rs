//! "This wasn't me": no more mail to an address that somebody else signed up.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web;
use uuid::Uuid;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::reader;
use crate::actions::Context;
use crate::actions::consent;
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::subscribers::Subscriber;
use crate::db::{self, merges, suppressions};
use crate::domain::email_address::masked;
use crate::domain::links::Link;
use crate::locale::Phrase;

/// The id of the link, and the subscriber with the address to which its mail went.
async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<(Uuid, Subscriber), ErrorPage> {
    let Some(Link::Block { subscriber }) = app.keyring.read(token) else {
        return Err(ErrorPage::bad_link());
    };
    Ok((subscriber, merges::recipient(tx, subscriber).await?.ok_or_else(ErrorPage::nobody)?))
}

/// `GET /block/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let (_, subscriber) = find(&app, &mut tx, &token).await?;
    let site = Site::read(&app, &mut tx).await?;
    if suppressions::is_suppressed(&mut tx, &subscriber.email_key).await? {
        return private(StatusCode::OK, &said(site, &subscriber, "blocked", "blocked-lead"));
    }
    let asked = said(site, &subscriber, "block-heading", "block-lead");
    private(StatusCode::OK, &asked.button("block-button"))
}

/// `POST /block/{token}`
pub async fn submit(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (id, subscriber) = find(&app, &mut app.db.read().await?, &token).await?;
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    consent::block(&Context::new(&app, Actor::reader(&ip)), id).await?;
    private(StatusCode::OK, &said(Site::of(&app).await?, &subscriber, "blocked", "blocked-lead"))
}

fn said(site: Site, subscriber: &Subscriber, title: &'static str, lead: &'static str) -> Said {
    let site = site.in_language_of([subscriber.language.as_str()]);
    let lead =
        Phrase::new(lead).with("address", masked(&subscriber.email)).with("publication", site.name.clone());
    Said::new(site, title, lead)
}
