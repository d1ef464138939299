//! Takes back a withdrawal that a restored server lacks: what was off the published table is off it again.

use super::{Returned, signed_at};
use crate::api::publications::withdraw;
use crate::error::Error;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, application, current, trust, withdrawal};
use fieldpost_common::api::Change;
use fieldpost_common::envelope::Envelope;
use fieldpost_common::time::Timestamp;
use fieldpost_common::withdrawal::Withdrawal;

/// Takes one, if it is missing here. It takes off what was signed before it, and nothing newer.
pub(crate) fn withdrawal_return(tx: &mut Tx<'_>, envelope: &Envelope, from: &str, now: Timestamp) -> Result<Returned, Error> {
    let Some(trust) = trust::trust_newest(tx)? else { return Ok(Returned::Refused) };
    let Ok(statement) = Withdrawal::open(envelope, &trust, now) else { return Ok(Returned::Refused) };
    let Some(settings) = application::application_fetch(tx, &statement.application)? else { return Ok(Returned::Refused) };
    if withdrawal::withdrawal_is_kept(tx, &statement, envelope)? {
        return Ok(Returned::Known);
    }
    let by = trust.developer(&statement.key, now).map(|developer| developer.user.clone());
    let by = by.map_err(|why| Error::Refused { what: "the withdrawal", why })?;
    let place = (&statement.application, &statement.patch);
    let mut off = Vec::new();
    for version in statement.versions.iter().filter(|version| settings.versions.contains(version)) {
        let is = current::current_fetch(tx, place.0, place.1, version)?.filter(|is| is.sha256.is_some());
        if let Some(is) = is
            && signed_at(tx, place, version, &is)? <= statement.created
        {
            off.push(version);
        }
    }
    withdraw(tx, (&statement, envelope), &off, (&by, statement.created.min(now)))?;
    let mut row = activity(from, "withdrawal_returned");
    let versions = off.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
    row.detail = Some(if off.is_empty() { "nothing that it takes off is current".to_owned() } else { versions });
    row.key = Some(statement.key.clone());
    row.patch = Some(statement.patch.clone());
    row.application = Some(statement.application.clone());
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: statement.application }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(Returned::Taken)
}
