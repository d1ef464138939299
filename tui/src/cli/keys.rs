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
    let help = |context: Context, live: &Live| settings.keys.say(context, live.binding.help);
    let json: Vec<_> = Context::ALL
        .iter()
        .flat_map(|context| settings.keys.of(*context).iter().map(|live| entry(&context.name(), live, &help(*context, live))))
        .collect();
    talk.data(&json!({ "keys": json }), || {
        let place = |context: &Context| {
            let lines = settings.keys.of(*context).iter().map(|live| line(live, &help(*context, live)));
            std::iter::once(format!("[keys.{}]", context.name())).chain(lines).collect::<Vec<_>>().join("\n")
        };
        Context::ALL.iter().map(place).collect::<Vec<_>>().join("\n\n")
    })?;
    let Some(first) = settings.complaints.first() else { return Ok(exit::OK) };
    let file = settings::file(&keyring);
    Err(Failure { code: exit::BAD_CONFIG, words: format!("{}, {first}\n`fieldpost doctor` shows every mistake", file.display()) })
}

fn entry(place: &str, live: &Live, help: &str) -> Value {
    let keys: Vec<_> = live.keys.iter().map(|key| key.label()).collect();
    json!({ "place": place, "action": live.binding.action.name(), "keys": keys, "help": help })
}

fn line(live: &Live, help: &str) -> String {
    let action = live.binding.action.name();
    format!("{action:<14} {:<18} {help}", live.labels())
}
