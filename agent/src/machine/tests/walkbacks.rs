//! Walkbacks: a lane of their own, whose trouble stops nothing else, and which tells whoever asked once all are home.

use super::bench::{Bench, WAIT, batch, complaints, problem, unreachable_server};
use crate::journal::Journal;
use crate::machine::{Effect, Event};
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Obstacle, Queue};
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::{AppName, CommandId};
use fieldpost_common::problem::Code;
use fieldpost_common::wire::{Batch, CommandOutcome};
use std::collections::BTreeMap;
use std::time::Duration;

fn bench() -> Bench {
    let mut bench = Bench::new(WAIT, Journal::default());
    bench.state.setup.walkbacks.insert(name("trading"));
    let begun = bench.feed(Event::Started);
    assert!(begun.contains(&Effect::LookForWalkbacks));
    bench
}

fn name(of: &str) -> AppName {
    of.parse().expect("application")
}

/// Of each of these applications the pieces with these numbers.
fn queue(of: &[(&str, u64, u64)]) -> Queue {
    let pieces: BTreeMap<_, _> = of.iter().map(|(of, oldest, newest)| (name(of), (*oldest, *newest))).collect();
    let count = pieces.values().map(|(oldest, newest)| usize::try_from(newest - oldest + 1).expect("few")).sum();
    Queue { count, pieces, ..Queue::default() }
}

/// So many pieces of trading.
fn waiting(count: usize) -> Queue {
    queue(&[("trading", 1, count as u64)][..count.min(1)])
}

fn looked(count: usize, unsettled: usize) -> Event {
    let unsettled_since = (0..unsettled).map(|_| (name("trading"), Duration::ZERO)).collect();
    Event::WalkbacksLooked(Looked { unsettled, unsettled_since, queue: waiting(count), ..Looked::default() })
}

fn sent(count: usize, answer: Result<Vec<String>, Trouble>) -> Event {
    Event::WalkbacksSent { of: Some(name("trading")), files: Vec::new(), queue: waiting(count), answer }
}

fn sends(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::SendWalkbacks { .. })).count()
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
    bench.state.setup.walkbacks.insert(name("trading"));
    let id: CommandId = fieldpost_common::id::hex32([7; 16]).parse().expect("command");
    let kind = CommandKind::Walkbacks { application: name("trading") };
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
    asked_for(&["trading"])
}

/// Somebody asks for the walkbacks of these applications.
fn asked_for(applications: &[&str]) -> Bench {
    let mut bench = Bench::polling(WAIT, &[]);
    let mut commands = Vec::new();
    for (at, of) in (7..).zip(applications) {
        bench.state.setup.walkbacks.insert(name(of));
        let kind = CommandKind::Walkbacks { application: name(of) };
        commands.push(Command { id: command(at), kind, cancel: false });
    }
    bench.polled(Ok(PollAnswer { news: Some((Some("\"1\"".to_owned()), Batch { commands, ..batch(&[]) })), interval: None }));
    bench
}

fn command(number: u8) -> CommandId {
    fieldpost_common::id::hex32([number; 16]).parse().expect("command")
}

/// What the server was told of that command, or is to be told.
fn outcome(bench: &Bench, number: u8) -> Option<&CommandOutcome> {
    bench.state.journal.command_results.iter().find(|one| one.command == command(number)).map(|one| &one.outcome)
}

fn is_done(bench: &Bench, number: u8) -> bool {
    matches!(outcome(bench, number), Some(CommandOutcome::Done { .. }))
}

/// A crash loop: something of trading is always being written, and something always waits.
fn crash_loop(since: Duration, (oldest, newest): (u64, u64)) -> Event {
    let unsettled_since = BTreeMap::from([(name("trading"), since)]);
    let queue = queue(&[("trading", oldest, newest)]);
    Event::WalkbacksLooked(Looked { unsettled: 1, unsettled_since, queue, ..Looked::default() })
}

fn sent_of(of: &str, queue: Queue, answer: Result<Vec<String>, Trouble>) -> Event {
    Event::WalkbacksSent { of: Some(name(of)), files: Vec::new(), queue, answer }
}

#[test]
fn in_a_crash_loop_whoever_asked_hears_once_what_was_there_then_is_home() {
    let mut bench = asked();
    assert_eq!(outcome(&bench, 7), Some(&CommandOutcome::Began), "that it runs is said at once");
    let first = bench.now.mono;
    bench.feed(crash_loop(first, (1, 3)));
    bench.feed(sent_of("trading", queue(&[("trading", 4, 4)]), Ok(Vec::new())));
    bench.pass(Duration::from_secs(3));
    assert!(!is_done(&bench, 7), "what was being written isn't taken yet");
    let second = bench.now.mono;
    assert!(second > first);
    bench.feed(crash_loop(second, (4, 6)));
    assert!(!is_done(&bench, 7), "what was taken isn't sent yet");
    bench.feed(sent_of("trading", queue(&[("trading", 6, 9)]), Ok(Vec::new())));
    assert!(!is_done(&bench, 7), "one isn't sent yet");
    bench.feed(sent_of("trading", queue(&[("trading", 7, 9)]), Ok(Vec::new())));
    assert!(is_done(&bench, 7), "what came since is of the next one who asks");
}

#[test]
fn the_loop_of_one_application_does_not_hold_the_command_about_another() {
    let mut bench = asked_for(&["trading", "billing"]);
    bench.feed(crash_loop(bench.now.mono, (1, 3)));
    assert!(is_done(&bench, 8) && !is_done(&bench, 7));
}

#[test]
fn a_look_that_began_before_somebody_asked_tells_nothing() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.state.setup.walkbacks.insert(name("trading"));
    bench.state.walkbacks.look_due = true;
    assert_eq!(looks(&bench.feed(Event::FileHint)), 1);
    let kind = CommandKind::Walkbacks { application: name("trading") };
    let commands = vec![Command { id: command(7), kind, cancel: false }];
    bench.polled(Ok(PollAnswer { news: Some((Some("\"1\"".to_owned()), Batch { commands, ..batch(&[]) })), interval: None }));
    let effects = bench.feed(looked(0, 0));
    assert_eq!((looks(&effects), is_done(&bench, 7)), (1, false));
    bench.feed(looked(0, 0));
    assert!(is_done(&bench, 7));
}

#[test]
fn an_application_that_the_server_does_not_know_waits_alone_and_is_tried_again() {
    let mut bench = asked_for(&["trading", "billing"]);
    let both = || queue(&[("trading", 1, 1), ("billing", 2, 2)]);
    let all = || Event::WalkbacksLooked(Looked { queue: both(), ..Looked::default() });
    bench.feed(all());
    let effects = bench.feed(sent_of("trading", both(), Err(problem(Code::NotFound))));
    let without = Effect::SendWalkbacks { put_off: [name("trading")].into() };
    assert!(effects.contains(&without) && complaints(&effects) == 1, "{effects:?}");
    assert_eq!(failed(&bench), ["walkbacks wait at the site: the server says: no"]);
    let effects = bench.feed(sent_of("billing", queue(&[("trading", 1, 1)]), Ok(Vec::new())));
    assert_eq!((sends(&effects), is_done(&bench, 8)), (0, true));
    let one = || Event::WalkbacksLooked(Looked { queue: queue(&[("trading", 1, 1)]), ..Looked::default() });
    let mut quarters = 0;
    while sends(&bench.pass(Duration::from_secs(15))) + sends(&bench.feed(one())) == 0 {
        quarters += 1;
    }
    assert!((18..=20).contains(&quarters), "five minutes: {quarters}");
    let effects = bench.feed(sent_of("trading", queue(&[("trading", 1, 1)]), Err(problem(Code::NotFound))));
    assert_eq!((sends(&effects), complaints(&effects)), (0, 0), "it is said once");
}

fn failed(bench: &Bench) -> Vec<String> {
    let reason = |outcome: &CommandOutcome| match outcome {
        CommandOutcome::Failed { reason } => Some(reason.to_string()),
        _ => None,
    };
    bench.state.journal.command_results.iter().filter_map(|one| reason(&one.outcome)).collect()
}

fn obstacles(of: &[(Option<&str>, &str)]) -> Event {
    let obstacle =
        |(application, words): &(Option<&str>, &str)| Obstacle { application: application.map(name), words: (*words).to_owned() };
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
            looked.queue = self::waiting(1);
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
