//! What a site can't say, with real processes: an agent that starts over young or unreadable files says so, and nothing is gone.

use fieldpost_tests::measure::now;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

/// A site with so many published patches in place.
fn with_patches(count: usize) -> World {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    for number in 0..count {
        world.publish(&format!("{number}.st"), format!("patch {number}"), "7.7");
    }
    let names: Vec<_> = (0..count).map(|number| format!("{number}.st")).collect();
    let mut send: Vec<_> = ["send"].into_iter().chain(names.iter().map(String::as_str)).collect();
    send.extend(["--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.ada().ok(&send);
    world
}

/// Incidents about the site's files, open or over.
fn incidents_about_files(world: &World) -> Vec<String> {
    let lists = [world.ada().json(&["incidents"]), world.ada().json(&["incidents", "--closed"])];
    let all = lists.iter().flat_map(|list| list["incidents"].as_array().expect("a list"));
    all.filter(|one| one["site"] == "acme").map(ToString::to_string).collect()
}

/// The words of all cells over a while, without repetitions; ends when `last` has stood for so long.
fn states_until(world: &World, last: &str, still: Duration) -> Vec<String> {
    let (mut seen, mut since, begun) = (Vec::<String>::new(), now(), now());
    loop {
        let patches = world.ada().json(&["patches", "--app", "trading"]);
        let rows = patches["patches"].as_array().expect("rows");
        let mut words: Vec<_> = rows.iter().map(|row| row["cells"]["acme"]["state"].to_string()).collect();
        words.sort();
        words.dedup();
        let words = words.join("+").replace('"', "");
        if seen.last() != Some(&words) {
            seen.push(words);
            since = now();
        } else if words == last && since.elapsed() > still {
            return seen;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{seen:?}");
    }
}

#[test]
fn an_agent_killed_right_after_an_install_says_at_once_what_is_there() {
    let mut world = with_patches(8);
    world.kill_agent("acme");
    world.start_agent("acme");
    assert_eq!(states_until(&world, "in_sync", Duration::from_secs(4)), ["in_sync"]);
    assert_eq!(incidents_about_files(&world), Vec::<String>::new());
}

#[test]
fn an_agent_that_lost_its_state_folder_can_not_say_at_first_and_nothing_is_gone() {
    let mut world = with_patches(8);
    world.kill_agent("acme");
    std::fs::remove_file(world.path().join("acme.toml.state/seen")).expect("it was kept");
    world.start_agent("acme");
    until_true("it looks for the first time", || world.ada().state("trading", "0.st", "acme") == "unknown");
    let cell = world.ada().cell("trading", "0.st", "acme");
    assert_eq!(cell["unknown"]["why"]["file"], "being_written", "{cell}");
    assert!(cell["unknown"]["last_known"].is_string() && cell["unknown"]["since"].is_string(), "{cell}");
    let seen = states_until(&world, "in_sync", Duration::from_secs(2));
    assert!(seen.iter().all(|words| !words.contains("deleted")), "{seen:?}");
    assert_eq!(incidents_about_files(&world), Vec::<String>::new());
}

#[test]
fn a_removal_ordered_while_the_agent_is_down_is_never_confirmed_while_the_file_is_there() {
    for state_is_lost in [false, true] {
        let mut world = with_patches(1);
        world.kill_agent("acme");
        world.ada().ok(&["remove", "0.st", "--app", "trading", "--to", "acme", "--yes"]);
        if state_is_lost {
            std::fs::remove_file(world.path().join("acme.toml.state/seen")).expect("it was kept");
        }
        // The file is young again: an editor has saved it as it was.
        world.edit("acme", "0.st", "patch 0");
        world.start_agent("acme");
        until_true("the removal is carried out", || {
            let (confirmed, there) =
                (world.ada().state("trading", "0.st", "acme") == "removed", world.read("acme", "0.st").is_some());
            assert!(!(confirmed && there), "confirmed, and the file is there");
            confirmed
        });
    }
}

#[test]
fn a_file_that_may_not_be_read_when_the_agent_starts_is_unknown_with_its_reason_and_its_order_waits() {
    let mut world = with_patches(6);
    world.kill_agent("acme");
    let path = world.patches("acme").join("0.st");
    std::fs::set_permissions(&path, Permissions::from_mode(0o000)).expect("mode");
    world.ada().ok(&["remove", "0.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.start_agent_held_to_modes("acme");
    until_true("it can't be read", || {
        let cell = world.ada().cell("trading", "0.st", "acme");
        assert_ne!(cell["state"], "removed", "{cell}");
        cell["unknown"]["why"]["file"] == "not_permitted"
    });
    let cell = world.ada().cell("trading", "0.st", "acme");
    assert!(cell["reason"].as_str().is_some_and(|reason| reason.contains("waits") && reason.contains("since")), "{cell}");
    let status = world.ada().run(&["status"]);
    assert!(status.out.contains("can't say anything of 1 file"), "{}", status.out);
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("mode");
    world.ada().wait_state("trading", "0.st", "acme", "removed");
    assert_eq!(world.read("acme", "0.st"), None);
}
