//! What a site and the vendor agreed on, one after the other, and which agreement is the base: an agreement ends with its publication.

use super::Base;
use crate::publication::succession::Fate;

/// One agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// On what.
    pub base: Base,
    /// The publication that made it, by its number at the server; `None`: an ordered removal, or one from before publications were numbered.
    pub publication: Option<i64>,
    /// An order brought the content, and it isn't the site's own making: taking it off the table leaves the agreement.
    pub vendors: bool,
}

impl Agreement {
    fn counts(&self, fate: impl Fn(i64) -> Fate) -> bool {
        match self.publication.map(fate) {
            None | Some(Fate::Stands) => true,
            Some(Fate::TakenOff) => self.vendors,
            Some(Fate::TakenBack) => false,
        }
    }
}

/// The newest agreement that counts. Once its publication is undone, the one before counts again.
pub fn newest_that_counts(agreements: &[Agreement], fate: impl Fn(i64) -> Fate) -> Option<Agreement> {
    agreements.iter().rev().find(|agreement| agreement.counts(&fate)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::ContentHash;

    fn agreed(text: &str, publication: Option<i64>) -> Agreement {
        Agreement { base: Base::Content(ContentHash::of(text.as_bytes())), publication, vendors: false }
    }

    #[test]
    fn when_a_publication_is_undone_the_agreement_before_it_counts_again() {
        let both = [agreed("p", Some(1)), agreed("s", Some(2))];
        let undone = |number| if number == 2 { Fate::TakenBack } else { Fate::Stands };
        assert_eq!(newest_that_counts(&both, |_| Fate::Stands), Some(both[1]));
        assert_eq!(newest_that_counts(&both, undone), Some(both[0]));
        assert_eq!(newest_that_counts(&both[1..], undone), None);
        assert_eq!(newest_that_counts(&[both[1], agreed("old", None)], undone), Some(agreed("old", None)));
    }

    #[test]
    fn what_the_vendor_put_there_stays_agreed_on_when_it_is_only_taken_off_the_table() {
        let sent = Agreement { vendors: true, ..agreed("p", Some(1)) };
        assert_eq!(newest_that_counts(&[sent], |_| Fate::TakenOff), Some(sent));
        assert_eq!(newest_that_counts(&[sent], |_| Fate::TakenBack), None);
        assert_eq!(newest_that_counts(&[agreed("made there", Some(1))], |_| Fate::TakenOff), None);
    }
}
