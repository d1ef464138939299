//! The app as people use it: keys in, screen and requests out.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod acting;
mod activity;
mod large;
mod live;
mod looks;
mod moving;
mod sites;
mod tabs;
mod wire;
