//! What the client's admin sees of the agent, whatever state it is in: `status`, `plan`, `check`.

use fieldpost_tests::binaries;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Output;

fn agent(world: &World, verb: &str) -> (i32, String) {
    let output: Output = world.agent_command(&[verb, "--config", "acme.toml"]).output().expect("fieldpost-agent runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_stopped_agent_is_stopped_and_what_waits_for_it_is_shown_by_plan_without_being_handed_over() {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    let (code, words) = agent(&world, "status");
    assert!(code == 3 && words.contains("none has run here yet"), "{code}: {words}");
    world.start_agent("acme");
    world.wait_seen("acme");
    until_true("the status is written", || agent(&world, "status").0 == 0);
    world.kill_agent("acme");
    let (code, words) = agent(&world, "status");
    assert!(code == 3 && words.contains("STOPPED") && words.contains("last sign of life"), "{code}: {words}");
    let (code, words) = agent(&world, "plan");
    assert!(code == 0 || words.contains("answer "), "nothing or a state waits: {code}: {words}");
    world.publish("Order.st", "one\n", "7.7");
    world.ada().run(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=0"]);
    let (code, words) = agent(&world, "plan");
    assert!(code == 3 && words.contains("Order.st"), "{code}: {words}");
    let rows = world.ada().json(&["patches", "--app", "trading"]);
    assert!(!rows.to_string().contains("offered"), "{rows}");
    world.kill_server();
    let (code, words) = agent(&world, "plan");
    assert!(
        code == 69 && words.contains("the server could not be asked") && words.contains("nothing listens at"),
        "{code}: {words}"
    );
    world.start_server();
    world.start_agent("acme");
    until_true("the order is carried out", || world.read("acme", "Order.st").is_some());
    until_true("it is told what was done", || agent(&world, "status").1.contains("Order.st"));
}

#[test]
fn check_names_a_version_that_the_vendor_does_not_know_a_refused_token_and_a_folder_of_somebody_else() {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    let config = std::fs::read_to_string(world.path().join("acme.toml")).expect("a config");
    world.file("acme.toml", config.replace("version = \"7.7\"", "version = \"9.9\""));
    let (code, words) = agent(&world, "check");
    assert!(code == 1 && words.contains("knows the versions 7.6, 7.7 of trading, and not 9.9"), "{code}: {words}");
    assert!(words.contains("disk of the state folder") && words.contains("clock: "), "{words}");
    world.file("acme.toml", &config);
    let token = world.path().join("acme.toml.state/token");
    let own = std::fs::read_to_string(&token).expect("a token");
    std::fs::write(&token, "0".repeat(64)).expect("written");
    let (code, words) = agent(&world, "check");
    assert!(code == 77 && words.contains("doesn't know this site's token"), "{code}: {words}");
    std::fs::write(&token, own).expect("written");
    world.kill_server();
    assert_eq!(agent(&world, "check").0, 69);
    let (code, words) = agent_of_somebody_else(&world);
    assert!(code == 77 && words.contains("not readable by you") && words.contains("chown"), "{code}: {words}");
    assert!(!words.contains("enroll"), "{words}");
}

/// `status` by a user who may read the config and not the state folder.
fn agent_of_somebody_else(world: &World) -> (i32, String) {
    const NOBODY: u32 = 65534;
    let state = world.path().join("acme.toml.state");
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        std::fs::set_permissions(&state, Permissions::from_mode(0o000)).expect("modes");
        let seen = agent(world, "status");
        std::fs::set_permissions(&state, Permissions::from_mode(0o700)).expect("modes");
        // Whoever owns the folder is told to let themselves in.
        return (seen.0, seen.1.replace("chmod", "chown or chmod"));
    }
    // The build may lie where nobody else may go.
    let program = world.path().join("agent-of-somebody-else");
    std::fs::copy(binaries::folder().join("fieldpost-agent"), &program).expect("copied");
    std::fs::set_permissions(world.path(), Permissions::from_mode(0o755)).expect("modes");
    let mut command = std::process::Command::new(program);
    let output =
        command.args(["status", "--config", "acme.toml"]).current_dir(world.path()).uid(NOBODY).output().expect("it runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}
