//! What is asked of a site: logs, local actions, a look at all files, and what becomes of it when things go wrong.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

/// acme with a log and three actions, of which one takes long.
fn acme() -> World {
    let mut world = World::without_applications();
    world.ada().ok(&["app", "add", "trading", "--versions", "7.7"]);
    world.enroll("acme", "7.7");
    let line = |n| format!("2026-11-28 10:{:02}:{:02} line {n}\n", n / 60, n % 60);
    let lines = (0..1000).map(line).collect::<Vec<_>>().concat();
    world.file("trading.log", format!("{lines}\u{1b}[2Jthe end\n"));
    let path = |name: &str| world.path().join(name).display().to_string();
    let config = format!(
        "[app.logs]\nmain = {:?}\n[app.actions]\nhello = [\"/bin/sh\", \"-c\", \"echo $FIELDPOST_ACTION at $FIELDPOST_SITE\"]\n\
         fail = [\"/bin/sh\", \"-c\", \"echo no licence >&2; exit 7\"]\n\
         slow = [\"/bin/sh\", \"-c\", \"echo begun >> {begun}; echo working; sleep 600\"]\n",
        path("trading.log"),
        begun = path("begun")
    );
    world.configure_agent("acme", &config);
    world.start_agent("acme");
    world
}

fn begun(world: &World) -> usize {
    std::fs::read_to_string(world.path().join("begun")).map_or(0, |text| text.lines().count())
}

/// The state of the newest command of that kind.
fn state(world: &World, kind: &str) -> String {
    let all = world.ada().json(&["command", "acme", "list"]);
    let newest = all["commands"].as_array().expect("a list").iter().find(|one| one["kind"] == kind);
    newest.map(|one| one["state"].as_str().expect("a state").to_owned()).unwrap_or_default()
}

fn id(world: &World, kind: &str) -> String {
    let all = world.ada().json(&["command", "acme", "list"]);
    let newest = all["commands"].as_array().expect("a list").iter().find(|one| one["kind"] == kind).cloned();
    newest.expect("a command")["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_log_at_a_site_is_read_from_here() {
    let world = acme();
    let ada = world.ada();
    let end = ada.ok(&["logs", "acme", "main", "--lines", "2"]);
    assert_eq!(end.out, "2026-11-28 10:16:39 line 999\n\u{1b}[2Jthe end\n", "a program gets the bytes");
    let found = ada.ok(&["logs", "acme", "main", "--grep", "line 9[0-9]$"]).out;
    assert_eq!(found.lines().count(), 10, "{found}");
    let json = ada.json(&["logs", "acme", "main", "--grep", "line 77$"]);
    assert_eq!(json["text"], "2026-11-28 10:01:17 line 77\n");
    let logs = ada.json(&["logs", "acme"]);
    assert_eq!(logs["logs"][0]["log"]["name"], "main");
    let missing = ada.run(&["logs", "acme", "nosuch"]);
    assert!(missing.code == 1 && missing.err.contains("names no log nosuch for trading"), "{}", missing.err);
    assert_eq!(ada.run(&["logs", "acme", "main", "--grep", "("]).code, 2);
}

#[test]
fn in_the_app_one_key_on_a_site_lists_its_logs_and_the_lines_of_one_come_to_the_screen() {
    let world = acme();
    let mut app = Terminal::start(world.ada(), &[], 30, 120, &[]);
    app.wait_text("trading");
    app.press("2");
    app.wait_text("acme: ok, nothing waits for it");
    app.press("a");
    app.wait_text("Ask acme for");
    // The agent names them; until it does, others stand there.
    app.wait_text("log main of trading");
    app.wait_text("run hello of trading");
    app.press("kkkkkkkk\r");
    app.wait_text("last 500 lines since 2h with");
    app.press(" with line 99[89]|end\r");
    app.wait_for("the end of the log", |screen| {
        screen.contains("2026-11-28 10:16:39 line 999") && screen.contains("line 998") && !screen.contains("line 997")
    });
    app.wait_for("what it holds, which moves no cursor", |screen| screen.contains("[2Jthe end"));
    let asked = world.ada().json(&["command", "acme", "list"]);
    assert_eq!(asked["commands"][0]["state"], "done", "{asked}");
    app.press("\x1b");
    app.wait_for("the sites", |screen| !screen.contains("line 999") && screen.contains("acme"));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn an_action_runs_once_and_says_what_came_of_it() {
    let world = acme();
    let ada = world.ada();
    let hello = ada.ok(&["command", "acme", "action", "hello", "--yes", "--wait"]);
    assert_eq!(hello.out, "hello at acme\n");
    let fail = ada.run(&["command", "acme", "action", "fail", "--yes", "--wait"]);
    assert!(fail.code == 1 && fail.err.contains("it ended with code 7"), "{}", fail.err);
    assert_eq!(ada.ok(&["command", "acme", "output", &id(&world, "action")]).out, "no licence\n");
    let unknown = ada.run(&["command", "acme", "action", "format", "--yes", "--wait"]);
    assert!(unknown.err.contains("names no action format"), "{}", unknown.err);
    assert!(ada.run(&["command", "acme", "action", "hello"]).err.contains("--yes"), "without a terminal it is not run unasked");
    let activity = ada.ok(&["activity"]).out;
    assert!(activity.contains("action hello of trading"), "{activity}");
}

#[test]
fn an_action_that_runs_is_watched_and_stopped_and_the_site_confirms() {
    let world = acme();
    let ada = world.ada();
    ada.ok(&["command", "acme", "action", "slow", "--yes"]);
    until_true("it runs", || state(&world, "action") == "running" && begun(&world) == 1);
    let command = id(&world, "action");
    until_true("its output streams", || ada.run(&["command", "acme", "output", &command]).out == "working\n");
    ada.ok(&["command", "acme", "cancel", &command]);
    until_true("the site confirms", || state(&world, "action") == "cancelled");
}

#[test]
fn an_action_is_never_run_twice_when_the_agent_is_killed_in_the_middle() {
    let mut world = acme();
    world.ada().ok(&["command", "acme", "action", "slow", "--yes"]);
    until_true("it runs", || begun(&world) == 1);
    world.kill_agent("acme");
    world.start_agent("acme");
    until_true("nobody can say", || state(&world, "action") == "unknown");
    world.ada().ok(&["command", "acme", "rescan", "--wait"]);
    assert_eq!(begun(&world), 1);
}

#[test]
fn a_rescan_says_what_it_read_and_the_agent_what_it_knows_of_itself() {
    let world = acme();
    world.edit("acme", "Order.st", "one");
    let seen = |world: &World| world.ada().json(&["patches", "--app", "trading"]).to_string().contains("only_at_site");
    until_true("it is seen", || seen(&world));
    let about = world.ada().ok(&["command", "acme", "agent-info", "--wait"]).out;
    assert!(about.contains("1 patch") && about.contains("action hello") && about.contains("log main"), "{about}");
    assert_eq!(world.ada().ok(&["command", "acme", "rescan", "--wait"]).out, "every file was read: 1 patch\n");
    assert_eq!(world.ada().ok(&["command", "acme", "inventory", "--wait"]).out, "the inventory was sent whole\n");
}
