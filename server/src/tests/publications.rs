//! Publications: what is current, and who changed it meanwhile.

use super::world::{World, hash};
use fieldpost_common::api::{Publish, Published, Role, path};
use fieldpost_common::problem::Code;

#[tokio::test]
async fn a_developer_who_looked_at_something_older_hears_who_published_meanwhile() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    world.publish(&bn, "Order.st", ("7.7", "bn's"), None).await.unwrap();
    let problem = world.publish(&world.ada, "Order.st", ("7.7", "ada's"), None).await.unwrap_err();
    assert_eq!(problem.code, Code::Changed);
    assert_eq!(problem.detail, format!("bn published {} for 7.7 just now", hash("bn's").short()));
    world.publish(&world.ada, "Order.st", ("7.7", "ada's"), Some("bn's")).await.unwrap();
}

#[tokio::test]
async fn the_same_content_published_again_is_silently_the_same() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    assert!(world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap().changed);
    assert!(!world.publish(&bn, "Order.st", ("7.7", "one"), None).await.unwrap().changed);
    let rows: Vec<fieldpost_common::api::Activity> = world.get(&world.ada, path::ACTIVITY).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.what == "published").count(), 1);
}

#[tokio::test]
async fn what_a_revoked_key_published_is_published_anew_by_another_with_the_same_content() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    world.publish(&bn, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.revoke(&bn).await;
    assert!(world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap().changed);
    assert!(!world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap().changed);
    assert_eq!(world.publish(&bn, "Order.st", ("7.7", "two"), Some("one")).await.unwrap_err().code, Code::Refused);
}

#[tokio::test]
async fn a_publication_by_a_key_that_nobody_trusts_is_refused() {
    let world = World::start().await;
    let eve = world.person("eve", Role::Developer, 9).await;
    assert_eq!(world.publish(&eve, "Order.st", ("7.7", "x"), None).await.unwrap_err().code, Code::Refused);
}

#[tokio::test]
async fn a_version_that_the_application_has_not_is_named() {
    let world = World::start().await;
    let problem = world.publish(&world.ada, "Order.st", ("9.9", "x"), None).await.unwrap_err();
    assert_eq!(problem.detail, "trading has no version 9.9; it has 7.6, 7.7");
}

#[tokio::test]
async fn what_was_current_before_is_remembered_and_a_site_with_it_gets_an_update() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "two"), Some("one")).await.unwrap();
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    assert_eq!(world.word("Order.st", "acme").await, "send_update");
    assert_eq!(world.table().await.grid.patches[0].published[0].earlier, [hash("one")]);
}

#[tokio::test]
async fn an_unpublished_patch_leaves_the_table_but_not_the_sites() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Other.st", ("7.7", "two"), None).await.unwrap();
    for patch in ["Order.st", "Other.st"] {
        world.unpublish(patch, 5).await.unwrap();
    }
    assert_eq!(world.word("Order.st", "acme").await, "only_at_site");
    assert_eq!(world.word("Other.st", "acme").await, "no row");
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.expect("and can be put back");
}

/// Publishes as an undo does.
async fn take_back(world: &World, (text, replaces): (&str, &str)) {
    let statement = world.publication(&world.ada, "Order.st", ("7.7", text), 5);
    let publish = Publish { publication: statement, replaces: vec![Some(hash(replaces))], takes_back: true };
    world.post::<Published>(&world.ada, path::PUBLICATIONS, &publish).await.unwrap();
}

/// Published and installed at acme, then changed on both sides.
async fn conflict() -> (World, super::agent::Agent) {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("Order.st", "base");
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "base"), None).await.unwrap();
    acme.file("Order.st", "site's");
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "vendor's"), Some("base")).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "conflict");
    (world, acme)
}

#[tokio::test]
async fn undoing_the_publication_of_a_sites_side_brings_the_conflict_back_and_redoing_it_settles_it() {
    let (world, mut acme) = conflict().await;
    world.publish(&world.ada, "Order.st", ("7.7", "site's"), Some("vendor's")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(world.word("Order.st", "acme").await, "in_sync");
        take_back(&world, ("vendor's", "site's")).await;
        assert_eq!(world.word("Order.st", "acme").await, "conflict");
        acme.tell(&world).await;
        assert_eq!(world.word("Order.st", "acme").await, "conflict", "nor does the next inventory take it for agreed");
        take_back(&world, ("site's", "vendor's")).await;
    }
    world.publish(&world.ada, "Order.st", ("7.7", "newer"), Some("site's")).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "send_update", "the vendor had taken it over, and went on from it");
}

#[tokio::test]
async fn a_sites_own_content_that_was_retrieved_and_taken_off_the_table_is_not_overwritten_by_the_next_publication() {
    let (world, _acme) = conflict().await;
    world.publish(&world.ada, "Order.st", ("7.7", "site's"), Some("vendor's")).await.unwrap();
    world.unpublish("Order.st", 5).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "newer"), None).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "conflict");
}

#[tokio::test]
async fn what_an_order_brought_is_updated_without_a_question_after_it_was_taken_off_the_table() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "bad"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("bad"), None, None).await.unwrap();
    acme.file("Order.st", "bad");
    acme.tell(&world).await;
    world.unpublish("Order.st", 5).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "good"), None).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "send_update");
}

#[tokio::test]
async fn an_older_revision_that_is_published_again_leaves_newer_ones_at_sites_to_a_question() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("Order.st", "two");
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "two"), Some("one")).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "one"), Some("two")).await.unwrap();
    assert_eq!(world.word("Order.st", "acme").await, "retrieve");
    assert_eq!(world.table().await.grid.patches[0].published[0].newer, [hash("two")]);
}

#[tokio::test]
async fn an_undo_of_what_is_not_the_last_change_supersedes_like_any_publication() {
    let (world, _acme) = conflict().await;
    world.publish(&world.ada, "Order.st", ("7.7", "site's"), Some("vendor's")).await.unwrap();
    take_back(&world, ("base", "site's")).await;
    assert_eq!(world.word("Order.st", "acme").await, "retrieve", "the site's stands, and is newer than the base");
}
