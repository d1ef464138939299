//! The machine on a bench: what goes to the server and what its answers change.

mod bench;
mod network;
