//! How the demo's sites say how they are, and the chapter of the story about it: problem, mail, red icon, recovery.

use super::DemoError;
use super::story::check;
use super::world::{World, text};
use crate::clock::Stopwatch;
use serde_json::Value;
use std::time::Duration;

/// How long a problem may take until it is mailed: a state interval, a poll, a digest window, and the time of this machine.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(200);

/// A state without a problem.
pub(super) const WELL: &str = "application: trading\nstatus: ok\ngateway: UP\nopen orders: 12\n";
/// One with a problem in it, whatever its top says.
pub(super) const SICK: &str = "application: trading\nstatus: ok\ngateway: DOWN\nopen orders: 12\nreconnects: 7\n";

/// The icon for all sites: its address.
pub(super) async fn icon(world: &World) -> Result<String, DemoError> {
    Ok(text(&world.json(&["badge"]).await?["icon"]).to_owned())
}

/// A site turns sick: everybody hears of it.
pub(super) async fn sick(world: &World, icon: &str) -> Result<(), DemoError> {
    wait_worst(world, "ok").await?;
    shows(icon, "3 sites ok").await?;
    world.feels("borealis", SICK)?;
    let status = wait_worst(world, "problem").await?;
    check(text(&status["incidents"][0]["words"]) == "trading: gateway: DOWN", format!("the cause in words: {status}"))?;
    wait_mail(world, "Subject: [fieldpost] borealis: problem: trading: gateway: DOWN").await?;
    shows(icon, "1 problem").await
}

/// It recovers: everybody hears of that, once.
pub(super) async fn well(world: &World, icon: &str) -> Result<(), DemoError> {
    world.feels("borealis", WELL)?;
    wait_worst(world, "ok").await?;
    shows(icon, "3 sites ok").await?;
    let over = wait_mail(world, "Subject: [fieldpost] borealis: over: trading: gateway: DOWN").await?;
    check(over.contains("\r\nIn-Reply-To: "), "the mails stand in one thread")
}

async fn wait_worst(world: &World, worst: &str) -> Result<Value, DemoError> {
    let watch = Stopwatch::start();
    loop {
        let ran = world.cli(&["status"]).await?;
        let status = ran.json()?;
        if status["worst"] == worst {
            let code = if worst == "ok" { 0 } else { 3 };
            return check(ran.code == code, format!("`status` exits {code}, not {}", ran.code)).map(|()| status);
        }
        if watch.left_of(PATIENCE).is_zero() {
            return Err(DemoError::Check(format!("the worst of all sites becomes {worst}: {status}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn wait_mail(world: &World, line: &str) -> Result<String, DemoError> {
    let watch = Stopwatch::start();
    loop {
        if let Some(mail) = world.mails().into_iter().find(|mail| mail.lines().any(|one| one == line)) {
            return Ok(mail);
        }
        if watch.left_of(PATIENCE).is_zero() {
            return Err(DemoError::Check(format!("a mail with `{line}`")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What the icon says, as a stranger's browser reads it.
async fn shows(icon: &str, words: &str) -> Result<(), DemoError> {
    let failed = |error: reqwest::Error| DemoError::Check(format!("{icon} opens: {error}"));
    let client = reqwest::Client::builder().no_proxy().build().map_err(failed)?;
    let svg = client.get(icon).send().await.map_err(failed)?.text().await.map_err(failed)?;
    check(svg.contains(words), format!("the icon says {words}: {svg}"))
}
