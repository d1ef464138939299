//! The history screen: every revision of a patch, the selected one, and the two that are marked for comparing. Drawing is left to
//! `history::draw`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;

use super::diff::{DiffView, Of, Offer, Side};
use super::grid::GridView;
use super::grid::explain::{ago, stamp_ago};
use super::model::{Effect, Model};
use super::office::{Pair, Request, Ticket, Trouble};
use super::screens::Screen;
use fieldpost_common::api::{History, Origin, Revision};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;

/// What came of it.
#[derive(Debug)]
pub(crate) enum Body {
    Loading,
    Failed(String),
    Ready(Vec<Revision>),
}

/// The screen.
#[derive(Debug)]
pub(crate) struct HistoryView {
    /// Of the newest question; answers to others are too late.
    pub(crate) ticket: Ticket,
    application: AppName,
    patch: PatchName,
    body: Body,
    /// The selected revision; its place is the one where it was last, if it is gone.
    at: usize,
    /// The first revision on the screen.
    top: usize,
    /// At most two, in the order in which they were marked.
    marks: Vec<ContentHash>,
}

impl HistoryView {
    pub(crate) fn patch(&self) -> &PatchName {
        &self.patch
    }

    fn revisions(&self) -> &[Revision] {
        match &self.body {
            Body::Ready(revisions) => revisions,
            Body::Loading | Body::Failed(_) => &[],
        }
    }

    pub(crate) fn selected(&self) -> Option<&Revision> {
        self.revisions().get(self.at)
    }

    /// Takes an answer; what is there stays when reading it anew fails, and the selection stays on its revision.
    fn take(&mut self, answer: Result<Box<History>, Trouble>) {
        match (answer, &self.body) {
            (Ok(history), _) => {
                let selected = self.selected().map(|revision| revision.sha256);
                let place = selected.and_then(|sha256| history.revisions.iter().position(|one| one.sha256 == sha256));
                self.at = place.unwrap_or(self.at).min(history.revisions.len().saturating_sub(1));
                self.marks.retain(|mark| history.revisions.iter().any(|one| one.sha256 == *mark));
                self.body = Body::Ready(history.revisions);
            }
            (Err(trouble), Body::Loading | Body::Failed(_)) => self.body = Body::Failed(trouble.words().to_owned()),
            (Err(_), Body::Ready(_)) => {}
        }
    }

    /// Marks the selected revision or takes its mark away; a third mark takes the place of the oldest.
    fn mark(&mut self) {
        let Some(sha256) = self.selected().map(|revision| revision.sha256) else { return };
        if let Some(place) = self.marks.iter().position(|mark| *mark == sha256) {
            self.marks.remove(place);
            return;
        }
        if self.marks.len() == 2 {
            self.marks.remove(0);
        }
        self.marks.push(sha256);
    }

    /// What is compared: the two that are marked, the marked one with the selected one, or the selected one with the one before.
    /// The older one stands at the left; `None`: there is no file.
    fn pair(&self) -> Option<(Option<&Revision>, &Revision)> {
        let place = |mark: &ContentHash| self.revisions().iter().position(|one| one.sha256 == *mark);
        let marked: Vec<_> = self.marks.iter().filter_map(place).collect();
        let (newer, older) = match marked[..] {
            [one, other] => (one.min(other), Some(one.max(other))),
            [one] if one != self.at => (one.min(self.at), Some(one.max(self.at))),
            _ => (self.at, Some(self.at + 1)),
        };
        let revisions = self.revisions();
        Some((older.and_then(|place| revisions.get(place)), revisions.get(newer)?))
    }
}

/// Opens the history of the selected row.
pub(crate) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(patch) = model.grid.selected_patch().map(|patch| patch.name.clone()) else { return Vec::new() };
    open_of(model, patch)
}

/// Opens the history of the patch that a diff is of.
pub(crate) fn open_from_diff(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Diff(diff)) = model.screens.top() else { return Vec::new() };
    if diff.of == Of::Revisions {
        // It was opened from there.
        model.screens.back();
        return Vec::new();
    }
    let patch = diff.patch.clone();
    open_of(model, patch)
}

fn open_of(model: &mut Model, patch: PatchName) -> Vec<Effect> {
    let Some(application) = model.grid.application().cloned() else { return Vec::new() };
    let ticket = model.ticket();
    let view = HistoryView {
        ticket,
        application: application.clone(),
        patch: patch.clone(),
        body: Body::Loading,
        at: 0,
        top: 0,
        marks: Vec::new(),
    };
    model.screens.open(Screen::History(Box::new(view)));
    vec![Effect::Ask(Request::History { ticket, application, patch })]
}

/// Hands a history to the screen that asked for it last, if it is still open.
pub(crate) fn take(model: &mut Model, ticket: Ticket, answer: Result<Box<History>, Trouble>) {
    let view = model.screens.all_mut().find_map(|screen| match screen {
        Screen::History(view) if view.ticket == ticket => Some(view),
        _ => None,
    });
    if let Some(view) = view {
        view.take(answer);
    }
}

/// Reads every open history anew.
pub(crate) fn refresh(model: &mut Model) -> Vec<Effect> {
    let open = model.screens.all_mut().filter(|screen| matches!(screen, Screen::History(_))).count();
    let tickets: Vec<_> = (0..open).map(|_| model.ticket()).collect();
    let histories = model.screens.all_mut().filter_map(|screen| match screen {
        Screen::History(view) => Some(view),
        _ => None,
    });
    let ask = |(view, ticket): (&mut Box<HistoryView>, Ticket)| {
        view.ticket = ticket;
        Effect::Ask(Request::History { ticket, application: view.application.clone(), patch: view.patch.clone() })
    };
    histories.zip(tickets).map(ask).collect()
}

/// Compares what is marked, else the selected revision with the one before.
fn compare(model: &mut Model) -> Vec<Effect> {
    let ticket = model.ticket();
    let Some(Screen::History(view)) = model.screens.top() else { return Vec::new() };
    let Some((older, newer)) = view.pair() else { return Vec::new() };
    let waiting = [older, Some(newer)].into_iter().flatten().find(|revision| !revision.stored);
    if let Some(revision) = waiting {
        let words = format!("the bytes of {} are still on their way from the site", revision.sha256.short());
        model.note(words);
        return Vec::new();
    }
    let now = model.grid.now;
    let left = older.map_or_else(nothing_before, |revision| side(revision, now));
    let offer = offer(view, &model.grid, newer);
    let pair = Pair {
        application: view.application.clone(),
        patch: view.patch.clone(),
        settings: model.grid.settings().cloned(),
        left: left.sha256,
        right: Some(newer.sha256),
    };
    let diff = DiffView::new(ticket, view.patch.clone(), Of::Revisions, (left, side(newer, now)), offer);
    model.screens.open(Screen::Diff(Box::new(diff)));
    vec![Effect::Ask(Request::Compare { ticket, pair })]
}

fn nothing_before() -> Side {
    Side { title: "before".to_owned(), sha256: None, stamp: String::new(), event: "there was no file".to_owned() }
}

fn side(revision: &Revision, now: Timestamp) -> Side {
    let author = revision.author.as_deref().map(|author| Clean::line(author).to_string());
    let stamp: Vec<_> = author.into_iter().chain(revision.changed_at.as_ref().map(|when| stamp_ago(when, now))).collect();
    let title = format!("revision {}", revision.sha256.short());
    Side { title, sha256: Some(revision.sha256), stamp: stamp.join(" "), event: origin(revision, now) }
}

/// Where a revision came from and when.
fn origin(revision: &Revision, now: Timestamp) -> String {
    let from = match &revision.origin {
        Origin::User(user) => format!("published by {user}"),
        Origin::Site(site) => format!("filed out at {site}"),
    };
    format!("{from} {}", ago(revision.first_seen, now))
}

/// The newer of two revisions may be published where it isn't current; over a revision that came later it goes backward.
fn offer(view: &HistoryView, grid: &GridView, newer: &Revision) -> Option<Offer> {
    let patch = grid.table.grid.patches.iter().find(|patch| patch.name == view.patch)?;
    let current = |version: &Version| patch.published.iter().find(|one| one.version == *version).and_then(|one| one.sha256);
    let current: Vec<_> = grid.settings()?.versions.iter().rev().map(|version| (version.clone(), current(version))).collect();
    let version = current.iter().find(|(_, sha256)| *sha256 != Some(newer.sha256))?.0.clone();
    let place = |sha256: &ContentHash| view.revisions().iter().position(|one| one.sha256 == *sha256);
    let own = place(&newer.sha256);
    let backward = current.iter().filter_map(|(_, sha256)| place(sha256.as_ref()?)).any(|place| Some(place) < own);
    Some(Offer { sha256: newer.sha256, version, current, backward })
}
