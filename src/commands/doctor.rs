//! `doctor`: what is set up, what is not, and what to do about it.

use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;

use super::open;
use crate::actions::compose;
use crate::actions::guard;
use crate::actions::poll;
use crate::actions::second_factor;
use crate::app::App;
use crate::app::send_counter::{LAG, Seen};
use crate::config::{Config, ConfigError};
use crate::db::trouble::Trouble;
use crate::db::users::Role;
use crate::db::{self, DatabaseUrl, Tx, private, readiness};
use crate::db::{alerts, campaigns, feeds, job_runs, lists, publication, send_counter, users};
use crate::locale::{Localizer, say, say_plain};
use crate::mail::relay::MailRoute;
use crate::mail::smtp::ConnectError;
use crate::mail::transport::Transport;
use crate::schedule::jobs::{self, Unwell};

#[derive(Args)]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    Warn,
    Bad,
}

#[derive(Serialize)]
struct Finding {
    grade: Grade,
    about: &'static str,
    text: String,
}

/// What there is to say of the database itself: it is written to, its file looked through, and who else can
/// read it.
async fn look_at_database(app: &App) -> Vec<(Grade, String)> {
    let mut findings = Vec::new();
    match readiness::try_out(&app.db).await {
        Ok(()) => {
            let text = say_plain("doctor-database").with("engine", app.db.engine());
            findings.push((Grade::Ok, text.into()));
        }
        Err(error) => findings.push((Grade::Bad, error.to_string())),
    }
    match readiness::check_file(&app.db).await {
        Ok(problems) if problems.is_empty() => {}
        Ok(problems) => {
            let text = format!("{}: {}", Trouble::Damaged.words(), problems.join("; "));
            findings.push((Grade::Bad, text));
        }
        Err(error) => findings.push((Grade::Bad, db::explain(&error))),
    }
    let mut private_files = vec![app.config.data_dir.join("secret.key")];
    if let DatabaseUrl::Sqlite(path) = &app.config.database {
        private_files.extend(private::database_files(path));
    }
    for file in private_files.iter().filter(|file| private::is_open_to_others(file)) {
        let text = say_plain("doctor-file-open").with("file", file.display().to_string());
        findings.push((Grade::Warn, text.into()));
    }
    findings
}

/// Whether the file that tells a restored database is kept up. With PostgreSQL it is on the workers' disks, which
/// need not be this one.
async fn counter_problem(app: &App, tx: &mut Tx, seen: &Seen) -> sqlx::Result<Option<String>> {
    let row = send_counter::get(tx).await?;
    let file = app.send_counter.path().display().to_string();
    let is_sqlite = matches!(app.config.database, DatabaseUrl::Sqlite(_));
    let Some(raised_at) = row.raised_at.filter(|_| row.restored.is_none()) else { return Ok(None) };
    let step = seen.step.as_ref().filter(|step| step.lineage == row.lineage);
    // An admin's decision raises the counter without the file.
    let lags = step.map(|step| raised_at - step.raised_at);
    Ok(match lags {
        None if is_sqlite => Some(say_plain("doctor-counter-missing").with("file", file).into()),
        Some(lag) if is_sqlite && lag > LAG => {
            let said = say_plain("doctor-counter-lags").with("file", file);
            Some(said.with("mins", lag.num_minutes().to_string()).into())
        }
        _ => None,
    })
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn say(&mut self, grade: Grade, about: &'static str, text: impl Into<String>) {
        self.0.push(Finding { grade, about, text: text.into() });
    }
}

pub async fn run(config: Config, args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let mut found = Findings::default();
    look_at_configuration(&config, &mut found);
    let opened = open(config.clone()).await;
    match &opened {
        // Without a relay nothing of it would run.
        Err(error) if error.is::<ConfigError>() => return opened.map(|_| ExitCode::FAILURE),
        Err(error) => found.say(Grade::Bad, "database", super::in_words(error)),
        Ok(app) => {
            for (grade, text) in look_at_database(app).await {
                found.say(grade, "database", text);
            }
            let mut tx = app.db.read().await?;
            look_at_publication(&mut tx, &mut found).await?;
            if app.is_relay_unreadable() {
                found.say(Grade::Bad, "SMTP", say_plain("doctor-relay-unreadable"));
            }
            look_at_codes(app, &mut tx, &mut found).await?;
            look_at_guards(app, &mut tx, &mut found).await?;
            look_at_schedule(app, &mut tx, &mut found).await?;
            look_at_what_waits(&mut tx, &mut found).await?;
        }
    }
    look_at_signing(&config, &mut found);
    match &opened {
        Ok(app) => look_at_relays(&app.mail_route(), app.transport(), &mut found).await,
        Err(_) => look_at_relays(&config.mail_route, Transport::new(config.transport()), &mut found).await,
    }
    print(&found.0, args.json)
}

fn look_at_configuration(config: &Config, found: &mut Findings) {
    found.say(Grade::Ok, "configuration", say_plain("doctor-configuration"));
    if config.base_url_is_loopback() {
        let text = say_plain("doctor-base-url-local").with("url", config.base_url.as_str());
        found.say(Grade::Warn, "BASE_URL", text);
    } else if config.base_url.scheme() == "http" {
        found.say(Grade::Warn, "BASE_URL", say_plain("doctor-base-url-http"));
    }
}

/// What an admin sets up: the publication, lists, feeds and whom to tell.
async fn look_at_publication(tx: &mut Tx, found: &mut Findings) -> sqlx::Result<()> {
    let publication = publication::get(tx).await?;
    for (unset, option) in [
        (publication.name == publication::UNNAMED, "--name"),
        (publication.url.is_empty(), "--url"),
        (publication.postal_address.is_empty(), "--postal-address"),
    ] {
        if unset {
            found.say(Grade::Warn, "publication", say_plain("doctor-unset").with("option", option));
        }
    }
    if lists::all(tx).await?.is_empty() {
        found.say(Grade::Warn, "lists", say_plain("doctor-no-lists"));
    }
    for feed in feeds::all(tx).await? {
        let asked = feed.asked_secs.filter(|asked| *asked > feed.poll_secs);
        let (grade, text) = match (&feed.last_error, asked) {
            (Some(error), _) => (Grade::Warn, say_plain("doctor-feed-fails").with("why", error)),
            (None, Some(secs)) => {
                let asked = say("feed-asked-short").with("wait", poll::length(secs));
                (Grade::Ok, say_plain("doctor-feed-asked").with("asked", asked))
            }
            (None, None) => (Grade::Ok, say_plain("doctor-feed")),
        };
        found.say(grade, "feed", text.with("url", feed.url));
    }
    if !users::all(tx).await?.iter().any(|user| user.role == Role::Admin) {
        found.say(Grade::Warn, "users", say_plain("doctor-no-admin"));
    }
    Ok(())
}

/// Whether all who sign in with a code can, now and without the older keys.
async fn look_at_codes(app: &App, tx: &mut Tx, found: &mut Findings) -> anyhow::Result<()> {
    let unreadable = second_factor::unreadable(app, tx).await?.len();
    if unreadable > 0 {
        let text = say_plain("doctor-codes-unreadable").with("users", unreadable);
        found.say(Grade::Bad, "codes", text);
    }
    let older = second_factor::count_sealed_by_older_keys(app, tx).await?;
    if older > 0 {
        let text = say_plain("doctor-codes-older").with("users", older);
        found.say(Grade::Warn, "codes", text);
    }
    Ok(())
}

/// Whether the database is a copy of another, or an older one of itself.
async fn look_at_guards(app: &App, tx: &mut Tx, found: &mut Findings) -> sqlx::Result<()> {
    let seen = app.send_counter.seen();
    if let Some(clone) = guard::clone_of(app, tx).await? {
        let text = say_plain("doctor-copy").with("differs", clone.difference());
        found.say(Grade::Bad, "instance", text);
    }
    if let Some(restored) = guard::restored(tx, &seen).await? {
        let zone = publication::get(tx).await?.zone();
        let text = say_plain("doctor-restored").with("what", restored.sentence(zone));
        found.say(Grade::Bad, "instance", text);
    }
    if let Some(problem) = counter_problem(app, tx, &seen).await? {
        found.say(Grade::Warn, "send counter", problem);
    }
    Ok(())
}

/// Jobs that fail or are late.
async fn look_at_schedule(app: &App, tx: &mut Tx, found: &mut Findings) -> sqlx::Result<()> {
    let runs = job_runs::all(tx).await?;
    for (what, unwell) in jobs::unwell(&runs, app.clock.now()) {
        let what = say(what);
        let at = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = match unwell {
            Unwell::Fails { since, times, error } => {
                say_plain("doctor-job-fails").with("since", at(since)).with("times", times).with("why", error)
            }
            Unwell::Late { last } => say_plain("doctor-job-late").with("since", at(last)),
        };
        found.say(Grade::Bad, "schedule", text.with("job", what));
    }
    Ok(())
}

/// Held campaigns, and alerts that are open.
async fn look_at_what_waits(tx: &mut Tx, found: &mut Findings) -> sqlx::Result<()> {
    let held = campaigns::count_held(tx).await?;
    if held > 0 {
        found.say(Grade::Warn, "held", say_plain("doctor-held").with("campaigns", held));
    }
    for alert in alerts::open(tx).await? {
        let words = compose::alert_words(&alert);
        let (at, what) = (alert.created_at.to_rfc3339_opts(SecondsFormat::Secs, true), words.headline);
        let text = format!("{at} {what}: {} {} {}", words.why, words.advice, words.commands.join("; "));
        found.say(Grade::Warn, "alert", text);
    }
    Ok(())
}

fn look_at_signing(config: &Config, found: &mut Findings) {
    let Some(signer) = &config.dkim else {
        return found.say(Grade::Warn, "DKIM", say_plain("doctor-unsigned"));
    };
    let selectors: Vec<&str> = signer.selectors().collect();
    let domain = signer.domain();
    let signed = say_plain("doctor-signed").with("domain", domain).with("count", selectors.len());
    found.say(Grade::Ok, "DKIM", signed.with("selectors", Localizer::english().and(&selectors)));
    // DMARC asks that both be of one organisation (RFC 7489 section 3.1.1).
    let from = config.mail_from.email.domain().to_ascii_lowercase();
    let under = |a: &str, b: &str| a == b || a.ends_with(&format!(".{b}"));
    if !under(&from, domain) && !under(domain, &from) {
        let text = say_plain("doctor-signed-elsewhere").with("from", from);
        found.say(Grade::Warn, "DKIM", text);
    }
}

async fn look_at_relays(route: &MailRoute, transport: anyhow::Result<Transport>, found: &mut Findings) {
    match (route, transport) {
        (_, Err(error)) => found.say(Grade::Bad, "SMTP", format!("{error:#}")),
        (MailRoute::Capture { outbox }, Ok(_)) => {
            let text = say_plain("doctor-captures").with("folder", outbox.display().to_string());
            found.say(Grade::Warn, "SMTP", text);
        }
        (MailRoute::Smtp(_), Ok(transport)) => {
            for (name, tried) in transport.try_each().await {
                match tried {
                    Ok(()) => found.say(Grade::Ok, "SMTP", say_plain("doctor-relay").with("relay", name)),
                    // It says what to do.
                    Err(ConnectError::Untrusted(why)) => found.say(Grade::Bad, "SMTP", why),
                    Err(error) => {
                        let text = say_plain("doctor-relay-fails").with("why", format!("{error:#}"));
                        found.say(Grade::Bad, "SMTP", text);
                    }
                }
            }
        }
    }
}

/// Prints what was found; fails where something of it is bad.
fn print(findings: &[Finding], as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(findings)?);
    } else {
        for Finding { grade, about, text } in findings {
            let mark = match grade {
                Grade::Ok => "ok  ",
                Grade::Warn => "warn",
                Grade::Bad => "BAD ",
            };
            println!("{mark}  {about}: {text}");
        }
    }
    let bad = findings.iter().any(|finding| finding.grade == Grade::Bad);
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
