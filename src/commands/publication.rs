//! `publication set`.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use url::Url;

use super::usage;
use crate::app::App;
use crate::db::publication;
use crate::domain::delivery::UncertainPolicy;
use crate::missed;

#[derive(Subcommand)]
pub enum PublicationCommand {
    /// Set what is given, leave the rest
    Set(SetArgs),
}

#[derive(Args)]
pub struct SetArgs {
    /// Like "Harbour News"
    #[arg(long)]
    name: Option<String>,
    /// The site's own address, like https://harbour.example
    #[arg(long)]
    url: Option<String>,
    /// Stands at the foot of each mail, as the law asks in many countries
    #[arg(long)]
    postal_address: Option<String>,
    /// An IANA name, like Europe/London
    #[arg(long)]
    time_zone: Option<String>,
    /// A picture at a public address
    #[arg(long)]
    logo_url: Option<String>,
    /// What becomes of a mail when nobody knows whether it arrived. resend: it goes out again, as the
    /// same message. leave: it waits for you, see `campaign missed`
    #[arg(long, value_enum)]
    uncertain: Option<UncertainArg>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UncertainArg {
    Resend,
    Leave,
}

fn line(option: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    if text.chars().count() > 300 || text.chars().any(char::is_control) {
        return Err(usage(format!("{option}: 300 signs at most, on one line")));
    }
    Ok(text.to_owned())
}

fn web_address(option: &str, text: &str) -> anyhow::Result<String> {
    let text = line(option, text)?;
    if text.is_empty() {
        return Ok(text);
    }
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url.into()),
        _ => Err(usage(format!("{option}: {text:?} is no web address. Like this: https://harbour.example"))),
    }
}

pub async fn run(app: Arc<App>, PublicationCommand::Set(args): PublicationCommand) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    let mut publication = publication::get(&mut tx).await?;
    if let Some(name) = &args.name {
        publication.name = line("--name", name)?;
        if publication.name.is_empty() {
            return Err(usage("--name: a publication needs a name. Like this: --name \"Harbour News\""));
        }
    }
    if let Some(url) = &args.url {
        publication.url = web_address("--url", url)?;
    }
    if let Some(address) = &args.postal_address {
        publication.postal_address = line("--postal-address", address)?;
    }
    if let Some(zone) = &args.time_zone {
        let zone: chrono_tz::Tz = zone
            .parse()
            .map_err(|_| usage(format!("--time-zone: {zone:?} is not known. Like this: Europe/London")))?;
        publication.time_zone = zone.name().to_owned();
    }
    if let Some(logo) = &args.logo_url {
        publication.logo_url = web_address("--logo-url", logo)?;
    }
    match args.uncertain {
        Some(UncertainArg::Resend) => publication.uncertain = UncertainPolicy::Resend,
        Some(UncertainArg::Leave) => publication.uncertain = UncertainPolicy::Leave,
        None => {}
    }
    publication::set(&mut tx, &publication, app.clock.now()).await?;
    tx.commit().await?;
    if args.uncertain == Some(UncertainArg::Leave) {
        missed::leave_uncertain(&app).await?;
    }
    let uncertain = publication.uncertain.as_str().to_owned();
    let facts = [
        ("name", &publication.name),
        ("url", &publication.url),
        ("postal_address", &publication.postal_address),
        ("time_zone", &publication.time_zone),
        ("logo_url", &publication.logo_url),
        ("uncertain", &uncertain),
    ];
    if args.json {
        let object: serde_json::Map<String, serde_json::Value> =
            facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone().into())).collect();
        println!("{}", serde_json::Value::Object(object));
    } else {
        for (name, value) in facts {
            println!("{:<15} {}", name.replace('_', " "), if value.is_empty() { "(not set)" } else { value });
        }
    }
    Ok(())
}
