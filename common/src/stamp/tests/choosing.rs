//! Which of several stamps is chosen, what is left open, and what hints change.

use super::super::*;
use super::{HEADER, method, shown};
use crate::time::Timestamp;

fn with(content: &str, hints: &Hints) -> Stamp {
    stamp_with(content.as_bytes(), "Order.st", hints).expect("a stamp")
}

fn chosen(stamp: &Stamp) -> (Option<&str>, Option<String>, bool) {
    (stamp.author.as_deref(), stamp.changed_at.map(|at| at.to_string()), stamp.ambiguous)
}

const DOUBTFUL: &str = "\"bob 4/8/2011 13:02\"\n";

#[test]
fn a_date_that_can_be_read_two_ways_is_reported_and_not_guessed() {
    let stamp = with(DOUBTFUL, &Hints::default());
    assert_eq!(chosen(&stamp), (Some("bob"), None, true));
    let readings: Vec<String> = stamp.found[0].readings.iter().map(When::to_string).collect();
    assert_eq!(readings, ["2011-04-08T13:02:00", "2011-08-04T13:02:00"]);
    assert_eq!(stamp.found[0].at, None);
    assert_eq!(
        chosen(&with("\"bob 8/8/2011 13:02\"\n", &Hints::default())),
        (Some("bob"), Some("2011-08-08T13:02:00".into()), false)
    );
}

#[test]
fn another_date_in_the_file_then_the_header_then_the_setting_settles_it() {
    let (april, august) = (Some("2011-04-08T13:02:00".to_owned()), Some("2011-08-04T13:02:00".to_owned()));
    let order = |order| Hints { date_order: Some(order), ..Hints::default() };
    let (months, days) = (order(DateOrder::MonthFirst), order(DateOrder::DayFirst));
    let file = |rest: &str| format!("{DOUBTFUL}{rest}\n");
    for (rest, hints, expected) in [
        ("\"20/12/2010\"", &months, &august),
        ("\"12/20/2010\"", &days, &april),
        ("\"20/12/2010 and 12/20/2010\"", &days, &august),
        ("", &months, &april),
        ("", &days, &august),
        ("1/20/3", &days, &august),
    ] {
        assert_eq!(chosen(&with(&file(rest), hints)), (Some("bob"), expected.clone(), false), "{rest}");
    }
    for (day, expected) in [("April 8", &april), ("August 4", &august), ("May 1", &april)] {
        let header = format!("'From VisualWorks(R), 7.4 of May 30, 2006 on {day}, 2011 at 1:05:00 pm'!\n");
        assert_eq!(chosen(&with(&format!("{header}{DOUBTFUL}"), &days)), (Some("bob"), expected.clone(), false), "{day}");
    }
    let undecided = "'From VisualWorks(R), 7.4 of May 30, 2006 on September 1, 2011 at 1:05:00 pm'!\n\"bob 4/8/2011 13:02\"!\n";
    assert!(with(undecided, &Hints::default()).ambiguous);
}

#[test]
fn families_with_a_fixed_order_ask_nobody() {
    let days = Hints { date_order: Some(DateOrder::DayFirst), ..Hints::default() };
    let file = [&method("bob 8/6/2008 14:36"), "\"20/12/2010\"!\n"].concat();
    assert_eq!(chosen(&with(&file, &days)), (Some("bob"), Some("2008-08-06T14:36:00".into()), false));
}

#[test]
fn a_time_more_than_a_day_ahead_is_flagged_and_not_the_newest() {
    let now = "2013-01-01T00:00:00Z".parse().map(|at: When| Timestamp::from_ms(at.approx_unix_ms())).expect("a time");
    let hints = Hints { now: Some(now), ..Hints::default() };
    let file = [method("eve 1/2/2013 10:00"), method("bob 1/1/2013 23:00")].concat();
    let stamp = with(&file, &hints);
    assert_eq!((chosen(&stamp), stamp.future), ((Some("bob"), Some("2013-01-01T23:00:00".into()), false), true));
    assert_eq!(stamp.found.iter().map(|found| found.future).collect::<Vec<_>>(), [true, false]);
    assert!(!with(&file, &Hints::default()).future);
    let only = with(&method("eve 1/2/2099 10:00"), &hints);
    assert_eq!((chosen(&only), only.why), ((Some("eve"), None, false), Why::AuthorOnly));
}

#[test]
fn the_rule_and_the_places_of_author_and_time_are_told() {
    let preamble = format!("{HEADER}\"Change Set:\t\tx\nDate:\t\t\t1 May 2020\nAuthor:\t\t\tBob\"!\n");
    let authored = [&preamble, method("bob 12/30/2012 10:00").as_str()].concat();
    let unsigned = [HEADER, &method(" 12/30/2012 10:00")].concat();
    for (file, why, author, time) in [
        (authored.as_str(), Why::NewestAuthored, Some(Kind::Method), Some(Kind::Method)),
        (unsigned.as_str(), Why::NewestTime, None, Some(Kind::Method)),
        (preamble.as_str(), Why::FileOutTime, Some(Kind::Preamble), Some(Kind::FileOut)),
        ("# Author: bob", Why::AuthorOnly, Some(Kind::Label), None),
    ] {
        let stamp = with(file, &Hints::default());
        assert_eq!((stamp.why, stamp.author_from, stamp.time_from), (why, author, time), "{file}");
        assert!(!stamp.why.to_string().is_empty());
    }
    let own = Hints { patterns: vec![Pattern::new("Date:\\s+(?<time>.*)").expect("a pattern")], ..Hints::default() };
    let stamp = with(&authored, &own);
    assert_eq!((stamp.why, stamp.author_from, stamp.time_from), (Why::OwnPattern, Some(Kind::Method), Some(Kind::Own)));
    assert_eq!(shown(Some(&stamp)), "Pattern | bob | 2020-05-01 | 2013-06-30T16:12:05.177126");
}

#[test]
fn of_several_own_patterns_the_first_that_says_anything_wins() {
    let patterns = ["^nobody (?<author>.*)$", "^by (?<author>\\w+)$", "^from (?<author>\\w+)$"];
    let patterns = patterns.map(|text| Pattern::new(text).expect("a pattern")).to_vec();
    let stamp = with("from eve\nby bob\n", &Hints { patterns, ..Hints::default() });
    assert_eq!(stamp.author.as_deref(), Some("bob"));
}

#[test]
fn initials_are_mapped_to_people_and_kept_as_written() {
    let people = [("jmv".to_owned(), "Juan Example".to_owned())].into();
    let hints = Hints { people, ..Hints::default() };
    let stamp = with(&method("jmv 8/6/2008 14:36"), &hints);
    assert_eq!((stamp.author.as_deref(), stamp.person.as_deref()), (Some("jmv"), Some("Juan Example")));
    assert_eq!(with(&method("eve 8/6/2008 14:36"), &hints).person, None);
}

#[test]
fn more_stamps_than_are_kept_are_still_all_looked_at() {
    let file = method("eve 1/2/2003 10:00").repeat(MAX_FOUND) + &method("bob 1/2/2004 10:00");
    let stamp = with(&file, &Hints::default());
    assert_eq!((stamp.found.len(), stamp.more, stamp.author.as_deref()), (MAX_FOUND, true, Some("bob")));
}

#[test]
fn an_own_pattern_may_have_a_time_format_and_a_place_to_look() {
    let file = "eve 08:02:04;2011\n\nbob 01:02:03;2012\n".to_owned() + &"x\n".repeat(5) + "zoe 09:02:04;2010\n\n";
    let chosen = |place| {
        let pattern = Pattern::new("^(?<author>[a-z]+) (?<time>.*)$").expect("a pattern");
        let pattern = pattern.with_time_format("%d:%m:%H;%Y").expect("a format").within(place);
        let stamp = with(&file, &Hints { patterns: vec![pattern], ..Hints::default() });
        shown(Some(&stamp))
    };
    assert_eq!(chosen(Place::Anywhere), "Pattern | bob | 2012-02-01T03:00:00 | -");
    assert_eq!(chosen(Place::Head(1)), "Pattern | eve | 2011-02-08T04:00:00 | -");
    assert_eq!(chosen(Place::Foot(1)), "Pattern | zoe | 2010-02-09T04:00:00 | -");
    let pattern = Pattern::new("(?<time>.*)").expect("a pattern");
    let error = pattern.with_time_format("%d.%!").expect_err("no such directive").to_string();
    assert!(error.contains("%d.%!"), "{error}");
}

#[test]
fn a_time_format_without_a_time_of_day_dates_to_the_day() {
    let pattern = Pattern::new("^# (?<author>[a-z]+) (?<time>.*)$").expect("a pattern");
    let pattern = pattern.with_time_format("%d.%m.%Y").expect("a format");
    let stamp = with("# bob 02.03.2011\n", &Hints { patterns: vec![pattern], ..Hints::default() });
    assert_eq!(shown(Some(&stamp)), "Pattern | bob | 2011-03-02 | -");
    assert_eq!(stamp.found[0].precision, Some(Precision::Day));
}
