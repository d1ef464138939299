//! One server and two sites in a few fields: `cell`, `advance`, `plan` and the inventory's three answers play together against random
//! moves, and after each move the rules that must never break are looked at.

mod site;
mod vendor;

use super::{content, place};
use crate::cell::{AtSite, Direction, Standing};
use crate::hash::ContentHash;
use crate::id::OrderId;
use crate::inventory::Answer;
use crate::order::Order;
use crate::order::state::{OrderEvent, OrderState, Progress};
use crate::plan::{Outcome, What};
use crate::time::Timestamp;
use proptest::prelude::*;
use site::{Cut, Site};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;
use vendor::Vendor;

const SITES: usize = 2;

/// Everything that people and the world may do.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// Someone saves a file at a site.
    Edit(usize, u8),
    /// Someone deletes it.
    Delete(usize),
    /// Nobody writes at a site for a while.
    Rest(usize),
    /// The agent's user may or may not read the file.
    Readable(usize, bool),
    /// A developer publishes.
    Publish(u8),
    /// A developer presses `>` or `+`; `bold` also answers the question for a backward send, having seen the site's hash.
    Send { site: usize, bold: bool },
    /// A developer has the file removed that was seen there.
    Remove(usize),
    /// A developer presses `<` and publishes what the site has.
    Retrieve { site: usize, bold: bool },
    /// The agent polls once.
    Poll(usize, Fault),
    /// The agent's process ends and begins anew.
    RestartAgent(usize),
    /// The agent's state folder is lost.
    LoseState(usize),
    /// The server's process ends and begins anew.
    RestartServer,
    /// Somebody copies the server's data.
    Backup,
    /// The copy becomes the server's data.
    Restore,
    /// The site's clock is moved so many days away.
    Clock(usize, i64),
    /// The site's machine is copied and both copies run.
    Clone(usize),
    /// The original polls while its copy runs.
    PollOriginal(usize),
}

/// A fault during a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// The server has done its part and its answer is lost.
    AnswerLost,
    /// What the agent reports afterwards is lost.
    ReportLost,
    /// A byte of the inventory is flipped on the way: the server refuses it.
    InventoryFlipped,
    /// A byte of the batch is flipped on the way: its order doesn't open.
    BatchFlipped,
    /// A proxy sends the poll twice and answers with the second answer.
    Doubled,
    /// A server with the data of before a restore answers.
    OldServer,
    /// The agent is killed, or its power cut.
    Cut(Cut),
}

fn any_move() -> impl Strategy<Value = Move> {
    let site = || 0..SITES;
    prop_oneof![
        3 => (site(), 0u8..4).prop_map(|(site, text)| Move::Edit(site, text)),
        1 => site().prop_map(Move::Delete),
        3 => site().prop_map(Move::Rest),
        1 => (site(), any::<bool>()).prop_map(|(site, readable)| Move::Readable(site, readable)),
        2 => (0u8..4).prop_map(Move::Publish),
        4 => (site(), any::<bool>()).prop_map(|(site, bold)| Move::Send { site, bold }),
        1 => site().prop_map(Move::Remove),
        2 => (site(), any::<bool>()).prop_map(|(site, bold)| Move::Retrieve { site, bold }),
        10 => (site(), any_fault()).prop_map(|(site, fault)| Move::Poll(site, fault)),
        2 => site().prop_map(Move::RestartAgent),
        1 => site().prop_map(Move::LoseState),
        1 => Just(Move::RestartServer),
        1 => Just(Move::Backup),
        1 => Just(Move::Restore),
        1 => (site(), -40_000i64..40_000).prop_map(|(site, days)| Move::Clock(site, days)),
        1 => site().prop_map(Move::Clone),
        1 => site().prop_map(Move::PollOriginal),
    ]
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let cut = prop_oneof![Just(Cut::Counter), Just(Cut::File), Just(Cut::Journal)];
    prop_oneof![
        6 => Just(Fault::Nothing),
        1 => Just(Fault::AnswerLost),
        1 => Just(Fault::ReportLost),
        1 => Just(Fault::InventoryFlipped),
        1 => Just(Fault::BatchFlipped),
        1 => Just(Fault::Doubled),
        1 => Just(Fault::OldServer),
        3 => cut.prop_map(Fault::Cut),
    ]
}

struct World {
    now: Timestamp,
    vendor: Vendor,
    sites: Vec<Site>,
    /// Originals whose copies run in their place.
    originals: Vec<Option<Site>>,
    backup: Option<Vendor>,
    /// The data of before a restore, on a machine that somebody may start again.
    retired: Option<Vendor>,
    boots: u64,
    orders: u8,
    /// Contents that were acknowledged to whoever gave them.
    acknowledged: HashSet<ContentHash>,
    /// What was ever published or seen by the person who signed for it.
    signed_for: HashSet<ContentHash>,
    /// Orders whose effect happened, by journal.
    done: BTreeSet<(u64, OrderId)>,
}

impl World {
    fn new() -> Self {
        let boots = u64::try_from(SITES).expect("few");
        Self {
            now: Timestamp::from_ms(10),
            vendor: Vendor::new(SITES),
            sites: (1..=boots).map(Site::new).collect(),
            originals: vec![None; SITES],
            backup: None,
            retired: None,
            boots,
            orders: 0,
            acknowledged: HashSet::new(),
            signed_for: HashSet::new(),
            done: BTreeSet::new(),
        }
    }

    fn next_boot(&mut self) -> u64 {
        self.boots += 1;
        self.boots
    }

    fn publish(&mut self, sha256: ContentHash) {
        self.vendor.publish(sha256);
        self.acknowledged.insert(sha256);
        self.signed_for.insert(sha256);
    }

    fn give(&mut self, site: usize, outcome: Option<ContentHash>) {
        self.orders = self.orders.checked_add(1).expect("few orders");
        self.vendor.give(site, super::id(self.orders), outcome, self.now);
    }

    fn send(&mut self, site: usize, bold: bool) {
        let allowed = self.vendor.cell(site).send().is_some_and(|direction| direction == Direction::Forward || bold);
        if let (true, Some(current)) = (allowed, self.vendor.current) {
            self.give(site, Some(current));
        }
    }

    fn retrieve(&mut self, site: usize, bold: bool) {
        let allowed = self.vendor.cell(site).retrieve().is_some_and(|direction| direction == Direction::Forward || bold);
        if let (true, Some(has)) = (allowed, self.vendor.seen_content(site))
            && self.vendor.stored.contains(&has)
        {
            self.publish(has);
        }
    }

    fn poll(&mut self, site: usize, fault: Fault) {
        self.sites[site].scan(self.now);
        if fault == Fault::OldServer {
            return self.poll_retired(site);
        }
        if !self.vendor.let_in(site, self.sites[site].boot) {
            return;
        }
        self.follow(site);
        if fault != Fault::InventoryFlipped {
            self.tell(site, fault == Fault::Nothing);
        }
        let revision = self.vendor.sites[site].revision;
        if self.sites[site].tag == Some(revision) {
            return;
        }
        let mut batch = self.vendor.batch(site, self.now);
        if fault == Fault::Doubled {
            batch = self.vendor.batch(site, self.now);
        }
        match fault {
            Fault::AnswerLost => return,
            // An order that doesn't open is reported under an id that nobody knows; the batch's tag isn't kept.
            Fault::BatchFlipped if !batch.is_empty() => return,
            _ => {}
        }
        self.carry_out_all(site, &batch, fault);
        // Whatever may still come of the batch, it comes again until its order has ended.
        self.sites[site].tag = batch.is_empty().then_some(revision);
        if let Fault::Cut(_) = fault {
            let boot = self.next_boot();
            self.sites[site].restart(boot);
        } else if fault != Fault::ReportLost {
            self.tell(site, fault == Fault::Nothing);
        }
    }

    /// A step may be followed by the next within one poll: upload, fetch, then put.
    fn carry_out_all(&mut self, site: usize, batch: &[(OrderId, Order)], fault: Fault) {
        while let Some(step) = self.sites[site].plan(batch, self.now) {
            let more = self.carry_out(site, &batch[0].0, step, fault);
            self.sites[site].scan(self.now);
            if !more {
                break;
            }
        }
    }

    /// New data void what was stored in the old; what the site kept and what it has accepted comes home.
    fn follow(&mut self, site: usize) {
        let (vendor, agent) = (&mut self.vendor, &mut self.sites[site]);
        if vendor.epoch > agent.epoch {
            agent.epoch = vendor.epoch;
            agent.agent.stored.clear();
            agent.tag = None;
            vendor.stored.extend(&agent.kept);
        }
        vendor.sites[site].counter = vendor.sites[site].counter.max(agent.counter());
    }

    /// Data of before a restore that was followed are refused: nothing of them is carried out.
    fn poll_retired(&mut self, site: usize) {
        let Some(mut retired) = self.retired.clone() else { return };
        if retired.epoch < self.sites[site].epoch {
            return;
        }
        // This site hasn't heard of the restore: to it the old data are the data.
        std::mem::swap(&mut self.vendor, &mut retired);
        let batch = self.vendor.batch(site, self.now);
        self.carry_out_all(site, &batch, Fault::ReportLost);
        std::mem::swap(&mut self.vendor, &mut retired);
    }

    /// The inventory goes up and is acknowledged, and so is the content that it names, unless that is lost on its way.
    fn tell(&mut self, site: usize, gives_content: bool) {
        let agent = &self.sites[site];
        if matches!(agent.answer(), Answer::HasNot) {
            assert_eq!(agent.disk, None, "a file that is there is never said to be gone");
        }
        self.vendor.hear(site, agent.answer(), self.now);
        if let (AtSite::Present(has), true) = (self.vendor.sites[site].seen, gives_content) {
            self.vendor.stored.insert(has);
            self.sites[site].agent.stored.insert(has);
            self.acknowledged.insert(has);
        }
    }

    /// Says whether a further step may follow.
    fn carry_out(&mut self, site: usize, id: &OrderId, step: What, fault: Fault) -> bool {
        let cut = if let Fault::Cut(cut) = fault { Some(cut) } else { None };
        let event = match step {
            What::Upload { sha256, .. } => {
                self.vendor.stored.insert(sha256);
                self.acknowledged.insert(sha256);
                return self.sites[site].agent.stored.insert(sha256);
            }
            What::Fetch { sha256, .. } => {
                assert!(self.vendor.stored.contains(&sha256), "the server has what it offers");
                return self.sites[site].agent.fetched.insert(sha256);
            }
            What::Put { expected, sha256, counter, .. } => {
                assert!(self.signed_for.contains(&sha256), "only bytes that a developer signed for reach a site");
                self.replace(site, id, counter, (expected, Some(sha256)), cut);
                OrderEvent::Progress(Progress::Installed)
            }
            What::Remove { expected, counter } => {
                self.replace(site, id, counter, (Some(expected), None), cut);
                OrderEvent::Progress(Progress::Installed)
            }
            What::Settle { counter } => {
                self.sites[site].accept(counter, id, Some(Outcome::Installed));
                OrderEvent::Progress(Progress::Installed)
            }
            What::Refuse { why, counter } => {
                if let Some(counter) = counter {
                    self.sites[site].accept(counter, id, Some(Outcome::Failed(why.clone())));
                }
                OrderEvent::Failed(why)
            }
            What::Repeat { outcome: Outcome::Installed } => OrderEvent::Progress(Progress::Installed),
            What::Repeat { outcome: Outcome::Failed(why) } => OrderEvent::Failed(why),
        };
        if fault != Fault::ReportLost && cut.is_none() {
            self.vendor.advance(site, event, self.now);
            let heard = self.sites[site].counter();
            self.vendor.sites[site].counter = self.vendor.sites[site].counter.max(heard);
        }
        false
    }

    fn replace(
        &mut self,
        site: usize,
        id: &OrderId,
        counter: u64,
        change: (Option<ContentHash>, Option<ContentHash>),
        cut: Option<Cut>,
    ) {
        if let Some(old) = self.sites[site].disk {
            assert!(self.vendor.stored.contains(&old), "bytes that nobody else has were replaced");
        }
        if self.sites[site].replace(id, counter, change, cut) {
            assert!(self.done.insert((self.sites[site].journal, id.clone())), "an order's effect happened twice");
        }
    }

    fn restore(&mut self) {
        let Some(backup) = self.backup.clone() else { return };
        let newest = self.vendor.clone();
        self.vendor = backup.restored(newest.epoch, self.now);
        // Apps give back the newest publication that they verified, as far as its bytes are still somewhere.
        if let Some(current) = newest.current.filter(|current| self.is_somewhere(current)) {
            self.vendor.publish(current);
        }
        // A restore loses what backup, sites and apps all lack, and nothing else.
        self.forget_lost();
        for site in 0..SITES {
            assert_eq!(self.vendor.cell(site).standing, Standing::Unknown, "nothing is claimed on what the backup believed");
            assert!(
                self.vendor.clone().batch(site, self.now).is_empty(),
                "an order of the backup is offered before somebody sends again"
            );
        }
        self.retired = Some(newest);
    }

    fn is_somewhere(&self, content: &ContentHash) -> bool {
        let at = |site: &Site| site.disk == Some(*content) || site.kept.contains(content);
        self.vendor.stored.contains(content) || self.sites.iter().chain(self.originals.iter().flatten()).any(at)
    }

    fn play(&mut self, step: Move) {
        self.now = self.now.plus(Duration::from_millis(1));
        match step {
            Move::Edit(site, text) => self.by_hand(site, |site| site.edit(text)),
            Move::Delete(site) => self.by_hand(site, |site| site.change(None)),
            Move::Rest(site) => self.sites[site].rest(),
            Move::Readable(site, readable) => self.sites[site].set_readable(readable),
            Move::Publish(text) => self.publish(content(&text.to_string())),
            Move::Send { site, bold } => self.send(site, bold),
            Move::Remove(site) if self.vendor.seen_content(site).is_some() => self.give(site, None),
            Move::Retrieve { site, bold } => self.retrieve(site, bold),
            Move::Poll(site, fault) => self.poll(site, fault),
            Move::RestartAgent(site) => {
                let boot = self.next_boot();
                self.sites[site].restart(boot);
            }
            Move::LoseState(site) => {
                let boot = self.next_boot();
                self.by_hand(site, |site| site.lose_state(boot));
            }
            Move::RestartServer => self.vendor.restart(),
            Move::Backup => self.backup = Some(self.vendor.clone()),
            Move::Restore => self.restore(),
            Move::Clock(site, days) => self.sites[site].clock_days = days,
            Move::Clone(site) => self.clone_site(site),
            Move::PollOriginal(site) => self.poll_original(site),
            Move::Remove(_) => {}
        }
    }

    /// Somebody at a site does away with bytes: what nobody else has, since a restored server has not heard of it yet, is theirs to lose.
    fn by_hand(&mut self, site: usize, change: impl FnOnce(&mut Site)) {
        // A file that was put right before a cut and is gone when the agent looks again can't be told from one that was never put.
        if let Some(accepted) = self.sites[site].agent.accepted.get(&place()).filter(|accepted| accepted.outcome.is_none()) {
            self.done.remove(&(self.sites[site].journal, accepted.order.clone()));
        }
        change(&mut self.sites[site]);
        self.forget_lost();
    }

    fn forget_lost(&mut self) {
        let kept: HashSet<_> = self.acknowledged.iter().copied().filter(|content| self.is_somewhere(content)).collect();
        self.acknowledged = kept;
    }

    /// From now on the copy polls; it is a process of its own.
    fn clone_site(&mut self, site: usize) {
        if self.originals[site].is_none() {
            self.originals[site] = Some(self.sites[site].clone());
            let boot = self.next_boot();
            self.sites[site].restart(boot);
            self.sites[site].journal = boot;
        }
    }

    /// The original polls too: once the copy has, that is found out, and neither is given anything.
    fn poll_original(&mut self, site: usize) {
        let Some(mut original) = self.originals[site].take() else { return };
        let found_out = self.vendor.sites[site].cloned;
        std::mem::swap(&mut self.sites[site], &mut original);
        let before = self.sites[site].disk;
        self.poll(site, Fault::Nothing);
        if found_out {
            assert_eq!(self.sites[site].disk, before, "a clone that was found out is given nothing");
        }
        std::mem::swap(&mut self.sites[site], &mut original);
        self.originals[site] = Some(original);
    }

    /// A person ends the copy and enrols the site anew; the file can be read, clocks are right, nobody writes.
    fn calm_down(&mut self) {
        for site in 0..SITES {
            if let Some(original) = self.originals[site].take() {
                self.sites[site] = original;
                self.forget_lost();
            }
            let boot = self.next_boot();
            self.sites[site].restart(boot);
            self.vendor.sites[site].cloned = false;
            self.sites[site].set_readable(true);
            self.sites[site].clock_days = 0;
        }
    }

    fn settle(&mut self, polls: usize) {
        for site in (0..SITES).flat_map(|site| std::iter::repeat_n(site, polls)) {
            self.sites[site].rest();
            self.poll(site, Fault::Nothing);
        }
    }

    /// The rules that hold after each move.
    fn check(&self) {
        for content in &self.acknowledged {
            assert!(self.is_somewhere(content), "{} was acknowledged and is nowhere", content.short());
        }
        for site in 0..SITES {
            let cell = self.vendor.cell(site);
            if cell.standing == Standing::InSync {
                assert_eq!(self.vendor.seen_content(site), self.vendor.current, "`=` without a look that showed it");
            }
            if cell.standing == Standing::DeletedAtSite || cell.standing == Standing::Removed {
                assert_eq!(self.vendor.sites[site].seen, AtSite::Absent, "a deletion without a look that showed it");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_acknowledged_is_lost_nothing_is_done_twice_and_nothing_is_claimed_unseen(
        moves in proptest::collection::vec(any_move(), 0..60),
    ) {
        let mut world = World::new();
        for step in moves {
            world.play(step);
            world.check();
        }
    }

    #[test]
    fn when_faults_and_edits_stop_three_polls_settle_every_cell_and_ten_more_change_nothing(
        moves in proptest::collection::vec(any_move(), 0..60),
    ) {
        let mut world = World::new();
        for step in moves {
            world.play(step);
        }
        world.calm_down();
        world.settle(3);
        let settled: Vec<_> = (0..SITES).map(|site| (world.vendor.cell(site), world.sites[site].disk)).collect();
        for (site, (cell, disk)) in settled.iter().enumerate() {
            // An order may rest on "installed" only where the site changed again since: its own deadline ends it.
            let rests = |(latest, _): &(crate::cell::LatestOrder, Order)| {
                matches!(latest.state, OrderState::Started { step: Progress::Installed, .. }) && latest.action.outcome() != *disk
            };
            let resting = world.vendor.sites[site].order.as_ref().is_some_and(rests);
            prop_assert!(cell.word() != "sending" || resting, "{:?} {:?}", cell, world.vendor.sites[site].order);
            let same = disk.is_some() && *disk == world.vendor.current;
            prop_assert_eq!(cell.standing == Standing::InSync, same, "{:?}", cell);
            prop_assert!(cell.standing != Standing::Unknown, "{:?}", cell);
        }
        world.settle(10);
        let later: Vec<_> = (0..SITES).map(|site| (world.vendor.cell(site), world.sites[site].disk)).collect();
        prop_assert_eq!(later, settled);
    }

    #[test]
    fn without_an_order_nothing_at_the_site_ever_changes(
        moves in proptest::collection::vec(
            any_move().prop_filter("no orders", |step| !matches!(step, Move::Send { .. } | Move::Remove(_) | Move::Clone(_))), 0..60,
        ),
    ) {
        let mut world = World::new();
        let mut by_hand = [None; SITES];
        for step in moves {
            match &step {
                Move::Edit(site, text) => by_hand[*site] = Some(content(&text.to_string())),
                Move::Delete(site) => by_hand[*site] = None,
                _ => {}
            }
            world.play(step);
            prop_assert_eq!([world.sites[0].disk, world.sites[1].disk], by_hand);
        }
    }
}
