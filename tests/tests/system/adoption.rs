//! A new site with files that were mailed by hand: nothing is changed there, equal ones are in sync.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

#[test]
fn a_site_with_500_files_mailed_by_hand_is_adopted_and_nothing_there_is_changed() {
    let mut world = World::start();
    for number in 0..500 {
        world.file(&format!("tree/p{number:03}.st"), format!("patch {number}"));
    }
    world.ada().ok(&["publish", "tree", "--app", "trading", "--version", "7.7", "--yes"]);
    world.enroll("acme", "7.7");
    for number in 0..500 {
        let own = if number % 50 == 0 { "changed by hand" } else { "patch" };
        world.edit("acme", &format!("p{number:03}.st"), format!("{own} {number}"));
    }
    world.edit("acme", "unheard-of.st", "only here");
    world.start_agent("acme");
    let states = || {
        let table = world.ada().json(&["patches", "--app", "trading"]);
        let rows = table["patches"].as_array().expect("rows").clone();
        let count = |state: &str| rows.iter().filter(|row| row["cells"]["acme"]["state"] == state).count();
        (count("in_sync"), count("conflict"), count("only_at_site"))
    };
    until_true("490 are in sync, 10 are conflicts, one is only at the site", || states() == (490, 10, 1));
    let drift = world.ada().json(&["status"])["drift"].clone();
    assert!(drift.as_array().is_none_or(Vec::is_empty), "what was there before is no drift: {drift}");
    for number in 0..500 {
        let own = if number % 50 == 0 { "changed by hand" } else { "patch" };
        assert_eq!(world.read("acme", &format!("p{number:03}.st")), Some(format!("{own} {number}").into_bytes()));
    }
    let conflict = world.ada().run(&["send", "p000.st", "p001.st", "--app", "trading", "--to", "acme", "--yes"]);
    assert_ne!(conflict.code, 0, "a bulk send leaves conflicts out and says so");
    assert_eq!(world.read("acme", "p000.st").as_deref(), Some(&b"changed by hand 0"[..]));
}
