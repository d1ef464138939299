//! What the agent remembers across restarts and power cuts: one file, written whole, that proves itself whole when read.

mod hooks;
mod ran;

pub use hooks::{Hooks, Stage, WaitingHook};
pub use ran::{Ran, Run};

use fieldpost_common::command::Command;
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Generation, OrderId};
use fieldpost_common::name::PatchName;
use fieldpost_common::plan::{Accepted, Place};
use fieldpost_common::wire::{CommandResult, OrderResult};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// The journal's name in the state directory.
pub const FILE: &str = "journal";

/// The first word of the file, with the version of its form.
const MAGIC: &str = "fieldpost-journal-1";

/// All that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    /// The server's data, as last heard.
    pub generation: Option<Generation>,
    /// The tag of the last batch.
    pub etag: Option<String>,
    /// The orders of the last batch.
    pub orders: Vec<Envelope>,
    /// The commands of the last batch that are not answered yet.
    pub commands: Vec<Command>,
    /// The highest counter that was accepted, by place. Never falls.
    pub accepted: BTreeMap<Place, Accepted>,
    /// Contents that the server has, under its present generation.
    pub stored: HashSet<ContentHash>,
    /// Results that the server hasn't acknowledged yet.
    pub results: Vec<OrderResult>,
    /// The same of commands.
    pub command_results: Vec<CommandResult>,
    /// Actions that were begun here.
    pub ran: Ran,
    /// Hooks that are due or were begun, and how others ended.
    pub hooks: Hooks,
}

/// The form in the file: JSON has no maps by pairs.
#[derive(Serialize, Deserialize)]
struct Written {
    generation: Option<Generation>,
    etag: Option<String>,
    orders: Vec<Envelope>,
    #[serde(default)]
    commands: Vec<Command>,
    accepted: Vec<(AppName, PatchName, Accepted)>,
    stored: Vec<ContentHash>,
    results: Vec<OrderResult>,
    #[serde(default)]
    command_results: Vec<CommandResult>,
    #[serde(default)]
    ran: Ran,
    #[serde(default)]
    hooks: Hooks,
}

/// What was found where the journal should be.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A whole journal.
    Whole(Box<Journal>),
    /// None: this is the first run, or it was lost.
    Nothing,
    /// A broken one; it was set aside under this name.
    Broken(PathBuf),
}

impl Journal {
    /// The bytes of the file: a line with the SHA-256 of the rest, then the rest.
    pub fn to_bytes(&self) -> Vec<u8> {
        let accepted = self.accepted.iter().map(|((app, patch), accepted)| (app.clone(), patch.clone(), accepted.clone()));
        let mut stored: Vec<_> = self.stored.iter().copied().collect();
        stored.sort_unstable();
        let written = Written {
            generation: self.generation.clone(),
            etag: self.etag.clone(),
            orders: self.orders.clone(),
            commands: self.commands.clone(),
            accepted: accepted.collect(),
            stored,
            results: self.results.clone(),
            command_results: self.command_results.clone(),
            ran: self.ran.clone(),
            hooks: self.hooks.clone(),
        };
        let json = serde_json::to_vec(&written).unwrap_or_else(|error| unreachable!("a journal is plain data: {error}"));
        let mut bytes = format!("{MAGIC} {}\n", ContentHash::of(&json)).into_bytes();
        bytes.extend_from_slice(&json);
        bytes
    }

    /// Reads the bytes of the file, if they are whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (head, json) = (std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]);
        let hash: ContentHash = head.strip_prefix(MAGIC)?.strip_prefix(' ')?.parse().ok()?;
        if ContentHash::of(json) != hash {
            return None;
        }
        let written: Written = serde_json::from_slice(json).ok()?;
        Some(Self {
            generation: written.generation,
            etag: written.etag,
            orders: written.orders,
            commands: written.commands,
            accepted: written.accepted.into_iter().map(|(app, patch, accepted)| ((app, patch), accepted)).collect(),
            stored: written.stored.into_iter().collect(),
            results: written.results,
            command_results: written.command_results,
            ran: written.ran,
            hooks: written.hooks,
        })
    }

    /// Writes it durably.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        crate::durable::write(path, &self.to_bytes(), 0o600)
    }

    /// Reads it; a broken one is set aside, so that the next save doesn't destroy the evidence.
    pub fn load(path: &Path) -> io::Result<Found> {
        match std::fs::read(path) {
            Ok(bytes) => {
                if let Some(journal) = Self::from_bytes(&bytes) {
                    return Ok(Found::Whole(Box::new(journal)));
                }
                let aside = path.with_extension("broken");
                std::fs::rename(path, &aside)?;
                Ok(Found::Broken(aside))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Reads it without touching it; a broken or lost one reads as empty. One that can't be read is an error: it says nothing.
    pub fn peek(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::from_bytes(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// The highest counter that was accepted for a place; 0: none.
    pub fn counter(&self, place: &Place) -> u64 {
        self.accepted.get(place).map_or(0, |accepted| accepted.counter)
    }

    /// Notes a counter, unless a higher one is known.
    pub fn accept(&mut self, place: Place, counter: u64, order: OrderId, outcome: Option<fieldpost_common::plan::Outcome>) {
        if counter >= self.counter(&place) {
            self.accepted.insert(place, Accepted { counter, order, outcome });
        }
    }

    /// Queues a result; a later one for the same order takes the place of an earlier.
    pub fn queue(&mut self, result: OrderResult) {
        self.results.retain(|queued| queued.order != result.order);
        self.results.push(result);
    }

    /// Queues a command's result; a later one for the same command takes the place of an earlier.
    pub fn queue_command(&mut self, result: CommandResult) {
        self.command_results.retain(|queued| queued.command != result.command);
        self.command_results.push(result);
    }

    /// Takes results off the queue that were acknowledged as they are.
    pub fn acknowledged(&mut self, sent: &[OrderResult]) {
        self.results.retain(|queued| !sent.contains(queued));
    }
}

#[cfg(test)]
mod tests;
