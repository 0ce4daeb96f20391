//! `export`.

use std::sync::Arc;

use clap::Args;
use uuid::Uuid;

use super::{CsvOut, find_list};
use crate::actions::export::cell;
use crate::app::App;
use crate::db::subscriptions;

#[derive(Args)]
pub struct ExportArgs {
    /// The list's slug
    #[arg(long)]
    list: String,
}

pub async fn run(app: Arc<App>, args: ExportArgs) -> anyhow::Result<()> {
    let list = find_list(&app, &args.list).await?;
    let mut out = CsvOut::new();
    out.write(&["email", "name", "status", "cadence", "subscribed_at"])?;
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
            if !out.write(&[&cell(&row.email), &cell(&row.name), status, row.cadence.as_str(), &at])? {
                return Ok(());
            }
        }
    }
    out.end()
}
