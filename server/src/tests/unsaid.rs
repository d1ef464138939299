//! What a site can't say, from its inventory to the cell; and inventories of which a part isn't taken.

use super::agent::Agent;
use super::wait::eventually;
use super::world::World;
use fieldpost_common::api::{Origin, Revision, Site, path};
use fieldpost_common::cell::{Cell, Unknown};
use fieldpost_common::inventory::{CantSay, Directory, ListingFault, Obstacle};
use fieldpost_common::order::state::Progress;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::OrderOutcome;

const WHEN: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn unsaid(why: Obstacle) -> CantSay {
    CantSay { why, since: WHEN }
}

async fn cell(world: &World, patch: &str) -> Cell {
    let table = world.table().await;
    let row = table.grid.patches.iter().position(|row| row.name.as_str() == patch).expect("a row");
    table.cell(row, 0, table.grid.now)
}

async fn site(world: &World) -> Site {
    world.get(&world.ada, &path::SITE.replace("{site}", "acme")).await.unwrap()
}

/// A site that has `a.st` as it was published.
async fn in_sync(world: &World) -> Agent {
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "one");
    acme.tell(world).await;
    assert_eq!(world.word("a.st", "acme").await, "in_sync");
    acme
}

#[tokio::test]
async fn a_removal_is_never_confirmed_while_nothing_can_be_said_and_its_cell_says_that_it_waits_and_why() {
    let world = World::start().await;
    let mut acme = in_sync(&world).await;
    let order = world.send(&world.ada, ("a.st", "acme"), None, Some("one"), None).await.unwrap();
    acme.files.clear();
    acme.cant_say = vec![("a.st", unsaid(Obstacle::InputOutput))];
    acme.tell(&world).await;
    // Neither by the list nor by what the agent claims: only a file that is said to be gone is gone.
    let claimed = OrderOutcome::Progress { step: Progress::Installed, hook: None };
    acme.report(&world, &order, claimed).await;
    assert_eq!(world.order(&order).await.state.word(), "installed");
    let cell = cell(&world, "a.st").await;
    assert_eq!(
        (cell.word(), cell.unknown, cell.unknown_since),
        ("sending", Some(Unknown::File(Obstacle::InputOutput)), Some(WHEN))
    );
    assert_eq!(
        cell.reason().unwrap(),
        "installed, waits: the site's disk gives an error when the file is read, since 2023-11-14 22:13 UTC"
    );
    acme.cant_say.clear();
    acme.tell(&world).await;
    assert_eq!(world.order(&order).await.state.word(), "confirmed");
}

#[tokio::test]
async fn a_claim_that_something_is_installed_is_not_believed_on_what_a_lost_directory_showed_before() {
    let world = World::start().await;
    let mut acme = in_sync(&world).await;
    acme.tell_of(&world, Directory::Missing).await;
    world.publish(&world.ada, "a.st", ("7.7", "two"), Some("one")).await.unwrap();
    let order = world.send(&world.ada, ("a.st", "acme"), Some("one"), Some("one"), None).await.unwrap();
    acme.report(&world, &order, OrderOutcome::Progress { step: Progress::Installed, hook: None }).await;
    assert_eq!(world.order(&order).await.state.word(), "installed");
}

#[tokio::test]
async fn what_was_known_last_stays_known_and_comes_back_as_it_was() {
    let world = World::start().await;
    let mut acme = in_sync(&world).await;
    let files = std::mem::take(&mut acme.files);
    acme.cant_say = vec![("a.st", unsaid(Obstacle::BeingWritten)), ("new.st", unsaid(Obstacle::BeingWritten))];
    acme.tell(&world).await;
    let table = world.table().await;
    assert_eq!(table.last_known(0, 0), Some(super::world::hash("one")));
    assert_eq!((world.word("a.st", "acme").await, world.word("new.st", "acme").await), ("unknown", "unknown"));
    let history: Vec<Revision> = revisions(&world).await;
    assert!(history.iter().all(|revision| !matches!(revision.origin, Origin::Site(_))), "nothing new was seen");
    let count = site(&world).await.applications[0].cant_say.clone().unwrap();
    assert_eq!((count.files, count.of), (2, 2));
    (acme.files, acme.cant_say) = (files, Vec::new());
    acme.tell(&world).await;
    assert_eq!((world.word("a.st", "acme").await, world.word("new.st", "acme").await), ("in_sync", "no row"));
    assert_eq!(site(&world).await.applications[0].cant_say, None);
}

async fn revisions(world: &World) -> Vec<Revision> {
    let path = format!("{}?patch=a.st", path::HISTORY.replace("{application}", "trading"));
    world.get::<fieldpost_common::api::History>(&world.ada, &path).await.unwrap().revisions
}

#[tokio::test]
async fn no_base_moves_on_what_is_published_while_nothing_can_be_said() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "own");
    acme.tell(&world).await;
    let files = std::mem::take(&mut acme.files);
    acme.cant_say = vec![("a.st", unsaid(Obstacle::NotPermitted))];
    acme.tell(&world).await;
    world.publish(&world.ada, "a.st", ("7.7", "own"), None).await.unwrap();
    assert_eq!(world.table().await.facts(0, 0).unwrap().base, fieldpost_common::cell::Base::Never);
    (acme.files, acme.cant_say) = (files, Vec::new());
    acme.tell(&world).await;
    assert_eq!(world.word("a.st", "acme").await, "in_sync");
}

#[tokio::test]
async fn an_inventory_with_fields_that_the_server_does_not_know_settles_after_one_put() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "one");
    let mut inventory = serde_json::to_value(acme.inventory(Directory::Present)).unwrap();
    inventory["taken_in_ms"] = 3.into();
    inventory["applications"]["trading"]["writable"] = true.into();
    inventory["applications"]["trading"]["files"]["a.st"]["owner"] = "app".into();
    acme.tell_bytes(&world, &serde_json::to_vec_pretty(&inventory).unwrap()).await;
    let batch = acme.poll(&world).await.unwrap().expect("the first poll brings the batch");
    assert!(!batch.inventory_wanted);
    for _ in 0..3 {
        assert_eq!(acme.poll(&world).await.unwrap(), None, "nothing is asked for again");
    }
    let world = world.restart().await;
    assert!(!acme.poll(&world).await.unwrap().expect("a new run").inventory_wanted);
    assert_eq!(world.word("a.st", "acme").await, "only_at_site");
}

#[tokio::test]
async fn an_application_that_is_not_taken_hides_no_other_and_is_taken_once_it_is_known() {
    let world = World::start().await;
    let mut acme = in_sync(&world).await;
    let mut inventory = serde_json::to_value(acme.inventory(Directory::Present)).unwrap();
    inventory["applications"]["settlement"] = inventory["applications"]["trading"].clone();
    inventory["applications"]["broken"] = serde_json::json!({"version": 7});
    inventory["applications"]["trading"]["files"].as_object_mut().unwrap().clear();
    let answer = acme.tell_bytes(&world, inventory.to_string().as_bytes()).await;
    let faults: Vec<_> = answer.refused.iter().map(|(app, refused)| (app.as_str(), refused.fault)).collect();
    assert_eq!(faults, [("broken", ListingFault::Unreadable), ("settlement", ListingFault::UnknownApplication)]);
    assert_eq!(world.word("a.st", "acme").await, "deleted_at_site", "the rest was taken");
    assert_eq!(site(&world).await.refused.len(), 2);
    let settings = serde_json::json!({"name": "settlement", "versions": ["7.7"]});
    world.post::<()>(&world.ada, path::APPS, &settings).await.unwrap();
    let site = site(&world).await;
    assert_eq!((site.refused.len(), site.applications.len()), (1, 2), "without waiting for the site");
    assert_eq!(site.applications[0].files, 1);
}

#[tokio::test]
async fn a_version_that_is_not_known_is_unknown_with_its_reason_and_moves_no_base() {
    let world = World::start().await;
    let mut acme = in_sync(&world).await;
    acme.version = "7.8".to_owned();
    acme.files.clear();
    acme.tell(&world).await;
    let cell = cell(&world, "a.st").await;
    assert_eq!((cell.word(), cell.unknown), ("unknown", Some(Unknown::Refused(ListingFault::UnknownVersion))));
    assert!(site(&world).await.refused.values().next().unwrap().detail.as_ref().unwrap().as_str().contains("7.8"));
    acme.version = "7.7".to_owned();
    acme.tell(&world).await;
    assert_eq!(world.word("a.st", "acme").await, "deleted_at_site", "what both had agreed on is not forgotten");
}

#[tokio::test]
async fn many_unsaid_files_are_an_incident_that_ends_when_something_can_be_said_again() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let names = ["a.st", "b.st", "c.st", "d.st", "e.st", "f.st"];
    for name in names {
        acme.file(name, name);
    }
    acme.tell(&world).await;
    let files = std::mem::take(&mut acme.files);
    acme.cant_say = names.iter().map(|name| (*name, unsaid(Obstacle::NotPermitted))).collect();
    acme.tell(&world).await;
    let words = eventually("the incident", async || {
        let status: fieldpost_common::api::Status = world.get(&world.ada, path::STATUS).await.unwrap();
        status.incidents.iter().find(|one| one.subject.kind() == "cant_say").map(|one| one.words.to_string())
    });
    let words = words.await;
    assert_eq!(words, "trading: nothing can be said of 6 of 6 files; of a.st: the agent's user may not read the file");
    (acme.files, acme.cant_say) = (files, Vec::new());
    acme.tell(&world).await;
    eventually("its end", async || {
        let status: fieldpost_common::api::Status = world.get(&world.ada, path::STATUS).await.unwrap();
        status.incidents.is_empty().then_some(())
    })
    .await;
}
