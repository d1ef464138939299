//! The harness for tests of the whole system: real binaries, real sockets, a real terminal.
//!
//! - [`binaries`] builds the three programs once, so that no test drives stale ones;
//! - [`patience`] waits for a condition instead of for a time;
//! - [`background`] keeps one running beside a test;
//! - [`cli`] runs `fieldpost` as a script would;
//! - [`disk_image`] is a disk whose power can be cut;
//! - [`letterbox`] takes the mails of a server;
//! - [`measure`] reads what benchmarks want to know of a process;
//! - [`world`] starts a server and sites in a temporary directory, and can kill each of them;
//! - [`terminal`] runs the app in a pseudo terminal and reads its screen.

#![expect(clippy::missing_panics_doc, reason = "a harness panics: that is how a test fails")]

pub mod background;
pub mod binaries;
pub mod cli;
pub mod disk_image;
pub mod letterbox;
pub mod measure;
pub mod patience;
pub mod proxy;
pub mod terminal;
pub mod world;
