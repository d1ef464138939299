//! The verbs of watching, as scripts and wall screens use them.

use super::watching::{SICK, WELL, feels, page, wait_worst, watched};
use fieldpost_tests::background::Background;
use fieldpost_tests::patience::until;
use serde_json::Value;

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
    assert_eq!(ada.run(&["status", "--json"]).json()["sites"][0]["maintenance"], true);
    ada.ok(&["maintenance", "end", &now["id"].to_string()]);
    assert_eq!(ada.json(&["maintenance", "list"])["maintenance"].as_array().map(Vec::len), Some(1));
    assert_eq!(ada.run(&["status", "--json"]).json()["sites"][0]["maintenance"], false);
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
