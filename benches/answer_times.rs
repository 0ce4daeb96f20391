//! `cargo bench --bench answer_times`: whether the time of the answer to a sign-up tells what is known of its
//! address, on each database. The real program is sent sign-ups of every kind of address in random order, one
//! after the other, as somebody on the same machine would who wants to find out.
//!
//! Two questions: how long the answer takes, and how long the next one takes, whatever that is for, since the work
//! on a sign-up might hold it up. Each kind is compared with addresses that nobody knows, by the Mann-Whitney U
//! test; reach: |z| below 3 for every kind. By chance alone one comparison in 370 is beyond that:
//! another run tells. `SEED=…` repeats one's order.
//!
//! `ANSWER_TRIES` (2000) of each kind, `BENCH_POSTGRES_URL` (an empty database; else a server of our own), `TMPDIR`
//! for the disk; names of engines as arguments (`sqlite`, `postgres`) measure only these.

#![allow(clippy::unwrap_used)]

#[path = "../tests/it/support/chance.rs"]
mod chance;
#[path = "../tests/it/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use chance::Chance;
use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::config::Config;
use postrider::db::audit::Actor;
use postrider::db::events::Cause;
use postrider::db::{lists, subscribers, subscriptions, suppressions};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::slug::Slug;
use postrider::domain::subscription::{Cadence, Transition};

const Z_MAX: f64 = 3.0;
/// Tries before the first that counts.
const WARM_UP: usize = 200;

/// What is known of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unknown,
    /// Active, and had no mail lately: it gets one.
    Active,
    /// Active, and had its mail: the same address each time.
    ActiveInCoolDown,
    Pending,
    PendingInCoolDown,
    Blocked,
    /// Another spelling of a blocked mailbox.
    BlockedSpelling,
}

const KINDS: [Kind; 7] = [
    Kind::Unknown,
    Kind::Active,
    Kind::ActiveInCoolDown,
    Kind::Pending,
    Kind::PendingInCoolDown,
    Kind::Blocked,
    Kind::BlockedSpelling,
];

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Unknown => "unknown",
            Kind::Active => "active",
            Kind::ActiveInCoolDown => "active, in cool-down",
            Kind::Pending => "pending",
            Kind::PendingInCoolDown => "pending, in cool-down",
            Kind::Blocked => "blocked",
            Kind::BlockedSpelling => "blocked, other spelling",
        }
    }
}

fn say(text: &str) {
    eprintln!("{text}");
}

/// All addresses have the same length, and come in no order.
fn address(chance: &mut Chance) -> EmailAddress {
    EmailAddress::parse(&format!("{:016x}@example.com", chance.below(u64::MAX))).unwrap()
}

fn shuffle<T>(chance: &mut Chance, all: &mut [T]) {
    for at in (1..all.len()).rev() {
        all.swap(at, chance.below(at as u64 + 1) as usize);
    }
}

/// So many addresses of each kind, stored as what they are, in random order. All of them in one order, not in
/// rounds of each kind once: within a round the others' mails would make up for a kind that brings none, and be
/// taken for its own delay.
async fn seed(app: &App, tries: usize, chance: &mut Chance) -> Vec<(Kind, EmailAddress)> {
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    lists::add(&mut tx, &Slug::parse("all").unwrap(), "All articles", now).await.unwrap();
    let list = lists::by_slug(&mut tx, "all").await.unwrap().unwrap().id;
    tx.commit().await.unwrap();
    let mut all = Vec::with_capacity(tries * KINDS.len());
    for kind in KINDS {
        let mut addresses = Vec::with_capacity(tries);
        for n in 0..tries {
            let address = match kind {
                Kind::ActiveInCoolDown | Kind::PendingInCoolDown if n > 0 => {
                    EmailAddress::clone(&addresses[0])
                }
                Kind::BlockedSpelling => {
                    let spelling = format!("{:014x}+x@example.com", chance.below(1 << 56));
                    EmailAddress::parse(&spelling).unwrap()
                }
                _ => self::address(chance),
            };
            addresses.push(address);
        }
        let actor = Actor::command_line();
        let cause = Cause::new(&actor, now);
        for chunk in addresses.chunks(200) {
            let mut tx = app.db.write().await.unwrap();
            for address in chunk {
                match kind {
                    Kind::Unknown => {}
                    Kind::Active | Kind::ActiveInCoolDown => {
                        let id = subscribers::upsert(&mut tx, address, "", now).await.unwrap();
                        subscriptions::change_one(&mut tx, &cause, id, list, Transition::Join(Cadence::Each))
                            .await
                            .unwrap();
                    }
                    Kind::Pending | Kind::PendingInCoolDown => {
                        let id = subscribers::upsert(&mut tx, address, "", now).await.unwrap();
                        subscriptions::change_one(&mut tx, &cause, id, list, Transition::Ask(Cadence::Each))
                            .await
                            .unwrap();
                    }
                    Kind::Blocked | Kind::BlockedSpelling => {
                        let blocked = match kind {
                            Kind::Blocked => address.key(),
                            _ => address.mailbox(),
                        };
                        suppressions::block(&mut tx, &cause, &blocked, &address.mailbox(), "").await.unwrap();
                    }
                }
            }
            tx.commit().await.unwrap();
        }
        all.extend(addresses.into_iter().map(|address| (kind, address)));
    }
    shuffle(chance, &mut all);
    all
}

/// A running `postrider serve`. Killed when dropped.
struct Serve(Child);

impl Serve {
    fn start(vars: &HashMap<String, String>, folder: &Path, port: u16) -> Serve {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
        command.arg("serve").env_clear().envs(vars).current_dir(folder).stdin(Stdio::null());
        let log = File::create(folder.join("serve.log")).unwrap();
        let mut serve = Serve(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(serve.0.try_wait().unwrap().is_none(), "serve ended: see {}", folder.display());
            assert!(start.elapsed() < Duration::from_secs(60), "serve is not ready after 60 s");
            std::thread::sleep(Duration::from_millis(50));
        }
        serve
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One connection that stays open.
struct Browser {
    reader: BufReader<TcpStream>,
    port: u16,
}

impl Browser {
    fn new(port: u16) -> Browser {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Browser { reader: BufReader::new(stream), port }
    }

    /// Signs an address up: how long the answer took, in milliseconds. JSON, since a form would write a plus
    /// longer.
    fn sign_up(&mut self, address: &EmailAddress) -> f64 {
        let body = format!(r#"{{"email":"{}","list":["all"]}}"#, address.as_str());
        let request = format!(
            "POST /subscribe HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let begun = Instant::now();
        self.reader.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut line, mut bytes, mut first) = (String::new(), 0, true);
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            if first {
                assert!(line.starts_with("HTTP/1.1 200"), "{line}");
                first = false;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(length) = lower.strip_prefix("content-length:") {
                bytes = length.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; bytes];
        self.reader.read_exact(&mut body).unwrap();
        begun.elapsed().as_secs_f64() * 1e3
    }
}

/// The normal approximation of the Mann-Whitney U test, corrected for ties: below 0 where `a` is the smaller.
fn z(a: &[f64], b: &[f64]) -> f64 {
    let (n, m) = (a.len() as f64, b.len() as f64);
    let mut all: Vec<(f64, bool)> =
        a.iter().map(|v| (*v, true)).chain(b.iter().map(|v| (*v, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut ranks, mut ties, mut at) = (0.0, 0.0, 0);
    while at < all.len() {
        let same = all[at..].iter().take_while(|(value, _)| *value == all[at].0).count();
        let rank = at as f64 + (same as f64 + 1.0) / 2.0;
        ranks += rank * all[at..at + same].iter().filter(|(_, of_a)| *of_a).count() as f64;
        ties += (same as f64).powi(3) - same as f64;
        at += same;
    }
    let u = ranks - n * (n + 1.0) / 2.0;
    let sum = n + m;
    let variance = n * m / 12.0 * (sum + 1.0 - ties / (sum * (sum - 1.0)));
    (u - n * m / 2.0) / variance.sqrt()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// One engine's table; whether every kind is within reach.
async fn measure(engine: &str, database: String, folder: &Path, tries: usize) -> bool {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let vars: HashMap<String, String> = [
        ("DATABASE_URL", database),
        ("BIND_ADDR", format!("127.0.0.1:{port}")),
        ("BASE_URL", format!("http://127.0.0.1:{port}")),
        ("SECRET_KEY", "a-key-that-only-the-benchmark-knows".to_owned()),
        ("SIGNUPS_PER_IP_PER_HOUR", "0".to_owned()),
        ("RUST_LOG", "warn,sqlx=error".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let app = App::open(Config::from_vars(&vars).unwrap(), Clock::System).await.unwrap();
    let mut chance = chance::seeded(engine);
    let all = seed(&app, tries, &mut chance).await;
    app.db.close().await;

    let _serve = Serve::start(&vars, folder, port);
    let mut browser = Browser::new(port);
    for _ in 0..WARM_UP {
        browser.sign_up(&address(&mut chance));
    }
    // What is in the cool-down is so from the first try that counts.
    for wanted in [Kind::ActiveInCoolDown, Kind::PendingInCoolDown] {
        let known = all.iter().find(|(kind, _)| *kind == wanted);
        browser.sign_up(&known.unwrap().1);
    }
    std::thread::sleep(Duration::from_secs(1));
    let mut own: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut after: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut before: Option<Kind> = None;
    let begun = Instant::now();
    for (kind, address) in &all {
        let took = browser.sign_up(address);
        own.entry(kind.name()).or_default().push(took);
        if let Some(before) = before.replace(*kind) {
            after.entry(before.name()).or_default().push(took);
        }
    }
    let secs = begun.elapsed().as_secs_f64();
    println!("{engine}: {tries} tries of each kind in {secs:.0} s");
    println!("  {:<24} {:>10} {:>8} {:>14} {:>8}", "", "median ms", "z", "next median ms", "z");
    let (unknown, after_unknown) = (&own[Kind::Unknown.name()], &after[Kind::Unknown.name()]);
    let mut well = true;
    for kind in KINDS {
        let (own, after) = (&own[kind.name()], &after[kind.name()]);
        let (z_own, z_after) = (z(own, unknown), z(after, after_unknown));
        well &= z_own.abs() < Z_MAX && z_after.abs() < Z_MAX;
        println!(
            "  {:<24} {:>10.3} {:>8.2} {:>14.3} {:>8.2}",
            kind.name(),
            median(own),
            z_own,
            median(after),
            z_after
        );
    }
    well
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let wants = |engine: &str| wanted.is_empty() || wanted.iter().any(|name| name == engine);
    let tries =
        std::env::var("ANSWER_TRIES").map_or(2000, |tries| tries.parse().expect("ANSWER_TRIES is a number"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut well = true;
    if wants("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("data/postrider.db").display());
        well &= runtime.block_on(measure("SQLite", database, folder.path(), tries));
    }
    if wants("postgres") {
        let folder = tempfile::tempdir().unwrap();
        let (_server, url) = match std::env::var("BENCH_POSTGRES_URL") {
            Ok(url) => (None, url),
            // With PostgreSQL's own settings, which lose nothing at power loss.
            Err(_) => match postgres::Private::start("") {
                Ok(server) => {
                    let url = server.url();
                    (Some(server), url)
                }
                Err(missing) => {
                    say(&missing);
                    return ExitCode::from(2);
                }
            },
        };
        well &= runtime.block_on(measure("PostgreSQL", url, folder.path(), tries));
    }
    println!(
        "{}",
        if well { "Within reach: |z| < 3 everywhere." } else { "Beyond reach: some |z| is 3 or more." }
    );
    ExitCode::from(u8::from(!well))
}
