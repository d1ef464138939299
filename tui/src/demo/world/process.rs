//! Processes of the demo: commands that are run to their end, and those that are asked to end.

use super::super::DemoError;
use crate::clock::Stopwatch;
use serde_json::Value;
use std::process::{Child, Command};
use std::time::Duration;

/// How long a process may take to end when it is asked to.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

/// How a command ended.
#[derive(Debug)]
pub(in super::super) struct Ran {
    /// What was run; without the long words in it.
    command: String,
    /// The exit code; -1: a signal.
    pub(in super::super) code: i32,
    /// Standard output.
    pub(in super::super) out: String,
    /// Standard error.
    pub(in super::super) err: String,
}

/// Asks a process to end, and ends it when it doesn't.
pub(super) fn end(child: &mut Child) {
    let watch = Stopwatch::start();
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Already gone is as good.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    while matches!(child.try_wait(), Ok(None)) {
        if watch.left_of(ENDS_WITHIN).is_zero() {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a command to its end.
pub(super) async fn finish(command: Command) -> Result<Ran, DemoError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| fieldpost_common::text::cut(&word.to_string_lossy(), 30));
    let line = std::iter::once(name.clone()).chain(words).collect::<Vec<_>>().join(" ");
    let output = tokio::process::Command::from(command).kill_on_drop(true).output().await.map_err(DemoError::io(name))?;
    Ok(Ran {
        command: line,
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

impl Ran {
    /// Must have succeeded.
    pub(in super::super) fn ok(self) -> Result<Self, DemoError> {
        self.exits(0)
    }

    /// Must have ended with a code.
    pub(in super::super) fn exits(self, code: i32) -> Result<Self, DemoError> {
        if self.code == code {
            return Ok(self);
        }
        Err(DemoError::Command { command: self.command, code: self.code, said: format!("{}{}", self.out, self.err) })
    }

    /// Its data.
    pub(in super::super) fn json(&self) -> Result<Value, DemoError> {
        serde_json::from_str(&self.out).map_err(|error| DemoError::Check(format!("JSON ({error}) in {:?}", self.out)))
    }
}

/// A text in JSON, or nothing.
pub(in super::super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
