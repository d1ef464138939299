//! What `publish` takes out of a folder, what it asks, and where `retrieve` writes.

use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;
use std::os::unix::fs::{FileTypeExt as _, symlink};

const PUBLISH: [&str; 6] = ["publish", ".", "--app", "trading", "--version", "7.7"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&PUBLISH[..], more].concat()
}

#[test]
fn publishing_the_folder_of_the_quick_start_takes_no_key_no_token_and_no_data_and_asks() {
    let world = World::start();
    world.enroll("acme", "7.7");
    world.file("4711-Order.st", "a patch\n");
    world.file(".env", "SECRET=1\n");
    let string = world.ada().json(&["site", "add", "borealis", "--app", "trading=7.7"])["enrolment"].clone();
    world.file("mail-to-borealis.txt", format!("run this:\n{}\n", string.as_str().expect("a string")));

    let plan = world.ada().json(&with(&["--dry-run"]));
    let patches: Vec<_> = plan["publish"].as_array().expect("a list").iter().map(|one| one["patch"].clone()).collect();
    let logs = ["acme.log", "server.log"];
    let patches: Vec<_> = patches.iter().filter(|patch| !logs.iter().any(|log| *patch == log)).collect();
    assert_eq!(patches, ["4711-Order.st"], "{plan:#}");
    let left_out = plan["left_out"].to_string();
    for own in ["acme.toml.state", "acme.toml\"", "/data", "/ada", ".env", "mail-to-borealis.txt"] {
        assert!(left_out.contains(own), "{own} in {left_out}");
    }
    assert_eq!(world.ada().json(&["patches", "--app", "trading"])["patches"], serde_json::json!([]), "a dry run changes nothing");

    let unasked = world.ada().run(&PUBLISH).exits(2);
    drop(unasked.says("publish").says("say --yes if it is meant"));
    world.ada().ok(&with(&["--yes"]));
    world.file("4711-Order.st", "another\n");
    let change = world.ada().ok(&with(&["--dry-run"]));
    assert!(change.out.contains("changes  4711-Order.st"), "{}", change.out);
}

#[test]
fn a_key_that_is_named_is_refused_also_with_yes_and_published_only_when_that_is_said() {
    let world = World::start();
    let publish = ["publish", "ada/developer.key", "--app", "trading", "--version", "7.7", "--yes"];
    drop(world.ada().run(&publish).exits(1).says("a signing key of fieldpost").says("--allow-secrets"));
    assert_eq!(world.ada().json(&["patches", "--app", "trading"])["patches"], serde_json::json!([]));
    world.ada().ok(&[&publish[..], &["--allow-secrets"]].concat());
}

#[test]
fn a_person_who_is_asked_says_no_and_nothing_is_published() {
    let world = World::start();
    world.file("tree/a.st", "one\n");
    world.file("tree/b.st", "two\n");
    let mut terminal = Terminal::start(world.ada(), &["publish", "tree", "--app", "trading", "--version", "7.7"], 24, 100, &[]);
    terminal.wait_text("publish 2 patches for 7.7 (2 new, 0 changed)?");
    terminal.press("n\r");
    assert_eq!(terminal.wait_end(), 1);
    assert_eq!(world.ada().json(&["patches", "--app", "trading"])["patches"], serde_json::json!([]));
}

#[test]
fn a_sites_file_that_looks_like_a_token_is_retrieved_but_not_published_unless_that_is_said() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.edit("acme", "session", "0123456789abcdef".repeat(4));
    world.ada().wait_state("trading", "session", "acme", "only_at_site");
    fieldpost_tests::patience::until_true("the content came home", || {
        world.ada().run(&["retrieve", "session", "--app", "trading", "--from", "acme", "--out", "got"]).code == 0
    });
    let publish = ["retrieve", "session", "--app", "trading", "--from", "acme", "--publish"];
    drop(world.ada().run(&publish).exits(1).says("an access token").says("--allow-secrets"));
    world.ada().ok(&[&publish[..], &["--allow-secrets"]].concat());
}

#[test]
fn what_is_retrieved_goes_through_devices_and_links_and_over_a_file_only_by_force() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.edit("acme", "a.st", "one\n");
    world.ada().wait_state("trading", "a.st", "acme", "only_at_site");
    let retrieve =
        |more: &[&str]| world.ada().run(&[&["retrieve", "a.st", "--app", "trading", "--from", "acme", "--out"], more].concat());
    fieldpost_tests::patience::until_true("the content came home", || retrieve(&["-"]).code == 0);
    assert_eq!(retrieve(&["-"]).exits(0).out, "one\n");
    let path = |name: &str| world.path().join(name);
    symlink("/dev/null", path("null")).expect("a link");
    drop(retrieve(&["null"]).exits(0));
    assert!(std::fs::metadata(path("null")).expect("there").file_type().is_char_device());
    world.file("there", "mine\n");
    symlink("there", path("link")).expect("a link");
    for name in ["there", "link"] {
        drop(retrieve(&[name]).exits(1).says("--force"));
        assert_eq!(std::fs::read(path("there")).expect("there"), b"mine\n");
    }
    drop(retrieve(&["link", "--force"]).exits(0));
    assert_eq!(std::fs::read(path("there")).expect("there"), b"one\n");
    assert!(std::fs::symlink_metadata(path("link")).expect("there").file_type().is_symlink());
    drop(retrieve(&["no/such/folder"]).exits(1).says("its folder is missing"));
}

#[test]
fn the_history_of_a_patch_that_is_published_nowhere_and_at_no_site_is_still_there() {
    let world = World::start();
    world.publish("gone.st", "one\n", "7.7");
    world.ada().ok(&["unpublish", "gone.st", "--app", "trading", "--version", "7.7"]);
    let history = world.ada().ok(&["history", "gone.st", "--app", "trading"]);
    assert!(history.out.contains("published first by ada"), "{}", history.out);
    drop(world.ada().run(&["history", "never.st", "--app", "trading"]).exits(1).says("no patch \"never.st\""));
}

#[test]
fn an_admin_purges_what_no_site_has_and_is_told_what_stands_in_the_way() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("secret.st", "never meant to be here\n", "7.7");
    world.publish("secret.st", "nor this\n", "7.7");
    let purge = ["unpublish", "secret.st", "--app", "trading", "--purge"];
    drop(world.ada().run(&purge).exits(2).says("2 revisions").says("--yes"));
    world.edit("acme", "secret.st", "nor this\n");
    world.ada().wait_state("trading", "secret.st", "acme", "in_sync");
    let yes = [&purge[..], &["--yes"]].concat();
    drop(world.ada().run(&yes).exits(1).says("acme has it"));
    std::fs::remove_file(world.patches("acme").join("secret.st")).expect("removed");
    world.ada().wait_state("trading", "secret.st", "acme", "deleted_at_site");
    drop(world.ada().ok(&yes).says("2 revisions purged").says("backups made before still hold them"));
    drop(world.ada().run(&["history", "secret.st", "--app", "trading"]).exits(1).says("no patch"));
    let bn = world.developer("bn");
    world.publish("other.st", "x\n", "7.7");
    drop(bn.run(&["unpublish", "other.st", "--app", "trading", "--purge", "--yes"]).exits(77));
}
