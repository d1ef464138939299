//! Structured junk for the readers of stamps, issues and encodings: what the fuzz targets find, as far as a stable
//! compiler can look for it.

#[path = "../../tests/fuzz/decoding.rs"]
mod decoding;
#[path = "../src/stamp/tests/fixtures.rs"]
mod fixtures;
#[path = "../../tests/fuzz/reading.rs"]
mod reading;

use fixtures::FIXTURES;
use proptest::prelude::*;

#[test]
fn a_file_cut_off_anywhere_is_read_without_panic() {
    for (choice, fixture) in (0..).zip(FIXTURES) {
        assert!(!fixture.format.is_empty() && (fixture.prose || !fixture.name.is_empty()));
        let content = fixture.content.as_bytes();
        for end in 0..=content.len() {
            for choice in [choice, 7 * choice + 16] {
                reading::read(choice, &content[..end]);
                reading::read(choice, &content[content.len() - end..]);
            }
            decoding::decode(&content[..end]);
        }
    }
}

/// What happens to a file on its way.
#[derive(Debug, Clone)]
enum Mutation {
    Cut(prop::sample::Index),
    Splice(prop::sample::Index, prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(u8),
    LineEnds(&'static [u8]),
    Prose(String),
    Suffix(Vec<u8>),
    Wide,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let sharp = prop::sample::select(vec![
        "!",
        "'",
        "\"",
        "!!",
        "$Id: ",
        "(name '",
        "stamp: '",
        "=?UTF-8?q?",
        "1/1/1/",
        "\0",
        "\r",
        "\u{feff}",
        "<time-stamp>",
        "From ",
        "--changeset ",
    ]);
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Mutation::Cut),
        any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(at, other)| Mutation::Splice(at, other)),
        any::<(prop::sample::Index, u8)>().prop_map(|(at, bits)| Mutation::Flip(at, bits)),
        (any::<prop::sample::Index>(), sharp).prop_map(|(at, text)| Mutation::Insert(at, text.into())),
        any::<(prop::sample::Index, Vec<u8>)>().prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (2..4_u8).prop_map(Mutation::Repeat),
        prop::sample::select(vec![&b"\r"[..], b"\r\n", b"\n\r", b""]).prop_map(Mutation::LineEnds),
        "[a-zA-Z'\"!,. \\n]{0,80}".prop_map(Mutation::Prose),
        any::<Vec<u8>>().prop_map(Mutation::Suffix),
        Just(Mutation::Wide),
    ]
}

fn mutated(mut content: Vec<u8>, mutation: &Mutation) -> Vec<u8> {
    let place = |at: &prop::sample::Index, content: &[u8]| at.index(content.len() + 1);
    match mutation {
        Mutation::Cut(at) => content.truncate(place(at, &content)),
        Mutation::Splice(at, other) => {
            content.truncate(place(at, &content));
            let other = other.get(FIXTURES).content.as_bytes();
            content.extend_from_slice(&other[place(at, other)..]);
        }
        Mutation::Flip(at, bits) => {
            let at = place(at, &content);
            content.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bits);
        }
        Mutation::Insert(at, bytes) => {
            let at = place(at, &content);
            content.splice(at..at, bytes.iter().copied());
        }
        Mutation::Repeat(times) => content = content.repeat(usize::from(*times)),
        Mutation::LineEnds(end) => content = content.split(|b| *b == b'\n').collect::<Vec<_>>().join(*end),
        Mutation::Prose(prose) => {
            content.splice(0..0, prose.bytes());
        }
        Mutation::Suffix(bytes) => content.extend_from_slice(bytes),
        Mutation::Wide => content = content.iter().flat_map(|byte| [*byte, 0]).collect(),
    }
    content
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_of_all_formats_are_read_without_panic(
        fixture: prop::sample::Index,
        choice: u8,
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let start = fixture.get(FIXTURES).content.as_bytes().to_vec();
        let content = mutations.iter().fold(start, mutated);
        reading::read(choice, &content);
        decoding::decode(&content);
    }
}
