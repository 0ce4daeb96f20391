//! Mail: what it says ([`content`]), how it is written for the wire ([`message`]), which one a
//! row of the database asks for ([`compose`]), and how it is handed over ([`transport`]).

pub mod compose;
pub mod content;
pub mod message;
pub mod transport;
