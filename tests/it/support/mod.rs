//! What every test stands on: the whole application on one engine with a stopped clock, a real
//! SMTP server, and HTTP over a real socket.

pub mod browser;
pub mod certificates;
pub mod chance;
pub mod desk;
pub mod dns_server;
pub mod feed_server;
pub mod hub;
pub mod importing;
pub mod postfix;
pub mod postgres;
pub mod process;
pub mod smtp_server;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use postrider::actions;
use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::config::Config;
use postrider::db::Db;
use postrider::db::audit::Actor;
use postrider::db::events::Cause;
use postrider::db::sign_up_guard;
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::slug::Slug;
use postrider::mail::transport::Transport;
use sqlx::Executor as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use smtp_server::{Answer, Received, SmtpServer};

/// The database under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Writes one test for each engine: `on_both_engines! { async fn a_sentence(app: TestApp) { … } }`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                async fn body($app: &$crate::support::TestApp) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    let app = $crate::support::TestApp::start($crate::support::Engine::Sqlite).await;
                    let app = app.expect("SQLite is built in");
                    body(&app).await;
                    app.end().await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    match $crate::support::TestApp::start($crate::support::Engine::Postgres).await {
                        Ok(app) => {
                            body(&app).await;
                            app.end().await;
                        }
                        Err(missing) => $crate::support::skip_postgres(&missing),
                    }
                }
            }
        )*
    };
}

/// Says why a test did not run on PostgreSQL; where PostgreSQL must be there (CI), fails.
pub fn skip_postgres(missing: &str) {
    assert!(std::env::var("CI").is_err(), "CI runs on PostgreSQL too: {missing}");
    static SAID: std::sync::Once = std::sync::Once::new();
    SAID.call_once(|| say(&format!("the suite does not run on PostgreSQL: {missing}")));
}

/// Whether the tests of what goes wrong run in full: `LONG=1`. Else in the form that there is time for.
pub fn is_long() -> bool {
    std::env::var_os("LONG").is_some_and(|long| long == "1")
}

/// Says something past the capture of passing tests' output.
pub fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What the product logs, with `RUST_LOG` set as for the product: a failure under load is told there.
pub fn show_log() {
    use tracing_subscriber::EnvFilter;
    if let Ok(filter) = EnvFilter::try_from_default_env() {
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    }
}

/// The application under test.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Clock,
    pub smtp: SmtpServer,
    /// `http://127.0.0.1:port`
    pub url: String,
    pub http: reqwest::Client,
    postgres_schema: Option<(sqlx::PgPool, String)>,
    _folder: tempfile::TempDir,
}

/// Tuesday 24 November 2026, 09:41 UTC.
pub fn start_of_test() -> DateTime<Utc> {
    "2026-11-24T09:41:00Z".parse().expect("a time")
}

impl TestApp {
    /// Everything started, nothing in it. `Err` says why there is no PostgreSQL.
    pub async fn start(engine: Engine) -> Result<TestApp, String> {
        TestApp::start_with(engine, &[]).await
    }

    /// The same with some variables set.
    pub async fn start_with(engine: Engine, vars: &[(&str, &str)]) -> Result<TestApp, String> {
        TestApp::start_on(engine, vars, async |_| {}).await
    }

    /// The same on a database that something was done to before it is opened.
    pub async fn start_on(
        engine: Engine,
        vars: &[(&str, &str)],
        prepare: impl AsyncFnOnce(&Db),
    ) -> Result<TestApp, String> {
        show_log();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let smtp = SmtpServer::start().await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let path = folder.path().join("postrider.db");
        let mut all: HashMap<String, String> = HashMap::new();
        for (name, value) in [
            ("DATABASE_URL", format!("sqlite://{}", path.display())),
            ("BASE_URL", url.clone()),
            ("SECRET_KEY", "a key that only the tests know, 32+".replace(' ', "-")),
            ("SMTP_URL", format!("smtp://{}", smtp.addr)),
            ("SMTP_HELO_NAME", "postrider.example".to_owned()),
            ("SMTP_CONNECTIONS", "4".to_owned()),
            ("MAIL_FROM", "Harbour News <news@harbour.example>".to_owned()),
            ("FEED_ALLOW_PRIVATE_ADDRESSES", "127.0.0.0/8".to_owned()),
            ("SIGNUPS_PER_IP_PER_HOUR", "0".to_owned()),
            ("PASSWORD_HASH_KIB", "64".to_owned()),
        ] {
            all.insert(name.to_owned(), value);
        }
        for (name, value) in vars {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        let config = Config::from_vars(&all).expect("the tests' configuration");
        let clock = Clock::stopped_at(start_of_test());
        let (db, postgres_schema) = match engine {
            Engine::Sqlite => (Db::connect(&config.database).await.expect("a SQLite file"), None),
            Engine::Postgres => {
                let options = postgres::server()?;
                let admin = sqlx::postgres::PgPoolOptions::new()
                    .max_connections(1)
                    .connect_with(options.clone())
                    .await
                    .expect("PostgreSQL");
                let schema = format!("test_{}", Uuid::now_v7().simple());
                let make = format!("CREATE SCHEMA {schema}");
                admin.execute(sqlx::AssertSqlSafe(make)).await.expect("a schema");
                let pool = Db::postgres_pool(options.options([("search_path", schema.as_str())])).await;
                (Db::Postgres(pool.expect("PostgreSQL")), Some((admin, schema)))
            }
        };
        prepare(&db).await;
        let app = App::with_db(config, clock.clone(), db).await.expect("an application");
        if !all.contains_key("DNS_RESOLVER") {
            Box::pin(ask_no_dns(&app)).await;
        }
        tokio::spawn(
            postrider::web::server(app.clone(), listener, Default::default()).expect("a web server"),
        );
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Ok(TestApp { app, clock, smtp, url, http, postgres_schema, _folder: folder })
    }

    /// Fails where a test leaves work that nobody looked at, then removes what it made.
    pub async fn end(self) {
        let mut tx = self.app.db.read().await.expect("a transaction");
        let now = self.clock.now();
        let waiting = postrider::db::sign_up_requests::any_due(&mut tx, now).await.expect("sign-ups");
        assert!(!waiting, "the test leaves sign-ups that nobody worked on: call work_on_sign_ups()");
        let waiting = postrider::db::notices::any_due(&mut tx, now).await.expect("notices");
        drop(tx);
        assert!(!waiting, "the test leaves notices in the queue: call deliver_all_due() and look at them");
        self.app.db.close().await;
        if let Some((admin, schema)) = &self.postgres_schema {
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            admin.execute(sqlx::AssertSqlSafe(drop)).await.expect("the schema goes");
        }
    }

    /// Does all that is due now: polls, campaigns, deliveries, notices.
    pub async fn run_all_due(&self) {
        // A test’s own stack is small for all that it leads to.
        Box::pin(postrider::schedule::run_due(&self.app)).await.expect("the schedule runs");

        self.deliver_all_due().await;
    }

    /// Works on the sign-ups that were answered.
    pub async fn work_on_sign_ups(&self) {
        postrider::actions::sign_ups::work(&self.app).await.expect("sign-ups are worked on");
    }

    /// Delivers all that is due now, what sign-ups lead to as well.
    pub async fn deliver_all_due(&self) {
        self.work_on_sign_ups().await;
        let transport = Transport::new(self.app.config.transport()).expect("a transport");
        let engine = Delivery::new(self.app.clone(), transport, CancellationToken::new());
        engine.run_until_idle().await.expect("delivery runs");
    }

    /// Counts all that the desk shows, now.
    pub async fn count(&self) {
        let mut counting = postrider::schedule::statistics::Statistics::without_rest();
        counting.run_due(&self.app).await.expect("the counting runs");
    }

    /// Moves time on.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// As whom a test changes things by itself, at the app's moment.
    pub fn cause(&self) -> Cause<'static> {
        static ACTOR: LazyLock<Actor> = LazyLock::new(Actor::command_line);
        Cause::new(&ACTOR, self.clock.now())
    }

    /// Adds a public list.
    pub async fn list(&self, slug: &str, name: &str) -> Uuid {
        let mut tx = self.app.db.write().await.expect("a transaction");
        let slug = Slug::parse(slug).expect("a slug");
        postrider::db::lists::add(&mut tx, &slug, name, self.clock.now()).await.expect("a list");
        let list = postrider::db::lists::by_slug(&mut tx, slug.as_str()).await.expect("lists");
        tx.commit().await.expect("a commit");
        list.expect("the list").id
    }
}

/// Lets sign-ups at every domain through: the world's DNS is no test's business.
async fn ask_no_dns(app: &App) {
    let mut tx = app.db.write().await.expect("a transaction");
    let guard = sign_up_guard::get(&mut tx).await.expect("the guard");
    let guard = sign_up_guard::Guard { stops_no_mail: false, ..guard };
    sign_up_guard::set(&mut tx, &guard).await.expect("the guard");
    tx.commit().await.expect("the guard");
    actions::sign_up_guard::learn(app).await.expect("the guard");
}
