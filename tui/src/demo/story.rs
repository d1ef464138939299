//! The story without a terminal: each step is played with the real command line and checked; the first that doesn't hold ends it.

use super::files::{AT_SITE, NEXT, PUBLISHED, Sample};
use super::teller::{Teller, check};
use super::until::until;
use super::world::{World, text};
use super::{DemoError, crashes, health, outages, recovery};
use fieldpost_common::hash::ContentHash;

const QUOTES: &str = "4688-Quote-cache.st";
const SETTLEMENT: &str = "4712-Settlement-fx.st";
const APP: [&str; 2] = ["--app", "trading"];

/// Plays all of it.
pub(super) async fn play(world: &mut World) -> Result<(), DemoError> {
    let mut teller = Teller::start();
    begin(world).await?;
    teller.held("a server, a developer and three sites, as real processes", "login, application, three enrolments");
    publish(world).await?;
    teller.held("publish twenty patches for two versions", "every row is there; 4711 is current with two contents");
    install(world).await?;
    teller.held("send all of them to all sites; installed", "every file at every site, byte for byte; every cell in_sync");
    let better = AT_SITE.file(QUOTES);
    come_home(world, better).await?;
    teller.held("edited at acme: it comes home by itself", "the cell is `retrieve`; nothing was overwritten");
    diff(world, better).await?;
    teller.held("diff of the published content against acme's", "exit code 3, and the edited line is in it");
    retrieve(world).await?;
    teller.held(
        "retrieve and publish it",
        "acme is in_sync, borealis and corvid wait for it; nothing travelled without a signature",
    );
    send_on(world, better).await?;
    teller.held("send it on to the other sites", "confirmed by their inventories, and byte for byte on their disks");
    conflict(world).await?;
    teller.held("conflict: edited at borealis and published anew", "`send --yes` is refused; borealis' file is untouched");
    resolve(world).await?;
    teller.held(
        "the conflict is resolved by naming what was seen",
        "borealis has the published content; the bytes it had can still be had",
    );
    silent(world).await?;
    teller.held("corvid falls silent, is sent to, and comes back", "75 while it is away; confirmed once it polls again");
    let icon = health::icon(world).await?;
    health::sick(world, &icon).await?;
    teller.held("borealis' state turns bad: a problem, a mail, a red icon", &format!("its cause in words; {icon}"));
    health::well(world, &icon).await?;
    teller.held("it recovers: a green icon, a recovery mail", "the mail follows the first one in its thread");
    publish_next(world, QUOTES).await?;
    crashes::history(world).await?;
    crashes::chapter(world).await?;
    teller.held(
        "weeks of crashes come home; one error is fixed by a patch that only acme has, and happens again",
        "two groups, one of them declining week by week; not back at borealis, back at acme, and an alert says so",
    );
    troubles(world, &mut teller).await?;
    let audit = world.json(&["audit", "verify"]).await?;
    check(audit["broken_at"].is_null() && audit["rows"].as_u64() > Some(20), format!("the audit chain holds: {audit}"))?;
    teller.held("audit verify", "every row fits the one before");
    teller.end();
    Ok(())
}

/// The chapters about what goes wrong with sites and servers themselves.
async fn troubles(world: &mut World, teller: &mut Teller) -> Result<(), DemoError> {
    recovery::restart(world).await?;
    teller.held(
        "acme's agent is killed and restarted right after an install, while a removal is ordered",
        "from then on each cell was in_sync, or acme couldn't say; nothing counted as gone; the removal was confirmed once its file was gone",
    );
    recovery::hook(world).await?;
    teller.held(
        "borealis' hook fails, and is repeated with --again once it can go well",
        "exit code 1, the cell blocked, an incident and a mail with the hook's words; then in_sync, and that it is over is mailed",
    );
    outages::restore(world).await?;
    teller.held(
        "backup, more work, restore: the app says how many sites have reported, and the first send works",
        "0 of 3 and 1 of 3 in words; no cell claims what only the backup believed; what came after it is home again",
    );
    outages::silence(world).await?;
    teller.held(
        "corvid falls silent with a problem: its problem stays open until it is back and well",
        "both incidents open, no mail says over; then each is over, and mailed as over",
    );
    Ok(())
}

/// The processes, the application, the sites: also how the app's demo begins.
pub(super) async fn begin(world: &mut World) -> Result<(), DemoError> {
    world.start_server().await?;
    let tracker = "https://tracker.example/{issue}";
    world.json(&["app", "add", "trading", "--versions", "7.6,7.7", "--issue-url", tracker]).await?;
    for (site, version) in [("acme", "7.7"), ("borealis", "7.7"), ("corvid", "7.6")] {
        world.start_site(site, version).await?;
    }
    for folder in PUBLISHED {
        for file in folder.files {
            world.save(&world.path().join("patches").join(folder.name).join(file.name), file.content)?;
        }
    }
    Ok(())
}

/// Publishes each folder for its versions.
pub(super) async fn publish(world: &mut World) -> Result<(), DemoError> {
    for folder in PUBLISHED {
        let path = format!("patches/{}", folder.name);
        let done = world.json(&["publish", &path, APP[0], APP[1], "--version", folder.versions, "--yes"]).await?;
        let count = done["published"].as_array().map_or(0, Vec::len);
        check(count == folder.files.len(), format!("{} files of {path} are published, not {count}", folder.files.len()))?;
    }
    let table = world.json(&["patches", APP[0], APP[1]]).await?;
    let rows = table["patches"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: std::collections::BTreeSet<&str> =
        PUBLISHED.iter().flat_map(|folder| folder.files).map(|file| file.name).collect();
    check(rows.len() == names.len(), format!("{} rows, not {}", names.len(), rows.len()))?;
    let order = rows.iter().find(|row| row["name"] == "4711-Order-roundLots.st").cloned().unwrap_or_default();
    check(order["issue"] == "4711" && order["current"]["7.6"] != order["current"]["7.7"], format!("two contents in {order}"))
}

async fn install(world: &mut World) -> Result<(), DemoError> {
    let names: std::collections::BTreeSet<&str> =
        PUBLISHED.iter().flat_map(|folder| folder.files).map(|file| file.name).collect();
    let mut send = vec!["send"];
    send.extend(names);
    send.extend([APP[0], APP[1], "--to", "all", "--yes", "--wait=30"]);
    world.json(&send).await?;
    for (site, version) in [("acme", "7.7"), ("borealis", "7.7"), ("corvid", "7.6")] {
        let folders = PUBLISHED.iter().filter(|folder| folder.versions.split(',').any(|one| one == version));
        for file in folders.flat_map(|folder| folder.files) {
            is_on_disk(world, site, *file)?;
            let state = world.state(file.name, site).await?;
            check(state == "in_sync", format!("{} at {site} is in_sync, not {state}", file.name))?;
        }
    }
    Ok(())
}

fn is_on_disk(world: &World, site: &str, file: Sample) -> Result<(), DemoError> {
    has(world, site, file.name, file.content)
}

/// A site has a patch byte for byte.
pub(super) fn has(world: &World, site: &str, patch: &str, content: &[u8]) -> Result<(), DemoError> {
    let there = std::fs::read(world.patch(site, patch)).unwrap_or_default();
    check(there == content, format!("{site} has {patch} byte for byte"))
}

async fn come_home(world: &mut World, better: Sample) -> Result<(), DemoError> {
    world.save(&world.patch("acme", QUOTES), better.content)?;
    world.wait_state(QUOTES, "acme", "retrieve").await?;
    is_on_disk(world, "acme", better)
}

async fn diff(world: &mut World, better: Sample) -> Result<(), DemoError> {
    // The bytes follow the inventory; 75 says that they are on their way.
    let ran = until(async || {
        let ran = world.cli(&["diff", QUOTES, APP[0], APP[1], "--site", "acme"]).await?;
        Ok(if ran.code == 75 { Err("acme's content comes home".to_owned()) } else { Ok(ran) })
    })
    .await?
    .exits(3)?;
    let diff = ran.json()?;
    check(text(&diff["to"]["sha256"]) == ContentHash::of(better.content).to_string(), "it is acme's content")?;
    let added = |line: &str| line.starts_with('+') && line.contains("fetch: aSymbol timeout: 5");
    check(text(&diff["diff"]).lines().any(added), "the edited line is in it")
}

async fn retrieve(world: &mut World) -> Result<(), DemoError> {
    let args = ["retrieve", QUOTES, APP[0], APP[1], "--from", "acme", "--publish", "--version", "all"];
    world.json(&args).await?;
    for (site, wanted) in [("acme", "in_sync"), ("borealis", "send_update"), ("corvid", "send_update")] {
        let state = world.state(QUOTES, site).await?;
        check(state == wanted, format!("{QUOTES} at {site} is {wanted}, not {state}"))?;
        let before = PUBLISHED[0].file(QUOTES);
        is_on_disk(world, site, if site == "acme" { AT_SITE.file(QUOTES) } else { before })?;
    }
    Ok(())
}

async fn send_on(world: &mut World, better: Sample) -> Result<(), DemoError> {
    world.json(&["send", QUOTES, APP[0], APP[1], "--to", "borealis,corvid", "--yes", "--wait=30"]).await?;
    for site in ["borealis", "corvid"] {
        is_on_disk(world, site, better)?;
        let state = world.state(QUOTES, site).await?;
        check(state == "in_sync", format!("{QUOTES} at {site} is in_sync, not {state}"))?;
    }
    Ok(())
}

async fn conflict(world: &mut World) -> Result<(), DemoError> {
    let mine = AT_SITE.file(SETTLEMENT);
    world.save(&world.patch("borealis", SETTLEMENT), mine.content)?;
    world.wait_state(SETTLEMENT, "borealis", "retrieve").await?;
    publish_next(world, SETTLEMENT).await?;
    world.wait_state(SETTLEMENT, "borealis", "conflict").await?;
    let refused = world.cli(&["send", SETTLEMENT, APP[0], APP[1], "--to", "borealis", "--yes"]).await?;
    check(refused.code == 1 && refused.err.contains("--replacing"), format!("the send is refused: {}", refused.err))?;
    is_on_disk(world, "borealis", mine)
}

/// A developer publishes the next content of a patch.
pub(super) async fn publish_next(world: &World, patch: &str) -> Result<(), DemoError> {
    publish_content(world, patch, NEXT.file(patch).content, NEXT.versions).await
}

/// A developer publishes a content of a patch for versions.
pub(super) async fn publish_content(world: &World, patch: &str, content: &[u8], versions: &str) -> Result<(), DemoError> {
    let file = world.path().join("patches/next").join(patch);
    world.save(&file, content)?;
    let file = file.display().to_string();
    world.json(&["publish", &file, APP[0], APP[1], "--version", versions, "--name", patch]).await.map(drop)
}

async fn resolve(world: &mut World) -> Result<(), DemoError> {
    let mine = ContentHash::of(AT_SITE.file(SETTLEMENT).content).to_string();
    let args = ["send", SETTLEMENT, APP[0], APP[1], "--to", "borealis", "--yes", "--replacing", &mine, "--wait=30"];
    world.json(&args).await?;
    is_on_disk(world, "borealis", NEXT.file(SETTLEMENT))?;
    let state = world.state(SETTLEMENT, "borealis").await?;
    check(state == "in_sync", format!("{SETTLEMENT} at borealis is in_sync, not {state}"))?;
    world.cli(&["diff", SETTLEMENT, APP[0], APP[1], "--from", &mine, "--to", &mine]).await?.ok().map(drop)
}

async fn silent(world: &mut World) -> Result<(), DemoError> {
    world.stop_agent("corvid");
    let patch = "limits.ini";
    let content = [PUBLISHED[0].file(patch).content, b"; reviewed\n"].concat();
    publish_content(world, patch, &content, "7.6").await?;
    let args = ["send", patch, APP[0], APP[1], "--to", "corvid", "--yes", "--wait=1"];
    world.cli(&args).await?.exits(75)?;
    let state = world.state(patch, "corvid").await?;
    check(state == "sending", format!("{patch} at corvid is sending, not {state}"))?;
    world.start_agent("corvid")?;
    world.wait_state(patch, "corvid", "in_sync").await?;
    has(world, "corvid", patch, &content)
}
