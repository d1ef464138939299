//! The tabs of the app in a real terminal: from a site that waits to what happened there.

use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;

#[test]
fn an_order_that_waits_is_found_at_its_site_taken_back_and_seen_in_the_activity() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.kill_agent("acme");
    world.publish("4711-Order.st", "one\n", "7.7");
    world.ada().ok(&["send", "4711-Order.st", "--app", "trading", "--to", "acme", "--yes"]);

    let mut app = Terminal::start(world.ada(), &[], 40, 120, &[]);
    app.wait_text("4711-Order.st");
    app.press("2");
    app.wait_for("the site with its order", |screen| row(screen, "acme").contains("1 order"));
    app.press("\r");
    app.wait_text("Waiting orders 1");
    app.press("x");
    app.wait_text("Take the order back?");
    app.press("\r");
    app.wait_text("taken back by ada");
    app.wait_text("none: everything that was sent has been answered");

    app.press("5");
    app.wait_text("audit ok");
    app.wait_for("the order that was taken back", |screen| row(screen, "cancelled").contains("4711-Order.st @ acme"));
    app.press("2");
    app.wait_text("taken back by ada");
    app.press("\x1b");
    // The page has a heading of that name too; until it is gone, Esc and the next key could arrive as one.
    app.wait_for("the list", |screen| screen.contains("State") && !screen.contains("taken back by ada"));
    app.press("1");
    app.wait_text("4711-Order.st");
    app.press("q");
    assert_eq!(app.wait_end(), 0);
    assert_eq!(app.modes_left_on(), Vec::<&str>::new());
}

fn row(screen: &str, word: &str) -> String {
    screen.lines().find(|line| line.contains(word)).unwrap_or_default().to_owned()
}
