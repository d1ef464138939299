//! A machine on the bench: events go in, effects come out, timers go off when the test lets time pass.

use crate::clock::Now;
use crate::journal::Journal;
use crate::machine::{Effect, Event, Executed, Level, Setup, State, handle};
use crate::scan::Report;
use crate::server::{PollAnswer, PollAsk};
use crate::trouble::Trouble;
use crate::trust::Held;
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Generation;
use fieldpost_common::inventory::{Directory, FileFact, Inventory, Listing};
use fieldpost_common::order::{Action, Order};
use fieldpost_common::plan::{Place, Step};
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, Trust};
use fieldpost_common::wire::{Batch, InventoryAnswer, OrderResult};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

pub(super) const MINUTE: Duration = Duration::from_mins(1);
pub(super) const WAIT: Duration = Duration::from_secs(50);
pub(super) const START: Timestamp = Timestamp::from_ms(1_800_000_000_000);

/// A machine with its clock and its running timers.
pub(super) struct Bench {
    pub(super) state: State,
    pub(super) now: Now,
    timers: Vec<(u64, Duration)>,
}

impl Bench {
    /// A machine that was just made, with polls that wait so long at the server.
    pub(super) fn new(wait: Duration, journal: Journal) -> Self {
        let setup = Setup {
            site: "acme".parse().expect("site"),
            wait,
            interval: MINUTE,
            max_size: 100,
            hooks: BTreeMap::new(),
            walkbacks: std::collections::BTreeSet::new(),
            actions: [("trading".parse().expect("app"), "restart".parse().expect("action"))].into(),
            built: Timestamp::from_ms(0),
        };
        let now = Now { wall: START, mono: Duration::from_secs(5), dice: 0 };
        Self { state: State::new(setup, journal, trust(), HashSet::new()), now, timers: Vec::new() }
    }

    /// A machine that has scanned these files, has sent its inventory and waits for its first poll.
    pub(super) fn polling(wait: Duration, files: &[(&str, &str)]) -> Self {
        let mut bench = Self::new(wait, Journal::default());
        bench.feed(Event::Started);
        bench.feed(scanned(files));
        bench.put_answered(1);
        bench
    }

    /// Takes in one event; gives back what is to be done, timers aside.
    pub(super) fn feed(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = handle(&mut self.state, event, self.now);
        effects.retain(|effect| match effect {
            Effect::Timer { id, after } => {
                self.timers.push((*id, self.now.mono + *after));
                false
            }
            _ => true,
        });
        effects
    }

    /// Lets time pass, and every timer go off at its time.
    pub(super) fn pass(&mut self, time: Duration) -> Vec<Effect> {
        let end = self.now.mono + time;
        let mut effects = Vec::new();
        while let Some(index) = self.next_timer(end) {
            let (id, due) = self.timers.remove(index);
            self.step_to(due);
            effects.extend(self.feed(Event::Timer(id)));
        }
        self.step_to(end);
        effects
    }

    /// Lets time pass, and sees these files whenever the machine looks.
    pub(super) fn pass_looking(&mut self, time: Duration, files: &[(&str, &str)]) -> Vec<Effect> {
        let end = self.now.mono + time;
        let mut effects = Vec::new();
        while self.now.mono < end {
            let mut new = self.pass(Duration::from_secs(1).min(end.saturating_sub(self.now.mono)));
            while scans(&new) > 0 {
                effects.append(&mut new);
                new = self.feed(scanned(files));
            }
            effects.append(&mut new);
        }
        effects
    }

    fn next_timer(&self, end: Duration) -> Option<usize> {
        let due = self.timers.iter().enumerate().filter(|(_, (_, due))| *due <= end);
        due.min_by_key(|(_, (_, due))| *due).map(|(index, _)| index)
    }

    fn step_to(&mut self, mono: Duration) {
        self.now.wall = self.now.wall.plus(mono.saturating_sub(self.now.mono));
        self.now.mono = mono;
    }

    /// The inventory that is on its way is answered by the server's data of that number.
    pub(super) fn put_answered(&mut self, generation: u8) -> Vec<Effect> {
        let digest = self.state.digest.expect("a scan was made");
        self.feed(Event::InventoryPut {
            digest,
            answer: Ok(InventoryAnswer {
                generation: self::generation(generation),
                wanted: vec![],
                refused: BTreeMap::default(),
            }),
        })
    }

    /// The poll under way ends so.
    pub(super) fn polled(&mut self, answer: Result<PollAnswer, Trouble>) -> Vec<Effect> {
        let number = self.state.polls;
        self.feed(Event::Polled { number, answer })
    }

    /// The poll under way brings these orders.
    pub(super) fn ordered(&mut self, orders: &[Envelope]) -> Vec<Effect> {
        self.polled(news(orders))
    }

    /// The download under way ends well.
    pub(super) fn fetched(&mut self, text: &str) -> Vec<Effect> {
        self.feed(Event::Fetched { sha256: content(text), end: Ok(()) })
    }

    /// A step ends so.
    pub(super) fn executed(&mut self, step: &Step, end: Executed) -> Vec<Effect> {
        self.feed(Event::Executed { step: Box::new(step.clone()), end })
    }

    /// All results that wait are acknowledged.
    pub(super) fn acknowledge(&mut self) -> Vec<Effect> {
        let sent = self.state.journal.results.clone();
        self.feed(Event::ResultsSent { sent, answer: Ok(()) })
    }
}

pub(super) fn content(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

pub(super) fn generation(n: u8) -> Generation {
    format!("{n}.{}", fieldpost_common::id::hex32([n; 16])).parse().expect("generation")
}

pub(super) fn place(name: &str) -> Place {
    ("trading".parse().expect("app"), name.parse().expect("name"))
}

pub(super) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn trust() -> Held {
    let developer = Developer::unrestricted("ada".parse().expect("user"), key(2).public());
    let root = key(1).public();
    Held { newest: Some(Trust::found(root, developer)), ..Held::pinned(root) }
}

/// An order by the developer who is trusted: replace `expected` with `outcome`.
pub(super) fn order(patch: &str, counter: u64, expected: Option<&str>, outcome: Option<&str>) -> Order {
    Order {
        form: Form::default(),
        action: outcome.map_or(Action::Remove, |text| Action::Put { sha256: content(text), size: text.len() as u64 }),
        application: place(patch).0,
        patch: place(patch).1,
        site: "acme".parse().expect("site"),
        counter,
        expected: expected.map(content),
        created: START,
        install_by: START.plus(Duration::from_hours(24)),
        key: key(2).public().id(),
        reason: None,
        again: false,
    }
}

pub(super) fn signed(order: &Order) -> Envelope {
    order.sign(&key(2))
}

pub(super) fn fact(text: &str) -> FileFact {
    FileFact { sha256: content(text), size: text.len() as u64, modified: START }
}

/// A scan that saw these files.
pub(super) fn report(files: &[(&str, &str)], directory: Directory) -> Report {
    let files = files.iter().map(|(name, text)| (place(name).1, fact(text))).collect();
    let listing = Listing { files, ..Listing::empty("7.7".parse().expect("version"), directory) };
    let inventory = Inventory { applications: [(place("x").0, listing)].into() };
    Report { inventory, ..Report::default() }
}

pub(super) fn scanned(files: &[(&str, &str)]) -> Event {
    Event::Scanned(Box::new(report(files, Directory::Present)))
}

pub(super) fn batch(orders: &[Envelope]) -> Batch {
    Batch {
        generation: generation(1),
        trust: vec![],
        orders: orders.to_vec(),
        wanted: vec![],
        commands: vec![],
        inventory_wanted: false,
        memory_wanted: false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a poll ends with")]
pub(super) fn news(orders: &[Envelope]) -> Result<PollAnswer, Trouble> {
    Ok(PollAnswer { news: Some((Some("\"x.1\"".to_owned()), batch(orders))), interval: None })
}

#[expect(clippy::unnecessary_wraps, reason = "what a poll ends with")]
pub(super) fn nothing_new() -> Result<PollAnswer, Trouble> {
    Ok(PollAnswer { news: None, interval: None })
}

pub(super) fn unreachable_server() -> Trouble {
    Trouble::Unreachable { server: "https://post.example".to_owned(), proxy: None, detail: Clean::line("connection refused") }
}

pub(super) fn lost() -> Trouble {
    Trouble::Lost { server: "https://post.example".to_owned(), proxy: None, detail: Clean::line("reset by peer") }
}

pub(super) fn problem(code: Code) -> Trouble {
    Trouble::Problem { problem: Problem::new(code, "no"), retry_after: None, proven: true }
}

pub(super) fn polls(effects: &[Effect]) -> Vec<&PollAsk> {
    effects.iter().filter_map(|effect| if let Effect::Poll(ask) = effect { Some(ask) } else { None }).collect()
}

pub(super) fn scans(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Scan(_))).count()
}

pub(super) fn puts(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::PutInventory(_))).count()
}

pub(super) fn steps(effects: &[Effect]) -> Vec<Step> {
    effects.iter().filter_map(|effect| if let Effect::Execute(step) = effect { Some(Step::clone(step)) } else { None }).collect()
}

/// The results that are sent to the server.
pub(super) fn results(effects: &[Effect]) -> Vec<OrderResult> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::SendResults(results) = effect { Some(results.clone()) } else { None })
        .flatten()
        .collect()
}

/// Warnings and errors.
pub(super) fn complaints(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Log(Level::Warn | Level::Error, _))).count()
}

pub(super) fn position(effects: &[Effect], is: impl Fn(&Effect) -> bool) -> usize {
    effects.iter().position(is).expect("the effect is there")
}
