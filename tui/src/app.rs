//! The terminal app: Model, Message, update, view, and the loop that drives them. What the rules are is left to `app::update`,
//! who answers requests to an [`office::Office`].

mod act;
mod activity;
pub mod compare;
mod desk;
mod dialog;
mod diff;
mod drive;
mod flight;
mod fuzzy;
mod grid;
mod header;
mod help;
mod input;
mod keymap;
mod model;
pub mod office;
mod paint;
mod screens;
mod scroll;
mod sites;
mod stage;
mod terminal;
mod theme;
mod unread;
mod update;
mod view;
mod when;

#[cfg(test)]
mod harness;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use drive::run_with;
pub use grid::sheet::Sheet;
pub use model::Seat;
pub use stage::Stage;

use crate::session::Session;

/// Runs the app for somebody who is logged in, until that person quits or a signal ends it.
pub async fn run(session: Session) -> anyhow::Result<()> {
    let server = session.client.url();
    let server = server.split_once("://").map_or(server, |(_, rest)| rest).to_owned();
    let seat = Seat { user: session.user.to_string(), server };
    run_with(seat, desk::Desk::new(session)).await
}
