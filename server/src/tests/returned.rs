//! What sites and apps give back to a server that lost it: verified as if it came for the first time, and never a step back.

use super::world::{World, hash, read};
use fieldpost_common::api::{History, Prepare, PrepareCell, Prepared, Recall, Recalled, Role, TrustChain, path};
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::problem::Code;
use fieldpost_common::publication::Publication;
use fieldpost_common::purge::Purge;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{KeptContent, MemoryAnswer, PlaceCounter, SiteMemory, header, path as wire};
use reqwest::Method;

pub(super) fn publication(key: &SecretKey, text: &str, created: i64) -> Envelope {
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
    world.post(&world.ada, path::RECALL, &Recall { publications, ..Recall::default() }).await.unwrap()
}

async fn give(world: &World, who: &super::world::Person, given: Recall) -> Recalled {
    world.post(who, path::RECALL, &given).await.unwrap()
}

fn purge(key: &SecretKey, patch: &str, text: &str, created: i64) -> Envelope {
    let purge = Purge {
        form: Form::default(),
        application: "trading".parse().unwrap(),
        patch: patch.parse().unwrap(),
        contents: vec![hash(text)],
        created: Timestamp::from_ms(created),
        key: key.public().id(),
        reason: None,
    };
    purge.sign(key)
}

async fn has_content(world: &World, text: &str) -> bool {
    let path = path::CONTENT.replace("{sha256}", &hash(text).to_string()) + "?application=trading";
    world.request(Method::GET, &path, &world.ada.token).send().await.unwrap().status().is_success()
}

/// Nobody has reported since, as after a restore.
pub(super) async fn forget_reports(world: &World) {
    let forget = |tx: &mut crate::store::Tx<'_>| {
        tx.execute("UPDATE site SET awaited = 1", []).map_err(crate::store::StoreError::from)?;
        Ok::<_, crate::error::Error>(())
    };
    world.server.store.write(forget).await.unwrap();
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

#[tokio::test]
async fn a_withdrawal_that_was_lost_takes_off_what_was_signed_before_it_and_nothing_newer() {
    let world = World::start().await;
    let key = world.ada.key.clone();
    // Publications of the world are signed at 5.
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    let (early, late) = (world.withdrawal(&key, "a.st", 4), world.withdrawal(&key, "a.st", 6));
    let stranger = world.withdrawal(&SecretKey::from_seed([77; 32]), "a.st", 99);
    let withdrawn = |withdrawals| Recall { withdrawals, ..Recall::default() };
    let done = give(&world, &world.ada, withdrawn(vec![stranger, early])).await;
    assert_eq!((done.withdrawals, current(&world).await), (1, Some(hash("one"))), "what is current was signed later");
    let done = give(&world, &world.ada, withdrawn(vec![late.clone(), late])).await;
    assert_eq!(done.withdrawals, 1, "the second is known");
    assert!(world.table().await.grid.patches.is_empty());
    // Given back afterwards, an older publication counts for the history alone, and a newer one is current.
    world.upload(&world.ada, "zero").await;
    world.upload(&world.ada, "two").await;
    assert_eq!(recall(&world, vec![publication(&key, "zero", 3)]).await.publications, 1);
    assert!(world.table().await.grid.patches.is_empty());
    recall(&world, vec![publication(&key, "two", 7)]).await;
    assert_eq!(current(&world).await, Some(hash("two")));
}

#[tokio::test]
async fn what_is_given_back_together_counts_in_the_order_in_which_it_was_signed() {
    let world = World::start().await;
    let key = world.ada.key.clone();
    for text in ["one", "two"] {
        world.upload(&world.ada, text).await;
    }
    let given = Recall {
        publications: vec![publication(&key, "two", 30), publication(&key, "one", 10)],
        withdrawals: vec![world.withdrawal(&key, "a.st", 40), world.withdrawal(&key, "a.st", 20)],
        ..Recall::default()
    };
    let done = give(&world, &world.ada, given).await;
    assert_eq!((done.publications, done.withdrawals), (2, 2));
    assert!(world.table().await.grid.patches.is_empty());
}

#[tokio::test]
async fn a_withdrawal_whose_answer_was_lost_is_taken_again_and_changes_nothing() {
    let world = World::start().await;
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    world.unpublish("a.st", 6).await.unwrap();
    world.publish(&world.ada, "a.st", ("7.7", "one"), None).await.unwrap();
    world.unpublish("a.st", 6).await.unwrap();
    assert_eq!(current(&world).await, Some(hash("one")), "what was published since is not taken off by the old word");
    assert_eq!(world.unpublish("never.st", 6).await.unwrap_err().code, Code::NotFound);
    let bn = world.person("bn", Role::Developer, 3).await;
    let unpublish = fieldpost_common::api::Unpublish { withdrawal: world.withdrawal(&bn.key, "a.st", 7) };
    let refused = world.post::<()>(&bn, path::UNPUBLISH, &unpublish).await.unwrap_err();
    assert_eq!(refused.code, Code::Refused, "nobody trusts that key yet");
}

#[tokio::test]
async fn a_purge_that_was_lost_is_carried_out_again_whoever_gives_it_back_and_only_in_an_admins_name() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.file("a.st", "secret");
    acme.tell(&world).await;
    acme.hand_over(&world, "secret").await.unwrap();
    world.publish(&world.ada, "a.st", ("7.7", "secret"), None).await.unwrap();
    forget_reports(&world).await;
    let bn = world.developer("bn", 3).await;
    let purged = |purges| Recall { purges, ..Recall::default() };
    let by_developer = purge(&bn.key, "a.st", "secret", 50);
    assert_eq!(give(&world, &bn, purged(vec![by_developer])).await.purges, 0, "a developer's word was never enough");
    assert!(has_content(&world, "secret").await);
    let by_admin = purge(&world.ada.key, "a.st", "secret", 50);
    let done = give(&world, &bn, purged(vec![by_admin.clone(), by_admin])).await;
    assert_eq!(done.purges, 1);
    assert!(!has_content(&world, "secret").await);
    let history = world.get::<History>(&bn, &(path::HISTORY.replace("{application}", "trading") + "?patch=a.st")).await;
    assert_eq!(history.unwrap_err().code, Code::NotFound);
    // Neither an app nor a site brings it back.
    assert_eq!(recall(&world, vec![publication(&world.ada.key, "secret", 5)]).await, Recalled::default());
    let kept =
        KeptContent { application: "trading".parse().unwrap(), patch: "a.st".parse().unwrap(), sha256: hash("secret"), size: 6 };
    let memory = SiteMemory { counters: Vec::new(), trust: Vec::new(), kept: vec![kept] };
    let sent = world.request(Method::PUT, wire::MEMORY, &acme.token).json(&memory).send().await.unwrap();
    assert!(read::<MemoryAnswer>(sent).await.unwrap().wanted.is_empty());
}

#[tokio::test]
async fn a_purge_that_is_given_back_takes_nothing_away_that_a_site_has_now_or_that_was_published_since() {
    let world = World::start().await;
    let key = world.ada.key.clone();
    let mut acme = world.site("acme", "7.7").await;
    world.publish(&world.ada, "a.st", ("7.7", "there"), None).await.unwrap();
    acme.file("a.st", "there");
    acme.tell(&world).await;
    for text in ["there", "anew"] {
        world.upload(&world.ada, text).await;
    }
    recall(&world, vec![publication(&key, "anew", 60)]).await;
    let purges = vec![purge(&key, "a.st", "there", 50), purge(&key, "a.st", "anew", 50)];
    assert_eq!(give(&world, &world.ada, Recall { purges, ..Recall::default() }).await.purges, 2);
    assert!(has_content(&world, "there").await && has_content(&world, "anew").await);
    assert_eq!(current(&world).await, Some(hash("anew")));
}
