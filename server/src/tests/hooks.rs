//! Installed means loaded: an order ends with the hook that its site runs.

use super::agent::Agent;
use super::world::{World, order};
use crate::store::order::order_troubled_list;
use fieldpost_common::hook::{HookEnd, HookPer, HookReport, HookWord};
use fieldpost_common::id::OrderId;
use fieldpost_common::order::state::Progress;
use fieldpost_common::order::{AGAIN, Order};
use fieldpost_common::problem::Problem;
use fieldpost_common::statement::Form;
use fieldpost_common::wire::OrderOutcome;

fn ended(code: i32, per: HookPer) -> HookWord {
    HookWord::Ended(HookReport { end: HookEnd::Code { code }, per, output: "no \x1b[31mlicence".into() })
}

async fn say(world: &World, acme: &Agent, order: &OrderId, said: HookWord) {
    acme.report(world, order, OrderOutcome::Progress { step: Progress::Installed, hook: Some(said) }).await;
}

async fn site(patches: &[&str]) -> (World, Agent) {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    for patch in patches {
        world.publish(&world.ada, patch, ("7.7", "one"), None).await.unwrap();
    }
    (world, acme)
}

async fn sent(world: &World, patch: &str) -> OrderId {
    world.send(&world.ada, (patch, "acme"), Some("one"), None, None).await.unwrap()
}

/// Signs and gives the order to run the hook once more for what the site has.
async fn again(world: &World, patch: &str, counter: u64) -> Result<OrderId, Problem> {
    let plain = order(&world.ada, (patch, "acme"), Some("one"), Some("one"), counter);
    let again = Order { again: true, form: Form::needing(&[AGAIN]), ..plain };
    world.give(&world.ada, &again, None).await
}

fn troubles(world: &World) -> usize {
    world.server.store.peek(order_troubled_list).unwrap().len()
}

#[tokio::test]
async fn an_order_stays_open_until_its_hook_has_ended() {
    let (world, mut acme) = site(&["a.st"]).await;
    let order = sent(&world, "a.st").await;
    say(&world, &acme, &order, HookWord::Due { within_s: 60 }).await;
    acme.file("a.st", "one");
    acme.tell(&world).await;
    assert_eq!((world.order(&order).await.state.word(), world.word("a.st", "acme").await), ("loading", "sending"));
    say(&world, &acme, &order, ended(0, HookPer::Patch)).await;
    assert_eq!((world.order(&order).await.state.word(), world.word("a.st", "acme").await), ("confirmed", "in_sync"));
    say(&world, &acme, &order, HookWord::Due { within_s: 60 }).await;
    assert_eq!(world.order(&order).await.state.word(), "confirmed", "a late word changes nothing");
}

#[tokio::test]
async fn a_failed_hook_fails_its_order_and_stays_in_the_cell_whichever_is_heard_first() {
    for hook_first in [true, false] {
        let (world, mut acme) = site(&["a.st"]).await;
        let order = sent(&world, "a.st").await;
        say(&world, &acme, &order, HookWord::Due { within_s: 60 }).await;
        if hook_first {
            say(&world, &acme, &order, ended(3, HookPer::Patch)).await;
        }
        acme.file("a.st", "one");
        acme.tell(&world).await;
        if !hook_first {
            say(&world, &acme, &order, ended(3, HookPer::Patch)).await;
        }
        assert_eq!(world.order(&order).await.state.word(), "failed");
        let table = world.table().await;
        let cell = table.cell(0, 0, table.grid.now);
        assert_eq!((cell.mark(), cell.word(), cell.hook_again), ("!", "blocked", true), "the bytes are the same");
        let words = "installed, but the hook failed: it ended with code 3: no \\x1b[31mlicence";
        assert_eq!(cell.reason().as_deref(), Some(words));
        assert_eq!(troubles(&world), 1);
        let world = world.restart().await;
        assert_eq!((world.word("a.st", "acme").await, troubles(&world)), ("blocked", 1), "a restart forgets nothing");
    }
}

#[tokio::test]
async fn an_order_to_run_the_hook_again_ends_the_trouble_once_it_goes_well() {
    let (world, mut acme) = site(&["a.st"]).await;
    let order = sent(&world, "a.st").await;
    acme.file("a.st", "one");
    acme.tell(&world).await;
    say(&world, &acme, &order, HookWord::Interrupted { per: HookPer::Patch }).await;
    assert_eq!((world.order(&order).await.state.word(), world.word("a.st", "acme").await), ("unknown", "blocked"));
    let repeated = again(&world, "a.st", 2).await.unwrap();
    assert_eq!(world.word("a.st", "acme").await, "sending");
    say(&world, &acme, &repeated, HookWord::Due { within_s: 60 }).await;
    assert_eq!(world.order(&repeated).await.state.word(), "loading", "that the file is there is known");
    say(&world, &acme, &repeated, ended(0, HookPer::Patch)).await;
    assert_eq!((world.order(&repeated).await.state.word(), world.word("a.st", "acme").await), ("confirmed", "in_sync"));
    assert_eq!(troubles(&world), 0);
    acme.file("a.st", "edited");
    acme.tell(&world).await;
    let refused = again(&world, "a.st", 3).await.expect_err("the site has something else");
    assert!(refused.detail.contains("nothing to repeat"), "{}", refused.detail);
}

#[tokio::test]
async fn a_failed_batch_blocks_all_its_orders_and_a_later_batch_ends_the_trouble() {
    let names = ["a.st", "b.st", "c.st", "d.st"];
    let (world, mut acme) = site(&names).await;
    let mut orders = Vec::new();
    for name in names {
        orders.push(sent(&world, name).await);
        acme.file(name, "one");
    }
    acme.tell(&world).await;
    for order in &orders[..3] {
        say(&world, &acme, order, ended(1, HookPer::Batch)).await;
    }
    assert_eq!(troubles(&world), 3);
    say(&world, &acme, &orders[3], ended(0, HookPer::Batch)).await;
    assert_eq!(troubles(&world), 0, "what came after it loaded all");
    let world = world.restart().await;
    assert_eq!(troubles(&world), 0);
    assert_eq!(world.word("a.st", "acme").await, "blocked", "the cell stays so until its own hook ends well");
    // An earlier call that is heard of late says nothing of a later one.
    let newer = again(&world, "d.st", 2).await.unwrap();
    say(&world, &acme, &newer, ended(1, HookPer::Batch)).await;
    say(&world, &acme, &orders[3], ended(0, HookPer::Batch)).await;
    assert_eq!(troubles(&world), 1);
}

#[tokio::test]
async fn a_removal_ends_with_its_hook_too() {
    let (world, mut acme) = site(&["a.st"]).await;
    acme.file("a.st", "one");
    acme.tell(&world).await;
    let removal = world.send(&world.ada, ("a.st", "acme"), None, Some("one"), None).await.unwrap();
    say(&world, &acme, &removal, HookWord::Due { within_s: 60 }).await;
    acme.files.clear();
    acme.tell(&world).await;
    say(&world, &acme, &removal, ended(3, HookPer::Patch)).await;
    let table = world.table().await;
    let cell = table.cell(0, 0, table.grid.now);
    assert_eq!((cell.mark(), cell.standing.word(), cell.hook_again), ("!", "removed", true));
    assert!(cell.reason().is_some_and(|reason| reason.starts_with("removed, but the hook failed")), "{cell:?}");
    let plain = order(&world.ada, ("a.st", "acme"), None, None, 2);
    let repeated = Order { again: true, form: Form::needing(&[AGAIN]), ..plain };
    let repeated = world.give(&world.ada, &repeated, None).await.unwrap();
    say(&world, &acme, &repeated, ended(0, HookPer::Patch)).await;
    assert_eq!((world.order(&repeated).await.state.word(), world.word("a.st", "acme").await), ("confirmed", "removed"));
}
