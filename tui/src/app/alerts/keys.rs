//! What keys do on the alerts tab.

use super::{line, live, snooze};
use crate::app::dialog::Dialog;
use crate::app::dialog::pick::{Choice, Pick};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::{errors, sites};
use fieldpost_common::api::SetHold;
use fieldpost_common::incident::{Hold, IncidentId, Subject};
use fieldpost_common::time::Timestamp;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => return open(model),
        Action::Look => look(model),
        Action::Acknowledge => return say(model, SetHold::Acknowledge),
        Action::Snooze => ask_snooze(model),
        Action::Undo => return undo(model),
        Action::Filter => model.alerts.list.typing = true,
        Action::Accept => model.alerts.list.typing = false,
        Action::Decline | Action::Back => {
            model.alerts.list.unfilter();
            model.alerts.refilter();
        }
        _ => model.alerts.list.step(model.size, action),
    }
    Vec::new()
}

/// The page of the site, at what is wrong in the application's state; what has no site is told whole.
fn open(model: &mut Model) -> Vec<Effect> {
    let Some(incident) = model.alerts.selected() else { return Vec::new() };
    if let Subject::NewErrorGroup { group, .. } | Subject::Regressed { group, .. } = incident.subject {
        return errors::keys::open_one(model, group);
    }
    let Some(site) = incident.subject.site().cloned() else {
        look(model);
        return Vec::new();
    };
    let application = match &incident.subject {
        Subject::StateProblem { application, .. } => Some(application.clone()),
        _ => None,
    };
    sites::keys::open_at(model, site, application)
}

fn look(model: &mut Model) {
    let info = model.alerts.selected().map(|one| line::explain(one, model.grid.now, &model.zone));
    model.dialog = info.map(Dialog::Info);
}

fn ask_snooze(model: &mut Model) {
    let Some(id) = model.alerts.selected().map(|one| one.id) else { return };
    let choices: Vec<_> = snooze::choices(model.grid.now, &model.zone)
        .into_iter()
        .map(|(words, until)| Choice::Snooze { incident: id, until, words })
        .collect();
    let first = choices[0].clone();
    model.dialog = Pick::new(choices, &first).map(Dialog::Pick);
}

/// The end of a snooze was picked.
pub(crate) fn snoozed(model: &mut Model, incident: IncidentId, until: Timestamp) -> Vec<Effect> {
    said(model, incident, SetHold::SnoozeUntil(until))
}

fn say(model: &mut Model, hold: SetHold) -> Vec<Effect> {
    match model.alerts.selected().map(|one| one.id) {
        Some(id) => said(model, id, hold),
        None => Vec::new(),
    }
}

fn said(model: &mut Model, id: IncidentId, hold: SetHold) -> Vec<Effect> {
    let before = model.alerts.all().find(|one| one.id == id).map(|one| one.hold.clone());
    if let Some(before) = before {
        model.alerts.before.insert(id, before);
    }
    live::hold(model, id, hold)
}

/// Puts back what was said before; without a memory of that, nothing is said any more.
fn undo(model: &mut Model) -> Vec<Effect> {
    let now = model.grid.now;
    let Some(id) = model.alerts.selected().map(|one| one.id) else { return Vec::new() };
    let hold = match model.alerts.before.remove(&id) {
        Some(Hold::Acknowledged { .. }) => SetHold::Acknowledge,
        Some(Hold::Snoozed { until, .. }) if until > now => SetHold::SnoozeUntil(until),
        _ => SetHold::Release,
    };
    live::hold(model, id, hold)
}
