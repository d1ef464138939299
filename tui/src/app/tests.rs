//! The app as people use it: keys in, screen and requests out.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod acting;
mod activity;
mod alerts;
mod anything;
mod bulk;
mod bulk_looks;
mod colours;
mod commands;
mod conflicts;
mod diffs;
mod errors;
mod jobs;
mod large;
mod live;
mod looks;
mod looks_diff;
mod moving;
mod offline;
mod overlays;
mod rebound;
mod sites;
mod tabs;
mod undo;
mod wire;
mod wire_diff;
