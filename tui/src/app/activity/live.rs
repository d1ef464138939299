//! When the feed is read, newer and older, and what is done with the answers.

use super::{Known, PAGE};
use crate::app::flight::Flight;
use crate::app::grid::layout::body_height;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Trouble};
use crate::app::screens::{Screen, Tab};
use crate::app::update::link;
use fieldpost_common::api::{Activity, Change};

/// How far back a filter looks by itself; a key at the end of the list looks further.
const FAR: usize = 2_000;

/// The tab is shown: reads what is not known or no longer true.
pub(crate) fn shown(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    let view = &model.activity;
    let old = view.known != Known::Fresh;
    let unchecked = old || view.audit.is_none();
    if old {
        effects.extend(read(model));
    }
    if unchecked {
        effects.push(Effect::Ask(Request::Audit));
    }
    effects
}

/// Reads the newest page.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    if model.activity.newest.ask() { vec![newest()] } else { Vec::new() }
}

fn newest() -> Effect {
    Effect::Ask(Request::Activity { before: None, limit: PAGE })
}

/// Reads the next page of older ones, unless that is under way or there are none.
pub(crate) fn read_older(model: &mut Model) -> Vec<Effect> {
    let view = &mut model.activity;
    match view.oldest() {
        Some(before) if !view.complete && !view.reading_older => {
            view.reading_older = true;
            vec![Effect::Ask(Request::Activity { before: Some(before), limit: PAGE })]
        }
        _ => Vec::new(),
    }
}

/// Reads older ones while the screen has room for more and it isn't too far back.
pub(crate) fn fill(model: &mut Model) -> Vec<Effect> {
    let view = &model.activity;
    let room = view.list.rows.len() < usize::from(body_height(model.size)) && view.entries.len() < FAR;
    if room && model.screens.tab == Tab::Activity { read_older(model) } else { Vec::new() }
}

/// Something changed somewhere: reads it now if it is looked at, else later.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    if !everything && !changes.contains(&Change::Activity) {
        return Vec::new();
    }
    model.activity.outdate();
    let looked_at = model.screens.tab == Tab::Activity || matches!(model.screens.top(), Some(Screen::Site(_)));
    if looked_at { read(model) } else { Vec::new() }
}

/// Takes a page; when it couldn't be read, what is known stays.
pub(crate) fn take(model: &mut Model, before: Option<u64>, answer: Result<Vec<Activity>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(page) => load(model, before, page),
        Err(trouble) => {
            failed(model, before, &trouble);
            link::lost(model, &trouble)
        }
    }
}

fn load(model: &mut Model, before: Option<u64>, page: Vec<Activity>) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(before) = before {
        model.activity.load_older(before, page);
    } else {
        model.activity.load(page);
        if model.activity.newest.landed() {
            effects.push(newest());
        }
    }
    effects.extend(fill(model));
    effects
}

fn failed(model: &mut Model, before: Option<u64>, trouble: &Trouble) {
    let view = &mut model.activity;
    view.trouble = Some(trouble.words().to_owned());
    if before.is_some() {
        view.reading_older = false;
    } else {
        view.newest = Flight::Idle;
        view.outdate();
    }
}
