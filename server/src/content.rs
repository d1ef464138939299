//! Contents between requests and store: keeping, sending whole or in part. Who may is left to the handlers.

use crate::damage::heal;
use crate::error::Error;
use crate::recall::content_arrived;
use crate::store::content::{Packed, content_store};
use crate::store::{Effect, Tx};
use axum::body::Body;
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use fieldpost_common::time::Timestamp;
use std::ops::Range;

/// Keeps a content; where it is a revision, it is to be read.
pub(crate) fn settle(tx: &mut Tx<'_>, packed: &Packed, now: Timestamp) -> Result<(), Error> {
    content_store(tx, packed, now)?;
    heal(tx, &packed.sha256, now)?;
    content_arrived(tx, &packed.sha256, now)?;
    tx.then(Effect::Unread);
    Ok(())
}

/// Sends a content, or the one part of it that was asked for.
pub(crate) fn send(headers: &HeaderMap, bytes: Vec<u8>) -> Result<Response, Error> {
    let size = bytes.len();
    let bytes = Bytes::from(bytes);
    let common = [(CONTENT_TYPE, "application/octet-stream"), (ACCEPT_RANGES, "bytes")];
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok()).map(|value| part(value, size));
    match range {
        None | Some(Part::Whole) => Ok((common, [(CONTENT_LENGTH, size.to_string())], Body::from(bytes)).into_response()),
        Some(Part::Outside) => Err(Error::Range { size: size as u64 }),
        Some(Part::Within(part)) => {
            let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            let piece = bytes.slice(part);
            let length = [(CONTENT_RANGE, range), (CONTENT_LENGTH, piece.len().to_string())];
            Ok((StatusCode::PARTIAL_CONTENT, common, length, Body::from(piece)).into_response())
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Not one range of bytes.
    Whole,
    Within(Range<usize>),
    Outside,
}

/// Reads a `Range`.
fn part(value: &str, size: usize) -> Part {
    match range(value, size) {
        None => Part::Whole,
        Some(range) if range.start < range.end => Part::Within(range),
        Some(_) => Part::Outside,
    }
}

fn range(value: &str, size: usize) -> Option<Range<usize>> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    if last.contains([',', '-']) {
        return None;
    }
    Some(match (first.trim(), last.trim()) {
        ("", last) => size.saturating_sub(last.parse().ok()?)..size,
        (first, "") => first.parse().ok()?..size,
        (first, last) => first.parse().ok()?..last.parse::<usize>().ok()?.saturating_add(1).min(size),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_cut_out_and_anything_else_gets_the_whole_or_a_refusal() {
        assert_eq!(part("bytes=0-3", 10), Part::Within(0..4));
        assert_eq!(part("bytes=4-", 10), Part::Within(4..10));
        assert_eq!(part("bytes=-3", 10), Part::Within(7..10));
        assert_eq!(part("bytes=-30", 10), Part::Within(0..10));
        assert_eq!(part("bytes=8-99", 10), Part::Within(8..10));
        assert_eq!(part("bytes=10-", 10), Part::Outside);
        assert_eq!(part("bytes=5-4", 10), Part::Outside);
        assert_eq!(part("bytes=0-1,4-5", 10), Part::Whole);
        assert_eq!(part("lines=0-1", 10), Part::Whole);
        assert_eq!(part("bytes=0-18446744073709551615", 10), Part::Within(0..10));
    }
}
