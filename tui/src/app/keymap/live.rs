//! The bindings as they hold now: the tables, changed by settings. Whether a change may be made is left to `settings`.

use super::{Action, Binding, Context, Key, defaults};
use std::collections::HashMap;

/// A line of a table with the keys that it has now.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) keys: Vec<Key>,
    pub(crate) binding: &'static Binding,
}

impl Live {
    /// The keys as people read them, one after another.
    pub(crate) fn labels(&self) -> String {
        self.keys.iter().map(|key| key.label()).collect::<Vec<_>>().join(" ")
    }
}

/// Every place's bindings.
#[derive(Debug, Clone)]
pub(crate) struct Keymap {
    places: HashMap<Context, Vec<Live>>,
}

impl Default for Keymap {
    fn default() -> Self {
        let live = |binding: &'static Binding| Live { keys: binding.keys.to_vec(), binding };
        Self { places: Context::ALL.iter().map(|context| (*context, defaults(*context).map(live).collect())).collect() }
    }
}

impl Keymap {
    /// The bindings of a place, in their order.
    pub(crate) fn of(&self, context: Context) -> &[Live] {
        self.places.get(&context).map_or(&[], Vec::as_slice)
    }

    /// What a key asks for here, whether or not it can be done now.
    pub(crate) fn find(&self, context: Context, key: Key) -> Option<&'static Binding> {
        self.of(context).iter().find(|live| live.keys.contains(&key)).map(|live| live.binding)
    }

    /// The first key of an action in a place. Without one it is found in the list of actions, by its name.
    pub(crate) fn label(&self, context: Context, action: Action) -> String {
        let key = |action| {
            let lives = self.of(context).iter().filter(|live| live.binding.action == action);
            lives.flat_map(|live| &live.keys).next().map(|key| key.label())
        };
        key(action).unwrap_or_else(|| match key(Action::Palette) {
            Some(palette) => format!("{palette} {}", action.name()),
            None => action.name(),
        })
    }

    /// Own words that name keys, as the keys are now: `{undo}` is the key of that action here, `{grid.undo}` the one in that place.
    pub(crate) fn say(&self, context: Context, words: &'static str) -> String {
        let mut said = String::new();
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            let (place, name) = name.split_once('.').map_or((Some(context), name), |(place, name)| (Context::named(place), name));
            said.push_str(before);
            match (place, Action::named(name)) {
                (Some(place), Some(action)) => said.push_str(&self.label(place, action)),
                _ => {
                    debug_assert!(false, "{name} is no action, in {words:?}");
                    said.push_str(name);
                }
            }
            rest = behind;
        }
        said + rest
    }

    /// Gives an action exactly these keys in one place.
    pub(crate) fn set(&mut self, context: Context, action: Action, keys: &[Key]) {
        let lines = self.places.get_mut(&context).into_iter().flatten().filter(|live| live.binding.action == action);
        for (place, live) in lines.enumerate() {
            live.keys = if place == 0 { keys.to_vec() } else { Vec::new() };
        }
    }

    /// Makes a place as the tables have it.
    pub(crate) fn reset(&mut self, context: Context) {
        if let Some(lives) = self.places.get_mut(&context) {
            for live in lives {
                live.keys = live.binding.keys.to_vec();
            }
        }
    }
}
