//! Bodies of requests: received no slower than a least rate and no larger than their route takes, unpacked and read off the threads
//! that serve everybody, a few at a time.

use crate::error::Error;
use crate::request::{header, is_packed};
use crate::server::Server;
use crate::store::content::Packed;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, content_digest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::io::Read as _;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The largest body that a route takes, in bytes: as it travels, and unpacked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

/// A body brings at least so many bytes in each window, or its end: 500 bytes a second, as Apache's mod_reqtimeout asks for.
const WINDOW: Duration = Duration::from_secs(30);
const LEAST: usize = 15_000;
/// Bodies up to this size are read where they come in.
const AT_ONCE: usize = 64 << 10;
/// The zstd windows that are accepted, as powers of two: what is streamed at the usual level has 2 MiB; 32 MiB at most.
const WINDOW_LOGS: (u32, u32) = (21, 25);

/// How many bodies are unpacked and read at once.
pub(crate) fn turns() -> Semaphore {
    Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2))
}

/// A body as it came.
struct Received {
    packed: bool,
    bytes: Vec<u8>,
    /// Whether its digest proves that it came as it was sent. Nobody says so of one without a digest.
    proven: bool,
}

/// Receives a body; nothing over `limit` is kept for a moment.
async fn receive(headers: &HeaderMap, body: Body, limit: u64) -> Result<Received, Error> {
    let packed = is_packed(headers)?;
    // What can't be packed grows by a little when it is.
    let most = if packed { limit.saturating_add(limit >> 8).saturating_add(64) } else { limit };
    let announced = header::<u64>(headers, CONTENT_LENGTH.as_str())?;
    if announced.is_some_and(|length| length > most) {
        return Err(Error::TooLarge { limit });
    }
    let mut window = pin!(tokio::time::sleep(WINDOW));
    let (mut bytes, mut before) = (Vec::new(), 0);
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::select! {
            biased;
            piece = pieces.next() => piece,
            () = window.as_mut() => {
                if bytes.len() - before < LEAST {
                    return Err(Error::BodyLost("the body comes too slowly".to_owned()));
                }
                before = bytes.len();
                let next = window.deadline() + WINDOW;
                window.as_mut().reset(next);
                continue;
            }
        };
        match piece {
            Some(Ok(piece)) if bytes.len() as u64 + piece.len() as u64 > most => return Err(Error::TooLarge { limit }),
            Some(Ok(piece)) => bytes.extend_from_slice(&piece),
            Some(Err(error)) => return Err(Error::BodyLost(format!("the body broke off: {error}"))),
            None => break,
        }
    }
    let proven = headers.get(CONTENT_DIGEST).map(|digest| digest.as_bytes() == content_digest(&bytes).as_bytes());
    match proven {
        Some(false) => Err(Error::Damaged("the body does not have the digest that it was announced with".to_owned())),
        proven => Ok(Received { packed, bytes, proven: proven.is_some() }),
    }
}

impl Received {
    fn unpack(self, limit: u64) -> Result<Vec<u8>, Error> {
        if !self.packed {
            return Ok(self.bytes);
        }
        let unclear = |error: std::io::Error| unreadable(format!("the body can't be unpacked: {error}"), self.proven);
        let mut decoder = zstd::stream::read::Decoder::new(self.bytes.as_slice()).map_err(unclear)?;
        let (least, most) = WINDOW_LOGS;
        decoder.window_log_max((u64::BITS - limit.leading_zeros()).clamp(least, most)).map_err(unclear)?;
        let mut plain = Vec::new();
        decoder.take(limit.saturating_add(1)).read_to_end(&mut plain).map_err(unclear)?;
        if plain.len() as u64 > limit { Err(Error::TooLarge { limit }) } else { Ok(plain) }
    }
}

/// What can't be made out was damaged, unless it is proven that it was sent so.
fn unreadable(words: String, proven: bool) -> Error {
    if proven { Error::Invalid(words) } else { Error::Damaged(words) }
}

/// Does work on a body off the threads that serve everybody, in turn.
async fn work<T: Send + 'static>(server: &Server, work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let _turn = server.turns.acquire().await.map_err(|_| Error::Stopping)?;
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the work on a body failed");
        Err(Error::Internal)
    })
}

/// Receives JSON.
pub(crate) async fn receive_json<T: DeserializeOwned + Send + 'static>(
    server: &Server,
    headers: &HeaderMap,
    body: Body,
    limit: BodyLimit,
) -> Result<T, Error> {
    receive_read(server, headers, body, limit, |plain| serde_json::from_slice(plain)).await
}

/// Receives a body and reads its bytes as they travelled, unpacked.
pub(crate) async fn receive_read<T: Send + 'static>(
    server: &Server,
    headers: &HeaderMap,
    body: Body,
    BodyLimit(limit): BodyLimit,
    read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error> + Send + 'static,
) -> Result<T, Error> {
    let limit_bytes = limit as u64;
    let received = receive(headers, body, limit_bytes).await.map_err(of_route)?;
    let at_once = if received.packed { limit } else { received.bytes.len() } <= AT_ONCE;
    let read = move || {
        let proven = received.proven;
        let plain = received.unpack(limit_bytes).map_err(of_route)?;
        // What is JSON and something else than what is meant here was sent so, and so was nothing at all.
        let is_sent_so = |error: &serde_json::Error| proven || error.is_data() || plain.is_empty();
        read(&plain).map_err(|error| unreadable(format!("the body can't be read: {error}"), is_sent_so(&error)))
    };
    if at_once { read() } else { work(server, read).await }
}

/// The limit of a route is no setting.
fn of_route(error: Error) -> Error {
    match error {
        Error::TooLarge { .. } => Error::BodyTooLarge,
        error => error,
    }
}

/// Receives a content, whose hash must be the one announced, and packs it for the store.
pub(crate) async fn receive_content(
    server: &Server,
    headers: &HeaderMap,
    body: Body,
    sha256: ContentHash,
) -> Result<Packed, Error> {
    let limit = server.config.max_content;
    let received = receive(headers, body, limit).await?;
    let pack = move || {
        let plain = received.unpack(limit)?;
        if ContentHash::of(&plain) == sha256 { Ok(Packed::new(sha256, plain)) } else { Err(Error::WrongHash) }
    };
    work(server, pack).await
}

/// Receives bytes of any content.
pub(crate) async fn receive_any(server: &Server, headers: &HeaderMap, body: Body, limit: u64) -> Result<Vec<u8>, Error> {
    let received = receive(headers, body, limit).await?;
    if received.packed { work(server, move || received.unpack(limit)).await } else { Ok(received.bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Received {
        Received { packed: true, bytes: zstd::encode_all(bytes, 3).expect("packs"), proven: false }
    }

    #[test]
    fn a_body_unpacks_to_what_its_route_takes_and_not_to_a_byte_more() {
        let zeros = vec![0; 1 << 20];
        assert_eq!(packed(&zeros).unpack(1 << 20).expect("fits").len(), 1 << 20);
        assert_eq!(packed(&zeros).unpack((1 << 20) - 1).expect_err("too large"), Error::TooLarge { limit: (1 << 20) - 1 });
    }

    #[test]
    fn a_body_that_was_cut_off_is_not_taken_for_a_whole_one() {
        let mut cut = packed(b"a whole body, and one that is not");
        cut.bytes.pop();
        assert!(matches!(cut.unpack(1 << 10), Err(Error::Damaged(_))));
    }
}
