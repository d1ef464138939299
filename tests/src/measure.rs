//! What benchmarks and tests read of a running process, and the clock they time it with.

use std::time::Instant;

/// The clock.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// CPU time of a process so far, in seconds, user and system.
pub fn cpu_seconds(pid: u32) -> f64 {
    f64::from(cpu_ticks(pid)) / 100.0
}

/// CPU time of a process so far, in ticks of a hundredth of a second, user and system.
pub fn cpu_ticks(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    let after_name = stat.rsplit(')').next().expect("fields");
    let field = |index: usize| after_name.split_whitespace().nth(index).expect("a field").parse::<u32>().expect("a number");
    field(11) + field(12)
}
