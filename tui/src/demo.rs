//! `fieldpost demo`: a server, three sites and this app on this machine, as real processes in a temporary folder.
//!
//! `world` starts and ends them, `files` is what they play with, `story` and its chapters play without a terminal, `life` behind the app.

mod binaries;
mod crashes;
mod files;
mod health;
mod letterbox;
mod life;
mod outages;
mod recovery;
mod story;
mod teller;
mod until;
mod world;

use crate::app::ColorChoice;
use crate::app::settings::FILE as SETTINGS;
use crate::keyring::Keyring;
use crate::session::SessionError;
use fieldpost_common::exit;
use std::path::{Path, PathBuf};
use tokio::signal::unix::{SignalKind, signal};
use world::World;

/// Why the demo didn't come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A program isn't beside this one.
    #[error(
        "{0} is missing: the demo starts the real programs\nbuild them with `cargo build --release --bins` and run the `fieldpost` beside them"
    )]
    Missing(PathBuf),
    /// A file or a process.
    #[error("{what}: {error}")]
    Io {
        /// On what.
        what: String,
        /// The system's words.
        error: std::io::Error,
    },
    /// A command ended in another way than it should.
    #[error("`{command}` ended with {code}\n{said}")]
    Command {
        /// What was run.
        command: String,
        /// Its exit code; -1: a signal.
        code: i32,
        /// What it printed.
        said: String,
    },
    /// Something didn't hold.
    #[error("this did not hold: {0}")]
    Check(String),
    /// A person or the system ended it.
    #[error("the demo was interrupted")]
    Interrupted,
    /// Nobody is there to look.
    #[error("the demo needs a terminal\nuse `fieldpost demo --headless` to play it without one")]
    NoTerminal,
    /// The app itself.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The app itself.
    #[error("{0}")]
    App(String),
}

impl DemoError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoTerminal => exit::USAGE,
            Self::Session(error) => error.exit_code(),
            _ => exit::FAILED,
        }
    }

    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}

/// Plays the demo: with the app, or headless as a checked story. All processes and files are gone when it returns.
pub async fn run(headless: bool, has_screen: bool, colours: ColorChoice) -> Result<u8, DemoError> {
    if !headless && !has_screen {
        return Err(DemoError::NoTerminal);
    }
    let mut world = World::make()?;
    let folder = world.path().display().to_string();
    say(&format!("fieldpost demo in {folder}"));
    let played = if headless {
        tokio::select! {
            played = story::play(&mut world) => played,
            () = interrupted() => Err(DemoError::Interrupted),
        }
    } else {
        show(&mut world, colours).await
    };
    if played.is_err() {
        world.show_logs();
    }
    drop(world);
    let left = std::path::Path::new(&folder).exists();
    say(&format!("all processes ended, {folder} {}", if left { "could not be removed whole" } else { "removed" }));
    played.map(|()| exit::OK)
}

/// The app over a world in which things go on happening. The app itself listens to signals while it runs.
async fn show(world: &mut World, colours: ColorChoice) -> Result<(), DemoError> {
    let icon = tokio::select! {
        icon = life::prepare(world) => icon?,
        () = interrupted() => return Err(DemoError::Interrupted),
    };
    let keyring = world.keyring();
    if let Ok(own) = Keyring::from_environment() {
        bring_settings(own.folder(), keyring.folder());
    }
    let words = life::words(world, &icon);
    let life = life::go_on(world);
    tokio::select! {
        ended = crate::app::run_with_words(keyring, colours, words) => ended.map_err(|error| DemoError::App(format!("{error:#}"))),
        never = life => match never {},
    }
}

/// Keys and looks are the person's own in the demo too. Without settings there is nothing to bring.
fn bring_settings(from: &Path, to: &Path) {
    let _ = std::fs::copy(from.join(SETTINGS), to.join(SETTINGS));
}

async fn interrupted() {
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else { return std::future::pending().await };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

/// Says how far it is. A reader that went away doesn't keep the demo from cleaning up.
fn say(words: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{words}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]
    use super::*;

    #[test]
    fn the_demo_has_the_keys_and_looks_of_the_person() {
        let (own, demo) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        bring_settings(own.path(), demo.path());
        assert!(!demo.path().join(SETTINGS).exists(), "without settings nothing is brought");
        std::fs::write(own.path().join(SETTINGS), "[look]\nascii = true\n").unwrap();
        bring_settings(own.path(), demo.path());
        assert_eq!(std::fs::read_to_string(demo.path().join(SETTINGS)).unwrap(), "[look]\nascii = true\n");
    }
}
