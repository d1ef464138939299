//! An application that crashes again and again, and one that the server doesn't know: nothing else waits for them.

use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use serde_json::Value;

/// A server, and acme, which runs these applications there; its agent is enrolled and doesn't run yet.
fn acme(applications: &[(&str, &str)]) -> World {
    let world = World::start();
    for (app, version) in applications.iter().filter(|(app, _)| *app != "trading") {
        world.ada().ok(&["app", "add", app, "--versions", version]);
    }
    let named: Vec<_> = applications.iter().map(|(app, version)| format!("{app}={version}")).collect();
    let mut args = vec!["site", "add", "acme"];
    args.extend(named.iter().flat_map(|app| ["--app", app]));
    let added = world.ada().json(&args);
    let placed: Vec<_> = applications.iter().map(|(app, version)| format!("{app}={version}:./{app}-patches")).collect();
    let mut args = vec!["enroll", added["enrolment"].as_str().expect("an enrolment string"), "--config", "acme.toml"];
    args.extend(placed.iter().flat_map(|app| ["--app", app]));
    assert!(world.agent_command(&args).status().expect("fieldpost-agent runs").success());
    world
}

/// The line of the config that says where an application writes walkbacks.
fn walkbacks(world: &World, app: &str) -> String {
    let folder = world.path().join(format!("{app}-crashes"));
    std::fs::create_dir(&folder).expect("the folder");
    format!("walkbacks = [{:?}]\n", folder.display().to_string())
}

/// Adds such a line for an application that enroll has put into the config.
fn configure(world: &World, app: &str) {
    let (path, name) = (world.path().join("acme.toml"), format!("name = \"{app}\"\n"));
    let before = std::fs::read_to_string(&path).expect("enroll wrote it");
    assert!(before.contains(&name), "{before}");
    let after = before.replacen(&name, &(name.clone() + &walkbacks(world, app)), 1);
    std::fs::write(path, after).expect("the config is written");
}

fn java(number: usize, class: &str, more: &str) -> String {
    format!("java.lang.IllegalStateException: entry {number} is closed\n{more}\tat com.acme.{class}.open({class}.java:12)\n")
}

fn group(world: &World, app: &str) -> Option<Value> {
    world.ada().json(&["errors", "--app", app])["groups"].as_array()?.first().cloned()
}

#[test]
fn an_application_that_the_server_does_not_know_holds_up_no_walkback_of_another() {
    let mut world = acme(&[("trading", "7.7")]);
    configure(&world, "trading");
    let patches = world.path().join("billing-patches");
    std::fs::create_dir(&patches).expect("the folder");
    let patches = patches.display().to_string();
    let billing = walkbacks(&world, "billing");
    world.configure_agent("acme", &format!("[[app]]\nname = \"billing\"\nversion = \"1\"\npatches = {patches:?}\n{billing}"));
    world.file("billing-crashes/1.log", java(1, "Bill", ""));
    world.start_agent("acme");
    let log = || std::fs::read_to_string(world.path().join("acme.log")).unwrap_or_default();
    until_true("that it waits is said", || log().contains("walkbacks of billing wait"));
    for count in 1..3 {
        world.file(&format!("trading-crashes/{count}.log"), java(count, "Book", ""));
        until_true("it is counted", || group(&world, "trading").is_some_and(|group| group["count"] == count));
    }
    world.ada().ok(&["command", "acme", "walkbacks", "--app", "trading", "--wait"]);
    assert_eq!(log().matches("walkbacks of billing wait").count(), 1);
}

#[test]
fn nothing_starves_beside_a_crash_loop_which_is_stored_as_its_first_its_newest_and_its_count() {
    const ALL: usize = 40;
    let mut world = acme(&[("trading", "7.7"), ("billing", "1")]);
    configure(&world, "trading");
    configure(&world, "billing");
    let log = world.file("billing.log", "the end\n").display().to_string();
    world.configure_agent("acme", &format!("[app.logs]\nmain = {log:?}\n"));
    world.publish("Order.st", "one\n", "7.7");
    world.start_agent("acme");
    world.wait_seen("acme");
    let crashes = world.path().join("trading-crashes");
    let looping = std::thread::spawn(move || {
        for number in 0..ALL {
            // A megabyte that doesn't pack to nothing.
            let noise = |at: usize| format!("{:016x}", (number * 70_001 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let line = |at: usize| format!("  {}\n", (0..70).map(|word| noise(at * 70 + word)).collect::<Vec<_>>().concat());
            let text = java(number, "Book", &(0..1_000).map(line).collect::<Vec<_>>().concat());
            assert!(text.len() > 1_000_000);
            std::fs::write(crashes.join(format!("{number:02}.log")), text).expect("written");
            std::thread::sleep(std::time::Duration::from_millis(150));
        }
    });
    until_true("the loop is on its way home", || group(&world, "trading").is_some());
    let ada = world.ada();
    world.file("billing-crashes/1.log", java(1, "Bill", ""));
    ada.ok(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(std::fs::read(world.path().join("trading-patches/Order.st")).expect("the patch"), b"one\n");
    assert_eq!(ada.ok(&["logs", "acme", "main", "--app", "billing"]).out, "the end\n");
    until_true("the other walkback is counted", || group(&world, "billing").is_some_and(|group| group["count"] == 1));
    ada.ok(&["command", "acme", "walkbacks", "--app", "billing", "--wait"]);
    looping.join().expect("the loop ends");
    ada.ok(&["command", "acme", "walkbacks", "--app", "trading", "--wait"]);
    let all = until("all are counted", || group(&world, "trading").filter(|group| group["count"] == ALL));
    let shown = ada.json(&["errors", "show", &all["id"].to_string()]);
    let texts: Vec<_> = shown["walkbacks"].as_array().expect("texts").iter().filter_map(|one| one["text"].as_str()).collect();
    let has = |number: usize| texts.iter().any(|text| text.contains(&format!("entry {number} is")));
    assert_eq!((texts.len(), has(0), has(ALL - 1)), (5, true, true), "its first and its newest");
    let room = &ada.json(&["errors"])["kept"];
    let bytes = room["bytes"].as_u64().expect("bytes");
    assert!(0 < bytes && bytes < 6 * (56 << 10), "{room}");
    assert_eq!(room["quota"], 512 << 20);
}
