//! A database that was replaced by an older copy of itself: what is known of it, and in which words.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::hold::local;

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
