//! `send`: a campaign from an HTML file.

use std::path::PathBuf;

use clap::Args;

use super::{find_open_list, open, read_input, usage};
use crate::actions::Context;
use crate::actions::send::{self, Sent};
use crate::app::App;
use crate::articles::{clean, html};
use crate::config::Config;
use crate::db::publication;
use crate::db::segments::{self, SavedSegment};
use crate::domain::email_address::EmailAddress;
use crate::domain::local_time;
use crate::domain::text::visible;
use crate::locale::say_plain;

const HTML_BYTES_MAX: u64 = 1_000_000;

#[derive(Args)]
pub struct SendArgs {
    /// The list's short name
    #[arg(long)]
    list: String,
    /// Only subscribers of the list in this saved segment
    #[arg(long, conflicts_with = "test")]
    segment: Option<String>,
    /// The subject, on one line
    #[arg(long)]
    subject: String,
    /// The HTML file to send, in UTF-8; - for standard input
    #[arg(long)]
    html: PathBuf,
    /// When to send it, in the publication's time zone or with an offset, like "2026-11-24 17:30". Default: now
    #[arg(long)]
    at: Option<String>,
    /// Send a test to this address only
    #[arg(long, conflicts_with = "at")]
    test: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// The saved segment of a name, in whatever case.
async fn find_segment(app: &App, name: &str) -> anyhow::Result<SavedSegment> {
    let mut tx = app.db.read().await?;
    if let Some(saved) = segments::by_name(&mut tx, name).await? {
        return Ok(saved);
    }
    let names: Vec<String> = segments::all(&mut tx).await?.into_iter().map(|saved| saved.name).collect();
    Err(usage(match names.is_empty() {
        true => say_plain("command-send-no-segments").to_string(),
        false => say_plain("command-send-segment-unknown").with("names", names.join(", ")).to_string(),
    }))
}

pub async fn run(config: Config, args: SendArgs) -> anyhow::Result<()> {
    let subject = visible(&args.subject);
    let subject = subject.trim();
    if subject.is_empty() || subject.chars().count() > 500 || subject.chars().any(char::is_control) {
        return Err(usage(say_plain("command-send-subject-wrong")));
    }
    let file = args.html.display().to_string();
    let html = String::from_utf8(read_input(&args.html, HTML_BYTES_MAX)?)
        .map_err(|_| usage(say_plain("command-file-not-utf8").with("file", &file)))?;
    if html.contains('\0') {
        return Err(usage(say_plain("command-file-has-nul").with("file", &file)));
    }
    if html.trim().is_empty() {
        return Err(usage(say_plain("command-file-empty").with("file", &file)));
    }
    let (text, base) = (html.clone(), config.base_url.clone());
    if let Err(error) = html::apart(move || clean::email_html(&text, &base)).await.flatten() {
        return Err(usage(format!("{file}: {error}")));
    }
    let test = match &args.test {
        Some(address) => {
            Some(EmailAddress::parse(address).map_err(|error| usage(format!("--test: {error}")))?)
        }
        None => None,
    };
    let app = open(config).await?;
    let list = find_open_list(&app, &args.list).await?;
    let segment = match &args.segment {
        Some(name) => Some(find_segment(&app, name).await?),
        None => None,
    };
    let now = app.clock.now();
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let at = match &args.at {
        Some(text) => local_time::parse(text, zone).map_err(|error| usage(format!("--at: {error}")))?,
        None => now,
    };
    let cx = Context::command_line(&app);
    if let Some(email) = &test {
        let campaign = send::test(&cx, &list, subject, &html, email).await?;
        match args.json {
            true => println!("{}", serde_json::json!({ "campaign": campaign, "status": "test", "at": at })),
            false => println!("{}", say_plain("command-send-test").with("email", email.as_str())),
        }
    } else {
        let Sent { campaign, awaits_approval } =
            send::to_list(&cx, &list, subject, &html, at, segment.as_ref()).await?;
        let name = match &segment {
            Some(segment) => &format!("{}, segment {}", list.name, segment.name),
            None => &list.name,
        };
        if args.json {
            let said = serde_json::json!({
                "campaign": campaign, "status": "scheduled", "at": at, "awaits_approval": awaits_approval,
            });
            println!("{said}");
        } else if at > now {
            let time = at.with_timezone(&zone).format("%A %-d %B %Y, %H:%M %Z").to_string();
            println!("{}", say_plain("command-send-scheduled").with("list", name).with("time", time));
        } else {
            println!("{}", say_plain("command-send-now").with("list", name));
        }
        if awaits_approval {
            let url = app.config.link("/admin/held");
            eprintln!("{}", say_plain("command-send-approval").with("url", url));
        }
    }
    eprintln!("{}", say_plain("command-picked-up"));
    Ok(())
}
