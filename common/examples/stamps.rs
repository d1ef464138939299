//! Prints what the stamp reader finds in the files given: name, format, author, change, file-out and why, by tabs.
//!
//! With `--expected FILE.tsv DIR` it reads the files that the table names and prints the score: both answers, and those
//! that the column of alternatives (`H=…`, `… is also right`) allows as well.

use std::path::Path;
use std::process::ExitCode;

use fieldpost_common::stamp::{Hints, Stamp, stamp_with};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [option, table, folder] if option == "--expected" => score(table, Path::new(folder)),
        files => files.iter().try_for_each(|path| {
            println!("{path}\t{}", shown(read(Path::new(path))?.as_ref()));
            Ok(())
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<Option<Stamp>, String> {
    let content = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(stamp_with(&content, &path.to_string_lossy(), &Hints::default()))
}

fn author(stamp: Option<&Stamp>) -> String {
    stamp.and_then(|stamp| stamp.author.clone()).unwrap_or_else(|| "-".to_owned())
}

fn time(stamp: Option<&Stamp>) -> String {
    stamp.and_then(|stamp| stamp.changed_at).map_or_else(|| "-".to_owned(), |when| when.to_string())
}

fn shown(stamp: Option<&Stamp>) -> String {
    let (author, time) = (author(stamp), time(stamp));
    let Some(stamp) = stamp else { return format!("-\t{author}\t{time}\t-\t-") };
    let filed_out = stamp.filed_out_at.map_or_else(|| "-".to_owned(), |when| when.to_string());
    let doubt = if stamp.ambiguous { "; a date is ambiguous" } else { "" };
    format!("{:?}\t{author}\t{time}\t{filed_out}\t{}{doubt}", stamp.format, stamp.why)
}

/// Columns: file, format, author, time, rule, alternatives and traps.
fn score(table: &str, folder: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(table).map_err(|error| format!("{table}: {error}"))?;
    let (mut right, mut defensible, mut all) = (0, 0, 0);
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("file\t")) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, _, who, when, ..] = columns.as_slice() else {
            return Err(format!("{table}: too few columns in {line:?}"));
        };
        let alternatives = columns.get(5).copied().unwrap_or_default();
        let found = read(&folder.join(file))?;
        let (author, time) = (author(found.as_ref()), time(found.as_ref()));
        let exact = (author == *who, same(&time, when));
        let allowed = (exact.0 || author_allowed(&author, alternatives), exact.1 || time_allowed(&time, alternatives));
        all += 1;
        right += usize::from(exact == (true, true));
        defensible += usize::from(allowed == (true, true));
        if exact != (true, true) {
            let word = if allowed == (true, true) { "other" } else { "WRONG" };
            println!("{word}\t{file}\texpected {who} {when}\tfound {author} {time}");
        }
    }
    println!("{right} of {all} as expected, {defensible} of {all} with the alternatives");
    Ok(())
}

/// Whether two times are the same; the table leaves out seconds that the file doesn't have.
fn same(found: &str, expected: &str) -> bool {
    found == expected || found.strip_suffix(":00").is_some_and(|found| found == expected)
}

fn author_allowed(author: &str, alternatives: &str) -> bool {
    alternatives.contains(&format!("\"{author}\" also right")) || alternatives.contains(&format!("{author} is also right"))
}

fn time_allowed(time: &str, alternatives: &str) -> bool {
    let headers = alternatives.split("H=").skip(1).filter_map(|rest| rest.split([';', ' ', '(']).next());
    headers.into_iter().any(|header| same(time, header))
}
