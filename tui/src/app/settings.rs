//! What a person sets in `app.toml`: keys, looks, and what rings. Reads the text and says what is wrong with it, line by line; a mistake never
//! keeps the app from starting. Which file it is, is left to the callers.

mod complaint;
mod keys;

use super::keymap::Keymap;
use super::look::{Effects, LookWish, ThemeWish};
use super::model::Ringing;
use crate::keyring::Keyring;
pub(crate) use complaint::Complaint;
use complaint::Complaints;
use std::io;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file's name in the settings folder.
pub(crate) const FILE: &str = "app.toml";

/// What holds: the file's wishes where they are right, the defaults elsewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) keys: Keymap,
    pub(crate) look: LookWish,
    pub(crate) ringing: Ringing,
    pub(crate) complaints: Vec<Complaint>,
}

/// Where the file is.
pub(crate) fn file(keyring: &Keyring) -> PathBuf {
    keyring.folder().join(FILE)
}

/// Reads the file. One that isn't there says nothing.
pub(crate) fn load(keyring: &Keyring) -> Settings {
    match std::fs::read_to_string(file(keyring)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
        Err(error) => {
            let complaint = Complaint { line: 1, words: format!("the file can't be read: {error}") };
            Settings { complaints: vec![complaint], ..Settings::default() }
        }
    }
}

/// Reads settings.
pub(crate) fn parse(text: &str) -> Settings {
    let mut settings = Settings::default();
    let mut complaints = Complaints::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What stands after a slip may mean something else than it says: none of it is used.
        for error in errors {
            complaints.at(error.span().map_or(0, |span| span.start), error.message());
        }
        settings.complaints = complaints.done();
        return settings;
    }
    for (name, value) in table.get_ref() {
        let section = value.get_ref().as_table();
        match (name.get_ref().as_ref(), section) {
            ("keys", Some(places)) => settings.keys = keys::read(places, &mut complaints),
            ("look", Some(look)) => settings.look = read_look(look, &mut complaints),
            ("alerts", Some(alerts)) => settings.ringing = read_alerts(alerts, &mut complaints),
            ("keys" | "look" | "alerts", None) => complaints.at(name.span().start, &format!("{} must be a table: [{0}]", name.get_ref())),
            (other, _) => complaints.unknown(name.span().start, "section", other, &["keys", "look", "alerts"]),
        }
    }
    settings.complaints = complaints.done();
    settings
}

const THEMES: &[(&str, ThemeWish)] = &[
    ("auto", ThemeWish::Auto),
    ("colour", ThemeWish::Colour),
    ("mono", ThemeWish::Mono),
    ("blue-orange", ThemeWish::BlueOrange),
];

const EFFECTS: &[(&str, Effects)] = &[("full", Effects::Full), ("low", Effects::Low)];

fn read_look(look: &DeTable<'_>, complaints: &mut Complaints) -> LookWish {
    let mut wish = LookWish::default();
    for (name, value) in look {
        match name.get_ref().as_ref() {
            "theme" => wish.theme = choice(value, "theme", THEMES, complaints).unwrap_or_default(),
            "effects" => wish.effects = choice(value, "effects", EFFECTS, complaints).unwrap_or_default(),
            "ascii" => wish.ascii = yes_or_no(value, "ascii", complaints),
            other => complaints.unknown(name.span().start, "setting in [look]", other, &["theme", "ascii", "effects"]),
        }
    }
    wish
}

fn read_alerts(alerts: &DeTable<'_>, complaints: &mut Complaints) -> Ringing {
    let mut ringing = Ringing::default();
    for (name, value) in alerts {
        match name.get_ref().as_ref() {
            "bell" => ringing.bell = yes_or_no(value, "bell", complaints),
            "title" => ringing.title = yes_or_no(value, "title", complaints),
            other => complaints.unknown(name.span().start, "setting in [alerts]", other, &["bell", "title"]),
        }
    }
    ringing
}

/// What isn't said right is no.
fn yes_or_no(value: &Spanned<DeValue<'_>>, what: &str, complaints: &mut Complaints) -> bool {
    value.get_ref().as_bool().unwrap_or_else(|| {
        complaints.at(value.span().start, &format!("{what} is true or false"));
        false
    })
}

fn choice<T: Copy>(value: &Spanned<DeValue<'_>>, what: &str, all: &[(&str, T)], complaints: &mut Complaints) -> Option<T> {
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let Some(text) = value.get_ref().as_str() else {
        complaints.at(value.span().start, &format!("{what} is one of {}, in quotes", names.join(", ")));
        return None;
    };
    let found = all.iter().find(|(name, _)| *name == text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        complaints.unknown(value.span().start, what, text, &names);
    }
    found
}

#[cfg(test)]
mod tests;
