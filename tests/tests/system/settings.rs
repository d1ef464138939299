//! `app.toml`: keys and looks of one's own, and what happens when something in it is wrong.

use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

fn with_settings(text: &str) -> World {
    let world = World::start();
    world.publish("a.st", "one\n", "7.7");
    std::fs::write(world.ada().config.join("app.toml"), text).expect("written");
    world
}

#[test]
fn keys_of_ones_own_work_and_are_shown_in_the_footer_and_the_help() {
    let world = with_settings("[keys.grid]\nquit = \"Q\"\nhelp = \"F2\"\n[look]\nascii = true\n");
    world.ada().ok(&["doctor"]);
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("F2 help");
    app.press("q");
    app.press("\x1bOQ");
    app.wait_text("+- Keys -");
    app.press("\x1b");
    app.wait_for("the help is closed", |screen| !screen.contains("+- Keys -"));
    app.press("Q");
    assert_eq!(app.wait_end(), 0);
    let keys = world.ada().json(&["keys"]);
    let quit = keys["keys"].as_array().expect("a list").iter().find(|one| one["place"] == "grid" && one["action"] == "quit");
    assert_eq!(quit.expect("quit in the grid")["keys"], serde_json::json!(["Q"]));
}

#[test]
fn a_mistake_locks_nobody_out_and_is_named_with_its_line() {
    let world = with_settings("[keys.grid]\nsend-nwe = \"+\"\nquit = \"j\"\n");
    let doctor = world.ada().run(&["doctor"]).exits(78);
    assert!(doctor.out.contains("line 2: send-nwe is no action in grid: did you mean send-new?"), "{}", doctor.out);
    assert!(doctor.out.contains("line 3: j means both quit and down in grid"), "{}", doctor.out);
    assert_eq!(world.ada().run(&["keys"]).code, 78);
    world.ada().ok(&["patches", "--app", "trading"]);
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("did you mean send-new?");
    app.press("\x1b");
    // Until the message is gone, Esc and the next key could arrive as one: as Alt-q.
    app.wait_for("the grid alone", |screen| screen.contains("No site runs trading yet") && !screen.contains("send-nwe"));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}
