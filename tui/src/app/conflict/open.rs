//! From a cell to its conflict screen.

use super::{Body, ConflictView};
use crate::app::act::{candidate_side, published_side};
use crate::app::diff::Side as Facts;
use crate::app::grid::{GridView, Place};
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Three};
use crate::app::screens::Screen;
use fieldpost_common::cell::Base;

/// Opens the selected cell's conflict.
pub(crate) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(place) = model.grid.selected() else { return Vec::new() };
    let Some(three) = three(&model.grid, place) else {
        model.note("there are no two contents to merge here");
        return Vec::new();
    };
    let ticket = model.ticket();
    let view = &model.grid;
    let (patch, site) = (view.patch(place.patch), view.site(place.site));
    let conflict = ConflictView {
        ticket,
        patch: patch.name.clone(),
        site: site.name.clone(),
        version: site.version.clone(),
        issue: patch.issue.clone(),
        facts: [base(&three), published_side(view, place), candidate_side(view, place, three.site)],
        three: three.clone(),
        body: Body::Loading,
    };
    model.screens.open(Screen::Conflict(Box::new(conflict)));
    vec![Effect::Ask(Request::Merge { ticket, three })]
}

/// The contents of a cell, as the grid knows them now; `None` unless both sides have one.
pub(crate) fn three(view: &GridView, place: Place) -> Option<Three> {
    let base = match view.table.facts(place.patch, place.site).map(|facts| facts.base) {
        Some(Base::Content(sha256)) => Some(sha256),
        Some(Base::Never | Base::Absent) | None => None,
    };
    Some(Three {
        application: view.application()?.clone(),
        base,
        published: view.table.published(place.patch, place.site)?.sha256?,
        site: view.table.has(place.patch, place.site)?,
    })
}

fn base(three: &Three) -> Facts {
    let stamp = if three.base.is_some() { "what both last agreed on" } else { "never agreed: each difference is a conflict" };
    Facts { title: "base".to_owned(), sha256: three.base, stamp: stamp.to_owned(), event: String::new() }
}
