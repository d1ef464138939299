//! How many bytes a diff sends to the terminal: a screen, and one row further.

use super::diffs::opened;
use super::wire::Wire;

/// Code with lines of all lengths; every tenth line is changed.
fn code(changed: bool) -> String {
    let line = |number: usize| {
        let indent = "\t".repeat(number % 4);
        let rest = "self price rounded ".repeat(number % 5);
        let word = if changed && number.is_multiple_of(10) { "newQuantity" } else { "quantity" };
        format!("{indent}lots := {word}{} // self lotSize. {rest}\n", number % 17)
    };
    (0..600).map(line).collect()
}

/// The largest and the middle step of many.
fn scrolled(size: (u16, u16), keys: &str) -> (usize, usize) {
    let (old, new) = (code(false), code(true));
    let mut harness = opened(size, old.as_bytes(), new.as_bytes());
    let mut wire = Wire::new(size);
    harness.press(keys);
    wire.draw(&harness);
    let mut steps: Vec<_> = (0..20)
        .map(|_| {
            harness.press("j");
            wire.draw(&harness)
        })
        .collect();
    steps.sort_unstable();
    (steps[19], steps[10])
}

#[test]
fn scrolling_by_a_row_stays_within_its_bytes() {
    for (size, keys, most) in [((80, 24), "E", 2_048), ((200, 50), "E", 6_144), ((200, 50), "E Tab", 6_144)] {
        let (largest, middle) = scrolled(size, keys);
        println!("{size:?} {keys}: at most {largest} bytes, in the middle {middle}");
        assert!(largest <= most, "{size:?} {keys}: a step takes {largest} bytes");
    }
}

#[test]
fn a_full_diff_takes_under_five_kilobytes() {
    let (old, new) = (code(false), code(true));
    let full = Wire::new((80, 24)).draw(&opened((80, 24), old.as_bytes(), new.as_bytes()));
    assert!(full < 5 * 1024, "the full screen takes {full} bytes");
}
