//! A database that was replaced by an older copy of itself: what is known of it, and in which words.
//!
//! What it would send may have been sent since the copy was made. [`super::guard`] holds all of it until an admin
//! decides; notices go on, since who signs up now must be answered.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::guard::local;
use crate::app::send_counter::{Seen, Step};
use crate::db::json;
use crate::db::send_counter::Row;

/// An admin's decision raises the counter by this much, far beyond what any worker's file may say.
const JUMP: i64 = 1 << 32;

/// Why the database is taken for an older copy of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Restored {
    /// A copy of the send counter outside the database is ahead of it.
    Behind {
        value: i64,
        /// At least so many mails were marked since, as that copy says.
        mails: i64,
        /// The last sign of life in the database.
        from: Option<DateTime<Utc>>,
        to: DateTime<Utc>,
    },
    /// It was marked as a backup when that was made.
    Backup { made_at: DateTime<Utc> },
    /// The folder was copied back, and the counter's file with it.
    Folder { written_at: DateTime<Utc> },
    /// The file was replaced beside the write-ahead log of the one before.
    Mixed { found_at: DateTime<Utc> },
    /// Something that this version can't read.
    Other,
}

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

    fn parse(stored: &str) -> Restored {
        serde_json::from_str(stored).unwrap_or(Restored::Other)
    }

    /// As it is stored.
    pub fn stored(&self) -> sqlx::Result<String> {
        json(self)
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

    /// What is known, as the rest of a sentence that begins with "this database".
    pub fn sentence(&self, zone: Tz) -> String {
        let zone_name = zone.name();
        match self {
            Restored::Behind { mails, from, to, .. } => {
                let to = local(*to, zone);
                let from = from.map_or_else(String::new, |at| format!(", of about {}", local(at, zone)));
                let lost = match mails {
                    0 => "mail that may have been sent".to_owned(),
                    1 => "at least 1 mail that was sent".to_owned(),
                    mails => format!("at least {mails} mails that were sent"),
                };
                format!(
                    "was replaced by an older copy of itself{from}: it does not know of {lost} after that, until \
                     {to} ({zone_name})"
                )
            }
            Restored::Backup { made_at } => format!(
                "was started from a backup of {} ({zone_name}): it does not know what was mailed since",
                local(*made_at, zone)
            ),
            Restored::Folder { written_at } => format!(
                "was restored with its folder from a copy of {} ({zone_name}) or later: it does not know what was \
                 mailed since",
                local(*written_at, zone)
            ),
            Restored::Mixed { .. } => "was replaced while the write-ahead log of the one before lay beside its file, and \
                may be a mixture of both. Stop serve, remove the files whose names end in -wal and -shm, and copy \
                the backup once more"
                .to_owned(),
            Restored::Other => {
                "was restored from an older copy: it does not know what was mailed since".to_owned()
            }
        }
    }
}
