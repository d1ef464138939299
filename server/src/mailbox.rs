//! What polls are answered from: one mailbox per site, in memory, rebuilt at start. What is in it is read from the store.

use crate::lineage::Outdated;
use crate::presence::{PollId, Presence, Verdict};
use crate::store::site::{MailboxRow, Seen};
use crate::trust_held::{Behind, Holds, followed};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::SiteName;
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// All mailboxes, and whose token is whose.
pub(crate) struct Mailboxes {
    start: u64,
    /// The version of the trust document that the server has.
    trust: AtomicU64,
    /// A site may hold something that the store doesn't know: only then all are looked at.
    has_unsaved_holds: AtomicBool,
    by_site: RwLock<HashMap<SiteName, Arc<Mailbox>>>,
    tokens: RwLock<HashMap<ContentHash, SiteName>>,
    differing: Arc<Differing>,
}

/// Sites that see other files than the inventory that is kept says, and since when.
type Differing = Mutex<BTreeMap<SiteName, Timestamp>>;

/// One site's mailbox.
pub(crate) struct Mailbox {
    site: SiteName,
    revision: watch::Sender<u64>,
    known: Mutex<Known>,
    differing: Arc<Differing>,
}

#[derive(Debug, Default)]
struct Known {
    digest: Option<ContentHash>,
    /// How many inventories came in this run.
    puts: u64,
    presence: Presence,
    /// Until when the newest poll may wait.
    waits_until: Option<Instant>,
    clones: Option<[String; 2]>,
    /// When the site last said that its inventory is the one that is kept.
    confirmed: Option<Timestamp>,
    seen: Option<Seen>,
    /// Whether `seen` is newer than what the store has.
    unsaved: bool,
    /// Whether the site has told these data what it remembers.
    remembered: bool,
    /// When it was last asked for that.
    asked: Option<Timestamp>,
    /// What the site says that it holds and reads, and what of that the store has.
    holds: Holds,
    holds_kept: Holds,
    /// It holds an older version of the trust document than the server.
    behind: Option<Behind>,
    /// How these data are behind what the site follows.
    outdated: Option<Outdated>,
    /// It has shown that these data went back.
    has_shown: bool,
}

/// How soon a site that hasn't told what it remembers is asked again.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// What a poll finds of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InventoryState {
    pub(crate) digest: Option<ContentHash>,
    pub(crate) puts: u64,
}

/// How a poll was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reception {
    /// Answer it.
    Welcome,
    /// Answer it as the first one: it may wait until then.
    Again(Instant),
    /// Answer that there is nothing.
    Late,
    /// Refuse it. `new`: they were only now found out.
    Clones { addresses: [String; 2], new: bool },
}

impl Mailboxes {
    /// None yet. `start` is where revisions begin: another place in every run, so that no old `ETag` fits.
    pub(crate) fn new(start: u64) -> Self {
        Self {
            start,
            trust: AtomicU64::new(0),
            has_unsaved_holds: AtomicBool::new(false),
            by_site: RwLock::default(),
            tokens: RwLock::default(),
            differing: Arc::default(),
        }
    }

    /// Where the revisions of this run begin.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Rebuilds them out of the store.
    pub(crate) fn load(&self, rows: Vec<MailboxRow>) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        let mut by_site = self.by_site.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let holds = row.holds;
            tokens.extend(row.token.map(|token| (token, row.site.clone())));
            let seen = row.last_seen.map(|at| Seen { at, address: None, agent_version: None, clock_error_ms: None });
            let confirmed = row.digest.and(row.last_seen);
            let known = Known {
                digest: row.digest,
                clones: row.clones,
                confirmed,
                seen,
                remembered: row.remembered,
                holds,
                holds_kept: holds,
                ..Known::default()
            };
            by_site.insert(row.site.clone(), Arc::new(self.mailbox(row.site, known)));
        }
    }

    fn mailbox(&self, site: SiteName, known: Known) -> Mailbox {
        let differing = Arc::clone(&self.differing);
        Mailbox { site, revision: watch::Sender::new(self.start), known: Mutex::new(known), differing }
    }

    /// Before a site has polled, it differs if it did in the run before.
    pub(crate) fn differed(&self, sites: impl IntoIterator<Item = (SiteName, Timestamp)>) {
        self.differing.lock().unwrap_or_else(PoisonError::into_inner).extend(sites);
    }

    /// The sites that see other files than the inventory that is kept says, and since when.
    pub(crate) fn differing(&self) -> BTreeMap<SiteName, Timestamp> {
        self.differing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose token has this hash.
    pub(crate) fn owner(&self, token: &ContentHash) -> Option<SiteName> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// A site's mailbox; made if it isn't there yet.
    pub(crate) fn of(&self, site: &SiteName) -> Arc<Mailbox> {
        if let Some(mailbox) = self.by_site.read().unwrap_or_else(PoisonError::into_inner).get(site) {
            return Arc::clone(mailbox);
        }
        let mut all = self.by_site.write().unwrap_or_else(PoisonError::into_inner);
        let made = all.entry(site.clone()).or_insert_with(|| Arc::new(self.mailbox(site.clone(), Known::default())));
        Arc::clone(made)
    }

    /// Something else waits for all sites than before.
    pub(crate) fn wake_all(&self) {
        self.by_site.read().unwrap_or_else(PoisonError::into_inner).values().for_each(|mailbox| mailbox.wake());
    }

    /// The site has this token from now on and no other; clones are cured, and nothing is known of its files.
    pub(crate) fn token_set(&self, site: &SiteName, token: Option<ContentHash>) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, owner| owner != site);
        tokens.extend(token.map(|token| (token, site.clone())));
        drop(tokens);
        self.of(site).forget();
    }

    /// The server has another version of the trust document.
    pub(crate) fn trust_set(&self, version: u64) {
        self.trust.store(version, Ordering::SeqCst);
    }

    /// Who holds the highest version of the trust document, where that is higher than the server's.
    pub(crate) fn trust_ahead(&self) -> Option<(SiteName, u64)> {
        let own = self.trust.load(Ordering::SeqCst);
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        let held = all.iter().map(|(site, mailbox)| (site, mailbox.holds().trust.unwrap_or(0)));
        held.filter(|(_, held)| *held > own).max_by_key(|(_, held)| *held).map(|(site, held)| (site.clone(), held))
    }

    /// The version of the trust document that the server has.
    pub(crate) fn trust(&self) -> u64 {
        self.trust.load(Ordering::SeqCst)
    }

    /// A poll says what the site holds. `gap`: whoever polls more seldom than that was away.
    pub(crate) fn holds_set(&self, mailbox: &Mailbox, holds: Holds, now: Timestamp, gap: Duration) {
        let own = self.trust();
        let is_unsaved = mailbox.known(|known| {
            known.holds = holds;
            known.behind = followed(known.behind, holds.trust, own, now, gap);
            known.holds != known.holds_kept
        });
        if is_unsaved {
            self.has_unsaved_holds.store(true, Ordering::SeqCst);
        }
    }

    /// Before these sites have polled, they are behind if they were in the run before.
    pub(crate) fn were_behind(&self, sites: impl IntoIterator<Item = (SiteName, Timestamp)>) {
        for (site, since) in sites {
            self.of(&site).known(|known| {
                let (held, last) = (known.holds.trust.unwrap_or(0), known.seen.as_ref().map_or(since, |seen| seen.at));
                known.behind = Some(Behind { held, since, last });
            });
        }
    }

    /// Sites that hold an older version of the trust document than the server.
    pub(crate) fn behind(&self) -> BTreeMap<SiteName, Behind> {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(|(site, mailbox)| Some((site.clone(), mailbox.known(|known| known.behind)?))).collect()
    }

    /// What sites hold and the store doesn't know yet.
    pub(crate) fn holds_unsaved(&self) -> Vec<(SiteName, Holds)> {
        // This is asked every second, and there is seldom anything.
        if !self.has_unsaved_holds.load(Ordering::SeqCst) {
            return Vec::new();
        }
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        let unsaved = |mailbox: &Mailbox| mailbox.known(|known| (known.holds != known.holds_kept).then_some(known.holds));
        all.iter().filter_map(|(site, mailbox)| Some((site.clone(), unsaved(mailbox)?))).collect()
    }

    /// The store knows it now. What polls have said meanwhile is noted again by the next poll of each.
    pub(crate) fn holds_saved(&self, saved: Vec<(SiteName, Holds)>) {
        self.has_unsaved_holds.store(false, Ordering::SeqCst);
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        for (site, holds) in saved {
            // A site that was removed meanwhile stays so.
            if let Some(mailbox) = all.get(&site) {
                mailbox.known(|known| known.holds_kept = holds);
            }
        }
    }

    /// Whether a site is to be asked now what it remembers: it never told these data, or it holds a newer trust document.
    pub(crate) fn asks_memory(&self, mailbox: &Mailbox, trust: u64, now: Timestamp) -> bool {
        let own = self.trust.load(Ordering::SeqCst);
        mailbox.known(|known| {
            let due = known.asked.is_none_or(|asked| asked.age(now) >= ASK_AGAIN);
            let ask = due && (!known.remembered || trust > own);
            if ask {
                known.asked = Some(now);
            }
            ask
        })
    }

    /// Sites that follow newer data than these.
    pub(crate) fn outdated(&self) -> Vec<(String, Outdated)> {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        let behind = all.iter().filter_map(|(site, mailbox)| Some((site.to_string(), mailbox.known(|known| known.outdated)?)));
        let mut behind: Vec<_> = behind.collect();
        behind.sort();
        behind
    }

    /// In a run before, or just now, the site has shown that these data went back; whether that is news.
    pub(crate) fn went_back_set(&self, site: &SiteName) -> bool {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        let set = |known: &mut Known| {
            known.outdated.get_or_insert(Outdated::Rewound);
            !std::mem::replace(&mut known.has_shown, true)
        };
        all.get(site).is_some_and(|mailbox| mailbox.known(set))
    }

    /// It is news the next time.
    pub(crate) fn went_back_forget(&self, site: &SiteName) {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(mailbox) = all.get(site) {
            mailbox.known(|known| known.has_shown = false);
        }
    }

    /// The site is no more.
    pub(crate) fn remove(&self, site: &SiteName) {
        self.token_set(site, None);
        self.by_site.write().unwrap_or_else(PoisonError::into_inner).remove(site);
    }

    /// When each site was last here, in this run.
    pub(crate) fn last_seen(&self) -> Vec<(SiteName, Timestamp)> {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(|(site, mailbox)| Some((site.clone(), mailbox.seen()?.at))).collect()
    }

    /// What the store doesn't know yet of who was here.
    pub(crate) fn unsaved(&self) -> Vec<(SiteName, Seen)> {
        let all = self.by_site.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(|(site, mailbox)| mailbox.unsaved().map(|seen| (site.clone(), seen))).collect()
    }
}

impl Mailbox {
    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the site says that it holds and reads.
    pub(crate) fn holds(&self) -> Holds {
        self.known(|known| known.holds)
    }

    /// Which state of the mailbox this is.
    pub(crate) fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// Tells when the revision is another.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// How many polls wait here.
    #[cfg(test)]
    pub(crate) fn parked(&self) -> usize {
        self.revision.receiver_count()
    }

    /// Something else waits for the site than before.
    pub(crate) fn wake(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// What was last heard of the inventory.
    pub(crate) fn inventory(&self) -> InventoryState {
        self.known(|known| InventoryState { digest: known.digest, puts: known.puts })
    }

    /// An inventory was kept.
    pub(crate) fn inventory_set(&self, digest: ContentHash, now: Timestamp) {
        self.known(|known| {
            (known.digest, known.confirmed) = (Some(digest), Some(now));
            known.puts += 1;
        });
    }

    /// Receives a poll that may wait until then.
    pub(crate) fn poll(&self, poll: PollId<'_>, digest: Option<ContentHash>, seen: Seen, until: Instant) -> Reception {
        self.known(|known| {
            if let Some(addresses) = known.clones.clone() {
                return Reception::Clones { addresses, new: false };
            }
            match known.presence.poll(poll, seen.address.as_deref().unwrap_or("?")) {
                Verdict::Late => Reception::Late,
                Verdict::Again => Reception::Again(known.waits_until.unwrap_or(until)),
                Verdict::Welcome => {
                    known.waits_until = Some(until);
                    let agrees = digest.is_some() && digest == known.digest;
                    if agrees {
                        known.confirmed = Some(seen.at);
                    }
                    self.agreement_set(agrees, seen.at);
                    (known.seen, known.unsaved) = (Some(seen), true);
                    Reception::Welcome
                }
                Verdict::Clones(addresses) => {
                    known.clones = Some(addresses.clone());
                    // Polls that wait were let in before: they hear of it now.
                    self.wake();
                    Reception::Clones { addresses, new: true }
                }
            }
        })
    }

    /// What a poll says of the inventory that is kept.
    fn agreement_set(&self, agrees: bool, now: Timestamp) {
        let mut differing = self.differing.lock().unwrap_or_else(PoisonError::into_inner);
        if agrees {
            differing.remove(&self.site);
        } else {
            differing.entry(self.site.clone()).or_insert(now);
        }
    }

    /// Two agents poll as this site: nothing is given to either.
    pub(crate) fn clones(&self) -> Option<[String; 2]> {
        self.known(|known| known.clones.clone())
    }

    /// The site has told what it remembers.
    pub(crate) fn remembered(&self) {
        self.known(|known| known.remembered = true);
    }

    /// How these data are behind what the site follows, as its newest poll says.
    pub(crate) fn outdated_set(&self, outdated: Option<Outdated>) {
        self.known(|known| known.outdated = outdated);
    }

    /// How these data are behind what the site follows.
    pub(crate) fn outdated(&self) -> Option<Outdated> {
        self.known(|known| known.outdated)
    }

    /// Whether the site has shown that these data went back.
    pub(crate) fn has_shown(&self) -> bool {
        self.known(|known| known.has_shown)
    }

    /// Who was here last, if that is newer than what the store has.
    pub(crate) fn seen(&self) -> Option<Seen> {
        self.known(|known| known.seen.clone())
    }

    /// How old the knowledge of its files is: since when they are known to be so.
    pub(crate) fn confirmed(&self) -> Option<Timestamp> {
        self.known(|known| known.confirmed)
    }

    fn unsaved(&self) -> Option<Seen> {
        self.known(|known| std::mem::take(&mut known.unsaved).then(|| known.seen.clone()).flatten())
    }

    fn forget(&self) {
        self.known(|known| {
            (known.digest, known.confirmed, known.clones) = (None, None, None);
            known.presence = Presence::default();
            (known.holds, known.holds_kept, known.behind) = (Holds::default(), Holds::default(), None);
            known.puts += 1;
        });
        self.differing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.site);
        self.wake();
    }
}
