//! The setup's first step: what pages and mails say of the publication, read from its site where that says it.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Step, begin, status, steps, with_feed};
use crate::actions::settings::{self, FieldErrors, Form, Part};
use crate::actions::setup::{self, Need};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::domain::refusal::Kind;
use crate::locale::{Localizer, say};
use crate::web::assets;
use crate::web::desk::frame::{Desk, Fields, Me, done};
use crate::web::desk::refuse;
use crate::web::desk::settings::zones;
use crate::web::page::{Answer, page};

/// What the step holds.
const PARTS: [Part; 2] = [Part::Publication, Part::Brand];

#[derive(Template)]
#[template(path = "admin/setup_publication.html")]
struct PublicationPage {
    desk: Desk,
    steps: Vec<Step>,
    form: Form,
    wrong: FieldErrors,
    zones: Vec<&'static str>,
    /// The feed that the site names; goes along to its step.
    feed: String,
    /// What was found at the site; empty: it was not looked at.
    found: String,
    /// Nobody has chosen the zone yet: a script may propose the browser's.
    is_zone_open: bool,
    script: String,
}

struct Typed {
    form: Form,
    wrong: FieldErrors,
    feed: String,
    found: String,
}

async fn publication_page(app: &Arc<App>, me: &Me, request: &HttpRequest, typed: Option<Typed>) -> Answer {
    let (progress, desk) = begin(app, me, request).await?;
    let stands = &progress.publication;
    let typed = typed.unwrap_or_else(|| {
        let mut form = Form::of(stands, &PARTS);
        if !progress.has_name() {
            form.set("name", "");
        }
        Typed { form, wrong: FieldErrors::default(), feed: String::new(), found: String::new() }
    });
    let Typed { form, wrong, feed, found } = typed;
    let status = status(&wrong);
    let is_zone_open = !progress.has(Need::Publication) && form.get("time_zone") == "UTC";
    let (zones, script) = (zones(form.get("time_zone")), assets::path("setup.js"));
    let steps = steps(&progress, "publication");
    page(status, &PublicationPage { desk, steps, form, wrong, zones, feed, found, is_zone_open, script })
}

/// `GET /admin/setup/publication`
pub async fn show_publication(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    publication_page(&app, &me, &request, None).await
}

/// `POST /admin/setup/site`: reads what the site at `url` says of itself into the form.
pub async fn read_site(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let mut form = Form::typed(&PARTS, |name| fields.raw(name).to_owned());
    let mut feed = fields.text("feed").to_owned();
    let (wrong, found) = match setup::read_site(&Context::new(&app, me.actor()), &mut form).await {
        Ok(read) => {
            if !read.feed.is_empty() {
                feed = read.feed;
            }
            (FieldErrors::default(), told(&read.found))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            (FieldErrors::of(&refusal), String::new())
        }
        Err(error) => return Err(refuse(error)),
    };
    publication_page(&app, &me, &request, Some(Typed { form, wrong, feed, found })).await
}

/// "We found the name, the tagline and a feed…"
fn told(found: &[&str]) -> String {
    if found.is_empty() {
        return say("setup-found-nothing").to_string();
    }
    let things: Vec<String> = found.iter().map(|key| say(key).to_string()).collect();
    let things: Vec<&str> = things.iter().map(String::as_str).collect();
    say("setup-found").with("things", Localizer::english().and(&things)).to_string()
}

/// `POST /admin/setup/publication`
pub async fn save_publication(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = Form::typed(&PARTS, |name| fields.raw(name).to_owned());
    let feed = fields.text("feed").to_owned();
    match settings::save(&Context::new(&app, me.actor()), &PARTS, &form, "").await {
        Ok(_) => Ok(done(&app, &with_feed("/admin/setup/list", &feed), say("setup-saved").to_string())),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let typed = Typed { form, wrong: FieldErrors::of(&refusal), feed, found: String::new() };
            publication_page(&app, &me, &request, Some(typed)).await
        }
        Err(error) => Err(refuse(error)),
    }
}
