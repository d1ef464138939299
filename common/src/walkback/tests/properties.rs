//! What holds for every report: line ends, neighbours, junk.

use super::*;
use proptest::prelude::*;

fn groups(bytes: &[u8]) -> Vec<Fingerprint> {
    walkbacks(bytes).into_iter().map(|walkback| walkback.fingerprint).collect()
}

#[test]
fn line_ends_and_encodings_dont_matter() {
    for (_, text) in SMALL {
        let expected = groups(text.as_bytes());
        let doubled = text.replace('\n', "\r\r\n");
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [text.replace('\n', "\r\n"), text.replace('\n', "\r"), format!("\u{feff}{text}")] {
            assert_eq!(groups(bytes.as_bytes()), expected, "{text}");
        }
        assert_eq!(groups(&wide), expected, "{text}");
        assert_eq!(walkbacks(doubled.as_bytes()).len(), 1, "{text}");
    }
}

#[test]
fn a_report_has_the_same_group_alone_and_among_others() {
    let mut all = String::from("Starting up.\nnice.lang: parsing\n\n");
    for (_, text) in SMALL {
        all.push_str(text);
        all.push_str("\n2026-03-04 INFO the next line: of the log\n\n");
    }
    let found = walkbacks(all.as_bytes());
    let dialects: Vec<_> = found.iter().map(|walkback| walkback.dialect.word()).collect();
    let expected: Vec<_> = SMALL.iter().map(|(dialect, _)| *dialect).collect();
    assert_eq!(dialects, expected);
    for (walkback, (_, text)) in found.iter().zip(SMALL) {
        assert_eq!(walkback.fingerprint, only(text).fingerprint, "{text}");
        let alone = walkbacks(&all.as_bytes()[walkback.span.clone()]);
        assert_eq!(alone.len(), 1, "{text}");
        assert_eq!(alone[0].fingerprint, walkback.fingerprint, "{text}");
    }
}

#[test]
fn the_span_of_a_report_in_wide_text_is_in_bytes() {
    let text = format!("é prose\n{}", SMALL[1].1);
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let found = walkbacks(&wide);
    assert_eq!(found[0].span, 2 + 2 * "é prose\n".chars().count()..wide.len());
}

#[test]
fn a_log_that_grows_keeps_the_groups_of_what_it_held() {
    let log: String = std::iter::repeat_n(include_str!("pharo.txt"), 3).chain([include_str!("squeak.txt")]).collect();
    assert_eq!(groups(log.as_bytes()).len(), 4);
    assert_eq!(groups(log.as_bytes())[..3], vec![groups(include_str!("pharo.txt").as_bytes())[0].clone(); 3]);
}

#[test]
fn hidden_characters_in_a_report_are_shown_and_not_obeyed() {
    let text = "Error: evil \u{202e}txt\x07\x1b]0;title\x07\nFoo>>bar\u{200b}\nFoo>>baz\nFoo>>bazz\n";
    for walkback in walkbacks(text.as_bytes()) {
        let all = format!("{:?}{:?}{:?}", walkback.exception, walkback.message, walkback.frames);
        assert!(!all.chars().any(crate::text::is_hidden), "{all}");
    }
}

#[test]
fn a_huge_file_without_a_line_end_is_one_report_that_says_little() {
    let long = vec![b'x'; 2 << 20];
    let found = walkbacks(&long);
    assert!(found.len() == 1 && found[0].message.as_ref().is_some_and(|message| message.as_str().len() < 2_000));
    let blank = vec![b'\n'; 1 << 19];
    assert!(walkbacks(&blank).is_empty());
    let binary: Vec<u8> = (0..1 << 18).map(|at: u32| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap_or(0)).collect();
    assert!(!walkbacks(&binary).is_empty());
}

#[test]
fn a_deep_recursion_stays_small() {
    let deep = "Foo>>bar\nFoo>>baz\nOther>>bar\n".repeat(20_000);
    let found = only(&deep);
    assert_eq!(found.frames.len(), MAX_FRAMES);
}

/// How many lines are looked for while the file is read.
fn steps(bytes: &[u8]) -> usize {
    let before = lines::STEPS.get();
    walkbacks(bytes);
    lines::STEPS.get() - before
}

#[test]
fn a_file_of_twice_the_lines_is_at_most_twice_the_work() {
    let more = ["Foo>>bar", "Foo(Bar)>>x", "[] in Foo>>x", "[ x ] in Foo>>x", "[1] Unhandled exception: x"];
    let mut heads: Vec<&str> = SMALL.iter().flat_map(|(_, text)| text.lines()).chain(more).collect();
    heads.sort_unstable();
    heads.dedup();
    for head in heads {
        for before in ["", "  x ", "[1] ", "a title\n"] {
            let line = format!("{before}{head}\n");
            let (once, twice) = (steps(line.repeat(50).as_bytes()), steps(line.repeat(100).as_bytes()));
            // What is looked at beyond the last line is no more than some dozen lines for each of the dialects.
            assert!(twice <= 2 * once + 500, "{line:?}: {once}, then {twice}");
        }
    }
}

#[test]
fn megabytes_of_the_same_line_are_read_in_no_time() {
    for line in [
        "Foo>>bar\n",
        "Foo(Bar)>>x\n",
        "[] in Foo>>x\n",
        "[1] Unhandled exception: x\n",
        "  x Traceback (most recent call last):\n",
        "  x Traceback (most recent call last): \x1b[0m\n",
    ] {
        let found = walkbacks(line.repeat((2 << 20) / line.len()).as_bytes());
        assert!(!found.is_empty(), "{line}");
    }
    let endless = only(&"Foo>>bar\n".repeat(5_000));
    assert_eq!((endless.frames.len(), endless.frames[0].repeated), (1, 5_000));
}

proptest! {
    #[test]
    fn junk_never_panics(bytes: Vec<u8>) {
        for walkback in walkbacks(&bytes) {
            prop_assert!(walkback.span.end <= bytes.len() && walkback.span.start <= walkback.span.end);
        }
    }

    #[test]
    fn a_report_that_is_cut_or_damaged_never_panics(which in 0..SMALL.len(), cut in 0usize..3_000, at in 0usize..3_000, byte: u8) {
        let mut bytes = SMALL[which].1.as_bytes().to_vec();
        bytes.truncate(cut);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        for walkback in walkbacks(&bytes) {
            prop_assert!(walkback.span.end <= bytes.len());
        }
    }

    #[test]
    fn prose_before_and_after_doesnt_matter(which in 0..SMALL.len(), before in "[a-z ]{0,40}", after in "[a-z ]{0,40}") {
        let text = SMALL[which].1;
        let prosy = format!("{before}\n\n{text}\n\n{after}\n");
        prop_assert_eq!(groups(prosy.as_bytes()), groups(text.as_bytes()));
    }

    #[test]
    fn mixed_pieces_of_reports_never_panic(pieces in proptest::collection::vec((0..SMALL.len(), 0usize..40, 1usize..8), 0..12)) {
        let mut text = String::new();
        for (which, from, count) in pieces {
            for line in SMALL[which].1.lines().skip(from).take(count) {
                text.push_str(line);
                text.push('\n');
            }
        }
        for walkback in walkbacks(text.as_bytes()) {
            prop_assert!(walkback.span.end <= text.len());
        }
    }
}
