//! The alerts of the app in a real terminal: from a problem that opens to its end, with what a person says to it on the way.

use super::watching::{SICK, WELL, feels, watched};
use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;

const RED: vt100::Color = vt100::Color::Idx(1);

#[test]
fn a_problem_is_seen_taken_on_let_go_looked_at_in_red_and_seen_to_end() {
    let (world, letterbox) = watched("");
    until_true("acme has said how it is", || world.ada().run(&["status", "--json"]).json()["sites"][0]["state_age_s"].is_u64());
    let mut app = Terminal::start(world.ada(), &["--color", "always"], 30, 110, &[]);
    app.wait_text("1 Patches");
    app.press("3");
    app.wait_text("Nothing is wrong, and nothing was.");

    feels(&world, SICK);
    app.wait_for("the problem", |screen| row(screen, "✗ problem").contains("trading: database: DOWN"));
    app.press("2");
    app.wait_for("it on another screen too", |screen| {
        screen.contains("✗ 1 problem") && row(screen, "acme").contains("✗ problem")
    });
    assert_eq!(app.colour_of("✗ 1 problem"), Some(RED));
    until_true("the mail", || letterbox.subjects() == ["[fieldpost] acme: problem: trading: database: DOWN"]);

    app.press("3A");
    app.wait_for("who has it", |screen| row(screen, "✗ problem").contains("ada has it"));
    assert_eq!(world.ada().json(&["incidents"])["incidents"][0]["state"], "acknowledged");
    app.press("u");
    app.wait_for("nobody has it", |screen| !row(screen, "✗ problem").contains("ada has it"));
    until_true("that is kept", || world.ada().json(&["incidents"])["incidents"][0]["state"] == "open");
    app.press("z");
    app.wait_text("Hear nothing of it for");
    app.press("\r");
    app.wait_for("the end of the snooze", |screen| row(screen, "✗ problem").contains("zz "));

    app.press("\r");
    app.wait_text("✗ database: DOWN");
    assert_eq!(app.colour_of("✗ database: DOWN"), Some(RED));
    assert_ne!(app.colour_of("status: ok"), Some(RED));
    app.press("s");
    app.wait_text("acme is asked for its state");
    feels(&world, WELL);
    app.wait_text("database: UP");
    app.press("\x1b");
    app.wait_for("it is over", |screen| row(screen, "✓ over").contains("trading: database: DOWN"));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    assert_eq!(app.modes_left_on(), Vec::<&str>::new());
}

#[test]
fn bell_and_title_are_for_those_who_set_them_and_the_title_is_given_back() {
    let (world, _letterbox) = watched("");
    until_true("acme has said how it is", || world.ada().run(&["status", "--json"]).json()["sites"][0]["state_age_s"].is_u64());
    world.file("ada/app.toml", "[alerts]\nbell = true\ntitle = true\n");
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("1 Patches");
    until_true("the title is kept and set", || app.has_written(b"\x1b[22;2t\x1b]2;fieldpost\x1b\\"));
    assert!(!app.has_written(b"\x1b]2;\xe2\x9c\x97"), "nothing is wrong yet");
    feels(&world, SICK);
    app.wait_text("✗ 1 problem");
    until_true("the title tells of it", || app.has_written("\x1b]2;✗ 1 problem - fieldpost\x1b\\".as_bytes()));
    assert!(app.has_written(b"\x07"), "it rings");
    app.press("q");
    app.wait_end();
    assert!(app.has_written(b"\x1b[23;2t"), "the title is given back");
}

fn row(screen: &str, word: &str) -> String {
    screen.lines().find(|line| line.contains(word)).unwrap_or_default().to_owned()
}
