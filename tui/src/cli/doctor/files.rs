//! Files and folders in use, and who may read them.

use super::Finding;
use crate::app::settings::{self, Complaint};
use crate::cli::failure::Failure;
use crate::keyring::Keyring;
use crate::surroundings::Surroundings;
use fieldpost_common::exit;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// `app.toml`, with every mistake in it.
pub(super) fn settings(keyring: &Keyring, complaints: &[Complaint]) -> Finding {
    let file = settings::file(keyring);
    let shown = file.display();
    if complaints.is_empty() {
        return Finding::good(
            "settings",
            if file.exists() { shown.to_string() } else { format!("{shown} isn't there: defaults") },
        );
    }
    let words =
        std::iter::once(format!("{shown}: what is wrong has its default")).chain(complaints.iter().map(ToString::to_string));
    Finding::bad("settings", Failure { code: exit::BAD_CONFIG, words: words.collect::<Vec<_>>().join("\n") })
}

/// Token and keys must be for their owner alone.
pub(super) fn kept(keyring: &Keyring) -> Finding {
    let mut words = vec![keyring.folder().display().to_string()];
    let mut open = Vec::new();
    for path in [keyring.login_file(), keyring.developer_file(), keyring.root_file()] {
        let Some(mode) = mode(&path) else { continue };
        words.push(format!("{} {mode:03o}", path.file_name().unwrap_or_default().display()));
        if mode & 0o077 != 0 {
            open.push(format!("others may read {}\nuse chmod 600 {}", path.display(), path.display()));
        }
    }
    if open.is_empty() { Finding::good("files", words.join(", ")) } else { Finding::bad("files", Failure::new(open.join("\n"))) }
}

fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|metadata| metadata.permissions().mode() & 0o777)
}

/// Where copied text goes.
pub(super) fn copied(around: &Surroundings) -> Finding {
    match around.copied_file() {
        Some(file) => Finding::good("copies", format!("to the terminal's clipboard and {}", file.display())),
        None => Finding::good("copies", "to the terminal's clipboard only: neither XDG_STATE_HOME nor HOME is set"),
    }
}
