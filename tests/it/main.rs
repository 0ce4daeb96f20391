//! The whole suite: one binary, so that it links once. Every test runs on both engines.

// `allow-unwrap-in-tests` does not reach the helpers beside the tests.
#![allow(clippy::unwrap_used)]

mod bombs;
mod brake;
mod browser;
mod cadences;
mod campaigns;
mod commands;
mod delivery;
mod desk;
mod digests;
mod disk;
mod dkim;
mod edge;
mod events;
mod everything;
mod feed_rules;
mod feeds;
mod fields;
mod greylisting;

mod guard;
mod imports;
mod jobs;
mod kills;
mod languages;
mod leaving;
mod limits;
mod mailboxes;
mod merges;
mod metrics;
mod migrations;
mod moves;
mod mutations;
mod other_reader;
mod pages;
mod permission;
mod placeholders;
mod postfix;
mod pushes;
mod queue;
mod readers;
mod refusals;
mod relay;
mod replay;
mod restore;
mod retention;
mod roles;
mod routes;
mod rules;
mod segments;
mod sign_up;
mod sign_up_guard;
mod sign_up_requests;
mod slow_clients;
mod subscribe_box;
mod support;
mod trouble;
mod welcome;
mod whole_line;
mod why;
mod wordpress;
mod year;
