//! A patch that was changed by the vendor and at the site: resolved piece by piece in the app, published, sent, in sync.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

const BASE: &str = "head\none\nkeep\nkeep too\ntwo\nend\n";
const PUBLISHED: &str = "head\nONE\nkeep\nkeep too\nTWO\nend\n";
const AT_SITE: &str = "head\n1\nkeep\nkeep too\n2\nend\nlast\n";

/// A site that has changed what was sent to it, while the vendor has changed it too.
fn with_conflict() -> World {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.publish("a.st", BASE, "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.edit("acme", "a.st", AT_SITE);
    world.ada().wait_state("trading", "a.st", "acme", "retrieve");
    world.publish("a.st", PUBLISHED, "7.7");
    world.ada().wait_state("trading", "a.st", "acme", "conflict");
    world
}

fn opened(world: &World, env: &[(&str, &str)]) -> Terminal {
    let mut app = Terminal::start(world.ada(), &[], 24, 80, env);
    app.wait_text("≠");
    app.press("\r");
    app.wait_text("2 conflicts");
    app
}

#[test]
fn a_conflict_is_resolved_piece_by_piece_and_survives_a_lost_connection() {
    let world = with_conflict();
    let mut app = opened(&world, &[]);
    app.press("p");
    app.wait_text("2 conflicts, 1 decided");
    let pid = app.pid().to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &pid]).status().expect("kill").success());
    app.wait_end();

    let mut app = opened(&world, &[]);
    app.wait_text("resumed: 1 of 2 decided");
    app.press("s");
    app.wait_text("all decided");
    app.press("\r");
    app.wait_text("publish the result for 7.7 and send it to acme");
    app.press("\r");
    let merged = b"head\nONE\nkeep\nkeep too\n2\nend\nlast\n";
    until_true("the result is installed", || world.read("acme", "a.st").as_deref() == Some(merged));
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    app.wait_for("an equal sign in the row", |screen| screen.lines().any(|line| line.contains("a.st") && line.contains('=')));
    let history = world.ada().ok(&["history", "a.st", "--app", "trading"]);
    for original in [PUBLISHED, AT_SITE] {
        let sha256 = fieldpost_common::hash::ContentHash::of(original.as_bytes());
        assert!(history.out.contains(&sha256.short()), "{}", history.out);
    }
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    assert_eq!(app.modes_left_on(), Vec::<&str>::new());
}

#[test]
fn an_editor_gets_the_terminal_and_its_keys_and_gives_both_back() {
    let world = with_conflict();
    // Asks for a line as editors do, and writes it over the marks.
    let editor = world.file("editor.sh", "printf 'your line: '; read line </dev/tty; echo \"$line\" > \"$1\"\n");
    let mut app = opened(&world, &[("EDITOR", &format!("sh {}", editor.display())), ("VISUAL", "")]);
    app.press("e");
    app.wait_text("your line:");
    app.press("pqs and q\r");
    app.wait_text("2 conflicts, 1 decided");
    app.press("[");
    app.wait_text("e+ pqs and q");
    app.press("q");
    app.wait_text("≠");
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    assert_eq!(app.modes_left_on(), Vec::<&str>::new());
}

#[test]
fn the_undo_of_a_merge_brings_the_conflict_back_and_no_send_overwrites_the_sites_fix_unasked() {
    let world = with_conflict();
    let mut app = opened(&world, &[]);
    app.press("s");
    app.wait_text("2 conflicts, 1 decided");
    app.press("s");
    app.wait_text("all decided");
    app.press("\r");
    app.wait_text("publish the site's content for 7.7");
    app.press("\r");
    world.ada().wait_state("trading", "a.st", "acme", "in_sync");
    app.wait_for("an equal sign in the row", |screen| screen.lines().any(|line| line.contains("a.st") && line.contains('=')));
    app.press("u");
    app.wait_text("is published again");
    app.press("\r");
    world.ada().wait_state("trading", "a.st", "acme", "conflict");
    app.press("q");
    assert_eq!(app.wait_end(), 0);

    for to in ["acme", "all"] {
        let refused = world.ada().run(&["send", "a.st", "--app", "trading", "--to", to, "--yes"]).exits(1);
        assert!(refused.says("conflict: both sides changed").err.contains("--replacing"));
    }
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(AT_SITE.as_bytes()));
    let sha256 = fieldpost_common::hash::ContentHash::of(AT_SITE.as_bytes()).to_string();
    let send = ["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--replacing", &sha256, "--wait=60"];
    world.ada().ok(&send);
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(PUBLISHED.as_bytes()));
}
