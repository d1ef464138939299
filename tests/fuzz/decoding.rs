//! What must hold when any bytes are decoded for people; for the fuzz target and the tests of `common`.

use fieldpost_common::encoding;

/// Decodes bytes for people: nothing is lost without a sign of it.
pub(crate) fn decode(content: &[u8]) {
    let (text, _) = encoding::decode(content);
    assert!(text.len() <= 3 * content.len() && (content.len() <= 3 || !text.is_empty()));
}
