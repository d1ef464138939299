//! What a site's config takes out of what its application says: it never reaches the server.

use fieldpost_tests::patience::until;
use fieldpost_tests::world::World;
use std::path::Path;

const SECRET: &str = "hunter2-4711";

/// Text as UTF-16, low byte first.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// acme, whose application writes the secret wherever it can.
fn acme() -> World {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    let path = |name: &str| world.path().join(name).display().to_string();
    std::fs::create_dir(path("crashes")).expect("the folder");
    let shell = |words: &str| format!("[\"/bin/sh\", \"-c\", \"{words}\"]");
    let config = format!(
        "redact = ['hunter2-[0-9]+', 'session=(\\S+)']\nwalkbacks = [{:?}]\nafter_install = {{ command = {} }}\n\
         [app.logs]\nmain = {:?}\n[app.state]\nfile = {:?}\n[app.actions]\nsay = {}\nslow = {}\n",
        path("crashes"),
        shell(&format!("echo after {SECRET}; exit 3")),
        path("trading.log"),
        path("state"),
        shell(&format!("echo said {SECRET}; echo and {SECRET} >&2; exit 3")),
        shell(&format!("printf 'begun hunter2-'; sleep 3; echo '4711'; echo working {SECRET}; sleep 600")),
    );
    world.configure_agent("acme", &config);
    world.file("state", format!("status: ok\npassword: {SECRET}\n"));
    world.file("trading.log", format!("one\nlogin password={SECRET} session=abc123 done\ntwo\n"));
    world.start_agent("acme");
    world
}

fn newest_action(world: &World) -> String {
    let all = world.ada().json(&["command", "acme", "list"]);
    let action = all["commands"].as_array().expect("a list").iter().find(|one| one["kind"] == "action").cloned();
    action.expect("an action")["id"].as_str().expect("an id").to_owned()
}

/// Whether bytes stand in any file below a folder.
fn stands_in(folder: &Path, bytes: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| entry.path()).any(|path| {
        // A file that the server has just thrown away holds nothing.
        let holds = || std::fs::read(&path).is_ok_and(|all| all.windows(bytes.len()).any(|some| some == bytes));
        if path.is_dir() { stands_in(&path, bytes) } else { holds() }
    })
}

#[test]
fn what_a_rule_of_the_site_matches_never_reaches_the_server() {
    let world = acme();
    let ada = world.ada();
    let mut said = Vec::new();

    let log = ada.ok(&["logs", "acme", "main"]).out;
    assert_eq!(log, "one\nlogin password=[redacted] session=[redacted] done\ntwo\n");
    assert_eq!(ada.ok(&["logs", "acme", "main", "--grep", "[h]unter2-[4]711"]).out, "", "nor can it be looked for");
    said.push(ada.json(&["logs", "acme", "main"]).to_string());

    let action = ada.run(&["command", "acme", "action", "say", "--yes", "--wait"]);
    assert_eq!(action.code, 1);
    let output = ada.ok(&["command", "acme", "output", &newest_action(&world)]).out;
    assert!(output.contains("said [redacted]\n") && output.contains("and [redacted]\n"), "{output}");
    said.extend([action.out, action.err, output]);

    // While it runs nothing of a line is shown that isn't whole.
    ada.ok(&["command", "acme", "action", "slow", "--yes"]);
    let slow = newest_action(&world);
    let streamed =
        until("its output streams", || Some(ada.run(&["command", "acme", "output", &slow]).out).filter(|out| !out.is_empty()));
    assert!(streamed.starts_with("begun [redacted]\n"), "{streamed}");
    ada.ok(&["command", "acme", "cancel", &slow]);

    said.push(ada.ok(&["command", "acme", "state", "--app", "trading", "--wait"]).out);
    assert!(said.last().is_some_and(|state| state.contains("[redacted]")), "{said:?}");

    world.publish("a.st", "one", "7.7");
    let sent = ada.run(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]).exits(1);
    assert!(sent.out.contains("after [redacted]") || sent.err.contains("after [redacted]"), "{}{}", sent.out, sent.err);
    said.extend([sent.out, sent.err, ada.cell("trading", "a.st", "acme").to_string()]);

    world.file(&format!("crashes/of {SECRET}.log"), format!("Error: no login with {SECRET}\n  session=abc123\n"));
    world.file("crashes/wide.log", wide(&format!("\u{feff}Error: wide {SECRET} in a line\r\nanother line\r\n")));
    let groups = until("both come home", || {
        let groups = ada.json(&["errors"])["groups"].as_array().expect("groups").clone();
        (groups.iter().filter_map(|group| group["count"].as_u64()).sum::<u64>() == 2).then_some(groups)
    });
    for group in &groups {
        said.push(ada.json(&["errors", "show", &group["id"].to_string()]).to_string());
    }
    said.push(ada.ok(&["errors", "export"]).out);
    said.push(ada.json(&["activity"]).to_string());
    let all = said.concat();
    assert!(all.contains("no login with [redacted]") && all.contains("of [redacted].log"), "{all}");
    assert!(all.contains("Error: wide **"), "{all}");
    assert!(!all.contains("hunter2") && !all.contains("4711") && !all.contains("abc123"), "{all}");

    let data = world.path().join("data");
    assert!(stands_in(&data, b"Error: no login"), "the database is looked through");
    for secret in [SECRET.as_bytes().to_vec(), wide(SECRET), b"hunter2".to_vec(), b"abc123".to_vec()] {
        assert!(!stands_in(&data, &secret), "{secret:?}");
    }
}

#[test]
fn a_redact_rule_that_is_none_is_named_with_its_line() {
    let world = World::start();
    world.enroll("acme", "7.7");
    let config = world.path().join("acme.toml");
    let lines = std::fs::read_to_string(&config).expect("the config").lines().count();
    world.configure_agent("acme", "redact = [\n  'fine',\n  'user=(',\n]\n");
    for verb in ["run", "check"] {
        let ended = world.agent_command(&[verb, "--config", "acme.toml"]).output().expect("it ends");
        let words = String::from_utf8_lossy(&ended.stderr).into_owned() + &String::from_utf8_lossy(&ended.stdout);
        assert!(
            !ended.status.success() && words.contains(&format!("acme.toml:{}:3: the redact rule \"user=(\"", lines + 3)),
            "{words}"
        );
    }
}
