//! An application and its settings.

use crate::id::{AppName, Version};
use crate::issue::Issue;
use serde::{Deserialize, Serialize};

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSettings {
    /// Its name.
    pub name: AppName,
    /// Its versions, oldest first; never empty.
    pub versions: Vec<Version>,
    /// The tracker's address, with `{issue}` where the number goes.
    #[serde(default)]
    pub issue_url: Option<String>,
    /// A regular expression for the issue in a patch's name.
    #[serde(default)]
    pub issue_prefix: Option<String>,
    /// A regular expression with named groups `author` and `time`, which wins over all formats.
    #[serde(default)]
    pub stamp: Option<String>,
}

impl AppSettings {
    /// The address of an issue in the tracker.
    pub fn issue_link(&self, issue: &Issue) -> Option<String> {
        self.issue_url.as_ref().map(|url| url.replace("{issue}", issue.as_str()))
    }
}
