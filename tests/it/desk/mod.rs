//! The desk: who may do what, and what its pages do.

mod compose;
mod routes;
mod sign_in;
