//! The keys of a diff that is one step of a review.

use crate::app::diff::{Body, DiffView};
use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::review::Review;
use crate::app::screens::Screen;
use crossterm::event::KeyCode as K;

pub(crate) const REVIEW: &[Binding] = &[
    bind(
        &[key(K::Enter)],
        A::Accept,
        "yes",
        "publish it for the site's version, or put it back, now that it was shown",
        is_shown,
    )
    .asking(),
    bind(&[ch('n')], A::Skip, "skip", "leave it as it is and go on", is_queue),
    bind(&[ch('p'), ch('<')], A::Retrieve, "versions", "publish it, and choose for which versions", can_choose),
    bind(&[key(K::Esc), ch('q')], A::Back, "end", "end here; what is left stays as it is", always),
];

fn diff(model: &Model) -> Option<&DiffView> {
    match model.screens.top() {
        Some(Screen::Diff(diff)) => Some(diff),
        _ => None,
    }
}

fn is_shown(model: &Model) -> Valid {
    may_act(model)?;
    let ready = diff(model).is_some_and(|diff| matches!(diff.body, Body::Ready(_)));
    when(ready, "wait until the content is shown: only what was shown is signed")
}

fn is_queue(model: &Model) -> Valid {
    when(matches!(model.review, Some(Review::Queue(_))), "there is nothing after this")
}

fn can_choose(model: &Model) -> Valid {
    is_queue(model)?;
    is_shown(model)
}
