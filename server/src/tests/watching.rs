//! What sites say of their health, and what becomes of it: commands, states, incidents, maintenance.

use super::agent::Agent;
use super::mails::mailing;
use super::sink::Sink;
use super::wait::eventually;
use super::world::{Person, World, read};
use crate::Config;
use crate::config::{AppRules, Poll, Silence, State};
use fieldpost_common::api::{CommandInfo, Maintenance, Role, SetHold, SiteScope, StateView, Status, Verdict, path};
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::CommandId;
use fieldpost_common::incident::{Hold, Incident, Subject};
use fieldpost_common::problem::Code;
use fieldpost_common::state::{Rule, Severity};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{StateOutcome, StateReport, path as wire};
use reqwest::Method;
use std::time::Duration;

/// A state with one problem.
pub(super) fn broken(why: &str) -> String {
    format!("version: 7.7\nstatus: DOWN {why}\n")
}

/// A state without one.
pub(super) fn well() -> &'static str {
    "version: 7.7\nstatus: ok\n"
}

fn nobodys() -> CommandId {
    fieldpost_common::id::hex32([7; 16]).parse().unwrap()
}

fn content(text: &str) -> StateOutcome {
    StateOutcome::Content { content: text.as_bytes().to_vec(), exit: None, modified: None }
}

/// The agent sends a state of `trading`.
pub(super) async fn says(world: &World, agent: &Agent, text: impl AsRef<str>) {
    tells(world, agent, &nobodys(), content(text.as_ref())).await;
}

async fn tells(world: &World, agent: &Agent, command: &CommandId, outcome: StateOutcome) {
    let report = StateReport { command: command.clone(), at: crate::clock::now(), format: None, outcome };
    let path = wire::STATE.replace("{application}", "trading");
    read::<()>(world.request(Method::PUT, &path, &agent.token).json(&report).send().await.unwrap()).await.unwrap();
}

pub(super) async fn status(world: &World) -> Status {
    world.get(&world.ada, path::STATUS).await.unwrap()
}

async fn incident(world: &World) -> Incident {
    eventually("an incident", async || status(world).await.incidents.pop()).await
}

async fn quiet(world: &World) {
    eventually("nothing is wrong", async || status(world).await.incidents.is_empty().then_some(())).await;
}

async fn states(world: &World) -> Vec<StateView> {
    world.get(&world.ada, &path::STATES.replace("{site}", "acme")).await.unwrap()
}

async fn commands(agent: &mut Agent, world: &World) -> Vec<Command> {
    eventually("a command", async || agent.poll(world).await.unwrap().map(|batch| batch.commands).filter(|all| !all.is_empty()))
        .await
}

async fn ask(world: &World, who: &Person) -> Result<CommandInfo, fieldpost_common::problem::Problem> {
    let wish = CommandKind::State { application: "trading".parse().unwrap() };
    world.post(who, &path::COMMANDS.replace("{site}", "acme"), &wish).await
}

async fn word(world: &World, id: &CommandId) -> &'static str {
    let info: CommandInfo = world.get(&world.ada, &path::COMMAND.replace("{command}", id.as_str())).await.unwrap();
    info.state.word()
}

#[tokio::test]
async fn a_site_is_asked_by_itself_and_its_answer_ends_the_command() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let command = commands(&mut acme, &world).await.remove(0);
    assert_eq!(command.kind, CommandKind::State { application: "trading".parse().unwrap() });
    assert_eq!(word(&world, &command.id).await, "offered");
    tells(&world, &acme, &command.id, content(well())).await;
    assert_eq!(word(&world, &command.id).await, "done");
    let after = acme.poll(&world).await.unwrap().unwrap();
    assert!(after.commands.is_empty());
    let state = states(&world).await.remove(0);
    assert_eq!((state.worst, state.lines.len(), state.history.len()), (Severity::Ok, 2, 1));
}

#[tokio::test]
async fn the_same_wish_twice_is_one_command_and_only_developers_have_wishes() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    let first = ask(&world, &world.ada).await.unwrap();
    assert_eq!(ask(&world, &world.ada).await.unwrap().id, first.id);
    let vi = world.person("vi", Role::Viewer, 7).await;
    assert_eq!(ask(&world, &vi).await.unwrap_err().code, Code::Forbidden);
    let stranger = CommandKind::State { application: "ledger".parse().unwrap() };
    let refused = world.post::<CommandInfo>(&world.ada, &path::COMMANDS.replace("{site}", "acme"), &stranger).await;
    assert_eq!(refused.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_command_that_no_poll_took_expires() {
    let config = Config { state: State { every: Duration::from_millis(100), ..State::default() }, ..Config::default() };
    let world = World::start_with(config).await;
    world.site("acme", "7.7").await;
    let list = path::COMMANDS.replace("{site}", "acme");
    eventually("a command expires", async || {
        let all: Vec<CommandInfo> = world.get(&world.ada, &list).await.unwrap();
        all.iter().any(|one| one.state.word() == "expired").then_some(())
    })
    .await;
}

#[tokio::test]
async fn another_sites_command_is_not_ended_by_an_answer() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let eve = world.site("eve", "7.7").await;
    let command = commands(&mut acme, &world).await.remove(0);
    tells(&world, &eve, &command.id, content(well())).await;
    assert_eq!(word(&world, &command.id).await, "offered");
}

#[tokio::test]
async fn what_is_wrong_opens_one_incident_with_the_cause_in_words_and_closes_when_it_is_well() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    says(&world, &acme, broken("db2")).await;
    let open = incident(&world).await;
    assert_eq!(open.words.as_str(), "trading: status: DOWN db2");
    let now = status(&world).await;
    assert_eq!((now.worst, now.sites[0].verdict), (Verdict::Problem, Verdict::Problem));
    assert!(now.sites[0].state_age_s.is_some() && !now.mail.configured);
    says(&world, &acme, well()).await;
    quiet(&world).await;
    let over: Vec<Incident> = world.get(&world.ada, &format!("{}?closed=true", path::INCIDENTS)).await.unwrap();
    assert_eq!(over[0].id, open.id);
}

#[tokio::test]
async fn a_state_that_can_not_be_had_is_a_problem_and_one_that_is_not_configured_is_none() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let gone = StateOutcome::Unavailable { reason: Clean::line("the state file /x can't be read") };
    tells(&world, &acme, &nobodys(), gone).await;
    assert_eq!(incident(&world).await.words.as_str(), "trading: the state file /x can't be read");
    tells(&world, &acme, &nobodys(), StateOutcome::TimedOut { after_s: 60 }).await;
    eventually("the new words", async || {
        status(&world).await.incidents.pop().filter(|one| one.words.as_str().contains("longer than 60 s"))
    })
    .await;
    tells(&world, &acme, &nobodys(), StateOutcome::NotConfigured).await;
    quiet(&world).await;
    assert!(states(&world).await.is_empty(), "an old state is none");
}

#[tokio::test]
async fn rules_of_the_config_decide_before_any_format() {
    let rule = |pattern: &str, severity| Rule { pattern: pattern.to_owned(), severity };
    let rules = vec![rule("^queue: [0-9]{4,}", Severity::Problem), rule("db2 is down", Severity::Ok)];
    let app = vec![AppRules { name: "trading".parse().unwrap(), rule: rules, max_age: None }];
    let world = World::start_with(Config { app, ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    says(&world, &acme, "queue: 4000\nstatus: db2 is down\n").await;
    assert_eq!(incident(&world).await.words.as_str(), "trading: queue: 4000");
    let lines = states(&world).await.remove(0).lines;
    assert_eq!((lines[0].severity, lines[1].severity), (Severity::Problem, Severity::Ok));
}

#[tokio::test]
async fn a_state_file_that_is_not_written_any_more_is_a_problem_where_the_application_has_a_limit() {
    let limit = AppRules { name: "trading".parse().unwrap(), rule: Vec::new(), max_age: Some(Duration::from_mins(15)) };
    let world = World::start_with(Config { app: vec![limit], ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    let written = |minutes: i64| StateOutcome::Content {
        content: well().as_bytes().to_vec(),
        exit: None,
        modified: Some(Timestamp::from_ms(crate::clock::now().as_ms() - minutes * 60_000)),
    };
    tells(&world, &acme, &nobodys(), written(20)).await;
    assert_eq!(incident(&world).await.words.as_str(), "trading: the state file was not written for over 15 min");
    let shown = states(&world).await.remove(0);
    assert_eq!((shown.worst, shown.findings.len()), (Severity::Problem, 1));
    tells(&world, &acme, &nobodys(), written(1)).await;
    quiet(&world).await;
}

#[tokio::test]
async fn a_brief_status_has_only_the_sites_that_are_not_well() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    world.site("borealis", "7.7").await.tell(&world).await;
    says(&world, &acme, broken("down")).await;
    incident(&world).await;
    let brief: Status = world.get(&world.ada, &format!("{}?brief=true", path::STATUS)).await.unwrap();
    let names: Vec<_> = brief.sites.iter().map(|site| site.site.as_str()).collect();
    assert_eq!((names, brief.worst, brief.incidents.len()), (vec!["acme"], Verdict::Problem, 1));
    assert_eq!(status(&world).await.sites.len(), 2);
}

#[tokio::test]
async fn people_acknowledge_snooze_and_release_and_what_is_over_can_not_be_held() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    says(&world, &acme, broken("down")).await;
    let open = incident(&world).await;
    let place = path::INCIDENT_HOLD.replace("{incident}", &open.id.0.to_string());
    let held: Incident = world.post(&world.ada, &place, &SetHold::Acknowledge).await.unwrap();
    assert!(matches!(held.hold, Hold::Acknowledged { by, .. } if by.as_str() == "ada"));
    let past = SetHold::SnoozeUntil(Timestamp::from_ms(5));
    assert_eq!(world.post::<Incident>(&world.ada, &place, &past).await.unwrap_err().code, Code::Invalid);
    let until = crate::clock::now().plus(Duration::from_hours(1));
    let held: Incident = world.post(&world.ada, &place, &SetHold::SnoozeUntil(until)).await.unwrap();
    assert!(matches!(held.hold, Hold::Snoozed { .. }));
    let held: Incident = world.post(&world.ada, &place, &SetHold::Release).await.unwrap();
    assert_eq!(held.hold, Hold::None);
    says(&world, &acme, well()).await;
    quiet(&world).await;
    assert_eq!(world.post::<Incident>(&world.ada, &place, &SetHold::Acknowledge).await.unwrap_err().code, Code::Invalid);
}

#[tokio::test]
async fn maintenance_keeps_mails_back_and_the_history_and_what_lasts_is_told_after_it() {
    let sink = Sink::start().await;
    let world = World::start_with(mailing(sink.address)).await;
    let acme = world.site("acme", "7.7").await;
    let now = crate::clock::now();
    let window = Maintenance {
        id: 0,
        scope: SiteScope::Site("acme".parse().unwrap()),
        from: now,
        until: now.plus(Duration::from_hours(1)),
        by: None,
        reason: Some(Clean::line("new disks")),
    };
    let window: Maintenance = world.post(&world.ada, path::MAINTENANCE, &window).await.unwrap();
    says(&world, &acme, broken("down")).await;
    let muted = incident(&world).await;
    let seen = status(&world).await;
    assert_eq!((seen.worst, seen.sites[0].verdict, seen.sites[0].maintenance), (Verdict::Ok, Verdict::Problem, true));
    assert_eq!(muted.told, fieldpost_common::incident::Told::Nothing);
    let end = path::MAINTENANCE_END.replace("{id}", &window.id.to_string());
    read::<()>(world.request(Method::DELETE, &end, &world.ada.token).send().await.unwrap()).await.unwrap();
    assert!(sink.mails(1).await[0].header("Subject").contains("acme: problem"));
}

#[tokio::test]
async fn a_site_that_is_not_heard_of_is_silent_and_one_poll_ends_that() {
    let config = Config {
        poll: Poll { every: Some(Duration::from_millis(100)), wait: Duration::ZERO },
        silence: Silence { grace: Duration::from_millis(100) },
        ..Config::default()
    };
    let world = World::start_with(config).await;
    let mut acme = world.site("acme", "7.7").await;
    let silent = incident(&world).await;
    assert_eq!(silent.subject, Subject::Silent { site: "acme".parse().unwrap() });
    assert!(silent.words.as_str().starts_with("no contact since "), "{}", silent.words);
    eventually("it is over", async || {
        acme.poll(&world).await.unwrap();
        let closed: Vec<Incident> = world.get(&world.ada, &format!("{}?closed=true", path::INCIDENTS)).await.unwrap();
        (!closed.is_empty()).then_some(())
    })
    .await;
}
