//! Installed means loaded: hooks that fail, are cut off, belong to removals, or load a whole batch.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

/// Fails until somebody brings a licence.
const LICENCE: &str = "echo \"$FIELDPOST_ACTION $FIELDPOST_PATCH\" >> ran; test -f licence || { echo no licence; exit 3; }";
/// Ends once there is a file `go`.
const WAITS: &str = "echo \"$FIELDPOST_PATCH\" >> ran; while ! test -f go; do sleep 0.05; done";

/// acme with a hook, its agent not started yet, and these patches published.
fn acme(script: &str, more: &str, patches: &[&str]) -> World {
    let world = World::start();
    world.enroll("acme", "7.7");
    world.configure_agent("acme", &format!("after_install = {{ command = [\"/bin/sh\", \"-c\", {script:?}]{more} }}\n"));
    for patch in patches {
        world.publish(patch, format!("content of {patch}"), "7.7");
    }
    world
}

fn ran(world: &World) -> Vec<String> {
    let text = std::fs::read_to_string(world.path().join("ran")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn send<'a>(patches: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&["send"], patches, &["--app", "trading", "--to", "acme", "--yes"], more].concat()
}

fn state(world: &World, patch: &str) -> String {
    world.ada().state("trading", patch, "acme")
}

/// Whether an incident says that a hook failed. Others may be open: the machine that runs this has a disk of its own.
fn is_wrong(world: &World) -> bool {
    world.ada().json(&["incidents"]).to_string().contains("the program that runs after installations failed")
}

#[test]
fn a_hook_that_fails_blocks_its_cell_until_it_is_repeated_and_goes_well() {
    let mut world = acme(LICENCE, "", &["a.st"]);
    world.start_agent("acme");
    world.wait_seen("acme");
    let sent = world.ada().run(&send(&["a.st"], &["--wait=60"])).exits(1);
    assert!(sent.out.contains("installed, but the hook failed: it ended with code 3: no licence"), "{}", sent.out);
    assert!(sent.out.contains("`fieldpost send a.st --app trading --to acme --again` runs it once more"), "{}", sent.out);
    let cell = world.ada().cell("trading", "a.st", "acme");
    assert_eq!(cell["state"], "blocked", "{cell}");
    assert!(cell["reason"].as_str().is_some_and(|reason| reason.contains("no licence")), "{cell}");
    // What is the same byte for byte is not well for that: a plain send says so, and gives the cure.
    let plain = world.ada().run(&send(&["a.st"], &[])).exits(1);
    assert!(plain.err.contains("--again"), "{}", plain.err);
    until_true("people hear of it", || is_wrong(&world));
    world.kill_server();
    world.start_server();
    world.wait_seen("acme");
    assert_eq!(state(&world, "a.st"), "blocked", "a restart of the server forgets nothing");
    let again = world.ada().run(&send(&["a.st"], &["--again", "--wait=60"]));
    assert_eq!(again.code, 1, "it fails once more: {}", again.out);
    world.file("licence", "granted");
    world.ada().ok(&send(&["a.st"], &["--again", "--wait=60"]));
    assert_eq!(state(&world, "a.st"), "in_sync");
    assert_eq!(ran(&world), ["put a.st", "put a.st", "put a.st"]);
    until_true("it is over", || !is_wrong(&world));
}

#[test]
fn an_agent_killed_within_a_hook_repeats_nothing_by_itself_and_a_hook_that_never_began_is_run() {
    let mut world = acme(WAITS, "", &["a.st", "b.st"]);
    world.ada().ok(&send(&["a.st", "b.st"], &[]));
    world.start_agent("acme");
    until_true("both are in place, and the first one's hook runs", || {
        world.read("acme", "b.st").is_some() && ran(&world).len() == 1
    });
    until_true("the second waits for its hook", || {
        world.ada().json(&["patches", "--app", "trading"]).to_string().matches("\"loading\"").count() == 2
    });
    // Either download may be the first to end, and the hooks run in that order.
    let cut_off = ran(&world).remove(0);
    let due = if cut_off == "a.st" { "b.st" } else { "a.st" };
    world.kill_agent("acme");
    world.file("go", "");
    world.start_agent("acme");
    world.ada().wait_state("trading", due, "acme", "in_sync");
    world.ada().wait_state("trading", &cut_off, "acme", "blocked");
    assert_eq!(ran(&world), [&cut_off, due]);
    let reason = world.ada().cell("trading", &cut_off, "acme")["reason"].to_string();
    assert!(reason.contains("the agent was ended while the hook ran"), "{reason}");
    world.ada().ok(&send(&[&cut_off], &["--again", "--wait=60"]));
    assert_eq!(ran(&world), [&cut_off, due, &cut_off]);
    assert_eq!(state(&world, &cut_off), "in_sync");
}

#[test]
fn a_hook_that_may_be_repeated_is_run_again_after_a_kill() {
    let mut world = acme(WAITS, ", repeat = true", &["a.st"]);
    world.start_agent("acme");
    world.wait_seen("acme");
    world.ada().run(&send(&["a.st"], &[]));
    until_true("the hook runs", || ran(&world).len() == 1);
    world.kill_agent("acme");
    world.file("go", "");
    world.start_agent("acme");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    assert_eq!(ran(&world), ["a.st", "a.st"]);
}

#[test]
fn a_removal_ends_with_its_hook_and_that_can_be_repeated() {
    let mut world = acme(LICENCE, "", &["a.st"]);
    let licence = world.file("licence", "granted");
    world.start_agent("acme");
    world.wait_seen("acme");
    world.ada().ok(&send(&["a.st"], &["--wait=60"]));
    std::fs::remove_file(&licence).expect("taken away");
    let remove = |more: &[&str]| {
        world.ada().run(&[&["remove", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"], more].concat())
    };
    let removed = remove(&[]).exits(1);
    assert!(removed.out.contains("removed, but the hook failed"), "{}", removed.out);
    assert_eq!((world.read("acme", "a.st"), state(&world, "a.st")), (None, "blocked".to_owned()));
    world.file("licence", "granted");
    assert_eq!(remove(&["--again"]).code, 0);
    assert_eq!(state(&world, "a.st"), "removed");
    assert_eq!(ran(&world), ["put a.st", "remove a.st", "remove a.st"]);
}

#[test]
fn a_batch_of_four_is_one_call_and_its_failure_blocks_all_four() {
    let names = ["a.st", "b.st", "bad.st", "sub/d.st"];
    let script = "cat > lines; echo $FIELDPOST_COUNT >> ran; if grep -q bad.st lines && ! test -f mended; then echo bad.st is bad; exit 4; fi";
    let mut world = acme(script, ", per = \"batch\"", &names);
    world.ada().ok(&send(&names, &[]));
    world.start_agent("acme");
    for name in names {
        world.ada().wait_state("trading", name, "acme", "blocked");
        let reason = world.ada().cell("trading", name, "acme")["reason"].to_string();
        assert!(reason.contains("bad.st is bad"), "{name}: {reason}");
    }
    assert_eq!(ran(&world), ["4"]);
    let lines = std::fs::read_to_string(world.path().join("lines")).expect("read by the hook");
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["action"], lines.lines().count()), (&"put".into(), 4), "{lines}");
    let path = world.patches("acme").join(first["patch"].as_str().expect("a name")).display().to_string();
    assert_eq!(first["path"], path.as_str());
    world.file("mended", "");
    world.ada().ok(&send(&names, &["--again", "--wait=60"]));
    assert_eq!(state(&world, "sub/d.st"), "in_sync");
    until_true("it is over", || !is_wrong(&world));
}
