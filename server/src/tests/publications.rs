//! Publications: what is current, and who changed it meanwhile.

use super::world::{World, hash};
use fieldpost_common::api::{Role, Unpublish, path};
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
        let off = Unpublish {
            application: "trading".parse().unwrap(),
            patch: patch.parse().unwrap(),
            versions: vec!["7.7".parse().unwrap()],
        };
        world.post::<()>(&world.ada, path::UNPUBLISH, &off).await.unwrap();
    }
    assert_eq!(world.word("Order.st", "acme").await, "only_at_site");
    assert_eq!(world.word("Other.st", "acme").await, "no row");
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.expect("and can be put back");
}
