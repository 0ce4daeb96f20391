//! The desk: who may do what, and what its pages do.

mod account;
mod articles;
mod branding;
mod compose;
pub mod feeds;
pub mod held;
mod lists;
mod lock_out;
pub mod people;
mod progress;
mod relay;
mod reports;
mod routes;
mod settings;
pub mod setup;
pub mod sign_in;
mod today;
mod users;
