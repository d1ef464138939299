//! Servers and agents killed at the wrong moment, and answers that come from somebody else.

use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

#[test]
fn an_order_survives_a_server_and_an_agent_killed_before_it_was_fetched() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "one", "7.7");
    world.kill_agent("acme");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.kill_server();
    world.start_agent("acme");
    world.start_server();
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
}

#[test]
fn a_server_with_parked_polls_stops_when_it_is_asked_to() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let mut server = world.take_server();
    let pid = server.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    let status = until("the server ends", || server.try_wait().expect("a child"));
    assert!(status.success(), "{status}");
}

#[test]
fn a_second_agent_for_one_config_says_who_runs_already() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let second = world.agent_command(&["run", "--config", "acme.toml"]).output().expect("runs");
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&world.agent_pid("acme").to_string()), "{said}");
}

#[test]
fn a_proxy_page_or_portal_in_place_of_the_server_is_named_and_changes_nothing() {
    let mut world = World::start();
    world.kill_server();
    let answers = [
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>",
        "HTTP/1.1 302 Found\r\nlocation: http://login.example/\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    ];
    let address = world.url().trim_start_matches("http://").to_owned();
    let listener = until("the port is free again", || TcpListener::bind(&address).ok());
    for answer in answers {
        let server = std::thread::spawn({
            let listener = listener.try_clone().expect("a handle");
            move || {
                let (mut stream, _) = listener.accept().expect("a caller");
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).expect("a request");
                stream.write_all(answer.as_bytes()).expect("answered");
            }
        });
        let run = world.ada().run(&["sites"]);
        server.join().expect("answered");
        assert_eq!(run.code, 69, "{answer}: {}{}", run.out, run.err);
        drop(run.says("not fieldpost"));
    }
}

#[test]
fn a_half_written_file_is_never_reported_and_one_save_is_one_revision() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let path = world.patches("acme").join("slow.st");
    let mut file = std::fs::File::create(&path).expect("made");
    for part in 0..30 {
        writeln!(file, "part {part}").expect("written");
        file.flush().expect("written");
        // The writer itself is slow: this is the fault, not a wait for a result.
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    drop(file);
    world.ada().wait_state("trading", "slow.st", "acme", "only_at_site");
    until_true("its content is home", || {
        world.ada().json(&["history", "slow.st", "--app", "trading"])["revisions"][0]["stored"] == true
    });
    let history = world.ada().json(&["history", "slow.st", "--app", "trading"]);
    assert_eq!(history["revisions"].as_array().map(Vec::len), Some(1), "{history}");
}
