//! The real binary as a process of its own, to be asked, stopped and killed.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use postrider::db::{DatabaseUrl, Db};
use sqlx::Executor as _;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::{Engine, SmtpServer, postgres};

/// A folder, a database and a relay for processes that come and go.
pub struct Bench {
    pub vars: HashMap<String, String>,
    /// Of the process that [`Bench::serve`] starts.
    pub url: String,
    folder: tempfile::TempDir,
    schema: Option<(sqlx::PgPool, String)>,
}

/// A running `postrider serve`. Killed when dropped.
pub struct Serve {
    child: Child,
    pub url: String,
}

impl Bench {
    /// An empty database on an engine. `Err` says why there is no PostgreSQL.
    pub async fn new(engine: Engine, smtp: Option<&SmtpServer>, connections: usize) -> Result<Bench, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match engine {
            Engine::Sqlite => {
                let database = format!("sqlite://{}", folder.path().join("data/postrider.db").display());
                Ok(Bench::with(folder, database, None, smtp, connections))
            }
            Engine::Postgres => Ok(Bench::on(postgres::server()?, smtp, connections).await),
        }
    }

    /// An empty schema on a PostgreSQL server.
    pub async fn on(options: PgConnectOptions, smtp: Option<&SmtpServer>, connections: usize) -> Bench {
        let admin = sqlx::postgres::PgPoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .expect("PostgreSQL");
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin.execute(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.expect("a schema");
        let database = format!(
            "postgres://{}@{}:{}/{}?options=-c%20search_path%3D{name}",
            options.get_username(),
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or("postgres"),
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        Bench::with(folder, database, Some((admin, name)), smtp, connections)
    }

    fn with(
        folder: tempfile::TempDir,
        database: String,
        schema: Option<(sqlx::PgPool, String)>,
        smtp: Option<&SmtpServer>,
        connections: usize,
    ) -> Bench {
        let port = free_port();
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
        Bench { vars, url, folder, schema }
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

    /// Starts a command, its standard output to be read.
    pub fn spawn(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("the binary runs")
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
        Serve::start(self.command(&["serve"]), self.url.clone())
    }

    /// Starts `serve` from a shell that first does something, and waits until it answers.
    pub async fn serve_after(&self, shell: &str) -> Serve {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell}; exec \"$0\" serve"), env!("CARGO_BIN_EXE_postrider")]);
        // A file, so that what limits files limits the log too.
        let log = std::fs::File::create(self.folder.path().join("serve.log")).expect("a file");
        command.env_clear().envs(&self.vars).current_dir(self.folder.path()).stderr(log);
        let serve = Serve::start(command, self.url.clone());
        serve.wait_until_ready().await;
        serve
    }

    /// Starts `serve` and waits until it answers.
    pub async fn serve_ready(&self) -> Serve {
        let serve = self.serve();
        serve.wait_until_ready().await;
        serve
    }

    /// Starts `serve`, waits until it answers, ends it; returns what it said on standard output.
    pub async fn said_by_serve(&self) -> String {
        let said = self.folder.path().join("serve.out");
        let out = std::fs::File::create(&said).expect("a file");
        let serve = Serve::start_into(self.command(&["serve"]), self.url.clone(), out.into());
        serve.wait_until_ready().await;
        serve.terminate();
        std::fs::read_to_string(&said).expect("what it said")
    }

    /// Starts `serve` with all that it logs at this level in a file, and waits until it answers. Returns the
    /// file as well.
    pub async fn serve_logging(&self, level: &str) -> (Serve, std::path::PathBuf) {
        let path = self.folder.path().join("serve.log");
        let log = std::fs::File::create(&path).expect("a file");
        let mut command = self.command(&["serve"]);
        command.env("RUST_LOG", level).stderr(log);
        let serve = Serve::start(command, self.url.clone());
        serve.wait_until_ready().await;
        (serve, path)
    }

    /// Starts `serve` with so few descriptors, and waits until it answers.
    pub async fn serve_with_descriptors(&self, descriptors: u32) -> Serve {
        let mut command = Command::new("/bin/sh");
        let limited = format!("ulimit -n {descriptors} && exec {} serve", env!("CARGO_BIN_EXE_postrider"));
        command.args(["-c", &limited]).env_clear().envs(&self.vars).current_dir(self.folder.path());
        let serve = Serve::start(command, self.url.clone());
        serve.wait_until_ready().await;
        serve
    }

    /// Starts `serve --role` at an address of its own and waits until it answers.
    pub async fn serve_role(&self, role: &str) -> Serve {
        let addr = format!("127.0.0.1:{}", free_port());
        let mut command = self.command(&["serve", "--role", role]);
        command.env("BIND_ADDR", &addr);
        let serve = Serve::start(command, format!("http://{addr}"));
        serve.wait_until_ready().await;
        serve
    }

    /// The database that the processes share.
    pub async fn db(&self) -> Db {
        let database = &self.vars["DATABASE_URL"];
        let url = match database.strip_prefix("sqlite://") {
            Some(path) => DatabaseUrl::Sqlite(path.into()),
            None => DatabaseUrl::Postgres(database.clone().into()),
        };
        Db::connect(&url).await.expect("the database")
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
    fn start(command: Command, url: String) -> Serve {
        Serve::start_into(command, url, Stdio::null())
    }

    fn start_into(mut command: Command, url: String, out: Stdio) -> Serve {
        let child = command.stdin(Stdio::null()).stdout(out).spawn().expect("it starts");
        Serve { child, url }
    }

    /// Waits until it answers.
    pub async fn wait_until_ready(&self) {
        wait_until("serve answers", async || self.get("/readyz").await.is_some_and(|(code, _)| code == 200))
            .await;
    }

    /// Status and text of one of its pages; `None` where nobody answers.
    pub async fn get(&self, path: &str) -> Option<(u16, String)> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
        let answer = http.get(format!("{}{path}", self.url)).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// One of its numbers, by name and labels as `/metrics` writes them.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let (_, text) = self.get("/metrics").await?;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// The process' id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    fn signal(&self, name: &str) {
        Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
    }

    /// SIGSTOP: it stands still, as a machine that is suspended.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// SIGTERM; returns how long it took to end and whether it ended well.
    pub fn terminate(mut self) -> (Duration, bool) {
        let start = Instant::now();
        self.signal("-TERM");
        let status = self.child.wait().expect("gone");
        (start.elapsed(), status.success())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on, and that nobody gets by chance while its server is away: below those that
/// a system gives to connections (32768 on Linux, 49152 elsewhere). Processes begin at places of their own.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u32> = 20_000..32_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(487);
    let free = |taken: u32| {
        let port = u16::try_from(PORTS.start + begin.wrapping_add(taken) % (PORTS.end - PORTS.start)).ok()?;
        std::net::TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(port)
    };
    (0..PORTS.end - PORTS.start)
        .find_map(|_| free(TAKEN.fetch_add(1, Ordering::Relaxed)))
        .expect("a port that nobody listens on")
}

/// Waits for another process, which tells nobody when it is done: polls every 20 ms for 90 s.
pub async fn wait_until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    wait_while_it_moves(what, async || (done().await, ())).await;
}

/// The same for work that may take long on a busy machine: `look` tells whether it is done, and how far it
/// has come. The wait fails once it has not moved for 90 s.
pub async fn wait_while_it_moves<T: PartialEq>(what: &str, mut look: impl AsyncFnMut() -> (bool, T)) {
    let (mut moved_at, mut before) = (Instant::now(), None);
    loop {
        let (done, at) = look().await;
        if done {
            return;
        }
        if before.as_ref() != Some(&at) {
            (moved_at, before) = (Instant::now(), Some(at));
        }
        assert!(moved_at.elapsed() < Duration::from_secs(90), "waited 90 s in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
