//! Postrider emails a publication's newly published articles to the readers who asked for them.
//!
//! A guided tour, in the order of a mail's life:
//!
//! 1. [`web`] takes a sign-up; [`actions::sign_ups`] stores it, which is all that the answer waits for, and hands it
//!    to [`actions::consent`], which knows who may be mailed and asked; a confirmation is queued as a notice.
//! 2. [`schedule`] finds feeds that are due; [`fetch`] fetches them, [`feeds`] reads them, and [`actions::poll`] makes
//!    articles of what is new, and scheduled campaigns of articles.
//! 3. A campaign whose time has come begins in [`actions::sending`]: [`articles`] makes its HTML fit for mail, [`mail`]
//!    builds the message once, and its readers are enqueued in the ledger. What is late, a copy's, or a restored
//!    database's, waits for an admin ([`actions::guard`]).
//! 4. [`delivery`] leases from the ledger, marks, sends, records, and tries again.
//! 5. Links in the mail lead back to [`web`]: leave, choose, block.
//!
//! The rooms, from the ground up; each uses those before it only:
//! [`locale`] (what is said, in each language), [`domain`] (types that hold what is true, without I/O), [`imports`] (reads files of people), [`db`] (all SQL, one text for two engines), [`fetch`] (the only
//! way to addresses that others named), [`articles`], [`mail`], [`config`], [`app`] (what all parts share), [`feeds`],
//! [`actions`] (the one floor under every entry point), [`delivery`], [`schedule`], and the entry points: [`web`] and [`commands`].

pub mod actions;
pub mod app;
pub mod articles;
pub mod commands;
pub mod config;
pub mod db;
pub mod delivery;
pub mod domain;
pub mod feeds;
pub mod fetch;
pub mod imports;
pub mod locale;
pub mod mail;
pub mod schedule;
pub mod web;
