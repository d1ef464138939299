//! The keys of the conflict screen, and when each can do something.

use super::{ConflictView, Work, changes};
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::screens::Screen;
use crossterm::event::KeyCode as K;
use fieldpost_common::merge::Kind;

pub(crate) const CONFLICT: &[Binding] = &[
    bind(&[key(K::Enter), ch('w')], A::Finish, "finish", "publish and send the result, or save it", can_finish),
    bind(&[ch('p')], A::TakePublished, "published", "take the published lines", has_change),
    bind(&[ch('s')], A::TakeSite, "site", "take the site's lines", has_change),
    bind(&[ch('b')], A::TakeBoth, "both", "take both: the published lines, then the site's", is_text_change),
    bind(&[ch('e')], A::Edit, "edit", "write the lines in your editor ($VISUAL or $EDITOR)", is_text_change),
    bind(&[ch('u')], A::Undecide, "", "back to undecided, or to what is taken by itself", has_choice),
    bind(&[key(K::Tab)], A::Switch, "result", "the result as it is now, and back", is_ready),
    bind(&[ch(']')], A::NextHunk, "next", "the next conflict", has_conflict),
    bind(&[ch('[')], A::PreviousHunk, "", "the conflict before", has_conflict),
    bind(&[ch('}')], A::NextChange, "", "the next change, also one that is no conflict", has_change),
    bind(&[ch('{')], A::PreviousChange, "", "the change before, also one that is no conflict", has_change),
    bind(&[ch('h'), key(K::Left)], A::Left, "", "to the left", always),
    bind(&[ch('l'), key(K::Right)], A::Right, "", "to the right", always),
    bind(&[ch(' ')], A::PageDown, "", "a page down", always),
];

pub(super) fn shown(model: &Model) -> Result<&ConflictView, &'static str> {
    match model.screens.top() {
        Some(Screen::Conflict(conflict)) => Ok(conflict),
        _ => Err("no conflict is open"),
    }
}

fn work(model: &Model) -> Result<&Work, &'static str> {
    shown(model)?.work().ok_or("wait until the contents are there")
}

fn is_ready(model: &Model) -> Valid {
    work(model).map(|_| ())
}

fn has_conflict(model: &Model) -> Valid {
    when(work(model)?.conflicts() > 0, "there is no conflict: all of it merges by itself")
}

fn has_change(model: &Model) -> Valid {
    let work = work(model)?;
    when(!shown(model)?.is_settling(model), "the result is on its way")?;
    when(changes(&work.merge).next().is_some(), "there is no change")
}

fn is_text_change(model: &Model) -> Valid {
    has_change(model)?;
    when(work(model)?.merge.is_text(), "not text: one side is taken whole")
}

fn has_choice(model: &Model) -> Valid {
    has_change(model)?;
    let work = work(model)?;
    let conflict = work.merge.regions().get(work.at).is_some_and(|region| region.kind == Kind::Conflict);
    let reason = if conflict { "this conflict is undecided" } else { "nothing was decided here: it is taken by itself" };
    when(work.resolution.choice(work.at).is_some(), reason)
}

fn can_finish(model: &Model) -> Valid {
    let work = work(model)?;
    when(!shown(model)?.is_settling(model), "the result is on its way")?;
    when(work.is_all_decided(), "decide every conflict first: {next-hunk} goes to the next")
}
