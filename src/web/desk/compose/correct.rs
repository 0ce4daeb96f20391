//! Beginning the correction of a campaign that was sent.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Failed, FieldError, edit_url, failed, find, in_words};
use crate::actions::Context;
use crate::actions::editorial;
use crate::actions::preflight;
use crate::app::App;
use crate::db::drafts::Draft;
use crate::domain::placeholder::escaped;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/campaign_correct.html")]
struct CorrectPage {
    desk: Desk,
    draft: Draft,
    subject: String,
    reason: String,
    readers: String,
    wrong: FieldError,
}

async fn correct_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    draft: Draft,
    subject: String,
    reason: String,
    wrong: FieldError,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let readers = in_words(preflight::who_got(&mut tx, draft.id).await?);
    let status = if wrong.sentence.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &CorrectPage { desk, draft, subject, reason, readers, wrong })
}

/// `GET /admin/campaigns/{id}/correct`
pub async fn show_correct(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let subject = say("campaign-correction-subject")
        .with("subject", escaped(&draft.subject))
        .to_string()
        .chars()
        .take(editorial::SUBJECT_CHARS_MAX)
        .collect();
    correct_page(&app, &me, &request, draft, subject, String::new(), FieldError::nothing()).await
}

/// `POST /admin/campaigns/{id}/correct`: `subject`, `reason`.
pub async fn correct(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let (subject, reason) = (&*fields.line("subject"), &*fields.line("reason"));
    match editorial::begin_correction(&Context::new(&app, me.actor()), draft.id, subject, reason).await {
        Ok(id) => Ok(done(&app, &edit_url(id), say("campaign-correction-begun").to_string())),
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                let (subject, reason) = (subject.to_owned(), reason.to_owned());
                correct_page(&app, &me, &request, draft, subject, reason, refusal.into()).await
            }
            failed => Err(failed.into_page()),
        },
    }
}
