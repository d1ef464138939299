//! Missing is not deleted: a vanished directory, a lost marker, a mass drop.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

fn with_patches(count: usize) -> World {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    for number in 0..count {
        world.file(&format!("tree/{number}.st"), format!("patch {number}"));
    }
    world.ada().ok(&["publish", "tree", "--app", "trading", "--version", "7.7", "--yes"]);
    let names: Vec<String> = (0..count).map(|number| format!("{number}.st")).collect();
    let mut send = vec!["send"];
    send.extend(names.iter().map(String::as_str));
    send.extend(["--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.ada().ok(&send);
    world
}

#[test]
fn a_directory_that_vanishes_makes_its_cells_unknown_and_deletes_nothing() {
    let world = with_patches(3);
    let (there, away) = (world.patches("acme"), world.path().join("unmounted"));
    std::fs::rename(&there, &away).expect("moved");
    world.ada().wait_state("trading", "0.st", "acme", "unknown");
    let cell = world.ada().cell("trading", "0.st", "acme");
    assert!(cell["reason"].as_str().is_some_and(|reason| reason.contains("directory")), "{cell}");
    // An empty mount point in its place is no better, and nothing is written into it.
    std::fs::create_dir(&there).expect("made");
    world.ada().run(&["send", "0.st", "--app", "trading", "--to", "acme", "--yes"]);
    world.ada().wait_state("trading", "0.st", "acme", "unknown");
    assert_eq!(std::fs::read_dir(&there).expect("a directory").count(), 0);
    std::fs::remove_dir(&there).expect("removed");
    std::fs::rename(&away, &there).expect("moved back");
    world.ada().wait_state("trading", "0.st", "acme", "in_sync");
}

#[test]
fn a_mass_drop_is_held_until_a_person_accepts_it() {
    let world = with_patches(8);
    for number in 0..6 {
        std::fs::remove_file(world.patches("acme").join(format!("{number}.st"))).expect("it was there");
    }
    until_true("the drop is held", || world.ada().cell("trading", "7.st", "acme")["unknown"]["why"] == "mass_drop");
    world.ada().ok(&["site", "accept-drop", "acme"]);
    drop(world.ada().run(&["site", "accept-drop", "acme"]).exits(1).says("nothing is held at acme"));
    world.ada().wait_state("trading", "0.st", "acme", "deleted_at_site");
    assert_eq!(world.ada().state("trading", "7.st", "acme"), "in_sync");
}
