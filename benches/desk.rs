//! `cargo bench --bench desk`: how quick the desk's pages are with a large publication: 1,000,000
//! subscribers on three lists, who come by `postrider import`, 100 campaigns, 5,000,000 deliveries, on each
//! database.
//!
//! Reach: each page's median under 50 ms, none over 200 ms; at most 100 KB with its style sheet and
//! scripts. `BENCH_SUBSCRIBERS` (1000000), `BENCH_ROUNDS` (15), `BENCH_POSTGRES_URL`; names of engines
//! as arguments (`sqlite`, `postgres`) measure only these.

#![allow(clippy::unwrap_used)]

#[path = "../tests/it/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

use postrider::actions::accounts;
use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::config::Config;
use postrider::db::users::{self, Role};
use postrider::db::{Db, lists, segments};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::segment::{Combine, Condition, Group, Segment, Test};
use postrider::domain::slug::Slug;
use postrider::domain::subscription::SubscriptionStatus;
use postrider::schedule::statistics::Statistics;
use sqlx::Executor as _;
use uuid::Uuid;

const MEDIAN_MS_MAX: f64 = 50.0;
const WORST_MS_MAX: f64 = 200.0;
const BYTES_MAX: usize = 100 * 1024;
const CAMPAIGNS: i64 = 100;

fn say(text: &str) {
    eprintln!("{text}");
}

fn setting(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect(name))
}

async fn run(db: &Db, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

/// The part of a statement that differs: SQLite's, then PostgreSQL's.
fn either<'a>(db: &Db, sqlite: &'a str, postgres: &'a str) -> &'a str {
    match db {
        Db::Sqlite { .. } => sqlite,
        Db::Postgres(_) => postgres,
    }
}

/// An id literal.
fn id(db: &Db, id: Uuid) -> String {
    match db {
        Db::Sqlite { .. } => format!("x'{}'", id.simple()),
        Db::Postgres(_) => format!("'{id}'::uuid"),
    }
}

/// Brings the readers as a publisher does: a file for each list, by `postrider import`.
fn import(vars: &HashMap<String, String>, folder: &Path, subscribers: i64) {
    for (slug, share) in [("all", 1), ("world", 3), ("markets", 7)] {
        let mut file = "email,name\n".to_owned();
        for n in (0..subscribers).step_by(share) {
            file.push_str(&format!("reader{n}@mail{}.example.org,Reader {n}\n", n % 500));
        }
        let path = folder.join("readers.csv");
        std::fs::write(&path, file).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
        command.args(["import", &path.display().to_string(), "--list", slug]);
        command.env_clear().envs(vars).current_dir(folder);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

async fn add_lists(app: &App) {
    let mut tx = app.db.write().await.unwrap();
    for (slug, name) in [("all", "All articles"), ("world", "World"), ("markets", "Markets")] {
        lists::add(&mut tx, &Slug::parse(slug).unwrap(), name, app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// What years have made of them: who left, who bounced, and a ledger of past campaigns. This is written by
/// SQL, since five million mails would take most of an hour; nothing is analysed afterwards.
async fn age(app: &App) {
    let db = &app.db;
    let number = |column: &str, from: u8| {
        let (a, b) = (
            format!("CAST(substr({column}, {from}) AS INTEGER)"),
            format!("substr({column}, {from})::bigint"),
        );
        either(db, &a, &b).to_owned()
    };
    let reader = number("s.name", 8);
    let hour = |column: &str| {
        let sqlite = format!(
            "strftime('%Y-%m-%dT%H:%M:%S', '2026-01-01', '+' || ({column}) || ' seconds') || '+00:00'"
        );
        let postgres = format!("TIMESTAMPTZ '2026-01-01Z' + ({column}) * INTERVAL '1 second'");
        either(db, &sqlite, &postgres).to_owned()
    };
    let joined = hour("n * 25");
    run(
        db,
        &format!(
            "UPDATE subscriptions SET created_at = {joined}, status_since = {joined},
                 status = CASE WHEN n % 50 = 7 THEN 'unsubscribed' WHEN n % 90 = 11 THEN 'bounced'
                     WHEN n % 100000 = 13 THEN 'complained' WHEN n % 60 = 17 THEN 'pending' ELSE 'active' END,
                 cadence = CASE WHEN n % 5 = 1 THEN 'daily' WHEN n % 9 = 1 THEN 'weekly' ELSE 'each' END
             FROM (SELECT s.id, {reader} AS n FROM subscribers s) AS readers
             WHERE readers.id = subscriptions.subscriber_id"
        ),
    )
    .await;
    let mut tx = db.read().await.unwrap();
    let list = lists::by_slug(&mut tx, "all").await.unwrap().unwrap().id;
    drop(tx);
    let numbers = |to: i64| {
        let (a, b) = (
            format!(
                "(WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n + 1 < {to}) SELECT n FROM g) AS g"
            ),
            format!("generate_series(0, {to} - 1) AS g(n)"),
        );
        either(db, &a, &b).to_owned()
    };
    // Ids in the order of time, as the application makes them.
    let key = |first: &str| {
        let sqlite = format!("unhex(printf('%012x7%03x8000%012x', {first} + n / 1000, n % 1000, n))");
        let postgres = format!(
            "(lpad(to_hex({first} + n / 1000), 12, '0') || '7' || lpad(to_hex(n % 1000), 3, '0') || '8000'
              || lpad(to_hex(n), 12, '0'))::uuid"
        );
        either(db, &sqlite, &postgres).to_owned()
    };
    let began = hour("n * 250000");
    run(
        db,
        &format!(
            "INSERT INTO campaigns (id, list_id, slug, status, subject, source_html, created_at, scheduled_at,
                 started_at, enqueued_at, finished_at, number)
             SELECT {}, {}, 'campaign-' || n, 'sent', 'Campaign ' || n, '<p>Words</p>', {began}, {began}, {began},
                 {began}, {began}, 1000000 + n FROM {}",
            key("1764000000000"),
            id(db, list),
            numbers(CAMPAIGNS)
        ),
    )
    .await;
    // Each campaign to its share, so that a reader has had five of them.
    let sent = hour("m.at");
    let campaign = number("c.slug", 10);
    run(
        db,
        &format!(
            "INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since, reply)
             SELECT m.c, m.s, CASE WHEN m.n % 200 = 3 THEN 'bounced' WHEN m.n % 900 = 5 THEN 'failed' ELSE 'sent' END,
                 1, {sent}, '250 2.0.0 Ok: queued'
             FROM (SELECT c.id AS c, readers.id AS s, readers.n, c.n * 250000 + readers.n % 5000 AS at
                   FROM (SELECT c.id, {campaign} AS n FROM campaigns c) AS c
                   JOIN (SELECT s.id, {reader} AS n FROM subscribers s) AS readers
                       ON readers.n % {} = c.n % {}) AS m",
            CAMPAIGNS / 5,
            CAMPAIGNS / 5,
        ),
    )
    .await;
    if let Db::Sqlite { .. } = db {
        run(db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    }
}

/// An admin's cookie.
async fn sign_in(app: &Arc<App>, url: &str, http: &reqwest::Client) -> String {
    let email = EmailAddress::parse("marta@harbour.example").unwrap();
    let mut tx = app.db.write().await.unwrap();
    users::add(&mut tx, &email, Role::Admin, app.clock.now()).await.unwrap();
    let user = users::by_email(&mut tx, &email).await.unwrap().unwrap();
    let link = accounts::password_link(app, &mut tx, &user).await.unwrap();
    tx.commit().await.unwrap();
    let form = [("password", "tide table under glass")];
    let answer = http.post(link).header("origin", url).form(&form).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

struct Figure {
    page: String,
    median: f64,
    worst: f64,
    bytes: usize,
}

/// A saved segment of three conditions that many fit.
async fn add_segment(app: &App, list: Uuid) -> Uuid {
    let tags = "INSERT INTO subscriber_tags (tag, subscriber_id, created_at)
                SELECT 'founder', id, created_at FROM subscribers WHERE substr(email_key, 7, 1) IN ('1', '2', '3')";
    run(&app.db, tags).await;
    let condition = |not, test| Condition { not, test };
    let active = SubscriptionStatus::Active;
    let conditions = vec![
        condition(false, Test::Subscription { list: Some(list), status: Some(active), cadence: None }),
        condition(false, Test::Tag { tag: "founder".to_owned() }),
        condition(true, Test::Domain { domain: "mail77.example.org".to_owned() }),
    ];
    let group = Group { combine: Combine::All, conditions };
    let mut tx = app.db.write().await.unwrap();
    let segment = Segment::new(Combine::All, vec![group]);
    let id = segments::add(&mut tx, "Founders", &segment, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn measure(engine: &str) -> Vec<Figure> {
    let subscribers = setting("BENCH_SUBSCRIBERS", 1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut vars: HashMap<String, String> = HashMap::from([
        ("DATABASE_URL".into(), format!("sqlite://{}", folder.path().join("postrider.db").display())),
        ("BASE_URL".into(), url.clone()),
        ("SECRET_KEY".into(), "a-key-that-only-the-benchmark-knows".into()),
        ("PASSWORD_HASH_KIB".into(), "64".into()),
    ]);
    let clock = Clock::System;
    let schema = format!("bench_{}", Uuid::now_v7().simple());
    let app = if engine == "postgres" {
        let options = match std::env::var("BENCH_POSTGRES_URL") {
            Ok(url) => url.parse().unwrap(),
            Err(_) => postgres::server().expect("PostgreSQL"),
        };
        let admin = sqlx::PgPool::connect_with(options.clone()).await.unwrap();
        admin.execute(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
        let database = format!(
            "postgres://{}@{}:{}/{}?options=-c%20search_path%3D{schema}",
            options.get_username(),
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or("postgres"),
        );
        vars.insert("DATABASE_URL".into(), database);
        let pool = Db::postgres_pool(options.options([("search_path", schema.as_str())])).await.unwrap();
        vars.insert("SMTP_URL".into(), "smtp://127.0.0.1:1?tls=none".into());
        vars.insert("MAIL_FROM".into(), "Harbour News <news@harbour.example>".into());
        App::with_db(Config::from_vars(&vars).unwrap(), clock, Db::Postgres(pool)).await.unwrap()
    } else {
        App::open(Config::from_vars(&vars).unwrap(), clock).await.unwrap()
    };
    let start = Instant::now();
    add_lists(&app).await;
    import(&vars, folder.path(), subscribers);
    age(&app).await;
    eprintln!(
        "{engine}: {subscribers} subscribers and {} deliveries made in {:.0} s",
        subscribers * 5,
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let mut counting = Statistics::default();
    for _ in 0..CAMPAIGNS + 5 {
        counting.run_due(&app).await.unwrap();
    }
    eprintln!("{engine}: counted in {:.0} s", start.elapsed().as_secs_f64());
    tokio::spawn(postrider::web::server(app.clone(), listener, Default::default()).unwrap());
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let cookie = sign_in(&app, &url, &http).await;
    let one = |table: &'static str| {
        let sql = format!("SELECT id FROM {table} ORDER BY id DESC LIMIT 1");
        let db = app.db.clone();
        async move {
            let sql = sqlx::AssertSqlSafe(sql);
            let found: Uuid = match &db {
                Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
                Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            };
            found
        }
    };
    let (subscriber, campaign, list) = (one("subscribers").await, one("campaigns").await, one("lists").await);
    let mut pages: Vec<String> = [
        "/admin",
        "/admin/campaigns",
        "/admin/campaigns?status=sent",
        "/admin/campaigns/new",
        "/admin/articles",
        "/admin/subscribers",
        "/admin/subscribers?status=active",
        "/admin/subscribers?status=complained",
        "/admin/subscribers?status=bounced&cadence=weekly",
        "/admin/subscribers?q=reader123456",
        "/admin/subscribers?q=mail77.example.org",
        "/admin/subscribers?q=reader",
        "/admin/subscribers?q=nobody",
        "/admin/subscribers?since=2026-06-01&until=2026-06-02",
        "/admin/lists",
        "/admin/feeds",
        "/admin/reports",
        "/admin/suppressions",
        "/admin/held",
        "/admin/find?q=reader4242",
        "/admin/find?q=campaign",
        "/admin/help",
        "/admin/account",
        "/admin/settings",
        "/admin/settings/branding",
        "/admin/settings/users",
        "/admin/settings/audit",
        "/",
        "/archive",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.push("/admin/subscribers?list=all&status=active&cadence=daily".to_owned());
    pages.push(format!("/admin/subscribers/{subscriber}"));
    pages.push(format!("/admin/campaigns/{campaign}"));
    pages.push(format!("/admin/campaigns/{campaign}/deliveries"));
    pages.push(format!("/admin/campaigns/{campaign}/deliveries?status=failed"));
    pages.push(format!("/admin/campaigns/{campaign}/missed"));
    pages.push(format!("/admin/reports/{campaign}"));
    pages.push(format!("/admin/lists/{list}"));
    let segment = add_segment(&app, list).await;
    pages.push(format!("/admin/subscribers?segment={segment}"));
    pages.push(format!("/admin/subscribers/segments/{segment}"));
    let rounds = setting("BENCH_ROUNDS", 15) as usize;
    let mut figures = Vec::new();
    let mut assets: HashMap<String, usize> = HashMap::new();
    for page in pages {
        let mut took = Vec::new();
        let mut body = String::new();
        for _ in 0..rounds {
            let start = Instant::now();
            let answer = http.get(format!("{url}{page}")).header("cookie", &cookie).send().await.unwrap();
            let status = answer.status();
            body = answer.text().await.unwrap();
            took.push(start.elapsed().as_secs_f64() * 1e3);
            assert!(status.is_success(), "{page}: {status} {body}");
        }
        let mut bytes = body.len();
        for part in
            body.split(['"', ' ']).filter(|part| part.starts_with("/assets/") || part.starts_with("/brand-"))
        {
            if !assets.contains_key(part) {
                let asset = http.get(format!("{url}{part}")).send().await.unwrap().bytes().await.unwrap();
                assets.insert(part.to_owned(), asset.len());
            }
            bytes += assets[part];
        }
        took.sort_by(f64::total_cmp);
        let page = page.replace(&subscriber.to_string(), "{id}").replace(&campaign.to_string(), "{id}");
        let page = page.replace(&list.to_string(), "{id}").replace(&segment.to_string(), "{id}");
        figures.push(Figure {
            page: format!("{engine} {page}"),
            median: took[rounds / 2],
            worst: took[rounds - 1],
            bytes,
        });
    }
    if let Db::Postgres(pool) = &app.db {
        pool.execute(sqlx::AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    }
    figures
}

#[tokio::main]
async fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let mut missed = 0;
    println!("{:<62} {:>9} {:>9} {:>8}", "page", "median ms", "worst ms", "KB");
    for engine in
        ["sqlite", "postgres"].into_iter().filter(|name| asked.is_empty() || asked.iter().any(|a| a == name))
    {
        for figure in measure(engine).await {
            let misses =
                figure.median > MEDIAN_MS_MAX || figure.worst > WORST_MS_MAX || figure.bytes > BYTES_MAX;
            missed += usize::from(misses);
            println!(
                "{:<62} {:>9.1} {:>9.1} {:>8.1}{}",
                figure.page,
                figure.median,
                figure.worst,
                figure.bytes as f64 / 1024.0,
                if misses { "  missed" } else { "" }
            );
        }
    }
    println!(
        "reach: median {MEDIAN_MS_MAX} ms, worst {WORST_MS_MAX} ms, {} KB; {missed} missed",
        BYTES_MAX / 1024
    );
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
