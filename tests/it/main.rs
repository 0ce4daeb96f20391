//! The whole suite: one binary, so that it links once. Every test runs on both engines.

// Clippy's allow-unwrap-in-tests knows only functions marked as tests, not what they call.
#![allow(clippy::unwrap_used)]

mod delivery;
mod kills;
mod leaving;
mod pages;
mod sign_up;
mod support;
