//! What is not looked at: editors' own files, and what the config names.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Deserializer};

/// Files that editors and tools make for themselves beside the one that is saved.
const EDITORS: &[&str] = &[
    "*~",
    "*.sw[a-p]",
    "4913",
    "#*#",
    ".#*",
    "*.bak",
    "*.tmp",
    "*.temp",
    "*.part",
    "*.crdownload",
    "*.kate-swp",
    ".goutputstream-*",
    "*___jb_old___",
    "*___jb_tmp___",
    ".~lock.*#",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    ".nfs*",
    "sed??????",
];

/// Patterns of paths that are left alone without a word.
#[derive(Debug, Clone)]
pub struct Ignore(GlobSet);

impl Ignore {
    /// Editors' patterns, and further globs. One without `/` holds in every folder.
    pub fn new(globs: &[String]) -> Result<Self, String> {
        gathered(EDITORS.iter().copied().chain(globs.iter().map(String::as_str))).map(Self)
    }

    /// Whether a path, relative to the patch directory, is left alone.
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// Patterns of paths, none unless the config names some. One without `/` holds in every folder.
#[derive(Debug, Clone, Default)]
pub struct Patterns(GlobSet);

impl Patterns {
    /// Whether a path is meant.
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let globs: Vec<String> = Vec::deserialize(deserializer)?;
        gathered(globs.iter().map(String::as_str)).map(Self).map_err(serde::de::Error::custom)
    }
}

fn gathered<'a>(globs: impl Iterator<Item = &'a str>) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(compile(glob)?);
        if !glob.contains('/') {
            set.add(compile(&format!("**/{glob}"))?);
        }
    }
    set.build().map_err(|error| error.to_string())
}

fn compile(glob: &str) -> Result<Glob, String> {
    let built = GlobBuilder::new(glob).literal_separator(true).build();
    built.map_err(|error| format!("ignore pattern {glob:?}: {}", error.kind()))
}

impl Default for Ignore {
    fn default() -> Self {
        Self::new(&[]).unwrap_or_else(|error| unreachable!("the editors' patterns are globs: {error}"))
    }
}

impl<'de> Deserialize<'de> for Ignore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_own_files_are_ignored_in_every_folder_and_patches_are_not() {
        let ignore = Ignore::default();
        for own in ["Order.st~", ".Order.st.swp", "4913", "sub/4913", "#Order.st#", ".#Order.st", "a/b/x.st~", "sedAbC123"] {
            assert!(ignore.matches(own), "{own}");
        }
        for patch in ["Order.st", "4711-Order.st", "sub/Order.cs", "sedation.st", "49130", "swap.sql"] {
            assert!(!ignore.matches(patch), "{patch}");
        }
    }

    #[test]
    fn a_glob_without_a_slash_holds_in_every_folder_and_one_with_a_slash_only_there() {
        let ignore = Ignore::new(&["*.log".to_owned(), "archive/**".to_owned()]).expect("globs");
        assert!(ignore.matches("x.log") && ignore.matches("deep/x.log"));
        assert!(ignore.matches("archive/a/b.st") && !ignore.matches("deep/archive/b.st"));
    }
}
