//! Purging: what an admin takes away for good, what stands in its way, and what must not bring it back.

use super::world::{World, hash};
use fieldpost_common::api::{Activity, History, Publish, Published, PurgeRequest, Purged, Role, path};
use fieldpost_common::inventory::{CantSay, Obstacle};
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::purge::Purge;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use reqwest::Method;

async fn purge(world: &World, who: &super::world::Person, texts: &[&str]) -> Result<Purged, Problem> {
    let purge = Purge {
        form: Form::default(),
        application: "trading".parse().unwrap(),
        patch: "Order.st".parse().unwrap(),
        contents: texts.iter().map(|text| hash(text)).collect(),
        created: Timestamp::from_ms(50),
        key: who.key.public().id(),
        reason: Some("a key".to_owned()),
    };
    world.post(who, path::PURGES, &PurgeRequest { purge: purge.sign(&who.key) }).await
}

async fn has_content(world: &World, text: &str) -> bool {
    let path = path::CONTENT.replace("{sha256}", &hash(text).to_string()) + "?application=trading";
    world.request(Method::GET, &path, &world.ada.token).send().await.unwrap().status().is_success()
}

async fn history(world: &World) -> Result<History, Problem> {
    world.get(&world.ada, &(path::HISTORY.replace("{application}", "trading") + "?patch=Order.st")).await
}

#[tokio::test]
async fn what_is_purged_is_gone_from_table_history_and_contents_and_the_audit_says_so() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "two"), Some("one")).await.unwrap();
    world.publish(&world.ada, "Other.st", ("7.7", "two"), None).await.unwrap();
    let purged = purge(&world, &world.ada, &["one", "two"]).await.unwrap();
    assert_eq!((purged.revisions, purged.kept), (2, vec![hash("two")]), "another patch has the same bytes");
    assert!(!has_content(&world, "one").await && has_content(&world, "two").await);
    assert_eq!(history(&world).await.unwrap_err().code, Code::NotFound);
    assert!(world.table().await.grid.patches.iter().all(|patch| patch.name.as_str() != "Order.st"));
    let rows: Vec<Activity> = world.get(&world.ada, path::ACTIVITY).await.unwrap();
    assert!(rows.iter().any(|row| row.what == "purged" && row.detail.as_deref() == Some("2 revisions: a key")));
}

#[tokio::test]
async fn one_revision_is_purged_and_the_others_stay() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "secret"), Some("one")).await.unwrap();
    purge(&world, &world.ada, &["secret"]).await.unwrap();
    let history = history(&world).await.unwrap();
    assert_eq!(history.revisions.iter().map(|revision| revision.sha256).collect::<Vec<_>>(), [hash("one")]);
    assert!(history.revisions[0].current_for.is_empty(), "nothing is current any more");
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
}

#[tokio::test]
async fn nothing_is_purged_while_a_site_has_it_is_to_get_it_or_can_not_say() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let mut borealis = world.site("borealis", "7.7").await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let words = purge(&world, &world.ada, &["one"]).await.unwrap_err().detail;
    assert!(words.contains("acme can't say") && words.contains("borealis can't say"), "{words}");
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    borealis.tell(&world).await;
    let words = purge(&world, &world.ada, &["one"]).await.unwrap_err().detail;
    assert!(words.contains("acme has it") && !words.contains("borealis"), "{words}");
    acme.files.clear();
    acme.tell(&world).await;
    world.send(&world.ada, ("Order.st", "borealis"), Some("one"), None, None).await.unwrap();
    let words = purge(&world, &world.ada, &["one"]).await.unwrap_err().detail;
    assert!(words.contains("borealis has an open order"), "{words}");
    assert!(has_content(&world, "one").await);
}

#[tokio::test]
async fn only_an_admin_with_a_trusted_key_purges() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    world.publish(&bn, "Order.st", ("7.7", "one"), None).await.unwrap();
    assert_eq!(purge(&world, &bn, &["one"]).await.unwrap_err().code, Code::Forbidden);
    let eve = world.person("eve", Role::Admin, 9).await;
    assert_eq!(purge(&world, &eve, &["one"]).await.unwrap_err().code, Code::Refused);
    assert_eq!(purge(&world, &world.ada, &["never there"]).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_purge_whose_answer_was_lost_is_answered_again() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    for _ in 0..2 {
        assert_eq!(purge(&world, &world.ada, &["one"]).await.unwrap().revisions, 1);
    }
}

#[tokio::test]
async fn a_site_that_has_not_reported_since_a_restore_keeps_a_purge_waiting() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    super::returned::forget_reports(&world).await;
    let words = purge(&world, &world.ada, &["one"]).await.unwrap_err().detail;
    assert!(words.contains("acme has not reported since the server was restored"), "{words}");
}

#[tokio::test]
async fn a_statement_from_before_a_purge_brings_nothing_back_and_a_new_one_does() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let old = world.publication(&world.ada, "Order.st", ("7.7", "one"), 50);
    purge(&world, &world.ada, &["one"]).await.unwrap();
    world.upload(&world.ada, "one").await;
    let again = |publication| Publish { publication, replaces: vec![None], takes_back: false };
    let refused = world.post::<Published>(&world.ada, path::PUBLICATIONS, &again(old)).await.unwrap_err();
    assert!(refused.detail.contains("was purged by ada"), "{}", refused.detail);
    let new = world.publication(&world.ada, "Order.st", ("7.7", "one"), 51);
    world.post::<Published>(&world.ada, path::PUBLICATIONS, &again(new)).await.unwrap();
}

#[tokio::test]
async fn what_was_purged_and_appears_at_a_site_is_asked_for_anew() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    assert_eq!(world.order(&order).await.state.word(), "confirmed");
    acme.files.clear();
    acme.tell(&world).await;
    purge(&world, &world.ada, &["one"]).await.unwrap();
    acme.file("Order.st", "one");
    assert_eq!(acme.tell(&world).await.wanted, [hash("one")]);
}

#[tokio::test]
async fn a_site_that_can_not_read_the_one_file_keeps_a_purge_waiting() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    acme.cant_say = vec![("Order.st", CantSay { why: Obstacle::NotPermitted, since: Timestamp::from_ms(1) })];
    acme.tell(&world).await;
    let words = purge(&world, &world.ada, &["one"]).await.unwrap_err().detail;
    assert!(words.contains("acme can't say"), "{words}");
    acme.cant_say.clear();
    acme.tell(&world).await;
    purge(&world, &world.ada, &["one"]).await.unwrap();
}
