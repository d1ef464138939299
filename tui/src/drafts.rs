//! Decisions of conflicts that were left half way, one file for each three contents, in the settings folder: a lost connection loses
//! none of them. What the decisions mean is left to `fieldpost_common::merge`.

use crate::keyring::{KeyringError, read, write};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::merge::Decision;
use std::path::{Path, PathBuf};

/// The three contents that decisions belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DraftKey(ContentHash);

impl DraftKey {
    /// From the contents' hashes; `base` is `None` where site and vendor never agreed.
    pub fn of(base: Option<&ContentHash>, published: &ContentHash, site: &ContentHash) -> Self {
        let base = base.map_or("none".to_owned(), ToString::to_string);
        Self(ContentHash::of(format!("{base} {published} {site}").as_bytes()))
    }
}

/// The folder of all drafts.
#[derive(Debug, Clone)]
pub struct Drafts {
    folder: PathBuf,
}

impl Drafts {
    /// Below a settings folder, which may not be there yet.
    pub fn below(settings: &Path) -> Self {
        Self { folder: settings.join("conflicts") }
    }

    fn file(&self, key: DraftKey) -> PathBuf {
        self.folder.join(format!("{}.json", key.0))
    }

    /// What was decided before; nothing, where nothing was.
    pub fn read(&self, key: DraftKey) -> Result<Vec<Decision>, KeyringError> {
        let path = self.file(key);
        let Some(text) = read(&path)? else { return Ok(Vec::new()) };
        serde_json::from_str(&text).map_err(|error| KeyringError::Broken { path, why: error.to_string() })
    }

    /// Keeps what is decided now, on the disk before it returns. Nothing decided leaves no file.
    pub fn keep(&self, key: DraftKey, decisions: &[Decision]) -> Result<(), KeyringError> {
        let path = self.file(key);
        if decisions.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(KeyringError::Io { path, error }),
                _ => Ok(()),
            };
        }
        let text = serde_json::to_string(decisions)
            .map_err(|error| KeyringError::Broken { path: path.clone(), why: error.to_string() })?;
        write(&self.folder, &path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::merge::{Choice, Resolution, merge};

    fn key(base: Option<&str>) -> DraftKey {
        let hash = |word: &str| ContentHash::of(word.as_bytes());
        DraftKey::of(base.map(hash).as_ref(), &hash("published"), &hash("site"))
    }

    #[test]
    fn decisions_are_kept_for_their_three_contents_only_and_leave_no_file_when_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::below(folder.path());
        assert_eq!(drafts.read(key(None)).expect("nothing yet"), []);
        let merge = merge(None, b"a\n", b"b\n");
        let mut resolution = Resolution::new(&merge);
        resolution.choose(0, Some(Choice::Edited(b"\xff\n".to_vec())));
        let decisions = resolution.decisions(&merge);
        drafts.keep(key(None), &decisions).expect("kept");
        assert_eq!(drafts.read(key(None)).expect("read"), decisions);
        assert_eq!(drafts.read(key(Some("base"))).expect("another"), []);
        drafts.keep(key(None), &[]).expect("taken back");
        assert_eq!(std::fs::read_dir(folder.path().join("conflicts")).expect("the folder").count(), 0);
        drafts.keep(key(None), &[]).expect("nothing to take back");
    }

    #[test]
    fn a_broken_draft_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::below(folder.path());
        std::fs::create_dir(folder.path().join("conflicts")).expect("the folder");
        std::fs::write(drafts.file(key(None)), "{").expect("written");
        let error = drafts.read(key(None)).expect_err("broken");
        assert!(error.to_string().contains(".json"), "{error}");
    }
}
