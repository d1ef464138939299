//! What the app has said in this session: notes and errors with their times. The screen that shows them is `messages::draw`.

pub(crate) mod draw;

use super::keymap::Action;
use super::model::Model;
use super::screens::Screen;
use super::scroll::stepped;
use fieldpost_common::time::Timestamp;
use std::collections::VecDeque;

/// So many are kept.
const KEPT: usize = 100;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) at: Timestamp,
    pub(crate) error: bool,
    pub(crate) words: String,
}

/// The newest come last.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    said: VecDeque<Said>,
}

impl Messages {
    /// Keeps a message; one that only repeats the last is not kept twice.
    pub(crate) fn keep(&mut self, words: &str, error: bool, at: Timestamp) {
        match self.said.back_mut() {
            Some(last) if last.words == words && last.error == error => last.at = at,
            _ => self.said.push_back(Said { at, error, words: words.to_owned() }),
        }
        while self.said.len() > KEPT {
            self.said.pop_front();
        }
    }

    /// Newest first.
    pub(crate) fn newest_first(&self) -> impl ExactSizeIterator<Item = &Said> {
        self.said.iter().rev()
    }
}

/// The screen: how far it is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MessagesView {
    pub(crate) top: usize,
}

/// Carries out a key.
pub(crate) fn act(model: &mut Model, action: Action) {
    let lines = draw::lines(model, usize::from(model.size.0)).len();
    let page = draw::page(model.size);
    if let Some(Screen::Messages(view)) = model.screens.top_mut() {
        view.top = stepped(view.top, lines, page, action).min(lines.saturating_sub(page));
    }
}
