//! `publication set`.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};

use crate::actions::{Context, settings};
use crate::app::App;
use crate::domain::delivery::UncertainPolicy;
use crate::locale::say_plain;

#[derive(Subcommand)]
pub enum PublicationCommand {
    /// Set the details that are given; the others are not changed
    Set(SetArgs),
}

#[derive(Args)]
pub struct SetArgs {
    /// Its name, like "Harbour News"
    #[arg(long)]
    name: Option<String>,
    /// The address of your site, like https://harbour.example
    #[arg(long)]
    url: Option<String>,
    /// The postal address at the end of every email, which many countries require
    #[arg(long)]
    postal_address: Option<String>,
    /// The time zone, like Europe/London
    #[arg(long)]
    time_zone: Option<String>,
    /// The address of your logo
    #[arg(long)]
    logo_url: Option<String>,
    /// What to do when it is uncertain whether a mail arrived. resend: send it again, as the same message.
    /// leave: do nothing until you decide, see `campaign missed`
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

pub async fn run(app: Arc<App>, PublicationCommand::Set(args): PublicationCommand) -> anyhow::Result<()> {
    let uncertain = args.uncertain.map(|policy| match policy {
        UncertainArg::Resend => UncertainPolicy::Resend.as_str().to_owned(),
        UncertainArg::Leave => UncertainPolicy::Leave.as_str().to_owned(),
    });
    let given = [
        ("name", &args.name),
        ("url", &args.url),
        ("postal_address", &args.postal_address),
        ("time_zone", &args.time_zone),
        ("logo_url", &args.logo_url),
        ("uncertain", &uncertain),
    ];
    let given: Vec<(&'static str, &str)> =
        given.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?))).collect();
    let set = settings::set(&Context::command_line(&app), &given).await;
    let publication = set.map_err(|error| super::of_option(error, |field| field.replace('_', "-")))?;
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
            let unset = value.is_empty().then(|| say_plain("command-publication-unset").to_string());
            println!("{:<15} {}", name.replace('_', " "), unset.as_ref().unwrap_or(value));
        }
    }
    Ok(())
}
