//! A proxy between agents and the server that damages, doubles or drips what it is told to. Plain HTTP/1.1, whole messages.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What happens to one request or its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One bit of this byte of the request's body.
    FlipRequest(usize),
    /// One bit of this byte of the answer's body.
    FlipAnswer(usize),
    /// The request reaches the server twice; the second answer is the one that comes back.
    Double,
    /// The answer comes byte by byte, with this pause after each.
    Drip(Duration),
    /// The proxy answers itself, with an error page.
    Page,
    /// The request reaches the server, and its answer never comes back.
    LoseAnswer,
}

type Rule = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

#[derive(Default)]
struct Shared {
    rule: Mutex<Option<Rule>>,
    seen: Mutex<Vec<String>>,
}

/// A running proxy. Its threads end with the test.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Message {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Proxy {
    /// Begins to pass on everything as it is.
    pub fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::<Shared>::default();
        let of_threads = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&of_threads);
                // A connection that breaks is what a proxy is like.
                std::thread::spawn(move || drop(pass(client, target, &shared)));
            }
        });
        Self { address, shared }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on: what happens to a request, by its first line.
    pub fn set(&self, rule: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        *self.shared.rule.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(rule));
    }

    /// How many requests came whose first lines begin so.
    pub fn count(&self, line: &str) -> usize {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|seen| seen.starts_with(line)).count()
    }
}

fn pass(mut client: TcpStream, target: SocketAddr, shared: &Shared) -> io::Result<()> {
    let mut server = TcpStream::connect(target)?;
    while let Some(mut request) = read(&mut client)? {
        let line = String::from_utf8_lossy(request.head.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned();
        let fault = shared.rule.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(|rule| rule(&line));
        shared.seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        match fault {
            Some(Fault::Page) => {
                return client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>");
            }
            Some(Fault::FlipRequest(at)) => flip(&mut request.body, at),
            Some(Fault::Double) => {
                let mut twin = TcpStream::connect(target)?;
                write(&mut twin, &request)?;
                read(&mut twin)?;
            }
            _ => {}
        }
        write(&mut server, &request)?;
        let Some(mut answer) = read(&mut server)? else { break };
        match fault {
            Some(Fault::FlipAnswer(at)) => flip(&mut answer.body, at),
            Some(Fault::LoseAnswer) => return client.shutdown(Shutdown::Both),
            Some(Fault::Drip(pause)) => {
                client.write_all(&answer.head)?;
                for byte in answer.body {
                    client.write_all(&[byte])?;
                    std::thread::sleep(pause);
                }
                continue;
            }
            _ => {}
        }
        write(&mut client, &answer)?;
    }
    client.shutdown(Shutdown::Both)
}

fn flip(body: &mut [u8], at: usize) {
    if !body.is_empty() {
        let at = at % body.len();
        body[at] ^= 1;
    }
}

fn write(stream: &mut TcpStream, message: &Message) -> io::Result<()> {
    stream.write_all(&message.head)?;
    stream.write_all(&message.body)
}

/// One message, with as many bytes as its head announces; `None`: there is none any more.
fn read(stream: &mut TcpStream) -> io::Result<Option<Message>> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    // An answer without a body may name the length of the one that it stands for.
    let has_body = !text.starts_with("http/1.1 304") && !text.starts_with("http/1.1 204");
    let mut body = vec![0; if has_body { length } else { 0 }];
    stream.read_exact(&mut body)?;
    Ok(Some(Message { head, body }))
}
