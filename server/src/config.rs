//! The config file of `fieldpost-server run`: TOML, every field optional, nothing unknown accepted.

use fieldpost_common::wire::MAX_CONTENT;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// How the server runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The data directory; given on the command line.
    #[serde(skip)]
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Certificate and key, for HTTPS.
    pub tls: Option<Tls>,
    /// A proxy in front ends TLS and says in `X-Forwarded-For` who is there.
    pub behind_proxy: bool,
    /// The largest content, in bytes.
    pub max_content: u64,
    /// The most that one site may hand over in all, in bytes.
    pub site_quota: u64,
}

/// PEM files; read anew on SIGHUP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, followed by what leads to its root.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8700)),
            tls: None,
            behind_proxy: false,
            max_content: MAX_CONTENT,
            site_quota: 2 << 30,
        }
    }
}

/// A config that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// It says something wrong.
    #[error("{path}:{line}:{column}: {why}")]
    Wrong {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// What it says makes no sense together.
    #[error(
        "listen = \"{0}\" would send tokens in the clear: set tls = {{ cert, key }}, or behind_proxy = true when a proxy ends TLS"
    )]
    PlainHttp(SocketAddr),
}

impl Config {
    /// Reads a config file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(error) => Err(ConfigError::Unreadable { path: shown, why: error.to_string() }),
        }
    }

    fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ConfigError::Wrong { path: path.to_owned(), line, column, why: error.message().to_owned() }
        })
    }

    /// Refuses plain HTTP on anything but loopback.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.tls.is_some() || self.behind_proxy || self.listen.ip().is_loopback() {
            Ok(())
        } else {
            Err(ConfigError::PlainHttp(self.listen))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_unknown_is_named_with_line_and_column() {
        let error = Config::parse("behind_proxy = true\n  max_contents = 5\n", "s.toml").expect_err("unknown");
        let text = error.to_string();
        assert!(text.starts_with("s.toml:2:3: ") && text.contains("max_contents"), "{text}");
    }

    #[test]
    fn plain_http_is_only_for_loopback_unless_a_proxy_ends_tls() {
        let listen = "0.0.0.0:8700".parse().expect("address");
        let open = Config { listen, ..Config::default() };
        assert_eq!(open.check(), Err(ConfigError::PlainHttp(listen)));
        assert_eq!(Config { behind_proxy: true, ..open.clone() }.check(), Ok(()));
        let tls = Some(Tls { cert: "c.pem".into(), key: "k.pem".into() });
        assert_eq!(Config { tls, ..open }.check(), Ok(()));
        assert_eq!(Config::default().check(), Ok(()));
    }
}
