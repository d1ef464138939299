//! Names of months, in English whatever the locale, and in German as some tools print them.

/// English and German names.
const MONTHS: [(&[u8], &[u8]); 12] = [
    (b"january", b"januar"),
    (b"february", b"februar"),
    (b"march", b"maerz"),
    (b"april", b"april"),
    (b"may", b"mai"),
    (b"june", b"juni"),
    (b"july", b"juli"),
    (b"august", b"august"),
    (b"september", b"september"),
    (b"october", b"oktober"),
    (b"november", b"november"),
    (b"december", b"dezember"),
];

/// `März` in UTF-8, Latin-1 and MacRoman.
const MARCH: [&[u8]; 3] = [b"m\xC3\xA4rz", b"m\xE4rz", b"m\x8Arz"];

/// The number of a month by its name, or the first three letters of it.
pub(super) fn month(word: &[u8]) -> Option<i8> {
    let is = |name: &[u8]| {
        word.len() == name.len() && name.eq_ignore_ascii_case(word)
            || word.len() == 3 && name.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(word))
    };
    if MARCH.iter().any(|name| name.eq_ignore_ascii_case(word)) {
        return Some(3);
    }
    if word.eq_ignore_ascii_case(b"sept") {
        return Some(9);
    }
    (1..).zip(MONTHS).find_map(|(number, (english, german))| (is(english) || is(german)).then_some(number))
}
