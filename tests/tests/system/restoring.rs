//! Stopping, copying, restoring, promoting: what is lost, what comes home, and that the first send after it works.

use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A world whose agents poll each second: after a clean stop they come back at their own moment of that second, and not of a minute.
fn world_of_quick_polls() -> World {
    World::start_with(|folder| std::fs::write(folder.join("server.toml"), "[poll]\nevery = \"1s\"\n").expect("the config"))
}

fn stop(world: &mut World) {
    let mut server = world.take_server();
    let term = std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(term.expect("kill runs").success());
    assert!(server.wait().expect("it ends").success());
}

/// Runs `fieldpost-server`: whether it ended well, and all that it said.
fn server(world: &World, args: &[&str]) -> (bool, String) {
    let output = world.server_command(args).output().expect("fieldpost-server runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

fn must(world: &World, args: &[&str]) -> String {
    let (well, said) = server(world, args);
    assert!(well, "{args:?}: {said}");
    said
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder");
    for name in names(from) {
        std::fs::copy(from.join(&name), to.join(&name)).expect("copied");
    }
}

fn send(world: &World, patch: &str, site: &str) {
    world.ada().ok(&["send", patch, "--app", "trading", "--to", site, "--yes", "--wait=60"]);
}

fn wait_reported(world: &World) {
    until_true("all sites have reported", || world.ada().run(&["status", "--json"]).json()["restored"].is_null());
}

fn incident(world: &World, what: &str) -> Option<Value> {
    let status = world.ada().run(&["status", "--json"]).json();
    let all = status["incidents"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|one| one["kind"] == "server" && one["what"] == what)
}

#[test]
fn after_a_clean_stop_the_file_alone_is_all() {
    let mut world = World::start();
    for n in 0..20 {
        world.publish(&format!("p{n}.st"), format!("content {n}"), "7.7");
    }
    stop(&mut world);
    let data = world.path().join("data");
    assert_eq!(names(&data), ["fieldpost.db"]);
    let copy = world.path().join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    std::fs::rename(data.join("fieldpost.db"), copy.join("fieldpost.db")).expect("moved");
    std::fs::remove_dir(&data).expect("nothing else was there");
    std::fs::rename(copy, &data).expect("moved back");
    assert!(must(&world, &["check", "--data", "data"]).contains("sound: 20 contents"));
    world.start_server();
    let table = world.ada().json(&["patches", "--app", "trading"]);
    assert_eq!(table["patches"].as_array().map(Vec::len), Some(20));
}

#[test]
fn a_backup_is_restored_what_came_after_it_comes_home_and_the_first_send_to_each_cell_works() {
    let mut world = world_of_quick_polls();
    for site in ["acme", "borealis", "corvid"] {
        world.site(site, "7.7");
        world.wait_seen(site);
    }
    world.publish("a.st", "a1", "7.7");
    send(&world, "a.st", "acme,borealis,corvid");
    must(&world, &["backup", "--data", "data", "copy.db"]);
    let mode = std::fs::metadata(world.path().join("copy.db")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // After the backup: another person, newer contents, a removal, a file of a site's own.
    let bea = world.developer("bea");
    world.publish("a.st", "a2", "7.7");
    world.publish("b.st", "b1", "7.7");
    for _ in 0..3 {
        send(&world, "a.st", "acme,borealis");
        send(&world, "b.st", "acme,borealis");
        world.ada().ok(&["remove", "b.st", "--app", "trading", "--to", "borealis", "--yes", "--wait=60"]);
        world.ada().ok(&["send", "b.st", "--app", "trading", "--to", "borealis", "--replacing", "absent", "--yes", "--wait=60"]);
    }
    world.edit("acme", "own.st", "made there");
    world.ada().wait_state("trading", "own.st", "acme", "only_at_site");
    // Corvid is away when the server is restored.
    world.kill_agent("corvid");
    let busy = server(&world, &["restore", "copy.db", "--data", "data"]);
    assert!(!busy.0 && busy.1.contains("another fieldpost-server is running"), "{}", busy.1);
    stop(&mut world);

    let said = must(&world, &["restore", "copy.db", "--data", "data"]);
    assert!(said.contains("1 contents") && said.contains("3 sites have to report") && said.contains("before-restore-"), "{said}");
    let data = world.path().join("data");
    let aside = names(&data).into_iter().find(|name| name.starts_with("before-restore-")).expect("kept aside");
    assert_eq!(names(&data.join(&aside)), ["fieldpost.db"]);
    assert_eq!(std::fs::metadata(data.join("fieldpost.db")).expect("there").permissions().mode() & 0o777, 0o600);
    must(&world, &["check", "--data", "data"]);
    world.start_server();

    // The app gives back what it signed, the sites what they hold: nothing is asked of anybody.
    let status = world.ada().run(&["status"]).says("restored from copy.db").says("sites have reported");
    assert_eq!(status.code, 3, "a restore is an incident");
    assert_eq!(world.ada().state("trading", "a.st", "corvid"), "unknown");
    for (patch, site, state) in [
        ("a.st", "acme", "in_sync"),
        ("a.st", "borealis", "in_sync"),
        ("b.st", "acme", "in_sync"),
        ("b.st", "borealis", "in_sync"),
        ("own.st", "acme", "only_at_site"),
    ] {
        world.ada().wait_state("trading", patch, site, state);
    }
    assert_eq!(
        world.ada().cell("trading", "a.st", "corvid")["reason"],
        "the server was restored from a backup, and the site has not reported since"
    );
    let trust = world.ada().json(&["trust", "show"]);
    assert_eq!(trust["trust"]["version"], 2, "nobody forks the trust document: {trust}");

    // The first send to each cell, to those that are here and to the one that is away.
    world.publish("a.st", "a3", "7.7");
    send(&world, "a.st", "acme");
    send(&world, "a.st", "borealis");
    world.publish("b.st", "b2", "7.7");
    send(&world, "b.st", "acme");
    let away = world.ada().run(&["send", "a.st", "--app", "trading", "--to", "corvid", "--yes", "--wait=1"]);
    drop(away.exits(75));
    assert_eq!(world.read("borealis", "b.st").as_deref(), Some(&b"b1"[..]), "no order of before runs again");
    world.start_agent("corvid");
    world.ada().wait_state("trading", "a.st", "corvid", "in_sync");
    assert_eq!(world.read("corvid", "a.st").as_deref(), Some(&b"a3"[..]));
    wait_reported(&world);
    let audit = world.ada().json(&["activity"]);
    assert!(audit.to_string().contains("\"restored\"") && incident(&world, "restored").is_some());
    drop(bea);
}

#[test]
fn open_orders_of_a_backup_end_as_unknown_and_none_is_offered_before_somebody_sends_again() {
    let mut world = world_of_quick_polls();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "a1", "7.7");
    world.kill_agent("acme");
    let sent = world.ada().json(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    let order = sent["orders"][0]["order"].as_str().expect("an order").to_owned();
    must(&world, &["backup", "--data", "data", "copy.db"]);
    world.ada().ok(&["cancel", &order]);
    stop(&mut world);
    let said = must(&world, &["restore", "copy.db", "--data", "data"]);
    assert!(said.contains("1 order and"), "{said}");
    world.start_server();
    world.start_agent("acme");
    wait_reported(&world);
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "blocked");
    let reason = world.ada().cell("trading", "a.st", "acme")["reason"].clone();
    assert!(reason.as_str().is_some_and(|reason| reason.contains("restored from a backup")), "{reason}");
    assert_eq!(world.read("acme", "a.st"), None, "an order that was taken back is not carried out");
    send(&world, "a.st", "acme");
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"a1"[..]));
}

#[test]
fn a_copied_folder_is_restored_with_its_log_and_a_log_left_beside_is_taken_away() {
    let mut world = world_of_quick_polls();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "a1", "7.7");
    send(&world, "a.st", "acme");
    world.kill_server();
    let (data, old) = (world.path().join("data"), world.path().join("old"));
    copy_folder(&data, &old);
    assert!(names(&old).contains(&"fieldpost.db-wal".to_owned()), "killed, its newest changes stand in the log");
    world.start_server();
    world.publish("a.st", "a2", "7.7");
    send(&world, "a.st", "acme");
    world.kill_server();
    // By hand, as people do: the old file over the new one, the log of the new one beside it.
    std::fs::copy(old.join("fieldpost.db"), data.join("fieldpost.db")).expect("copied");
    let (well, said) = server(&world, &["check", "--data", "data"]);
    assert!(!well && said.contains("is the log of other or older data"), "{said}");
    let (well, said) = server(&world, &["run", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert!(!well && said.contains("fieldpost-server restore"), "{said}");

    let said = must(&world, &["restore", "old", "--data", "data"]);
    assert!(said.contains("before-restore-"), "{said}");
    assert_eq!(names(&data).iter().filter(|name| name.starts_with("fieldpost.db")).collect::<Vec<_>>(), ["fieldpost.db"]);
    world.start_server();
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    world.publish("a.st", "a3", "7.7");
    send(&world, "a.st", "acme");
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"a3"[..]));
}

#[test]
fn what_can_not_be_restored_is_refused_and_the_data_stay_as_they_are() {
    let mut world = World::start();
    world.publish("a.st", "x".repeat(50_000), "7.7");
    must(&world, &["backup", "--data", "data", "copy.db"]);
    stop(&mut world);
    let before = std::fs::read(world.path().join("data/fieldpost.db")).expect("the data");
    let good = std::fs::read(world.path().join("copy.db")).expect("the backup");
    let mut damaged = good.clone();
    let middle = damaged.len() / 2 / 4096 * 4096;
    damaged[middle..middle + 4096].fill(0xa5);
    world.file("damaged.db", &damaged);
    world.file("cut.db", &good[..good.len() / 2]);
    world.file("empty.db", "");
    world.file("letter.db", "Dear all,\n".repeat(1_000));
    for file in ["damaged.db", "cut.db", "empty.db", "letter.db", "nothing.db"] {
        let (well, said) = server(&world, &["restore", file, "--data", "data"]);
        assert!(!well && said.contains(file), "{file}: {said}");
        assert_eq!(names(&world.path().join("data")), ["fieldpost.db"], "{file}");
        assert_eq!(std::fs::read(world.path().join("data/fieldpost.db")).expect("the data"), before, "{file}");
    }
    // A backup that was put in place by hand is not served before it is restored or promoted.
    std::fs::copy(world.path().join("copy.db"), world.path().join("data/fieldpost.db")).expect("copied");
    let (well, said) = server(&world, &["run", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert!(!well && said.contains("fieldpost-server promote --data data"), "{said}");
    must(&world, &["promote", "--data", "data"]);
    world.start_server();
    world.ada().ok(&["patches", "--app", "trading"]);
}

fn is_open(incident: &Value) -> bool {
    incident["state"] == "open"
}

/// Waits until the server says that its data went back, with the cure.
fn assert_went_back(world: &World) {
    let found = until("the server finds out", || incident(world, "outdated").filter(is_open));
    let words = found["words"].as_str().unwrap_or_default();
    assert!(words.contains("went back") && words.contains("acme") && words.contains("promote --data data"), "{found}");
}

#[test]
fn a_copy_of_a_running_servers_data_put_back_is_noticed_and_nothing_is_blamed_on_the_site() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "a1", "7.7");
    send(&world, "a.st", "acme");
    let (data, old) = (world.path().join("data"), world.path().join("old"));
    copy_folder(&data, &old);
    for content in ["a2", "a3"] {
        world.publish("a.st", content, "7.7");
        send(&world, "a.st", "acme");
    }
    world.kill_server();
    std::fs::remove_dir_all(&data).expect("moved away");
    copy_folder(&old, &data);
    world.start_server();
    assert_went_back(&world);
    world.restart_agent("acme");
    assert_went_back(&world);
    let state = world.ada().state("trading", "a.st", "acme");
    assert!(["in_sync", "unknown"].contains(&state.as_str()), "nothing was changed at the site: {state}");
    stop(&mut world);
    must(&world, &["promote", "--data", "data"]);
    world.start_server();
    until_true("the incident is over", || incident(&world, "outdated").is_none_or(|one| !is_open(&one)));
    wait_reported(&world);
    // The last publication counts again once its app and the site have given it and its content back: only then it can be followed.
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    world.publish("a.st", "a4", "7.7");
    send(&world, "a.st", "acme");
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"a4"[..]));
}

#[test]
fn data_that_went_back_by_hand_or_were_superseded_are_followed_by_nobody_until_they_are_promoted() {
    let mut world = world_of_quick_polls();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", "a1", "7.7");
    send(&world, "a.st", "acme");
    stop(&mut world);
    let (data, old) = (world.path().join("data"), world.path().join("old"));
    copy_folder(&data, &old);
    world.start_server();
    world.restart_agent("acme");
    world.publish("a.st", "a2", "7.7");
    send(&world, "a.st", "acme");
    stop(&mut world);
    // The old copy by hand: whole, and with the same name as the data that the site has followed.
    std::fs::remove_dir_all(&data).expect("moved away");
    copy_folder(&old, &data);
    world.start_server();
    world.restart_agent("acme");
    assert_went_back(&world);
    // Neither starts, which make the runs of the copy as many as those that were followed, nor the site's own make it well.
    for restart_agent in [false, true, true] {
        stop(&mut world);
        world.start_server();
        if restart_agent {
            world.restart_agent("acme");
            world.wait_seen("acme");
        }
        assert_went_back(&world);
    }
    assert_eq!(world.ada().json(&["activity"]).to_string().matches("\"went_back\"").count(), 1);
    stop(&mut world);
    must(&world, &["promote", "--data", "data"]);
    world.start_server();
    world.restart_agent("acme");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    world.publish("a.st", "a3", "7.7");
    send(&world, "a.st", "acme");
    stop(&mut world);
    // The server that was superseded comes back.
    std::fs::remove_dir_all(&data).expect("moved away");
    copy_folder(&old, &data);
    world.start_server();
    world.restart_agent("acme");
    let refused = world.ada().run(&["patches", "--app", "trading"]).exits(77);
    assert!(refused.err.contains("older than those that"), "{}", refused.err);
    until_true("the site refuses it", || {
        std::fs::read_to_string(world.path().join("acme.log")).is_ok_and(|log| log.contains("data are older than those that"))
    });
    // Whoever looks for the cause on the spot hears of it too.
    for verb in ["check", "plan"] {
        let output = world.agent_command(&[verb, "--config", "acme.toml"]).output().expect("the agent");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success() && said.contains("data are older than those that"), "{verb}: {said}");
    }
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"a3"[..]));
}

#[test]
fn what_was_unpublished_or_purged_after_the_backup_is_gone_again_after_the_restore() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    for (patch, content) in [("off.st", "off"), ("secret.st", "never meant to be here"), ("stays.st", "stays")] {
        world.publish(patch, content, "7.7");
        send(&world, patch, "acme");
    }
    must(&world, &["backup", "--data", "data", "copy.db"]);
    world.ada().ok(&["unpublish", "off.st", "--app", "trading", "--version", "7.7"]);
    world.ada().ok(&["remove", "secret.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.ada().ok(&["unpublish", "secret.st", "--app", "trading", "--purge", "--yes"]);
    world.kill_agent("acme");
    stop(&mut world);
    must(&world, &["restore", "copy.db", "--data", "data"]);
    assert!(must(&world, &["check", "--data", "data"]).contains("sound: 3 contents"), "the backup has the secret");
    world.start_server();
    // The first word of the app that made them brings both back, while the site is away.
    let published = |world: &World, patch: &str| world.ada().row("trading", patch)["current"].clone();
    assert!(published(&world, "secret.st").is_null());
    assert_eq!(published(&world, "stays.st").as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(published(&world, "off.st").as_object().map(serde_json::Map::len), Some(0));
    drop(world.ada().run(&["history", "secret.st", "--app", "trading"]).exits(1).says("no patch"));
    assert!(must(&world, &["check", "--data", "data"]).contains("sound: 2 contents"));
    let audit = world.ada().json(&["activity"]).to_string();
    assert!(audit.contains("purge_returned") && audit.contains("withdrawal_returned"), "{audit}");
    // Nor does the site, which keeps what orders removed, bring the secret home.
    world.start_agent("acme");
    wait_reported(&world);
    world.ada().wait_state("trading", "off.st", "acme", "only_at_site");
    until_true("the site has told what it remembers", || {
        world.ada().run(&["send", "stays.st", "--app", "trading", "--to", "acme", "--yes", "--again", "--wait=60"]).code == 0
    });
    assert!(must(&world, &["check", "--data", "data"]).contains("sound: 2 contents"));
}
