//! `import`.

use std::io::{IsTerminal as _, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::{find_open_list, open, usage};
use crate::app::App;
use crate::config::Config;
use crate::consent::{self, SignUp};
use crate::db::lists::List;
use crate::db::subscriptions::Consent;
use crate::db::{Db, Tx, subscribers, subscriptions};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::Cadence;

/// A short transaction: the running server writes in between.
const ROWS_A_COMMIT: usize = 100;
/// Refused lines that are named one by one.
const REFUSALS_NAMED: usize = 50;

#[derive(Args)]
pub struct ImportArgs {
    /// CSV in UTF-8 with a header line: email and, if wanted, name; - for standard input
    file: PathBuf,
    /// The list's slug
    #[arg(long)]
    list: String,
    /// active: they agreed elsewhere, nobody is mailed. pending: each is asked to confirm
    #[arg(long, value_enum, default_value = "active")]
    status: Status,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    Active,
    Pending,
}

#[derive(Default)]
struct Tally {
    added: u64,
    left_alone: u64,
    refused: Vec<(u64, String)>,
    refused_count: u64,
}

pub async fn run(config: Config, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let (source, name): (Box<dyn Read + Send>, String) = if args.file.as_os_str() == "-" {
        (Box::new(std::io::stdin()), "standard input".to_owned())
    } else {
        let name = args.file.display().to_string();
        let file = std::fs::File::open(&args.file)
            .map_err(|error| usage(format!("{name} can't be read: {error}")))?;
        (Box::new(file), name)
    };
    let mut csv = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(source);
    let header = csv.headers().map_err(|error| usage(format!("{name} is no CSV file in UTF-8: {error}")))?;
    let column = |wanted: &str| {
        header.iter().position(|cell| cell.trim_start_matches('\u{feff}').eq_ignore_ascii_case(wanted))
    };
    let Some(email_column) = column("email") else {
        return Err(usage(format!(
            "{name} has no column \"email\" in its first line. Like this:\nemail,name\nines@example.org,Ines Carvalho"
        )));
    };
    let name_column = column("name");
    let app = open(config).await?;
    let list = find_open_list(&app, &args.list).await?;

    let mut tally = Tally::default();
    let mut rows = Vec::with_capacity(ROWS_A_COMMIT);
    let mut record = csv::StringRecord::new();
    let mut lines = 0u64;
    let show = std::io::stderr().is_terminal();
    loop {
        let more = match csv.read_record(&mut record) {
            Ok(more) => more,
            Err(error) => {
                tally.refuse(error.position().map_or(0, csv::Position::line), error.to_string());
                lines += 1;
                if matches!(error.kind(), csv::ErrorKind::Io(_)) {
                    false
                } else {
                    continue;
                }
            }
        };
        if more {
            lines += 1;
            let line = record.position().map_or(lines + 1, csv::Position::line);
            match EmailAddress::parse(uncell(record.get(email_column).unwrap_or(""))) {
                Ok(email) => rows.push((email, person_name(name_column.and_then(|at| record.get(at))))),
                Err(error) => tally.refuse(line, error.to_string()),
            }
        }
        if rows.len() == ROWS_A_COMMIT || (!more && !rows.is_empty()) {
            let begun = Instant::now();
            store(&app, &list, args.status, &rows, &mut tally).await?;
            // SQLite has one writer and no queue for it: without a gap, a server beside us would wait
            // half a minute to store a sign-up.
            if more && matches!(app.db, Db::Sqlite { .. }) {
                tokio::time::sleep(begun.elapsed().max(GAP_MIN)).await;
            }
            rows.clear();
            if show {
                eprint!("\r{lines} lines read, {} stored", tally.added);
            }
        }
        if !more {
            break;
        }
    }
    if show {
        eprintln!();
    }
    for (line, reason) in &tally.refused {
        eprintln!("{name}, line {line}: {reason}");
    }
    if tally.refused_count > REFUSALS_NAMED as u64 {
        eprintln!("… and {} more lines that were refused", tally.refused_count - REFUSALS_NAMED as u64);
    }
    let Tally { added, left_alone, refused_count, .. } = tally;
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "added": added, "left_alone": left_alone, "refused": refused_count })
        );
    } else {
        println!(
            "{added} added to {}; {left_alone} left as they were (there already, left before, or suppressed); \
             {refused_count} refused.",
            list.name
        );
    }
    Ok(if refused_count > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Tally {
    fn refuse(&mut self, line: u64, reason: String) {
        self.refused_count += 1;
        if self.refused.len() < REFUSALS_NAMED {
            self.refused.push((line, reason));
        }
    }
}

/// Longer than SQLite lets a waiting process sleep between two looks at the lock.
const GAP_MIN: Duration = Duration::from_millis(30);

/// Takes off the apostrophe that `export` puts before what a spreadsheet would calculate.
fn uncell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => text,
    }
}

fn person_name(cell: Option<&str>) -> String {
    uncell(cell.unwrap_or("")).chars().filter(|c| !c.is_control()).take(200).collect()
}

async fn store(
    app: &Arc<App>,
    list: &List,
    status: Status,
    rows: &[(EmailAddress, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    let mut added = 0;
    for (email, name) in rows {
        added += u64::from(store_one(app, &mut tx, list, status, email, name).await?);
    }
    tx.commit().await?;
    tally.added += added;
    tally.left_alone += rows.len() as u64 - added;
    if status == Status::Pending {
        app.bell.notify_one();
    }
    Ok(())
}

async fn store_one(
    app: &App,
    tx: &mut Tx,
    list: &List,
    status: Status,
    email: &EmailAddress,
    name: &str,
) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let id = subscribers::upsert(tx, email, name, now).await?;
    if status == Status::Active {
        return Ok(subscriptions::set_active_imported(tx, list.id, id, Cadence::Each, now).await?);
    }
    // Who is on the list, or was and left, is not asked again by a file.
    if subscriptions::status(tx, list.id, id).await?.is_some() {
        return Ok(false);
    }
    let asked = SignUp {
        email,
        lists: std::slice::from_ref(list),
        cadence: Cadence::Each,
        consent: Consent { form: "import", wording_version: consent::WORDING_VERSION, ip: "" },
        browser: "",
    };
    consent::sign_up(tx, &asked, now).await?;
    Ok(true)
}
