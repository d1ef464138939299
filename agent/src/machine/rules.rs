//! The machine without a world: events in, effects out, and time is only a number.

mod hooks;
mod orders;
mod polling;

use super::*;
use crate::journal::Journal;
use crate::scan::Report;
use crate::server::{PollAnswer, PollAsk};
use crate::trouble::Trouble;
use crate::trust::Held;
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Generation;
use fieldpost_common::inventory::{Directory, FileFact, Inventory, Listing};
use fieldpost_common::order::{Action, Order};
use fieldpost_common::statement::Form;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, Trust};
use fieldpost_common::wire::{Batch, InventoryAnswer};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

/// A machine with its own clock.
struct Bench {
    state: State,
    mono: Duration,
}

const MINUTE: Duration = Duration::from_mins(1);
const PARKED: Duration = Duration::from_secs(50);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn trust() -> Held {
    let developer =
        Developer { may_run_actions: false, ..Developer::unrestricted("ada".parse().expect("user"), key(2).public()) };
    Held { newest: Some(Trust::found(key(1).public(), developer)), ..Held::pinned(key(1).public()) }
}

fn of(content: &str) -> ContentHash {
    ContentHash::of(content.as_bytes())
}

fn generation(n: u8) -> Generation {
    format!("{n}.{}", fieldpost_common::id::hex32([n; 16])).parse().expect("generation")
}

fn lost() -> Trouble {
    Trouble::Lost { server: "https://post.example".to_owned(), proxy: None, detail: Clean::line("reset") }
}

fn unreachable_server() -> Trouble {
    Trouble::Unreachable { server: "https://post.example".to_owned(), proxy: None, detail: Clean::line("refused") }
}

/// A scan that found these files.
fn report(files: &[(&str, &str)]) -> Report {
    let fact = |content: &str| FileFact { sha256: of(content), size: content.len() as u64, modified: Timestamp::from_ms(0) };
    let files = files.iter().map(|(name, content)| (name.parse().expect("name"), fact(content))).collect();
    let version = "7.7".parse().expect("version");
    let listing = Listing { files, ..Listing::empty(version, Directory::Present) };
    let applications = BTreeMap::from([("trading".parse().expect("app"), listing)]);
    Report { inventory: Inventory { applications }, ..Report::default() }
}

/// An order of ada's for this site.
fn order(counter: u64, expected: Option<&str>, content: Option<&str>) -> Order {
    Order {
        form: Form::default(),
        action: content.map_or(Action::Remove, |content| Action::Put { sha256: of(content), size: content.len() as u64 }),
        application: "trading".parse().expect("app"),
        patch: "Order.st".parse().expect("name"),
        site: "acme".parse().expect("site"),
        counter,
        expected: expected.map(of),
        created: Timestamp::from_ms(0),
        install_by: Timestamp::from_ms(1_000_000_000),
        key: key(2).public().id(),
        reason: None,
        again: false,
    }
}

fn batch(orders: Vec<Envelope>) -> Batch {
    Batch {
        generation: generation(1),
        trust: Vec::new(),
        orders,
        wanted: Vec::new(),
        commands: Vec::new(),
        inventory_wanted: false,
        memory_wanted: false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a poll may fail")]
fn news(revision: u64, batch: Batch) -> Result<PollAnswer, Trouble> {
    Ok(PollAnswer { news: Some((Some(format!("\"{revision}\"")), batch)), interval: None })
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a poll may fail")]
fn nothing_new() -> Result<PollAnswer, Trouble> {
    Ok(PollAnswer { news: None, interval: None })
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup {
            site: "acme".parse().expect("site"),
            wait: PARKED,
            interval: MINUTE,
            max_size: 1 << 20,
            hooks: BTreeMap::new(),
            walkbacks: BTreeSet::new(),
            actions: BTreeSet::new(),
            built: Timestamp::from_ms(0),
        };
        change(&mut setup);
        let journal = Journal { generation: Some(generation(1)), ..Journal::default() };
        Self { state: State::new(setup, journal, trust(), HashSet::new()), mono: Duration::ZERO }
    }

    fn feed(&mut self, event: Event) -> Vec<Effect> {
        let wall = Timestamp::from_ms(i64::try_from(self.mono.as_millis()).expect("short"));
        handle(&mut self.state, event, Now { wall, mono: self.mono, dice: 0 })
    }

    fn after(&mut self, pause: Duration, event: Event) -> Vec<Effect> {
        self.mono += pause;
        self.feed(event)
    }

    fn scanned(&mut self, files: &[(&str, &str)]) -> Vec<Effect> {
        self.feed(Event::Scanned(Box::new(report(files))))
    }

    /// The server takes the inventory as it is.
    fn put(&mut self, wanted: &[&str]) -> Vec<Effect> {
        let digest = self.state.digest.expect("a scan");
        let answer = InventoryAnswer {
            generation: generation(1),
            wanted: wanted.iter().map(|content| of(content)).collect(),
            refused: BTreeMap::default(),
        };
        self.feed(Event::InventoryPut { digest, answer: Ok(answer) })
    }

    /// Started, scanned, inventory sent; gives back the first poll.
    fn ready(&mut self, files: &[(&str, &str)]) -> PollAsk {
        self.feed(Event::Started);
        self.scanned(files);
        poll(&self.put(&[])).expect("the first poll")
    }

    fn polled(&mut self, pause: Duration, number: u64, answer: Result<PollAnswer, Trouble>) -> Vec<Effect> {
        self.after(pause, Event::Polled { number, answer })
    }
}

fn poll(effects: &[Effect]) -> Option<PollAsk> {
    effects.iter().find_map(|effect| if let Effect::Poll(ask) = effect { Some(ask.clone()) } else { None })
}

fn timer(effects: &[Effect]) -> Option<(u64, Duration)> {
    effects.iter().find_map(|effect| if let Effect::Timer { id, after } = effect { Some((*id, *after)) } else { None })
}

fn logs(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Log(..))).count()
}
