//! Asking something of a site, the list of what was asked, and what it brought.

use crate::app::harness::Harness;
use crate::app::keymap::Context;
use crate::app::office::{Answer, Askable, Brought, Request, Trouble, Wish};
use crate::app::{sample_commands, tests::sites};
use fieldpost_common::api::{Change, Changes, CommandInfo};
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::grid::Feed;
use fieldpost_common::id::SiteName;
use insta::assert_snapshot;

fn acme() -> SiteName {
    "acme".parse().unwrap()
}

/// The list of what can be asked of `acme`.
fn asking(size: (u16, u16)) -> Harness {
    let mut harness = sites::sites(size);
    harness.press("/ a c m e Enter a");
    assert_eq!(harness.requests(), [Request::Askable { site: acme(), refresh: true }]);
    harness.answer(Answer::Askable(acme(), Ok(Box::new(sample_commands::askable()))));
    harness
}

fn list(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.press("C");
    assert_eq!(harness.requests(), [Request::Commands(None)]);
    harness.answer(Answer::Commands(None, Ok(sample_commands::commands())));
    harness
}

fn one(number: usize) -> CommandInfo {
    sample_commands::commands().swap_remove(number)
}

/// What the third command of the list brought.
fn output(size: (u16, u16)) -> Harness {
    let mut harness = list(size);
    harness.press("j j Enter");
    assert_eq!(harness.requests(), [Request::Output(one(2).id)]);
    harness.answer(Answer::Output(one(2).id, Ok(Box::new(sample_commands::brought(one(2))))));
    harness
}

fn changed(harness: &mut Harness) {
    let feed = Feed { epoch: "e".to_owned(), seq: 2 };
    harness.answer(Answer::Changes(Ok(Changes { feed, reload: false, changes: vec![Change::Commands] })));
}

#[test]
fn a_site_can_be_asked_for_what_its_agent_named_and_for_the_rest() {
    let mut harness = sites::sites((80, 24));
    harness.press("/ a c m e Enter a");
    harness.answer(Answer::Askable(acme(), Ok(Box::new(Askable { known: None }))));
    assert_snapshot!("ask_unknown", harness.screen());
    assert_snapshot!("ask", asking((80, 24)).screen());
    assert_snapshot!("ask_200", asking((200, 50)).screen());
}

#[test]
fn a_log_that_is_being_written_is_said_to_be_written_just_now() {
    let mut harness = asking((80, 24));
    let mut askable = sample_commands::askable();
    let known = askable.known.as_mut().unwrap();
    known.info.applications[0].logs[0].modified = Some(harness.now);
    harness.answer(Answer::Askable(acme(), Ok(Box::new(askable))));
    harness.shows("11 MiB, written just now");
}

#[test]
fn what_can_be_asked_for_stays_when_it_cant_be_read_again() {
    let mut harness = asking((80, 24));
    harness.answer(Answer::Askable(acme(), Err(Trouble::Refused("the disk is full".to_owned()))));
    harness.shows("log main of trading");
    harness.shows("its logs and actions can't be read: the disk is full");
}

#[test]
fn a_log_is_asked_for_in_words_and_what_is_not_understood_stays_to_be_mended() {
    let mut harness = asking((80, 24));
    harness.press("k k k k k k k k k k Enter");
    assert_snapshot!("ask_log", harness.screen());
    harness.type_text(" sinc");
    harness.press("Enter");
    harness.shows("! \"sinc\" is not understood");
    assert_eq!(harness.model.context(), Context::Word);
    harness.press("C-w");
    harness.type_text("with ERROR|FATAL");
    harness.press("Enter");
    let requests = harness.requests();
    let [Request::Ask { site, wish: Wish::Plain(CommandKind::Log { log, part, .. }) }] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!((site, log.as_str(), part.lines, part.grep.as_deref()), (&acme(), "main", Some(200), Some("ERROR|FATAL")));
}

#[test]
fn what_was_asked_for_is_shown_as_soon_as_it_is_queued() {
    let mut harness = asking((80, 24));
    harness.press("k k k k k k k k k k Enter Enter");
    harness.requests();
    harness.answer(Answer::Asked(acme(), Ok(Box::new(one(0)))));
    assert_eq!(harness.requests(), [Request::Output(one(0).id)]);
    assert_snapshot!("output_waiting", harness.screen());
    changed(&mut harness);
    harness.answer(Answer::Output(one(0).id, Ok(Box::new(sample_commands::brought(one(0))))));
    harness.shows("ERROR could not connect");
    assert!(harness.requests().contains(&Request::Output(one(0).id)), "what changed meanwhile is read too");
}

#[test]
fn somebody_who_has_gone_on_meanwhile_is_told_and_not_carried_off() {
    let mut harness = asking((80, 24));
    harness.press("k k k k k k k k k k Enter Enter 1");
    harness.answer(Answer::Asked(acme(), Ok(Box::new(one(0)))));
    assert_eq!(harness.model.context(), Context::Grid);
    let words = harness.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("(C shows what becomes of it)"), "{words}");
}

#[test]
fn an_action_is_signed_only_after_a_question_that_says_what_it_is() {
    let mut harness = asking((80, 24));
    harness.press("k k k k k k k k k k j j Enter");
    assert_snapshot!("ask_action", harness.screen());
    assert!(harness.requests().is_empty(), "nothing is asked before yes is said");
    harness.type_text("4711");
    harness.press("Enter");
    let requests = harness.requests();
    let [Request::Ask { wish: Wish::Action { action, reason, .. }, .. }] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((action.as_str(), reason.as_deref()), ("restart", Some("4711")));
}

#[test]
fn the_list_says_what_became_of_each_and_x_takes_back_what_is_under_way() {
    assert_snapshot!("list_80", list((80, 24)).screen());
    assert_snapshot!("list_200", list((200, 50)).screen());
    let mut harness = list((80, 24));
    harness.press("x");
    assert_eq!(harness.requests(), [Request::CancelCommand(one(0).id)]);
    let cancelling = CommandState::Cancelling { at: harness.now, by: "ada".parse().unwrap() };
    harness.answer(Answer::CommandCancelled(Ok(Box::new(CommandInfo { state: cancelling, ..one(0) }))));
    harness.shows("acme is told to leave it");
    harness.press("j j x");
    harness.shows("this command has ended");
}

#[test]
fn a_filter_of_the_list_narrows_it_and_goes_before_the_list_does() {
    let mut harness = list((80, 24));
    harness.press("/");
    harness.type_text("borealis");
    harness.press("Enter");
    harness.shows("1/6");
    harness.press("Esc Esc");
    assert_eq!(harness.model.context(), Context::Grid);
}

#[test]
fn the_list_without_commands_without_an_answer_and_without_a_server_says_what_to_do() {
    let mut harness = Harness::sample((80, 24));
    harness.press("C");
    assert_snapshot!("list_reading", harness.screen());
    harness.answer(Answer::Commands(None, Err(Trouble::Refused("the disk is full".to_owned()))));
    harness.shows("There is no way to read what was asked now.");
    harness.press("r");
    harness.answer(Answer::Commands(None, Ok(Vec::new())));
    assert_snapshot!("list_none", harness.screen());
}

#[test]
fn what_a_log_brought_is_searched_and_its_escapes_are_shown() {
    let mut harness = output((80, 24));
    assert_snapshot!("output_80", harness.screen());
    assert_snapshot!("output_200", output((200, 50)).screen());
    harness.shows("\\x1b[31mred");
    harness.press("/");
    harness.type_text("error");
    harness.shows("/error▏  1/1");
    harness.press("Enter n");
    assert_eq!(harness.model.context(), Context::Output);
    harness.press("Esc");
    assert_eq!(harness.model.context(), Context::Output, "the search ends before the page does");
    harness.press("Esc");
    assert_eq!(harness.model.context(), Context::Commands);
}

/// The running log of `acme` with so many lines.
fn growing(lines: usize) -> Box<Brought> {
    let mut brought = sample_commands::brought(one(0));
    let text = (1..=lines).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
    let text = crate::app::compare::text::Text::read(text.as_bytes()).unwrap();
    brought.output.as_mut().unwrap().text = text.into();
    Box::new(brought)
}

#[test]
fn the_end_stays_in_sight_while_more_comes_unless_somebody_has_moved_away() {
    let mut harness = list((80, 24));
    harness.press("Enter");
    for (lines, last) in [(50, "line 50"), (80, "line 80")] {
        harness.answer(Answer::Output(one(0).id, Ok(growing(lines))));
        harness.shows(last);
    }
    harness.press("g");
    harness.answer(Answer::Output(one(0).id, Ok(growing(120))));
    assert!(harness.screen().lines().any(|line| line.trim() == "line 1"), "the beginning stays in sight");
    harness.press("G");
    harness.answer(Answer::Output(one(0).id, Ok(growing(150))));
    harness.shows("line 150");
}

#[test]
fn a_sites_page_shows_what_was_asked_of_it_and_opens_and_takes_back_each() {
    let mut harness = sites::page((80, 40));
    harness.answer(Answer::Commands(Some(acme()), Ok(vec![one(0), one(2)])));
    assert_snapshot!("site", harness.screen());
    let line = harness.screen().lines().position(|line| line.contains("running")).unwrap() - 2;
    harness.press("g");
    for _ in 0..line {
        harness.press("j");
    }
    harness.press("x");
    assert_eq!(harness.requests(), [Request::CancelCommand(one(0).id)]);
    harness.press("Enter");
    assert_eq!(harness.requests(), [Request::Output(one(0).id)]);
}
