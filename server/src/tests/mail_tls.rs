//! Mail over TLS, with roots and passwords of one's own: what travels in the clear, and what does not.

use super::mails::mailing;
use super::tls_sink::{Heard, LOGIN, Tls, TlsSink};
use super::wait::eventually;
use super::watching::{broken, says};
use super::world::World;
use crate::{Config, MailError, test_mail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::path::Path;

/// A config that mails to the sink, logs in with the password, and trusts the sink's root.
fn config(sink: &TlsSink, url: &str, folder: &Path, password: &str) -> Config {
    drop(rustls::crypto::ring::default_provider().install_default());
    let file = folder.join("mail-password");
    std::fs::write(&file, format!("{password}\n")).unwrap();
    let mut config = mailing(([127, 0, 0, 1], sink.port).into());
    let mail = config.mail.as_mut().unwrap();
    mail.smtp = url.replace("PORT", &sink.port.to_string());
    mail.ca_file = Some(sink.ca_file.clone());
    mail.user = Some("fieldpost".to_owned());
    mail.password_file = Some(file);
    config
}

const RIGHT: &str = "correct horse";

async fn sent(tls: Tls, url: &str, password: &str) -> (Result<(), MailError>, Heard) {
    let folder = tempfile::tempdir().unwrap();
    let sink = TlsSink::start(folder.path(), tls);
    let sent = test_mail(&config(&sink, url, folder.path(), password), "ada@vendor.example").await;
    (sent, sink.heard())
}

fn has(lines: &[String], wanted: &str) -> bool {
    lines.iter().any(|line| line.contains(wanted))
}

#[tokio::test]
async fn over_tls_from_the_start_nothing_is_said_in_the_clear() {
    let (sent, heard) = sent(Tls::AtOnce, "smtps://localhost:PORT", RIGHT).await;
    sent.unwrap();
    assert_eq!(heard.clear, Vec::<String>::new());
    assert!(has(&heard.secret, &format!("AUTH PLAIN {}", BASE64.encode(LOGIN))), "{heard:?}");
    assert!(has(&heard.secret, "RCPT TO:<ada@vendor.example>") && has(&heard.secret, "Subject: [fieldpost] test"), "{heard:?}");
}

#[tokio::test]
async fn after_starttls_everything_but_the_wish_for_it_is_secret() {
    let (sent, heard) = sent(Tls::AfterStarttls, "smtp://localhost:PORT?tls=required", RIGHT).await;
    sent.unwrap();
    let verbs: Vec<_> = heard.clear.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(verbs, ["EHLO", "STARTTLS"]);
    assert!(has(&heard.secret, "AUTH PLAIN") && has(&heard.secret, "Subject: [fieldpost] test"), "{heard:?}");
}

#[tokio::test]
async fn a_mail_server_that_hides_starttls_gets_neither_password_nor_mail() {
    for url in ["smtp://localhost:PORT?tls=required", "smtp://localhost:PORT"] {
        let (sent, heard) = sent(Tls::Never, url, RIGHT).await;
        assert!(sent.is_err(), "{url}");
        assert!(!has(&heard.clear, "AUTH") && !has(&heard.clear, "MAIL FROM"), "{url}: {heard:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_no_known_root_signed_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let sink = TlsSink::start(folder.path(), Tls::AtOnce);
    let mut config = config(&sink, "smtps://localhost:PORT", folder.path(), RIGHT);
    config.mail.as_mut().unwrap().ca_file = None;
    let refused = test_mail(&config, "ada@vendor.example").await.unwrap_err().to_string();
    assert!(refused.to_lowercase().contains("certificate"), "{refused}");
    assert_eq!(sink.heard().secret, Vec::<String>::new());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (sent, _) = sent(Tls::AtOnce, "smtps://127.0.0.1:PORT", RIGHT).await;
    let refused = sent.unwrap_err().to_string();
    assert!(refused.to_lowercase().contains("certificate"), "{refused}");
}

#[tokio::test]
async fn a_wrong_password_is_told_in_the_mail_servers_words_and_is_not_in_them() {
    let (sent, heard) = sent(Tls::AtOnce, "smtps://localhost:PORT", "wrong staple").await;
    let refused = sent.unwrap_err().to_string();
    assert!(refused.contains("535") && refused.contains("who are you") && !refused.contains("staple"), "{refused}");
    assert!(!has(&heard.secret, "MAIL FROM"), "{heard:?}");
}

#[tokio::test]
async fn a_password_is_never_sent_in_the_clear_to_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let sink = TlsSink::start(folder.path(), Tls::AtOnce);
    for (url, fine) in [
        ("smtp://mail.example:25", false),
        ("smtp://mail.example:25?tls=opportunistic", false),
        ("smtp://mail.example:25?tls=required", true),
        ("smtps://mail.example", true),
        ("smtp://127.0.0.1:25", true),
    ] {
        let mut config = config(&sink, url, folder.path(), RIGHT);
        config.mail.as_mut().unwrap().ca_file = None;
        let checked = config.check();
        assert_eq!(checked.is_ok(), fine, "{url}: {checked:?}");
        let words = checked.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(fine || words.contains("in the clear"), "{words}");
    }
}

#[tokio::test]
async fn a_file_that_can_not_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let sink = TlsSink::start(folder.path(), Tls::AtOnce);
    let good = config(&sink, "smtps://localhost:PORT", folder.path(), RIGHT);
    let mut no_password = good.clone();
    no_password.mail.as_mut().unwrap().password_file = Some(folder.path().join("none"));
    assert!(no_password.check().unwrap_err().to_string().contains("none"));
    let mut no_root = good;
    std::fs::write(folder.path().join("nonsense.pem"), "nonsense").unwrap();
    no_root.mail.as_mut().unwrap().ca_file = Some(folder.path().join("nonsense.pem"));
    assert!(no_root.check().unwrap_err().to_string().contains("nonsense.pem"));
}

#[tokio::test]
async fn an_alert_goes_out_over_tls_with_a_login() {
    let folder = tempfile::tempdir().unwrap();
    let sink = TlsSink::start(folder.path(), Tls::AfterStarttls);
    let config = config(&sink, "smtp://localhost:PORT?tls=required", folder.path(), RIGHT);
    let world = World::start_with(config).await;
    let acme = world.site("acme", "7.7").await;
    says(&world, &acme, broken("db2")).await;
    eventually("the mail", async || {
        has(&sink.heard().secret, "Subject: [fieldpost] acme: problem: trading: status: DOWN db2").then_some(())
    })
    .await;
    assert!(!has(&sink.heard().clear, "MAIL FROM"));
}
