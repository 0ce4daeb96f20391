//! "Keep my subscription": a button for readers who are asked whether they still want a list.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use uuid::Uuid;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::reader;
use crate::actions::Context;
use crate::actions::permission::{self, Kept};
use crate::app::App;
use crate::db::audit::Actor;
use crate::domain::links::Link;
use crate::locale::Phrase;

fn read(app: &App, token: &str) -> Result<(Uuid, Uuid), ErrorPage> {
    match app.keyring.read(token) {
        Some(Link::Keep { request, subscriber }) => Ok((request, subscriber)),
        _ => Err(ErrorPage::bad_link()),
    }
}

/// What is said of a list, with a button where there is something to decide.
async fn say(app: &App, kept: Kept, is_done: bool) -> Answer {
    let languages = [kept.subscriber.language.as_str(), kept.list.language.as_str()];
    let site = Site::of(app).await?.in_language_of(languages);
    let titled = |key| Phrase::new(key).with("newsletter", kept.list.name.clone());
    let said = match (kept.is_on, kept.is_kept || is_done) {
        (false, _) => Said::new(site, titled("unsubscribed-already"), "unsubscribed-already-lead")
            .link("/", "subscribe-again"),
        (true, true) => {
            Said::new(site, titled("kept"), "kept-lead").link("/archive", "confirmed-past-issues")
        }
        (true, false) => Said::new(site, titled("keep-heading"), "keep-lead").button("keep-button"),
    };
    private(StatusCode::OK, &said)
}

/// `GET /keep/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (request, subscriber) = read(&app, &token)?;
    let kept = permission::find(&mut app.db.read().await?, request, subscriber).await?;
    say(&app, kept, false).await
}

/// `POST /keep/{token}`
pub async fn submit(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (asked, subscriber) = read(&app, &token)?;
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let kept = permission::keep(&cx, asked, subscriber).await?;
    say(&app, kept, true).await
}
