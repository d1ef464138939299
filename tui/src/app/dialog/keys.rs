//! Keys in a dialog: yes, no, and what it offers beside them.

use super::Dialog;
use super::publish::Step;
use crate::app::grid::keys::picked;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::screens::Screen;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept => return accept(model),
        Action::Decline => model.dialog = None,
        Action::Up => step(model, -1),
        Action::Down => step(model, 1),
        Action::Toggle => {
            if let Some(Dialog::Publish(publish)) = &mut model.dialog {
                publish.toggle();
            }
        }
        Action::Switch => {
            if let Some(Dialog::Send(send)) = &mut model.dialog {
                send.switch();
            }
        }
        _ => {}
    }
    Vec::new()
}

fn step(model: &mut Model, by: isize) {
    match &mut model.dialog {
        Some(Dialog::Publish(publish)) => publish.step(by),
        Some(Dialog::Pick(pick)) => pick.step(by),
        Some(Dialog::Settle(settle)) => settle.step(by),
        Some(Dialog::Info(info)) => info.top = info.top.saturating_add_signed(by).min(info.lines.len().saturating_sub(1)),
        _ => {}
    }
}

fn accept(model: &mut Model) -> Vec<Effect> {
    match model.dialog.take() {
        Some(Dialog::Send(send)) => ask(model, Request::Send(send.job())),
        Some(Dialog::Cancel(cancel)) => ask(model, Request::Cancel(cancel.order)),
        Some(Dialog::Drop(drop)) => ask(model, Request::AcceptDrop(drop.site)),
        Some(Dialog::Enrol(enrol)) => ask(model, Request::Enrol(enrol.site)),
        Some(Dialog::Publish(mut publish)) => match publish.accept() {
            Step::Publish(job) => {
                // What was offered is done; the diff would only show the past.
                model.screens.back();
                ask(model, Request::Publish(job))
            }
            Step::Asked => {
                model.dialog = Some(Dialog::Publish(publish));
                Vec::new()
            }
        },
        Some(Dialog::Settle(mut settle)) => match settle.accept() {
            Some(request) => {
                if let (Request::Settle(_), Some(Screen::Conflict(view))) = (&request, model.screens.top_mut()) {
                    view.settling = true;
                }
                ask(model, request)
            }
            None => {
                model.dialog = Some(Dialog::Settle(settle));
                Vec::new()
            }
        },
        Some(Dialog::Pick(pick)) => picked(model, pick.picked()),
        Some(Dialog::Info(_)) | None => Vec::new(),
    }
}

fn ask(model: &mut Model, request: Request) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(request)]
}
