//! Gathers what a file says about itself; finding it is left to the readers of the formats, choosing to `choice`.

use std::borrow::Cow;

use super::dates::Spot;
use super::text::{decode, plain};
use super::{Found, Kind, MAX_FOUND, Source, When};

/// The most removals that are kept.
const MAX_REMOVALS: usize = 1_000;

/// A name as it stands in the file.
pub(super) type Name<'a> = Cow<'a, [u8]>;

/// A place in a file that says who or when.
pub(super) struct Mark<'a> {
    pub(super) kind: Kind,
    /// The text of it, a part of the file.
    pub(super) raw: &'a [u8],
    pub(super) author: Option<Name<'a>>,
    pub(super) spot: Option<Spot>,
}

/// The candidates of one file, folded as they come so that memory stays the same however many a file has.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    source: (usize, usize, usize),
    future_from: Option<i64>,
    pub(super) found: Vec<Found>,
    pub(super) more: bool,
    /// The newest stamp that has both author and time.
    pub(super) newest: Option<(Kind, Name<'a>, When)>,
    /// The newest time of a change without an author.
    pub(super) unsigned: Option<(Kind, When)>,
    /// The author named without a time: a preamble, a Store comment, a sign-off.
    pub(super) author: Option<(Kind, Name<'a>)>,
    /// The newest file-out header.
    pub(super) filed_out: Option<(Kind, When)>,
    /// The two readings of the first date that has two.
    pub(super) doubt: Option<[When; 2]>,
    pub(super) future: bool,
    pub(super) title: Option<String>,
    pub(super) base: Option<String>,
    pub(super) number: Option<String>,
    pub(super) removals: Vec<String>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(source: &Source<'a>) -> Evidence<'a> {
        Evidence {
            source: (source.bytes.as_ptr().addr(), source.bytes.len(), source.skipped),
            future_from: source.future_from,
            found: Vec::new(),
            more: false,
            newest: None,
            unsigned: None,
            author: None,
            filed_out: None,
            doubt: None,
            future: false,
            title: None,
            base: None,
            number: None,
            removals: Vec::new(),
        }
    }

    /// Notes a stamp, whichever parts of it could be read. Of two from the same time the later in the file wins.
    pub(super) fn change(&mut self, mark: Mark<'a>) {
        let at = self.keep(&mark);
        let Mark { kind, author, .. } = mark;
        match (author.filter(|author| says_something(author)), at) {
            (Some(author), Some(at)) => {
                if self.newest.as_ref().is_none_or(|(_, _, newest)| *newest <= at) {
                    self.newest = Some((kind, author, at));
                }
            }
            (None, Some(at)) => {
                if self.unsigned.is_none_or(|(_, newest)| newest <= at) {
                    self.unsigned = Some((kind, at));
                }
            }
            (Some(author), None) => {
                self.author.get_or_insert((kind, author));
            }
            (None, None) => {}
        }
    }

    /// The newest time of a change so far, with an author or without.
    pub(super) fn newest_time(&self) -> Option<When> {
        let authored = self.newest.as_ref().map(|(_, _, at)| *at);
        authored.max(self.unsigned.map(|(_, at)| at))
    }

    /// Notes an author named without a time; the first one counts.
    pub(super) fn author(&mut self, kind: Kind, raw: &'a [u8], author: Name<'a>) {
        self.change(Mark { kind, raw, author: Some(author), spot: None });
    }

    /// Notes an author named without a time; the last one counts.
    pub(super) fn last_author(&mut self, kind: Kind, raw: &'a [u8], author: Name<'a>) {
        self.author = None;
        self.author(kind, raw, author);
    }

    /// Notes the header of a file-out; a file may consist of several.
    pub(super) fn filed_out(&mut self, raw: &'a [u8], spot: Spot) {
        let mark = Mark { kind: Kind::FileOut, raw, author: None, spot: Some(spot) };
        let Some(at) = self.keep(&mark) else { return };
        if self.filed_out.is_none_or(|(_, newest)| newest <= at) {
            self.filed_out = Some((Kind::FileOut, at));
        }
    }

    /// Keeps what was found for people to see, and says which time of it can be used.
    pub(super) fn keep(&mut self, mark: &Mark<'a>) -> Option<When> {
        let spot = mark.spot;
        let at = spot.filter(|spot| spot.other.is_none()).map(|spot| spot.when);
        let future = self.future_from.is_some_and(|from| spot.is_some_and(|spot| spot.when.approx_unix_ms() > from));
        self.future |= future && at.is_some();
        let readings = spot.and_then(|spot| Some([spot.when, spot.other?]));
        self.doubt = self.doubt.or(readings);
        if self.found.len() < MAX_FOUND {
            self.found.push(Found {
                kind: mark.kind,
                raw: decode(mark.raw).unwrap_or_default(),
                author: mark.author.as_deref().and_then(|author| plain(mark.kind, author)),
                at,
                readings: readings.map(Vec::from).unwrap_or_default(),
                zone_known: spot.is_some_and(|spot| spot.when.zone_known()),
                precision: spot.map(|spot| spot.precision),
                offset: self.offset(mark.raw),
                future,
            });
        } else {
            self.more = true;
        }
        at.filter(|_| !future)
    }

    /// Where a part of the file begins in it.
    pub(super) fn offset(&self, raw: &[u8]) -> usize {
        let (start, length, skipped) = self.source;
        let at = raw.as_ptr().addr().wrapping_sub(start);
        skipped + if at <= length { at } else { length }
    }

    pub(super) fn title(&mut self, title: &[u8]) {
        if self.title.is_none() {
            self.title = decode(title);
        }
    }

    /// Notes a removal; a record of it and the code that does it often stand side by side.
    pub(super) fn removal(&mut self, removed: impl FnOnce() -> Option<String>) {
        if self.removals.len() >= MAX_REMOVALS {
            return;
        }
        if let Some(removed) = removed().filter(|removed| self.removals.last() != Some(removed)) {
            self.removals.push(removed);
        }
    }
}

fn says_something(name: &[u8]) -> bool {
    name.iter().any(|b| *b > b' ')
}
