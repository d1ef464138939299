//! What the terminal app and scripts ask: one file per group of addresses.

pub(crate) mod activity;
pub(crate) mod applications;
pub(crate) mod badges;
pub(crate) mod changes;
pub(crate) mod commands;
pub(crate) mod content;
pub(crate) mod corrections;
pub(crate) mod errors;
pub(crate) mod grid;
pub(crate) mod login;
pub(crate) mod orders;
pub(crate) mod publications;
pub(crate) mod purges;
pub(crate) mod recall;
pub(crate) mod sites;
pub(crate) mod status;
pub(crate) mod trust;
pub(crate) mod users;
