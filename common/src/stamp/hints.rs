//! What is known about a patch from elsewhere: the application's settings and the present time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pattern;
use crate::time::Timestamp;

/// A clock may be wrong by this much, and a zone may be unknown.
const LEEWAY_MS: i64 = 24 * 3_600_000;

/// How an application's people write `4/8/2011`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 8 April.
    MonthFirst,
    /// 4 August.
    DayFirst,
}

/// What helps to read a stamp; nothing of it is needed.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The application's own patterns; the first that says anything wins over every format.
    pub patterns: Vec<Pattern>,
    /// How to read dates that nothing in the file settles. The families with a fixed order don't ask.
    pub date_order: Option<DateOrder>,
    /// Initials as they stand in files, and who they belong to.
    pub people: BTreeMap<String, String>,
    /// The present: times over a day ahead of it are flagged and not chosen.
    pub now: Option<Timestamp>,
}

impl Hints {
    pub(super) fn future_from(&self) -> Option<i64> {
        self.now.map(|now| now.as_ms().saturating_add(LEEWAY_MS))
    }
}
