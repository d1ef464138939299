//! GemStone: Topaz file-outs, and programs that write Topaz; the code in them is left alone.
//!
//! A native file-out has no author: the one beside the build of the virtual machine built it. Its slashes have the day
//! first. Sources: file-outs of GemStone 5.1 to 3.2, of Jadeite and Jasper, of a VisualWorks transform in German.

use super::dates::{Slashes, Spot, find, leading};
use super::evidence::Mark;
use super::text::{contains, lines, position};
use super::{Evidence, Kind, Source, signed};

/// Reads `! On November 9, 2012, 4:41:41 PM` or `# Created 3. April 2022 um 18:54:04 by Gemstone Transform(1.4,bob)`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    if let Some(mark) = transform(source.bytes) {
        let mut evidence = Evidence::new(source);
        evidence.change(mark);
        return Some(evidence);
    }
    is_topaz(source.bytes).then_some(())?;
    let mut evidence = Evidence::new(source);
    for line in lines(source.bytes).filter(|line| line.starts_with(b"! On ")) {
        if let Some(spot) = leading(&line[5..], Slashes::DayFirst).filter(|spot| alone(&line[5..], spot)) {
            evidence.filed_out(line, spot);
        }
    }
    signed::note_lines(source, &mut evidence);
    Some(evidence)
}

/// Whether nothing follows the date: `! On June 1, 2001 we changed` is prose.
fn alone(text: &[u8], spot: &Spot) -> bool {
    text.get(spot.end..).is_some_and(|rest| rest.trim_ascii().is_empty())
}

fn is_topaz(content: &[u8]) -> bool {
    const HEADERS: [&[u8]; 4] = [b"! From ! GEMSTONE", b"! From ! GemStone", b"! From GEMSTONE", b"! From GemStone"];
    const COMMAND: &[u8] = b"fileformat utf8";
    let first = lines(content).map(<[u8]>::trim_ascii).find(|line| !line.is_empty()).unwrap_or_default();
    first.eq_ignore_ascii_case(COMMAND) || HEADERS.iter().any(|header| contains(content, header))
}

/// The first line of a program that writes Topaz: when, and behind a comma who.
fn transform(content: &[u8]) -> Option<Mark<'_>> {
    let line = lines(content).next().filter(|line| line.len() < 500)?;
    let created = line.strip_prefix(b"# Created ")?;
    let spot = find(created, Slashes::Unsure)?;
    let by = created.get(spot.end..)?;
    let call = &by[position(by, b" by ")? + 4..];
    let inside = call.trim_ascii_end().strip_suffix(b")")?;
    let open = inside.iter().position(|b| *b == b'(')?;
    let author = inside[open..].iter().rposition(|b| *b == b',').map(|comma| inside[open + comma + 1..].trim_ascii().into());
    Some(Mark { kind: Kind::FileOut, raw: line, author, spot: Some(spot) })
}
