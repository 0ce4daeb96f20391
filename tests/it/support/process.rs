//! The real binary as a process of its own, to be asked, stopped and killed.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sqlx::Executor as _;
use uuid::Uuid;

use super::{Engine, SmtpServer, postgres};

/// A folder, a database and a relay for processes that come and go.
pub struct Bench {
    pub vars: HashMap<String, String>,
    pub url: String,
    folder: tempfile::TempDir,
    schema: Option<(sqlx::PgPool, String)>,
}

/// A running `postrider serve`. Killed when dropped.
pub struct Serve(Child);

impl Bench {
    /// An empty database on an engine. `Err` says why there is no PostgreSQL.
    pub async fn new(engine: Engine, smtp: Option<&SmtpServer>, connections: usize) -> Result<Bench, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut schema = None;
        let database = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("data/postrider.db").display()),
            Engine::Postgres => {
                let options = postgres::server()?;
                let admin = sqlx::postgres::PgPoolOptions::new()
                    .max_connections(1)
                    .connect_with(options.clone())
                    .await
                    .expect("PostgreSQL");
                let name = format!("test_{}", Uuid::now_v7().simple());
                admin.execute(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.expect("a schema");
                let url = format!(
                    "postgres://{}@{}:{}/{}?options=-c%20search_path%3D{name}",
                    options.get_username(),
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or("postgres"),
                );
                schema = Some((admin, name));
                url
            }
        };
        let url = format!("http://127.0.0.1:{port}");
        let mut vars: HashMap<String, String> = HashMap::from([
            ("DATABASE_URL".into(), database),
            ("BIND_ADDR".into(), format!("127.0.0.1:{port}")),
            ("BASE_URL".into(), url.clone()),
            ("SECRET_KEY".into(), "a-key-that-only-the-tests-know-32".into()),
            ("SMTP_CONNECTIONS".into(), connections.to_string()),
            ("FEED_ALLOW_PRIVATE_ADDRESSES".into(), "127.0.0.0/8".into()),
            ("SIGNUPS_PER_IP_PER_HOUR".into(), "0".into()),
            ("RUST_LOG".into(), "warn".into()),
        ]);
        if let Some(smtp) = smtp {
            vars.insert("SMTP_URL".into(), format!("smtp://{}", smtp.addr));
            vars.insert("MAIL_FROM".into(), "Harbour News <news@harbour.example>".into());
        }
        Ok(Bench { vars, url, folder, schema })
    }

    /// Where files may be put.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
        command.args(args).env_clear().envs(&self.vars).current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().expect("the binary runs")
    }

    /// Runs a command that must succeed; returns its standard output.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Starts `serve`, without waiting.
    pub fn serve(&self) -> Serve {
        Serve(self.command(&["serve"]).stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts"))
    }

    /// Starts `serve` and waits until it answers.
    pub async fn serve_ready(&self) -> Serve {
        let serve = self.serve();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        wait_until("serve answers", async || {
            http.get(format!("{}/readyz", self.url)).send().await.is_ok_and(|r| r.status().is_success())
        })
        .await;
        serve
    }

    /// Removes what it made.
    pub async fn end(self) {
        if let Some((admin, schema)) = &self.schema {
            admin
                .execute(sqlx::AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE")))
                .await
                .expect("the schema goes");
        }
    }
}

impl Serve {
    /// `kill -9`.
    pub fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }

    /// SIGTERM; returns how long it took to end and whether it ended well.
    pub fn terminate(mut self) -> (Duration, bool) {
        let start = Instant::now();
        Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill");
        let status = self.0.wait().expect("gone");
        (start.elapsed(), status.success())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for another process, which tells nobody when it is done: asks every 20 ms for 90 s.
pub async fn wait_until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < Duration::from_secs(90), "waited 90 s in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
