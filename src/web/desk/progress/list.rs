//! All campaigns, the newest first.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{PAGE, query};
use crate::app::App;
use crate::db::campaigns::{self, Listed};
use crate::db::counts::{self, Totals};
use crate::db::lists;
use crate::domain::campaign::CampaignStatus;
use crate::web::desk::frame::{Desk, Me, Tab};
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/campaigns.html")]
struct CampaignsPage {
    desk: Desk,
    campaigns: Vec<Listed>,
    totals: std::collections::BTreeMap<Uuid, Totals>,
    lists: Vec<lists::List>,
    status: Option<CampaignStatus>,
    list: Option<Uuid>,
    /// Where older ones begin; empty: there are none.
    older: String,
    is_first: bool,
}

impl CampaignsPage {
    fn sent(&self, campaign: &Listed) -> Option<i64> {
        self.totals.get(&campaign.id).map(|totals| totals.get("sent").copied().unwrap_or(0))
    }

    fn readers(&self, campaign: &Listed) -> Option<i64> {
        self.totals.get(&campaign.id).map(|totals| totals.values().sum())
    }

    fn bounced(&self, campaign: &Listed) -> Option<i64> {
        self.totals.get(&campaign.id).map(|totals| totals.get("bounced").copied().unwrap_or(0))
    }

    fn time(&self, campaign: &Listed) -> DateTime<Utc> {
        campaign.started_at.or(campaign.scheduled_at).unwrap_or(campaign.created_at)
    }

    /// The page without the filter by status.
    fn of_list(&self) -> String {
        self.list.map_or("/admin/campaigns".to_owned(), |list| format!("/admin/campaigns?list={list}"))
    }

    /// The page without the filter by list.
    fn of_status(&self) -> String {
        let status = self.status.map(|status| format!("?status={}", status.as_str()));
        format!("/admin/campaigns{}", status.unwrap_or_default())
    }

    fn is_list(&self, list: &lists::List) -> bool {
        self.list == Some(list.id)
    }
}

/// `GET /admin/campaigns`
pub async fn list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let status = query(&request, "status");
    let status = CampaignStatus::ALL.into_iter().find(|one| one.as_str() == status);
    let list = Uuid::parse_str(&query(&request, "list")).ok();
    let before = Uuid::parse_str(&query(&request, "before")).ok();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let mut found = campaigns::listed(&mut tx, status, list, before.unwrap_or(Uuid::max()), PAGE + 1).await?;
    let is_more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let ids: Vec<Uuid> = found.iter().map(|campaign| campaign.id).collect();
    let older = found.last().filter(|_| is_more).map(|last| last.id.to_string()).unwrap_or_default();
    page(
        StatusCode::OK,
        &CampaignsPage {
            totals: counts::totals_of(&mut tx, &ids).await?,
            lists: lists::all(&mut tx).await?,
            campaigns: found,
            desk,
            status,
            list,
            older,
            is_first: before.is_none(),
        },
    )
}
