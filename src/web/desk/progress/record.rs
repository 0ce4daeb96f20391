//! A campaign's page: how it stands, what holds it, and what happened.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::decide::CancelForm;
use super::digest::{DigestPart, cancel_key};
use super::{Live, gone};
use crate::actions::urgent;
use crate::app::App;
use crate::db::audit::Entry;
use crate::db::counts::{self, DomainCount};
use crate::db::{Tx, alerts, audit, campaigns, drafts, holds, lists};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::hold::{Hold, HoldKind};
use crate::domain::stored_words;
use crate::locale::say;
use crate::web::assets;
use crate::web::desk::frame::{Desk, Me, Tab, grouped};
use crate::web::desk::plot::{self, Plot};
use crate::web::page::{Answer, page};

/// A line of what happened.
struct Happened {
    time: String,
    machine_time: String,
    mark: &'static str,
    what: String,
    more: String,
}

/// A receiving domain's line.
pub struct DomainRow {
    pub name: String,
    pub readers: i64,
    pub sent: i64,
    pub bounced: i64,
    pub other: i64,
}

/// Domains by their readers, the largest first; the small ones together at the end.
pub fn by_domain(counts: &[DomainCount]) -> Vec<DomainRow> {
    let mut rows: HashMap<&str, DomainRow> = HashMap::new();
    for count in counts {
        let name = match count.domain.as_str() {
            "" => say("campaign-other-domains").to_string(),
            domain => domain.to_owned(),
        };
        let row = rows.entry(&count.domain).or_insert_with(|| DomainRow {
            name,
            readers: 0,
            sent: 0,
            bounced: 0,
            other: 0,
        });
        row.readers += count.deliveries;
        match count.status {
            DeliveryStatus::Sent => row.sent += count.deliveries,
            DeliveryStatus::Bounced => row.bounced += count.deliveries,
            _ => row.other += count.deliveries,
        }
    }
    let others = rows.remove("");
    let mut rows: Vec<DomainRow> = rows.into_values().collect();
    rows.sort_by(|a, b| b.readers.cmp(&a.readers).then_with(|| a.name.cmp(&b.name)));
    rows.extend(others);
    rows
}

#[derive(Template)]
#[template(path = "admin/campaign.html")]
struct CampaignPage {
    desk: Desk,
    live: Live,
    script: String,
    plot: Plot,
    stretches: Vec<plot::Stretch>,
    log: Vec<Happened>,
    domains: Vec<DomainRow>,
    cancel: CancelForm,
    /// Who has not got it, as far as the counts say.
    not_got: i64,
    /// It was written at the desk: it can be a draft again.
    is_written: bool,
    /// A feed's article made it.
    is_of_feed: bool,
    /// Somebody scheduled it, and can take that back.
    can_undo: bool,
    /// Whoever looks at it did not schedule it: the second person, if it waits for one.
    can_approve: bool,
    /// All that holds it.
    holds: Vec<Hold>,
    digest: Option<DigestPart>,
    /// Until when its list is quiet.
    waits_until: Option<String>,
    is_breaking: bool,
}

/// `GET /admin/campaigns/{id}`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let log = what_happened(&mut tx, &live, &desk).await?;
    let domains = by_domain(&counts::domains(&mut tx, *id).await?);
    let draft = drafts::get(&mut tx, *id).await?;
    let is_written = draft.as_ref().is_some_and(|draft| draft.markdown.is_some());
    let is_of_feed = draft.as_ref().is_some_and(|draft| draft.is_of_feed);
    let can_undo = draft.as_ref().is_some_and(|draft| draft.scheduled_by.is_some());
    let can_approve = draft.is_some_and(|draft| draft.scheduled_by != Some(me.user.id));
    let holds = holds::of_campaign(&mut tx, *id).await?;
    let campaign = campaigns::by_id(&mut tx, *id).await?.ok_or_else(gone)?;
    let list = lists::by_id(&mut tx, campaign.list_id).await?.ok_or_else(gone)?;
    let digest = DigestPart::read(&mut tx, &campaign, &list).await?;
    drop(tx);
    let waits_until =
        urgent::waits_until(&campaign, &list, desk.zone, desk.now).map(|at| desk.short_time(&at));
    let stretches = live.began().map_or_else(Vec::new, |began| plot::stretches(began, &live.notes, 20));
    let not_got = live.readers() - live.sent();
    page(
        StatusCode::OK,
        &CampaignPage {
            script: assets::path("live.js"),
            plot: live.plot(),
            cancel: CancelForm {
                shown: grouped(live.open()),
                typed: String::new(),
                error: String::new(),
                digest: campaign.digest_cadence.map(cancel_key),
            },
            digest,
            waits_until,
            is_breaking: campaign.is_breaking,
            desk,
            live,
            stretches,
            log,
            domains,
            not_got,
            is_written,
            is_of_feed,
            can_undo,
            can_approve,
            holds,
        },
    )
}

/// A line of the audit log: when, its mark, what, and by whom.
fn line_of_entry(entry: &Entry) -> (DateTime<Utc>, &'static str, String, String) {
    let after: serde_json::Value = serde_json::from_str(&entry.after_json).unwrap_or_default();
    let mark = match entry.action.as_str() {
        "paused" => "paused",
        "cancelled" | "thrown away" => "cancelled",
        "resumed" | "sent to those who missed it" => "sending",
        _ => "active",
    };
    let what = match entry.action.as_str() {
        "begun" => say("campaign-did-begun").to_string(),
        "correction begun" => say("campaign-did-correction").to_string(),
        "scheduled" => say("campaign-did-scheduled").to_string(),
        "taken back" => say("campaign-did-undone").to_string(),
        "approved" => say("campaign-did-approved").to_string(),
        "thrown away" => say("campaign-did-deleted").to_string(),
        "brought back" => say("campaign-did-restored").to_string(),
        "let go" => say("campaign-did-released").to_string(),
        "paused" => say("campaign-did-paused").to_string(),
        "resumed" => say("campaign-did-resumed").to_string(),
        "cancelled" => say("campaign-did-cancelled").to_string(),
        "test sent" => say("campaign-did-test").to_string(),
        "sent to those who missed it" => say("campaign-did-missed").to_string(),
        action => stored_words::action(action),
    };
    let who = stored_words::who(&entry.user_email);
    let more = match (after["readers"].as_i64(), after["reason"].as_str()) {
        (Some(readers), _) => say("campaign-did-readers-by").with("readers", readers).with("name", who),
        (None, Some(reason)) => say("campaign-did-reason-by").with("reason", reason).with("name", who),
        (None, None) => say("campaign-did-by").with("name", who),
    };
    (entry.at, mark, what, more.to_string())
}

async fn what_happened(tx: &mut Tx, live: &Live, desk: &Desk) -> sqlx::Result<Vec<Happened>> {
    let campaign = &live.campaign;
    let mut lines: Vec<(DateTime<Utc>, &'static str, String, String)> = Vec::new();
    // Who began it is told already where somebody did.
    let mut is_begun_here = false;
    for entry in audit::of_subject(tx, "campaign", campaign.id, 50).await? {
        is_begun_here |= matches!(entry.action.as_str(), "begun" | "correction begun");
        lines.push(line_of_entry(&entry));
    }
    for alert in alerts::of_campaign(tx, campaign.id).await? {
        lines.push((alert.created_at, "paused", say("campaign-did-paused-itself").to_string(), alert.text));
    }
    let moments = [
        (Some(campaign.created_at).filter(|_| !is_begun_here), "draft", "campaign-did-made"),
        (campaign.started_at, "sending", "campaign-did-started"),
        (campaign.enqueued_at, "queued", "campaign-did-enqueued"),
        (
            campaign.finished_at.filter(|_| campaign.status == CampaignStatus::Sent),
            "sent",
            "campaign-did-sent",
        ),
    ];
    for (at, mark, what) in moments {
        if let Some(at) = at {
            lines.push((at, mark, say(what).to_string(), String::new()));
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.0));
    let today = desk.now.with_timezone(&desk.zone).date_naive();
    let line = |(at, mark, what, more): (DateTime<Utc>, _, _, _)| {
        let local = at.with_timezone(&desk.zone);
        let time = match local.date_naive() == today {
            true => local.format("%H:%M:%S").to_string(),
            false => desk.short_time(&at),
        };
        Happened { time, machine_time: desk.machine_time(&at), mark, what, more }
    };
    Ok(lines.into_iter().map(line).collect())
}
