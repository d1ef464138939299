//! `[keys]` of the settings: which keys an action has in a place. A place with a mistake keeps the keys of the tables.

use super::complaint::Complaints;
use crate::app::keymap::{Action, Context, Key, Keymap};
use crossterm::event::KeyCode;
use std::collections::HashMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Stands for every place that has the action.
const EVERYWHERE: &str = "everywhere";

/// An action's keys in one place, and where that is written.
struct Wish {
    byte: usize,
    context: Context,
    action: Action,
    keys: Vec<Key>,
}

/// Reads the table of places.
pub(super) fn read(places: &DeTable<'_>, complaints: &mut Complaints<'_>) -> Keymap {
    let mut everywhere = Vec::new();
    let mut wishes = Vec::new();
    for (name, value) in places {
        let place = name.get_ref().as_ref();
        let Some(lines) = value.get_ref().as_table() else {
            complaints.at(name.span().start, &format!("write [keys.{place}] above lines like send-new = [\"+\"]"));
            continue;
        };
        match Context::named(place) {
            Some(context) => wishes.extend(lines.iter().filter_map(|line| wish(context, line, complaints))),
            None if place == EVERYWHERE => everywhere.extend(lines.iter().flat_map(|line| wishes_everywhere(line, complaints))),
            None => {
                let names: Vec<_> = Context::ALL.iter().map(|one| one.name()).chain([EVERYWHERE.to_owned()]).collect();
                complaints.unknown(name.span().start, "place", place, &names.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
    }
    // What is said of one place wins over what is said of all.
    everywhere.extend(wishes);
    apply(everywhere, complaints)
}

type Line<'t, 'i> = (&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>);

fn wish(context: Context, (name, value): Line<'_, '_>, complaints: &mut Complaints<'_>) -> Option<Wish> {
    let byte = name.span().start;
    let keymap = Keymap::default();
    let names: Vec<_> = keymap.of(context).iter().map(|live| live.binding.action.name()).collect();
    let word = name.get_ref().as_ref();
    let Some(action) = Action::named(word).filter(|_| names.iter().any(|one| one == word)) else {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        complaints.unknown(byte, &format!("action in {}", context.name()), word, &names);
        return None;
    };
    let keys = keys(value, complaints)?;
    if let Some(key) = keys.iter().find(|key| context.is_typing() && is_text(**key)) {
        let place = context.name();
        complaints.at(byte, &format!("{} is text in {place}: take a key with Ctrl or Alt, or one with a name", key.label()));
        return None;
    }
    Some(Wish { byte, context, action, keys })
}

/// In every place that has the action; where characters are text, without those that are.
fn wishes_everywhere((name, value): Line<'_, '_>, complaints: &mut Complaints<'_>) -> Vec<Wish> {
    let byte = name.span().start;
    let word = name.get_ref().as_ref();
    let Some(action) = Action::named(word) else {
        let names: Vec<_> = Action::ALL.iter().map(|one| one.name()).collect();
        complaints.unknown(byte, "action", word, &names.iter().map(String::as_str).collect::<Vec<_>>());
        return Vec::new();
    };
    let Some(keys) = keys(value, complaints) else { return Vec::new() };
    let defaults = Keymap::default();
    let has = |context: &&Context| defaults.of(**context).iter().any(|live| live.binding.action == action);
    let places = Context::ALL.iter().filter(has).map(|context| {
        let usable = keys.iter().copied().filter(|key| !(context.is_typing() && is_text(*key)));
        Wish { byte, context: *context, action, keys: usable.collect() }
    });
    places.filter(|wish| !wish.keys.is_empty() || keys.is_empty()).collect()
}

fn is_text(key: Key) -> bool {
    !key.ctrl && !key.alt && matches!(key.code, KeyCode::Char(_))
}

/// One key, or a list of them.
fn keys(value: &Spanned<DeValue<'_>>, complaints: &mut Complaints<'_>) -> Option<Vec<Key>> {
    let list: Vec<_> = value.get_ref().as_array().map_or_else(|| vec![value], |list| list.iter().collect());
    let mut keys = Vec::new();
    for value in list {
        let read = match value.get_ref().as_str() {
            Some(text) => Key::parse(text),
            None => Err("keys are written in quotes: [\"+\", \"Ctrl-s\"]".to_owned()),
        };
        match read {
            Ok(key) => keys.push(key),
            Err(words) => {
                complaints.at(value.span().start, &words);
                return None;
            }
        }
    }
    Some(keys)
}

fn apply(wishes: Vec<Wish>, complaints: &mut Complaints<'_>) -> Keymap {
    let mut keymap = Keymap::default();
    let mut lines: HashMap<(Context, Action), usize> = HashMap::new();
    for wish in wishes {
        keymap.set(wish.context, wish.action, &wish.keys);
        lines.insert((wish.context, wish.action), wish.byte);
    }
    for context in Context::ALL {
        let line = |action: Action| lines.get(&(*context, action)).copied();
        if let Err((byte, words)) = check(&keymap, *context, line) {
            complaints.at(byte, &words);
            keymap.reset(*context);
        }
    }
    keymap
}

/// No key may ask for two things, and the place must have a way out.
fn check(keymap: &Keymap, context: Context, line: impl Fn(Action) -> Option<usize>) -> Result<(), (usize, String)> {
    let mut seen: HashMap<Key, Action> = HashMap::new();
    for live in keymap.of(context) {
        let action = live.binding.action;
        for key in &live.keys {
            let Some(other) = seen.insert(*key, action).filter(|other| *other != action) else { continue };
            // The line that was changed is to blame, not the table.
            let byte = line(action).or_else(|| line(other)).unwrap_or(0);
            let words = format!("{} means both {} and {} in {}", key.label(), other.name(), action.name(), context.name());
            return Err((byte, format!("{words}: give one of them another key")));
        }
    }
    let ways_out = || keymap.of(context).iter().filter(|live| context.is_left_by(live.binding.action));
    if ways_out().any(|live| !live.keys.is_empty()) {
        return Ok(());
    }
    let names: Vec<_> = ways_out().map(|live| live.binding.action.name()).collect();
    let byte = ways_out().find_map(|live| line(live.binding.action)).unwrap_or(0);
    Err((byte, format!("{} could not be left any more: give {} a key", context.name(), names.join(" or "))))
}
