//! Missing is not deleted: lost directories and mass drops.

use super::agent::Agent;
use super::world::World;
use fieldpost_common::api::{Site, Status, Verdict, path};
use fieldpost_common::cell::Unknown;
use fieldpost_common::inventory::Directory;

async fn full_site(world: &World) -> Agent {
    let mut acme = world.site("acme", "7.7").await;
    for name in ["a.st", "b.st", "c.st", "d.st", "e.st", "f.st"] {
        acme.file(name, name);
    }
    acme.tell(world).await;
    acme
}

async fn unknown(world: &World) -> Option<Unknown> {
    world.table().await.grid.sites[0].unknown
}

#[tokio::test]
async fn a_site_that_has_not_told_anything_is_unknown() {
    let world = World::start().await;
    world.site("acme", "7.7").await;
    assert_eq!(unknown(&world).await, Some(Unknown::NoInventory));
}

/// What status and icons say of the only site.
async fn verdict(world: &World) -> (Verdict, String) {
    let status: Status = world.get(&world.ada, path::STATUS).await.unwrap();
    (status.sites[0].verdict, status.sites[0].words.as_ref().map(ToString::to_string).unwrap_or_default())
}

#[tokio::test]
async fn a_site_whose_column_is_unknown_is_never_said_to_be_well() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let (none, why) = verdict(&world).await;
    assert_eq!((none, unknown(&world).await), (Verdict::CantSay, Some(Unknown::NoInventory)), "{why}");
    assert!(why.contains("has not sent an inventory"), "{why}");
    acme.tell(&world).await;
    assert_eq!((verdict(&world).await.0, unknown(&world).await), (Verdict::Ok, None));
    super::returned::forget_reports(&world).await;
    let (none, why) = verdict(&world).await;
    assert!(none == Verdict::CantSay && why.contains("restored"), "{none:?}: {why}");
    // Nor one that takes nothing from this server, and is heard of all the same.
    let mailbox = world.server.memory.mailboxes.of(&"acme".parse().unwrap());
    mailbox.outdated_set(Some(crate::lineage::Outdated::Rival));
    let (none, why) = verdict(&world).await;
    assert!(none == Verdict::CantSay && why.contains("follows newer data"), "{none:?}: {why}");
}

#[tokio::test]
async fn a_lost_directory_deletes_nothing() {
    let world = World::start().await;
    let mut acme = full_site(&world).await;
    let files = std::mem::take(&mut acme.files);
    acme.tell_of(&world, Directory::Missing).await;
    assert_eq!(unknown(&world).await, Some(Unknown::Directory(Directory::Missing)));
    acme.files = files;
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, None);
    assert_eq!(world.word("a.st", "acme").await, "only_at_site");
}

#[tokio::test]
async fn a_mass_drop_is_held_until_a_person_accepts_it() {
    let world = World::start().await;
    let mut acme = full_site(&world).await;
    acme.files.truncate(1);
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, Some(Unknown::MassDrop));
    let site: Site = world.get(&world.ada, &path::SITE.replace("{site}", "acme")).await.unwrap();
    let held = site.applications[0].held.unwrap();
    assert_eq!((held.dropped, held.of, site.applications[0].files), (5, 6, 6));
    world.post::<()>(&world.ada, &path::ACCEPT_DROP.replace("{site}", "acme"), &()).await.unwrap();
    let nothing = world.post::<()>(&world.ada, &path::ACCEPT_DROP.replace("{site}", "acme"), &()).await.unwrap_err();
    assert!(nothing.detail.contains("nothing is held at acme"), "{nothing}");
    assert_eq!(unknown(&world).await, None);
    assert_eq!(world.table().await.grid.patches.len(), 1);
}

#[tokio::test]
async fn a_mass_drop_is_forgotten_when_the_files_return() {
    let world = World::start().await;
    let mut acme = full_site(&world).await;
    let all = acme.files.clone();
    acme.files.clear();
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, Some(Unknown::MassDrop));
    acme.files = all;
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, None);
    assert_eq!(world.table().await.grid.patches.len(), 6);
}

#[tokio::test]
async fn the_age_of_a_column_is_that_of_its_inventory_and_not_of_the_last_poll() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.digest = Some(super::world::hash("an inventory that never arrived"));
    acme.poll(&world).await.unwrap();
    assert_eq!(world.table().await.grid.sites[0].last_seen, None);
    acme.tell(&world).await;
    let told = world.table().await.grid.sites[0].last_seen.unwrap();
    acme.poll(&world).await.unwrap();
    assert!(world.table().await.grid.sites[0].last_seen.unwrap() >= told);
}

#[tokio::test]
async fn files_deleted_one_by_one_trip_the_brake_over_a_restart_of_the_server_and_accepting_begins_the_count_anew() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let names = ["a.st", "b.st", "c.st", "d.st", "e.st", "f.st", "g.st", "h.st", "i.st", "j.st"];
    for name in names {
        acme.file(name, name);
    }
    acme.tell(&world).await;
    for left in [9, 8] {
        acme.files.truncate(left);
        acme.tell(&world).await;
    }
    let world = world.restart().await;
    for left in [7, 6] {
        acme.files.truncate(left);
        acme.tell(&world).await;
        assert_eq!(unknown(&world).await, None, "{left} are left");
    }
    acme.files.truncate(5);
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, Some(Unknown::MassDrop), "the fifth within a day");
    world.post::<()>(&world.ada, &path::ACCEPT_DROP.replace("{site}", "acme"), &()).await.unwrap();
    assert_eq!(unknown(&world).await, None);
    acme.files.truncate(1);
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, None, "four since a person looked");
    acme.files.clear();
    acme.tell(&world).await;
    assert_eq!(unknown(&world).await, Some(Unknown::MassDrop));
}
