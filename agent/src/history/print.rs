//! `fieldpost-agent history`: prints what was done here, the newest last. It reads files only: no server, no running agent.

use super::{Record, tail};
use crate::config::Config;
use fieldpost_common::time::{Timestamp, duration};
use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

/// What to print.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only what was done since then: a length of time (2h, 7d) or a moment (2026-11-24T20:26:16Z)
    #[arg(long)]
    since: Option<Since>,
    /// Only what concerns this patch: its name or the end of it
    #[arg(long, value_name = "NAME")]
    patch: Option<String>,
    /// So many at most: the last ones
    #[arg(short = 'n', long = "number", default_value_t = 50)]
    number: usize,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A moment, or how long before now it was.
#[derive(Debug, Clone, Copy)]
pub enum Since {
    /// Before now.
    Ago(Duration),
    /// A moment.
    At(Timestamp),
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = text.parse().map(Self::At);
        at.or_else(|_| duration(text).map(Self::Ago))
            .map_err(|_| format!("{text:?} is neither a length of time (2h, 7d) nor a moment (2026-11-24T20:26:16Z)"))
    }
}

impl Args {
    fn wants(&self, record: &Record, now: Timestamp) -> bool {
        let recent = match self.since {
            None => true,
            Some(Since::At(at)) => record.at >= at,
            Some(Since::Ago(ago)) => record.at.age(now) <= ago,
        };
        let names = |wanted: &String| record.patch.as_ref().is_some_and(|patch| is_named(patch.as_str(), wanted));
        recent && self.patch.as_ref().is_none_or(names)
    }
}

fn is_named(patch: &str, wanted: &str) -> bool {
    patch == wanted || patch.strip_suffix(wanted).is_some_and(|folder| folder.ends_with('/'))
}

/// Prints what is wanted; says whether there was anything.
///
/// # Errors
/// When the history can't be read, or the output can't be written.
pub fn print(config: &Config, args: &Args, now: Timestamp, out: &mut impl Write) -> io::Result<bool> {
    let mut wanted = tail(config.state_dir.as_path(), usize::MAX)?;
    wanted.retain(|record| args.wants(record, now));
    let excess = wanted.len().saturating_sub(args.number);
    for record in &wanted[excess..] {
        if args.json {
            serde_json::to_writer(&mut *out, record)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{record}")?;
        }
    }
    Ok(!wanted.is_empty())
}
