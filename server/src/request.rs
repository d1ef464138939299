//! Reads requests: ids in the path, queries, `Prefer`, JSON and contents, packed or plain, never more than is allowed.

use crate::error::Error;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::request::Parts;
use fieldpost_common::hash::{ContentHash, Hasher};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

/// The largest JSON body once unpacked, in bytes.
const MAX_UNPACKED: u64 = 64 << 20;
/// The largest zstd window that is accepted, as a power of two: 32 MiB.
const WINDOW_LOG: u32 = 25;
/// How long a sender of a content may pause.
const PAUSE: Duration = Duration::from_mins(1);

/// The one id in a path.
pub(crate) struct At<T>(pub(crate) T);

impl<T: FromStr<Err: ToString>, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(word) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|error| Error::Invalid(error.to_string()))?;
        word.parse().map(Self).map_err(|error: T::Err| Error::Invalid(error.to_string()))
    }
}

/// A query.
pub(crate) struct Ask<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|error| Error::Invalid(error.to_string()))
    }
}

/// A body in JSON, packed or plain, within the limit of its route.
pub(crate) struct Said<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let packed = is_packed(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large(&error))?;
        let mut sink = Sink::new(packed, MAX_UNPACKED)?;
        sink.take(&bytes)?;
        let (bytes, _) = sink.finish()?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Error::Invalid(format!("the body can't be read: {error}")))
    }
}

fn too_large(error: &BytesRejection) -> Error {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Error::BodyTooLarge;
    }
    Error::Invalid(error.to_string())
}

/// For how long the caller would wait: `Prefer: wait=SECONDS`.
pub(crate) fn wait(headers: &HeaderMap, most: Duration) -> Duration {
    let prefer = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let wait = prefer.flat_map(|value| value.split(',')).find_map(|one| one.trim().strip_prefix("wait=")?.trim().parse().ok());
    wait.map_or(Duration::ZERO, Duration::from_secs).min(most)
}

/// A header's value, parsed; `None`: it isn't there.
pub(crate) fn header<T: FromStr<Err: ToString>>(headers: &HeaderMap, name: &str) -> Result<Option<T>, Error> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let word = value.to_str().map_err(|error| Error::Invalid(format!("header {name}: {error}")))?;
    word.parse().map(Some).map_err(|error: T::Err| Error::Invalid(format!("header {name}: {}", error.to_string())))
}

fn is_packed(headers: &HeaderMap) -> Result<bool, Error> {
    match headers.get(CONTENT_ENCODING).map(axum::http::HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"zstd") => Ok(true),
        Some(_) => Err(Error::Invalid("the body must be plain or packed with zstd".to_owned())),
    }
}

/// Receives a content: nothing over `limit` is kept for a moment, and its hash must be the one announced.
pub(crate) async fn receive(headers: &HeaderMap, body: Body, sha256: &ContentHash, limit: u64) -> Result<Vec<u8>, Error> {
    let (bytes, hash) = receive_hashed(headers, body, limit).await?;
    if hash == *sha256 { Ok(bytes) } else { Err(Error::WrongHash) }
}

/// Receives bytes of any content: nothing over `limit` is kept for a moment.
pub(crate) async fn receive_any(headers: &HeaderMap, body: Body, limit: u64) -> Result<Vec<u8>, Error> {
    receive_hashed(headers, body, limit).await.map(|(bytes, _)| bytes)
}

async fn receive_hashed(headers: &HeaderMap, body: Body, limit: u64) -> Result<(Vec<u8>, ContentHash), Error> {
    let packed = is_packed(headers)?;
    let announced = header::<u64>(headers, CONTENT_LENGTH.as_str())?;
    if !packed && announced.is_some_and(|length| length > limit) {
        return Err(Error::TooLarge { limit });
    }
    let mut sink = Sink::new(packed, limit)?;
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::time::timeout(PAUSE, pieces.next()).await;
        match piece.map_err(|_| Error::Invalid("the body stopped coming".to_owned()))? {
            Some(Ok(piece)) => sink.take(&piece)?,
            Some(Err(error)) => return Err(Error::Invalid(format!("the body broke off: {error}"))),
            None => break,
        }
    }
    sink.finish()
}

enum Sink {
    Plain(Capped),
    Packed(Box<zstd::stream::write::Decoder<'static, Capped>>),
}

struct Capped {
    bytes: Vec<u8>,
    hasher: Hasher,
    limit: u64,
    over: bool,
}

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.hasher.size() + piece.len() as u64 > self.limit {
            self.over = true;
            return Err(io::Error::other("over the limit"));
        }
        self.hasher.update(piece);
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn new(packed: bool, limit: u64) -> Result<Self, Error> {
        let capped = Capped { bytes: Vec::new(), hasher: Hasher::new(), limit, over: false };
        if !packed {
            return Ok(Self::Plain(capped));
        }
        let decoder = zstd::stream::write::Decoder::new(capped).and_then(|mut decoder| {
            decoder.window_log_max(WINDOW_LOG)?;
            Ok(decoder)
        });
        decoder.map(|decoder| Self::Packed(Box::new(decoder))).map_err(|error| Error::Invalid(error.to_string()))
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Error> {
        let taken = match self {
            Self::Plain(capped) => capped.write_all(piece),
            Self::Packed(decoder) => decoder.write_all(piece),
        };
        taken.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        let capped = match self {
            Self::Plain(capped) => capped,
            Self::Packed(decoder) => decoder.get_ref(),
        };
        if capped.over {
            Error::TooLarge { limit: capped.limit }
        } else {
            Error::Invalid(format!("the body can't be unpacked: {error}"))
        }
    }

    fn finish(mut self) -> Result<(Vec<u8>, ContentHash), Error> {
        if let Self::Packed(decoder) = &mut self
            && let Err(error) = decoder.flush()
        {
            return Err(self.failed(&error));
        }
        let capped = match self {
            Self::Plain(capped) => capped,
            Self::Packed(decoder) => decoder.into_inner(),
        };
        Ok((capped.bytes, capped.hasher.finish()))
    }
}
