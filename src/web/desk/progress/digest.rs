//! A digest at the desk: what is in it, in which order, and what an editor does before it is sent; and breaking news.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::{Live, gone};
use crate::actions::{Context, Error, digests as rules, urgent};
use crate::app::App;
use crate::db::campaigns::{self, Campaign};
use crate::db::lists::List;
use crate::db::{Tx, digests, drafts};
use crate::domain::campaign::CampaignStatus;
use crate::domain::digest::DigestOrder;
use crate::domain::refusal::Kind;
use crate::domain::subscription::Cadence;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::list_schedule::order_key;
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

/// What a digest's page shows besides what every campaign's does.
pub(super) struct DigestPart {
    /// "Daily digest of All articles".
    pub name: String,
    /// Those that it has, or would have now: id and title.
    pub articles: Vec<(Uuid, String)>,
    /// The key of the order that they stand in.
    pub order: &'static str,
    /// An editor may put them in order.
    pub is_picked: bool,
    /// Not begun yet.
    pub is_upcoming: bool,
    pub variants: i64,
}

impl DigestPart {
    pub(super) async fn read(
        tx: &mut Tx,
        campaign: &Campaign,
        list: &List,
    ) -> sqlx::Result<Option<DigestPart>> {
        let Some(cadence) = campaign.digest_cadence else { return Ok(None) };
        let ids = rules::articles(tx, campaign, cadence).await?;
        let order = list.schedule.order;
        let articles = rules::in_order(tx, campaign, order, &ids).await?;
        let is_upcoming = campaign.status == CampaignStatus::Scheduled;
        Ok(Some(DigestPart {
            name: say(name_key(cadence)).with("list", &list.name).to_string(),
            articles: articles.into_iter().map(|article| (article.id, article.title)).collect(),
            order: order_key(order),
            is_picked: is_upcoming && order == DigestOrder::Picked,
            is_upcoming,
            variants: digests::count_variants(tx, campaign.id).await?,
        }))
    }
}

/// The key of a digest's name with its list.
fn name_key(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Each => "digest-of-day",
        Cadence::Daily => "digest-of-daily",
        Cadence::Weekly => "digest-of-weekly",
        Cadence::Monthly => "digest-of-monthly",
    }
}

/// The key of what becomes of a digest's articles where it is cancelled.
pub(super) fn cancel_key(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Each => "digest-cancel-day",
        Cadence::Daily => "digest-cancel-daily",
        Cadence::Weekly => "digest-cancel-weekly",
        Cadence::Monthly => "digest-cancel-monthly",
    }
}

fn too_late(error: Error) -> ErrorPage {
    match error {
        Error::Refused(refusal) if refusal.code.kind == Kind::Conflict => {
            ErrorPage::new(StatusCode::CONFLICT, "desk-error-too-late", refusal.phrase())
        }
        error => refuse(error),
    }
}

/// `POST /admin/campaigns/{id}/order`: `up` or `down`: an article's id.
pub async fn reorder(app: web::Data<App>, me: Me, id: web::Path<Uuid>, fields: Fields) -> Answer {
    let to_front = fields.text("down").is_empty();
    let article = fields.text(if to_front { "up" } else { "down" });
    let article = Uuid::parse_str(article).map_err(|_| ErrorPage::not_found())?;
    let cx = Context::new(&app, me.actor());
    Box::pin(urgent::move_article(&cx, *id, article, to_front)).await.map_err(too_late)?;
    Ok(done(&app, &format!("/admin/campaigns/{id}#articles"), say("digest-moved").to_string()))
}

/// `POST /admin/campaigns/{id}/send-now`
pub async fn send_now(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    urgent::send_now(&Context::new(&app, me.actor()), *id).await.map_err(too_late)?;
    Ok(done(&app, &format!("/admin/campaigns/{id}"), say("digest-sent-now").to_string()))
}

#[derive(Template)]
#[template(path = "admin/campaign_breaking.html")]
struct BreakingPage {
    desk: Desk,
    live: Live,
    /// A draft's.
    version: i64,
}

/// `GET /admin/campaigns/{id}/breaking`: the question.
pub async fn ask_breaking(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let version = drafts::get(&mut tx, *id).await?.map_or(-1, |draft| draft.version);
    page(StatusCode::OK, &BreakingPage { desk, live, version })
}

/// `POST /admin/campaigns/{id}/breaking`: `version`.
pub async fn send_breaking(app: web::Data<App>, me: Me, id: web::Path<Uuid>, fields: Fields) -> Answer {
    let version = fields.text("version").parse().unwrap_or(-1);
    let cx = Context::new(&app, me.actor());
    Box::pin(urgent::send_breaking(&cx, *id, version)).await.map_err(too_late)?;
    let campaign = campaigns::by_id(&mut app.db.read().await?, *id).await?.ok_or_else(gone)?;
    let said = if campaign.is_held { "breaking-waits" } else { "breaking-sent" };
    Ok(done(&app, &format!("/admin/campaigns/{id}"), say(said).to_string()))
}
