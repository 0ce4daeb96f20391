//! Who waits for SQLite's one writer. SQLite has no queue for it: of several processes, one that goes on writing would
//! leave the others asleep. So whoever waits holds a shared lock on a small file beside the database, and whoever has long
//! work looks whether anybody does.

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::private;

/// How long long work lets others go first, at most: a process may be stopped while it waits.
const GIVE_WAY_MAX: Duration = Duration::from_millis(500);

/// Those who wait in this process, and the file by which other processes know.
#[derive(Default)]
pub struct WritersWaiting {
    here: AtomicUsize,
    /// Locked while anybody here waits. `None`: the file can't be made, and nobody gives way across processes.
    told: Option<Mutex<File>>,
    /// By which this process looks at the others.
    look: Option<File>,
}

/// One who waits, until it is dropped.
pub struct Waiting<'a>(&'a WritersWaiting);

impl WritersWaiting {
    /// Of the database at a path.
    pub fn beside(path: &Path) -> WritersWaiting {
        let name = private::waiting_file(path);
        let open = || private::new_file().read(true).create(true).truncate(false).open(&name).ok();
        WritersWaiting { here: AtomicUsize::new(0), told: open().map(Mutex::new), look: open() }
    }

    /// Notes that somebody waits.
    pub fn wait(&self) -> Waiting<'_> {
        if self.here.fetch_add(1, Ordering::SeqCst) == 0 {
            self.tell();
        }
        Waiting(self)
    }

    /// Whether somebody in this process waits.
    pub fn any_here(&self) -> bool {
        self.here.load(Ordering::SeqCst) > 0
    }

    /// Locks the file while anybody waits, and else unlocks it. A lock that fails is nobody's trouble but that of whoever
    /// would have gone first.
    fn tell(&self) {
        let Some(told) = &self.told else { return };
        let file = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = if self.any_here() { file.try_lock_shared().ok() } else { file.unlock().ok() };
    }

    /// Whether somebody waits, in any process.
    fn any(&self) -> bool {
        self.any_here() || self.look.as_ref().is_some_and(is_locked)
    }

    /// Sleeps until nobody waits, for a while at most; whether somebody did.
    pub async fn give_way(&self) -> bool {
        let begun = Instant::now();
        while self.any() && begun.elapsed() < GIVE_WAY_MAX {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        begun.elapsed() >= Duration::from_millis(1)
    }
}

fn is_locked(file: &File) -> bool {
    match file.try_lock() {
        Ok(()) => {
            let _ = file.unlock();
            false
        }
        Err(_) => true,
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.0.here.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.tell();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_long_work_sees_that_another_process_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postrider.db");
        // Two processes: locks are of open files, not of processes.
        let (one, other) = (WritersWaiting::beside(&path), WritersWaiting::beside(&path));
        assert!(!other.any() && !other.give_way().await);
        let waiting = one.wait();
        assert!(other.any() && one.any());
        let second = one.wait();
        drop(waiting);
        assert!(other.any(), "one of two still waits");
        let gives = tokio::spawn(async move { other.give_way().await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!gives.is_finished());
        drop(second);
        assert!(gives.await.unwrap(), "it went first");
        assert!(!one.any());
    }
}
