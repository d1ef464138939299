//! What people ask of sites: given, taken back, answered, and what it brings.

use super::agent::Agent;
use super::world::{Person, World, read};
use fieldpost_common::api::{Activity, CommandInfo, CommandOutput, Role, path};
use fieldpost_common::command::action::ActionOrder;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::command::{Command, CommandKind, MAX_ACTION_OUTPUT, MAX_OUTPUT};
use fieldpost_common::id::{CommandId, hex32};
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{CommandOutcome, CommandResult, Results, path as wire};
use reqwest::{Method, StatusCode};
use std::time::Duration;

async fn ask(world: &World, who: &Person, wish: &CommandKind) -> Result<CommandInfo, Problem> {
    world.post(who, &path::COMMANDS.replace("{site}", "acme"), wish).await
}

async fn info(world: &World, id: &CommandId) -> CommandInfo {
    world.get(&world.ada, &path::COMMAND.replace("{command}", id.as_str())).await.unwrap()
}

async fn cancel(world: &World, id: &CommandId) -> CommandInfo {
    world.post(&world.ada, &path::COMMAND_CANCEL.replace("{command}", id.as_str()), &()).await.unwrap()
}

async fn output(world: &World, id: &CommandId) -> Result<CommandOutput, Problem> {
    world.get(&world.ada, &path::COMMAND_OUTPUT.replace("{command}", id.as_str())).await
}

/// The commands of the next poll that a person gave.
async fn offered(world: &World, agent: &mut Agent) -> Vec<Command> {
    let mut commands = agent.poll(world).await.unwrap().map(|batch| batch.commands).unwrap_or_default();
    commands.retain(|command| !matches!(command.kind, CommandKind::State { .. }));
    commands
}

async fn tell(world: &World, agent: &Agent, command: &CommandId, outcome: CommandOutcome, tail: Option<&str>) {
    let result = CommandResult { command: command.clone(), outcome, tail: tail.map(Clean::lines), at: crate::clock::now() };
    let results = Results { commands: vec![result], ..Results::default() };
    read::<()>(world.request(Method::POST, wire::RESULTS, &agent.token).json(&results).send().await.unwrap()).await.unwrap();
}

async fn send(world: &World, agent: &Agent, command: &CommandId, text: &[u8], whole: bool) -> StatusCode {
    let path = format!("{}?whole={whole}", wire::OUTPUT.replace("{command}", command.as_str()));
    world.request(Method::PUT, &path, &agent.token).body(text.to_vec()).send().await.unwrap().status()
}

fn log() -> CommandKind {
    let (application, log) = ("trading".parse().unwrap(), "main".parse().unwrap());
    CommandKind::Log { application, log, part: LogPart::default() }
}

fn restart(who: &Person, site: &str) -> CommandKind {
    let (application, action) = ("trading".parse().unwrap(), "restart".parse().unwrap());
    let created = crate::clock::now();
    let order = ActionOrder {
        form: Form::default(),
        action,
        application,
        site: site.parse().unwrap(),
        nonce: hex32([5; 16]).parse().unwrap(),
        created,
        run_by: created.plus(Duration::from_mins(5)),
        key: who.key.public().id(),
        reason: None,
    };
    CommandKind::Action { application: order.application.clone(), action: order.action.clone(), envelope: order.sign(&who.key) }
}

#[tokio::test]
async fn a_log_goes_out_comes_home_and_stands_in_the_activity() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    assert_eq!(offered(&world, &mut acme).await[0].id, asked.id);
    tell(&world, &acme, &asked.id, CommandOutcome::Began, None).await;
    assert_eq!(info(&world, &asked.id).await.state.word(), "running");
    assert_eq!(send(&world, &acme, &asked.id, b"one\ntwo\n", true).await, StatusCode::NO_CONTENT);
    tell(&world, &acme, &asked.id, CommandOutcome::Done { note: Some(Clean::line("2 lines")) }, None).await;
    assert_eq!(info(&world, &asked.id).await.state.note().map(Clean::as_str), Some("2 lines"));
    assert_eq!(output(&world, &asked.id).await.unwrap().content, b"one\ntwo\n");
    let activity: Vec<Activity> = world.get(&world.ada, path::ACTIVITY).await.unwrap();
    assert_eq!((activity[0].what.as_str(), activity[0].who.as_str()), ("command_done", "site:acme"));
    assert_eq!(activity[0].detail.as_deref(), Some("log main of trading: last 200 lines: 2 lines"));
}

#[tokio::test]
async fn what_streams_in_is_shown_whole_each_time_and_its_end_is_kept_when_it_did_not_arrive() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    offered(&world, &mut acme).await;
    assert_eq!(output(&world, &asked.id).await.unwrap_err().code, Code::NotFound);
    send(&world, &acme, &asked.id, b"on", false).await;
    send(&world, &acme, &asked.id, b"one", false).await;
    let so_far = output(&world, &asked.id).await.unwrap();
    assert_eq!((so_far.content.as_slice(), so_far.whole), (b"one".as_slice(), false));
    tell(&world, &acme, &asked.id, CommandOutcome::Done { note: None }, Some("one\ntwo")).await;
    let end = output(&world, &asked.id).await.unwrap();
    assert_eq!((end.content.as_slice(), end.whole), (b"one\ntwo".as_slice(), true));
    send(&world, &acme, &asked.id, b"late", false).await;
    assert_eq!(output(&world, &asked.id).await.unwrap().content, b"one\ntwo", "what is whole stays");
}

#[tokio::test]
async fn a_command_that_the_site_has_is_taken_back_once_the_site_says_so() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let never = ask(&world, &world.ada, &CommandKind::Rescan).await.unwrap();
    assert_eq!(cancel(&world, &never.id).await.state.word(), "cancelled");
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    assert!(!offered(&world, &mut acme).await[0].cancel);
    assert_eq!(cancel(&world, &asked.id).await.state.word(), "cancelling");
    assert!(offered(&world, &mut acme).await[0].cancel, "the site is told");
    tell(&world, &acme, &asked.id, CommandOutcome::Stopped, None).await;
    assert_eq!(info(&world, &asked.id).await.state.word(), "cancelled");
    assert_eq!(offered(&world, &mut acme).await, []);
}

#[tokio::test]
async fn who_asks_again_after_taking_back_gets_a_command_of_their_own() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let first = ask(&world, &world.ada, &log()).await.unwrap();
    offered(&world, &mut acme).await;
    cancel(&world, &first.id).await;
    assert_ne!(ask(&world, &world.ada, &log()).await.unwrap().id, first.id);
}

#[tokio::test]
async fn an_action_needs_a_signature_for_this_site_and_is_one_command_by_it() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    let wish = restart(&world.ada, "acme");
    let first = ask(&world, &world.ada, &wish).await.unwrap();
    assert_eq!(ask(&world, &world.ada, &wish).await.unwrap().id, first.id);
    let elsewhere = restart(&world.ada, "borealis");
    assert_eq!(ask(&world, &world.ada, &elsewhere).await.unwrap_err().code, Code::Refused);
    let CommandKind::Action { application, envelope, .. } = restart(&world.ada, "acme") else { unreachable!() };
    let other_name = CommandKind::Action { application, action: "dump".parse().unwrap(), envelope };
    assert_eq!(ask(&world, &world.ada, &other_name).await.unwrap_err().code, Code::Refused);
    let eve = world.person("eve", Role::Developer, 9).await;
    assert_eq!(ask(&world, &eve, &restart(&eve, "acme")).await.unwrap_err().code, Code::Refused, "nobody trusts her key");
}

#[tokio::test]
async fn another_sites_command_is_neither_answered_nor_given_an_output() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let borealis = world.site("borealis", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    offered(&world, &mut acme).await;
    send(&world, &borealis, &asked.id, b"forged", true).await;
    tell(&world, &borealis, &asked.id, CommandOutcome::Done { note: None }, None).await;
    assert_eq!(info(&world, &asked.id).await.state.word(), "offered");
    assert_eq!(output(&world, &asked.id).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn too_long_an_output_and_a_pattern_that_is_none_are_refused() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    offered(&world, &mut acme).await;
    let much = vec![b'x'; MAX_OUTPUT + 1];
    assert_eq!(send(&world, &acme, &asked.id, &much, true).await, StatusCode::PAYLOAD_TOO_LARGE);
    let (application, log) = ("trading".parse().unwrap(), "main".parse().unwrap());
    let part = LogPart { grep: Some("(".to_owned()), ..LogPart::default() };
    let refused = ask(&world, &world.ada, &CommandKind::Log { application, log, part }).await.unwrap_err();
    assert!(refused.detail.contains("can't be looked for"), "{}", refused.detail);
}

#[tokio::test]
async fn what_a_command_brought_is_for_developers_and_where_it_stands_for_all() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    let vi = world.person("vi", Role::Viewer, 7).await;
    let all: Vec<CommandInfo> = world.get(&vi, path::ALL_COMMANDS).await.unwrap();
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&asked.id]);
    let forbidden = world.get::<CommandOutput>(&vi, &path::COMMAND_OUTPUT.replace("{command}", asked.id.as_str())).await;
    assert_eq!(forbidden.unwrap_err().code, Code::Forbidden);
}

#[tokio::test]
async fn an_output_is_kept_of_what_was_asked_and_brings_one_only() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let early = ask(&world, &world.ada, &log()).await.unwrap();
    send(&world, &acme, &early.id, b"before it went out", true).await;
    assert_eq!(output(&world, &early.id).await.unwrap_err().code, Code::NotFound);
    let rescan = ask(&world, &world.ada, &CommandKind::Rescan).await.unwrap();
    offered(&world, &mut acme).await;
    send(&world, &acme, &rescan.id, b"a rescan brings nothing", true).await;
    tell(&world, &acme, &rescan.id, CommandOutcome::Done { note: None }, Some("and has no tail")).await;
    assert_eq!(output(&world, &rescan.id).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn what_a_command_that_ended_brought_is_not_replaced() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &log()).await.unwrap();
    offered(&world, &mut acme).await;
    send(&world, &acme, &asked.id, b"one\n", true).await;
    send(&world, &acme, &asked.id, b"read again\n", true).await;
    tell(&world, &acme, &asked.id, CommandOutcome::Done { note: None }, None).await;
    assert_eq!(send(&world, &acme, &asked.id, b"another\n", true).await, StatusCode::NO_CONTENT);
    assert_eq!(output(&world, &asked.id).await.unwrap().content, b"read again\n");
}

#[tokio::test]
async fn an_action_brings_no_more_than_an_action_may() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let asked = ask(&world, &world.ada, &restart(&world.ada, "acme")).await.unwrap();
    offered(&world, &mut acme).await;
    let much = vec![b'x'; MAX_ACTION_OUTPUT + 1];
    assert_eq!(send(&world, &acme, &asked.id, &much, true).await, StatusCode::PAYLOAD_TOO_LARGE);
    tell(&world, &acme, &asked.id, CommandOutcome::Done { note: None }, Some(&"y".repeat(MAX_ACTION_OUTPUT + 7))).await;
    assert_eq!(output(&world, &asked.id).await.unwrap().content.len(), MAX_ACTION_OUTPUT);
}
