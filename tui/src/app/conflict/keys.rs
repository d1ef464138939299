//! What keys do on the conflict screen.

use super::{ConflictView, Work, changes, draw, rows, sideways};
use crate::app::dialog::Dialog;
use crate::app::dialog::settle::SettleDialog;
use crate::app::editor::Edit;
use crate::app::keymap::{Action, Context};
use crate::app::model::{Effect, Model};
use crate::app::office::Draft;
use crate::app::screens::Screen;
use crate::app::scroll::stepped;
use fieldpost_common::merge::{Choice, Kind, marked};
use std::path::Path;

/// How many terminal cells one step sideways is.
const SIDEWAYS: isize = 8;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::TakePublished => choose(model, Some(Choice::Published)),
        Action::TakeSite => choose(model, Some(Choice::Site)),
        Action::TakeBoth => choose(model, Some(Choice::Both)),
        Action::Undecide => choose(model, None),
        Action::Edit => edit(model),
        Action::Finish => {
            finish(model);
            Vec::new()
        }
        _ => {
            let size = model.size;
            if let Some(Screen::Conflict(view)) = model.screens.top_mut() {
                moved(view, size, action);
            }
            Vec::new()
        }
    }
}

fn choose(model: &mut Model, choice: Option<Choice>) -> Vec<Effect> {
    let Some(Screen::Conflict(view)) = model.screens.top() else { return Vec::new() };
    let ticket = view.ticket;
    let Some(place) = view.work().map(|work| work.at) else { return Vec::new() };
    decide(model, ticket, place, choice)
}

/// Takes a decision, keeps it, and goes on to the next conflict that wants one.
pub(super) fn decide(model: &mut Model, ticket: crate::app::office::Ticket, place: usize, choice: Option<Choice>) -> Vec<Effect> {
    let size = model.size;
    let view = model.screens.all_mut().find_map(|screen| match screen {
        Screen::Conflict(view) if view.ticket == ticket => Some(view),
        _ => None,
    });
    let Some(view) = view else { return Vec::new() };
    let key = view.three.key();
    let Some(work) = view.work_mut() else { return Vec::new() };
    let is_conflict = work.merge.regions().get(place).is_some_and(|region| region.kind == Kind::Conflict);
    let goes_on = choice.is_some() && is_conflict;
    work.resolution.choose(place, choice);
    work.unfinished = None;
    let next = if goes_on { work.next_undecided() } else { None };
    let done = goes_on && next.is_none();
    go(work, next.unwrap_or(place), size);
    let decisions = work.resolution.decisions(&work.merge);
    if done {
        model.note(model.say(Context::Conflict, "all is decided: {finish} goes on, {switch} shows the result"));
    }
    model.drafts.insert(key, decisions.clone());
    vec![Effect::Keep(Draft { key, decisions })]
}

fn edit(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Conflict(view)) = model.screens.top() else { return Vec::new() };
    let Some(work) = view.work() else { return Vec::new() };
    let text = match &work.unfinished {
        Some((region, text)) if *region == work.at => text.clone(),
        _ => marked(&work.merge, &work.resolution, work.at),
    };
    let suffix = Path::new(view.patch.as_str()).extension().map_or(String::new(), |end| format!(".{}", end.display()));
    vec![Effect::Edit(Edit { ticket: view.ticket, region: work.at, text, suffix })]
}

fn finish(model: &mut Model) {
    let Some(Screen::Conflict(view)) = model.screens.top() else { return };
    if let Some(dialog) = SettleDialog::new(view, model.may_act()) {
        model.dialog = Some(Dialog::Settle(Box::new(dialog)));
    }
}

fn moved(view: &mut ConflictView, size: (u16, u16), action: Action) {
    let page = draw::page(size);
    let Some(work) = view.work_mut() else { return };
    let at = work.at;
    let target = match action {
        Action::NextHunk => work.merge.conflicts().find(|place| *place > at),
        Action::PreviousHunk => work.merge.conflicts().filter(|place| *place < at).last(),
        Action::NextChange => changes(&work.merge).find(|place| *place > at),
        Action::PreviousChange => changes(&work.merge).filter(|place| *place < at).last(),
        _ => None,
    };
    match action {
        Action::NextHunk | Action::PreviousHunk | Action::NextChange | Action::PreviousChange => {
            go(work, target.unwrap_or(at), size);
        }
        Action::Switch => {
            work.preview = !work.preview;
            go(work, at, size);
        }
        Action::Left => {
            let farthest = sideways::farthest(work, &rows::rows(work, size.0), size);
            work.shift = (work.shift - SIDEWAYS).max(-farthest.cast_signed());
        }
        Action::Right => work.shift += SIDEWAYS,
        _ => {
            let rows = rows::rows(work, size.0).len();
            work.top = stepped(work.top, rows, page, action).min(rows.saturating_sub(page.max(1)));
        }
    }
}

/// Selects a region and brings it into sight: whole, if it fits, with some lines above it, and sideways what differs in it.
pub(super) fn go(work: &mut Work, place: usize, size: (u16, u16)) {
    work.at = place;
    work.shift = 0;
    let rows = rows::rows(work, size.0);
    let page = draw::page(size).max(1);
    let Some(first) = rows.iter().position(|row| row.place() == Some(place)) else { return };
    let last = rows.iter().rposition(|row| row.place() == Some(place)).unwrap_or(first);
    let is_seen = work.top <= first && last < work.top + page;
    if !is_seen {
        work.top = first.saturating_sub(rows::CONTEXT);
    }
    work.top = work.top.min(rows.len().saturating_sub(page));
}
