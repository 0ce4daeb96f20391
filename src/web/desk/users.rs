//! The users: invite, set a role, sign out everywhere, remove. The rules are in `accounts`.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use super::settings::AuditLine;
use crate::actions::people;
use crate::actions::second_factor;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::audit;
use crate::db::sessions::{self, Session};
use crate::db::users::{self, Role, User};
use crate::domain::email_address::EmailAddress;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};

const USERS: &str = "/admin/settings/users";
/// Lines of the log on a user's page.
const LINES: i64 = 10;

struct Row {
    user: User,
    /// Their codes can't be checked.
    is_unreadable: bool,
    /// When a browser of theirs was last seen; `None`: signed in nowhere.
    seen: Option<DateTime<Utc>>,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    desk: Desk,
    users: Vec<Row>,
    /// As typed.
    email: String,
    role: String,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    desk: Desk,
    user: User,
    sessions: Vec<Session>,
    lines: Vec<AuditLine>,
    is_me: bool,
    is_last_admin: bool,
    /// Their codes can't be checked.
    is_unreadable: bool,
}

async fn users_page(app: &App, me: &Me, request: &HttpRequest, typed: &Fields, error: String) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let seen: HashMap<Uuid, DateTime<Utc>> =
        sessions::last_seen(&mut tx, app.clock.now()).await?.into_iter().collect();
    let unreadable = second_factor::unreadable(app, &mut tx).await?;
    let row = |user: User| Row {
        seen: seen.get(&user.id).copied(),
        is_unreadable: unreadable.contains(&user.id),
        user,
    };
    let users: Vec<Row> = users::all(&mut tx).await?.into_iter().map(row).collect();
    let (email, role) = (typed.text("email").to_owned(), typed.text("role").to_owned());
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &UsersPage { desk, users, email, role, error })
}

/// `GET /admin/settings/users`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    users_page(&app, &me, &request, &Fields::default(), String::new()).await
}

/// `POST /admin/settings/users`: invites `email` as `role`.
pub async fn invite(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let Some(role) = Role::parse(fields.text("role")) else {
        return users_page(&app, &me, &request, &fields, say("user-choose-role").to_string()).await;
    };
    let email = match EmailAddress::parse(fields.text("email")) {
        Ok(email) => email,
        Err(error) => return users_page(&app, &me, &request, &fields, error.to_string()).await,
    };
    match people::invite(&Context::new(&app, me.actor()), &email, role).await {
        Ok(user) => {
            let sentence = say("user-invited-as").with("email", &user.email).with("role", user.role.as_str());
            Ok(done(&app, USERS, sentence.to_string()))
        }
        Err(Error::Refused(refusal)) => users_page(&app, &me, &request, &fields, refusal.sentence()).await,
        Err(error) => Err(refuse(error)),
    }
}

async fn find(app: &App, id: &str) -> Result<User, ErrorPage> {
    let id = Uuid::parse_str(id).map_err(|_| ErrorPage::not_found())?;
    users::by_id(&mut app.db.read().await?, id)
        .await?
        .ok_or_else(|| ErrorPage::new(StatusCode::NOT_FOUND, "desk-error-no-user", "desk-error-no-user-lead"))
}

/// `GET /admin/settings/users/{id}`
pub async fn show_one(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let user = find(&app, &id).await?;
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Settings).await?;
    let sessions = sessions::of_user(&mut tx, user.id, app.clock.now()).await?;
    let entries = audit::of_subject(&mut tx, "user", user.id, LINES).await?;
    let lines = entries.into_iter().map(AuditLine::of).collect();
    let (is_me, is_last_admin) = (user.id == me.user.id, people::is_last_admin(&mut tx, user.id).await?);
    let is_unreadable = second_factor::unreadable(&app, &mut tx).await?.contains(&user.id);
    page(StatusCode::OK, &UserPage { desk, user, sessions, lines, is_me, is_last_admin, is_unreadable })
}

/// `POST /admin/settings/users/{id}/role`: `role`.
pub async fn set_role(app: web::Data<App>, me: Me, id: web::Path<String>, fields: Fields) -> Answer {
    let user = find(&app, &id).await?;
    let Some(role) = Role::parse(fields.text("role")) else {
        return Err(ErrorPage::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "desk-error-role",
            "desk-error-role-lead",
        ));
    };
    let changed = user.role != role;
    let user = people::set_role(&Context::new(&app, me.actor()), user.id, role).await.map_err(refuse)?;
    let key = match (role, changed) {
        (Role::Admin, true) => "user-is-admin",
        (Role::Editor, true) => "user-is-editor",
        (Role::Admin, false) => "user-is-admin-already",
        (Role::Editor, false) => "user-is-editor-already",
    };
    Ok(done_with(&app, &user, key))
}

/// After a form: the page of a user, with a sentence that names them.
fn done_with(app: &App, user: &User, key: &str) -> HttpResponse {
    done(app, &format!("{USERS}/{}", user.id), say(key).with("name", user.shown()).to_string())
}

/// `POST /admin/settings/users/{id}/invitation`: sends it again.
pub async fn invite_again(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let user = find(&app, &id).await?;
    people::invite_again(&Context::new(&app, me.actor()), user.id).await.map_err(refuse)?;
    Ok(done_with(&app, &user, "user-invitation-sent"))
}

/// `POST /admin/settings/users/{id}/sessions`: ends all of them.
pub async fn end_sessions(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let user = find(&app, &id).await?;
    let ended = people::end_sessions(&Context::new(&app, me.actor()), &user).await.map_err(refuse)?;
    let key = if ended == 0 { "user-signed-in-nowhere" } else { "user-signed-out-everywhere" };
    Ok(done_with(&app, &user, key))
}

/// `POST /admin/settings/users/{id}/codes/off`: turns two-factor sign-in off for another user.
pub async fn turn_codes_off(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
) -> Answer {
    let user = find(&app, &id).await?;
    if user.id == me.user.id {
        // That page asks for the password.
        return Ok(super::see_other("/admin/account"));
    }
    let place = super::sign_in::place(&app, &request);
    let cx = Context::new(&app, me.actor());
    let was_on = second_factor::turn_off(&cx, &user, &place).await.map_err(refuse)?;
    let key = if was_on { "user-turned-off" } else { "user-off-already" };
    Ok(done_with(&app, &user, key))
}

/// `POST /admin/settings/users/{id}/remove`
pub async fn remove(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let Ok(id) = Uuid::parse_str(&id) else { return Err(ErrorPage::not_found()) };
    match people::remove(&Context::new(&app, me.actor()), id).await {
        Ok(user) => Ok(done(&app, USERS, say("user-removed").with("name", user.shown()).to_string())),
        Err(error) => Err(refuse(error)),
    }
}
