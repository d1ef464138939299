//! A one-line text field with the line-editing keys people know. What the text is for is left to its owner.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost_common::text::Clean;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The most that is taken, in bytes: names and filters are short.
const MAX_BYTES: usize = 400;

/// Text with a cursor between two graphemes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input {
    text: String,
    cursor: usize,
    most: Option<usize>,
}

/// Where a key leads from the cursor.
#[derive(Clone, Copy)]
enum To {
    Start,
    End,
    Left,
    Right,
    WordLeft,
    WordRight,
}

impl Input {
    /// A field for something longer than a name.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { most: Some(bytes), ..Self::default() }
    }

    /// What was typed.
    pub(crate) fn text(&self) -> String {
        self.text.clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes a key; false when it means nothing here.
    pub(crate) fn key(&mut self, key: KeyEvent) -> bool {
        let has = |modifier| key.modifiers.contains(modifier);
        let (control, alt) = (has(KeyModifiers::CONTROL), has(KeyModifiers::ALT));
        match (key.code, control, alt) {
            (KeyCode::Char('a'), true, _) | (KeyCode::Home, ..) => self.go(To::Start),
            (KeyCode::Char('e'), true, _) | (KeyCode::End, ..) => self.go(To::End),
            (KeyCode::Char('b'), true, _) => self.go(To::Left),
            (KeyCode::Char('f'), true, _) => self.go(To::Right),
            (KeyCode::Char('b'), _, true) => self.go(To::WordLeft),
            (KeyCode::Char('f'), _, true) => self.go(To::WordRight),
            (KeyCode::Left, ..) => self.go(if control || alt { To::WordLeft } else { To::Left }),
            (KeyCode::Right, ..) => self.go(if control || alt { To::WordRight } else { To::Right }),
            (KeyCode::Char('u'), true, _) => self.cut(To::Start),
            (KeyCode::Char('k'), true, _) => self.cut(To::End),
            (KeyCode::Char('w'), true, _) | (KeyCode::Backspace, _, true) => self.cut(To::WordLeft),
            (KeyCode::Char('d'), _, true) => self.cut(To::WordRight),
            (KeyCode::Char('h'), true, _) | (KeyCode::Backspace, ..) => self.cut(To::Left),
            (KeyCode::Char('d'), true, _) | (KeyCode::Delete, ..) => self.cut(To::Right),
            (KeyCode::Char(c), false, false) => self.insert(c),
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
        Clean::line(&self.text)
    }

    /// The text with its cursor, at most `cells` wide: what is around the cursor is seen.
    pub(crate) fn field(&self, cells: usize) -> String {
        field(&self.text[..self.cursor], &self.text[self.cursor..], cells)
    }

    /// The same, with everything but the first characters hidden.
    pub(crate) fn masked_field(&self, clear: usize, cells: usize) -> String {
        let masked = |(place, grapheme): (usize, &str)| if place < clear { grapheme.to_owned() } else { "*".to_owned() };
        let graphemes: Vec<_> = self.text.graphemes(true).enumerate().map(masked).collect();
        let (before, after) = graphemes.split_at(self.text[..self.cursor].graphemes(true).count().min(graphemes.len()));
        field(&before.concat(), &after.concat(), cells)
    }

    fn insert(&mut self, c: char) {
        if self.text.len() + c.len_utf8() <= self.most.unwrap_or(MAX_BYTES) {
            self.text.insert(self.cursor, c);
            self.cursor += c.len_utf8();
            // A combining character joins what stands before; the cursor never stands within.
            self.cursor = self.boundary_from(self.cursor);
        }
    }

    fn boundary_from(&self, at: usize) -> usize {
        self.boundaries().find(|boundary| *boundary >= at).unwrap_or(self.text.len())
    }

    fn boundaries(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.text.grapheme_indices(true).map(|(at, _)| at).chain([self.text.len()])
    }

    fn target(&self, to: To) -> usize {
        let (before, after) = self.text.split_at(self.cursor);
        match to {
            To::Start => 0,
            To::End => self.text.len(),
            To::Left => self.boundaries().rfind(|at| *at < self.cursor).unwrap_or(0),
            To::Right => self.boundaries().find(|at| *at > self.cursor).unwrap_or(self.text.len()),
            To::WordLeft => before.trim_end().rfind(' ').map_or(0, |blank| blank + 1),
            To::WordRight => {
                let blanks = after.len() - after.trim_start().len();
                after.trim_start().find(' ').map_or(self.text.len(), |blank| self.cursor + blanks + blank)
            }
        }
    }

    fn go(&mut self, to: To) {
        self.cursor = self.target(to);
    }

    /// Takes out what lies between the cursor and there.
    fn cut(&mut self, to: To) {
        let target = self.target(to);
        let (start, end) = (target.min(self.cursor), target.max(self.cursor));
        self.text.replace_range(start..end, "");
        self.cursor = self.boundary_from(start);
    }
}

/// The cursor, seen without colour.
const CURSOR: &str = "▏";

fn field(before: &str, after: &str, cells: usize) -> String {
    let (before, after) = (Clean::line(before), Clean::line(after));
    let room = cells.saturating_sub(1);
    let mut out = last_cells(before.as_str(), room);
    let left = room - out.width();
    out.push_str(CURSOR);
    out.push_str(&after.cut(left));
    out
}

/// The end of a text that fits, with `…` where something is missing.
fn last_cells(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut used = 1;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > cells {
            break;
        }
        start = at;
    }
    if cells == 0 { String::new() } else { format!("…{}", &text[start..]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)
    }

    fn alt(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT)
    }

    fn typed(text: &str) -> Input {
        let mut input = Input::default();
        input.paste(text);
        input
    }

    #[test]
    fn the_usual_keys_edit_the_line() {
        let cases: &[(&str, &[KeyEvent], &str)] = &[
            ("order round lots", &[control('w')], "order round ▏"),
            ("order round lots", &[control('a'), KeyCode::Delete.into()], "▏rder round lots"),
            ("order round lots", &[control('a'), control('d')], "▏rder round lots"),
            ("order round lots", &[control('h')], "order round lot▏"),
            ("order round lots", &[alt('b')], "order round ▏lots"),
            ("order round lots", &[alt('b'), alt('b'), control('k')], "order ▏"),
            ("order round lots", &[alt('b'), control('u')], "▏lots"),
            ("order round lots", &[control('a'), alt('f')], "order▏ round lots"),
            ("order round lots", &[control('a'), alt('f'), alt('d')], "order▏ lots"),
            ("order", &[control('b'), control('b'), control('f'), KeyCode::Char('x').into()], "ordex▏r"),
            ("order", &[KeyCode::Home.into(), KeyCode::End.into(), KeyCode::Left.into()], "orde▏r"),
            ("order", &[control('u'), control('u'), control('w'), control('h'), control('d')], "▏"),
        ];
        for (text, keys, expected) in cases {
            let mut input = typed(text);
            keys.iter().for_each(|key| assert!(input.key(*key)));
            assert_eq!(input.field(40), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_grapheme_is_one_step_and_goes_as_a_whole() {
        let mut input = typed("zażo\u{301}łć 漢字");
        input.key(KeyCode::Left.into());
        assert_eq!(input.field(40), "zażo\u{301}łć 漢▏字");
        for _ in 0..4 {
            input.key(KeyCode::Left.into());
        }
        input.key(KeyCode::Backspace.into());
        assert_eq!(input.text(), "zażłć 漢字");
    }

    #[test]
    fn a_combining_character_never_leaves_the_cursor_within_a_grapheme() {
        let mut input = typed("e");
        input.key(KeyCode::Home.into());
        input.key(KeyCode::Char('\u{301}').into());
        input.key(KeyCode::Char('e').into());
        input.key(KeyCode::Left.into());
        input.key(KeyCode::Char('\u{301}').into());
        input.key(KeyCode::Backspace.into());
        assert!(input.text.is_char_boundary(input.cursor));
    }

    #[test]
    fn a_text_that_is_too_long_scrolls_with_its_cursor() {
        let mut input = typed("4712-Settlement-fx.st");
        assert_eq!(input.field(8), "…-fx.st▏");
        input.key(KeyCode::Home.into());
        assert_eq!(input.field(8), "▏4712-S…");
        for cells in 0..30 {
            assert!(typed("漢字漢字漢字").field(cells).width() <= cells.max(1), "{cells}");
        }
    }

    #[test]
    fn a_secret_shows_its_first_characters_only() {
        assert_eq!(typed("fieldpost-login.secret").masked_field(16, 40), "fieldpost-login.******▏");
    }

    #[test]
    fn a_pasted_line_end_is_left_out() {
        assert_eq!(typed("acme\r\n\x1b[A").text(), "acme[A");
    }
}
