//! Strangers who take connections and give nothing: real sockets, counted.

use super::wait::eventually;
use super::world::World;
use crate::Config;
use crate::net::Limits;
use fieldpost_common::api::path;
use fieldpost_common::wire::path as wire;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECOND: Duration = Duration::from_secs(1);

async fn crowded(connections: usize) -> World {
    let limits = Limits { connections, ..Limits::new(1024, Duration::from_mins(1)) };
    World::start_limited(Config::default(), limits).await
}

async fn connect(world: &World, first: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.server.config.listen).await.unwrap();
    // One that is closed at once can't be written to.
    drop(stream.write_all(first.as_bytes()).await);
    stream
}

/// What comes until the server closes, or for a second.
async fn heard(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let end = tokio::time::timeout(SECOND, stream.read_to_end(&mut bytes)).await;
    end.is_ok().then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a connection that is made now is answered within a second.
async fn is_alive(world: &World) -> bool {
    let mut asking = connect(world, "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    heard(&mut asking).await.is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_without_number_shut_nobody_out_and_end_no_poll_that_waits() {
    let world = crowded(32).await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap();
    let parked = tokio::spawn(acme.parked_request(&world).send());
    let mailbox = world.server.memory.mailboxes.of(&"acme".parse().unwrap());
    eventually("the poll waits", async || (mailbox.parked() > 0).then_some(())).await;
    let mut silent = Vec::new();
    for number in 0..256 {
        let begun = ["", "GET /li", "POST /api/v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n{"][number % 3];
        silent.push(connect(&world, begun).await);
        if number % 32 == 0 {
            assert!(is_alive(&world).await, "after {number} silent connections");
        }
    }
    assert!(is_alive(&world).await);
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    assert_eq!(parked.await.unwrap().unwrap().status().as_u16(), 200, "the poll that waited is answered");
    let mut closed = 0;
    for stream in &mut silent {
        let mut byte = [0];
        closed += usize::from(tokio::time::timeout(SECOND / 20, stream.read(&mut byte)).await.is_ok());
    }
    assert!(closed >= 256 - 32, "{closed} were closed to make room");
}

#[tokio::test]
async fn half_a_head_and_a_silent_connection_are_closed_and_one_that_rests_between_requests_is_not() {
    let limits = Limits { head_within: Duration::from_millis(300), ..Limits::new(1024, Duration::from_mins(1)) };
    let world = World::start_limited(Config::default(), limits).await;
    let mut resting = connect(&world, "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut head = connect(&world, "GET /livez HTTP/1.1\r\nho").await;
    let mut silent = connect(&world, "").await;
    assert_eq!((heard(&mut head).await, heard(&mut silent).await), (Some(String::new()), Some(String::new())));
    assert_eq!(heard(&mut resting).await, None, "it rests, and may");
    resting.write_all(b"GET /livez HT").await.unwrap();
    assert!(heard(&mut resting).await.is_some(), "the head of its second request has the same time as that of the first");
}

#[tokio::test]
async fn who_has_no_token_is_refused_before_the_body_is_read() {
    let world = World::start().await;
    let asks = |path: &str, method: &str| {
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\nconnection: close\r\n\r\n")
    };
    for (method, path) in [("PUT", wire::INVENTORY), ("POST", wire::RESULTS), ("POST", path::ORDERS)] {
        let answer = heard(&mut connect(&world, &asks(path, method)).await).await.expect("an answer without a body");
        assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
    }
    let address = "127.0.0.1".parse().unwrap();
    while !world.server.throttle.failed(address, crate::clock::instant()) {}
    for path in [path::LOGIN, wire::ENROLL] {
        let answer = heard(&mut connect(&world, &asks(path, "POST")).await).await.expect("an answer without a body");
        assert!(answer.starts_with("HTTP/1.1 429"), "{path}: {answer}");
    }
}

/// JSON of so many bytes that packs to next to nothing.
fn bomb(size: usize) -> Vec<u8> {
    let mut json = vec![b' '; size];
    (json[0], json[size - 1]) = (b'[', b']');
    zstd::bulk::compress(&json, 3).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_unpacks_to_no_more_than_its_route_takes_and_bombs_hold_nobody_up() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let (large, larger) = (bomb(63 << 20), bomb(15 << 20));
    assert!(large.len() < 8 << 10, "{} bytes", large.len());
    let mut bombs = Vec::new();
    for _ in 0..16 {
        for (path, token, body) in
            [(path::LOGIN, "", &large), (wire::RESULTS, acme.token.as_str(), &large), (wire::RESULTS, &acme.token, &larger)]
        {
            let request = world.request(reqwest::Method::POST, path, token).header("content-encoding", "zstd");
            bombs.push(tokio::spawn(request.body(body.clone()).send()));
        }
    }
    while bombs.iter().any(|bomb| !bomb.is_finished()) {
        assert!(is_alive(&world).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (number, bomb) in bombs.into_iter().enumerate() {
        let status = bomb.await.unwrap().unwrap().status().as_u16();
        // The last fits its route; it says nothing, at length.
        assert_eq!(status, if number % 3 == 2 { 204 } else { 413 });
    }
}
