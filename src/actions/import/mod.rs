//! Imports of people from files: what is said of a file, how it is checked, stored, stopped and taken back. A command reads
//! a file of any size; the desk keeps a file in the database, for the process that leads to work on.

mod ask;
mod batch;
mod describe;
mod everything;
mod importer;
mod options;
mod run;
mod spool;
mod undo;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

pub use self::batch::EXAMPLES;
pub use self::describe::{Described, DescribedFile};
pub use self::everything::{Everything, WrongArchive};
pub use self::importer::Importer;
pub use self::options::ImportOptions;
pub use self::run::{Checked, OpenFile, Running, Step};
pub use self::spool::{digest_of, spool};

use super::Result;
use crate::actions::Context;
use crate::actions::subscribers::check_consent;
use crate::db::audit::{self, Subject};
use crate::db::imports::{self, Import, Phase, Worker};
use crate::db::lists::{self, List};
use crate::db::users::Role;
use crate::db::{WriteTx, fields, subscribers};
use crate::domain::refusal::{common, readers};

/// What is to be imported.
pub struct NewImport<'a> {
    pub list: &'a List,
    pub file_name: String,
    pub options: ImportOptions,
    /// How its people agreed, as whoever imports says; empty: nobody said.
    pub consent: String,
    /// SHA-256; empty where nobody asks for it again.
    pub digest: String,
}

impl NewImport<'_> {
    fn import(&self, cx: &Context<'_>, worker: Worker, phase: Phase) -> Result<Import> {
        let now = cx.now();
        Ok(Import {
            id: Uuid::now_v7(),
            list_id: self.list.id,
            user_email: cx.actor.email.clone(),
            file_name: self.file_name.clone(),
            worker,
            phase,
            options_json: serde_json::to_string(&self.options)?,
            recognised_json: String::new(),
            check_json: String::new(),
            consent: self.consent.clone(),
            digest: self.digest.clone(),
            total: None,
            position: 0,
            added: 0,
            changed: 0,
            unchanged: 0,
            held: 0,
            refused: 0,
            pending: 0,
            pending_asked: 0,
            is_asking: false,
            failure: String::new(),
            created_at: now,
            started_at: (phase == Phase::Running).then_some(now),
            ended_at: None,
        })
    }
}

async fn note(
    tx: &mut WriteTx,
    cx: &Context<'_>,
    action: &str,
    import: &Import,
    list: &List,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let subject = Subject { kind: "list", id: list.id, name: &list.name };
    let after = json!({ "file": import.file_name, "consent": import.consent });
    audit::note(tx, &cx.actor, action, subject, (), after, now).await
}

/// Begins to import a file that a command reads, or goes on with the same file where an earlier run was cut off.
pub async fn begin_or_resume(cx: &Context<'_>, new: &NewImport<'_>, file: OpenFile) -> Result<Running> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let mut import = new.import(cx, Worker::Command, Phase::Running)?;
    if let Some(earlier) =
        imports::unfinished(&mut tx, new.list.id, &new.digest, &import.options_json).await?
    {
        let fields = fields::all(&mut tx).await?;
        return Ok(Running::new(earlier, new.list, fields, file)?);
    }
    imports::add(&mut tx, &import).await?;
    note(&mut tx, cx, "import begun", &import, new.list, cx.now()).await?;
    // As it is stored: PostgreSQL keeps microseconds, and undoing compares them.
    import = find(&mut tx, import.id).await?;
    let fields = fields::all(&mut tx).await?;
    tx.commit().await?;
    Ok(Running::new(import, new.list, fields, file)?)
}

/// What a command's dry run works on: nothing of it is stored.
pub async fn dry_run(cx: &Context<'_>, new: &NewImport<'_>, file: OpenFile) -> Result<Running> {
    cx.require(Role::Admin)?;
    let fields = fields::all(&mut cx.app.db.read().await?).await?;
    let import = Import { id: Uuid::nil(), ..new.import(cx, Worker::Command, Phase::Checking)? };
    Ok(Running::new(import, new.list, fields, file)?)
}

async fn find(tx: &mut WriteTx, id: Uuid) -> Result<Import> {
    Ok(imports::lock(tx, id).await?.ok_or_else(|| common::GONE.refusal())?)
}

/// Takes a file that was sent to the desk, and begins to check it; also where nobody waits for it any more.
pub async fn upload(cx: &Context<'_>, new: &NewImport<'_>, bytes: Vec<u8>) -> Result<Uuid> {
    cx.require(Role::Admin)?;
    let import = new.import(cx, Worker::Schedule, Phase::Uploading)?;
    let mut tx = cx.app.db.write().await?;
    imports::add(&mut tx, &import).await?;
    tx.commit().await?;
    // A task of its own: whoever closes the page must not leave half of a file.
    let (app, id) = (cx.app.clone(), import.id);
    let stored = tokio::spawn(async move {
        for (number, piece) in (0..).zip(spool::pieces(&bytes)) {
            app.db.give_way().await;
            let mut tx = app.db.write().await?;
            imports::add_piece(&mut tx, id, number, piece).await?;
            tx.commit().await?;
        }
        let mut tx = app.db.write().await?;
        imports::set_phase(&mut tx, id, (Phase::Uploading, Phase::Checking), app.clock.now()).await?;
        tx.commit().await
    });
    stored.await.map_err(anyhow::Error::from)??;
    Ok(import.id)
}

/// What is said of a file anew; it is checked again.
pub async fn check_again(
    cx: &Context<'_>,
    id: Uuid,
    list: &List,
    options: &ImportOptions,
    consent: &str,
) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let import = find(&mut tx, id).await?;
    if !matches!(import.phase, Phase::Checking | Phase::Checked | Phase::Failed)
        || import.started_at.is_some()
    {
        return Err(readers::IMPORT_STARTED.refusal().into());
    }
    imports::set_options(&mut tx, id, list.id, &serde_json::to_string(options)?, consent).await?;
    imports::set_phase(&mut tx, id, (import.phase, Phase::Checking), cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Starts to store a file that was checked. Where it makes people active, whoever imports says how they agreed.
pub async fn start(cx: &Context<'_>, id: Uuid, consent: &str) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let import = find(&mut tx, id).await?;
    if import.phase != Phase::Checked {
        return Err(readers::IMPORT_STARTED.refusal().into());
    }
    let list = lists::by_id(&mut tx, import.list_id).await?.ok_or_else(|| common::GONE.refusal())?;
    let checked: Checked = serde_json::from_str(&import.check_json).unwrap_or_default();
    let consent = if checked.tally.active > 0 || !consent.trim().is_empty() {
        check_consent(consent)?
    } else {
        String::new()
    };
    imports::set_consent(&mut tx, id, &consent).await?;
    let import = Import { consent, ..import };
    imports::remove_refusals(&mut tx, id).await?;
    imports::set_phase(&mut tx, id, (Phase::Checked, Phase::Running), cx.now()).await?;
    note(&mut tx, cx, "import begun", &import, &list, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Stops an import. What is stored stays, until it is undone.
pub async fn cancel(cx: &Context<'_>, id: Uuid) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let import = find(&mut tx, id).await?;
    let may = matches!(import.phase, Phase::Uploading | Phase::Checking | Phase::Checked | Phase::Running);
    if !may && !import.is_asking {
        return Err(readers::IMPORT_ENDED.refusal().into());
    }
    if import.is_asking {
        imports::set_asking(&mut tx, id, false).await?;
    } else {
        imports::set_phase(&mut tx, id, (import.phase, Phase::Cancelled), cx.now()).await?;
        imports::remove_pieces(&mut tx, id).await?;
    }
    let list = lists::by_id(&mut tx, import.list_id).await?.ok_or_else(|| common::GONE.refusal())?;
    note(&mut tx, cx, "import cancelled", &import, &list, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Takes back all that an import changed and nobody changed since: the process that leads does it.
pub async fn undo(cx: &Context<'_>, id: Uuid) -> Result<Import> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let import = find(&mut tx, id).await?;
    if !matches!(import.phase, Phase::Done | Phase::Cancelled) || import.started_at.is_none() {
        return Err(readers::IMPORT_NOT_DONE.refusal().into());
    }
    imports::set_asking(&mut tx, id, false).await?;
    imports::set_phase(&mut tx, id, (import.phase, Phase::Undoing), cx.now()).await?;
    let list = lists::by_id(&mut tx, import.list_id).await?.ok_or_else(|| common::GONE.refusal())?;
    note(&mut tx, cx, "import undone", &import, &list, cx.now()).await?;
    tx.commit().await?;
    Ok(import)
}

/// Mails those whom a file left pending, and asks each to confirm: the process that leads does it.
pub async fn ask_pending(cx: &Context<'_>, id: Uuid) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let import = find(&mut tx, id).await?;
    if import.phase != Phase::Done {
        return Err(readers::IMPORT_NOT_DONE.refusal().into());
    }
    imports::set_asking(&mut tx, id, true).await?;
    let list = lists::by_id(&mut tx, import.list_id).await?.ok_or_else(|| common::GONE.refusal())?;
    note(&mut tx, cx, "import asked", &import, &list, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Gives those who were imported what they are found by, where they are few enough to wait for.
pub async fn find_now(app: &crate::app::App) -> anyhow::Result<()> {
    for _ in 0..20 {
        let mut tx = app.db.write().await?;
        let found = subscribers::add_missing_words(&mut tx, 500).await?;
        tx.commit().await?;
        if found < 500 {
            break;
        }
    }
    Ok(())
}

/// Asks or puts back all that waits of an import, in this process: for a command, which waits for it.
pub async fn work_on_walks(app: &crate::app::App, id: Uuid) -> anyhow::Result<()> {
    Importer::default().walk_through(app, id).await
}
