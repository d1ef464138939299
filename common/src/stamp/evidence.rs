//! Gathers what a file says about itself and picks the newest; finding it is left to the readers of the formats.

use super::{Format, Stamp, When};

/// The candidates of one file, folded as they come so that memory stays the same however many a file has.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The newest stamp that has both author and time.
    newest: Option<(String, When)>,
    /// The newest time of a change without an author.
    unsigned: Option<When>,
    /// The first author named without a time: a preamble, a Store comment, a sign-off.
    author: Option<String>,
    /// The first file-out header.
    filed_out: Option<When>,
}

impl Evidence {
    /// Notes a stamp, whichever parts of it could be read. Of two from the same time the later in the file wins.
    pub(super) fn change(&mut self, author: Option<String>, at: Option<When>) {
        match (author, at) {
            (Some(author), Some(at)) => {
                if self.newest.as_ref().is_none_or(|(_, newest)| *newest <= at) {
                    self.newest = Some((author, at));
                }
            }
            (None, Some(at)) => self.unsigned = self.unsigned.max(Some(at)),
            (Some(author), None) => self.author(author),
            (None, None) => {}
        }
    }

    /// Notes an author named without a time.
    pub(super) fn author(&mut self, author: String) {
        self.author.get_or_insert(author);
    }

    /// Notes the time of a file-out header.
    pub(super) fn filed_out(&mut self, at: When) {
        self.filed_out.get_or_insert(at);
    }

    /// The rule: the newest authored stamp gives author and time; failing that, the author from elsewhere, and the
    /// newest change without author, else the file-out header. None when the file says nothing at all.
    pub(super) fn stamp(self, format: Format) -> Option<Stamp> {
        let (author, changed_at) = match self.newest {
            Some((author, at)) => (Some(author), Some(at)),
            None => (self.author, self.unsigned.or(self.filed_out)),
        };
        (author.is_some() || changed_at.is_some()).then_some(Stamp { author, changed_at, filed_out_at: self.filed_out, format })
    }
}
