//! The rest of a question to a site: which part of a log, or why an action is to run.

use crate::app::input::Input;
use crate::app::office::Wish;
use crate::app::theme::Tone;
use fieldpost_common::command::CommandKind;
use fieldpost_common::command::log::{LINES, LogPart};
use fieldpost_common::id::{ActionName, AppName, LogName, SiteName};
use fieldpost_common::time::Timestamp;

/// How much of the text is seen at once.
const CELLS: usize = 44;

/// What the question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    Log { application: AppName, log: LogName },
    Action { application: AppName, action: ActionName },
}

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskDialog {
    pub(crate) site: SiteName,
    of: Of,
    pub(crate) input: Input,
    /// What was not understood.
    wrong: Option<String>,
}

impl AskDialog {
    pub(crate) fn new(site: SiteName, of: Of) -> Self {
        let mut input = Input::default();
        if let Of::Log { .. } = of {
            input.paste(&format!("last {LINES} lines"));
        }
        Self { site, of, input, wrong: None }
    }

    pub(super) fn title(&self) -> String {
        match &self.of {
            Of::Log { application, log } => format!("Log {log} of {application} at {}", self.site),
            Of::Action { application, action } => format!("Run {action} of {application} at {}?", self.site),
        }
    }

    pub(super) fn lines(&self) -> Vec<(Tone, String)> {
        let (above, field): (&[&str], _) = match &self.of {
            Of::Log { .. } => (
                &[
                    "Of the lines that fit, the last ones are sent, as in",
                    "last 500 lines since 2h with ERROR|FATAL",
                    "What stands after \"with\" is a regular expression, looked for at the site.",
                ],
                "which part",
            ),
            Of::Action { .. } => (
                &["What it runs stands in the agent's config at the site. Your key signs it, for one run within the hour."],
                "why, for the activity (may stay empty)",
            ),
        };
        let mut lines: Vec<_> = above.iter().map(|line| (Tone::Plain, (*line).to_owned())).collect();
        lines.push((Tone::Plain, String::new()));
        lines.push((Tone::Strong, format!("{field}: {}", self.input.field(CELLS))));
        lines.extend(self.wrong.iter().map(|wrong| (Tone::Alarm, format!("! {wrong}"))));
        lines
    }

    /// What is to be asked; what isn't understood is said in the dialog.
    pub(super) fn accept(&mut self, now: Timestamp) -> Option<Wish> {
        let text = self.input.text();
        match &self.of {
            Of::Log { application, log } => match LogPart::read(&text, now) {
                Ok(part) => Some(Wish::Plain(CommandKind::Log { application: application.clone(), log: log.clone(), part })),
                Err(error) => {
                    self.wrong = Some(error.to_string());
                    None
                }
            },
            Of::Action { application, action } => {
                let reason = Some(text.trim().to_owned()).filter(|reason| !reason.is_empty());
                Some(Wish::Action { application: application.clone(), action: action.clone(), reason })
            }
        }
    }
}
