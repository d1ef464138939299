//! The demo that the README starts with.

use fieldpost_tests::binaries;

#[test]
fn the_headless_demo_plays_the_whole_story_and_every_check_holds() {
    let output = binaries::command("fieldpost").args(["demo", "--headless"]).output().expect("the demo runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let everyday = ["publish", "send", "installed", "edited", "diff", "retrieve", "conflict", "resolved"];
    let troubles =
        ["restarted right after an install", "repeated with --again", "its problem stays open", "backup, more work, restore"];
    for step in everyday.into_iter().chain(troubles) {
        assert!(said.to_lowercase().contains(step), "{step} is not in\n{said}");
    }
}
