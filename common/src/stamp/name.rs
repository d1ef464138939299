//! Tells names of people from other words in comments by hand; where they stand is left to the readers.

/// The most words of one name.
pub(super) const MAX_WORDS: usize = 4;

/// Words that say what was done, and so aren't a name.
const NO_NAMES: [&str; 52] = [
    "added",
    "adding",
    "add",
    "adapted",
    "bug",
    "bugfix",
    "bugs",
    "build",
    "change",
    "changed",
    "changes",
    "class",
    "code",
    "corrected",
    "created",
    "creation",
    "delete",
    "deleted",
    "draft",
    "edited",
    "file",
    "first",
    "fix",
    "fixed",
    "fixes",
    "full",
    "implemented",
    "improved",
    "initial",
    "issue",
    "merged",
    "minor",
    "modified",
    "module",
    "moved",
    "new",
    "none",
    "original",
    "port",
    "ported",
    "release",
    "released",
    "removed",
    "renamed",
    "review",
    "support",
    "test",
    "the",
    "update",
    "updated",
    "version",
    "written",
];

/// Words before `by`, and the word itself where it begins the text.
const DONE: [&str; 19] = [
    "by",
    "created",
    "written",
    "modified",
    "changed",
    "updated",
    "edited",
    "editted",
    "coded",
    "programmed",
    "developed",
    "implemented",
    "create",
    "authored",
    "revised",
    "adapted",
    "ported",
    "rewritten",
    "contributed",
];

/// The name that a text begins with, in a column of its own or before `:` or a dash, or behind `modified by`.
pub(super) fn leading_name(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | ':' | ',' | '|' | ';' | '–'));
    if let Some(name) = after_by(text) {
        return Some(name);
    }
    let text = text.strip_prefix('(').or_else(|| text.strip_prefix('[')).unwrap_or(text);
    // One word and a period is a sentence: `Rewritten.`
    if !text.contains(char::is_whitespace) && text.ends_with('.') {
        return None;
    }
    // `v2` is a version.
    if text.starts_with(['v', 'V', 'r', 'R']) && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = [":", "\t", " - ", " -\t", "|", ";", ")", "]"].iter().filter_map(|mark| text.find(mark)).min();
    whole_name(text.get(..end.unwrap_or(text.len()))?)
}

/// Whether the sentence is about a change: `Modified by Bob Bauer`, not `Written by`.
pub(super) fn is_change(text: &str) -> bool {
    const CHANGES: [&str; 9] =
        ["modified", "changed", "updated", "edited", "editted", "revised", "adapted", "ported", "rewritten"];
    let first = without_adverb(text).split([' ', '\t', ':']).next().unwrap_or_default();
    CHANGES.iter().any(|word| word.eq_ignore_ascii_case(first))
}

/// The name in `Modified by Bob Bauer to round prices`, or in `by Bob Bauer`; an address or a bracket ends it.
pub(super) fn after_by(text: &str) -> Option<String> {
    const ENDS: [&str; 9] = ["to", "for", "in", "on", "and", "at", "from", "with", "-"];
    let text = without_adverb(text);
    let (first, rest) = text.split_once(char::is_whitespace)?;
    let done = DONE.iter().any(|word| word.eq_ignore_ascii_case(first));
    let rest = if first.eq_ignore_ascii_case("by") { rest } else { behind_by(rest.trim_start())? };
    let words = rest.split_whitespace().take_while(|word| !ENDS.contains(word) && !word.starts_with(['(', '<', '[', '"']));
    let mut name = String::new();
    for word in words {
        let last = word.ends_with([',', ';', ':']) || word.ends_with('.') && word.len() > 3;
        name = if name.is_empty() { word.to_owned() } else { format!("{name} {word}") };
        if last {
            break;
        }
    }
    done.then(|| whole_name(name.trim_end_matches([',', ';', ':']))).flatten()
}

/// `Originally written`, without the first word.
fn without_adverb(text: &str) -> &str {
    const ADVERBS: [&str; 6] = ["originally", "initially", "first", "last", "further", "later"];
    let rest = text.split_once(' ').filter(|(first, _)| ADVERBS.iter().any(|adverb| adverb.eq_ignore_ascii_case(first)));
    rest.map_or(text, |(_, rest)| rest)
}

/// What stands behind `by`, which may follow on a few words: `for Linux by Bob Bauer`.
fn behind_by(text: &str) -> Option<&str> {
    /// A longer remark is a sentence of its own.
    const FARTHEST: usize = 40;
    const BETWEEN: [&str; 8] = ["for", "to", "in", "from", "on", "slightly", "heavily", "extensively"];
    if let Some(name) = text.strip_prefix("by ").or_else(|| text.strip_prefix("By ")) {
        return Some(name);
    }
    let (between, name) = text.split_once(" by ")?;
    let first = between.split(' ').next().unwrap_or_default();
    (between.len() <= FARTHEST && BETWEEN.contains(&first)).then_some(name)
}

/// The text, where all of it can be a name: a user id, initials, or up to four words that begin with a capital.
pub(super) fn whole_name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches([',', '-']).trim_end();
    let text = text.strip_suffix('.').filter(|name| name.rsplit(' ').next().is_some_and(|last| last.len() > 2)).unwrap_or(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let small =
        |word: &&str| matches!(*word, "van" | "von" | "de" | "der" | "den" | "di" | "la" | "le" | "af" | "el" | "&" | "and");
    let letters =
        |word: &&str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '\'' | '-' | '/' | '_' | '@' | '&' | ','));
    let capital = |word: &&str| word.starts_with(char::is_uppercase) || small(word);
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let fits = (1..=MAX_WORDS).contains(&words.len())
        && words.iter().all(letters)
        && words.iter().all(|word| !NO_NAMES.contains(&bare(word).as_str()))
        && words[0].starts_with(char::is_alphabetic)
        && (words.len() == 1 || words.iter().all(|word| capital(word) && !word.contains(|c: char| c.is_ascii_digit())));
    fits.then(|| words.join(" "))
}
