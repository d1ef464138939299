//! What must hold for any bytes under any name: no panic, and nothing in the answer that the file can't have said.
//!
//! The fuzz target and the tests of `common` drive the same function.

use std::sync::LazyLock;

use fieldpost_common::issue::{IssuePrefix, issue};
use fieldpost_common::stamp::{DateOrder, Hints, MAX_FOUND, Pattern, Place, stamp_with};
use fieldpost_common::time::Timestamp;

/// Names that make a difference to some reader.
const NAMES: [&str; 16] = [
    "Order.st",
    "folder/0161-isMorphic-jmv.1.cs.st",
    "3620-Title-BobBauer-2019Mar07-09h40m-HAW.001.cs.st",
    "0373nicerPane-vaf.st",
    "methodProperties.json",
    "properties.json",
    "version",
    "V1__table.sql",
    "tax.f",
    "tax.cob",
    "tax.bat",
    "tax.py",
    "tax.pas",
    "tax.vim",
    "4711-fix.patch",
    "",
];

/// 2020-01-01, in milliseconds.
const NOW: i64 = 1_577_836_800_000;

/// An application's own prefix of issues.
static PREFIX: LazyLock<Option<IssuePrefix>> = LazyLock::new(|| IssuePrefix::new("^([A-Z]+-[0-9]+)").ok());

/// What each choice knows from elsewhere; compiled once.
static HINTS: LazyLock<Vec<Hints>> = LazyLock::new(|| (0..16).map(hints).collect());

/// Reads stamp and issue; `choice` picks name and hints.
pub(crate) fn read(choice: u8, content: &[u8]) {
    let name = NAMES[usize::from(choice) % NAMES.len()];
    let hints = &HINTS[usize::from(choice / 16)];
    if let Some(stamp) = stamp_with(content, name, hints) {
        assert!(stamp.found.len() <= MAX_FOUND);
        assert!(stamp.found.iter().all(|found| found.offset <= content.len()));
        assert!(stamp.author.is_none_or(|author| !author.trim().is_empty() && !author.contains(char::is_control)));
        let latest = hints.now.map_or(i64::MAX, |now| now.as_ms() + 24 * 3_600_000);
        assert!(stamp.changed_at.is_none_or(|at| at.approx_unix_ms() <= latest));
    }
    let _ = issue(name, content, PREFIX.as_ref().filter(|_| choice.is_multiple_of(2)));
}

fn hints(choice: u8) -> Hints {
    let pattern = |text, place| Pattern::new(text).ok().map(|pattern| pattern.within(place));
    let patterns = match choice % 4 {
        0 => Vec::new(),
        1 => pattern(r"## (?<author>\w+) @ (?<time>.*) ##", Place::Anywhere).into_iter().collect(),
        2 => pattern(r"^\W*(?<author>[a-z]+) (?<time>[0-9/: .-]+)", Place::Head(3)).into_iter().collect(),
        _ => pattern(r"(?<time>\d+\.\d+\.\d+)", Place::Foot(3)).into_iter().collect(),
    };
    let date_order = match choice / 4 % 3 {
        0 => None,
        1 => Some(DateOrder::DayFirst),
        _ => Some(DateOrder::MonthFirst),
    };
    let now = (choice / 4 % 2 == 1).then(|| Timestamp::from_ms(NOW));
    Hints { patterns, date_order, now, ..Hints::default() }
}
