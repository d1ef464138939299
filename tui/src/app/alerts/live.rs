//! When incidents are read, and what is done with the answers: the list, the top line, and what rings.

use super::{OVER, news_words};
use crate::app::flight::Flight;
use crate::app::keymap::Context;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Trouble};
use crate::app::screens::Tab;
use crate::app::update::link;
use fieldpost_common::api::{Change, SetHold, Status};
use fieldpost_common::incident::{Hold, Incident, IncidentId};

/// The tab is shown: reads what is not known or no longer true.
pub(crate) fn shown(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.alerts.status.is_none() || model.alerts.trouble.is_some() {
        effects.extend(read(model));
    }
    if model.alerts.over.is_none() || model.alerts.over_stale {
        effects.extend(read_over(model));
    }
    effects
}

/// Reads what is wrong now: the top line of every screen tells of it.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    if model.alerts.flight.ask() { vec![Effect::Ask(Request::Status)] } else { Vec::new() }
}

fn read_over(model: &mut Model) -> Vec<Effect> {
    if model.alerts.over_flight.ask() { vec![Effect::Ask(Request::Over { limit: OVER })] } else { Vec::new() }
}

/// Something changed somewhere.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    if everything || changes.contains(&Change::Status) { read(model) } else { Vec::new() }
}

/// Takes what is wrong now; problems that are news are said, and rung for where settings want that.
pub(crate) fn take(model: &mut Model, answer: Result<Box<Status>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(status) => load(model, *status),
        // What is known stays.
        Err(trouble) => {
            model.alerts.flight = Flight::Idle;
            model.alerts.trouble = Some(trouble.words().to_owned());
            link::lost(model, &trouble)
        }
    }
}

fn load(model: &mut Model, status: Status) -> Vec<Effect> {
    let again = model.alerts.flight.landed();
    let open = |model: &Model| model.alerts.status.as_ref().map(|status| status.incidents.iter().map(|one| one.id).collect());
    let before: Option<Vec<IncidentId>> = open(model);
    model.sites.judge(&status.sites, model.grid.now);
    let news = model.alerts.load(status);
    let mut effects = Vec::new();
    if before != open(model) {
        // What isn't open any more is over.
        model.alerts.over_stale = true;
        if model.screens.tab == Tab::Alerts {
            effects.extend(read_over(model));
        }
    }
    if !news.is_empty() {
        let key = model.say(Context::Grid, "{show-alerts}");
        model.note(news_words(&news, &key));
        if model.ringing.bell {
            effects.push(Effect::Bell);
        }
    }
    effects.extend(title(model));
    if again {
        effects.push(Effect::Ask(Request::Status));
    }
    effects
}

/// The terminal's title, where settings want it and it has changed.
pub(crate) fn title(model: &mut Model) -> Option<Effect> {
    let words = model.alerts.title_words();
    if !model.ringing.title || model.alerts.title.as_ref() == Some(&words) {
        return None;
    }
    model.alerts.title = Some(words.clone());
    Some(Effect::Title(words))
}

/// Takes what is over.
pub(crate) fn take_over(model: &mut Model, answer: Result<Vec<Incident>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(over) => {
            model.alerts.load_over(over);
            model.alerts.over_stale = false;
            if model.alerts.over_flight.landed() { vec![Effect::Ask(Request::Over { limit: OVER })] } else { Vec::new() }
        }
        Err(trouble) => {
            model.alerts.over_flight = Flight::Idle;
            model.alerts.over_stale = true;
            link::lost(model, &trouble)
        }
    }
}

/// Says something to an incident.
pub(crate) fn hold(model: &mut Model, incident: IncidentId, hold: SetHold) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(Request::Hold { incident, hold })]
}

/// What became of that.
pub(crate) fn held(model: &mut Model, id: IncidentId, answer: Result<Box<Incident>, Trouble>) {
    model.working = model.working.saturating_sub(1);
    let incident = match answer {
        Ok(incident) => incident,
        Err(trouble) => {
            model.alerts.before.remove(&id);
            return model.error(trouble.words());
        }
    };
    let place = super::line::place(&incident);
    let undo = model.say(Context::Alerts, "{undo} takes that back");
    let words = match &incident.hold {
        Hold::None => format!("{place}: nobody has it any more"),
        Hold::Acknowledged { by, .. } => format!("{place}: {by} has it; {undo}"),
        Hold::Snoozed { until, .. } => {
            format!("{place}: snoozed until {}; {undo}", crate::app::when::local(*until, &model.zone))
        }
    };
    model.alerts.replace(*incident);
    model.note(words);
}
