//! Letters without case and accents out of bytes of any Western encoding, to compare words of several languages.

/// The letters in lower case, each accented one as its base: `März` in UTF-8, Latin-1 or MacRoman is `marz`.
pub(super) fn folded(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (first, tail) = rest.split_first()?;
        rest = tail;
        Some(match (*first, tail.first()) {
            (byte, _) if byte.is_ascii() => byte.to_ascii_lowercase(),
            // What follows it in UTF-8 is the code of Latin-1 without its highest bits.
            (0xC3, Some(second @ 0x80..=0xBF)) => {
                rest = &tail[1..];
                latin(second | 0x40)
            }
            (byte @ 0xC0.., _) => latin(byte),
            (byte, _) => mac(byte),
        })
    })
}

/// The base of a letter in Latin-1.
fn latin(byte: u8) -> u8 {
    match byte | 0x20 {
        0xE0..=0xE5 => b'a',
        0xE7 => b'c',
        0xE8..=0xEB => b'e',
        0xEC..=0xEF => b'i',
        0xF1 => b'n',
        0xF2..=0xF6 | 0xF8 => b'o',
        0xF9..=0xFC => b'u',
        _ => byte,
    }
}

/// The base of the letters that names of months and labels have, in MacRoman.
fn mac(byte: u8) -> u8 {
    match byte {
        0x80 | 0x87..=0x8B => b'a',
        0x8D => b'c',
        0x83 | 0x8E..=0x91 => b'e',
        0x92..=0x95 => b'i',
        0x96 => b'n',
        0x85 | 0x97..=0x9B => b'o',
        0x86 | 0x9C..=0x9F => b'u',
        _ => byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_folds_away_in_every_western_encoding() {
        for text in [&b"M\xC3\xA4rz"[..], b"M\xE4rz", b"M\x8Arz", b"MARZ"] {
            assert_eq!(folded(text).collect::<Vec<_>>(), b"marz", "{text:?}");
        }
        assert_eq!(folded("Última modificação".as_bytes()).collect::<Vec<_>>(), b"ultima modificacao");
        assert_eq!(folded(b"\xC3").collect::<Vec<_>>(), b"a");
    }
}
