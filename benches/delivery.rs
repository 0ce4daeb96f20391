//! `cargo bench --bench delivery`: a campaign from the ledger to a relay on this machine, against
//! a yardstick in the same run: Postfix's `smtp-source` with the same number of connections and
//! the same size into the same `smtp-sink`. Both in turn, medians of the pairs.
//!
//! Needs Debian's `postfix` for the two programs. `BENCH_PAIRS` (5), `BENCH_MESSAGES` (10000);
//! `BENCH_POSTGRES_URL` to run on PostgreSQL instead of SQLite.

// A benchmark that can't go on says where.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use postrider::app::App;
use postrider::clock::Clock;
use postrider::config::Config;
use postrider::db::{campaigns, ledger, lists, subscribers, subscriptions};
use postrider::delivery::engine::Engine;
use postrider::domain::delivery::DeliveryStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::slug::Slug;
use postrider::domain::subscription::Cadence;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const CONNECTIONS: usize = 16;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

struct Sink {
    process: Child,
    port: u16,
}

impl Sink {
    fn start() -> Sink {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("smtp-sink")
            .args(["-u", "nobody", &format!("127.0.0.1:{port}"), "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("smtp-sink: install Debian's postfix");
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Sink { process, port }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Messages a second of `smtp-source`, each on a connection that is kept.
fn yardstick(port: u16, messages: usize, bytes: usize) -> f64 {
    let start = Instant::now();
    let status = Command::new("smtp-source")
        .args(["-d", "-s", &CONNECTIONS.to_string(), "-m", &messages.to_string(), "-l", &bytes.to_string()])
        .arg(format!("127.0.0.1:{port}"))
        .status()
        .expect("smtp-source: install Debian's postfix");
    assert!(status.success());
    messages as f64 / start.elapsed().as_secs_f64()
}

async fn open(port: u16, folder: &std::path::Path) -> Arc<App> {
    let database = std::env::var("BENCH_POSTGRES_URL")
        .unwrap_or_else(|_| format!("sqlite://{}", folder.join("bench.db").display()));
    let mut vars: HashMap<String, String> = HashMap::from([
        ("DATABASE_URL".to_owned(), database),
        ("BASE_URL".to_owned(), "https://news.harbour.example".to_owned()),
        ("SECRET_KEY".to_owned(), "a-key-that-only-the-benchmark-knows".to_owned()),
        ("SMTP_URL".to_owned(), format!("smtp://127.0.0.1:{port}")),
        ("SMTP_CONNECTIONS".to_owned(), CONNECTIONS.to_string()),
        ("MAIL_FROM".to_owned(), "Harbour News <news@harbour.example>".to_owned()),
    ]);
    for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("DKIM_")) {
        vars.insert(name, value);
    }
    let config = Config::from_vars(&vars).expect("the benchmark's configuration");
    App::open(config, Clock::System).await.expect("an application")
}

async fn seed(app: &App, readers: usize) -> Uuid {
    let slug = Slug::parse(&format!("l{}", Uuid::now_v7().simple())).expect("a slug");
    let mut tx = app.db.write().await.unwrap();
    lists::add(&mut tx, &slug, "All articles", app.clock.now()).await.unwrap();
    let list = lists::by_slug(&mut tx, slug.as_str()).await.unwrap().unwrap().id;
    for n in 0..readers {
        let email = EmailAddress::parse(&format!("reader{n}@example.org")).unwrap();
        let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
        subscriptions::set_active(&mut tx, list, id, Cadence::Each, app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    list
}

/// One campaign of mails of about 16 KB; returns messages a second and the size of one.
async fn campaign(app: &Arc<App>, list: Uuid, readers: usize) -> f64 {
    let paragraph = "<p>Spot prices for a forty-foot box to northern Europe fell again last week, the sixth fall in a row, and the large lines have begun to do what they always say they will not: park ships.</p>";
    let html = paragraph.repeat(20);
    let now = app.clock.now();
    let mut tx = app.db.write().await.unwrap();
    let id = campaigns::add_from_html(&mut tx, list, "Container rates slip", &html, now).await.unwrap();
    campaigns::schedule(&mut tx, id, now).await.unwrap();
    tx.commit().await.unwrap();
    postrider::schedule::run_campaigns(app).await.unwrap();
    let transport = Transport::new(&app.config).unwrap();
    let engine = Engine::new(app.clone(), transport, CancellationToken::new());
    let start = Instant::now();
    engine.run_until_idle().await.unwrap();
    let rate = readers as f64 / start.elapsed().as_secs_f64();
    let mut tx = app.db.read().await.unwrap();
    let counts = ledger::counts(&mut tx, id).await.unwrap();
    assert_eq!(counts, [(DeliveryStatus::Sent, readers as i64)], "every mail is accounted for");
    rate
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main]
async fn main() {
    let (pairs, messages) = (setting("BENCH_PAIRS", 5), setting("BENCH_MESSAGES", 10_000));
    let folder = std::env::temp_dir().join(format!("postrider-bench-{}", Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    let sink = Sink::start();
    let app = open(sink.port, &folder).await;
    let list = seed(&app, messages).await;
    let bytes = setting("BENCH_BYTES", 16_000);
    println!("{}: {messages} messages of about {bytes} bytes, {CONNECTIONS} connections", app.db.engine());
    println!("{:>4} {:>12} {:>12} {:>7}", "pair", "postrider/s", "yardstick/s", "ratio");
    let mut ratios = Vec::new();
    for pair in 0..=pairs {
        let ours = campaign(&app, list, messages).await;
        let theirs = yardstick(sink.port, messages, bytes);
        // The first pair warms up.
        if pair > 0 {
            println!("{pair:>4} {ours:>12.0} {theirs:>12.0} {:>7.2}", ours / theirs);
            ratios.push(ours / theirs);
        }
    }
    println!("median ratio {:.2}", median(ratios));
    app.db.close().await;
    let _ = std::fs::remove_dir_all(&folder);
}
