//! The line at the top that every tab shares: the tabs, what is chosen in this one, its counts, the server, and who sits here.

use super::input::Input;
use super::keymap::Context;
use super::model::{Link, Model};
use super::paint::Painter;
use super::screens::Tab;
use super::theme::Tone;
use super::view::link_words;
use unicode_width::UnicodeWidthStr as _;

type Piece = (Tone, String);

/// What a tab says of itself.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What is chosen, beside the tabs.
    pub(crate) chosen: Vec<Piece>,
    /// Counts, at the right; where there is no room the first ones go first.
    pub(crate) counts: Vec<Piece>,
}

impl Said {
    /// The filter of a list, if it has one or it is being typed.
    pub(crate) fn filter(&mut self, filter: &Input, typing: bool) {
        match (typing, filter.is_empty()) {
            (true, _) => self.chosen.push((Tone::Strong, format!("/{}", filter.field(FILTER_CELLS)))),
            (false, false) => self.chosen.push((Tone::Accent, format!("/{}", filter.shown()))),
            (false, true) => {}
        }
    }
}

/// How much of a filter is seen while it is typed.
pub(crate) const FILTER_CELLS: usize = 24;

/// Draws the line.
pub(crate) fn draw(model: &Model, said: Said, painter: &mut Painter<'_>, width: u16) {
    let mut pieces: Vec<_> =
        said.counts.into_iter().chain(states_of_the_server(model)).map(|(tone, words)| (tone, format!("{words}   "))).collect();
    let chosen: Vec<_> = said.chosen.into_iter().flat_map(|piece| [(Tone::Plain, "  ".to_owned()), piece]).collect();
    let named = tabs(model, true);
    // Every tab is named where that pushes out nothing but who sits here.
    let mut left =
        if wide(&named) + wide(&chosen) + wide(&pieces) + 2 <= usize::from(width) { named } else { tabs(model, false) };
    left.extend(chosen);
    let end = painter.pieces(0, 0, width, &left);
    let mut room = width.saturating_sub(end + 2);
    let who = format!("{} · {}", model.seat.user, model.seat.server);
    let who_fits = wide(&pieces) + who.width() < usize::from(room);
    while wide(&pieces) > usize::from(room) && !pieces.is_empty() {
        pieces.remove(0);
    }
    if who_fits {
        painter.right(0, 0, width - 1, Tone::Faint, &who);
        room = room.saturating_sub(u16::try_from(who.width()).unwrap_or(0));
    }
    let taken = u16::try_from(wide(&pieces)).unwrap_or(room);
    painter.pieces(end + 2 + room.saturating_sub(taken + 1), 0, taken, &pieces);
}

/// How it stands with the server: what matters more comes last, and stays longest where room is short.
fn states_of_the_server(model: &Model) -> impl Iterator<Item = Piece> {
    let (link, restored) = (link_words(model), restored_words(model));
    let is_away = matches!(model.link, Link::Offline { .. });
    if is_away { [restored, link] } else { [link, restored] }.into_iter().flatten()
}

/// As long as sites have to report after a restore, every screen says so.
fn restored_words(model: &Model) -> Option<Piece> {
    let restored = model.alerts.status.as_ref()?.restored.as_ref()?;
    Some((Tone::Alarm, restored.short_words()))
}

fn wide(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(_, words)| words.width()).sum()
}

/// A key that is longer has no room beside its tab.
const KEY_CELLS: usize = 3;

/// The tabs by their keys; `named`: with the names of all of them, else only of the one that is shown.
fn tabs(model: &Model, named: bool) -> Vec<Piece> {
    let shown = model.screens.tab;
    let label = |tab: Tab| {
        let key = Some(model.keys.label(Context::Grid, tab.action())).filter(|key| key.width() <= KEY_CELLS);
        let words = match key {
            Some(key) if tab == shown || named => format!("{key} {}", tab.title()),
            Some(key) => key,
            None => tab.title().to_owned(),
        };
        (if tab == shown { Tone::Strong } else { Tone::Faint }, words)
    };
    Tab::ALL
        .into_iter()
        .flat_map(|tab| [(Tone::Plain, if tab == Tab::ALL[0] { " " } else { "  " }.to_owned()), label(tab)])
        .collect()
}
