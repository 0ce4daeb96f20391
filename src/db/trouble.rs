//! What is wrong with the database, told from an error of either engine, and what to do about it.

/// A kind of trouble that has a remedy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    DiskFull,
    ReadOnly,
    Damaged,
    DiskFails,
    FileGone,
    Locked,
    TooManyConnections,
}

/// The trouble that an error is about, where it is known.
pub fn of(error: &sqlx::Error) -> Option<Trouble> {
    let sqlx::Error::Database(refusal) = error else { return None };
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return match code.as_ref() {
            "53100" => Some(Trouble::DiskFull),
            "25006" => Some(Trouble::ReadOnly),
            "53300" => Some(Trouble::TooManyConnections),
            "58030" => Some(Trouble::DiskFails),
            "XX001" | "XX002" => Some(Trouble::Damaged),
            _ => None,
        };
    }
    // The low byte of an extended code is the code.
    match code.parse::<u32>().ok()? & 0xff {
        5 => Some(Trouble::Locked),
        8 => Some(Trouble::ReadOnly),
        10 => Some(Trouble::DiskFails),
        11 | 26 => Some(Trouble::Damaged),
        13 => Some(Trouble::DiskFull),
        14 => Some(Trouble::FileGone),
        _ => None,
    }
}

impl Trouble {
    /// What is wrong, and what to do, in a sentence that names nobody and nothing.
    pub fn words(self) -> &'static str {
        match self {
            Trouble::DiskFull => "the database's disk is full: free some space",
            Trouble::ReadOnly => "the database is read-only: make its disk, or its server, writable again",
            Trouble::Damaged => {
                "the database is damaged: stop every process, keep a copy of its files, and restore a backup"
            }
            Trouble::DiskFails => "the database's disk fails to read or write: look at the system's log",
            Trouble::FileGone => {
                "the database file can't be opened: it is gone, or this user may not read and write it"
            }
            Trouble::Locked => "another process keeps the database locked: end it, or wait for it",
            Trouble::TooManyConnections => {
                "the database has no connection left: raise max_connections, or run fewer processes"
            }
        }
    }
}

/// What is wrong, in words, where it is known.
pub fn words(error: &sqlx::Error) -> Option<&'static str> {
    of(error).map(Trouble::words)
}

/// The same for an error that came a longer way.
pub fn words_in(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| words(cause.downcast_ref::<sqlx::Error>()?))
}

/// A failure in words, with what to do where that is known.
pub fn explain(error: &sqlx::Error) -> String {
    match words(error) {
        Some(words) => format!("{words} ({error})"),
        None => error.to_string(),
    }
}

/// Whether a failure may pass by itself, so that the same may be tried again: all but those that
/// say that the values themselves can't be stored.
pub fn is_passing(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(refusal) = error else {
        return !matches!(error, sqlx::Error::Encode(_) | sqlx::Error::ColumnDecode { .. });
    };
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        // Bad values, constraints, what a trigger raises.
        !["22", "23", "P0"].iter().any(|class| code.starts_with(class))
    } else {
        // The low byte of an extended code is the code: too big, constraint, mismatch.
        !code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 18..=20))
    }
}

/// Whether an error says that a value is outside of what the engine can hold, or compare with: a NUL in a
/// text, a time before or after all of its times, a number too large.
pub fn is_unstorable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Encode(_) => true,
        sqlx::Error::Database(refusal) => {
            refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some()
                && refusal.code().is_some_and(|code| {
                    ["22003", "22008", "22021", "22P02", "22P05"].contains(&code.as_ref())
                })
        }
        _ => false,
    }
}
