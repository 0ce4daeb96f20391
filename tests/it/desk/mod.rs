//! The desk: who may do what, and what its pages do.

mod routes;
mod sign_in;
