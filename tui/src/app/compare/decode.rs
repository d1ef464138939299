//! Bytes of a patch as text that may be shown, with what gets lost on the way put into words.

use fieldpost_common::text::Clean;

/// A text, and what its bytes were like.
pub(super) struct Decoded {
    /// Cleaned, with LF between lines.
    pub(super) text: String,
    ends: &'static str,
    encoding: &'static str,
    mark: &'static str,
    last: &'static str,
}

const LATIN: &str = "not UTF-8, shown as Latin-1";
const WITH_MARK: &str = "there";
const MIXED: &str = "mixed";

/// What deserves a word even when both sides agree on it.
pub(super) fn is_odd(what: &str) -> bool {
    what == LATIN || what == MIXED
}

impl Decoded {
    /// What the shown lines don't say.
    pub(super) fn traits(&self) -> [(&'static str, &'static str); 4] {
        [("line ends", self.ends), ("encoding", self.encoding), ("byte order marks", self.mark), ("last lines", self.last)]
    }
}

/// Text, unless it holds a zero byte.
pub(super) fn decode(bytes: &[u8]) -> Option<Decoded> {
    if bytes.contains(&0) {
        return None;
    }
    let (bytes, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, WITH_MARK),
        None => (bytes, "not there"),
    };
    let (text, encoding) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), "UTF-8"),
        // Every byte is a character of Latin-1: no difference between two contents gets lost.
        Err(_) => (bytes.iter().map(|byte| char::from(*byte)).collect(), LATIN),
    };
    let ended = bytes.is_empty() || bytes.ends_with(b"\n") || bytes.ends_with(b"\r");
    let last = if ended { "ended" } else { "without line end" };
    Some(Decoded { ends: line_ends(bytes), encoding, mark, last, text: Clean::lines(&text).as_str().to_owned() })
}

fn line_ends(bytes: &[u8]) -> &'static str {
    let both = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    let (returns, feeds) = bytes.iter().fold((0, 0), |(returns, feeds), byte| match byte {
        b'\r' => (returns + 1, feeds),
        b'\n' => (returns, feeds + 1),
        _ => (returns, feeds),
    });
    let (returns, feeds) = (returns - both, feeds - both);
    match (both, returns, feeds) {
        (0, 0, _) => "LF",
        (0, _, 0) => "CR",
        (_, 0, 0) => "CRLF",
        _ => MIXED,
    }
}
