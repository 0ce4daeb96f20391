//! Feeds: fetched guardedly, parsed into items, told apart, and polled on their own schedule. A
//! poll remembers what it saw and schedules campaigns; it never sends anything itself.

mod bounds;
pub mod brake;
pub mod fetch;
pub mod identity;
pub mod manage;
pub mod parse;
pub mod poll;
pub mod site;

pub use poll::{add, add_by, check, poll, poll_due, poll_now, refresh, web_address};
