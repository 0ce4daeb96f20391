//! `feed add`, `feed poll`, `feed check`, `feed move`, `feed replay`; `feed held`, `feed release`, `feed skip` for what the
//! brake holds.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use uuid::Uuid;

use super::{find_open_list, open, usage};
use crate::actions::manage_feeds::{self, MovePreview, NewItems, Released};
use crate::actions::replay::{self, Proposal, Replay};
use crate::actions::{Context, poll};
use crate::app::App;
use crate::config::Config;
use crate::db::brake::{self, Batch};
use crate::db::{feeds, publication};
use crate::domain::feed_rule::{BRAKE_LIMIT_MAX, BindingMode, Conditions, Rule, Terms};
use crate::feeds::identity::moved::Outcome;
use crate::locale::say_plain;

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
        #[command(flatten)]
        rule: RuleFlags,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check one feed or all now, without waiting for the interval
    Poll {
        /// The feed's address. Default: all feeds
        url: Option<String>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Move a feed to a new address, or match its articles after its GUIDs or links changed; nothing is mailed twice
    Move(MoveArgs),
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
    /// Run a feed's past through a schedule: what would have been sent, when, to how many. Nothing is sent or stored
    Replay(ReplayArgs),
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
pub struct RuleFlags {
    /// What happens to new articles. Default: send
    #[arg(long, value_parser = ["send", "draft", "digest", "collect"])]
    mode: Option<String>,
    /// Only articles with this category; can be given more than once
    #[arg(long, value_name = "CATEGORY")]
    only_category: Vec<String>,
    /// No articles with this category; can be given more than once
    #[arg(long, value_name = "CATEGORY")]
    not_category: Vec<String>,
    /// Only articles by this author; can be given more than once
    #[arg(long, value_name = "NAME")]
    only_author: Vec<String>,
    /// No articles by this author; can be given more than once
    #[arg(long, value_name = "NAME")]
    not_author: Vec<String>,
    /// Only articles whose title has these words; can be given more than once
    #[arg(long, value_name = "WORDS")]
    only_title: Vec<String>,
    /// No articles whose title has these words; can be given more than once
    #[arg(long, value_name = "WORDS")]
    not_title: Vec<String>,
    /// Put new articles on hold when one check finds more than this. Default: worked out
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=BRAKE_LIMIT_MAX))]
    hold_above: Option<i64>,
}

impl RuleFlags {
    /// The rule that they say; `None`: none is given.
    fn rule(self) -> Option<Rule> {
        let mode = self.mode.as_deref().and_then(BindingMode::parse);
        let conditions = Conditions {
            categories: Terms { only: self.only_category, not: self.not_category },
            authors: Terms { only: self.only_author, not: self.not_author },
            title: Terms { only: self.only_title, not: self.not_title },
        };
        let is_given = mode.is_some() || self.hold_above.is_some() || !conditions.is_empty();
        is_given.then(|| Rule { mode: mode.unwrap_or_default(), conditions, brake_limit: self.hold_above })
    }
}

#[derive(Args)]
pub struct Decide {
    /// The feed's address
    url: String,
    /// An article's id, as `feed held` shows it; can be given more than once
    #[arg(long = "article", value_name = "ID", conflicts_with = "all")]
    articles: Vec<Uuid>,
    /// All articles of the feed that are on hold
    #[arg(long)]
    all: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct MoveArgs {
    /// The address that the feed has now
    old_url: String,
    /// Its new address, or a page that links to it. The same address where its GUIDs or links have changed
    new_url: String,
    /// What becomes of items that are like none known: noted without being mailed, or mailed
    #[arg(long, value_name = "WHAT", default_value = "baseline")]
    new_items: OfNewItems,
    /// Show what would match, without changing anything
    #[arg(long)]
    dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct ReplayArgs {
    /// The feed's address; it need not be connected
    url: String,
    /// How many days back, from 1 to 365
    #[arg(long, default_value = "90", allow_negative_numbers = true)]
    days: String,
    /// A list's short name. Default: the lists that the feed is connected to
    #[arg(long, default_value = "")]
    list: String,
    /// What happens to articles: send, draft, digest or collect
    #[arg(long, default_value = "send")]
    mode: String,
    /// Show one frequency only: each, daily, weekly or monthly
    #[arg(long, default_value = "")]
    cadence: String,
    /// Articles a day that are sent by themselves, at most. Default: the list's
    #[arg(long, default_value = "", allow_negative_numbers = true)]
    cap: String,
    /// Hours between which nothing is sent: 22-6. Default: the list's
    #[arg(long, default_value = "", allow_negative_numbers = true)]
    quiet: String,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OfNewItems {
    Baseline,
    Send,
}

fn check_url(url: &str) -> anyhow::Result<()> {
    Ok(poll::web_address(url).map(|_| ())?)
}

pub async fn run(config: Config, command: FeedCommand) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    match command {
        FeedCommand::Add { url, list, grace_mins, poll_secs, rule, json } => {
            check_url(&url)?;
            find_open_list(&app, &list).await?;
            let (cx, rule) = (Context::command_line(&app), rule.rule());
            let how_often = (grace_mins, poll_secs);
            let added = poll::add_with_rule(&cx, &app.fetcher, &url, &list, how_often, rule.as_ref()).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&added)?);
            } else {
                println!("{}", connected(&added, &url, &list));
            }
        }
        FeedCommand::Poll { url, json } => return poll_now(&app, url.as_deref(), json).await,
        FeedCommand::Move(args) => move_feed(&app, &args).await?,
        FeedCommand::Held { json } => show_held(&app, json).await?,
        FeedCommand::Release(decide) => release(&app, &decide).await?,
        FeedCommand::Skip(decide) => skip(&app, &decide).await?,
        FeedCommand::Replay(args) => replay_past(&app, &args).await?,
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

async fn replay_past(app: &Arc<App>, args: &ReplayArgs) -> anyhow::Result<()> {
    let proposal =
        Proposal::parse(&args.days, &args.list, &args.mode, &args.cadence, &args.cap, &args.quiet)?;
    let found = replay::of_url(&Context::command_line(app), &args.url, &proposal).await?;
    let mut out = std::io::stdout().lock();
    if args.json {
        super::print_line(&mut out, &serde_json::to_string_pretty(&found)?)?;
        return Ok(out.flush()?);
    }
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    for line in replay_lines(&found, zone) {
        if !super::print_line(&mut out, &line)? {
            return Ok(());
        }
    }
    Ok(out.flush()?)
}

/// The calendar of a replay, a line a mail, with its articles under it.
fn replay_lines(found: &Replay, zone: Tz) -> Vec<String> {
    let when = |at: &DateTime<Utc>| at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M").to_string();
    let articles = found.items.iter().filter(|item| item.at >= found.from).count();
    let summary = say_plain("replay-summary").with("articles", articles).with("days", found.days).to_string();
    let source = say_plain(if found.known { "replay-known" } else { "replay-unknown" }).to_string();
    let mut lines = vec![found.feed.clone(), format!("{summary} {source}")];
    if found.more {
        lines.push(say_plain("replay-more").to_string());
    }
    for of in &found.lists {
        let no_list = || say_plain("replay-no-list").to_string();
        let list = of.list.as_ref().map_or_else(no_list, |list| list.name.clone());
        let mails = of.outcome.mails.len();
        lines.push(String::new());
        lines.push(say_plain("replay-list-emails").with("list", list).with("emails", mails).to_string());
        for mail in &of.outcome.mails {
            let readers = match of.readers.get(mail.cadence.as_str()) {
                None if of.readers.is_empty() => String::new(),
                readers => {
                    let readers = readers.copied().unwrap_or(0);
                    say_plain("command-replay-readers").with("readers", readers).to_string()
                }
            };
            let often = match mail.is_digest {
                true => say_plain("calendar-digest").with("often", mail.cadence.as_str()).to_string(),
                false => say_plain(mail.cadence.short_key()).to_string(),
            };
            let line = say_plain("command-replay-line").with("time", when(&mail.at)).with("often", often);
            let line = line.with("articles", mail.items.len()).with("readers", readers).to_string();
            lines.push(line.trim_end().to_owned());
            lines.extend(mail.items.iter().map(|place| format!("    {}", found.items[*place].title)));
        }
        for poll in &of.outcome.held {
            let said = say_plain("replay-held").with("articles", poll.items.len()).with("why", &poll.why);
            lines.push(format!("{}: {}", say_plain("replay-held-title"), said.with("time", when(&poll.at))));
        }
        if !of.outcome.collected.is_empty() {
            let collected = say_plain("replay-collected").with("articles", of.outcome.collected.len());
            lines.push(collected.to_string());
        }
    }
    lines.push(String::new());
    lines.push(say_plain("command-replay-nothing-sent").to_string());
    lines
}

/// What `feed add` has done.
fn connected(added: &poll::Added, url: &str, list: &str) -> String {
    let said = match added.added {
        true => say_plain("command-feed-connected"),
        false => say_plain("command-feed-already-connected"),
    };
    let title = if added.title.is_empty() { url } else { &added.title };
    let mut said = said.with("list", list).with("title", title).to_string();
    if added.report.baseline > 0 {
        said.push(' ');
        said += &say_plain("command-feed-not-mailed").with("articles", added.report.baseline).to_string();
    }
    said
}

async fn poll_now(app: &Arc<App>, url: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let reports = poll::poll_now(&Context::command_line(app), &app.fetcher, url).await?;
    if reports.is_empty() {
        return Err(usage(match url {
            Some(url) => say_plain("command-feed-missing").with("url", url),
            None => say_plain("command-feeds-none"),
        }));
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    } else {
        for (url, report) in &reports {
            match &report.error {
                Some(error) => println!("{url}: {error}"),
                None => println!("{url}: {}", polled(report)),
            }
            if report.drafts > 0 {
                println!("{}", say_plain("command-feed-drafts").with("drafts", report.drafts));
            }
            if let Some(sentence) = &report.brake {
                println!("{}", say_plain("command-feed-braked").with("why", sentence));
            }
        }
    }
    let has_failed = reports.iter().any(|(_, report)| report.error.is_some());
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What a check of a feed found.
fn polled(report: &poll::PollReport) -> String {
    say_plain("command-feed-polled")
        .with("new", report.new)
        .with("edited", report.edited)
        .with("held", report.held)
        .with("noted", report.baseline)
        .with("campaigns", report.campaigns)
        .to_string()
}

async fn move_feed(app: &Arc<App>, args: &MoveArgs) -> anyhow::Result<()> {
    let old = poll::web_address(&args.old_url)?;
    let Some(feed) = feeds::by_url(&mut app.db.read().await?, old.as_str()).await? else {
        return Err(usage(say_plain("command-feed-missing").with("url", old.as_str())));
    };
    let cx = Context::command_line(app);
    let preview = manage_feeds::preview_move(&cx, &app.fetcher, feed.id, &args.new_url).await?;
    if args.dry_run {
        match args.json {
            true => println!("{}", serde_json::to_string_pretty(&preview)?),
            false => show_move(&preview)?,
        }
        return Ok(());
    }
    let all_new = matches!(args.new_items, OfNewItems::Send);
    let new_items = NewItems { all_new, ..NewItems::default() };
    let (to, digest) = (&preview.to, &preview.digest);
    let moved = manage_feeds::confirm_move(&cx, &app.fetcher, feed.id, to, digest, &new_items).await?;
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&moved)?),
        false => println!("{moved}"),
    }
    Ok(())
}

/// What a move would do, a line an item.
fn show_move(preview: &MovePreview) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let heading = say_plain("command-move-heading").with("from", &preview.from).with("to", &preview.to);
    let heading = heading.with("matched", preview.matched()).with("articles", preview.items.len());
    let mut lines = vec![heading.to_string()];
    for item in &preview.items {
        let said = match item.outcome {
            Outcome::Matched { .. } => say_plain("command-move-matched"),
            Outcome::Unclear { .. } => say_plain("command-move-unclear"),
            Outcome::New => say_plain("command-move-new"),
        };
        let article = item.article.as_deref().unwrap_or_default();
        let mut said = said.with("article", article).with("by", item.by()).to_string();
        if item.on_hold {
            said = say_plain("command-move-on-hold").with("said", said).to_string();
        }
        lines.push(format!("- {}: {said}", item.title));
    }
    lines.push(say_plain("command-move-dry").with("articles", preview.new_items()).to_string());
    for line in lines {
        if !super::print_line(&mut out, &line)? {
            return Ok(());
        }
    }
    Ok(out.flush()?)
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
        eprintln!("{}", say_plain("command-held-none"));
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
        return Err(usage(say_plain("command-held-choose")));
    }
    let url = poll::web_address(&decide.url)?;
    let mut tx = app.db.read().await?;
    let mut found = brake::batches(&mut tx).await?;
    found.retain(|batch| batch.feed_url == url.as_str());
    found.reverse();
    if found.is_empty() {
        return Err(usage(say_plain("command-held-none-of-feed").with("url", url.as_str())));
    }
    if !decide.all {
        let mut ids = Vec::new();
        for batch in &found {
            ids.extend(brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await?);
        }
        let is_held = |id: &Uuid| ids.iter().any(|item| item.article_id == *id);
        if let Some(id) = decide.articles.iter().find(|id| !is_held(id)) {
            let missing = say_plain("command-held-article-missing").with("id", id.to_string());
            return Err(usage(missing.with("url", url.as_str())));
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
    match decide.json {
        true => println!("{}", json!({ "skipped": skipped })),
        false => println!("{}", say_plain("command-held-skipped").with("articles", skipped)),
    }
    Ok(())
}
