//! The server's address, and whether it may be spoken to in the clear.

use reqwest::Url;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Where the server is: `http` or `https`, a host, perhaps a port and a path below which it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl FromStr for ServerUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("server address {text:?}: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(format!("server address {text:?}: use https://HOST or http://HOST"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(format!("server address {text:?}: only scheme, host, port and path belong there"));
        }
        Ok(Self(url))
    }
}

impl<'de> Deserialize<'de> for ServerUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl ServerUrl {
    /// The full address of a path of the wire.
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Whom a connection goes to.
    pub fn host_and_port(&self) -> (&str, u16) {
        (self.0.host_str().unwrap_or_default(), self.0.port_or_known_default().unwrap_or_default())
    }

    /// Whether TLS protects the way.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is this very machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// Refuses to send a token in the clear over a network, unless that is meant.
    pub fn check(&self, allow_plain_http: bool) -> Result<(), String> {
        if self.0.scheme() == "https" || self.is_loopback() || allow_plain_http {
            return Ok(());
        }
        Err(format!(
            "{self} would send this site's token unprotected: use https, or set allow_plain_http = true if a tunnel protects it"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_refused_to_anything_but_this_machine() {
        for (text, fine) in [
            ("https://post.example", true),
            ("http://127.0.0.1:8700", true),
            ("http://[::1]:8700", true),
            ("http://localhost:8700/", true),
            ("http://127.0.0.1.example", false),
            ("http://10.0.0.1", false),
        ] {
            let url: ServerUrl = text.parse().expect(text);
            assert_eq!(url.check(false).is_ok(), fine, "{text}");
            assert!(url.check(true).is_ok());
        }
    }

    #[test]
    fn a_path_is_joined_below_the_servers_own() {
        let url: ServerUrl = "https://x.example/post/".parse().expect("url");
        assert_eq!(url.join("/agent/v1/poll"), "https://x.example/post/agent/v1/poll");
        assert!("https://user:secret@x.example".parse::<ServerUrl>().is_err());
    }
}
