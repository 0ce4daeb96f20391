//! Sending a campaign to those who missed it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::{SEARCH_FOR, gone};
use crate::actions::campaigns::{self as actions, MissedCount};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::campaigns::{self, Campaign, Listed};
use crate::db::counts;
use crate::domain::campaign::CampaignStatus;
use crate::domain::refusal::campaigns as codes;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/campaign_catch_up.html")]
struct MissedPage {
    desk: Desk,
    campaign: Listed,
    count: MissedCount,
    /// How many there are at most, by what was counted; for a list too long to look through here.
    at_most: i64,
    error: String,
}

fn refuse_missed(error: Error) -> ErrorPage {
    match error {
        Error::Refused(refusal) if refusal.is(&codes::CAMPAIGN_GONE) => gone(),
        Error::Refused(refusal) => {
            ErrorPage::new(StatusCode::CONFLICT, "desk-error-not-now", refusal.phrase())
        }
        other => other.into(),
    }
}

async fn load(app: &App, id: Uuid) -> Result<Campaign, ErrorPage> {
    campaigns::by_id(&mut app.db.read().await?, id).await?.ok_or_else(gone)
}

/// `GET /admin/campaigns/{id}/missed`: how many, and the button.
pub async fn ask_missed(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let campaign = load(&app, *id).await?;
    let count = actions::count_missed(&app, &campaign, SEARCH_FOR).await.map_err(refuse_missed)?;
    let mut tx = app.db.read().await?;
    let campaign = campaigns::one_listed(&mut tx, *id).await?.ok_or_else(gone)?;
    let error = match campaign.status {
        CampaignStatus::Paused => codes::MISSED_PAUSED.refusal().sentence(),
        _ => String::new(),
    };
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let totals = counts::totals(&mut tx, *id).await?;
    let at_most = totals.values().sum::<i64>() - totals.get("sent").copied().unwrap_or(0);
    page(StatusCode::OK, &MissedPage { desk, campaign, count, at_most, error })
}

/// `POST /admin/campaigns/{id}/missed`: `uncertain`: also who may have it.
pub async fn send_to_missed(app: web::Data<App>, me: Me, id: web::Path<Uuid>, fields: Fields) -> Answer {
    let (app, id, include_uncertain) = (app.into_inner(), *id, fields.is_ticked("uncertain"));
    let (of, actor) = (app.clone(), me.actor());
    // A task of its own: a browser that leaves must not stop it half way.
    let sent = tokio::spawn(async move {
        actions::send_to_missed(&Context::new(&of, actor), id, include_uncertain).await
    });
    let sent = sent.await.unwrap_or_else(|error| Err(Error::Failed(error.into())));
    let sentence = match sent.map_err(refuse_missed)? {
        0 => say("campaign-missed-nobody"),
        n => say("campaign-missed-sending").with("readers", n),
    };
    Ok(done(&app, &format!("/admin/campaigns/{id}"), sentence.to_string()))
}
