//! What a binary content probably is, by its first bytes. Nothing of it is interpreted.

/// First bytes and what begins with them.
const KINDS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\0\0\x01\0", "a Windows icon"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive, or what is built like one: jar, docx, xlsx"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ\0", "compressed by xz"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"MSCF", "a Windows cabinet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Windows installer"),
    (b"\x7fELF", "a program or library for Linux"),
    (b"MZ", "a program or library for Windows"),
    (b"\xca\xfe\xba\xbe", "a Java class, or a program for macOS"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\0asm", "WebAssembly"),
    (b"SQLite format 3\0", "an SQLite database"),
];

/// Where a tar archive says that it is one.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// The guess in words.
pub(super) fn kind(bytes: &[u8]) -> &'static str {
    if bytes.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return "a tar archive";
    }
    KINDS.iter().find(|(begin, _)| bytes.starts_with(begin)).map_or("unknown data", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_guessed_by_the_first_bytes() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0"), "a PNG image");
        assert_eq!(kind(&[&[0; 257][..], b"ustar\0"].concat()), "a tar archive");
        assert_eq!(kind(b"\0"), "unknown data");
    }
}
