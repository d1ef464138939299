//! The table `agreement`: what each site and the vendor agreed on, one after the other. Which one is the base decides `common`.

use super::cell::{base_blob, base_read, cell_base_set};
use super::current::current_fates;
use super::{StoreError, column};
use fieldpost_common::cell::agreement::{Agreement, newest_that_counts};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::succession::Fate;
use rusqlite::{Connection, Row, params};

/// So many agreements of a cell are kept: undo reaches no farther back, and beyond it a base is *never*, which asks more.
const KEPT: i64 = 16;

/// Adds an agreement to those of a cell.
pub(crate) fn agreement_add(
    db: &Connection,
    (site, app): (&SiteName, &AppName),
    patch: &PatchName,
    agreement: &Agreement,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO agreement (application, patch, site, nr, base, publication, vendors)
               SELECT ?1, ?2, ?3, COALESCE(MAX(nr), 0) + 1, ?4, ?5, ?6 FROM agreement
               WHERE application = ?1 AND patch = ?2 AND site = ?3";
    let (app, patch, site) = (app.as_str(), patch.as_str(), site.as_str());
    let base = base_blob(&agreement.base).unwrap_or_default();
    db.prepare_cached(sql)?.execute(params![app, patch, site, base, agreement.publication, agreement.vendors])?;
    let sql = "DELETE FROM agreement WHERE application = ?1 AND patch = ?2 AND site = ?3 AND nr <= (
                 SELECT MAX(nr) FROM agreement WHERE application = ?1 AND patch = ?2 AND site = ?3) - ?4";
    db.prepare_cached(sql)?.execute(params![app, patch, site, KEPT])?;
    Ok(())
}

/// Decides the base of every site's cell of a patch anew, after a publication of it was undone or taken off the table.
pub(crate) fn agreements_recount(db: &Connection, app: &AppName, patch: &PatchName) -> Result<(), StoreError> {
    let fates = current_fates(db, app, patch)?;
    // A row that is gone was of something that can't be undone any more.
    let fate = |publication: i64| fates.get(&publication).copied().unwrap_or(Fate::Stands);
    let sql = "SELECT site, base, publication, vendors FROM agreement WHERE application = ?1 AND patch = ?2 ORDER BY site, nr";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((column::word::<SiteName>(row, 0)?, read(row)?)))?;
    let rows: Vec<(SiteName, Agreement)> = rows.collect::<Result<_, _>>()?;
    for of_site in rows.chunk_by(|one, next| one.0 == next.0) {
        let agreements: Vec<Agreement> = of_site.iter().map(|(_, agreement)| *agreement).collect();
        cell_base_set(db, (&of_site[0].0, app), patch, newest_that_counts(&agreements, fate))?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Agreement> {
    Ok(Agreement { base: base_read(row, 1)?, publication: row.get(2)?, vendors: row.get(3)? })
}
