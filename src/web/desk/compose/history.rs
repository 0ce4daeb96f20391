//! A campaign's history, and going back to a version.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::{edit_url, find, refuse};
use crate::actions::Context;
use crate::actions::editorial;
use crate::app::App;
use crate::db::drafts::{self, Draft, DraftText, SegmentChoice, Version};
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/campaign_history.html")]
struct HistoryPage {
    desk: Desk,
    draft: Draft,
    versions: Vec<Version>,
}

/// `GET /admin/campaigns/{id}/history`
pub async fn history(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let versions = drafts::versions(&mut tx, draft.id, 50).await?;
    page(StatusCode::OK, &HistoryPage { desk, draft, versions })
}

/// `POST /admin/campaigns/{id}/history`: `restore`, a version; what stands is kept in the history.
pub async fn restore(app: web::Data<App>, me: Me, id: web::Path<String>, fields: Fields) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let wanted: i64 = fields.text("restore").parse().unwrap_or(-1);
    let versions = drafts::versions(&mut tx, draft.id, 1000).await?;
    let version =
        versions.into_iter().find(|version| version.version == wanted).ok_or_else(ErrorPage::not_found)?;
    let articles = drafts::articles(&mut tx, draft.id).await?.iter().map(|article| article.id).collect();
    drop(tx);
    let text = DraftText {
        list_id: draft.list_id,
        subject: version.title,
        preheader: version.preheader,
        markdown: version.markdown,
        articles,
        segment: SegmentChoice::Unchanged,
    };
    editorial::save_campaign(&Context::new(&app, me.actor()), draft.id, draft.version, &text)
        .await
        .map_err(refuse)?;
    Ok(done(&app, &edit_url(draft.id), say("campaign-version-restored").to_string()))
}
