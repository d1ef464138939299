//! What comes back for the conflict screen: the contents, what the editor wrote, what became of the result.

use super::keys::{decide, go};
use super::{Body, ConflictView, Work};
use crate::app::dialog::settle::Settlement;
use crate::app::editor::Edited;
use crate::app::jobs::{self, Job};
use crate::app::keymap::Context;
use crate::app::model::{Effect, Model};
use crate::app::office::{Draft, Merged, Ticket, Trouble};
use crate::app::screens::Screen;
use fieldpost_common::merge::{Resolution, unmarked};

fn find(model: &mut Model, ticket: Ticket) -> Option<&mut ConflictView> {
    model.screens.all_mut().find_map(|screen| match screen {
        Screen::Conflict(view) if view.ticket == ticket => Some(&mut **view),
        _ => None,
    })
}

/// Takes the three contents, and up again what was decided about them before.
pub(crate) fn merged(model: &mut Model, ticket: Ticket, answer: Result<Box<Merged>, Trouble>) {
    let size = model.size;
    let Some(view) = find(model, ticket) else { return };
    let key = view.three.key();
    let Merged { merge, kept } = match answer {
        Ok(merged) => *merged,
        Err(trouble) => {
            view.body = Body::Failed(trouble.words().to_owned());
            return;
        }
    };
    // What is in memory is newer, or the same.
    let (kept, trouble) = match (model.drafts.get(&key), kept) {
        (Some(kept), _) => (kept.clone(), None),
        (None, Ok(kept)) => (kept, None),
        (None, Err(words)) => (Vec::new(), Some(words)),
    };
    let resolution = Resolution::resume(&merge, kept);
    let mut work = Work::new(merge, resolution);
    let (all, decided) = (work.conflicts(), work.resolution.decided(&work.merge));
    let at = work.at;
    go(&mut work, at, size);
    if let Some(view) = find(model, ticket) {
        view.body = Body::Ready(Box::new(work));
    }
    match trouble {
        Some(words) => model.error(format!("what was decided before can't be read: {words}")),
        None if decided > 0 => model.note(format!("resumed: {decided} of {all} decided")),
        None => {}
    }
}

/// Takes what the editor wrote. Nothing of it is lost when marks were left in: `e` opens it again.
pub(crate) fn edited(model: &mut Model, edited: Edited) -> Vec<Effect> {
    let Edited { ticket, region: place, result } = edited;
    let text = match result {
        Ok(Some(text)) => text,
        Ok(None) => {
            model.note("nothing was changed");
            return Vec::new();
        }
        Err(words) => {
            model.error(words);
            return Vec::new();
        }
    };
    let Some(work) = find(model, ticket).and_then(ConflictView::work_mut) else { return Vec::new() };
    let Some(region) = work.merge.regions().get(place) else { return Vec::new() };
    match unmarked(&work.merge, region, &text) {
        Ok(choice) => decide(model, ticket, place, Some(choice)),
        Err(left) => {
            work.unfinished = Some((place, text));
            model.error(format!("{left} ({})", model.say(Context::Conflict, "{edit} opens your text again")));
            Vec::new()
        }
    }
}

/// Has the result published and sent, as a job.
pub(crate) fn settle(model: &mut Model, settlement: Settlement) -> Vec<Effect> {
    let Settlement { three, tasks } = settlement;
    let key = three.key();
    let (ticket, effect) = jobs::start_chain(model, three.application, tasks, "merge");
    model.settling.insert(ticket, key);
    vec![effect]
}

/// Once a job has published and sent a result, its screen and the kept decisions go; else both stay.
pub(crate) fn settled(model: &mut Model, ticket: Ticket) -> Vec<Effect> {
    let tally = model.jobs.find(ticket).filter(|job| !job.is_running()).map(Job::tally);
    let (Some(tally), Some(key)) = (tally, model.settling.get(&ticket).copied()) else { return Vec::new() };
    model.settling.remove(&ticket);
    if tally.bad > 0 {
        return Vec::new();
    }
    model.screens.close(|screen| matches!(screen, Screen::Conflict(view) if view.three.key() == key));
    model.drafts.remove(&key);
    vec![Effect::Keep(Draft { key, decisions: Vec::new() })]
}
