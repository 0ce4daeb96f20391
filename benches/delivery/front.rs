//! What a reader's browser meets: the subscribe page, beside actix's bare answer; sign-ups, counted when their
//! confirmations are stored, beside bare inserts that are as durable; and how long one waits at half of that rate.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use postrider::db::Db;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::process::Process;
use crate::relay::Relay;
use crate::report::{Doubt, Figure};
use crate::sign_up::sign_ups;
use crate::site::{Engine, Site};
use crate::{Plan, say};

/// Connections that ask at the same time, each for the next answer when it has one.
const CONNECTIONS: usize = 64;
/// Of each run.
const SECS: u64 = 5;
/// What is still worked on so long after the last answer is a backlog.
const BACKLOG_WITHIN: Duration = Duration::from_secs(30);
/// Connections to PostgreSQL for the bare inserts: as many as a process of ours has.
const INSERTING: u32 = 10;

/// The names of an engine's rows.
pub fn names(engine: Engine) -> [&'static str; 3] {
    match engine {
        Engine::Sqlite => ["front-get-sqlite", "front-post-sqlite", "front-p99-sqlite"],
        Engine::Postgres => ["front-get-postgres", "front-post-postgres", "front-p99-postgres"],
    }
}

pub async fn measure(plan: Arc<Plan>, engine: Engine) -> Vec<Figure> {
    let [get, post, p99] = names(engine);
    let site = Site::empty(engine, None, None).await;
    let relay = Relay::start(Duration::ZERO).await;
    let mut serve = Process::serve(&site, relay.port, &[]).await;
    let mut figures = Vec::new();
    if plan.wanted.contains(get) {
        figures.push(page(&plan, &serve, get).await);
    }
    if plan.wanted.contains(post) || plan.wanted.contains(p99) {
        figures.extend(sign_up(&plan, &site, &mut serve, [post, p99]).await);
    }
    serve.stop().await;
    site.end().await;
    figures
}

/// A bare actix server: its address. It serves until the benchmark ends.
fn hello() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let say = || async { "Hello" };
        let app = move || actix_web::App::new().route("/", actix_web::web::get().to(say));
        let server = actix_web::HttpServer::new(app).workers(2).listen(listener).unwrap();
        actix_web::rt::System::new().block_on(server.run()).unwrap();
    });
    addr
}

fn address(serve: &Process) -> SocketAddr {
    serve.url.strip_prefix("http://").unwrap().parse().unwrap()
}

async fn page(plan: &Plan, serve: &Process, name: &'static str) -> Figure {
    let hello = hello();
    let get = |_: u64| "GET / HTTP/1.1\r\nHost: bench\r\n\r\n".to_owned();
    let mut ratios = Vec::new();
    for pair in 1..=plan.pairs {
        let bare = ask(hello, get).await;
        let ours = ask(address(serve), get).await;
        say(&format!("{name}: pair {pair}, {ours:.0}/s ÷ {bare:.0}/s = {:.3}", ours / bare));
        ratios.push(ours / bare);
    }
    Figure::new(name, ratios)
}

/// Answers a second.
async fn ask(addr: SocketAddr, request: impl Fn(u64) -> String + Clone + Send + 'static) -> f64 {
    let (next, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut asking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (next, request) = (next.clone(), request.clone());
        asking.spawn(async move {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut held, mut answers) = (Vec::new(), 0);
            while start.elapsed() < Duration::from_secs(SECS) {
                let request = request(next.fetch_add(1, Ordering::Relaxed));
                stream.write_all(request.as_bytes()).await.unwrap();
                read_answer(&mut stream, &mut held).await;
                answers += 1;
            }
            answers
        });
    }
    let answers: u64 = asking.join_all().await.into_iter().sum();
    answers as f64 / start.elapsed().as_secs_f64()
}

/// Reads one answer, which must be a good one; what came behind it stays in `held`.
async fn read_answer(stream: &mut TcpStream, held: &mut Vec<u8>) {
    loop {
        if let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&held[..end]).to_ascii_lowercase();
            assert!(head.starts_with("http/1.1 200") || head.starts_with("http/1.1 303"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if held.len() >= end + 4 + length {
                held.drain(..end + 4 + length);
                return;
            }
        }
        assert!(stream.read_buf(held).await.unwrap() > 0, "the server hung up");
    }
}

async fn sign_up(
    plan: &Plan,
    site: &Site,
    serve: &mut Process,
    [post, p99]: [&'static str; 2],
) -> Vec<Figure> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    let (mut ratios, mut waits, mut doubt) = (Vec::new(), Vec::new(), Doubt::None);
    for pair in 1..=plan.pairs {
        let bare = inserts(site).await;
        let before = confirmations(site).await;
        let answered = ask(address(serve), move |n| {
            let body = format!("email=front{pair}x{n}%40example.com&list=all");
            let kind = "Content-Type: application/x-www-form-urlencoded";
            format!(
                "POST /subscribe HTTP/1.1\r\nHost: bench\r\n{kind}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        })
        .await;
        let stored = (confirmations(site).await - before) as f64 / SECS as f64;
        serve.assert_runs();
        say(&format!(
            "{post}: pair {pair}, {stored:.0} confirmations/s ({answered:.0} answers/s) ÷ {bare:.0} inserts/s = {:.2}",
            stored / bare
        ));
        ratios.push(stored / bare);
        let start = Instant::now();
        while site.count("SELECT COUNT(*) FROM sign_up_requests").await > 0 {
            if start.elapsed() > BACKLOG_WITHIN {
                doubt = Doubt::Missed("sign-ups are not worked on within 30 s".to_owned());
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let per_sec = (stored / 2.0).max(1.0) as u64;
        let url = format!("{}/subscribe", serve.url);
        let answers = sign_ups(&http, &url, &format!("half{pair}"), per_sec, SECS).await;
        let mut millis: Vec<f64> = answers.iter().map(|answer| answer.took.as_secs_f64() * 1e3).collect();
        millis.sort_by(f64::total_cmp);
        let wait = millis[(millis.len() * 99).div_ceil(100) - 1];
        say(&format!("{p99}: run {pair}, {wait:.1} ms at {per_sec}/s"));
        waits.push(wait);
        if answers.iter().any(|answer| !answer.well) {
            doubt = Doubt::Missed("some got no answer, or a refusal".to_owned());
        }
    }
    let figure = |name, runs| Figure { name, runs, doubt: doubt.clone() };
    vec![figure(post, ratios), figure(p99, waits)]
}

async fn confirmations(site: &Site) -> i64 {
    site.count("SELECT COUNT(*) FROM confirmations").await
}

/// Rows a second, each durable before the next of its connection.
async fn inserts(site: &Site) -> f64 {
    const SQL: &str = "INSERT INTO bare_inserts (id, email) VALUES ($1, $2)";
    let make = "CREATE TABLE IF NOT EXISTS bare_inserts (id TEXT PRIMARY KEY NOT NULL, email TEXT NOT NULL)";
    let (start, mut inserting) = (Instant::now(), JoinSet::new());
    match &site.app.db {
        Db::Sqlite { writer, .. } => {
            sqlx::query(make).execute(writer).await.unwrap();
            let writer = writer.clone();
            inserting.spawn(async move {
                let mut rows = 0_u64;
                while start.elapsed() < Duration::from_secs(SECS) {
                    let id = Uuid::now_v7().to_string();
                    sqlx::query(SQL).bind(&id).bind(&id).execute(&writer).await.unwrap();
                    rows += 1;
                }
                rows
            });
        }
        Db::Postgres(pool) => {
            sqlx::query(make).execute(pool).await.unwrap();
            for _ in 0..INSERTING {
                let pool = pool.clone();
                inserting.spawn(async move {
                    let mut connection = pool.acquire().await.unwrap();
                    let mut rows = 0_u64;
                    while start.elapsed() < Duration::from_secs(SECS) {
                        let id = Uuid::now_v7().to_string();
                        sqlx::query(SQL).bind(&id).bind(&id).execute(&mut *connection).await.unwrap();
                        rows += 1;
                    }
                    rows
                });
            }
        }
    }
    let rows: u64 = inserting.join_all().await.into_iter().sum();
    rows as f64 / start.elapsed().as_secs_f64()
}
