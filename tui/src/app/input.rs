//! A one-line text field with the line-editing keys people know. What the text is for is left to its owner.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost_common::text::Clean;

/// The most that is taken, in characters: names and filters are short.
const MAX_CHARS: usize = 200;

/// Text with a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input {
    chars: Vec<char>,
    cursor: usize,
}

impl Input {
    /// The text before and after the cursor's place.
    pub(crate) fn text(&self) -> String {
        self.chars.iter().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// Takes a key; false when it means nothing here.
    pub(crate) fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, control) {
            (KeyCode::Char('a'), true) | (KeyCode::Home, _) => self.cursor = 0,
            (KeyCode::Char('e'), true) | (KeyCode::End, _) => self.cursor = self.chars.len(),
            (KeyCode::Char('u'), true) => drop(self.chars.drain(..std::mem::take(&mut self.cursor))),
            (KeyCode::Char('k'), true) => self.chars.truncate(self.cursor),
            (KeyCode::Char('w'), true) => self.delete_word(),
            (KeyCode::Backspace, _) | (KeyCode::Char('h'), true) => self.backspace(),
            (KeyCode::Delete, _) if self.cursor < self.chars.len() => drop(self.chars.remove(self.cursor)),
            (KeyCode::Left, _) => self.cursor = self.cursor.saturating_sub(1),
            (KeyCode::Right, _) => self.cursor = (self.cursor + 1).min(self.chars.len()),
            (KeyCode::Char(c), false) if !key.modifiers.contains(KeyModifiers::ALT) => self.insert(c),
            _ => return false,
        }
        true
    }

    /// Takes pasted text; line ends and other control characters are left out, so that a paste never confirms.
    pub(crate) fn paste(&mut self, text: &str) {
        text.chars().filter(|c| !fieldpost_common::text::is_hidden(*c)).for_each(|c| self.insert(c));
    }

    /// The text as it may be shown.
    pub(crate) fn shown(&self) -> Clean {
        Clean::line(&self.text())
    }

    fn insert(&mut self, c: char) {
        if self.chars.len() < MAX_CHARS {
            self.chars.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.chars.remove(self.cursor);
        }
    }

    fn delete_word(&mut self) {
        let before = &self.chars[..self.cursor];
        let end = before.iter().rposition(|c| *c != ' ').map_or(0, |at| at + 1);
        let start = before[..end].iter().rposition(|c| *c == ' ').map_or(0, |at| at + 1);
        self.chars.drain(start..self.cursor);
        self.cursor = start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)
    }

    #[test]
    fn the_usual_keys_edit_the_line() {
        let mut input = Input::default();
        input.paste("order round lots");
        input.key(control('w'));
        assert_eq!(input.text(), "order round ");
        input.key(control('a'));
        input.key(KeyCode::Delete.into());
        assert_eq!(input.text(), "rder round ");
        input.key(control('e'));
        input.key(KeyCode::Backspace.into());
        assert_eq!(input.text(), "rder round");
        input.key(control('u'));
        assert!(input.is_empty());
    }

    #[test]
    fn a_pasted_line_end_is_left_out() {
        let mut input = Input::default();
        input.paste("acme\r\n\x1b[A");
        assert_eq!(input.text(), "acme[A");
    }
}
