//! Drift: what a site changes itself, from its inventory to status, incident and mail.

use super::mails::mailing;
use super::sink::Sink;
use super::wait::eventually;
use super::watching::status;
use super::world::World;
use crate::Config;
use crate::config::Drift as DriftConfig;
use fieldpost_common::api::{Drift, path};
use fieldpost_common::cell::Standing;
use fieldpost_common::incident::{Incident, Subject};
use fieldpost_common::inventory::{CantSay, Directory, Obstacle};
use fieldpost_common::time::Timestamp;
use std::time::Duration;

async fn set_rule(world: &World, rule: &str) {
    let settings = serde_json::json!({"name": "trading", "versions": ["7.6", "7.7"], "drift": rule});
    world.put(&world.ada, &path::APP.replace("{application}", "trading"), &settings).await.unwrap();
}

/// A site that has what is published.
async fn agreed(world: &World) -> super::agent::Agent {
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "b.st", ("7.7", "two"), None).await.unwrap();
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "one");
    acme.file("b.st", "two");
    acme.tell(world).await;
    acme
}

async fn drift(world: &World) -> Vec<Drift> {
    status(world).await.drift
}

async fn standings(world: &World) -> Vec<(Standing, u64)> {
    drift(world).await.into_iter().flat_map(|one| one.summary.counts).collect()
}

#[tokio::test]
async fn what_a_site_changes_is_counted_until_both_sides_agree_again() {
    let world = World::start().await;
    let mut acme = agreed(&world).await;
    assert_eq!(standings(&world).await, []);
    acme.file("a.st", "one, mended there");
    acme.files.retain(|(name, _)| *name != "b.st");
    acme.file("c.st", "made there");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, [(Standing::OnlyAtSite, 1), (Standing::DeletedAtSite, 1), (Standing::Retrieve, 1)]);
    assert_eq!(status(&world).await.counts().drifted, 3);
    // The vendor publishes anew: both sides have changed. Then the site's own is published: both agree.
    world.publish(&world.ada, "a.st", ("7.7", "three"), Some("one")).await.unwrap();
    assert!(standings(&world).await.contains(&(Standing::Conflict, 1)));
    world.publish(&world.ada, "a.st", ("7.7", "one, mended there"), Some("three")).await.unwrap();
    acme.file("b.st", "two");
    acme.files.retain(|(name, _)| *name != "c.st");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, []);
}

#[tokio::test]
async fn what_drifted_only_because_its_publication_was_lost_is_no_drift_once_that_is_given_back() {
    let world = World::start().await;
    let mut acme = agreed(&world).await;
    acme.file("a.st", "published after the backup");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, [(Standing::Retrieve, 1)]);
    let lost = super::returned::publication(&world.ada.key, "published after the backup", 9);
    let given = fieldpost_common::api::Recall { publications: vec![lost], ..Default::default() };
    let _: fieldpost_common::api::Recalled = world.post(&world.ada, path::RECALL, &given).await.unwrap();
    world.upload(&world.ada, "published after the backup").await;
    eventually("it counts again", async || standings(&world).await.is_empty().then_some(())).await;
}

#[tokio::test]
async fn drift_of_a_file_of_which_nobody_can_say_anything_stays_as_it_was() {
    let world = World::start().await;
    let mut acme = agreed(&world).await;
    acme.file("a.st", "one, mended there");
    acme.tell(&world).await;
    acme.files.retain(|(name, _)| *name != "a.st");
    acme.cant_say = vec![("a.st", CantSay { why: Obstacle::InputOutput, since: Timestamp::from_ms(1) })];
    acme.tell(&world).await;
    world.publish(&world.ada, "a.st", ("7.7", "one, mended there"), Some("one")).await.unwrap();
    assert_eq!(standings(&world).await, [(Standing::Retrieve, 1)]);
    acme.cant_say.clear();
    acme.file("a.st", "one, mended there");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, []);
}

#[tokio::test]
async fn what_was_there_before_the_first_inventory_and_what_the_vendor_changes_is_no_drift() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "mailed years ago");
    acme.file("own.st", "their own");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, []);
    let order = world.send(&world.ada, ("a.st", "acme"), Some("one"), Some("mailed years ago"), None).await.unwrap();
    acme.file("a.st", "one");
    acme.tell(&world).await;
    assert_eq!(world.order(&order).await.state.word(), "confirmed");
    world.publish(&world.ada, "a.st", ("7.7", "two"), Some("one")).await.unwrap();
    assert_eq!((standings(&world).await, world.word("a.st", "acme").await), (Vec::new(), "send_update"));
}

#[tokio::test]
async fn what_the_first_inventory_could_not_say_anything_of_yet_is_no_drift_and_a_file_made_later_is() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let mut acme = world.site("acme", "7.7").await;
    let unsaid = CantSay { why: Obstacle::BeingWritten, since: Timestamp::from_ms(1) };
    acme.cant_say = vec![("a.st", unsaid), ("own.st", unsaid), ("late.st", unsaid)];
    acme.tell(&world).await;
    acme.cant_say = vec![("late.st", unsaid)];
    acme.file("a.st", "mailed years ago");
    acme.file("own.st", "their own");
    acme.tell(&world).await;
    acme.cant_say = vec![("made.st", unsaid)];
    acme.file("late.st", "their own as well");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, []);
    acme.cant_say.clear();
    acme.file("made.st", "made there");
    acme.tell(&world).await;
    assert_eq!(standings(&world).await, [(Standing::OnlyAtSite, 1)]);
}

#[tokio::test]
async fn a_quiet_application_counts_nothing_and_an_alerting_one_has_an_incident_until_the_cell_agrees() {
    let world = World::start().await;
    let mut acme = agreed(&world).await;
    set_rule(&world, "quiet").await;
    acme.file("a.st", "one, mended there");
    acme.tell(&world).await;
    assert_eq!(drift(&world).await, []);
    set_rule(&world, "alert").await;
    let open: Incident = eventually("an incident", async || status(&world).await.incidents.pop()).await;
    assert_eq!(open.subject, Subject::Drift { site: "acme".parse().unwrap(), application: "trading".parse().unwrap() });
    assert_eq!(open.words.as_str(), "trading: 1 patch was changed at the site: 1 <: a.st");
    // The directory is away: nobody can say how the cell stands, and nothing is over.
    acme.tell_of(&world, Directory::Missing).await;
    let is_lost = |one: &Incident| matches!(&one.subject, Subject::AgentFailing { what, .. } if what == "directory trading");
    eventually("the lost directory", async || status(&world).await.incidents.iter().any(is_lost).then_some(())).await;
    assert!(status(&world).await.incidents.iter().any(|one| one.id == open.id), "it is open still");
    acme.file("a.st", "one");
    acme.tell(&world).await;
    eventually("it is over", async || status(&world).await.incidents.is_empty().then_some(())).await;
}

#[tokio::test]
async fn one_digest_in_a_period_names_what_is_news_and_none_is_mailed_without_news() {
    let sink = Sink::start().await;
    let drift = DriftConfig { digest: Duration::from_millis(300) };
    let world = World::start_with(Config { drift, ..mailing(sink.address) }).await;
    let mut acme = agreed(&world).await;
    acme.file("a.st", "one, mended there");
    acme.files.retain(|(name, _)| *name != "b.st");
    acme.tell(&world).await;
    let mail = sink.mails(1).await.remove(0);
    assert_eq!(mail.header("Subject"), "[fieldpost] 2 patches changed at 1 site");
    let text = &mail.bodies()[0];
    assert!(text.contains("acme, trading:") && text.contains("  < a.st: changed there, since "), "{text}");
    assert!(text.contains("  - b.st: deleted there, since "), "{text}");
    // The same again is no news; another change is.
    acme.tell(&world).await;
    acme.file("a.st", "one, mended there again");
    acme.tell(&world).await;
    let mails = sink.mails(2).await;
    assert_eq!(mails[1].header("Subject"), "[fieldpost] 1 patch changed at 1 site");
    assert_eq!(sink.received().len(), 2);
}
