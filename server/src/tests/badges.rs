//! The icon and the page behind it, as a stranger with the key sees them.

use super::wait::eventually;
use super::watching::{broken, says, status, well};
use super::world::{World, read};
use fieldpost_common::api::{Badge, SiteScope, Verdict, path};
use reqwest::{Method, Response, StatusCode};

async fn key(world: &World, scope: SiteScope) -> String {
    let badge: Badge = world.post(&world.ada, path::BADGES, &scope).await.unwrap();
    badge.key
}

async fn open(world: &World, path: &str) -> Response {
    world.client.get(format!("{}{path}", world.url)).send().await.unwrap()
}

async fn text(world: &World, path: &str) -> String {
    let answer = open(world, path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.unwrap()
}

async fn turns(world: &World, worst: Verdict) {
    eventually("the verdict", async || (status(world).await.worst == worst).then_some(())).await;
}

#[tokio::test]
async fn the_icon_turns_red_with_a_word_and_a_count_and_green_again() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    let key = key(&world, SiteScope::All).await;
    says(&world, &acme, well()).await;
    acme.tell(&world).await;
    assert!(text(&world, &format!("/badge/{key}.svg")).await.contains("✓ acme ok"));
    says(&world, &acme, broken("down")).await;
    turns(&world, Verdict::Problem).await;
    let svg = text(&world, &format!("/badge/{key}.svg")).await;
    assert!(svg.contains("✗ 1 problem") && svg.contains("#cf222e"), "{svg}");
    let json: serde_json::Value = serde_json::from_str(&text(&world, &format!("/badge/{key}.json")).await).unwrap();
    assert_eq!((&json["schemaVersion"], &json["color"], &json["message"]), (&1.into(), &"red".into(), &"1 problem".into()));
    says(&world, &acme, well()).await;
    turns(&world, Verdict::Ok).await;
    assert!(text(&world, &format!("/badge/{key}.svg")).await.contains("✓ acme ok"));
}

#[tokio::test]
async fn an_icon_for_one_site_knows_nothing_of_the_others() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    world.site("borealis", "7.7").await.tell(&world).await;
    let key = key(&world, SiteScope::Site("borealis".parse().unwrap())).await;
    says(&world, &acme, broken("down")).await;
    turns(&world, Verdict::Problem).await;
    assert!(text(&world, &format!("/badge/{key}.svg")).await.contains("✓ borealis ok"));
    assert!(!text(&world, &format!("/status/{key}")).await.contains("acme"));
}

#[tokio::test]
async fn without_the_key_there_is_nothing_and_a_key_that_was_taken_back_is_none() {
    let world = World::start().await;
    let key = key(&world, SiteScope::All).await;
    let remove = path::BADGE.replace("{key}", &key);
    for path in ["/badge/0123.svg", "/badge/0123.json", "/badge/0123", "/status/0123", &format!("/badge/{key}.png")] {
        assert_eq!(open(&world, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    read::<()>(world.request(Method::DELETE, &remove, &world.ada.token).send().await.unwrap()).await.unwrap();
    assert_eq!(open(&world, &format!("/badge/{key}.svg")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_shows_the_state_in_colour_runs_nothing_and_every_byte_of_a_site_is_escaped() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let key = key(&world, SiteScope::All).await;
    says(&world, &acme, "name: <script>alert(1)</script>\nstatus: down </pre><img src=x onerror=y>\n").await;
    turns(&world, Verdict::Problem).await;
    let page = open(&world, &format!("/status/{key}")).await;
    let headers = page.headers().clone();
    let html = page.text().await.unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("<span class=\"problem\">status: down &lt;/pre&gt;&lt;img"), "{html}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "max-age=15, must-revalidate"),
    ] {
        assert_eq!(headers[name], value);
    }
}

#[tokio::test]
async fn every_icon_forbids_scripts_and_is_never_kept_for_long() {
    let world = World::start().await;
    let key = key(&world, SiteScope::All).await;
    for kind in ["svg", "json"] {
        let headers = open(&world, &format!("/badge/{key}.{kind}")).await.headers().clone();
        assert!(headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert_eq!(headers["cache-control"], "max-age=15, must-revalidate");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn a_site_that_was_never_seen_is_not_called_ok() {
    let world = World::start().await;
    let new = serde_json::json!({"name": "omega", "applications": [{"application": "trading", "version": "7.7"}]});
    world.post::<serde_json::Value>(&world.ada, path::SITES, &new).await.unwrap();
    let key = key(&world, SiteScope::All).await;
    let svg = text(&world, &format!("/badge/{key}.svg")).await;
    assert!(svg.contains("○ 1 site never seen") && svg.contains("#57606a"), "{svg}");
    let page = text(&world, &format!("/status/{key}")).await;
    assert!(page.contains("○ never seen") && !page.contains("✓"), "{page}");
    let status = status(&world).await;
    assert_eq!((status.worst, status.sites[0].verdict, status.counts().never_seen), (Verdict::NeverSeen, Verdict::NeverSeen, 1));
    let wish = serde_json::json!({"kind": "agent_info"});
    let refused = world.post::<serde_json::Value>(&world.ada, &path::COMMANDS.replace("{site}", "omega"), &wish).await;
    assert!(refused.unwrap_err().to_string().contains("never seen"));
}
