//! Data that went back: noticed, written down, and over only with another generation.

use super::agent::Agent;
use super::world::World;
use crate::lineage::trouble;
use crate::store::FILE;
use fieldpost_common::problem::Code;
use std::path::{Path, PathBuf};

fn files(data: &Path) -> Vec<PathBuf> {
    [FILE.to_owned(), format!("{FILE}-wal")].into_iter().map(|name| data.join(name)).filter(|file| file.exists()).collect()
}

/// A copy of the data as they lie there, the server running or not.
fn copied(world: &World) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in files(&world.server.config.data) {
        std::fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    copy
}

/// The copy in the place of the data, served by a new run.
async fn put_back(world: World, copy: &tempfile::TempDir) -> World {
    let (data, copy) = (world.server.config.data.clone(), copy.path().to_owned());
    world
        .restart_after(move || {
            for file in files(&data) {
                std::fs::remove_file(&file).unwrap();
            }
            for file in files(&copy) {
                std::fs::copy(&file, data.join(file.file_name().unwrap())).unwrap();
            }
        })
        .await
}

async fn followed(world: &World, acme: &mut Agent, text: &str, before: Option<&str>) {
    world.publish(&world.ada, "Order.st", ("7.7", text), before).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some(text), None, None).await.unwrap();
    assert_eq!(acme.poll(world).await.unwrap().expect("a batch").orders.len(), 1);
}

/// A site that has followed more than the data hold that stand there now: they were copied while their server ran.
async fn gone_back() -> (World, Agent) {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap().expect("a batch");
    let copy = copied(&world);
    followed(&world, &mut acme, "one", None).await;
    (put_back(world, &copy).await, acme)
}

#[tokio::test]
async fn a_copy_of_a_running_servers_data_is_noticed_and_stays_an_incident_over_restarts() {
    let (mut world, mut acme) = gone_back().await;
    assert_eq!(trouble(&world.server), None, "nobody has shown it yet");
    for _ in 0..3 {
        assert_eq!(acme.poll(&world).await.unwrap_err().code, Code::Outdated);
        let words = trouble(&world.server).expect("an incident");
        assert!(words.contains("went back") && words.contains("acme") && words.contains("promote --data"), "{words}");
        world = world.restart().await;
        assert_eq!(trouble(&world.server), Some(words), "before anybody polls");
    }
    // A site that has forgotten its last batch has followed it all the same.
    acme.etag = None;
    assert_eq!(acme.poll(&world).await.unwrap_err().code, Code::Outdated);
}

#[tokio::test]
async fn a_promote_ends_that_data_went_back() {
    let (world, mut acme) = gone_back().await;
    acme.poll(&world).await.unwrap_err();
    let data = world.server.config.data.clone();
    let world = world.restart_after(move || drop(crate::restore::promote(&data).unwrap())).await;
    assert!(acme.poll(&world).await.unwrap().is_some());
    assert_eq!(trouble(&world.server), None);
}

#[tokio::test]
async fn restarts_and_an_end_without_warning_are_no_going_back() {
    let mut world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    followed(&world, &mut acme, "one", None).await;
    // As a kill leaves them.
    let killed = copied(&world);
    world = put_back(world, &killed).await;
    for _ in 0..2 {
        acme.poll(&world).await.unwrap();
        let held = acme.clone();
        world = world.restart().await.restart().await;
        acme = held;
    }
    acme.poll(&world).await.unwrap();
    assert_eq!(trouble(&world.server), None);
}
