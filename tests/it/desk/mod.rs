//! The desk: who may do what, and what its pages do.

mod compose;
mod progress;
mod reports;
mod routes;
mod sign_in;
mod today;
