//! The desk: who may do what, and what its pages do.

mod branding;
mod routes;
mod settings;
mod setup;
mod sign_in;
mod users;
