//! The rule that chooses one author and one time from all that was found.

use super::evidence::Evidence;
use super::text::plain;
use super::{Format, Hints, Kind, MAX_FOUND, Stamp, When, Why};

impl Evidence<'_> {
    /// The newest authored stamp gives author and time; failing that, the author from elsewhere, and the newest change
    /// without author, else the file-out header.
    pub(super) fn stamp(self, format: Format, hints: &Hints) -> Stamp {
        let filed_out_at = self.filed_out.map(|(_, at)| at);
        let (author, time, rule) = match self.newest {
            Some((kind, author, at)) => (Some((kind, author)), Some((kind, at)), Why::NewestAuthored),
            None => match (self.author, self.unsigned, self.filed_out) {
                (author, Some((Kind::Label, at)), _) if self.doubt.is_some_and(|doubt| may_follow(doubt, at)) => {
                    let rule = if author.is_some() { Why::AuthorOnly } else { Why::Nothing };
                    (author, None, rule)
                }
                (author, Some(unsigned), _) => (author, Some(unsigned), Why::NewestTime),
                (author, None, Some(header)) => (author, Some(header), Why::FileOutTime),
                (Some(author), None, None) => (Some(author), None, Why::AuthorOnly),
                (None, None, None) => (None, None, Why::Nothing),
            },
        };
        let author_from = author.as_ref().map(|(kind, _)| *kind);
        let author = author.and_then(|(kind, author)| plain(kind, &author));
        Stamp {
            person: author.as_ref().and_then(|author| hints.people.get(author)).cloned(),
            author_from: author.as_ref().and(author_from),
            author,
            changed_at: time.map(|(_, at)| at),
            time_from: time.map(|(kind, _)| kind),
            filed_out_at,
            format,
            why: rule,
            ambiguous: self.doubt.is_some(),
            future: self.future,
            title: self.title,
            base: self.base,
            number: self.number,
            removals: self.removals,
            found: self.found,
            more: self.more,
        }
    }
}

/// Whether a date that can be read two ways may be the later one.
fn may_follow(doubt: [When; 2], at: When) -> bool {
    doubt.into_iter().any(|reading| reading > at)
}

/// What the application's own pattern leaves open is filled in by the format.
pub(super) fn merged(own: Stamp, general: Stamp) -> Stamp {
    let (author, author_from, person) = match own.author {
        Some(author) => (Some(author), own.author_from, own.person),
        None => (general.author, general.author_from, general.person),
    };
    let (changed_at, time_from) = match own.changed_at {
        Some(at) => (Some(at), own.time_from),
        None => (general.changed_at, general.time_from),
    };
    let mut found = own.found;
    found.extend(general.found);
    let more = own.more || general.more || found.len() > MAX_FOUND;
    found.truncate(MAX_FOUND);
    Stamp {
        author,
        author_from,
        person,
        changed_at,
        time_from,
        filed_out_at: general.filed_out_at,
        format: Format::Pattern,
        why: Why::OwnPattern,
        ambiguous: own.ambiguous || general.ambiguous,
        future: own.future || general.future,
        title: general.title,
        base: general.base,
        number: general.number,
        removals: general.removals,
        found,
        more,
    }
}
