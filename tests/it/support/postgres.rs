//! A PostgreSQL server for the whole run: the one that `TEST_POSTGRES_URL` names, or one of our
//! own, started as an unprivileged user on a free port in a temporary folder. And servers of a
//! test's own, which may be pulled down. The benchmark starts its own with this file too.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

/// How to connect, or why there is nothing to connect to.
pub fn server() -> Result<PgConnectOptions, String> {
    static SERVER: OnceLock<Result<String, String>> = OnceLock::new();
    let url = SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => Ok(url),
        Err(_) => {
            let server = Private::start(FORGETFUL)?;
            super::say(&format!("the suite also runs on PostgreSQL, {}", server.bin.display()));
            let url = server.url();
            // Its standard input closes when this process ends, however it ends.
            std::mem::forget(server);
            Ok(url)
        }
    });
    url.as_ref().map(|url| PgConnectOptions::from_str(url).expect("a PostgreSQL URL")).map_err(Clone::clone)
}

/// The newest installed server's binaries.
fn binaries() -> Option<PathBuf> {
    if let Ok(folder) = std::env::var("POSTGRES_BIN") {
        return Some(folder.into());
    }
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop()
}

/// What a test writes need not outlive the machine.
pub const FORGETFUL: &str = "-c fsync=off -c shared_buffers=64MB";

/// A server of one's own. It ends, and takes its folder along, when this is dropped or the process
/// ends.
pub struct Private {
    shell: Child,
    bin: PathBuf,
    port: u16,
}

impl Private {
    /// Starts one with these settings beside PostgreSQL's own. `Err` says why there is none.
    pub fn start(settings: &str) -> Result<Private, String> {
        let bin = binaries()
            .ok_or("no PostgreSQL binaries under /usr/lib/postgresql, and no server's URL is set")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| error.to_string())?
            .port();
        let folder = std::env::temp_dir().join(format!("postrider-test-postgres-{port}"));
        let shell = spawn(&bin, &folder, port, settings).map_err(|error| error.to_string())?;
        let mut server = Private { shell, bin, port };
        server.wait_until_ready()?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::from_str(&self.url()).expect("a PostgreSQL URL")
    }

    /// Ends it as a crash does (`pg_ctl -m immediate`). It starts again after `down_secs`.
    pub fn crash(&mut self, down_secs: u32) {
        let shell = self.shell.stdin.as_mut().expect("a pipe");
        writeln!(shell, "{down_secs}").expect("the shell listens");
        // It says when the server is down.
        let mut line = [0; 5];
        self.shell.stdout.as_mut().expect("a pipe").read_exact(&mut line).expect("the shell speaks");
        assert_eq!(&line, b"down\n");
    }

    fn is_ready(&self) -> bool {
        Command::new(self.bin.join("pg_isready"))
            .args(["-q", "-U", "postgres", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status()
            .is_ok_and(|status| status.success())
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        for _ in 0..300 {
            if self.shell.try_wait().ok().flatten().is_some() {
                return Err("PostgreSQL did not start: see the messages above".to_owned());
            }
            if self.is_ready() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL did not answer within 30 s".to_owned())
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// The shell outlives us just long enough to stop the server and remove its folder.
fn spawn(bin: &Path, folder: &Path, port: u16, settings: &str) -> std::io::Result<Child> {
    let script = r#"
        set -e
        "$BIN/initdb" -D "$FOLDER/data" -A trust -U postgres --no-sync -E UTF8 --locale=C >/dev/null
        start() {
            "$BIN/postgres" -D "$FOLDER/data" -p "$PORT" -h 127.0.0.1 -k "$FOLDER" -c max_connections=300 \
                $SETTINGS -c log_min_messages="$1" </dev/null >/dev/null &
            server=$!
        }
        start fatal
        while read -r down_secs; do
            # An immediate end, as by pg_ctl -m immediate. It says so to every session, at length.
            kill -QUIT "$server"
            wait "$server" || true
            echo down
            sleep "$down_secs"
            start panic
        done
        kill -INT "$server"
        wait "$server" || true
        rm -rf "$FOLDER"
    "#;
    std::fs::create_dir_all(folder)?;
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    let mut command = if root {
        Command::new("chown").arg("postgres").arg(folder).status()?;
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", script]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    };
    command
        .env("BIN", bin)
        .env("FOLDER", folder)
        .env("PORT", port.to_string())
        .env("SETTINGS", settings)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
}
