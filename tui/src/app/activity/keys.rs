//! What keys do on the activity tab.

use super::kind::Kind;
use super::{line, live};
use crate::app::dialog::Dialog;
use crate::app::grid::layout::body_height;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let view = &mut model.activity;
    match action {
        Action::Open => {
            let info = view.selected().map(|one| line::explain(one, model.grid.now, &model.zone));
            model.dialog = info.map(Dialog::Info);
        }
        Action::Filter => view.list.typing = true,
        Action::Accept => view.list.typing = false,
        Action::PickKind => {
            view.kind = Kind::after(view.kind);
            view.refilter();
            return live::fill(model);
        }
        Action::Decline | Action::Back => {
            if view.list.typing || !view.list.filter.is_empty() {
                view.list.unfilter();
            } else {
                view.kind = None;
            }
            view.refilter();
        }
        _ => {
            let page = usize::from(body_height(model.size)).max(1);
            view.list.step(model.size, action);
            let near_the_end = view.list.row + page >= view.list.rows.len();
            let down = matches!(action, Action::Down | Action::PageDown | Action::HalfDown | Action::Bottom);
            if near_the_end && down {
                return live::read_older(model);
            }
        }
    }
    Vec::new()
}
