//! The power goes while server and agent work: what they acknowledged is there afterwards, and no file is mixed or empty.
//!
//! A test looks at nothing where disks can't be mounted, and says so on standard error, past what captures output.

use fieldpost_tests::disk_image::DiskImage;
use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use rusqlite::Connection;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How often the power goes in each test.
const CUTS: usize = 5;

fn can_mount() -> bool {
    let lacks = DiskImage::lacks();
    if let Some(lacks) = &lacks {
        let words = format!("no disk can be mounted here ({lacks}): power cuts were NOT looked at");
        writeln!(std::io::stderr(), "{words}").expect("standard error");
    }
    lacks.is_none()
}

fn signal(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().expect("kill").success());
}

/// Stops a process and waits until it has stopped.
fn freeze(pid: u32) {
    signal("-STOP", pid);
    until_true("the process has stopped", || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process is there");
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
    });
}

/// Without this the others prove nothing: a copy that forgets nothing would pass them all.
#[test]
fn a_power_cut_forgets_what_nobody_synced() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut disk = DiskImage::mounted_on(folder.path().join("disk"));
    let place = folder.path().join("disk");
    let open = || Connection::open(place.join("normal.db")).expect("a database");
    let db = open();
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE row(n)").expect("a table");
    disk.sync();
    for n in 0..50 {
        db.execute("INSERT INTO row VALUES (?1)", [n]).expect("committed");
    }
    std::fs::write(place.join("unsynced"), "x").expect("written");
    let cut = disk.cut();
    drop(db);
    disk.restart_after(cut);
    let kept: u32 = open().query_row("SELECT count(*) FROM row", [], |row| row.get(0)).expect("a count");
    assert_eq!(kept, 0, "commits that were not synced");
    assert!(!place.join("unsynced").exists());
}

/// Publishes one patch after the other until it is told to stop; every name in `acknowledged` was answered for.
fn publish_all(world: &World, round: usize, acknowledged: &Mutex<Vec<String>>, over: &AtomicBool) {
    for n in 0.. {
        let name = format!("{round}-{n}.st");
        world.file(&format!("publish/{name}"), content(&name));
        if over.load(Ordering::SeqCst) {
            return;
        }
        let file = format!("publish/{name}");
        let run = world.ada().run(&["publish", &file, "--app", "trading", "--version", "7.7", "--name", &name]);
        if run.code == 0 && !over.load(Ordering::SeqCst) {
            acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        }
    }
}

fn content(name: &str) -> String {
    format!("\"{name}\"\n").repeat(2_000)
}

fn names_of(world: &World) -> Vec<String> {
    let table = world.ada().json(&["patches", "--app", "trading"]);
    let rows = table["patches"].as_array().expect("patches");
    rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn what_the_server_acknowledged_before_a_power_cut_is_there_after_it() {
    if !can_mount() {
        return;
    }
    let mut disk = None;
    let mut world = World::start_with(|folder| disk = Some(DiskImage::mounted_on(folder.join("data"))));
    let mut disk = disk.expect("it was mounted");
    disk.sync();
    let acknowledged: Mutex<Vec<String>> = Mutex::default();
    for round in 0..CUTS {
        let over = AtomicBool::new(false);
        let before = acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len();
        let pid = world.server_pid();
        let cut = std::thread::scope(|scope| {
            let publisher = scope.spawn(|| publish_all(&world, round, &acknowledged, &over));
            until_true("some are acknowledged", || {
                acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len() > before + round
            });
            freeze(pid);
            over.store(true, Ordering::SeqCst);
            let cut = disk.cut();
            signal("-KILL", pid);
            publisher.join().expect("it stops");
            cut
        });
        world.kill_server();
        disk.restart_after(cut);
        let check = world.server_command(&["check", "--data", "data"]).output().expect("runs");
        assert!(check.status.success(), "{}{}", text(&check.stdout), text(&check.stderr));
        world.start_server();
        let there = names_of(&world);
        for name in acknowledged.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            assert!(there.contains(name), "{name} was acknowledged, and is gone after cut {round}");
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Enrols acme with config, state folder and patches on a disk of its own.
fn enroll_on_disk(world: &World) {
    let added = world.ada().json(&["site", "add", "acme", "--app", "trading=7.7"]);
    let string = added["enrolment"].as_str().expect("an enrolment string");
    let args = ["enroll", string, "--config", "acme/agent.toml", "--app", "trading=7.7:./acme/patches"];
    let enroll = world.agent_command(&args).output().expect("fieldpost-agent runs");
    assert!(enroll.status.success(), "{}", text(&enroll.stderr));
}

/// Every patch at the site is whole: one of the two contents that were ever sent.
fn assert_whole(patches: &Path, round: usize) {
    for entry in std::fs::read_dir(patches).expect("the patch directory") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a name");
        if name.starts_with('.') {
            continue;
        }
        let bytes = std::fs::read_to_string(entry.path()).expect("readable");
        let whole = (0..=round).any(|version| bytes == version_of(&name, version));
        assert!(whole, "{name} is mixed or cut off after cut {round}: {} bytes", bytes.len());
    }
}

fn version_of(name: &str, version: usize) -> String {
    format!("\"{name} {version}\"\n").repeat(3_000)
}

#[test]
fn after_a_power_cut_at_a_site_each_patch_is_the_old_or_the_new_one_and_what_was_confirmed_is_in_place() {
    const PATCHES: usize = 12;
    if !can_mount() {
        return;
    }
    let mut world = World::start();
    let mut disk = DiskImage::mounted_on(world.path().join("acme"));
    enroll_on_disk(&world);
    disk.sync();
    world.start_agent("acme/agent");
    world.wait_seen("acme");
    let names: Vec<String> = (0..PATCHES).map(|n| format!("{n}.st")).collect();
    for round in 0..CUTS {
        for name in &names {
            world.publish(name, version_of(name, round), "7.7");
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        world.ada().ok(&[&["send"], &names[..], &["--app", "trading", "--to", "acme", "--yes"]].concat());
        let in_sync = || names.iter().filter(|name| world.ada().state("trading", name, "acme") == "in_sync").count();
        until("some are confirmed", || (in_sync() > round).then_some(()));
        freeze(world.agent_pid("acme/agent"));
        let confirmed: Vec<_> = names.iter().filter(|name| world.ada().state("trading", name, "acme") == "in_sync").collect();
        let cut = disk.cut();
        world.kill_agent("acme/agent");
        disk.restart_after(cut);
        let patches = world.path().join("acme/patches");
        assert_whole(&patches, round);
        for name in confirmed {
            let bytes = std::fs::read_to_string(patches.join(name)).expect("confirmed");
            assert!(bytes == version_of(name, round), "{name} was confirmed, and is the old one after cut {round}");
        }
        world.start_agent("acme/agent");
        for name in &names {
            world.ada().wait_state("trading", name, "acme", "in_sync");
        }
    }
}
