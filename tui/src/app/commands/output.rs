//! What one command brought: the lines that came so far, where the command stands, and how it is looked at. It follows the end until
//! somebody moves away from it.

pub(crate) mod draw;
pub(crate) mod keys;
mod search;

use crate::app::compare::text::Text;
use crate::app::flight::Flight;
use crate::app::model::{Effect, Model};
use crate::app::office::{Brought, Request, Trouble};
use crate::app::screens::Screen;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::id::CommandId;
use search::Search;

/// The page.
#[derive(Debug)]
pub(crate) struct OutputView {
    /// The command and what came, as far as both are known.
    told: Brought,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    pub(crate) flight: Flight,
    /// The first line on the screen, and how many cells are left out at the left.
    pub(crate) top: usize,
    pub(crate) shift: usize,
    /// Whether the end stays in sight when more comes.
    follows: bool,
    pub(crate) search: Search,
}

impl OutputView {
    fn new(command: CommandInfo) -> Self {
        Self {
            told: Brought { command, output: None },
            trouble: None,
            flight: Flight::Idle,
            top: 0,
            shift: 0,
            follows: true,
            search: Search::default(),
        }
    }

    pub(crate) fn command(&self) -> &CommandInfo {
        &self.told.command
    }

    /// What came so far.
    pub(crate) fn text(&self) -> Option<&Text> {
        self.told.output.as_ref().map(|output| &*output.text)
    }

    /// All that came so far, as it may be shown.
    pub(crate) fn all(&self) -> String {
        self.text().map_or(String::new(), |text| text.all().to_owned())
    }

    fn lines(&self) -> usize {
        self.text().map_or(0, Text::len)
    }

    /// Takes what came; what is known stays when it can't be read.
    fn take(&mut self, answer: Result<Box<Brought>, Trouble>, page: usize) {
        match answer {
            Ok(brought) => {
                self.trouble = None;
                self.told = *brought;
                self.find_again();
            }
            Err(trouble) => self.trouble = Some(trouble.words().to_owned()),
        }
        self.settle(page);
    }

    /// Scrolls to a line; whoever comes to the end follows it.
    fn scroll_to(&mut self, line: usize, page: usize) {
        let last = self.lines().saturating_sub(page);
        self.top = line.min(last);
        self.follows = self.top == last;
    }

    fn settle(&mut self, page: usize) {
        let last = self.lines().saturating_sub(page);
        self.top = if self.follows { last } else { self.top.min(last) };
    }
}

/// The page that is shown, if one is.
pub(crate) fn shown(model: &Model) -> Option<&OutputView> {
    match model.screens.top() {
        Some(Screen::Output(page)) => Some(page),
        _ => None,
    }
}

pub(crate) fn shown_mut(model: &mut Model) -> Option<&mut OutputView> {
    match model.screens.top_mut() {
        Some(Screen::Output(page)) => Some(page),
        _ => None,
    }
}

/// Opens the page of a command; another command's makes room for it.
pub(crate) fn open(model: &mut Model, command: CommandInfo) -> Vec<Effect> {
    if shown(model).is_some() {
        model.screens.back();
    }
    model.screens.open(Screen::Output(Box::new(OutputView::new(command))));
    read(model)
}

/// Reads what the command of the page that is shown brought.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    let Some(page) = shown_mut(model) else { return Vec::new() };
    if page.flight.ask() { vec![Effect::Ask(Request::Output(page.command().id.clone()))] } else { Vec::new() }
}

/// Hands what came to the pages of its command: one may be open over each tab.
pub(crate) fn take(model: &mut Model, id: &CommandId, answer: &Result<Box<Brought>, Trouble>) -> Vec<Effect> {
    let height = draw::page(model.size);
    let mut again = false;
    for screen in model.screens.all_mut() {
        let Screen::Output(page) = screen else { continue };
        if page.command().id == *id {
            again |= page.flight.landed();
            page.take(answer.clone(), height);
        }
    }
    if again { vec![Effect::Ask(Request::Output(id.clone()))] } else { Vec::new() }
}

/// After each message: the end stays in sight where it is followed, whatever size the screen has now.
pub(crate) fn follow(model: &mut Model) {
    let height = draw::page(model.size);
    if let Some(page) = shown_mut(model) {
        page.settle(height);
    }
}
