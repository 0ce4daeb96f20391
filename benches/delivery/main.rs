//! `cargo bench --bench delivery`: what the delivery engine promises, measured on this machine.
//!
//! Speed is a ratio to a yardstick in the same run, in turn with ours: Postfix's `smtp-source -d`
//! with the same number of connections and mails of the same size into the same `smtp-sink`, whose
//! own count must agree with the ledger's. The ratios hold on other machines; absolute figures
//! do not.
//!
//! `cargo bench --bench delivery -- NAME…` measures only what is named, `--list` names it all.
//! `BENCH_PAIRS` (5), `BENCH_MESSAGES` (10000), `BENCH_MILLION` (1000000), `BENCH_POSTGRES_URL`
//! (a server of our own with PostgreSQL's own settings, which sync each commit), and `TMPDIR` for
//! the disk that holds the databases.

// A benchmark that can't go on says where.
#![allow(clippy::unwrap_used)]

mod chunks;
mod digest;
mod enqueue;
mod first;
mod front;
mod million;
#[path = "../../tests/it/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;
mod process;
mod relay;
mod report;
mod sign_up;
mod site;
mod speed;
mod workers;
mod yardstick;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use chunks::Chunks;
use report::{Figure, Reach};
use site::Engine;

/// What a run is asked to measure, and how much of it.
pub struct Plan {
    /// Names of [`ROWS`].
    pub wanted: BTreeSet<&'static str>,
    pub pairs: usize,
    pub messages: usize,
    pub million: usize,
    /// What the enqueuer says of each of its transactions.
    pub chunks: Chunks,
}

/// Every row of the table: its name, what it says, what is to be reached.
const ROWS: [(&str, &str, Reach); 29] = [
    ("sqlite", "messages/s ÷ yardstick, SQLite", Reach::AtLeast(1.0)),
    ("postgres", "messages/s ÷ yardstick, PostgreSQL", Reach::AtLeast(0.8)),
    ("sqlite-ed25519", "the same, SQLite, Ed25519 DKIM", Reach::AtLeast(0.9)),
    ("sqlite-rsa", "the same, SQLite, RSA-2048 DKIM", Reach::AtLeast(0.35)),
    ("first-campaign-sqlite", "first campaign ÷ later ones, new SQLite file", Reach::AtLeast(0.9)),
    ("first-campaign-postgres", "first campaign ÷ later ones, new cluster", Reach::AtLeast(0.9)),
    ("memory-sqlite", "peak memory, a million, SQLite, MB", Reach::AtMost(57.0)),
    ("memory-postgres", "peak memory, a million, PostgreSQL, MB", Reach::AtMost(57.0)),
    ("cpu-sqlite", "CPU a message, a million ÷ few, SQLite", Reach::AtMost(1.15)),
    ("cpu-postgres", "CPU a message, a million ÷ few, PostgreSQL", Reach::AtMost(1.15)),
    ("enqueue-sqlite", "enqueue a million, SQLite, s", Reach::AtMost(2.0)),
    ("enqueue-sqlite-longest", "its longest transaction, ms", Reach::AtMost(25.0)),
    ("enqueue-postgres", "enqueue a million, PostgreSQL, s", Reach::AtMost(8.0)),
    ("enqueue-postgres-longest", "its longest transaction, ms", Reach::AtMost(25.0)),
    ("digest-enqueue-sqlite", "enqueue a digest in 20 variants ÷ a campaign, SQLite", Reach::AtLeast(0.3)),
    ("digest-enqueue-postgres", "the same, PostgreSQL", Reach::AtLeast(0.3)),
    ("digest-speed-sqlite", "messages/s of it ÷ a campaign's, SQLite", Reach::AtLeast(0.9)),
    ("digest-speed-postgres", "the same, PostgreSQL", Reach::AtLeast(0.9)),
    ("digest-memory-sqlite", "peak memory of it, a million, SQLite, MB", Reach::AtMost(57.0)),
    ("digest-memory-postgres", "the same, PostgreSQL", Reach::AtMost(57.0)),
    ("two-workers", "two workers ÷ one, PostgreSQL, relay of 5 ms", Reach::AtLeast(1.8)),
    ("sign-up-sqlite", "p99 of a sign-up at 200/s, busy SQLite, ms", Reach::AtMost(50.0)),
    ("sign-up-postgres", "p99 of a sign-up at 200/s, busy PostgreSQL, ms", Reach::AtMost(50.0)),
    ("front-get-sqlite", "subscribe page ÷ actix's bare answer, SQLite", Reach::AtLeast(0.6)),
    ("front-get-postgres", "the same, PostgreSQL", Reach::AtLeast(0.6)),
    ("front-post-sqlite", "confirmations stored/s ÷ bare inserts/s, SQLite", Reach::AtLeast(0.4)),
    ("front-post-postgres", "the same, PostgreSQL", Reach::AtLeast(0.4)),
    ("front-p99-sqlite", "p99 of a sign-up at half of that, SQLite, ms", Reach::AtMost(25.0)),
    ("front-p99-postgres", "the same, PostgreSQL", Reach::AtMost(25.0)),
];

/// Names that stand for several rows.
const GROUPS: [&str; 9] = [
    "first-campaign",
    "memory",
    "cpu",
    "enqueue",
    "sign-up",
    "front",
    "digest-enqueue",
    "digest-speed",
    "digest-memory",
];

/// Progress, beside the table on standard output.
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// Where PostgreSQL is, started at the first question. `Err` says what is missing.
pub fn postgres_url() -> Result<&'static str, String> {
    static URL: OnceLock<Result<String, String>> = OnceLock::new();
    let url = URL.get_or_init(|| match std::env::var("BENCH_POSTGRES_URL") {
        Ok(url) => Ok(url),
        Err(_) => {
            // With PostgreSQL's own settings, which lose nothing at power loss.
            let server = postgres::Private::start("")?;
            let url = server.url();
            // Its standard input closes when this process ends, however it ends.
            std::mem::forget(server);
            Ok(url)
        }
    });
    url.as_deref().map_err(Clone::clone)
}

impl Plan {
    fn wants(&self, prefix: &str, engine: Engine) -> bool {
        let name = format!("{prefix}-{}", engine.name());
        self.wanted.iter().any(|wanted| wanted.starts_with(&name))
    }
}

/// The rows that a name stands for.
fn rows_named(name: &str) -> Vec<&'static str> {
    let all = ROWS.iter().map(|(row, ..)| *row);
    if let Some(row) = all.clone().find(|row| *row == name) {
        // The two figures of one enqueueing come together.
        return all.filter(|other| *other == row || *other == format!("{row}-longest")).collect();
    }
    all.filter(|row| GROUPS.contains(&name) && row.starts_with(&format!("{name}-"))).collect()
}

fn setting(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Err(_) => default,
        Ok(text) => match text.parse() {
            Ok(number) if number > 0 => number,
            _ => panic!("{name}: {text:?} is no number above 0"),
        },
    }
}

fn missing(what: &str) -> ExitCode {
    eprintln!("{what}");
    ExitCode::from(2)
}

fn main() -> ExitCode {
    let mut wanted = BTreeSet::new();
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            // cargo's own.
            "--bench" => {}
            "--list" => {
                for (name, what, reach) in ROWS {
                    println!("{name:<25} {what}, {reach}");
                }
                println!("Groups: {}", GROUPS.join(", "));
                return ExitCode::SUCCESS;
            }
            name => {
                let rows = rows_named(name);
                if rows.is_empty() {
                    return missing(&format!("{name:?} names nothing here. --list shows what there is"));
                }
                wanted.extend(rows);
            }
        }
    }
    if wanted.is_empty() {
        wanted.extend(ROWS.iter().map(|(name, ..)| name));
    }
    let needs_postfix = wanted.iter().any(|name| {
        !["enqueue", "front"].iter().any(|group| name.starts_with(group)) && *name != "two-workers"
    });
    if needs_postfix && let Err(program) = yardstick::find_programs() {
        return missing(&format!(
            "{program} is missing. It comes with Debian's package postfix: \
             apt-get install --no-install-recommends postfix"
        ));
    }
    let needs_postgres = wanted.iter().any(|name| name.contains("postgres") || *name == "two-workers");
    if needs_postgres && let Err(problem) = postgres_url() {
        return missing(&format!(
            "PostgreSQL is missing: {problem}. Install Debian's package postgresql, or name a server in \
             BENCH_POSTGRES_URL"
        ));
    }
    let plan = Arc::new(Plan {
        wanted,
        pairs: setting("BENCH_PAIRS", 5),
        messages: setting("BENCH_MESSAGES", 10_000),
        million: setting("BENCH_MILLION", 1_000_000),
        chunks: Chunks::listen(),
    });
    report::say_machine();
    let runtime = postrider::commands::runtime().unwrap();
    let measured = runtime.block_on(measure(&plan));
    report::print(&ROWS, &plan, &measured)
}

/// Measures what is wanted, one thing after the other.
async fn measure(plan: &Arc<Plan>) -> Vec<Figure> {
    let mut figures = Vec::new();
    for row in speed::ROWS.iter().filter(|row| plan.wanted.contains(row.name)) {
        figures.extend(report::caught(&[row.name], speed::measure(plan.clone(), row)).await);
    }
    for (row, engine) in
        [("first-campaign-sqlite", Engine::Sqlite), ("first-campaign-postgres", Engine::Postgres)]
    {
        if plan.wanted.contains(row) {
            figures.extend(report::caught(&[row], first::measure(plan.clone(), engine)).await);
        }
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        figures.extend(million::measure(plan, engine).await);
        figures.extend(digest::measure(plan, engine).await);
        let front = front::names(engine);
        if front.iter().any(|name| plan.wanted.contains(name)) {
            figures.extend(report::caught(&front, front::measure(plan.clone(), engine)).await);
        }
    }
    if plan.wanted.contains("two-workers") {
        figures.extend(report::caught(&["two-workers"], workers::measure(plan.clone())).await);
    }
    figures
}
