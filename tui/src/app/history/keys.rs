//! What keys do on the history screen.

use super::draw;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::screens::Screen;
use crate::app::scroll::stepped;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if action == Action::Diff {
        return super::compare(model);
    }
    let page = draw::page(model.size);
    if let Some(Screen::History(view)) = model.screens.top_mut() {
        match action {
            Action::Mark => view.mark(),
            _ => view.at = stepped(view.at, view.revisions().len(), page, action),
        }
        view.top = view.top.min(view.at).max((view.at + 1).saturating_sub(page.max(1)));
    }
    Vec::new()
}
