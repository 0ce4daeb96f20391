//! "This wasn't me": no more mail to an address that somebody else signed up.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::reader;
use crate::actions::Context;
use crate::actions::consent;
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::subscribers::Subscriber;
use crate::db::{self, subscribers};
use crate::domain::email_address::masked;
use crate::domain::links::Link;

async fn find(app: &App, tx: &mut db::Tx, token: &str) -> Result<Subscriber, ErrorPage> {
    let Some(Link::Block { subscriber }) = app.keyring.read(token) else {
        return Err(ErrorPage::bad_link());
    };
    subscribers::by_id(tx, subscriber).await?.ok_or_else(ErrorPage::nobody)
}

/// `GET /block/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&app, &mut tx, &token).await?;
    let site = Site::read(&app, &mut tx).await?;
    let sentence = format!(
        "Did somebody else type {}? One press, and {} never writes to it again.",
        masked(&subscriber.email),
        site.name
    );
    let said = Said::new(site, "This wasn’t me", &sentence).button("Block this address");
    private(StatusCode::OK, &said)
}

/// `POST /block/{token}`
pub async fn submit(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let subscriber = find(&app, &mut app.db.read().await?, &token).await?;
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    consent::block(&Context::new(&app, Actor::reader(&ip)), subscriber.id).await?;
    let site = Site::of(&app).await?;
    let sentence = format!(
        "{} will not write to {} any more, whoever types it into a form.",
        site.name,
        masked(&subscriber.email)
    );
    private(StatusCode::OK, &Said::new(site, "No more mail to this address", &sentence))
}
