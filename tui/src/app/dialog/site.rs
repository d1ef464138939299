//! Questions about a site: whether a mass drop is meant, and whether to make a new enrolment string.

use super::{Confirm, Info};
use crate::app::theme::Tone;
use crate::app::when::ago;
use fieldpost_common::api::Site;
use fieldpost_common::id::SiteName;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;

/// Asks before files that vanished at once count as deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DropDialog {
    pub(crate) site: SiteName,
    /// One line for each application with a drop: what, of how many, since when.
    held: Vec<String>,
    pub(crate) confirm: Confirm,
}

impl DropDialog {
    pub(crate) fn new(site: &Site, now: Timestamp) -> Self {
        let held = site.applications.iter().filter_map(|app| {
            let held = app.held?;
            let of = count(held.of, "file");
            Some(format!("{}: {} of {of} vanished {}", app.application, held.dropped, ago(held.at, now)))
        });
        Self { site: site.name.clone(), held: held.collect(), confirm: Confirm::word(site.name.as_str()) }
    }

    pub(super) fn lines(&self) -> Vec<(Tone, String)> {
        let held = self.held.iter().map(|line| (Tone::Strong, line.clone()));
        let rest = [
            "",
            "Perhaps a disk is not mounted, or a folder was emptied by mistake: then put the files back, and this goes away by itself.",
            "",
            "Once accepted, they count as deleted at the site. The server keeps their contents.",
        ];
        held.chain(rest.map(|line| (Tone::Plain, line.to_owned()))).chain(self.confirm.lines()).collect()
    }
}

/// Asks before a new enrolment string is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnrolDialog {
    pub(crate) site: SiteName,
    /// Whether an agent is enrolled already.
    pub(crate) enrolled: bool,
}

impl EnrolDialog {
    pub(super) fn lines(&self) -> Vec<(Tone, String)> {
        let words = if self.enrolled {
            "The agent that is enrolled now works on until the new string is used; then it is shut out."
        } else {
            "A string that was made before is no longer good."
        };
        vec![
            (Tone::Strong, self.site.to_string()),
            (Tone::Plain, words.to_owned()),
            (Tone::Plain, "The string is shown once.".to_owned()),
        ]
    }
}

/// How wide a piece of a string may be, so that it is whole on the narrowest screen.
const PIECE: usize = 50;

/// The string, in pieces that fit every screen: whoever reads it takes it together again.
pub(crate) fn enrolment(site: &SiteName, string: &str) -> Info {
    let chars: Vec<_> = string.chars().collect();
    let pieces = chars.chunks(PIECE).map(|piece| piece.iter().collect::<String>());
    let mut lines: Vec<_> = pieces.collect();
    lines.extend([
        String::new(),
        "Copy all of it; line ends in it do no harm. Good once, and not shown again. At the site:".to_owned(),
        "fieldpost-agent enroll STRING --config FILE --app APP=VERSION:DIR".to_owned(),
        "where an agent was before, with --again.".to_owned(),
    ]);
    Info { title: format!("Enrolment string for {site}"), lines, top: 0 }
}
