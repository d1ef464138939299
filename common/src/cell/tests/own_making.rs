//! Whatever is edited, published, retrieved, merged, sent and undone: bytes of a site's own making are never replaced by a plain `>`.

use super::*;
use crate::cell::agreement::{Agreement, newest_that_counts};
use crate::publication::succession::{Fate, Step, around, can_take_back, entry, fates, standing};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy)]
enum Move {
    /// Somebody saves one of a few contents at the site.
    Edit(u8),
    /// A developer publishes one of a few contents, perhaps one that was published before.
    Publish(u8),
    /// The site's content becomes the published one: a retrieve, or a conflict in which the site's side is taken.
    RetrievePublish,
    /// A conflict is merged: the result is published and sent over what the person has seen.
    Merge(u8),
    Unpublish,
    /// `bold`: a person has looked and names what is replaced.
    Send {
        bold: bool,
    },
    /// The last own act is undone: what was sent gives way to what was there, what was published to what was current.
    Undo,
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0u8..4).prop_map(Move::Edit),
        3 => (0u8..4).prop_map(Move::Publish),
        3 => Just(Move::RetrievePublish),
        2 => (0u8..4).prop_map(Move::Merge),
        1 => Just(Move::Unpublish),
        4 => any::<bool>().prop_map(|bold| Move::Send { bold }),
        4 => Just(Move::Undo),
    ]
}

/// What undo looks at.
#[derive(Debug, Clone, Copy)]
enum Act {
    Published { before: Option<ContentHash> },
    Sent { before: Option<ContentHash> },
}

#[derive(Default)]
struct World {
    steps: Vec<Step>,
    agreements: Vec<Agreement>,
    has: Option<ContentHash>,
    acts: Vec<Act>,
    /// What was made at the site.
    own: BTreeSet<ContentHash>,
    /// Another way to know what the vendor has taken as published: the publications one after another, and a copy from before each.
    accepted: Vec<ContentHash>,
    copies: Vec<Vec<ContentHash>>,
}

impl World {
    fn current(&self) -> Option<ContentHash> {
        self.steps.last().and_then(|step| step.sha256)
    }

    fn fate(&self, step: i64) -> Fate {
        fates(&self.steps)[usize::try_from(step).expect("a step")]
    }

    fn cell(&self) -> Cell {
        let (earlier, newer) = around(&standing(&self.steps), self.current());
        let base = newest_that_counts(&self.agreements, |step| self.fate(step)).map_or(Base::Never, |agreement| agreement.base);
        cell(&Facts {
            published: Published { current: self.current(), earlier: &earlier, newer: &newer, elsewhere: false },
            site: self.has.map_or(AtSite::Absent, AtSite::Present),
            base,
            ..facts()
        })
    }

    fn entry(&self) -> Option<i64> {
        let last = self.steps.len().checked_sub(1)?;
        i64::try_from(entry(&self.steps, last)).ok()
    }

    /// The site's inventory comes: both agree where they have the same.
    fn look(&mut self) {
        if self.has.is_some() && self.has == self.current() {
            let base = self.has.map_or(Base::Never, Base::Content);
            self.agree(Agreement { base, publication: self.entry(), vendors: false });
        }
    }

    fn agree(&mut self, agreement: Agreement) {
        let newest = newest_that_counts(&self.agreements, |step| self.fate(step));
        if newest.is_none_or(|newest| (newest.base, newest.publication) != (agreement.base, agreement.publication)) {
            self.agreements.push(agreement);
        }
    }

    fn publish(&mut self, sha256: Option<ContentHash>) {
        let before = self.current();
        if before == sha256 {
            return;
        }
        self.copies.push(self.accepted.clone());
        match sha256 {
            Some(sha256) => self.accepted.push(sha256),
            None => drop(self.accepted.pop()),
        }
        self.steps.push(Step { sha256, takes_back: false });
        self.acts.push(Act::Published { before });
        self.look();
    }

    /// An order is given and carried out.
    fn put(&mut self, sha256: Option<ContentHash>) {
        self.has = sha256;
        let of = |(step, fate): (&Step, Fate)| !step.takes_back && step.sha256 == sha256 && fate == Fate::Stands;
        let publication = self.steps.iter().zip(fates(&self.steps)).rposition(of).and_then(|step| i64::try_from(step).ok());
        match sha256 {
            None => self.agree(Agreement { base: Base::Absent, publication: None, vendors: false }),
            Some(content) if publication.is_some() => {
                self.agree(Agreement { base: Base::Content(content), publication, vendors: !self.own.contains(&content) });
            }
            Some(_) => {}
        }
        self.look();
    }

    fn send(&mut self, bold: bool) {
        let (Some(direction), Some(current)) = (self.cell().send(), self.current()) else { return };
        if direction == Direction::Backward && !bold {
            return;
        }
        if let Some(has) = self.has.filter(|has| direction == Direction::Forward && self.own.contains(has)) {
            let place = |content| self.accepted.iter().position(|one| *one == content);
            let superseded = place(has).is_some_and(|has| place(current).is_some_and(|current| has < current));
            assert!(superseded, "the site's own {} is replaced without a question: {:?}", has.short(), self.steps);
        }
        self.acts.push(Act::Sent { before: self.has });
        self.put(Some(current));
    }

    fn undo(&mut self) {
        match self.acts.pop() {
            Some(Act::Sent { before }) => self.put(before),
            Some(Act::Published { before }) if can_take_back(&self.steps, before) => {
                self.steps.push(Step { sha256: before, takes_back: true });
                self.accepted = self.copies.pop().expect("a copy for each publication");
                self.look();
            }
            _ => {}
        }
    }

    fn carry_out(&mut self, one: Move) {
        let vendors = |number: u8| content(&format!("vendor {number}"));
        match one {
            Move::Edit(number) => {
                let made = content(&format!("site {number}"));
                self.own.insert(made);
                self.has = Some(made);
                self.look();
            }
            Move::Publish(number) => self.publish(Some(vendors(number))),
            Move::RetrievePublish if self.has.is_some() => self.publish(self.has),
            Move::Merge(number) if self.cell().standing == Standing::Conflict => {
                self.publish(Some(content(&format!("merged {number}"))));
                self.send(true);
            }
            Move::Unpublish if self.current().is_some() => self.publish(None),
            Move::Send { bold } => self.send(bold),
            Move::Undo => self.undo(),
            Move::RetrievePublish | Move::Merge(_) | Move::Unpublish => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_a_sites_own_making_are_never_replaced_by_a_plain_send(moves in proptest::collection::vec(any_move(), 1..24)) {
        let mut world = World::default();
        for one in moves {
            world.carry_out(one);
        }
    }

    #[test]
    fn undoing_a_publication_makes_the_cell_what_it_was(moves in proptest::collection::vec(any_move(), 0..16), last in 0u8..6) {
        let mut world = World::default();
        for one in moves {
            world.carry_out(one);
        }
        let (before, steps) = (world.cell(), world.steps.len());
        world.carry_out(match last {
            4 => Move::RetrievePublish,
            5 => Move::Unpublish,
            number => Move::Publish(number),
        });
        if world.steps.len() > steps {
            world.carry_out(Move::Undo);
            prop_assert_eq!(world.cell(), before, "{:?}", world.steps);
        }
    }
}

#[test]
fn undoing_a_merge_brings_the_conflict_back() {
    let mut world = World::default();
    for one in [Move::Publish(0), Move::Send { bold: false }, Move::Edit(0), Move::Publish(1)] {
        world.carry_out(one);
    }
    assert_eq!(world.cell().standing, Standing::Conflict);
    world.carry_out(Move::RetrievePublish);
    assert_eq!(world.cell().standing, Standing::InSync);
    world.carry_out(Move::Undo);
    assert_eq!(world.cell().standing, Standing::Conflict);
    assert_eq!(world.cell().send(), Some(Direction::Backward));
}

#[test]
fn a_retrieved_file_that_the_vendor_improves_is_updated_without_a_question() {
    let mut world = World::default();
    for one in [Move::Edit(0), Move::RetrievePublish, Move::Publish(1)] {
        world.carry_out(one);
    }
    assert_eq!((world.cell().standing, world.cell().send()), (Standing::SendUpdate, Some(Direction::Forward)));
    world.carry_out(Move::RetrievePublish);
    assert_eq!(world.cell().standing, Standing::InSync);
}
