//! What the code base promises about itself: headers, sizes, documents that name every crate, no forgotten test file.

mod command_lines;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["common", "server", "agent", "tui", "tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50, "the sources are found");
    files
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    for file in sources() {
        let text = std::fs::read_to_string(&file).expect("a source");
        assert!(text.starts_with("//! "), "{} has no //! line", file.display());
    }
}

#[test]
fn no_file_has_become_the_one_that_everybody_edits() {
    for file in sources() {
        let lines = std::fs::read_to_string(&file).expect("a source").lines().count();
        assert!(lines <= 600, "{} has {lines} lines: split it by thing", file.display());
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = root().join("tests/tests/system");
    let list = std::fs::read_to_string(folder.join("main.rs")).expect("the list");
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let name = entry.path().file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(name == "main" || list.contains(&format!("mod {name};")), "{name} is not in main.rs");
    }
}

#[test]
fn the_architecture_names_every_crate_and_the_glossary_every_mark() {
    let architecture = std::fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    for folder in ["`common/`", "`server/`", "`agent/`", "`tui/`", "`tests/`"] {
        assert!(architecture.contains(folder), "{folder}");
    }
    let glossary = std::fs::read_to_string(root().join("docs/glossary.md")).expect("docs/glossary.md");
    for word in [
        "not_applicable",
        "unknown",
        "other_version",
        "absent",
        "only_at_site",
        "in_sync",
        "not_sent",
        "deleted_at_site",
        "removed",
        "send_update",
        "retrieve",
        "conflict",
        "sending",
        "blocked",
    ] {
        assert!(glossary.contains(&format!("`{word}`")), "{word}");
    }
}
