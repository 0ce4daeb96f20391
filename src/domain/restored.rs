//! A database that was replaced by an older copy of itself: what is known of it, and in which words.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::hold::local;
use crate::locale::say;

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
    /// As it was stored; what can't be read is [`Restored::Other`].
    pub fn parse(stored: &str) -> Restored {
        serde_json::from_str(stored).unwrap_or(Restored::Other)
    }

    /// What is known, as the rest of a sentence that begins with "this database".
    pub fn sentence(&self, zone: Tz) -> String {
        let said = match self {
            Restored::Behind { mails, from, to, .. } => {
                let key = match (mails, from) {
                    (0, None) => "hold-restored-behind-some",
                    (0, Some(_)) => "hold-restored-behind-some-since",
                    (_, None) => "hold-restored-behind",
                    (_, Some(_)) => "hold-restored-behind-since",
                };
                let said = say(key).with("mails", *mails).with("to", local(*to, zone));
                match from {
                    Some(from) => said.with("from", local(*from, zone)),
                    None => said,
                }
            }
            Restored::Backup { made_at } => say("hold-restored-backup").with("time", local(*made_at, zone)),
            Restored::Folder { written_at } => {
                say("hold-restored-folder").with("time", local(*written_at, zone))
            }
            Restored::Mixed { .. } => say("hold-restored-mixed"),
            Restored::Other => say("hold-restored-other"),
        };
        said.with("zone", zone.name()).to_string()
    }
}
