//! Mail: what it says ([`content`]), how it is written for the wire ([`message`]), which one a
//! row of the database asks for ([`compose`]), how it is signed ([`dkim`]), and how it is handed
//! over ([`transport`], which speaks [`smtp`]).

pub mod compose;
pub mod content;
pub mod dkim;
pub mod message;
pub mod smtp;
pub mod transport;
mod trust;
