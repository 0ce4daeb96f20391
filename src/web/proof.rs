//! The proof that a sign-up may be asked for, in one place for forms and JSON alike, before anything is stored: a
//! solved challenge, or, without JavaScript, a ticket in a cookie and ten seconds. Whoever is asked loses nothing that
//! they typed, and nobody is dropped.
//!
//! The page that asks is the same for every address: what was typed travels in the ticket, sealed.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::assets;
use super::limits::TicketLimit;
use super::page::{self, Answer, ErrorPage, Site, page};
use super::subscribe::SubscribeForm;
use crate::actions::sign_up_guard;
use crate::app::App;
use crate::app::sign_up_watch::Arrival;
use crate::domain::proof::Proof;
use crate::domain::sign_up::SignUpOutcome;

/// A form that is back sooner was filled by no person.
const FAST: TimeDelta = TimeDelta::seconds(2);
/// A stamp that is older says nothing.
const STAMP_LIFE: TimeDelta = TimeDelta::hours(24);
/// A ticket is good from then on, and until then.
const TICKET_WAIT: TimeDelta = TimeDelta::seconds(10);
const TICKET_LIFE: TimeDelta = TimeDelta::minutes(15);
/// What browsers keep of a cookie, less its name and attributes.
const TICKET_BYTES_MAX: usize = 3600;
const TICKET: &str = "sign-up ticket";

/// The policy of the page that asks: one script of ours. It may be framed, as a form in a frame leads to it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors *";

/// When a form was shown, for its field `at`.
pub fn stamp(app: &App) -> String {
    app.keyring.form_stamp(app.clock.now().timestamp())
}

/// What a browser keeps for somebody who was asked.
#[derive(Serialize, Deserialize)]
pub struct Ticket {
    id: Uuid,
    issued_at: DateTime<Utc>,
    form: SubscribeForm,
}

#[derive(Template)]
#[template(path = "pages/proof.html")]
struct ProofPage {
    site: Site,
    script: String,
    /// The button was pressed too soon.
    is_early: bool,
}

/// The cookie's name: `__Host-` ties it to this host, and needs https.
fn cookie_name(app: &App) -> &'static str {
    if app.config.base_url.scheme() == "https" { "__Host-postrider-ticket" } else { "postrider-ticket" }
}

/// The ticket that a browser holds, for the form that only has the button.
pub fn ticket(request: &HttpRequest, app: &App) -> Result<Ticket, ErrorPage> {
    let read = || {
        let cookie = request.cookie(cookie_name(app))?;
        let opened = app.keyring.open(TICKET, cookie.value())?;
        let ticket: Ticket = serde_json::from_slice(&opened).ok()?;
        (app.clock.now() - ticket.issued_at < TICKET_LIFE).then_some(ticket)
    };
    read().ok_or_else(|| ErrorPage::new(StatusCode::FORBIDDEN, "proof-expired", "proof-expired-lead"))
}

impl Ticket {
    /// What was typed when it was issued.
    pub fn form(&self) -> SubscribeForm {
        self.form.clone()
    }
}

/// What is sent beside the address.
pub struct Visit<'a> {
    pub ip: IpAddr,
    pub domain: &'a str,
    pub form: &'a SubscribeForm,
    /// The solution of a challenge; empty: none.
    pub solution: &'a str,
    pub ticket: Option<&'a Ticket>,
}

/// What is decided about a sign-up.
pub enum Passage {
    /// It is stored, with what is used up by it, and counted so.
    Open(Option<Proof>, SignUpOutcome),
    Asked(SignUpOutcome),
    /// Its ticket is not good yet.
    Early,
    /// It is one ticket too many: the seconds to wait.
    Later(u64),
}

/// Whether a sign-up is stored, or what it is asked for. Nothing that is known of the address matters.
pub async fn judge(app: &App, limit: &TicketLimit, visit: &Visit<'_>) -> Result<Passage, ErrorPage> {
    sign_up_guard::look(app).await?;
    let (now, watch) = (app.clock.now(), &app.sign_up_watch);
    let arrival = Arrival { ip: visit.ip, domain: visit.domain };
    if !visit.solution.is_empty() {
        return Ok(match app.keyring.read_proof(visit.solution, now) {
            Some(proof) => Passage::Open(Some(proof), SignUpOutcome::Proven),
            None => {
                watch.arrive(arrival, now);
                Passage::Asked(SignUpOutcome::Unproven)
            }
        });
    }
    if let Some(ticket) = visit.ticket {
        if now - ticket.issued_at < TICKET_WAIT {
            return Ok(Passage::Early);
        }
        let proof = Proof { id: ticket.id.simple().to_string(), expires_at: ticket.issued_at + TICKET_LIFE };
        return Ok(match limit.check(visit.ip, now) {
            Ok(()) => Passage::Open(Some(proof), SignUpOutcome::Waited),
            Err(seconds) => Passage::Later(seconds),
        });
    }
    let by_numbers = watch.arrive(arrival, now);
    let by_looks = match () {
        () if watch.known().rules.allows_network(visit.ip) => None,
        () if !visit.form.website.is_empty() => Some(SignUpOutcome::AskedTrap),
        () if is_fast(app, &visit.form.at, now) => Some(SignUpOutcome::AskedFast),
        () => None,
    };
    Ok(by_numbers.or(by_looks).map_or(Passage::Open(None, SignUpOutcome::Taken), Passage::Asked))
}

/// Whether a form is back sooner than a person fills one. One without a stamp of ours is not.
fn is_fast(app: &App, stamp: &str, now: DateTime<Utc>) -> bool {
    let shown_at = app.keyring.read_form_stamp(stamp).and_then(|secs| DateTime::from_timestamp(secs, 0));
    shown_at.is_some_and(|shown_at| {
        let took = now - shown_at;
        took < FAST && took > -STAMP_LIFE
    })
}

/// Asks for a proof: programs by a challenge, people by a page with one button.
pub async fn ask(app: &App, as_json: bool, form: &SubscribeForm) -> Answer {
    let now = app.clock.now();
    let site = Site::of(app).await?;
    if as_json {
        let asked = ErrorPage::new(StatusCode::FORBIDDEN, "proof-heading", "proof-json");
        let challenge = app.keyring.challenge(now).ok_or_else(no_random_numbers)?;
        let asked = ErrorPage { field: "proof", ..asked };
        let mut problem = asked.problem_value(&site.words);
        problem["type"] = "proof".into();
        problem["challenge"] = serde_json::to_value(challenge).map_err(|_| no_random_numbers())?;
        let mut response = asked.respond_with(&problem);
        page::make_private(response.headers_mut());
        return Ok(response);
    }
    let ticket = Ticket { id: Uuid::new_v4(), issued_at: now, form: form.clone() };
    let sealed = serde_json::to_vec(&ticket).ok().and_then(|json| app.keyring.seal(TICKET, &json));
    let sealed = sealed.ok_or_else(no_random_numbers)?;
    if sealed.len() > TICKET_BYTES_MAX {
        return Err(ErrorPage::new(StatusCode::PAYLOAD_TOO_LARGE, "error-too-large", "proof-large-lead"));
    }
    let mut response = show(site, false)?;
    // Written here: a form in another site's frame keeps its cookie apart from ours (CHIPS).
    let attributes = match app.config.base_url.scheme() == "https" {
        true => "SameSite=None; Secure; Partitioned",
        false => "SameSite=Lax",
    };
    let life = TICKET_LIFE.num_seconds();
    let cookie = format!("{}={sealed}; Path=/; HttpOnly; Max-Age={life}; {attributes}", cookie_name(app));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Asks somebody to wait a little longer; the ticket that they have stays good.
pub async fn ask_to_wait(app: &App) -> Answer {
    show(Site::of(app).await?, true)
}

fn show(site: Site, is_early: bool) -> Answer {
    let mut response =
        page(StatusCode::FORBIDDEN, &ProofPage { site, script: assets::path("proof.js"), is_early })?;
    page::make_private(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

fn no_random_numbers() -> ErrorPage {
    ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
}

/// `GET /subscribe/challenge`: for the page that asks, whose own bytes are the same for all.
pub async fn challenge(app: web::Data<App>) -> Answer {
    let challenge = app.keyring.challenge(app.clock.now()).ok_or_else(no_random_numbers)?;
    let mut response = HttpResponse::Ok().json(challenge);
    page::make_private(response.headers_mut());
    Ok(response)
}

/// The page with and without its warning.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let page = |is_early| ProofPage { site: site(), script: assets::path("proof.js"), is_early };
    vec![("proof.html", page(true).render().unwrap()), ("proof.html", page(false).render().unwrap())]
}
