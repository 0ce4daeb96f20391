//! `feed add`, `feed poll`, `feed check`.

use std::process::ExitCode;

use clap::Subcommand;

use super::{find_open_list, open, usage};
use crate::config::Config;
use crate::feeds;

#[derive(Subcommand)]
pub enum FeedCommand {
    /// Bind a feed to a list; what it holds now is seen and not mailed
    Add {
        /// The feed's address
        url: String,
        /// The list's slug
        #[arg(long)]
        list: String,
        /// Minutes between an article's appearance and its mail
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(0..=10_080))]
        grace_mins: Option<i64>,
        /// Seconds between polls
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=86_400))]
        poll_secs: Option<i64>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch now, one feed or all, whatever the interval
    Poll {
        /// The feed's address; without it, all
        url: Option<String>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a feed holds and what would be sent, without storing anything
    Check {
        /// The feed's address
        url: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

fn check_url(url: &str) -> anyhow::Result<()> {
    feeds::web_address(url).map(|_| ()).map_err(usage)
}

pub async fn run(config: Config, command: FeedCommand) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    match command {
        FeedCommand::Add { url, list, grace_mins, poll_secs, json } => {
            check_url(&url)?;
            find_open_list(&app, &list).await?;
            let added = feeds::add(&app, &app.fetcher, &url, &list, grace_mins, poll_secs).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&added)?);
            } else {
                let word = if added.added { "added" } else { "there already" };
                println!(
                    "Feed {word}: {}. Bound to {list}. {} articles are seen and will not be mailed.",
                    if added.title.is_empty() { &url } else { &added.title },
                    added.report.baseline
                );
            }
        }
        FeedCommand::Poll { url, json } => {
            if let Some(url) = &url {
                check_url(url)?;
            }
            let reports = feeds::poll_now(&app, &app.fetcher, url.as_deref()).await?;
            if reports.is_empty() {
                return Err(usage(match url {
                    Some(url) => {
                        format!("There is no feed {url}. Add it: postrider feed add {url} --list SLUG")
                    }
                    None => "There are no feeds. Add one: postrider feed add URL --list SLUG".to_owned(),
                }));
            }
            if json {
                println!("{}", serde_json::to_string_pretty(&reports)?);
            } else {
                for (url, report) in &reports {
                    match &report.error {
                        Some(error) => println!("{url}: {error}"),
                        None => println!(
                            "{url}: {} new, {} edited, {} held, {} remembered without being mailed; {} campaigns scheduled",
                            report.new, report.edited, report.held, report.baseline, report.campaigns
                        ),
                    }
                }
            }
            if reports.iter().any(|(_, report)| report.error.is_some()) {
                return Ok(ExitCode::FAILURE);
            }
        }
        FeedCommand::Check { url, json } => {
            check_url(&url)?;
            let report = feeds::check(&app, &app.fetcher, &url).await?;
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
