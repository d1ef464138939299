//! The list of everything that can be done in a place: searched by a few letters, carried out like a key.

pub(crate) mod bindings;
pub(crate) mod draw;

use super::fuzzy::{Match, ranked};
use super::input::Input;
use super::keymap::{Action, Binding, Live};
use super::model::Model;
use super::overlay::Overlay;
use super::popup::page;
use super::scroll::stepped;
use ratatui::layout::Rect;

/// How it is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) input: Input,
    /// Which match is chosen.
    pub(crate) cursor: usize,
}

/// One thing that can be done, with where it matches what was typed.
pub(crate) struct Entry<'a> {
    pub(crate) live: &'a Live,
    /// Its line of help.
    pub(crate) help: String,
    /// The characters of its line of help that match.
    pub(crate) at: Vec<u32>,
}

/// The actions of the place below: what was used last comes first, moving about last.
pub(crate) fn entries<'a>(model: &'a Model, palette: &Palette) -> Vec<Entry<'a>> {
    let mut lives: Vec<&Live> = Vec::new();
    for live in model.keys.of(model.place()) {
        let known = lives.iter().any(|one| one.binding.action == live.binding.action);
        if !known && !matches!(live.binding.action, Action::Palette) {
            lives.push(live);
        }
    }
    lives.sort_by_key(|live| {
        let action = live.binding.action;
        (action.moves(), model.recent.iter().position(|one| *one == action).unwrap_or(usize::MAX))
    });
    let help = |live: &Live| model.say(model.place(), live.binding.help);
    let words: Vec<_> = lives.iter().map(|live| format!("{} {}", help(live), live.binding.action.name())).collect();
    let entry = |Match { line, mut at }: Match| {
        let help = help(lives[line]);
        let characters = u32::try_from(help.chars().count()).unwrap_or(u32::MAX);
        at.retain(|place| *place < characters);
        Entry { live: lives[line], help, at }
    };
    ranked(&palette.input.text(), &words).into_iter().map(entry).collect()
}

/// Carries out a key; what was chosen is handed back, to be done like a key of the place below.
pub(crate) fn act(model: &mut Model, action: Action) -> Option<&'static Binding> {
    let Some(Overlay::Palette(palette)) = &model.overlay else { return None };
    let mut palette = palette.clone();
    let entries = entries(model, &palette);
    if action == Action::Accept {
        let chosen = entries.get(palette.cursor).map(|entry| entry.live.binding)?;
        model.overlay = None;
        model.recent.retain(|one| *one != chosen.action);
        model.recent.insert(0, chosen.action);
        return Some(chosen);
    }
    if action == Action::Decline {
        model.overlay = None;
        return None;
    }
    let page = page(Rect::new(0, 0, model.size.0, model.size.1), true);
    palette.cursor = stepped(palette.cursor, entries.len(), page, action);
    model.overlay = Some(Overlay::Palette(palette));
    None
}
