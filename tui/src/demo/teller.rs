//! Says what happened, and ends the story at the first thing that doesn't hold.

use super::{DemoError, say};
use crate::clock::Stopwatch;

/// The steps that are over.
pub(super) struct Teller {
    steps: usize,
    watch: Stopwatch,
}

impl Teller {
    /// Begins to count.
    pub(super) fn start() -> Self {
        Self { steps: 0, watch: Stopwatch::start() }
    }

    /// Says what happened and what was looked at.
    pub(super) fn held(&mut self, what: &str, checked: &str) {
        self.steps += 1;
        say(&format!("{:>2}. {what}\n      checked: {checked}  ({:.1} s)", self.steps, self.watch.elapsed().as_secs_f64()));
    }

    /// Says that all of it held.
    pub(super) fn end(&self) {
        say(&format!("all {} steps held in {:.1} s", self.steps, self.watch.elapsed().as_secs_f64()));
    }
}

/// Something must hold.
pub(super) fn check(holds: bool, what: impl Into<String>) -> Result<(), DemoError> {
    if holds { Ok(()) } else { Err(DemoError::Check(what.into())) }
}
