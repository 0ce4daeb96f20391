//! The one floor under every entry point: each intention is one function here, for the desk, the readers' pages, the
//! commands and the schedule alike. It checks what whoever acts may do, writes the change with its audit entry in one
//! transaction, commits, and wakes whoever must know. Knows no page, no request and no exit status.

pub mod accounts;
pub mod alerts;
pub mod archive;
pub mod brake;
pub mod bulk;
pub mod calendar;
pub mod campaigns;
pub mod catch_up;
pub mod compose;
pub mod consent;
mod context;
pub mod demo;
pub mod digests;
pub mod domains;
pub mod editorial;
pub mod export;
pub mod fields;
pub mod guard;
pub mod import;
pub mod leases;
pub mod leaving;
pub mod list_schedule;
pub mod lists;
pub mod manage;
pub mod manage_feeds;
pub mod merges;
pub mod missing_page;
pub mod pauses;
pub mod people;
pub mod permission;
pub mod poll;
pub mod preflight;
pub mod pushes;
pub mod receipt;
pub mod relay;
pub mod reminders;
pub mod replay;
pub mod restored;
pub mod retention;
pub mod second_factor;
pub mod segments;
pub mod send;
pub mod sending;
pub mod settings;
pub mod setup;
pub mod sign_up_guard;
pub mod sign_ups;
pub mod standing;
pub mod subscribers;
pub mod timeline;
pub mod unreadable;
pub mod urgent;
pub mod welcomes;
pub mod why;

pub use self::context::Context;

use crate::domain::refusal::Refusal;

/// Why an action came to nothing. In its transaction, so nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// By a rule: whoever asked is told.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// By the database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// By a fault of ours or of the machine: whoever runs it is told, by the log.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Failed(error.into())
    }
}

/// What an action answers with.
pub type Result<T> = std::result::Result<T, Error>;
