//! `cargo bench --bench moving_in`: what a publisher brings in, and takes out again, through the real commands on an empty
//! database of each engine. An import is a ratio to a bare bulk load of the same rows into the same tables in the same
//! run; nothing is analysed but by the product itself.
//!
//! `BENCH_ROWS` (1000000), `BENCH_PAIRS` (3), `BENCH_POSTGRES_URL` (a server of our own with PostgreSQL's own settings);
//! names of engines as arguments (`sqlite`, `postgres`) measure only these.

#![allow(clippy::unwrap_used)]

#[path = "../tests/it/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use postrider::app::clock::Clock;
use postrider::db::load::{self, Column};
use postrider::db::{DatabaseUrl, Db, subscribers};
use secrecy::SecretString;
use sqlx::Executor as _;
use uuid::Uuid;

const RATIO_MIN: f64 = 0.5;
const MB_MAX: f64 = 150.0;
const EXPORT_SECS_MAX: f64 = 10.0;
const EXPORT_MB_MAX: f64 = 100.0;
const SIGN_UP_MS_MAX: f64 = 100.0;
const BESIDE_MAX: f64 = 3.0;
const FOUND_SECS_MAX: f64 = 120.0;
const SIGN_UPS_A_SEC: u32 = 50;

fn say(text: &str) {
    eprintln!("{text}");
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect(name))
}

/// The address of a row: in no order, as lists of people are.
fn address(n: usize) -> String {
    let mixed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
    format!("{mixed:x}.reader{n}@mail{}.example.org", mixed % 500)
}

fn write_file(path: &Path, rows: usize) {
    let mut file = "email,name,status,tags\n".to_owned();
    for n in 0..rows {
        let status = if n % 20 == 7 { "unsubscribed" } else { "active" };
        let _ = writeln!(file, "{},Reader {n},{status},\"founding,town {}\"", address(n), n % 50);
    }
    std::fs::write(path, file).unwrap();
}

/// A command that ran to its end.
struct Ran {
    secs: f64,
    /// The most memory that it held.
    megabytes: f64,
    said: String,
}

fn command(vars: &HashMap<String, String>, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
    command.args(args).env_clear().envs(vars).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(vars: &HashMap<String, String>, folder: &Path, args: &[&str], out: Option<&Path>) -> Ran {
    let mut command = command(vars, folder, args);
    match out {
        Some(path) => command.stdout(std::fs::File::create(path).unwrap()),
        None => command.stdout(Stdio::piped()),
    };
    let begun = Instant::now();
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut megabytes = 0.0f64;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<f64>().ok());
        megabytes = megabytes.max(kib.unwrap_or(0.0) / 1024.0);
        std::thread::sleep(Duration::from_millis(20));
    }
    let secs = begun.elapsed().as_secs_f64();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ran { secs, megabytes, said: String::from_utf8_lossy(&output.stdout).into_owned() }
}

/// An empty database of an engine.
struct Site {
    folder: tempfile::TempDir,
    vars: HashMap<String, String>,
    _server: Option<postgres::Private>,
}

impl Site {
    fn empty(engine: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let (url, server) = match engine {
            "sqlite" => (format!("sqlite://{}/postrider.db", folder.path().display()), None),
            _ => {
                let server = postgres::Private::start("").unwrap();
                (server.url(), Some(server))
            }
        };
        let vars = HashMap::from([
            ("DATABASE_URL".to_owned(), url),
            ("SECRET_KEY".to_owned(), "bench-bench-bench-bench-bench-bench-bench".to_owned()),
            ("BASE_URL".to_owned(), "http://127.0.0.1:8080".to_owned()),
        ]);
        Site { folder, vars, _server: server }
    }

    /// The same with a list.
    fn new(engine: &str) -> Site {
        let site = Site::empty(engine);
        site.run(&["list", "add", "all", "--name", "All articles"]);
        site
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(&self.vars, self.folder.path(), args, None)
    }

    async fn db(&self) -> Db {
        let url = &self.vars["DATABASE_URL"];
        let url = match url.strip_prefix("sqlite://") {
            Some(path) => DatabaseUrl::Sqlite(path.into()),
            None => DatabaseUrl::Postgres(SecretString::from(url.as_str())),
        };
        Db::connect(&url).await.unwrap()
    }
}

/// The same rows into the same tables, with nothing asked and nothing decided: seconds.
async fn bare_load(site: &Site, rows: usize) -> f64 {
    let db = site.db().await;
    let sql = "SELECT id FROM lists";
    let list: Uuid = match &db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    };
    if let Db::Sqlite { writer, .. } = &db {
        writer.execute("PRAGMA foreign_keys = ON").await.unwrap();
    }
    let (import, now) = (Uuid::now_v7(), Clock::System.now());
    let begun = Instant::now();
    const TOGETHER: usize = 5_000;
    for from in (0..rows).step_by(TOGETHER) {
        let numbers = from..rows.min(from + TOGETHER);
        let ids: Vec<Uuid> = numbers.clone().map(|_| Uuid::now_v7()).collect();
        let addresses: Vec<String> = numbers.clone().map(address).collect();
        let names: Vec<String> = numbers.clone().map(|n| format!("Reader {n}")).collect();
        let towns: Vec<String> = numbers.clone().map(|n| format!("town {}", n % 50)).collect();
        let statuses = numbers.map(|n| if n % 20 == 7 { "unsubscribed" } else { "active" }).collect();
        let texts = |of: &'_ [String]| -> Vec<String> { of.to_vec() };
        let (addresses, names, towns) = (texts(&addresses), texts(&names), texts(&towns));
        let borrowed = |of: &'static str| Column::Text(of);
        let mut tx = db.write().await.unwrap();
        let people = [
            ("id", Column::Ids(ids.clone())),
            ("email", Column::Texts(addresses.iter().map(String::as_str).collect())),
            ("email_key", Column::Texts(addresses.iter().map(String::as_str).collect())),
            ("name", Column::Texts(names.iter().map(String::as_str).collect())),
            ("created_at", Column::Time(now)),
            ("has_words", Column::Flag(false)),
        ];
        load::insert(&mut tx, "subscribers", &people, ids.len(), "").await.unwrap();
        let subscriptions = [
            ("list_id", Column::Id(list)),
            ("subscriber_id", Column::Ids(ids.clone())),
            ("status", Column::Texts(statuses)),
            ("cadence", borrowed("each")),
            ("created_at", Column::Time(now)),
            ("status_since", Column::Time(now)),
        ];
        load::insert(&mut tx, "subscriptions", &subscriptions, ids.len(), "").await.unwrap();
        for column in [borrowed("founding"), Column::Texts(towns.iter().map(String::as_str).collect())] {
            let tags = [
                ("tag", column),
                ("subscriber_id", Column::Ids(ids.clone())),
                ("created_at", Column::Time(now)),
            ];
            load::insert(&mut tx, "subscriber_tags", &tags, ids.len(), "").await.unwrap();
        }
        let changed = [
            ("subscriber_id", Column::Ids(ids.clone())),
            ("import_id", Column::Id(import)),
            ("list_id", Column::Id(list)),
            ("is_new", Column::Flag(true)),
            ("status", borrowed("active")),
            ("cadence", borrowed("each")),
            ("since", Column::Time(now)),
        ];
        load::insert(&mut tx, "import_rows", &changed, ids.len(), "").await.unwrap();
        tx.commit().await.unwrap();
    }
    let secs = begun.elapsed().as_secs_f64();
    db.close().await;
    secs
}

/// Sign-ups at their moments for as long as it is wanted, each timed from when it was due: milliseconds.
async fn sign_ups(url: String, stop: tokio::sync::watch::Receiver<bool>) -> Vec<f64> {
    let http =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (mut waiting, begun) = (tokio::task::JoinSet::new(), tokio::time::Instant::now());
    for n in 0u32.. {
        let due = begun + Duration::from_secs(1) / SIGN_UPS_A_SEC * n;
        tokio::time::sleep_until(due).await;
        if *stop.borrow() {
            break;
        }
        let form = [("email", format!("newcomer{n}@example.com")), ("list", "all".to_owned())];
        let request = http.post(format!("{url}/subscribe")).form(&form).send();
        waiting.spawn(async move {
            let answer = request.await.unwrap();
            assert!(matches!(answer.status().as_u16(), 200 | 303), "{}", answer.status());
            due.elapsed().as_secs_f64() * 1e3
        });
    }
    let mut millis = waiting.join_all().await;
    millis.sort_by(f64::total_cmp);
    millis
}

/// How long it takes from the start of a server until everybody who was imported is found: seconds.
async fn found_after(site: &Site) -> f64 {
    let mut vars = site.vars.clone();
    vars.insert("BIND_ADDR".to_owned(), format!("127.0.0.1:{}", free_port()));
    let mut serve = command(&vars, site.folder.path(), &["serve"]);
    let begun = Instant::now();
    let mut serve = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let db = site.db().await;
    loop {
        let mut tx = db.read().await.unwrap();
        if !subscribers::any_without_words(&mut tx).await.unwrap() {
            break;
        }
        drop(tx);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let secs = begun.elapsed().as_secs_f64();
    db.close().await;
    let _ = serve.kill();
    let _ = serve.wait();
    secs
}

/// Everything out of a database and into an empty one: seconds and memory of each.
fn everything(engine: &str, from: &Site) -> (Ran, Ran) {
    let archive = from.folder.path().join("all.zip").display().to_string();
    let out = from.run(&["export", "--all", &archive]);
    let to = Site::empty(engine);
    let back = to.run(&["import", "--all", &archive]);
    (out, back)
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An import beside a server that people sign up at: its seconds, and the 99th percentile of theirs.
async fn beside(engine: &str, rows: usize) -> (f64, f64) {
    let site = Site::new(engine);
    let file = site.folder.path().join("people.csv");
    write_file(&file, rows);
    let port = free_port();
    let mut vars = site.vars.clone();
    vars.insert("BIND_ADDR".to_owned(), format!("127.0.0.1:{port}"));
    vars.insert("SIGNUPS_PER_IP_PER_HOUR".to_owned(), "0".to_owned());
    let mut serve = command(&vars, site.folder.path(), &["serve"]);
    let mut serve = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let url = format!("http://127.0.0.1:{port}");
    while reqwest::get(format!("{url}/readyz")).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (end, stop) = tokio::sync::watch::channel(false);
    let signing_up = tokio::spawn(sign_ups(url, stop));
    let (vars, folder) = (site.vars.clone(), site.folder.path().to_owned());
    let imported = tokio::task::spawn_blocking(move || {
        run(&vars, &folder, &["import", "people.csv", "--list", "all", "--json"], None)
    });
    let imported = imported.await.unwrap();
    end.send(true).unwrap();
    let millis = signing_up.await.unwrap();
    let _ = serve.kill();
    let _ = serve.wait();
    (imported.secs, millis[(millis.len() * 99).div_ceil(100) - 1])
}

/// One line of the table: what was measured, and whether it is what it should be.
fn line(failed: &mut bool, name: &str, value: f64, unit: &str, bound: f64, at_least: bool) {
    let good = if at_least { value >= bound } else { value <= bound };
    *failed |= !good;
    let sign = if at_least { "≥" } else { "≤" };
    println!(
        "{name:<44} {value:>9.2} {unit:<7} {sign} {bound:<7} {}",
        if good { "reached" } else { "MISSED" }
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main]
async fn main() -> ExitCode {
    let rows = setting("BENCH_ROWS", 1_000_000);
    let pairs = setting("BENCH_PAIRS", 3);
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let mut failed = false;
    for engine in ["sqlite", "postgres"] {
        if !asked.is_empty() && !asked.iter().any(|name| name == engine) {
            continue;
        }
        let (mut ratios, mut speeds, mut alone, mut megabytes) = (Vec::new(), Vec::new(), Vec::new(), 0.0f64);
        let (mut exports, mut export_megabytes) = (Vec::new(), 0.0f64);
        let mut after = None;
        for run_number in 1..=pairs {
            let site = Site::new(engine);
            let bare = bare_load(&site, rows).await;
            drop(site);
            let site = Site::new(engine);
            write_file(&site.folder.path().join("people.csv"), rows);
            let ours = site.run(&["import", "people.csv", "--list", "all", "--json"]);
            let said: serde_json::Value = serde_json::from_str(&ours.said).unwrap();
            assert_eq!(said["added"], rows, "{said}");
            let out = site.folder.path().join("out.csv");
            let export = run(&site.vars, site.folder.path(), &["export", "--list", "all"], Some(&out));
            say(&format!(
                "{engine}: run {run_number}, bare {bare:.1} s, import {:.1} s ({:.0} rows/s, {:.0} MB), export {:.1} s ({:.0} MB)",
                ours.secs,
                rows as f64 / ours.secs,
                ours.megabytes,
                export.secs,
                export.megabytes
            ));
            ratios.push(bare / ours.secs);
            speeds.push(rows as f64 / ours.secs);
            alone.push(ours.secs);
            megabytes = megabytes.max(ours.megabytes);
            exports.push(export.secs);
            export_megabytes = export_megabytes.max(export.megabytes);
            if run_number == pairs {
                after = Some((everything(engine, &site), found_after(&site).await));
            }
        }
        let (beside, p99) = beside(engine, rows).await;
        let failed = &mut failed;
        println!("{engine}: {:.0} rows/s imported (median of {pairs})", median(speeds));
        line(failed, "  import ÷ bare bulk load", median(ratios), "", RATIO_MIN, true);
        line(failed, "  its memory", megabytes, "MB", MB_MAX, false);
        line(failed, "  beside 50 sign-ups a second ÷ alone", beside / median(alone), "", BESIDE_MAX, false);
        line(failed, "  p99 of these sign-ups", p99, "ms", SIGN_UP_MS_MAX, false);
        line(failed, "  export", median(exports), "s", EXPORT_SECS_MAX, false);
        line(failed, "  its memory", export_megabytes, "MB", EXPORT_MB_MAX, false);
        if let Some(((out, back), found)) = after {
            line(failed, "  all are found, after a server's start", found, "s", FOUND_SECS_MAX, false);
            println!(
                "  everything out {:.1} s ({:.0} MB), in {:.1} s ({:.0} MB)",
                out.secs, out.megabytes, back.secs, back.megabytes
            );
            *failed |= out.megabytes > MB_MAX || back.megabytes > MB_MAX;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
