//! The keys of the diff screen and of its search, and when each can do something.

use super::head::OUTDATED;
use super::{Body, DiffView, SPLIT_FROM, outdated};
use crate::app::grid::bindings::{is_sending, may_act};
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, ctrl, key, when};
use crate::app::model::Model;
use crate::app::screens::Screen;
use crossterm::event::KeyCode as K;

pub(crate) const DIFF: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "publish", "publish the site's content, now that it was shown", can_accept).asking(),
    bind(&[ch('>'), ch('+')], A::SendUpdate, "send", "send what is published to this site", can_send),
    bind(&[ch('<'), ch('p')], A::Retrieve, "publish", "publish the content that is shown", can_publish),
];

/// Looking, whatever the diff is for.
pub(crate) const LOOK: &[Binding] = &[
    bind(&[ch(']')], A::NextHunk, "change", "the next change", is_text),
    bind(&[ch('[')], A::PreviousHunk, "", "the change before", is_text),
    bind(&[ch('/')], A::Search, "search", "search in both contents", is_text),
    bind(&[ch('e')], A::Unfold, "unfold", "show the unchanged lines of the first fold on the screen", has_folds),
    bind(&[ch('E')], A::UnfoldAll, "", "show all unchanged lines, or fold them again", is_text),
];

/// Going on from here, or back.
pub(crate) const GO: &[Binding] = &[
    bind(&[key(K::Esc)], A::Decline, "back", "end the search, else back to where you came from", always),
    bind(&[ch('q')], A::Back, "", "back to where you came from", always),
    bind(&[ch('H')], A::History, "history", "all revisions of this patch", always),
    bind(&[ch('n')], A::NextFound, "", "the next place where it was found", has_found),
    bind(&[ch('N')], A::PreviousFound, "", "the place before where it was found", has_found),
];

/// How it is laid out, and where in it one looks; whatever the diff is for.
pub(crate) const LAYOUT: &[Binding] = &[
    bind(&[key(K::Tab)], A::Split, "layout", "side by side, or one below the other", can_split),
    bind(&[ch('w')], A::Spaces, "whitespace", "ignore changes of whitespace, or show them", is_text),
    bind(&[ch('#')], A::Numbers, "numbers", "show the lines' numbers, or hide them", is_text),
    bind(&[ch('h'), key(K::Left)], A::Left, "", "to the left", always),
    bind(&[ch('l'), key(K::Right)], A::Right, "", "to the right", always),
    bind(&[key(K::Home)], A::First, "", "back to the beginning of the lines", always),
    bind(&[ch(' ')], A::PageDown, "", "a page down", always),
];

pub(crate) const SEARCH: &[Binding] = &[
    bind(
        &[key(K::Enter)],
        A::Accept,
        "keep",
        "keep the search; {diff.next-found} and {diff.previous-found} go through what was found",
        always,
    ),
    bind(&[key(K::Down)], A::NextFound, "next", "the next place where it was found", always),
    bind(&[key(K::Up)], A::PreviousFound, "", "the place before", always),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "end", "end the search and go back to where it began", always),
];

fn shown(model: &Model) -> Result<&DiffView, &'static str> {
    match model.screens.top() {
        Some(Screen::Diff(diff)) => Ok(diff),
        _ => Err("no diff is open"),
    }
}

fn is_text(model: &Model) -> Valid {
    when(shown(model)?.text().is_some(), "only text can be looked through")
}

fn can_split(model: &Model) -> Valid {
    is_text(model)?;
    when(model.size.0 >= SPLIT_FROM, "side by side needs 100 columns: make the terminal wider")
}

fn has_found(model: &Model) -> Valid {
    let search = &shown(model)?.search;
    when(search.is_on(), "{search} searches first")?;
    when(search.has_found(), "nothing was found")
}

fn has_folds(model: &Model) -> Valid {
    when(shown(model)?.first_fold(model.size).is_some(), "no fold is on the screen")
}

fn can_publish(model: &Model) -> Valid {
    may_act(model)?;
    let diff = shown(model)?;
    is_current(model)?;
    when(diff.offer.is_some(), "what is shown is published already")?;
    when(matches!(diff.body, Body::Ready(_)), "wait until the content is shown: only what was shown is signed")
}

/// Nobody decides over what they haven't seen.
fn is_current(model: &Model) -> Valid {
    when(outdated(model).is_none(), OUTDATED)
}

/// Enter is for what is usual: never for going back to something older.
fn can_accept(model: &Model) -> Valid {
    can_publish(model)?;
    let backward = shown(model)?.offer.as_ref().is_some_and(|offer| offer.backward);
    when(!backward, "it isn't newer than what is published: {retrieve} publishes it after a question")
}

fn can_send(model: &Model) -> Valid {
    may_act(model)?;
    let diff = shown(model)?;
    is_current(model)?;
    let Some(site) = diff.site() else { return Err("revisions are sent from the grid: this diff is of no site") };
    let cell = model.grid.find(&diff.patch, site).map(|place| model.grid.cell(place));
    when(cell.is_some_and(|cell| cell.send().is_some() && !is_sending(&cell)), "there is nothing to send here")
}
