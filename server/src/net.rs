//! Connections: how many there may be, how long each may keep us waiting, and the loop that accepts them. Requests are left to `routes`.

mod admission;
mod connection;
mod limits;
mod stream;
mod tls;

pub(crate) use connection::Connection;
pub(crate) use limits::{Limits, open_files};
pub(crate) use tls::{Certificate, chain as certificate_chain};

use crate::clock;
use axum::Router;
use connection::{Connections, attend};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The pause after an accept that failed, as it does when no descriptor is left.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections and serves them until `stopping` says so; then waits until those that are left have ended.
pub(crate) async fn serve(
    listener: std::net::TcpListener,
    certificate: Option<Certificate>,
    router: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let connections = Arc::new(Connections::new(limits));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = said(&mut stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors in spite of the limit: somebody's connection must go before another can come.
                tracing::warn!(%error, "a connection could not be accepted");
                connections.close_oldest();
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Some(connection) = connections.admit(clock::instant()) else {
            tracing::warn!(%peer, "a connection is refused: all that there may be are in use by sites and people who are logged in");
            continue;
        };
        // An answer is often one small packet; an error here only makes it slower.
        drop(stream.set_nodelay(true));
        let (router, certificate, stopping) = (router.clone(), certificate.clone(), stopping.clone());
        tokio::spawn(attend(stream, peer, certificate, router, connection, stopping));
        connections.make_room().await;
    }
    drop(listener);
    connections.all_closed().await;
    Ok(())
}

/// Waits until the server stops.
async fn said(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the server with it.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
