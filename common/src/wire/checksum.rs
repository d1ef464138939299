//! Checksums of requests and answers, which tell damage on the way from what the other end means.
//!
//! A head's checksum covers the method or the status, the path below `/agent/v1`, and the headers that only fieldpost writes. One of these is the digest of
//! the body (RFC 9530). An answer's checksum covers that of the request as it arrived: an answer that fits proves that the request arrived as it was sent.
//! Headers that a proxy may rewrite are not covered.

use crate::hash::{ContentHash, Hasher};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The digest of a body as it travels.
pub const CONTENT_DIGEST: &str = "content-digest";

/// Covered are all headers that begin so, but for the checksum itself and what every answer carries.
const OURS: &str = "fieldpost-";

/// Where the part of a path begins that no proxy rewrites.
const ROOT: &str = "/agent/v1/";

/// The value of [`CONTENT_DIGEST`] for a body as it travels.
pub fn content_digest(body: &[u8]) -> String {
    digest_of(&ContentHash::of(body))
}

/// The value of [`CONTENT_DIGEST`] for a body with this hash.
pub fn digest_of(hash: &ContentHash) -> String {
    format!("sha-256=:{}:", BASE64.encode(hash.as_bytes()))
}

/// The checksum of a request's head. Names of headers are in lower case, as HTTP libraries give them.
pub fn request_checksum<'a>(method: &str, path: &str, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> ContentHash {
    let path = path.find(ROOT).map_or(path, |start| &path[start..]);
    head(&format!("{method} {path}"), headers)
}

/// The checksum of an answer's head: the answer to the request with that checksum.
pub fn answer_checksum<'a>(
    request: &ContentHash,
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> ContentHash {
    head(&format!("{request} {status}"), headers)
}

fn head<'a>(first: &str, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> ContentHash {
    let mut covered: Vec<_> = headers.filter(|(name, _)| is_covered(name)).collect();
    covered.sort_unstable();
    let mut hasher = Hasher::new();
    hasher.update(first.as_bytes());
    for (name, value) in covered {
        for part in [b"\n", name.as_bytes(), b": ", value.trim_ascii()] {
            hasher.update(part);
        }
    }
    hasher.finish()
}

fn is_covered(name: &str) -> bool {
    let is_ours = name.starts_with(OURS) && name != super::header::CHECKSUM && name != super::header::SERVER;
    is_ours || name == CONTENT_DIGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [(&str, &[u8]); 3] = [("fieldpost-poll", b"12"), ("content-digest", b"x"), ("accept", b"*/*")];

    fn request(headers: &[(&'static str, &'static [u8])]) -> ContentHash {
        request_checksum("GET", "/agent/v1/poll", headers.iter().copied())
    }

    #[test]
    fn what_only_fieldpost_writes_is_covered_and_what_a_proxy_rewrites_is_not() {
        let sum = request(&HEADERS);
        let [poll, digest, accept] = HEADERS;
        assert_eq!(request(&[accept, digest, poll]), sum, "the order of headers doesn't matter");
        assert_eq!(request(&[poll, digest, ("via", b"1.1 proxy")]), sum);
        assert_ne!(request(&[("fieldpost-poll", b"92"), digest]), sum);
        assert_ne!(request(&[poll, ("content-digest", b"y")]), sum);
        assert_ne!(request(&[poll]), sum);
        assert_eq!(request_checksum("GET", "/below/agent/v1/poll", HEADERS.into_iter()), sum, "a proxy may add a folder");
        assert_ne!(request_checksum("GET", "/agent/v1/polk", HEADERS.into_iter()), sum);
    }

    #[test]
    fn an_answer_fits_only_to_the_request_that_arrived() {
        let [here, there] = [request(&HEADERS), request(&HEADERS[..1])];
        let answer = |request: &ContentHash, status| answer_checksum(request, status, HEADERS.into_iter());
        assert_ne!(answer(&here, 200), answer(&there, 200));
        assert_ne!(answer(&here, 200), answer(&here, 304));
    }

    #[test]
    fn a_digest_is_written_as_the_rfc_writes_it() {
        // RFC 9530, appendix B.1.
        let digest = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(content_digest(b"{\"hello\": \"world\"}\n"), digest);
    }
}
