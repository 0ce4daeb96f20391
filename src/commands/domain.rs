//! `domain`: what a destination domain may get.

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::usage;
use crate::actions::{Context, domains};
use crate::app::App;
use crate::config::is_dns_name;
use crate::db::limits::{self, DomainLimit};

#[derive(Subcommand)]
pub enum DomainCommand {
    /// Limit what a domain gets; running workers take it up within 5 seconds
    Set(SetArgs),
    /// Let a domain have as much as the relay takes
    Clear {
        /// Like gmail.com
        domain: String,
    },
    /// Show the limits
    List {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct SetArgs {
    /// Like gmail.com
    domain: String,
    /// Messages at the same time, in each process
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=256))]
    connections: Option<i64>,
    /// Messages a minute, in all processes together
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    per_minute: Option<i64>,
}

fn parse_domain(text: &str) -> anyhow::Result<String> {
    let name = idna::domain_to_ascii(text.trim()).unwrap_or_default();
    if is_dns_name(&name, 2) {
        Ok(name)
    } else {
        Err(usage(format!("{text:?} is no domain. Expected: what stands behind the @, like gmail.com")))
    }
}

pub async fn run(app: Arc<App>, command: DomainCommand) -> anyhow::Result<()> {
    match command {
        DomainCommand::Set(SetArgs { domain, connections, per_minute }) => {
            if connections.is_none() && per_minute.is_none() {
                return Err(usage("What is the limit? --connections N, --per-minute N, or both"));
            }
            let domain = parse_domain(&domain)?;
            let limit = DomainLimit { domain, connections_max: connections, per_minute };
            domains::set_limit(&Context::command_line(&app), &limit).await?;
            println!("{}", in_words(&limit));
        }
        DomainCommand::Clear { domain } => {
            let limit =
                DomainLimit { domain: parse_domain(&domain)?, connections_max: None, per_minute: None };
            domains::set_limit(&Context::command_line(&app), &limit).await?;
            println!("{}", in_words(&limit));
        }
        DomainCommand::List { json } => {
            let mut tx = app.db.read().await?;
            let limits = limits::domains(&mut tx).await?;
            if json {
                println!("{}", serde_json::to_string(&limits)?);
            } else if limits.is_empty() {
                println!("No domain is limited.");
            }
            if !json {
                limits.iter().for_each(|limit| println!("{}", in_words(limit)));
            }
        }
    }
    Ok(())
}

fn in_words(limit: &DomainLimit) -> String {
    let connections = limit.connections_max.map(|max| format!("{max} messages at once in each process"));
    let pace = limit.per_minute.map(|max| format!("{max} messages a minute"));
    match [connections, pace].into_iter().flatten().collect::<Vec<_>>() {
        limits if limits.is_empty() => format!("{}: no limit", limit.domain),
        limits => format!("{}: {}", limit.domain, limits.join(", ")),
    }
}
