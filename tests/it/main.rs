//! The whole suite: one binary, so that it links once. Every test runs on both engines.

mod delivery;
mod kills;
mod leaving;
mod pages;
mod sign_up;
mod support;
