//! `export`.

use std::io::{BufWriter, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use uuid::Uuid;

use super::{CsvOut, find_list, usage};
use crate::actions::Context;
use crate::actions::export::{self, SubscriberFile, Written};
use crate::app::App;
use crate::db::Tx;
use crate::db::export::{ExportRow, of_list};
use crate::db::walk::Filter;
use crate::locale::say_plain;

/// Rows that are read together.
const PAGE: i64 = 4_000;

#[derive(Args)]
pub struct ExportArgs {
    /// The list's short name: its subscribers go to standard output as CSV
    #[arg(long, required_unless_present = "all")]
    list: Option<String>,
    /// Write everything to this ZIP file: subscribers, suppressions, campaigns, articles and deliveries. It must not
    /// exist yet
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    all: Option<PathBuf>,
    /// With --all, print the result as JSON
    #[arg(long, requires = "all")]
    json: bool,
}

pub async fn run(app: Arc<App>, args: ExportArgs) -> anyhow::Result<()> {
    match (&args.all, &args.list) {
        (Some(file), _) => everything(&app, file, args.json).await,
        (None, slug) => list(&app, slug.as_deref().unwrap_or_default()).await,
    }
}

async fn list(app: &Arc<App>, slug: &str) -> anyhow::Result<()> {
    let list = find_list(app, slug).await?;
    let filter = Filter { list_id: Some(list.id), ..Filter::default() };
    export::note(&Context::command_line(app), &filter, std::slice::from_ref(&list)).await?;
    let mut out = CsvOut::new();
    let file = SubscriberFile::new(&mut app.db.read().await?).await?;
    out.write(&file.header())?;
    let mut reading = tokio::spawn(page(app.clone(), list.id, Uuid::nil()));
    loop {
        let (mut tx, rows) = reading.await??;
        let Some(last) = rows.last() else { break };
        // The next are read while these are written.
        reading = tokio::spawn(page(app.clone(), list.id, last.id));
        for line in file.lines(&mut tx, &rows).await? {
            if !out.write(&line)? {
                return Ok(());
            }
        }
    }
    out.end()
}

/// The next rows of a list, and the transaction that saw them.
async fn page(app: Arc<App>, list: Uuid, after: Uuid) -> sqlx::Result<(Tx, Vec<ExportRow>)> {
    let mut tx = app.db.read().await?;
    tx.widen().await?;
    let rows = of_list(&mut tx, list, after, PAGE).await?;
    Ok((tx, rows))
}

async fn everything(app: &Arc<App>, file: &Path, json: bool) -> anyhow::Result<()> {
    let to = std::path::absolute(file).with_context(|| file.display().to_string())?;
    let shown = to.display().to_string();
    if file.as_os_str() == "-" || to.file_name().is_none() {
        return Err(usage(say_plain("everything-file-wrong")));
    }
    if to.symlink_metadata().is_ok() {
        return Err(usage(say_plain("everything-exists").with("file", shown)));
    }
    let unwritable = |why: std::io::Error| {
        usage(say_plain("everything-unwritable").with("file", shown.clone()).with("why", why.to_string()))
    };
    // Beside it, and under its name only once it is whole.
    let folder = to.parent().unwrap_or(Path::new("/"));
    let mut partial = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let progress = |written: &Written| {
        if std::io::stderr().is_terminal() {
            let line =
                say_plain("everything-wrote").with("file", written.file.clone()).with("rows", written.rows);
            eprintln!("{line}");
        }
    };
    let cx = Context::command_line(app);
    let written = export::everything(&cx, BufWriter::new(&mut partial), progress).await?;
    partial.as_file().sync_all().map_err(unwritable)?;
    partial.persist_noclobber(&to).map_err(|error| unwritable(error.error))?;
    if json {
        let rows: serde_json::Map<String, serde_json::Value> =
            written.iter().map(|written| (written.file.clone(), written.rows.into())).collect();
        println!("{}", serde_json::json!({ "file": shown, "rows": rows }));
    } else {
        println!("{}", say_plain("everything-made").with("file", shown));
        println!("{}", say_plain("everything-keep-key").with("key", "SECRET_KEY"));
    }
    Ok(())
}
