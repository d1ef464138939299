//! The agent: makes patch directories match the orders that it accepts, and reports what it sees. A library so that tests can use its parts.
//!
//! In reading order:
//!
//! - [`config`], [`clock`], [`token`], [`lock`]: what an agent starts from;
//! - [`root`], [`marker`], [`scan`], [`install`]: the patch directories, read and written without ever following a link;
//! - [`guarded_path`]: the one door to every other file and folder that the config names;
//! - [`journal`], [`trust`], [`status`]: what it remembers; [`state_access`]: why that can't be read; [`history`]: what it did, for the
//!   site's admin;
//! - [`server`], [`address_book`], [`trouble`], [`fetch`], [`upload`]: the way to the server and back;
//! - [`machine`]: what to do next, decided without disk, network or clock; [`driver`]: does it;
//! - [`process`], [`hook`], [`health`], [`action`]: programs that the config names, after an installation, to say how an
//!   application is, or because a developer ordered it;
//! - [`log`], [`about`]: what else commands ask for;
//! - [`redact`]: what of all that doesn't leave the site;
//! - [`walkbacks`]: what applications wrote when they crashed;
//! - [`enroll`], [`check`], [`dry_run`]: the other commands.

pub mod about;
pub mod action;
pub mod address_book;
#[cfg(test)]
mod as_user;
pub mod check;
pub mod clock;
pub mod config;
pub mod driver;
pub mod dry_run;
pub mod durable;
pub mod enroll;
pub mod fetch;
pub mod guarded_path;
pub mod health;
pub mod history;
pub mod hook;
pub mod install;
pub mod journal;
pub mod kept;
pub mod lock;
pub mod log;
pub mod machine;
pub mod marker;
pub mod process;
pub mod redact;
pub mod room;
pub mod root;
pub mod scan;
pub mod server;
pub mod signals;
pub mod state_access;
pub mod status;
pub mod token;
pub mod trouble;
pub mod trust;
pub mod upload;
pub mod walkbacks;
