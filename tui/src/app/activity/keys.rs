//! What keys do on the activity tab.

use super::kind::Kind;
use super::{line, live};
use crate::app::dialog::Dialog;
use crate::app::grid::layout::body_height;
use crate::app::input::Input;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::scroll::stepped;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let view = &mut model.activity;
    match action {
        Action::Open => {
            let info = view.selected().map(|one| line::explain(one, model.grid.now, &model.zone));
            model.dialog = info.map(Dialog::Info);
        }
        Action::Filter => view.typing = true,
        Action::Accept => view.typing = false,
        Action::PickKind => {
            view.kind = Kind::after(view.kind);
            view.refilter();
            return live::fill(model);
        }
        Action::Decline | Action::Back => {
            if view.typing || !view.filter.is_empty() {
                view.filter = Input::default();
                view.typing = false;
            } else {
                view.kind = None;
            }
            view.refilter();
        }
        _ => {
            let page = usize::from(body_height(model.size)).max(1);
            view.row = stepped(view.row, view.rows.len(), page, action);
            let near_the_end = view.row + page >= view.rows.len();
            let down = matches!(action, Action::Down | Action::PageDown | Action::HalfDown | Action::Bottom);
            if near_the_end && down {
                return live::read_older(model);
            }
        }
    }
    Vec::new()
}
