//! The desk: who may do what, and what its pages do.

mod branding;
mod compose;
pub mod feeds;
mod held;
mod lists;
mod people;
mod progress;
mod reports;
mod routes;
mod settings;
mod setup;
mod sign_in;
mod today;
mod users;
