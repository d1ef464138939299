//! Whether these data are behind what a site or a person has followed already. Pure.

use crate::server::Server;
use fieldpost_common::id::{Generation, Succession};
use fieldpost_common::wire::etag_origin;
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

/// Judges the last batch that a site has journalled. `given`: the revisions that this run of the server can have given out; they begin
/// anywhere, so that another run of the same number, on a copy of the same data, gives out others.
pub(crate) fn judge_batch(own: &Generation, run: u64, given: RangeInclusive<u64>, etag: Option<&str>) -> Option<Outdated> {
    let (generation, last, revision) = etag.and_then(etag_origin)?;
    let of_a_later_run = last > run || last == run && !given.contains(&revision);
    (generation == *own && of_a_later_run).then_some(Outdated::Rewound)
}

/// What is wrong with this server's data, in words with the cure; `None`: nobody has followed newer ones.
pub(crate) fn trouble(server: &Server) -> Option<String> {
    let mut found = server.memory.mailboxes.outdated();
    found.extend(server.memory.people.outdated());
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
            "these data went back: {who} have followed newer ones; an older copy was put in place without `fieldpost-server restore`; {cure}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::wire::etag;

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
        let judged = |run, revision| judge_batch(&own, 4, 100..=110, Some(&etag(&own, run, revision, None)));
        assert_eq!((judged(4, 100), judged(4, 110), judged(3, 999)), (None, None, None));
        assert_eq!(judged(5, 105), Some(Outdated::Rewound));
        assert_eq!((judged(4, 111), judged(4, 99)), (Some(Outdated::Rewound), Some(Outdated::Rewound)), "another fourth run");
        let other = Generation::after(std::slice::from_ref(&own), [2; 16], 0);
        assert_eq!(judge_batch(&other, 1, 0..=0, Some(&etag(&own, 9, 9, None))), None, "what was followed before a restore");
    }
}
