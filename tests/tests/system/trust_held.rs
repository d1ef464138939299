//! Which version of the trust document each site holds, and which forms of orders it reads.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

fn shown(world: &World, site: &str) -> Value {
    world.ada().json(&["site", "show", site])
}

/// A poll of an agent that reads no format of today, in the name of a site whose own agent doesn't run.
fn poll_as_older_agent(world: &World, site: &str) {
    let token = std::fs::read_to_string(world.path().join(format!("{site}.toml.state/token"))).expect("enroll wrote it");
    let mut stream = TcpStream::connect(world.url().trim_start_matches("http://")).expect("the server listens");
    let head = format!(
        "GET /agent/v1/poll HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nfieldpost-boot: {}\r\nfieldpost-poll: 1\r\n\
         fieldpost-trust: 1\r\nfieldpost-format: 0\r\nconnection: close\r\n\r\n",
        token.trim(),
        "a".repeat(32)
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn what_a_site_holds_and_reads_is_shown_and_who_can_not_read_an_order_is_named_before_it_is_sent() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    assert_eq!((&shown(&world, "acme")["trust"], &shown(&world, "acme")["format"]), (&1.into(), &1.into()));
    drop(world.developer("bea"));
    until_true("acme has followed", || shown(&world, "acme")["trust"] == 2);
    let words = world.ada().ok(&["site", "show", "acme"]).out;
    assert!(words.contains("trust document: version 2\n") && words.contains("read up to format 1\n"), "{words}");

    // Its agent follows another root key: it holds nothing that the server could give it.
    world.kill_agent("acme");
    let state = world.path().join("acme.toml.state");
    let other = fieldpost_common::envelope::SecretKey::from_seed([9; 32]).public().to_string();
    std::fs::write(state.join("root.pub"), other).expect("written");
    std::fs::remove_file(state.join("trust.json")).expect("it was there");
    world.start_agent("acme");
    until_true("acme holds nothing", || shown(&world, "acme")["trust"] == 0);
    drop(world.ada().ok(&["site", "show", "acme"]).says("trust document: none (the server has 2)"));
    let log = std::fs::read_to_string(world.path().join("acme.log")).expect("a log");
    assert!(log.contains("a new trust document is not accepted"), "{log}");

    world.enroll("older", "7.7");
    world.publish("a.st", "one", "7.7");
    let send = ["send", "a.st", "--app", "trading", "--to", "older", "--replacing", "absent", "--yes"];
    let unknown = world.ada().ok(&[&send[..], &["--dry-run"]].concat()).err;
    assert!(!unknown.contains("format"), "it has not said yet what it reads: {unknown}");
    poll_as_older_agent(&world, "older");
    for arguments in [[&send[..], &["--dry-run"]].concat(), send.to_vec()] {
        let said = world.ada().run(&arguments).err;
        assert!(said.contains("older's agent reads signed statements up to format 0, and the order needs format 1"), "{said}");
    }
    drop(world.ada().ok(&["site", "show", "older"]).says("read up to format 0"));
}
