//! Which version of the trust document sites hold, and which forms they read.

use super::agent::Agent;
use super::world::World;
use crate::ticker::flush;
use crate::trust_held::Holds;
use fieldpost_common::api::{Role, Site, path};
use fieldpost_common::grid::Grid;

async fn shown(world: &World) -> Site {
    world.get(&world.ada, &path::SITE.replace("{site}", "acme")).await.unwrap()
}

async fn says(acme: &mut Agent, world: &World, trust: u64, format: u32) {
    acme.holds = Holds { trust: Some(trust), format: Some(format) };
    acme.poll(world).await.unwrap();
}

/// What the store was told, a second after the polls.
async fn kept(world: &World) -> Vec<(String, Holds)> {
    let unsaved = world.server.memory.mailboxes.holds_unsaved();
    flush(&world.server).await.unwrap();
    unsaved.into_iter().map(|(site, holds)| (site.to_string(), holds)).collect()
}

#[tokio::test]
async fn what_a_site_holds_and_reads_is_shown_and_written_only_when_it_changes() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    assert_eq!((shown(&world).await.trust, shown(&world).await.format), (None, None), "it has said nothing");
    says(&mut acme, &world, 1, 4).await;
    let site = shown(&world).await;
    assert_eq!((site.trust, site.trust_newest, site.format, site.format_highest), (Some(1), 1, Some(4), Some(4)));
    let grid: Grid = world.get(&world.ada, &path::GRID.replace("{application}", "trading")).await.unwrap();
    assert_eq!(grid.sites[0].format, Some(4));
    drop(kept(&world).await);
    says(&mut acme, &world, 1, 4).await;
    assert!(world.server.memory.mailboxes.holds_unsaved().is_empty(), "nothing has changed");
    // An older agent, or something that passes for it: what it has shown does not fall.
    says(&mut acme, &world, 1, 2).await;
    assert_eq!(kept(&world).await.len(), 1);
    let world = world.restart().await;
    let site = shown(&world).await;
    assert_eq!((site.trust, site.format, site.format_highest), (Some(1), Some(2), Some(4)), "a start forgets nothing");
    assert!(world.server.memory.mailboxes.holds_unsaved().is_empty());
}

#[tokio::test]
async fn a_new_enrolment_forgets_what_the_agent_before_held_and_read() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    says(&mut acme, &world, 1, 4).await;
    drop(kept(&world).await);
    let again: fieldpost_common::api::Invited =
        world.post(&world.ada, &path::REENROLL.replace("{site}", "acme"), &()).await.unwrap();
    world.enroll("acme", "7.7", &again.secret, "second").await.unwrap();
    let site = shown(&world).await;
    assert_eq!((site.trust, site.format, site.format_highest), (None, None, None));
}

#[tokio::test]
async fn a_site_is_behind_from_its_first_poll_that_shows_it_until_one_that_shows_the_newer_version() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    says(&mut acme, &world, 1, 1).await;
    let behind = || world.server.memory.mailboxes.behind();
    assert!(behind().is_empty());
    let bea = world.person("bea", Role::Developer, 7).await;
    world.revoke(&bea).await;
    assert!(behind().is_empty(), "it has had no chance yet");
    says(&mut acme, &world, 1, 1).await;
    let first = behind()[&"acme".parse().unwrap()];
    assert_eq!(first.held, 1);
    says(&mut acme, &world, 1, 1).await;
    assert_eq!(behind()[&"acme".parse().unwrap()].since, first.since);
    says(&mut acme, &world, 2, 1).await;
    assert!(behind().is_empty());
}
