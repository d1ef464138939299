//! The cells that are not quiet: one ordered walk through the files of each site, beside the list of what is published for it.

use super::rows::Published;
use crate::store::{StoreError, cell, column, order, site_app};
use fieldpost_common::api::OrderInfo;
use fieldpost_common::cell::{Base, LatestOrder};
use fieldpost_common::grid::GridCell;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::name::PatchName;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// What is found on the walk.
pub(super) struct Loud<'a> {
    /// What is published or on its way, by name.
    listed: &'a [PatchName],
    published: &'a HashMap<PatchName, Published>,
    /// What is current for a version, for each of the listed.
    current: HashMap<Version, Vec<Option<ContentHash>>>,
    /// What only sites have; these come after the listed until all are known.
    found: BTreeMap<PatchName, usize>,
    cells: Vec<GridCell>,
}

impl<'a> Loud<'a> {
    pub(super) fn new(listed: &'a [PatchName], published: &'a HashMap<PatchName, Published>) -> Self {
        Self { listed, published, current: HashMap::new(), found: BTreeMap::new(), cells: Vec::new() }
    }

    /// Walks through one site's files.
    pub(super) fn read(
        &mut self,
        db: &Connection,
        app: &AppName,
        (site, column): (usize, &site_app::Column),
    ) -> Result<(), StoreError> {
        let first = self.cells.len();
        // Nothing is known of a site without inventory, in no cell.
        if column.directory.is_some() {
            self.walk(db, app, (site, column))?;
        }
        self.add_orders_that_show(db, app, (site, column), first)?;
        self.fill(db, app, column, first)
    }

    fn walk(&mut self, db: &Connection, app: &AppName, (site, column): (usize, &site_app::Column)) -> Result<(), StoreError> {
        let current = self.current(&column.version);
        let sql = "SELECT patch, has, cant_say IS NOT NULL FROM cell WHERE application = ?1 AND site = ?2 ORDER BY patch";
        let mut all = db.prepare_cached(sql)?;
        let mut rows = all.query([app.as_str(), column.site.as_str()])?;
        let mut next = 0;
        while let Some(row) = rows.next()? {
            let name = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            while self.listed.get(next).is_some_and(|listed| listed.as_str() < name) {
                self.differs(next, site, current[next].is_some());
                next += 1;
            }
            let is_listed = self.listed.get(next).is_some_and(|listed| listed.as_str() == name);
            let has = row.get_ref(1)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
            let is_unsaid: bool = row.get(2)?;
            if is_listed {
                self.differs(next, site, is_unsaid || has != current[next].as_ref().map(|current| current.as_bytes().as_slice()));
                next += 1;
            } else if has.is_some() || is_unsaid {
                let place = self.place(column::word(row, 0)?);
                self.differs(place, site, true);
            }
        }
        for (left, current) in current.iter().enumerate().skip(next) {
            self.differs(left, site, current.is_some());
        }
        self.current.insert(column.version.clone(), current);
        Ok(())
    }

    /// What is current for a version; taken out for the walk.
    fn current(&mut self, version: &Version) -> Vec<Option<ContentHash>> {
        let of = |name: &PatchName| self.published.get(name).and_then(|published| published.current(version));
        self.current.remove(version).unwrap_or_else(|| self.listed.iter().map(of).collect())
    }

    fn place(&mut self, name: PatchName) -> usize {
        let next = self.listed.len() + self.found.len();
        *self.found.entry(name).or_insert(next)
    }

    fn differs(&mut self, patch: usize, site: usize, differs: bool) {
        if differs {
            self.cells.push(quiet(patch, site));
        }
    }

    /// Cells of which both sides agree, but an order lies over them.
    fn add_orders_that_show(
        &mut self,
        db: &Connection,
        app: &AppName,
        (site, column): (usize, &site_app::Column),
        first: usize,
    ) -> Result<(), StoreError> {
        let end = self.cells.len();
        self.cells[first..].sort_unstable_by_key(|cell| cell.patch);
        for name in order::order_showing(db, &column.site, app)? {
            let listed = self.listed.binary_search(&name).ok();
            let Some(patch) = listed.or_else(|| self.found.get(&name).copied()) else { continue };
            if self.cells[first..end].binary_search_by_key(&patch, |cell| cell.patch).is_err() {
                self.cells.push(quiet(patch, site));
            }
        }
        Ok(())
    }

    /// Says what is known of each cell of a column.
    fn fill(&mut self, db: &Connection, app: &AppName, column: &site_app::Column, first: usize) -> Result<(), StoreError> {
        let mut found: Vec<Option<&PatchName>> = vec![None; self.found.len()];
        for (name, place) in &self.found {
            found[place - self.listed.len()] = Some(name);
        }
        for loud in &mut self.cells[first..] {
            let Some(name) = self.listed.get(loud.patch).or_else(|| found[loud.patch - self.listed.len()]) else { continue };
            if let Some(known) = cell::cell_fetch(db, &column.site, app, name)? {
                (loud.has, loud.since, loud.base) = (known.has, Some(known.since), known.base);
                loud.cant_say = known.cant_say;
            }
            loud.order = order::order_newest(db, &column.site, app, name)?.map(latest);
        }
        Ok(())
    }

    /// All names in order, and the cells by patch and site.
    pub(super) fn finish(self) -> (Vec<PatchName>, Vec<GridCell>) {
        let listed = self.listed.iter().cloned().enumerate().map(|(place, name)| (name, place));
        let mut names: Vec<_> = listed.chain(self.found).collect();
        names.sort_unstable();
        let mut moved = vec![0; names.len()];
        for (to, (_, from)) in names.iter().enumerate() {
            moved[*from] = to;
        }
        let mut cells = self.cells;
        for cell in &mut cells {
            cell.patch = moved[cell.patch];
        }
        cells.sort_unstable_by_key(|cell| (cell.patch, cell.site));
        (names.into_iter().map(|(name, _)| name).collect(), cells)
    }
}

fn quiet(patch: usize, site: usize) -> GridCell {
    GridCell {
        patch,
        site,
        has: None,
        cant_say: None,
        since: None,
        base: Base::Never,
        author: None,
        changed_at: None,
        ambiguous: false,
        corrected: false,
        order: None,
    }
}

/// An order as `cell()` wants it.
pub(crate) fn latest(order: OrderInfo) -> LatestOrder {
    let OrderInfo { id, action, expected, state, by, created, .. } = order;
    LatestOrder { id, action, expected, state, by, created }
}
