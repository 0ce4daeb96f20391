//! Leaving: at once, with no sign-in, no cookie and no question. The link never expires.

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
use crate::db::lists;
use crate::domain::links::Link;

fn read(app: &App, token: &str) -> Result<(Uuid, Uuid), ErrorPage> {
    match app.keyring.read(token) {
        Some(Link::Unsubscribe { subscriber, list }) => Ok((subscriber, list)),
        _ => Err(ErrorPage::bad_link()),
    }
}

/// `GET /unsubscribe/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (_, list_id) = read(&app, &token)?;
    let mut tx = app.db.read().await?;
    let site = Site::read(&app, &mut tx).await?;
    let list = lists::by_id(&mut tx, list_id).await?;
    let name = list.map_or_else(|| site.name.clone(), |list| list.name);
    let (title, button) = (format!("Leave {name}?"), format!("Leave {name}"));
    let sentence = "One press, and it is done.";
    let mut said = Said::new(site, &title, sentence).button(&button);
    said.second = "Leave all lists";
    private(StatusCode::OK, &said)
}

/// `POST /unsubscribe/{token}`: RFC 8058, our own button, or an empty body. Whatever the body is,
/// it leaves; only `all=true` makes it leave every list.
pub async fn submit(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let (subscriber_id, list_id) = read(&app, &token)?;
    let mut fields = url::form_urlencoded::parse(&body);
    let all = fields.any(|(name, value)| name == "all" && value == "true");
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let was = match all {
        true => consent::leave_all(&cx, subscriber_id).await.map(|()| true)?,
        false => consent::leave(&cx, subscriber_id, list_id).await?,
    };
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, list_id).await?;
    let site = Site::read(&app, &mut tx).await?;
    drop(tx);
    if all {
        let said = Said::new(site, "You have left every list", "Nothing more will come.");
        return private(StatusCode::OK, &said);
    }
    let (Some(list), true) = (list, was) else {
        return private(StatusCode::OK, &Said::new(site, "You are not subscribed", "Nothing will come."));
    };
    let title = format!("You have left {}", list.name);
    let sentence = "Nothing more of it will come. Your other lists, if you have any, stay as they are.";
    let mut said = Said::new(site, &title, sentence);
    said.second = "Leave all lists";
    private(StatusCode::OK, &said)
}
