//! The server as a library: opens the data and answers requests until it is told to stop. The command line is left to `main`.

mod agent;
mod api;
mod auth;
mod backup_target;
mod badge;
mod body;
mod checksum;
mod clock;
mod command;
mod config;
mod content;
mod damage;
mod drift;
mod error;
mod feed;
mod health;
mod healthcheck;
mod invite;
mod lineage;
mod mail;
mod mailbox;
mod measures;
mod monitor;
mod net;
mod observe;
mod people;
mod presence;
mod random;
mod reading;
mod recall;
mod request;
mod restore;
mod routes;
mod scrub;
mod server;
mod settle;
mod signals;
mod store;
mod submit;
mod throttle;
mod ticker;
mod trust_held;
mod watch;
mod wish;

#[cfg(test)]
mod tests;

pub use command::{Checked, LoginString, backup, check, init, login_string, set_url};
pub use config::{Config, ConfigError, Tls};
pub use healthcheck::healthcheck;
pub use mail::{MailError, test as test_mail};
pub use restore::{Restored, promote, restore};
pub use store::{LogFault, StoreError};

use net::{Certificate, Limits};
use server::{Server, Shared};
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// The version, in every answer.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long requests that are under way may take to end once the server is told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The config can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The certificate or its key can't be used.
    #[error("certificate {cert}, key {key}: {why}")]
    Tls {
        /// The certificate.
        cert: String,
        /// The key.
        key: String,
        /// What is wrong.
        why: std::io::Error,
    },
    /// The network says no.
    #[error("can't serve: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves the data in `config.data` on `listener`, until `shutdown`; what waits then is let go at once.
pub async fn serve(config: Config, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
    let config = Config { listen: listener.local_addr()?, ..config };
    config.check()?;
    let certificate = load_certificate(&config)?;
    signals::attend(certificate.clone())?;
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let server = Server::open(config)?;
    // Whoever started the server may have closed its output; that is no reason to end.
    drop(writeln!(std::io::stdout(), "listening on {scheme}://{}", server.config.listen));
    let limits = Limits::new(net::open_files(), server.config.poll.expected());
    run(&server, certificate, listener, limits, shutdown).await
}

async fn run(
    server: &Shared,
    certificate: Option<Certificate>,
    listener: TcpListener,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    listener.set_nonblocking(true)?;
    let router = routes::router(Arc::clone(server));
    let serving = net::serve(listener, certificate, router, limits, server.stopping());
    let stopping = async {
        shutdown.await;
        tracing::info!("stopping");
        server.stop();
        tokio::time::sleep(STOP_WITHIN).await;
    };
    let ticking = async {
        ticker::tick(server).await;
        std::future::pending::<()>().await;
    };
    let reading = async {
        reading::keep_up(server).await;
        std::future::pending::<()>().await;
    };
    let watching = async {
        watch::keep_watch(server).await;
        std::future::pending::<()>().await;
    };
    let scrubbing = async {
        scrub::keep_scrubbing(server).await;
        std::future::pending::<()>().await;
    };
    let mailing = async {
        mail::keep_mailing(server).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        end = serving => end?,
        () = stopping => {}
        () = ticking => {}
        () = reading => {}
        () = watching => {}
        () = mailing => {}
        () = scrubbing => {}
    }
    let flushed = ticker::flush(server).await;
    let closing = Arc::clone(server);
    // An error means that the closing panicked; its thread has said so.
    drop(tokio::task::spawn_blocking(move || closing.store.close()).await);
    flushed?;
    Ok(())
}

fn load_certificate(config: &Config) -> Result<Option<Certificate>, ServeError> {
    let Some(files) = config.tls.clone() else { return Ok(None) };
    let Tls { cert, key } = &files;
    let (cert, key) = (cert.display().to_string(), key.display().to_string());
    Certificate::load(files).map(Some).map_err(|why| ServeError::Tls { cert, key, why })
}
