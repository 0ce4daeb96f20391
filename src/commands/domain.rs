//! `domain`: what a destination domain may get.

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::usage;
use crate::actions::{Context, domains};
use crate::app::App;
use crate::config::is_dns_name;
use crate::db::limits::{self, DomainLimit};
use crate::locale::say_plain;

#[derive(Subcommand)]
pub enum DomainCommand {
    /// Limit how much mail a domain gets; running workers apply it within 5 seconds
    Set(SetArgs),
    /// Remove the limits of a domain
    Clear {
        /// The domain, like gmail.com
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
    /// The domain, like gmail.com
    domain: String,
    /// Messages at the same time, per process
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=256))]
    connections: Option<i64>,
    /// Messages per minute, for all processes together
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    per_minute: Option<i64>,
}

fn parse_domain(text: &str) -> anyhow::Result<String> {
    let name = idna::domain_to_ascii(text.trim()).unwrap_or_default();
    if is_dns_name(&name, 2) {
        Ok(name)
    } else {
        Err(usage(say_plain("command-domain-wrong").with("quoted", format!("{text:?}"))))
    }
}

pub async fn run(app: Arc<App>, command: DomainCommand) -> anyhow::Result<()> {
    match command {
        DomainCommand::Set(SetArgs { domain, connections, per_minute }) => {
            if connections.is_none() && per_minute.is_none() {
                return Err(usage(say_plain("command-domain-limit-missing")));
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
                println!("{}", say_plain("command-domains-unlimited"));
            }
            if !json {
                limits.iter().for_each(|limit| println!("{}", in_words(limit)));
            }
        }
    }
    Ok(())
}

fn in_words(limit: &DomainLimit) -> String {
    let connections =
        limit.connections_max.map(|max| say_plain("command-domain-connections").with("max", max));
    let pace = limit.per_minute.map(|max| say_plain("command-domain-pace").with("max", max));
    let mut limits: Vec<String> = [connections, pace].into_iter().flatten().map(String::from).collect();
    if limits.is_empty() {
        limits.push(say_plain("command-domain-no-limit").to_string());
    }
    let said = say_plain("command-domain-limits").with("domain", &limit.domain);
    said.with("limits", limits.join(", ")).to_string()
}
