//! Ways to the server that damage, double and drip: nothing is taken for meant that only happened on the way.

use fieldpost_common::hash::ContentHash;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::proxy::{Fault, Proxy};
use fieldpost_tests::world::World;
use std::time::Duration;

/// A site whose agent reaches the server only through a proxy.
fn behind_proxy() -> (World, Proxy) {
    let mut world = World::start();
    let proxy = Proxy::start(world.url().trim_start_matches("http://").parse().expect("an address"));
    world.enroll("acme", "7.7");
    world.route_agent("acme", &proxy.url());
    world.start_agent("acme");
    world.wait_seen("acme");
    (world, proxy)
}

/// Each of these once, the first time that it comes by.
fn once(line: &'static str, fault: Fault) -> impl FnMut(&str) -> Option<Fault> + Send {
    let mut left = Some(fault);
    move |seen| if seen.starts_with(line) { left.take() } else { None }
}

#[test]
fn an_inventory_with_one_flipped_byte_makes_no_site_blind() {
    let (world, proxy) = behind_proxy();
    proxy.set(once("PUT /agent/v1/inventory", Fault::FlipRequest(30)));
    world.edit("acme", "made-here.st", "one");
    world.ada().wait_state("trading", "made-here.st", "acme", "only_at_site");
}

#[test]
fn a_proxy_that_refuses_every_inventory_with_a_page_lets_orders_through_and_is_not_asked_over_and_over() {
    let (world, proxy) = behind_proxy();
    world.publish("a.st", "one", "7.7");
    proxy.set(|line| line.starts_with("PUT /agent/v1/inventory").then_some(Fault::Page));
    let polls = proxy.count("GET /agent/v1/poll");
    world.edit("acme", "made-here.st", "one");
    until_true("an inventory was refused", || proxy.count("PUT /agent/v1/inventory") > 1);
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    until_true("the order is carried out", || world.read("acme", "a.st").is_some());
    let spent = (proxy.count("GET /agent/v1/poll") - polls, proxy.count("PUT /agent/v1/inventory"));
    assert!(spent.0 < 30 && spent.1 < 10, "polls and inventories: {spent:?}");
    proxy.set(|_| None);
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
}

#[test]
fn a_batch_with_one_flipped_byte_is_asked_for_again_and_its_order_is_carried_out() {
    let (world, proxy) = behind_proxy();
    world.publish("a.st", "one", "7.7");
    let mut at = 40;
    proxy.set(move |line| {
        at += 97;
        (line.starts_with("GET /agent/v1/poll") && at < 800).then_some(Fault::FlipAnswer(at))
    });
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
}

#[test]
fn with_every_request_doubled_an_agent_still_gets_its_orders() {
    let mut world = World::start();
    let proxy = Proxy::start(world.url().trim_start_matches("http://").parse().expect("an address"));
    proxy.set(|line| line.contains("/agent/v1/").then_some(Fault::Double));
    world.enroll("acme", "7.7");
    world.route_agent("acme", &proxy.url());
    world.start_agent("acme");
    world.wait_seen("acme");
    for content in ["one", "two", "three"] {
        world.publish("a.st", content, "7.7");
        world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
        world.ada().wait_state("trading", "a.st", "acme", "in_sync");
        assert_eq!(world.read("acme", "a.st").as_deref(), Some(content.as_bytes()));
    }
}

#[test]
fn a_download_that_drips_holds_no_other_order_of_the_site() {
    let (world, proxy) = behind_proxy();
    let slow = "slow ".repeat(1000);
    world.publish("slow.st", &slow, "7.7");
    world.publish("quick.st", "quick", "7.7");
    let dripping = format!("GET /agent/v1/content/{}", ContentHash::of(slow.as_bytes()));
    let line = dripping.clone();
    proxy.set(move |seen| seen.starts_with(&line).then_some(Fault::Drip(Duration::from_millis(500))));
    world.ada().ok(&["send", "slow.st", "--app", "trading", "--to", "acme", "--yes"]);
    until_true("the slow one is under way", || proxy.count(&dripping) > 0);
    world.ada().ok(&["send", "quick.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.ada().wait_state("trading", "quick.st", "acme", "in_sync");
    assert!(world.read("acme", "slow.st").is_none());
}
