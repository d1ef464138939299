//! Judges orders and publications against what is known now: whether what their signer saw still holds. Pure.

use crate::error::Error;
use crate::store::current::CurrentRow;
use fieldpost_common::api::OrderInfo;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{OrderId, Version};
use fieldpost_common::order::{Action, Order, Refusal};
use fieldpost_common::text::age;
use fieldpost_common::time::Timestamp;

/// The farthest that a counter may jump.
const COUNTER_JUMP: u64 = 1_000_000;

/// What is known of the cell that an order is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellNow {
    /// What the site has.
    pub(crate) has: Option<ContentHash>,
    /// The newest order.
    pub(crate) newest: Option<OrderInfo>,
    /// The highest counter known.
    pub(crate) highest: u64,
    /// The size of the content that is to be put, if the server has it.
    pub(crate) stored: Option<u64>,
}

/// Whether an order may be taken.
pub(crate) fn judge_order(order: &Order, seen: Option<&OrderId>, cell: &CellNow, now: Timestamp) -> Result<(), Error> {
    let refused = |why| Error::Refused { what: "the order", why };
    if let Some(open) = cell.newest.as_ref().filter(|newest| newest.state.is_open())
        && Some(&open.id) != seen
    {
        let when = ago(open.created, now);
        return Err(Error::Changed(format!("{} gave another order for this patch {when}", open.by)));
    }
    if order.again && cell.has != order.action.outcome() {
        return Err(Error::Changed("the site does not have what was ordered, so that there is nothing to repeat".to_owned()));
    }
    if cell.has != order.expected {
        return Err(Error::Changed(match cell.has {
            Some(has) => format!("the site's file changed since you looked: it has {} now", has.short()),
            None => "the site's file changed since you looked: it is gone".to_owned(),
        }));
    }
    if order.install_by <= now {
        return Err(refused(Refusal::Expired));
    }
    if order.counter <= cell.highest {
        return Err(refused(Refusal::OldCounter));
    }
    if order.counter - cell.highest > COUNTER_JUMP {
        return Err(refused(Refusal::CounterJump));
    }
    match (order.action, cell.stored) {
        (Action::Put { sha256, .. }, None) => Err(Error::no_such("content", sha256)),
        (Action::Put { size, .. }, Some(stored)) if size != stored => {
            Err(Error::Invalid(format!("the order says {size} bytes, and the content has {stored}")))
        }
        _ => Ok(()),
    }
}

/// Whether a counter that an agent reports is to be believed: it may not block all later orders.
pub(crate) fn believable_counter(reported: u64, highest: u64) -> bool {
    reported > highest && reported - highest <= COUNTER_JUMP
}

/// For which versions a publication changes something. `current` holds what is current for each of its versions, `replaces` what
/// its signer saw.
pub(crate) fn judge_publication<'a>(
    sha256: &ContentHash,
    versions: &'a [Version],
    current: &[Option<CurrentRow>],
    replaces: &[Option<ContentHash>],
    now: Timestamp,
) -> Result<Vec<&'a Version>, Error> {
    if replaces.len() != versions.len() {
        return Err(Error::Invalid("`replaces` must have one entry for each version".to_owned()));
    }
    let mut changes = Vec::new();
    for ((version, current), replaces) in versions.iter().zip(current).zip(replaces) {
        let is = current.as_ref().and_then(|current| current.sha256);
        if is == Some(*sha256) {
            continue;
        }
        if is != *replaces {
            return Err(Error::Changed(published_meanwhile(version, current.as_ref(), now)));
        }
        changes.push(version);
    }
    Ok(changes)
}

fn published_meanwhile(version: &Version, current: Option<&CurrentRow>, now: Timestamp) -> String {
    let Some(current) = current else { return format!("nothing is published for {version}, and you saw something") };
    let (by, when) = (&current.by, ago(current.at, now));
    match current.sha256 {
        Some(sha256) => format!("{by} published {} for {version} {when}", sha256.short()),
        None => format!("{by} took the patch off the table for {version} {when}"),
    }
}

fn ago(then: Timestamp, now: Timestamp) -> String {
    match age(then.age(now)).as_str() {
        "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

#[cfg(test)]
mod tests;
