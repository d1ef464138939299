//! Keys in a dialog: yes, no, and what it offers beside them.

use super::ask::AskDialog;
use super::publish::Step;
use super::settle::{self, SettleDialog};
use super::undo::UndoDialog;
use super::{Dialog, draw, undo};
use crate::app::grid::keys::picked;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Task};
use crate::app::review::Review;
use crate::app::{commands, conflict, jobs, review};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept => return accept(model),
        Action::Decline => decline(model),
        Action::Up => step(model, -1),
        Action::Down => step(model, 1),
        Action::PageUp => step(model, -PAGE),
        Action::PageDown => step(model, PAGE),
        Action::Toggle => {
            if let Some(Dialog::Publish(publish)) = &mut model.dialog {
                publish.toggle();
            }
        }
        Action::Switch => {
            if let Some(Dialog::Send(send)) = &mut model.dialog {
                send.switch(&model.keys);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Takes back what was typed to narrow a list; else leaves everything as it is.
fn decline(model: &mut Model) {
    match &mut model.dialog {
        Some(Dialog::Pick(pick)) if pick.has_typed() => pick.clear(),
        _ => model.dialog = None,
    }
}

/// How many lines a page of a dialog is.
const PAGE: isize = 8;

fn step(model: &mut Model, by: isize) {
    let most = model.dialog.as_ref().map_or(0, |dialog| draw::hidden(dialog, &model.keys, model.size));
    match &mut model.dialog {
        Some(Dialog::Publish(publish)) => publish.step(by),
        Some(Dialog::Pick(pick)) => pick.step(by),
        Some(Dialog::Settle(settle)) => settle.step(by),
        Some(dialog) => {
            if let Some(top) = dialog.top_mut() {
                *top = top.saturating_add_signed(by).min(most);
            }
        }
        None => {}
    }
}

fn accept(model: &mut Model) -> Vec<Effect> {
    match model.dialog.take() {
        Some(Dialog::Drop(drop)) => ask(model, Request::AcceptDrop(drop.site)),
        Some(Dialog::Enrol(enrol)) => ask(model, Request::Enrol(enrol.site)),
        Some(Dialog::Send(send)) => jobs::start(model, send.application.clone(), send.tasks(), send.name()),
        Some(Dialog::Cancel(cancel)) => jobs::start(model, cancel.application, vec![Task::TakeBack(cancel.task)], "taking back"),
        Some(Dialog::Undo(undo)) => undo_accepted(model, &undo),
        Some(Dialog::Publish(mut publish)) => match publish.accept() {
            Step::Publish(task) => review::published(model, publish.application, task),
            Step::Asked => {
                model.dialog = Some(Dialog::Publish(publish));
                Vec::new()
            }
        },
        Some(Dialog::Settle(settle)) => settle_accepted(model, settle),
        Some(Dialog::Ask(ask)) => asked(model, ask),
        Some(Dialog::Pick(pick)) => pick.picked().map_or_else(Vec::new, |choice| picked(model, choice.clone())),
        Some(Dialog::Info(_)) | None => Vec::new(),
    }
}

fn settle_accepted(model: &mut Model, mut settle: Box<SettleDialog>) -> Vec<Effect> {
    match settle.accept() {
        settle::Step::Asked => {
            model.dialog = Some(Dialog::Settle(settle));
            Vec::new()
        }
        settle::Step::Settle(settlement) => conflict::answers::settle(model, settlement),
        settle::Step::Save { path, bytes } => ask(model, Request::Save { path, bytes }),
    }
}

fn undo_accepted(model: &mut Model, dialog: &UndoDialog) -> Vec<Effect> {
    match dialog.accept() {
        undo::Step::Look(put) => review::look(model, dialog.application.clone(), put),
        undo::Step::Undo(tasks) => {
            if let Some(Review::PutBack(..)) = model.review {
                // It was looked at, and this is the answer.
                model.review = None;
                model.screens.back();
            }
            jobs::start(model, dialog.application.clone(), tasks, dialog.name())
        }
    }
}

/// What isn't understood is said, and can be mended.
fn asked(model: &mut Model, mut dialog: Box<AskDialog>) -> Vec<Effect> {
    if let Some(wish) = dialog.accept(model.grid.now) {
        return commands::ask::wish(model, dialog.site, wish);
    }
    model.dialog = Some(Dialog::Ask(dialog));
    Vec::new()
}

fn ask(model: &mut Model, request: Request) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(request)]
}
