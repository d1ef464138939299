//! HTTPS from PEM files, read anew on SIGHUP.

use crate::{Config, Tls, command, serve};
use reqwest::{Certificate, Client};
use std::net::TcpListener;
use std::path::Path;

fn certificate(folder: &Path) -> Certificate {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
}

async fn answers(trusted: Certificate, port: u16) -> bool {
    // A client of its own each time, so that each makes a new connection.
    let client = Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap();
    client.get(format!("https://localhost:{port}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_served_after_a_hangup_and_a_broken_one_is_not() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let data = folder.path().join("data");
    command::init(&data, "https://localhost", &"ada".parse().unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Some(Tls { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let config = Config { data, tls, ..Config::default() };
    let task = tokio::spawn(serve(config, listener, async { drop(stopped.await) }));
    while !answers(first.clone(), port).await {
        tokio::task::yield_now().await;
    }
    let config = Config { tls: Some(Tls { cert: folder.path().join("cert.pem"), key: "none".into() }), ..Config::default() };
    let (listen, plain) = (Some(([127, 0, 0, 1], port).into()), Config::default());
    let asked = tokio::task::spawn_blocking(move || (crate::healthcheck(&config, listen), crate::healthcheck(&plain, listen)));
    let (ready, plain) = asked.await.unwrap();
    assert_eq!(ready.unwrap(), "ready");
    assert!(plain.unwrap_err().to_string().contains("--config FILE"));
    let second = certificate(folder.path());
    let hang_up = || {
        let pid = std::process::id().to_string();
        assert!(std::process::Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    };
    hang_up();
    while !answers(second.clone(), port).await {
        tokio::task::yield_now().await;
    }
    assert!(!answers(first, port).await, "the old one is gone");
    std::fs::write(folder.path().join("cert.pem"), "nonsense").unwrap();
    hang_up();
    assert!(answers(second, port).await, "what works stays");
    let check = move || {
        let config = Config { tls: Some(Tls { cert: folder.path().join("other.pem"), key: "none".into() }), ..Config::default() };
        let wrong = certificate(folder.path());
        drop(wrong);
        std::fs::rename(folder.path().join("cert.pem"), folder.path().join("other.pem")).unwrap();
        crate::healthcheck(&config, Some(([0, 0, 0, 0], port).into())).unwrap_err().to_string()
    };
    let words = tokio::task::spawn_blocking(check).await.unwrap();
    assert!(words.contains("another certificate") && words.contains("kill -HUP"), "{words}");
    drop(stop);
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_certificate_that_can_not_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let tls = Some(Tls { cert: folder.path().join("none.pem"), key: folder.path().join("none.key") });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = serve(Config { tls, ..Config::default() }, listener, std::future::pending()).await.unwrap_err();
    assert!(error.to_string().contains("none.pem"), "{error}");
}
