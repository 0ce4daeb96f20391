//! What the process that leads does of imports: the oldest first, one at a time, what it reads kept open between two runs.

use std::time::Instant;

use anyhow::Context as _;
use uuid::Uuid;

use super::options::ImportOptions;
use super::run::{OpenFile, Running, Step};
use super::{ask, spool, undo};
use crate::app::App;
use crate::db::imports::{self, Import, Phase};
use crate::db::{fields, lists};

/// Rows that are asked or put back in one transaction.
const ROWS_A_STEP: i64 = 100;

/// An import that is worked on.
#[derive(Default)]
pub struct Importer {
    running: Option<Running>,
    /// How far asking or putting back is.
    walk: Option<(Uuid, Uuid)>,
}

impl Importer {
    /// One transaction of the first import that waits; false where none does.
    pub async fn step(&mut self, app: &App) -> anyhow::Result<bool> {
        let mut tx = app.db.read().await?;
        let Some(id) = imports::open(&mut tx).await?.into_iter().next() else {
            // One that was cancelled has not ended by itself.
            if self.running.take().is_some() {
                app.db.widen(false).await?;
            }
            return Ok(false);
        };
        let Some(import) = imports::by_id(&mut tx, id).await? else { return Ok(false) };
        drop(tx);
        match import.phase {
            Phase::Checking | Phase::Running => self.read_on(app, import).await?,
            _ => self.walk_on(app, &import).await?,
        }
        Ok(true)
    }

    async fn read_on(&mut self, app: &App, import: Import) -> anyhow::Result<()> {
        let is_same = |running: &Running| {
            let of = running.import();
            (of.id, of.phase, &of.options_json, of.list_id)
                == (import.id, import.phase, &import.options_json, import.list_id)
                && (import.phase == Phase::Checking || of.position == import.position)
        };
        if !self.running.as_ref().is_some_and(is_same) {
            let file = spool::of_import(app, import.id).await?;
            let options = ImportOptions::parse(&import.options_json).reading(&import.file_name);
            let mut tx = app.db.read().await?;
            let list = lists::by_id(&mut tx, import.list_id).await?;
            let fields = fields::all(&mut tx).await?;
            drop(tx);
            let list = list.context("the list of an import is gone")?;
            self.running = match OpenFile::new(file, &options) {
                Ok(file) => Some(Running::new(import.clone(), &list, fields, file)?),
                Err(error) => return fail(app, &import, &error.to_string()).await,
            };
        }
        let Some(running) = &mut self.running else { return Ok(()) };
        match running.step(app).await {
            Ok(Step::Next) => {}
            Ok(Step::Ended) => {
                self.running = None;
                if import.phase == Phase::Running {
                    after_running(app, &import).await?;
                }
            }
            Err(error) if error.downcast_ref::<std::io::Error>().is_some() => {
                self.running = None;
                fail(app, &import, &format!("{error:#}")).await?;
            }
            Err(error) => {
                self.running = None;
                return Err(error);
            }
        }
        Ok(())
    }

    async fn walk_on(&mut self, app: &App, import: &Import) -> anyhow::Result<()> {
        let after = self.walk.filter(|(id, _)| *id == import.id).map_or(Uuid::nil(), |(_, after)| after);
        app.db.give_way().await;
        let to = match import.phase {
            Phase::Undoing => undo::step(app, import.id, after, ROWS_A_STEP).await?,
            _ => ask::step(app, import.id, after, ROWS_A_STEP / 4).await?,
        };
        self.walk = to.map(|to| (import.id, to));
        Ok(())
    }

    /// Asks or puts back all that waits of one import.
    pub async fn walk_through(&mut self, app: &App, id: Uuid) -> anyhow::Result<()> {
        loop {
            let mut tx = app.db.read().await?;
            let import = imports::by_id(&mut tx, id).await?;
            drop(tx);
            match import.filter(|import| import.phase == Phase::Undoing || import.is_asking) {
                Some(import) => self.walk_on(app, &import).await?,
                None => return Ok(()),
            }
        }
    }

    /// Works for a while; whether more waits.
    pub async fn work(&mut self, app: &App, for_millis: u128) -> anyhow::Result<bool> {
        let begun = Instant::now();
        while begun.elapsed().as_millis() < for_millis {
            // On the heap: a step holds all that a batch needs, for two batches at a time.
            if !Box::pin(self.step(app)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Those who are to be asked are, as soon as all are stored.
async fn after_running(app: &App, import: &Import) -> anyhow::Result<()> {
    if ImportOptions::parse(&import.options_json).ask {
        let mut tx = app.db.write().await?;
        imports::set_asking(&mut tx, import.id, true).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn fail(app: &App, import: &Import, why: &str) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    imports::set_phase(&mut tx, import.id, (import.phase, Phase::Failed), app.clock.now()).await?;
    imports::set_failure(&mut tx, import.id, why).await?;
    tx.commit().await?;
    Ok(())
}
