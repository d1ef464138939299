//! Waiting for a condition, with one generous limit: tests never assert on how long something took.

use std::time::{Duration, Instant};

/// Nothing on a loaded machine takes longer.
const LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(30);

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none within a minute, naming what was waited for.
pub fn until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    #[expect(clippy::disallowed_methods, reason = "the harness is a driver")]
    let start = Instant::now();
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(start.elapsed() < LIMIT, "waited in vain until {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Asks until it holds.
pub fn until_true(what: &str, mut holds: impl FnMut() -> bool) {
    until(what, || holds().then_some(()));
}
