//! One server and one site in a few fields: `cell`, `advance` and `plan` play together against random moves.

use super::{Agent, content, id, order, place};
use crate::cell::{AtSite, Base, Cell, Direction, Facts, LatestOrder, Published, Standing, Unknown, cell};
use crate::hash::ContentHash;
use crate::id::OrderId;
use crate::inventory::FileFact;
use crate::order::Order;
use crate::order::state::{OrderEvent, OrderState, Progress, advance};
use crate::plan::{Accepted, Outcome, What};
use crate::time::Timestamp;
use proptest::prelude::*;
use std::collections::HashSet;
use std::time::Duration;

/// What people and the world may do.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// Someone saves a file at the site.
    Edit(u8),
    /// Someone deletes it.
    Delete,
    /// A developer publishes.
    Publish(u8),
    /// A developer presses `>` or `+`; `bold` also answers the question for a backward send, having seen the site's hash.
    Send { bold: bool },
    /// A developer presses `<` and publishes what the site has.
    Retrieve { bold: bool },
    /// The agent polls once.
    Poll(Fault),
}

/// What goes wrong during a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    AnswerLost,
    ReportLost,
    /// The agent is killed after the counter is written and before the file is.
    Killed,
}

fn any_move() -> impl Strategy<Value = Move> {
    let fault = prop_oneof![Just(Fault::Nothing), Just(Fault::AnswerLost), Just(Fault::ReportLost), Just(Fault::Killed)];
    prop_oneof![
        2 => (0u8..4).prop_map(Move::Edit),
        1 => Just(Move::Delete),
        2 => (0u8..4).prop_map(Move::Publish),
        3 => any::<bool>().prop_map(|bold| Move::Send { bold }),
        2 => any::<bool>().prop_map(|bold| Move::Retrieve { bold }),
        6 => fault.prop_map(Move::Poll),
    ]
}

struct World {
    now: Timestamp,
    // The vendor's side.
    current: Option<ContentHash>,
    earlier: Vec<ContentHash>,
    seen: AtSite,
    base: Base,
    order: Option<(LatestOrder, Order)>,
    counter: u64,
    stored: HashSet<ContentHash>,
    // The site.
    agent: Agent,
    disk: Option<ContentHash>,
}

impl World {
    fn new() -> Self {
        Self {
            now: Timestamp::from_ms(10),
            current: None,
            earlier: Vec::new(),
            seen: AtSite::Unknown(Unknown::NoInventory),
            base: Base::Never,
            order: None,
            counter: 0,
            stored: HashSet::new(),
            agent: Agent::with(None),
            disk: None,
        }
    }

    fn cell(&self) -> Cell {
        cell(&Facts {
            published: Published { current: self.current, earlier: &self.earlier, newer: &[], elsewhere: false },
            site: self.seen,
            site_since: None,
            unknown_since: None,
            base: self.base,
            order: self.order.as_ref().map(|(latest, _)| latest),
            age: Some(Duration::ZERO),

            silent_after: std::time::Duration::from_mins(5),
        })
    }

    fn seen_content(&self) -> Option<ContentHash> {
        match self.seen {
            AtSite::Present(has) => Some(has),
            _ => None,
        }
    }

    fn publish(&mut self, sha256: ContentHash) {
        self.stored.insert(sha256);
        if self.current != Some(sha256) {
            self.earlier.extend(self.current);
            self.current = Some(sha256);
        }
        self.agree();
    }

    fn agree(&mut self) {
        if let (AtSite::Present(has), Some(current)) = (self.seen, self.current)
            && has == current
        {
            self.base = Base::Content(has);
        }
    }

    fn send(&mut self, bold: bool) {
        let allowed = self.cell().send().is_some_and(|direction| direction == Direction::Forward || bold);
        let (true, Some(current)) = (allowed, self.current) else { return };
        let seen = self.seen_content();
        self.counter += 1;
        let order = order(self.counter, seen, Some(current));
        let latest = LatestOrder {
            id: id(u8::try_from(self.counter).expect("few orders")),
            action: order.action,
            expected: seen,
            state: OrderState::Queued,
            by: "ada".parse().expect("user"),
            created: self.now,
        };
        self.order = Some((latest, order));
    }

    fn retrieve(&mut self, bold: bool) {
        let allowed = self.cell().retrieve().is_some_and(|direction| direction == Direction::Forward || bold);
        if let (true, Some(has)) = (allowed, self.seen_content())
            && self.stored.contains(&has)
        {
            self.publish(has);
        }
    }

    fn event(&mut self, event: OrderEvent) {
        if let Some((latest, _)) = &mut self.order {
            latest.state = advance(latest.state.clone(), event, self.now);
        }
    }

    /// The site's inventory arrives: facts first, then what they confirm.
    fn inventory(&mut self) {
        self.seen = self.disk.map_or(AtSite::Absent, AtSite::Present);
        self.stored.extend(self.disk);
        self.agent.stored.extend(self.disk);
        let wanted = self.order.as_ref().is_some_and(|(latest, _)| latest.action.outcome() == self.disk);
        let confirmed = |world: &Self| world.order.as_ref().is_some_and(|(latest, _)| latest.state.word() == "confirmed");
        if wanted && !confirmed(self) {
            self.event(OrderEvent::Shown { awaits_hook: false });
            if confirmed(self) {
                self.base = self.disk.map_or(Base::Absent, Base::Content);
            }
        }
        self.agree();
    }

    fn scan(&mut self) {
        let files = &mut self.agent.inventory.applications.get_mut(&place().0).expect("listing").files;
        files.clear();
        let fact = |sha256| FileFact { sha256, size: 3, modified: Timestamp::default() };
        files.extend(self.disk.map(|sha256| (place().1, fact(sha256))));
    }

    fn poll(&mut self, fault: Fault) {
        self.scan();
        self.inventory();
        let open = self.order.as_ref().filter(|(latest, _)| latest.state.is_open());
        let batch: Vec<(OrderId, Order)> = open.map(|(latest, order)| (latest.id.clone(), order.clone())).into_iter().collect();
        self.event(OrderEvent::Offered);
        if fault == Fault::AnswerLost {
            return;
        }
        // A step may be followed by the next within one poll: upload, fetch, then put.
        while let Some(step) = self.agent.plan_at(&batch, self.now).pop() {
            let more = self.carry_out(&batch[0].0, step, fault);
            self.scan();
            if !more {
                break;
            }
        }
        if fault != Fault::ReportLost {
            self.inventory();
        }
    }

    /// Says whether a further step may follow.
    fn carry_out(&mut self, id: &OrderId, step: What, fault: Fault) -> bool {
        let accept = |counter, outcome| Accepted { counter, order: id.clone(), outcome };
        let report = match step {
            What::Upload { sha256, .. } => {
                self.stored.insert(sha256);
                return self.agent.stored.insert(sha256);
            }
            What::Fetch { sha256, .. } => {
                assert!(self.stored.contains(&sha256), "the server has what it offers");
                return self.agent.fetched.insert(sha256);
            }
            What::Put { counter, .. } | What::Remove { counter, .. } if fault == Fault::Killed => {
                self.agent.accepted.insert(place(), accept(counter, None));
                return false;
            }
            What::Put { expected, sha256, counter, .. } => {
                self.replace(expected, Some(sha256));
                self.agent.accepted.insert(place(), accept(counter, Some(Outcome::Installed)));
                OrderEvent::Progress(Progress::Installed)
            }
            What::Remove { expected, counter } => {
                self.replace(Some(expected), None);
                self.agent.accepted.insert(place(), accept(counter, Some(Outcome::Installed)));
                OrderEvent::Progress(Progress::Installed)
            }
            What::Settle { counter } => {
                self.agent.accepted.insert(place(), accept(counter, Some(Outcome::Installed)));
                OrderEvent::Progress(Progress::Installed)
            }
            What::Refuse { why, counter } => {
                if let Some(counter) = counter {
                    self.agent.accepted.insert(place(), accept(counter, Some(Outcome::Failed(why.clone()))));
                }
                OrderEvent::Failed(why)
            }
            What::Repeat { outcome: Outcome::Installed } => OrderEvent::Progress(Progress::Installed),
            What::Repeat { outcome: Outcome::Failed(why) } => OrderEvent::Failed(why),
        };
        if fault != Fault::ReportLost {
            self.event(report);
        }
        false
    }

    fn replace(&mut self, expected: Option<ContentHash>, new: Option<ContentHash>) {
        assert_eq!(self.disk, expected, "a step names exactly what is there");
        if let Some(old) = self.disk {
            assert!(self.stored.contains(&old), "bytes that nobody else has were replaced");
        }
        self.disk = new;
    }

    fn play(&mut self, step: Move) {
        self.now = self.now.plus(Duration::from_millis(1));
        match step {
            Move::Edit(text) => self.disk = Some(content(&text.to_string())),
            Move::Delete => self.disk = None,
            Move::Publish(text) => self.publish(content(&text.to_string())),
            Move::Send { bold } => self.send(bold),
            Move::Retrieve { bold } => self.retrieve(bold),
            Move::Poll(fault) => self.poll(fault),
        }
    }
}

proptest! {
    #[test]
    fn when_faults_and_edits_stop_three_polls_settle_every_cell_and_ten_more_change_nothing(
        moves in proptest::collection::vec(any_move(), 0..40),
    ) {
        let mut world = World::new();
        for step in moves {
            world.play(step);
        }
        for _ in 0..3 {
            world.poll(Fault::Nothing);
        }
        let settled = (world.cell(), world.disk, world.base, world.current);
        // An order may rest on "installed" only where the site changed again since: its own deadline ends it.
        let resting = world.order.as_ref().is_some_and(|(latest, _)| latest.state.word() == "installed" && latest.action.outcome() != world.disk);
        prop_assert!(settled.0.word() != "sending" || resting, "{:?} {:?}", settled, world.order);
        let same = world.disk.is_some() && world.disk == world.current;
        prop_assert_eq!(settled.0.standing == Standing::InSync, same);
        for _ in 0..10 {
            world.poll(Fault::Nothing);
        }
        prop_assert_eq!((world.cell(), world.disk, world.base, world.current), settled);
    }

    #[test]
    fn everything_that_the_site_ever_reported_can_be_had_again(moves in proptest::collection::vec(any_move(), 0..40)) {
        let mut world = World::new();
        let mut reported = HashSet::new();
        for step in moves {
            world.play(step);
            reported.extend(world.seen_content());
        }
        prop_assert!(reported.is_subset(&world.stored));
    }

    #[test]
    fn without_an_order_nothing_at_the_site_ever_changes(
        moves in proptest::collection::vec(any_move().prop_filter("no orders", |step| !matches!(step, Move::Send { .. })), 0..40),
    ) {
        let mut world = World::new();
        let mut by_hand = None;
        for step in moves {
            match &step {
                Move::Edit(text) => by_hand = Some(content(&text.to_string())),
                Move::Delete => by_hand = None,
                _ => {}
            }
            world.play(step);
            prop_assert_eq!(world.disk, by_hand);
        }
    }
}
