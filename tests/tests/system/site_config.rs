//! What a site's own config decides: how it polls, what runs after an installation, what is left alone.

use fieldpost_tests::world::World;

/// A site whose config begins with these lines and ends with those.
fn site(head: &str, tail: &str) -> World {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    let path = world.path().join("acme.toml");
    let text = std::fs::read_to_string(&path).expect("the config");
    std::fs::write(&path, format!("{head}\n{text}\n{tail}\n")).expect("written");
    world.start_agent("acme");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world
}

#[test]
fn a_site_that_only_polls_gets_its_patch_with_one_poll() {
    let world = site("wait = \"0s\"\npoll_interval = \"2s\"", "");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"one"[..]));
}

#[test]
fn what_the_config_ignores_is_left_alone() {
    let world = site("", "ignore = [\"*.log\"]");
    world.edit("acme", "trading.log", "line");
    world.edit("acme", "b.st", "new");
    world.ada().wait_state("trading", "b.st", "acme", "only_at_site");
    assert!(world.ada().row("trading", "trading.log").is_null());
}
