//! fieldpost's terminal app and its command-line twin: what both share, and each of them.
//!
//! `about` puts into words what an agent says of itself. [`client`] speaks to the server, [`keyring`] keeps token and keys, [`session`] is both together, [`drafts`] keeps what was begun; [`send`], [`publish`] and
//! [`order_action`] are the only places that sign, [`output_file`] the one that writes where a person says. `app` is the terminal app, [`cli`] the command line, [`demo`] a whole system on one machine.

mod about;
pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod demo;
pub mod drafts;
pub mod keyring;
pub mod login;
pub mod order_action;
pub mod output_file;
pub mod publish;
pub mod send;
pub mod session;
pub mod surroundings;
pub mod withdraw;
