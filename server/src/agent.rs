//! What agents ask: one file per address.

pub(crate) mod content;
pub(crate) mod enroll;
pub(crate) mod inventory;
pub(crate) mod memory;
pub(crate) mod output;
pub(crate) mod peek;
pub(crate) mod poll;
pub(crate) mod results;
pub(crate) mod state;
pub(crate) mod walkbacks;
