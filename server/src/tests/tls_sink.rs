//! A mail server of the tests' own that speaks TLS, from the start or after STARTTLS, and wants a password where it is told to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    AtOnce,
    AfterStarttls,
    /// It says that it knows no TLS.
    Never,
}

/// What was said to it: in the clear, and below TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    pub(super) clear: Vec<String>,
    pub(super) secret: Vec<String>,
}

/// The sink; its threads end with the test.
pub(super) struct TlsSink {
    pub(super) port: u16,
    /// The root that signed its certificate.
    pub(super) ca_file: PathBuf,
    heard: Arc<Mutex<Heard>>,
}

/// Who may log in, as AUTH PLAIN has it.
pub(super) const LOGIN: &str = "\0fieldpost\0correct horse";

impl TlsSink {
    /// Listens with a certificate for `localhost` that a root of its own has signed, which it lays into the folder.
    pub(super) fn start(folder: &Path, tls: Tls) -> Self {
        let root_key = KeyPair::generate().unwrap();
        let mut root = CertificateParams::new(Vec::new()).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_cert = root.self_signed(&root_key).unwrap();
        let ca_file = folder.join("mail-ca.pem");
        std::fs::write(&ca_file, root_cert.pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
        let config = Arc::new(config(leaf.der().clone(), &key));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), ca_file, heard: Arc::default() };
        let heard = Arc::clone(&sink.heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, heard) = (Arc::clone(&config), Arc::clone(&heard));
                // A client that goes away in the middle is what some tests are about.
                std::thread::spawn(move || drop(serve(stream, tls, config, &heard)));
            }
        });
        sink
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

fn config(cert: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert], key).unwrap()
}

fn serve(mut stream: TcpStream, tls: Tls, config: Arc<ServerConfig>, heard: &Mutex<Heard>) -> std::io::Result<()> {
    let note_clear = |line: &str| heard.lock().unwrap().clear.push(line.to_owned());
    let note_secret = |line: &str| heard.lock().unwrap().secret.push(line.to_owned());
    match tls {
        Tls::AtOnce => {}
        Tls::Never => return talk(stream, true, "250 AUTH PLAIN", note_clear).map(drop),
        Tls::AfterStarttls => match talk(stream, true, "250-STARTTLS\r\n250 SIZE 1000000", note_clear)? {
            Some(plain) => stream = plain,
            None => return Ok(()),
        },
    }
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let secret = StreamOwned::new(connection, stream);
    talk(secret, tls == Tls::AtOnce, "250 AUTH PLAIN", note_secret).map(drop)
}

/// Speaks SMTP; gives the stream back when TLS is to begin on it.
fn talk<S: Read + Write>(stream: S, greets: bool, offers: &str, note: impl Fn(&str)) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.get_mut().write_all(b"220 sink\r\n")?;
    }
    let mut line = String::new();
    while { line.clear(); stream.read_line(&mut line)? } > 0 {
        note(line.trim_end());
        let answer = match line.trim_end().split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => format!("250-sink\r\n{offers}"),
            "STARTTLS" => {
                stream.get_mut().write_all(b"220 go ahead\r\n")?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => {
                let given = line.trim_end().rsplit(' ').next().unwrap_or_default();
                let right = BASE64.decode(given).is_ok_and(|given| given == LOGIN.as_bytes());
                if right { "235 welcome" } else { "535 5.7.8 who are you?" }.to_owned()
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n")?;
                while { line.clear(); stream.read_line(&mut line)? } > 0 && line.trim_end() != "." {
                    note(line.trim_end());
                }
                "250 taken".to_owned()
            }
            "QUIT" => {
                stream.get_mut().write_all(b"221 bye\r\n")?;
                return Ok(None);
            }
            _ => "250 ok".to_owned(),
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        stream.get_mut().flush()?;
    }
    Ok(None)
}
