//! What sites and apps give back to a server that lost it: verified as if it came for the first time, and never a step back.

use super::world::{World, hash, read};
use fieldpost_common::api::{Prepare, PrepareCell, Prepared, Recall, Recalled, TrustChain, path};
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::publication::Publication;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{KeptContent, MemoryAnswer, PlaceCounter, SiteMemory, header, path as wire};
use reqwest::Method;

fn publication(key: &SecretKey, text: &str, created: i64) -> Envelope {
    let publication = Publication {
        form: Form::default(),
        application: "trading".parse().unwrap(),
        patch: "a.st".parse().unwrap(),
        versions: vec!["7.7".parse().unwrap()],
        sha256: hash(text),
        size: text.len() as u64,
        issue: None,
        created: Timestamp::from_ms(created),
        key: key.public().id(),
    };
    publication.sign(key)
}

async fn recall(world: &World, publications: Vec<Envelope>) -> Recalled {
    world.post(&world.ada, path::RECALL, &Recall { trust: Vec::new(), publications }).await.unwrap()
}

async fn current(world: &World) -> Option<fieldpost_common::hash::ContentHash> {
    world.table().await.grid.patches[0].published[0].sha256
}

#[tokio::test]
async fn a_publication_that_was_lost_counts_again_once_its_content_is_here_and_an_older_one_never_replaces_a_newer() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let key = world.ada.key.clone();
    let newer = publication(&key, "two", 9);
    let stranger = publication(&SecretKey::from_seed([77; 32]), "evil", 99);
    let done = recall(&world, vec![newer.clone(), stranger]).await;
    assert_eq!((done.publications, done.waiting), (0, 1), "its content isn't here; a stranger's is not taken");
    assert_eq!(current(&world).await, Some(hash("one")));
    world.upload(&world.ada, "two").await;
    assert_eq!(current(&world).await, Some(hash("two")));
    world.upload(&world.ada, "zero").await;
    let done = recall(&world, vec![publication(&key, "zero", 3), newer]).await;
    assert_eq!((done.publications, done.waiting), (1, 0), "the history has it, and what was known is known");
    assert_eq!(current(&world).await, Some(hash("two")));
}

#[tokio::test]
async fn the_trust_document_gets_no_next_version_while_a_site_holds_a_higher_one() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let poll = |number: u64, trust: u64| {
        let request = world.request(Method::GET, wire::POLL, &acme.token);
        let request = request.header(header::BOOT, acme.boot.as_str()).header(header::POLL, number).header(header::TRUST, trust);
        async move { read::<fieldpost_common::wire::Batch>(request.send().await.unwrap()).await.unwrap() }
    };
    assert!(poll(1, 5).await.memory_wanted, "it is asked for what it holds");
    let chain: TrustChain = world.get(&world.ada, path::TRUST).await.unwrap();
    let refused = world.put(&world.ada, path::TRUST, &chain.versions[0]).await.unwrap_err();
    assert!(refused.detail.contains("site acme holds version 5"), "{refused}");
    poll(2, 1).await;
    let refused = world.put(&world.ada, path::TRUST, &chain.versions[0]).await.unwrap_err();
    assert!(!refused.detail.contains("acme"), "{refused}");
}

#[tokio::test]
async fn a_site_tells_its_counters_and_is_asked_for_what_it_kept_and_nobody_has() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let acme = world.site("acme", "7.7").await;
    let place = |text: &str| KeptContent {
        application: "trading".parse().unwrap(),
        patch: "a.st".parse().unwrap(),
        sha256: hash(text),
        size: text.len() as u64,
    };
    let counter = PlaceCounter { application: "trading".parse().unwrap(), patch: "a.st".parse().unwrap(), counter: 41 };
    let blocking = PlaceCounter { patch: "b.st".parse().unwrap(), counter: u64::MAX, ..counter.clone() };
    let memory = SiteMemory { counters: vec![counter, blocking], trust: Vec::new(), kept: vec![place("one"), place("lost")] };
    let sent = world.request(Method::PUT, wire::MEMORY, &acme.token).json(&memory).send().await.unwrap();
    assert_eq!(read::<MemoryAnswer>(sent).await.unwrap().wanted, [hash("lost")]);
    acme.hand_over(&world, "lost").await.unwrap();
    for (patch, counter) in [("a.st", 42), ("b.st", 1)] {
        let cell = PrepareCell { patch: patch.parse().unwrap(), site: "acme".parse().unwrap(), sha256: None };
        let prepare = Prepare { application: "trading".parse().unwrap(), cells: vec![cell] };
        let prepared: Vec<Prepared> = world.post(&world.ada, path::PREPARE, &prepare).await.unwrap();
        assert_eq!(prepared[0].counter, counter, "{patch}");
    }
}
