//! What a cell asks of people: the order in which rows are sorted and cells are jumped to.

use crate::cell::{Cell, Overlay, Standing, Unknown};

/// What a cell asks of people; the later, the more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Need {
    /// Nothing: both sides agree, an order is on its way, or somebody chose it so.
    #[default]
    Nothing,
    /// It can be sent and never was: most patches don't go to every site, so nobody is called for it.
    Send,
    /// Nothing is known of the site. That is one thing to mend for the whole column.
    Unknown,
    /// The site has an older one than what is published.
    Update,
    /// The site has something of its own that nobody published.
    Take,
    /// The site changed what was published.
    Retrieve,
    /// The site lost what both had.
    Lost,
    /// Both sides changed.
    Conflict,
    /// The newest order came to nothing.
    Blocked,
}

impl Need {
    /// Those that call for a person, the most urgent first.
    pub const SOMEONES: [Self; 6] = [Self::Blocked, Self::Conflict, Self::Lost, Self::Retrieve, Self::Take, Self::Update];

    /// What a cell asks for.
    pub fn of(cell: &Cell) -> Self {
        match (&cell.overlay, cell.standing) {
            // What waits for room waits for somebody who makes some.
            (Overlay::Blocked(_) | Overlay::Waiting(_), _) => Self::Blocked,
            (_, Standing::Unknown) => Self::Unknown,
            (Overlay::Sending(_), _) => Self::Nothing,
            (Overlay::None, standing) => match standing {
                Standing::Conflict => Self::Conflict,
                Standing::DeletedAtSite => Self::Lost,
                Standing::Retrieve => Self::Retrieve,
                Standing::OnlyAtSite => Self::Take,
                Standing::SendUpdate => Self::Update,
                Standing::NotSent => Self::Send,
                _ => Self::Nothing,
            },
        }
    }

    /// Whether a person has something to decide or mend in this very cell.
    pub fn is_someones(self) -> bool {
        self >= Self::Update
    }

    /// The mark of a cell that asks for this; of `> <` only the half that matters.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Nothing => "=",
            Self::Send => "+",
            Self::Unknown => "?",
            Self::Update => ">",
            Self::Take => "*",
            Self::Retrieve => "<",
            Self::Lost => "-",
            Self::Conflict => "≠",
            Self::Blocked => "!",
        }
    }
}

/// A cell without its ages and reasons: what counting and sorting need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// How the site stands.
    pub standing: Standing,
    /// What that asks of people.
    pub need: Need,
    /// Whether an order is on its way.
    pub sending: bool,
    /// Whether nothing can be said of this one file, while of others of its site something can.
    pub unsaid: bool,
}

impl Glance {
    /// Of a cell.
    pub fn of(cell: &Cell) -> Self {
        let sending = cell.overlay.is_open();
        let unsaid = matches!(cell.unknown, Some(Unknown::File(_)));
        Self { standing: cell.standing, need: Need::of(cell), sending, unsaid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Blocked;

    fn need(standing: Standing, overlay: Overlay) -> Need {
        Need::of(&Cell { standing, overlay, unknown: None, unknown_since: None, age: None, is_stale: true, hook_again: false })
    }

    #[test]
    fn a_cell_calls_for_a_person_only_when_there_is_something_to_decide_or_mend() {
        let table = [
            (Standing::NotApplicable, false),
            (Standing::Unknown, false),
            (Standing::OtherVersion, false),
            (Standing::Absent, false),
            (Standing::OnlyAtSite, true),
            (Standing::InSync, false),
            (Standing::NotSent, false),
            (Standing::DeletedAtSite, true),
            (Standing::Removed, false),
            (Standing::SendUpdate, true),
            (Standing::Retrieve, true),
            (Standing::Conflict, true),
        ];
        for (standing, calls) in table {
            assert_eq!(need(standing, Overlay::None).is_someones(), calls, "{standing:?}");
        }
    }

    #[test]
    fn what_is_on_its_way_is_nobodys_and_what_came_to_nothing_is_the_worst() {
        for standing in [Standing::NotSent, Standing::SendUpdate, Standing::Conflict] {
            assert_eq!(need(standing, Overlay::Sending("queued")), Need::Nothing, "{standing:?}");
            assert_eq!(need(standing, Overlay::Blocked(Blocked::Expired)), Need::Blocked, "{standing:?}");
        }
        assert!(Need::Blocked > Need::Conflict && Need::Conflict > Need::Retrieve && Need::Retrieve > Need::Update);
    }

    #[test]
    fn an_order_on_its_way_to_a_site_of_which_nothing_is_known_changes_nothing_about_that() {
        assert_eq!(need(Standing::Unknown, Overlay::Sending("queued")), Need::Unknown);
    }
}
