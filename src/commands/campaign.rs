//! `campaign …`: what was sent and how it went, stop and go on, and those who missed it.

use std::io::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::{CsvOut, usage};
use crate::actions::campaigns::Acted;
use crate::actions::catch_up;
use crate::actions::export::{DELIVERY_COLUMNS, cell, delivery_line};
use crate::actions::guard;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::brake;
use crate::db::campaigns::{self, Campaign};
use crate::db::ledger::{self, Tally};
use crate::db::{holds, lists, publication};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::hold::{self, Hold};
use crate::domain::refusal::campaigns as codes;
use crate::locale::say_plain;

/// Rows read at once.
const PAGE: i64 = 1000;
/// The rate is what was sent within this.
const LATELY: TimeDelta = TimeDelta::minutes(1);

#[derive(Subcommand)]
pub enum CampaignCommand {
    /// Show campaigns, the newest first
    List {
        /// Only those with this status
        #[arg(long, value_parser = PossibleValuesParser::new(CampaignStatus::ALL.map(CampaignStatus::as_str)))]
        status: Option<String>,
        /// How many to show
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
        /// Print the result as JSON, one line per campaign
        #[arg(long)]
        json: bool,
    },
    /// Show one campaign
    Show {
        #[command(flatten)]
        which: Which,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Pause a campaign; emails already being sent are finished
    Pause(Act),
    /// Resume a paused campaign
    Resume(Act),
    /// Cancel a campaign
    Cancel(Act),
    /// Release campaigns that are on hold because they are late, or because this database was restored or looks like a
    /// copy; without an option, show what is on hold
    Release {
        /// Its id, the beginning of its id, or its name in the archive
        #[arg(value_name = "ID", conflicts_with_all = ["all", "this_is_the_real_one"])]
        campaign: Option<String>,
        /// All of them
        #[arg(long)]
        all: bool,
        /// Confirm that this is the real database: it was moved, BASE_URL was changed on purpose, or it was restored
        /// from a backup. Without --all, its campaigns stay on hold
        #[arg(long)]
        this_is_the_real_one: bool,
    },
    /// Export the deliveries of one campaign as CSV, with the relay's replies
    Deliveries {
        #[command(flatten)]
        which: Which,
        /// Only those with this status
        #[arg(long, value_parser = PossibleValuesParser::new(DeliveryStatus::ALL.map(DeliveryStatus::as_str)))]
        status: Option<String>,
        /// Print one line of JSON for each instead of CSV
        #[arg(long)]
        json: bool,
    },
    /// Show who missed a campaign, or send it to them
    Missed {
        #[command(flatten)]
        which: Which,
        /// Send it to them, in the same campaign
        #[arg(long)]
        send: bool,
        /// Include those who may already have it: some may get it twice
        #[arg(long)]
        include_uncertain: bool,
        /// Print JSON instead of CSV and text
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Which {
    /// Its id, the beginning of its id, or its name in the archive
    #[arg(value_name = "ID")]
    campaign: String,
}

#[derive(Args)]
pub struct Act {
    #[command(flatten)]
    which: Which,
    /// The reason, shown by `campaign show`
    #[arg(long)]
    reason: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(app: Arc<App>, command: CampaignCommand) -> anyhow::Result<()> {
    match command {
        CampaignCommand::List { status, limit, json } => list(&app, status.as_deref(), limit, json).await,
        CampaignCommand::Show { which, json } => show(&app, &which, json).await,
        CampaignCommand::Pause(act) => apply(&app, &act, CampaignAction::Pause).await,
        CampaignCommand::Resume(act) => apply(&app, &act, CampaignAction::Resume).await,
        CampaignCommand::Cancel(act) => apply(&app, &act, CampaignAction::Cancel).await,
        CampaignCommand::Release { campaign: Some(campaign), .. } => {
            release_one(&app, &Which { campaign }).await
        }
        CampaignCommand::Release { all: true, this_is_the_real_one, .. } => {
            release_all(&app, this_is_the_real_one).await
        }
        CampaignCommand::Release { this_is_the_real_one: true, .. } => keep_holding(&app).await,
        CampaignCommand::Release { .. } => list_held(&app).await,
        CampaignCommand::Deliveries { which, status, json } => {
            deliveries(&app, &which, status.as_deref().and_then(DeliveryStatus::parse), json).await
        }
        CampaignCommand::Missed { which, send: true, include_uncertain, json } => {
            send_to_missed(&app, &which, include_uncertain, json).await
        }
        CampaignCommand::Missed { which, send: false, include_uncertain, json } => {
            list_missed(&app, &which, include_uncertain, json).await
        }
    }
}

async fn release_one(app: &Arc<App>, which: &Which) -> anyhow::Result<()> {
    let campaign = find(app, which).await?;
    let released = guard::release(&Context::command_line(app), campaign.id).await?;
    let said = match released.still.as_slice() {
        [] => say_plain("command-campaign-released"),
        still => say_plain("command-campaign-still-held").with("why", hold::in_one_line(still)),
    };
    println!("{}", said.with("subject", campaign.subject));
    Ok(())
}

async fn release_all(app: &Arc<App>, this_is_the_real_one: bool) -> anyhow::Result<()> {
    let cx = Context::command_line(app);
    let mut released = 0;
    if this_is_the_real_one {
        match guard::adopt(&cx, true).await {
            Ok(all) => released = all,
            Err(Error::Refused(refusal)) if refusal.is(&codes::DATABASE_IS_THE_SAME) => {}
            Err(error) => return Err(error.into()),
        }
    }
    released += guard::release_all(&cx).await?;
    println!("{}", say_plain("command-campaigns-released").with("campaigns", released));
    Ok(())
}

async fn keep_holding(app: &Arc<App>) -> anyhow::Result<()> {
    match guard::adopt(&Context::command_line(app), false).await {
        Ok(_) => println!("{}", say_plain("command-database-adopted")),
        Err(Error::Refused(refusal)) if refusal.is(&codes::DATABASE_IS_THE_SAME) => println!("{refusal}"),
        Err(error) => return Err(error.into()),
    }
    list_held(app).await
}

/// Says why nothing can be released yet.
async fn say_what_is_undecided(app: &App) -> anyhow::Result<()> {
    let seen = app.send_counter.seen();
    let mut tx = app.db.read().await?;
    let clone = guard::clone_of(app, &mut tx).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let restored = guard::restored(&mut tx, &seen).await?;
    if let Some(clone) = &clone {
        eprintln!("{}", say_plain("command-database-is-copy").with("differs", clone.difference()));
    }
    if let Some(restored) = &restored {
        eprintln!("{}", say_plain("command-database-is-restored").with("what", restored.sentence(zone)));
    }
    if clone.is_some() || restored.is_some() {
        eprintln!("{}", say_plain("command-database-adopt"));
    }
    Ok(())
}

async fn list_held(app: &App) -> anyhow::Result<()> {
    say_what_is_undecided(app).await?;
    let mut out = std::io::stdout().lock();
    let mut before = Uuid::max();
    loop {
        let mut tx = app.db.read().await?;
        let page = campaigns::held(&mut tx, before, PAGE).await?;
        let ids: Vec<Uuid> = page.iter().map(|held| held.id).collect();
        let holds = holds::list(&mut tx, &ids).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        before = last.id;
        for held in &page {
            for hold in holds.get(&held.id).into_iter().flatten() {
                let text =
                    format!("{}  {:<9} {}: {}", held.id, held.status.as_str(), held.subject, hold.reason);
                if !super::print_line(&mut out, &text)? {
                    return Ok(());
                }
            }
        }
    }
    let braked = brake::count_batches(&mut app.db.read().await?).await? > 0;
    if braked {
        eprintln!("{}", say_plain("command-articles-held-too"));
    } else if before == Uuid::max() {
        eprintln!("{}", say_plain("command-nothing-held"));
    }
    Ok(out.flush()?)
}

/// The one campaign that is meant, or a message that says which there are.
async fn find(app: &App, which: &Which) -> anyhow::Result<Campaign> {
    let name = which.campaign.trim();
    let quoted = format!("{name:?}");
    let mut tx = app.db.read().await?;
    let mut found = campaigns::named(&mut tx, name).await?;
    match found.len() {
        0 => Err(usage(say_plain("command-campaign-missing").with("quoted", quoted))),
        1 => Ok(found.remove(0)),
        _ => {
            let ids: Vec<String> = found.iter().map(|c| format!("{} {}", c.id, c.subject)).collect();
            let said = say_plain("command-campaign-ambiguous").with("quoted", quoted);
            Err(usage(format!("{said}\n{}", ids.join("\n"))))
        }
    }
}

async fn list(app: &App, status: Option<&str>, limit: i64, json: bool) -> anyhow::Result<()> {
    let status = CampaignStatus::ALL.into_iter().find(|one| Some(one.as_str()) == status);
    let mut tx = app.db.read().await?;
    let zone = publication::get(&mut tx).await?.zone();
    drop(tx);
    let mut out = std::io::stdout().lock();
    let (mut before, mut left) = (Uuid::max(), limit);
    while left > 0 {
        let mut tx = app.db.read().await?;
        let page = campaigns::page(&mut tx, status, before, left.min(PAGE)).await?;
        let ids: Vec<Uuid> = page.iter().map(|campaign| campaign.id).collect();
        let holds = holds::list(&mut tx, &ids).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        before = last.id;
        left -= page.len() as i64;
        for campaign in &page {
            let text = if json {
                facts(campaign, holds.get(&campaign.id).map_or(&[], Vec::as_slice)).to_string()
            } else {
                let at = campaign.started_at.or(campaign.scheduled_at).unwrap_or(campaign.created_at);
                let held = if campaign.is_held { "held" } else { "" };
                format!(
                    "{}  {:<9} {:<4} {}  {}",
                    campaign.id,
                    campaign.status.as_str(),
                    held,
                    local(at, zone),
                    campaign.subject
                )
            };
            if !super::print_line(&mut out, &text)? {
                return Ok(());
            }
        }
    }
    if before == Uuid::max() && !json {
        eprintln!("{}", say_plain("command-campaigns-none"));
    }
    Ok(out.flush()?)
}

/// What a script reads of a campaign.
fn facts(campaign: &Campaign, holds: &[Hold]) -> serde_json::Value {
    json!({
        "id": campaign.id,
        "slug": campaign.slug,
        "subject": campaign.subject,
        "status": campaign.status,
        "status_reason": campaign.status_reason,
        "held_reason": (!holds.is_empty()).then(|| hold::in_one_line(holds)),
        "holds": holds.iter().map(|hold| json!({
            "kind": hold.kind, "why": hold.sentence(), "since": hold.since,
        })).collect::<Vec<_>>(),
        "created_at": campaign.created_at,
        "scheduled_at": campaign.scheduled_at,
        "started_at": campaign.started_at,
        "enqueued_at": campaign.enqueued_at,
        "finished_at": campaign.finished_at,
    })
}

fn local(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

async fn show(app: &App, which: &Which, json: bool) -> anyhow::Result<()> {
    let campaign = find(app, which).await?;
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let tallies = ledger::tallies(&mut tx, campaign.id, now - LATELY).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let list = lists::by_id(&mut tx, campaign.list_id).await?;
    let holds = holds::of_campaign(&mut tx, campaign.id).await?;
    drop(tx);
    let sum = |wanted: &dyn Fn(&Tally) -> i64| -> i64 { tallies.iter().map(wanted).sum() };
    let total = sum(&|tally| tally.count);
    let open = sum(&|tally| match tally.status {
        DeliveryStatus::Uncertain => tally.waiting,
        status if status.is_open(true) => tally.count,
        _ => 0,
    });
    let sent_lately = sum(&|tally| if tally.status == DeliveryStatus::Sent { tally.lately } else { 0 });
    let list_slug = list.map(|list| list.slug).unwrap_or_default();
    if json {
        let mut object = facts(&campaign, &holds);
        let counts: serde_json::Map<String, serde_json::Value> =
            tallies.iter().map(|tally| (tally.status.as_str().to_owned(), tally.count.into())).collect();
        object["list"] = list_slug.into();
        object["deliveries"] = counts.into();
        object["total"] = total.into();
        object["open"] = open.into();
        object["sent_last_minute"] = sent_lately.into();
        println!("{}", serde_json::to_string_pretty(&object)?);
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    let mut row = |name: String, text: String| writeln!(out, "{name:<11} {text}");
    row(say_plain("command-show-campaign").into(), campaign.subject.clone())?;
    row(say_plain("command-show-id").into(), campaign.id.to_string())?;
    let archive = app.config.link(&format!("/archive/{}", campaign.slug));
    row(say_plain("command-show-archive").into(), archive)?;
    row(say_plain("command-show-list").into(), list_slug)?;
    let why = campaign.status_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    row(say_plain("command-show-status").into(), format!("{}{why}", campaign.status.as_str()))?;
    for hold in &holds {
        row(say_plain("command-show-held").into(), hold.reason.to_string())?;
    }
    for (name, time) in [
        ("command-show-scheduled", campaign.scheduled_at),
        ("command-show-started", campaign.started_at),
        ("command-show-finished", campaign.finished_at),
    ] {
        if let Some(time) = time {
            row(say_plain(name).into(), local(time, zone))?;
        }
    }
    if campaign.started_at.is_some() && campaign.enqueued_at.is_none() {
        let note = say_plain("command-show-enqueueing-note");
        row(say_plain("command-show-enqueueing").into(), note.into())?;
    }
    for tally in &tallies {
        row(tally.status.as_str().to_owned(), tally_in_words(tally))?;
    }
    if total > 0 {
        let done = say_plain("command-show-done-of").with("done", (total - open).to_string());
        row(say_plain("command-show-done").into(), done.with("total", total.to_string()).into())?;
    }
    if campaign.status == CampaignStatus::Sending && open > 0 {
        let rate = match open.checked_div(sent_lately) {
            Some(mins) => say_plain("command-show-rate-now")
                .with("sent", sent_lately.to_string())
                .with("mins", (mins + 1).to_string()),
            None => say_plain("command-show-rate-none"),
        };
        row(say_plain("command-show-rate").into(), rate.into())?;
    }
    Ok(())
}

/// How many deliveries have a status; of the uncertain ones also what becomes of them.
fn tally_in_words(tally: &Tally) -> String {
    let count = tally.count.to_string();
    let key = match (tally.status, tally.count - tally.waiting) {
        (DeliveryStatus::Uncertain, 0) => "command-show-uncertain-resent",
        (DeliveryStatus::Uncertain, left) if left == tally.count => "command-show-uncertain-left",
        (DeliveryStatus::Uncertain, _) => "command-show-uncertain-some",
        _ => return count,
    };
    say_plain(key).with("count", count).to_string()
}

async fn apply(app: &Arc<App>, act: &Act, action: CampaignAction) -> anyhow::Result<()> {
    let reason = act.reason.as_deref().unwrap_or("");
    if reason.chars().count() > crate::actions::campaigns::REASON_CHARS_MAX
        || reason.chars().any(char::is_control)
    {
        return Err(usage(say_plain("command-campaign-reason-wrong")));
    }
    let campaign = find(app, &act.which).await?;
    let cx = Context::command_line(app);
    let acted = match action {
        CampaignAction::Pause => crate::actions::campaigns::pause(&cx, campaign.id, reason).await,
        CampaignAction::Resume => crate::actions::campaigns::resume(&cx, campaign.id, reason).await,
        _ => crate::actions::campaigns::cancel(&cx, campaign.id, reason).await,
    };
    let Acted { campaign, held, changed } = match acted {
        Ok(acted) => acted,
        Err(Error::Refused(why)) => anyhow::bail!("“{}”: {why}", campaign.subject),
        Err(error) => return Err(error.into()),
    };
    let now = campaign.status;
    if act.json {
        println!("{}", json!({ "campaign": campaign.id, "status": now, "changed": changed }));
    } else {
        let said = match changed {
            true => say_plain("command-campaign-now"),
            false => say_plain("command-campaign-already"),
        };
        println!("{}", said.with("subject", campaign.subject).with("status", now.as_str()));
    }
    if action == CampaignAction::Resume && !held.is_empty() {
        eprintln!("{}", say_plain("command-campaign-resumed-held").with("why", hold::in_one_line(&held)));
    }
    Ok(())
}

async fn deliveries(
    app: &App,
    which: &Which,
    status: Option<DeliveryStatus>,
    json: bool,
) -> anyhow::Result<()> {
    let campaign = find(app, which).await?;
    let mut out = CsvOut::new();
    if !json {
        out.write(&DELIVERY_COLUMNS)?;
    }
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.db.read().await?;
        let rows = ledger::page(&mut tx, campaign.id, status, after, PAGE).await?;
        drop(tx);
        let Some(last) = rows.last() else { break };
        after = last.subscriber_id;
        for row in &rows {
            let going_on =
                if json { out.line(&serde_json::to_string(row)?)? } else { out.write(&delivery_line(row))? };
            if !going_on {
                return Ok(());
            }
        }
    }
    out.end()
}

async fn list_missed(app: &App, which: &Which, include_uncertain: bool, json: bool) -> anyhow::Result<()> {
    let campaign = find(app, which).await?;
    let mut out = CsvOut::new();
    let (mut after, mut count, mut uncertain) = (Uuid::nil(), 0u64, 0u64);
    let mut begun = json;
    loop {
        let mut tx = app.db.read().await?;
        // All of them, so that those who are left out can be counted.
        let rows = catch_up::page(&mut tx, &campaign, true, after, PAGE).await?;
        drop(tx);
        if !begun {
            out.write(&["email", "status", "since", "may_have_arrived", "reply"])?;
            begun = true;
        }
        let Some(last) = rows.last() else { break };
        after = last.subscriber_id;
        for row in &rows {
            uncertain += u64::from(row.may_have_arrived);
            if row.may_have_arrived && !include_uncertain {
                continue;
            }
            count += 1;
            let going_on = if json {
                out.line(&serde_json::to_string(row)?)?
            } else {
                out.write(&[
                    cell(&row.email).as_str(),
                    row.status.map_or("", DeliveryStatus::as_str),
                    &row.status_since.map(|time| time.to_rfc3339()).unwrap_or_default(),
                    if row.may_have_arrived { "yes" } else { "no" },
                    &cell(row.reply.as_deref().unwrap_or_default()),
                ])?
            };
            if !going_on {
                return Ok(());
            }
        }
    }
    out.end()?;
    eprintln!("{}", say_plain("command-missed").with("readers", count).with("subject", campaign.subject));
    if uncertain > 0 && !include_uncertain {
        eprintln!("{}", say_plain("command-missed-uncertain").with("readers", uncertain));
    }
    if count > 0 {
        let said = match include_uncertain {
            true => say_plain("command-missed-send-uncertain"),
            false => say_plain("command-missed-send"),
        };
        eprintln!("{}", said.with("id", campaign.id.to_string()));
    }
    Ok(())
}

async fn send_to_missed(
    app: &Arc<App>,
    which: &Which,
    include_uncertain: bool,
    json: bool,
) -> anyhow::Result<()> {
    let campaign = find(app, which).await?;
    let enqueued = crate::actions::campaigns::send_to_missed(
        &Context::command_line(app),
        campaign.id,
        include_uncertain,
    )
    .await?;
    if json {
        println!("{}", json!({ "campaign": campaign.id, "enqueued": enqueued }));
    } else if enqueued == 0 {
        println!("{}", say_plain("command-missed-nobody").with("subject", campaign.subject));
    } else {
        let said = say_plain("command-missed-sending").with("readers", enqueued);
        println!("{}", said.with("subject", campaign.subject));
    }
    if enqueued > 0 {
        eprintln!("{}", say_plain("command-picked-up"));
    }
    Ok(())
}
