//! `fieldpost-server healthcheck`: asks the server on this machine whether it is ready, over HTTP or HTTPS as the config says.

use crate::command::CommandError;
use crate::config::{Config, Tls};
use crate::net::certificate_chain;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const MOST: u64 = 64 << 10;

/// Asks the server that runs with this config; `listen` wins over what that says. What it said.
pub fn healthcheck(config: &Config, listen: Option<SocketAddr>) -> Result<String, CommandError> {
    let address = reachable(listen.unwrap_or(config.listen));
    let not_ready = |why: String| CommandError::NotReady(address, why);
    let answer = ask(address, config.tls.as_ref()).map_err(|error| not_ready(explain(&error, config.tls.as_ref())))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().and_then(|line| line.split(' ').nth(1));
    match status {
        _ if !head.to_ascii_lowercase().contains("\r\nfieldpost-server:") => {
            Err(not_ready(format!("something answers that is not the fieldpost server{}", hint(config.tls.as_ref()))))
        }
        Some("200") => Ok(body.trim_end().to_owned()),
        _ => Err(not_ready(body.trim_end().to_owned())),
    }
}

/// An address that can be connected to: a server that listens everywhere is on loopback too.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn explain(error: &io::Error, tls: Option<&Tls>) -> String {
    let words = error.to_string();
    // Rustls has no words of its own for what our verifier says.
    let words = words.trim_start_matches("unexpected error: ");
    if error.kind() == io::ErrorKind::ConnectionRefused { words.to_owned() } else { format!("{words}{}", hint(tls)) }
}

/// Whoever asks a server that speaks TLS without naming its config hears of it.
fn hint(tls: Option<&Tls>) -> &'static str {
    match tls {
        None => "; if it serves HTTPS, name its config: `fieldpost-server healthcheck --config FILE`",
        Some(_) => "",
    }
}

fn ask(address: SocketAddr, tls: Option<&Tls>) -> io::Result<String> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match tls {
        None => converse(stream, address),
        Some(tls) => {
            let connection = ClientConnection::new(Arc::new(client(tls)?), ServerName::from(address.ip()));
            converse(StreamOwned::new(connection.map_err(io::Error::other)?, stream), address)
        }
    }
}

fn converse(mut stream: impl Read + Write, address: SocketAddr) -> io::Result<String> {
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    match stream.take(MOST).read_to_end(&mut answer) {
        // A server that closes without TLS's own goodbye has said all that it had to say.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof || answer.is_empty() => Err(error),
        _ if answer.is_empty() => Err(io::Error::other("it closed the connection without a word")),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

/// A client that trusts the certificate in the config's file and no other: the name in it is that of the outside.
fn client(tls: &Tls) -> io::Result<ClientConfig> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", tls.cert.display()));
    let expected = certificate_chain(&tls.cert).map_err(named)?.swap_remove(0);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let verifier = Arc::new(Exactly { expected, provider });
    Ok(builder.map_err(io::Error::other)?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Accepts one certificate, byte for byte, from whoever has its key.
#[derive(Debug)]
struct Exactly {
    expected: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Exactly {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *shown == self.expected {
            return Ok(ServerCertVerified::assertion());
        }
        let words = "it shows another certificate than the config names; after a renewal `kill -HUP` makes it read the new one";
        Err(rustls::Error::General(words.to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
