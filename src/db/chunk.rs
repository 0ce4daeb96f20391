//! How many rows of a long piece of work go into one transaction. SQLite has one writer: whoever signs up
//! meanwhile waits until it is free.

use std::time::{Duration, Instant};

use super::Db;

/// What a transaction is to take. The next one may take twice as long before anybody would notice.
const HELD_FOR: Duration = Duration::from_millis(8);

/// The rows of the next transaction, by how long those before it took: machines differ, and so do rows.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    rows: i64,
    rows_max: i64,
}

impl Chunk {
    /// At most so many rows; fewer to begin with.
    pub fn up_to(rows_max: i64) -> Chunk {
        Chunk { rows: (rows_max / 8).max(1), rows_max }
    }

    /// How many rows the next transaction has.
    pub fn rows(&self) -> i64 {
        self.rows
    }

    /// Learns from a transaction of so many rows, its commit included: SQLite's one writer is held for that too.
    pub fn took(&mut self, took: Duration) {
        self.took_of(took, HELD_FOR);
    }

    /// Learns from what so many rows took, of what they are to take.
    fn took_of(&mut self, took: Duration, held_for: Duration) {
        let fitting = self.rows as f64 * held_for.as_secs_f64() / took.as_secs_f64().max(f64::EPSILON);
        // One that was held up by something else says little: it halves at most.
        let fitting = (fitting as i64).clamp(self.rows / 2, self.rows.saturating_mul(2));
        // Where the first row costs as much already, fewer rows would only make it last.
        self.rows = fitting.clamp((self.rows_max / 32).max(1), self.rows_max);
    }
}

/// What the statements of a transaction take while nobody waits for the database, and for a while after somebody did.
const HELD_ALONE: Duration = Duration::from_millis(150);
const HELD_BESIDE: Duration = Duration::from_millis(15);
const BESIDE_FOR: Duration = Duration::from_secs(1);

/// Long work, which has the database to itself but for those who wait for it.
#[derive(Clone, Copy, Debug)]
pub struct LongWork {
    chunk: Chunk,
    /// When somebody waited last.
    waited: Option<Instant>,
}

impl LongWork {
    /// At most so many rows a transaction.
    pub fn up_to(rows_max: i64) -> LongWork {
        LongWork { chunk: Chunk::up_to(rows_max), waited: None }
    }

    /// How many rows the next transaction has.
    pub fn rows(&self) -> i64 {
        self.chunk.rows()
    }

    /// Before each transaction: lets those who wait go first.
    pub async fn give_way(&mut self, db: &Db) {
        if db.give_way().await || db.is_wanted() {
            self.waited = Some(Instant::now());
        }
    }

    /// Learns from what the statements of a transaction took, without its commit: what that costs does not shrink with
    /// the rows.
    pub fn took(&mut self, took: Duration) {
        let beside = self.waited.is_some_and(|at| at.elapsed() < BESIDE_FOR);
        self.chunk.took_of(took, if beside { HELD_BESIDE } else { HELD_ALONE });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_from_how_long_those_before_took() {
        let mut chunk = Chunk::up_to(800);
        assert_eq!(chunk.rows(), 100);
        chunk.took(HELD_FOR / 4);
        assert_eq!(chunk.rows(), 200, "twice as many at most");
        chunk.took(HELD_FOR * 4 / 3);
        assert_eq!(chunk.rows(), 150);
        chunk.took(Duration::from_secs(9));
        assert_eq!(chunk.rows(), 75, "half as many at least");
        for _ in 0..10 {
            chunk.took(Duration::from_millis(1));
        }
        assert_eq!(chunk.rows(), 800);
        for _ in 0..20 {
            chunk.took(Duration::from_secs(9));
        }
        assert_eq!(chunk.rows(), 25, "a share of them goes, however long it takes");
        chunk.took(Duration::ZERO);
        assert_eq!(chunk.rows(), 50);
    }
}
