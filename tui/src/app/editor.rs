//! Hands a text to the person's editor and takes back what was written. What the text means is left to whoever asked.

use super::office::Ticket;
use std::io::{self, Write as _};
use std::process::Command;

/// A text to be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Returned with the result.
    pub(crate) ticket: Ticket,
    /// The region that the text is of.
    pub(crate) region: usize,
    pub(crate) text: Vec<u8>,
    /// The end of the file's name, so that the editor knows its language: `.st`, or nothing.
    pub(crate) suffix: String,
}

/// What came back from the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edited {
    pub(crate) ticket: Ticket,
    pub(crate) region: usize,
    /// The new text; `None` when it is as it was; or why there is none, in words for people.
    pub(crate) result: Result<Option<Vec<u8>>, String>,
}

/// Runs the editor on a file for this user only and waits for its end. The terminal must be free.
pub(crate) fn edit(edit: Edit) -> Edited {
    let Edit { ticket, region, text, suffix } = edit;
    let result = written(&text, &suffix).map(|new| (new != text).then_some(new));
    Edited { ticket, region, result }
}

fn written(text: &[u8], suffix: &str) -> Result<Vec<u8>, String> {
    let failed = |error: io::Error| format!("a file for the editor can't be used: {error}");
    let mut file = tempfile::Builder::new().prefix("fieldpost-").suffix(suffix).tempfile().map_err(failed)?;
    file.write_all(text).and_then(|()| file.flush()).map_err(failed)?;
    let editor = editor();
    // By the shell, because the variable may hold arguments: `code --wait`.
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file.path()).status();
    match status {
        Ok(status) if status.success() => std::fs::read(file.path()).map_err(failed),
        Ok(status) => {
            Err(format!("the editor {editor} ended with {status}: nothing was changed. VISUAL or EDITOR chooses another"))
        }
        Err(error) => Err(format!("the editor {editor} can't be started: {error}")),
    }
}

fn editor() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}
