//! `feed add`, `feed poll`, `feed check`; `feed held`, `feed release`, `feed skip` for what the brake holds.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::{find_open_list, open, usage};
use crate::actions::manage_feeds::{self, Released};
use crate::actions::{Context, poll};
use crate::app::App;
use crate::config::Config;
use crate::db::brake::{self, Batch};
use crate::locale::say;

#[derive(Subcommand)]
pub enum FeedCommand {
    /// Connect a feed to a list; the articles already in it are not mailed
    Add {
        /// The feed's address
        url: String,
        /// The list's short name
        #[arg(long)]
        list: String,
        /// Minutes to wait before a new article is mailed
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(0..=10_080))]
        grace_mins: Option<i64>,
        /// Seconds between checks of the feed
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=86_400))]
        poll_secs: Option<i64>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check one feed or all now, without waiting for the interval
    Poll {
        /// The feed's address; without it, all
        url: Option<String>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the articles that are on hold because a feed had too many at once
    Held {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Release articles that are on hold: each is mailed to every reader
    Release(Decide),
    /// Skip articles that are on hold: they are not mailed
    Skip(Decide),
    /// Show what is in a feed and what would be sent, without storing anything
    Check {
        /// The feed's address
        url: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Decide {
    /// The feed's address
    url: String,
    /// An article's id, as `feed held` shows it; may repeat
    #[arg(long = "article", value_name = "ID", conflicts_with = "all")]
    articles: Vec<Uuid>,
    /// All articles of the feed that are on hold
    #[arg(long)]
    all: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

fn check_url(url: &str) -> anyhow::Result<()> {
    Ok(poll::web_address(url).map(|_| ())?)
}

pub async fn run(config: Config, command: FeedCommand) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    match command {
        FeedCommand::Add { url, list, grace_mins, poll_secs, json } => {
            check_url(&url)?;
            find_open_list(&app, &list).await?;
            let added =
                poll::add(&Context::command_line(&app), &app.fetcher, &url, &list, grace_mins, poll_secs)
                    .await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&added)?);
            } else {
                let key = if added.added { "feed-add-connected" } else { "feed-add-already" };
                let feed = if added.title.is_empty() { &url } else { &added.title };
                let said = say(key).with("list", &list).with("feed", feed);
                println!("{}", said.with("articles", added.report.baseline));
            }
        }
        FeedCommand::Poll { url, json } => return poll_now(&app, url.as_deref(), json).await,
        FeedCommand::Held { json } => show_held(&app, json).await?,
        FeedCommand::Release(decide) => release(&app, &decide).await?,
        FeedCommand::Skip(decide) => skip(&app, &decide).await?,
        FeedCommand::Check { url, json } => {
            check_url(&url)?;
            let report = poll::check(&app, &app.fetcher, &url).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&report)?);
            } else {
                print!("{report}");
            }
            if report.error.is_some() {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn poll_now(app: &Arc<App>, url: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let reports = poll::poll_now(&Context::command_line(app), &app.fetcher, url).await?;
    if reports.is_empty() {
        return Err(usage(match url {
            Some(url) => format!("There is no feed {url}. Connect it: postrider feed add {url} --list SLUG"),
            None => "There are no feeds. Connect one: postrider feed add URL --list SLUG".to_owned(),
        }));
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    } else {
        for (url, report) in &reports {
            match &report.error {
                Some(error) => println!("{url}: {error}"),
                None => {
                    let said = say("feed-poll-read").with("feed", url).with("new", report.new);
                    let said = said.with("edited", report.edited).with("held", report.held);
                    let said = said.with("baseline", report.baseline);
                    println!("{}", said.with("campaigns", report.campaigns));
                }
            }
            if let Some(sentence) = &report.brake {
                println!("{sentence}. All of them are on hold: postrider feed held");
            }
        }
    }
    let has_failed = reports.iter().any(|(_, report)| report.error.is_some());
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn show_held(app: &App, json: bool) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let mut shown = Vec::new();
    for batch in brake::batches(&mut tx).await? {
        let items = brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await?;
        shown.push((batch, items));
    }
    drop(tx);
    let mut out = std::io::stdout().lock();
    if json {
        let polls: Vec<_> = shown
            .iter()
            .map(|(batch, items)| {
                json!({
                    "feed": batch.feed_url,
                    "polled_at": batch.first_seen_at,
                    "held_reason": batch.reason().to_string(),
                    "articles": items.iter().map(|item| json!({
                        "id": item.article_id, "title": item.title, "published_at": item.published_at,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        super::print_line(&mut out, &serde_json::to_string_pretty(&polls)?)?;
        return Ok(out.flush()?);
    }
    if shown.is_empty() {
        eprintln!("No articles are on hold.");
    }
    for (batch, items) in &shown {
        let why = batch.reason().sentence();
        let mut lines = vec![batch.feed_url.clone(), format!("{why}.")];
        lines.extend(items.iter().map(|item| {
            format!("{}  {}  {}", item.article_id, item.published_at.format("%Y-%m-%d %H:%M UTC"), item.title)
        }));
        for line in lines {
            if !super::print_line(&mut out, &line)? {
                return Ok(());
            }
        }
    }
    Ok(out.flush()?)
}

/// What is held of the feed that is meant, the oldest poll first.
async fn batches(app: &App, decide: &Decide) -> anyhow::Result<Vec<Batch>> {
    if !decide.all && decide.articles.is_empty() {
        return Err(usage("Choose which: --article ID, or --all. See them: postrider feed held"));
    }
    let url = poll::web_address(&decide.url)?;
    let mut tx = app.db.read().await?;
    let mut found = brake::batches(&mut tx).await?;
    found.retain(|batch| batch.feed_url == url.as_str());
    found.reverse();
    if found.is_empty() {
        return Err(usage(format!("No articles of {url} are on hold. See what is: postrider feed held")));
    }
    if !decide.all {
        let mut ids = Vec::new();
        for batch in &found {
            ids.extend(brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await?);
        }
        let is_held = |id: &Uuid| ids.iter().any(|item| item.article_id == *id);
        if let Some(id) = decide.articles.iter().find(|id| !is_held(id)) {
            return Err(usage(format!("No article {id} of {url} is on hold. See them: postrider feed held")));
        }
    }
    Ok(found)
}

async fn release(app: &Arc<App>, decide: &Decide) -> anyhow::Result<()> {
    let chosen = (!decide.all).then_some(decide.articles.as_slice());
    let mut total = Released::default();
    for batch in batches(app, decide).await? {
        total.add(manage_feeds::release_batch(&Context::command_line(app), &batch, chosen).await?);
    }
    if decide.json {
        println!("{}", serde_json::to_string(&total)?);
    } else {
        println!("{total}");
    }
    Ok(())
}

async fn skip(app: &Arc<App>, decide: &Decide) -> anyhow::Result<()> {
    let chosen = (!decide.all).then_some(decide.articles.as_slice());
    let mut skipped = 0;
    for batch in batches(app, decide).await? {
        skipped += manage_feeds::skip_batch(&Context::command_line(app), &batch, chosen).await?;
    }
    match (decide.json, skipped) {
        (true, _) => println!("{}", json!({ "skipped": skipped })),
        (false, 1) => println!("One article skipped. It is not mailed."),
        (false, _) => println!("{skipped} articles skipped. They are not mailed."),
    }
    Ok(())
}
