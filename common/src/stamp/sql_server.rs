//! Scripts that SQL Server's Management Studio writes: each object has the time of the script above it, and no author.
//!
//! The time is in the form of the writer's system: its day and month can be ambiguous. Who and when may stand in a comment
//! besides.

use super::comment::{note_head, note_signed};
use super::dates::{Spot, leading};
use super::text::{decode, position};
use super::{Evidence, Source};

/// `/****** Object:  Table [dbo].[Order]    Script Date: 1/27/2017 8:36:35 AM ******/`
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    const OPEN: &[u8] = b"/****** Object: ";
    /// Longer than any name of an object.
    const MAX_LINE: usize = 600;
    /// All objects of a script have the same time, within minutes.
    const MAX_OBJECTS: usize = 1_000;
    let mut evidence = Evidence::new(source);
    let mut rest = source.bytes;
    let mut recognised = false;
    for _ in 0..MAX_OBJECTS {
        let Some(at) = position(rest, OPEN) else { break };
        let line = &rest[at..rest.len().min(at + MAX_LINE)];
        rest = &rest[at + OPEN.len()..];
        let Some((raw, spot)) = header(line, source) else { continue };
        recognised = true;
        evidence.filed_out(raw, spot);
    }
    recognised.then_some(())?;
    note_signed(source, &mut evidence);
    note_head(source, &mut evidence);
    Some(evidence)
}

/// The comment as a whole, and its time.
fn header<'a>(line: &'a [u8], source: &Source) -> Option<(&'a [u8], Spot)> {
    const DATE: &[u8] = b"Script Date: ";
    const CLOSE: &[u8] = b"******/";
    let raw = &line[..position(line, CLOSE)? + CLOSE.len()];
    let text = &raw[position(raw, DATE)? + DATE.len()..raw.len() - CLOSE.len()];
    let text = plain(&decode(text)?)?;
    Some((raw, leading(text.as_bytes(), source.slashes)?))
}

/// The same with colons in the time, and its half of the day behind it in English.
fn plain(text: &str) -> Option<String> {
    const BEFORE_NOON: [&str; 4] = ["오전", "上午", "午前", "a.m."];
    const AFTER_NOON: [&str; 4] = ["오후", "下午", "午後", "p.m."];
    let mut words = text.split_whitespace();
    let date = words.next()?;
    let (mut time, mut half) = (String::new(), "");
    for word in words {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            time = word.replace('.', ":");
        } else if BEFORE_NOON.contains(&word) || word.eq_ignore_ascii_case("am") {
            half = " AM";
        } else if AFTER_NOON.contains(&word) || word.eq_ignore_ascii_case("pm") {
            half = " PM";
        }
    }
    Some(format!("{date} {time}{half}"))
}
