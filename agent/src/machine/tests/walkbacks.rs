//! Walkbacks: a lane of their own, whose trouble stops nothing else, and which tells whoever asked once all are home.

use super::bench::{Bench, WAIT, batch, complaints, problem, unreachable_server};
use crate::journal::Journal;
use crate::machine::{Effect, Event};
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Obstacle};
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::CommandId;
use fieldpost_common::problem::Code;
use fieldpost_common::wire::{Batch, CommandOutcome};
use std::time::Duration;

fn bench() -> Bench {
    let mut bench = Bench::new(WAIT, Journal::default());
    bench.state.setup.walkbacks.insert("trading".parse().expect("application"));
    let begun = bench.feed(Event::Started);
    assert!(begun.contains(&Effect::LookForWalkbacks));
    bench
}

fn looked(waiting: usize, unsettled: usize) -> Event {
    Event::WalkbacksLooked(Looked { unsettled, waiting, ..Looked::default() })
}

fn sent(waiting: usize, answer: Result<Vec<String>, Trouble>) -> Event {
    Event::WalkbacksSent { waiting, answer }
}

fn sends(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| **effect == Effect::SendWalkbacks).count()
}

fn looks(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| **effect == Effect::LookForWalkbacks).count()
}

#[test]
fn batches_follow_each_other_until_nothing_waits_and_looks_go_on() {
    let mut bench = bench();
    assert_eq!(sends(&bench.feed(looked(700, 0))), 1);
    assert_eq!(sends(&bench.feed(sent(200, Ok(Vec::new())))), 1);
    assert_eq!(sends(&bench.feed(sent(0, Ok(Vec::new())))), 0);
    assert_eq!(looks(&bench.pass(Duration::from_secs(15))), 1);
}

#[test]
fn a_file_that_is_being_written_is_looked_at_again_soon() {
    let mut bench = bench();
    bench.feed(looked(0, 1));
    assert_eq!(looks(&bench.pass(Duration::from_secs(3))), 1);
}

#[test]
fn while_the_server_is_away_walkbacks_are_looked_for_and_not_sent() {
    let mut bench = bench();
    bench.feed(looked(5, 0));
    bench.feed(sent(5, Err(unreachable_server())));
    let effects = bench.feed(looked(6, 0));
    assert_eq!((sends(&effects), looks(&effects)), (0, 0));
    assert_eq!(sends(&bench.pass(Duration::from_mins(2))), 1, "they are tried again with everything else");
}

#[test]
fn a_server_that_takes_no_walkbacks_now_is_left_alone_with_them_and_with_nothing_else() {
    let mut bench = bench();
    bench.feed(looked(5, 0));
    let effects = bench.feed(sent(5, Err(problem(Code::NoSpace))));
    assert_eq!((sends(&effects), complaints(&effects)), (0, 1));
    assert!(bench.state.error().is_none(), "the way to the server is open");
    // Looks go on meanwhile.
    let mut quarters = 0;
    while sends(&bench.pass(Duration::from_secs(15))) + sends(&bench.feed(looked(5, 0))) == 0 {
        quarters += 1;
    }
    assert!((18..=20).contains(&quarters), "five minutes: {quarters}");
}

#[test]
fn whoever_asks_for_walkbacks_hears_once_a_later_look_found_none_and_none_waits() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.state.setup.walkbacks.insert("trading".parse().expect("application"));
    let id: CommandId = fieldpost_common::id::hex32([7; 16]).parse().expect("command");
    let kind = CommandKind::Walkbacks { application: "trading".parse().expect("application") };
    let commands = vec![Command { id, kind, cancel: false }];
    let news = Some((Some("\"1\"".to_owned()), Batch { commands, ..batch(&[]) }));
    let effects = bench.polled(Ok(PollAnswer { news, interval: None }));
    assert_eq!(looks(&effects), 1);
    let told =
        |bench: &Bench| bench.state.journal.command_results.iter().any(|one| matches!(one.outcome, CommandOutcome::Done { .. }));
    bench.feed(looked(2, 1));
    assert!(!told(&bench));
    bench.feed(sent(0, Ok(Vec::new())));
    assert!(!told(&bench), "a file is being written");
    bench.pass(Duration::from_secs(3));
    bench.feed(looked(1, 0));
    assert!(!told(&bench), "one waits");
    bench.feed(sent(0, Ok(Vec::new())));
    assert!(told(&bench));
}

/// Somebody asks for the walkbacks of trading.
fn asked() -> Bench {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.state.setup.walkbacks.insert("trading".parse().expect("application"));
    let id: CommandId = fieldpost_common::id::hex32([7; 16]).parse().expect("command");
    let kind = CommandKind::Walkbacks { application: "trading".parse().expect("application") };
    let commands = vec![Command { id, kind, cancel: false }];
    bench.polled(Ok(PollAnswer { news: Some((Some("\"1\"".to_owned()), Batch { commands, ..batch(&[]) })), interval: None }));
    bench
}

fn failed(bench: &Bench) -> Vec<String> {
    let reason = |outcome: &CommandOutcome| match outcome {
        CommandOutcome::Failed { reason } => Some(reason.to_string()),
        _ => None,
    };
    bench.state.journal.command_results.iter().filter_map(|one| reason(&one.outcome)).collect()
}

fn obstacles(of: &[(Option<&str>, &str)]) -> Event {
    let obstacle = |(application, words): &(Option<&str>, &str)| Obstacle {
        application: application.map(|name| name.parse().expect("application")),
        words: (*words).to_owned(),
    };
    Event::WalkbacksLooked(Looked { obstacles: of.iter().map(obstacle).collect(), ..Looked::default() })
}

#[test]
fn what_could_not_be_read_of_the_application_is_named_and_not_called_home() {
    let mut bench = asked();
    bench.feed(obstacles(&[
        (Some("trading"), "/a: permission denied"),
        (Some("billing"), "/b: no such file"),
        (None, "no space"),
    ]));
    assert_eq!(failed(&bench), ["what could be read is home, but /a: permission denied; no space"]);
    let mut bench = asked();
    bench.feed(obstacles(&[(Some("billing"), "/b: no such file")]));
    assert_eq!(failed(&bench), Vec::<String>::new(), "nobody asked for that");
    assert!(matches!(bench.state.journal.command_results[0].outcome, CommandOutcome::Done { .. }));
}

#[test]
fn however_much_could_not_be_read_the_answer_has_an_end() {
    let mut bench = asked();
    let long = "x".repeat(1_000);
    bench.feed(obstacles(&vec![(Some("trading"), long.as_str()); 100]));
    let reason = failed(&bench).remove(0);
    assert!(reason.len() < 2_000 && reason.ends_with("…; and 95 more"), "{reason}");
}

#[test]
fn whoever_asks_for_walkbacks_hears_that_the_server_has_no_room_for_them() {
    for trouble in [problem(Code::NoSpace), problem(Code::TooMany), problem(Code::Forbidden)] {
        let mut bench = asked();
        bench.feed(looked(3, 0));
        bench.feed(sent(3, Err(trouble)));
        assert_eq!(failed(&bench), ["walkbacks wait at the site: the server says: no"]);
    }
    let mut bench = asked();
    bench.feed(looked(3, 0));
    bench.feed(sent(3, Err(problem(Code::Invalid))));
    assert_eq!(failed(&bench), Vec::<String>::new(), "fewer are sent the next time");
}

#[test]
fn what_stands_in_the_way_of_every_look_and_every_batch_is_said_once() {
    let mut bench = bench();
    let look = || obstacles(&[(Some("trading"), "/a: permission denied")]);
    assert_eq!(complaints(&bench.feed(look())), 1);
    let waiting = |mut event: Event| {
        if let Event::WalkbacksLooked(looked) = &mut event {
            looked.waiting = 1;
        }
        event
    };
    for said in [1, 0, 0] {
        bench.pass(Duration::from_mins(5));
        assert_eq!(complaints(&bench.feed(waiting(look()))), 0);
        assert_eq!(complaints(&bench.feed(sent(1, Err(problem(Code::NoSpace))))), said);
    }
    bench.feed(looked(1, 0));
    assert_eq!(complaints(&bench.feed(look())), 1, "it was well in between");
}
