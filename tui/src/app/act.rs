//! From a key on a cell to a question: builds dialogs and diffs out of what the grid says. Nothing is sent from here. Orders are
//! left to `act::orders`.

pub(crate) mod orders;

use super::conflict;
use super::dialog::publish::PublishDialog;
use super::dialog::{Dialog, Info};
use super::diff::{DiffView, Of, Offer, Side};
use super::grid::explain::{ago, explain, stamp_ago};
use super::grid::{GridView, Place};
use super::model::{Effect, Model};
use super::office::{Pair, Request};
use super::screens::Screen;
use fieldpost_common::cell::{Cell, Direction, Newer, Overlay, Standing};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Version;
use fieldpost_common::text::Clean;

/// The content that `<` or `p` would publish: the site's, else the one that is current for another version.
pub(crate) fn content_to_publish(view: &GridView, place: Place) -> Option<ContentHash> {
    let cell = view.cell(place);
    if cell.unknown.is_some() {
        return None;
    }
    view.table.has(place.patch, place.site).or_else(|| {
        let published = &view.patch(place.patch).published;
        published.iter().rev().find_map(|one| one.sha256)
    })
}

/// Enter: the merge where both sides changed, a diff where there is something to compare, else words.
pub(crate) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(place) = model.grid.selected() else { return Vec::new() };
    let cell = model.grid.cell(place);
    if cell.standing == Standing::Conflict && cell.overlay == Overlay::None {
        return conflict::open::open(model);
    }
    if is_told(&cell) {
        info(model, place);
        return Vec::new();
    }
    diff(model)
}

/// Whether a cell is opened as words: there is no content to show, or something else is more important.
pub(crate) fn is_told(cell: &Cell) -> bool {
    !matches!(cell.overlay, Overlay::None)
        || matches!(cell.standing, Standing::Unknown | Standing::DeletedAtSite | Standing::Removed)
}

fn info(model: &mut Model, place: Place) {
    let view = &model.grid;
    let (fact, advice) = explain(view, &model.keys, place);
    let mut lines = vec![fact, String::new(), advice];
    if let Some(order) = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref()) {
        lines.push(String::new());
        lines.push(format!("order {} by {}, {}", &order.id.as_str()[..8], order.by, ago(order.created, view.now)));
        lines.push(format!("state: {}", order.state.word().replace('_', " ")));
    }
    let title = format!("{} @ {}", view.patch(place.patch).name, view.site(place.site).name);
    model.dialog = Some(Dialog::Info(Info { title, lines, top: 0 }));
}

/// Opens the diff of the selected cell.
pub(crate) fn diff(model: &mut Model) -> Vec<Effect> {
    let Some(place) = model.grid.selected() else { return Vec::new() };
    open_diff(model, place, false)
}

/// Opens the diff from what is published to what would be, with the offer to publish it.
pub(crate) fn retrieve(model: &mut Model) -> Vec<Effect> {
    let Some(place) = model.grid.selected() else { return Vec::new() };
    open_diff(model, place, true)
}

/// Opens the diff of a cell; `to_publish`: on the way to publishing what the site has.
pub(crate) fn open_diff(model: &mut Model, place: Place, to_publish: bool) -> Vec<Effect> {
    let Some(application) = model.grid.application().cloned() else { return Vec::new() };
    let (sides, offer) = sides(&model.grid, place, to_publish);
    let of = Of::Cell { site: model.grid.site(place.site).name.clone(), to_publish };
    show(model, (place, of), sides, offer, application)
}

/// What a cell's diff shows now, and what may be published from it.
pub(crate) fn sides(view: &GridView, place: Place, to_publish: bool) -> ((Side, Side), Option<Offer>) {
    let cell = view.cell(place);
    let Some(candidate) = content_to_publish(view, place) else {
        return ((published_side(view, place), absent_side(view, place)), None);
    };
    let (published, site) = (published_side(view, place), candidate_side(view, place, candidate));
    // A diff reads from the older to the newer side; on the way to publishing, from what is current to what would be.
    let forward = to_publish || cell.newer() != Some(Newer::Published);
    let at_site = view.table.has(place.patch, place.site);
    let offer = (published.sha256 != Some(candidate)).then(|| offer(view, place, candidate));
    let offer = offer.or_else(|| to_publish.then(|| self::offer(view, place, candidate)));
    let sides = match (at_site, forward) {
        (None, _) if published.sha256.is_some() => (absent_side(view, place), published),
        (_, true) => (published, site),
        (_, false) => (site, published),
    };
    (sides, offer)
}

/// Opens a diff of two contents.
pub(crate) fn show(
    model: &mut Model,
    (place, of): (Place, Of),
    (left, right): (Side, Side),
    offer: Option<Offer>,
    application: fieldpost_common::id::AppName,
) -> Vec<Effect> {
    if left.sha256.is_none() && right.sha256.is_none() {
        model.note("there is nothing to compare: neither published nor at the site");
        return Vec::new();
    }
    let ticket = model.ticket();
    let patch = model.grid.patch(place.patch).name.clone();
    let settings = model.grid.settings().cloned();
    let pair = Pair { application, patch: patch.clone(), settings, left: left.sha256, right: right.sha256 };
    let view = DiffView::new(ticket, patch, of, (left, right), offer);
    model.screens.open(Screen::Diff(Box::new(view)));
    vec![Effect::Ask(Request::Compare { ticket, pair })]
}

fn offer(view: &GridView, place: Place, sha256: ContentHash) -> Offer {
    let published = &view.patch(place.patch).published;
    let current = |version: &Version| published.iter().find(|one| one.version == *version).and_then(|one| one.sha256);
    let versions = view.settings().map_or(&[][..], |settings| &settings.versions);
    Offer {
        sha256,
        version: view.site(place.site).version.clone(),
        current: versions.iter().rev().map(|version| (version.clone(), current(version))).collect(),
        backward: view.cell(place).retrieve() == Some(Direction::Backward),
    }
}

/// What is published for the site's version, in words.
pub(crate) fn published_side(view: &GridView, place: Place) -> Side {
    let version = &view.site(place.site).version;
    let published = view.table.published(place.patch, place.site);
    let sha256 = published.and_then(|one| one.sha256);
    let patch = view.patch(place.patch);
    let newest = sha256.is_some() && patch.newest == sha256;
    let stamp = if newest { stamp_words(view, patch.author.as_deref(), patch.changed_at.as_ref()) } else { String::new() };
    let event = match published {
        Some(one) if sha256.is_some() => format!("published by {} {}", one.by, ago(one.at, view.now)),
        _ => "not published".to_owned(),
    };
    Side { title: format!("published for {version}"), sha256, stamp, event }
}

/// A content of the site, or of another version, in words.
pub(crate) fn candidate_side(view: &GridView, place: Place, sha256: ContentHash) -> Side {
    let site = view.site(place.site);
    if view.table.has(place.patch, place.site).is_none() {
        let from = view.patch(place.patch).published.iter().find(|one| one.sha256 == Some(sha256));
        let title = from.map_or("elsewhere".to_owned(), |one| format!("published for {}", one.version));
        let event = from.map_or(String::new(), |one| format!("published by {} {}", one.by, ago(one.at, view.now)));
        return Side { title, sha256: Some(sha256), stamp: String::new(), event };
    }
    let facts = view.table.facts(place.patch, place.site);
    let stamp = facts.map_or(String::new(), |facts| stamp_words(view, facts.author.as_deref(), facts.changed_at.as_ref()));
    let since = |since| format!("seen there {}", ago(since, view.now));
    let event = facts.map_or("as published".to_owned(), |facts| facts.since.map_or(String::new(), since));
    Side { title: format!("at {}", site.name), sha256: Some(sha256), stamp, event }
}

fn absent_side(view: &GridView, place: Place) -> Side {
    Side {
        title: format!("at {}", view.site(place.site).name),
        sha256: None,
        stamp: String::new(),
        event: "not there".to_owned(),
    }
}

fn stamp_words(view: &GridView, author: Option<&str>, when: Option<&fieldpost_common::stamp::When>) -> String {
    let author = author.map_or(String::new(), |author| format!("{} ", Clean::line(author)));
    let when = when.map_or(String::new(), |when| stamp_ago(when, view.now));
    format!("{author}{when}").trim().to_owned()
}

/// Asks before publishing what the diff shows.
pub(crate) fn publish_from_diff(model: &mut Model) {
    let Some(Screen::Diff(diff)) = model.screens.top() else { return };
    match PublishDialog::new(diff, &model.grid) {
        Some(dialog) => model.dialog = Some(Dialog::Publish(Box::new(dialog))),
        None => model.note("wait until the content is shown: only what was shown is signed"),
    }
}
