//! The change feed and the audit.

use super::world::World;
use fieldpost_common::api::{AuditState, Change, Changes, path};

#[tokio::test]
async fn a_waiting_terminal_is_woken_by_a_change_and_told_what_changed() {
    let world = World::start().await;
    let start: Changes = world.get(&world.ada, path::CHANGES).await.unwrap();
    assert!(start.reload, "whoever knows nothing reads everything");
    let path = format!("{}?epoch={}&since={}", path::CHANGES, start.feed.epoch, start.feed.seq);
    let waiting = world.request(reqwest::Method::GET, &path, &world.ada.token).header("prefer", "wait=50").send();
    let publish = async {
        while world.server.memory.feed.watching() == 0 {
            tokio::task::yield_now().await;
        }
        world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    };
    let (answer, ()) = tokio::join!(waiting, publish);
    let changes: Changes = answer.unwrap().json().await.unwrap();
    assert!(!changes.reload);
    assert!(changes.changes.contains(&Change::Grid { application: "trading".parse().unwrap() }), "{changes:?}");
}

#[tokio::test]
async fn a_new_run_of_the_server_makes_terminals_read_everything_anew() {
    let world = World::start().await;
    let start: Changes = world.get(&world.ada, path::CHANGES).await.unwrap();
    let world = world.restart().await;
    let path = format!("{}?epoch={}&since={}", path::CHANGES, start.feed.epoch, start.feed.seq);
    assert!(world.get::<Changes>(&world.ada, &path).await.unwrap().reload);
}

#[tokio::test]
async fn everything_that_was_done_stands_in_an_unbroken_audit_without_a_secret() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    let audit: AuditState = world.get(&world.ada, path::AUDIT).await.unwrap();
    assert_eq!(audit.broken_at, None);
    let rows: serde_json::Value = world.get(&world.ada, &format!("{}?limit=500", path::ACTIVITY)).await.unwrap();
    let what: Vec<_> = rows.as_array().unwrap().iter().rev().map(|row| row["what"].as_str().unwrap()).collect();
    let expected = ["initialised", "logged_in", "trust_changed", "app_added", "site_added", "enrolled", "published", "ordered"];
    assert_eq!(what, expected);
    assert_eq!(audit.rows, 8);
    assert!(!rows.to_string().contains("token"), "no secret in any row");
}
