//! Reads one application's grid out of several tables, as facts; cells on which both sides agree are left out.

use super::{StoreError, application, cell, column, order, revision, site_app};
use fieldpost_common::api::OrderInfo;
use fieldpost_common::cell::{Base, LatestOrder, Unknown};
use fieldpost_common::grid::{Feed, Grid, GridCell, GridPatch, GridPublication, GridSite};
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::{BTreeMap, HashMap};

/// The most of a hook's output that stands in a cell, in characters.
const NOTE: usize = 200;

/// An application's grid, but for when each site was last heard of, which the memory knows; `None`: there is no such application.
pub(crate) fn grid_fetch(db: &Connection, app: &AppName, feed: Feed, now: Timestamp) -> Result<Option<Grid>, StoreError> {
    let Some(settings) = application::application_fetch(db, app)? else { return Ok(None) };
    let columns = site_app::site_app_columns(db, app)?;
    let patches = patches(db, app)?;
    let mut cells = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        column_cells(db, app, (index, column), &patches, &mut cells)?;
    }
    let sites = columns.into_iter().map(site).collect();
    Ok(Some(Grid { feed, now, application: Some(settings), sites, patches, cells }))
}

fn site(column: site_app::Column) -> GridSite {
    let unknown = match (column.directory, column.held) {
        (None, _) => Some(Unknown::NoInventory),
        (Some(Directory::Present), Some(_)) => Some(Unknown::MassDrop),
        (Some(Directory::Present), None) => None,
        (Some(directory), _) => Some(Unknown::Directory(directory)),
    };
    let site_app::Column { site: name, groups, version, .. } = column;
    GridSite { name, groups, version, unknown, last_seen: None }
}

/// The rows: whatever is current, at a site that runs the application, or on its way.
fn patches(db: &Connection, app: &AppName) -> Result<Vec<GridPatch>, StoreError> {
    let sql = "SELECT patch FROM current WHERE application = ?1 AND newest = 1 AND sha256 IS NOT NULL
               UNION SELECT patch FROM cell JOIN site_app USING (application, site) WHERE application = ?1 AND has IS NOT NULL
               UNION SELECT patch FROM site_order WHERE application = ?1 AND open = 1";
    let mut all = db.prepare_cached(sql)?;
    let names = all.query_map([app.as_str()], |row| column::word::<PatchName>(row, 0))?;
    let mut published = publications(db, app)?;
    let first = first_seen(db, app)?;
    let mut patches = Vec::new();
    for name in names {
        let name = name?;
        let published = published.remove(&name).unwrap_or_default();
        let shown = shown_revision(db, app, &name)?;
        let newest = shown.as_ref().filter(|(_, published)| *published).map(|(row, _)| row.sha256);
        let shown = shown.map(|(row, _)| row);
        patches.push(GridPatch {
            issue: shown.as_ref().and_then(|row| row.issue.clone()),
            author: shown.as_ref().and_then(|row| row.author.clone()),
            changed_at: shown.as_ref().and_then(|row| row.changed_at),
            filed_out_at: shown.as_ref().and_then(|row| row.filed_out_at),
            ambiguous: shown.as_ref().is_some_and(|row| row.ambiguous),
            corrected: shown.as_ref().is_some_and(|row| row.corrected),
            newest,
            first_seen: first.get(&name).copied().unwrap_or_default(),
            published,
            name,
        });
    }
    patches.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(patches)
}

/// The revision that a row shows, and whether it is published: the newest publication's, else the newest that a site has.
fn shown_revision(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<Option<(revision::RevisionRow, bool)>, StoreError> {
    let sql = "SELECT sha256 FROM current WHERE application = ?1 AND patch = ?2 AND newest = 1 AND sha256 IS NOT NULL
               ORDER BY id DESC LIMIT 1";
    let mut newest = db.prepare_cached(sql)?;
    let newest = newest.query_row([app.as_str(), patch.as_str()], |row| column::hash(row, 0)).optional()?;
    if let Some(sha256) = newest {
        return Ok(revision::revision_fetch(db, (app, patch), &sha256)?.map(|row| (row, true)));
    }
    let mut at_sites = Vec::new();
    for (_, sha256) in cell::cell_sites(db, app, patch)? {
        at_sites.extend(revision::revision_fetch(db, (app, patch), &sha256)?);
    }
    let newest = at_sites.into_iter().max_by_key(|row| (row.changed_at, row.first_seen, row.sha256));
    Ok(newest.map(|row| (row, false)))
}

fn publications(db: &Connection, app: &AppName) -> Result<HashMap<PatchName, Vec<GridPublication>>, StoreError> {
    let sql = "SELECT patch, version, sha256, size, by, at, newest FROM current WHERE application = ?1 ORDER BY id DESC";
    let mut all = db.prepare_cached(sql)?;
    let mut rows = all.query([app.as_str()])?;
    let mut found: HashMap<PatchName, Vec<GridPublication>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let list = found.entry(column::word(row, 0)?).or_default();
        let (version, sha256) = (column::word(row, 1)?, column::hash_opt(row, 2)?);
        match list.iter_mut().find(|one| one.version == version) {
            None => list.push(GridPublication {
                version,
                sha256,
                size: column::size(row, 3)?,
                by: column::word(row, 4)?,
                at: column::time(row, 5)?,
                earlier: Vec::new(),
            }),
            Some(newest) => {
                let old = sha256.filter(|old| Some(*old) != newest.sha256 && !newest.earlier.contains(old));
                newest.earlier.extend(old);
            }
        }
    }
    Ok(found)
}

fn first_seen(db: &Connection, app: &AppName) -> Result<HashMap<PatchName, Timestamp>, StoreError> {
    let mut all = db.prepare_cached("SELECT patch, min(first_seen) FROM revision WHERE application = ?1 GROUP BY patch")?;
    let rows = all.query_map([app.as_str()], |row| Ok((column::word(row, 0)?, column::time(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn column_cells(
    db: &Connection,
    app: &AppName,
    (index, column): (usize, &site_app::Column),
    patches: &[GridPatch],
    cells: &mut Vec<GridCell>,
) -> Result<(), StoreError> {
    let rows = cell::cell_column(db, &column.site, app, patches.iter().map(|patch| &patch.name))?;
    let mut orders: BTreeMap<PatchName, OrderInfo> = BTreeMap::new();
    for order in order::order_newest_list(db, &column.site, app)? {
        orders.insert(order.patch.clone(), order);
    }
    for ((patch, row), known) in patches.iter().enumerate().zip(&rows) {
        let order = orders.remove(&row.name);
        let current = row.published.iter().find(|one| one.version == column.version).and_then(|one| one.sha256);
        let has = known.as_ref().and_then(|known| known.has);
        if has == current && !order.as_ref().is_some_and(overlays) {
            continue;
        }
        let says = match has {
            Some(has) => revision::revision_fetch(db, (app, &row.name), &has)?,
            None => None,
        };
        cells.push(GridCell {
            patch,
            site: index,
            has,
            since: known.as_ref().map(|known| known.since),
            base: known.as_ref().map_or(Base::Never, |known| known.base),
            changed_at: says.as_ref().and_then(|says| says.changed_at),
            ambiguous: says.as_ref().is_some_and(|says| says.ambiguous),
            corrected: says.as_ref().is_some_and(|says| says.corrected),
            author: says.and_then(|says| says.author),
            order: order.map(latest),
        });
    }
    Ok(())
}

/// Whether an order may lie over its cell. Which ones do is decided by `cell()`; this leaves out those that never do.
fn overlays(order: &OrderInfo) -> bool {
    !matches!(order.state.word(), "confirmed" | "superseded" | "cancelled") || note(order).is_some()
}

fn latest(order: OrderInfo) -> LatestOrder {
    let note = note(&order);
    let OrderInfo { id, action, expected, state, by, created, .. } = order;
    LatestOrder { id, action, expected, state, by, created, note }
}

fn note(order: &OrderInfo) -> Option<Clean> {
    let hook = order.hook.as_ref().filter(|hook| !hook.ok())?;
    let end = match (hook.timed_out, hook.code) {
        (true, _) => "took too long".to_owned(),
        (false, Some(code)) => format!("exited with code {code}"),
        (false, None) => "was ended by a signal".to_owned(),
    };
    let output: String = hook.output.as_str().chars().take(NOTE).collect();
    Some(Clean::line(&format!("the after-install hook {end}: {output}")))
}
