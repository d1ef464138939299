//! What comes back for the conflict screen: the contents, what the editor wrote, what became of the result.

use super::keys::{decide, go};
use super::{Body, ConflictView, Work};
use crate::app::dialog::{Dialog, Info};
use crate::app::editor::Edited;
use crate::app::model::{Effect, Model};
use crate::app::office::{Draft, Merged, Outcome, Ticket, Trouble};
use crate::app::screens::Screen;
use crate::app::update::answers::reload;
use crate::drafts::DraftKey;
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
            model.error(format!("{left} (e opens your text again)"));
            Vec::new()
        }
    }
}

/// Says what became of the result; once it is published and sent, the screen and the kept decisions go.
pub(crate) fn settled(model: &mut Model, key: DraftKey, outcomes: &[Outcome]) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    let all_done = outcomes.iter().all(|outcome| outcome.result.is_ok());
    for screen in model.screens.all_mut() {
        if let Screen::Conflict(view) = screen
            && view.three.key() == key
        {
            view.settling = false;
        }
    }
    if !all_done {
        model.dialog = Some(Dialog::Info(Info::results(outcomes)));
        return reload(model);
    }
    let words: Vec<_> =
        outcomes.iter().flat_map(|outcome| outcome.result.as_ref().map(|done| format!("{}: {done}", outcome.what))).collect();
    model.note(words.join(" · "));
    if matches!(model.screens.top(), Some(Screen::Conflict(view)) if view.three.key() == key) {
        model.screens.back();
    }
    model.drafts.remove(&key);
    let mut effects = vec![Effect::Keep(Draft { key, decisions: Vec::new() })];
    effects.extend(reload(model));
    effects
}
