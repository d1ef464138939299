//! How the demo's sites say how they are, and the chapter of the story about it: problem, mail, red icon, recovery.

use super::DemoError;
use super::teller::check;
use super::until::until;
use super::world::{World, text};
use serde_json::Value;

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
    until(async || {
        let ran = world.cli(&["status"]).await?;
        let status = ran.json()?;
        if status["worst"] != worst {
            return Ok(Err(format!("the worst of all sites becomes {worst}: {status}")));
        }
        let code = if worst == "ok" { 0 } else { 3 };
        check(ran.code == code, format!("`status` exits {code}, not {}", ran.code))?;
        Ok(Ok(status))
    })
    .await
}

/// Waits for a mail that says this, alone or among other news.
pub(super) async fn wait_mail(world: &World, words: &str) -> Result<String, DemoError> {
    until(async || {
        let mut mails = world.mails().into_iter();
        Ok(mails.find(|mail| mail.contains(words)).ok_or_else(|| format!("a mail says `{words}`")))
    })
    .await
}

/// What the icon says, as a stranger's browser reads it.
async fn shows(icon: &str, words: &str) -> Result<(), DemoError> {
    let failed = |error: reqwest::Error| DemoError::Check(format!("{icon} opens: {error}"));
    let client = reqwest::Client::builder().no_proxy().build().map_err(failed)?;
    let svg = client.get(icon).send().await.map_err(failed)?.text().await.map_err(failed)?;
    check(svg.contains(words), format!("the icon says {words}: {svg}"))
}
