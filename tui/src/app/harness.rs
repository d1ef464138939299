//! The app without a terminal: keys go in, the screen comes out as text, requests pile up to be looked at.

use super::grid::sheet::Sheet;
use super::look::Look;
use super::model::{Effect, Message, Model, Seat};
use super::office::{Answer, PutTask, Request, Task, Work};
use super::update::update;
use super::view::view;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost_common::grid::Grid;
use fieldpost_common::time::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

pub(super) struct Harness {
    pub(super) model: Model,
    pub(super) effects: Vec<Effect>,
    pub(super) now: Timestamp,
}

impl Harness {
    /// An app that has heard nothing yet.
    pub(super) fn new(size: (u16, u16)) -> Self {
        let now = super::sample::now();
        let seat = Seat { user: "ada".to_owned(), server: "post.acme.example".to_owned() };
        Self { model: Model::new(seat, Look::default(), size, now), effects: Vec::new(), now }
    }

    /// An app that shows a grid.
    pub(super) fn with(grid: Grid, size: (u16, u16)) -> Self {
        let mut harness = Self::new(size);
        let settings = grid.application.clone().expect("an application");
        let name = settings.name.clone();
        harness.answer(Answer::Apps(Ok(vec![settings])));
        harness.answer(Answer::Grid(name, Ok(Box::new(Sheet::of(grid)))));
        harness.effects.clear();
        harness
    }

    pub(super) fn sample(size: (u16, u16)) -> Self {
        Self::with(super::sample::grid(), size)
    }

    pub(super) fn take(&mut self, message: Message) {
        self.effects.extend(update(&mut self.model, message, self.now));
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        self.take(Message::Answer(answer));
    }

    /// A newly read grid.
    pub(super) fn reload(&mut self, grid: Grid) {
        let name = grid.application.as_ref().expect("an application").name.clone();
        self.answer(Answer::Grid(name, Ok(Box::new(Sheet::of(grid)))));
    }

    /// Presses keys, written with blanks between them: `j j > Enter C-a`.
    pub(super) fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.take(Message::Key(parse(key)));
        }
    }

    /// Types a text, character by character.
    pub(super) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.take(Message::Key(KeyCode::Char(c).into()));
        }
    }

    /// Selects a cell.
    pub(super) fn select(&mut self, patch: &str, site: &str) {
        let grid = &mut self.model.grid;
        let row = grid.rows.iter().position(|row| grid.patch(*row).name.as_str() == patch);
        grid.row = row.expect("the patch is shown");
        let column = grid.columns.iter().position(|column| grid.site(*column).name.as_str() == site);
        grid.column = column.expect("the site is shown");
        grid.follow(self.model.size);
    }

    /// What was asked for since the last look.
    pub(super) fn requests(&mut self) -> Vec<Request> {
        let asked = std::mem::take(&mut self.effects).into_iter();
        asked.filter_map(|effect| if let Effect::Ask(request) = effect { Some(request) } else { None }).collect()
    }

    /// The work that was asked for since the last look, all of it in one request.
    pub(super) fn work(&mut self) -> Work {
        let work = self.requests().into_iter().filter_map(|one| if let Request::Work(work) = one { Some(work) } else { None });
        let mut all: Vec<_> = work.collect();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// The contents that were ordered since the last look; panics when anything else was asked for.
    pub(super) fn sent(&mut self) -> Vec<PutTask> {
        let mut puts = Vec::new();
        for request in self.requests() {
            let Request::Work(work) = request else { panic!("asked for {request:?}") };
            for task in work.tasks {
                let Task::Put(put) = task else { panic!("asked for {task:?}") };
                puts.push(put);
            }
        }
        puts
    }

    pub(super) fn buffer(&self) -> Buffer {
        let (width, height) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal.draw(|frame| view(&self.model, frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    /// The screen with its colours: `{Red BOLD}` stands before what is drawn so, `{}` before plain text.
    pub(super) fn styled_screen(&self) -> String {
        let (width, height) = self.model.size;
        let buffer = self.buffer();
        let mut lines = Vec::new();
        for y in 0..height {
            let (mut line, mut before) = (String::new(), (Color::Reset, Modifier::empty()));
            for cell in (0..width).map(|x| &buffer[(x, y)]) {
                let style = (cell.fg, cell.modifier);
                if style != before && (cell.symbol() != " " || cell.modifier.contains(Modifier::REVERSED)) {
                    let colour = if cell.fg == Color::Reset { String::new() } else { format!("{:?}", cell.fg) };
                    let modifier = if cell.modifier.is_empty() { String::new() } else { format!("{:?}", cell.modifier) };
                    line.extend(["{", format!("{colour} {modifier}").trim(), "}"]);
                    before = style;
                }
                line.push_str(cell.symbol());
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    pub(super) fn screen(&self) -> String {
        let (width, height) = self.model.size;
        let buffer = self.buffer();
        let line = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>().trim_end().to_owned();
        (0..height).map(line).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn shows(&self, words: &str) {
        let screen = self.screen();
        assert!(screen.contains(words), "{words:?} is not on the screen:\n{screen}");
    }
}

fn parse(key: &str) -> KeyEvent {
    let code = match key {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "S-Tab" => KeyCode::BackTab,
        "Space" => KeyCode::Char(' '),
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "PgDn" => KeyCode::PageDown,
        "PgUp" => KeyCode::PageUp,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Backspace" => KeyCode::Backspace,
        key => match key.strip_prefix("C-") {
            Some(letter) => {
                let letter = letter.chars().next().expect("a letter after C-");
                return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
            }
            None => KeyCode::Char(key.chars().next().expect("a key")),
        },
    };
    code.into()
}
