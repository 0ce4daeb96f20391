//! Reports: how a campaign went, when it is over. Counted numbers; the file alone walks the ledger, a page
//! at a time.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Me, Tab};
use super::plot;
use super::progress::{DomainRow, Live, State, by_domain, duration, gone, query};
use super::see_other;
use crate::actions::export::{DELIVERY_COLUMNS, delivery_line};
use crate::app::App;
use crate::db::campaigns::{self, Listed};
use crate::db::counts::{self, HourCount, Totals};
use crate::db::ledger;
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::locale::say;
use crate::web::page::{Answer, page};

/// Reports of one page.
const PAGE: i64 = 50;
/// Rows of a file that are read together.
const FILE_ROWS: i64 = 1000;
/// Hours of a report: what comes later is told together.
const HOURS_MAX: usize = 48;

#[derive(Template)]
#[template(path = "admin/reports.html")]
struct ReportsPage {
    desk: Desk,
    campaigns: Vec<Listed>,
    totals: BTreeMap<Uuid, Totals>,
    older: String,
    is_first: bool,
}

impl ReportsPage {
    fn n(&self, campaign: &Listed, status: &str) -> i64 {
        self.totals.get(&campaign.id).and_then(|totals| totals.get(status)).copied().unwrap_or(0)
    }

    fn readers(&self, campaign: &Listed) -> i64 {
        self.totals.get(&campaign.id).map_or(0, |totals| totals.values().sum())
    }

    fn took(&self, campaign: &Listed) -> String {
        campaign
            .started_at
            .zip(campaign.finished_at)
            .map(|(from, to)| duration(to - from))
            .unwrap_or_default()
    }
}

/// An hour of a report.
struct HourRow {
    name: String,
    sent: i64,
    bounced: i64,
    other: i64,
}

#[derive(Template)]
#[template(path = "admin/report.html")]
struct ReportPage {
    desk: Desk,
    live: Live,
    states: Vec<State>,
    took: String,
    hours: Vec<HourRow>,
    domains: Vec<DomainRow>,
    /// Why some were skipped or failed: what was found among the first of them, with how often.
    reasons: Vec<(DeliveryStatus, String, i64)>,
    /// Those reasons are of a part of them only.
    reasons_are_part: bool,
}

/// `GET /admin/reports`
pub async fn list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let before = Uuid::parse_str(&query(&request, "before")).ok();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Reports).await?;
    let mut found = campaigns::reported(&mut tx, before.unwrap_or(Uuid::max()), PAGE + 1).await?;
    let is_more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let ids: Vec<Uuid> = found.iter().map(|campaign| campaign.id).collect();
    let older = found.last().filter(|_| is_more).map(|last| last.id.to_string()).unwrap_or_default();
    let totals = counts::totals_of(&mut tx, &ids).await?;
    page(StatusCode::OK, &ReportsPage { desk, campaigns: found, totals, older, is_first: before.is_none() })
}

fn hour_rows(counts: &[HourCount], desk: &Desk) -> Vec<HourRow> {
    let mut hours: BTreeMap<DateTime<Utc>, HourRow> = BTreeMap::new();
    for count in counts {
        let at = hours.len();
        // The last row takes in what is later.
        let key = if at >= HOURS_MAX && !hours.contains_key(&count.hour) {
            hours.keys().next_back().copied().unwrap_or(count.hour)
        } else {
            count.hour
        };
        let row = hours.entry(key).or_insert_with(|| HourRow {
            name: desk.short_time(&count.hour),
            sent: 0,
            bounced: 0,
            other: 0,
        });
        match count.status {
            DeliveryStatus::Sent => row.sent += count.deliveries,
            DeliveryStatus::Bounced => row.bounced += count.deliveries,
            _ => row.other += count.deliveries,
        }
    }
    if hours.len() >= HOURS_MAX
        && let Some(mut last) = hours.last_entry()
    {
        let name = &mut last.get_mut().name;
        *name = say("report-and-later").with("time", name.as_str()).to_string();
    }
    hours.into_values().collect()
}

/// What ended badly by what was said, as far as a short look goes.
async fn reasons(app: &App, live: &Live) -> sqlx::Result<(Vec<(DeliveryStatus, String, i64)>, bool)> {
    const LOOK_AT: i64 = 500;
    const LOOK_FOR: std::time::Duration = std::time::Duration::from_millis(8);
    let mut found: BTreeMap<(&'static str, String), (DeliveryStatus, i64)> = BTreeMap::new();
    let mut is_part = false;
    let mut tx = app.db.read().await?;
    for status in [DeliveryStatus::Failed, DeliveryStatus::Skipped, DeliveryStatus::Uncertain] {
        if live.n(status) == 0 {
            continue;
        }
        let id = live.campaign.id;
        let (rows, further) = ledger::search_page(&mut tx, id, status, None, LOOK_AT, LOOK_FOR).await?;
        is_part |= further.is_some();
        for row in rows {
            let reply = row.reply.unwrap_or_default();
            found.entry((status.as_str(), reply)).or_insert((status, 0)).1 += 1;
        }
    }
    let mut reasons: Vec<(DeliveryStatus, String, i64)> =
        found.into_iter().map(|((_, reply), (status, n))| (status, reply, n)).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.2));
    is_part |= reasons.len() > 12;
    reasons.truncate(12);
    Ok((reasons, is_part))
}

/// `GET /admin/reports/{id}`; what is not over is live.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    if !live.is_over() {
        return Ok(see_other(&format!("/admin/campaigns/{id}")));
    }
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Reports).await?;
    let hours = hour_rows(&counts::hours(&mut tx, *id).await?, &desk);
    let domains = by_domain(&counts::domains(&mut tx, *id).await?);
    drop(tx);
    let (reasons, reasons_are_part) = reasons(&app, &live).await?;
    let took = live.campaign.started_at.zip(live.campaign.finished_at);
    let took = took.map(|(from, to)| duration(to - from)).unwrap_or_default();
    let states = live.states();
    page(StatusCode::OK, &ReportPage { desk, states, live, took, hours, domains, reasons, reasons_are_part })
}

/// A file of deliveries as it is written.
struct File {
    app: web::Data<App>,
    campaign_id: Uuid,
    status: Option<DeliveryStatus>,
    after: Option<Uuid>,
    begun: bool,
}

impl File {
    async fn next(&mut self) -> Result<Option<Bytes>, anyhow::Error> {
        let Some(after) = self.after else { return Ok(None) };
        let mut csv = csv::Writer::from_writer(Vec::new());
        if !self.begun {
            self.begun = true;
            csv.write_record(DELIVERY_COLUMNS)?;
        }
        let mut tx = self.app.db.read().await?;
        let rows = ledger::page(&mut tx, self.campaign_id, self.status, after, FILE_ROWS).await?;
        drop(tx);
        self.after = rows.last().filter(|_| rows.len() as i64 == FILE_ROWS).map(|last| last.subscriber_id);
        for row in &rows {
            csv.write_record(delivery_line(row))?;
        }
        Ok(Some(Bytes::from(csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?)))
    }
}

/// `GET /admin/reports/{id}/deliveries.csv`: each with the relay's answer; `status`.
pub async fn file(app: web::Data<App>, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let status = DeliveryStatus::parse(&query(&request, "status"));
    let mut tx = app.db.read().await?;
    let campaign = campaigns::one_listed(&mut tx, *id).await?.ok_or_else(gone)?;
    drop(tx);
    let file = File { app, campaign_id: *id, status, after: Some(Uuid::nil()), begun: false };
    let name = match status {
        Some(status) => format!("{}-{}.csv", campaign.slug, status.as_str()),
        None => format!("{}.csv", campaign.slug),
    };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(futures_util::stream::try_unfold(file, |mut file| async move {
            let bytes = file.next().await.map_err(|error| {
                tracing::error!(error = format!("{error:#}"), "a file of deliveries breaks off");
                std::io::Error::other("the file breaks off")
            })?;
            Ok::<_, std::io::Error>(bytes.map(|bytes| (bytes, file)))
        })))
}
