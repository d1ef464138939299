//! What goes on at the sites while somebody looks at the app: an edit, a file made there, a conflict, a silence.

use super::files::{AT_SITE, PUBLISHED};
use super::story::{begin, publish, publish_next};
use super::world::World;
use super::{DemoError, crashes, health, say};
use std::convert::Infallible;
use std::time::Duration;

/// Patches that are published and not sent yet when the app opens.
const UNSENT: [&str; 3] = ["4713-DepthView.cs", "sql/V33__odd_lot_book.sql", "4709-Instrument-isin.st"];

/// Everything installed but a few, and one update that waits to be sent. Gives the address of the icon.
pub(super) async fn prepare(world: &mut World) -> Result<String, DemoError> {
    say("starting a server and three sites…");
    begin(world).await?;
    say("publishing and sending patches…");
    publish(world).await?;
    let names: std::collections::BTreeSet<&str> =
        PUBLISHED.iter().flat_map(|folder| folder.files).map(|file| file.name).collect();
    let mut send = vec!["send"];
    send.extend(names.iter().filter(|name| !UNSENT.contains(name)));
    send.extend(["--app", "trading", "--to", "all", "--yes", "--wait=30"]);
    world.json(&send).await?;
    publish_next(world, "4688-Quote-cache.st").await?;
    say("weeks of crashes come home…");
    crashes::history(world).await?;
    let icon = health::icon(world).await?;
    say(&format!("the icon: {icon}\nmails: {}", mail_folder(world)));
    Ok(icon)
}

fn mail_folder(world: &World) -> String {
    world.path().join("mail").display().to_string()
}

/// What the person reads first: what will happen, and where it is seen besides the app.
pub(super) fn words(world: &World, icon: &str) -> Vec<String> {
    let page = icon.replace("/badge/", "/status/").replace(".svg", "");
    vec![
        "A server and three sites run on this machine, and people work there:".to_owned(),
        "within a minute files are edited at acme and borealis, after a minute".to_owned(),
        "acme's state turns bad and an error comes back there, and later".to_owned(),
        "corvid falls silent.".to_owned(),
        String::new(),
        "Esc closes this. Then 2 shows the sites, 3 what is wrong, 4 what was reported, ? the keys.".to_owned(),
        String::new(),
        "Beside the app, in a browser and in files:".to_owned(),
        icon.to_owned(),
        page,
        format!("{}/*.eml", mail_folder(world)),
    ]
}

/// One thing after the other, for as long as the app runs. What fails here is seen in the grid, or not at all.
pub(super) async fn go_on(world: &mut World) -> Infallible {
    let edit = |world: &World, site: &str, patch: &str| {
        let _ = world.save(&world.patch(site, patch), AT_SITE.file(patch).content);
    };
    pause(6).await;
    edit(world, "acme", "4712-Settlement-fx.st");
    pause(12).await;
    edit(world, "borealis", "hotfix-ledger.st");
    pause(12).await;
    // The next content was published before: both sides have changed now.
    edit(world, "borealis", "4688-Quote-cache.st");
    pause(30).await;
    let _ = world.feels("acme", health::SICK);
    pause(10).await;
    let _ = crashes::comes_back(world);
    pause(10).await;
    world.stop_agent("corvid");
    std::future::pending().await
}

async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
