//! How long a comparison of 5 MB takes to open and how fast it scrolls, with what `git diff --no-index` and `diff -u` take for the
//! same files in the same run: `cargo bench --workspace --bench diff`.

use fieldpost::app::compare::cells::{Look, cells};
use fieldpost::app::compare::lines::Spaces;
use fieldpost::app::compare::rows::{Folds, Layout, Row, Rows};
use fieldpost::app::compare::words::words;
use fieldpost::app::compare::{Shown, Texts, compare, read_stamp};
use fieldpost::clock::Stopwatch;
use fieldpost_common::stamp::Hints;
use std::path::Path;
use std::process::{Command, Stdio};

const SIZE: usize = 5_000_000;
/// A tall screen.
const PAGE: usize = 46;
const WIDTH: usize = 190;
/// Each figure is the best of so many runs.
const RUNS: usize = 5;

/// Source code that doesn't repeat itself, with the usual short lines that do.
fn source() -> Vec<String> {
    let mut lines = Vec::new();
    let mut size = 0;
    for number in 0_usize.. {
        if size >= SIZE {
            break;
        }
        let line = match number % 9 {
            0 => String::new(),
            1 => format!("!Order{} methodsFor: 'computing'!", number / 900),
            2 => "\t| lots price |".to_owned(),
            3..=6 => format!("\tlots := quantity{} // self lotSize{} + {}.", number % 97, number % 31, number),
            7 => format!("\t^price{} * lots rounded: {}", number % 13, number / 7),
            _ => "! !".to_owned(),
        };
        size += line.len() + 1;
        lines.push(line);
    }
    lines
}

/// Every `each`th line is changed; where each is 1, all of them are.
fn changed(lines: &[String], each: usize) -> Vec<String> {
    let change =
        |(number, line): (usize, &String)| if number % each == 0 { format!("{line} \"changed {number}\"") } else { line.clone() };
    lines.iter().enumerate().map(change).collect()
}

/// Few different lines, over and over, in an order that begins elsewhere: nothing stands once, so that nothing can be relied on.
fn repeated(seed: usize) -> Vec<String> {
    let mut state = seed;
    let line = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("\tlots := quantity{} // self lotSize.", (state >> 33) % 50)
    };
    (0..SIZE / 35).map(line).collect()
}

/// The same lines in another order: what comparing by lines is worst at.
fn shuffled(lines: &[String]) -> Vec<String> {
    let step = 7_919;
    (0..lines.len()).map(|place| lines[place * step % lines.len()].clone()).collect()
}

fn bytes(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

/// The best of some runs, in milliseconds.
fn best(mut work: impl FnMut()) -> f64 {
    let once = |_| {
        let watch = Stopwatch::start();
        work();
        watch.elapsed().as_secs_f64() * 1e3
    };
    (0..RUNS).map(once).fold(f64::INFINITY, f64::min)
}

/// Lines a second when every page is built as it is drawn, one row further each time.
fn scrolled(texts: &Texts, rows: &Rows) -> f64 {
    let steps = rows.len().saturating_sub(PAGE).min(2_000);
    let watch = Stopwatch::start();
    let mut cut = 0;
    for top in 0..steps {
        for row in top..top + PAGE {
            let line = |text: &str, marks: Vec<_>| {
                let marks: Vec<_> = marks.into_iter().map(|range| (range, Look::Word)).collect();
                cells(text, &marks, 0, WIDTH).len()
            };
            cut += match rows.row(row) {
                Some(Row::Gone { old }) => {
                    let (text, other) = (texts.left.line(old), texts.right.line(old));
                    line(text, words(text, other, Spaces::Exact).0)
                }
                Some(Row::Added { new }) => {
                    let (text, other) = (texts.right.line(new), texts.left.line(new));
                    line(text, words(other, text, Spaces::Exact).1)
                }
                Some(Row::Same { new, .. }) => line(texts.right.line(new), Vec::new()),
                _ => 0,
            };
        }
    }
    assert!(cut > 0 || steps == 0, "something was cut");
    f64::from(u32::try_from(steps).expect("few")) / watch.elapsed().as_secs_f64()
}

/// A program that may not be installed.
fn peer(program: &str, args: &[&str], folder: &Path) -> Option<f64> {
    let run = || Command::new(program).args(args).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run().ok()?;
    Some(best(|| drop(run())))
}

fn report(name: &str, old: &[u8], new: &[u8], folder: &Path) {
    let open = best(|| {
        let comparison = compare(Some(old), Some(new));
        let Shown::Text { lines, .. } = &comparison.shown else { return };
        assert!(!Rows::new(lines, Layout::Unified, &Folds::default()).is_empty(), "rows");
    });
    let comparison = compare(Some(old), Some(new));
    let Shown::Text { texts, lines } = &comparison.shown else { return };
    let all = Folds { all: true, ..Folds::default() };
    let rows = Rows::new(lines, Layout::Unified, &all);
    let scroll = scrolled(texts, &rows);
    std::fs::write(folder.join("old"), old).expect("a file");
    std::fs::write(folder.join("new"), new).expect("a file");
    let git = peer("git", &["diff", "--no-index", "--no-color", "old", "new"], folder);
    let diff = peer("diff", &["-u", "old", "new"], folder);
    let ratio = |other: Option<f64>| other.map_or("not installed".to_owned(), |ms| format!("{ms:5.0} ms = {:.2}x", ms / open));
    let coarse = if lines.coarse { ", coarsely" } else { "" };
    println!(
        "{name:22} open {open:5.0} ms{coarse} · {:7} rows · {scroll:7.0} rows scrolled/s · git diff {} · diff -u {}",
        rows.len(),
        ratio(git),
        ratio(diff)
    );
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = source();
    let old = bytes(&lines);
    println!("{} bytes, {} lines; a screen of {PAGE} rows of {WIDTH} cells", old.len(), lines.len());
    report("1 % changed", &old, &bytes(&changed(&lines, 100)), folder.path());
    report("50 % changed", &old, &bytes(&changed(&lines, 2)), folder.path());
    report("everything different", &old, &bytes(&changed(&lines, 1)), folder.path());
    report("in another order", &old, &bytes(&shuffled(&lines)), folder.path());
    report("50 lines, repeated", &bytes(&repeated(1)), &bytes(&repeated(2)), folder.path());
    let stamp = best(|| drop(read_stamp(Some(&old), "order.st", &Hints::default())));
    println!("reading one stamp takes {stamp:.0} ms, beside the comparison");
}
