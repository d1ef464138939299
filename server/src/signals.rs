//! Signals that end a program unless it says otherwise, and must not end a server.

use crate::net::Certificate;
use std::io;

/// SIGHUP reads the certificate anew. What else comes by mistake changes nothing: SIGUSR1 and SIGUSR2, as tools that rotate logs send
/// them, and SIGXFSZ, so that a limit of file sizes is an error like a full disk.
#[cfg(unix)]
pub(crate) fn attend(certificate: Option<Certificate>) -> io::Result<()> {
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};
    for ignored in [SignalKind::user_defined1(), SignalKind::user_defined2(), SignalKind::from_raw(Signal::XFSZ.as_raw())] {
        // The handler stays after this is dropped, and with it the default action is gone.
        drop(signal(ignored)?);
    }
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reload(certificate.as_ref());
        }
    });
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn attend(_certificate: Option<Certificate>) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn reload(certificate: Option<&Certificate>) {
    const REST: &str = "the config is read only when the server starts";
    match certificate.map(Certificate::reload) {
        None => tracing::info!("SIGHUP: nothing is read anew; {REST}"),
        Some(Ok(())) => tracing::info!("SIGHUP: the certificate was read anew; {REST}"),
        Some(Err(error)) => tracing::error!(%error, "SIGHUP: the certificate can't be read; the one before stays"),
    }
}
