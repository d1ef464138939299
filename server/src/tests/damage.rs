//! Bytes that rot on the server's disk: found, never given out, never called stored, and healed by whoever has the right ones.

use super::wait::eventually;
use super::watching::status;
use super::world::{World, hash};
use crate::store::StoreError;
use fieldpost_common::api::path;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::problem::Code;
use reqwest::Method;

/// Flips one bit of a content where it lies.
async fn rot(world: &World, sha256: ContentHash) {
    let flip = world.server.store.write(move |tx| {
        let bytes: Vec<u8> =
            tx.query_row("SELECT bytes FROM content WHERE sha256 = ?1", [sha256.as_bytes()], |row| row.get(0))?;
        let mut bytes = bytes;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        tx.execute("UPDATE content SET bytes = ?2 WHERE sha256 = ?1", rusqlite::params![sha256.as_bytes(), bytes])?;
        Ok::<_, StoreError>(())
    });
    flip.await.unwrap();
}

async fn is_sound(world: &World, text: &str) -> bool {
    let path = path::CONTENT.replace("{sha256}", &hash(text).to_string());
    let answer = world.request(Method::GET, &path, &world.ada.token).send().await.unwrap();
    answer.status().is_success() && answer.bytes().await.unwrap() == text.as_bytes()
}

async fn incident_words(world: &World) -> String {
    eventually("an incident", async || status(world).await.incidents.pop()).await.words.to_string()
}

async fn all_is_well(world: &World) {
    eventually("nothing is wrong", async || status(world).await.incidents.is_empty().then_some(())).await;
}

#[tokio::test]
async fn a_damaged_content_is_never_given_out_is_an_incident_and_is_healed_by_publishing_it_again() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    rot(&world, hash("one")).await;
    let refused = super::world::read::<()>(acme.fetch(&world, "one").await).await.unwrap_err();
    assert!(refused.detail.contains("damaged"), "{refused}");
    assert!(!is_sound(&world, "one").await);
    let words = incident_words(&world).await;
    assert!(
        words.contains(&hash("one").short()) && words.contains("Order.st") && words.contains("publish the same file again"),
        "{words}"
    );
    assert!(acme.poll(&world).await.unwrap().unwrap().orders.is_empty(), "what can't be fetched is not offered");
    let refused = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap_err();
    assert!(refused.detail.contains("damaged"), "{refused}");
    world.publish(&world.ada, "Order.st", ("7.7", "one"), Some("one")).await.unwrap();
    assert!(is_sound(&world, "one").await);
    assert_eq!(acme.poll(&world).await.unwrap().unwrap().orders.len(), 1, "the order goes on");
    assert!(acme.fetch(&world, "one").await.status().is_success());
    all_is_well(&world).await;
}

#[tokio::test]
async fn bytes_that_are_given_again_take_the_place_of_damaged_ones_that_nobody_had_noticed() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "only here");
    acme.tell(&world).await;
    acme.hand_over(&world, "only here").await.unwrap();
    rot(&world, hash("only here")).await;
    acme.hand_over(&world, "only here").await.unwrap();
    assert!(is_sound(&world, "only here").await);
}

#[tokio::test]
async fn an_order_that_would_replace_the_last_good_copy_makes_the_server_ask_for_it_first() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("Order.st", "only here");
    acme.tell(&world).await;
    acme.hand_over(&world, "only here").await.unwrap();
    acme.poll(&world).await.unwrap();
    rot(&world, hash("only here")).await;
    world.publish(&world.ada, "Order.st", ("7.7", "new"), None).await.unwrap();
    world.send(&world.ada, ("Order.st", "acme"), Some("new"), Some("only here"), None).await.unwrap();
    let batch = acme.poll(&world).await.unwrap().expect("news");
    assert_eq!((batch.orders.len(), batch.wanted), (1, vec![hash("only here")]), "the agent learns that it isn't stored");
    assert!(incident_words(&world).await.contains("acme will be asked"));
    acme.hand_over(&world, "only here").await.unwrap();
    assert!(is_sound(&world, "only here").await);
    assert_eq!(acme.tell(&world).await.wanted, []);
    all_is_well(&world).await;
}

#[tokio::test]
async fn whoever_has_a_published_content_is_asked_for_it_once_it_is_damaged() {
    let world = World::start().await;
    let (mut acme, mut borealis) = (world.site("acme", "7.7").await, world.site("borealis", "7.7").await);
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    acme.file("Order.st", "one");
    assert_eq!(acme.tell(&world).await.wanted, [], "it is known");
    borealis.tell(&world).await;
    acme.poll(&world).await.unwrap();
    borealis.poll(&world).await.unwrap();
    rot(&world, hash("one")).await;
    assert!(!is_sound(&world, "one").await);
    assert_eq!(acme.poll(&world).await.unwrap().expect("news").wanted, [hash("one")]);
    assert_eq!(acme.tell(&world).await.wanted, [hash("one")]);
    assert!(borealis.poll(&world).await.unwrap().is_none_or(|batch| batch.wanted.is_empty()));
    acme.hand_over(&world, "one").await.unwrap();
    assert!(is_sound(&world, "one").await);
}

#[tokio::test]
async fn the_daily_check_finds_what_nobody_reads_and_goes_on_where_it_stopped() {
    let world = World::start().await;
    for number in 0..200 {
        world.upload(&world.ada, &format!("content {number}")).await;
    }
    rot(&world, hash("content 7")).await;
    let mut after = None;
    let mut steps = 0;
    loop {
        after = crate::scrub::contents_step(&world.server, after).await.unwrap().last;
        steps += 1;
        if after.is_none() {
            break;
        }
    }
    assert!(steps > 2, "{steps}: a step is bounded");
    assert!(incident_words(&world).await.contains(&hash("content 7").short()));
    let gone = path::CONTENT.replace("{sha256}", &hash("content 7").to_string());
    let sent = world.request(Method::PUT, &gone, &world.ada.token).body("content 7").send().await.unwrap();
    assert!(sent.status().is_success());
    all_is_well(&world).await;
}

#[tokio::test]
async fn a_damaged_content_doesnt_keep_the_others_from_being_read() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    rot(&world, hash("one")).await;
    let unread = world.server.store.write(|tx| {
        tx.execute("UPDATE revision SET stamped = 0", [])?;
        Ok::<_, StoreError>(())
    });
    unread.await.unwrap();
    world.publish(&world.ada, "Other.st", ("7.7", "two"), None).await.unwrap();
    crate::reading::catch_up(&world.server, &crate::store::revision::Scope::Everything).await;
    let unread = world.server.store.peek(|db| {
        Ok::<i64, StoreError>(db.query_row(
            "SELECT count(*) FROM revision WHERE stamped = 0 AND patch = 'Other.st'",
            [],
            |row| row.get(0),
        )?)
    });
    assert_eq!(unread.unwrap(), 0);
    assert_eq!(
        super::world::read::<()>(
            world
                .request(Method::GET, &path::CONTENT.replace("{sha256}", &hash("one").to_string()), &world.ada.token)
                .send()
                .await
                .unwrap()
        )
        .await
        .unwrap_err()
        .code,
        Code::NotFound
    );
}

#[tokio::test]
async fn one_damaged_content_stops_neither_backup_nor_restore_nor_promote_and_is_healed_afterwards() {
    let mut world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    world.publish(&world.ada, "Other.st", ("7.7", "two"), None).await.unwrap();
    rot(&world, hash("one")).await;
    let data = world.server.config.data.clone();
    let file = world.folder.path().join("copy.db");
    let copied = crate::backup(&data, &file, false).unwrap();
    let told = |damaged: &[(ContentHash, String)]| {
        assert_eq!(damaged.iter().map(|(sha256, _)| *sha256).collect::<Vec<_>>(), [hash("one")]);
        assert!(damaged[0].1.contains("Order.st of trading") && damaged[0].1.contains("publish the same file again"));
    };
    told(&copied.damaged);
    assert_eq!(copied.contents, 1);
    world.stop().await;
    let restored = loop {
        // The last request's handler may hold the old store for a moment.
        match crate::restore(&file, &data) {
            Err(crate::command::CommandError::Store(StoreError::Locked(_))) => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    told(&restored.checked.damaged);
    let words = crate::check(&data).unwrap_err().to_string();
    assert!(words.contains("Order.st of trading") && !words.contains("more"), "{words}");
    let promoted = crate::promote(&data).unwrap();
    assert!(promoted.checked.damaged.is_empty(), "it was set aside by the restore");
    let world = world.restart().await;
    assert!(is_sound(&world, "two").await && !is_sound(&world, "one").await);
    world.publish(&world.ada, "Order.st", ("7.7", "one"), Some("one")).await.unwrap();
    assert!(is_sound(&world, "one").await);
    assert_eq!(crate::check(&world.server.config.data).unwrap().contents, 2);
}
