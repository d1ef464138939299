//! Stopping like any program on Ctrl-z, whoever asks for it: a key, a signal from outside, or an editor that has the terminal.

use rustix::process::{Pid, Signal as Kind, getpgid, getpgrp, getpid, getppid, getsid, kill_process};
use std::io;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A process that can be stopped is stopped by then.
const WITHIN: Duration = Duration::from_millis(100);

/// The signals that stop and continue.
pub(crate) struct Stops {
    stop: Signal,
    /// After a stop; it ends nothing.
    continued: Signal,
}

/// What came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Stop,
    /// It was stopped by force, and goes on.
    Continued,
}

impl Stops {
    pub(crate) fn new() -> io::Result<Self> {
        let of = |kind: Kind| signal(SignalKind::from_raw(kind.as_raw()));
        Ok(Self { stop: of(Kind::TSTP)?, continued: of(Kind::CONT)? })
    }

    /// Waits until somebody asks for a stop, or a stop that nobody asked for is over.
    pub(crate) async fn asked(&mut self) -> Asked {
        tokio::select! {
            _ = self.stop.recv() => Asked::Stop,
            _ = self.continued.recv() => Asked::Continued,
        }
    }

    /// Stops, and returns once continued. The terminal must be free.
    pub(crate) async fn stop(&mut self) -> io::Result<()> {
        if !has_shell() {
            return Ok(());
        }
        kill_process(getpid(), Kind::STOP)?;
        // Another thread may take the signal: this one must not run on before all are stopped.
        let _ = tokio::time::timeout(WITHIN, self.continued.recv()).await;
        Ok(())
    }
}

/// Whether somebody could continue this process. Where nobody can, the system doesn't stop one that leaves it to the system either:
/// the nearest of those that started it, beyond its own process group, must be in its session.
fn has_shell() -> bool {
    let own = getpgrp();
    let Ok(session) = getsid(None) else { return false };
    let mut parent = getppid();
    while let Some(pid) = parent {
        match getpgid(Some(pid)) {
            Ok(group) if group == own => parent = parent_of(pid),
            Ok(_) => return getsid(Some(pid)).is_ok_and(|other| other == session),
            Err(_) => return false,
        }
    }
    false
}

/// As far as the system has `/proc`.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name before it may hold anything, also parentheses.
    let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    Pid::from_raw(parent)
}
