//! What a list says to whoever has just confirmed it: a form, how it looks, and a test of it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::welcomes::{self as rules, ARTICLES_MAX, TEXT_CHARS_MAX, WelcomeForm};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::lists::{self, List};
use crate::db::welcomes;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::Kind;
use crate::locale::{Phrase, say};
use crate::mail::content::{self, PreviewReader};
use crate::web::page::{Answer, ErrorPage, mail, page};

#[derive(Template)]
#[template(path = "admin/list_welcome.html")]
struct WelcomePage {
    desk: Desk,
    list: List,
    form: WelcomeForm,
    version: String,
    my_email: String,
    field: &'static str,
    error: String,
}

impl WelcomePage {
    fn articles_max(&self) -> i64 {
        ARTICLES_MAX
    }

    fn text_chars_max(&self) -> usize {
        TEXT_CHARS_MAX
    }
}

fn id(path: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(path).map_err(|_| ErrorPage::not_found())
}

fn here(list_id: Uuid) -> String {
    format!("/admin/lists/{list_id}/welcome")
}

async fn welcome_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    list_id: Uuid,
    typed: Option<(WelcomeForm, String, Error)>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, list_id).await?.ok_or_else(ErrorPage::not_found)?;
    let stored = welcomes::of_list(&mut tx, list_id).await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Lists).await?;
    let (status, form, version, refusal) = match typed {
        None => (StatusCode::OK, WelcomeForm::of(&stored), rules::version(&stored), None),
        Some((form, version, Error::Refused(refusal))) => match refusal.code.kind {
            Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, form, version, Some(refusal)),
            // What was typed stays, and is saved over the other's the next time.
            Kind::Conflict => (StatusCode::CONFLICT, form, rules::version(&stored), Some(refusal)),
            _ => return Err(refuse(Error::Refused(refusal))),
        },
        Some((.., error)) => return Err(refuse(error)),
    };
    let field = refusal.as_ref().map_or("", |refusal| refusal.field);
    let error = refusal.map(|refusal| refusal.sentence()).unwrap_or_default();
    let my_email = me.user.email.clone();
    page(status, &WelcomePage { desk, list, form, version, my_email, field, error })
}

/// `GET /admin/lists/{id}/welcome`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    welcome_page(&app, &me, &request, id(&path)?, None).await
}

/// `POST /admin/lists/{id}/welcome`
pub async fn save(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let list_id = id(&path)?;
    let form = WelcomeForm {
        is_on: fields.is_ticked("on"),
        markdown: fields.raw("markdown").to_owned(),
        articles: fields.text("articles").to_owned(),
    };
    let version = fields.text("version").to_owned();
    match rules::set(&Context::new(&app, me.actor()), list_id, &version, &form).await {
        Ok(_) => Ok(done(&app, &here(list_id), say("subscriber-saved").to_string())),
        Err(error) => welcome_page(&app, &me, &request, list_id, Some((form, version, error))).await,
    }
}

/// `GET /admin/lists/{id}/welcome/preview`
pub async fn preview(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let no_preview = |error: String| {
        let why = Phrase::new("desk-error-because").with("why", error);
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-no-preview", why)
    };
    let told = rules::to_nobody(&app, id(&path)?, None).await;
    let told = told.map_err(|error| no_preview(format!("{error:#}")))?.ok_or_else(ErrorPage::not_found)?;
    let email = me.user.email.as_str();
    let values = told.values(&app, email).await?;
    let reader = PreviewReader { email, subscription: None, values: &values };
    Ok(mail(content::preview_copy(&told.content, &reader).html))
}

/// `POST /admin/lists/{id}/welcome/test`: to whoever asks.
pub async fn test(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let list_id = id(&path)?;
    let email = EmailAddress::parse(&me.user.email).map_err(|error| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-own-address", error.phrase())
    })?;
    let sent = rules::send_test(&Context::new(&app, me.actor()), list_id, &email).await.map_err(refuse)?;
    let key = if sent { "welcome-test-sent" } else { "welcome-test-often" };
    Ok(done(&app, &here(list_id), say(key).with("email", email.as_str()).to_string()))
}
