//! Somebody who was invited and starts the app: the string is pasted, and the patches come.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

#[test]
fn a_newcomer_pastes_the_login_string_and_sees_the_patches() {
    let world = World::start();
    world.publish("a.st", "one\n", "7.7");
    let invitation = world.ada().json(&["user", "add", "bn", "--role", "developer"]);
    let string = invitation["login"].as_str().expect("a login string");
    let cli = Cli::new(world.path().join("bn"), world.path());
    let mut app = Terminal::start(&cli, &[], 24, 120, &[]);
    app.wait_text("Nobody is logged in here yet");
    app.press("\x1b[200~not a login string\n\x1b[201~\r");
    app.wait_text("this is not a fieldpost login string");
    app.press("\x15");
    app.press(&format!("\x1b[200~{string}\n\x1b[201~"));
    app.wait_text("******");
    app.press("\r");
    // The key must be trusted by whoever holds the root key; the app says so before it goes on.
    app.wait_text("fieldpost trust add bn");
    app.press("\x1b");
    app.wait_for("the patches alone", |screen| screen.contains("No site runs trading yet") && !screen.contains("trust add bn"));
    app.wait_text("bn ·");
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    let secret = string.split_once('.').expect("a word and the rest").1;
    assert!(!app.has_written(&secret.as_bytes()[..16]), "the secret was on the screen");
    assert_eq!(cli.ok(&["patches", "--app", "trading", "--json"]).code, 0);
}

#[test]
fn a_newcomer_without_a_string_leaves_with_esc() {
    let world = World::start();
    let cli = Cli::new(world.path().join("bn"), world.path());
    let mut app = Terminal::start(&cli, &[], 24, 80, &[]);
    app.wait_text("Nobody is logged in here yet");
    app.press("\x1b");
    assert_eq!(app.wait_end(), 0);
    app.wait_as_before("after Esc");
}
