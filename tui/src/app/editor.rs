//! Hands a text to the person's editor and takes back what was written. What the text means is left to whoever asked.

use super::office::Ticket;
use super::terminal::{Asked, Stops};
use std::io::{self, Write as _};
use tokio::process::Command;

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

/// Runs the editor on a file for this user only and waits for its end. The terminal must be free. An editor that stops has the app stop
/// with it, so that the shell has the terminal.
pub(crate) async fn edit(edit: Edit, stops: &mut Stops) -> Edited {
    let Edit { ticket, region, text, suffix } = edit;
    let result = written(&text, &suffix, stops).await.map(|new| (new != text).then_some(new));
    Edited { ticket, region, result }
}

async fn written(text: &[u8], suffix: &str, stops: &mut Stops) -> Result<Vec<u8>, String> {
    let failed = |error: io::Error| format!("a file for the editor can't be used: {error}");
    let mut file = tempfile::Builder::new().prefix("fieldpost-").suffix(suffix).tempfile().map_err(failed)?;
    file.write_all(text).and_then(|()| file.flush()).map_err(failed)?;
    let editor = editor();
    // By the shell, because the variable may hold arguments: `code --wait`.
    let child = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file.path()).spawn();
    let status = match child {
        Ok(mut child) => loop {
            tokio::select! {
                status = child.wait() => break status,
                asked = stops.asked() => if asked == Asked::Stop {
                    // What can't be stopped goes on.
                    let _ = stops.stop().await;
                },
            }
        },
        Err(error) => Err(error),
    };
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
