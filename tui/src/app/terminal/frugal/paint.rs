//! Writes cells in few bytes: of a style only what is another one than before, all of it in one sequence.

use crossterm::cursor::MoveTo;
use crossterm::queue;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use std::io::{self, Write};

/// As SGR numbers them.
const MODIFIERS: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// How the terminal writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    const AT_REST: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

/// Writes cells where they belong, with a pen that is at rest before and after.
pub(super) fn paint<'a>(out: &mut impl Write, cells: impl IntoIterator<Item = (u16, u16, &'a Cell)>) -> io::Result<()> {
    let mut pen = Pen::AT_REST;
    let mut next = None;
    for (x, y, cell) in cells {
        // Terminals differ in how wide they take some characters: after a wide one it is said where to go on.
        if next != Some((x, y)) {
            queue!(out, MoveTo(x, y))?;
        }
        next = Some((x + 1, y));
        out.write_all(change(pen, Pen::of(cell)).as_bytes())?;
        pen = Pen::of(cell);
        out.write_all(cell.symbol().as_bytes())?;
    }
    out.write_all(change(pen, Pen::AT_REST).as_bytes())
}

/// What takes one pen to another.
fn change(old: Pen, new: Pen) -> String {
    if old == new {
        return String::new();
    }
    // Nothing takes a single modifier away everywhere: a fresh start does.
    let afresh = new == Pen::AT_REST || !new.modifier.contains(old.modifier);
    let from = if afresh { Pen::AT_REST } else { old };
    let mut codes: Vec<String> = Vec::new();
    if afresh && new != Pen::AT_REST {
        codes.push("0".to_owned());
    }
    let added = new.modifier - from.modifier;
    codes.extend(MODIFIERS.iter().filter(|(modifier, _)| added.contains(*modifier)).map(|(_, code)| (*code).to_owned()));
    if new.fg != from.fg {
        codes.push(colour(new.fg, 3));
    }
    if new.bg != from.bg {
        codes.push(colour(new.bg, 4));
    }
    format!("\x1b[{}m", codes.join(";"))
}

/// A colour of the foreground (3) or the background (4). The first sixteen are named by their places in the palette: some terminals
/// make the short names brighter when the text is bold.
fn colour(colour: Color, ground: u8) -> String {
    let place = match colour {
        Color::Reset => return format!("{ground}9"),
        Color::Rgb(red, green, blue) => return format!("{ground}8;2;{red};{green};{blue}"),
        Color::Indexed(place) => place,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    format!("{ground}8;5;{place}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::style::Style;

    fn pens() -> impl Strategy<Value = Style> {
        let colours = [Color::Reset, Color::Red, Color::DarkGray, Color::White, Color::Indexed(172), Color::Rgb(1, 2, 3)];
        // Those that the other side of this test can read.
        let modifiers = [Modifier::BOLD, Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED];
        let colour = || prop::sample::select(colours.to_vec());
        (colour(), colour(), prop::sample::subsequence(modifiers.to_vec(), 0..=4)).prop_map(|(fg, bg, modifiers)| {
            Style::new().fg(fg).bg(bg).add_modifier(modifiers.into_iter().fold(Modifier::empty(), |all, one| all | one))
        })
    }

    fn read(colour: vt100::Color) -> Color {
        match colour {
            vt100::Color::Default => Color::Reset,
            vt100::Color::Idx(1) => Color::Red,
            vt100::Color::Idx(8) => Color::DarkGray,
            vt100::Color::Idx(15) => Color::White,
            vt100::Color::Idx(place) => Color::Indexed(place),
            vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
        }
    }

    fn modifier(cell: &vt100::Cell) -> Modifier {
        let all = [
            (cell.bold(), Modifier::BOLD),
            (cell.italic(), Modifier::ITALIC),
            (cell.underline(), Modifier::UNDERLINED),
            (cell.inverse(), Modifier::REVERSED),
        ];
        all.into_iter().filter(|(on, _)| *on).fold(Modifier::empty(), |all, (_, one)| all | one)
    }

    proptest! {
        #[test]
        fn a_terminal_shows_each_cell_in_its_style_and_is_at_rest_after(styles in prop::collection::vec(pens(), 1..20)) {
            let side = std::num::NonZero::new(30).expect("a size");
            let mut parser = vt100::Parser::new(side, side, 0);
            let cell = |style: &Style| {
                let mut cell = Cell::new("x");
                cell.set_style(*style);
                cell
            };
            let cells: Vec<_> = styles.iter().map(cell).collect();
            let mut bytes = Vec::new();
            paint(&mut bytes, (0..).zip(&cells).map(|(x, cell)| (x, 0, cell))).expect("memory");
            bytes.extend_from_slice(b"y");
            parser.process(&bytes);
            for (x, wanted) in (0..).zip(cells.iter().chain([&Cell::new("y")])) {
                let seen = parser.screen().cell(0, x).expect("a cell");
                prop_assert_eq!(seen.contents(), wanted.symbol());
                let style = (read(seen.fgcolor()), read(seen.bgcolor()), modifier(seen));
                prop_assert_eq!(style, (wanted.fg, wanted.bg, wanted.modifier));
            }
        }
    }

    #[test]
    fn a_style_is_said_once_and_only_what_is_new_of_it() {
        let accent = Pen { fg: Color::Cyan, modifier: Modifier::BOLD, ..Pen::AT_REST };
        let faint = Pen { fg: Color::DarkGray, ..Pen::AT_REST };
        assert_eq!(change(Pen::AT_REST, accent), "\x1b[1;38;5;6m");
        assert_eq!(change(accent, accent), "");
        assert_eq!(change(accent, faint), "\x1b[0;38;5;8m");
        assert_eq!(change(faint, accent), "\x1b[1;38;5;6m");
        assert_eq!(change(faint, Pen::AT_REST), "\x1b[m");
    }
}
