//! Many things at once in the app: a failure in the middle, undo, and proposals that are reviewed, published and sent on.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

fn with_sites(sites: &[&str]) -> World {
    let mut world = World::start();
    for site in sites {
        world.site(site, "7.7");
    }
    for site in sites {
        world.wait_seen(site);
    }
    world
}

fn row(screen: &str, patch: &str) -> String {
    screen.lines().find(|line| line.contains(patch)).unwrap_or_default().to_owned()
}

#[test]
fn a_bulk_send_with_a_failure_in_the_middle_does_the_rest_and_names_the_one_that_failed() {
    let mut world = with_sites(&["acme", "borealis"]);
    for name in ["a.st", "b.st", "c.st"] {
        world.publish(name, "one\n", "7.7");
    }
    // The site changes one of the files while nobody can see it: the agent must not overwrite it.
    world.kill_agent("borealis");
    std::fs::write(world.patches("borealis").join("b.st"), "by hand\n").expect("the directory is there");
    let mut app = Terminal::start(world.ada(), &[], 24, 100, &[]);
    app.wait_text("c.st");
    app.press("\x01+");
    app.wait_text("Send 6 orders?");
    app.press("\r");
    app.wait_text("send: all 6 done");
    world.start_agent("borealis");
    app.wait_text("b.st → borealis: blocked");
    for (site, name) in [("acme", "a.st"), ("acme", "b.st"), ("acme", "c.st"), ("borealis", "a.st"), ("borealis", "c.st")] {
        until_true(&format!("{name} is at {site}"), || world.read(site, name).as_deref() == Some(b"one\n"));
    }
    assert_eq!(world.read("borealis", "b.st").as_deref(), Some(&b"by hand\n"[..]));
    app.press("J");
    app.wait_text("send of 6 items");
    app.press("\r");
    app.wait_for("the failure first", |screen| screen.lines().nth(2).is_some_and(|line| line.contains("! b.st → borealis")));
    app.wait_for("five confirmed", |screen| screen.matches("confirmed").count() >= 5);
    // Enter leads to the cell.
    app.press("\r");
    app.wait_for("the grid", |screen| row(screen, "b.st").starts_with('▌'));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn undo_puts_back_what_the_site_had_before() {
    let world = with_sites(&["acme"]);
    world.publish("a.st", "one\n", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.publish("a.st", "two\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 24, 100, &[]);
    app.wait_for("an update to send", |screen| row(screen, "a.st").contains('>'));
    app.press(">");
    app.wait_text("Send 1 order?");
    app.press("\r");
    until_true("the update is installed", || world.read("acme", "a.st").as_deref() == Some(b"two\n"));
    app.wait_for("in sync", |screen| row(screen, "a.st").contains('='));
    app.press("u");
    app.wait_text("is put back over");
    app.press("\r");
    until_true("the former content is back", || world.read("acme", "a.st").as_deref() == Some(b"one\n"));
    app.wait_for("an update to send again", |screen| row(screen, "a.st").contains('>'));

    // What was published before becomes current again too.
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn proposals_are_reviewed_one_after_another_published_and_sent_on_and_the_last_publication_is_undone() {
    let world = with_sites(&["acme", "borealis"]);
    for name in ["hotfix-a.st", "hotfix-b.st"] {
        world.edit("acme", name, format!("{name} by hand\n"));
        world.ada().wait_state("trading", name, "acme", "only_at_site");
    }
    let mut app = Terminal::start(world.ada(), &[], 24, 100, &[]);
    app.wait_text("hotfix-b.st");
    app.press("\x01<");
    app.wait_text("1 of 2  hotfix-a.st @ acme");
    app.wait_text("+hotfix-a.st by hand");
    app.press("\r");
    app.wait_text("2 of 2  hotfix-b.st @ acme");
    app.wait_text("+hotfix-b.st by hand");
    app.press("\r");
    app.wait_text("2 published, 0 skipped, 0 left");
    until_true("it is published", || world.ada().state("trading", "hotfix-b.st", "acme") == "in_sync");
    app.wait_for("to be sent", |screen| row(screen, "hotfix-b.st").contains('+'));
    app.press("+");
    app.wait_text("Send 2 orders?");
    app.press("\r");
    until_true("the first is sent on", || world.read("borealis", "hotfix-a.st").as_deref() == Some(b"hotfix-a.st by hand\n"));
    until_true("the second is sent on", || world.read("borealis", "hotfix-b.st").as_deref() == Some(b"hotfix-b.st by hand\n"));

    // The newest publication is the second job from the top: the send came after it.
    app.press("J");
    app.wait_text("publication hotfix-b.st for 7.7");
    app.press("ju");
    app.wait_text("taken off the published table");
    app.press("\r");
    until_true("it is off the table", || world.ada().row("trading", "hotfix-b.st")["current"] == serde_json::json!({}));
    assert!(world.read("borealis", "hotfix-b.st").is_some(), "no site changes by this");
}

#[test]
fn a_dry_run_says_what_would_be_ordered_and_orders_nothing() {
    let world = with_sites(&["acme"]);
    world.publish("a.st", "one\n", "7.7");
    let plan = world.ada().json(&["send", "a.st", "a.st", "--app", "trading", "--to", "all", "--dry-run"]);
    assert_eq!(plan["orders"].as_array().map(Vec::len), Some(1), "named twice, ordered once: {plan}");
    assert_eq!((&plan["orders"][0]["action"], &plan["orders"][0]["site"]), (&"put".into(), &"acme".into()));
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "not_sent");
}

#[test]
fn a_content_that_was_published_for_another_version_only_is_not_sent_by_a_short_hash() {
    let mut world = with_sites(&["acme"]);
    world.site("zenith", "7.6");
    world.wait_seen("zenith");
    world.publish("a.st", "one\n", "7.7");
    let sha256 = fieldpost_common::hash::ContentHash::of(b"one\n").to_string();
    let send = |revision: &str| {
        let to = ["send", "a.st", "--app", "trading", "--to", "zenith", "--replacing", "absent", "--yes", "--revision"];
        world.ada().run(&[&to[..], &[revision]].concat())
    };
    drop(send(&sha256[..12]).exits(77).says("for version 7.6, which zenith runs"));
    assert_eq!(world.read("zenith", "a.st"), None);
    drop(send(&sha256).exits(0));
    until_true("named whole, it is sent", || world.read("zenith", "a.st").is_some());
}

#[test]
fn the_same_content_published_version_by_version_is_sent_to_sites_of_each() {
    let mut world = with_sites(&["acme"]);
    world.site("zenith", "7.6");
    world.wait_seen("zenith");
    world.publish("a.st", "one\n", "7.6");
    world.publish("a.st", "one\n", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "all", "--yes", "--wait=60"]);
    for site in ["acme", "zenith"] {
        assert_eq!(world.read(site, "a.st").as_deref(), Some(&b"one\n"[..]), "at {site}");
    }
}
