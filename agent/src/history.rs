//! The site's own history: whatever the agent did here, who signed it and why, in files that the site's admin can read.
//!
//! - [`Record`] is one line; [`recording`] decides which effect and which event makes one;
//! - [`History`] writes them: what a developer signed into one file, what only reads into another, so that a server which keeps
//!   asking can't push out what was installed;
//! - [`tail`] reads them, also while the agent runs; [`mod@print`] shows them.

mod file;
pub mod print;
mod record;
pub mod recording;

pub use record::{Act, Outcome, Record, Signer};

use crate::config::Config;
use fieldpost_common::text::Clean;
use file::Lines;
use recording::Entry;
use std::io;
use std::path::{Path, PathBuf};

/// What was signed, and what concerns the agent itself.
pub const FILE: &str = "history.jsonl";
/// What was read here and sent away.
pub const READINGS_FILE: &str = "readings.jsonl";

/// So many things are under way at most; the ends of more than that stand for themselves.
const MOST_OPEN: usize = 1_000;

/// Writes the history.
#[derive(Debug)]
pub struct History {
    acts: Lines,
    readings: Lines,
    /// What began and has not ended.
    open: Vec<Record>,
    /// Beginnings that stand in the file and whose act isn't done: only these spare a further try a line of its own.
    begun: Vec<Record>,
}

impl History {
    /// The history in a state directory.
    pub fn new(state_dir: &Path) -> Self {
        Self::with_limit(state_dir, file::FULL)
    }

    fn with_limit(state_dir: &Path, full: u64) -> Self {
        let lines = |name| Lines::new(state_dir.join(name), full);
        Self { acts: lines(FILE), readings: lines(READINGS_FILE), open: Vec::new(), begun: Vec::new() }
    }

    /// Writes what is to be recorded. A beginning is on the disk when this returns.
    pub fn record(&mut self, entry: Entry) -> io::Result<()> {
        match entry {
            Entry::Nothing(_) => Ok(()),
            Entry::Began(records) => {
                self.write(&records, true)?;
                for record in records {
                    push_bounded(&mut self.begun, record.clone());
                    self.remember(record);
                }
                Ok(())
            }
            Entry::Retried(record) if self.begun.iter().any(|began| record.ends(began)) => {
                self.remember(*record);
                Ok(())
            }
            Entry::Retried(record) => self.record(Entry::Began(vec![*record])),
            Entry::Ahead(record) => {
                self.remember(*record);
                Ok(())
            }
            Entry::Ended(mut records) => {
                for record in &mut records {
                    self.end(record);
                }
                self.write(&records, false)
            }
            Entry::Whole(records) => self.write(&records, false),
        }
    }

    /// Keeps a beginning for its end; another try of the same takes the place of the one before.
    fn remember(&mut self, record: Record) {
        self.open.retain(|began| !record.ends(began));
        push_bounded(&mut self.open, record);
    }

    fn end(&mut self, record: &mut Record) {
        if record.outcome != Outcome::Failed {
            self.begun.retain(|began| !record.ends(began));
        }
        if let Some(index) = self.open.iter().position(|began| record.ends(began)) {
            record.fill_from(&self.open.remove(index));
        }
    }

    fn write(&mut self, records: &[Record], durable: bool) -> io::Result<()> {
        for is_reading in [false, true] {
            let mut text = Vec::new();
            for record in records.iter().filter(|record| record.act.is_reading() == is_reading) {
                record.trace();
                serde_json::to_writer(&mut text, record)?;
                text.push(b'\n');
            }
            if !text.is_empty() {
                let lines = if is_reading { &mut self.readings } else { &mut self.acts };
                lines.append(&text, durable)?;
            }
        }
        Ok(())
    }
}

fn push_bounded(records: &mut Vec<Record>, record: Record) {
    if records.len() >= MOST_OPEN {
        records.remove(0);
    }
    records.push(record);
}

/// Records what a command other than `run` did: enrolled, marked. What can't be written is told and stops nothing.
pub fn record_once(config: &Config, record: Record) {
    let mut history = History::new(config.state_dir.as_path());
    if let Err(error) = history.record(Entry::Whole(vec![record])) {
        tracing::warn!("the site's history can't be written: {error}");
    }
}

/// The last `count` things that were done, the newest last; a beginning whose end is known is left out.
///
/// # Errors
/// When a file is there and can't be read. Lines that make no sense are passed over.
pub fn tail(state_dir: &Path, count: usize) -> io::Result<Vec<Record>> {
    let (acts, readings) = (newest(&state_dir.join(FILE), count)?, newest(&state_dir.join(READINGS_FILE), count)?);
    let mut all = merge(acts, readings);
    let excess = all.len().saturating_sub(count);
    all.drain(..excess);
    Ok(all)
}

/// The last records of a file and of the old ones before it, as many as are wanted and there are.
fn newest(path: &Path, count: usize) -> io::Result<Vec<Record>> {
    let mut found: Vec<Record> = Vec::new();
    for path in file::files(path) {
        if found.len() >= count {
            break;
        }
        let Some(mut earlier) = read(&path)? else { continue };
        earlier.append(&mut found);
        found = without_known_ends(earlier);
    }
    let excess = found.len().saturating_sub(count);
    found.drain(..excess);
    Ok(found)
}

fn read(path: &PathBuf) -> io::Result<Option<Vec<Record>>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    };
    Ok(Some(bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()))
}

/// Leaves out beginnings whose end follows.
fn without_known_ends(records: Vec<Record>) -> Vec<Record> {
    let mut kept: Vec<Option<Record>> = Vec::with_capacity(records.len());
    // Where in `kept` something stands that has not ended: few, also in a long history.
    let mut open: Vec<usize> = Vec::new();
    for record in records {
        if record.outcome == Outcome::Began {
            open.push(kept.len());
        } else if let Some(at) = open.iter().rposition(|at| kept[*at].as_ref().is_some_and(|began| record.ends(began))) {
            kept[open.remove(at)] = None;
        }
        kept.push(Some(record));
    }
    kept.into_iter().flatten().collect()
}

/// Both in the order of their times; within each the order stays, whatever the clock did.
fn merge(one: Vec<Record>, other: Vec<Record>) -> Vec<Record> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    loop {
        let first = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) => a.at <= b.at,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return all,
        };
        all.extend(if first { one.next() } else { other.next() });
    }
}

/// A line of the history about the agent itself.
pub fn about_agent(words: &str, at: fieldpost_common::time::Timestamp) -> Record {
    let mut record = Record::new(Act::Agent, Outcome::Done, at);
    record.detail = Some(Clean::line(words));
    record
}

#[cfg(test)]
mod tests;
