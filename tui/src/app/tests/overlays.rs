//! What lies over everything: help, list of actions, copy menu; and the login screen.

use crate::app::dialog::Info;
use crate::app::harness::Harness;
use crate::app::keymap::{Action, Context};
use crate::app::login::LoginView;
use crate::app::model::{Copied, Effect, Message};
use crate::app::office::{Answer, Newcomer, Request, Trouble};
use crate::app::settings;
use crate::surroundings::Browser;
use insta::assert_snapshot;

fn newcomer() -> Harness {
    let mut harness = Harness::new((80, 24));
    harness.model.login = Some(LoginView::default());
    harness
}

#[test]
fn the_help_is_searched_by_a_few_letters_and_closed_in_two_steps() {
    let mut harness = Harness::sample((80, 24));
    harness.press("? /");
    harness.type_text("site");
    assert_snapshot!("help_with_a_filter", harness.screen());
    harness.press("Enter Esc");
    harness.shows("send what is published");
    harness.press("Esc");
    assert!(harness.model.overlay.is_none());
    harness.press("? /");
    harness.type_text("qqqq");
    harness.shows("no key matches");
    harness.press("Esc q");
    assert!(harness.model.overlay.is_none(), "q is a letter of the filter, and a key again after it");
}

#[test]
fn the_help_says_why_a_key_does_nothing_and_shows_the_keys_of_the_settings() {
    let mut harness = Harness::sample((100, 40));
    harness.model.keys = settings::parse("[keys.grid]\nsend-new = [\"F5\"]\n").keys;
    harness.select("4711-Order-roundLots.st", "corvid");
    harness.press("?");
    harness.shows("F5");
    harness.shows("(no order is on its way here)");
}

#[test]
fn the_list_of_actions_finds_does_and_remembers() {
    let mut harness = Harness::sample((80, 24));
    harness.press(":");
    assert_snapshot!("actions", harness.screen());
    harness.type_text("range");
    assert_snapshot!("actions_that_match", harness.screen());
    harness.press("Enter");
    assert!(harness.model.overlay.is_none());
    assert_eq!(harness.model.recent, [Action::Range]);
    harness.shows("move to the other end of the range");
    harness.press("Esc :");
    let row = harness.screen().lines().nth(3).unwrap().to_owned();
    assert!(row.contains("mark a range"), "what was used last comes first: {row}");
}

#[test]
fn an_action_that_can_not_be_done_says_why_in_the_list_and_when_it_is_chosen() {
    let mut harness = Harness::sample((100, 24));
    harness.select("4711-Order-roundLots.st", "corvid");
    harness.press(":");
    harness.type_text("take back");
    harness.shows("not now: no order is on its way here");
    harness.press("Enter");
    harness.shows("no order is on its way here");
    assert!(harness.requests().is_empty());
}

#[test]
fn the_list_of_actions_is_that_of_the_place_below() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d :");
    harness.type_text("next change");
    harness.shows("the next change");
    harness.press("Esc");
    assert_eq!(harness.model.context(), Context::Diff);
}

fn copied(harness: &mut Harness) -> (String, String) {
    match harness.effects.pop() {
        Some(Effect::Copy { what, text }) => (what.to_owned(), text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_thing_in_the_copy_menu_has_a_letter() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("y");
    assert_snapshot!("copy_menu", harness.screen());
    harness.press("n");
    assert_eq!(copied(&mut harness), ("name".to_owned(), "4711-Order-roundLots.st".to_owned()));
    harness.press("y i");
    assert_eq!(copied(&mut harness).1, "https://tracker.example/4711");
    harness.press("y c");
    assert_eq!(copied(&mut harness).1, "fieldpost send 4711-Order-roundLots.st --app trading --to acme");
    harness.press("y j j Enter");
    assert_eq!(copied(&mut harness).0, "SHA-256 of what is published");
    harness.press("y Z");
    assert!(harness.model.overlay.is_some(), "a letter of nothing copies nothing");
}

#[test]
fn what_was_copied_is_told_with_the_file_that_has_it_too() {
    let mut harness = Harness::sample((80, 24));
    let file = Ok("/home/ada/.local/state/fieldpost/copied.txt".to_owned());
    harness.take(Message::Copied(Copied { what: "name", sent: true, file: file.clone() }));
    harness.shows("name copied; also in /home/ada/.local/state/fieldpost/copied.txt");
    harness.take(Message::Copied(Copied { what: "name", sent: false, file }));
    harness.shows("name is too long for a terminal's clipboard");
    harness.shows("/home/ada");
}

#[test]
fn the_issue_is_opened_where_a_browser_is_and_else_offered_to_copy() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("o");
    harness.shows("No browser here");
    harness.press("i");
    assert_eq!(copied(&mut harness).1, "https://tracker.example/4711");
    let browser = Browser(vec!["firefox".to_owned()]);
    harness.model.browser = Some(browser.clone());
    harness.press("o");
    let link = "https://tracker.example/4711".to_owned();
    assert_eq!(harness.effects.pop(), Some(Effect::Browse { browser, link }));
    harness.select("hotfix-ledger.st", "acme");
    harness.press("o");
    harness.shows("no issue is known of what is selected");
}

#[test]
fn the_login_string_is_pasted_hidden_and_handed_on() {
    let mut harness = newcomer();
    assert_snapshot!("login", harness.screen());
    harness.press("Enter");
    harness.shows("paste the login string first");
    harness.take(Message::Paste("fieldpost-login.s3cret-w0rd\r\n".to_owned()));
    harness.shows("fieldpost-login.***********");
    assert!(harness.requests().is_empty(), "a pasted line end is no Enter");
    harness.press("Enter");
    let Some(Request::LogIn(string)) = harness.requests().pop() else { panic!("nothing was asked") };
    assert_eq!(string.0, "fieldpost-login.s3cret-w0rd");
    harness.shows("Asking the server");
    harness.press("Enter");
    assert!(harness.requests().is_empty(), "it is asked once");
    for text in [harness.screen(), format!("{:?} {:?}", harness.model, Request::LogIn(string))] {
        assert!(!text.contains("s3cret"), "the secret is shown");
    }
}

#[test]
fn a_login_that_fails_says_why_and_one_that_works_goes_on_to_the_patches() {
    let mut harness = newcomer();
    harness.take(Message::Paste("nonsense".to_owned()));
    harness.press("Enter");
    let words = "this is not a fieldpost login string: paste it whole, as it was printed";
    harness.answer(Answer::LoggedIn(Err(Trouble::Refused(words.to_owned()))));
    assert_snapshot!("login_failed", harness.screen());
    harness.press("C-u");
    harness.take(Message::Paste("fieldpost-login.x".to_owned()));
    harness.press("Enter");
    harness.requests();
    let advice = vec!["The root key is in /home/ada/.config/fieldpost/root.key.".to_owned()];
    harness.answer(Answer::LoggedIn(Ok(Newcomer { user: "ada".to_owned(), server: "post.acme.example".to_owned(), advice })));
    assert_eq!(harness.requests(), [Request::Whoami, Request::Apps, Request::Status]);
    harness.shows("root.key");
    harness.press("Esc");
    assert_eq!(harness.model.context(), Context::Grid);
}

#[test]
fn somebody_who_is_not_logged_in_can_leave() {
    for keys in ["Esc", "C-c"] {
        let mut harness = newcomer();
        harness.press(keys);
        assert_eq!(harness.effects, [Effect::Quit]);
    }
}

#[test]
fn mistakes_in_the_settings_are_shown_at_the_start() {
    let settings = settings::parse("[keys.grid]\nsend-nwe = \"+\"\nquit = \"j\"\n[look]\ntheme = \"blue\"\n");
    let mut harness = Harness::sample((80, 24));
    let file = "/home/ada/.config/fieldpost/app.toml";
    harness.model.dialog = Some(Info::settings(file, &settings.complaints));
    assert_snapshot!("mistakes_in_the_settings", harness.screen());
    harness.press("Esc");
    assert_eq!(harness.model.context(), Context::Grid);
}

#[test]
fn a_paste_on_the_grid_does_nothing() {
    let mut harness = Harness::sample((80, 24));
    let before = harness.screen();
    harness.take(Message::Paste("q\r\n+\r\n\r\n:quit\r\n<\r\np\r\nx\r\ny\r\nC-a\r\n>\r\n".to_owned()));
    assert_eq!(harness.screen(), before);
    assert!(harness.effects.is_empty());
}
