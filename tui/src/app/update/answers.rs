//! What came back from outside: each answer goes to the room that asked.

use super::link;
use crate::app::model::{Effect, Link, Model};
use crate::app::office::{Answer, Outcome, Report, Request, Ticket, Trouble};
use crate::app::{activity, alerts, commands, conflict, diff, errors, grid, history, jobs, login, sites};
use fieldpost_common::api::{Changes, Whoami};
use std::time::Duration;

pub(super) fn answer(model: &mut Model, answer: Answer) -> Vec<Effect> {
    let mut effects = Vec::new();
    match answer {
        Answer::Whoami(answer) => effects = whoami(model, answer),
        Answer::Changes(answer) => effects = changed(model, answer),
        Answer::Apps(answer) => effects = grid::live::take_apps(model, answer),
        Answer::Grid(application, answer) => effects = grid::live::take(model, &application, answer),
        Answer::Compared(ticket, answer) => effects = diff::answers::compared(model, ticket, answer),
        Answer::Stamped(ticket, stamps) => diff::answers::stamped(model, ticket, *stamps),
        Answer::Lines(ticket, answer) => diff::answers::lines(model, ticket, answer),
        Answer::History(ticket, answer) => history::take(model, ticket, answer),
        Answer::Merged(ticket, answer) => conflict::answers::merged(model, ticket, answer),
        Answer::Worked(ticket, reports) => effects = worked(model, ticket, reports),
        Answer::Saved(outcome) => saved(model, outcome),
        Answer::Sites(answer) => effects = sites::live::take(model, answer),
        Answer::SiteOrders(site, answer) => {
            errors::live::installed(model, &site, answer.as_ref().ok());
            effects = sites::live::take_orders(model, &site, answer);
        }
        Answer::States(site, answer) => effects = sites::live::take_states(model, &site, answer),
        Answer::StatesAsked(site, answer) => sites::live::states_asked(model, &site, answer),
        Answer::DropAccepted(site, answer) => effects = sites::live::drop_accepted(model, &site, answer),
        Answer::Enrolled(site, answer) => sites::live::enrolled(model, &site, answer),
        Answer::Status(answer) => effects = alerts::live::take(model, answer),
        Answer::Over(answer) => effects = alerts::live::take_over(model, answer),
        Answer::Held(incident, answer) => alerts::live::held(model, incident, answer),
        Answer::Errors(answer) => effects = errors::live::take(model, answer),
        Answer::ErrorsOf(site, answer) => effects = errors::live::take_of(model, &site, answer),
        Answer::Error(group, answer) => effects = errors::page::take(model, group, answer),
        Answer::ErrorMarked(answer) => effects = errors::live::marked(model, answer),
        Answer::Commands(None, answer) => effects = commands::live::take(model, answer),
        Answer::Commands(Some(site), answer) => effects = sites::live::take_commands(model, &site, answer),
        Answer::Output(id, answer) => effects = commands::output::take(model, &id, &answer),
        Answer::Askable(site, answer) => commands::ask::take(model, &site, answer),
        Answer::Asked(site, answer) => effects = commands::ask::asked(model, &site, answer),
        Answer::CommandCancelled(answer) => effects = commands::live::cancelled(model, answer),
        Answer::Activity { before, answer } => effects = activity::live::take(model, before, answer),
        Answer::Audit(answer) => model.activity.audit = answer.ok(),
        Answer::LoggedIn(answer) => effects = login::answered(model, answer),
    }
    effects
}

fn whoami(model: &mut Model, answer: Result<Whoami, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(whoami) => {
            model.role = Some(whoami.role);
            model.seat.user = whoami.user.to_string();
            Vec::new()
        }
        Err(trouble) => link::troubled(model, &trouble),
    }
}

/// Something changed at the server: each room reads what it shows.
fn changed(model: &mut Model, answer: Result<Changes, Trouble>) -> Vec<Effect> {
    model.watching = false;
    let Changes { changes, reload, feed } = match answer {
        Ok(changes) => changes,
        Err(trouble) => return link::troubled(model, &trouble),
    };
    let everything = reload || matches!(model.link, Link::Offline { .. });
    link::online(model);
    let mut effects = grid::live::changed(model, &changes, everything);
    for room in
        [sites::live::changed, alerts::live::changed, errors::live::changed, activity::live::changed, commands::live::changed]
    {
        effects.extend(room(model, &changes, everything));
    }
    if everything && model.role.is_none() {
        effects.push(Effect::Ask(Request::Whoami));
    }
    // A server that says "reload" to everything must not be asked without end.
    let after = if reload { Duration::from_secs(1) } else { Duration::ZERO };
    effects.extend(link::watch(model, feed, after));
    effects
}

/// What became of a part of a job; what it changed is read again.
fn worked(model: &mut Model, ticket: Ticket, reports: Vec<Report>) -> Vec<Effect> {
    jobs::reported(model, ticket, reports);
    let mut effects = conflict::answers::settled(model, ticket);
    effects.extend(grid::live::reload(model));
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
