//! Mail: what it says ([`content`]), how it is written for the wire ([`message`]), how it is signed ([`dkim`]),
//! and how it is handed over ([`transport`], which speaks [`smtp`] to a [`relay`]). Knows neither the database nor
//! who is to get it.

pub mod content;
pub mod dkim;
pub mod message;
pub mod relay;
mod slots;
pub mod smtp;
pub mod transport;
mod trust;
