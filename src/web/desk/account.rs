//! One's own account: name, alerts, password, codes, sessions.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use secrecy::SecretString;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, session_cookie};
use super::{refuse, see_other};
use crate::accounts::{self, AccountError, Enrolment, Place};
use crate::app::App;
use crate::db::audit::{self, Subject};
use crate::db::sessions::{self, Session};
use crate::db::users;
use crate::web::page::{Answer, page};

/// A name's longest, in characters.
const NAME_CHARS_MAX: usize = 100;

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
    error: String,
}

#[derive(Template)]
#[template(path = "admin/account_recovery.html")]
struct RecoveryPage {
    desk: Desk,
    codes: Vec<String>,
}

async fn account_page(
    app: &App,
    me: Me,
    request: &HttpRequest,
    wrong: &'static str,
    error: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, &me, request, Tab::None).await?;
    let sessions = sessions::of_user(&mut tx, me.user.id, app.clock.now()).await?;
    let recovery_codes = users::count_recovery_codes(&mut tx, me.user.id).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &AccountPage { desk, me, sessions, recovery_codes, wrong, error })
}

/// `GET /admin/account`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    account_page(&app, me, &request, "", String::new()).await
}

/// `POST /admin/account/profile`: `name`, and for admins which alerts they get.
pub async fn set_profile(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let name = fields.text("name").to_owned();
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let sentence = format!("A name has at most {NAME_CHARS_MAX} characters, on one line.");
        return account_page(&app, me, &request, "profile", sentence).await;
    }
    let mut tx = app.db.write().await?;
    users::set_name(&mut tx, me.user.id, &name).await?;
    let mut before = serde_json::json!({ "name": me.user.name });
    let mut after = serde_json::json!({ "name": name });
    if me.is_admin() {
        let [campaigns, feeds, relay] =
            ["alert_campaigns", "alert_feeds", "alert_relay"].map(|name| fields.is_ticked(name));
        users::set_alerts(&mut tx, me.user.id, campaigns, feeds, relay).await?;
        let user = &me.user;
        before["alerts"] = serde_json::json!({
            "campaigns": user.alert_campaigns, "feeds": user.alert_feeds, "relay": user.alert_relay
        });
        after["alerts"] = serde_json::json!({ "campaigns": campaigns, "feeds": feeds, "relay": relay });
    }
    let subject = Subject { kind: "user", id: me.user.id, name: &me.user.email };
    audit::note(&mut tx, &me.actor(), "profile changed", subject, before, after, app.clock.now()).await?;
    tx.commit().await?;
    Ok(done(&app, "/admin/account", "Saved."))
}

/// `POST /admin/account/password`: `current` (where there is one), `password`.
pub async fn set_password(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let current = SecretString::from(fields.raw("current"));
    if me.user.has_password && !accounts::is_password(&app, &me.user, &current).await.map_err(refuse)? {
        return account_page(&app, me, &request, "current", "That is not your password now.".to_owned())
            .await;
    }
    let password = SecretString::from(fields.raw("password"));
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let place = Place { ip: me.ip.clone(), user_agent: agent.unwrap_or("").to_owned() };
    match accounts::set_password(&app, &me.actor(), &me.user, &password, &place).await {
        Ok(begun) => {
            let mut response = done(
                &app,
                "/admin/account",
                "Password set. Every other browser that was signed in is signed out.",
            );
            let _ = response.add_cookie(&session_cookie(&app, &begun.token));
            Ok(response)
        }
        Err(AccountError::Refused(sentence)) => account_page(&app, me, &request, "password", sentence).await,
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

async fn codes_page(app: &App, me: &Me, request: &HttpRequest, error: String) -> Answer {
    let Some(enrolment) = accounts::enrolment(app, &me.user).await.map_err(refuse)? else {
        return Ok(see_other("/admin/account"));
    };
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &CodesPage { desk, picture: picture(&enrolment), typed: enrolment.typed, error })
}

/// `POST /admin/account/codes/begin`
pub async fn begin_codes(app: web::Data<App>, me: Me) -> Answer {
    accounts::begin_totp(&app, &me.user).await.map_err(refuse)?;
    Ok(see_other("/admin/account/codes"))
}

/// `GET /admin/account/codes`: what the app on the phone reads.
pub async fn show_codes(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    codes_page(&app, &me, &request, String::new()).await
}

/// `POST /admin/account/codes`: the first `code`.
pub async fn turn_codes_on(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    match accounts::confirm_totp(&app, &me.actor(), &me.user, fields.text("code")).await {
        Ok(codes) => {
            let desk = Desk::read(&app, &mut app.db.read().await?, &me, &request, Tab::None).await?;
            page(StatusCode::OK, &RecoveryPage { desk, codes })
        }
        Err(AccountError::Refused(sentence)) => codes_page(&app, &me, &request, sentence).await,
        Err(error) => Err(refuse(error)),
    }
}

/// Whether `password` is right; an account without one has nothing to ask for.
async fn has_shown_password(app: &App, me: &Me, fields: &Fields) -> Result<bool, AccountError> {
    let password = SecretString::from(fields.raw("password"));
    Ok(!me.user.has_password || accounts::is_password(app, &me.user, &password).await?)
}

/// `POST /admin/account/codes/off`: `password`.
pub async fn turn_codes_off(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    if !has_shown_password(&app, &me, &fields).await.map_err(refuse)? {
        return account_page(&app, me, &request, "codes", "That is not your password.".to_owned()).await;
    }
    accounts::remove_totp(&app, &me.actor(), &me.user).await.map_err(refuse)?;
    Ok(done(&app, "/admin/account", "No code is asked for any more."))
}

/// `POST /admin/account/codes/recovery`: `password`; shows new recovery codes.
pub async fn renew_recovery(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    if !has_shown_password(&app, &me, &fields).await.map_err(refuse)? {
        return account_page(&app, me, &request, "codes", "That is not your password.".to_owned()).await;
    }
    let codes = accounts::renew_recovery_codes(&app, &me.actor(), &me.user).await.map_err(refuse)?;
    let desk = Desk::read(&app, &mut app.db.read().await?, &me, &request, Tab::None).await?;
    page(StatusCode::OK, &RecoveryPage { desk, codes })
}

/// `POST /admin/account/sessions/end`: `session`, one's own.
pub async fn end_session(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let id = Uuid::parse_str(fields.text("session")).unwrap_or_default();
    let mut tx = app.db.write().await?;
    let ended = sessions::end(&mut tx, me.user.id, id).await?;
    if ended {
        let subject = Subject { kind: "user", id: me.user.id, name: &me.user.email };
        audit::note(&mut tx, &me.actor(), "session ended", subject, (), (), app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(done(
        &app,
        "/admin/account",
        if ended { "That browser is signed out." } else { "It was over already." },
    ))
}
