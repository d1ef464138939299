//! Two people on one cell, two versions of one application.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

#[test]
fn the_second_of_two_developers_hears_that_the_cell_changed_since_they_looked() {
    let mut world = World::start();
    let bn = world.developer("bn");
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    let seen = world.ada().row("trading", "a.st")["sha256"].as_str().expect("a hash").to_owned();
    world.edit("acme", "a.st", "edited since");
    world.ada().wait_state("trading", "a.st", "acme", "retrieve");
    // bn still acts on what was there before the edit.
    let late = bn.run(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--replacing", &seen]);
    assert_ne!(late.code, 0);
    drop(late.says("changed"));
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"edited since"[..]));
}

#[test]
fn a_second_developer_may_send_once_the_root_holder_trusts_their_key() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let invitation = world.ada().json(&["user", "add", "bn", "--role", "developer"]);
    let bn = fieldpost_tests::cli::Cli::new(world.path().join("bn"), world.path());
    bn.ok(&["login", invitation["login"].as_str().expect("a login string")]);
    world.file("b.st", "by bn");
    let early = bn.run(&["publish", "b.st", "--app", "trading", "--version", "7.7"]).exits(77);
    drop(early.says("trust add"));
    world.ada().ok(&["trust", "add", "bn", "--yes"]);
    bn.ok(&["publish", "b.st", "--app", "trading", "--version", "7.7"]);
    bn.ok(&["send", "b.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "b.st").as_deref(), Some(&b"by bn"[..]));
}

#[test]
fn what_a_revoked_key_signed_is_installed_nowhere_more_and_whoever_is_removed_is_shut_out() {
    let mut world = World::start();
    let bn = world.developer("bn");
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.kill_agent("acme");
    world.file("b.st", "by bn");
    bn.ok(&["publish", "b.st", "--app", "trading", "--version", "7.7"]);
    bn.ok(&["send", "b.st", "--app", "trading", "--to", "acme", "--yes", "--wait=0"]);
    // The laptop is stolen.
    drop(world.ada().ok(&["user", "remove", "bn", "--yes"]).says("fieldpost trust revoke bn"));
    drop(bn.run(&["sites"]).says("token"));
    world.ada().ok(&["trust", "revoke", "bn", "--yes"]);
    world.start_agent("acme");
    world.ada().wait_state("trading", "b.st", "acme", "blocked");
    assert_eq!(world.read("acme", "b.st"), None);
    until_true("the agent has looked twice", || world.ada().cell("trading", "b.st", "acme")["unknown"].is_null());
    let sent = world.ada().run(&["send", "b.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_ne!(sent.code, 0);
    drop(sent.says("publish it again"));
    world.ada().ok(&["publish", "b.st", "--app", "trading", "--version", "7.7"]);
    world.ada().ok(&["send", "b.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "b.st").as_deref(), Some(&b"by bn"[..]));
}

#[test]
fn a_patch_that_is_current_with_two_contents_is_in_sync_at_each_version_with_its_own() {
    let mut world = World::start();
    world.site("acme", "7.6");
    world.site("borealis", "7.7");
    world.wait_seen("acme");
    world.wait_seen("borealis");
    world.publish("a.st", "for 7.6", "7.6");
    world.publish("a.st", "for 7.7", "7.7");
    world.publish("only77.st", "x", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "all", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"for 7.6"[..]));
    assert_eq!(world.read("borealis", "a.st").as_deref(), Some(&b"for 7.7"[..]));
    let row = world.ada().row("trading", "a.st");
    assert_ne!(row["current"]["7.6"], row["current"]["7.7"]);
    assert_eq!(world.ada().state("trading", "only77.st", "acme"), "other_version");
}
