//! A search in what a screen shows: what is looked for, where it was found, and which of these places was gone to. Where it can be found,
//! and how a place is brought on the screen, is left to the screen.

use super::input::Input;
use regex::{Regex, RegexBuilder};

/// What is looked for. `Back` is how the screen was before it was typed, `Place` where something was found.
#[derive(Debug)]
pub(crate) struct Search<Back, Place> {
    pub(crate) input: Input,
    /// How the screen was before, while it is being typed.
    pub(crate) typing: Option<Back>,
    pattern: Option<Regex>,
    /// In the order in which they are shown.
    found: Vec<Place>,
    /// Which of them was gone to.
    at: usize,
    /// There is more than was counted.
    more: bool,
}

impl<Back, Place> Default for Search<Back, Place> {
    fn default() -> Self {
        Self { input: Input::default(), typing: None, pattern: None, found: Vec::new(), at: 0, more: false }
    }
}

impl<Back, Place> Search<Back, Place> {
    /// Begins to be typed.
    pub(crate) fn begin(back: Back) -> Self {
        Self { typing: Some(back), ..Self::default() }
    }

    /// Whether there is something to look for, or it is being typed.
    pub(crate) fn is_on(&self) -> bool {
        self.typing.is_some() || self.pattern.is_some()
    }

    pub(crate) fn pattern(&self) -> Option<&Regex> {
        self.pattern.as_ref()
    }

    /// Reads what was typed: small letters stand for capitals too.
    pub(crate) fn compile(&mut self) {
        let text = self.input.text();
        let fold = !text.chars().any(char::is_uppercase);
        let build = || RegexBuilder::new(&regex::escape(&text)).case_insensitive(fold).build().ok();
        self.pattern = if text.is_empty() { None } else { build() };
    }

    /// Takes where it was found; `more`: that isn't all.
    pub(crate) fn take(&mut self, found: Vec<Place>, more: bool) {
        self.at = self.at.min(found.len().saturating_sub(1));
        (self.found, self.more) = (found, more);
    }

    /// Goes to the first place that is so, or to the first of all.
    pub(crate) fn go(&mut self, which: impl FnMut(&Place) -> bool) {
        self.at = self.found.iter().position(which).unwrap_or(0);
    }

    /// Goes to the next place, or to the one before; around at the ends. False where there is none.
    pub(crate) fn step(&mut self, forward: bool) -> bool {
        let many = self.found.len();
        if many > 0 {
            self.at = (self.at + if forward { 1 } else { many - 1 }) % many;
        }
        many > 0
    }

    /// Whether there is a place to go to.
    pub(crate) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// The place that was gone to.
    pub(crate) fn here(&self) -> Option<&Place> {
        self.found.get(self.at)
    }

    /// `/lots▏ 3/17`.
    pub(crate) fn words(&self) -> String {
        let cursor = if self.typing.is_some() { "▏" } else { "" };
        let count = match (self.found.len(), &self.pattern) {
            (_, None) => String::new(),
            (0, _) => "not found".to_owned(),
            (many, _) => format!("{}/{many}{}", self.at + 1, if self.more { " and more" } else { "" }),
        };
        format!("/{}{cursor}  {count}", self.input.shown())
    }
}
