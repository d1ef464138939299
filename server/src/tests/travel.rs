//! The main job from end to end: publish, send, confirm, file out, retrieve.

use super::world::{World, hash};
use fieldpost_common::api::{History, path};
use fieldpost_common::cell::Base;
use fieldpost_common::order::Order;
use fieldpost_common::order::state::Progress;
use fieldpost_common::wire::OrderOutcome;

#[tokio::test]
async fn a_sent_patch_is_in_sync_only_when_the_sites_inventory_shows_it() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "not_sent");
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    assert_eq!(world.order(&order).await.state.word(), "queued");
    let batch = acme.poll(&world).await.unwrap().expect("a batch");
    assert_eq!(batch.orders.iter().map(Order::id).collect::<Vec<_>>(), std::slice::from_ref(&order));
    assert_eq!(world.order(&order).await.state.word(), "offered");
    assert_eq!(acme.fetch(&world, "one").await.bytes().await.unwrap(), "one");
    acme.report(&world, &order, OrderOutcome::Progress { step: Progress::Installed, hook: None }).await;
    assert_eq!(world.word("Order.st", "acme").await, "sending", "the report alone is not believed");
    acme.file("Order.st", "one");
    let answer = acme.tell(&world).await;
    assert_eq!(answer.wanted, [], "what was ordered is not asked back");
    assert_eq!(world.order(&order).await.state.word(), "confirmed");
    assert_eq!(world.word("Order.st", "acme").await, "in_sync");
    let batch = acme.poll(&world).await.unwrap().expect("news: the order is done");
    assert_eq!(batch.orders, []);
}

#[tokio::test]
async fn a_patch_edited_at_a_site_comes_home_and_can_be_published() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    world.publish(&world.ada, "4711-Order.st", ("7.7", "one"), None).await.unwrap();
    acme.file("4711-Order.st", "one");
    acme.tell(&world).await;
    assert_eq!(world.word("4711-Order.st", "acme").await, "in_sync", "a site that was mailed the file is adopted");
    acme.file("4711-Order.st", "\"Author: Bea\"\ntwo");
    let answer = acme.tell(&world).await;
    assert_eq!(answer.wanted, [hash("\"Author: Bea\"\ntwo")]);
    acme.hand_over(&world, "\"Author: Bea\"\ntwo").await.unwrap();
    assert_eq!(world.word("4711-Order.st", "acme").await, "retrieve");
    let cell = world.table().await.grid.cells[0].clone();
    assert_eq!((cell.author.as_deref(), cell.base), (Some("Bea"), Base::Content(hash("one"))));
    let published = world.publish(&world.ada, "4711-Order.st", ("7.7", "\"Author: Bea\"\ntwo"), Some("one")).await.unwrap();
    assert_eq!((published.author.as_deref(), published.issue.unwrap().as_str()), (Some("Bea"), "4711"));
    assert_eq!(world.word("4711-Order.st", "acme").await, "in_sync");
    let history: History = world
        .get(&world.ada, &format!("{}?patch=4711-Order.st", path::HISTORY.replace("{application}", "trading")))
        .await
        .unwrap();
    assert_eq!(history.revisions.len(), 2);
    assert!(history.revisions.iter().all(|revision| revision.stored));
}

#[tokio::test]
async fn a_patch_current_with_one_content_for_each_version_shows_so() {
    let world = World::start().await;
    let (mut acme, mut borealis) = (world.site("acme", "7.6").await, world.site("borealis", "7.7").await);
    world.publish(&world.ada, "Order.st", ("7.6", "old"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "new"), None).await.unwrap();
    acme.file("Order.st", "old");
    acme.tell(&world).await;
    borealis.file("Order.st", "old");
    borealis.tell(&world).await;
    assert_eq!(world.word("Order.st", "acme").await, "in_sync");
    assert_eq!(world.word("Order.st", "borealis").await, "conflict", "7.6's content was never 7.7's");
}

#[tokio::test]
async fn an_order_for_what_the_site_has_anyway_is_confirmed_though_the_inventory_never_changes() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), Some("one"), None).await.unwrap();
    acme.report(&world, &order, OrderOutcome::Progress { step: Progress::Installed, hook: None }).await;
    assert_eq!(world.order(&order).await.state.word(), "confirmed");
}

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    assert!(acme.poll(&world).await.unwrap().is_some());
    let world = world.restart().await;
    let batch = acme.poll(&world).await.unwrap().expect("no old ETag fits a new run");
    assert_eq!(batch.orders.iter().map(Order::id).collect::<Vec<_>>(), [order]);
    assert!(!batch.inventory_wanted, "the digest outlives the restart");
    assert_eq!(world.word("Order.st", "acme").await, "sending");
}

#[tokio::test]
async fn every_cell_stands_in_its_own_row_whatever_the_names_are() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    for name in ["b.st", "a.st", "B.st", "é.st", "b/a.st", "gone.st"] {
        acme.file(name, name);
    }
    acme.tell(&world).await;
    acme.files.retain(|(name, _)| *name != "gone.st");
    acme.tell(&world).await;
    world.publish(&world.ada, "a/first.st", ("7.7", "x"), None).await.unwrap();
    world.publish(&world.ada, "é.st", ("7.7", "é.st"), None).await.unwrap();
    for (name, word) in [("b.st", "only_at_site"), ("a.st", "only_at_site"), ("B.st", "only_at_site"), ("b/a.st", "only_at_site")]
    {
        assert_eq!(world.word(name, "acme").await, word, "{name}");
        let table = world.table().await;
        let row = table.grid.patches.iter().position(|row| row.name.as_str() == name).unwrap();
        assert_eq!(table.has(row, 0), Some(hash(name)));
    }
    assert_eq!(world.word("é.st", "acme").await, "in_sync");
    assert_eq!(world.word("a/first.st", "acme").await, "not_sent");
    assert_eq!(world.word("gone.st", "acme").await, "no row");
}
