//! What is wrong with the database, told from an error of either engine, and what to do about it.

use crate::locale::say_plain;

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
    pub fn words(self) -> String {
        let said = match self {
            Trouble::DiskFull => say_plain("database-disk-full"),
            Trouble::ReadOnly => say_plain("database-read-only"),
            Trouble::Damaged => say_plain("database-damaged"),
            Trouble::DiskFails => say_plain("database-disk-fails"),
            Trouble::FileGone => say_plain("database-file-gone"),
            Trouble::Locked => say_plain("database-locked"),
            Trouble::TooManyConnections => say_plain("database-connections"),
        };
        said.to_string()
    }
}

/// What is wrong, in words, where it is known.
pub fn words(error: &sqlx::Error) -> Option<String> {
    of(error).map(Trouble::words)
}

/// The same for an error that came a longer way.
pub fn words_in(error: &anyhow::Error) -> Option<String> {
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
