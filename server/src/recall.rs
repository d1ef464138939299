//! Takes back what a restored server lacks and others kept: versions of the trust document, publications, withdrawals, purges. All of it
//! is verified as if it came for the first time.

mod purge;
mod withdrawal;

pub(crate) use purge::purge_return;
pub(crate) use withdrawal::withdrawal_return;

use crate::drift::drift_of_publication;
use crate::error::Error;
use crate::store::activity::{activity, activity_add};
use crate::store::current::CurrentRow;
use crate::store::{
    Effect, StoreError, Tx, agreement, application, cell, content, current, publication, purge as purges, recalled, revision,
    trust, withdrawal as withdrawals,
};
use fieldpost_common::api::{Change, Origin};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::Publication;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::SignedTrust;

/// What became of a publication that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returned {
    /// It was here.
    Known,
    /// It counts from now on.
    Taken,
    /// It counts once its content is here.
    Waiting,
    /// It doesn't hold, or is of something that isn't known here.
    Refused,
}

/// Takes the versions that follow the newest one that is here; how many. A server that has none at all takes none: it can't know whose.
pub(crate) fn trust_return(tx: &mut Tx<'_>, chain: &[SignedTrust], from: &str, now: Timestamp) -> Result<u64, Error> {
    let Some(mut newest) = trust::trust_newest(tx)? else { return Ok(0) };
    let before = newest.version;
    for signed in chain {
        // Those that are here already don't follow, and aren't needed.
        let Ok(next) = newest.accept(signed) else { continue };
        trust::trust_add(tx, next.version, signed, now)?;
        newest = next;
    }
    if newest.version == before {
        return Ok(0);
    }
    let mut row = activity(from, "trust_returned");
    row.detail = Some(format!("version {} of the trust document, which a restore had lost", newest.version));
    activity_add(tx, row, now)?;
    tx.then(Effect::Trust(newest.version));
    tx.then(Effect::WakeAll);
    tx.then(Effect::Changed(Change::Users));
    tx.then(Effect::Changed(Change::Activity));
    Ok(newest.version - before)
}

/// Takes one publication, if it is missing here.
pub(crate) fn publication_return(tx: &mut Tx<'_>, envelope: &Envelope, from: &str, now: Timestamp) -> Result<Returned, Error> {
    let Some(trust) = trust::trust_newest(tx)? else { return Ok(Returned::Refused) };
    let Ok(statement) = Publication::open(envelope, &trust, now) else { return Ok(Returned::Refused) };
    let Some(settings) = application::application_fetch(tx, &statement.application)? else { return Ok(Returned::Refused) };
    let place = (&statement.application, &statement.patch);
    if purges::purge_of(tx, place, &statement.sha256, statement.created)?.is_some() {
        // An admin took it away for good.
        return Ok(Returned::Refused);
    }
    if publication::publication_is_kept(tx, &statement, envelope)? {
        return Ok(Returned::Known);
    }
    let stored = match content::content_size(tx, &statement.sha256) {
        // Damaged is as good as missing: it counts once good bytes are here.
        Err(StoreError::ContentDamaged(_)) => None,
        stored => stored?,
    };
    let Some(stored) = stored else {
        recalled::recalled_add(tx, envelope, &statement.sha256, now)?;
        return Ok(Returned::Waiting);
    };
    if stored != statement.size {
        return Ok(Returned::Refused);
    }
    let by = trust.developer(&statement.key, now).map(|developer| developer.user.clone());
    let by = by.map_err(|why| Error::Refused { what: "the publication", why })?;
    let at = statement.created.min(now);
    let row = CurrentRow { sha256: Some(statement.sha256), size: statement.size, by: by.clone(), at };
    let (mut news, mut recount): (Vec<&Version>, _) = (Vec::new(), false);
    for version in statement.versions.iter().filter(|version| settings.versions.contains(version)) {
        if is_newer(tx, &statement, version)? {
            recount |= current::current_set(tx, &statement.application, &statement.patch, version, &row, false)?;
            news.push(version);
        }
    }
    if recount {
        agreement::agreements_recount(tx, &statement.application, &statement.patch)?;
    }
    publication::publication_add(tx, &statement, envelope, &by, at)?;
    revision::revision_seen(tx, place, (&statement.sha256, statement.size), &Origin::User(by), now)?;
    cell::cell_agree(tx, place.0, place.1)?;
    drift_of_publication(tx, place.0, place.1, recount)?;
    let mut row = activity(from, "publication_returned");
    row.application = Some(statement.application.clone());
    row.patch = Some(statement.patch.clone());
    row.sha256 = Some(statement.sha256);
    row.key = Some(statement.key.clone());
    let versions = news.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    row.detail = Some(if news.is_empty() { "not current: a newer one is".to_owned() } else { versions });
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: statement.application }));
    tx.then(Effect::Changed(Change::Activity));
    tx.then(Effect::Unread);
    Ok(Returned::Taken)
}

/// Whether it was signed after what is current here for that version, and after what took the patch off the table there.
fn is_newer(tx: &Tx<'_>, statement: &Publication, version: &Version) -> Result<bool, Error> {
    let place = (&statement.application, &statement.patch);
    let withdrawn = withdrawals::withdrawal_newest(tx, place, version)?;
    if withdrawn.is_some_and(|(created, _)| statement.created <= created) {
        return Ok(false);
    }
    let Some(is) = current::current_fetch(tx, place.0, place.1, version)? else { return Ok(true) };
    match withdrawn {
        // Its own moment, by its signer's clock, was looked at already.
        Some((_, at)) if is.sha256.is_none() && at == is.at => Ok(true),
        _ => Ok(statement.created > signed_at(tx, place, version, &is)?),
    }
}

/// When what is current was signed; when it was taken here, where nobody signed it.
fn signed_at(tx: &Tx<'_>, place: (&AppName, &PatchName), version: &Version, is: &CurrentRow) -> Result<Timestamp, Error> {
    let signed = match &is.sha256 {
        Some(sha256) => publication::publication_newest(tx, place, sha256, version)?,
        None => None,
    };
    // Verified when it was kept.
    let created = signed.and_then(|signed| Some(serde_json::from_slice::<Publication>(&signed.bytes).ok()?.created));
    Ok(created.unwrap_or(is.at))
}

/// A content is here: what was signed of it and waited for it counts now.
pub(crate) fn content_arrived(tx: &mut Tx<'_>, sha256: &ContentHash, now: Timestamp) -> Result<(), Error> {
    for envelope in recalled::recalled_take(tx, sha256)? {
        publication_return(tx, &envelope, "server", now)?;
    }
    Ok(())
}
