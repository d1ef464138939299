//! When reports were written: what each dialect says of it, and which moment that is.

use super::*;
use crate::time::Timestamp;
use crate::zone::Zone;
use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;

/// What a report says of its time.
fn said(text: &str) -> Option<String> {
    only(text).written.map(|written| written.to_string())
}

const JAVA: &str = "java.lang.IllegalStateException: closed\n\tat com.acme.Book.open(Book.java:12)\n";
const PYTHON: &str =
    "Traceback (most recent call last):\n  File \"/srv/ledger.py\", line 12, in post\n    book[x]\nKeyError: 'x'\n";

#[test]
fn each_dialect_says_in_its_own_form_when_a_report_was_written() {
    for (dialect, text) in SMALL {
        let expected = match *dialect {
            "visualworks" if text.starts_with("==") => Some("2026-03-04T09:02:11"),
            "squeak" if text.contains("Image:") => Some("2026-03-03T09:02:11.123"),
            "cuis" => Some("2026-04-05T13:17:23.709482"),
            "pharo" if text.contains("Image:") => Some("2026-06-19T20:45:48.928088"),
            "squeak-vm" => Some("2026-03-27T16:57:28"),
            "pharo-vm" => Some("2026-03-19T16:00:15"),
            "vast" => Some("11/7/2026 15:32:08"),
            "dolphin" if text.starts_with('*') => Some("1/2/2026 18:50:29"),
            "dolphin" => Some("2026-09-11T00:20:02"),
            "java" if text.starts_with("2026") => Some("2026-03-04T09:02:11"),
            _ => None,
        };
        assert_eq!(said(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn heads_say_the_time_before_the_date_or_after_it_in_either_half_of_the_day() {
    let dump = |head: &str| format!("****** Dolphin Crash Dump Report ******\n\n{head}: Array does not understand #byteSize\n");
    let frames = "Array>>at:\nArray>>first\n";
    for (text, expected) in [
        (dump("8:34:33 AM, 11/23/2021"), "11/23/2021 08:34:33"),
        (dump("12:04:33 AM, 11/23/2021"), "11/23/2021 00:04:33"),
        (dump("12:04:33 p. m., 23/11/2021"), "23/11/2021 12:04:33"),
        (dump("6:50:29\u{202f}p.\u{a0}m., 1/2/2016"), "1/2/2016 18:50:29"),
        (dump("19:39:55, 17.09.2015"), "2015-09-17T19:39:55"),
        (format!("27/11/2019 19:02:30: 'gone'\n{frames}"), "27/11/2019 19:02:30"),
        (format!("5/5/2019 7:02:30 PM: 'gone'\n{frames}"), "2019-05-05T19:02:30"),
        ("Walkback at 12:32:08 AM on 11/7/2019\nA halt has occurred.\n".to_owned(), "11/7/2019 00:32:08"),
        ("Walkback at 15:32:08 on 2019-11-07\nA halt has occurred.\n".to_owned(), "2019-11-07T15:32:08"),
        ("==2024/2/13==8:02:08==BEGIN RUNTIME DIAGNOSTIC DUMP\n".to_owned(), "2024-02-13T08:02:08"),
        ("Segmentation fault: 11 Tue Mar 19 16:00:15 2024\n".to_owned(), "2024-03-19T16:00:15"),
    ] {
        assert_eq!(said(&text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_time_whose_half_of_the_day_is_not_understood_is_none() {
    assert_eq!(said("Walkback at 3:32:08 du. on 11/7/2019\nA halt has occurred.\n"), None);
    assert_eq!(said("Walkback at 15:32:08 du. on 11/7/2019\nA halt has occurred.\n").as_deref(), Some("11/7/2019 15:32:08"));
}

#[test]
fn in_a_log_the_line_that_a_report_begins_on_says_when_or_the_one_directly_before() {
    for (text, expected) in [
        (format!("2026-03-04T09:02:11Z ERROR {JAVA}"), "2026-03-04T09:02:11+00"),
        (format!("[2026-03-04 09:02:11,123] [main] ERROR it failed\n{JAVA}"), "2026-03-04T09:02:11"),
        (format!("2026-03-04 09:02:11+0100 it failed\n{PYTHON}"), "2026-03-04T09:02:11+01"),
        (format!("ERROR 2026-03-04 09:02:11 root: it failed\n{PYTHON}"), "2026-03-04T09:02:11"),
        (format!("Mar  4 09:02:11 host app[1]: it failed\n{PYTHON}"), "03-04 09:02:11"),
        (format!("{{\"level\":\"error\",\"ts\":1767351600.25}}\n{PYTHON}"), "2026-01-02T11:00:00+00"),
        (format!("04.03.2026 09:02:11 FEHLER\n{JAVA}"), "2026-03-04T09:02:11"),
        (format!("[3/4/2026 9:02:11 PM] ERROR\n{JAVA}"), "3/4/2026 21:02:11"),
        ("2026-03-04 09:02:11 ERROR\nthread 'main' panicked at src/ledger.rs:12:5:\nno book\n".to_owned(), "2026-03-04T09:02:11"),
        ("2026-03-04 09:02:11 error\nTypeError: no\n    at f (/srv/a.js:1:2)\n".to_owned(), "2026-03-04T09:02:11"),
        (
            "2026-03-04 09:02:11 [Error]\nAcme.LedgerException: no\n   at Acme.Ledger.Post() in /a.cs:line 1\n".to_owned(),
            "2026-03-04T09:02:11",
        ),
        ("2026-03-04 09:02:11 FATAL: the book is gone\n".to_owned(), "2026-03-04T09:02:11"),
        (format!("Mar 04, 2026 9:02:11 PM com.acme.Book open\nSEVERE: it failed\n{JAVA}"), "2026-03-04T21:02:11"),
        (
            "04/03/2026 09:02:11.123 PST gem\na ZeroDivide occurred (error 2026), x\nInteger >> / @2 line 3\n".to_owned(),
            "4/3/2026 09:02:11.123",
        ),
    ] {
        assert_eq!(said(&text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_time_within_a_message_is_not_when_the_report_was_written() {
    for text in [
        "java.sql.SQLException: no row of 2011-01-02 03:04:05\n\tat com.acme.Book.open(Book.java:12)\n".to_owned(),
        format!("INFO the prices of the day 2011-01-02 03:04:05\n{JAVA}"),
        format!("2026-03-04 09:02:11 up\nand running\n{JAVA}"),
        "FATAL the book of the day 2011-01-02 03:04:05 is gone\n".to_owned(),
        "Unhandled exception: no row of 2011-01-02 03:04:05\nFoo>>bar\nFoo>>baz\n".to_owned(),
    ] {
        assert_eq!(said(&text), None, "{text}");
    }
    let two = format!("2026-03-04 09:02:11 down\n{JAVA}{JAVA}");
    let times: Vec<_> = walkbacks(two.as_bytes()).iter().map(|walkback| walkback.written.is_some()).collect();
    assert_eq!(times, [true, false], "the second has no line of its own");
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Central Europe, by its rules alone.
fn europe() -> Zone {
    Zone::of(&TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("rules"), at("2026-11-28T10:00:00Z"))
}

/// When the reports of a file were written; those that have its own time are left out.
fn moments(text: &str, file: &str, zone: &Zone) -> Vec<Option<String>> {
    let reports: Vec<_> = walkbacks(text.as_bytes()).iter().map(|walkback| walkback.written).collect();
    let all = dated(&reports, at(file), zone);
    assert_eq!(all.len(), reports.len());
    all.into_iter().map(|moment| Some(moment).filter(|moment| *moment != at(file)).map(|moment| moment.to_string())).collect()
}

fn vast(dates: &[&str]) -> String {
    dates
        .iter()
        .map(|date| format!("Walkback at 3:32:08 PM on {date}\nA halt has occurred.\nFoo>>#bar\n"))
        .collect::<Vec<_>>()
        .concat()
}

fn days(dates: &[&str], file: &str) -> Vec<Option<String>> {
    let all = moments(&vast(dates), file, &europe()).into_iter();
    all.map(|moment| moment.map(|moment| moment[..10].to_owned())).collect()
}

fn some(days: &[&str]) -> Vec<Option<String>> {
    days.iter().map(|day| (!day.is_empty()).then(|| (*day).to_owned())).collect()
}

#[test]
fn a_local_time_is_a_moment_by_the_rules_that_the_site_had_then() {
    let dump =
        |at: &str| format!("=={at}==BEGIN RUNTIME DIAGNOSTIC DUMP\nCause of Dump: x\n=={at}==END RUNTIME DIAGNOSTIC DUMP\n");
    let two = dump("2025/7/1==10:00:00") + &dump("2026/1/13==18:42:18");
    let file = "2026-11-28T10:00:00Z";
    assert_eq!(moments(&two, file, &europe()), some(&["2025-07-01T08:00:00Z", "2026-01-13T17:42:18Z"]));
    assert_eq!(moments(&two, file, &Zone::default()), [None, None], "nobody knows what the site's clock means");
    let zoned = format!("2026-03-04T09:02:11+05:00 ERROR {JAVA}");
    assert_eq!(moments(&zoned, file, &Zone::default()), some(&["2026-03-04T04:02:11Z"]), "what says its zone needs no other");
}

#[test]
fn what_can_not_be_right_has_the_time_of_its_file() {
    let file = "2026-11-28T10:00:00Z";
    let log = |time: &str| moments(&format!("{time} ERROR {JAVA}"), file, &europe());
    for time in
        ["2026-11-28 11:30:00", "2031-01-01 00:00:00", "1980-01-01 00:00:00", "1970-01-01 00:00:00", "2015-06-01 00:00:00"]
    {
        assert_eq!(log(time), [None], "{time}");
    }
    assert_eq!(log("2026-11-28 10:59:57"), [None], "the file's time is more exact");
    assert_eq!(log("2026-11-28 10:59:50"), some(&["2026-11-28T09:59:50Z"]));
    assert_eq!(log("2017-06-01 00:00:00"), some(&["2017-05-31T22:00:00Z"]));
}

#[test]
fn a_time_without_a_year_is_the_last_before_the_file() {
    let log = |time: &str| moments(&format!("{time} host app: it failed\n{PYTHON}"), "2026-01-02T10:00:00Z", &europe());
    assert_eq!(log("Dec 31 23:00:00"), some(&["2025-12-31T22:00:00Z"]));
    assert_eq!(log("Jan  2 10:00:00"), some(&["2026-01-02T09:00:00Z"]));
    assert_eq!(log("Feb 29 10:00:00"), [None], "there was none");
}

#[test]
fn a_day_that_can_be_read_two_ways_is_settled_by_another_of_its_file() {
    let file = "2019-12-24T10:00:00Z";
    assert_eq!(days(&["11/7/2019", "11/23/2019"], file), some(&["2019-11-07", "2019-11-23"]));
    assert_eq!(days(&["11/7/2019", "23/11/2019"], file), some(&["2019-07-11", "2019-11-23"]));
    // 10 April comes after 9 March; 4 October would come before 3 September, and that can't be.
    assert_eq!(days(&["9/3/2019", "10/4/2019", "11/1/2019"], file), some(&["2019-09-03", "2019-10-04", "2019-11-01"]));
}

#[test]
fn a_day_that_can_be_read_two_ways_is_settled_by_the_time_of_the_file() {
    assert_eq!(days(&["7/11/2019"], "2019-08-01T10:00:00Z"), some(&["2019-07-11"]), "November is still to come");
    assert_eq!(days(&["7/8/2019", "11/7/2019"], "2019-11-07T14:40:00Z"), some(&["2019-07-08", "2019-11-07"]));
}

#[test]
fn a_day_that_nothing_settles_and_one_that_contradicts_another_have_the_time_of_the_file() {
    assert_eq!(days(&["11/7/2019"], "2019-12-24T10:00:00Z"), some(&[""]));
    assert_eq!(days(&["11/23/2019", "23/11/2019"], "2019-12-24T10:00:00Z"), some(&["", ""]));
    assert_eq!(days(&["5/5/2019"], "2019-12-24T10:00:00Z"), some(&["2019-05-05"]), "it is one day, whatever is meant");
}

#[test]
fn a_log_of_twenty_thousand_reports_is_dated_in_no_time() {
    let reports: Vec<_> = walkbacks(vast(&["11/7/2019"]).as_bytes()).iter().map(|walkback| walkback.written).collect();
    let many: Vec<_> = reports.iter().cycle().take(MAX_REPORTS).copied().collect();
    assert_eq!(dated(&many, at("2019-12-24T10:00:00Z"), &europe()).len(), MAX_REPORTS);
}

prop_compose! {
    fn some_report()(kind in 0..5, year in 1960..2040_i16, (a, b) in (0..32_u8, 0..32_u8), (h, m, s) in (0..24_u8, 0..60_u8, 0..60_u8))
        -> String
    {
        match kind {
            0 => format!("Walkback at {h}:{m:02}:{s:02} on {a}/{b}/{year}\nA halt has occurred.\nFoo>>#bar\n"),
            1 => format!("=={year}/{a}/{b}=={h}:{m:02}:{s:02}==BEGIN RUNTIME DIAGNOSTIC DUMP\nCause of Dump: x\n"),
            2 => format!("{year}-{a:02}-{b:02}T{h:02}:{m:02}:{s:02}-03:00 ERROR {JAVA}"),
            3 => format!("Mar {a} {h:02}:{m:02}:{s:02} host app: failed\n{PYTHON}"),
            _ => JAVA.to_owned(),
        }
    }
}

proptest! {
    #[test]
    fn no_report_is_later_than_its_file(reports in proptest::collection::vec(some_report(), 0..8), file: i32, hours in -14..=14_i8) {
        let file = Timestamp::from_ms(i64::from(file) * 1000);
        let zone = Zone::of(&TimeZone::fixed(offset(hours)), file);
        let reports: Vec<_> = walkbacks(reports.concat().as_bytes()).iter().map(|walkback| walkback.written).collect();
        let all = dated(&reports, file, &zone);
        prop_assert!(all.len() == reports.len() && all.iter().all(|at| *at <= file), "{all:?}");
        prop_assert!(all.iter().all(|at| *at == file || at.age(file).as_secs() < 3_670 * 86_400), "{all:?}");
    }

    #[test]
    fn what_a_line_says_of_time_never_panics(line in "\\PC{0,60}", day in "[0-9/.: -]{0,30}[apmAPM. ]{0,5}") {
        for text in [format!("Walkback at {day} on {day}\nx\n"), format!("{day}{line}\n{PYTHON}"), format!("{line}{day} ERROR {JAVA}")] {
            let reports: Vec<_> = walkbacks(text.as_bytes()).iter().map(|walkback| walkback.written).collect();
            dated(&reports, at("2026-11-28T10:00:00Z"), &europe());
        }
    }
}
