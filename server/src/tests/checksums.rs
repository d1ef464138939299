//! What was damaged on its way is told from what was meant, and the answer proves what it answers.

use super::agent::Agent;
use super::world::{World, hash, read};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, answer_checksum, content_digest, request_checksum};
use fieldpost_common::wire::{header, path as wire};
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};

fn fields(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
}

/// Sends a body with its checksums; `change` is what happens to it on the way.
async fn put(
    world: &World,
    acme: &Agent,
    path: &str,
    body: &[u8],
    change: impl FnOnce(&mut reqwest::Request),
) -> (ContentHash, Response) {
    let request = world.request(Method::PUT, path, &acme.token).header(CONTENT_DIGEST, content_digest(body));
    let mut request = request.header("content-encoding", "zstd").body(body.to_vec()).build().unwrap();
    let checksum = request_checksum("PUT", path, fields(request.headers()));
    request.headers_mut().insert(header::CHECKSUM, checksum.to_string().parse().unwrap());
    change(&mut request);
    (checksum, world.client.execute(request).await.unwrap())
}

fn code(answer: Result<serde_json::Value, Problem>) -> Option<Code> {
    answer.err().map(|problem| problem.code)
}

fn packed(acme: &Agent) -> Vec<u8> {
    let inventory = acme.inventory(fieldpost_common::inventory::Directory::Present);
    zstd::bulk::compress(&serde_json::to_vec(&inventory).unwrap(), 3).unwrap()
}

#[tokio::test]
async fn an_inventory_with_any_byte_flipped_on_its_way_is_called_damaged_and_never_invalid() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let body = packed(&acme);
    for at in 0..body.len() {
        let mut flipped = body.clone();
        flipped[at] ^= 1;
        let change = |request: &mut reqwest::Request| *request.body_mut() = Some(flipped.into());
        let (_, response) = put(&world, &acme, wire::INVENTORY, &body, change).await;
        assert_eq!(code(read(response).await), Some(Code::Damaged), "byte {at}");
    }
    let (checksum, response) = put(&world, &acme, wire::INVENTORY, &body, |_| {}).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    assert_eq!(headers[header::CHECKSUM], answer_checksum(&checksum, status, fields(&headers)).to_string());
    let body = response.bytes().await.unwrap();
    assert_eq!(headers[CONTENT_DIGEST], content_digest(&body));
}

#[tokio::test]
async fn a_head_that_is_not_as_it_was_sent_is_called_damaged() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let body = packed(&acme);
    let digest = content_digest(b"another body");
    let change = |request: &mut reqwest::Request| {
        request.headers_mut().insert(CONTENT_DIGEST, digest.parse().unwrap());
    };
    let (_, response) = put(&world, &acme, wire::INVENTORY, &body, change).await;
    assert_eq!(code(read(response).await), Some(Code::Damaged));
}

#[tokio::test]
async fn a_body_that_was_sent_as_it_is_and_makes_no_sense_is_called_invalid() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    for body in [&b"no zstd at all"[..], &zstd::bulk::compress(b"no json", 3).unwrap(), &zstd::bulk::compress(b"[1]", 3).unwrap()]
    {
        let (_, response) = put(&world, &acme, wire::INVENTORY, body, |_| {}).await;
        assert_eq!(code(read(response).await), Some(Code::Invalid));
    }
    let plain =
        world.request(Method::PUT, wire::INVENTORY, &acme.token).header("content-encoding", "zstd").body("no zstd at all");
    assert_eq!(code(read(plain.send().await.unwrap()).await), Some(Code::Damaged), "nobody says that it was sent so");
}

#[tokio::test]
async fn a_content_that_is_damaged_on_its_way_is_called_so_and_one_that_never_was_right_is_not() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let path = wire::CONTENT.replace("{sha256}", &hash("one").to_string());
    let body = zstd::bulk::compress(b"one", 3).unwrap();
    for at in 0..body.len() {
        let mut flipped = body.clone();
        flipped[at] ^= 1;
        let change = |request: &mut reqwest::Request| *request.body_mut() = Some(flipped.into());
        let (_, response) = put(&world, &acme, &path, &body, change).await;
        assert_eq!(code(read(response).await), Some(Code::Damaged), "byte {at}");
    }
    let (_, response) = put(&world, &acme, &path, &zstd::bulk::compress(b"two", 3).unwrap(), |_| {}).await;
    assert_eq!(code(read(response).await), Some(Code::WrongHash));
    let (_, response) = put(&world, &acme, &path, &body, |_| {}).await;
    read::<serde_json::Value>(response).await.unwrap();
}
