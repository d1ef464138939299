//! What fieldpost's things are and what should happen to them: pure code, no network, disk, terminal or clock.
//!
//! In reading order:
//!
//! - [`id`], [`name`], [`hash`], [`time`], [`text`]: the small words everything else is made of;
//! - [`encoding`], [`stamp`], [`issue`], [`correction`]: what a patch says about itself, and people about it;
//! - [`envelope`], [`statement`], [`trust`], [`publication`], [`order`], [`purge`]: what people sign, and who may;
//! - [`hook`]: what a site runs to load what was installed, and how it says that this ended;
//! - [`command`]: what the server asks of a site beside orders;
//! - [`inventory`], [`cell`], [`grid`], [`plan`]: what a site has, how it stands to the published table, what its agent does next;
//! - [`merge`]: what becomes of a patch that changed on both sides;
//! - [`state`], [`incident`], [`clock_error`]: what a site says about its health, and what is wrong now;
//! - [`walkback`]: what an application wrote when it crashed, and which crashes are the same error;
//! - [`error_group`]: what people know of an error, and whether it came back;
//! - [`sensitive`], [`destination`]: what isn't published by accident, and what becomes of a path that a person names;
//! - [`invitation`], [`wire`], [`api`], [`problem`], [`exit`]: how the parts and people talk.

pub mod api;
pub mod cell;
pub mod clock_error;
pub mod command;
pub mod correction;
pub mod destination;
pub mod drift;
pub mod encoding;
pub mod envelope;
pub mod error_group;
pub mod escape;
pub mod exit;
pub mod grid;
pub mod hash;
pub mod hook;
pub mod id;
pub mod incident;
pub mod inventory;
pub mod invitation;
pub mod issue;
mod log_time;
pub mod merge;
pub mod name;
pub mod order;
pub mod plan;
pub mod problem;
pub mod publication;
pub mod purge;
pub mod sensitive;
pub mod stamp;
pub mod state;
pub mod statement;
pub mod text;
pub mod time;
pub mod trust;
pub mod walkback;
pub mod wire;
pub mod withdrawal;
pub mod zone;
