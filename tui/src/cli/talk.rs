//! Data on standard output, talk on standard error, questions only where somebody can answer.

use super::failure::Failure;
use crate::app::ColorChoice;
use crate::app::look::{ThemeWish, colours};
use crate::surroundings::Surroundings;
use fieldpost_common::text::Clean;
use serde::Serialize;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// How a command speaks, and to whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    json: bool,
    out: Out,
    /// Standard input is a terminal.
    keyboard: bool,
    /// Standard error is a terminal.
    listener: bool,
}

/// What standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    Program,
    Mono,
    Colour,
}

impl Talk {
    /// Speaks JSON or words.
    pub(crate) fn new(json: bool, choice: ColorChoice) -> Self {
        let out = match std::io::stdout().is_terminal() {
            false => Out::Program,
            true if colours(choice, ThemeWish::Auto, &Surroundings::read()).on => Out::Colour,
            true => Out::Mono,
        };
        Self { json, out, keyboard: std::io::stdin().is_terminal(), listener: std::io::stderr().is_terminal() }
    }

    /// Whether data goes out as JSON.
    pub(crate) fn json(self) -> bool {
        self.json
    }

    /// Whether standard output shows colours.
    pub(crate) fn colour(self) -> bool {
        self.out == Out::Colour
    }

    /// Whether standard output is a terminal.
    pub(crate) fn is_terminal(self) -> bool {
        self.out != Out::Program
    }

    /// Whether there is a screen and a keyboard.
    pub(crate) fn has_screen(self) -> bool {
        self.keyboard && self.is_terminal()
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_ask(self) -> bool {
        self.keyboard && self.listener
    }

    /// Data for a program, as one JSON document, or else for people, as text.
    pub(crate) fn data(self, json: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string_pretty(json).map_err(|error| Failure::new(format!("JSON: {error}")))?
        } else {
            words()
        };
        if text.is_empty() {
            return Ok(());
        }
        self.raw(format!("{}\n", text.trim_end_matches('\n')).as_bytes())
    }

    /// Bytes as they are. A reader that goes away is no failure of the command.
    #[expect(clippy::unused_self, reason = "all that is said goes through here")]
    pub(crate) fn raw(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::new(format!("standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Says something beside the data.
    #[expect(clippy::unused_self, reason = "all that is said goes through here")]
    pub(crate) fn say(self, words: &str) {
        // Nobody listens: nothing is lost.
        let _ = writeln!(std::io::stderr(), "{}", Clean::lines(words).as_str());
    }

    /// Says why a command failed.
    pub(crate) fn fail(self, failure: &Failure) {
        self.say(&format!("fieldpost: {}", failure.words.replace('\n', "\n  ")));
    }

    /// Asks for a yes; without a terminal the command line must have said it.
    pub(crate) fn confirm(self, question: &str, flag: &str) -> Result<bool, Failure> {
        if !self.can_ask() {
            return Err(Failure::usage(format!("{question}\nthere is no terminal to ask on: say {flag} if it is meant")));
        }
        let answer = self.ask(&format!("{question} [y/N]"))?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a word.
    pub(crate) fn ask(self, question: &str) -> Result<String, Failure> {
        if !self.can_ask() {
            return Err(Failure::usage("there is no terminal to ask on"));
        }
        let failed = |error| Failure::new(format!("the terminal: {error}"));
        let mut err = std::io::stderr().lock();
        write!(err, "{} ", Clean::lines(question).as_str()).and_then(|()| err.flush()).map_err(failed)?;
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
        Ok(line.trim().to_owned())
    }
}
