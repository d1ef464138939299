//! A look at what waits for a site hands nothing over.

use super::agent::Agent;
use super::world::{World, app, read};
use fieldpost_common::api::{Site, path};
use fieldpost_common::problem::Problem;
use fieldpost_common::wire::{PeekAnswer, PeekRequest, SiteApp, path as wire};
use reqwest::Method;

async fn peek(world: &World, agent: &Agent, applications: Vec<SiteApp>) -> Result<PeekAnswer, Problem> {
    let request = PeekRequest { trust: 0, applications };
    read(world.request(Method::POST, wire::PEEK, &agent.token).json(&request).send().await.unwrap()).await
}

#[tokio::test]
async fn a_peek_shows_what_waits_and_is_neither_a_poll_nor_an_offer_nor_another_agent() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap();
    let seen = |sites: Vec<Site>| sites.into_iter().find(|site| site.name.as_str() == "acme").unwrap().last_seen;
    let before = seen(world.get(&world.ada, path::SITES).await.unwrap());
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let order = world.send(&world.ada, ("Order.st", "acme"), Some("one"), None, None).await.unwrap();
    for _ in 0..3 {
        let answer = peek(&world, &acme, vec![app("7.7")]).await.unwrap();
        assert_eq!((answer.orders.len(), answer.unknown, answer.clones), (1, vec![], None));
        assert!(!answer.trust.is_empty());
    }
    assert_eq!(world.order(&order).await.state.word(), "queued", "it was offered to nobody");
    assert_eq!(seen(world.get(&world.ada, path::SITES).await.unwrap()), before, "nobody was seen");
    let batch = acme.poll(&world).await.unwrap().expect("news");
    assert_eq!(batch.orders.len(), 1, "the agent's own poll goes on counting and gets what waits");
    assert_eq!(world.order(&order).await.state.word(), "offered");
}

#[tokio::test]
async fn a_peek_names_applications_and_versions_that_the_vendor_does_not_know() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let other = SiteApp { application: "billing".parse().unwrap(), version: "1".parse().unwrap() };
    let answer = peek(&world, &acme, vec![app("7.7"), app("9.9"), other]).await.unwrap();
    let unknown: Vec<_> = answer.unknown.iter().map(|one| (one.application.as_str(), one.version.as_str())).collect();
    assert_eq!(unknown, [("trading", "9.9"), ("billing", "1")]);
    assert_eq!(answer.unknown[0].versions.as_ref().map(Vec::len), Some(2));
    assert_eq!(answer.unknown[1].versions, None);
}
