//! The files that a command line names, out of trees too, without what isn't published by accident; each that is left out with its reason.

use super::super::failure::Failure;
use super::super::names;
use super::{Args, read};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::name::{PatchName, RESERVED_PREFIX};
use fieldpost_common::sensitive::{Sensitive, sensitive_content, sensitive_folder, sensitive_name, sensitive_word};
use fieldpost_common::stamp::{Hints, When, stamp_with};
use serde::Serialize;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What there is to publish.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) files: Vec<Found>,
    pub(super) left_out: Vec<LeftOut>,
}

/// A file to publish.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) name: Result<PatchName, Failure>,
    pub(super) content: Result<Seen, Failure>,
}

/// A content as it was when the person was asked.
pub(super) struct Seen {
    pub(super) sha256: ContentHash,
    pub(super) author: Option<String>,
    pub(super) changed_at: Option<When>,
}

/// A file or folder that isn't published. Field names are stable.
#[derive(Serialize)]
pub(super) struct LeftOut {
    pub(super) file: PathBuf,
    pub(super) reason: String,
}

/// Reads what the command line names. A file that is named itself and looks like a secret stops everything.
pub(super) fn gather(args: &Args, hints: &Hints) -> Result<Gathered, Failure> {
    let mut tree = Tree { hidden: args.hidden, hints, gathered: Gathered::default() };
    if let Some(name) = &args.name {
        let [path] = args.paths.as_slice() else { return Err(Failure::usage("--name goes with a single file")) };
        if path.is_dir() {
            return Err(Failure::usage("--name goes with a single file; a folder's files keep their relative names"));
        }
        tree.named(path, Ok(names::new_patch(name)?), args.allow_secrets)?;
        return Ok(tree.gathered);
    }
    for path in &args.paths {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::file(path, &error))?;
        if metadata.is_dir() {
            tree.root(path)?;
        } else {
            let name = path.file_name().unwrap_or_default();
            tree.named(path, patch_name(Path::new(name)), args.allow_secrets)?;
        }
    }
    match (tree.gathered.files.as_slice(), tree.gathered.left_out.len()) {
        ([], 0) => Err(Failure::new("there are no files in there")),
        ([], left_out) => {
            let why = tree.gathered.left_out.first().map(LeftOut::line).unwrap_or_default();
            let more = if left_out > 1 { format!("\nand {} more", left_out - 1) } else { String::new() };
            Err(Failure::new(format!("there is nothing to publish in there\nleft out: {why}{more}")))
        }
        _ => Ok(tree.gathered),
    }
}

impl LeftOut {
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.file.display(), self.reason)
    }
}

struct Tree<'a> {
    hidden: bool,
    hints: &'a Hints,
    gathered: Gathered,
}

impl Tree<'_> {
    /// A file that the command line names: it is meant, unless it is a secret.
    fn named(&mut self, path: &Path, name: Result<PatchName, Failure>, allow_secrets: bool) -> Result<(), Failure> {
        let bytes = read(path);
        let folder = std::path::absolute(path).ok().and_then(|path| path.parent().and_then(folder_kind));
        let sensitive = bytes.as_ref().ok().and_then(|bytes| file_kind(path, bytes)).or(folder);
        if let Some(sensitive) = sensitive.filter(|_| !allow_secrets) {
            return Err(Failure::new(format!(
                "{} looks like {sensitive}: nothing was published\nwhat is published stays at the server; --allow-secrets says that it is meant",
                path.display()
            )));
        }
        self.add(path, name, bytes);
        Ok(())
    }

    /// A tree that the command line names.
    fn root(&mut self, path: &Path) -> Result<(), Failure> {
        let whole = std::fs::canonicalize(path).map_err(|error| Failure::file(path, &error))?;
        match whole.ancestors().find_map(folder_kind) {
            Some(sensitive) => self.leave_out(path, format!("in {sensitive}")),
            None => self.walk(path, path)?,
        }
        Ok(())
    }

    /// Links are left out: what they lead to may lie anywhere.
    fn walk(&mut self, root: &Path, folder: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::file(folder, &error);
        let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind, name) = (entry.path(), entry.file_type().map_err(failed)?, entry.file_name());
            if name.as_encoded_bytes().starts_with(RESERVED_PREFIX.as_bytes()) || name == ".git" {
                continue;
            }
            if name.as_encoded_bytes().starts_with(b".") && !self.hidden {
                self.leave_out(&path, "hidden; --hidden takes it too");
            } else if kind.is_dir() {
                match folder_kind(&path) {
                    Some(sensitive) => self.leave_out(&path, format!("{sensitive}")),
                    None => self.walk(root, &path)?,
                }
            } else if kind.is_file() {
                self.file(root, &path);
            } else {
                self.leave_out(&path, "neither a file nor a folder");
            }
        }
        Ok(())
    }

    fn file(&mut self, root: &Path, path: &Path) {
        let bytes = read(path);
        // By its name alone what can't be read, or is too large, may be known too.
        let sensitive = file_kind(path, bytes.as_deref().unwrap_or_default());
        match sensitive {
            Some(sensitive) => self.leave_out(path, format!("looks like {sensitive}")),
            None => self.add(path, patch_name(path.strip_prefix(root).unwrap_or(path)), bytes),
        }
    }

    fn leave_out(&mut self, path: &Path, reason: impl Into<String>) {
        self.gathered.left_out.push(LeftOut { file: path.to_owned(), reason: reason.into() });
    }

    fn add(&mut self, path: &Path, name: Result<PatchName, Failure>, bytes: Result<Vec<u8>, Failure>) {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let content = bytes.map(|bytes| {
            let stamp = stamp_with(&bytes, &file_name, self.hints);
            let (author, changed_at) = stamp.map_or((None, None), |stamp| (stamp.author, stamp.changed_at));
            Seen { sha256: ContentHash::of(&bytes), author, changed_at }
        });
        self.gathered.files.push(Found { path: path.to_owned(), name, content });
    }
}

fn file_kind(path: &Path, bytes: &[u8]) -> Option<Sensitive> {
    // Nothing is set for group and others.
    let owner_only = std::fs::metadata(path).is_ok_and(|facts| facts.permissions().mode().trailing_zeros() >= 6);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    sensitive_content(bytes).or_else(|| sensitive_name(&name, owner_only)).or_else(|| sensitive_word(bytes, owner_only))
}

fn folder_kind(folder: &Path) -> Option<Sensitive> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    sensitive_folder(&name, |name| std::fs::symlink_metadata(folder.join(name)).is_ok())
}

fn patch_name(path: &Path) -> Result<PatchName, Failure> {
    let text = path.to_str().ok_or_else(|| Failure::new(format!("patch name {} is not UTF-8", path.display())))?;
    names::new_patch(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (file, text) in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, text).expect("written");
        }
        folder
    }

    fn gathered(folder: &Path, hidden: bool) -> Gathered {
        let mut tree = Tree { hidden, hints: &Hints::default(), gathered: Gathered::default() };
        tree.root(folder).expect("walked");
        tree.gathered
    }

    fn names(gathered: &Gathered) -> Vec<String> {
        gathered.files.iter().map(|file| file.name.clone().expect("good").to_string()).collect()
    }

    #[test]
    fn a_tree_is_taken_with_relative_names_and_without_links_hidden_and_own_files() {
        let folder =
            tree(&[("b.st", "x"), ("sql/deep/V1.sql", "x"), (".fieldpost-site", "x"), (".env", "x"), (".git/config", "x")]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("a-link")).expect("a link");
        let taken = gathered(folder.path(), false);
        assert_eq!(names(&taken), ["b.st", "sql/deep/V1.sql"]);
        let reasons: Vec<_> = taken.left_out.iter().map(|one| one.reason.as_str()).collect();
        assert_eq!(reasons, ["hidden; --hidden takes it too", "neither a file nor a folder"]);
        assert_eq!(names(&gathered(folder.path(), true)), [".env", "b.st", "sql/deep/V1.sql"]);
    }

    #[test]
    fn keys_tokens_and_data_of_fieldposts_own_are_left_out_by_name_by_content_and_by_folder() {
        let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n";
        let folder = tree(&[
            ("Order.st", "a patch"),
            ("acme.toml.state/token", "x"),
            ("acme.toml.state/contents/one", "a patch that was fetched"),
            ("data/fieldpost.db", "x"),
            ("data/deep/er", "x"),
            ("me/login.toml", "x"),
            ("me/developer.key", key),
            ("backup-of-root", key),
            ("old/fieldpost.db-wal", ""),
            ("login.txt", "fieldpost-login.eyJraW5kIjoibG9naW4iLCJ1cmwiOiJodHRwOi8v"),
        ]);
        let taken = gathered(folder.path(), true);
        assert_eq!(names(&taken), ["Order.st"]);
        let left: Vec<_> = taken.left_out.iter().map(|one| one.file.strip_prefix(folder.path()).expect("in it")).collect();
        assert_eq!(left, ["acme.toml.state", "backup-of-root", "data", "login.txt", "me", "old/fieldpost.db-wal"].map(Path::new));
        for inside in ["acme.toml.state/contents", "data/deep", "data", "me"] {
            assert!(gathered(&folder.path().join(inside), false).files.is_empty(), "{inside} lies in what is left out");
        }
    }

    #[test]
    fn a_secret_that_is_named_is_refused_until_that_is_said() {
        let folder = tree(&[("root.key", "x"), ("a.st", "x")]);
        let mut tree = Tree { hidden: false, hints: &Hints::default(), gathered: Gathered::default() };
        let key = folder.path().join("root.key");
        let refused = tree.named(&key, patch_name(Path::new("root.key")), false).expect_err("refused");
        assert!(
            refused.words.contains("a signing key of fieldpost") && refused.words.contains("--allow-secrets"),
            "{}",
            refused.words
        );
        tree.named(&key, patch_name(Path::new("root.key")), true).expect("meant");
        tree.named(&folder.path().join("a.st"), patch_name(Path::new("a.st")), false).expect("a patch");
        assert_eq!(names(&tree.gathered), ["root.key", "a.st"]);
    }

    #[test]
    fn a_name_against_the_rules_fails_by_itself_and_is_named() {
        let folder = tree(&[("nul.txt", "x"), ("ok.txt", "x")]);
        let taken = gathered(folder.path(), false);
        assert!(taken.files[0].name.as_ref().expect_err("a device").words.contains("nul.txt"));
        assert!(taken.files[1].name.is_ok());
    }
}
