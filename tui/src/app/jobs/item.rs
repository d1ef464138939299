//! One item of a job, and what is known of it: first from the server's answer, then from the grid.

use crate::app::grid::{GridView, Place};
use crate::app::office::{Done, Report, Task};
use fieldpost_common::cell::{Blocked, LatestOrder};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{OrderId, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::text::Clean;
use std::collections::HashMap;

/// A task and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) task: Task,
    pub(crate) state: State,
    /// The order that was given for it.
    pub(crate) order: Option<OrderId>,
    /// A grid was read since it was answered.
    pub(crate) settled: bool,
}

/// How an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// The server has not answered yet.
    Asked,
    /// It never became an order or a publication: why.
    Refused(String),
    /// The order is given; no grid has shown it yet.
    Given,
    /// On its way to the site, with the order's word.
    Sending(&'static str),
    /// The site has it.
    Confirmed,
    /// The site didn't do it: why.
    Blocked(String),
    /// The order ended without being carried out: how.
    Ended(&'static str),
    /// Done at the server; no site is concerned.
    Done(&'static str),
}

impl State {
    /// Came to nothing.
    pub(crate) fn is_bad(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Blocked(_))
    }

    /// Something is still to come of it.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Self::Given | Self::Sending(_))
    }

    /// For people, clean.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Asked => "being given".to_owned(),
            Self::Refused(why) => why.lines().map(|line| Clean::line(line).to_string()).collect::<Vec<_>>().join(" · "),
            Self::Given => "the order is given".to_owned(),
            Self::Sending(word) => format!("on its way: {word}"),
            Self::Confirmed => "confirmed".to_owned(),
            Self::Blocked(why) => format!("blocked: {}", Clean::line(why)),
            Self::Ended(word) => format!("the order is {}", word.replace('_', " ")),
            Self::Done(word) => (*word).to_owned(),
        }
    }
}

impl Item {
    pub(crate) fn new(task: Task) -> Self {
        Self { task, state: State::Asked, order: None, settled: false }
    }

    /// Takes the server's answer.
    pub(crate) fn report(&mut self, report: Report) {
        self.state = match report {
            Ok(Done::Given(order)) => {
                self.order = Some(order);
                State::Given
            }
            Ok(Done::TakenBack("cancelled")) => State::Done("the order is taken back"),
            Ok(Done::TakenBack(word)) => State::Refused(format!("the order had ended before: {}", word.replace('_', " "))),
            Ok(Done::Published(true)) => State::Done("published"),
            Ok(Done::Published(false)) => State::Done("was already current"),
            Ok(Done::Unpublished) => State::Done("taken off the published table"),
            Err(why) => State::Refused(why),
        };
    }

    /// Whether its cell must count as on its way, whatever the grid says.
    pub(crate) fn is_held(&self) -> bool {
        self.task.is_order() && (self.state == State::Asked || self.order.is_some() && !self.settled)
    }

    /// Whether the grid may still say something new about it.
    pub(crate) fn is_open(&self) -> bool {
        self.state.is_under_way() || matches!(self.state, State::Blocked(_))
    }

    /// Looks what the grid says of the order; whether that is bad news.
    pub(crate) fn observe(&mut self, view: &GridView, places: &Places<'_>) -> bool {
        let Some(order) = &self.order else { return false };
        let Some(place) = places.find(&self.task).filter(|_| self.is_open() && self.settled) else { return false };
        let state = state(view, place, order, self.task.outcome());
        let news = state.is_bad() && state != self.state;
        self.state = state;
        news
    }
}

/// Where patches and sites stand in a grid, for those who ask often.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    patches: HashMap<&'a PatchName, usize>,
    sites: HashMap<&'a SiteName, usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(view: &'a GridView) -> Self {
        let grid = &view.table.grid;
        Self {
            patches: grid.patches.iter().enumerate().map(|(index, patch)| (&patch.name, index)).collect(),
            sites: grid.sites.iter().enumerate().map(|(index, site)| (&site.name, index)).collect(),
        }
    }

    /// The cell of a task.
    pub(crate) fn find(&self, task: &Task) -> Option<Place> {
        Some(Place { patch: *self.patches.get(task.patch())?, site: *self.sites.get(task.site()?)? })
    }
}

fn state(view: &GridView, place: Place, order: &OrderId, outcome: Option<ContentHash>) -> State {
    let newest = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    match newest {
        Some(newest) if newest.id == *order => own(newest),
        // Orders of quiet cells aren't listed: there the site has what was ordered.
        _ if view.table.has(place.patch, place.site) == outcome => State::Confirmed,
        Some(_) => State::Ended("superseded"),
        None => State::Given,
    }
}

/// What the own order's state says; what the cell shows by now is another matter.
fn own(order: &LatestOrder) -> State {
    let blocked = |why: Blocked| State::Blocked(why.to_string());
    match &order.state {
        OrderState::Queued
        | OrderState::Offered { .. }
        | OrderState::Started { .. }
        | OrderState::Waiting { .. }
        | OrderState::Loading { .. } => State::Sending(order.state.word()),
        OrderState::Confirmed { .. } => State::Confirmed,
        OrderState::Failed { reason, .. } => blocked(Blocked::Failed(reason.clone())),
        OrderState::TimedOut { .. } => blocked(Blocked::TimedOut),
        OrderState::Expired { .. } => blocked(Blocked::Expired),
        OrderState::Unknown { cause, .. } => blocked(Blocked::Unknown(*cause)),
        OrderState::Superseded { .. } | OrderState::Cancelled { .. } => State::Ended(order.state.word()),
    }
}
