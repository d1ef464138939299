//! The app's rules: what each message changes and what must be done outside. Pure; time is an argument.

mod answers;
mod keys;
pub(crate) mod link;

use super::keymap::Action;
use super::model::{Copied, Effect, Message, Model, Toast};
use super::office::Request;
use super::sites::site;
use super::{commands, conflict, diff};
use fieldpost_common::time::Timestamp;

/// What must be done when the app starts.
pub(crate) fn start() -> Vec<Effect> {
    vec![Effect::Ask(Request::Whoami), Effect::Ask(Request::Apps), Effect::Ask(Request::Status)]
}

/// Takes one message.
pub(crate) fn update(model: &mut Model, message: Message, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    model.grid.set_now(now);
    let effects = match message {
        Message::Key(key) => {
            model.toast = None;
            keys::key(model, key)
        }
        Message::Paste(text) => keys::paste(model, &text),
        Message::Resize(width, height) => {
            model.size = (width, height);
            Vec::new()
        }
        Message::Answer(answer) => answers::answer(model, answer),
        Message::Tick => {
            model.grid.count();
            // Sites fall silent by themselves.
            model.sites.refilter(model.grid.now);
            Vec::new()
        }
        Message::Resumed if model.login.is_some() => Vec::new(),
        Message::Resumed => {
            // Whoever had the terminal meanwhile may have given it another title.
            model.alerts.title = None;
            keys::refresh(model)
        }
        Message::Edited(edited) => conflict::answers::edited(model, edited),
        Message::NotKept(words) => {
            model.error(words);
            Vec::new()
        }
        Message::Copied(copied) => {
            told(model, copied_words(&copied));
            Vec::new()
        }
        Message::Browsed(started) => {
            let advice = |why| format!("{why}; {} copies the address", model.keys.label(model.place(), Action::CopyMenu));
            told(model, started.map(|()| "the browser was started".to_owned()).map_err(advice));
            Vec::new()
        }
    };
    if matches!(&model.toast, Some(Toast::Note(_, until)) if *until <= now) {
        model.toast = None;
    }
    model.grid.follow(model.size);
    model.sites.list.follow(model.size);
    model.alerts.list.follow(model.size);
    model.errors.list.follow(model.size);
    model.activity.follow(model.size);
    model.commands.list.follow(model.size);
    commands::output::follow(model);
    site::follow(model);
    diff::arrange(model);
    effects
}

fn told(model: &mut Model, words: Result<String, String>) {
    match words {
        Ok(words) => model.note(words),
        Err(words) => model.error(words),
    }
}

/// The terminal doesn't say whether it took the text: the file is always named.
fn copied_words(Copied { what, sent, file }: &Copied) -> Result<String, String> {
    match (sent, file) {
        (true, Ok(file)) => Ok(format!("{what} copied; also in {file}")),
        (false, Ok(file)) => Ok(format!("{what} is too long for a terminal's clipboard; it is in {file}")),
        (true, Err(why)) => Ok(format!("{what} copied; not kept in a file: {why}")),
        (false, Err(why)) => Err(format!("{what} is too long for a terminal's clipboard, and not kept in a file: {why}")),
    }
}
