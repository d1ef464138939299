//! A site's page: whose it is, its orders and states as far as they came, and the line that the cursor is on. What the lines say is left to
//! `site::lines`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod lines;
pub(crate) mod order;

use crate::app::flight::Flight;
use crate::app::model::Model;
use crate::app::office::SiteOrders;
use crate::app::screens::Screen;
use crate::app::told::Told;
use fieldpost_common::api::{CommandInfo, OrderInfo, StateView};
use fieldpost_common::id::{AppName, CommandId, OrderId, SiteName};
use fieldpost_common::time::Timestamp;
use lines::Line;

/// What a line is about: the cursor stays on it when lines come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    Order(OrderId),
    Command(CommandId),
}

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteView {
    pub(crate) name: SiteName,
    pub(crate) orders: Told<SiteOrders>,
    pub(crate) flight: Flight,
    pub(crate) states: Told<Vec<StateView>>,
    pub(crate) states_flight: Flight,
    /// What was asked of the site, newest first.
    pub(crate) commands: Told<Vec<CommandInfo>>,
    pub(crate) commands_flight: Flight,
    /// When new states were asked for, by the server's clock.
    pub(crate) asked: Option<Timestamp>,
    /// Whether long states are shown whole.
    pub(crate) unfolded: bool,
    /// The line that the cursor is on, and the first on the screen.
    pub(crate) cursor: usize,
    pub(crate) top: usize,
    /// What the cursor is on.
    on: Option<About>,
    /// The application in whose state something is wrong: the cursor begins there.
    aim: Option<AppName>,
    /// Whether the cursor was put where it begins, or moved by a key.
    placed: bool,
}

impl SiteView {
    pub(crate) fn new(name: SiteName) -> Self {
        Self {
            name,
            orders: Told::Loading,
            flight: Flight::Idle,
            states: Told::Loading,
            states_flight: Flight::Idle,
            commands: Told::Loading,
            commands_flight: Flight::Idle,
            asked: None,
            unfolded: false,
            cursor: 0,
            top: 0,
            on: None,
            aim: None,
            placed: false,
        }
    }

    /// A page that begins at what is wrong in an application's state.
    pub(crate) fn aimed(name: SiteName, aim: Option<AppName>) -> Self {
        Self { aim, ..Self::new(name) }
    }

    /// The order that the cursor is on.
    pub(crate) fn order(&self) -> Option<&OrderInfo> {
        let (Told::Ready(orders), Some(About::Order(on))) = (&self.orders, &self.on) else { return None };
        orders.open.iter().chain(&orders.finished).find(|order| order.id == *on)
    }

    /// The command that the cursor is on.
    pub(crate) fn command(&self) -> Option<&CommandInfo> {
        let (Told::Ready(commands), Some(About::Command(on))) = (&self.commands, &self.on) else { return None };
        commands.iter().find(|command| command.id == *on)
    }

    /// A key moved the cursor.
    pub(crate) fn move_to(&mut self, line: usize) {
        self.cursor = line;
        self.on = None;
        self.placed = true;
    }

    /// Finds the cursor's line again among lines that may have changed, and keeps it on the screen.
    fn settle(&mut self, lines: &[Line], page: usize) {
        let first = || lines.iter().position(|line| line.about.is_some());
        let same = self.on.as_ref().and_then(|on| lines.iter().position(|line| line.about.as_ref() == Some(on)));
        if let Some(line) = same {
            self.cursor = line;
        } else if let (false, Some(aim)) = (self.placed, &self.aim) {
            if let Told::Ready(_) = self.states {
                self.cursor = lines.iter().position(|line| line.wrong.as_ref() == Some(aim)).unwrap_or(0);
                // What stands above it says how old it is and how it was before.
                self.top = self.cursor.saturating_sub(page / 3);
                self.placed = true;
            }
        } else if let (false, Told::Ready(orders)) = (self.placed, &self.orders) {
            self.cursor = if orders.open.is_empty() { 0 } else { first().unwrap_or(0) };
            self.placed = true;
        }
        self.cursor = self.cursor.min(lines.len().saturating_sub(1));
        self.on = lines.get(self.cursor).and_then(|line| line.about.clone());
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(page.max(1)));
        self.top = self.top.min(lines.len().saturating_sub(page));
    }
}

/// The page that is shown, if one is.
pub(crate) fn shown(model: &Model) -> Option<&SiteView> {
    match model.screens.top() {
        Some(Screen::Site(page)) => Some(page),
        _ => None,
    }
}

/// After each message: the cursor of the page that is shown stays where it was.
pub(crate) fn follow(model: &mut Model) {
    let Some(page) = shown(model) else { return };
    let lines = lines::lines(model, page);
    let height = draw::page(model.size);
    if let Some(Screen::Site(page)) = model.screens.top_mut() {
        page.settle(&lines, height);
    }
}
