//! Pausing, resuming and cancelling a campaign.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::digest::cancel_key;
use super::{Live, gone};
use crate::actions::campaigns::{self as actions, Acted};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::campaigns;
use crate::domain::campaign::CampaignStatus;
use crate::domain::hold;
use crate::domain::refusal::Kind;
use crate::locale::{Phrase, say};
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done, grouped};
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

/// The question before the rest of a campaign is cancelled.
pub(super) struct CancelForm {
    /// How many won't get it, as the page showed it.
    pub shown: String,
    pub typed: String,
    pub error: String,
    /// The key of what becomes of a digest's articles.
    pub digest: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "admin/campaign_cancel.html")]
struct CancelPage {
    desk: Desk,
    live: Live,
    cancel: CancelForm,
}

/// What comes of pausing, resuming or cancelling: a page, and a sentence.
fn acted(app: &App, id: Uuid, outcome: Result<Acted, Error>, said: &str, already: &str) -> Answer {
    match outcome {
        Ok(acted) => {
            let held = match acted.campaign.status {
                CampaignStatus::Sending if !acted.held.is_empty() => {
                    let why = hold::in_sentences(&acted.held);
                    format!(" {}", say("campaign-still-held").with("why", why))
                }
                _ => String::new(),
            };
            let sentence = say(if acted.changed { said } else { already });
            Ok(done(app, &format!("/admin/campaigns/{id}"), format!("{sentence}{held}")))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Conflict => {
            Err(ErrorPage::new(StatusCode::CONFLICT, "desk-error-too-late", refusal.phrase()))
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/campaigns/{id}/pause`
pub async fn pause(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let outcome = actions::pause(&Context::new(&app, me.actor()), *id, "").await;
    acted(&app, *id, outcome, "campaign-paused", "campaign-paused-already")
}

/// `POST /admin/campaigns/{id}/resume`
pub async fn resume(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let outcome = actions::resume(&Context::new(&app, me.actor()), *id, "").await;
    acted(&app, *id, outcome, "campaign-resumed", "campaign-resumed-already")
}

async fn cancel_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    id: Uuid,
    typed: &str,
    error: &str,
) -> Answer {
    let mut tx = app.db.read().await?;
    let live = Live::read(app, &mut tx, id).await?.ok_or_else(gone)?;
    if live.is_over() {
        let why = Phrase::new("desk-error-is-already").with("status", live.campaign.status.phrase());
        return Err(ErrorPage::new(StatusCode::CONFLICT, "desk-error-too-late", why));
    }
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let campaign = campaigns::by_id(&mut tx, id).await?;
    let digest = campaign.and_then(|campaign| campaign.digest_cadence).map(cancel_key);
    drop(tx);
    let shown = grouped(live.open());
    let cancel = CancelForm { shown, typed: typed.to_owned(), error: error.to_owned(), digest };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &CancelPage { desk, live, cancel })
}

/// `GET /admin/campaigns/{id}/cancel`: the question.
pub async fn ask_cancel(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    cancel_page(&app, &me, &request, *id, "", "").await
}

/// `POST /admin/campaigns/{id}/cancel`: `shown`, `typed`: the number of readers who won't get it, where
/// some have it.
pub async fn cancel(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    fields: Fields,
) -> Answer {
    let mut tx = app.db.read().await?;
    let campaign = campaigns::one_listed(&mut tx, *id).await?.ok_or_else(gone)?;
    drop(tx);
    // What has not begun is taken back whole: that needs no number.
    let is_begun = matches!(campaign.status, CampaignStatus::Sending | CampaignStatus::Paused);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (shown, typed) = (digits(fields.text("shown")), digits(fields.text("typed")));
    if is_begun && (shown.is_empty() || shown != typed) {
        let error = match fields.text("typed") {
            "" => say("campaign-cancel-type-missing"),
            _ => say("campaign-cancel-type-wrong"),
        };
        return cancel_page(&app, &me, &request, *id, fields.text("typed"), &error.to_string()).await;
    }
    let outcome = actions::cancel(&Context::new(&app, me.actor()), *id, "").await;
    let said = match campaign.started_at {
        Some(_) => "campaign-cancelled",
        None => "campaign-cancelled-unsent",
    };
    acted(&app, *id, outcome, said, "campaign-cancelled-already")
}
