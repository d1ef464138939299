//! `fieldpost stamp`: what would be read out of files, without a server.

use super::failure::Failure;
use super::publish::read;
use super::reading::{Order, Patterns};
use super::stamp_words as words;
use super::talk::Talk;
use crate::clock;
use fieldpost_common::api::StampInfo;
use fieldpost_common::api::StampPattern;
use fieldpost_common::encoding::{Encoding, decode};
use fieldpost_common::exit;
use fieldpost_common::issue::{Issue, IssuePrefix, issue};
use fieldpost_common::stamp::{FoundAt, Hints, Stamp, located, stamp_with};
use fieldpost_common::text::Clean;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List every stamp that was found
    #[arg(long)]
    stamps: bool,
    #[command(flatten)]
    patterns: Patterns,
    /// How to read dates that can be read two ways
    #[arg(long, value_name = "ORDER")]
    date_order: Option<Order>,
    /// A regular expression for the issue in a file's name
    #[arg(long, value_name = "REGEX")]
    issue_prefix: Option<String>,
}

/// What one file says.
struct Said {
    file: String,
    stamp: Option<Stamp>,
    found: Vec<FoundAt>,
    issue: Option<Issue>,
    encoding: Encoding,
}

pub(crate) fn run(args: Args, talk: Talk) -> Result<u8, Failure> {
    let patterns = args.patterns.given()?.unwrap_or_default();
    let patterns = patterns.iter().map(StampPattern::compile).collect::<Result<_, _>>().map_err(Failure::usage)?;
    let date_order = args.date_order.and_then(Order::date_order);
    let hints = Hints { patterns, date_order, now: Some(clock::now()), ..Hints::default() };
    let prefix = args.issue_prefix.as_deref().map(IssuePrefix::new).transpose().map_err(Failure::usage)?;
    let all: Vec<_> = args.files.iter().map(|path| (path, said(path, &hints, prefix.as_ref()))).collect();
    let rows: Vec<Value> = all.iter().map(|(path, said)| row(path, said)).collect();
    let data = match rows.as_slice() {
        [one] => one.clone(),
        _ => Value::Array(rows),
    };
    talk.data(&data, || {
        let said = all.iter().filter_map(|(_, said)| said.as_ref().ok());
        said.map(|said| block(said, args.stamps)).collect::<Vec<_>>().join("\n\n")
    })?;
    let mut code = exit::OK;
    for failure in all.iter().filter_map(|(_, said)| said.as_ref().err()) {
        talk.fail(failure);
        code = exit::FAILED;
    }
    Ok(code)
}

fn said(path: &Path, hints: &Hints, prefix: Option<&IssuePrefix>) -> Result<Said, Failure> {
    let bytes = read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stamp = stamp_with(&bytes, &name, hints);
    let found = stamp.as_mut().map(|stamp| std::mem::take(&mut stamp.found)).unwrap_or_default();
    // The summary needs the stamps that it was chosen from; the list takes a copy with lines.
    let lines = located(&bytes, found.clone());
    if let Some(stamp) = &mut stamp {
        stamp.found = found;
    }
    let issue = issue(&name, &bytes, prefix);
    Ok(Said { file: path.display().to_string(), stamp, found: lines, issue, encoding: decode(&bytes).1 })
}

fn row(path: &Path, said: &Result<Said, Failure>) -> Value {
    let Said { file, stamp, found, issue, encoding } = match said {
        Ok(said) => said,
        Err(failure) => return json!({ "file": path.display().to_string(), "error": failure.words }),
    };
    let stamp = stamp.as_ref();
    json!({
        "file": file,
        "format": stamp.map(|stamp| stamp.format),
        "author": stamp.and_then(|stamp| stamp.author.as_ref()),
        "changed_at": stamp.and_then(|stamp| stamp.changed_at),
        "filed_out_at": stamp.and_then(|stamp| stamp.filed_out_at),
        "issue": issue,
        "title": stamp.and_then(|stamp| stamp.title.as_ref()),
        "ambiguous": stamp.is_some_and(|stamp| stamp.ambiguous),
        "future": stamp.is_some_and(|stamp| stamp.future),
        "why": stamp.map(|stamp| stamp.why),
        "author_from": stamp.and_then(|stamp| stamp.author_from),
        "time_from": stamp.and_then(|stamp| stamp.time_from),
        "base": stamp.and_then(|stamp| stamp.base.as_ref()),
        "number": stamp.and_then(|stamp| stamp.number.as_ref()),
        "removals": stamp.map(|stamp| stamp.removals.as_slice()).unwrap_or_default(),
        "encoding": { "name": encoding, "guess": encoding.is_guess() },
        "stamps": found,
        "more": stamp.is_some_and(|stamp| stamp.more),
    })
}

/// One file in words, no wider than 80 columns but for its own name.
fn block(said: &Said, all: bool) -> String {
    const INDENT: usize = 13;
    let mut lines = vec![Clean::line(&said.file).as_str().to_owned()];
    let mut line = |label: &str, value: &str| {
        lines.push(format!("  {label:<9}  {}", words::wrapped(value, INDENT)));
    };
    let info = said.stamp.as_ref().map(StampInfo::of);
    let author = info.as_ref().and_then(|info| info.author.as_deref());
    if let Some(info) = &info {
        line("format", &words::format(info.format));
    }
    line("author", &author.map_or_else(|| "nobody is named".to_owned(), |author| words::author(author, None)));
    if let Some(info) = &info {
        line("changed", &info.changed_at.map_or_else(|| "no time".to_owned(), |at| words::time(at, info.precision)));
        if let Some(at) = info.filed_out_at {
            line("filed out", &words::time(at, None));
        }
        line("why", &info.reason());
        let settle = "--date-order day-first or month-first reads it";
        for doubt in words::doubts(info, info.ambiguous, settle, ", or check the clock of whoever wrote it") {
            line("doubt", &doubt);
        }
        for (label, value) in words::extras(info) {
            line(label, &value);
        }
    }
    if let Some(issue) = &said.issue {
        line("issue", issue.as_str());
    }
    if let Some(encoding) = words::encoding(said.encoding) {
        line("encoding", &encoding);
    }
    if let Some(info) = info.filter(|info| info.found > 0) {
        let more = if info.more { ", and more that are not kept" } else { "" };
        line("stamps", &format!("{} found{more}", info.found));
    }
    if all {
        lines.extend(said.found.iter().map(|one| format!("  {}", words::found(one).replace('\n', "\n  "))));
    }
    lines.join("\n")
}
