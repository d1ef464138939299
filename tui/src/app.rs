//! The terminal app: Model, Message, update, view, and the loop that drives them. What the rules are is left to `app::update`,
//! who answers requests to an [`office::Office`].

mod act;
mod activity;
mod alerts;
mod clipboard;
mod commands;
pub mod compare;
mod conflict;
mod copy;
mod desk;
mod dialog;
mod diff;
mod drive;
mod editor;
mod errors;
mod flight;
mod fuzzy;
mod glyphs;
mod grid;
mod header;
mod help;
mod history;
mod input;
mod jobs;
pub(crate) mod keymap;
mod list;
mod login;
pub(crate) mod look;
mod messages;
mod model;
pub mod office;
mod overlay;
mod paint;
mod palette;
mod popup;
mod review;
mod screens;
mod scroll;
mod search;
pub(crate) mod settings;
mod sites;
mod stage;
mod terminal;
mod theme;
mod told;
mod undo;
mod unread;
mod update;
mod view;
mod when;

#[cfg(test)]
mod harness;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sample_commands;
#[cfg(test)]
mod sample_errors;
#[cfg(test)]
mod sample_health;
#[cfg(test)]
mod tests;

pub use drive::run_with;
pub use grid::sheet::Sheet;
pub use look::ColorChoice;
pub use model::Seat;
pub use stage::Stage;

use crate::keyring::{Keyring, KeyringError};
use crate::session::{Session, SessionError};
use crate::surroundings::Surroundings;

/// Runs the app, until the person quits or a signal ends it. Whoever isn't logged in is asked for the login string.
pub async fn run(keyring: Keyring, colours: ColorChoice) -> anyhow::Result<()> {
    run_with_words(keyring, colours, Vec::new()).await
}

/// The same, with something to read first.
pub(crate) async fn run_with_words(keyring: Keyring, colours: ColorChoice, words: Vec<String>) -> anyhow::Result<()> {
    let session = match Session::open_from(keyring.clone()) {
        Ok(session) => Some(session),
        Err(SessionError::Keyring(KeyringError::NotLoggedIn(_))) => None,
        Err(error) => return Err(error.into()),
    };
    let settings = settings::load(&keyring);
    let around = Surroundings::read();
    let setup = drive::Setup {
        seat: session.as_ref().map(seat),
        look: look::look(colours, settings.look, &around),
        file: settings::file(&keyring).display().to_string(),
        settings,
        around,
        words,
    };
    drive::run_setup(setup, desk::Desk::new(keyring, session)).await
}

fn seat(session: &Session) -> Seat {
    Seat { user: session.user.to_string(), server: session.server().to_owned() }
}
