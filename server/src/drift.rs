//! Keeps the facts of drift up, event by event: for the cells that an inventory or a publication is about, never for all.

use crate::error::Error;
use crate::store::drift::{DriftRow, drift_end, drift_patches, drift_set, drift_sites, drift_sum_up};
use crate::store::grid::loud::latest;
use crate::store::{Effect, Tx, cell, current, order, site_app};
use fieldpost_common::api::Change;
use fieldpost_common::cell::{AtSite, Base, Facts, Published, Standing, cell};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// An inventory changed these cells of a site; what had drifted there before is looked at as well.
pub(crate) fn drift_of_inventory<'a>(
    tx: &mut Tx<'_>,
    (site, app): (&SiteName, &AppName),
    changed: impl Iterator<Item = &'a PatchName>,
) -> Result<(), Error> {
    let mut patches: BTreeSet<PatchName> = drift_patches(tx, site, app)?.into_iter().collect();
    patches.extend(changed.cloned());
    let mut is_different = false;
    for patch in &patches {
        is_different |= refresh(tx, (site, app), patch, true)?;
    }
    if is_different { told(tx, site, app) } else { Ok(()) }
}

/// A patch was published or taken off the table: where it had drifted, it may stand otherwise now. The vendor's own change is no drift, but
/// what it takes back may bring a conflict back: `is_undone`, bases are others than before.
pub(crate) fn drift_of_publication(tx: &mut Tx<'_>, app: &AppName, patch: &PatchName, is_undone: bool) -> Result<(), Error> {
    let mut sites: BTreeSet<SiteName> = drift_sites(tx, app, patch)?.into_iter().collect();
    if is_undone {
        for (site, _) in cell::cell_sites(tx, app, patch)? {
            if !sites.contains(&site) && standing(tx, (&site, app), patch)?.0 == Standing::Conflict {
                sites.insert(site);
            }
        }
    }
    for site in sites {
        if refresh(tx, (&site, app), patch, false)? {
            told(tx, &site, app)?;
        }
    }
    Ok(())
}

fn told(tx: &mut Tx<'_>, site: &SiteName, app: &AppName) -> Result<(), Error> {
    drift_sum_up(tx, site, app)?;
    tx.then(Effect::News);
    tx.then(Effect::Changed(Change::Status));
    Ok(())
}

/// Keeps how one cell stands now; whether that is different.
fn refresh(tx: &Tx<'_>, (site, app): (&SiteName, &AppName), patch: &PatchName, news: bool) -> Result<bool, Error> {
    // Of what nothing can be said, neither a change nor its end is news.
    if cell::cell_fetch(tx, site, app, patch)?.is_some_and(|row| row.cant_say.is_some()) {
        return Ok(false);
    }
    let (standing, since) = standing(tx, (site, app), patch)?;
    if !standing.is_drift() {
        return Ok(drift_end(tx, site, app, patch)?);
    }
    let row = DriftRow { site: site.clone(), application: app.clone(), patch: patch.clone(), standing, since };
    Ok(drift_set(tx, &row, news)?)
}

/// How a cell stands, whatever order lies over it, and since when the site has what it has.
fn standing(tx: &Tx<'_>, (site, app): (&SiteName, &AppName), patch: &PatchName) -> Result<(Standing, Timestamp), Error> {
    let Some(version) = site_app::site_app_version(tx, site, app)? else {
        return Ok((Standing::NotApplicable, Timestamp::default()));
    };
    let row = cell::cell_fetch(tx, site, app, patch)?;
    let current = current::current_fetch(tx, app, patch, &version)?.and_then(|row| row.sha256);
    let (earlier, newer) = current::current_around(tx, app, patch, &version, current)?;
    let order = order::order_newest(tx, site, app, patch)?.map(latest);
    let since = row.map(|row| row.since);
    let facts = Facts {
        published: Published { current, earlier: &earlier, newer: &newer, elsewhere: false },
        site: row.and_then(|row| row.has).map_or(AtSite::Absent, AtSite::Present),
        site_since: since,
        unknown_since: None,
        base: row.map_or(Base::Never, |row| row.base),
        order: order.as_ref(),
        age: None,
        silent_after: Duration::ZERO,
    };
    Ok((cell(&facts).standing, since.unwrap_or_default()))
}
