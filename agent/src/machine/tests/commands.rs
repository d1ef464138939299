//! Commands: each answered once, one at a time, whatever is lost or repeated on the way.

use super::bench::{Bench, WAIT, batch, complaints, nothing_new, problem, unreachable_server};
use crate::journal::Journal;
use crate::machine::{Effect, Event};
use crate::server::PollAnswer;
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::CommandId;
use fieldpost_common::problem::Code;
use fieldpost_common::wire::Batch;
use std::time::Duration;

fn id(n: u8) -> CommandId {
    fieldpost_common::id::hex32([n; 16]).parse().expect("command")
}

fn state(n: u8) -> Command {
    Command { id: id(n), kind: CommandKind::State { application: "trading".parse().expect("application") } }
}

fn asked(bench: &mut Bench, commands: &[Command]) -> Vec<CommandId> {
    let batch = Batch { commands: commands.to_vec(), ..batch(&[]) };
    let answer = PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None };
    told(&bench.polled(Ok(answer)))
}

/// Which commands begin.
fn told(effects: &[Effect]) -> Vec<CommandId> {
    let begun = effects.iter().filter_map(|effect| match effect {
        Effect::TellState { command, .. } => Some(command.clone()),
        _ => None,
    });
    begun.collect()
}

#[test]
fn commands_are_answered_one_at_a_time_and_each_once() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(asked(&mut bench, &[state(1), state(2)]), [id(1)]);
    let after = bench.feed(Event::StateTold { command: id(1), answer: Ok(()) });
    assert_eq!(told(&after), [id(2)]);
    assert!(after.contains(&Effect::Save), "a restart must not answer it again");
    // The batch was made before the server had the answer.
    assert_eq!(asked(&mut bench, &[state(1), state(2)]), []);
    assert_eq!(told(&bench.feed(Event::StateTold { command: id(2), answer: Ok(()) })), []);
    assert!(bench.state.journal.commands.is_empty());
}

#[test]
fn without_a_way_to_the_server_the_command_waits_and_the_state_is_fetched_anew() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[state(1)]);
    assert_eq!(told(&bench.feed(Event::StateTold { command: id(1), answer: Err(unreachable_server()) })), []);
    assert_eq!(told(&bench.pass(Duration::from_mins(5))), [id(1)]);
}

#[test]
fn what_the_server_refuses_is_given_up_with_a_word_in_the_log() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[state(1)]);
    let effects = bench.feed(Event::StateTold { command: id(1), answer: Err(problem(Code::Invalid)) });
    assert_eq!((told(&effects), complaints(&effects)), (vec![], 1));
    assert!(bench.state.journal.commands.is_empty());
}

#[test]
fn commands_survive_a_restart_that_the_server_has_no_news_after() {
    let journal = Journal { commands: vec![state(1)], ..Journal::default() };
    let journal = Journal::from_bytes(&journal.to_bytes()).expect("whole");
    let mut bench = Bench::new(WAIT, journal);
    let begun = [bench.feed(Event::Started), bench.polled(nothing_new())].concat();
    assert_eq!(told(&begun), [id(1)]);
}

#[test]
fn what_this_version_does_not_know_is_left_to_its_deadline() {
    let mut bench = Bench::polling(WAIT, &[]);
    let unknown = Command { id: id(1), kind: CommandKind::Unknown };
    assert_eq!(asked(&mut bench, &[unknown, state(2)]), [id(2)]);
}
