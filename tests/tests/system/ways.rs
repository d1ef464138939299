//! Ways to the server that damage, double and drip: nothing is taken for meant that only happened on the way.

use fieldpost_common::hash::ContentHash;
use fieldpost_tests::cli::Cli;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::proxy::{Fault, Proxy};
use fieldpost_tests::world::World;
use std::time::Duration;

/// Places in a batch that brings one order: in what was signed, and in the signature.
const IN_AN_ORDER: [usize; 2] = [300, 640];

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
    let mut world = World::start();
    let proxy = Proxy::start(world.url().trim_start_matches("http://").parse().expect("an address"));
    world.enroll("acme", "7.7");
    world.route_agent("acme", &proxy.url());
    world.publish("a.st", "one", "7.7");
    // The order is there before the agent is: a poll that waits already when the fault begins would be answered whole.
    let sent = world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=0"]);
    assert!(sent.out.contains("queued"), "{}", sent.out);
    let mut places = IN_AN_ORDER.into_iter();
    proxy.set(move |line| if line.starts_with("GET /agent/v1/poll") { places.next().map(Fault::FlipAnswer) } else { None });
    world.start_agent("acme");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    assert!(proxy.count("GET /agent/v1/poll") > IN_AN_ORDER.len(), "each damaged batch was asked for again");
    let log = std::fs::read_to_string(world.path().join("acme.log")).expect("a log");
    assert_eq!(log.matches("was damaged on its way").count(), IN_AN_ORDER.len(), "{log}");
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

/// So many times, the first that come by.
fn times(line: &'static str, fault: Fault, mut left: usize) -> impl FnMut(&str) -> Option<Fault> + Send {
    move |seen| {
        let hit = seen.starts_with(line) && left > 0;
        left -= usize::from(hit);
        hit.then_some(fault)
    }
}

/// A server whose strings lead through a proxy.
fn strings_through_proxy() -> (World, Proxy) {
    let world = World::start();
    let proxy = Proxy::start(world.url().trim_start_matches("http://").parse().expect("an address"));
    let set = world.server_command(&["set-url", &proxy.url(), "--data", "data"]).output().expect("fieldpost-server runs");
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    (world, proxy)
}

#[test]
fn an_enrolment_whose_answer_is_lost_or_doubled_is_no_lost_enrolment() {
    let (mut world, proxy) = strings_through_proxy();
    let enroll = |world: &World, string: &str, site: &str| {
        let (config, app) = (format!("{site}.toml"), format!("trading=7.7:./{site}-patches"));
        let output = world.agent_command(&["enroll", string, "--config", &config, "--app", &app]).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let string = |world: &World, site: &str| {
        let added = world.ada().json(&["site", "add", site, "--app", "trading=7.7"]);
        added["enrolment"].as_str().expect("a string").to_owned()
    };
    for (site, rule) in [("acme", Fault::LoseAnswer), ("borealis", Fault::Double)] {
        proxy.set(once("POST /agent/v1/enroll", rule));
        let (well, said) = enroll(&world, &string(&world, site), site);
        assert!(well, "{site}: {said}");
    }
    // Lost twice: the person gives the same command again, and nobody else can in their place.
    let lost = string(&world, "corvid");
    proxy.set(times("POST /agent/v1/enroll", Fault::LoseAnswer, 2));
    let (well, said) = enroll(&world, &lost, "corvid");
    assert!(!well && said.contains("give the same command again within 15 minutes"), "{said}");
    let (well, said) = enroll(&world, &lost, "elsewhere");
    assert!(!well && said.contains("was used already, at ") && said.contains("from 127.0.0.1"), "{said}");
    let (well, said) = enroll(&world, &lost, "corvid");
    assert!(well, "{said}");
    let left: Vec<_> = std::fs::read_dir(world.path().join("corvid.toml.state")).expect("a folder").flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().contains("enrolling")), "{left:?}");
    world.start_agent("corvid");
    world.wait_seen("corvid");
}

#[test]
fn a_login_whose_answer_is_lost_or_doubled_locks_nobody_out() {
    let (world, proxy) = strings_through_proxy();
    let invite = |name: &str| {
        let added = world.ada().json(&["user", "add", name, "--role", "developer"]);
        (Cli::new(world.path().join(name), world.path()), added["login"].as_str().expect("a string").to_owned())
    };
    for (name, fault) in [("bea", Fault::LoseAnswer), ("cy", Fault::Double)] {
        let (cli, string) = invite(name);
        proxy.set(once("POST /api/v1/login", fault));
        cli.ok(&["login", &string]);
        cli.ok(&["sites"]);
    }
    let (cli, string) = invite("dee");
    proxy.set(times("POST /api/v1/login", Fault::LoseAnswer, 2));
    assert_ne!(cli.run(&["login", &string]).code, 0);
    let thief = Cli::new(world.path().join("thief"), world.path());
    let refused = thief.run(&["login", &string]).exits(77);
    assert!(refused.err.contains("was used already, at ") && refused.err.contains("with the key"), "{}", refused.err);
    cli.ok(&["login", &string]);
    cli.ok(&["sites"]);
    assert!(!cli.config.join("login.seed").exists());
}

#[test]
fn a_withdrawal_and_a_purge_whose_answers_are_lost_are_done_once_and_told_as_done() {
    let (world, proxy) = strings_through_proxy();
    let added = world.ada().json(&["user", "add", "bea", "--role", "admin"]);
    let bea = Cli::new(world.path().join("bea"), world.path());
    bea.ok(&["login", added["login"].as_str().expect("a string")]);
    world.ada().ok(&["trust", "add", "bea", "--yes"]);
    world.publish("a.st", "one", "7.7");
    proxy.set(once("POST /api/v1/unpublish", Fault::LoseAnswer));
    drop(bea.ok(&["unpublish", "a.st", "--app", "trading", "--version", "7.7"]).says("no longer current for 7.7"));
    proxy.set(once("POST /api/v1/purges", Fault::LoseAnswer));
    drop(bea.ok(&["unpublish", "a.st", "--app", "trading", "--purge", "--yes"]).says("1 revision purged"));
    assert_eq!(proxy.count("POST /api/v1/purges"), 2);
    let activity = world.ada().json(&["activity"]).to_string();
    assert_eq!((activity.matches("\"purged\"").count(), activity.matches("\"unpublished\"").count()), (1, 1), "{activity}");
}
