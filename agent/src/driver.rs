//! Turns the world into events and runs effects: the only place that waits. What to do decides [`crate::machine`].

mod addresses;
mod files;
mod sending;
mod start;
mod watch;
mod work;

pub use start::{StartError, start};

use crate::address_book::AddressBook;
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::history::{History, about_agent, recording};
use crate::hook::{self, HookRun};
use crate::machine::{Effect, Ended, Event, Executed, Level, ScanReason, State, UploadEnd, Work, handle};
use crate::server::{PollAsk, Server};
use crate::status::Status;
use crate::trouble::Trouble;
use crate::walkbacks::Collector;
use crate::{durable, room, trust};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, BootId, CommandId};
use fieldpost_common::order::Failure;
use fieldpost_common::plan::Place;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{CommandResult, MAX_REMEMBERED, OrderResult, PlaceCounter, Results, SiteMemory};
use files::Files;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use watch::Watch;

/// A running agent.
pub struct Driver {
    config: Arc<Config>,
    clock: Clock,
    boot: BootId,
    server: Server,
    addresses: AddressBook,
    files: Files,
    state: State,
    watch: Watch,
    hint: Arc<Notify>,
    events: mpsc::UnboundedSender<Event>,
    arrived: mpsc::UnboundedReceiver<Event>,
    status_due: bool,
    walkbacks: Arc<Mutex<Collector>>,
    history: History,
    /// Work that can be stopped.
    stops: HashMap<CommandId, oneshot::Sender<()>>,
    began: Timestamp,
}

/// The status file is written so long after something happened.
const STATUS_PAUSE: Duration = Duration::from_secs(1);

impl Driver {
    /// Runs until `shutdown` is done.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        self.record(recording::Entry::Whole(vec![about_agent(&self.config.words(), self.clock.now().wall)]));
        self.feed(Event::Started);
        loop {
            let event = tokio::select! {
                () = &mut shutdown => break,
                Some(event) = self.arrived.recv() => event,
                () = self.hint.notified() => Event::FileHint,
                () = tokio::time::sleep(STATUS_PAUSE), if self.status_due => {
                    self.write_status(None);
                    continue;
                }
            };
            self.feed(event);
        }
        self.save();
        self.write_status(Some(clock::wall()));
        self.record(recording::Entry::Whole(vec![about_agent("the agent stops", self.clock.now().wall)]));
        tracing::info!("the agent stops");
    }

    fn feed(&mut self, event: Event) {
        match &event {
            Event::Scanned(report) => self.watch.follow(&self.config, report),
            Event::Worked { command, .. } => {
                self.stops.remove(command);
            }
            Event::AddressTried(answered) => self.address_tried(*answered),
            Event::Polled { answer, .. } => self.address_polled(answer),
            _ => {}
        }
        let now = self.clock.now();
        self.record(recording::of_event(&event, &self.state, now));
        let mut saved = true;
        for effect in handle(&mut self.state, event, now) {
            match effect {
                // A batch that is journalled without the trust that it came with would not be asked for again.
                Effect::Save => saved = saved && self.save(),
                effect if !saved => self.carry_out_unsaved(effect),
                effect => {
                    let recorded = self.record(recording::of_effect(&effect, &self.state, now));
                    match effect {
                        Effect::SaveTrust(bytes) => {
                            saved = self.save_trust(&bytes);
                            self.address_signed();
                        }
                        effect if recorded => self.carry_out(effect),
                        effect => self.carry_out_unsaved(effect),
                    }
                }
            }
        }
        self.server.follow(self.state.journal.generation.as_ref());
        self.status_due = true;
    }

    /// Writes into the site's history; whether that went well.
    fn record(&mut self, entry: recording::Entry) -> bool {
        let recorded = self.history.record(entry);
        if let Err(error) = &recorded {
            tracing::error!("the site's history in {} can't be written: {error}", self.config.state_dir.as_path().display());
        }
        recorded.is_ok()
    }

    fn save(&self) -> bool {
        let path = self.config.state(crate::journal::FILE);
        let saved = self.state.journal.save(&path);
        if let Err(error) = &saved {
            self.send(Event::SaveFailed(format!("{}: {error}", path.display())));
        }
        saved.is_ok()
    }

    fn save_trust(&self, bytes: &[u8]) -> bool {
        let path = self.config.state(trust::FILE);
        let saved = durable::write(&path, bytes, 0o600);
        if let Err(error) = &saved {
            self.send(Event::SaveFailed(format!("{}: {error}", path.display())));
        }
        saved.is_ok()
    }

    /// What isn't journalled is neither acted on nor told to the server as known; nor is anything done without its record.
    fn carry_out_unsaved(&mut self, effect: Effect) {
        const WHY: &str = "the agent's journal or its history can't be written";
        match effect {
            Effect::Execute(step) => {
                let failure = room::check(self.config.state_dir.as_path(), 0).err();
                let words = format!("{WHY} in {}", self.config.state_dir.as_path().display());
                let failure = failure.unwrap_or_else(|| Failure::Io { detail: Clean::line(&words) });
                self.send(Event::Executed { step, end: Executed::Failed(failure) });
            }
            Effect::Hook(run) => self.send(Event::HookDone { orders: run.orders(), report: hook::not_run(run.per, WHY) }),
            Effect::Work { command, work: Work::Action { .. } } => {
                let reason = Clean::line(WHY);
                self.send(Event::Worked { command, end: Ended::Failed { reason, tail: None } });
            }
            Effect::Poll(ask) => self.carry_out(Effect::Poll(PollAsk { etag: None, ..ask })),
            effect => self.carry_out(effect),
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            // Done before, by `feed`: saved, or written into the history.
            Effect::Save | Effect::SaveTrust(_) | Effect::Concluded(_) => {}
            Effect::Scan(reason) => {
                tracing::debug!(?reason, "scan");
                self.files.scan(self.clock, reason == ScanReason::Command, self.events.clone());
            }
            Effect::Execute(step) => self.files.execute(self.clock, *step, self.events.clone()),
            Effect::Upload { sha256, places } => self.upload(sha256, places),
            Effect::Fetch { sha256, size } => self.fetch(sha256, size),
            Effect::KeepDownloads(wanted) => {
                if let Err(error) = self.files.downloads.keep_only(&wanted) {
                    tracing::warn!("old downloads can't be cleared away: {error}");
                }
            }
            Effect::Poll(ask) => self.poll(ask),
            Effect::PutMemory => self.put_memory(),
            Effect::PutInventory(digest) => self.put_inventory(digest),
            Effect::Work { command, work } => self.work(command, work),
            Effect::Stop(command) => {
                // It may have ended just now; then there is nothing to stop.
                self.stops.remove(&command).map(|stop| stop.send(()));
            }
            Effect::TellCommands(results) => self.tell_commands(results),
            Effect::LookForWalkbacks => self.look_for_walkbacks(),
            Effect::SendWalkbacks { put_off } => self.send_walkbacks(put_off),
            Effect::SendResults(results) => self.send_results(results),
            Effect::Hook(run) => self.hook(*run),
            Effect::Timer { id, after } => {
                let events = self.events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    // Nobody listens any more when the agent stops.
                    let _ = events.send(Event::Timer(id));
                });
            }
            Effect::Log(level, words) => log(level, &words),
        }
    }

    fn send(&self, event: Event) {
        // Nobody listens any more when the agent stops.
        let _ = self.events.send(event);
    }

    /// Runs something beside the loop and feeds back what came of it.
    fn beside(&self, work: impl Future<Output = Event> + Send + 'static) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let event = work.await;
            // Nobody listens any more when the agent stops.
            let _ = events.send(event);
        });
    }

    fn put_memory(&self) {
        let counters = self.state.journal.accepted.iter().take(MAX_REMEMBERED);
        let counters = counters.map(|((application, patch), accepted)| PlaceCounter {
            application: application.clone(),
            patch: patch.clone(),
            counter: accepted.counter,
        });
        let memory = SiteMemory {
            counters: counters.collect(),
            trust: self.state.trust.chain.clone(),
            kept: self.files.kept.list().into_iter().take(MAX_REMEMBERED).collect(),
        };
        let server = self.server.clone();
        self.beside(async move {
            let body = serde_json::to_vec(&memory).map_err(std::io::Error::other);
            let answer = match body.and_then(|body| zstd::encode_all(body.as_slice(), 3)) {
                Ok(body) => server.put_memory(body).await,
                Err(error) => Err(local(&format!("what is remembered can't be packed: {error}"))),
            };
            Event::MemoryPut { answer }
        });
    }

    fn put_inventory(&self, digest: ContentHash) {
        let body = self.state.packed.as_ref().filter(|packed| packed.digest == digest).map(|packed| packed.body.to_vec());
        let (server, clock) = (self.server.clone(), self.clock);
        self.beside(async move {
            let answer = match body {
                Some(body) => server.put_inventory(body, clock.now().wall).await,
                None => Err(local("no scan was made yet")),
            };
            Event::InventoryPut { digest, answer }
        });
    }

    fn upload(&self, sha256: ContentHash, places: Vec<Place>) {
        let (server, files) = (self.server.clone(), self.files.clone());
        self.beside(async move {
            let end = match files.pack(sha256, places).await {
                Ok(Some(parcel)) => match parcel.body().await {
                    Ok(body) => match server.put_content(&sha256, body, (parcel.size(), parcel.hash())).await {
                        Ok(answer) => UploadEnd::Stored(answer),
                        Err(trouble) => UploadEnd::Failed(trouble),
                    },
                    Err(error) => UploadEnd::Failed(local(&error.to_string())),
                },
                Ok(None) => UploadEnd::Changed,
                Err(error) => UploadEnd::Blocked(room::failure(&files.config.state("uploads").join("x"), 0, &error)),
            };
            Event::Uploaded { sha256, end }
        });
    }

    fn fetch(&self, sha256: ContentHash, size: u64) {
        let (server, downloads) = (self.server.clone(), Arc::clone(&self.files.downloads));
        self.beside(async move { Event::Fetched { sha256, end: downloads.fetch(&server, sha256, size).await } });
    }

    fn tell_commands(&self, sent: Vec<CommandResult>) {
        let server = self.server.clone();
        self.beside(async move {
            let answer = server.send_results(&Results { commands: sent.clone(), ..Results::default() }).await;
            Event::CommandsTold { sent, answer }
        });
    }

    fn look_for_walkbacks(&self) {
        let (walkbacks, clock, events) = (Arc::clone(&self.walkbacks), self.clock, self.events.clone());
        tokio::task::spawn_blocking(move || {
            let looked = walkbacks.lock().unwrap_or_else(PoisonError::into_inner).look(clock.now().mono);
            // Nobody listens any more when the agent stops.
            let _ = events.send(Event::WalkbacksLooked(looked));
        });
    }

    fn send_walkbacks(&self, put_off: BTreeSet<AppName>) {
        let (walkbacks, server, clock) = (Arc::clone(&self.walkbacks), self.server.clone(), self.clock);
        self.beside(async move { sending::send(&walkbacks, &server, put_off, clock.now().wall).await });
    }

    fn send_results(&self, sent: Vec<OrderResult>) {
        let server = self.server.clone();
        self.beside(async move {
            let answer = server.send_results(&Results { orders: sent.clone(), ..Results::default() }).await;
            Event::ResultsSent { sent, answer }
        });
    }

    fn hook(&self, run: HookRun) {
        let config = Arc::clone(&self.config);
        self.beside(async move {
            let orders = run.orders();
            let entry = config.application(&run.application);
            let report = match entry.and_then(|entry| Some((entry, entry.after_install.as_ref()?))) {
                Some((entry, hook)) => hook::run(hook, &run, &config.site, entry.directory.as_path(), &entry.redact).await,
                None => hook::not_run(run.per, "the config names no hook"),
            };
            Event::HookDone { orders, report }
        });
    }

    fn write_status(&mut self, stopped: Option<Timestamp>) {
        self.status_due = false;
        let status = files::status(&self.config, &self.state, self.clock.now(), self.began);
        let status = Status { stopped, server: self.addresses.current().to_string(), ..status };
        let bytes = serde_json::to_vec(&status).unwrap_or_else(|error| unreachable!("a status is plain data: {error}"));
        if let Err(error) = durable::write_lightly(&self.config.state(crate::status::FILE), &bytes) {
            tracing::debug!("the status can't be written: {error}");
        }
    }
}

fn local(words: &str) -> Trouble {
    Trouble::Local { detail: Clean::line(words) }
}

fn log(level: Level, words: &str) {
    match level {
        Level::Info => tracing::info!("{words}"),
        Level::Warn => tracing::warn!("{words}"),
        Level::Error => tracing::error!("{words}"),
    }
}
