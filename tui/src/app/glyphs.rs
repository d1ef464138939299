//! Every character outside ASCII that the app draws by itself, and what stands for it in ASCII mode. What comes from patches and
//! sites is never changed.

/// Which characters the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Glyphs {
    #[default]
    Unicode,
    Ascii,
}

/// What is another character when it stands alone: a mark of the grid. No two marks may become the same.
const SIGNS: &[(char, char)] = &[('·', '.'), ('…', '^')];

/// Lines and what stands within words.
const WITHIN: &[(char, char)] = &[
    ('─', '-'),
    ('│', '|'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('├', '+'),
    ('┤', '+'),
    ('┬', '+'),
    ('┴', '+'),
    ('┼', '+'),
    ('▌', '>'),
    ('●', '*'),
    ('○', 'o'),
    ('▏', '|'),
    ('…', '~'),
    ('⋯', '~'),
    ('·', '-'),
    ('–', '-'),
    ('—', '-'),
    ('×', 'x'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('≠', '#'),
    ('‹', '<'),
    ('›', '>'),
    ('≤', '<'),
    ('≥', '>'),
    ('✓', '+'),
    ('✗', 'x'),
    ('▁', '.'),
    ('▂', ':'),
    ('▃', '-'),
    ('▄', '='),
    ('▅', '+'),
    ('▆', '*'),
    ('▇', '%'),
    ('█', '#'),
    ('░', '.'),
    ('▸', '>'),
    ('▾', 'v'),
    ('▴', '^'),
];

impl Glyphs {
    /// The text as it is drawn; as wide as before.
    pub(crate) fn draw(self, text: &str) -> std::borrow::Cow<'_, str> {
        if self == Self::Unicode || text.is_ascii() {
            return text.into();
        }
        let mut sign = text.trim().chars();
        let signs = if let (Some(_), None) = (sign.next(), sign.next()) { SIGNS } else { &[] };
        let other = |c: char| signs.iter().chain(WITHIN).find(|(drawn, _)| *drawn == c).map_or(c, |(_, ascii)| *ascii);
        text.chars().map(other).collect::<String>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_width::UnicodeWidthChar as _;

    #[test]
    fn everything_becomes_one_ascii_character_of_the_same_width() {
        for (drawn, ascii) in SIGNS.iter().chain(WITHIN) {
            assert!(ascii.is_ascii_graphic() && drawn.width() == Some(1), "{drawn} {ascii}");
        }
    }

    #[test]
    fn the_marks_of_the_grid_stay_apart() {
        let marks = ["=", "+", ">", "<", "≠", "*", "~", "-", "·", "…", "!", "?"];
        let drawn: HashSet<_> = marks.iter().map(|mark| Glyphs::Ascii.draw(mark)).collect();
        assert_eq!(drawn.len(), marks.len(), "{drawn:?}");
    }

    #[test]
    fn letters_of_people_are_kept() {
        assert_eq!(Glyphs::Ascii.draw("Iñaki Ödön · 漢字…"), "Iñaki Ödön - 漢字~");
        assert_eq!(Glyphs::Unicode.draw("a…"), "a…");
    }
}
