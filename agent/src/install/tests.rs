//! Puts and removals on a real file system, with somebody else editing at the worst moment.

mod cleaning;
mod race;
mod without_exchange;

use super::*;
use crate::marker::{self, Expected};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use tempfile::TempDir;

/// A marked patch directory, and a folder of downloads beside it.
struct Site {
    dir: TempDir,
    root: Root,
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("directory");
        let patches = dir.path().join("patches");
        fs::create_dir(&patches).expect("directory");
        let expected = Expected { site: "acme".parse().expect("site"), application: "trading".parse().expect("app"), id: None };
        marker::mark(&patches, &expected.site, &expected.application).expect("marked");
        let root = Root::open(&patches, &expected).expect("the marked directory");
        let site = Self { dir, root };
        for (name, text) in files {
            site.write(name, text);
        }
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("patches").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        fs::write(path, text).expect("written");
    }

    /// Saves like an editor that makes a new file and renames it.
    fn replace(&self, name: &str, text: &str) {
        self.write("editor", text);
        fs::rename(self.path("editor"), self.path(name)).expect("renamed");
    }

    fn source(&self, text: &str) -> PathBuf {
        let path = self.dir.path().join("download");
        fs::write(&path, text).expect("written");
        path
    }

    fn put(&self, name: &str, expected: Option<&str>, text: &str) -> Result<Installed, Failure> {
        self.put_while(name, expected, text, &|| {})
    }

    fn put_while(&self, name: &str, expected: Option<&str>, text: &str, meanwhile: BeforeSwap<'_>) -> Result<Installed, Failure> {
        let patch = patch(name);
        let put = Put { patch: &patch, expected: expected.map(content), sha256: content(text), size: text.len() as u64 };
        put_watched(&self.root, &put, &self.source(text), meanwhile)
    }

    fn remove_while(&self, name: &str, expected: &str, meanwhile: BeforeSwap<'_>) -> Result<(), Failure> {
        remove_watched(&self.root, &patch(name), content(expected), meanwhile)
    }

    /// Every file below the patch directory with its text, the marker aside; an unread one has none.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(&self.path(""), "", &mut files);
        files.remove(marker::FILE);
        files
    }

    fn holds(&self, files: &[(&str, &str)]) {
        let wanted = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(self.files(), wanted);
    }
}

fn collect(dir: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).expect("listed") {
        let entry = entry.expect("entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("kind");
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            let text = if kind.is_file() { fs::read_to_string(entry.path()).expect("read") } else { String::new() };
            files.insert(name, text);
        }
    }
}

fn patch(name: &str) -> PatchName {
    name.parse().expect("name")
}

fn content(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("there").permissions().mode() & 0o7777
}

const NOT_MET: Failure = Failure::Refused { refusal: Refusal::ExpectationNotMet };
const WRONG_HASH: Failure = Failure::Refused { refusal: Refusal::WrongHash };

/// Makes something that is no plain file.
type Make = fn(&Path);

/// What can stand in place of a file.
const OBSTACLES: [(&str, Make); 4] = [
    ("link", |path| symlink("../download", path).expect("link")),
    ("dangling link", |path| symlink("nowhere", path).expect("link")),
    ("pipe", |path| rustix::fs::mkfifoat(rustix::fs::CWD, path, 0o644.into()).expect("pipe")),
    ("folder", |path| fs::create_dir(path).expect("folder")),
];

#[test]
fn a_new_file_is_put_in_place_and_nothing_else_is_left() {
    let site = Site::new(&[]);
    let installed = site.put("deep/er/Order.st", None, "new").expect("put");
    site.holds(&[("deep/er/Order.st", "new")]);
    assert_eq!((installed.fact.sha256, installed.fact.size), (content("new"), 3));
    let seen = open_file(&site.root.folder(&patch("deep/er/Order.st")).expect("folder"), OsStr::new("Order.st")).expect("open").1;
    assert_eq!(installed.meta, Some(seen), "the scan need not read it again");
    assert_eq!(installed.fact.modified, seen.modified());
    assert_eq!(mode(&site.path("deep/er/Order.st")), 0o644);
}

#[test]
fn a_file_is_replaced_and_keeps_its_mode() {
    for bits in [0o600, 0o640, 0o755, 0o444] {
        let site = Site::new(&[("Order.st", "old")]);
        fs::set_permissions(site.path("Order.st"), fs::Permissions::from_mode(bits)).expect("mode");
        let installed = site.put("Order.st", Some("old"), "new").expect("put");
        site.holds(&[("Order.st", "new")]);
        assert_eq!(mode(&site.path("Order.st")), bits);
        assert!(installed.meta.is_some());
    }
}

#[test]
fn a_folder_that_can_not_be_written_is_told_as_such_and_left_as_it_is() {
    crate::as_user::drop_privileges();
    let site = Site::new(&[("a/Order.st", "old")]);
    fs::set_permissions(site.path("a"), fs::Permissions::from_mode(0o555)).expect("mode");
    let ends = [
        site.put("a/Order.st", Some("old"), "new").map(|_| ()),
        site.put("a/New.st", None, "new").map(|_| ()),
        site.put("a/b/New.st", None, "new").map(|_| ()),
        site.remove_while("a/Order.st", "old", &|| {}),
    ];
    fs::set_permissions(site.path("a"), fs::Permissions::from_mode(0o755)).expect("mode");
    assert!(ends.iter().all(|end| *end == Err(Failure::ReadOnly { detail: None })), "{ends:?}");
    site.holds(&[("a/Order.st", "old")]);
}

#[test]
fn an_empty_and_a_large_content_are_put_like_any_other() {
    let large = "x".repeat(300_000);
    let site = Site::new(&[]);
    site.put("Empty.st", None, "").expect("put");
    site.put("Large.st", None, &large).expect("put");
    site.holds(&[("Empty.st", ""), ("Large.st", &large)]);
}

#[test]
fn a_file_is_removed_and_its_neighbours_stay() {
    let site = Site::new(&[("a/Order.st", "old"), ("a/Other.st", "other")]);
    site.remove_while("a/Order.st", "old", &|| {}).expect("removed");
    site.holds(&[("a/Other.st", "other")]);
}

#[test]
fn other_bytes_than_expected_are_neither_replaced_nor_removed() {
    let site = Site::new(&[("Order.st", "edited")]);
    assert_eq!(site.put("Order.st", Some("old"), "new"), Err(NOT_MET));
    assert_eq!(site.put("Order.st", None, "new"), Err(NOT_MET), "nothing was to be there");
    assert_eq!(site.put("Gone.st", Some("old"), "new"), Err(NOT_MET));
    assert_eq!(site.put("folder/Gone.st", Some("old"), "new"), Err(NOT_MET));
    assert_eq!(site.remove_while("Order.st", "old", &|| {}), Err(NOT_MET));
    assert_eq!(site.remove_while("Gone.st", "old", &|| {}), Err(NOT_MET));
    site.holds(&[("Order.st", "edited")]);
}

#[test]
fn a_link_pipe_or_folder_in_place_of_the_file_is_left_alone() {
    for (what, make) in OBSTACLES {
        let site = Site::new(&[]);
        site.source("old");
        make(&site.path("Order.st"));
        let before = fs::symlink_metadata(site.path("Order.st")).expect("there").file_type();
        for expected in [None, Some("old")] {
            assert_eq!(site.put("Order.st", expected, "new"), Err(NOT_MET), "{what}");
        }
        assert_eq!(site.remove_while("Order.st", "old", &|| {}), Err(NOT_MET), "{what}");
        assert_eq!(fs::symlink_metadata(site.path("Order.st")).expect("still there").file_type(), before);
        assert_eq!(fs::read_dir(site.path("")).expect("listed").count(), 2, "{what}: only it and the marker");
    }
}

#[test]
fn a_file_with_a_second_name_is_left_alone() {
    let site = Site::new(&[("Order.st", "old")]);
    fs::hard_link(site.path("Order.st"), site.path("Twin.st")).expect("link");
    assert_eq!(site.put("Order.st", Some("old"), "new"), Err(NOT_MET));
    assert_eq!(site.remove_while("Order.st", "old", &|| {}), Err(NOT_MET));
    site.holds(&[("Order.st", "old"), ("Twin.st", "old")]);
}

#[test]
fn a_folder_on_the_way_that_is_a_link_or_a_file_is_never_gone_through() {
    let site = Site::new(&[("file", "text")]);
    fs::create_dir(site.dir.path().join("outside")).expect("folder");
    fs::write(site.dir.path().join("outside/Order.st"), "old").expect("written");
    symlink("../outside", site.path("out")).expect("link");
    for folder in ["out", "file"] {
        let name = format!("{folder}/Order.st");
        assert_eq!(site.put(&name, None, "new"), Err(NOT_MET), "{folder}");
        assert_eq!(site.put(&name, Some("old"), "new"), Err(NOT_MET), "{folder}");
        assert_eq!(site.remove_while(&name, "old", &|| {}), Err(NOT_MET), "{folder}");
    }
    assert_eq!(fs::read_to_string(site.dir.path().join("outside/Order.st")).expect("untouched"), "old");
    assert_eq!(fs::read_dir(site.dir.path().join("outside")).expect("listed").count(), 1);
}

#[test]
fn a_download_that_is_not_what_was_signed_changes_nothing() {
    for wrong in ["NEW", "new and more", "ne", ""] {
        let site = Site::new(&[("Order.st", "old")]);
        for (name, expected) in [("Order.st", Some("old")), ("New.st", None)] {
            let patch = patch(name);
            let put = Put { patch: &patch, expected: expected.map(content), sha256: content("new"), size: 3 };
            let end = put_watched(&site.root, &put, &site.source(wrong), &|| panic!("no swap may be tried"));
            assert_eq!(end, Err(WRONG_HASH), "{wrong:?}");
        }
        site.holds(&[("Order.st", "old")]);
    }
}
