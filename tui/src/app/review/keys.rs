//! What keys do on a diff that is one step of a review.

use super::{Review, publish, skip, stop};
use crate::app::dialog::Dialog;
use crate::app::dialog::undo::UndoDialog;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::PutTask;
use crate::app::screens::Screen;
use crate::app::{act, diff};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept => match model.review.clone() {
            Some(Review::PutBack(application, put)) => put_back(model, application, put),
            Some(Review::Queue(_)) => return publish(model),
            None => {}
        },
        Action::Skip => return skip(model),
        Action::Retrieve => act::publish_from_diff(model),
        Action::Back => stop(model),
        action => return diff::keys::act(model, action),
    }
    Vec::new()
}

/// Asks once more, now that the content is on the screen.
fn put_back(model: &mut Model, application: fieldpost_common::id::AppName, put: PutTask) {
    let seen = matches!(model.screens.top(), Some(Screen::Diff(diff)) if diff.size_of(&put.sha256).is_some());
    if seen {
        let dialog = UndoDialog::seen(application, PutTask { shown: true, ..put });
        model.dialog = Some(Dialog::Undo(Box::new(dialog)));
    } else {
        model.note("the content is not on the screen: only what was shown is signed");
    }
}
