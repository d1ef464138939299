//! Watching over a site: its state file, a silence, the mails about both, the icon, and what people say to an incident.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::letterbox::Letterbox;
use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

pub(crate) const WELL: &str = "status: ok\ndatabase: UP\n";
pub(crate) const SICK: &str = "status: ok\ndatabase: DOWN\n";

/// A server with short times that mails to a letterbox, and acme, whose application writes a state file.
pub(crate) fn watched(more: &str) -> (World, Letterbox) {
    let letterbox = Letterbox::open();
    let mut world = World::without_applications();
    world.ada().ok(&["app", "add", "trading", "--versions", "7.7"]);
    let config = format!(
        "{more}\n[state]\nevery = \"1s\"\n[mail]\nsmtp = \"smtp://{}\"\nfrom = \"fieldpost@post.example\"\nto = [\"support@vendor.example\"]\ndigest = \"1s\"\n",
        letterbox.address()
    );
    world.configure_server(&config);
    world.enroll("acme", "7.7");
    feels(&world, WELL);
    let state = format!("\n[app.state]\nfile = \"{}\"\n", world.path().join("acme-state").display());
    world.configure_agent("acme", &state);
    world.start_agent("acme");
    (world, letterbox)
}

pub(crate) fn feels(world: &World, state: &str) {
    // Whole or not at all, as applications should: the agent may read it at any moment.
    let new = world.file("acme-state.new", state);
    std::fs::rename(new, world.path().join("acme-state")).expect("the state is in place");
}

pub(crate) fn wait_worst(ada: &Cli, worst: &str) -> Value {
    until(&format!("the worst becomes {worst}"), || {
        let code = if worst == "ok" { 0 } else { 3 };
        let status = ada.run(&["status", "--json"]);
        let shown = status.json();
        (status.code == code && shown["worst"] == worst).then_some(shown)
    })
}

pub(crate) fn page(world: &World, path: &str) -> String {
    let mut stream = TcpStream::connect(world.url().trim_start_matches("http://")).expect("the server");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_problem_in_a_state_file_is_shown_mailed_and_seen_in_the_icon_and_so_is_its_end() {
    let (world, letterbox) = watched("");
    let ada = world.ada();
    let badge = ada.json(&["badge", "--site", "acme"]);
    let key = badge["key"].as_str().expect("a key").to_owned();
    until_true("acme has said how it is", || ada.run(&["status", "--json"]).json()["sites"][0]["state_age_s"].is_u64());
    feels(&world, SICK);
    let status = wait_worst(ada, "problem");
    assert_eq!(status["sites"][0]["verdict"], "problem");
    assert_eq!(status["incidents"][0]["words"], "trading: database: DOWN");
    let shown = ada.run(&["state", "acme"]).exits(3).out;
    assert!(shown.contains("✗ database: DOWN") && shown.contains("  status: ok"), "{shown}");
    assert!(page(&world, &format!("/badge/{key}.svg")).contains("✗ 1 problem"));
    assert!(page(&world, &format!("/status/{key}")).contains("<span class=\"problem\">database: DOWN</span>"));
    until_true("the mail", || letterbox.subjects() == ["[fieldpost] acme: problem: trading: database: DOWN"]);
    feels(&world, WELL);
    wait_worst(ada, "ok");
    until_true("the second mail", || letterbox.subjects().len() == 2);
    assert_eq!(letterbox.subjects()[1], "[fieldpost] acme: over: trading: database: DOWN");
}

#[test]
fn a_developer_asks_for_a_state_and_sees_it_at_once() {
    let (world, _letterbox) = watched("");
    let ada = world.ada();
    let shown = ada.json(&["command", "acme", "state", "--app", "trading", "--wait"]);
    assert_eq!(shown["states"][0]["worst"], "ok");
    let again = ada.ok(&["command", "acme", "state"]).out;
    assert!(again.contains("acme is asked"), "{again}");
}

#[test]
fn a_problem_that_a_killed_server_had_not_mailed_yet_is_mailed_once_after_its_start() {
    let (mut world, letterbox) = watched("");
    feels(&world, SICK);
    wait_worst(world.ada(), "problem");
    world.kill_server();
    world.start_server();
    until_true("the mail", || !letterbox.subjects().is_empty());
    feels(&world, WELL);
    until_true("the second mail", || letterbox.subjects().iter().any(|subject| subject.contains("over")));
    let problems = letterbox.subjects().iter().filter(|subject| subject.contains(": problem: ")).count();
    assert!(problems <= 1, "{:?}", letterbox.subjects());
}

#[test]
fn a_silent_site_is_told_and_people_take_it_on() {
    let (mut world, letterbox) = watched("[poll]\nevery = \"1s\"\nwait = \"1s\"\n[silence]\ngrace = \"2s\"\n");
    wait_worst(world.ada(), "ok");
    until_true("acme was here", || world.ada().run(&["status", "--json"]).json()["sites"][0]["last_seen_s"].is_u64());
    world.kill_agent("acme");
    let status = wait_worst(world.ada(), "problem");
    let incident = &status["incidents"][0];
    assert_eq!(incident["kind"], "silent");
    let id = incident["id"].to_string();
    let held = world.ada().json(&["incidents", "ack", &id]);
    assert_eq!((&held["state"], &held["held_by"]), (&"acknowledged".into(), &"ada".into()));
    let window = world.ada().json(&["maintenance", "add", "--site", "acme", "--for", "1h"]);
    wait_worst(world.ada(), "ok");
    world.ada().ok(&["maintenance", "end", &window["id"].to_string()]);
    wait_worst(world.ada(), "problem");
    until_true("the mail", || letterbox.subjects().iter().any(|subject| subject.contains("acme: problem: no contact since")));
    world.start_agent("acme");
    wait_worst(world.ada(), "ok");
}

#[test]
fn state_rules_are_tried_without_a_server() {
    let world = World::without_applications();
    let rules = "[[app]]\nname = \"trading\"\n[[app.rule]]\npattern = \"^lag: [0-9]{4,}\"\nseverity = \"problem\"\n";
    world.file("server.toml", rules);
    world.file("state", "lag: 4000\n");
    let tried = world.ada().run(&["state-rules", "test", "state", "--rules", "server.toml", "--app", "trading"]).exits(3);
    assert!(tried.out.contains("✗ lag: 4000"), "{}", tried.out);
    world.ada().ok(&["state-rules", "test", "state"]);
}
