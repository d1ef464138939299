//! The app without terminal and network, for measuring it: keys and grids go in, frames come out.

use super::grid::sheet::Sheet;
use super::look::Look;
use super::model::{Message, Model, Seat};
use super::office::{Answer, Done};
use super::update::update;
use super::view::view;
use crossterm::event::KeyEvent;
use fieldpost_common::id::OrderId;
use fieldpost_common::time::Timestamp;
use ratatui::Frame;
use std::str::FromStr as _;

/// The order that every answer names.
const ORDER: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

/// An app that shows a grid. Its clock stands still.
#[derive(Debug)]
pub struct Stage {
    model: Model,
    now: Timestamp,
}

impl Stage {
    /// Shows a grid on a screen of so many columns and rows.
    pub fn new(sheet: Sheet, size: (u16, u16), now: Timestamp) -> Self {
        let mut stage = Self { model: Model::new(Seat::default(), Look::default(), size, now), now };
        stage.take(Message::Answer(Answer::Apps(Ok(sheet.table.grid.application.clone().into_iter().collect()))));
        stage.load(sheet);
        stage
    }

    /// Somebody presses a key.
    pub fn press(&mut self, key: KeyEvent) {
        self.take(Message::Key(key));
    }

    /// A newer grid came.
    pub fn load(&mut self, sheet: Sheet) {
        if let Some(settings) = &sheet.table.grid.application {
            self.take(Message::Answer(Answer::Grid(settings.name.clone(), Ok(Box::new(sheet)))));
        }
    }

    /// Time goes by.
    pub fn tick(&mut self) {
        self.take(Message::Tick);
    }

    /// The server answers that the next orders of the running job are given.
    pub fn given(&mut self, orders: usize) {
        let running = self.model.jobs.list().iter().find(|job| job.is_running()).map(|job| job.ticket);
        if let (Some(ticket), Ok(order)) = (running, OrderId::from_str(ORDER)) {
            let reports = (0..orders).map(|_| Ok(Done::Given(order.clone()))).collect();
            self.take(Message::Answer(Answer::Worked(ticket, reports)));
        }
    }

    fn take(&mut self, message: Message) {
        // Nobody is there to answer what the app asks.
        drop(update(&mut self.model, message, self.now));
    }

    /// Draws what is to be seen.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        view(&self.model, frame);
    }
}
