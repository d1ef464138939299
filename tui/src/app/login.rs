//! The screen of somebody who isn't logged in: takes the login string and hands it on. Logging in is left to `crate::login`.

pub(crate) mod bindings;
pub(crate) mod draw;

use super::input::Input;
use super::keymap::Action;
use super::model::{Effect, Model, Seat};
use super::office::{LoginString, Newcomer, Request, Trouble};
use super::update::start;
use std::fmt;

/// The most that is taken: login strings are a few hundred bytes.
const LONGEST: usize = 8 << 10;

/// How far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Typing,
    /// The server is being asked.
    Asking,
    /// Why it came to nothing.
    Failed(String),
}

/// The screen.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LoginView {
    pub(crate) input: Input,
    pub(crate) step: Step,
}

impl fmt::Debug for LoginView {
    /// Without what was typed: it is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginView({:?})", self.step)
    }
}

impl Default for LoginView {
    fn default() -> Self {
        Self { input: Input::with_room(LONGEST), step: Step::Typing }
    }
}

/// Carries out a key.
pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match (action, &mut model.login) {
        (Action::Decline, _) => vec![Effect::Quit],
        (Action::Accept, Some(login)) => {
            login.step = Step::Asking;
            vec![Effect::Ask(Request::LogIn(LoginString(login.input.text().trim().to_owned())))]
        }
        _ => Vec::new(),
    }
}

/// Takes the answer: on to the patches, or the reason under the field.
pub(crate) fn answered(model: &mut Model, answer: Result<Newcomer, Trouble>) -> Vec<Effect> {
    let Some(login) = &mut model.login else { return Vec::new() };
    match answer {
        Ok(newcomer) => {
            model.login = None;
            model.seat = Seat { user: newcomer.user, server: newcomer.server };
            model.dialog = super::dialog::Info::welcome(newcomer.advice);
            start()
        }
        Err(trouble) => {
            login.step = Step::Failed(trouble.words().to_owned());
            Vec::new()
        }
    }
}
