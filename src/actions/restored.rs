//! A database that was replaced by an older copy of itself: how it is found.
//!
//! What it would send may have been sent since the copy was made. [`super::guard`] holds all of it until an admin
//! decides; notices go on, since who signs up now must be answered.

use chrono::{DateTime, Utc};

use crate::app::send_counter::{Seen, Step};
use crate::db::send_counter::Row;
use crate::domain::restored::Restored;

/// An admin's decision raises the counter by this much, far beyond what any worker's file may say.
const JUMP: i64 = 1 << 32;

impl Restored {
    /// What the row and this process' knowledge say. `alive_at`: the last sign of life in the database.
    pub fn of(row: &Row, seen: &Seen, alive_at: Option<DateTime<Utc>>) -> Option<Restored> {
        let stored = row.restored.as_deref().map(Restored::parse);
        let Some(step) = seen.step.as_ref().filter(|step| step.lineage == row.lineage) else { return stored };
        if seen.is_ahead_of(row) {
            let found = Restored::behind(row, step, alive_at);
            // Of several workers' copies the latest counts; of what the database says, what it said at first.
            return Some(match (stored, found) {
                // It says what to do first.
                (Some(mixed @ Restored::Mixed { .. }), _) => mixed,
                (Some(Restored::Behind { value, mails, from, to }), _) if value >= step.value => {
                    Restored::Behind { value, mails, from, to }
                }
                (Some(Restored::Behind { from, .. }), Restored::Behind { value, mails, to, .. }) => {
                    Restored::Behind { value, mails, from, to }
                }
                (_, found) => found,
            });
        }
        // After an admin's decision the database is ahead by far.
        let is_undecided = row.value - step.value < JUMP;
        match stored {
            None if seen.from_a_copy && is_undecided => Some(Restored::Folder { written_at: step.raised_at }),
            stored => stored,
        }
    }

    fn behind(row: &Row, step: &Step, alive_at: Option<DateTime<Utc>>) -> Restored {
        let to = step.raised_at;
        let from = row.raised_at.max(alive_at).map(|from| from.min(to));
        Restored::Behind { value: step.value, mails: (step.mails - row.mails).max(0), from, to }
    }

    /// The counter's value after an admin's decision: past every copy of it.
    pub fn value_after(row: &Row, restored: Option<&Restored>, seen: &Seen) -> i64 {
        let known = match restored {
            Some(Restored::Behind { value, .. }) => *value,
            _ => 0,
        };
        let of_seen = seen.step.as_ref().filter(|step| step.lineage == row.lineage).map_or(0, |s| s.value);
        row.value.max(known).max(of_seen) + JUMP
    }
}
