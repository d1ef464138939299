//! What may be done to a file of any format without changing what it says.

use super::super::*;
use super::fixtures::{FIXTURES, Fixture};
use super::shown;

const PROSE: [&str; 4] = ["\n", "Some words before it.\n", "Dear all,\nit's here:\n\n", "It is new, isn't it?\n\n\n"];

/// What the file says, apart from where it says it.
fn said(fixture: &Fixture, content: &[u8]) -> (String, Option<Stamp>) {
    let mut stamp = stamp_with(content, fixture.name, &Hints::default());
    stamp.iter_mut().flat_map(|stamp| &mut stamp.found).for_each(|found| found.offset = 0);
    (shown(stamp.as_ref()), stamp)
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn each_fixture_is_of_its_format_and_all_formats_have_one() {
    for fixture in FIXTURES {
        let (said, _) = said(fixture, fixture.content.as_bytes());
        assert!(said.starts_with(&format!("{} |", fixture.format)), "{}: {said}", fixture.name);
        assert!(!said.contains("eve"), "{}: {said}", fixture.name);
    }
    for (format, _) in FORMATS {
        assert!(FIXTURES.iter().any(|fixture| fixture.format == format!("{format:?}")), "{format:?}");
    }
}

#[test]
fn line_ends_change_nothing_that_any_format_says() {
    for fixture in FIXTURES {
        let expected = said(fixture, fixture.content.as_bytes());
        for end in ["\r", "\r\n"] {
            let content = fixture.content.replace('\n', end);
            assert_eq!(said(fixture, content.as_bytes()), expected, "{} {end:?}", fixture.name);
        }
        let mut ends = ["\r\n", "\r", "\n"].into_iter().cycle();
        let mixed: String = fixture
            .content
            .split_inclusive('\n')
            .flat_map(|line| [line.trim_end_matches('\n'), ends.next().unwrap_or("\n")])
            .collect();
        assert_eq!(said(fixture, mixed.as_bytes()).0, expected.0, "{} mixed", fixture.name);
    }
}

#[test]
fn prose_before_a_file_changes_nothing_where_the_format_allows_it() {
    for fixture in FIXTURES.iter().filter(|fixture| fixture.prose) {
        let expected = said(fixture, fixture.content.as_bytes());
        for prose in PROSE {
            let content = format!("{prose}{}", fixture.content);
            assert_eq!(said(fixture, content.as_bytes()), expected, "{} {prose:?}", fixture.name);
            let content = content.replace('\n', "\r");
            assert_eq!(said(fixture, content.as_bytes()), expected, "{} {prose:?} CR", fixture.name);
        }
    }
}

#[test]
fn a_byte_order_mark_and_bytes_after_a_file_change_nothing() {
    for fixture in FIXTURES {
        let expected = said(fixture, fixture.content.as_bytes());
        let marked = [b"\xEF\xBB\xBF", fixture.content.as_bytes()].concat();
        assert_eq!(said(fixture, &marked), expected, "{} with a mark", fixture.name);
        for rest in [&b"\xFF\xFE\x80\xC3"[..], b"\0\0\0\0", b"\n\n\x1a", &[0xA5; 3000]] {
            let content = [fixture.content.as_bytes(), rest].concat();
            assert_eq!(said(fixture, &content), expected, "{} {rest:?}", fixture.name);
        }
    }
}

#[test]
fn utf_16_changes_nothing_and_places_are_those_in_the_file() {
    for fixture in FIXTURES {
        let expected = said(fixture, fixture.content.as_bytes());
        for (mark, bytes) in [
            ("\u{feff}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ("\u{feff}", u16::to_be_bytes),
            ("", u16::to_le_bytes),
            ("", u16::to_be_bytes),
        ] {
            let content = wide(&format!("{mark}{}", fixture.content), bytes);
            assert_eq!(said(fixture, &content), expected, "{} {mark:?}", fixture.name);
            for found in stamp_with(&content, fixture.name, &Hints::default()).into_iter().flat_map(|stamp| stamp.found) {
                let first = wide(&found.raw[..1], bytes);
                assert!(
                    found.kind == Kind::FileName || content[found.offset..].starts_with(&first),
                    "{} {found:?}",
                    fixture.name
                );
            }
        }
    }
    let beyond = format!("\u{feff}\"\u{1f600}\u{1f600} €\"!\n{}", super::method("bob 1/2/2003 10:00"));
    let content = wide(&beyond, u16::to_le_bytes);
    let stamp = stamp_with(&content, "a.st", &Hints::default()).expect("a stamp");
    assert!(content[stamp.found[0].offset..].starts_with(&wide("bob 1/2/2003", u16::to_le_bytes)));
}
