//! What agents rely on: polls, waking, clones, enrolment.

use super::world::World;
use fieldpost_common::api::{Invited, Site, path};
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::problem::Code;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::OrderOutcome;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn an_idle_poll_asks_the_store_for_nothing() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap().expect("the first batch");
    // Its last-seen is flushed, and nothing else is under way.
    crate::ticker::flush(&world.server).await.unwrap();
    let (mut asked, mut polls) = (world.server.store.asked.load(Ordering::SeqCst), 0);
    for _ in 0..50 {
        assert_eq!(acme.poll(&world).await.unwrap(), None);
        polls += 1;
    }
    asked = world.server.store.asked.load(Ordering::SeqCst) - asked;
    assert!(asked < polls / 2, "only the ticker asks: {asked} in {polls} polls");
}

#[tokio::test]
async fn a_parked_poll_is_woken_by_an_order() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    acme.poll(&world).await.unwrap().expect("the first batch");
    let give = async {
        let mailbox = world.server.memory.mailboxes.of(&"acme".parse().unwrap());
        while mailbox.parked() == 0 {
            tokio::task::yield_now().await;
        }
        world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap()
    };
    let (batch, _) = tokio::join!(acme.wait(&world, 50), give);
    assert_eq!(batch.unwrap().expect("woken").orders.len(), 1);
}

#[tokio::test]
async fn the_inventory_is_wanted_when_the_digests_differ_and_not_twice() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.digest = Some(super::world::hash("something else"));
    assert!(acme.poll(&world).await.unwrap().unwrap().inventory_wanted);
    acme.tell(&world).await;
    let batch = acme.poll(&world).await.unwrap();
    assert!(batch.is_none_or(|batch| !batch.inventory_wanted));
}

#[tokio::test]
async fn two_agents_with_one_identity_get_nothing_until_one_is_enrolled_anew() {
    let world = World::start().await;
    let mut first = world.site("acme", "7.7").await;
    first.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let mut second = first.clone();
    second.boot = "f".repeat(32).parse().unwrap();
    for _ in 0..2 {
        first.poll(&world).await.unwrap();
        second.poll(&world).await.unwrap();
    }
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    for agent in [&mut first, &mut second] {
        assert_eq!(agent.poll(&world).await.unwrap_err().code, Code::Clone);
    }
    let site: Site = world.get(&world.ada, &path::SITE.replace("{site}", "acme")).await.unwrap();
    assert!(site.clones.is_some());
    let world = world.restart().await;
    assert_eq!(first.poll(&world).await.unwrap_err().code, Code::Clone, "a restart is no cure");
    let invited: Invited = world.post(&world.ada, &path::REENROLL.replace("{site}", "acme"), &()).await.unwrap();
    let mut cured = world.enroll("acme", "7.7", &invited.secret, "second").await.unwrap();
    assert_eq!(cured.poll(&world).await.unwrap().unwrap().orders.len(), 1);
    assert_eq!(first.poll(&world).await.unwrap_err().code, Code::Unauthorized);
    let site: Site = world.get(&world.ada, &path::SITE.replace("{site}", "acme")).await.unwrap();
    assert!(site.clones.is_none());
}

#[tokio::test]
async fn an_enrolment_string_works_once_and_a_slip_gives_it_back() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    let invited: Invited = world.post(&world.ada, &path::REENROLL.replace("{site}", "acme"), &()).await.unwrap();
    let slip = world.enroll("acme", "9.9", &invited.secret, "x").await.err().unwrap();
    assert_eq!(slip.code, Code::NotFound);
    assert!(slip.detail.contains("7.6, 7.7"), "{slip}");
    world.enroll("acme", "7.7", &invited.secret, "y").await.unwrap();
    let mut again = world.enroll("acme", "7.7", &invited.secret, "y").await.expect("the answer to the first was lost on its way");
    again.poll(&world).await.unwrap().expect("and it is enrolled");
    let spent = world.enroll("acme", "7.7", &invited.secret, "z").await.err().unwrap();
    assert_eq!(spent.code, Code::InvitationSpent);
    assert!(spent.detail.contains("from 127.0.0.1"), "{spent}");
    again.poll(&world).await.expect("nobody else has taken its place");
}

async fn parked(world: &World) {
    let mailbox = world.server.memory.mailboxes.of(&"acme".parse().unwrap());
    while mailbox.parked() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_poll_that_a_proxy_doubled_is_answered_with_the_same_batch_and_an_older_one_is_not() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap().expect("the first batch");
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    let etag = acme.etag.clone();
    let first = acme.poll(&world).await.unwrap().expect("the order");
    let tag = acme.etag.clone();
    assert_eq!(acme.poll_doubled(&world, etag.clone()).await.unwrap().expect("the order again"), first);
    let state = |etag: &Option<String>| etag.as_deref().map(fieldpost_common::wire::etag_state);
    assert_eq!(state(&acme.etag), state(&tag), "read from a later commit, and nothing else");
    acme.poll -= 1;
    assert_eq!(acme.poll_doubled(&world, etag).await.unwrap(), None, "an older poll is late");
}

#[tokio::test]
async fn a_poll_that_waits_while_two_agents_are_found_to_be_one_site_brings_neither_of_them_anything() {
    let world = World::start().await;
    let mut first = world.site("acme", "7.7").await;
    first.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    first.poll(&world).await.unwrap().expect("the order");
    first.poll(&world).await.unwrap();
    let mut second = first.clone();
    second.boot = "f".repeat(32).parse().unwrap();
    second.poll(&world).await.unwrap();
    first.poll(&world).await.unwrap();
    // This one is let in, and waits; the next poll of the other shows that both go on.
    let mut waiting = second.clone();
    let found = async {
        parked(&world).await;
        first.poll(&world).await.unwrap_err().code
    };
    let (waited, found) = tokio::join!(waiting.wait(&world, 50), found);
    assert_eq!((waited.unwrap_err().code, found), (Code::Clone, Code::Clone));
    let download = second.fetch(&world, "one").await;
    assert_eq!(download.status(), Code::Clone.status(), "nor is a content given to somebody who may be the other");
}

#[tokio::test]
async fn an_agent_that_knows_that_its_inventory_is_wanted_waits_for_news_and_is_not_asked_over_and_over() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap().expect("the first batch");
    let kept = acme.digest.replace(super::world::hash("what can't be brought"));
    assert!(acme.poll(&world).await.unwrap().expect("it is asked for").inventory_wanted);
    let give = async {
        parked(&world).await;
        world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
        world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap()
    };
    let (batch, _) = tokio::join!(acme.wait(&world, 50), give);
    assert_eq!(batch.unwrap().expect("woken").orders.len(), 1);
    let differing = || world.server.memory.mailboxes.differing().len();
    assert_eq!(differing(), 1);
    acme.digest = Some(super::world::hash("something new"));
    assert!(acme.poll(&world).await.unwrap().expect("another one is asked for").inventory_wanted);
    acme.digest = kept;
    acme.poll(&world).await.unwrap();
    assert_eq!(differing(), 0);
}

#[tokio::test]
async fn a_report_on_an_order_that_was_never_given_makes_the_orders_be_offered_again() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    acme.poll(&world).await.unwrap().expect("the order, damaged on its way");
    assert_eq!(acme.poll(&world).await.unwrap(), None);
    let unknown = "e".repeat(32).parse().unwrap();
    acme.report(&world, &unknown, OrderOutcome::Failed { reason: Refusal::BadSignature.into() }).await;
    assert_eq!(acme.poll(&world).await.unwrap().expect("once more").orders.len(), 1);
    assert_eq!(world.order(&order).await.state.word(), "offered");
}

#[tokio::test]
async fn an_order_whose_site_waits_for_room_says_so_in_its_cell_and_ends_well() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    acme.poll(&world).await.unwrap();
    let reason = Failure::NoSpace { detail: Some(Clean::line("no space left in /srv")) };
    acme.report(&world, &order, OrderOutcome::Waiting { reason }).await;
    let table = world.table().await;
    let cell = table.cell(0, 0, table.grid.now);
    assert_eq!((cell.word(), cell.reason().as_deref()), ("sending", Some("waiting: no space left in /srv")));
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    assert_eq!(world.word("Order.st", "acme").await, "in_sync");
}
