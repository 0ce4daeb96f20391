//! A campaign's record: how it comes on, live; what happened; who has not got it and why; and what an
//! editor may do about it. It reads counted numbers, which name their moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::frame::{self, Desk, Fields, Me, Tab, counted, done, grouped};
use super::plot::{self, Course, Plot, percent};
use crate::actions::Error;
use crate::actions::campaigns::{self as actions, Acted, MissedCount};
use crate::actions::missed::MissedError;
use crate::app::App;
use crate::db::campaigns::{self, Campaign, Listed};
use crate::db::counts::{self, DomainCount, Progress, Totals};
use crate::db::ledger::{self, DeliveryRow};
use crate::db::{Tx, alerts, audit, drafts, holds, lists, publication, sessions};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::{DeliveryStatus, UncertainPolicy};
use crate::domain::hold::{self, Hold, HoldKind};
use crate::domain::refusal::Kind;
use crate::web::assets;
use crate::web::cursor::Cursor;
use crate::web::page::{Answer, ErrorPage, page};

/// Campaigns, and deliveries, of one page.
const PAGE: i64 = 50;
/// The rate now is that of about so long.
const LATELY: TimeDelta = TimeDelta::seconds(30);
/// A page looks for rare deliveries so long.
const SEARCH_FOR: Duration = Duration::from_millis(25);
/// Streams of live progress in one process: each is a connection that stays.
const STREAMS_MAX: usize = 64;
/// A live page hears of what is new so often.
const TICK: Duration = Duration::from_secs(1);
/// Whoever looks shares what was read within this.
const FRESH: Duration = Duration::from_millis(700);

/// How a campaign stands.
#[derive(Clone)]
pub struct Live {
    pub campaign: Listed,
    pub totals: Totals,
    notes: Vec<Progress>,
    next_attempt_at: Option<DateTime<Utc>>,
    policy: UncertainPolicy,
    limit: u32,
    zone: Tz,
    now: DateTime<Utc>,
}

/// One state of a campaign's deliveries, under the bar.
pub struct State {
    pub name: &'static str,
    pub word: &'static str,
    pub n: i64,
    pub meaning: String,
}

impl Live {
    /// How a campaign stands; `None` where there is none. Reads counted numbers only.
    pub async fn read(app: &App, tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Live>> {
        let Some(campaign) = campaigns::one_listed(tx, id).await? else { return Ok(None) };
        let site = publication::get(tx).await?;
        Ok(Some(Live {
            totals: counts::totals(tx, id).await?,
            notes: counts::progress(tx, id).await?,
            next_attempt_at: match campaign.status {
                CampaignStatus::Sending | CampaignStatus::Paused => ledger::next_attempt_at(tx, id).await?,
                _ => None,
            },
            policy: site.uncertain,
            limit: app.config.max_messages_per_second,
            zone: site.zone(),
            now: app.clock.now(),
            campaign,
        }))
    }

    /// How many deliveries stand at a status.
    pub fn n(&self, status: DeliveryStatus) -> i64 {
        self.totals.get(status.as_str()).copied().unwrap_or(0)
    }

    pub fn readers(&self) -> i64 {
        self.totals.values().sum()
    }

    pub fn sent(&self) -> i64 {
        self.n(DeliveryStatus::Sent)
    }

    /// How many are still to come, by what is known.
    pub fn open(&self) -> i64 {
        use DeliveryStatus as D;
        let uncertain = match (self.policy, self.campaign.status) {
            (UncertainPolicy::Resend, CampaignStatus::Sending | CampaignStatus::Paused) => {
                self.n(D::Uncertain)
            }
            _ => 0,
        };
        self.waiting() + self.n(D::Deferred) + uncertain
    }

    /// Queued, or in a worker's hands.
    fn waiting(&self) -> i64 {
        use DeliveryStatus as D;
        self.n(D::Queued) + self.n(D::Leased) + self.n(D::Sending)
    }

    /// "61 %": how much is done. All of it only when it is.
    pub fn figure(&self) -> String {
        let all = self.readers();
        match (all, self.open()) {
            (0, _) if self.is_over() => "100 %".to_owned(),
            (0, _) => "0 %".to_owned(),
            (all, open) => format!("{} %", (all - open) * 100 / all),
        }
    }

    /// Whether nothing will happen to it by itself.
    pub fn is_over(&self) -> bool {
        matches!(self.campaign.status, CampaignStatus::Sent | CampaignStatus::Cancelled)
    }

    /// Whether its numbers are the last ones: all is over, and was counted since.
    pub fn is_settled(&self) -> bool {
        let campaign = &self.campaign;
        match campaign.status {
            CampaignStatus::Draft | CampaignStatus::Scheduled => true,
            CampaignStatus::Sending | CampaignStatus::Paused => false,
            CampaignStatus::Sent | CampaignStatus::Cancelled => {
                campaign.started_at.is_none()
                    || campaign.finished_at.is_some_and(|finished| campaign.counted_at >= Some(finished))
            }
        }
    }

    /// Messages a second, lately; 0 where nothing leaves.
    fn rate(&self) -> f64 {
        let Some(last) = self.notes.last().filter(|_| self.campaign.status == CampaignStatus::Sending) else {
            return 0.0;
        };
        let before = self.notes.iter().rev().find(|note| last.at - note.at >= LATELY).or(self.notes.first());
        let Some(before) = before.filter(|before| before.at < last.at) else { return 0.0 };
        let secs = (last.at - before.at).num_milliseconds() as f64 / 1000.0;
        (last.sent - before.sent).max(0) as f64 / secs
    }

    /// When it will be through, as things go.
    fn until(&self) -> Option<DateTime<Utc>> {
        let rate = self.rate();
        let counted_at = self.campaign.counted_at?;
        let secs = self.waiting() as f64 / rate;
        (rate > 0.0 && secs < 30.0 * 86_400.0 && self.waiting() > 0)
            .then(|| counted_at + TimeDelta::seconds(secs.ceil() as i64))
    }

    fn clock(&self, time: DateTime<Utc>) -> String {
        let (local, now) = (time.with_timezone(&self.zone), self.now.with_timezone(&self.zone));
        let form = if local.date_naive() == now.date_naive() { "%H:%M" } else { "%-d %b, %H:%M" };
        local.format(form).to_string()
    }

    /// What it does now, in a line.
    pub fn line(&self) -> String {
        let campaign = &self.campaign;
        match campaign.status {
            CampaignStatus::Draft => "Nobody gets it until it is scheduled or sent.".to_owned(),
            CampaignStatus::Scheduled if campaign.is_held => "Nothing leaves while it is held.".to_owned(),
            CampaignStatus::Scheduled => match campaign.scheduled_at {
                Some(at) => format!("It leaves at {}.", self.clock(at)),
                None => String::new(),
            },
            CampaignStatus::Paused => {
                format!("Nothing leaves. {} for it.", counted(self.open(), "reader waits", "readers wait"))
            }
            CampaignStatus::Cancelled if campaign.started_at.is_none() => "Nobody has got it.".to_owned(),
            CampaignStatus::Cancelled => {
                format!("{} it; the others don’t get it.", counted(self.sent(), "reader has", "readers have"))
            }
            CampaignStatus::Sent => match (campaign.started_at, campaign.finished_at) {
                (Some(from), Some(to)) => {
                    format!("Sent at {}, after {}.", self.clock(to), duration(to - from))
                }
                _ => "Sent.".to_owned(),
            },
            CampaignStatus::Sending if campaign.is_held => "Nothing leaves while it is held.".to_owned(),
            CampaignStatus::Sending
                if self.waiting() == 0 && self.readers() > 0 && campaign.enqueued_at.is_some() =>
            {
                match self.next_attempt_at {
                    Some(at) => {
                        format!(
                            "{} for another attempt, the next at {}.",
                            counted(self.open(), "reader waits", "readers wait"),
                            self.clock(at)
                        )
                    }
                    None => "The last answers are awaited.".to_owned(),
                }
            }
            CampaignStatus::Sending => match (self.until(), campaign.counted_at) {
                (Some(until), Some(counted)) => format!(
                    "{}, about {} left, done near {}",
                    rate_in_words(self.rate()),
                    duration(until - counted),
                    self.clock(until)
                ),
                _ if self.readers() == 0 => "Readers are being enqueued.".to_owned(),
                _ if self.notes.first().zip(self.notes.last()).is_some_and(|(a, b)| b.at - a.at > LATELY) => {
                    "Nothing has left for half a minute. Today says how workers and relay are.".to_owned()
                }
                _ => "It begins. The rate is known in a few seconds.".to_owned(),
            },
        }
    }

    /// When its numbers were counted.
    pub fn updated(&self) -> String {
        match self.campaign.counted_at {
            Some(at) => format!("Counted at {}", at.with_timezone(&self.zone).format("%H:%M:%S")),
            None => "Not counted yet".to_owned(),
        }
    }

    /// What all its deliveries are at.
    pub fn states(&self) -> Vec<State> {
        use DeliveryStatus as D;
        let all = self.readers();
        let again = || self.next_attempt_at.map(|at| format!("next at {}", self.clock(at)));
        let state = |status: DeliveryStatus, word, meaning: String| State {
            name: status.as_str(),
            word,
            n: self.n(status),
            meaning,
        };
        let uncertain = match (self.policy, self.is_over()) {
            (UncertainPolicy::Resend, false) => "go out again",
            _ => "not sent again",
        };
        let mut states = vec![
            state(D::Sent, "Sent", percent(self.sent(), all)),
            state(D::Deferred, "Deferred", again().unwrap_or_else(|| "tried again later".to_owned())),
            state(D::Bounced, "Bounced", "now suppressed".to_owned()),
            state(D::Failed, "Failed", "refused for good".to_owned()),
            state(D::Uncertain, "Uncertain", uncertain.to_owned()),
        ];
        if self.n(D::Skipped) > 0 || self.is_over() {
            states.push(state(D::Skipped, "Skipped", "left meanwhile".to_owned()));
        }
        states.retain(|state| state.name != "deferred" || state.n > 0 || !self.is_over());
        if !self.is_over() {
            let meaning = percent(self.waiting(), all);
            states.push(State { name: "queued", word: "Queued", n: self.waiting(), meaning });
        }
        if self.campaign.status == CampaignStatus::Cancelled
            && let Some(skipped) = states.iter_mut().find(|state| state.name == "skipped")
        {
            skipped.meaning = "cancelled, or left".to_owned();
        }
        // What happened to nobody needs no word on what it means.
        for state in &mut states {
            if state.n == 0 && matches!(state.name, "bounced" | "failed" | "uncertain" | "skipped") {
                state.meaning = "none".to_owned();
            }
        }
        states
    }

    /// The bar of what is done.
    pub fn bar(&self) -> String {
        use DeliveryStatus as D;
        let parts = [D::Sent, D::Deferred, D::Bounced, D::Failed, D::Uncertain, D::Skipped]
            .map(|status| (status.as_str(), self.n(status)));
        plot::bar(&parts, self.readers())
    }

    pub fn plot(&self) -> Plot {
        let Some(began) = self.notes.first().map(|first| self.began().unwrap_or(first.at)) else {
            return Plot::default();
        };
        let until = self.until();
        plot::rate(&Course {
            notes: &self.notes,
            began,
            until,
            now: self.rate(),
            limit: self.limit,
            zone: self.zone,
        })
    }

    fn began(&self) -> Option<DateTime<Utc>> {
        self.campaign.started_at.filter(|began| self.notes.first().is_none_or(|first| *began <= first.at))
    }

    /// What a live page is told.
    fn message(&self, with_plot: bool) -> serde_json::Value {
        let states: serde_json::Map<String, serde_json::Value> = self
            .states()
            .into_iter()
            .map(|state| (state.name.to_owned(), serde_json::json!([grouped(state.n), state.meaning])))
            .collect();
        let mut message = serde_json::json!({
            "status": self.campaign.status,
            "figure": self.figure(),
            "line": self.line(),
            "updated": self.updated(),
            "readers": counted(self.readers(), "reader", "readers"),
            "states": states,
            "bar": self.bar(),
            "open": grouped(self.open()),
            "rest": counted(self.open(), "reader", "readers"),
            "have": counted(self.sent(), "has", "have"),
        });
        if with_plot {
            let plot = self.plot();
            message["plot"] = format!("{}{}", plot.wide, plot.narrow).into();
        }
        message
    }
}

fn rate_in_words(rate: f64) -> String {
    match rate {
        rate if rate >= 9.5 => format!("{} a second", grouped(rate.round() as i64)),
        rate if rate >= 0.1 => format!("{rate:.1} a second"),
        rate => format!("{:.0} a minute", (rate * 60.0).max(1.0)),
    }
}

/// "7 min 30 s", "2 h 5 min".
pub fn duration(span: TimeDelta) -> String {
    let secs = span.num_seconds().max(0);
    match secs {
        secs if secs < 60 => format!("{secs} s"),
        secs if secs < 600 => format!("{} min {} s", secs / 60, secs % 60),
        secs if secs < 3600 => format!("{} min", secs / 60),
        secs if secs < 172_800 => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
        secs => format!("{} days", secs / 86_400),
    }
}

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
        let name = if count.domain.is_empty() { "all others" } else { &count.domain };
        let row = rows.entry(&count.domain).or_insert_with(|| DomainRow {
            name: name.to_owned(),
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

/// The question before the rest of a campaign is cancelled.
struct CancelForm {
    /// How many won't get it, as the page showed it.
    shown: String,
    typed: String,
    error: String,
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
    /// Somebody else scheduled it.
    can_approve: bool,
    /// All that holds it.
    holds: Vec<Hold>,
}

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

    fn is_list(&self, list: &lists::List) -> bool {
        self.list == Some(list.id)
    }
}

#[derive(Template)]
#[template(path = "admin/campaign_cancel.html")]
struct CancelPage {
    desk: Desk,
    live: Live,
    cancel: CancelForm,
}

#[derive(Template)]
#[template(path = "admin/campaign_missed.html")]
struct MissedPage {
    desk: Desk,
    campaign: Listed,
    count: MissedCount,
    /// How many there are at most, by what was counted; for a list too long to look through here.
    at_most: i64,
    error: String,
}

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

/// A field of a page's address; empty where it is not there.
pub fn query(request: &HttpRequest, name: &str) -> String {
    let fields = url::form_urlencoded::parse(request.query_string().as_bytes());
    fields
        .into_iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

pub fn gone() -> ErrorPage {
    ErrorPage::new(StatusCode::NOT_FOUND, "There is no such campaign", "It may have been deleted.")
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

/// `GET /admin/campaigns/{id}`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let log = what_happened(&mut tx, &live, &desk).await?;
    let domains = by_domain(&counts::domains(&mut tx, *id).await?);
    let draft = drafts::get(&mut tx, *id).await?;
    let is_written = draft.as_ref().is_some_and(|draft| draft.markdown.is_some());
    let can_approve = draft.is_some_and(|draft| draft.scheduled_by.is_some_and(|by| by != me.user.id));
    let holds = holds::of_campaign(&mut tx, *id).await?;
    drop(tx);
    let stretches = live.began().map_or_else(Vec::new, |began| plot::stretches(began, &live.notes, 20));
    let not_got = live.readers() - live.sent();
    page(
        StatusCode::OK,
        &CampaignPage {
            script: assets::path("live.js"),
            plot: live.plot(),
            cancel: CancelForm { shown: grouped(live.open()), typed: String::new(), error: String::new() },
            desk,
            live,
            stretches,
            log,
            domains,
            not_got,
            is_written,
            can_approve,
            holds,
        },
    )
}

async fn what_happened(tx: &mut Tx, live: &Live, desk: &Desk) -> sqlx::Result<Vec<Happened>> {
    let campaign = &live.campaign;
    let mut lines: Vec<(DateTime<Utc>, &'static str, String, String)> = Vec::new();
    for entry in audit::of_subject(tx, "campaign", campaign.id, 50).await? {
        let after: serde_json::Value = serde_json::from_str(&entry.after_json).unwrap_or_default();
        let mark = match entry.action.as_str() {
            "paused" => "paused",
            "cancelled" | "thrown away" => "cancelled",
            "resumed" | "sent to those who missed it" => "sending",
            _ => "active",
        };
        let mut what = match entry.action.as_str() {
            "begun" => "draft begun".to_owned(),
            action => action.to_owned(),
        };
        if let Some(first) = what.get(0..1).map(str::to_uppercase) {
            what.replace_range(0..1, &first);
        }
        let mut more = format!("by {}", entry.user_email);
        if let Some(readers) = after["readers"].as_i64() {
            more = format!("{}, {more}", counted(readers, "reader", "readers"));
        }
        if let Some(reason) = after["reason"].as_str() {
            more = format!("{more}: {reason}");
        }
        lines.push((entry.at, mark, what, more));
    }
    for alert in alerts::of_campaign(tx, campaign.id).await? {
        lines.push((alert.created_at, "paused", "Paused by itself".to_owned(), alert.text));
    }
    let moments = [
        (Some(campaign.created_at), "draft", "Made"),
        (campaign.started_at, "sending", "Began"),
        (campaign.enqueued_at, "queued", "All readers enqueued"),
        (campaign.finished_at.filter(|_| campaign.status == CampaignStatus::Sent), "sent", "Sent"),
    ];
    let is_begun_here =
        lines.iter().any(|(_, _, what, _)| what == "Draft begun" || what == "Correction begun");
    for (at, mark, what) in moments {
        // Who began it is told already.
        if let Some(at) = at.filter(|_| what != "Made" || !is_begun_here) {
            lines.push((at, mark, what.to_owned(), String::new()));
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

/// What comes of pausing, resuming or cancelling: a page, and a sentence.
fn acted(app: &App, id: Uuid, outcome: Result<Acted, Error>, said: &str, already: &str) -> Answer {
    match outcome {
        Ok(acted) => {
            let held = match acted.campaign.status {
                CampaignStatus::Sending if !acted.held.is_empty() => {
                    format!(" It is held all the same: {}", hold::in_sentences(&acted.held))
                }
                _ => String::new(),
            };
            let sentence = if acted.changed { said } else { already };
            Ok(done(app, &format!("/admin/campaigns/{id}"), format!("{sentence}{held}")))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Conflict => {
            let why = refusal.sentence();
            Err(ErrorPage::new(StatusCode::CONFLICT, "That can’t be done any more", &why))
        }
        Err(error) => Err(super::refuse(error)),
    }
}

/// `POST /admin/campaigns/{id}/pause`
pub async fn pause(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let outcome = actions::pause(&app, &me.actor(), *id, "").await;
    let said = "Paused. Mail already with the relay is finished and recorded; nobody gets it twice.";
    acted(&app, *id, outcome, said, "It is paused already.")
}

/// `POST /admin/campaigns/{id}/resume`
pub async fn resume(app: web::Data<App>, me: Me, id: web::Path<Uuid>) -> Answer {
    let outcome = actions::resume(&app, &me.actor(), *id, "").await;
    acted(&app, *id, outcome, "It goes on.", "It is being sent already.")
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
        let why = format!("It is {} already.", live.campaign.status.as_str());
        return Err(ErrorPage::new(StatusCode::CONFLICT, "That can’t be done any more", &why));
    }
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    drop(tx);
    let shown = grouped(live.open());
    let cancel = CancelForm { shown, typed: typed.to_owned(), error: error.to_owned() };
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
            "" => "Type the number of readers who will not get it.",
            _ => "That is not the number. Look at it again, and type it as it stands.",
        };
        return cancel_page(&app, &me, &request, *id, fields.text("typed"), error).await;
    }
    let outcome = actions::cancel(&app, &me.actor(), *id, "").await;
    acted(&app, *id, outcome, "Cancelled. Nobody else gets it.", "It is cancelled already.")
}

fn refuse_missed(error: MissedError) -> ErrorPage {
    match error {
        MissedError::Gone => gone(),
        MissedError::Db(error) => error.into(),
        MissedError::Other(error) => {
            tracing::error!(error = format!("{error:#}"), "those who missed a campaign could not be found");
            ErrorPage::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This failed on our side",
                "Try again in a minute.",
            )
        }
        why => ErrorPage::new(StatusCode::CONFLICT, "That can’t be done now", &why.to_string()),
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
        CampaignStatus::Paused => MissedError::Paused.to_string(),
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
    let sent = tokio::spawn(async move { actions::send_to_missed(&of, &actor, id, include_uncertain).await });
    let sent = sent.await.unwrap_or_else(|error| Err(MissedError::Other(error.into())));
    let sentence = match sent.map_err(refuse_missed)? {
        0 => "Nobody has missed it. Nothing is sent.".to_owned(),
        1 => "It goes out to one reader who missed it.".to_owned(),
        n => format!("It goes out to {} readers who missed it.", grouped(n as i64)),
    };
    Ok(done(&app, &format!("/admin/campaigns/{id}"), sentence))
}

/// `GET /admin/campaigns/{id}/deliveries`: each with the relay's answer; `status`.
pub async fn deliveries(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let status = DeliveryStatus::parse(&query(&request, "status"));
    let after = query(&request, "after");
    let mut tx = app.db.read().await?;
    let live = Live::read(&app, &mut tx, *id).await?.ok_or_else(gone)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let counted_none = live.campaign.counted_at.is_some() && live.is_over();
    let mut looks_further = false;
    let after_id = Uuid::parse_str(&after).ok();
    let by_time = status.filter(|status| match status {
        DeliveryStatus::Deferred => true,
        DeliveryStatus::Uncertain => !live.is_over() && live.policy == UncertainPolicy::Resend,
        _ => false,
    });
    let (rows, next) = match (status, by_time) {
        (Some(status), _) if counted_none && live.n(status) == 0 => (Vec::new(), String::new()),
        (_, Some(status)) => {
            let behind = Cursor::parse(&after).map(Cursor::key);
            let rows = ledger::waiting_page(&mut tx, *id, status, behind, PAGE).await?;
            let next = rows
                .last()
                .filter(|_| rows.len() as i64 == PAGE)
                .and_then(|last| Some(Cursor::new(last.next_attempt_at?, last.subscriber_id).to_string()));
            (rows, next.unwrap_or_default())
        }
        (Some(status), None) => {
            let (rows, to) = ledger::search_page(&mut tx, *id, status, after_id, PAGE, SEARCH_FOR).await?;
            looks_further = to.is_some() && (rows.len() as i64) < PAGE;
            (rows, to.map(|to| to.to_string()).unwrap_or_default())
        }
        (None, None) => {
            let rows = ledger::page(&mut tx, *id, None, after_id.unwrap_or(Uuid::nil()), PAGE).await?;
            let next = rows.last().filter(|_| rows.len() as i64 == PAGE);
            let next = next.map(|last| last.subscriber_id.to_string()).unwrap_or_default();
            (rows, next)
        }
    };
    let is_first = after.is_empty();
    page(
        StatusCode::OK,
        &DeliveriesPage {
            desk,
            states: live.states(),
            campaign: live.campaign,
            status,
            rows,
            next,
            looks_further,
            is_first,
        },
    )
}

type Shared = Arc<tokio::sync::Mutex<Option<(Instant, Arc<Live>)>>>;

/// The live streams of a process: how many there are, and what they share.
#[derive(Default)]
pub struct Streams {
    open: Arc<AtomicUsize>,
    campaigns: Mutex<HashMap<Uuid, Shared>>,
}

/// One open stream.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Streams {
    fn open(&self) -> Option<Open> {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let open = Open(self.open.clone());
        (before < STREAMS_MAX).then_some(open)
    }

    /// How a campaign stands, read once for all who look at it.
    async fn live(&self, app: &App, id: Uuid) -> sqlx::Result<Option<Arc<Live>>> {
        let shared = {
            let mut campaigns = self.campaigns.lock().unwrap_or_else(PoisonError::into_inner);
            campaigns.retain(|other, shared| *other == id || Arc::strong_count(shared) > 1);
            campaigns.entry(id).or_default().clone()
        };
        let mut kept = shared.lock().await;
        if let Some((read_at, live)) = kept.as_ref()
            && read_at.elapsed() < FRESH
        {
            return Ok(Some(live.clone()));
        }
        let mut tx = app.db.read().await?;
        let live = Live::read(app, &mut tx, id).await?.map(Arc::new);
        *kept = live.clone().map(|live| (Instant::now(), live));
        Ok(live)
    }
}

/// Where one stream has come to.
struct Stream {
    app: web::Data<App>,
    streams: web::Data<Streams>,
    id: Uuid,
    session: Uuid,
    told: Option<(CampaignStatus, Option<DateTime<Utc>>)>,
    ticks: u32,
    is_over: bool,
    _open: Open,
}

/// Ticks between two looks at the session, two heartbeats and two plots.
const SESSION_TICKS: u32 = 3;
const HEARTBEAT_TICKS: u32 = 15;
const PLOT_TICKS: u32 = 8;

impl Stream {
    /// The next bytes; `None`: it has ended.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.is_over {
            if self.ticks > 0 {
                tokio::time::sleep(TICK).await;
            }
            self.ticks += 1;
            match self.tick().await {
                Ok(Some(bytes)) => return Some(bytes),
                Ok(None) => {}
                // The browser comes again by itself.
                Err(_) => self.is_over = true,
            }
        }
        None
    }

    async fn tick(&mut self) -> sqlx::Result<Option<Bytes>> {
        if self.ticks.is_multiple_of(SESSION_TICKS) {
            let mut tx = self.app.db.read().await?;
            if !sessions::stands(&mut tx, self.session, self.app.clock.now()).await? {
                self.is_over = true;
                return Ok(Some(event("out", &serde_json::json!({}))));
            }
        }
        let Some(live) = self.streams.live(&self.app, self.id).await? else {
            self.is_over = true;
            return Ok(None);
        };
        let now = (live.campaign.status, live.campaign.counted_at);
        if self.told == Some(now) {
            let beat = self.ticks.is_multiple_of(HEARTBEAT_TICKS);
            return Ok(beat.then(|| Bytes::from_static(b": still here\n\n")));
        }
        let first = self.told.is_none();
        self.told = Some(now);
        self.is_over = live.is_settled();
        let with_plot = first || self.is_over || self.ticks.is_multiple_of(PLOT_TICKS);
        let kind = if self.is_over { "over" } else { "progress" };
        Ok(Some(event(kind, &live.message(with_plot))))
    }
}

/// One server-sent event; JSON has no line breaks.
fn event(kind: &str, message: &serde_json::Value) -> Bytes {
    Bytes::from(format!("event: {kind}\ndata: {message}\n\n"))
}

/// `GET /admin/campaigns/{id}/events`: server-sent events, until it is over.
pub async fn events(
    app: web::Data<App>,
    streams: web::Data<Streams>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
) -> Answer {
    if streams.live(&app, *id).await?.is_none() {
        return Err(gone());
    }
    let Some(open) = streams.open() else {
        let sentence = "Too many live pages are open. The page itself is right: open it again to look again.";
        let refusal = ErrorPage::new(StatusCode::SERVICE_UNAVAILABLE, "No more live pages", sentence);
        return Err(ErrorPage { retry_after: Some(60), ..refusal });
    };
    let mut response = HttpResponse::Ok();
    response.content_type("text/event-stream").insert_header((header::CACHE_CONTROL, "no-store"));
    // A proxy that collects answers would keep them all to the end.
    response.insert_header(("x-accel-buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let stream = Stream {
        app,
        streams,
        id: *id,
        session: me.session.id,
        told: None,
        ticks: 0,
        is_over: false,
        _open: open,
    };
    Ok(response.streaming(futures_util::stream::unfold(stream, |mut stream| async move {
        let bytes = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), stream))
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_fine_as_it_is_short() {
        let said = [45, 450, 1500, 7500, 300_000].map(|secs| duration(TimeDelta::seconds(secs)));
        assert_eq!(said, ["45 s", "7 min 30 s", "25 min", "2 h 5 min", "3 days"]);
    }

    #[test]
    fn a_rate_has_a_unit_that_fits_it() {
        assert_eq!([180.4, 2.25, 0.05].map(rate_in_words), ["180 a second", "2.2 a second", "3 a minute"]);
    }

    #[test]
    fn no_more_streams_than_there_is_room_for() {
        let streams = Streams::default();
        let mut open: Vec<Open> = (0..STREAMS_MAX).filter_map(|_| streams.open()).collect();
        assert_eq!(open.len(), STREAMS_MAX);
        assert!(streams.open().is_none());
        open.pop();
        assert!(streams.open().is_some());
    }
}
