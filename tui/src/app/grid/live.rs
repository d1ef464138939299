//! When grids are read, and what is done with the answers.

use super::sheet::Sheet;
use crate::app::history;
use crate::app::jobs;
use crate::app::model::{Apps, Effect, Loading, Model};
use crate::app::office::{Request, Trouble};
use crate::app::update::link::{online, troubled, watch};
use fieldpost_common::api::{AppSettings, Change};
use fieldpost_common::grid::Feed;
use fieldpost_common::id::AppName;
use std::time::Duration;

/// Loads a grid, or notes that it must be loaded once more after the one under way.
pub(crate) fn load(model: &mut Model, application: AppName) -> Vec<Effect> {
    match model.loading {
        Loading::Idle => {
            model.loading = Loading::Under(application.clone());
            vec![Effect::Ask(Request::Grid(application))]
        }
        Loading::Under(_) | Loading::Again(_) => {
            model.loading = Loading::Again(application);
            Vec::new()
        }
    }
}

/// Reads the grid anew.
pub(crate) fn reload(model: &mut Model) -> Vec<Effect> {
    match model.grid.application().cloned() {
        Some(application) => load(model, application),
        None => Vec::new(),
    }
}

/// Something changed somewhere.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    if everything || matches!(model.apps, Apps::Unread) || changes.contains(&Change::Apps) {
        return vec![Effect::Ask(Request::Apps)];
    }
    let Some(application) = model.grid.application() else { return Vec::new() };
    let concerned = |change: &Change| match change {
        Change::Grid { application: which } => which == application,
        Change::Sites => true,
        _ => false,
    };
    if changes.iter().any(concerned) { reload(model) } else { Vec::new() }
}

/// Takes which applications there are: the one that was looked at stays.
pub(crate) fn take_apps(model: &mut Model, answer: Result<Vec<AppSettings>, Trouble>) -> Vec<Effect> {
    let apps = match answer {
        Ok(apps) => apps,
        Err(trouble) => return troubled(model, &trouble),
    };
    online(model);
    let chosen = model.grid.application().filter(|name| apps.iter().any(|app| app.name == **name)).cloned();
    let chosen = chosen.or_else(|| apps.first().map(|app| app.name.clone()));
    model.apps = Apps::Read(apps);
    match chosen {
        Some(application) => load(model, application),
        None => watch(model, Feed::default(), Duration::ZERO),
    }
}

/// Takes a grid.
pub(crate) fn take(model: &mut Model, application: &AppName, answer: Result<Box<Sheet>, Trouble>) -> Vec<Effect> {
    // What was answered while this one was under way wants another one: see `load`.
    let fresh = matches!(model.loading, Loading::Under(_));
    let next = match std::mem::replace(&mut model.loading, Loading::Idle) {
        Loading::Again(next) => load(model, next),
        Loading::Idle | Loading::Under(_) => Vec::new(),
    };
    // The person has gone on to another application meanwhile.
    let outdated = matches!(&model.loading, Loading::Under(wanted) if wanted != application);
    let mut effects = match answer {
        Ok(sheet) => {
            online(model);
            let feed = sheet.table.grid.feed.clone();
            if !outdated {
                model.grid.load(*sheet, model.now);
                jobs::observe(model, fresh);
            }
            let mut effects = watch(model, feed, Duration::ZERO);
            effects.extend(history::refresh(model));
            effects
        }
        Err(trouble) => troubled(model, &trouble),
    };
    effects.extend(next);
    effects
}
