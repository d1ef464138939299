//! Stamps in words: who, when, by which rule, and what is in doubt. Everything out of a file is cleaned on the way.

use fieldpost_common::api::StampInfo;
use fieldpost_common::encoding::Encoding;
use fieldpost_common::stamp::{Format, FoundAt, Precision, When};
use fieldpost_common::text::Clean;

/// How long a line out of a file may get, in columns.
const LINE: usize = 72;

/// A time as people write it, no more exact than the file says.
pub(crate) fn time(when: When, precision: Option<Precision>) -> String {
    let text = when.to_string();
    let Some((date, time)) = text.split_once('T') else { return text };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let clock = if precision == Some(Precision::Minute) { clock.get(..5).unwrap_or(clock) } else { clock };
    match zone {
        "" => format!("{date} {clock}"),
        "Z" => format!("{date} {clock} UTC"),
        zone => format!("{date} {clock} {zone}"),
    }
}

/// `bn (Bob Nilsson)`.
pub(crate) fn author(author: &str, person: Option<&str>) -> String {
    let author = clean(author);
    person.map_or_else(|| author.clone(), |person| format!("{author} ({})", clean(person)))
}

/// `bn (Bob Nilsson) 2011-04-08 13:02`, or what of it there is.
pub(crate) fn who_when(name: Option<&str>, person: Option<&str>, at: Option<When>, precision: Option<Precision>) -> String {
    let at = at.map(|at| time(at, precision));
    match (name, at) {
        (Some(name), Some(at)) => format!("{} {at}", author(name, person)),
        (Some(name), None) => format!("{}, no time", author(name, person)),
        (None, Some(at)) => format!("nobody is named, {at}"),
        (None, None) => "nobody is named".to_owned(),
    }
}

/// What is in doubt, each with what can be done. `settle` says how dates are settled for all files at once.
pub(crate) fn doubts(info: &StampInfo, ambiguous: bool, settle: &str, correct: &str) -> Vec<String> {
    let mut doubts = Vec::new();
    if ambiguous {
        let readings = info.readings.iter().map(|when| time(*when, info.precision)).collect::<Vec<_>>().join(" or ");
        let readings =
            if readings.is_empty() { "a date can be read two ways".to_owned() } else { format!("a date is {readings}") };
        doubts.push(format!("ambiguous: {readings}, and nothing in the file says which; {settle}{correct}"));
    }
    if info.future {
        doubts.push(format!(
            "in the future: a time that lies over a day ahead was left out; {}",
            correct.trim_start_matches(", or ")
        ));
    }
    doubts
}

/// Title, base, number and removals, where the format has them.
pub(crate) fn extras(info: &StampInfo) -> Vec<(&'static str, String)> {
    let mut extras = Vec::new();
    for (label, value) in [("title", &info.title), ("base", &info.base), ("number", &info.number)] {
        extras.extend(value.as_ref().map(|value| (label, clean(value))));
    }
    if info.removed > 0 {
        let more = info.removed - info.removals.len();
        let listed = info.removals.iter().map(|one| clean(one)).collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        extras.push(("removes", format!("{listed}{more}")));
    }
    extras
}

/// The word of a format, as in JSON.
pub(crate) fn format(format: Format) -> String {
    serde_json::to_value(format).ok().and_then(|word| word.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

/// What bytes were read as, when that is worth a word.
pub(crate) fn encoding(encoding: Encoding) -> Option<String> {
    let name = encoding.to_string();
    let name = name.trim_start_matches("probably ");
    match encoding {
        Encoding::Ascii | Encoding::Utf8 => None,
        _ if encoding.is_guess() => Some(format!("shown as {name}, a guess")),
        _ => Some(format!("shown as {name}")),
    }
}

/// One stamp: `line 12, byte 301: method stamp: bn 2011-04-08 13:02; zone unknown; to the minute`, and its raw text below.
pub(crate) fn found(one: &FoundAt) -> String {
    let place = one.line.map_or_else(|| "outside".to_owned(), |line| format!("line {line}, byte {}", one.found.offset));
    let (author, at) = (one.found.author.as_deref(), one.found.at);
    let mut words = vec![format!("{place}: {}: {}", one.found.kind, who_when(author, None, at, one.found.precision))];
    if !one.found.readings.is_empty() {
        let readings = one.found.readings.iter().map(|when| time(*when, one.found.precision)).collect::<Vec<_>>();
        words.push(format!("ambiguous: {}", readings.join(" or ")));
    }
    words.extend(at.map(|_| if one.found.zone_known { "zone known" } else { "zone unknown" }.to_owned()));
    words.extend(one.found.precision.map(|precision| to_the(precision).to_owned()));
    if one.found.future {
        words.push("in the future".to_owned());
    }
    format!("{}\n    {}", folded(words.join(";\n").split('\n'), 4), clean(&one.found.raw))
}

fn to_the(precision: Precision) -> &'static str {
    match precision {
        Precision::Day => "to the day",
        Precision::Minute => "to the minute",
        Precision::Second => "to the second",
        Precision::Fraction => "to a fraction of a second",
    }
}

/// Text out of a file, on one line that isn't too long.
pub(crate) fn clean(text: &str) -> String {
    Clean::line(text).cut(LINE)
}

/// Breaks a text between words so that no line is wider than 80 columns with its indent.
pub(crate) fn wrapped(text: &str, indent: usize) -> String {
    folded(text.split(' '), indent)
}

/// The same for phrases that stay whole, for people who search for them.
fn folded<'a>(phrases: impl Iterator<Item = &'a str>, indent: usize) -> String {
    let width = 80_usize.saturating_sub(indent).max(20);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in phrases {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines.push(line);
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::stamp::{Hints, stamp_with};

    fn info(text: &str) -> StampInfo {
        StampInfo::of(&stamp_with(text.as_bytes(), "a.st", &Hints::default()).expect("a stamp"))
    }

    #[test]
    fn a_time_is_shown_no_more_exact_than_the_file_says() {
        for (when, precision, words) in [
            ("2011-04-08", Some(Precision::Day), "2011-04-08"),
            ("2011-04-08T13:02:00", Some(Precision::Minute), "2011-04-08 13:02"),
            ("2011-04-08T13:02:00", Some(Precision::Second), "2011-04-08 13:02:00"),
            ("2011-04-08T13:02:33Z", None, "2011-04-08 13:02:33 UTC"),
            ("2011-04-08T13:02:33.5-03:30", Some(Precision::Fraction), "2011-04-08 13:02:33.5 -03:30"),
        ] {
            assert_eq!(time(when.parse().expect("a time"), precision), words);
        }
    }

    #[test]
    fn the_words_say_who_when_where_and_by_which_rule() {
        let info = info("!A methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!\na\n\t^1! !\n");
        let who = who_when(info.author.as_deref(), Some("Bob Nilsson"), info.changed_at, info.precision);
        assert_eq!(
            format!("{who} — {}", info.reason()),
            "bn (Bob Nilsson) 2011-04-08 13:02 — method stamp; the newest stamp with both author and time"
        );
    }

    #[test]
    fn a_doubt_says_both_readings_and_what_to_do() {
        let info = info("# Author: bn\n# Date: 04/08/2011\n");
        let doubts = doubts(&info, info.ambiguous, "set it", ", or correct it");
        let said = "ambiguous: a date is 2011-04-08 or 2011-08-04, and nothing in the file says which; set it, or correct it";
        assert_eq!(doubts, [said]);
    }

    #[test]
    fn what_a_file_says_can_not_move_the_cursor() {
        assert!(!author("b\x1b[2Jn", Some("B\no")).contains(['\x1b', '\n']));
    }

    #[test]
    fn phrases_of_a_long_stamp_stay_whole() {
        let file = "!A methodsFor: 'x' stamp: 'a.very.long.name.of.somebody 4/8/2011 13:02'!\na\n\t^1! !\n";
        let stamp = stamp_with(file.as_bytes(), "a.st", &Hints::default()).expect("a stamp");
        let text = found(&fieldpost_common::stamp::located(file.as_bytes(), stamp.found)[0]);
        assert!(text.lines().count() > 2, "{text}");
        for phrase in ["zone unknown", "to the minute", "a.very.long.name.of.somebody 4/8/2011 13:02"] {
            assert!(text.contains(phrase), "{text}");
        }
    }

    #[test]
    fn long_words_are_wrapped_under_themselves() {
        let text = wrapped(&"word ".repeat(30), 10);
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}
