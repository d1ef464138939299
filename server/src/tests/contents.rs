//! Contents: who gets which, how they are checked on their way in, and parts on their way out.

use super::world::{World, hash, read};
use crate::Config;
use fieldpost_common::api::path;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::wire;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn a_site_gets_only_what_was_ordered_for_it() {
    let world = World::start().await;
    let (acme, borealis) = (world.site("acme", "7.7").await, world.site("borealis", "7.7").await);
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    assert_eq!(acme.fetch(&world, "one").await.status(), StatusCode::OK);
    let (other, absent) = (borealis.fetch(&world, "one").await, borealis.fetch(&world, "never").await);
    assert_eq!((other.status(), absent.status()), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let (other, absent) = (read::<()>(other).await.unwrap_err(), read::<()>(absent).await.unwrap_err());
    assert_eq!((other.code, other.cure), (absent.code, absent.cure), "nothing tells one from the other");
}

#[tokio::test]
async fn a_site_is_asked_for_its_content_whether_or_not_another_site_handed_over_the_same() {
    let world = World::start().await;
    let (mut acme, mut borealis) = (world.site("acme", "7.7").await, world.site("borealis", "7.7").await);
    acme.file("a.st", "same");
    acme.tell(&world).await;
    let first = acme.hand_over(&world, "same").await.unwrap();
    borealis.file("b.st", "same");
    assert_eq!(borealis.tell(&world).await.wanted, [hash("same")]);
    assert_eq!(borealis.hand_over(&world, "same").await.unwrap(), first);
    assert_eq!(borealis.tell(&world).await.wanted, []);
}

#[tokio::test]
async fn bytes_with_another_hash_than_announced_are_not_kept() {
    let world = World::start().await;
    let path = path::CONTENT.replace("{sha256}", &hash("right").to_string());
    let sent = world.request(Method::PUT, &path, &world.ada.token).body("wrong").send().await.unwrap();
    assert_eq!(read::<()>(sent).await.unwrap_err().code, Code::WrongHash);
    assert_eq!(world.get::<()>(&world.ada, &path).await.unwrap_err().code, Code::NotFound);
}

async fn put_packed(world: &World, plain: &[u8], announced: &str) -> Result<(), Problem> {
    let path = path::CONTENT.replace("{sha256}", announced);
    let body = zstd::bulk::compress(plain, 3).unwrap();
    let request = world.request(Method::PUT, &path, &world.ada.token).header("content-encoding", "zstd");
    read(request.body(body).send().await.unwrap()).await
}

#[tokio::test]
async fn a_content_over_the_limit_is_refused_also_when_it_is_small_while_packed() {
    let world = World::start_with(Config { max_content: 1_000, ..Config::default() }).await;
    let limit = vec![b'x'; 1_000];
    let sha = fieldpost_common::hash::ContentHash::of(&limit).to_string();
    put_packed(&world, &limit, &sha).await.unwrap();
    let bomb = vec![0; 50_000_000];
    assert_eq!(put_packed(&world, &bomb, &sha).await.unwrap_err().code, Code::TooLarge);
    let path = path::CONTENT.replace("{sha256}", &sha);
    let plain = world.request(Method::PUT, &path, &world.ada.token).body(vec![b'x'; 1_001]).send().await.unwrap();
    assert_eq!(read::<()>(plain).await.unwrap_err().code, Code::TooLarge);
}

#[tokio::test]
async fn a_site_can_not_fill_the_server() {
    let world = World::start_with(Config { site_quota: 10, ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    acme.hand_over(&world, "12345678").await.unwrap();
    assert_eq!(acme.hand_over(&world, "abcdefgh").await.unwrap_err().code, Code::TooMany);
    acme.hand_over(&world, "12345678").await.expect("the same again costs nothing");
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    world.publish(&world.ada, "Order.st", ("7.7", "0123456789"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("0123456789"), None, None).await.unwrap();
    let path = wire::path::CONTENT.replace("{sha256}", &hash("0123456789").to_string());
    let get = |range: &'static str| world.request(Method::GET, &path, &acme.token).header("range", range).send();
    let rest = get("bytes=4-").await.unwrap();
    assert_eq!((rest.status(), rest.headers()["content-range"].to_str().unwrap()), (StatusCode::PARTIAL_CONTENT, "bytes 4-9/10"));
    assert_eq!(rest.bytes().await.unwrap(), "456789");
    assert_eq!(get("bytes=10-").await.unwrap().status(), StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn a_content_is_found_within_its_application_only() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let path = path::CONTENT.replace("{sha256}", &hash("one").to_string());
    let of = |app: &str| world.request(Method::GET, &format!("{path}?application={app}"), &world.ada.token).send();
    assert_eq!(of("trading").await.unwrap().status(), StatusCode::OK);
    assert_eq!(of("other").await.unwrap().status(), StatusCode::NOT_FOUND);
}
