//! `fieldpost keys`: every place of the app, its actions, and the keys that they have now.

use super::failure::Failure;
use super::talk::Talk;
use crate::app::keymap::{Context, Live};
use crate::app::settings;
use crate::keyring::Keyring;
use fieldpost_common::exit;
use serde_json::{Value, json};

pub(crate) fn run(talk: Talk) -> Result<u8, Failure> {
    let keyring = Keyring::from_environment()?;
    let settings = settings::load(&keyring);
    let places: Vec<_> = Context::ALL.iter().map(|context| (context.name(), settings.keys.of(*context))).collect();
    let json: Vec<_> = places.iter().flat_map(|(place, lives)| lives.iter().map(|live| entry(place, live))).collect();
    talk.data(&json!({ "keys": json }), || {
        places.iter().map(|(place, lives)| words(place, lives)).collect::<Vec<_>>().join("\n\n")
    })?;
    let Some(first) = settings.complaints.first() else { return Ok(exit::OK) };
    let file = settings::file(&keyring);
    Err(Failure { code: exit::BAD_CONFIG, words: format!("{}, {first}\n`fieldpost doctor` shows every mistake", file.display()) })
}

fn entry(place: &str, live: &Live) -> Value {
    let keys: Vec<_> = live.keys.iter().map(|key| key.label()).collect();
    json!({ "place": place, "action": live.binding.action.name(), "keys": keys, "help": live.binding.help })
}

fn words(place: &str, lives: &[Live]) -> String {
    let line = |live: &Live| {
        let action = live.binding.action.name();
        format!("{action:<14} {:<18} {}", live.labels(), live.binding.help)
    };
    std::iter::once(format!("[keys.{place}]")).chain(lives.iter().map(line)).collect::<Vec<_>>().join("\n")
}
