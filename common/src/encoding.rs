//! Text out of bytes that don't say their encoding: exact where they prove it, else a guess that says that it is one.
//!
//! For showing only. Hashes are over the bytes, stamps are found in the bytes, and nothing decoded is ever stored.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What bytes were read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Nothing but ASCII.
    Ascii,
    /// Valid UTF-8, with a byte order mark or without.
    Utf8,
    /// UTF-16 with a byte order mark, low byte first.
    Utf16Le,
    /// UTF-16 with a byte order mark, high byte first.
    Utf16Be,
    /// UTF-16 without a byte order mark, low byte first; a guess.
    BareUtf16Le,
    /// UTF-16 without a byte order mark, high byte first; a guess.
    BareUtf16Be,
    /// ISO 8859-1; a guess.
    Latin1,
    /// ISO 8859-15, which has the euro; a guess.
    Latin9,
    /// What Windows writes in the West; a guess.
    Windows1252,
    /// What old Squeak and VisualWorks images wrote; a guess.
    MacRoman,
}

impl Encoding {
    /// Whether the bytes don't prove it.
    pub fn is_guess(self) -> bool {
        !matches!(self, Encoding::Ascii | Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be)
    }

    /// Whether two bytes or four are one character.
    pub fn is_wide(self) -> bool {
        matches!(self, Encoding::Utf16Le | Encoding::Utf16Be | Encoding::BareUtf16Le | Encoding::BareUtf16Be)
    }

    /// Bytes as this encoding has them, where one byte is one character; for two contents that are to be read alike.
    pub fn read(self, bytes: &[u8]) -> String {
        bytes.iter().map(|byte| self.character(*byte)).collect()
    }

    /// One byte as this encoding has it.
    pub fn character(self, byte: u8) -> char {
        match self {
            Encoding::MacRoman => upper_half(MAC_ROMAN, 0x80, byte),
            Encoding::Windows1252 if byte < 0xA0 => upper_half(WINDOWS_1252, 0x80, byte),
            Encoding::Latin9 => LATIN_9.iter().find(|(at, _)| *at == byte).map_or(char::from(byte), |(_, c)| *c),
            _ => char::from(byte),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Ascii => "ASCII",
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
            Encoding::BareUtf16Le | Encoding::BareUtf16Be => "probably UTF-16",
            Encoding::Latin1 => "probably ISO 8859-1",
            Encoding::Latin9 => "probably ISO 8859-15",
            Encoding::Windows1252 => "probably Windows-1252",
            Encoding::MacRoman => "probably MacRoman",
        })
    }
}

/// The upper half of MacRoman (<https://www.unicode.org/Public/MAPPINGS/VENDORS/APPLE/ROMAN.TXT>).
const MAC_ROMAN: &[char; 128] = &[
    'Ä', 'Å', 'Ç', 'É', 'Ñ', 'Ö', 'Ü', 'á', 'à', 'â', 'ä', 'ã', 'å', 'ç', 'é', 'è', 'ê', 'ë', 'í', 'ì', 'î', 'ï', 'ñ', 'ó', 'ò',
    'ô', 'ö', 'õ', 'ú', 'ù', 'û', 'ü', '†', '°', '¢', '£', '§', '•', '¶', 'ß', '®', '©', '™', '´', '¨', '≠', 'Æ', 'Ø', '∞', '±',
    '≤', '≥', '¥', 'µ', '∂', '∑', '∏', 'π', '∫', 'ª', 'º', 'Ω', 'æ', 'ø', '¿', '¡', '¬', '√', 'ƒ', '≈', '∆', '«', '»', '…',
    '\u{a0}', 'À', 'Ã', 'Õ', 'Œ', 'œ', '–', '—', '“', '”', '‘', '’', '÷', '◊', 'ÿ', 'Ÿ', '⁄', '€', '‹', '›', 'ﬁ', 'ﬂ', '‡', '·',
    '‚', '„', '‰', 'Â', 'Ê', 'Á', 'Ë', 'È', 'Í', 'Î', 'Ï', 'Ì', 'Ó', 'Ô', '\u{f8ff}', 'Ò', 'Ú', 'Û', 'Ù', 'ı', 'ˆ', '˜', '¯',
    '˘', '˙', '˚', '¸', '˝', '˛', 'ˇ',
];

/// 0x80 to 0x9F of Windows-1252; the five it leaves undefined are replacement characters.
const WINDOWS_1252: &[char; 32] = &[
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN_9: &[(u8, char)] =
    &[(0xA4, '€'), (0xA6, 'Š'), (0xA8, 'š'), (0xB4, 'Ž'), (0xB8, 'ž'), (0xBC, 'Œ'), (0xBD, 'œ'), (0xBE, 'Ÿ')];

fn upper_half(table: &[char], first: u8, byte: u8) -> char {
    match byte.checked_sub(first) {
        None => char::from(byte),
        Some(at) => table.get(usize::from(at)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// The text, and what it was read as. A byte order mark is left out; what no encoding explains is replaced.
pub fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some(decoded) = decode_utf16(bytes) {
        return decoded;
    }
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return (String::from_utf8_lossy(rest).into_owned(), Encoding::Utf8);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), if text.is_ascii() { Encoding::Ascii } else { Encoding::Utf8 });
    }
    let encoding = guess(bytes);
    (encoding.read(bytes), encoding)
}

/// The text of bytes that are UTF-16, by their mark or by where their zeros stand; none for all others.
pub(crate) fn decode_utf16(bytes: &[u8]) -> Option<(String, Encoding)> {
    let (rest, encoding) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, Encoding::Utf16Le),
        [0xFE, 0xFF, rest @ ..] => (rest, Encoding::Utf16Be),
        _ => (bytes, bare_utf16(bytes)?),
    };
    let unit =
        if matches!(encoding, Encoding::Utf16Be | Encoding::BareUtf16Be) { u16::from_be_bytes } else { u16::from_le_bytes };
    let (pairs, odd) = rest.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(rest.len());
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text.extend(odd.iter().map(|_| char::REPLACEMENT_CHARACTER));
    Some((text, encoding))
}

/// Which UTF-16 the head of the bytes looks like: most of its characters are plain ones, whose other byte is zero.
fn bare_utf16(bytes: &[u8]) -> Option<Encoding> {
    /// So many characters tell as much as all, and fewer tell nothing.
    const SOME: std::ops::RangeInclusive<usize> = 4..=128;
    let (pairs, _) = bytes.as_chunks::<2>();
    let head = &pairs[..pairs.len().min(*SOME.end())];
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let count = |test: &dyn Fn(&[u8; 2]) -> bool| head.iter().filter(|pair| test(pair)).count();
    let most = |plain: usize| head.len() >= *SOME.start() && plain >= head.len() - head.len() / 4;
    let (low, high) = (count(&|[a, b]| plain(*a) && *b == 0), count(&|[a, b]| *a == 0 && plain(*b)));
    match (most(low) && high == 0, most(high) && low == 0) {
        (true, _) => Some(Encoding::BareUtf16Le),
        (_, true) => Some(Encoding::BareUtf16Be),
        _ => None,
    }
}

/// The single-byte encoding whose characters fit best to what stands beside them.
fn guess(bytes: &[u8]) -> Encoding {
    /// So many characters tell as much as all.
    const ENOUGH: usize = 4_000;
    let high = || (0..bytes.len()).filter(|at| bytes[*at] >= 0x80).take(ENOUGH);
    let control = high().any(|at| bytes[at] < 0xA0);
    let euro = high().any(|at| bytes[at] == 0xA4);
    // Old Macintosh images end lines in CR alone; it only decides between equals.
    let mac = bytes.iter().take(10_000).zip(bytes.iter().skip(1)).any(|(a, b)| *a == b'\r' && *b != b'\n');
    let western = match (control, euro) {
        (true, _) => Encoding::Windows1252,
        (false, true) => Encoding::Latin9,
        (false, false) => Encoding::Latin1,
    };
    let score = |encoding| high().map(|at| fit(bytes, at, encoding)).sum::<i32>();
    let (theirs, ours) = (score(Encoding::MacRoman), score(western));
    // A file of a newer system needs more than a stray sign to be taken for one of an old Macintosh.
    let needed = if mac || control { ours } else { ours + 2 };
    if theirs >= needed { Encoding::MacRoman } else { western }
}

/// How well a character fits where it stands.
fn fit(bytes: &[u8], at: usize, encoding: Encoding) -> i32 {
    let c = encoding.character(bytes[at]);
    let near = |at: Option<usize>| at.and_then(|at| bytes.get(at)).map_or(' ', |b| encoding.character(*b));
    let (before, after) = (near(at.checked_sub(1)), near(at.checked_add(1)));
    let inside = before.is_alphabetic() && after.is_alphabetic();
    match c {
        char::REPLACEMENT_CHARACTER | '\u{f8ff}' => -4,
        '’' if inside => 2,
        // Letters that these encodings have, but hardly any text.
        'ª' | 'º' | 'ƒ' | 'ˆ' | '˜' | 'ı' | 'Ω' | 'π' => -1,
        c if c.is_lowercase() && (before.is_alphabetic() || after.is_lowercase()) => 2,
        c if c.is_uppercase() && before.is_lowercase() => -2,
        c if c.is_uppercase() && (after.is_alphabetic() || before.is_uppercase()) => 2,
        // Few words have one letter.
        'à' | 'À' => 0,
        c if c.is_alphabetic() => -1,
        '“' | '‘' | '„' | '«' if !before.is_alphanumeric() && after.is_alphanumeric() => 2,
        '”' | '’' | '»' if !after.is_alphanumeric() && !before.is_whitespace() => 2,
        '•' | '…' | '–' | '—' | '“' | '”' | '‘' | '’' | '€' | '°' | '©' | '®' | '™' if !inside => 1,
        _ if inside => -2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_guess_says_that_it_is_one() {
        for (bytes, text, encoding) in [
            (&b"plain"[..], "plain", Encoding::Ascii),
            (b"B\xC3\xB6b", "Böb", Encoding::Utf8),
            (b"\xEF\xBB\xBFB\xC3\xB6b", "Böb", Encoding::Utf8),
            (b"\xFF\xFEB\0\xF6\0", "Bö", Encoding::Utf16Le),
            (b"\xFE\xFF\0B\0\xF6", "Bö", Encoding::Utf16Be),
            (b"B\0\xF6\0b\0 \0B\0.\0", "Böb B.", Encoding::BareUtf16Le),
            (b"\0B\0\xF6\0b\0 \0B\0.", "Böb B.", Encoding::BareUtf16Be),
            (b"a\0b\0c\0", "a\0b\0c\0", Encoding::Ascii),
            (b"a\0\0b\0\0c\0d\0", "a\0\0b\0\0c\0d\0", Encoding::Ascii),
            (b"gr\xFC\xDFe, 20\xB0", "grüße, 20°", Encoding::Latin1),
            (b"10 \xA4 f\xFCr caf\xE9", "10 € für café", Encoding::Latin9),
            (b"\x93don\x92t\x94 \x96 \x80 5\r\n", "“don’t” – € 5\r\n", Encoding::Windows1252),
            (b"gr\x9F\xA7e\r\xA5 one\r", "grüße\r• one\r", Encoding::MacRoman),
            (b"one\r\t\xA5 two\r", "one\r\t• two\r", Encoding::MacRoman),
            (b"M\x9Frz", "Mürz", Encoding::MacRoman),
            (b"c := $\xC7 or: $\xE7\n", "c := $Ç or: $ç\n", Encoding::Latin1),
        ] {
            assert_eq!(decode(bytes), (text.to_owned(), encoding), "{bytes:?}");
        }
        assert!(!Encoding::Utf8.is_guess() && !Encoding::Utf16Le.is_guess());
        for guess in [Encoding::MacRoman, Encoding::BareUtf16Le, Encoding::Latin1, Encoding::Latin9, Encoding::Windows1252] {
            assert!(guess.is_guess() && guess.to_string().starts_with("probably"), "{guess}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_become_text(bytes: Vec<u8>) {
            let (text, encoding) = decode(&bytes);
            let wide = matches!(encoding, Encoding::BareUtf16Le | Encoding::BareUtf16Be);
            prop_assert!(!encoding.is_guess() || wide || text.chars().count() == bytes.len());
        }
    }
}
