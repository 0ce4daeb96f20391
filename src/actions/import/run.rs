//! A file that is being read: by a dry run, which writes nothing, or to be stored, a transaction at a time. Whoever stores
//! gives way to those who wait for the database, and goes on at the row where another stopped.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::fs::File;
use std::hash::{Hash as _, Hasher as _};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::batch::{self, Batch, EXAMPLES, LeftOut, Target, add_left_out, suppression_detail};
use super::describe::Described;
use super::options::ImportOptions;
use crate::app::App;
use crate::db::Db;
use crate::db::chunk::LongWork;
use crate::db::fields::SubscriberField;
use crate::db::imports::{self as rows, Import, Phase, Tally};
use crate::db::lists::List;
use crate::db::statistics;
use crate::imports::{self, Line, OpenError, Options, PeopleFile, Person, Source};
use crate::locale::say;

/// Rows of one transaction, at most.
const ROWS_A_COMMIT: i64 = 20_000;
/// Rows that are read together.
const ROWS_A_PACK: usize = 500;
/// Packs that wait between reading and storing.
const PACKS_WAITING: usize = 8;
/// Rows of a dry run whose addresses are remembered, to count each once: 8 bytes each.
const REMEMBERED_MAX: usize = 4_000_000;
/// Rows that a dry run looks at together, and rows not taken that it keeps.
const ROWS_A_LOOK: usize = 2_000;
const REFUSALS_KEPT: usize = 1_000;

/// Rows that were read together.
struct Pack {
    lines: Vec<Line>,
    /// The record behind them.
    next: u64,
}

/// Reads a file from a record on, in a thread of its own.
fn read(mut file: PeopleFile, from: u64) -> mpsc::Receiver<std::io::Result<Pack>> {
    let (sender, packs) = mpsc::channel(PACKS_WAITING);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = file.skip_to(from) {
            let _ = sender.blocking_send(Err(error));
            return;
        }
        let mut pack = Pack { lines: Vec::with_capacity(ROWS_A_PACK), next: from };
        while let Some(line) = file.next() {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    let _ = sender.blocking_send(Err(error));
                    return;
                }
            };
            // One record may have several lines; a pack ends between records.
            if pack.lines.len() >= ROWS_A_PACK && line.record >= pack.next {
                let full = std::mem::replace(
                    &mut pack,
                    Pack { lines: Vec::with_capacity(ROWS_A_PACK), next: line.record },
                );
                if sender.blocking_send(Ok(full)).is_err() {
                    return;
                }
            }
            pack.next = line.record + 1;
            pack.lines.push(line);
        }
        if !pack.lines.is_empty() {
            let _ = sender.blocking_send(Ok(pack));
        }
    });
    packs
}

/// A file that can be read from its beginning.
pub struct OpenFile {
    pub people: PeopleFile,
    /// It is an export of ours with rows of more than one list.
    has_several_lists: bool,
}

/// Rows of an export of ours that are looked at for their lists.
const LISTS_LOOKED_FOR: usize = 200_000;

impl OpenFile {
    /// Looks at a file.
    pub fn new(file: File, options: &Options) -> Result<OpenFile, OpenError> {
        let again = file.try_clone()?;
        let people = imports::open(file, options)?;
        let has_several_lists = people.recognised().source == Source::Postrider && {
            let mut look = imports::open(again, options)?;
            let mut first: Option<String> = None;
            (0..LISTS_LOOKED_FOR).map_while(|_| look.next()?.ok()).any(|line| match line.outcome {
                Ok(Person { list: Some(list), .. }) => *first.get_or_insert_with(|| list.clone()) != list,
                _ => false,
            })
        };
        Ok(OpenFile { people, has_several_lists })
    }
}

/// What a dry run found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Checked {
    pub tally: Tally,
    /// Whom it would add, change, and leave as they are: some of each.
    pub examples: [Vec<String>; 3],
    /// Some people come more than once, too many for counting each once.
    pub is_about: bool,
    /// Cells that are left out of rows that are taken.
    pub left_out: LeftOut,
}

/// A file at work.
pub struct Running {
    import: Import,
    target: Target,
    described: Described,
    packs: mpsc::Receiver<std::io::Result<Pack>>,
    position: u64,
    work: LongWork,
    /// Whether the database has memory for it.
    is_wide: bool,
    checked: Checked,
    seen: HashSet<u64>,
    said_at: Instant,
}

/// Rows that are stored together, and where they stand in the file.
struct NextBatch {
    batch: Batch,
    rows: usize,
    from: i64,
    to: i64,
}

/// Batches that are stored at the same time: PostgreSQL has a process for each, SQLite one writer.
fn lanes(db: &Db) -> usize {
    match db {
        Db::Sqlite { .. } => 1,
        Db::Postgres(_) => 2,
    }
}

/// Stores a batch, and what its statements took. With a turn, only once the batch before is stored, so that the position in
/// the file says all. `None`: it is not this process's any more.
async fn store_batch(
    app: &App,
    target: &Target,
    next: &NextBatch,
    turn: Option<oneshot::Receiver<()>>,
    done: Option<oneshot::Sender<()>>,
) -> anyhow::Result<Option<(Tally, Duration)>> {
    let mut tx = app.db.write().await?;
    let begun = Instant::now();
    let tally = batch::store(&mut tx, &next.batch, target).await?;
    rows::add_refusals(&mut tx, target.import_id, next.batch.refusals()).await?;
    let took = begun.elapsed();
    if let Some(turn) = turn
        && turn.await.is_err()
    {
        return Ok(None);
    }
    if !rows::advance(&mut tx, target.import_id, (next.from, next.to), &tally).await? {
        return Ok(None);
    }
    tx.commit().await?;
    if let Some(done) = done {
        let _ = done.send(());
    }
    Ok(Some((tally, took)))
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// More waits.
    Next,
    /// The file is through, or somebody stopped it.
    Ended,
}

impl Running {
    /// Begins to read where the import stands.
    pub fn new(
        import: Import,
        list: &List,
        fields: Vec<SubscriberField>,
        file: OpenFile,
    ) -> anyhow::Result<Running> {
        let OpenFile { people: file, has_several_lists } = file;
        let at = import.started_at.unwrap_or(import.created_at);
        let described = Described::of(file.recognised());
        let target = Target {
            import_id: import.id,
            list_id: import.list_id,
            at,
            detail: suppression_detail(&import.file_name),
            files: file.recognised().files.iter().map(|file| file.name.clone()).collect(),
            asks: ImportOptions::parse(&import.options_json).ask,
            fields: batch::by_name(fields),
            only_list: has_several_lists.then(|| list.slug.clone()),
        };
        let is_check = import.phase == Phase::Checking;
        let position = if is_check { 0 } else { u64::try_from(import.position)? };
        Ok(Running {
            packs: read(file, position),
            import,
            target,
            described,
            position,
            work: LongWork::up_to(ROWS_A_COMMIT),
            is_wide: false,
            checked: Checked::default(),
            seen: HashSet::new(),
            said_at: Instant::now(),
        })
    }

    /// The import as it was when this began, with what was counted since.
    pub fn import(&self) -> &Import {
        &self.import
    }

    /// One transaction.
    pub async fn step(&mut self, app: &App) -> anyhow::Result<Step> {
        match self.import.phase {
            Phase::Checking => self.check(app).await,
            _ => self.store(app).await,
        }
    }

    /// The next rows, about so many; none where the file is through.
    async fn lines(&mut self, wanted: usize) -> anyhow::Result<Vec<Line>> {
        let mut lines = Vec::new();
        while lines.len() < wanted {
            let Some(pack) = self.packs.recv().await else { break };
            let pack = pack.context(say("import-broken-off").to_string())?;
            self.position = pack.next;
            match lines.is_empty() {
                true => lines = pack.lines,
                false => lines.extend(pack.lines),
            }
        }
        Ok(lines)
    }

    async fn store(&mut self, app: &App) -> anyhow::Result<Step> {
        let step = self.store_next(app).await;
        // Whoever goes on begins with this.
        if !matches!(step, Ok(Step::Next)) {
            app.db.widen(false).await?;
            self.is_wide = false;
        }
        step
    }

    async fn store_next(&mut self, app: &App) -> anyhow::Result<Step> {
        if !self.is_wide {
            app.db.widen(true).await?;
            self.is_wide = true;
        }
        let wanted = usize::try_from(self.work.rows())?;
        let mut batches: Vec<NextBatch> = Vec::new();
        for _ in 0..lanes(&app.db) {
            let from = i64::try_from(self.position)?;
            let lines = self.lines(wanted).await?;
            let rows = lines.len();
            if rows > 0 {
                let batch = Batch::of(lines, &self.target);
                batches.push(NextBatch { batch, rows, from, to: i64::try_from(self.position)? });
            }
        }
        if batches.is_empty() {
            return self.end(app).await;
        }
        self.work.give_way(&app.db).await;
        let stored = match batches.as_slice() {
            // Two that know the same person would wait for each other.
            [first, second] if !first.batch.overlaps(&second.batch) => {
                let (done, turn) = oneshot::channel();
                let (first, second) = tokio::join!(
                    Box::pin(store_batch(app, &self.target, first, None, Some(done))),
                    Box::pin(store_batch(app, &self.target, second, Some(turn), None))
                );
                vec![first?, second?]
            }
            batches => {
                let mut stored = Vec::new();
                for batch in batches {
                    stored.push(Box::pin(store_batch(app, &self.target, batch, None, None)).await?);
                }
                stored
            }
        };
        for (batch, stored) in batches.iter().zip(stored) {
            // Somebody stopped it, or another process works on it: these rows are theirs.
            let Some((tally, took)) = stored else { return Ok(Step::Ended) };
            self.count(batch.to, &tally);
            add_left_out(&mut self.checked.left_out, batch.batch.left_out());
            // The last rows of a file are few, and say nothing of the rest.
            if batch.rows * 2 >= wanted {
                self.work.took(took);
            }
        }
        Ok(Step::Next)
    }

    fn count(&mut self, position: i64, tally: &Tally) {
        self.import.position = position;
        self.import.added += tally.added;
        self.import.changed += tally.changed;
        self.import.unchanged += tally.unchanged;
        self.import.held += tally.held;
        self.import.refused += tally.refused;
        self.import.pending += tally.pending;
    }

    async fn end(&mut self, app: &App) -> anyhow::Result<Step> {
        let mut tx = app.db.write().await?;
        rows::set_phase(&mut tx, self.import.id, (Phase::Running, Phase::Done), app.clock.now()).await?;
        rows::remove_pieces(&mut tx, self.import.id).await?;
        statistics::refresh_subscribers(&mut tx).await?;
        tx.commit().await?;
        self.import.phase = Phase::Done;
        Ok(Step::Ended)
    }

    async fn check(&mut self, app: &App) -> anyhow::Result<Step> {
        let lines = self.lines(ROWS_A_LOOK).await?;
        if lines.is_empty() {
            return self.say_checked(app, true).await;
        }
        let mut batch = Batch::of(lines, &self.target);
        let seen = &mut self.seen;
        let is_full = seen.len() >= REMEMBERED_MAX;
        batch.drop_known(|key| {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            let hash = hasher.finish();
            if is_full { seen.contains(&hash) } else { !seen.insert(hash) }
        });
        self.checked.is_about |= is_full;
        add_left_out(&mut self.checked.left_out, batch.left_out());
        let mut tx = app.db.read().await?;
        let (tally, examples) = batch::check(&mut tx, &batch, &self.target).await?;
        drop(tx);
        self.checked.tally += tally;
        for (all, more) in self.checked.examples.iter_mut().zip(examples) {
            all.extend(more.into_iter().take(EXAMPLES.saturating_sub(all.len())));
        }
        self.import.position = i64::try_from(self.position)?;
        self.keep_refusals(app, &batch).await?;
        if self.said_at.elapsed() > Duration::from_secs(1) {
            return self.say_checked(app, false).await;
        }
        Ok(Step::Next)
    }

    /// The first rows that are not taken, for the page.
    async fn keep_refusals(&mut self, app: &App, batch: &Batch) -> anyhow::Result<()> {
        let kept = self.described.refusals_kept;
        let more: Vec<rows::Refusal> =
            batch.refusals().iter().take(REFUSALS_KEPT.saturating_sub(kept)).cloned().collect();
        if more.is_empty() || self.import.id.is_nil() {
            return Ok(());
        }
        let mut tx = app.db.write().await?;
        if kept == 0 {
            rows::remove_refusals(&mut tx, self.import.id).await?;
        }
        rows::add_refusals(&mut tx, self.import.id, &more).await?;
        tx.commit().await?;
        self.described.refusals_kept += more.len();
        Ok(())
    }

    /// What the dry run found; of rows that are stored, what was left out.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// Writes down how far a dry run is; at its end, that it is through.
    async fn say_checked(&mut self, app: &App, is_end: bool) -> anyhow::Result<Step> {
        self.said_at = Instant::now();
        // A dry run at the command line leaves no trace.
        if !self.import.id.is_nil() {
            let total = is_end.then_some(self.import.position);
            let (described, checked) =
                (serde_json::to_string(&self.described)?, serde_json::to_string(&self.checked)?);
            let mut tx = app.db.write().await?;
            let locked = rows::lock(&mut tx, self.import.id).await?;
            if locked.is_none_or(|import| import.phase != Phase::Checking) {
                return Ok(Step::Ended);
            }
            rows::set_check(&mut tx, self.import.id, &described, &checked, total).await?;
            if is_end {
                let step = (Phase::Checking, Phase::Checked);
                rows::set_phase(&mut tx, self.import.id, step, app.clock.now()).await?;
            }
            tx.commit().await?;
        }
        Ok(if is_end { Step::Ended } else { Step::Next })
    }
}
