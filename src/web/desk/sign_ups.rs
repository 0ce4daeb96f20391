//! Sign-ups: what comes in, what is stopped and why, where it comes from, and who may sign up.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::plot::{self, Plot};
use super::refuse;
use crate::actions::sign_up_guard::{self as rules, Checks};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::app::sign_up_watch::QUIET_FOR;
use crate::db::sign_up_counts::{self, Attack, Source, SourceKind};
use crate::db::sign_up_guard::{self, Guard, StoredRule};
use crate::domain::refusal::Kind;
use crate::domain::sign_up::SignUpOutcome;
use crate::locale::say;
use crate::web::assets;
use crate::web::page::{Answer, page};

const PAGE: &str = "/admin/sign-ups";
/// Minutes of the plot.
const MINUTES: i64 = 60;
/// Networks and domains on the page.
const SOURCES: i64 = 10;
/// Attacks on the page.
const ATTACKS: i64 = 10;

/// What became of the sign-ups of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    pub at: DateTime<Utc>,
    pub taken: i64,
    pub stopped: i64,
}

#[derive(Template)]
#[template(path = "admin/sign_ups.html")]
struct SignUpsPage {
    desk: Desk,
    script: String,
    guard: Guard,
    /// When the attack was last seen that goes on.
    attacked_at: Option<DateTime<Utc>>,
    is_automatic: bool,
    plot: Plot,
    minutes: Vec<Minute>,
    /// Of a day, in the order of [`SignUpOutcome::ALL`].
    totals: Vec<(SignUpOutcome, i64)>,
    networks: Vec<Source>,
    domains: Vec<Source>,
    attacks: Vec<Attack>,
    rules: Vec<StoredRule>,
    pattern: String,
    is_allowed: bool,
    error: String,
}

impl SignUpsPage {
    fn is_on(&self, attack: &Attack) -> bool {
        self.desk.now - attack.last_at < QUIET_FOR
    }

    fn word(&self, outcome: &SignUpOutcome) -> &'static str {
        match outcome {
            SignUpOutcome::Taken => "guard-taken",
            SignUpOutcome::Proven => "guard-proven",
            SignUpOutcome::Waited => "guard-waited",
            SignUpOutcome::Refused => "guard-refused",
            SignUpOutcome::Limited => "guard-limited",
            SignUpOutcome::AskedEverybody => "guard-asked-everybody",
            SignUpOutcome::AskedAttack => "guard-asked-attack",
            SignUpOutcome::AskedNetwork => "guard-asked-network",
            SignUpOutcome::AskedDomain => "guard-asked-domain",
            SignUpOutcome::AskedTrap => "guard-asked-trap",
            SignUpOutcome::AskedFast => "guard-asked-fast",
            SignUpOutcome::Unproven => "guard-unproven",
            SignUpOutcome::TicketsOut => "guard-tickets-out",
            SignUpOutcome::Blocked => "guard-blocked",
            SignUpOutcome::Disposable => "guard-disposable",
            SignUpOutcome::Role => "guard-role",
            SignUpOutcome::NoMail => "guard-no-mail",
        }
    }

    fn mark(&self, outcome: &SignUpOutcome) -> &'static str {
        match outcome {
            outcome if outcome.is_taken() => "ok",
            outcome if outcome.is_behind() => "skipped",
            SignUpOutcome::Refused => "draft",
            _ => "held",
        }
    }
}

/// The last hour, minute by minute.
fn by_minute(counts: &[sign_up_counts::MinuteCount], now: DateTime<Utc>) -> Vec<Minute> {
    let last = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let empty = |n: i64| {
        let at = last - TimeDelta::minutes(MINUTES - 1 - n);
        (at, Minute { at, taken: 0, stopped: 0 })
    };
    let mut minutes: BTreeMap<DateTime<Utc>, Minute> = (0..MINUTES).map(empty).collect();
    for count in counts {
        if let (Some(minute), Some(outcome)) = (minutes.get_mut(&count.minute), count.outcome()) {
            match () {
                () if outcome.is_taken() => minute.taken += count.sign_ups,
                () if outcome.is_stopped() => minute.stopped += count.sign_ups,
                () => {}
            }
        }
    }
    minutes.into_values().collect()
}

async fn sign_ups_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    (pattern, is_allowed, error): (String, bool, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let (now, day) = (desk.now, desk.now - TimeDelta::hours(24));
    let guard = sign_up_guard::get(&mut tx).await?;
    let minutes = sign_up_counts::minutes(&mut tx, now - TimeDelta::minutes(MINUTES)).await?;
    let minutes = by_minute(&minutes, now);
    let mut totals = sign_up_counts::totals(&mut tx, day).await?;
    totals.sort_by_key(|(outcome, _)| SignUpOutcome::ALL.iter().position(|known| known == outcome));
    let networks = sign_up_counts::sources(&mut tx, SourceKind::Network, day, SOURCES).await?;
    let domains = sign_up_counts::sources(&mut tx, SourceKind::Domain, day, SOURCES).await?;
    let attacks = sign_up_counts::attacks(&mut tx, ATTACKS).await?;
    let stored = sign_up_guard::rules(&mut tx).await?;
    drop(tx);
    let last = attacks.first().map(|attack| attack.last_at).filter(|at| now - *at < QUIET_FOR);
    let is_automatic = app.sign_up_watch.is_automatic();
    let plot = plot::sign_ups(&minutes, desk.zone);
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(
        status,
        &SignUpsPage {
            script: assets::path("fresh.js"),
            guard,
            attacked_at: last.max(app.sign_up_watch.attacked_at(now)).filter(|_| is_automatic),
            is_automatic,
            plot,
            minutes: minutes.into_iter().filter(|minute| minute.taken + minute.stopped > 0).collect(),
            totals,
            networks,
            domains,
            attacks,
            rules: stored,
            pattern,
            is_allowed,
            error,
            desk,
        },
    )
}

/// `GET /admin/sign-ups`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    sign_ups_page(&app, &me, &request, Default::default()).await
}

/// `POST /admin/sign-ups/proof`: `ask`, `everybody` or `automatic`.
pub async fn set_proof(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let is_on = fields.text("ask") == "everybody";
    rules::ask_everybody(&Context::new(&app, me.actor()), is_on).await.map_err(refuse)?;
    let key = if is_on { "guard-turned-on" } else { "guard-turned-off" };
    Ok(done(&app, PAGE, say(key).to_string()))
}

/// `POST /admin/sign-ups/checks`: `disposable`, `role`, `no_mail`, ticked or not.
pub async fn set_checks(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let checks = Checks {
        stops_disposable: fields.is_ticked("disposable"),
        stops_role: fields.is_ticked("role"),
        stops_no_mail: fields.is_ticked("no_mail"),
    };
    rules::set_checks(&Context::new(&app, me.actor()), checks).await.map_err(refuse)?;
    Ok(done(&app, PAGE, say("guard-checks-saved").to_string()))
}

/// `POST /admin/sign-ups/rules`: `pattern`, and `means`, `allow` or `block`.
pub async fn add_rule(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let is_allowed = fields.text("means") == "allow";
    match rules::add_rule(&Context::new(&app, me.actor()), is_allowed, fields.text("pattern")).await {
        Ok(pattern) => {
            let key = if is_allowed { "guard-rule-allowed" } else { "guard-rule-blocked" };
            Ok(done(&app, PAGE, say(key).with("pattern", pattern).to_string()))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let typed = fields.text("pattern").chars().take(1000).collect();
            sign_ups_page(&app, &me, &request, (typed, is_allowed, refusal.sentence())).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/sign-ups/rules/{id}/remove`
pub async fn remove_rule(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    rules::remove_rule(&Context::new(&app, me.actor()), *id).await.map_err(refuse)?;
    Ok(done(&app, PAGE, say("guard-rule-removed").to_string()))
}
