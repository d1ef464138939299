//! The table `drift`, and its numbers in `site_app`: what sites changed themselves. What drifted is decided by `cell()`.

use super::{StoreError, column};
use fieldpost_common::api::Drift;
use fieldpost_common::cell::Standing;
use fieldpost_common::drift::{DriftRule, DriftSummary, NAMED};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A patch that was changed at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DriftRow {
    pub(crate) site: SiteName,
    pub(crate) application: AppName,
    pub(crate) patch: PatchName,
    pub(crate) standing: Standing,
    pub(crate) since: Timestamp,
}

/// Keeps one; whether anything is different. `news`: the site did it, so that people are to hear of it.
pub(crate) fn drift_set(db: &Connection, row: &DriftRow, news: bool) -> Result<bool, StoreError> {
    let sql = "INSERT INTO drift (site, application, patch, standing, since, news) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (site, application, patch) DO UPDATE SET
                 standing = excluded.standing, since = excluded.since, news = max(news, excluded.news)
               WHERE standing <> excluded.standing OR since <> excluded.since";
    let DriftRow { site, application, patch, standing, since } = row;
    let values = params![site.as_str(), application.as_str(), patch.as_str(), column::text(standing), since.as_ms(), news];
    Ok(db.prepare_cached(sql)?.execute(values)? > 0)
}

/// A cell stands as agreed again; whether it had drifted.
pub(crate) fn drift_end(db: &Connection, site: &SiteName, app: &AppName, patch: &PatchName) -> Result<bool, StoreError> {
    let sql = "DELETE FROM drift WHERE site = ?1 AND application = ?2 AND patch = ?3";
    Ok(db.prepare_cached(sql)?.execute([site.as_str(), app.as_str(), patch.as_str()])? > 0)
}

/// What has drifted of an application at a site, by name.
pub(crate) fn drift_patches(db: &Connection, site: &SiteName, app: &AppName) -> Result<Vec<PatchName>, StoreError> {
    let mut all = db.prepare_cached("SELECT patch FROM drift WHERE site = ?1 AND application = ?2 ORDER BY patch")?;
    Ok(all.query_map([site.as_str(), app.as_str()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// Where a patch has drifted.
pub(crate) fn drift_sites(db: &Connection, app: &AppName, patch: &PatchName) -> Result<Vec<SiteName>, StoreError> {
    let mut all = db.prepare_cached("SELECT site FROM drift WHERE application = ?1 AND patch = ?2 ORDER BY site")?;
    Ok(all.query_map([app.as_str(), patch.as_str()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// Counts anew what has drifted of an application at a site.
pub(crate) fn drift_sum_up(db: &Connection, site: &SiteName, app: &AppName) -> Result<(), StoreError> {
    let sql = "SELECT standing, count(*), min(since) FROM drift WHERE site = ?1 AND application = ?2 GROUP BY standing";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([site.as_str(), app.as_str()], |row| {
        Ok((column::json::<Standing>(row, 0)?, column::size(row, 1)?, column::time(row, 2)?))
    })?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let summary = match rows.iter().map(|(_, _, since)| *since).min() {
        None => None,
        Some(since) => {
            let sql = "SELECT patch FROM drift WHERE site = ?1 AND application = ?2 ORDER BY patch LIMIT ?3";
            let mut first = db.prepare_cached(sql)?;
            let limit = i64::try_from(NAMED).unwrap_or(i64::MAX);
            let names = first.query_map(params![site.as_str(), app.as_str(), limit], |row| column::word(row, 0))?;
            let counts: BTreeMap<_, _> = rows.into_iter().map(|(standing, number, _)| (standing, number)).collect();
            Some(DriftSummary { counts, names: names.collect::<Result<_, _>>()?, since })
        }
    };
    let mut set = db.prepare_cached("UPDATE site_app SET drift = ?3 WHERE site = ?1 AND application = ?2")?;
    set.execute(params![site.as_str(), app.as_str(), summary.as_ref().map(column::text)])?;
    Ok(())
}

/// What has drifted anywhere, in numbers; with a rule: only of applications that have it.
pub(crate) fn drift_list(db: &Connection, rule: Option<DriftRule>) -> Result<Vec<Drift>, StoreError> {
    let sql =
        "SELECT site_app.site, site_app.application, coalesce(json_extract(settings, '$.drift'), ?1) AS rule, site_app.drift
               FROM site_app JOIN application ON application.name = site_app.application
               WHERE site_app.drift IS NOT NULL AND (?2 IS NULL OR rule = ?2) ORDER BY site_app.site, site_app.application";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map(params![DriftRule::default().word(), rule.map(DriftRule::word)], |row| {
        let rule: String = row.get(2)?;
        Ok(Drift {
            site: column::word(row, 0)?,
            application: column::word(row, 1)?,
            rule: serde_json::from_value(serde_json::Value::String(rule)).unwrap_or_default(),
            summary: column::json(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is in no digest yet, of applications whose rule wants one.
pub(crate) fn drift_news(db: &Connection) -> Result<Vec<DriftRow>, StoreError> {
    let sql = "SELECT site, application, patch, standing, since FROM drift JOIN application ON name = application
               WHERE news = 1 AND coalesce(json_extract(settings, '$.drift'), ?1) = ?1 ORDER BY site, application, patch";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([DriftRule::Digest.word()], |row| {
        Ok(DriftRow {
            site: column::word(row, 0)?,
            application: column::word(row, 1)?,
            patch: column::word(row, 2)?,
            standing: column::json(row, 3)?,
            since: column::time(row, 4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is news now isn't any more: it is in a digest, or its rule wants none.
pub(crate) fn drift_told(db: &Connection) -> Result<(), StoreError> {
    db.execute("UPDATE drift SET news = 0 WHERE news = 1", [])?;
    Ok(())
}
