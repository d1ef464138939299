//! The grid: what is in it, and what it costs when many ask.

use super::world::World;
use fieldpost_common::api::path;
use fieldpost_common::grid::Grid;
use reqwest::Method;
use std::sync::atomic::Ordering;

fn address() -> String {
    path::GRID.replace("{application}", "trading")
}

#[tokio::test]
async fn rows_that_only_a_site_has_stand_among_the_published_ones_and_every_cell_keeps_its_row() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    world.site("silent", "7.7").await;
    for name in ["b.st", "d.st"] {
        world.publish(&world.ada, name, ("7.7", name), None).await.unwrap();
    }
    for (name, text) in [("a.st", "own"), ("c.st", "own"), ("d.st", "d.st")] {
        acme.file(name, text);
    }
    acme.tell(&world).await;
    let table = world.table().await;
    let names: Vec<_> = table.grid.patches.iter().map(|patch| patch.name.as_str()).collect();
    assert_eq!(names, ["a.st", "b.st", "c.st", "d.st"]);
    let words: Vec<_> = (0..4).map(|patch| table.cell(patch, 0, table.grid.now).word()).collect();
    assert_eq!(words, ["only_at_site", "not_sent", "only_at_site", "in_sync"]);
    let listed: Vec<_> = table.grid.cells.iter().map(|cell| (cell.patch, cell.site)).collect();
    assert_eq!(listed, [(0, 0), (1, 0), (2, 0)], "neither what agrees nor a site of which nothing is known");
    assert_eq!(table.cell(1, 1, table.grid.now).word(), "unknown");
}

#[tokio::test]
async fn apps_that_ask_after_one_change_share_one_reading_and_a_change_is_in_the_next_answer() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let asked = || world.server.store.asked.load(Ordering::SeqCst);
    world.table().await;
    let before = asked();
    let first = world.table().await;
    assert_eq!(asked(), before, "nothing is read for the second app");
    world.publish(&world.ada, "b.st", ("7.7", "two"), None).await.unwrap();
    let second = world.table().await;
    assert_eq!(second.grid.patches.len(), first.grid.patches.len() + 1);
    assert!(second.grid.feed.seq > first.grid.feed.seq);
}

#[tokio::test]
async fn a_grid_is_packed_only_for_who_takes_that() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let plain = world.request(Method::GET, &address(), &world.ada.token).send().await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    let plain: Grid = plain.json().await.unwrap();
    let packed =
        world.request(Method::GET, &address(), &world.ada.token).header("accept-encoding", "gzip, zstd").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "zstd");
    let unpacked = zstd::decode_all(&*packed.bytes().await.unwrap()).unwrap();
    let packed: Grid = serde_json::from_slice(&unpacked).unwrap();
    assert_eq!(packed.patches, plain.patches);
}

#[tokio::test]
async fn an_application_that_is_not_there_is_not_found_every_time() {
    let world = World::start().await;
    for _ in 0..2 {
        let answer = world.request(Method::GET, &address().replace("trading", "billing"), &world.ada.token).send().await.unwrap();
        assert_eq!(answer.status(), 404);
    }
}
