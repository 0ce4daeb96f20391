//! `export`.

use std::sync::Arc;

use clap::Args;
use uuid::Uuid;

use super::{CsvOut, find_list};
use crate::actions::Context;
use crate::actions::export::{self, SUBSCRIBER_COLUMNS, field_cells, field_columns, subscriber_line};
use crate::app::App;
use crate::db::fields;
use crate::db::subscriptions;
use crate::db::walk::Filter;

/// Rows that are read together.
const PAGE: i64 = 4_000;

#[derive(Args)]
pub struct ExportArgs {
    /// The list's short name
    #[arg(long)]
    list: String,
}

pub async fn run(app: Arc<App>, args: ExportArgs) -> anyhow::Result<()> {
    let list = find_list(&app, &args.list).await?;
    let filter = Filter { list_id: Some(list.id), ..Filter::default() };
    export::note(&Context::command_line(&app), &filter, std::slice::from_ref(&list)).await?;
    let mut out = CsvOut::new();
    let fields = fields::all(&mut app.db.read().await?).await?;
    let columns: Vec<String> =
        SUBSCRIBER_COLUMNS.map(str::to_owned).into_iter().chain(field_columns(&fields)).collect();
    out.write(&columns)?;
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.db.read().await?;
        let held = subscriptions::page_of_list(&mut tx, list.id, after, PAGE).await?;
        let ids: Vec<Uuid> =
            if fields.is_empty() { Vec::new() } else { held.iter().map(|(_, one)| one.id).collect() };
        let values = export::held_fields(&mut tx, &fields, &ids).await?;
        drop(tx);
        let Some((_, last)) = held.last() else { break };
        after = last.id;
        for (held, person) in &held {
            let mut line = subscriber_line(person, Some((held, Some(&list)))).to_vec();
            line.extend(field_cells(&fields, &values, person.id));
            if !out.write(&line)? {
                return Ok(());
            }
        }
    }
    out.end()
}
