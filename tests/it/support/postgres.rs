//! A PostgreSQL server for the whole run: the one that `TEST_POSTGRES_URL` names, or one of our
//! own, started as an unprivileged user on a free port in a temporary folder. The benchmark starts
//! its own with this file too.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;

/// How to connect, or why there is nothing to connect to.
pub fn server() -> Result<PgConnectOptions, String> {
    static SERVER: OnceLock<Result<String, String>> = OnceLock::new();
    let url = SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => Ok(url),
        // What a test writes need not outlive the machine.
        Err(_) => start("-c fsync=off -c shared_buffers=64MB").inspect(|_| {
            super::say(&format!(
                "the suite also runs on PostgreSQL, {}",
                binaries().unwrap_or_default().display()
            ));
        }),
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

/// Starts a server with these settings beside PostgreSQL's own; it ends with this process.
pub fn start(settings: &str) -> Result<String, String> {
    let bin =
        binaries().ok_or("no PostgreSQL binaries under /usr/lib/postgresql, and no server's URL is set")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| error.to_string())?
        .port();
    let folder = std::env::temp_dir().join(format!("postrider-test-postgres-{port}"));
    let mut server = spawn(&bin, &folder, port, settings).map_err(|error| error.to_string())?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    for _ in 0..300 {
        if server.try_wait().ok().flatten().is_some() {
            return Err("PostgreSQL did not start: see the messages above".to_owned());
        }
        let ready = Command::new(bin.join("pg_isready"))
            .args(["-q", "-U", "postgres", "-h", "127.0.0.1", "-p", &port.to_string()])
            .status()
            .is_ok_and(|status| status.success());
        if ready {
            // Its standard input closes when this process ends, however it ends.
            std::mem::forget(server);
            return Ok(url);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Err("PostgreSQL did not answer within 30 s".to_owned())
}

/// The shell outlives us just long enough to stop the server and remove its folder.
fn spawn(bin: &Path, folder: &Path, port: u16, settings: &str) -> std::io::Result<Child> {
    let script = r#"
        set -e
        "$BIN/initdb" -D "$FOLDER/data" -A trust -U postgres --no-sync -E UTF8 --locale=C >/dev/null
        "$BIN/postgres" -D "$FOLDER/data" -p "$PORT" -h 127.0.0.1 -k "$FOLDER" \
            -c max_connections=300 -c log_min_messages=fatal $SETTINGS </dev/null &
        server=$!
        cat >/dev/null || true
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
        .stdout(Stdio::null())
        .spawn()
}
