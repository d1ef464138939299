//! The terminal app in a real terminal: the keys that act, and the modes that it leaves.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

fn with_site() -> World {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world
}

#[test]
fn plus_sends_a_new_patch_and_the_cell_turns_in_sync_by_itself() {
    let world = with_site();
    world.publish("4711-Order.st", "one\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("4711-Order.st");
    app.wait_text("+");
    app.press("+");
    app.wait_text("acme");
    app.wait_for("a question", |screen| screen.contains("Enter"));
    app.press("\r");
    until_true("the file is installed", || world.read("acme", "4711-Order.st").is_some());
    app.wait_for("an equal sign in the row", |screen| row(screen, "4711-Order.st").contains('='));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    assert_eq!(app.modes_left_on(), Vec::<&str>::new());
}

#[test]
fn greater_than_sends_an_update_and_less_than_retrieves_what_the_site_changed() {
    let world = with_site();
    world.publish("a.st", "one\n", "7.7");
    world.ada().ok(&["send", "a.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.publish("a.st", "two\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 30, 120, &[]);
    app.wait_for("an update to send", |screen| row(screen, "a.st").contains('>'));
    app.press(">");
    app.wait_for("a question", |screen| screen.contains("Enter"));
    app.press("\r");
    until_true("the update is installed", || world.read("acme", "a.st").as_deref() == Some(b"two\n"));
    app.wait_for("in sync", |screen| row(screen, "a.st").contains('='));

    world.edit("acme", "a.st", "three\n");
    app.wait_for("a change at the site", |screen| row(screen, "a.st").contains('<'));
    app.press("<");
    app.wait_text("+three");
    app.press("\r");
    app.wait_text("Publish a.st?");
    app.press("\r");
    until_true("it is published", || world.ada().state("trading", "a.st", "acme") == "in_sync");
    assert_eq!(world.read("acme", "a.st").as_deref(), Some(&b"three\n"[..]));
}

#[test]
fn a_server_that_dies_leaves_the_grid_on_the_screen_with_its_age() {
    let mut world = with_site();
    world.publish("a.st", "one\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("a.st");
    world.kill_server();
    app.wait_for("that it is offline", |screen| screen.to_lowercase().contains("offline"));
    app.wait_text("a.st");
    world.start_server();
    app.wait_for("that it is back", |screen| !screen.to_lowercase().contains("offline"));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn pasted_lines_never_confirm_anything() {
    let world = with_site();
    world.publish("a.st", "one\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("a.st");
    app.press("+");
    app.wait_for("a question", |screen| screen.contains("Enter"));
    app.press("\x1b[200~y\r\n\r\n\x1b[201~");
    app.press("\x1b");
    app.wait_for("the question is gone", |screen| !screen.contains("Enter sends"));
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "not_sent");
}

#[test]
fn one_patch_is_found_by_a_filter_and_sent() {
    let world = with_site();
    for patch in ["4688-Quote-cache.st", "4709-Instrument-isin.st", "4711-Order-roundLots.st", "4712-Settlement-fx.st"] {
        world.publish(patch, "one\n", "7.7");
    }
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text("4688-Quote-cache.st");
    app.press("/");
    app.press("ordlots");
    app.wait_for("only what is looked for", |screen| screen.contains("1/4") && !screen.contains("4688-Quote-cache.st"));
    app.press("\r");
    app.press("+");
    app.wait_text("4711-Order-roundLots.st is new at acme");
    app.press("\r");
    until_true("the file is installed", || world.read("acme", "4711-Order-roundLots.st").is_some());
    app.wait_for("an equal sign in the row", |screen| row(screen, "4711-Order-roundLots.st").contains('='));
    app.press("\x1b");
    app.wait_for("the others, not sent", |screen| row(screen, "4688-Quote-cache.st").contains('+'));
    assert_eq!(world.read("acme", "4688-Quote-cache.st"), None);
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn a_question_stays_whole_through_a_resize_and_still_sends() {
    let world = with_site();
    world.publish("a.st", "one\n", "7.7");
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_for("a patch to send", |screen| row(screen, "a.st").contains('+'));
    app.press("+");
    app.wait_for("the question", whole_question);
    // Smaller, too small, and large: what is asked stands whole wherever there is room.
    for (rows, columns) in [(15, 60), (50, 200), (10, 40), (24, 80), (16, 100)] {
        app.resize(rows, columns);
        if columns < 60 {
            app.wait_text("fieldpost needs 60×15");
        } else {
            app.wait_for(&format!("the question at {columns}×{rows}"), |screen| {
                whole_question(screen) && screen.lines().all(|line| line.chars().count() <= usize::from(columns))
            });
        }
        assert_eq!(world.ada().state("trading", "a.st", "acme"), "not_sent");
    }
    app.press("\r");
    until_true("the file is installed", || world.read("acme", "a.st").is_some());
    app.wait_for("an equal sign in the row", |screen| row(screen, "a.st").contains('='));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

/// A box with all its corners, the question in it, and the keys that answer it.
fn whole_question(screen: &str) -> bool {
    let parts = ["┌─ Send 1 order? ─", "┐", "│ a.st is new at acme ", "├─", "u undoes it", "└─", "┘", "Enter yes   Esc no"];
    parts.iter().all(|part| screen.contains(part))
}

fn row(screen: &str, patch: &str) -> String {
    screen.lines().find(|line| line.contains(patch)).unwrap_or_default().to_owned()
}
