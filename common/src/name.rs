//! The name of a patch: a relative path, parsed once with every rule, then trusted by all crates.

use crate::text::is_hidden;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization as _;

/// Names that begin so are fieldpost's own, in every watched directory: the marker, temporary files.
pub const RESERVED_PREFIX: &str = ".fieldpost-";

/// The longest name, in bytes.
pub const MAX_BYTES: usize = 1024;
/// The longest part between slashes, in bytes: leaves room for a temporary name within the 255 of file systems.
pub const MAX_PART_BYTES: usize = 200;
/// The most parts, so the deepest folder.
pub const MAX_PARTS: usize = 8;

/// A relative path with `/` between its parts that names a file on every system that fieldpost runs on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PatchName(String);

/// Why a path isn't a patch name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NameRule {
    /// Nothing, or nothing between two slashes.
    #[error("is empty or has an empty part")]
    Empty,
    /// Longer than a name may be.
    #[error("is too long: at most 1024 bytes, 200 in a part")]
    TooLong,
    /// Too many folders.
    #[error("is too deep: at most 8 parts")]
    TooDeep,
    /// `.` or `..`.
    #[error("has a part . or ..")]
    Dots,
    /// A character that some file system refuses or gives a meaning.
    #[error("has one of \\ : * ? \" < > |")]
    Punctuation,
    /// A control, invisible or reordering character.
    #[error("has a control or invisible character")]
    Hidden,
    /// Not in Unicode normal form C, so that two names could look the same.
    #[error("is not in Unicode normal form C")]
    NotNormal,
    /// A part that starts or ends with a blank, or ends with a dot.
    #[error("has a part that starts with a blank or ends with a blank or dot")]
    Edge,
    /// A part that starts with `~` or `-`.
    #[error("has a part that starts with ~ or -")]
    Leading,
    /// A device name of Windows, whatever its ending.
    #[error("has a part that is a device name on Windows")]
    Device,
    /// fieldpost's own files.
    #[error("starts with .fieldpost-, which is reserved")]
    Reserved,
    /// Not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
}

/// A path that isn't a patch name, with the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("patch name {given:?} {rule}")]
pub struct NameError {
    /// The path, shortened; escaped when shown.
    pub given: String,
    /// The rule.
    pub rule: NameRule,
}

impl PatchName {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: what people call the file.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Two names with one key are one file on a file system that ignores case.
    pub fn folded(&self) -> String {
        unicase::UniCase::unicode(self.0.as_str()).to_folded_case()
    }
}

impl FromStr for PatchName {
    type Err = NameError;
    fn from_str(path: &str) -> Result<Self, NameError> {
        match check(path) {
            Ok(()) => Ok(Self(path.to_owned())),
            Err(rule) => Err(NameError { given: path.chars().take(200).collect(), rule }),
        }
    }
}

fn check(path: &str) -> Result<(), NameRule> {
    if path.len() > MAX_BYTES {
        return Err(NameRule::TooLong);
    }
    if path.split('/').count() > MAX_PARTS {
        return Err(NameRule::TooDeep);
    }
    path.split('/').try_for_each(check_part)?;
    if !path.is_ascii() && path.nfc().ne(path.chars()) {
        return Err(NameRule::NotNormal);
    }
    Ok(())
}

fn check_part(part: &str) -> Result<(), NameRule> {
    let rules = [
        (part.is_empty(), NameRule::Empty),
        (part.len() > MAX_PART_BYTES, NameRule::TooLong),
        (part == "." || part == "..", NameRule::Dots),
        (part.contains(['\\', ':', '*', '?', '"', '<', '>', '|']), NameRule::Punctuation),
        (part.chars().any(|c| is_hidden(c) || is_noncharacter(c)), NameRule::Hidden),
        (part.starts_with(char::is_whitespace) || part.ends_with(|c: char| c.is_whitespace() || c == '.'), NameRule::Edge),
        (part.starts_with(['~', '-']), NameRule::Leading),
        (is_device(part), NameRule::Device),
        (part.to_ascii_lowercase().starts_with(RESERVED_PREFIX), NameRule::Reserved),
    ];
    rules.into_iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, rule)| Err(rule))
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Windows takes these for devices whatever follows the first dot.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut digits = number.chars();
        digits.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³')) && digits.next().is_none()
    })
}

impl fmt::Display for PatchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for PatchName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_name_rule_refuses_its_own_kind_of_path() {
        let long = "x".repeat(201);
        let longest = vec!["x".repeat(150); 7].join("/");
        let cases = [
            ("", NameRule::Empty),
            ("/etc/passwd", NameRule::Empty),
            ("a//b", NameRule::Empty),
            ("a/", NameRule::Empty),
            (&long, NameRule::TooLong),
            (&longest, NameRule::TooLong),
            ("1/2/3/4/5/6/7/8/9", NameRule::TooDeep),
            ("../../x", NameRule::Dots),
            ("a/./b", NameRule::Dots),
            ("C:x", NameRule::Punctuation),
            ("a\\b", NameRule::Punctuation),
            ("stream.st:ads", NameRule::Punctuation),
            ("a\nb", NameRule::Hidden),
            ("a\x1b[2J", NameRule::Hidden),
            ("a\u{202e}b", NameRule::Hidden),
            ("a\u{200b}b", NameRule::Hidden),
            ("a\u{fffe}b", NameRule::Hidden),
            ("e\u{301}.st", NameRule::NotNormal),
            (" a", NameRule::Edge),
            ("a ", NameRule::Edge),
            ("a.", NameRule::Edge),
            ("-rf", NameRule::Leading),
            ("~root", NameRule::Leading),
            ("nul.jpg.txt", NameRule::Device),
            ("folder/COM¹", NameRule::Device),
            ("lpt9.st", NameRule::Device),
            (".fieldpost-site", NameRule::Reserved),
            ("a/.FieldPost-tmp", NameRule::Reserved),
        ];
        for (path, rule) in cases {
            assert_eq!(path.parse::<PatchName>().expect_err(path).rule, rule, "{path:?}");
        }
    }

    #[test]
    fn ordinary_names_are_taken_as_they_are() {
        for path in
            ["4711-Order.st", "some.nul.jpg", "Größe/übung.st", "日本/修正.st", "a b.st", ".profile", "COM10", "1/2/3/4/5/6/7/8"]
        {
            assert_eq!(path.parse::<PatchName>().expect(path).as_str(), path);
        }
    }

    #[test]
    fn names_that_differ_only_in_case_share_one_key() {
        let name = |path: &str| path.parse::<PatchName>().expect(path);
        assert_eq!(name("Order.st").folded(), name("ORDER.ST").folded());
        assert_eq!(name("Straße").folded(), name("STRASSE").folded());
        assert_ne!(name("a").folded(), name("b").folded());
    }

    proptest! {
        #[test]
        fn no_accepted_name_can_leave_its_directory(path in "[a.~/\\\\: -]{0,12}|\\PC{0,12}") {
            if let Ok(name) = path.parse::<PatchName>() {
                let joined = std::path::Path::new("/root").join(name.as_str());
                prop_assert!(joined.components().all(|part| part != std::path::Component::ParentDir));
                prop_assert!(joined.starts_with("/root"));
            }
        }
    }
}
