//! Builds the HTTP client: roots, proxy, timeouts, no redirects.

use crate::config::ServerUrl;
use reqwest::{Certificate, Client, Proxy, Url};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why no client can be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file with further roots.
    #[error("ca_file {0}: {1}\nit must hold certificates in PEM form")]
    Roots(PathBuf, String),
    /// The proxy's address.
    #[error("proxy {0:?}: {1}\nuse http://HOST:PORT, with user:password@ before the host if it wants a login")]
    Proxy(String, String),
    /// Anything else.
    #[error("no HTTPS client can be set up: {0}")]
    Client(String),
}

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections outlive the pause between two polls: a TLS handshake costs more than many polls.
const IDLE: Duration = Duration::from_secs(90);

/// The client, and the proxy that it uses, without password.
pub(super) fn build(
    server: &ServerUrl,
    proxy: Option<&str>,
    ca_file: Option<&Path>,
) -> Result<(Client, Option<String>), ClientError> {
    let mut builder = Client::builder()
        .user_agent(concat!("fieldpost-agent/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(2)
        .tcp_keepalive(Duration::from_secs(20));
    if let Some(path) = ca_file {
        builder = builder.tls_certs_merge(roots(path)?);
    }
    let mut shown = None;
    if let Some(text) = proxy {
        let wrong = |error: String| ClientError::Proxy(without_password(text), error);
        builder = builder.proxy(Proxy::all(text).map_err(|error| wrong(error.to_string()))?);
        shown = Some(without_password(text));
    } else if server.is_loopback() {
        builder = builder.no_proxy();
    } else {
        shown = environment_proxy().map(|text| without_password(&text));
    }
    let client = builder.build().map_err(|error| ClientError::Client(super::answer::causes(&error)))?;
    Ok((client, shown))
}

fn roots(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let failed = |error: String| ClientError::Roots(path.to_owned(), error);
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let roots = Certificate::from_pem_bundle(&pem).map_err(|error| failed(super::answer::causes(&error)))?;
    if roots.is_empty() { Err(failed("no certificate in it".to_owned())) } else { Ok(roots) }
}

/// Only for messages: reqwest reads the environment itself.
fn environment_proxy() -> Option<String> {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
}

fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "that is set".to_owned() };
    if url.password().is_some() {
        // Fails only for addresses that have no password.
        let _ = url.set_password(Some("..."));
    }
    url.to_string().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_password_is_never_shown() {
        let shown = without_password("http://ada:s3cret@proxy.example:3128");
        assert!(!shown.contains("s3cret") && shown.contains("proxy.example:3128"), "{shown}");
    }
}
