//! What came back from outside: lists, grids, changes, results.

use crate::app::compare::Comparison;
use crate::app::conflict;
use crate::app::dialog::Dialog;
use crate::app::dialog::site::enrolment;
use crate::app::diff::{Body, DiffView};
use crate::app::grid::sheet::Sheet;
use crate::app::jobs;
use crate::app::model::{Apps, Effect, Link, Loading, Model};
use crate::app::office::{Answer, Outcome, Report, Request, Ticket, Trouble};
use crate::app::screens::Screen;
use crate::app::{activity, alerts, commands, errors, sites};
use crate::app::{history, login};
use fieldpost_common::api::{Change, Changes, History};
use fieldpost_common::grid::Feed;
use fieldpost_common::id::{AppName, SiteName};
use std::time::Duration;

/// The first wait after a failed try, and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

pub(super) fn answer(model: &mut Model, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Whoami(Ok(whoami)) => {
            model.role = Some(whoami.role);
            model.seat.user = whoami.user.to_string();
            Vec::new()
        }
        Answer::Apps(Ok(apps)) => take_apps(model, apps),
        Answer::Whoami(Err(trouble)) | Answer::Apps(Err(trouble)) => troubled(model, &trouble),
        Answer::Grid(application, answer) => take_grid(model, &application, answer),
        Answer::Changes(answer) => take_changes(model, answer),
        Answer::Compared(ticket, answer) => compared(model, ticket, answer),
        Answer::Stamped(ticket, stamps) => {
            if let Some(diff) = diff_of(model, ticket) {
                diff.take_stamps(*stamps);
            }
            Vec::new()
        }
        Answer::Lines(ticket, answer) => {
            match (diff_of(model, ticket), answer) {
                (Some(diff), Ok(lines)) => diff.take_lines(lines),
                (Some(_), Err(trouble)) => model.error(trouble.words()),
                (None, _) => {}
            }
            Vec::new()
        }
        Answer::History(ticket, answer) => {
            take_history(model, ticket, answer);
            Vec::new()
        }
        Answer::Worked(ticket, reports) => worked(model, ticket, reports),
        Answer::DropAccepted(site, answer) => drop_accepted(model, &site, answer),
        Answer::Merged(ticket, answer) => {
            conflict::answers::merged(model, ticket, answer);
            Vec::new()
        }
        Answer::Saved(outcome) => {
            saved(model, outcome);
            Vec::new()
        }
        Answer::Sites(answer) => match answer {
            Ok(sites) => sites::live::take(model, sites),
            Err(trouble) => {
                sites::live::failed(model, &trouble);
                unreachable_only(model, &trouble)
            }
        },
        Answer::SiteOrders(site, answer) => {
            let answer = answer.map_err(|trouble| trouble.words().to_owned());
            errors::live::installed(model, &site, answer.as_ref().ok());
            sites::live::take_orders(model, &site, &answer)
        }
        answer @ (Answer::States(..)
        | Answer::StatesAsked(..)
        | Answer::Status(_)
        | Answer::Over(_)
        | Answer::Held(..)
        | Answer::Errors(_)
        | Answer::ErrorsOf(..)
        | Answer::Error(..)
        | Answer::ErrorMarked(_)) => health(model, answer),
        Answer::Commands(site, answer) => match answer {
            Err(trouble) if site.is_none() => {
                commands::live::take(model, None, Err(trouble.clone()));
                unreachable_only(model, &trouble)
            }
            answer => commands::live::take(model, site.as_ref(), answer),
        },
        Answer::Output(id, answer) => commands::output::take(model, &id, &answer),
        Answer::Askable(site, answer) => {
            commands::ask::take(model, &site, answer);
            Vec::new()
        }
        Answer::Asked(site, answer) => commands::ask::asked(model, &site, answer),
        Answer::CommandCancelled(answer) => commands::live::cancelled(model, answer),
        Answer::Enrolled(site, answer) => {
            enrolled(model, &site, answer);
            Vec::new()
        }
        Answer::Activity { before, answer } => match answer {
            Ok(page) => activity::live::take(model, before, page),
            Err(trouble) => {
                activity::live::failed(model, before, &trouble);
                unreachable_only(model, &trouble)
            }
        },
        Answer::Audit(answer) => {
            model.activity.audit = answer.ok();
            Vec::new()
        }
        Answer::LoggedIn(answer) => login::answered(model, answer),
    }
}

/// What came back about how sites are, and what their applications report.
fn health(model: &mut Model, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::States(site, answer) => {
            sites::live::take_states(model, &site, &answer.map_err(|trouble| trouble.words().to_owned()))
        }
        Answer::StatesAsked(site, answer) => {
            sites::live::states_asked(model, &site, answer);
            Vec::new()
        }
        Answer::Status(answer) => match answer {
            Ok(status) => alerts::live::take(model, *status),
            Err(trouble) => {
                alerts::live::failed(model, &trouble);
                unreachable_only(model, &trouble)
            }
        },
        Answer::Over(answer) => match answer {
            Ok(over) => alerts::live::take_over(model, over),
            Err(trouble) => {
                alerts::live::over_failed(model);
                unreachable_only(model, &trouble)
            }
        },
        Answer::Errors(answer) => match answer {
            Ok(all) => errors::live::take(model, *all),
            Err(trouble) => {
                errors::live::failed(model, &trouble);
                unreachable_only(model, &trouble)
            }
        },
        Answer::ErrorsOf(site, answer) => match answer {
            Ok(all) => {
                errors::live::take_of(model, &site, &all);
                Vec::new()
            }
            Err(trouble) => unreachable_only(model, &trouble),
        },
        Answer::Error(group, answer) => {
            errors::live::take_one(model, group, answer);
            Vec::new()
        }
        Answer::ErrorMarked(answer) => errors::live::marked(model, answer),
        Answer::Held(incident, answer) => {
            alerts::live::held(model, incident, answer);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// A screen shows by itself what the server refused to tell it; only lost contact concerns the whole app.
fn unreachable_only(model: &mut Model, trouble: &Trouble) -> Vec<Effect> {
    if matches!(trouble, Trouble::Unreachable(_)) { troubled(model, trouble) } else { Vec::new() }
}

fn enrolled(model: &mut Model, site: &SiteName, answer: Result<String, Trouble>) {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(string) => model.dialog = Some(Dialog::Info(enrolment(site, &string))),
        Err(trouble) => model.error(format!("no enrolment string for {site}: {}", trouble.words())),
    }
}

/// Hands two compared contents to the diff that asked for them, if it is still open. Where a first look was coarse, a closer one
/// follows.
fn compared(model: &mut Model, ticket: Ticket, answer: Result<Box<Comparison>, Trouble>) -> Vec<Effect> {
    let Some(diff) = diff_of(model, ticket) else { return Vec::new() };
    diff.take(match answer {
        Ok(comparison) => Body::Ready(comparison),
        Err(trouble) => Body::Failed(trouble.words().to_owned()),
    });
    diff.look_closer().map(Effect::Ask).into_iter().collect()
}

fn diff_of(model: &mut Model, ticket: Ticket) -> Option<&mut DiffView> {
    model.screens.all_mut().find_map(|screen| match screen {
        Screen::Diff(diff) if diff.ticket == ticket => Some(&mut **diff),
        _ => None,
    })
}

/// Hands a history to the screen that asked for it last, if it is still open.
fn take_history(model: &mut Model, ticket: Ticket, answer: Result<Box<History>, Trouble>) {
    let view = model.screens.all_mut().find_map(|screen| match screen {
        Screen::History(view) if view.ticket == ticket => Some(view),
        _ => None,
    });
    if let Some(view) = view {
        view.take(answer);
    }
}

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

fn take_apps(model: &mut Model, apps: Vec<fieldpost_common::api::AppSettings>) -> Vec<Effect> {
    online(model);
    let chosen = model.grid.application().filter(|name| apps.iter().any(|app| app.name == **name)).cloned();
    let chosen = chosen.or_else(|| apps.first().map(|app| app.name.clone()));
    model.apps = Apps::Read(apps);
    match chosen {
        Some(application) => load(model, application),
        None => watch(model, Feed::default(), Duration::ZERO),
    }
}

fn take_grid(model: &mut Model, application: &AppName, answer: Result<Box<Sheet>, Trouble>) -> Vec<Effect> {
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

fn take_changes(model: &mut Model, answer: Result<Changes, Trouble>) -> Vec<Effect> {
    model.watching = false;
    let changes = match answer {
        Ok(changes) => changes,
        Err(trouble) => return troubled(model, &trouble),
    };
    let was_offline = matches!(model.link, Link::Offline { .. });
    online(model);
    let everything = changes.reload || was_offline;
    let mut effects = Vec::new();
    if everything || matches!(model.apps, Apps::Unread) || changes.changes.contains(&Change::Apps) {
        effects.push(Effect::Ask(Request::Apps));
    } else if let Some(application) = model.grid.application().cloned() {
        let concerned = |change: &Change| match change {
            Change::Grid { application: which } => *which == application,
            Change::Sites => true,
            _ => false,
        };
        if changes.changes.iter().any(concerned) {
            effects.extend(load(model, application));
        }
    }
    effects.extend(sites::live::changed(model, &changes.changes, everything));
    effects.extend(alerts::live::changed(model, &changes.changes, everything));
    effects.extend(errors::live::changed(model, &changes.changes, everything));
    effects.extend(activity::live::changed(model, &changes.changes, everything));
    effects.extend(commands::live::changed(model, &changes.changes, everything));
    if everything && model.role.is_none() {
        effects.push(Effect::Ask(Request::Whoami));
    }
    // A server that says "reload" to everything must not be asked without end.
    let after = if changes.reload { Duration::from_secs(1) } else { Duration::ZERO };
    effects.extend(watch(model, changes.feed, after));
    effects
}

/// Asks for changes, unless that question is under way.
fn watch(model: &mut Model, feed: Feed, after: Duration) -> Vec<Effect> {
    if std::mem::replace(&mut model.watching, true) {
        return Vec::new();
    }
    vec![Effect::Ask(Request::Watch { feed, after })]
}

fn online(model: &mut Model) {
    if matches!(model.link, Link::Offline { .. }) {
        model.note("connected again");
    }
    model.link = Link::Online;
}

/// What is shown stays; the feed is asked again after a while, and whatever it says then, all is read anew.
fn troubled(model: &mut Model, trouble: &Trouble) -> Vec<Effect> {
    let (since, wait) = match &model.link {
        // Several questions may fail at once; only the feed's own failure makes the wait longer.
        Link::Offline { since, wait, .. } if model.watching => (*since, *wait),
        Link::Offline { since, wait, .. } => (*since, (*wait * 2).min(LONGEST_WAIT)),
        Link::Connecting | Link::Online => (model.now, FIRST_WAIT),
    };
    if let Trouble::Refused(words) = trouble {
        model.error(words.clone());
    }
    model.link = Link::Offline { since, why: trouble.words().to_owned(), wait };
    watch(model, model.grid.table.grid.feed.clone(), wait)
}

/// What became of a part of a job; what it changed is read again.
fn worked(model: &mut Model, ticket: Ticket, reports: Vec<Report>) -> Vec<Effect> {
    jobs::reported(model, ticket, reports);
    let mut effects = conflict::answers::settled(model, ticket);
    effects.extend(reload(model));
    effects
}

/// Says what became of a file that was written.
fn saved(model: &mut Model, Outcome { what, result }: Outcome) {
    model.working = model.working.saturating_sub(1);
    match result {
        Ok(words) => model.note(format!("{what}: {words}")),
        Err(words) => model.error(format!("{what}: {words}")),
    }
}

fn drop_accepted(model: &mut Model, site: &SiteName, answer: Result<(), Trouble>) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(()) => model.note(format!("{site}: what is gone there counts as deleted")),
        Err(trouble) => model.error(format!("{site}: {}", trouble.words())),
    }
    reload(model)
}

/// Reads the grid anew.
pub(crate) fn reload(model: &mut Model) -> Vec<Effect> {
    match model.grid.application().cloned() {
        Some(application) => load(model, application),
        None => Vec::new(),
    }
}
