//! Says why a request came to nothing so that a client's administrator knows what to do: each cause in words, with the cure that helps against it.

use crate::clock;
use fieldpost_common::time::{Timestamp, minute};
use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use std::error::Error;
use std::io::{self, ErrorKind};

/// Where the request went.
pub(super) struct Way<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) is_https: bool,
    pub(super) proxy: Option<&'a str>,
}

/// What happened, and on further lines what to do.
pub(super) fn diagnose(error: &reqwest::Error, way: &Way<'_>) -> String {
    let causes = causes(error);
    let (words, cure) = known(error, &causes, way).unwrap_or_else(|| (super::answer::causes(error), general(way)));
    format!("{words}\n{cure}")
}

/// An error's causes, outermost first. An `io::Error` passes over the one that it was made of.
fn causes<'a>(error: &'a reqwest::Error) -> Vec<&'a (dyn Error + 'static)> {
    let mut all = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        all.push(cause);
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| cause.source());
    }
    all
}

fn known(error: &reqwest::Error, causes: &[&(dyn Error + 'static)], way: &Way<'_>) -> Option<(String, String)> {
    let says = |text: &str| causes.iter().any(|cause| cause.to_string().contains(text));
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return of_tls(tls, way);
    }
    if says("tunnel error: proxy authorization required") {
        let cure = "set proxy = \"http://USER:PASSWORD@HOST:PORT\" in the config";
        return Some(("the proxy wants a login".to_owned(), cure.to_owned()));
    }
    if says("tunnel error: unsuccessful") || says("tunnel error: unexpected end of file") {
        let Way { host, port, .. } = way;
        let cure = format!("ask who runs the proxy to allow CONNECT to {host}:{port}");
        return Some((format!("the proxy connects nobody to {host}:{port}"), cure));
    }
    if says("dns error") {
        return Some(of_name(causes, way));
    }
    if says("invalid HTTP version") {
        return Some(not_http(way));
    }
    let kind = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind).next_back();
    let asked = asked(way);
    let (words, cure) = match kind {
        Some(ErrorKind::ConnectionRefused) => (
            format!("nothing listens at {asked}"),
            match way.proxy {
                Some(_) => "write the right proxy in the config, or ask who runs it to start it".to_owned(),
                None => "the server is down, or listens at another port: ask the vendor, and write the right port in `server`"
                    .to_owned(),
            },
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            (format!("there is no way to {asked} from here"), "look at this machine's network and routes".to_owned())
        }
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) if error.is_connect() => (
            format!("{asked} ended the connection at once"),
            "a firewall does that, or a port that is not the server's: let this machine connect there".to_owned(),
        ),
        _ if error.is_timeout() && error.is_connect() => (
            format!("{asked} doesn't answer"),
            match way.proxy {
                Some(_) => "ask who runs the proxy whether it is up".to_owned(),
                None => format!("let the firewall pass connections from here to {asked}, or set `proxy` in the config"),
            },
        ),
        _ => return None,
    };
    Some((words, cure))
}

/// Whom the connection itself goes to.
fn asked(way: &Way<'_>) -> String {
    way.proxy.map_or_else(|| format!("{}:{}", way.host, way.port), |proxy| format!("the proxy {proxy}"))
}

fn general(way: &Way<'_>) -> String {
    format!("look at the network between here and {}:{}; FIELDPOST_LOG=debug says more", way.host, way.port)
}

fn of_name(causes: &[&(dyn Error + 'static)], way: &Way<'_>) -> (String, String) {
    let why = causes.last().map(ToString::to_string).unwrap_or_default();
    match way.proxy {
        Some(proxy) => (
            format!("the name of the proxy {proxy} can't be looked up: {why}"),
            "write the right proxy in the config, or look at this machine's DNS".to_owned(),
        ),
        None => (
            format!("the name {} can't be looked up: {why}", way.host),
            "check the name in `server`, and this machine's DNS; where only a proxy may look up names, set `proxy` in the config"
                .to_owned(),
        ),
    }
}

fn not_http(way: &Way<'_>) -> (String, String) {
    let Way { host, port, .. } = way;
    let words = format!("what answers at {host}:{port} doesn't speak HTTP");
    let cure = if way.is_https {
        "write the server's own port in `server`"
    } else {
        "if that is an HTTPS port, write https:// instead of http:// in `server`"
    };
    (words, cure.to_owned())
}

fn of_tls(error: &rustls::Error, way: &Way<'_>) -> Option<(String, String)> {
    let Way { host, port, proxy, .. } = way;
    let whose = "the server's certificate";
    // A proxy that looks into the connection shows a certificate of its own.
    let who = if proxy.is_some() { "the vendor, or who runs the proxy," } else { "the vendor" };
    let found = match error {
        rustls::Error::InvalidCertificate(certificate) => of_certificate(certificate, way, whose, who),
        rustls::Error::InvalidMessage(_) => (
            format!("what answers at {host}:{port} doesn't speak TLS: it may be a plain HTTP port"),
            "write the server's HTTPS port in `server`; http:// is only for a way that something else protects (allow_plain_http = true)"
                .to_owned(),
        ),
        rustls::Error::AlertReceived(alert) => (
            format!("{host}:{port} refuses the connection: {alert:?}"),
            format!("{who} has to look at the server's TLS settings; the server's log says more"),
        ),
        rustls::Error::PeerIncompatible(_) => (
            format!("{host}:{port} speaks only TLS that is too old: {error}"),
            format!("{who} has to allow TLS 1.2 or newer"),
        ),
        _ => return None,
    };
    Some(found)
}

fn of_certificate(error: &CertificateError, way: &Way<'_>, whose: &str, who: &str) -> (String, String) {
    let own = minute(clock::wall());
    let renew = |what: &str| {
        format!(
            "if it is about {own} now, {who} has to {what}; if it isn't, set this machine's clock, as with `timedatectl set-ntp true`"
        )
    };
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            (format!("{whose} expired on {}, and this machine's clock says {own}", date(*not_after)), renew("renew it"))
        }
        CertificateError::NotValidYetContext { not_before, .. } => (
            format!("{whose} is valid only from {} on, and this machine's clock says {own}", date(*not_before)),
            renew("install one that is valid now"),
        ),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", ");
            let names = if names.is_empty() { "no name".to_owned() } else { names };
            (
                format!("{whose} is for {names}, and not for {}", way.host),
                format!("write the name that it is for in `server`, if that is the server; else {who} has to install one for {}", way.host),
            )
        }
        CertificateError::UnknownIssuer => (
            format!("{whose} comes from an issuer that this machine doesn't trust"),
            "if the vendor or a proxy of yours has a root certificate of its own, save it as a PEM file and name that with ca_file in the config"
                .to_owned(),
        ),
        CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => (
            format!("{whose} is one that may only sign others (CA:TRUE), as `openssl req -x509` makes them"),
            format!("{who} has to install one of a server (basicConstraints=CA:FALSE)"),
        ),
        CertificateError::Revoked => (format!("{whose} was revoked"), format!("{who} has to install another one")),
        other => (format!("{whose} can't be used: {other}"), format!("{who} has to install another one")),
    }
}

/// Out of `DnsName("post.example")` the name.
fn bare(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn date(time: UnixTime) -> String {
    let ms = i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000);
    minute(Timestamp::from_ms(ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const WAY: Way<'static> = Way { host: "post.example", port: 443, is_https: true, proxy: None };

    fn certificate(error: CertificateError) -> (String, String) {
        of_tls(&rustls::Error::InvalidCertificate(error), &WAY).expect("known")
    }

    #[test]
    fn each_fault_of_a_certificate_says_its_own_cure_and_dates_that_people_read() {
        let at = |s| UnixTime::since_unix_epoch(Duration::from_secs(s));
        let (words, cure) = certificate(CertificateError::ExpiredContext { time: at(2), not_after: at(1_700_000_000) });
        assert!(words.contains("expired on 2023-11-14 22:13 UTC, and this machine's clock says 2"), "{words}");
        assert!(cure.contains("renew it") && cure.contains("set this machine's clock") && !cure.contains("ca_file"), "{cure}");
        let (words, cure) = certificate(CertificateError::NotValidYetContext { time: at(2), not_before: at(4_000_000_000) });
        assert!(words.contains("valid only from 2096-10-02") && !cure.contains("ca_file"), "{words}: {cure}");
        let name = "post.example".try_into().expect("a name");
        let presented = vec!["DnsName(\"other.example\")".to_owned()];
        let (words, cure) = certificate(CertificateError::NotValidForNameContext { expected: name, presented });
        assert!(
            words.ends_with("is for other.example, and not for post.example") && !cure.contains("ca_file"),
            "{words}: {cure}"
        );
        let (words, cure) = certificate(CertificateError::UnknownIssuer);
        assert!(words.contains("doesn't trust") && cure.contains("ca_file"), "{words}: {cure}");
        let own = std::sync::Arc::new(std::io::Error::other("CaUsedAsEndEntity"));
        let (words, cure) = certificate(CertificateError::Other(rustls::OtherError(own)));
        assert!(words.contains("may only sign others") && cure.contains("CA:FALSE"), "{words}: {cure}");
    }
}
