//! The server as its clients see it: real requests over loopback to a real store in a temporary directory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod agent;
mod agents;
mod badges;
mod changes;
mod checksums;
mod commands;
mod connections;
mod contents;
mod damage;
mod drifts;
mod drops;
mod errors;
mod grids;
#[cfg(unix)]
mod health;
mod hooks;
mod limits;
mod mail_tls;
mod mails;
mod migration;
mod orders;
mod peeks;
mod publications;
mod purges;
mod returned;
mod sink;
mod stamps;
mod stopping;
mod tls;
mod tls_sink;
mod travel;
mod trust_held;
mod unsaid;
mod wait;
mod watching;
mod went_back;
mod world;
