//! The chapter about a server that loses its data, and about a site that isn't heard of: nothing is known, so nothing is claimed.

use super::DemoError;
use super::files::PUBLISHED;
use super::health::{self, wait_mail};
use super::story::{has, publish_content};
use super::teller::check;
use super::until::until;
use super::world::{Pace, SITES, World, text};
use serde_json::Value;

/// The patch that goes on changing after the backup, and a file that a site makes for itself then.
const HOLIDAYS: &str = "4703-Calendar-holidays.st";
const OWN: &str = "own-report.st";
/// The problem of corvid's application, as incidents and mails name it.
const PROBLEM: &str = "trading: gateway: DOWN";

/// The server is put back to a backup: it says how many sites have reported since, and the first send works.
pub(super) async fn restore(world: &mut World) -> Result<(), DemoError> {
    world.server_tool(&["backup", "--data", "data", "copy.db"]).await?;
    let [after, newest] = ["\"after the backup\"\n", "\"after the restore\"\n"]
        .map(|line| [PUBLISHED[0].file(HOLIDAYS).content, line.as_bytes()].concat());
    publish_content(world, HOLIDAYS, &after, "7.7").await?;
    send(world).await?;
    world.save(&world.patch("borealis", OWN), b"\"made at borealis\"\n")?;
    world.wait_state(OWN, "borealis", "only_at_site").await?;
    for site in SITES {
        world.stop_agent(site);
    }
    world.stop_server();
    let said = world.server_tool(&["restore", "copy.db", "--data", "data"]).await?.out;
    check(said.contains("3 sites have to report"), format!("restore says in numbers what it did: {said}"))?;
    world.run_server(Pace::Quick).await?;
    reported(world, 0).await?;
    for site in SITES {
        let cell = world.cell(HOLIDAYS, site).await?;
        check(cell["state"] == "unknown", format!("nothing is claimed of {site} before it has reported: {cell}"))?;
    }
    world.start_agent("acme")?;
    // The backup has never heard of this content: the app gives the publication back, and acme says what it has.
    world.wait_state(HOLIDAYS, "acme", "in_sync").await?;
    reported(world, 1).await?;
    has(world, "acme", HOLIDAYS, &after)?;
    publish_content(world, HOLIDAYS, &newest, "7.7").await?;
    send(world).await?;
    has(world, "acme", HOLIDAYS, &newest)?;
    world.start_agent("borealis")?;
    world.start_agent("corvid")?;
    world.wait_state(OWN, "borealis", "only_at_site").await?;
    all_reported(world).await
}

async fn send(world: &World) -> Result<(), DemoError> {
    world.json(&["send", HOLIDAYS, "--app", "trading", "--to", "acme", "--yes", "--wait=30"]).await?;
    let state = world.state(HOLIDAYS, "acme").await?;
    check(state == "in_sync", format!("{HOLIDAYS} at acme is in_sync, not {state}"))
}

/// The command line says that so many of the three sites have reported.
async fn reported(world: &World, number: usize) -> Result<(), DemoError> {
    let said = world.plain(&["status"]).await?.exits(3)?.out;
    let words = "restored from copy.db, which knows nothing after ";
    let count = format!(": {number} of 3 sites have reported since");
    check(said.contains(words) && said.contains(&count), format!("`status` says `{words}…{count}`: {said}"))
}

async fn all_reported(world: &World) -> Result<(), DemoError> {
    until(async || {
        let status = world.cli(&["status"]).await?.json()?;
        Ok(if status["restored"].is_null() { Ok(()) } else { Err(format!("all sites have reported: {status}")) })
    })
    .await
}

/// corvid has a problem and falls silent: nobody knows whether the problem is over, so it isn't.
pub(super) async fn silence(world: &mut World) -> Result<(), DemoError> {
    let (problem, over) = (format!("corvid: problem: {PROBLEM}"), format!("corvid: over: {PROBLEM}"));
    world.feels("corvid", health::SICK)?;
    wait_mail(world, &problem).await?;
    world.stop_agent("corvid");
    until(async || {
        let (open, over) = world.incidents().await?;
        check(!over.iter().any(is_problem), format!("a problem of a silent site is not over: {over:?}"))?;
        let silent = open.iter().any(|one| one["site"] == "corvid" && one["kind"] == "silent");
        Ok(if silent { Ok(()) } else { Err(format!("corvid's silence is noticed: {open:?}")) })
    })
    .await?;
    // Mails leave in order: what was said at that moment is said by now.
    wait_mail(world, "corvid: problem: no contact since").await?;
    let (open, _) = world.incidents().await?;
    let kept = open.iter().find(|one| is_problem(one));
    check(kept.is_some_and(|one| one["last_seen"].is_string()), format!("the problem is open, and last seen then: {open:?}"))?;
    let told = world.mails().into_iter().find(|mail| mail.contains(&over) || mail.contains("corvid: problem, over again"));
    check(told.is_none(), format!("no mail says that it is over: {told:?}"))?;
    world.feels("corvid", health::WELL)?;
    world.start_agent("corvid")?;
    wait_mail(world, &over).await?;
    until(async || {
        let (open, over) = world.incidents().await?;
        let ended = !open.iter().any(|one| one["site"] == "corvid") && over.iter().any(is_problem);
        Ok(if ended { Ok(()) } else { Err(format!("corvid is back and well: {open:?}")) })
    })
    .await
}

fn is_problem(one: &Value) -> bool {
    one["site"] == "corvid" && one["kind"] == "state_problem" && text(&one["words"]) == PROBLEM
}
