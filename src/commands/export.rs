//! `export`.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use uuid::Uuid;

use super::find_list;
use crate::app::App;
use crate::db::subscriptions;

#[derive(Args)]
pub struct ExportArgs {
    /// The list's slug
    #[arg(long)]
    list: String,
}

/// A cell that no spreadsheet takes for a formula. `import` takes the apostrophe off again.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

pub async fn run(app: Arc<App>, args: ExportArgs) -> anyhow::Result<()> {
    let list = find_list(&app, &args.list).await?;
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(["email", "name", "status", "cadence", "subscribed_at"])?;
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.db.read().await?;
        let rows = subscriptions::export_page(&mut tx, list.id, after, 1000).await?;
        drop(tx);
        let Some(last) = rows.last() else { break };
        after = last.subscriber_id;
        for row in &rows {
            let status = serde_json::to_value(row.status)?;
            let status = status.as_str().unwrap_or_default();
            let at = row.created_at.to_rfc3339();
            match out.write_record([&cell(&row.email), &cell(&row.name), status, row.cadence.as_str(), &at]) {
                // `| head` has seen enough.
                Err(error) if matches!(error.kind(), csv::ErrorKind::Io(io) if io.kind() == std::io::ErrorKind::BrokenPipe) =>
                {
                    return Ok(());
                }
                other => other.context("standard output")?,
            }
        }
    }
    out.flush()?;
    std::io::stdout().flush()?;
    Ok(())
}
