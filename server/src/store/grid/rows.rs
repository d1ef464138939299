//! The rows: what is published, and what the contents say about themselves.

use crate::store::{StoreError, column};
use fieldpost_common::grid::{GridCell, GridPatch, GridPublication};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::succession::around;
use fieldpost_common::stamp::When;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, Row};
use std::collections::{HashMap, HashSet};

/// What is and was current of one patch.
#[derive(Default)]
pub(super) struct Published {
    /// Version by version.
    versions: Vec<GridPublication>,
    /// The newest publication's content that is current still.
    newest: Option<ContentHash>,
}

impl Published {
    /// What is current for a version.
    pub(super) fn current(&self, version: &Version) -> Option<ContentHash> {
        self.versions.iter().find(|one| one.version == *version).and_then(|one| one.sha256)
    }
}

/// Everything that is or was published.
pub(super) fn published(db: &Connection, app: &AppName) -> Result<HashMap<PatchName, Published>, StoreError> {
    let sql = "SELECT patch, version, sha256, size, by, at, newest, takes_back = 0 AND fate = 'stands' FROM current
               WHERE application = ?1 ORDER BY id DESC";
    let mut all = db.prepare_cached(sql)?;
    let mut rows = all.query([app.as_str()])?;
    let mut found: HashMap<PatchName, Published> = HashMap::new();
    while let Some(row) = rows.next()? {
        let one = found.entry(column::word(row, 0)?).or_default();
        let (version, sha256) = (column::word(row, 1)?, column::hash_opt(row, 2)?);
        if row.get::<_, bool>(6)? && one.newest.is_none() {
            one.newest = sha256;
        }
        // Newest first, until all are known.
        let standing = sha256.filter(|_| row.get(7).unwrap_or(false));
        match one.versions.iter_mut().find(|one| one.version == version) {
            None => one.versions.push(GridPublication {
                version,
                sha256,
                size: column::size(row, 3)?,
                by: column::word(row, 4)?,
                at: column::time(row, 5)?,
                earlier: standing.into_iter().collect(),
                newer: Vec::new(),
            }),
            Some(newest) => newest.earlier.extend(standing),
        }
    }
    for one in found.values_mut().flat_map(|published| &mut published.versions) {
        one.earlier.reverse();
        (one.earlier, one.newer) = around(&one.earlier, one.sha256);
    }
    Ok(found)
}

/// The names of what is current or on its way, in order.
pub(super) fn listed(
    db: &Connection,
    app: &AppName,
    published: &HashMap<PatchName, Published>,
) -> Result<Vec<PatchName>, StoreError> {
    let mut ordered = db.prepare_cached("SELECT DISTINCT patch FROM site_order WHERE application = ?1 AND open = 1")?;
    let ordered = ordered.query_map([app.as_str()], |row| column::word(row, 0))?;
    let mut names: HashSet<PatchName> = ordered.collect::<Result<_, _>>()?;
    names.extend(published.iter().filter(|(_, one)| one.newest.is_some()).map(|(name, _)| name.clone()));
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    Ok(names)
}

/// What a content of a patch says about itself.
struct Says {
    sha256: ContentHash,
    author: Option<String>,
    changed_at: Option<When>,
    filed_out_at: Option<When>,
    issue: Option<Issue>,
    first_seen: Timestamp,
    ambiguous: bool,
    corrected: bool,
}

fn says(row: &Row<'_>) -> rusqlite::Result<Says> {
    Ok(Says {
        sha256: column::hash(row, 1)?,
        author: row.get(2)?,
        changed_at: column::word_opt(row, 3)?,
        filed_out_at: column::word_opt(row, 4)?,
        issue: column::word_opt(row, 5)?,
        first_seen: column::time(row, 6)?,
        ambiguous: row.get(7)?,
        corrected: row.get(8)?,
    })
}

/// Makes the rows, and tells each cell what its content says: one walk through the revisions.
pub(super) fn rows(
    db: &Connection,
    app: &AppName,
    names: Vec<PatchName>,
    published: &mut HashMap<PatchName, Published>,
    cells: &mut [GridCell],
) -> Result<Vec<GridPatch>, StoreError> {
    let sql = "SELECT patch, sha256, author, changed_at, filed_out_at, issue, first_seen, ambiguous, corrected FROM revision
               WHERE application = ?1 ORDER BY patch";
    let mut all = db.prepare_cached(sql)?;
    let mut revisions = all.query([app.as_str()])?;
    let mut revision = revisions.next()?;
    let mut rest = cells;
    let mut patches = Vec::with_capacity(names.len());
    for (index, name) in names.into_iter().enumerate() {
        let own = rest.iter().take_while(|cell| cell.patch == index).count();
        let (cells, after) = std::mem::take(&mut rest).split_at_mut(own);
        rest = after;
        let mut of_patch = Vec::new();
        while let Some(row) = revision {
            let this = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            if this > name.as_str() {
                break;
            }
            if this == name.as_str() {
                of_patch.push(says(row)?);
            }
            revision = revisions.next()?;
        }
        let published = published.remove(&name).unwrap_or_default();
        patches.push(row(name, published, &of_patch, cells));
    }
    Ok(patches)
}

fn row(name: PatchName, published: Published, revisions: &[Says], cells: &mut [GridCell]) -> GridPatch {
    for cell in &mut *cells {
        if let Some(says) = revisions.iter().find(|says| Some(says.sha256) == cell.has) {
            (cell.author, cell.changed_at) = (says.author.clone(), says.changed_at);
            (cell.ambiguous, cell.corrected) = (says.ambiguous, says.corrected);
        }
    }
    // The newest publication speaks for the row, else the newest that a site has.
    let shown = if let Some(newest) = published.newest {
        revisions.iter().find(|says| says.sha256 == newest)
    } else {
        let at_site = |says: &&Says| cells.iter().any(|cell| cell.has == Some(says.sha256));
        revisions.iter().filter(at_site).max_by_key(|says| (says.changed_at, says.first_seen, says.sha256))
    };
    GridPatch {
        issue: shown.and_then(|says| says.issue.clone()),
        author: shown.and_then(|says| says.author.clone()),
        changed_at: shown.and_then(|says| says.changed_at),
        filed_out_at: shown.and_then(|says| says.filed_out_at),
        ambiguous: shown.is_some_and(|says| says.ambiguous),
        corrected: shown.is_some_and(|says| says.corrected),
        newest: published.newest,
        first_seen: revisions.iter().map(|says| says.first_seen).min().unwrap_or_default(),
        published: published.versions,
        name,
    }
}
