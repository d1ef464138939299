//! Takes back a purge that a restored server lacks, and carries it out again on what the backup brought back.
//!
//! It was judged when it was made: what a backup believes of a site that has not reported since is older than that. What a site has now, or
//! what somebody published or sent since, came later, and stays.

use super::Returned;
use crate::api::publications::take_off_all;
use crate::drift::drift_of_publication;
use crate::error::Error;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, application, purge as statements, revision, trust, user};
use fieldpost_common::api::{Change, Role};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::UserName;
use fieldpost_common::purge::Purge;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::Trust;

/// Takes one, if it is missing here and an admin's key or the root key signed it.
pub(crate) fn purge_return(tx: &mut Tx<'_>, envelope: &Envelope, giver: &UserName, now: Timestamp) -> Result<Returned, Error> {
    let Some(trust) = trust::trust_newest(tx)? else { return Ok(Returned::Refused) };
    let Ok(purge) = Purge::open(envelope, &trust, now) else { return Ok(Returned::Refused) };
    if application::application_fetch(tx, &purge.application)?.is_none() {
        return Ok(Returned::Refused);
    }
    let Some(by) = signer(tx, &trust, &purge, giver, now)? else { return Ok(Returned::Refused) };
    if statements::purge_is_kept(tx, &purge, envelope)? {
        return Ok(Returned::Known);
    }
    statements::purge_add(tx, &purge, envelope, &by, now)?;
    let gone = carry_out(tx, &purge, &by, now)?;
    let mut row = activity(format!("user:{giver}"), "purge_returned");
    (row.application, row.patch, row.key) = (Some(purge.application.clone()), Some(purge.patch), Some(purge.key));
    row.detail = Some(format!("{} of {} that it names", gone, count(purge.contents.len(), "revision")));
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: purge.application }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(Returned::Taken)
}

/// In whose name it counts; none: its signer is no admin here.
fn signer(tx: &Tx<'_>, trust: &Trust, purge: &Purge, giver: &UserName, now: Timestamp) -> Result<Option<UserName>, Error> {
    let Ok(developer) = trust.developer(&purge.key, now) else {
        // Opened all the same: the root key signed it.
        return Ok(Some(giver.clone()));
    };
    let is_admin = user::user_role(tx, &developer.user)? == Some(Role::Admin);
    Ok(is_admin.then(|| developer.user.clone()))
}

/// How many contents are gone with it.
fn carry_out(tx: &mut Tx<'_>, purge: &Purge, by: &UserName, now: Timestamp) -> Result<usize, Error> {
    let known: Vec<ContentHash> =
        revision::revision_list(tx, &purge.application, &purge.patch)?.iter().map(|(row, _)| row.sha256).collect();
    let mut taken_off = Vec::new();
    for sha256 in purge.contents.iter().filter(|sha256| known.contains(sha256)) {
        if !statements::purge_is_outdated(tx, purge, sha256)? {
            taken_off.push(*sha256);
        }
    }
    take_off_all(tx, (&purge.application, &purge.patch), &taken_off, by, now)?;
    let mut gone = Vec::new();
    for sha256 in taken_off {
        if statements::purge_is_held_up(tx, purge, &sha256)? {
            statements::purge_publications(tx, purge, &sha256)?;
        } else {
            gone.push(sha256);
        }
    }
    let whole = known.iter().all(|sha256| gone.contains(sha256));
    let number = gone.len();
    if number > 0 {
        statements::purge_carry_out(tx, &Purge { contents: gone, ..purge.clone() }, whole)?;
    }
    drift_of_publication(tx, &purge.application, &purge.patch, false)?;
    Ok(number)
}
