//! Commands: each answered once, one at a time, whatever is lost or repeated on the way.

use super::bench::{
    Bench, START, WAIT, batch, complaints, key, nothing_new, position, problem, puts, scanned, scans, unreachable_server,
};
use crate::journal::Journal;
use crate::machine::{Effect, Ended, Event, ScanReason};
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use fieldpost_common::command::action::ActionOrder;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::{ActionName, AppName, CommandId};
use fieldpost_common::problem::Code;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::wire::{Batch, CommandOutcome};
use std::time::Duration;

fn id(n: u8) -> CommandId {
    fieldpost_common::id::hex32([n; 16]).parse().expect("command")
}

fn state(n: u8) -> Command {
    wish(n, CommandKind::State { application: "trading".parse().expect("application") })
}

fn wish(n: u8, kind: CommandKind) -> Command {
    Command { id: id(n), kind, cancel: false }
}

fn log(n: u8) -> Command {
    let application = "trading".parse().expect("application");
    wish(n, CommandKind::Log { application, log: "main".parse().expect("log"), part: LogPart::default() })
}

/// An action that was ordered by that key.
fn action(n: u8, seed: u8, site: &str, run_by: Duration) -> Command {
    let (application, action): (AppName, ActionName) =
        ("trading".parse().expect("application"), "restart".parse().expect("action"));
    let order = ActionOrder {
        form: Form::default(),
        action: action.clone(),
        application: application.clone(),
        site: site.parse().expect("site"),
        nonce: id(n),
        created: START,
        run_by: START.plus(run_by),
        key: key(seed).public().id(),
        reason: None,
    };
    let envelope = order.sign(&key(seed));
    Command { id: ActionOrder::id(&envelope), kind: CommandKind::Action { application, action, envelope }, cancel: false }
}

fn restart(n: u8) -> Command {
    action(n, 2, "acme", Duration::from_hours(1))
}

fn known(n: u8) -> Event {
    ended(&id(n), Ended::Known)
}

fn ended(command: &CommandId, end: Ended) -> Event {
    Event::Worked { command: command.clone(), end }
}

fn well() -> Ended {
    Ended::Done { note: None, tail: None }
}

/// The outcomes that wait to be told, and of which commands.
fn outcomes(bench: &Bench) -> Vec<(CommandId, CommandOutcome)> {
    bench.state.journal.command_results.iter().map(|result| (result.command.clone(), result.outcome.clone())).collect()
}

fn acknowledge(bench: &mut Bench) -> Vec<Effect> {
    let sent = bench.state.journal.command_results.clone();
    bench.feed(Event::CommandsTold { sent, answer: Ok(()) })
}

fn asked(bench: &mut Bench, commands: &[Command]) -> Vec<CommandId> {
    let batch = Batch { commands: commands.to_vec(), ..batch(&[]) };
    let answer = PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None };
    told(&bench.polled(Ok(answer)))
}

/// Which commands begin.
fn told(effects: &[Effect]) -> Vec<CommandId> {
    let begun = effects.iter().filter_map(|effect| match effect {
        Effect::Work { command, .. } => Some(command.clone()),
        _ => None,
    });
    begun.collect()
}

#[test]
fn commands_are_answered_one_at_a_time_and_each_once() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(asked(&mut bench, &[state(1), state(2)]), [id(1)]);
    let after = bench.feed(known(1));
    assert_eq!(told(&after), [id(2)]);
    assert!(after.contains(&Effect::Save), "a restart must not answer it again");
    // The batch was made before the server had the answer.
    assert_eq!(asked(&mut bench, &[state(1), state(2)]), []);
    assert_eq!(told(&bench.feed(known(2))), []);
    assert!(bench.state.journal.commands.is_empty());
}

#[test]
fn without_a_way_to_the_server_the_command_waits_and_the_state_is_fetched_anew() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[state(1)]);
    assert_eq!(told(&bench.feed(ended(&id(1), Ended::Unsent(unreachable_server())))), []);
    assert_eq!(told(&bench.pass(Duration::from_mins(5))), [id(1)]);
}

#[test]
fn what_the_server_refuses_is_given_up_with_a_word_in_the_log() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[state(1)]);
    let effects = bench.feed(ended(&id(1), Ended::Unsent(problem(Code::Invalid))));
    assert_eq!((told(&effects), complaints(&effects)), (vec![], 1));
    assert!(bench.state.journal.commands.is_empty());
}

#[test]
fn what_the_server_has_no_room_for_is_not_read_again_and_again() {
    for code in [Code::NoSpace, Code::TooMany] {
        let mut bench = Bench::polling(WAIT, &[]);
        asked(&mut bench, &[log(1)]);
        let effects = bench.feed(ended(&id(1), Ended::Unsent(problem(code))));
        assert_eq!((told(&effects), bench.state.error()), (vec![], None));
        let said = |outcome: &CommandOutcome| matches!(outcome, CommandOutcome::Failed { reason } if reason.as_str().ends_with("says: no"));
        assert!(outcomes(&bench).iter().any(|(_, outcome)| said(outcome)), "{:?}", outcomes(&bench));
    }
    // Too many requests pass.
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[log(1)]);
    let Trouble::Problem { problem, .. } = problem(Code::TooMany) else { panic!("a problem") };
    let later = Trouble::Problem { problem, retry_after: Some(Duration::from_mins(1)), proven: true };
    bench.feed(ended(&id(1), Ended::Unsent(later)));
    assert_eq!(told(&bench.pass(Duration::from_mins(5))), [id(1)]);
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
    let unknown = wish(1, CommandKind::Unknown);
    assert_eq!(asked(&mut bench, &[unknown, state(2)]), [id(2)]);
}

#[test]
fn a_long_log_or_action_makes_no_state_late() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(asked(&mut bench, &[log(1), restart(2), state(3), log(4)]), [id(1), restart(2).id, id(3)]);
    assert_eq!(told(&bench.feed(ended(&id(1), well()))), [id(4)]);
}

#[test]
fn an_action_is_journalled_before_it_runs_and_its_end_is_told_until_it_is_heard() {
    let mut bench = Bench::polling(WAIT, &[]);
    let batch = Batch { commands: vec![restart(1)], ..batch(&[]) };
    let effects = bench.polled(Ok(PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None }));
    assert!(position(&effects, |one| *one == Effect::Save) < position(&effects, |one| matches!(one, Effect::Work { .. })));
    assert_eq!(outcomes(&bench), [(restart(1).id, CommandOutcome::Began)]);
    acknowledge(&mut bench);
    bench.feed(ended(&restart(1).id, well()));
    let results = bench.state.journal.command_results.clone();
    bench.feed(Event::CommandsTold { sent: results.clone(), answer: Err(unreachable_server()) });
    assert_eq!(bench.state.journal.command_results, results);
    acknowledge(&mut bench);
    assert_eq!(outcomes(&bench), []);
}

#[test]
fn an_action_runs_once_however_often_it_is_said() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(asked(&mut bench, &[restart(1)]), [restart(1).id]);
    assert_eq!(asked(&mut bench, &[restart(1)]), [], "it runs already");
    bench.feed(ended(&restart(1).id, well()));
    assert_eq!(asked(&mut bench, &[restart(1)]), [], "it was answered");
    acknowledge(&mut bench);
    assert_eq!(asked(&mut bench, &[]), []);
    assert_eq!(asked(&mut bench, &[restart(1)]), [], "a server that was restored says it again");
    assert!(matches!(outcomes(&bench)[0].1, CommandOutcome::Unknown { .. }));
}

#[test]
fn of_an_action_that_ran_when_the_agent_was_killed_nobody_can_say_whether_it_was_done() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[restart(1)]);
    let journal = Journal::from_bytes(&bench.state.journal.to_bytes()).expect("whole");
    let mut bench = Bench::new(WAIT, journal);
    assert_eq!(told(&bench.feed(Event::Started)), []);
    let (command, outcome) = outcomes(&bench).remove(0);
    assert_eq!(command, restart(1).id);
    assert!(matches!(outcome, CommandOutcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(told(&[bench.feed(scanned(&[])), bench.put_answered(1), bench.polled(nothing_new())].concat()), []);
}

#[test]
fn an_action_that_is_not_signed_for_here_and_now_is_refused_with_the_reason() {
    let cases = [
        (action(1, 3, "acme", Duration::from_hours(1)), "doesn't know"),
        (action(1, 2, "borealis", Duration::from_hours(1)), "another site"),
        (action(1, 2, "acme", Duration::ZERO), "time is over"),
        (Command { id: id(9), ..restart(1) }, "can't be read"),
    ];
    for (command, why) in cases {
        let mut bench = Bench::polling(WAIT, &[]);
        bench.now.wall = START.plus(Duration::from_secs(1));
        assert_eq!(asked(&mut bench, std::slice::from_ref(&command)), []);
        let (_, outcome) = outcomes(&bench).remove(0);
        let CommandOutcome::Failed { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.as_str().contains(why), "{reason}");
    }
}

#[test]
fn an_action_that_the_config_does_not_name_is_refused() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.state.setup.actions.clear();
    assert_eq!(asked(&mut bench, &[restart(1)]), []);
    assert!(matches!(&outcomes(&bench)[0].1, CommandOutcome::Failed { reason } if reason.as_str().contains("names no action")));
}

#[test]
fn what_is_taken_back_is_stopped_and_the_site_says_what_became_of_it() {
    let mut bench = Bench::polling(WAIT, &[]);
    asked(&mut bench, &[log(1), log(2)]);
    let cancelled = [log(1), log(2)].map(|command| Command { cancel: true, ..command });
    let batch = Batch { commands: cancelled.to_vec(), ..batch(&[]) };
    let effects = bench.polled(Ok(PollAnswer { news: Some((Some("\"x.2\"".to_owned()), batch)), interval: None }));
    assert!(effects.contains(&Effect::Stop(id(1))), "{effects:?}");
    assert!(outcomes(&bench).contains(&(id(2), CommandOutcome::Stopped)), "it never began");
    bench.feed(ended(&id(1), Ended::Stopped));
    assert!(outcomes(&bench).contains(&(id(1), CommandOutcome::Stopped)));
}

#[test]
fn a_rescan_ends_with_a_look_that_began_after_it_was_asked_for() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.feed(Event::FileHint);
    assert_eq!(scans(&bench.pass(Duration::from_secs(1))), 1, "one is under way");
    let batch = Batch { commands: vec![wish(1, CommandKind::Rescan)], ..batch(&[]) };
    bench.polled(Ok(PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None }));
    let next = bench.feed(scanned(&[]));
    assert!(next.contains(&Effect::Scan(ScanReason::Command)), "{next:?}");
    assert_eq!(outcomes(&bench), []);
    bench.feed(scanned(&[("Order.st", "x")]));
    assert!(matches!(&outcomes(&bench)[0].1, CommandOutcome::Done { note: Some(note) } if note.as_str().contains("1 patch")));
}

#[test]
fn a_look_for_another_reason_reads_every_file_where_a_command_waits_for_that() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.feed(Event::FileHint);
    bench.pass(Duration::from_secs(1));
    let batch = Batch { commands: vec![wish(1, CommandKind::Rescan)], ..batch(&[]) };
    bench.polled(Ok(PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None }));
    bench.state.scan_wanted = Some(ScanReason::Stale);
    assert!(bench.feed(scanned(&[])).contains(&Effect::Scan(ScanReason::Command)));
}

#[test]
fn the_inventory_is_sent_again_when_it_is_asked_for_and_that_is_the_answer() {
    let mut bench = Bench::polling(WAIT, &[]);
    let batch = Batch { commands: vec![wish(1, CommandKind::Inventory)], ..batch(&[]) };
    let effects = bench.polled(Ok(PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch)), interval: None }));
    assert_eq!(puts(&effects), 1);
    bench.put_answered(1);
    assert!(matches!(outcomes(&bench)[0].1, CommandOutcome::Done { .. }));
}
