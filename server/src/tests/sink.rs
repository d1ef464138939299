//! A mail server of the tests' own that speaks SMTP: takes mails, or refuses them, keeps silent or hangs up, as it is told.

use super::wait::eventually;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the sink does with one mail. Without a word it takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Manner {
    /// Answers the end of the data with this, as in `451 greylisted`.
    Say(&'static str),
    /// Refuses this recipient for good.
    RefuseRecipient(&'static str),
    /// Reads the mail and never answers.
    HangAfterData,
    /// Hangs up in the greeting's place.
    HangUp,
}

/// A mail as it came over the wire.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) to: Vec<String>,
    pub(super) raw: String,
}

impl Received {
    /// A header, unfolded; empty: there is none.
    pub(super) fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    }

    /// The text and the HTML.
    pub(super) fn bodies(&self) -> Vec<String> {
        let parts = self.raw.split("Content-Transfer-Encoding: base64\r\n").skip(1);
        let decoded = parts.map(|part| {
            let body = part.split_once("\r\n").unwrap().1.split("--").next().unwrap().replace("\r\n", "");
            String::from_utf8(BASE64.decode(body.trim()).unwrap()).unwrap()
        });
        decoded.collect()
    }
}

#[derive(Default)]
struct Shared {
    manners: Mutex<VecDeque<Manner>>,
    received: Mutex<Vec<Received>>,
}

/// The sink; what it took, and what else it read, is kept in the order it came.
pub(super) struct Sink {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Sink {
    pub(super) async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    pub(super) async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), shared: Arc::default() };
        let shared = Arc::clone(&sink.shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                // A client that goes away in the middle is what some tests are about.
                tokio::spawn(async move { drop(serve(stream, &shared).await) });
            }
        });
        sink
    }

    /// How the next connections are treated, one after the other.
    pub(super) fn next(&self, manners: &[Manner]) {
        self.shared.manners.lock().unwrap().extend(manners.iter().cloned());
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits until so many mails have come.
    pub(super) async fn mails(&self, count: usize) -> Vec<Received> {
        eventually("mails come", async || Some(self.received()).filter(|all| all.len() >= count)).await
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let manner = shared.manners.lock().unwrap().pop_front();
    if manner == Some(Manner::HangUp) {
        return Ok(());
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = Vec::new();
    write.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" if matches!(&manner, Some(Manner::RefuseRecipient(name)) if line.contains(name)) => "550 no such mailbox",
            "RCPT" => {
                to.push(line.clone());
                "250 ok"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let raw = data(&mut lines).await?;
                shared.received.lock().unwrap().push(Received { to: std::mem::take(&mut to), raw });
                match &manner {
                    Some(Manner::HangAfterData) => std::future::pending().await,
                    Some(Manner::Say(words)) => words,
                    _ => "250 taken",
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn data(lines: &mut tokio::io::Lines<BufReader<tokio::net::tcp::OwnedReadHalf>>) -> std::io::Result<String> {
    let mut raw = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            break;
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
        raw.push_str("\r\n");
    }
    Ok(raw)
}
