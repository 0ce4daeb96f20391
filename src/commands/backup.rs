//! `backup`: a consistent copy while `serve` runs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use chrono::SecondsFormat;
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::{serve, usage};
use crate::app::clock::Clock;
use crate::app::send_counter::{beside, private, sync_folder_of};
use crate::config::Config;
use crate::db::{self, DatabaseUrl, Db, backup};
use crate::domain::restored::Restored;
use crate::locale::say_plain;

#[derive(Args)]
pub struct BackupArgs {
    /// The file for the backup. It must not exist yet
    file: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What a copy is.
struct Copied {
    /// Whether a start from it holds campaigns until an admin decides.
    is_marked: bool,
    format: &'static str,
}

/// A file that is not whole yet. Removed when dropped.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
        // SQLite leaves it where the disk is full.
        let _ = std::fs::remove_file(beside(&self.0, "-journal"));
    }
}

pub async fn run(config: Config, args: BackupArgs) -> anyhow::Result<()> {
    let to = std::path::absolute(&args.file).with_context(|| args.file.display().to_string())?;
    let shown = to.display().to_string();
    if args.file.as_os_str() == "-" || to.file_name().is_none() {
        return Err(usage(say_plain("command-backup-file-wrong")));
    }
    if to.symlink_metadata().is_ok() {
        return Err(usage(say_plain("command-backup-exists").with("file", shown)));
    }
    let partial = Partial(beside(&to, &format!(".{}.partial", Uuid::new_v4().simple())));
    let file = private().create_new(true).open(&partial.0).map_err(|error| {
        usage(say_plain("command-backup-unwritable").with("file", &shown).with("why", error.to_string()))
    })?;
    let stop = CancellationToken::new();
    serve::stop_on_signals(&stop)?;
    let made_at = Clock::System.now();
    let copying = async {
        match &config.database {
            DatabaseUrl::Sqlite(path) => {
                copy_sqlite(path, &config.database, &partial.0, &Restored::Backup { made_at }).await
            }
            DatabaseUrl::Postgres(url) => dump_postgres(url, &config.database, &file).await,
        }
    };
    let copied = tokio::select! {
        copied = copying => copied?,
        () = stop.cancelled() => anyhow::bail!("{}", say_plain("command-backup-stopped")),
    };
    let bytes = finish(&partial, &to)
        .with_context(|| say_plain("command-file-unwritable").with("file", &shown).to_string())?;
    let key = match &config.secret_keys[..] {
        [] => config.data_dir.join("secret.key").display().to_string(),
        _ => "SECRET_KEY".to_owned(),
    };
    if args.json {
        let result = serde_json::json!({
            "file": shown,
            "format": copied.format,
            "bytes": bytes,
            "made_at": made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "marked": copied.is_marked,
            "keep_with_it": key,
        });
        println!("{result}");
        return Ok(());
    }
    let made = say_plain("command-backup-made").with("file", shown).with("bytes", bytes.to_string());
    let time = made_at.format("%-d %B %Y, %H:%M:%S UTC").to_string();
    println!("{}", made.with("format", copied.format).with("time", time));
    eprintln!("{}", say_plain("command-backup-keep-key").with("key", key));
    if copied.is_marked {
        eprintln!("{}", say_plain("command-backup-marked"));
    }
    Ok(())
}

async fn copy_sqlite(path: &Path, url: &DatabaseUrl, to: &Path, mark: &Restored) -> anyhow::Result<Copied> {
    if !path.exists() {
        let path = path.display().to_string();
        return Err(usage(say_plain("command-backup-no-database").with("file", path)));
    }
    let name = to.to_str().ok_or_else(|| usage(say_plain("command-backup-name-wrong")))?;
    // As it is: a backup before an upgrade is of the schema before it.
    let db = Db::connect(url).await?;
    let Db::Sqlite { readers, .. } = &db else { anyhow::bail!("{}", say_plain("command-backup-not-sqlite")) };
    let copied = backup::copy(readers, name).await;
    db.close().await;
    copied.map_err(|error| {
        anyhow::anyhow!("{}", say_plain("command-backup-failed").with("why", db::explain(&error)))
    })?;
    let is_marked = backup::mark(to, &db::json(&mark)?)
        .await
        .with_context(|| say_plain("command-backup-unmarked").to_string())?;
    Ok(Copied { is_marked, format: "SQLite" })
}

/// PostgreSQL's own tool makes the copy. That carries no mark: what it restores is found out by its tables, which
/// are new, or by the send counter.
async fn dump_postgres(url: &SecretString, database: &DatabaseUrl, to: &File) -> anyhow::Result<Copied> {
    let db = Db::connect(database).await?;
    let Db::Postgres(pool) = &db else { anyhow::bail!("{}", say_plain("command-backup-not-postgres")) };
    let schema = schema_beside_public(pool).await?;
    db.close().await;
    let (address, password) = for_libpq(url.expose_secret())?;
    let mut command = tokio::process::Command::new("pg_dump");
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--no-password"]);
    command.arg(format!("--dbname={address}"));
    if let Some(schema) = schema {
        command.arg(format!("--schema=\"{}\"", schema.replace('"', "\"\"")));
    }
    if let Some(password) = password {
        // Not among the arguments, which others on this machine may read.
        command.env("PGPASSWORD", password);
    }
    command.stdin(Stdio::null()).stdout(to.try_clone()?).kill_on_drop(true);
    let ended = match command.status().await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            anyhow::bail!("{}", say_plain("command-pg-dump-missing"))
        }
        ended => ended.context("pg_dump")?,
    };
    anyhow::ensure!(
        ended.success(),
        "{}",
        say_plain("command-pg-dump-failed").with("status", ended.to_string())
    );
    Ok(Copied { is_marked: false, format: "pg_dump custom" })
}

async fn schema_beside_public(pool: &PgPool) -> anyhow::Result<Option<String>> {
    Ok(backup::postgres_schema(pool).await?.filter(|schema| schema != "public"))
}

/// The address as PostgreSQL's own programs read it, and the password apart.
fn for_libpq(url: &str) -> anyhow::Result<(String, Option<String>)> {
    const KNOWN: [&str; 10] = [
        "host",
        "hostaddr",
        "port",
        "user",
        "dbname",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "options",
    ];
    let mut url = Url::parse(url).with_context(|| say_plain("command-database-address-wrong").to_string())?;
    let mut password = url.password().map(percent_decoded);
    let mut pairs = Vec::new();
    for (name, value) in url.query_pairs() {
        // Our driver also knows them with hyphens.
        let name = name.replace('-', "");
        if name == "password" {
            password = Some(value.into_owned());
        } else if KNOWN.contains(&name.as_str()) {
            pairs.push(format!("{name}={}", percent_encoded(&value)));
        }
    }
    let query = pairs.join("&");
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    let _ = url.set_password(None);
    Ok((url.to_string(), password))
}

/// libpq takes a plus for a plus.
fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map_or_else(String::new, |(_, v)| v.into_owned())
}

/// Gives a whole copy its name, durably, if that is still free. Returns its length.
fn finish(partial: &Partial, to: &Path) -> std::io::Result<u64> {
    let file = File::open(&partial.0)?;
    file.sync_all()?;
    match std::fs::hard_link(&partial.0, to) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(error),
        // A file system without links: whoever takes the name in this moment loses it.
        Err(_) => std::fs::rename(&partial.0, to)?,
        Ok(()) => {}
    }
    sync_folder_of(to)?;
    Ok(file.metadata()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_apart_and_options_stay_what_they_are() {
        let (url, password) =
            for_libpq("postgres://us%20er:p%40s+s%26%2F@db.example:5433/news?ssl-mode=require&statement-cache-capacity=5&options=-c%20search_path%3Dnews")
                .unwrap();
        assert_eq!(
            url,
            "postgres://us%20er@db.example:5433/news?sslmode=require&options=-c%20search_path%3Dnews"
        );
        assert_eq!(password.as_deref(), Some("p@s+s&/"));
        let (url, password) = for_libpq("postgres://localhost/news?password=a%2Bb&user=x").unwrap();
        assert_eq!((url.as_str(), password.as_deref()), ("postgres://localhost/news?user=x", Some("a+b")));
        assert_eq!(for_libpq("postgresql:///news").unwrap(), ("postgresql:///news".to_owned(), None));
    }
}
