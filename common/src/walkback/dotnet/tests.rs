//! Reports on one line: read as the plain function reads them, whose work grew with the square of the line.

use super::*;
use proptest::prelude::*;

/// `one_line` as it is easiest to understand.
fn plainly(text: &str) -> Option<Report> {
    let (start, message) = class(text).filter(|(class, _)| is_exception(class))?;
    let first = message.find(" at ").filter(|_| message.contains('('))?;
    let mut report = Report::new(Dialect::DotNet);
    let mut end = None;
    let mut from = first;
    while let Some(at) = message[from..].find(" at ").map(|found| from + found) {
        from = at + 4;
        let rest = &message[from..];
        let Some((name, after)) = rest.split_once('(') else { break };
        let Some((arguments, _)) = after.split_once(')') else { break };
        if is_method(name) && have_names(arguments) {
            end = end.or(Some(at));
            push(&mut report, &rest[..name.len() + arguments.len() + 2]);
        }
    }
    report.raised(Some(start), Some(&message[..end?]));
    Some(report)
}

fn have_names(arguments: &str) -> bool {
    let java = matches!(arguments, "Unknown Source" | "Native Method");
    arguments.trim().is_empty()
        || !java
            && arguments.split(", ").all(|argument| {
                let argument = argument.trim();
                !argument.contains([':', '"', ';', '=']) && argument.split(' ').count() <= 4 && argument.contains(' ')
                    || argument.ends_with(['`', ']', '&', '*'])
            })
}

/// What is read of a line: the class, the message, the frames.
fn read_of(report: Option<Report>, text: &str) -> Option<crate::walkback::Walkback> {
    report.map(|report| report.finished(0..text.len()))
}

#[test]
fn a_report_on_one_line_is_read_with_its_frames() {
    let text = "System.Exception: no at all (sorry) at Acme.Book.Open(String name, Int32& page) at Acme.Main() at x";
    let found = read_of(one_line(text), text).expect("a report");
    assert_eq!(found.message.expect("a message").as_str(), "no at all (sorry)");
    let frames: Vec<_> = found.frames.iter().map(|frame| frame.text.as_str()).collect();
    assert_eq!(frames, ["Acme.Book.Open(String name, Int32& page)", "Acme.Main()"]);
}

/// How many characters of arguments are looked at while a line of so many parts is read.
fn work(part: &str, count: usize, end: &str) -> usize {
    let text = format!("System.Exception: x{}{end}", part.repeat(count));
    assert!(text.len() <= 16_000, "a line that is read");
    let before = lists::LOOKED.get();
    let _ = one_line(&text);
    lists::LOOKED.get() - before
}

#[test]
fn a_line_of_twice_the_frames_is_twice_the_work_also_where_all_of_them_end_in_one_place() {
    for part in [
        " at A.b(",
        " at A.b( ",
        " at A.b(T t, ",
        " at A.b(T t, at A.c(T t) ",
        " at A.b(x,",
        " at A.b(T\u{3000} ",
        " at A.b( at ,",
    ] {
        for end in [")", " x&)", "T t)", "          )", ""] {
            let (once, twice) = (work(part, 300, end), work(part, 600, end));
            assert!(twice <= 2 * once + 500, "{part:?} {end:?}: {once}, then {twice}");
        }
    }
}

proptest! {
    #[test]
    fn a_line_is_read_as_the_plain_function_reads_it(parts in proptest::collection::vec(0..26_usize, 0..40)) {
        const PARTS: [&str; 26] = [
            " at ", " at A.b(", " at Acme.Book.Open(", "(", ")", ", ", ",", " ", "T t", "String name", "x&", "a[]", "\"", "=", "Unknown Source",
            "Native Method", "a b c d", "a b c d e", "\u{3000}", "é", ".", "A.b", "at", "  ", " at A.b()", "Int32 i, T t)",
        ];
        let text = format!("System.Exception: x{}", parts.into_iter().map(|part| PARTS[part]).collect::<Vec<_>>().concat());
        prop_assert_eq!(read_of(one_line(&text), &text), read_of(plainly(&text), &text), "{}", text);
    }

    #[test]
    fn any_line_is_read_as_the_plain_function_reads_it(rest in "[A-Za-z.,() :&=\u{3000}é]{0,80}") {
        let text = format!("System.Exception: x at A.b({rest}");
        prop_assert_eq!(read_of(one_line(&text), &text), read_of(plainly(&text), &text), "{}", text);
    }
}
