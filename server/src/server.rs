//! What all handlers share: the store, what is kept in memory beside it, and the limits.

use crate::api::grid::Grids;
use crate::body;
use crate::config::Config;
use crate::damage::Proven;
use crate::error::Error;
use crate::feed::Feed;
use crate::health::Health;
use crate::mailbox::Mailboxes;
use crate::people::People;
use crate::random;
use crate::store::runs::Run;
use crate::store::{Effect, Store, StoreError, incident, meta, runs, site, trust, user};
use crate::throttle::Throttle;
use crate::watch::sight::{Sight, behind};
use fieldpost_common::id::Generation;
use fieldpost_common::incident::Subject;
use fieldpost_common::time::Timestamp;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, Notify, Semaphore, watch};

/// What handlers get.
pub(crate) type Shared = Arc<Server>;

/// One running server.
pub(crate) struct Server {
    pub(crate) store: Store,
    pub(crate) memory: Arc<Memory>,
    pub(crate) grids: Grids,
    pub(crate) throttle: Throttle,
    pub(crate) health: Health,
    pub(crate) proven: Proven,
    /// Bodies are unpacked and read so many at a time.
    pub(crate) turns: Semaphore,
    pub(crate) config: Config,
    pub(crate) generation: Generation,
    /// The runs that these data have seen; the last one is this.
    pub(crate) runs: Vec<Run>,
    known_url: std::sync::Mutex<String>,
    stopping: watch::Sender<bool>,
}

/// What is known without asking the store.
pub(crate) struct Memory {
    pub(crate) mailboxes: Mailboxes,
    pub(crate) people: People,
    pub(crate) feed: Feed,
    /// Rings when there are revisions to be read.
    pub(crate) unread: Notify,
    /// Rings when the watch should look.
    pub(crate) news: Notify,
    /// Rings when something waits to be mailed.
    pub(crate) to_tell: Notify,
    /// Held while some are read.
    pub(crate) reading: Mutex<()>,
}

impl Memory {
    fn empty() -> Result<Self, Error> {
        let epoch = random::hex32()?;
        let (mailboxes, feed) = (Mailboxes::new(random::start()?), Feed::new(epoch));
        Ok(Self {
            mailboxes,
            people: People::default(),
            feed,
            unread: Notify::new(),
            news: Notify::new(),
            to_tell: Notify::new(),
            reading: Mutex::new(()),
        })
    }

    fn apply(&self, effect: Effect) {
        match effect {
            Effect::Changed(change) => self.feed.push(change),
            Effect::Unread => self.unread.notify_one(),
            Effect::News => self.news.notify_one(),
            Effect::ToTell => self.to_tell.notify_one(),
            Effect::Wake(site) => self.mailboxes.of(&site).wake(),
            Effect::WakeAll => self.mailboxes.wake_all(),
            Effect::Inventory(site, digest, now) => self.mailboxes.of(&site).inventory_set(digest, now),
            Effect::SiteToken(site, token) => self.mailboxes.token_set(&site, token),
            Effect::Remembered(site) => self.mailboxes.of(&site).remembered(),
            Effect::Trust(version) => self.mailboxes.trust_set(version),
            Effect::SiteGone(site) => self.mailboxes.remove(&site),
            Effect::UserRole(user, role) => self.people.role_set(&user, role),
            Effect::UserToken(user, role, token) => self.people.token_set(user, role, token),
            Effect::UserGone(user) => self.people.remove(&user),
        }
    }
}

impl Server {
    /// Opens the data.
    pub(crate) fn open(config: Config) -> Result<Shared, StoreError> {
        let memory = Arc::new(Memory::empty().map_err(|error| StoreError::Io(error.to_string()))?);
        let applied = Arc::clone(&memory);
        let store = Store::open(&config.data, memory.mailboxes.start(), move |effect| applied.apply(effect))?;
        let generation = store.peek(meta::generation_fetch)?;
        let runs = store.peek(runs::run_list)?;
        let known_url = std::sync::Mutex::new(store.peek(meta::url_fetch)?);
        memory.mailboxes.load(store.peek(site::site_mailboxes)?);
        let known = store.peek(|db| incident::incident_known(db, crate::clock::now()))?;
        let open = || known.iter().filter(|(_, incident)| incident.is_open());
        memory.mailboxes.differed(open().filter_map(|(subject, incident)| match subject {
            Subject::InventoryStale { site } => Some((site.clone(), incident.since)),
            _ => None,
        }));
        memory.mailboxes.were_behind(open().filter_map(|(subject, incident)| match subject {
            Subject::AgentFailing { site, what } if what == behind::WHAT => Some((site.clone(), incident.since)),
            _ => None,
        }));
        memory.mailboxes.trust_set(store.peek(trust::trust_newest)?.map_or(0, |trust| trust.version));
        for site in store.peek(runs::went_back_fetch)?.into_iter().flat_map(|back| back.sites) {
            memory.mailboxes.went_back_set(&site);
        }
        memory.people.load(store.peek(user::user_tokens)?);
        let stopping = watch::Sender::new(false);
        Ok(Arc::new(Self {
            store,
            memory,
            grids: Grids::default(),
            throttle: Throttle::default(),
            health: Health::default(),
            proven: Proven::default(),
            turns: body::turns(),
            config,
            generation,
            runs,
            known_url,
            stopping,
        }))
    }

    /// The public address. Read each time: `fieldpost-server set-url` may have changed it a moment ago. Where it can't be read, the one
    /// before is good enough for a mail that says so.
    pub(crate) fn url(&self) -> String {
        let mut known = self.known_url.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(url) = self.store.peek::<_, StoreError>(meta::url_fetch) {
            *known = url;
        }
        known.clone()
    }

    /// By which measures the sites are judged.
    pub(crate) fn sight(&self) -> Sight {
        let Config { poll, state, silence, .. } = &self.config;
        let (poll, grace, state) = (poll.expected(), silence.grace, state.every);
        Sight {
            poll,
            grace,
            state,
            listening_since: Timestamp::default(),
            disk: Ok(None),
            log: None,
            outdated: None,
            faults: self.health.lasting(),
            unchecked: self.health.unchecked(),
        }
    }

    /// Lets everything that waits go.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits for a change, for so long, or until the server stops; whether the change came.
    pub(crate) async fn park(&self, change: &mut watch::Receiver<u64>, wait: Duration) -> bool {
        let mut stopping = self.stopping.subscribe();
        tokio::select! {
            changed = change.changed() => changed.is_ok(),
            () = tokio::time::sleep(wait) => false,
            _ = stopping.wait_for(|stopping| *stopping) => false,
        }
    }

    /// Says `true` once the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Waits until the server stops.
    pub(crate) async fn stopped(&self) {
        // An error means that the sender is gone, and the server with it.
        drop(self.stopping.subscribe().wait_for(|stopping| *stopping).await);
    }
}
