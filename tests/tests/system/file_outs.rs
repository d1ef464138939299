//! What is changed at a site comes home by itself and is never overwritten unseen.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

fn installed(sites: &[&str]) -> World {
    let mut world = World::start();
    for site in sites {
        world.site(site, "7.7");
        world.wait_seen(site);
    }
    world.publish("a.st", "one\n", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "all", "--yes", "--wait=60"]);
    world
}

#[test]
fn a_change_at_one_site_comes_home_is_published_and_sent_on_to_another() {
    let world = installed(&["acme", "borealis"]);
    world.edit("acme", "a.st", "one, better\n");
    world.ada().wait_state("trading", "a.st", "acme", "retrieve");
    until_true("the content came home", || {
        world.ada().run(&["retrieve", "a.st", "--app", "trading", "--from", "acme", "--out", "got.st"]).code == 0
    });
    assert_eq!(std::fs::read(world.path().join("got.st")).expect("the file"), b"one, better\n");
    let diff = world.ada().run(&["diff", "a.st", "--app", "trading", "--site", "acme"]).exits(3);
    assert!(diff.out.contains("-one") && diff.out.contains("+one, better"), "{}", diff.out);

    world.ada().ok(&["retrieve", "a.st", "--app", "trading", "--from", "acme", "--publish", "--version", "7.7"]);
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "in_sync");
    assert_eq!(world.ada().state("trading", "a.st", "borealis"), "send_update");
    assert_eq!(world.read("borealis", "a.st").as_deref(), Some(&b"one\n"[..]), "nothing travels without a signature");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "borealis", "--yes", "--wait=60"]);
    assert_eq!(world.read("borealis", "a.st").as_deref(), Some(&b"one, better\n"[..]));
}

#[test]
fn a_conflict_is_overwritten_only_by_someone_who_names_what_was_there() {
    let world = installed(&["acme"]);
    world.edit("acme", "a.st", "mine\n");
    world.ada().wait_state("trading", "a.st", "acme", "retrieve");
    world.publish("a.st", "theirs\n", "7.7");
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "conflict");
    let refused = world.ada().run(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes"]);
    assert_ne!(refused.code, 0, "{}{}", refused.out, refused.err);
    drop(refused.says("--replacing"));
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"mine\n"[..]));

    let mine = fieldpost_common::hash::ContentHash::of(b"mine\n").to_string();
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--replacing", &mine, "--wait=60"]);
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"theirs\n"[..]));
    let kept = world.ada().run(&["diff", "a.st", "--app", "trading", "--from", &mine, "--to", &mine]);
    assert_eq!(kept.code, 0, "the overwritten bytes can be had again: {}", kept.err);
}

#[test]
fn a_file_deleted_at_the_site_is_shown_and_not_put_back_by_itself() {
    let world = installed(&["acme"]);
    std::fs::remove_file(world.patches("acme").join("a.st")).expect("it is there");
    world.ada().wait_state("trading", "a.st", "acme", "deleted_at_site");
    assert_eq!(world.read("acme", "a.st"), None);
}

#[test]
fn a_file_made_at_the_site_is_a_proposal_with_its_own_stamp() {
    let world = installed(&["acme"]);
    world.edit("acme", "hotfix-ledger.st", "!Ledger methodsFor: 'x' stamp: 'jk 11/24/2026 09:30'!\nfoo! !\n");
    world.ada().wait_state("trading", "hotfix-ledger.st", "acme", "only_at_site");
    until_true("its stamp is read", || world.ada().row("trading", "hotfix-ledger.st")["author"] == "jk");
    assert_eq!(world.ada().row("trading", "hotfix-ledger.st")["current"], serde_json::json!({}));
}
