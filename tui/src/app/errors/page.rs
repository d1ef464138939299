//! One error's page: which, what is known of it as far as that came, and the first line on the screen. What the lines say is left to
//! `page::lines`.

pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod lines;

use crate::app::flight::Flight;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Trouble};
use crate::app::screens::Screen;
use crate::app::told::Told;
use fieldpost_common::api::ErrorView;
use fieldpost_common::error_group::ErrorGroupId;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorPage {
    pub(crate) group: ErrorGroupId,
    pub(crate) told: Told<Box<ErrorView>>,
    pub(crate) flight: Flight,
    /// The first line on the screen.
    pub(crate) top: usize,
}

impl ErrorPage {
    pub(crate) fn new(group: ErrorGroupId) -> Self {
        Self { group, told: Told::Loading, flight: Flight::Idle, top: 0 }
    }
}

/// The page that is shown, if one is.
pub(crate) fn shown(model: &Model) -> Option<&ErrorPage> {
    match model.screens.top() {
        Some(Screen::Error(page)) => Some(page),
        _ => None,
    }
}

pub(crate) fn shown_mut(model: &mut Model) -> Option<&mut ErrorPage> {
    match model.screens.top_mut() {
        Some(Screen::Error(page)) => Some(page),
        _ => None,
    }
}

/// Reads what the page that is shown says.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    let Some(page) = shown_mut(model) else { return Vec::new() };
    if page.flight.ask() { vec![Effect::Ask(Request::Error(page.group))] } else { Vec::new() }
}

/// Takes what came; when it can't be read, what is known stays.
pub(crate) fn take(model: &mut Model, group: ErrorGroupId, answer: Result<Box<ErrorView>, Trouble>) -> Vec<Effect> {
    let answer = answer.map_err(Trouble::into_words);
    let mut effects = Vec::new();
    for screen in model.screens.all_mut() {
        let Screen::Error(page) = screen else { continue };
        if page.group != group {
            continue;
        }
        if page.flight.landed() && effects.is_empty() {
            effects.push(Effect::Ask(Request::Error(group)));
        }
        page.told.take(answer.clone());
    }
    effects
}

/// The error beside the one whose page is shown.
pub(crate) fn beside(model: &Model, by: isize) -> Option<ErrorGroupId> {
    let place = model.errors.beside(shown(model)?.group, by)?;
    Some(model.errors.all()[model.errors.list.rows[place]].id)
}
