//! `export`.

use std::collections::HashMap;
use std::sync::Arc;

use clap::Args;
use uuid::Uuid;

use super::{CsvOut, find_list};
use crate::actions::Context;
use crate::actions::export::{self, SUBSCRIBER_COLUMNS, field_cells, field_columns, subscriber_line};
use crate::app::App;
use crate::db::fields;
use crate::db::subscribers::{self, Subscriber};
use crate::db::subscriptions;
use crate::db::walk::Filter;

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
        let held = subscriptions::page_of_list(&mut tx, list.id, after, 1000).await?;
        let ids: Vec<Uuid> = held.iter().map(|held| held.subscriber_id).collect();
        let people = subscribers::of_ids(&mut tx, &ids).await?;
        let values = export::held_fields(&mut tx, &fields, &ids).await?;
        drop(tx);
        let people: HashMap<Uuid, Subscriber> = people.into_iter().map(|one| (one.id, one)).collect();
        let Some(last) = held.last() else { break };
        after = last.subscriber_id;
        for held in &held {
            let Some(person) = people.get(&held.subscriber_id) else { continue };
            let mut line = subscriber_line(person, Some((held, Some(&list)))).to_vec();
            line.extend(field_cells(&fields, &values, person.id));
            if !out.write(&line)? {
                return Ok(());
            }
        }
    }
    out.end()
}
