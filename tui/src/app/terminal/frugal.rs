//! Writes a frame with few bytes: lines that are already on the screen are moved instead of sent again, as when something is
//! scrolled, short stretches that didn't change are written over instead of jumped over, and the rest of a line is blanked at once.
//! A frame like the one before is no byte.

mod paint;
mod shift;

use paint::paint;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use shift::{Shift, shift};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// A jump takes about so many bytes.
const JUMP: usize = 6;
/// Fewer blanks are written.
const BLANKS: usize = 12;

/// A terminal that remembers what it shows.
pub(crate) struct Frugal<W: Write> {
    inner: CrosstermBackend<W>,
    /// Row by row; what lies beyond is blank.
    shown: Vec<Vec<Cell>>,
    cursor: Cursor,
}

/// The terminal's cursor, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    /// Nobody has said anything to this terminal, or somebody else may have.
    Unknown,
    Hidden,
    /// Seen wherever the last cell was written.
    Shown,
    At(Position),
}

impl Cursor {
    /// What was written took it along.
    fn moves(&mut self) {
        if let Self::At(_) = self {
            *self = Self::Shown;
        }
    }
}

impl<W: Write> Frugal<W> {
    pub(crate) fn new(writer: W) -> Self {
        Self { inner: CrosstermBackend::new(writer), shown: Vec::new(), cursor: Cursor::Unknown }
    }

    /// Has the terminal blank what is to be blank to the end of its line, and remembers that it did.
    fn blank_tails(&mut self, wanted: &[Vec<Cell>]) -> io::Result<()> {
        for (y, (shown, wanted)) in self.shown.iter_mut().zip(wanted).enumerate() {
            let tail = wanted.iter().rposition(|cell| *cell != Cell::EMPTY).map_or(0, |last| last + 1);
            let Some(from) = (tail..shown.len()).find(|x| shown[*x] != Cell::EMPTY) else { continue };
            if shown[from..].iter().filter(|cell| **cell != Cell::EMPTY).count() >= BLANKS {
                // Colours are at rest between frames: what is blanked has none.
                write!(self.inner, "\x1b[{};{}H\x1b[K", y + 1, from + 1)?;
                shown[from..].fill(Cell::EMPTY);
                self.cursor.moves();
            }
        }
        Ok(())
    }

    /// Somebody wiped the terminal: neither its cells nor its cursor are known any more.
    fn forget(&mut self) {
        self.shown.clear();
        self.cursor = Cursor::Unknown;
    }

    /// Has the terminal move lines, and remembers that it did.
    fn move_lines(&mut self, shift: &Shift) -> io::Result<()> {
        let Shift { rows, by } = shift;
        let verb = if *by > 0 { 'M' } else { 'L' };
        let (top, bottom, lines) = (rows.start + 1, rows.end, by.unsigned_abs());
        // Deleting or inserting lines within a scroll region; every terminal since the VT102 has it.
        write!(self.inner, "\x1b[{top};{bottom}r\x1b[{top};1H\x1b[{lines}{verb}\x1b[r")?;
        let rows = &mut self.shown[rows.clone()];
        let width = rows[0].len();
        let blank = |row: &mut Vec<Cell>| *row = vec![Cell::EMPTY; width];
        if *by > 0 {
            rows.rotate_left(lines);
            rows.iter_mut().rev().take(lines).for_each(blank);
        } else {
            rows.rotate_right(lines);
            rows.iter_mut().take(lines).for_each(blank);
        }
        Ok(())
    }
}

/// Puts a cell where it belongs; the second half of a wide one is remembered as a cell without text.
fn put(screen: &mut Vec<Vec<Cell>>, (x, y): (u16, u16), cell: &Cell) {
    let (x, y) = (usize::from(x), usize::from(y));
    let wide = cell.symbol().width().max(1);
    let width = screen.first().map_or(0, Vec::len);
    if y >= screen.len() || x + wide > width {
        screen.resize(screen.len().max(y + 1), Vec::new());
        for row in screen.iter_mut() {
            row.resize(width.max(x + wide), Cell::EMPTY);
        }
    }
    screen[y][x] = cell.clone();
    let mut rest = cell.clone();
    rest.set_symbol("");
    screen[y][x + 1..x + wide].fill(rest);
}

/// The cells that differ, with short stretches between them that don't.
fn changes<'a>(old: &[Vec<Cell>], new: &'a [Vec<Cell>]) -> Vec<(u16, u16, &'a Cell)> {
    let mut changes: Vec<(usize, usize)> = Vec::new();
    for (y, row) in new.iter().enumerate() {
        let was = |x: usize| old.get(y).and_then(|row| row.get(x)).unwrap_or(&Cell::EMPTY);
        for (x, cell) in row.iter().enumerate().filter(|(x, cell)| !cell.symbol().is_empty() && *cell != was(*x)) {
            if let Some((from, last)) = changes.last().copied()
                && last == y
                && x - from <= JUMP
                && bridges(&row[from..x], cell)
            {
                changes.extend((from + 1..x).map(|between| (between, y)));
            }
            changes.push((x, y));
        }
    }
    let place = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
    changes.into_iter().map(|(x, y)| (place(x), place(y), &new[y][x])).collect()
}

/// Whether writing over these cells takes no change of style and no care for wide ones.
fn bridges(cells: &[Cell], next: &Cell) -> bool {
    let style = |cell: &Cell| (cell.fg, cell.bg, cell.modifier);
    let Some((first, between)) = cells.split_first() else { return false };
    let alike = between.iter().all(|cell| style(cell) == style(first)) || between.iter().all(|cell| style(cell) == style(next));
    alike && cells.iter().all(|cell| cell.symbol().width() == 1)
}

impl<W: Write> Backend for Frugal<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut wanted = self.shown.clone();
        content.for_each(|(x, y, cell)| put(&mut wanted, (x, y), cell));
        let (width, height) = (wanted.first().map_or(0, Vec::len), wanted.len());
        self.shown.resize(height, Vec::new());
        for row in &mut self.shown {
            row.resize(width, Cell::EMPTY);
        }
        if let Some(shift) = shift(&self.shown, &wanted) {
            self.move_lines(&shift)?;
            self.cursor.moves();
        }
        self.blank_tails(&wanted)?;
        let changes = changes(&self.shown, &wanted);
        if !changes.is_empty() {
            paint(&mut self.inner, changes)?;
            self.cursor.moves();
        }
        self.shown = wanted;
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor != Cursor::Hidden {
            self.inner.hide_cursor()?;
            self.cursor = Cursor::Hidden;
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if matches!(self.cursor, Cursor::Unknown | Cursor::Hidden) {
            self.inner.show_cursor()?;
            self.cursor = Cursor::Shown;
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor != Cursor::At(position) {
            self.inner.set_cursor_position(position)?;
            if matches!(self.cursor, Cursor::Shown | Cursor::At(_)) {
                self.cursor = Cursor::At(position);
            }
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.forget();
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        // Only whole screens are ever cleared.
        self.forget();
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::terminal::Pending;

    struct Screen {
        frugal: Frugal<Pending>,
        pending: Pending,
        parser: vt100::Parser,
    }

    impl Screen {
        fn new() -> Self {
            let pending = Pending::default();
            let rows = std::num::NonZero::new(12).expect("rows");
            let columns = std::num::NonZero::new(20).expect("columns");
            Self { frugal: Frugal::new(pending.clone()), pending, parser: vt100::Parser::new(rows, columns, 0) }
        }

        /// Shows lines of twenty cells, and gives the bytes that it took.
        fn show(&mut self, lines: &[String]) -> usize {
            let cells: Vec<_> = lines.iter().enumerate().flat_map(|(y, line)| cells(y, line)).collect();
            self.frugal.draw(cells.iter().map(|(x, y, cell)| (*x, *y, cell))).expect("memory");
            let bytes = self.pending.take();
            self.parser.process(&bytes);
            let seen: Vec<_> = self.parser.screen().rows(0, 20).map(|row| row.trim_end().to_owned()).collect();
            let wanted: Vec<_> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
            assert_eq!(seen[..wanted.len()], wanted);
            bytes.len()
        }
    }

    fn cells(y: usize, line: &str) -> Vec<(u16, u16, Cell)> {
        use unicode_segmentation::UnicodeSegmentation as _;
        let mut x = 0;
        let padded = format!("{line}{}", " ".repeat(20 - line.width()));
        let cell = |symbol: &str| {
            let mut cell = Cell::EMPTY;
            cell.set_symbol(symbol);
            let at = x;
            x += symbol.width();
            (u16::try_from(at).expect("small"), u16::try_from(y).expect("small"), cell)
        };
        padded.graphemes(true).map(cell).collect()
    }

    fn numbered(lines: std::ops::Range<usize>) -> Vec<String> {
        let line = |number: usize| format!("{number} {}", ["quantity", "価格 lots", "price of", "rounded"][number % 4]);
        lines.map(line).collect()
    }

    #[test]
    fn lines_that_moved_are_moved_and_not_sent_again() {
        let mut screen = Screen::new();
        let page = |from: usize| [vec!["head".to_owned()], numbered(from..from + 10), vec![format!("foot {from}")]].concat();
        screen.show(&page(10));
        for from in [11, 12, 11, 14, 10] {
            let bytes = screen.show(&page(from));
            assert!(bytes < 140, "{bytes} bytes to {from}");
        }
    }

    #[test]
    fn a_screen_that_is_all_different_is_written_anew() {
        let mut screen = Screen::new();
        screen.show(&numbered(0..12));
        screen.show(&numbered(500..512));
        screen.show(&["表表表".to_owned(), "x表表".to_owned()]);
        screen.show(&["x表表x".to_owned(), "表x表".to_owned()]);
    }

    #[test]
    fn one_cell_that_did_not_change_is_written_over_instead_of_jumped_over() {
        let mut screen = Screen::new();
        screen.show(&["a-b-c-d-e-f-g".to_owned()]);
        let bytes = screen.show(&["b-c-d-e-f-g-h".to_owned()]);
        assert!(bytes < 50, "{bytes} bytes");
    }

    #[test]
    fn what_becomes_blank_to_the_end_of_a_line_is_blanked_at_once() {
        let mut screen = Screen::new();
        screen.show(&["a long line of words".to_owned(), "価格価格価格価格価格".to_owned(), "stays".to_owned()]);
        let bytes = screen.show(&["a".to_owned(), "価".to_owned(), "stays".to_owned()]);
        assert!(bytes < 25, "{bytes} bytes");
        // In the middle of a wide character, and of other ones.
        screen.show(&["b long line of words".to_owned(), "価格価格価格価格価格".to_owned()]);
        screen.show(&["b long".to_owned(), "x".to_owned()]);
    }

    #[test]
    fn the_cursor_is_set_again_only_when_something_took_it_along() {
        let mut screen = Screen::new();
        let place = Position::new(3, 1);
        let mut after = |lines: &[String]| {
            screen.show(lines);
            screen.frugal.show_cursor().expect("memory");
            screen.frugal.set_cursor_position(place).expect("memory");
            let bytes = screen.pending.take();
            screen.parser.process(&bytes);
            assert_eq!(screen.parser.screen().cursor_position(), (1, 3));
            bytes.len()
        };
        assert!(after(&numbered(0..12)) > 0);
        assert_eq!(after(&numbered(0..12)), 0, "nothing moved it");
        assert!(after(&numbered(1..13)) > 0, "lines were moved");
        assert_eq!(after(&numbered(1..13)), 0);
    }

    #[test]
    fn a_cursor_of_which_nothing_is_known_is_hidden_again() {
        let mut screen = Screen::new();
        let mut hides = |before: fn(&mut Screen)| {
            before(&mut screen);
            screen.pending.take();
            screen.frugal.hide_cursor().expect("memory");
            !screen.pending.take().is_empty()
        };
        assert!(hides(|_| {}), "at the start");
        assert!(!hides(|_| {}), "it is hidden already");
        // A shell had the terminal.
        assert!(hides(|screen| screen.frugal.clear_region(ClearType::All).expect("memory")));
    }
}
