//! `feed add`, `feed poll`, `feed check`.

use std::process::ExitCode;

use clap::Subcommand;

use super::{find_list, open, usage};
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
        #[arg(long, value_parser = clap::value_parser!(i64).range(0..=10_080))]
        grace_mins: Option<i64>,
        /// Seconds between polls
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=86_400))]
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
    match url::Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(()),
        _ => Err(usage(format!("{url:?} is no web address. Like this: https://news.example/feed/"))),
    }
}
