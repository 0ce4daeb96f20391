//! The whole suite: one binary, so that it links once. Every test runs on both engines.

mod delivery;
mod kills;
mod support;
