//! What the rules take out, whatever the bytes, and what they leave.

use super::*;
use proptest::prelude::*;

fn rules(patterns: &[&str]) -> Rules {
    serde_json::from_value(serde_json::json!(patterns)).expect("rules")
}

fn whole(patterns: &[&str], text: &[u8]) -> String {
    String::from_utf8_lossy(&rules(patterns).whole(text)).into_owned()
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn what_a_rule_matches_goes_and_where_it_has_groups_only_what_they_match() {
    let text = b"user=ada card 4111111111111111 end\n";
    assert_eq!(whole(&["[0-9]{16}"], text), "user=ada card [redacted] end\n");
    assert_eq!(whole(&["user=(\\w+) card ([0-9]+)"], text), "user=[redacted] card [redacted] end\n");
    assert_eq!(whole(&["(?:user|card)[= ]([a-z]+)|nothing"], text), "user=[redacted] card 4111111111111111 end\n");
}

#[test]
fn what_several_rules_match_at_one_place_goes_once() {
    assert_eq!(whole(&["abcd", "cdef", "ef(gh)"], b"xabcdefghx"), "x[redacted]x");
}

#[test]
fn rules_hold_by_line_and_a_carriage_return_ends_one() {
    let anchored = "^key: (.*)$";
    assert_eq!(
        whole(&[anchored], b"key: a b\rkey: c\r\nno key: d\nkey: e"),
        "key: [redacted]\rkey: [redacted]\r\nno key: d\nkey: [redacted]"
    );
    assert_eq!(whole(&["(?s)a.*b"], b"a\nb"), "a\nb");
    assert_eq!(
        whole(&[anchored], b"\xEF\xBB\xBFkey: a\n"),
        "\u{feff}key: [redacted]\n",
        "a byte order mark is no part of a line"
    );
}

#[test]
fn a_rule_that_matches_nothing_at_a_place_takes_nothing_out_there() {
    assert_eq!(whole(&["", "x*", "(y*)", "^", "\\b"], b"ab xx yy\n\n"), "ab [redacted] [redacted]\n\n");
}

#[test]
fn without_rules_and_without_matches_nothing_is_copied() {
    for rules in [rules(&[]), rules(&["secret"])] {
        assert!(matches!(rules.whole(b"plain \xff\n"), Cow::Borrowed(_)));
        assert!(matches!(rules.piece(b"plain\n", Cut::default(), 100), Cow::Borrowed(_)));
        assert!(matches!(rules.name("plain"), Cow::Borrowed(_)));
    }
    let cut = Cut { before: true, after: true };
    assert!(matches!(rules(&[]).piece(b"plain", cut, 100), Cow::Borrowed(_)));
}

#[test]
fn a_line_that_is_no_utf_8_is_matched_too_in_whatever_encoding_its_letters_are_letters() {
    let rule = &["pass=(\\w+)", "a.c"];
    // ISO 8859-1, ISO 8859-15, Windows-1252, Mac Roman, and UTF-8 that is torn.
    for secret in [&b"p\xE4ss"[..], b"p\x8Ass", b"p\xA8ss", b"p\xA7ss\x9F", "pässwörd\u{142}".as_bytes()] {
        let text = [b"caf\xe9 pass=", secret, b" end a\xffc\n"].concat();
        assert_eq!(rules(rule).whole(&text), &b"caf\xe9 pass=[redacted] end [redacted]\n"[..], "{secret:?}");
    }
}

#[test]
fn utf_16_is_matched_and_can_still_be_read() {
    let text = "first line\r\nпароль=тайна7 café key=пять: end\r\nlast line of it\r\n";
    let expected = |star: char| text.replace("тайна7", &star.to_string().repeat(6)).replace("пять", &star.to_string().repeat(4));
    for big in [false, true] {
        for mark in ["", "\u{feff}"] {
            let text = utf16(&format!("{mark}{text}"), big);
            let redacted = rules(&["^пароль=(\\S+)", "key=(\\w+)"]).whole(&text).into_owned();
            let units = redacted.chunks(2).map(|pair| {
                let pair = [pair[0], pair[1]];
                if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
            });
            let read: String = char::decode_utf16(units).map(|one| one.expect("whole")).collect();
            // A sign for each byte that is no zero: two of them are one of another script.
            let read: String =
                read.trim_start_matches('\u{feff}').chars().map(|one| if one == '\u{2a2a}' { '*' } else { one }).collect();
            assert_eq!(read, expected('*'), "{big} {mark:?}");
        }
    }
}

#[test]
fn what_is_utf_16_in_a_text_that_is_not_is_matched_too() {
    // What a shell of Windows appends to a log.
    let text = [&b"a long line of plain text in a log, and another one\n"[..], &utf16("key=4711\r\n", false)].concat();
    let redacted = rules(&["key=([0-9]+)"]).whole(&text).into_owned();
    assert!(redacted.ends_with(&utf16("key=****\r\n", false)), "{redacted:?}");
}

#[test]
fn of_what_is_cut_no_head_of_a_match_is_left() {
    let rules = rules(&["[0-9]{8}"]);
    assert_eq!(rules.head(b"abc 12345678 end", 7), &b"abc [re"[..]);
    assert_eq!(rules.head(b"12345678 12345678 12345678", 13), &b"[redacted] [r"[..]);
    assert_eq!(rules.tail(b"5678 end\n12345678\n", true), &b"[redacted]\n"[..]);
    assert_eq!(rules.tail(b"no line end", true), &b""[..]);
    assert_eq!(rules.tail(b"begins here\n", false), &b"begins here\n"[..]);
}

#[test]
fn of_a_piece_the_line_that_begins_before_it_goes_and_the_end_of_one_that_goes_on() {
    let rules = rules(&["[0-9]{8}"]);
    let piece =
        |text: &[u8], before, after| String::from_utf8_lossy(&rules.piece(text, Cut { before, after }, 1 << 20)).into_owned();
    assert_eq!(piece(b"678 rest\rnext\r", true, false), "[redacted]\rnext\r");
    assert_eq!(piece(b"678 rest", true, false), "[redacted]");
    assert_eq!(piece(b"\nnext\n", true, false), "\nnext\n", "the line ended before");
    assert_eq!(piece(b"first\nlast 1234", false, true), "first\n[redacted]");
    let long = [&b"x".repeat(3 * MARGIN)[..], b"1234"].concat();
    assert_eq!(piece(&long, false, true), format!("{}[redacted]", "x".repeat(2 * MARGIN + 4)));
    assert_eq!(
        rules.piece(&utf16("5678 rest\nnext line\n", false), Cut { before: true, after: false }, 1 << 20),
        utf16("*********\nnext line\n", false)
    );
}

#[test]
fn where_a_piece_was_cut_is_seen_from_the_bytes_around() {
    let cut = |before: &[u8], piece: &[u8], goes_on| Cut::of(before, piece, goes_on);
    assert_eq!(cut(b"", b"a", false), Cut::default());
    assert_eq!(cut(b"x\n", b"a\r", true), Cut::default());
    assert_eq!(cut(b"\n\0", b"a\0", true), Cut { before: false, after: true });
    assert_eq!(cut(b"\nx", b"a", false), Cut { before: true, after: false });
}

#[test]
fn a_piece_gets_no_larger_than_pieces_may_be() {
    let text = b"1 2 3 4 5 6 7 8 9";
    assert_eq!(rules(&["[0-9]"]).piece(text, Cut::default(), 100).len(), 8 + 9 * MARK.len());
    assert_eq!(rules(&["[0-9]"]).piece(text, Cut::default(), text.len()), &b"* * * * * * * * *"[..]);
}

#[test]
fn a_secret_is_found_among_what_colours_a_terminal() {
    let rule = &["password=(\\S+)", "^level=(\\w+)$"];
    for (text, expected) in [
        // As Rust's `tracing` writes a field.
        ("\x1b[3mpassword\x1b[0m\x1b[2m=\x1b[0mhunter2 end", "\x1b[3mpassword\x1b[0m\x1b[2m=\x1b[0m[redacted] end"),
        ("password\x1b(B\x1b[m\x0f=hunter2", "password\x1b(B\x1b[m\x0f=[redacted]"),
        (
            "\x1b]8;;http://x/\x1b\\password\x1b]8;;\x07=hun\x1b[1mter2\x1b[0m",
            "\x1b]8;;http://x/\x1b\\password\x1b]8;;\x07=[redacted]\x1b[0m",
        ),
        ("\x1b[32mlevel\x1b[0m=high\x1b[0m", "\x1b[32mlevel\x1b[0m=[redacted]\x1b[0m"),
        // What only looks like the begin of a sequence hides nothing.
        ("\x1b]0;password=hunter2", "\x1b]0;password=[redacted]"),
    ] {
        assert_eq!(whole(rule, text.as_bytes()), expected);
    }
    let wide = utf16("password\x1b[0m=hunter2 and the rest\n", false);
    assert_eq!(*rules(rule).whole(&wide), utf16("password\x1b[0m=******* and the rest\n", false));
    assert_eq!(whole(rule, b"caf\xe9 password\x1b[0m=hunter2"), "caf\u{fffd} password\x1b[0m=[redacted]");
}

#[test]
fn a_secret_is_found_among_characters_that_nobody_sees_and_under_those_that_were_struck_over() {
    let rule = &["key=([0-9]{4})"];
    for text in [
        "k\u{200b}ey=4\u{ad}711",
        "key=\u{202e}4711",
        "k\0ey=4711",
        "kk\x08ey=4711",
        "key=4\x084711",
        "k\x08ke\x08ey=47_\x081\x08_1",
    ] {
        let text = whole(rule, text.as_bytes());
        assert!(!text.contains("11"), "{text:?}");
    }
}

#[test]
fn what_separates_fields_still_separates_them() {
    // FIX, whose fields end with a control character.
    let text = b"554=hunter2\x0155=ACME\x0138=100\x01";
    assert_eq!(whole(&["554=([^\\x01]+)"], text), "554=[redacted]\x0155=ACME\x0138=100\x01");
    assert_eq!(whole(&["[0-9]{5}"], b"38=100\x1f200"), "38=100\x1f200");
}

#[test]
fn a_long_line_is_read_in_one_way_after_the_other_and_takes_no_more_room_however_much_is_found() {
    const LONG: usize = 128 << 10;
    for (unit, most) in [(&b"4 \xe4"[..], 4), (b"\x80 \x1b[1m4", 3), (&utf16("4 \u{200b}x", false), 2), (b"4 ", 1)] {
        reading::LARGEST.set(0);
        let line = unit.repeat(LONG / unit.len());
        let redacted = rules(&["4", "(4) +"]).piece(&line, Cut::default(), LONG).into_owned();
        assert_eq!(redacted.len(), line.len());
        assert!(!redacted.contains(&b'4') && redacted.capacity() == line.len());
        let largest = reading::LARGEST.get();
        assert!(largest <= LONG * most / 2, "{largest} for {unit:?}");
    }
}

/// What a secret may stand among.
fn around() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\0".to_vec()),
        Just(b"\xff\xfe".to_vec()),
        Just(b"\xe2\x82".to_vec()),
        Just("é€".as_bytes().to_vec()),
        "[a-z =]{0,20}".prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![0_u8..b'0', b':'..=255], 0..6),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// What stands between characters, and isn't seen.
fn unseen() -> impl Strategy<Value = String> {
    let color = "\x1b\\[[0-9;:?]{0,6}[mKhl]";
    let one =
        prop_oneof!["", color, "\x1b\\][0-9];[a-z]{0,5}(\x07|\x1b\\\\)", "\x1b[(][B0]", "[\u{200b}\u{ad}\u{202e}\u{feff}\0]"];
    prop::collection::vec(one, 0..3).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn whatever_the_bytes_and_wherever_a_file_is_cut_the_secret_does_not_come_out(
        before in around(),
        after in around(),
        wide in prop::option::of(any::<bool>()),
        cuts in prop::collection::vec(0_usize..200, 0..4),
        most in 0_usize..200,
    ) {
        const SECRET: &str = "1234567890";
        let rules = rules(&["[0-9]{10}"]);
        let secret = wide.map_or(SECRET.as_bytes().to_vec(), |big| utf16(SECRET, big));
        let file = [before, secret, after].concat();
        let digits = |text: &[u8]| text.iter().filter(|byte| byte.is_ascii_digit()).count();
        prop_assert_eq!(digits(&rules.whole(&file)), 0);
        prop_assert_eq!(digits(&rules.head(&file, most)), 0);
        prop_assert!(rules.head(&file, most).len() <= most);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(file.len())).chain([0, file.len()]).collect();
        cuts.sort_unstable();
        for at in cuts.windows(2).map(|pair| pair[0]..pair[1]) {
            let cut = Cut::of(&file[at.start.saturating_sub(2)..at.start], &file[at.clone()], at.end < file.len());
            let sent = rules.piece(&file[at.clone()], cut, 1 << 20);
            prop_assert_eq!(digits(&sent), 0, "{:?} of {:?}", at, file);
            prop_assert!(rules.piece(&file[at.clone()], cut, at.len()).len() <= at.len());
        }
    }

    #[test]
    fn whatever_colours_a_secret_or_stands_between_its_characters_unseen_it_does_not_come_out(
        before in around(),
        after in around(),
        wide in prop::option::of(any::<bool>()),
        between in prop::collection::vec(unseen(), 9),
        struck in any::<bool>(),
    ) {
        let digits = ('0'..='9').zip(between.iter().map(String::as_str).chain([""]));
        let over = |digit: char| if struck { format!("{digit}\x08") } else { String::new() };
        let secret: String = digits.map(|(digit, unseen)| [over(digit), digit.to_string(), unseen.to_owned()].concat()).collect();
        // What was begun before it, and would take its first character, ends here.
        let secret = format!("\x1b[m{secret} ");
        let file = [before, secret.into_bytes(), after].concat();
        // UTF-16 is known by its zeros: characters that are zeros themselves would blur them; and half of one isn't a digit that is left.
        let fits = |one: char| one != '\0' && (one.is_ascii() || !utf16(&one.to_string(), true).iter().any(u8::is_ascii_digit));
        let text: String = String::from_utf8_lossy(&file).chars().filter(|one| fits(*one)).collect();
        let file = wide.map_or(file, |big| utf16(&text, big));
        let redacted = rules(&["[0-9]{10}"]).whole(&file).into_owned();
        prop_assert!(!redacted.iter().any(u8::is_ascii_digit), "{:?} of {:?}", String::from_utf8_lossy(&redacted), file);
    }

    #[test]
    fn what_no_rule_matches_stays_byte_for_byte(text in around()) {
        prop_assert_eq!(rules(&["[0-9]{10}", "(#{30})"]).whole(&text).into_owned(), text);
    }
}
