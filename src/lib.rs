//! Postrider: the guided tour comes with the parts.

pub mod app;
pub mod articles;
pub mod clock;
pub mod commands;
pub mod config;
pub mod consent;
pub mod db;
pub mod delivery;
pub mod domain;
pub mod feeds;
pub mod links;
pub mod mail;
pub mod schedule;

pub mod web;
