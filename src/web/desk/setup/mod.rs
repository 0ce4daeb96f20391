//! The first run: the first admin, then steps that may be left and come back to, from nothing to a first
//! campaign. Here are its beginning and its end; each step between has its file.

mod feed;
mod list;
mod publication;
mod relay;
mod sender;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use secrecy::SecretString;

pub use self::feed::{bind_feed, check_feed, show_feed};
pub use self::list::{add_list, show_list};
pub use self::publication::{read_site, save_publication, show_publication};
pub use self::relay::{save_relay, show_relay};
pub use self::sender::{save_sender, show_sender};
use super::frame::{Desk, Fields, Me, Tab, done};
use super::{refuse, see_other, sign_in};
use crate::actions::people;
use crate::actions::settings::FieldErrors;
use crate::actions::setup::{self, Need, Progress};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::lists::List;
use crate::db::users;
use crate::domain::refusal::{Kind, Refusal};
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::query;

/// One step, as the list of them shows it.
pub struct Step {
    /// A key.
    pub name: &'static str,
    pub path: &'static str,
    pub is_done: bool,
    pub is_here: bool,
}

fn steps(progress: &Progress, here: &str) -> Vec<Step> {
    let steps = [
        ("setup-step-account", "", true),
        ("setup-step-publication", "publication", progress.has(Need::Publication)),
        ("setup-step-list", "list", progress.has(Need::List)),
        ("setup-step-feed", "feed", progress.has(Need::Feed)),
        ("setup-step-sender", "sender", progress.has(Need::Relay)),
        ("setup-step-relay", "relay", progress.has(Need::Relay)),
        ("setup-step-done", "done", progress.is_ended()),
    ];
    let step = |(name, path, is_done)| Step { name, path, is_done, is_here: path == here };
    steps.into_iter().map(step).collect()
}

/// What a step's page begins with: what is there, and the desk around it.
async fn begin(app: &Arc<App>, me: &Me, request: &HttpRequest) -> Result<(Progress, Desk), ErrorPage> {
    let cx = Context::new(app, me.actor());
    let progress = Progress::read(&cx, &me.user.email).await.map_err(refuse)?;
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    Ok((progress, desk))
}

/// What a form that was refused is answered with.
fn status(wrong: &FieldErrors) -> StatusCode {
    if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// A step's address, with the feed that an earlier one has found.
fn with_feed(path: &str, feed: &str) -> String {
    if feed.is_empty() || feed.len() > 2000 {
        return path.to_owned();
    }
    query::with(path, [("feed", feed)])
}

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct FirstPage {
    desk: Desk,
    token: String,
    email: String,
    name: String,
    wrong: FieldErrors,
}

async fn first_page(app: &App, fields: &Fields, token: &str, wrong: FieldErrors) -> Answer {
    let desk = Desk::bare(app, &mut app.db.read().await?).await?;
    let (email, name) = (fields.text("email").to_owned(), fields.text("name").to_owned());
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &FirstPage { desk, token: token.to_owned(), email, name, wrong })
}

/// Lets in whoever has the token that `serve` prints, while there are no users.
async fn check_token(app: &App, token: &str) -> Result<bool, ErrorPage> {
    if !users::is_empty(&mut app.db.read().await?).await? {
        return Ok(false);
    }
    if app.keyring.is_setup_token(token) {
        return Ok(true);
    }
    Err(ErrorPage::new(StatusCode::FORBIDDEN, "setup-closed", "setup-closed-lead"))
}

/// `GET /admin/setup`: `token`.
pub async fn show(app: web::Data<App>, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    let token = fields.text("token");
    match check_token(&app, token).await? {
        true => first_page(&app, &Fields::default(), token, FieldErrors::default()).await,
        false => Ok(see_other("/admin/setup/publication")),
    }
}

/// `POST /admin/setup`: `token`, `email`, `name`, `password`.
pub async fn make_first_admin(app: web::Data<App>, request: HttpRequest, fields: Fields) -> Answer {
    let token = fields.text("token");
    if !check_token(&app, token).await? {
        return Ok(see_other("/admin/setup/publication"));
    }
    let (email, name) = (fields.text("email"), &*fields.line("name"));
    let password = SecretString::from(fields.raw("password"));
    let place = sign_in::place(&app, &request);
    let cx = Context::new(&app, Actor::nobody_yet(&place.ip));
    match people::first_admin(&cx, email, name, &password, &place).await {
        Ok(begun) => {
            let sentence = say("setup-created").to_string();
            let mut response = done(&app, "/admin/setup/publication", sentence);
            sign_in::remember(&app, &mut response, &begun);
            Ok(response)
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            // Of nothing in particular it is said where the button is.
            let field = if refusal.field.is_empty() { "password" } else { refusal.field };
            let wrong = FieldErrors::of(&Refusal { field, ..refusal });
            first_page(&app, &fields, token, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

#[derive(Template)]
#[template(path = "admin/setup_done.html")]
struct DonePage {
    desk: Desk,
    steps: Vec<Step>,
    /// What it is, a key, and its step.
    missing: Vec<(&'static str, &'static str)>,
    name: String,
    list: Option<List>,
    has_feed: bool,
    is_ended: bool,
    is_captured: bool,
}

/// `GET /admin/setup/done`: what is missing, and what to do next.
pub async fn show_done(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let (progress, desk) = begin(&app, &me, &request).await?;
    let steps = steps(&progress, "done");
    let needs = [
        (Need::Publication, "setup-missing-publication", "publication"),
        (Need::PostalAddress, "setup-missing-postal-address", "publication"),
        (Need::List, "setup-missing-list", "list"),
        (Need::Feed, "setup-missing-feed", "feed"),
        (Need::Relay, "setup-missing-relay", if app.config.takes_relay_of_desk { "relay" } else { "sender" }),
    ];
    let is_captured = app.captures_mail();
    // Captured mail needs no relay; the page says that it is.
    let missing =
        needs.into_iter().filter(|(need, ..)| !(progress.has(*need) || *need == Need::Relay && is_captured));
    let missing = missing.map(|(_, what, step)| (what, step)).collect();
    let Progress { publication, lists, feeds, .. } = progress;
    let is_ended = publication.setup_at.is_some();
    let (list, has_feed) = (lists.into_iter().next(), !feeds.is_empty());
    let name = publication.name;
    page(StatusCode::OK, &DonePage { desk, steps, missing, name, list, has_feed, is_ended, is_captured })
}

/// `POST /admin/setup/end`
pub async fn end(app: web::Data<App>, me: Me) -> Result<HttpResponse, ErrorPage> {
    setup::end(&Context::new(&app, me.actor())).await.map_err(refuse)?;
    Ok(done(&app, "/admin", say("setup-finished").to_string()))
}
