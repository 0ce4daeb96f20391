//! The send counter: how a database that was replaced by an older copy of itself is found out.
//!
//! It is raised in the database every few seconds while mail is sent, and always before the first mail of a
//! campaign. After the commit it is copied to a file outside the database, and kept in memory. So the file is
//! never ahead of the database, however a process ends, unless the database went back in time. With SQLite
//! the file lies beside the database's; with PostgreSQL each worker has its own. What follows from it is
//! told by [`crate::actions::restored`].

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::app::clock::Clock;
use crate::config::Config;
use crate::db::send_counter::{self, Row};
use crate::db::{DatabaseUrl, Db};

/// While mail is sent the counter is raised this often: a copy that is older by less is not found out.
pub const EVERY: Duration = Duration::from_secs(3);
/// How far the file may lag behind a database that is sending.
pub const LAG: TimeDelta = TimeDelta::minutes(1);
/// A file that can't be written is complained of this often.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60 * 60);
/// A file is a copy if it is younger than it says by more than this: file systems round.
const ROUNDED: i64 = 2_000;

/// The counter at one moment, as the file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub lineage: String,
    pub value: i64,
    pub mails: i64,
    pub raised_at: DateTime<Utc>,
}

/// The latest step that this process knows of.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub step: Option<Step>,
    /// Whether it comes from a file that was copied since it was written, as by restoring its folder.
    pub from_a_copy: bool,
}

/// This process' side of the counter.
pub struct SendCounter {
    file: Arc<CounterFile>,
    /// Mails marked since the counter was raised.
    mails: AtomicU64,
    seen: Mutex<Seen>,
    raised: Mutex<Option<Instant>>,
    complained: Mutex<Option<Instant>>,
    /// One raises at a time.
    turn: tokio::sync::Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SendCounter {
    /// The counter of a database, with what its file says.
    pub fn open(config: &Config, lineage: &str) -> SendCounter {
        let file = CounterFile::of(config, lineage);
        let seen = match file.read() {
            Ok(seen) => seen,
            Err(error) => {
                // Never half written, so this is somebody else's doing. As if it was lost.
                tracing::error!(
                    file = %file.path.display(),
                    %error,
                    "the copy of the send counter can't be read: whether the database was restored can't be told"
                );
                Seen::default()
            }
        };
        SendCounter {
            file: Arc::new(file),
            mails: AtomicU64::new(0),
            seen: Mutex::new(seen),
            raised: Mutex::default(),
            complained: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The latest step known here. To be asked before the transaction that reads the database's: else
    /// the counter may be raised between.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }

    /// Notes that mails were marked.
    pub fn add(&self, mails: usize) {
        self.mails.fetch_add(mails as u64, Relaxed);
    }

    /// Whether mail was marked since the counter was raised, and a while ago.
    pub fn is_due(&self) -> bool {
        self.mails.load(Relaxed) > 0 && lock(&self.raised).is_none_or(|at| at.elapsed() >= EVERY)
    }

    /// Whether mail was marked since the counter was raised.
    pub fn is_behind(&self) -> bool {
        self.mails.load(Relaxed) > 0
    }

    /// Raises the counter: first in the database, durably, then in memory and in the file. False where the
    /// database is an older copy: then nothing may be sent. A file that can't be written stops no mail:
    /// a worker may have no disk.
    pub async fn raise(&self, db: &Db, clock: &Clock) -> sqlx::Result<bool> {
        let _turn = self.turn.lock().await;
        let seen = self.seen();
        let mails = self.mails.swap(0, Relaxed);
        let step = match self.raise_in(db, clock, &seen, mails).await {
            Ok(Some(step)) => step,
            other => {
                self.mails.fetch_add(mails, Relaxed);
                return other.map(|_| false);
            }
        };
        *lock(&self.seen) = Seen { step: Some(step.clone()), from_a_copy: false };
        *lock(&self.raised) = Some(Instant::now());
        let file = self.file.clone();
        let written = tokio::task::spawn_blocking(move || file.write(&step)).await;
        if let Err(error) = written.map_err(io::Error::other).and_then(|written| written) {
            self.complain(&error);
        }
        Ok(true)
    }

    async fn raise_in(&self, db: &Db, clock: &Clock, seen: &Seen, mails: u64) -> sqlx::Result<Option<Step>> {
        let now = clock.now();
        let mut tx = db.write().await?;
        let before = send_counter::locked(&mut tx).await?;
        if before.restored.is_some() || seen.is_ahead_of(&before) {
            return Ok(None);
        }
        let Row { lineage, value, mails, .. } = send_counter::raise(&mut tx, mails as i64, now).await?;
        tx.commit().await?;
        Ok(Some(Step { lineage, value, mails, raised_at: now }))
    }

    fn complain(&self, error: &io::Error) {
        let mut complained = lock(&self.complained);
        if complained.is_none_or(|at| at.elapsed() >= COMPLAIN_EVERY) {
            *complained = Some(Instant::now());
            tracing::error!(
                file = %self.file.path.display(),
                %error,
                "the copy of the send counter can't be written: mail is sent, but a backup that is restored \
                 would not be found out. See that this file can be written"
            );
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.file.path
    }
}

impl Seen {
    /// Whether it is later than what the database says: then the database went back in time.
    pub fn is_ahead_of(&self, row: &Row) -> bool {
        self.step.as_ref().is_some_and(|step| step.lineage == row.lineage && step.value > row.value)
    }
}

struct CounterFile {
    path: PathBuf,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(flatten)]
    step: Step,
    /// When the file itself was made, by its file system and in milliseconds since 1970. No copy of
    /// the file has the same; not every file system tells.
    made: Option<i64>,
}

impl CounterFile {
    fn of(config: &Config, lineage: &str) -> CounterFile {
        let path = match &config.database {
            // Beside the database: a backup that is copied over that file leaves this one as it is.
            DatabaseUrl::Sqlite(path) => beside(path, ".counter"),
            DatabaseUrl::Postgres(_) => config.data_dir.join(format!("send-counter-{lineage}")),
        };
        CounterFile { path }
    }

    fn read(&self) -> io::Result<Seen> {
        let text = match std::fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seen::default()),
            read => read?,
        };
        let Content { step, made } = serde_json::from_slice(&text)?;
        let from_a_copy =
            made.zip(made_at(&File::open(&self.path)?)).is_some_and(|(then, is)| (is - then).abs() > ROUNDED);
        Ok(Seen { step: Some(step), from_a_copy })
    }

    /// Replaces the file, durably and at once, unless it is further: several workers may share a folder.
    fn write(&self, step: &Step) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            crate::db::make_private_folder(folder)?;
        }
        let _turn = {
            let turn = private().truncate(false).open(beside(&self.path, ".lock"))?;
            turn.lock()?;
            turn
        };
        if let Ok(Seen { step: Some(stands), .. }) = self.read()
            && stands.lineage == step.lineage
            && stands.value >= step.value
        {
            return Ok(());
        }
        let unfinished = beside(&self.path, ".new");
        // A new file, so that it is as old as it says.
        let _ = std::fs::remove_file(&unfinished);
        let mut file = private().create_new(true).open(&unfinished)?;
        let content = Content { step: step.clone(), made: made_at(&file) };
        file.write_all(&serde_json::to_vec(&content)?)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &self.path)?;
        sync_folder_of(&self.path)
    }
}

/// Whether a SQLite file was replaced while the write-ahead log of the one before lay beside it, as after a crash.
/// A checkpoint writes to the file last as well, but not for so long after the log's last change. While `serve` runs
/// it is not asked.
pub fn is_mixed(database: &DatabaseUrl) -> bool {
    let DatabaseUrl::Sqlite(path) = database else { return false };
    let log = beside(path, "-wal");
    let is_older = log.metadata().is_ok_and(|log| log.len() > 0)
        && changed_at(path).zip(changed_at(&log)).is_some_and(|(file, log)| file - log > ROUNDED);
    is_older && File::open(beside(path, ".lock")).is_ok_and(|serving| serving.try_lock_shared().is_ok())
}

/// When a file or its name, owner or mode was changed, in milliseconds: a copy that keeps its dates changes that too.
fn changed_at(path: &Path) -> Option<i64> {
    #[cfg(unix)]
    return std::fs::metadata(path).ok().map(|file| {
        use std::os::unix::fs::MetadataExt as _;
        file.ctime() * 1000 + file.ctime_nsec() / 1_000_000
    });
    #[cfg(not(unix))]
    None
}

/// The same path with an ending behind its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(ending);
    name.into()
}

/// Makes the names in a file's folder durable.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Options to make a file for nobody else's eyes.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn made_at(file: &File) -> Option<i64> {
    let made = file.metadata().ok()?.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(made.as_millis()).ok()
}
