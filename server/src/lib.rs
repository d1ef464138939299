//! The server as a library: opens the data and answers requests until it is told to stop. The command line is left to `main`.

mod agent;
mod api;
mod auth;
mod badge;
mod clock;
mod command;
mod config;
mod content;
mod error;
mod feed;
mod invite;
mod mail;
mod mailbox;
mod measures;
mod monitor;
mod observe;
mod people;
mod presence;
mod random;
mod reading;
mod request;
mod routes;
mod server;
mod settle;
mod store;
mod submit;
mod throttle;
mod ticker;
mod watch;
mod wish;

#[cfg(test)]
mod tests;

pub use command::{backup, check, healthcheck, init};
pub use config::{Config, ConfigError, Tls};
pub use mail::{MailError, test as test_mail};
pub use store::{LogFault, StoreError};

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use server::{Server, Shared};
use std::net::{SocketAddr, TcpListener};
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
    let tls = load_tls(&config).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = Server::open(config)?;
    println!("listening on {scheme}://{}", server.config.listen);
    run(&server, tls, listener, shutdown).await
}

async fn run(
    server: &Shared,
    tls: Option<RustlsConfig>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    listener.set_nonblocking(true)?;
    let router = routes::router(Arc::clone(server));
    let handle = Handle::new();
    let serving = accept(listener, tls, router, handle.clone());
    let stopping = async {
        shutdown.await;
        tracing::info!("stopping");
        server.stop();
        handle.graceful_shutdown(Some(STOP_WITHIN));
        std::future::pending::<()>().await;
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
    }
    let flushed = ticker::flush(server).await;
    let closing = Arc::clone(server);
    // An error means that the closing panicked; its thread has said so.
    drop(tokio::task::spawn_blocking(move || closing.store.close()).await);
    flushed?;
    Ok(())
}

async fn accept(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Some(tls) => axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(service).await,
    }
}

async fn load_tls(config: &Config) -> Result<Option<RustlsConfig>, ServeError> {
    let Some(Tls { cert, key }) = config.tls.clone() else { return Ok(None) };
    let loaded = RustlsConfig::from_pem_file(&cert, &key).await;
    let loaded =
        loaded.map_err(|why| ServeError::Tls { cert: cert.display().to_string(), key: key.display().to_string(), why })?;
    reload_on_hangup(loaded.clone(), Tls { cert, key })?;
    Ok(Some(loaded))
}

/// SIGHUP reads certificate and key anew; when they can't be used, the ones before stay.
#[cfg(unix)]
fn reload_on_hangup(loaded: RustlsConfig, Tls { cert, key }: Tls) -> std::io::Result<()> {
    let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match loaded.reload_from_pem_file(&cert, &key).await {
                Ok(()) => tracing::info!(cert = %cert.display(), "the certificate was read anew"),
                Err(error) => {
                    tracing::error!(cert = %cert.display(), %error, "the certificate can't be read; the one before stays");
                }
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn reload_on_hangup(_loaded: RustlsConfig, _files: Tls) -> std::io::Result<()> {
    Ok(())
}
