//! A key as it is bound, and how it is written for people and in settings.

use super::nearest::nearest;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key; Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) code: KeyCode,
    pub(crate) ctrl: bool,
    pub(crate) alt: bool,
}

pub(crate) const fn key(code: KeyCode) -> Key {
    Key { code, ctrl: false, alt: false }
}

pub(crate) const fn ch(c: char) -> Key {
    key(KeyCode::Char(c))
}

pub(crate) const fn ctrl(c: char) -> Key {
    Key { code: KeyCode::Char(c), ctrl: true, alt: false }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let has = |modifier| event.modifiers.contains(modifier);
        Self { code: event.code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT) }
    }
}

/// Keys that have a name.
const NAMED: &[(&str, KeyCode)] = &[
    ("Space", KeyCode::Char(' ')),
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
];

/// What a terminal sends for some keys can't be told from another key.
const SAME: &[(char, &str)] = &[('i', "Tab"), ('m', "Enter"), ('[', "Esc")];

impl Key {
    /// How the key is written for people and in settings.
    pub(crate) fn label(self) -> String {
        let name = NAMED.iter().find(|(_, code)| *code == self.code).map(|(name, _)| (*name).to_owned());
        let name = name.unwrap_or_else(|| match self.code {
            KeyCode::Char(c) => c.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            other => format!("{other:?}"),
        });
        format!("{}{}{name}", if self.ctrl { "Ctrl-" } else { "" }, if self.alt { "Alt-" } else { "" })
    }

    /// Reads a key as it is written; else why not, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (mut key, mut rest) = (key(KeyCode::Null), text);
        loop {
            let prefix = |prefix: &str| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
            match rest {
                _ if prefix("Ctrl-") && rest.len() > 5 && !key.ctrl => (key.ctrl, rest) = (true, &rest[5..]),
                _ if prefix("Alt-") && rest.len() > 4 && !key.alt => (key.alt, rest) = (true, &rest[4..]),
                _ => break,
            }
        }
        key.code = code(rest).ok_or_else(|| unreadable(text, rest))?;
        if let (true, KeyCode::Char(c)) = (key.ctrl, key.code) {
            let c = c.to_ascii_lowercase();
            key.code = KeyCode::Char(c);
            if let Some((_, same)) = SAME.iter().find(|(letter, _)| *letter == c) {
                return Err(format!("terminals send the same for {text} and {same}; write {same}"));
            }
        }
        Ok(key)
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!fieldpost_common::text::is_hidden(c)).then_some(KeyCode::Char(c));
    }
    let number = name.strip_prefix(['F', 'f']).and_then(|number| number.parse().ok());
    if let Some(number @ 1..=12) = number {
        return Some(KeyCode::F(number));
    }
    NAMED.iter().find(|(named, _)| named.eq_ignore_ascii_case(name)).map(|(_, code)| *code)
}

fn unreadable(text: &str, name: &str) -> String {
    let suggestion = match nearest(name, NAMED.iter().map(|(name, _)| *name)) {
        Some(name) => format!("did you mean {name}?"),
        None => "write a character, Space, Enter, Esc, Tab, PgUp, F1, Ctrl-s, Alt-f".to_owned(),
    };
    format!("{text} is no key: {suggestion}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

    use super::*;

    #[test]
    fn every_key_is_read_as_it_is_written() {
        let plain = NAMED.iter().map(|(_, code)| key(*code)).chain(['a', 'G', '+', '-', ':', 'é'].map(ch));
        let all = plain.chain((1..=12).map(|number| key(KeyCode::F(number)))).chain(['a', '-', 'z'].map(ctrl));
        for one in all {
            assert_eq!(Key::parse(&one.label()), Ok(one));
            let alt = Key { alt: true, ..one };
            assert_eq!(Key::parse(&alt.label()), Ok(alt));
        }
    }

    #[test]
    fn a_key_that_no_terminal_sends_is_refused_with_the_one_that_it_sends() {
        assert_eq!(Key::parse("Ctrl-S"), Ok(ctrl('s')));
        for (text, says) in [("Ctrl-i", "write Tab"), ("Ctrl-M", "write Enter"), ("Entr", "did you mean Enter?"), ("", "no key")]
        {
            let words = Key::parse(text).unwrap_err();
            assert!(words.contains(says), "{text}: {words}");
        }
    }
}
