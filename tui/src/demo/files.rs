//! The patches of the demo, out of `tui/demo/`.

/// A file and its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// The patch's name.
    pub(super) name: &'static str,
    /// The bytes.
    pub(super) content: &'static [u8],
}

/// Files that are published together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder {
    /// Its name in `tui/demo/`.
    pub(super) name: &'static str,
    /// What `--version` says for it.
    pub(super) versions: &'static str,
    /// What is in it.
    pub(super) files: &'static [Sample],
}

macro_rules! folder {
    ($name:literal, $versions:literal, $($file:literal),+ $(,)?) => {
        Folder {
            name: $name,
            versions: $versions,
            files: &[$(Sample { name: $file, content: include_bytes!(concat!("../../demo/", $name, "/", $file)) }),+],
        }
    };
}

/// What is published at first.
pub(super) const PUBLISHED: [Folder; 3] = [
    folder!(
        "both",
        "7.6,7.7",
        "0001-fix-gateway-reconnect.patch",
        "4688-Quote-cache.st",
        "4690-Session-timeout.st",
        "4694-Report-totals.st",
        "4697-Alert-sound.st",
        "4699-BookWindow.cs",
        "4702-Fees-minimum.st",
        "4703-Calendar-holidays.st",
        "4705-LedgerExport.cs",
        "4709-Instrument-isin.st",
        "limits.ini",
        "scripts-rotate.sh",
        "sql/V31__position_index.sql",
        "sql/V32__quote_history.sql",
    ),
    folder!("7.6", "7.6", "4711-Order-roundLots.st"),
    folder!(
        "7.7",
        "7.7",
        "0002-gateway-log-sequence-gaps.patch",
        "4711-Order-roundLots.st",
        "4712-Settlement-fx.st",
        "4713-DepthView.cs",
        "sql/V33__odd_lot_book.sql",
    ),
];

/// What somebody at a site makes of a patch.
pub(super) const AT_SITE: Folder = folder!("at-site", "", "4688-Quote-cache.st", "4712-Settlement-fx.st", "hotfix-ledger.st");

/// What a developer publishes next, for 7.7.
pub(super) const NEXT: Folder = folder!("next", "7.7", "4688-Quote-cache.st", "4712-Settlement-fx.st");

impl Folder {
    /// One of its files.
    ///
    /// # Panics
    /// When there is none of that name: the demo's own files are known when it is built.
    pub(super) fn file(&self, name: &str) -> Sample {
        let found = self.files.iter().find(|file| file.name == name);
        *found.unwrap_or_else(|| unreachable!("{}/{name} belongs to the demo", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::stamp::{Format, stamp};
    use std::collections::BTreeSet;
    use std::path::Path;

    fn tree(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                tree(root, &entry.path(), found);
            } else {
                found.insert(entry.path().strip_prefix(root).expect("below").to_str().expect("UTF-8").to_owned());
            }
        }
    }

    #[test]
    fn every_file_of_the_demo_is_carried_in_the_program() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
        let mut on_disk = BTreeSet::new();
        tree(&root, &root, &mut on_disk);
        on_disk.remove("README.md");
        let folders = PUBLISHED.iter().chain([&AT_SITE, &NEXT]);
        let carried: BTreeSet<String> =
            folders.flat_map(|folder| folder.files.iter().map(|file| format!("{}/{}", folder.name, file.name))).collect();
        assert_eq!(carried, on_disk);
    }

    #[test]
    fn the_set_shows_what_the_product_reads() {
        let all = PUBLISHED.iter().flat_map(|folder| folder.files);
        let formats: BTreeSet<String> =
            all.filter_map(|file| stamp(file.content, file.name, None)).map(|stamp| format!("{:?}", stamp.format)).collect();
        for format in
            [Format::VisualWorksChunk, Format::VisualWorksXml, Format::SqueakChangeSet, Format::GitPatch, Format::Comment]
        {
            assert!(formats.contains(&format!("{format:?}")), "{format:?} is not in {formats:?}");
        }
    }
}
