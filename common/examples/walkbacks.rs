//! Prints the reports in the files given, by tabs: file, dialect, class, message, first frame, frames, fingerprint, bytes, time.
//!
//! With `--expected FILE.tsv DIR` it reads the files that the table names and prints the score. With `--speed FILE…` it
//! prints how many reports and bytes are read in a second.

use std::path::Path;
use std::process::ExitCode;

use fieldpost_common::text::Clean;
use fieldpost_common::walkback::{Walkback, walkbacks};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [option, table, folder] if option == "--expected" => score(table, Path::new(folder)),
        [option, files @ ..] if option == "--speed" => speed(files),
        files => files.iter().try_for_each(|path| {
            read(Path::new(path))?.iter().for_each(|walkback| println!("{path}\t{}", shown(walkback)));
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

fn read(path: &Path) -> Result<Vec<Walkback>, String> {
    let content = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(walkbacks(&content))
}

fn or_dash(text: Option<&Clean>) -> &str {
    text.map_or("-", Clean::as_str)
}

fn shown(walkback: &Walkback) -> String {
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{:?}\t{}",
        walkback.dialect,
        or_dash(walkback.exception.as_ref()),
        or_dash(walkback.message.as_ref()),
        or_dash(walkback.top_frame()),
        walkback.frames.len(),
        walkback.fingerprint,
        walkback.span,
        walkback.written.map_or("-".to_owned(), |written| written.to_string()),
    )
}

/// Columns: file, dialect, class, message, top frame. A word in the table may go on after what was found.
fn score(table: &str, folder: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(table).map_err(|error| format!("{table}: {error}"))?;
    let (mut right, mut all) = (0, 0);
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, dialect, class, message, top, ..] = columns.as_slice() else {
            return Err(format!("{table}: too few columns in {line:?}"));
        };
        let found = read(&folder.join(file))?;
        let first = found.first();
        let of = |text: Option<&Clean>| or_dash(text).to_owned();
        let answers = [
            ("dialect", *dialect, first.map_or("-".to_owned(), |walkback| walkback.dialect.to_string())),
            ("class", *class, of(first.and_then(|walkback| walkback.exception.as_ref()))),
            ("message", *message, of(first.and_then(|walkback| walkback.message.as_ref()))),
            ("top frame", *top, of(first.and_then(Walkback::top_frame))),
        ];
        for (what, expected, answer) in answers {
            all += 1;
            if same(expected, &answer) {
                right += 1;
            } else {
                println!("{file}\t{what}\texpected {expected:?}\tfound {answer:?}");
            }
        }
    }
    println!("{right} of {all} as expected");
    Ok(())
}

fn same(expected: &str, found: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (expected, found) = (plain(expected), plain(found));
    expected == found || (found != "-" && (expected.starts_with(&found) || (expected != "-" && found.starts_with(&expected))))
}

#[expect(clippy::disallowed_methods, reason = "measuring is about the clock")]
fn speed(files: &[String]) -> Result<(), String> {
    const TIMES: usize = 50;
    let contents: Vec<Vec<u8>> =
        files.iter().map(|path| std::fs::read(path).map_err(|error| format!("{path}: {error}"))).collect::<Result<_, _>>()?;
    let started = std::time::Instant::now();
    let (mut reports, mut bytes) = (0, 0);
    for content in contents.iter().cycle().take(TIMES * contents.len()) {
        reports += walkbacks(content).len();
        bytes += content.len();
    }
    let seconds = started.elapsed().as_secs_f64();
    let per_second = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from) / seconds;
    println!(
        "{reports} reports in {seconds:.2} s: {:.0} a second, {:.1} MB a second",
        per_second(reports),
        per_second(bytes) / 1e6
    );
    Ok(())
}
