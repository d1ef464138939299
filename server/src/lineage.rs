//! Whether these data are behind what a site or a person has followed already. Pure.

use crate::error::Error;
use crate::server::Server;
use crate::store::activity::{activity, activity_add};
use crate::store::runs::{Run, WentBack, went_back_add, went_back_fetch};
use crate::store::{Effect, StoreError, Tx};
use fieldpost_common::api::Change;
use fieldpost_common::id::{Generation, SiteName, Succession};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{EtagOrigin, etag_origin};
use std::fmt;
use std::ops::RangeInclusive;

/// How these data are behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outdated {
    /// Another server's data were restored or promoted since.
    Superseded,
    /// Another server claims to be the same data.
    Rival,
    /// The same data went back: an older copy was put in place by hand.
    Rewound,
}

impl fmt::Display for Outdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Superseded => {
                "this server's data are older than those that were followed before: they were restored elsewhere since"
            }
            Self::Rival => "two servers claim these data, and the other one was followed before",
            Self::Rewound => "this server's data went back: an older copy of them was put in place by hand",
        })
    }
}

/// Judges the generation that a caller has followed.
pub(crate) fn judge(own: &Generation, followed: Option<&Generation>) -> Option<Outdated> {
    match followed.map(|followed| own.succeeds(followed)) {
        Some(Succession::Older) => Some(Outdated::Superseded),
        Some(Succession::Rival) => Some(Outdated::Rival),
        Some(Succession::Same | Succession::Newer) | None => None,
    }
}

/// More revisions than a mailbox has in one run.
const REVISIONS: u64 = 1 << 32;

/// Judges the last batch that a site has journalled. `runs`: those that these data have seen, the last one is this. `given`: the revisions
/// that it can have given out; they begin anywhere, so that another run of the same number, on a copy of the same data, gives out others.
pub(crate) fn judge_batch(own: &Generation, runs: &[Run], given: RangeInclusive<u64>, etag: Option<&str>) -> Option<Outdated> {
    let (batch, first, this) = (etag.and_then(etag_origin)?, runs.first()?, runs.last()?);
    let is_known = if batch.run >= this.number {
        batch.run == this.number && given.contains(&batch.revision)
    } else {
        // Of before the first one that is known, nobody can say.
        let known = runs.binary_search_by_key(&batch.run, |run| run.number);
        batch.run < first.number || known.is_ok_and(|at| runs[at].gave(&batch))
    };
    (batch.generation == *own && !is_known).then_some(Outdated::Rewound)
}

impl Run {
    /// Whether a batch of its number is of this run, and of what these data hold of it: a copy made while it lasted lacks what came after.
    fn gave(&self, batch: &EtagOrigin) -> bool {
        let is_kept = batch.commit.zip(self.last).is_none_or(|(commit, last)| commit <= last);
        (self.start..self.start.saturating_add(REVISIONS)).contains(&batch.revision) && is_kept
    }
}

/// A site shows that these data went back: kept until they are another generation, whatever sites say later.
pub(crate) async fn went_back(server: &Server, site: SiteName, now: Timestamp) {
    if !server.memory.mailboxes.went_back_set(&site) {
        return;
    }
    let name = site.clone();
    let note = move |tx: &mut Tx<'_>| {
        if went_back_add(tx, name.clone(), now)? {
            let mut row = activity("server", "went_back");
            row.detail = Some(format!("{name} has followed newer data than these: an older copy was put in place by hand"));
            row.site = Some(name);
            activity_add(tx, row, now)?;
            tx.then(Effect::Changed(Change::Activity));
        }
        tx.then(Effect::News);
        Ok::<_, Error>(())
    };
    if let Err(error) = server.store.write(note).await {
        // The site's next poll tries again.
        server.memory.mailboxes.went_back_forget(&site);
        tracing::warn!(%error, "that these data went back could not be written down");
    }
}

/// What is wrong with this server's data, in words with the cure; `None`: nobody has followed newer ones.
pub(crate) fn trouble(server: &Server) -> Option<String> {
    let mut found = server.memory.mailboxes.outdated();
    found.extend(server.memory.people.outdated());
    // What was shown stays so, also of a site that was removed. A store that can't be read is told of by itself.
    let back: Option<WentBack> = server.store.peek::<_, StoreError>(went_back_fetch).ok().flatten();
    let since = back.as_ref().map(|back| format!(" (first seen {})", back.since)).unwrap_or_default();
    found.extend(back.into_iter().flat_map(|back| back.sites).map(|site| (site.to_string(), Outdated::Rewound)));
    found.sort();
    found.dedup();
    let worst = found.iter().map(|(_, outdated)| *outdated).min()?;
    let names: Vec<&str> = found.iter().filter(|(_, outdated)| *outdated == worst).map(|(name, _)| name.as_str()).collect();
    let (first, more) = (names.first()?, names.len() - 1);
    let who = if more == 0 { (*first).to_owned() } else { format!("{first} and {more} more") };
    let data = server.config.data.display();
    let cure = format!("if this is the server to go on with, stop it and use `fieldpost-server promote --data {data}`");
    Some(match worst {
        Outdated::Superseded => format!(
            "{who} follow another server that was restored or promoted since: what stands here is out of date, and they take nothing from it; {cure}; else stop it for good"
        ),
        Outdated::Rival => format!("two servers claim these data: {who} follow the other one; stop one of them; {cure}"),
        Outdated::Rewound => format!(
            "these data went back{since}: {who} have followed newer ones; an older copy was put in place without `fieldpost-server restore`; {cure}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::wire::{etag, etag_at};

    #[test]
    fn a_caller_that_has_followed_more_than_these_data_is_told_so() {
        let first = Generation::first([1; 16]);
        let later = Generation::after(std::slice::from_ref(&first), [2; 16], 0);
        let rival = Generation::after(std::slice::from_ref(&first), [3; 16], 0);
        assert_eq!(judge(&later, None), None);
        assert_eq!(judge(&later, Some(&first)), None);
        assert_eq!(judge(&first, Some(&later)), Some(Outdated::Superseded));
        assert_eq!(judge(&rival, Some(&later)), Some(Outdated::Rival));
    }

    #[test]
    fn a_batch_of_a_run_that_these_data_never_had_shows_that_they_went_back() {
        let own = Generation::first([1; 16]);
        let run = |number, start, last| Run { number, start, last };
        let runs = [run(2, 7_000, Some(9)), run(3, 900, Some(20)), run(4, 100, None)];
        let judged = |run, revision| judge_batch(&own, &runs, 100..=110, Some(&etag(&own, run, revision, None)));
        assert_eq!((judged(4, 100), judged(4, 110), judged(3, 999), judged(1, 1)), (None, None, None, None));
        let back = Some(Outdated::Rewound);
        assert_eq!(judged(5, 105), back);
        assert_eq!((judged(4, 111), judged(4, 99)), (back, back), "another fourth run");
        assert_eq!((judged(3, 899), judged(2, 999)), (back, back), "another third run, and another second one");
        let read_at = |commit| judge_batch(&own, &runs, 100..=110, Some(&etag_at(&etag(&own, 3, 999, None), commit)));
        assert_eq!((read_at(20), read_at(21)), (None, back), "the copy was made before the third run ended");
        let other = Generation::after(std::slice::from_ref(&own), [2; 16], 0);
        assert_eq!(judge_batch(&other, &runs, 0..=0, Some(&etag(&own, 9, 9, None))), None, "what was followed before a restore");
    }
}
