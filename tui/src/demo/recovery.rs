//! The chapter about sites in trouble: an agent that is killed right after an install, and a hook that fails and is repeated.

use super::DemoError;
use super::files::PUBLISHED;
use super::health::wait_mail;
use super::story::{has, publish_content};
use super::teller::check;
use super::until::until;
use super::world::{World, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// So many patches at once that their absence would be a mass drop.
const MANY: usize = 24;
/// The patch that borealis' application has to load, and what keeps it from that at first.
const FEES: &str = "4702-Fees-minimum.st";
const NO_LICENCE: &str = "no licence for the loader";

/// acme's agent is killed right after an install and started again, over files that are younger than a look takes. One of them is to go.
pub(super) async fn restart(world: &mut World) -> Result<(), DemoError> {
    let names: Vec<String> = (1..=MANY).map(|number| format!("roll-out/{number:02}.st")).collect();
    for name in &names {
        world.save(&world.path().join("patches/more").join(name), content(name).as_bytes())?;
    }
    world.json(&["publish", "patches/more", "--app", "trading", "--version", "7.7", "--yes"]).await?;
    let mut send = vec!["send"];
    send.extend(names.iter().map(String::as_str));
    send.extend(["--app", "trading", "--to", "acme", "--yes", "--wait=30"]);
    let before = incidents_at(world, "acme").await?;
    world.json(&send).await?;
    world.kill_agent("acme");
    let Some((doomed, others)) = names.split_first() else { return Ok(()) };
    world.cli(&["remove", doomed, "--app", "trading", "--to", "acme", "--yes", "--wait=1"]).await?.exits(75)?;
    // An editor saves it once more as it was: at its first look the agent can't say what is in it.
    world.save(&world.patch("acme", doomed), content(doomed).as_bytes())?;
    world.start_agent("acme")?;
    until(async || {
        let rows = world.rows().await?;
        let cell = |name: &String| {
            let row = rows.iter().find(|row| row["name"] == name.as_str());
            row.map(|row| row["cells"]["acme"].clone()).unwrap_or_default()
        };
        for (name, cell) in others.iter().map(|name| (name, cell(name))) {
            // Unknown for a reason that the site itself gives: not because so much seems to be gone.
            let unknown = cell["state"] == "unknown" && cell["unknown"]["why"]["file"].is_string();
            check(unknown || cell["state"] == "in_sync", format!("{name} at acme is in_sync, or acme can't say: {cell}"))?;
        }
        let (removal, there) = (cell(doomed), world.patch("acme", doomed).exists());
        let confirmed = removal["state"] == "removed";
        check(!(confirmed && there), format!("{doomed} is there, so its removal is not confirmed: {removal}"))?;
        check(removal["state"] != "deleted_at_site", format!("nobody at acme deleted {doomed}: {removal}"))?;
        let over = confirmed && others.iter().all(|name| cell(name)["state"] == "in_sync");
        Ok(if over { Ok(()) } else { Err(format!("{doomed} is removed at acme: {removal}")) })
    })
    .await?;
    for name in others {
        has(world, "acme", name, content(name).as_bytes())?;
    }
    let after = incidents_at(world, "acme").await?;
    check(before == after, format!("no incident about a restart: {after:?}"))
}

/// The content of a patch that was made for this chapter.
fn content(name: &str) -> String {
    format!("\"{name}, for the new odd-lot book\"\n")
}

/// All incidents about a site, open or over.
async fn incidents_at(world: &World, site: &str) -> Result<BTreeSet<String>, DemoError> {
    let (open, over) = world.incidents().await?;
    let words = |one: &Value| format!("{} {}: {}", one["id"], text(&one["kind"]), text(&one["words"]));
    Ok(open.iter().chain(&over).filter(|one| one["site"] == site).map(words).collect())
}

/// borealis' application can't load a patch: the order fails with its words, until it is repeated and the hook goes well.
pub(super) async fn hook(world: &mut World) -> Result<(), DemoError> {
    world.stop_agent("borealis");
    world.hook("borealis", &format!("test -f licence || {{ echo {NO_LICENCE}; exit 3; }}"))?;
    world.start_agent("borealis")?;
    let better = [PUBLISHED[0].file(FEES).content, b"\"checked against the tariff of December\"\n"].concat();
    publish_content(world, FEES, &better, "7.6,7.7").await?;
    let send = ["send", FEES, "--app", "trading", "--to", "borealis", "--yes", "--wait=30"];
    let failed = world.cli(&send).await?.exits(1)?;
    check(failed.out.contains(NO_LICENCE), format!("`send --wait` says the hook's words: {}", failed.out))?;
    has(world, "borealis", FEES, &better)?;
    let cell = world.cell(FEES, "borealis").await?;
    let blocked = cell["state"] == "blocked" && text(&cell["reason"]).contains(NO_LICENCE);
    check(blocked, format!("the cell is blocked with the hook's words, though the bytes are the same: {cell}"))?;
    wait_failing(world, true).await?;
    wait_mail(world, "borealis: problem: the program that runs after installations failed").await?;
    world.save(&world.path().join("licence"), b"granted\n")?;
    world.json(&[&send[..], &["--again"]].concat()).await?;
    let state = world.state(FEES, "borealis").await?;
    check(state == "in_sync", format!("{FEES} at borealis is in_sync, not {state}"))?;
    wait_failing(world, false).await?;
    wait_mail(world, "borealis: over: the program that runs after installations failed").await.map(drop)
}

/// Waits until an incident about borealis' hook is open, or none is.
async fn wait_failing(world: &World, wanted: bool) -> Result<(), DemoError> {
    until(async || {
        let (open, _) = world.incidents().await?;
        let seen = open.iter().any(is_failing);
        let what = if wanted { "an incident says that borealis' hook failed" } else { "the hook's incident is over" };
        Ok(if seen == wanted { Ok(()) } else { Err(format!("{what}: {open:?}")) })
    })
    .await
}

fn is_failing(one: &Value) -> bool {
    one["site"] == "borealis" && text(&one["what"]).starts_with("hook") && text(&one["words"]).contains(NO_LICENCE)
}
