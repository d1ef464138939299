//! Names in mail headers: encoded words of RFC 2047, and the quotes around some names.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::text::decode;

/// A name with its encoded words decoded and the quotes around it gone.
pub(super) fn person(field: &[u8]) -> Option<String> {
    let text = decode(&decode_words(field))?;
    let bare = text.strip_prefix('"').and_then(|rest| rest.split_once('"')).map(|(name, mail)| format!("{name}{mail}"));
    Some(bare.unwrap_or(text))
}

/// Replaces `=?charset?q?…?=`; blanks between two of them go, and bytes are joined before they become text, since a
/// character may be cut in two.
pub(super) fn decode_words(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    let mut after_word = false;
    while let Some(first) = rest.first() {
        if let Some((text, tail)) = encoded_word(rest) {
            out.extend_from_slice(&text);
            (rest, after_word) = (tail, true);
        } else if after_word && first.is_ascii_whitespace() && encoded_word(rest.trim_ascii_start()).is_some() {
            rest = rest.trim_ascii_start();
        } else {
            out.push(*first);
            (rest, after_word) = (&rest[1..], false);
        }
    }
    out
}

/// One encoded word and what follows it; the text comes out as UTF-8 where the charset is known to be something else.
fn encoded_word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    // RFC 2047 allows 75 bytes in all; some programs write more.
    let word = &text.strip_prefix(b"=?")?[..text.len().min(300) - 2];
    let mut parts = word.splitn(4, |b| *b == b'?');
    let (charset, coding, data, after) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    after.strip_prefix(b"=")?;
    let end = 2 + charset.len() + 1 + coding.len() + 1 + data.len() + 2;
    let bytes = match coding {
        b"q" | b"Q" => quoted(data),
        b"b" | b"B" => STANDARD.decode(data).or_else(|_| STANDARD_NO_PAD.decode(data)).ok()?,
        _ => return None,
    };
    // RFC 2231 lets a language follow the charset.
    let charset = charset.split(|b| *b == b'*').next().unwrap_or_default();
    let latin = [&b"iso-8859-1"[..], b"iso-8859-15", b"windows-1252"].iter().any(|name| name.eq_ignore_ascii_case(charset));
    let text_bytes = if latin { bytes.iter().map(|b| char::from(*b)).collect::<String>().into_bytes() } else { bytes };
    Some((text_bytes, text.get(end..)?))
}

/// The Q coding: `_` is a blank, `=C3` a byte.
fn quoted(data: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        match (byte, digit(data.get(at + 1)), digit(data.get(at + 2))) {
            (b'=', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                at += 3;
                continue;
            }
            (b'_', _, _) => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    out
}
