//! The machine on a bench: what goes to the server, what its answers change, and that every order has one end.

mod bench;
mod commands;
mod ends;
mod network;
mod pace;
mod patience;
mod waiting;
mod walkbacks;
