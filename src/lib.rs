//! Postrider emails a publication's newly published articles to the readers who asked for them.
//!
//! A guided tour, in the order of a mail's life:
//!
//! 1. [`web`] takes a sign-up; [`sign_ups`] stores it, which is all that the answer waits for, and hands it
//!    to [`consent`], which knows who may be mailed and asked; a confirmation is queued as a notice.
//! 2. [`feeds`] are polled; what is new becomes an article, and an article a scheduled campaign.
//! 3. [`schedule`] begins campaigns whose time has come: [`articles`] makes their HTML fit for
//!    mail, [`mail`] builds the message once, and the readers are enqueued in the ledger. What is
//!    late, a copy's, or a restored database's, waits for an admin ([`schedule::guard`], [`send_counter`]).
//! 4. [`delivery`] leases from the ledger, marks, sends, records, and tries again.
//! 5. [`missed`] sends to those who have not got it; [`alerts`] tells admins what went wrong;
//!    [`counting`] keeps the desk's numbers.
//! 6. [`subscribers`], [`bulk`] and [`import`] are what editors do to readers; [`story`] is what happened to one.
//! 7. [`links`] in the mail lead back to [`web`]: leave, choose, block.
//!
//! Below all of them: [`domain`] (types that hold what is true, without I/O), [`db`] (all SQL, one
//! text for two engines), [`config`], [`clock`] and [`metrics`]. [`app`] wires them; [`commands`] is the
//! door.

pub mod accounts;
pub mod alerts;
pub mod app;
pub mod articles;
pub mod bulk;
pub mod campaigns;
pub mod clock;
pub mod commands;
pub mod config;
pub mod consent;
pub mod counting;
pub mod db;
pub mod delivery;
pub mod domain;
pub mod editorial;
pub mod export;
pub mod feeds;
pub mod import;
pub mod limiter;
pub mod links;
pub mod lists;
pub mod mail;
pub mod metrics;
pub mod missed;
mod network;
pub mod passwords;
pub mod schedule;
pub mod second_factor;
pub mod send_counter;
pub mod settings;
pub mod sign_ups;
pub mod story;
pub mod subscribers;
pub mod web;
