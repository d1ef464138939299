//! A line as a person sees it: without what colours it, without what has no width, and with what was struck over what.
//!
//! The server takes escape sequences out of what it reads, a terminal obeys them: a secret that is whole then must be found as it is then.

use super::reading::Sign;
use fieldpost_common::escape::{begins_sequence, sequence};
use fieldpost_common::text::is_hidden;
use std::iter::Peekable;

pub(super) const BACKSPACE: char = '\x08';

/// Whether it shows nothing, and holds nothing apart. What separates the fields of a message (the first control characters, the last) isn't
/// of this kind, though a terminal doesn't show it either: without it a rule that ends at it would take the rest of the line too.
pub(super) fn vanishes(character: char) -> bool {
    match character {
        '\0' | '\x07' | BACKSPACE | '\x0e' | '\x0f' | '\x1b' => true,
        '\0'..' ' | '\u{85}' | '\u{2028}' | '\u{2029}' => false,
        _ => is_hidden(character),
    }
}

/// Leaves out what shows nothing, but for backspaces.
#[derive(Clone)]
pub(super) struct Shown<I> {
    signs: I,
}

impl<I> Shown<I> {
    pub(super) fn of(signs: I) -> Self {
        Self { signs }
    }
}

impl<I: Iterator<Item = Sign> + Clone> Iterator for Shown<I> {
    type Item = Sign;

    fn next(&mut self) -> Option<Sign> {
        loop {
            let sign = self.signs.next()?;
            let rest = || self.signs.clone().map(|sign| sign.character);
            match begins_sequence(sign.character).then(|| sequence(sign.character, rest())).flatten() {
                Some(length) => self.signs.by_ref().take(length).for_each(drop),
                None if sign.character == BACKSPACE || !vanishes(sign.character) => return Some(sign),
                None => {}
            }
        }
    }
}

/// What stands before a backspace is struck over by what stands behind it: so printers, and `man`, write bold and underlined.
#[derive(Clone)]
pub(super) struct Overstruck<I: Iterator<Item = Sign>> {
    signs: Peekable<I>,
}

impl<I: Iterator<Item = Sign>> Overstruck<I> {
    pub(super) fn of(signs: I) -> Self {
        Self { signs: signs.peekable() }
    }
}

impl<I: Iterator<Item = Sign> + Clone> Iterator for Overstruck<I> {
    type Item = Sign;

    fn next(&mut self) -> Option<Sign> {
        let mut sign = self.signs.find(|sign| sign.character != BACKSPACE)?;
        while self.signs.next_if(|next| next.character == BACKSPACE).is_some() {
            let Some(over) = self.signs.next_if(|next| next.character != BACKSPACE) else { continue };
            // A line below is no other character.
            let character = if over.character == '_' { sign.character } else { over.character };
            sign = Sign { character, start: sign.start, end: over.end };
        }
        Some(sign)
    }
}
