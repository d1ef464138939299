//! The keys of the diff screen, and when each can do something.

use super::{Body, DiffView};
use crate::app::grid::bindings::{is_sending, may_act};
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::screens::Screen;
use crossterm::event::KeyCode as K;

pub(crate) const DIFF: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "publish", "publish the site's content, now that it was shown", can_publish),
    bind(&[ch('>'), ch('+')], A::SendUpdate, "send", "send what is published to this site", can_send),
    bind(&[ch('<'), ch('p')], A::Retrieve, "publish", "publish the content that is shown", can_publish),
    bind(&[ch(']')], A::NextHunk, "next change", "the next change", is_text),
    bind(&[ch('[')], A::PreviousHunk, "", "the change before", is_text),
    bind(&[ch('h'), key(K::Left)], A::Left, "", "to the left", always),
    bind(&[ch('l'), key(K::Right)], A::Right, "", "to the right", always),
    bind(&[ch(' ')], A::PageDown, "", "a page down", always),
];

fn shown(model: &Model) -> Result<&DiffView, &'static str> {
    match model.screens.top() {
        Some(Screen::Diff(diff)) => Ok(diff),
        _ => Err("no diff is open"),
    }
}

fn is_text(model: &Model) -> Valid {
    when(shown(model)?.text().is_some(), "only text has changes to go to")
}

fn can_publish(model: &Model) -> Valid {
    may_act(model)?;
    let diff = shown(model)?;
    when(diff.offer.is_some(), "what is shown is published already")?;
    when(matches!(diff.body, Body::Ready(_)), "wait until the content is shown: only what was shown is signed")
}

fn can_send(model: &Model) -> Valid {
    may_act(model)?;
    let diff = shown(model)?;
    let cell = model.grid.find(&diff.patch, &diff.site).map(|place| model.grid.cell(place));
    when(cell.is_some_and(|cell| cell.send().is_some() && !is_sending(&cell)), "there is nothing to send here")
}
