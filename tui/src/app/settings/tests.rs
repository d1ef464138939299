//! Settings: what they change, and what is said about mistakes.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use super::*;
use crate::app::keymap::{Action, Context, Key};

fn keys(settings: &Settings, context: Context, action: Action) -> String {
    let lives = settings.keys.of(context).iter().filter(|live| live.binding.action == action);
    lives.map(crate::app::keymap::Live::labels).collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn complaints(text: &str) -> Vec<String> {
    parse(text).complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn a_key_is_changed_in_one_place_only() {
    let settings = parse("[keys.grid]\nsend-new = [\"+\", \"Ctrl-s\"]\nquit = \"Q\"\n");
    assert!(settings.complaints.is_empty(), "{:?}", settings.complaints);
    assert_eq!(keys(&settings, Context::Grid, Action::SendNew), "+ Ctrl-s");
    assert_eq!(keys(&settings, Context::Grid, Action::Quit), "Q");
    assert_eq!(keys(&settings, Context::History, Action::Back), "Esc q");
    let found = settings.keys.find(Context::Grid, Key::parse("Ctrl-s").unwrap()).map(|binding| binding.action);
    assert_eq!(found, Some(Action::SendNew));
}

#[test]
fn everywhere_changes_every_place_that_has_the_action_but_takes_no_letter_from_a_text_field() {
    let settings = parse("[keys.everywhere]\ndown = [\"Z\", \"Ctrl-n\"]\nnext-hunk = \"%\"\n[keys.help]\ndown = \"j\"\n");
    assert!(settings.complaints.is_empty(), "{:?}", settings.complaints);
    assert_eq!(keys(&settings, Context::Grid, Action::Down), "Z Ctrl-n");
    assert_eq!(keys(&settings, Context::Filter, Action::Down), "Ctrl-n");
    assert_eq!(keys(&settings, Context::Help, Action::Down), "j", "one place wins over all");
    assert_eq!(keys(&settings, Context::Diff, Action::NextHunk), "%");
}

#[test]
fn every_mistake_is_named_with_its_line_and_what_would_be_allowed() {
    let cases = [
        ("[kyes.grid]\n", "line 1: kyes is no section: did you mean keys?"),
        ("\n\n[keys.gird]\nquit = \"Q\"\n", "line 3: gird is no place: did you mean grid?"),
        ("[keys.grid]\nsend-nwe = \"+\"\n", "line 2: send-nwe is no action in grid: did you mean send-new?"),
        ("[keys.grid]\nnext-hunk = \"]\"\n", "line 2: next-hunk is no action in grid: "),
        ("[keys.grid]\nquit = [\n  \"Q\",\n  \"Entr\",\n]\n", "line 4: Entr is no key: did you mean Enter?"),
        ("[keys.grid]\nquit = 3\n", "line 2: keys are written in quotes"),
        ("[keys.grid]\nquit = \"j\"\n", "line 2: j means both quit and down in grid: give one of them another key"),
        (
            "[keys.history]\nback = []\ninterrupt = []\n",
            "line 2: history could not be left any more: give back or interrupt a key",
        ),
        ("[keys.palette]\ndecline = \"x\"\n", "line 2: x is text in palette"),
        ("keys = 3\n", "line 1: keys must be a table: [keys]"),
        ("[look]\ntheme = \"blue\"\n", "line 2: blue is no theme: there is auto, colour, mono, blue-orange"),
        ("[look]\nascii = \"yes\"\n", "line 2: ascii is true or false"),
        ("[alerts]\nbell = \"on\"\n", "line 2: bell is true or false"),
        ("[alerts]\nbel = true\n", "line 2: bel is no setting in [alerts]: did you mean bell?"),
        ("[look]\ncolor = true\n", "line 2: color is no setting in [look]"),
        ("[look]\ntheme = mono\n", "line 2: "),
    ];
    for (text, expected) in cases {
        let found = complaints(text);
        assert!(found.iter().any(|one| one.starts_with(expected)), "{text:?} gives {found:?}");
    }
}

#[test]
fn a_place_with_a_mistake_keeps_its_keys_and_the_others_are_changed() {
    let settings = parse("[keys.grid]\nquit = \"j\"\n[keys.diff]\nnext-hunk = \"}\"\n[look]\ntheme = \"mono\"\n");
    assert_eq!(settings.complaints.len(), 1);
    assert_eq!(keys(&settings, Context::Grid, Action::Quit), "q");
    assert_eq!(keys(&settings, Context::Diff, Action::NextHunk), "}");
    assert_eq!(settings.look.theme, ThemeWish::Mono);
}

#[test]
fn nothing_of_a_text_that_is_no_toml_is_used() {
    let settings = parse("[look]\nascii = true\ntheme = \n[keys.grid]\nquit = \"Q\"\n");
    assert_eq!(settings.complaints[0].line, 3);
    assert!(!settings.look.ascii);
    assert_eq!(keys(&settings, Context::Grid, Action::Quit), "q");
}

#[test]
fn nothing_rings_unless_it_is_set() {
    assert_eq!(parse("").ringing, Ringing::default());
    let ringing = parse("[alerts]\nbell = true\ntitle = true\n").ringing;
    assert!(ringing.bell && ringing.title);
}

#[test]
fn keys_can_be_swapped() {
    let settings = parse("[keys.grid]\nup = \"j\"\ndown = \"k\"\n");
    assert!(settings.complaints.is_empty(), "{:?}", settings.complaints);
}
