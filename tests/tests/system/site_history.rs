//! What a site's admin can read without the vendor: everything that the agent did there.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;
use serde_json::Value;

fn history(world: &World, site: &str, words: &[&str]) -> String {
    let config = world.path().join(format!("{site}.toml")).display().to_string();
    let run = world.agent_command(&[&["history", "--config", &config], words].concat()).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("text")
}

fn records(world: &World, site: &str) -> Vec<Value> {
    let text = history(world, site, &["--json", "-n", "1000"]);
    text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
}

fn of_act(records: &[Value], act: &str) -> Vec<Value> {
    records.iter().filter(|record| record["act"] == act).cloned().collect()
}

#[test]
fn whatever_the_agent_does_is_read_at_the_site_with_who_signed_it_and_why() {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    let log = world.file("trading.log", "a line\n").display().to_string();
    let state = world.file("state.txt", "status: ok\n").display().to_string();
    let walkbacks = world.path().join("walkbacks");
    std::fs::create_dir_all(&walkbacks).expect("made");
    let config = format!(
        "after_install = {{ command = [\"/bin/true\"] }}\nwalkbacks = [{walkbacks:?}]\n[app.logs]\nmain = {log:?}\n\
         [app.actions]\nrestart = [\"/bin/true\"]\n[app.state]\nfile = {state:?}\n"
    );
    world.configure_agent("acme", &config);
    world.edit("acme", "own.st", "made here");
    world.start_agent("acme");
    world.wait_seen("acme");
    let ada = world.ada();
    world.publish("a.st", "one", "7.7");
    let evil = "4711\n{\"act\":\"put\"}\u{1b}[2J";
    ada.ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60", "--reason", evil]);
    ada.ok(&["remove", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    ada.ok(&["logs", "acme", "main"]);
    ada.ok(&["command", "acme", "state", "--wait"]);
    ada.ok(&["command", "acme", "agent-info", "--wait"]);
    ada.ok(&["command", "acme", "action", "restart", "--reason", "4712", "--yes", "--wait"]);
    std::fs::write(walkbacks.join("1.txt"), "java.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\n").expect("written");
    until_true("all of it stands there", || {
        let all = records(&world, "acme");
        let done = |act: &str| of_act(&all, act).iter().any(|record| record["outcome"] == "done");
        ["put", "remove", "hook", "log", "state", "info", "action", "upload", "walkback", "agent"].into_iter().all(done)
    });
    world.kill_agent("acme");
    world.kill_server();
    let all = records(&world, "acme");
    let put = &of_act(&all, "put")[0];
    assert_eq!((&put["patch"], &put["by"]["user"], &put["outcome"]), (&"a.st".into(), &"ada".into(), &"done".into()));
    assert!(put["by"]["key"].as_str().is_some_and(|key| key.len() == 39), "{put}");
    assert!(put["order"].as_str().is_some_and(|order| order.len() == 32), "{put}");
    assert!(put["reason"].as_str().is_some_and(|reason| reason.starts_with("4711\\x0a{")), "{put}");
    assert_eq!(of_act(&all, "put").len(), 1, "no line was added by a reason");
    assert_eq!(of_act(&all, "action")[0]["reason"], "4712");
    assert_eq!(of_act(&all, "upload")[0]["patch"], "own.st");
    assert!(of_act(&all, "walkback")[0]["name"].as_str().is_some_and(|name| name.ends_with("walkbacks/1.txt")));
    let shown = history(&world, "acme", &["--patch", "a.st"]);
    assert!(shown.lines().count() >= 3 && shown.contains("signed by ada (key ") && !shown.contains('\u{1b}'), "{shown}");
    assert_eq!(history(&world, "acme", &["-n", "1"]).lines().count(), 1);
}

#[test]
fn a_history_that_can_not_be_written_holds_every_change_and_says_so() {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    // A folder stands where the history should be: that holds also for root.
    let state = world.path().join("acme.toml.state");
    std::fs::remove_file(state.join("history.jsonl")).expect("the enrolment wrote it");
    std::fs::create_dir(state.join("history.jsonl")).expect("made");
    world.start_agent("acme");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    // Tries follow each other, and none of them is made.
    until_true("it waits, and says why", || {
        world.ada().cell("trading", "a.st", "acme")["reason"].to_string().contains("its history can't be written")
    });
    let log = || std::fs::read_to_string(world.path().join("acme.log")).expect("the agent's log");
    until_true("it was tried again", || log().matches("began act=\"put\"").count() >= 3);
    assert_eq!(world.read("acme", "a.st"), None);
    std::fs::remove_dir(state.join("history.jsonl")).expect("the folder goes");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    let put = of_act(&records(&world, "acme"), "put").pop().expect("recorded");
    assert_eq!(put["outcome"], "done", "{put}");
}
