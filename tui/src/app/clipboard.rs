//! Puts text on the clipboard of whoever sits at the terminal, through the terminal itself, and into a file besides. The clipboard
//! is never read.

use crate::output_file::replace_private;
use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// Terminals cut off, or refuse, what is longer. In bytes.
const LONGEST: usize = 70_000;

/// Asks the terminal to take a text; false when it is too long for that. Terminals don't answer: nobody knows whether it did.
pub(crate) fn send(text: &str) -> bool {
    text.len() <= LONGEST && execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)).is_ok()
}

/// Keeps a text in a file for its owner alone: whole, or the file is as before.
pub(crate) fn keep(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    replace_private(file, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_kept_is_for_its_owner_only_and_replaces_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/copied.txt");
        keep(&file, "one").expect("kept");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("opened");
        keep(&file, "two").expect("kept");
        assert_eq!(std::fs::read_to_string(&file).expect("read"), "two");
        assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
