//! One's own account: name, alerts, password, codes, sessions.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use secrecy::SecretString;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::sign_in::{self, place, remember};
use super::{refuse, see_other};
use crate::actions::accounts::{self, Profile};
use crate::actions::second_factor::{self, Enrolment};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::sessions::{self, Session};
use crate::db::users;
use crate::domain::refusal::Kind;
use crate::locale::say;
use crate::web::SignInLimit;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    desk: Desk,
    me: Me,
    sessions: Vec<Session>,
    recovery_codes: i64,
    /// The form that was refused, and why.
    wrong: &'static str,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/account_codes.html")]
struct CodesPage {
    desk: Desk,
    /// SVG, ours.
    picture: String,
    typed: String,
    has_password: bool,
    /// The field that was refused, and why.
    wrong: &'static str,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/account_recovery.html")]
struct RecoveryPage {
    desk: Desk,
    codes: Vec<String>,
}

/// Why a form of the account was refused, and which of its fields.
struct FormError {
    field: &'static str,
    sentence: String,
    /// Seconds until it may be sent again.
    wait: Option<u64>,
}

impl FormError {
    fn new(field: &'static str, sentence: impl Into<String>) -> FormError {
        FormError { field, sentence: sentence.into(), wait: None }
    }

    /// The page of a form, with the status of what was wrong.
    fn page(error: Option<&FormError>, template: &impl Template) -> Answer {
        match error {
            None => page(StatusCode::OK, template),
            Some(FormError { wait: None, .. }) => page(StatusCode::UNPROCESSABLE_ENTITY, template),
            Some(FormError { wait: Some(wait), .. }) => {
                Ok(sign_in::retry_after(page(StatusCode::TOO_MANY_REQUESTS, template)?, *wait))
            }
        }
    }
}

async fn account_page(app: &App, me: Me, request: &HttpRequest, error: Option<FormError>) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, &me, request, Tab::None).await?;
    let sessions = sessions::of_user(&mut tx, me.user.id, app.clock.now()).await?;
    let recovery_codes = users::count_recovery_codes(&mut tx, me.user.id).await?;
    let (wrong, sentence) =
        error.as_ref().map(|error| (error.field, error.sentence.clone())).unwrap_or_default();
    let account = AccountPage { desk, me, sessions, recovery_codes, wrong, error: sentence };
    FormError::page(error.as_ref(), &account)
}

/// Asks for the password of a user who is signed in, so that a session that was stolen, or left open, does not change
/// what opens the account. `None`: it is right, or the account has none.
async fn check_own_password(
    app: &App,
    limit: &SignInLimit,
    me: &Me,
    password: &str,
    field: &'static str,
) -> Result<Option<FormError>, ErrorPage> {
    if !me.user.has_password {
        return Ok(None);
    }
    let counted = match limit.own_password(me.session.id, app.clock.now()) {
        Ok(counted) => counted,
        Err(seconds) => {
            let sentence = say("account-too-many-tries").with("wait", sign_in::wait(seconds)).to_string();
            return Ok(Some(FormError { wait: Some(seconds), ..FormError::new(field, sentence) }));
        }
    };
    let is_right = accounts::is_password(app, &me.user, &SecretString::from(password)).await;
    if matches!(is_right, Ok(false)) {
        return Ok(Some(FormError::new(field, say("account-current-password-wrong").to_string())));
    }
    limit.give_back(counted);
    is_right.map_err(refuse)?;
    Ok(None)
}

/// `GET /admin/account`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    account_page(&app, me, &request, None).await
}

/// `POST /admin/account/profile`: `name`, and which alerts they get.
pub async fn set_profile(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let name = fields.line("name");
    let alerts = ["alert_campaigns", "alert_feeds", "alert_relay"].map(|name| fields.is_ticked(name));
    let cx = Context::new(&app, me.actor());
    match accounts::set_profile(&cx, &me.user, &Profile { name: &name, alerts }).await {
        Ok(()) => Ok(done(&app, "/admin/account", say("account-saved").to_string())),
        Err(Error::Refused(refusal)) => {
            let error = FormError::new("profile", refusal.sentence());
            account_page(&app, me, &request, Some(error)).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/account/password`: `current` (where there is one), `password`.
pub async fn set_password(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    me: Me,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    if let Some(error) = check_own_password(&app, &limit, &me, fields.raw("current"), "current").await? {
        return account_page(&app, me, &request, Some(error)).await;
    }
    let password = SecretString::from(fields.raw("password"));
    let place = place(&app, &request);
    let cx = Context::new(&app, me.actor());
    match accounts::set_password(&cx, &me.user, &password, &place).await {
        Ok(begun) => {
            let mut response = done(&app, "/admin/account", say("account-password-set").to_string());
            remember(&app, &mut response, &begun);
            Ok(response)
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let error = FormError::new("password", refusal.sentence());
            account_page(&app, me, &request, Some(error)).await
        }
        Err(error) => Err(refuse(error)),
    }
}

fn picture(enrolment: &Enrolment) -> String {
    // Drawn dark on white in both modes: that is what cameras read.
    QrCode::with_error_correction_level(&enrolment.url, EcLevel::M)
        .map(|code| code.render::<svg::Color>().min_dimensions(200, 200).build())
        .map(|svg| svg.split_once("?>").map_or(svg.clone(), |(_, rest)| rest.to_owned()))
        .unwrap_or_default()
}

async fn codes_page(app: &App, me: &Me, request: &HttpRequest, error: Option<FormError>) -> Answer {
    let Some(enrolment) = second_factor::enrolment(app, &me.user).await.map_err(refuse)? else {
        return Ok(see_other("/admin/account"));
    };
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let (wrong, sentence) =
        error.as_ref().map(|error| (error.field, error.sentence.clone())).unwrap_or_default();
    let (picture, has_password) = (picture(&enrolment), me.user.has_password);
    let codes = CodesPage { desk, picture, typed: enrolment.typed, has_password, wrong, error: sentence };
    FormError::page(error.as_ref(), &codes)
}

/// `POST /admin/account/codes/begin`
pub async fn begin_codes(app: web::Data<App>, me: Me) -> Answer {
    second_factor::begin(&Context::new(&app, me.actor()), &me.user).await.map_err(refuse)?;
    Ok(see_other("/admin/account/codes"))
}

/// `GET /admin/account/codes`: what the app on the phone reads.
pub async fn show_codes(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    codes_page(&app, &me, &request, None).await
}

/// `POST /admin/account/codes`: `password` (where there is one), and the first `code`.
pub async fn turn_codes_on(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    me: Me,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    if let Some(error) = check_own_password(&app, &limit, &me, fields.raw("password"), "password").await? {
        return codes_page(&app, &me, &request, Some(error)).await;
    }
    let place = place(&app, &request);
    let cx = Context::new(&app, me.actor());
    match second_factor::confirm(&cx, &me.user, fields.text("code"), &place).await {
        Ok(codes) => recovery_page(&app, &me, &request, codes).await,
        Err(Error::Refused(refusal)) => {
            codes_page(&app, &me, &request, Some(FormError::new("code", refusal.sentence()))).await
        }
        Err(error) => Err(refuse(error)),
    }
}

async fn recovery_page(app: &App, me: &Me, request: &HttpRequest, codes: Vec<String>) -> Answer {
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    page(StatusCode::OK, &RecoveryPage { desk, codes })
}

/// `POST /admin/account/codes/off`: `password`.
pub async fn turn_codes_off(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    me: Me,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    if !me.user.has_totp {
        return Ok(done(&app, "/admin/account", say("account-off-already").to_string()));
    }
    if let Some(error) = check_own_password(&app, &limit, &me, fields.raw("password"), "codes").await? {
        return account_page(&app, me, &request, Some(error)).await;
    }
    let place = place(&app, &request);
    second_factor::turn_off(&Context::new(&app, me.actor()), &me.user, &place).await.map_err(refuse)?;
    Ok(done(&app, "/admin/account", say("account-turned-off").to_string()))
}

/// `POST /admin/account/codes/recovery`: `password`; shows new recovery codes.
pub async fn renew_recovery(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    me: Me,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    if !me.user.has_totp {
        return Ok(done(&app, "/admin/account", say("account-off-already").to_string()));
    }
    if let Some(error) = check_own_password(&app, &limit, &me, fields.raw("password"), "codes").await? {
        return account_page(&app, me, &request, Some(error)).await;
    }
    let place = place(&app, &request);
    let cx = Context::new(&app, me.actor());
    let codes = second_factor::renew_recovery_codes(&cx, &me.user, &place).await;
    recovery_page(&app, &me, &request, codes.map_err(refuse)?).await
}

/// `POST /admin/account/sessions/end`: `session`, one's own.
pub async fn end_session(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let id = Uuid::parse_str(fields.text("session")).unwrap_or_default();
    let cx = Context::new(&app, me.actor());
    let ended = accounts::end_session(&cx, &me.user, id).await.map_err(refuse)?;
    Ok(done(
        &app,
        "/admin/account",
        say(if ended { "account-session-ended" } else { "account-session-over" }).to_string(),
    ))
}
