//! Hands answers to the diff that asked for them, if it is still open.

use super::{Body, DiffView};
use crate::app::compare::Comparison;
use crate::app::compare::lines::Lines;
use crate::app::model::{Effect, Model};
use crate::app::office::{Ticket, Trouble};
use crate::app::screens::Screen;
use fieldpost_common::stamp::Stamp;

/// Takes two compared contents. Where a first look was coarse, a closer one follows.
pub(crate) fn compared(model: &mut Model, ticket: Ticket, answer: Result<Box<Comparison>, Trouble>) -> Vec<Effect> {
    let Some(diff) = asker(model, ticket) else { return Vec::new() };
    diff.take(match answer {
        Ok(comparison) => Body::Ready(comparison),
        Err(trouble) => Body::Failed(trouble.words().to_owned()),
    });
    diff.look_closer().map(Effect::Ask).into_iter().collect()
}

/// Takes what both sides say about themselves.
pub(crate) fn stamped(model: &mut Model, ticket: Ticket, stamps: [Option<Stamp>; 2]) {
    if let Some(diff) = asker(model, ticket) {
        diff.take_stamps(stamps);
    }
}

/// Takes lines that were compared anew.
pub(crate) fn lines(model: &mut Model, ticket: Ticket, answer: Result<Lines, Trouble>) {
    match (asker(model, ticket), answer) {
        (Some(diff), Ok(lines)) => diff.take_lines(lines),
        (Some(_), Err(trouble)) => model.error(trouble.words()),
        (None, _) => {}
    }
}

fn asker(model: &mut Model, ticket: Ticket) -> Option<&mut DiffView> {
    model.screens.all_mut().find_map(|screen| match screen {
        Screen::Diff(diff) if diff.ticket == ticket => Some(&mut **diff),
        _ => None,
    })
}
