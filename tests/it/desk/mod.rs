//! The desk: who may do what, and what its pages do.

mod feeds;
mod held;
mod lists;
mod routes;
mod sign_in;
