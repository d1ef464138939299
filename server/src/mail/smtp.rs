//! The way to the mail server. Bodies travel as base64 whatever they hold, so that no line of theirs is ever taken for SMTP
//! (RUSTSEC-2026-0561).

use crate::config::Mail;
use crate::store::mail::MailRow;
use fieldpost_common::text::Clean;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// Why mail can't be sent as the config says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Nothing says how.
    #[error("the config has no [mail]: smtp, from and to say how mail goes out")]
    Missing,
    /// An address that isn't one.
    #[error("mail address {0:?}: {1}")]
    Address(String, String),
    /// The mail server's address can't be used.
    #[error("mail.smtp {0:?}: {1}; write it as in smtp://mail.example:25 or smtps://mail.example:465")]
    Server(String, String),
    /// A file can't be used.
    #[error("{0}: {1}")]
    File(String, String),
    /// The password would be read by whoever listens on the way.
    #[error("mail.user and {0:?} would send the password in the clear: use smtps://, or smtp://…?tls=required")]
    Clear(String),
    /// Nobody is to be told.
    #[error("mail.to is empty: name who is to be told")]
    Nobody,
    /// The mail can't be put together.
    #[error("the mail can't be written: {0}")]
    Message(String),
    /// The mail server says no for good: to this mail, or to somebody that it is for.
    #[error("{0}")]
    Refused(Clean),
    /// The mail server can't be reached, says nothing, or not now.
    #[error("{0}")]
    Later(Clean),
}

impl MailError {
    /// Whether the config must be mended; else it is the mail server that says no.
    pub fn is_config(&self) -> bool {
        !matches!(self, Self::Message(_) | Self::Refused(_) | Self::Later(_))
    }
}

/// A sender that was checked.
#[derive(Debug, Clone)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl Mailer {
    /// Checks the config. Nothing is sent, and no runtime is needed.
    pub(crate) fn check(config: &Mail) -> Result<(), MailError> {
        config.to.iter().try_for_each(|address| mailbox(address).map(drop))?;
        if config.to.is_empty() {
            return Err(MailError::Nobody);
        }
        mailbox(&config.from)?;
        transport(config).map(drop)
    }

    /// Checks the config. Nothing is sent yet; connections need the runtime that this is called in.
    pub(crate) fn new(config: &Mail) -> Result<Self, MailError> {
        Self::check(config)?;
        Ok(Self { transport: transport(config)?.build(), from: mailbox(&config.from)?, patience: config.timeout })
    }

    /// Sends a mail to these, at once: the mail server takes it for all of them, or for none.
    pub(crate) async fn send(&self, mail: &MailRow, to: &[String]) -> Result<(), MailError> {
        let to = to.iter().map(|address| mailbox(address)).collect::<Result<Vec<_>, _>>()?;
        let sent = tokio::time::timeout(self.patience, self.transport.send(self.message(mail, to)?)).await;
        let silent =
            |_| MailError::Later(Clean::line(&format!("the mail server has not answered for {} s", self.patience.as_secs())));
        sent.map_err(silent)?.map(drop).map_err(|error| {
            let words = Clean::line(&causes(&error));
            if error.is_permanent() { MailError::Refused(words) } else { MailError::Later(words) }
        })
    }

    fn message(&self, mail: &MailRow, to: Vec<Mailbox>) -> Result<Message, MailError> {
        let wrong = |error: &dyn std::error::Error| MailError::Message(error.to_string());
        // The same mail has the same date, however often it is sent.
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.at.as_ms()).unwrap_or_default());
        let mut builder = Message::builder().from(self.from.clone()).subject(mail.subject.clone()).date(date);
        builder = builder.message_id(Some(mail.message_id.clone()));
        for to in to {
            builder = builder.to(to);
        }
        if let Some(last) = mail.earlier.last() {
            builder = builder.in_reply_to(last.clone()).references(mail.earlier.join(" "));
        }
        // Machines that answer mails by themselves shall not answer this one.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let parts = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, mail.text.clone()))
            .singlepart(part(ContentType::TEXT_HTML, mail.html.clone()));
        builder.raw_header(automatic).multipart(parts).map_err(|error| wrong(&error))
    }
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64).body(body)
}

fn mailbox(address: &str) -> Result<Mailbox, MailError> {
    address.parse().map_err(|error: lettre::address::AddressError| MailError::Address(address.to_owned(), error.to_string()))
}

fn transport(config: &Mail) -> Result<AsyncSmtpTransportBuilder, MailError> {
    let wrong = |error: &dyn std::error::Error| MailError::Server(config.smtp.clone(), error.to_string());
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.smtp)
        .map_err(|error| wrong(&error))?
        .timeout(Some(config.timeout))
        .pool_config(PoolConfig::new().max_size(1));
    if let Some(file) = &config.ca_file {
        builder = builder.tls(private_tls(&config.smtp, file)?);
    }
    if let Some(user) = &config.user {
        if !is_secret(config) {
            return Err(MailError::Clear(config.smtp.clone()));
        }
        builder = builder.credentials(Credentials::new(user.clone(), password(config.password_file.as_deref())?));
    }
    Ok(builder)
}

/// Whether a password stays on this machine or travels below TLS only.
fn is_secret(config: &Mail) -> bool {
    let (scheme, rest) = split(&config.smtp);
    let required = rest.split_once('?').is_some_and(|(_, query)| query.split('&').any(|one| one == "tls=required"));
    let host = host(rest);
    let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    scheme == "smtps" || required || config.ca_file.is_some() || local
}

fn split(smtp: &str) -> (&str, &str) {
    smtp.split_once("://").unwrap_or(("smtp", smtp))
}

/// The host of what follows the scheme.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    match place.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    }
}

/// TLS that trusts the roots in a file beside the system's.
fn private_tls(smtp: &str, file: &Path) -> Result<lettre::transport::smtp::client::Tls, MailError> {
    use lettre::transport::smtp::client::Tls;
    let unusable = |why: String| MailError::File(file.display().to_string(), why);
    let pem = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(unusable("there is no certificate in it".to_owned()));
    }
    let root = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
    let (scheme, rest) = split(smtp);
    let parameters = TlsParameters::builder(host(rest).to_owned()).add_root_certificate(root).build();
    let parameters = parameters.map_err(|error| MailError::Server(smtp.to_owned(), error.to_string()))?;
    Ok(if scheme == "smtps" { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

fn password(file: Option<&Path>) -> Result<String, MailError> {
    let Some(file) = file else { return Ok(String::new()) };
    let text = std::fs::read_to_string(file).map_err(|error| MailError::File(file.display().to_string(), error.to_string()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// An error with what lies behind it, on one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        next = cause.source();
    }
    words
}
