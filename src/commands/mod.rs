//! The commands: parse, do one thing with the library, print the result. Results go to
//! standard output, messages to standard error. Exit 0: done; 1: failed; 2: wrong usage or
//! configuration.

mod backup;
mod campaign;
mod demo;
mod dkim;
mod doctor;
mod domain;
mod export;
mod feed;
mod import;
mod list;
mod publication;
mod send;
pub mod serve;
mod user;

use std::io::{StdoutLock, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::actions::guard;
use crate::actions::{self, Context, lists as list_actions};
use crate::app::App;
use crate::app::clock::Clock;
use crate::app::send_counter;
use crate::config::{Config, ConfigError, LogFormat};
use crate::db::{Db, lists, trouble};
use crate::domain::refusal::{Kind, Refusal};
use crate::domain::slug::Slug;
use crate::domain::text::visible;
use crate::locale::say_plain;

/// Emails a publication's new articles to its subscribers.
///
/// Without a command, it runs serve.
#[derive(Parser)]
#[command(name = "postrider", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the web pages, scheduler and mail workers in one process, or only one role
    Serve(serve::ServeArgs),
    /// Show the whole cycle in two minutes, in a temporary folder
    Demo(demo::DemoArgs),
    /// Update the database schema
    Migrate,
    /// Show or change the publication's details
    #[command(subcommand)]
    Publication(publication::PublicationCommand),
    /// Manage the lists that readers subscribe to
    #[command(subcommand)]
    List(ListCommand),
    /// Manage the feeds whose articles are mailed
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// Show, pause, resume or cancel campaigns, or send them to those who missed them
    #[command(subcommand)]
    Campaign(campaign::CampaignCommand),
    /// Send an HTML file to a list
    Send(send::SendArgs),
    /// Import subscribers from a CSV file with the columns email and, optionally, name
    Import(import::ImportArgs),
    /// Export a list's subscribers as CSV
    Export(export::ExportArgs),
    /// Limit how much mail a receiving domain gets
    #[command(subcommand)]
    Domain(domain::DomainCommand),
    /// Manage users: who may sign in, and who gets alerts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Make keys that sign mail
    #[command(subcommand)]
    Dkim(dkim::DkimCommand),
    /// Back up the database to a file, while serve runs
    Backup(backup::BackupArgs),
    /// Check the configuration, database and relay, and say what to fix
    Doctor(doctor::DoctorArgs),
}

#[derive(Subcommand)]
enum ListCommand {
    /// Add a public list; an existing list with that short name is not changed
    Add {
        /// Its short name, for URLs: a-z, 0-9 and -
        slug: String,
        /// Its name, as readers see it
        #[arg(long)]
        name: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Change when a list's digests go out, what its readers can choose, and its limits; what isn't given stays
    Set(Box<list::SetArgs>),
}

/// A failure that is the caller's: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A [`Usage`] as an `anyhow` error.
fn usage(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Usage(text.into()))
}

/// Runs the command line.
pub fn main() -> ExitCode {
    // What prints into a closed pipe (`postrider export … | head`) just ends.
    let cli = Cli::parse();
    let command = cli.command.unwrap_or(Command::Serve(serve::ServeArgs::default()));
    // It needs no configuration, and makes a key that the configuration may name already.
    if let Command::Dkim(command) = command {
        return exit_of(dkim::run(command).map(|()| ExitCode::SUCCESS));
    }
    let demo = matches!(command, Command::Demo(_));
    let config = match if demo { demo::config() } else { Config::from_environment() } {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{}\n{error}", say_plain("command-configuration-wrong"));
            return ExitCode::from(2);
        }
    };
    start_logs(config.log_format, if demo { "warn" } else { "info" });
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{}", say_plain("command-not-started").with("why", error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(async {
        let ended = run(command, config).await;
        close_all().await;
        ended
    });
    // A name server that does not answer must not hold up the end.
    runtime.shutdown_background();
    exit_of(ended)
}

/// What everything but the web pages' own threads runs on: a thread for each second core. The other half is
/// kept busy by the database; more of ours would only wake each other, several times a mail.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::runtime::Builder::new_multi_thread().worker_threads(cores.div_ceil(2)).enable_all().build()
}

/// A failure with all its causes; what the database's trouble is comes first, where that is the cause.
fn in_words(error: &anyhow::Error) -> String {
    match trouble::words_in(error) {
        Some(words) => format!("{words} ({error:#})"),
        None => format!("{error:#}"),
    }
}

/// The refusal that an error is, if it is one: an action's, or what a parser of it says.
fn refusal_in(error: &anyhow::Error) -> Option<&Refusal> {
    match error.downcast_ref() {
        Some(actions::Error::Refused(refusal)) => Some(refusal),
        _ => error.downcast_ref(),
    }
}

/// The exit status of a failure: 2 for what was typed wrong, 1 for everything else.
fn status_of(error: &anyhow::Error) -> u8 {
    let is_typed_wrong = refusal_in(error).is_some_and(|refusal| refusal.code.kind == Kind::Invalid);
    if is_typed_wrong || error.is::<Usage>() { 2 } else { 1 }
}

/// An action's error, with the option that it is about: `option` makes it of the field's name.
fn of_option(error: actions::Error, option: impl FnOnce(&str) -> String) -> anyhow::Error {
    match error {
        actions::Error::Refused(refusal) if !refusal.field.is_empty() => {
            usage(format!("--{}: {}", option(refusal.field), refusal.sentence()))
        }
        error => error.into(),
    }
}

fn exit_of(done: anyhow::Result<ExitCode>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", in_words(&error));
            ExitCode::from(status_of(&error))
        }
    }
}

/// What is logged: `RUST_LOG`, or from `level` on.
fn log_filter(level: &str) -> EnvFilter {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new(format!("{level},sqlx=warn,html5ever=error,selectors=error,actix_server=warn"))
    });
    if filter.max_level_hint() >= Some(LevelFilter::DEBUG) {
        return filter;
    }
    // The HTTP library calls it an error when somebody sends what is no request, or hangs up in the middle of
    // one. Strangers do that all day: it is for who debugs.
    ["actix_http::h1::dispatcher=off", "actix_http::h1::decoder=off"]
        .into_iter()
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive)
}

fn start_logs(format: LogFormat, level: &str) {
    let filter = log_filter(level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        // A log on a full disk is no reason to panic, which saying so on the same standard error would be.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().init(),
    }
}

async fn run(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(config, args).await?,
        Command::Demo(args) => demo::run(config, args).await?,
        Command::Dkim(command) => dkim::run(command)?,
        Command::Migrate => {
            let app = open(config).await?;
            println!("{}", say_plain("command-database-ready").with("engine", app.db.engine()));
        }
        Command::Publication(command) => publication::run(open(config).await?, command).await?,
        Command::List(ListCommand::Add { slug, name, json }) => {
            add_list(open(config).await?, &slug, &name, json).await?;
        }
        Command::List(ListCommand::Set(args)) => list::set(open(config).await?, *args).await?,
        Command::Domain(command) => domain::run(open(config).await?, command).await?,
        Command::Feed(command) => return feed::run(config, command).await,
        Command::Campaign(command) => campaign::run(open(config).await?, command).await?,
        Command::User(command) => user::run(open(config).await?, command).await?,
        Command::Send(args) => send::run(config, args).await?,
        Command::Import(args) => return import::run(config, args).await,
        Command::Export(args) => export::run(open(config).await?, args).await?,
        Command::Backup(args) => backup::run(config, args).await?,
        Command::Doctor(args) => return doctor::run(config, args).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// The databases that this process has opened.
static OPENED: Mutex<Vec<Db>> = Mutex::new(Vec::new());
/// A database that does not close must not hold up the end for longer.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// Opens the database, with a look whether it is a mixture of two.
async fn open_app(config: Config) -> anyhow::Result<Arc<App>> {
    // Before the database is opened, which uses the log up.
    let is_mixed = send_counter::is_mixed(&config.database);
    let app = App::open(config, Clock::System).await?;
    if let Some(problem) = &app.config.problem_without_relay
        && app.captures_mail()
    {
        return Err(ConfigError(vec![problem.clone()]).into());
    }
    if is_mixed {
        guard::note_mixed(&app).await?;
    }
    Ok(app)
}

async fn open(config: Config) -> anyhow::Result<Arc<App>> {
    let app = open_app(config).await?;
    OPENED.lock().unwrap_or_else(PoisonError::into_inner).push(app.db.clone());
    Ok(app)
}

/// Closes what [`open`] has opened, however the command ended. SQLite then folds its log into the file: left beside
/// it, the log would be missing in a copy of the file, and would be mixed into a copy that is put in its place.
async fn close_all() {
    let opened = std::mem::take(&mut *OPENED.lock().unwrap_or_else(PoisonError::into_inner));
    for db in opened {
        let _ = tokio::time::timeout(CLOSE_WITHIN, db.close()).await;
    }
}

async fn add_list(app: Arc<App>, slug: &str, name: &str, json: bool) -> anyhow::Result<()> {
    let slug = Slug::parse(slug).map_err(|error| usage(error.to_string()))?;
    let name = visible(name);
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(usage(say_plain("command-list-name-wrong")));
    }
    let cx = Context::command_line(&app);
    let (lists::List { name, .. }, added) = list_actions::add_unless_there(&cx, &slug, name).await?;
    if json {
        println!("{}", serde_json::json!({ "slug": slug.as_str(), "name": name, "added": added }));
        return Ok(());
    }
    let said = if added { say_plain("command-list-added") } else { say_plain("command-list-exists") };
    println!("{}", said.with("slug", slug.as_str()).with("name", name));
    Ok(())
}

/// The list of a slug, or a message that says how to make one.
async fn find_list(app: &App, slug: &str) -> anyhow::Result<lists::List> {
    let mut tx = app.db.read().await?;
    lists::by_slug(&mut tx, slug).await?.ok_or_else(|| {
        usage(say_plain("command-list-missing").with("quoted", format!("{slug:?}")).with("slug", slug))
    })
}

/// The same, and it takes readers and sends.
async fn find_open_list(app: &App, slug: &str) -> anyhow::Result<lists::List> {
    let list = find_list(app, slug).await?;
    match list.retired_at {
        None => Ok(list),
        Some(since) => Err(usage(list_actions::retired_sentence(&list, since))),
    }
}

/// Reads a file, or standard input for `-`, up to a limit.
fn read_input(file: &PathBuf, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let name = match file.as_os_str() == "-" {
        true => say_plain("command-standard-input").to_string(),
        false => file.display().to_string(),
    };
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(bytes_max + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(bytes_max + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        usage(say_plain("command-file-unreadable").with("file", &name).with("why", error.to_string()))
    })?;
    if bytes.len() as u64 > bytes_max {
        let limit = bytes_max / 1_000_000;
        return Err(usage(say_plain("command-file-too-large").with("file", name).with("mb", limit)));
    }
    Ok(bytes)
}

/// Rows on standard output, as CSV or as lines; as many as are wanted.
struct CsvOut(csv::Writer<StdoutLock<'static>>);

impl CsvOut {
    fn new() -> Self {
        CsvOut(csv::Writer::from_writer(std::io::stdout().lock()))
    }

    /// False where nobody reads on: `| head` has seen enough.
    fn write<C: AsRef<[u8]>>(&mut self, cells: &[C]) -> anyhow::Result<bool> {
        match self.0.write_record(cells) {
            Err(error) if matches!(error.kind(), csv::ErrorKind::Io(io) if io.kind() == std::io::ErrorKind::BrokenPipe) => {
                Ok(false)
            }
            other => other.with_context(|| say_plain("command-standard-output").to_string()).map(|()| true),
        }
    }

    /// The same for a line that is no CSV; the two are never mixed.
    fn line(&mut self, text: &str) -> anyhow::Result<bool> {
        // Nothing waits in the CSV writer, which has not been used.
        print_line(&mut std::io::stdout().lock(), text)
    }

    fn end(mut self) -> anyhow::Result<()> {
        self.0.flush()?;
        Ok(std::io::stdout().flush()?)
    }
}

/// Prints a line; false where nobody reads on.
fn print_line(out: &mut impl Write, text: &str) -> anyhow::Result<bool> {
    match writeln!(out, "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        other => other.with_context(|| say_plain("command-standard-output").to_string()).map(|()| true),
    }
}
