//! Watching over a site: its state file, a silence, the mails about both, the icon, and what people say to an incident.

use fieldpost_tests::background::Background;
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
    world.file("acme-state", state);
}

fn wait_worst(ada: &Cli, worst: &str) -> Value {
    until(&format!("the worst becomes {worst}"), || {
        let code = if worst == "ok" { 0 } else { 3 };
        let status = ada.run(&["status", "--json"]);
        let shown = status.json();
        (status.code == code && shown["worst"] == worst).then_some(shown)
    })
}

fn page(world: &World, path: &str) -> String {
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
    until_true("acme has said how it is", || ada.json(&["status"])["sites"][0]["state_age_s"].is_u64());
    feels(&world, SICK);
    let status = wait_worst(ada, "problem");
    assert_eq!(status["sites"][0]["verdict"], "problem");
    assert_eq!(status["incidents"][0]["words"], "trading: database: DOWN");
    let shown = ada.ok(&["state", "acme"]).out;
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
    until_true("acme was here", || world.ada().json(&["status"])["sites"][0]["last_seen_s"].is_u64());
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
fn a_wall_screen_hears_of_changes_and_survives_a_server_that_is_started_again() {
    let (mut world, _letterbox) = watched("");
    wait_worst(world.ada(), "ok");
    let mut watch = Background::start(world.ada(), &["status", "--watch", "--json"]);
    let is = |worst: &'static str| move |line: &str| line.starts_with('{') && line.contains(&format!("\"worst\":\"{worst}\""));
    watch.wait_line("all is well", is("ok"));
    feels(&world, SICK);
    let line = watch.wait_line("a problem", is("problem"));
    let status: Value = serde_json::from_str(&line).expect("one document a line");
    assert_eq!(status["incidents"][0]["words"], "trading: database: DOWN");
    world.kill_server();
    feels(&world, WELL);
    world.start_server();
    until("it hears that all is well again", || is("ok")(watch.lines().last()?).then_some(()));
    assert!(watch.is_running());
    let printed = watch.lines();
    assert!(printed.windows(2).all(|pair| pair[0] != pair[1]), "only what changed is printed: {printed:?}");
}

#[test]
fn an_incident_is_snoozed_until_an_end_and_released() {
    let (world, _letterbox) = watched("");
    feels(&world, SICK);
    let id = wait_worst(world.ada(), "problem")["incidents"][0]["id"].to_string();
    let snoozed = world.ada().json(&["incidents", "snooze", &id, "--for", "30m"]);
    assert_eq!((&snoozed["state"], &snoozed["held_by"]), (&"snoozed".into(), &"ada".into()));
    assert!(snoozed["snoozed_until"].is_string() && snoozed["application"] == "trading", "{snoozed}");
    let shown = world.ada().ok(&["incidents"]).out;
    assert!(shown.contains("snoozed by ada until "), "{shown}");
    assert_eq!(world.ada().json(&["incidents", "release", &id])["state"], "open");
    let _ = world.ada().run(&["incidents", "snooze", &id, "--for", "soon"]).exits(2);
    let _ = world.ada().run(&["incidents", "snooze", "999"]).exits(1).says("999");
    feels(&world, WELL);
    wait_worst(world.ada(), "ok");
    let over = world.ada().json(&["incidents", "--closed"]);
    assert_eq!((&over["incidents"][0]["state"], over["incidents"][0]["closed"].is_string()), (&"closed".into(), true));
    let _ = world.ada().run(&["incidents", "ack", &id]).exits(1).says("is over");
}

#[test]
fn icons_are_listed_and_a_removed_one_is_gone_for_everybody() {
    let (world, _letterbox) = watched("");
    let ada = world.ada();
    let one = ada.json(&["badge", "--site", "acme"]);
    let all = ada.json(&["badge"]);
    let listed = ada.json(&["badge", "list"]);
    let keys: Vec<_> = listed["badges"].as_array().expect("a list").iter().map(|badge| badge["key"].clone()).collect();
    assert!(keys.contains(&one["key"]) && keys.contains(&all["key"]), "{listed}");
    let shown = ada.ok(&["badge", "list"]).out;
    assert!(shown.contains("acme  by ada") && shown.contains("all sites  by ada"), "{shown}");
    let key = one["key"].as_str().expect("a key");
    let gone = |kind: &str| page(&world, &format!("{kind}/{key}")).starts_with("HTTP/1.1 404");
    assert!(!page(&world, &format!("/badge/{key}.svg")).starts_with("HTTP/1.1 404"));
    ada.ok(&["badge", "remove", key]);
    assert!(gone("/status") && page(&world, &format!("/badge/{key}.svg")).starts_with("HTTP/1.1 404"));
    let _ = ada.run(&["badge", "remove", key]).exits(1);
    assert_eq!(ada.json(&["badge", "list"])["badges"].as_array().map(Vec::len), Some(1));
}

#[test]
fn maintenance_is_listed_with_what_it_is_for_until_it_is_ended() {
    let (world, _letterbox) = watched("");
    let ada = world.ada();
    assert_eq!(ada.json(&["maintenance", "list"])["maintenance"], serde_json::json!([]));
    let _ = ada.ok(&["maintenance", "list"]).says("nothing is planned");
    let now = ada.json(&["maintenance", "add", "--site", "acme", "--for", "2h", "--reason", "new disks"]);
    let later = ada.json(&["maintenance", "add", "--for", "1d", "--in", "3d"]);
    let listed = ada.json(&["maintenance", "list"]);
    let ids: Vec<_> = listed["maintenance"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, [now["id"].clone(), later["id"].clone()]);
    let shown = ada.ok(&["maintenance", "list"]).out;
    assert!(shown.contains("acme") && shown.contains("new disks") && shown.contains("all sites"), "{shown}");
    assert_eq!(ada.json(&["status"])["sites"][0]["maintenance"], true);
    ada.ok(&["maintenance", "end", &now["id"].to_string()]);
    assert_eq!(ada.json(&["maintenance", "list"])["maintenance"].as_array().map(Vec::len), Some(1));
    assert_eq!(ada.json(&["status"])["sites"][0]["maintenance"], false);
}

#[test]
fn a_test_mail_says_that_it_was_taken_or_why_not() {
    let (world, letterbox) = watched("");
    let test = |config: &str| {
        let ran = world.server_command(&["test-mail", "ada@vendor.example", "--config", config]).output().expect("it runs");
        (ran.status.code(), String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr))
    };
    let (code, said) = test("server.toml");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("took a mail for ada@vendor.example"), "{said}");
    assert_eq!(letterbox.subjects(), ["[fieldpost] test"]);
    world.file("none.toml", "[state]\nevery = \"1s\"\n");
    let (code, said) = test("none.toml");
    assert!(code == Some(78) && said.contains("no [mail]"), "{code:?} {said}");
    let nobody = fieldpost_tests::world::free_address();
    world.file("gone.toml", format!("[mail]\nsmtp = \"smtp://{nobody}\"\nfrom = \"a@b.example\"\nto = [\"c@d.example\"]\n"));
    let (code, said) = test("gone.toml");
    assert!(code == Some(1) && said.contains("refused"), "{code:?} {said}");
}

const QUICK: &str = "[poll]\nevery = \"1s\"\nwait = \"1s\"\n[silence]\ngrace = \"3s\"\n";

fn fleet() -> (World, Letterbox) {
    let (mut world, letterbox) = watched(QUICK);
    for site in ["borealis", "corvid"] {
        world.site(site, "7.7");
    }
    until_true("all three were here", || {
        let status = world.ada().json(&["status"]);
        status["sites"].as_array().is_some_and(|sites| sites.iter().all(|site| site["last_seen_s"].is_u64()))
    });
    (world, letterbox)
}

const FLEET: [&str; 3] = ["acme", "borealis", "corvid"];

fn kinds(world: &World, closed: bool) -> Vec<String> {
    let args: &[&str] = if closed { &["incidents", "--closed"] } else { &["incidents"] };
    let all = world.ada().json(args);
    all["incidents"].as_array().expect("a list").iter().map(|one| one["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn sites_that_fall_silent_together_are_one_incident_that_names_the_likely_cause() {
    let (mut world, letterbox) = fleet();
    FLEET.iter().for_each(|site| world.kill_agent(site));
    let status = until("the uplink is suspected", || {
        let status = world.ada().run(&["status", "--json"]).json();
        (status["incidents"][0]["kind"] == "uplink" && status["incidents"][0]["words"].as_str()?.starts_with("3 of 3")).then_some(status)
    });
    let words = status["incidents"][0]["words"].as_str().expect("words");
    assert!(words.ends_with("the server or its uplink is the likely cause"), "{words}");
    until_true("the mail", || letterbox.subjects().iter().any(|subject| subject.contains("server: problem: 3 of 3 sites")));
    FLEET.iter().for_each(|site| world.start_agent(site));
    wait_worst(world.ada(), "ok");
    until_true("its end is mailed", || letterbox.subjects().iter().any(|subject| subject.contains("server: over: ")));
    assert!(kinds(&world, true).contains(&"uplink".to_owned()));
}

#[test]
fn a_server_that_was_down_longer_than_the_grace_blames_no_site_for_that() {
    let (mut world, letterbox) = fleet();
    FLEET.iter().for_each(|site| world.kill_agent(site));
    world.kill_server();
    // Longer than a poll and the grace together: without a grace of its own after the start, every site would be silent at once.
    std::thread::sleep(std::time::Duration::from_secs(6));
    world.start_server();
    FLEET.iter().for_each(|site| world.start_agent(site));
    until_true("all three were here again", || {
        let status = world.ada().json(&["status"]);
        status["sites"].as_array().is_some_and(|sites| sites.iter().all(|site| site["last_seen_s"].as_u64().is_some_and(|age| age < 2)))
    });
    assert_eq!((kinds(&world, false), kinds(&world, true)), (Vec::<String>::new(), Vec::new()));
    assert_eq!(letterbox.subjects(), Vec::<String>::new());
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
