//! A site that reports more new errors a day than it may: beyond that they are counted together, in one group for each application, so
//! that no count is lost and nobody searches among thousands.

use super::{Found, Groups};
use crate::error::Error;
use crate::store::error_group::{Face, group_is_known, opened_add, opened_on};
use crate::store::{Tx, walkback::NEWEST};
use fieldpost_common::hash::{ContentHash, hex};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::walkback::{Dialect, Fingerprint};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const DAY_MS: i64 = 86_400_000;

/// What a site brought, with what is one new error too many counted together.
pub(super) fn bounded(tx: &Tx<'_>, site: &SiteName, groups: Groups, most: u64, now: Timestamp) -> Result<Groups, Error> {
    let day = now.as_ms().div_euclid(DAY_MS);
    let (mut kept, mut new) = (Groups::new(), Vec::new());
    for (key, found) in groups {
        if group_is_known(tx, (&key.0, &key.1))? {
            kept.insert(key, found);
        } else {
            new.push((key, found));
        }
    }
    if new.is_empty() {
        return Ok(kept);
    }
    let room = usize::try_from(most.saturating_sub(opened_on(tx, site, day)?)).unwrap_or(usize::MAX);
    // What happened most is worth an entry of its own.
    new.sort_by_key(|(_, found)| (Reverse(found.total.count), found.total.first));
    let rest = new.split_off(room.min(new.len()));
    opened_add(tx, site, day, new.len() as u64)?;
    kept.extend(new);
    kept.extend(together(site, rest.into_iter().map(|((app, _), found)| (app, found)), most));
    Ok(kept)
}

/// One group for each application.
fn together(site: &SiteName, rest: impl Iterator<Item = (AppName, Found)>, most: u64) -> Groups {
    let mut all: BTreeMap<AppName, Found> = BTreeMap::new();
    for (app, found) in rest {
        match all.get_mut(&app) {
            Some(others) => add(others, found),
            None => drop(all.insert(app, Found { face: face(site, most), ..found })),
        }
    }
    all.into_iter().map(|(app, found)| ((app, fingerprint(site)), found)).collect()
}

fn add(others: &mut Found, found: Found) {
    others.total.add(&found.total);
    others.heard = others.heard.max(found.heard);
    for (place, tally) in found.counts {
        others.counts.entry(place).and_modify(|count| count.add(&tally)).or_insert(tally);
    }
    others.texts.extend(found.texts);
    others.texts.sort_by_key(|text| text.at);
    let between = others.texts.len().saturating_sub(NEWEST).max(1);
    others.texts.drain(1..between);
}

fn face(site: &SiteName, most: u64) -> Face {
    let words = format!("{site} reports more than {most} new ones a day; the rest is counted here");
    Face {
        dialect: Dialect::Generic,
        exception: Some(Clean::line("other errors")),
        message: Some(Clean::line(&words)),
        top_frame: None,
    }
}

/// No report has it: reports begin otherwise.
fn fingerprint(site: &SiteName) -> Fingerprint {
    let hash = ContentHash::of(format!("other errors\n{site}").as_bytes());
    hex(&hash.as_bytes()[..16]).parse().unwrap_or_else(|_| unreachable!("16 bytes are 32 hexadecimal digits"))
}
