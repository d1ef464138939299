//! Signals that end a program unless it says otherwise, and must not end an agent.

use rustix::process::Signal;
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// SIGHUP changes nothing, whatever sends it: a terminal that closes, a tool that rotates logs. Nor do SIGUSR1 and SIGUSR2; SIGXFSZ
/// doesn't either, so that a limit of file sizes is an error like a full disk.
pub fn attend() -> io::Result<()> {
    for ignored in [SignalKind::user_defined1(), SignalKind::user_defined2(), SignalKind::from_raw(Signal::XFSZ.as_raw())] {
        // The handler stays after this is dropped, and with it the default action is gone.
        drop(signal(ignored)?);
    }
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            tracing::info!("SIGHUP: nothing is read anew; the config is read only when the agent starts");
        }
    });
    Ok(())
}
