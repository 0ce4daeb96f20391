//! A campaign's deliveries, one by one, each with the relay's answer.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::{Live, PAGE, SEARCH_FOR, State, gone, query};
use crate::app::App;
use crate::db::Tx;
use crate::db::campaigns::Listed;
use crate::db::ledger::{self, DeliveryRow};
use crate::domain::delivery::{DeliveryStatus, UncertainPolicy};
use crate::domain::stored_words;
use crate::web::cursor::Cursor;
use crate::web::desk::frame::{Desk, Me, Tab};
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/campaign_deliveries.html")]
struct DeliveriesPage {
    desk: Desk,
    campaign: Listed,
    status: Option<DeliveryStatus>,
    states: Vec<State>,
    rows: Vec<DeliveryRow>,
    /// Where the next page begins; empty: this is the last.
    next: String,
    /// The page is not full: what is rare lies further on.
    looks_further: bool,
    is_first: bool,
}

/// `GET /admin/campaigns/{id}/deliveries`: each with the relay's answer; `status`.
pub async fn deliveries(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let status = DeliveryStatus::parse(&query(&request, "status"));
    let after = query(&request, "after");
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let found = find(&mut tx, &live, status, &after).await?;
    let is_first = after.is_empty();
    page(
        StatusCode::OK,
        &DeliveriesPage {
            desk,
            states: live.states(),
            campaign: live.standing.campaign,
            status,
            rows: found.rows,
            next: found.next,
            looks_further: found.looks_further,
            is_first,
        },
    )
}

/// A page of deliveries.
#[derive(Default)]
struct Found {
    rows: Vec<DeliveryRow>,
    /// Where the next page begins; empty: there is none.
    next: String,
    /// The next page looks where this one has not.
    looks_further: bool,
}

/// The deliveries behind `after`, of one status, where it is given.
async fn find(tx: &mut Tx, live: &Live, status: Option<DeliveryStatus>, after: &str) -> sqlx::Result<Found> {
    let id = live.campaign.id;
    let after_id = Uuid::parse_str(after).ok();
    let Some(status) = status else {
        let rows = ledger::page(tx, id, None, after_id.unwrap_or(Uuid::nil()), PAGE).await?;
        let next = rows.last().filter(|_| rows.len() as i64 == PAGE);
        let next = next.map(|last| last.subscriber_id.to_string()).unwrap_or_default();
        return Ok(Found { rows, next, looks_further: false });
    };
    if live.campaign.counted_at.is_some() && live.is_over() && live.n(status) == 0 {
        return Ok(Found::default());
    }
    let is_by_time = match status {
        DeliveryStatus::Deferred => true,
        DeliveryStatus::Uncertain => !live.is_over() && live.policy == UncertainPolicy::Resend,
        _ => false,
    };
    if is_by_time {
        let behind = Cursor::parse(after).map(Cursor::key);
        let rows = ledger::waiting_page(tx, id, status, behind, PAGE).await?;
        let next = rows
            .last()
            .filter(|_| rows.len() as i64 == PAGE)
            .and_then(|last| Some(Cursor::new(last.next_attempt_at?, last.subscriber_id).to_string()));
        return Ok(Found { rows, next: next.unwrap_or_default(), looks_further: false });
    }
    let (rows, to) = ledger::search_page(tx, id, status, after_id, PAGE, SEARCH_FOR).await?;
    let looks_further = to.is_some() && (rows.len() as i64) < PAGE;
    Ok(Found { rows, next: to.map(|to| to.to_string()).unwrap_or_default(), looks_further })
}
