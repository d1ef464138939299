//! Send, remove, cancel: what reaches a site, and what never does.

use fieldpost_tests::world::World;

#[test]
fn a_sent_patch_is_installed_and_confirmed_and_an_update_replaces_it() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.publish("folder/4711-Order.st", "one", "7.7");
    world.wait_seen("acme");
    assert_eq!(world.ada().state("trading", "folder/4711-Order.st", "acme"), "not_sent");
    world.ada().ok(&["send", "folder/4711-Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "folder/4711-Order.st").as_deref(), Some(&b"one"[..]));
    assert_eq!(world.ada().state("trading", "folder/4711-Order.st", "acme"), "in_sync");

    world.publish("folder/4711-Order.st", "two", "7.7");
    assert_eq!(world.ada().state("trading", "folder/4711-Order.st", "acme"), "send_update");
    world.ada().ok(&["send", "folder/4711-Order.st", "--app", "trading", "--to", "all", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "folder/4711-Order.st").as_deref(), Some(&b"two"[..]));
}

#[test]
fn a_removal_takes_exactly_the_file_that_was_seen_and_is_shown_as_removed() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.ada().ok(&["remove", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.ada().wait_state("trading", "a.st", "acme", "removed");
    assert_eq!(world.read("acme", "a.st"), None);
    // A bulk send leaves it out; only a person who says so brings it back.
    world.ada().run(&["send", "a.st", "--app", "trading", "--to", "all", "--yes"]);
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "removed");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--replacing", "absent", "--wait=60"]);
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"one"[..]));
}

#[test]
fn an_order_that_was_taken_back_before_the_site_polled_is_never_carried_out() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world.publish("b.st", "two", "7.7");
    world.kill_agent("acme");
    let sent = world.ada().json(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    let order = sent["orders"][0]["order"].as_str().unwrap_or_else(|| panic!("an order id in {sent}"));
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "sending");
    world.ada().ok(&["cancel", order]);
    world.ada().ok(&["send", "b.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.start_agent("acme");
    world.ada().wait_state("trading", "b.st", "acme", "in_sync");
    assert_eq!(world.read("acme", "a.st"), None);
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "not_sent");
}

#[test]
fn a_send_to_a_site_that_is_down_waits_for_it_and_says_so() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.kill_agent("acme");
    world.publish("a.st", "one", "7.7");
    let pending = world.ada().run(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=1"]);
    drop(pending.exits(75));
    world.start_agent("acme");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
}
