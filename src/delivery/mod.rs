//! Delivery: from the ledger to the wire and back. Never decides who gets a mail: the ledger's statements do.
//!
//! The [`engine`] leases batches, keeps them in a [`queue`] with notices ahead of campaigns, within
//! the [`limits`], and runs the connections. A [`connection`] hands {results, mark of the next} to
//! the [`writer`] as one request and puts nothing on the wire before the mark's commit returns.
//! The [`breaker`] stops a campaign that fails; [`relay`] knows whether the relay can be used and
//! [`refusals`] whose a denied recipient is; [`recovery`] takes over from dead workers.

mod breaker;
mod connection;
pub mod engine;
mod limits;
mod log_throttle;
mod queue;
pub mod recovery;
mod refusals;
pub mod relay;
mod writer;
