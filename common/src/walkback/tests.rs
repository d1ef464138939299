//! Fixtures of each dialect, what must group and what must not, and properties. The fixtures are written for this project.

mod dialects;
mod grouping;
mod properties;
mod times;

use super::*;

/// The only report of a text.
fn only(text: &str) -> Walkback {
    let mut found = walkbacks(text.as_bytes());
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    found.remove(0)
}

/// A small report of each dialect, by its name.
const SMALL: &[(&str, &str)] = &[
    ("visualworks", include_str!("tests/visualworks.txt")),
    ("visualworks", include_str!("tests/visualworks-notifier.txt")),
    ("squeak", include_str!("tests/squeak.txt")),
    ("squeak", include_str!("tests/squeak-stack.txt")),
    ("cuis", include_str!("tests/cuis.txt")),
    ("pharo", include_str!("tests/pharo.txt")),
    ("pharo", include_str!("tests/pharo-terminal.txt")),
    ("squeak-vm", include_str!("tests/squeak-vm.txt")),
    ("pharo-vm", include_str!("tests/pharo-vm.txt")),
    ("gemstone", include_str!("tests/gemstone.txt")),
    ("gemstone", include_str!("tests/gemstone-topaz.txt")),
    ("gemstone", include_str!("tests/gemstone-variables.txt")),
    ("vast", include_str!("tests/vast.txt")),
    ("dolphin", include_str!("tests/dolphin-dump.txt")),
    ("dolphin", include_str!("tests/dolphin-errors.txt")),
    ("gnu-smalltalk", include_str!("tests/gnu-smalltalk.txt")),
    ("java", include_str!("tests/java.txt")),
    ("java", include_str!("tests/java-log.txt")),
    ("dotnet", include_str!("tests/dotnet.txt")),
    ("dotnet", include_str!("tests/dotnet-german.txt")),
    ("dotnet-aspnet", include_str!("tests/aspnet.txt")),
    ("python", include_str!("tests/python.txt")),
    ("rust", include_str!("tests/rust.txt")),
    ("rust", include_str!("tests/rust-old.txt")),
    ("javascript", include_str!("tests/node.txt")),
    ("javascript", include_str!("tests/firefox.txt")),
];
