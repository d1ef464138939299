//! A command that goes on running while a test looks at what it prints.

use crate::cli::Cli;
use crate::patience::until;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// A running command; it is ended with the test.
pub struct Background {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Background {
    /// Starts `fieldpost ARGS`.
    pub fn start(cli: &Cli, args: &[&str]) -> Self {
        let mut child = cli.command(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("fieldpost starts");
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let (out, kept) = (child.stdout.take().expect("its output"), Arc::clone(&lines));
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { child, lines }
    }

    /// The lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has printed such a line.
    pub fn wait_line(&self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        until(what, || self.lines().into_iter().find(|line| is_it(line)))
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
