//! The setup's fourth step: who mails come from, and a test.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Step, begin, status, steps};
use crate::actions::settings::{self, FieldErrors, Form, Part};
use crate::actions::setup::Need;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::notices::LastTest;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::Kind;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/setup_sender.html")]
struct SenderPage {
    desk: Desk,
    steps: Vec<Step>,
    form: Form,
    wrong: FieldErrors,
    config_from: String,
    email: String,
    /// The last test mail.
    test: Option<LastTest>,
    is_captured: bool,
}

async fn sender_page(
    app: &Arc<App>,
    me: &Me,
    request: &HttpRequest,
    typed: Option<(Form, FieldErrors)>,
) -> Answer {
    let (progress, desk) = begin(app, me, request).await?;
    let steps = steps(&progress, "sender");
    let (form, wrong) = typed.unwrap_or_else(|| {
        let mut form = Form::of(&progress.publication, &[Part::Sender]);
        // What inboxes show in bold: nobody means it to be ours.
        if form.get("from_name").is_empty() && progress.has(Need::Publication) {
            form.set("from_name", progress.publication.name.as_str());
        }
        (form, FieldErrors::default())
    });
    let status = status(&wrong);
    let config_from = app.config.mail_from.to_string();
    let test = progress.last_test;
    let is_captured = test.as_ref().map_or(app.captures_mail(), LastTest::was_captured);
    let email = me.user.email.clone();
    page(status, &SenderPage { desk, steps, form, wrong, config_from, email, test, is_captured })
}

/// `GET /admin/setup/sender`
pub async fn show_sender(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    sender_page(&app, &me, &request, None).await
}

/// `POST /admin/setup/sender`: `from_name`, `from_email`, `reply_to`; with `test`, mails a test from them.
pub async fn save_sender(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = Form::typed(&[Part::Sender], |name| fields.raw(name).to_owned());
    let cx = Context::new(&app, me.actor());
    match settings::save(&cx, &[Part::Sender], &form, "").await {
        Ok(_) => {}
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            return sender_page(&app, &me, &request, Some((form, FieldErrors::of(&refusal)))).await;
        }
        Err(error) => return Err(refuse(error)),
    }
    if !fields.is_ticked("test") {
        return Ok(done(&app, "/admin/setup/relay", say("setup-saved").to_string()));
    }
    let email = EmailAddress::parse(&me.user.email).map_err(|error| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-own-address", error.phrase())
    })?;
    let sent = settings::send_test(&cx, &email).await.map_err(refuse)?;
    let key = if sent { "setup-test-mailed" } else { "setup-test-wait" };
    let sentence = say(key).with("email", email.as_str()).to_string();
    Ok(done(&app, "/admin/setup/sender", sentence))
}
