//! What was read out of a revision, for people: short enough for a history, and in full.

use crate::stamp::{Format, Found, FoundAt, Kind, Precision, Stamp, When, Why};
use serde::{Deserialize, Serialize};

/// The most removals that are listed; all of them are counted.
const MAX_REMOVALS: usize = 20;

/// A stamp without all that it was chosen from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampInfo {
    /// The format that was recognised.
    pub format: Format,
    /// The author as read.
    pub author: Option<String>,
    /// The time of the change as read.
    pub changed_at: Option<When>,
    /// How exact that time is.
    pub precision: Option<Precision>,
    /// When it was filed out.
    pub filed_out_at: Option<When>,
    /// By which rule they were chosen.
    pub why: Why,
    /// Where the author was read.
    pub author_from: Option<Kind>,
    /// Where the time was read.
    pub time_from: Option<Kind>,
    /// Whether a date was left out because nobody can tell its day from its month.
    pub ambiguous: bool,
    /// The two readings of the first such date: month first, then day first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<When>,
    /// Whether a time was left out because it lies over a day ahead.
    pub future: bool,
    /// What the format calls the patch.
    pub title: Option<String>,
    /// What the patch was made against.
    pub base: Option<String>,
    /// Its place in a sequence.
    pub number: Option<String>,
    /// The first methods and classes that it removes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<String>,
    /// How many it removes.
    pub removed: usize,
    /// How many stamps were found and kept.
    pub found: usize,
    /// Whether there were more.
    pub more: bool,
}

impl StampInfo {
    /// The short form of a stamp.
    pub fn of(stamp: &Stamp) -> StampInfo {
        let chosen = |one: &&Found| one.at == stamp.changed_at && Some(one.kind) == stamp.time_from;
        let precision = stamp.changed_at.and_then(|_| stamp.found.iter().find(chosen)?.precision);
        let readings = stamp.found.iter().find(|one| !one.readings.is_empty());
        StampInfo {
            format: stamp.format,
            author: stamp.author.clone(),
            changed_at: stamp.changed_at,
            precision,
            filed_out_at: stamp.filed_out_at,
            why: stamp.why,
            author_from: stamp.author_from,
            time_from: stamp.time_from,
            ambiguous: stamp.ambiguous,
            readings: readings.map(|one| one.readings.clone()).unwrap_or_default(),
            future: stamp.future,
            title: stamp.title.clone(),
            base: stamp.base.clone(),
            number: stamp.number.clone(),
            removals: stamp.removals.iter().take(MAX_REMOVALS).cloned().collect(),
            removed: stamp.removals.len(),
            found: stamp.found.len(),
            more: stamp.more,
        }
    }

    /// Where author and time were read, and the rule: `method stamp; the newest stamp with both author and time`.
    pub fn reason(&self) -> String {
        match (self.author_from, self.time_from) {
            (None, None) => self.why.to_string(),
            (Some(one), None) | (None, Some(one)) => format!("{one}; {}", self.why),
            (Some(author), Some(time)) if author == time => format!("{author}; {}", self.why),
            (Some(author), Some(time)) => format!("author: {author}, time: {time}; {}", self.why),
        }
    }
}

/// Everything that was found in one revision, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllStamps {
    /// The stamps.
    pub stamps: Vec<FoundAt>,
    /// Everything that the patch removes.
    pub removals: Vec<String>,
    /// Whether there were more stamps than are kept.
    pub more: bool,
}
