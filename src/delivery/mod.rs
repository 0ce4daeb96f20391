//! Delivery: from the ledger to the wire and back.
//!
//! The [`engine`] leases batches, keeps them in a [`queue`] with notices ahead of campaigns, and
//! runs the connections. A connection hands {result of the last, mark of the next} to the
//! [`writer`] as one request and puts nothing on the wire before the mark's commit returns.

pub mod engine;
pub mod queue;
pub mod writer;
