//! The table `current`: what is and was current, version by version.

use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::succession::{self, Fate, Step, around, can_take_back};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::{BTreeMap, HashMap};

/// What is current for one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CurrentRow {
    /// The content; none: taken off the table.
    pub(crate) sha256: Option<ContentHash>,
    pub(crate) size: u64,
    pub(crate) by: UserName,
    pub(crate) at: Timestamp,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CurrentRow> {
    Ok(CurrentRow {
        sha256: column::hash_opt(row, 0)?,
        size: column::size(row, 1)?,
        by: column::word(row, 2)?,
        at: column::time(row, 3)?,
    })
}

/// What is current for a version, if anything ever was.
pub(crate) fn current_fetch(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
    version: &Version,
) -> Result<Option<CurrentRow>, StoreError> {
    let sql = "SELECT sha256, size, by, at FROM current WHERE application = ?1 AND patch = ?2 AND version = ?3 AND newest = 1";
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_row([app.as_str(), patch.as_str(), version.as_str()], read).optional()?)
}

/// What was current one after the other, oldest first, each with its row's number.
fn current_steps(db: &Connection, place: [&str; 3]) -> Result<Vec<(i64, Step)>, StoreError> {
    let sql = "SELECT id, sha256, takes_back FROM current WHERE application = ?1 AND patch = ?2 AND version = ?3 ORDER BY id";
    let mut all = db.prepare_cached(sql)?;
    let rows =
        all.query_map(place, |row| Ok((row.get(0)?, Step { sha256: column::hash_opt(row, 1)?, takes_back: row.get(2)? })))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a version's current content superseded, and what was published after it, as `cell()` wants it.
pub(crate) fn current_around(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
    version: &Version,
    current: Option<ContentHash>,
) -> Result<(Vec<ContentHash>, Vec<ContentHash>), StoreError> {
    let sql = "SELECT sha256 FROM current WHERE application = ?1 AND patch = ?2 AND version = ?3
                 AND sha256 IS NOT NULL AND takes_back = 0 AND fate = 'stands' ORDER BY id";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str(), version.as_str()], |row| column::hash(row, 0))?;
    Ok(around(&rows.collect::<Result<Vec<_>, _>>()?, current))
}

/// Makes something current for a version, or takes the patch off the table. `takes_back`: it undoes the change before it, where that is so.
/// Whether what became of other publications of the patch is different now.
pub(crate) fn current_set(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
    version: &Version,
    row: &CurrentRow,
    takes_back: bool,
) -> Result<bool, StoreError> {
    let (app, patch, version) = (app.as_str(), patch.as_str(), version.as_str());
    let mut steps = if takes_back || row.sha256.is_none() { current_steps(db, [app, patch, version])? } else { Vec::new() };
    let before: Vec<Step> = steps.iter().map(|(_, step)| *step).collect();
    let takes_back = takes_back && can_take_back(&before, row.sha256);
    db.prepare_cached("UPDATE current SET newest = 0 WHERE application = ?1 AND patch = ?2 AND version = ?3 AND newest = 1")?
        .execute([app, patch, version])?;
    let sql = "INSERT INTO current (application, patch, version, sha256, size, by, at, newest, takes_back)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)";
    let sha256 = row.sha256.as_ref().map(ContentHash::as_bytes);
    let values = params![app, patch, version, sha256, column::int(row.size), row.by.as_str(), row.at.as_ms(), takes_back];
    db.prepare_cached(sql)?.execute(values)?;
    if steps.is_empty() {
        return Ok(false);
    }
    steps.push((db.last_insert_rowid(), Step { sha256: row.sha256, takes_back }));
    fates_set(db, &steps)?;
    Ok(true)
}

/// Says of each change what became of it, and of the last one whose content it makes current again.
fn fates_set(db: &Connection, steps: &[(i64, Step)]) -> Result<(), StoreError> {
    let only: Vec<Step> = steps.iter().map(|(_, step)| *step).collect();
    let last = only.len() - 1;
    let entry = succession::entry(&only, last);
    if entry != last {
        db.prepare_cached("UPDATE current SET entry = ?2 WHERE id = ?1")?.execute([steps[last].0, steps[entry].0])?;
    }
    for ((id, _), fate) in steps.iter().zip(succession::fates(&only)) {
        db.prepare_cached("UPDATE current SET fate = ?2 WHERE id = ?1 AND fate <> ?2")?.execute(params![id, fate_word(fate)])?;
    }
    Ok(())
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Stands => "stands",
        Fate::TakenOff => "taken_off",
        Fate::TakenBack => "taken_back",
    }
}

/// What became of each publication of a patch.
pub(crate) fn current_fates(db: &Connection, app: &AppName, patch: &PatchName) -> Result<HashMap<i64, Fate>, StoreError> {
    let mut all = db.prepare_cached("SELECT id, fate FROM current WHERE application = ?1 AND patch = ?2")?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| {
        let fate = match row.get_ref(1)?.as_str()? {
            "stands" => Fate::Stands,
            "taken_off" => Fate::TakenOff,
            _ => Fate::TakenBack,
        };
        Ok((row.get(0)?, fate))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest publication that stands and says that a content is this patch; one for this version goes before all others.
pub(crate) fn current_that_stands(
    db: &Connection,
    (app, patch): (&AppName, &PatchName),
    sha256: &ContentHash,
    version: &Version,
) -> Result<Option<i64>, StoreError> {
    let sql =
        "SELECT id FROM current WHERE application = ?1 AND patch = ?2 AND sha256 = ?3 AND fate = 'stands' AND takes_back = 0
               ORDER BY version = ?4 DESC, id DESC LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let values = params![app.as_str(), patch.as_str(), sha256.as_bytes(), version.as_str()];
    Ok(find.query_row(values, |row| row.get(0)).optional()?)
}

/// What the newest change for a version says of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CurrentEntry {
    /// The content; none: taken off the table.
    pub(crate) sha256: Option<ContentHash>,
    /// The row that first made it current; for one that was undone back to, the older row.
    pub(crate) row: i64,
}

/// What is current for one version, of each patch that ever was.
pub(crate) fn current_map(
    db: &Connection,
    app: &AppName,
    version: &Version,
) -> Result<BTreeMap<PatchName, CurrentEntry>, StoreError> {
    let sql = "SELECT patch, sha256, COALESCE(entry, id) FROM current WHERE application = ?1 AND version = ?2 AND newest = 1";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), version.as_str()], |row| {
        Ok((column::word(row, 0)?, CurrentEntry { sha256: column::hash_opt(row, 1)?, row: row.get(2)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// For which versions each content of a patch is current.
pub(crate) fn current_versions(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<Vec<(ContentHash, Version)>, StoreError> {
    let sql = "SELECT sha256, version FROM current WHERE application = ?1 AND patch = ?2 AND newest = 1 AND sha256 IS NOT NULL";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((column::hash(row, 0)?, column::word(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
