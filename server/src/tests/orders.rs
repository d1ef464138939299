//! Orders: what their signer saw must still hold, and who may sign them.

use super::world::{World, order};
use crate::clock::now;
use fieldpost_common::api::{Activity, OrderInfo, Role, path};
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::problem::Code;
use fieldpost_common::wire::OrderOutcome;
use std::time::Duration;

const CELL: (&str, &str) = ("Order.st", "acme");

async fn start() -> World {
    let world = World::start().await;
    world.site("acme", "7.7").await.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world
}

#[tokio::test]
async fn the_second_developer_hears_that_another_gave_an_order_and_can_then_replace_it() {
    let world = start().await;
    let bn = world.developer("bn", 3).await;
    let first = world.send(&bn, CELL, Some("one"), None, None).await.unwrap();
    let problem = world.send(&world.ada, CELL, Some("one"), None, None).await.unwrap_err();
    assert_eq!((problem.code, problem.detail.as_str()), (Code::Changed, "bn gave another order for this patch just now"));
    let second = world.send(&world.ada, CELL, Some("one"), None, Some(&first)).await.unwrap();
    assert_eq!(world.order(&first).await.state.word(), "superseded");
    assert_eq!(world.order(&second).await.state.word(), "queued");
}

#[tokio::test]
async fn an_order_is_refused_when_the_file_changed_since_its_signer_looked() {
    let world = start().await;
    let mut borealis = world.site("borealis", "7.7").await;
    borealis.file("Order.st", "edited");
    borealis.tell(&world).await;
    let problem = world.send(&world.ada, ("Order.st", "borealis"), Some("one"), None, None).await.unwrap_err();
    assert_eq!(problem.code, Code::Changed);
    let now = super::world::hash("edited").short();
    assert_eq!(problem.detail, format!("the site's file changed since you looked: it has {now} now"));
}

#[tokio::test]
async fn the_same_order_given_twice_is_one_order() {
    let world = start().await;
    let signed = order(&world.ada, CELL, Some("one"), None, 1);
    let first = world.give(&world.ada, &signed, None).await.unwrap();
    assert_eq!(world.give(&world.ada, &signed, None).await.unwrap(), first);
}

#[tokio::test]
async fn an_order_signed_by_a_key_that_nobody_trusts_is_refused() {
    let world = start().await;
    let eve = world.person("eve", Role::Developer, 9).await;
    let problem = world.send(&eve, CELL, Some("one"), None, None).await.unwrap_err();
    assert_eq!(problem.code, Code::Refused);
    assert!(problem.cure.unwrap().contains("trust add"));
}

#[tokio::test]
async fn a_counter_never_goes_back_nor_jumps_too_far_even_when_the_site_is_made_anew() {
    let world = start().await;
    let id = world.give(&world.ada, &order(&world.ada, CELL, Some("one"), None, 5), None).await.unwrap();
    world.post::<fieldpost_common::api::OrderInfo>(&world.ada, &path::CANCEL.replace("{order}", id.as_str()), &()).await.unwrap();
    let gone = world.request(reqwest::Method::DELETE, &path::SITE.replace("{site}", "acme"), &world.ada.token).send();
    assert!(gone.await.unwrap().status().is_success());
    world.site("acme", "7.7").await;
    for (counter, why) in [(5, Refusal::OldCounter), (1_000_006, Refusal::CounterJump)] {
        let problem = world.give(&world.ada, &order(&world.ada, CELL, Some("one"), None, counter), None).await.unwrap_err();
        assert!(problem.detail.ends_with(&why.to_string()), "{problem}");
    }
    world.give(&world.ada, &order(&world.ada, CELL, Some("one"), None, 1_000_005), None).await.unwrap();
}

#[tokio::test]
async fn a_site_can_not_raise_its_counter_so_far_that_no_order_passes() {
    let world = start().await;
    let acme = world.server.memory.mailboxes.owner(&super::world::hash("acme's first token")).unwrap();
    assert_eq!(acme.as_str(), "acme");
    assert!(!crate::submit::believable_counter(u64::MAX, 3));
    assert!(crate::submit::believable_counter(4, 3));
}

#[tokio::test]
async fn an_order_for_a_content_that_the_server_has_not_is_refused() {
    let world = start().await;
    let problem = world.give(&world.ada, &order(&world.ada, CELL, Some("never uploaded"), None, 1), None).await.unwrap_err();
    assert_eq!(problem.code, Code::NotFound);
}

#[tokio::test]
async fn what_a_site_made_itself_is_as_new_as_before_once_an_undo_has_put_it_back() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.upload(&world.ada, "by hand").await;
    for has in ["one", "by hand"] {
        acme.file("Order.st", has);
        acme.tell(&world).await;
    }
    assert_eq!(world.word("Order.st", "acme").await, "retrieve");
    for (text, expected, word) in [("one", "by hand", "in_sync"), ("by hand", "one", "retrieve")] {
        world.send(&world.ada, CELL, Some(text), Some(expected), None).await.unwrap();
        acme.file("Order.st", text);
        acme.tell(&world).await;
        assert_eq!(world.word("Order.st", "acme").await, word, "a colleague's next send asks before it overwrites this");
    }
}

#[tokio::test]
async fn unknown_sites_and_applications_are_named() {
    let world = start().await;
    let problem = world.send(&world.ada, ("Order.st", "nowhere"), Some("one"), None, None).await.unwrap_err();
    assert_eq!((problem.code, problem.detail.as_str()), (Code::NotFound, "there is no site \"nowhere\""));
    let problem = world.get::<()>(&world.ada, &path::GRID.replace("{application}", "nothing")).await.unwrap_err();
    assert_eq!(problem.detail, "there is no application \"nothing\"");
}

#[tokio::test]
async fn a_refusal_by_the_site_is_shown_until_the_site_changes_and_told_twice_it_is_told_once() {
    let world = start().await;
    let mut acme = world.site("borealis", "7.7").await;
    acme.tell(&world).await;
    let cell = ("Order.st", "borealis");
    let id = world.send(&world.ada, cell, Some("one"), None, None).await.unwrap();
    let failed = OrderOutcome::Failed { reason: Failure::from(Refusal::ExpectationNotMet) };
    acme.report(&world, &id, failed.clone()).await;
    acme.report(&world, &id, failed).await;
    assert_eq!(world.word("Order.st", "borealis").await, "blocked");
    let activity: Vec<Activity> = world.get(&world.ada, path::ACTIVITY).await.unwrap();
    assert_eq!(activity.iter().filter(|row| row.what == "failed").count(), 1);
}

#[tokio::test]
async fn a_cancelled_order_is_gone_from_the_next_batch() {
    let world = start().await;
    let mut acme = world.site("borealis", "7.7").await;
    acme.tell(&world).await;
    let id = world.send(&world.ada, ("Order.st", "borealis"), Some("one"), None, None).await.unwrap();
    assert_eq!(acme.poll(&world).await.unwrap().unwrap().orders.len(), 1);
    let cancel = path::CANCEL.replace("{order}", id.as_str());
    world.post::<fieldpost_common::api::OrderInfo>(&world.ada, &cancel, &()).await.unwrap();
    assert_eq!(acme.poll(&world).await.unwrap().unwrap().orders, []);
}

#[tokio::test]
async fn an_order_whose_time_is_over_ends_and_is_not_offered_any_more() {
    let world = start().await;
    let mut acme = world.site("borealis", "7.7").await;
    acme.tell(&world).await;
    let id = world.send(&world.ada, ("Order.st", "borealis"), Some("one"), None, None).await.unwrap();
    crate::ticker::run_out(&world.server, now().plus(Duration::from_hours(2))).await.unwrap();
    assert_eq!(world.order(&id).await.state.word(), "expired");
    assert_eq!(acme.poll(&world).await.unwrap().unwrap().orders, []);
    assert_eq!(world.word("Order.st", "borealis").await, "blocked");
}

#[tokio::test]
async fn a_content_of_another_patch_is_not_sent_as_this_one() {
    let world = start().await;
    world.publish(&world.ada, "Secret.st", ("7.7", "of another patch"), None).await.unwrap();
    let problem = world.give(&world.ada, &order(&world.ada, CELL, Some("of another patch"), None, 1), None).await.unwrap_err();
    assert_eq!(problem.code, Code::NotFound);
    let problem = world.send(&world.ada, ("Nothing.st", "acme"), Some("one"), None, None).await.unwrap_err();
    assert_eq!(problem.detail, "there is no patch \"Nothing.st\"");
}

#[tokio::test]
async fn the_list_of_orders_is_as_long_as_asked_for_and_newest_first() {
    let world = start().await;
    world.publish(&world.ada, "Quote.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, CELL, Some("one"), None, None).await.unwrap();
    let newest = world.send(&world.ada, ("Quote.st", "acme"), Some("one"), None, None).await.unwrap();
    let list: Vec<OrderInfo> = world.get(&world.ada, &format!("{}?site=acme&limit=1", path::ORDERS)).await.unwrap();
    assert_eq!(list.iter().map(|order| &order.id).collect::<Vec<_>>(), [&newest]);
    let all: Vec<OrderInfo> = world.get(&world.ada, &format!("{}?site=acme&open=true", path::ORDERS)).await.unwrap();
    assert_eq!(all.len(), 2);
}
