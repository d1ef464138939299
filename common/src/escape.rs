//! Escape sequences: what colours a terminal's text, names its window, or moves its cursor. Who reads a text reads it without them.

const ESCAPE: char = '\x1b';

/// The text without its escape sequences. One that doesn't end in the text stays.
pub fn without_sequences(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match sequence(c, rest.clone()) {
            Some(length) => rest = skipped(rest, length),
            None => out.push(c),
        }
    }
    out
}

fn skipped<I: Iterator>(mut rest: I, length: usize) -> I {
    rest.by_ref().take(length).for_each(drop);
    rest
}

/// Whether it may begin a sequence.
pub fn begins_sequence(c: char) -> bool {
    matches!(c, ESCAPE | '\u{90}'..='\u{9f}')
}

/// How many characters after `first` belong to the escape sequence that it begins; none if it begins none.
///
/// It never looks beyond the next character that could begin one: reading a text takes time in proportion to its length.
pub fn sequence(first: char, mut rest: impl Iterator<Item = char>) -> Option<usize> {
    let (kind, before) = match first {
        ESCAPE => (rest.next()?, 1),
        // Each kind has a character of its own too: that of ESC and a letter, without the ESC.
        '\u{90}'..='\u{9f}' => (char::from_u32(u32::from(first) - 0x40)?, 0),
        _ => return None,
    };
    let length = match kind {
        '[' => control(rest)?,
        ']' | 'P' | 'X' | '^' | '_' => string(rest)?,
        ' '..='/' => one_after(rest)?,
        '0'..='~' if before == 1 => 0,
        _ => return None,
    };
    Some(before + length)
}

/// `ESC [`, then parameters and one that says what to do with them.
fn control(rest: impl Iterator<Item = char>) -> Option<usize> {
    let mut between = false;
    for (at, c) in rest.enumerate() {
        match c {
            '0'..='?' if !between => {}
            ' '..='/' => between = true,
            '@'..='~' => return Some(at + 1),
            _ => return None,
        }
    }
    None
}

/// `ESC ]` and its like: a text up to BEL or `ESC \`.
fn string(rest: impl Iterator<Item = char>) -> Option<usize> {
    let mut ends = false;
    for (at, c) in rest.enumerate() {
        match c {
            '\\' if ends => return Some(at + 1),
            '\x07' | '\u{9c}' if !ends => return Some(at + 1),
            ESCAPE if !ends => ends = true,
            _ if ends || c.is_control() => return None,
            _ => {}
        }
    }
    None
}

/// `ESC (` and its like: one more character.
fn one_after(rest: impl Iterator<Item = char>) -> Option<usize> {
    for (at, c) in rest.enumerate() {
        match c {
            ' '..='/' => {}
            '0'..='~' => return Some(at + 1),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_colours_names_or_moves_is_left_out_and_the_text_stays() {
        for (text, plain) in [
            ("\x1b[3mpassword\x1b[0m\x1b[2m=\x1b[0mhunter2", "password=hunter2"),
            ("\x1b[38;5;196ma\x1b[38:2::1:2:3mb\x1b[mc\x1b[2K\x1b[?25l\x1b[1 q", "abc"),
            ("\x1b]0;a window\x07a\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\\x1bPdevice\u{9c}b", "alinkb"),
            ("a\x1b(B\x1b7b\x1b=\x1b#8c", "abc"),
            ("a\u{9b}1mb\u{9d}0;title\x07c", "abc"),
            ("plain, [1m] and € \u{85}", "plain, [1m] and € \u{85}"),
        ] {
            assert_eq!(without_sequences(text), plain, "{text:?}");
        }
    }

    #[test]
    fn of_what_does_not_end_as_a_sequence_must_nothing_is_left_out() {
        for text in ["\x1b", "a\x1b[12", "\x1b[1\x1b", "\x1b]0;no end", "\x1b]0;\x1bé", "\x1bé", "\x1b[1é", "\x1b(\n", "\u{91}a"]
        {
            assert_eq!(without_sequences(text), text, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_stood_in_the_text_in_this_order(text in "([\x1b\u{9b}\u{9d}\\[\\]a-z0-9;é \x07\\\\])*") {
            let mut all = text.chars();
            prop_assert!(without_sequences(&text).chars().all(|c| all.any(|other| other == c)));
        }

        #[test]
        fn a_text_without_what_begins_a_sequence_stays_as_it_is(text in "[^\x1b\u{90}-\u{9f}]*") {
            prop_assert_eq!(without_sequences(&text), text);
        }
    }
}
