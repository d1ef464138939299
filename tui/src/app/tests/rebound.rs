//! Every key rebound: whatever is shown, no text names a key as it was before.

use super::anything::answer;
use crate::app::grid::Mode;
use crate::app::harness::Harness;
use crate::app::keymap::{Action, Context, Key, Keymap};
use crate::app::login::LoginView;
use crate::app::model::{Link, Message};
use crate::app::office::Request;
use crate::app::overlay::Overlay;
use crate::app::sample;
use crate::app::screens::{Screen, Tab};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost_common::grid::Grid;
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

/// Keys that no table has: Alt and a letter that no word of the app has.
fn rebound() -> Keymap {
    let mut keymap = Keymap::default();
    for context in Context::ALL {
        let actions: Vec<_> = keymap.of(*context).iter().map(|live| live.binding.action).collect();
        for (action, letter) in actions.into_iter().zip('А'..) {
            keymap.set(*context, action, &[Key { code: KeyCode::Char(letter), ctrl: false, alt: true }]);
        }
    }
    keymap
}

fn rebind(mut harness: Harness) -> Harness {
    harness.model.keys = rebound();
    harness
}

/// Does what an action does where keys go now, if there is such an action.
fn act(harness: &mut Harness, action: Action) {
    let lives = harness.model.keys.of(harness.model.context());
    let key = lives.iter().filter(|live| live.binding.action == action).flat_map(|live| &live.keys).next();
    if let Some(Key { code, .. }) = key.copied() {
        harness.take(Message::Key(KeyEvent::new(code, KeyModifiers::ALT)));
    }
}

const NAMED: &[&str] = &["Enter", "Esc", "Tab", "Space", "PgUp", "PgDn", "Home", "End", "Backspace", "Delete", "Shift-Tab"];

/// Keys that are one character, as the tables have them.
static SIGNS: LazyLock<HashSet<char>> = LazyLock::new(|| {
    let keymap = Keymap::default();
    let keys = Context::ALL.iter().flat_map(|context| keymap.of(*context)).flat_map(|live| live.keys.clone());
    keys.filter_map(|key| if let KeyCode::Char(sign) = key.code { Some(sign).filter(|_| !key.ctrl) } else { None }).collect()
});

/// What names a key in a line, by how keys are written: a name, or a lone sign before a verb or between parentheses.
fn stale(line: &str) -> Option<String> {
    let words: Vec<_> = line.split(' ').collect();
    let bare = |word: &str| word.trim_matches(['(', ')', ',', '.', ';', ':']).to_owned();
    for (place, word) in words.iter().enumerate() {
        let key = bare(word);
        if NAMED.contains(&key.as_str()) || key.starts_with("Ctrl-") {
            return Some(key);
        }
        let mut letters = key.chars();
        let (Some(sign), None) = (letters.next(), letters.next()) else { continue };
        let is_key = SIGNS.contains(&sign);
        let verb = words.get(place + 1).is_some_and(|next| next.len() > 1 && next.starts_with(|c: char| c.is_ascii_lowercase()));
        let alone =
            *word == key && (place == 0 || words[place - 1].is_empty() || !words[place - 1].ends_with(char::is_alphanumeric));
        let after_number = place > 0 && words[place - 1].ends_with(|c: char| c.is_ascii_digit());
        let listed = word.starts_with('(') && word.contains(')');
        // `a` begins sentences, and a digit counts things.
        let plain = sign == 'a' || sign.is_ascii_digit() || after_number;
        if is_key && (listed || verb && alone && !plain) {
            return Some(key);
        }
    }
    None
}

/// What isn't a text of the app: contents with their signs, the signs of the help, the letters of the copy menu.
fn is_text(harness: &Harness, line: &str, y: usize) -> bool {
    match (&harness.model.overlay, harness.model.screens.top()) {
        (Some(Overlay::Copy(_)), _) => false,
        (Some(Overlay::Help(_)), _) => !line.contains("  the same") && !line.contains("+ > send"),
        (_, Some(Screen::Diff(_))) => y > 2 && !line.trim_start().starts_with(['+', '-']),
        (_, Some(Screen::Conflict(_))) => !matches!(line.trim_start().chars().next(), Some('o' | 'p' | 's')),
        _ => true,
    }
}

fn check(harness: &Harness, what: &str) {
    let screen = harness.screen();
    for (y, line) in screen.lines().enumerate().filter(|(y, line)| is_text(harness, line, *y)) {
        if let Some(key) = stale(line) {
            panic!("{what}: {key:?} is no key any more, in line {y} of {:?}:\n{screen}", harness.model.context());
        }
    }
}

/// What is said and asked in one cell.
const ON_A_CELL: &[Action] = &[
    Action::Open,
    Action::SendNew,
    Action::SendUpdate,
    Action::Remove,
    Action::Retrieve,
    Action::Publish,
    Action::Cancel,
    Action::Merge,
    Action::Undo,
    Action::Range,
    Action::History,
];

#[test]
fn stale_keys_are_told_from_other_words() {
    for line in
        ["Enter shows it", "x takes it back", "first (a)", "u undoes it", "first: ] goes", "it · > sends", "r tries (Ctrl-z)"]
    {
        assert!(stale(line).is_some(), "{line}");
    }
    for line in ["3 h ago", "needs a person", "4711  bn  > <  =", "6 sites  1 silent 14 min", "Enters"] {
        assert_eq!(stale(line), None, "{line}");
    }
}

#[test]
fn no_cell_names_a_key_that_was_rebound() {
    let places: Vec<_> = (0..9).flat_map(|patch| (0..6).map(move |site| (patch, site))).collect();
    for (number, (patch, site)) in places.into_iter().enumerate() {
        let mut harness = rebind(Harness::sample((100, 30)));
        for action in ON_A_CELL {
            // Each action on its own; what was opened before is gone.
            harness.model.dialog = None;
            while harness.model.screens.top().is_some() {
                harness.model.screens.back();
            }
            (harness.model.grid.row, harness.model.grid.column) = (patch, site);
            harness.model.link = if number % 5 == 0 { offline(&harness) } else { Link::Online };
            act(&mut harness, *action);
            check(&harness, &format!("{action:?} on {patch}, {site}"));
        }
        if harness.model.dialog.is_some() {
            act(&mut harness, Action::Switch);
            check(&harness, "the other sites");
        }
    }
}

fn offline(harness: &Harness) -> Link {
    Link::Offline { since: harness.now, why: "the server can't be reached".to_owned(), wait: Duration::from_secs(2) }
}

#[test]
fn nothing_that_is_empty_names_a_key_that_was_rebound() {
    let empty = Grid { patches: Vec::new(), cells: Vec::new(), ..sample::grid() };
    let without_sites = Grid { sites: Vec::new(), cells: Vec::new(), ..sample::grid() };
    let mut all = vec![Harness::new((80, 24)), Harness::with(empty, (80, 24)), Harness::with(without_sites, (80, 24))];
    for text in ["zzzz", "@zzzz"] {
        let mut filtered = Harness::sample((80, 24));
        filtered.model.grid.mode = Mode::Filter;
        filtered.type_text(text);
        all.push(filtered);
    }
    let mut versions = Harness::sample((80, 24));
    versions.model.grid.version = Some("9.9".parse().unwrap());
    versions.model.grid.refilter();
    all.push(versions);
    let mut login = Harness::new((80, 24));
    login.model.login = Some(LoginView::default());
    all.push(login);
    for screen in [Action::Jobs, Action::Messages, Action::ShowActivity, Action::Help, Action::Palette, Action::CopyMenu] {
        for mut harness in [Harness::sample((80, 24)), Harness::new((80, 24))].map(rebind) {
            act(&mut harness, screen);
            all.push(harness);
        }
    }
    for (place, mut harness) in all.into_iter().map(rebind).enumerate() {
        check(&harness, &format!("empty {place}"));
        harness.model.link = offline(&harness);
        check(&harness, &format!("empty {place}, offline"));
    }
}

/// One thing that happens: an action of the place, an answer, or a text.
#[derive(Debug, Clone)]
enum Step {
    Act(usize),
    Answer(usize, bool),
    Type(char),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<usize>().prop_map(Step::Act),
        3 => (any::<usize>(), prop::bool::weighted(0.8)).prop_map(|(which, well)| Step::Answer(which, well)),
        1 => prop::char::range('a', 'z').prop_map(Step::Type),
    ]
}

fn take(harness: &mut Harness, open: &mut Vec<Request>, step: Step) {
    match step {
        Step::Act(number) => {
            let lives = harness.model.keys.of(harness.model.context());
            let action = lives[number % lives.len()].binding.action;
            act(harness, action);
        }
        Step::Answer(..) if open.is_empty() => {}
        Step::Answer(which, well) => {
            let request = open.swap_remove(which % open.len());
            harness.answer(answer(request, well));
        }
        Step::Type(letter) => harness.type_text(&letter.to_string()),
    }
    open.extend(harness.requests());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wherever_keys_lead_no_text_names_one_that_was_rebound(
        row in 0_usize..9,
        column in 0_usize..6,
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let mut harness = rebind(Harness::sample((100, 30)));
        (harness.model.grid.row, harness.model.grid.column) = (row, column);
        let mut open = Vec::new();
        for step in steps {
            take(&mut harness, &mut open, step);
            if harness.model.screens.tab != Tab::Sites {
                check(&harness, "on the way");
            }
        }
    }
}
