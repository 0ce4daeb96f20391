//! Mail: what it says ([`content`]) and how it is written for the wire ([`message`]).

pub mod content;
pub mod message;
