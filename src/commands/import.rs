//! `import`.

use std::io::{IsTerminal as _, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{find_open_list, open, usage};
use crate::actions::Context;
use crate::actions::import::{self, Columns, REFUSALS_NAMED, Refusals};
use crate::actions::subscribers::check_consent;
use crate::config::Config;
use crate::db::Db;
use crate::db::chunk::Chunk;

/// Rows that are stored in one transaction, at most.
const ROWS_A_COMMIT: i64 = 500;
/// The same on PostgreSQL, where nobody waits for them but who signs up with one of these addresses.
const POSTGRES_ROWS_A_COMMIT: usize = 200;
/// Longer than SQLite lets a waiting process sleep between two looks at the lock.
const GAP_MIN: Duration = Duration::from_millis(30);

#[derive(Args)]
pub struct ImportArgs {
    /// CSV in UTF-8 with a header line: email and, optionally, name; - for standard input
    file: PathBuf,
    /// The list's short name
    #[arg(long)]
    list: String,
    /// active: they already agreed, and get no email now. pending: each is asked to confirm by email
    #[arg(long, value_enum, default_value = "active")]
    status: Status,
    /// How they agreed, in at least 10 characters, like "card filled in at the fair, 3 May"
    #[arg(long)]
    consent: Option<String>,
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
    refusals: Refusals,
}

/// How many rows are stored in the next transaction.
fn rows_together(db: &Db, chunk: Chunk) -> usize {
    match db {
        Db::Sqlite { .. } => usize::try_from(chunk.rows()).unwrap_or(1),
        Db::Postgres(_) => POSTGRES_ROWS_A_COMMIT,
    }
}

/// The pause after a transaction that took so long: the database is for the server beside us. SQLite has one writer and
/// no queue for it: without a gap a sign-up would wait half a minute.
fn gap_after(db: &Db, took: Duration) -> Duration {
    match db {
        Db::Sqlite { .. } => took.max(GAP_MIN),
        Db::Postgres(_) => took / 2,
    }
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
    let mut csv = import::reader(source);
    let header =
        csv.headers().map_err(|error| usage(format!("{name} is not a CSV file in UTF-8: {error}")))?;
    let Some(columns) = Columns::find(header) else {
        return Err(usage(format!(
            "{name} has no column \"email\" in its first line. Like this:\nemail,name\nines@example.org,Ines Carvalho"
        )));
    };
    let app = open(config).await?;
    let list = find_open_list(&app, &args.list).await?;
    let cx = Context::command_line(&app);
    let status = match args.status {
        Status::Pending => import::Status::Pending,
        Status::Active => import::Status::Active(match &args.consent {
            Some(how) => check_consent(how)?,
            None => format!("postrider import {name}"),
        }),
    };
    let id = import::begin(&cx, &list, &status).await?;

    let mut tally = Tally::default();
    let mut rows = Vec::with_capacity(ROWS_A_COMMIT as usize);
    let mut chunk = Chunk::up_to(ROWS_A_COMMIT);
    let mut record = csv::StringRecord::new();
    let mut lines = 0u64;
    let show = std::io::stderr().is_terminal();
    loop {
        let more = match csv.read_record(&mut record) {
            Ok(more) => more,
            Err(error) => {
                tally.refusals.add(error.position().map_or(0, csv::Position::line), error.to_string());
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
            match columns.read(&record) {
                Ok(row) => rows.push(row),
                Err(reason) => tally.refusals.add(line, reason),
            }
        }
        if rows.len() >= rows_together(&app.db, chunk) || (!more && !rows.is_empty()) {
            let (added, took) = import::store_rows(&cx, id, &list, &status, &rows).await?;
            tally.added += added;
            tally.left_alone += rows.len() as u64 - added;
            chunk.took(took);
            if more {
                tokio::time::sleep(gap_after(&app.db, took)).await;
            }
            rows.clear();
            if show {
                eprint!("\r{lines} lines read, {} added", tally.added);
            }
        }
        if !more {
            break;
        }
    }
    if show {
        eprintln!();
    }
    for (line, reason) in &tally.refusals.named {
        eprintln!("{name}, line {line}: {reason}");
    }
    import::end(&app).await?;
    let Tally { added, left_alone, refusals: Refusals { count: refused_count, .. } } = tally;
    if refused_count > REFUSALS_NAMED as u64 {
        eprintln!("… and {} more refused lines", refused_count - REFUSALS_NAMED as u64);
    }
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "added": added, "left_alone": left_alone, "refused": refused_count })
        );
    } else {
        println!(
            "{added} added to {}, {left_alone} not changed (already there, unsubscribed or suppressed), \
             {refused_count} refused.",
            list.name
        );
    }
    Ok(if refused_count > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
