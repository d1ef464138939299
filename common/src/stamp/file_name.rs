//! Number, title, initials and minute in the name of a change set: `0161isMorphic-jmv.1.cs.st`.
//!
//! The initials name the author only when nothing in the file does. Sources: the update streams of Squeak, Cuis
//! (`NNNN-Title-FullName-2019Mar07-09h40m-HAW.001.cs.st`) and Smalltalk-78.

use super::dates::{Slashes, Spot, leading};
use super::evidence::Mark;
use super::{Evidence, Kind, Precision, Source};

/// What a name says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts<'a> {
    number: Option<&'a str>,
    title: Option<&'a str>,
    initials: Option<&'a str>,
    minute: Option<&'a str>,
}

/// Notes what the name of the file says, after all that stands in the file.
pub(super) fn note<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let Some(parts) = parts(source.name) else { return };
    evidence.number = evidence.number.take().or_else(|| parts.number.map(str::to_owned));
    if let Some(title) = parts.title {
        evidence.title(title.as_bytes());
    }
    let raw = source.name.as_bytes();
    let mark = |author, spot| Mark { kind: Kind::FileName, raw, author, spot };
    let author = parts.initials.map(|initials| initials.as_bytes().into());
    let spot = parts.minute.and_then(minute);
    let dated = evidence.newest.is_some() || evidence.unsigned.is_some() || evidence.filed_out.is_some();
    let named = evidence.newest.is_some() || evidence.author.is_some();
    if named || (author.is_none() && spot.is_none()) {
        return;
    }
    if dated {
        evidence.change(mark(author, None));
    } else {
        evidence.change(mark(author, spot));
    }
}

/// Whether the name is that of a numbered update, with the initials of its author: `0373nicerFileBrowser-vaf.st`.
pub(super) fn is_update(name: &str) -> bool {
    parts(name).is_some_and(|parts| parts.number.is_some() && parts.initials.is_some())
}

fn parts(name: &str) -> Option<Parts<'_>> {
    let lower = |ending: &str| name.len() > ending.len() && name.to_ascii_lowercase().ends_with(ending);
    let (ending, change_set) = [(".cs.st", true), (".cs", true), (".st", false)].into_iter().find(|(ending, _)| lower(ending))?;
    let stem = name.get(..name.len() - ending.len())?;
    // `.1` counts the saves.
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let stem = stem.rsplit_once('.').filter(|(_, count)| digits(count)).map_or(stem, |(stem, _)| stem);
    // Other systems name their Smalltalk sources as they like; in `.st` only `0308Point-ab` is a convention.
    let numbered = numbered(stem, change_set);
    let (number, rest) = match numbered {
        Some((number, rest)) => (Some(number), rest),
        None if change_set => (None, stem),
        None => return None,
    };
    let (rest, initials) = match rest.rsplit_once('-').filter(|(_, last)| is_initials(last)) {
        Some((rest, initials)) => (rest, Some(initials)),
        None => (rest, None),
    };
    let (title, minute) = split_minute(rest);
    Some(Parts { number, title: (!title.is_empty()).then_some(title), initials, minute })
}

/// The number that a name or a part of it begins with, and what follows it.
fn numbered(stem: &str, change_set: bool) -> Option<(&str, &str)> {
    let mut starts = std::iter::once(0).chain(stem.match_indices('-').map(|(at, _)| at + 1));
    let at_part = |start: usize| {
        let part = stem.get(start..)?;
        let count = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at_checked(count)?;
        let next = rest.bytes().next()?;
        let joined = next.is_ascii_alphabetic();
        ((3..=5).contains(&count) && (joined || change_set && next == b'-')).then(|| (number, rest.trim_start_matches('-')))
    };
    // A change set's number comes first; a year further on is none.
    if change_set { at_part(0) } else { starts.find_map(at_part) }
}

/// Two to five letters that aren't a word which such names end with.
fn is_initials(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "fix", "fixes", "new", "old", "test", "tests", "core", "base", "all", "part", "main", "final", "patch", "add", "tmp",
        "copy",
    ];
    (2..=5).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphabetic())
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Takes `-2019Mar07-09h40m` off the end.
fn split_minute(text: &str) -> (&str, Option<&str>) {
    const LENGTH: usize = "-2019Mar07-09h40m".len();
    let split = text.len().checked_sub(LENGTH).and_then(|at| text.split_at_checked(at));
    match split {
        Some((title, minute)) if minute.starts_with('-') && minute.get(1..).and_then(self::minute).is_some() => {
            (title, minute.get(1..))
        }
        _ => (text, None),
    }
}

/// `2019Mar07-09h40m`
fn minute(text: &str) -> Option<Spot> {
    let (date, time) = text.split_once('-')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..7)?, date.get(7..)?);
    let clock = time.strip_suffix('m')?.replace('h', ":");
    let spot = leading(format!("{day} {month} {year} {clock}").as_bytes(), Slashes::Unsure)?;
    (spot.precision == Precision::Minute).then_some(Spot { start: 0, end: text.len(), ..spot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_set_is_named_by_number_title_initials_and_minute() {
        for (name, number, title, initials, minute) in [
            ("0161-isMorphic-jmv.1.cs.st", "0161", "isMorphic", "jmv", ""),
            ("5251SARInstaller-nk.cs", "5251", "SARInstaller", "nk", ""),
            ("e13AddedTiles-sw.cs", "", "e13AddedTiles", "sw", ""),
            ("0373nicerBrowser-vaf.st", "0373", "nicerBrowser", "vaf", ""),
            ("0308Point-ThingLab-ab.st", "0308", "Point-ThingLab", "ab", ""),
            ("0014InspectWindow.st", "0014", "InspectWindow", "", ""),
            ("3620-Title-BobBauer-2019Mar07-09h40m-HAW.001.cs.st", "3620", "Title-BobBauer", "HAW", "2019Mar07-09h40m"),
            ("Len-CoreChanges.cs", "", "Len-CoreChanges", "", ""),
            ("0001-Tax-fix.cs", "0001", "Tax-fix", "", ""),
        ] {
            let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
            let expected = Parts { number: some(number), title: some(title), initials: some(initials), minute: some(minute) };
            assert_eq!(parts(name), Some(expected), "{name}");
        }
        for other in ["4711-Add-tax.st", "Tests-Graphs.pck.st", "regex-fixes.xml", "Order.st", "2011-04-08-bob.st", ".cs", ""] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn a_minute_is_a_time_without_seconds() {
        let spot = minute("2019Mar07-09h40m").expect("a minute");
        assert_eq!((spot.when.to_string().as_str(), spot.precision), ("2019-03-07T09:40:00", Precision::Minute));
        assert!(minute("2019Xyz07-09h40m").is_none() && minute("").is_none());
    }
}
