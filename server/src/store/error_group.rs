//! The tables `error_group`, `error_count` and `error_opened`: errors, how often they happened where, in which version and week, and how
//! many are new from which site.

use super::{StoreError, column};
use fieldpost_common::api::{ErrorGroup, ErrorSite, SeenThere, Suspect, Week};
use fieldpost_common::error_group::{ErrorGroupId, Fix, GroupState, SUSPECT_WITHIN, week_start};
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::order::state::OrderState;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::walkback::{Dialect, Fingerprint};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;

/// What a group is known by when it is first seen.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    pub(crate) dialect: Dialect,
    pub(crate) exception: Option<Clean>,
    pub(crate) message: Option<Clean>,
    pub(crate) top_frame: Option<Clean>,
}

/// How many walkbacks there were, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    pub(crate) mailed: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Tally {
    pub(crate) fn one(at: Timestamp, mailed: bool) -> Self {
        Self { count: 1, mailed: u64::from(mailed), first: at, last: at }
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        self.count += other.count;
        self.mailed += other.mailed;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Whether there is such a group already.
pub(crate) fn group_is_known(db: &Connection, (app, fingerprint): (&AppName, &Fingerprint)) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM error_group WHERE application = ?1 AND fingerprint = ?2)";
    Ok(db.prepare_cached(sql)?.query_row([app.as_str(), fingerprint.as_str()], |row| row.get(0))?)
}

/// How many groups a site was the first to report on a day.
pub(crate) fn opened_on(db: &Connection, site: &SiteName, day: i64) -> Result<u64, StoreError> {
    let mut find = db.prepare_cached("SELECT count FROM error_opened WHERE site = ?1 AND day = ?2")?;
    Ok(find.query_row(params![site.as_str(), day], |row| column::size(row, 0)).optional()?.unwrap_or(0))
}

/// Notes that it was the first to report so many more; other days are forgotten.
pub(crate) fn opened_add(db: &Connection, site: &SiteName, day: i64, number: u64) -> Result<(), StoreError> {
    let sql = "INSERT INTO error_opened (site, day, count) VALUES (?1, ?2, ?3) ON CONFLICT (site) DO UPDATE SET
                 count = iif(day = excluded.day, count, 0) + excluded.count, day = excluded.day";
    db.prepare_cached(sql)?.execute(params![site.as_str(), day, column::int(number)])?;
    Ok(())
}

/// Counts walkbacks of a group, which is made if there is none: its id, and where it stands.
pub(crate) fn group_count(
    db: &Connection,
    (app, fingerprint): (&AppName, &Fingerprint),
    face: &Face,
    tally: &Tally,
) -> Result<(ErrorGroupId, GroupState), StoreError> {
    let sql = "INSERT INTO error_group
                 (application, fingerprint, dialect, exception, message, top_frame, first_seen, last_seen, count, mailed, state)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
               ON CONFLICT (application, fingerprint) DO UPDATE SET
                 first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),
                 count = count + excluded.count, mailed = mailed + excluded.mailed
               RETURNING id, state";
    let text = |text: &Option<Clean>| text.as_ref().map(|text| text.as_str().to_owned());
    let values = params![
        app.as_str(),
        fingerprint.as_str(),
        column::text(&face.dialect),
        text(&face.exception),
        text(&face.message),
        text(&face.top_frame),
        tally.first.as_ms(),
        tally.last.as_ms(),
        column::int(tally.count),
        column::int(tally.mailed),
        column::text(&GroupState::default()),
    ];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| Ok((ErrorGroupId(column::size(row, 0)?), column::json(row, 1)?)))?)
}

/// Counts walkbacks of a group at a site, in a version and week.
pub(crate) fn count_add(
    db: &Connection,
    group: ErrorGroupId,
    (site, version, week): (&SiteName, &Version, i64),
    tally: &Tally,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO error_count (error_group, site, version, week, count, mailed, first_seen, last_seen)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (error_group, site, version, week) DO UPDATE SET
                 count = count + excluded.count, mailed = mailed + excluded.mailed,
                 first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)";
    db.prepare_cached(sql)?.execute(params![
        column::int(group.0),
        site.as_str(),
        version.as_str(),
        week,
        column::int(tally.count),
        column::int(tally.mailed),
        tally.first.as_ms(),
        tally.last.as_ms(),
    ])?;
    Ok(())
}

/// Where a group stands from now on.
pub(crate) fn group_state_set(db: &Connection, id: ErrorGroupId, state: &GroupState) -> Result<(), StoreError> {
    let sql = "UPDATE error_group SET state = ?2 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![column::int(id.0), column::text(state)])?;
    Ok(())
}

/// The tracker entry of a group from now on.
pub(crate) fn group_issue_set(db: &Connection, id: ErrorGroupId, issue: Option<&Clean>) -> Result<(), StoreError> {
    let sql = "UPDATE error_group SET issue = ?2 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![column::int(id.0), issue.map(Clean::as_str)])?;
    Ok(())
}

const COLUMNS: &str =
    "id, application, fingerprint, dialect, exception, message, top_frame, first_seen, last_seen, count, mailed,
                       state, issue";

fn group(row: &Row<'_>) -> rusqlite::Result<(ErrorGroup, GroupState)> {
    let text = |index| Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_str_or_null()?.map(Clean::line));
    let state: GroupState = column::json(row, 11)?;
    let group = ErrorGroup {
        id: ErrorGroupId(column::size(row, 0)?),
        application: column::word(row, 1)?,
        fingerprint: column::word(row, 2)?,
        dialect: column::json(row, 3)?,
        exception: text(4)?,
        message: text(5)?,
        top_frame: text(6)?,
        first_seen: column::time(row, 7)?,
        last_seen: column::time(row, 8)?,
        count: column::size(row, 9)?,
        mailed: column::size(row, 10)?,
        state: state.state(),
        issue: text(12)?,
        fixed_by: state.fix().map(|fix| fix.patch.clone()),
        fixed_revision: state.fix().map(|fix| fix.revision),
        regressed_at: state.regressed_at().cloned().collect(),
        sites: Vec::new(),
        versions: Vec::new(),
        weeks: Vec::new(),
        at_site: None,
    };
    Ok((group, state))
}

/// Groups of an application or of all, those seen last first.
pub(crate) fn group_list(db: &Connection, app: Option<&AppName>) -> Result<Vec<ErrorGroup>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM error_group WHERE ?1 IS NULL OR application = ?1 ORDER BY last_seen DESC, id DESC");
    let mut all = db.prepare_cached(&sql)?;
    let rows = all.query_map([app.map(AppName::as_str)], |row| Ok(group(row)?.0))?;
    let mut groups = rows.collect::<Result<Vec<_>, _>>()?;
    let at: HashMap<u64, usize> = groups.iter().enumerate().map(|(at, group)| (group.id.0, at)).collect();
    let each = "SELECT DISTINCT error_group, site FROM error_count ORDER BY site";
    spread(db, each, |id, row| {
        let site = column::word(row, 1)?;
        at.get(&id).into_iter().for_each(|at| groups[*at].sites.push(SiteName::clone(&site)));
        Ok(())
    })?;
    spread(db, "SELECT DISTINCT error_group, version FROM error_count ORDER BY version", |id, row| {
        let version = column::word(row, 1)?;
        at.get(&id).into_iter().for_each(|at| groups[*at].versions.push(Version::clone(&version)));
        Ok(())
    })?;
    spread(db, "SELECT error_group, week, sum(count) FROM error_count GROUP BY error_group, week ORDER BY week", |id, row| {
        let week = Week { week: week_start(row.get(1)?), count: column::size(row, 2)? };
        at.get(&id).into_iter().for_each(|at| groups[*at].weeks.push(week));
        Ok(())
    })?;
    Ok(groups)
}

/// Groups that happened at a site, of an application or of all: those seen there last first.
pub(crate) fn group_list_at(db: &Connection, app: Option<&AppName>, site: &SiteName) -> Result<Vec<ErrorGroup>, StoreError> {
    let sql = "SELECT error_group, sum(count), sum(mailed), min(first_seen), max(last_seen) FROM error_count
               WHERE site = ?1 GROUP BY error_group";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([site.as_str()], |row| {
        let there = SeenThere {
            count: column::size(row, 1)?,
            mailed: column::size(row, 2)?,
            first_seen: column::time(row, 3)?,
            last_seen: column::time(row, 4)?,
        };
        Ok((column::size(row, 0)?, there))
    })?;
    let there = rows.collect::<Result<HashMap<_, _>, _>>()?;
    let mut groups = group_list(db, app)?;
    for group in &mut groups {
        group.at_site = there.get(&group.id.0).copied();
    }
    groups.retain(|group| group.at_site.is_some());
    groups.sort_by_key(|group| std::cmp::Reverse(group.at_site.map(|there| there.last_seen)));
    Ok(groups)
}

fn spread(db: &Connection, sql: &str, mut put: impl FnMut(u64, &Row<'_>) -> rusqlite::Result<()>) -> Result<(), StoreError> {
    let mut all = db.prepare_cached(sql)?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        put(column::size(row, 0)?, row)?;
    }
    Ok(())
}

/// One group, with where it stands.
pub(crate) fn group_fetch(db: &Connection, id: ErrorGroupId) -> Result<Option<(ErrorGroup, GroupState)>, StoreError> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM error_group WHERE id = ?1"))?;
    let Some((mut group, state)) = find.query_row([column::int(id.0)], group).optional()? else { return Ok(None) };
    let sql = "SELECT week, sum(count) FROM error_count WHERE error_group = ?1 GROUP BY week ORDER BY week";
    let mut weeks = db.prepare_cached(sql)?;
    let rows =
        weeks.query_map([column::int(id.0)], |row| Ok(Week { week: week_start(row.get(0)?), count: column::size(row, 1)? }))?;
    group.weeks = rows.collect::<Result<_, _>>()?;
    let mut versions = db.prepare_cached("SELECT DISTINCT version FROM error_count WHERE error_group = ?1 ORDER BY version")?;
    group.versions = versions.query_map([column::int(id.0)], |row| column::word(row, 0))?.collect::<Result<_, _>>()?;
    let mut sites = db.prepare_cached("SELECT DISTINCT site FROM error_count WHERE error_group = ?1 ORDER BY site")?;
    group.sites = sites.query_map([column::int(id.0)], |row| column::word(row, 0))?.collect::<Result<_, _>>()?;
    Ok(Some((group, state)))
}

/// One group site by site, with what was installed shortly before.
pub(crate) fn group_sites(db: &Connection, group: &ErrorGroup, fix: Option<&Fix>) -> Result<Vec<ErrorSite>, StoreError> {
    let sql = "SELECT site, version, sum(count), sum(mailed), min(first_seen), max(last_seen)
               FROM error_count WHERE error_group = ?1 GROUP BY site, version ORDER BY site, version";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([column::int(group.id.0)], |row| {
        let tally = Tally {
            count: column::size(row, 2)?,
            mailed: column::size(row, 3)?,
            first: column::time(row, 4)?,
            last: column::time(row, 5)?,
        };
        Ok((column::word::<SiteName>(row, 0)?, column::word::<Version>(row, 1)?, tally))
    })?;
    let mut sites: Vec<ErrorSite> = Vec::new();
    for row in rows {
        let (site, version, tally) = row?;
        match sites.last_mut().filter(|last| last.site == site) {
            Some(last) => {
                last.count += tally.count;
                last.mailed += tally.mailed;
                last.versions.push(version);
                last.first_seen = last.first_seen.min(tally.first);
                last.last_seen = last.last_seen.max(tally.last);
            }
            None => sites.push(ErrorSite {
                site,
                count: tally.count,
                mailed: tally.mailed,
                versions: vec![version],
                first_seen: tally.first,
                last_seen: tally.last,
                has_fix_since: None,
                suspects: Vec::new(),
            }),
        }
    }
    for site in &mut sites {
        site.has_fix_since = match fix {
            Some(fix) => fix_since(db, &site.site, &group.application, fix)?,
            None => None,
        };
        site.suspects = suspects(db, &site.site, &group.application, site.first_seen)?;
    }
    Ok(sites)
}

/// Since when a site has a fix: its revision, or one that was published after it for the first time.
pub(crate) fn fix_since(db: &Connection, site: &SiteName, app: &AppName, fix: &Fix) -> Result<Option<Timestamp>, StoreError> {
    let sql = "WITH begun AS (SELECT min(id) AS id FROM current WHERE application = ?1 AND patch = ?3 AND sha256 = ?4)
               SELECT since FROM cell WHERE application = ?1 AND site = ?2 AND patch = ?3 AND has IS NOT NULL AND (
                 has = ?4 OR (SELECT min(id) FROM current WHERE application = ?1 AND patch = ?3 AND sha256 = has)
                             > (SELECT id FROM begun))";
    let values = params![app.as_str(), site.as_str(), fix.patch.as_str(), fix.revision.as_bytes()];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| column::time(row, 0)).optional()?)
}

/// Orders that were confirmed at a site shortly before a moment, newest first.
fn suspects(db: &Connection, site: &SiteName, app: &AppName, first: Timestamp) -> Result<Vec<Suspect>, StoreError> {
    const MOST: usize = 5;
    let sql = "SELECT patch, id, content, state, by FROM site_order WHERE site = ?1 AND application = ?2
               AND json_extract(state, '$.state') = 'confirmed' AND created < ?3 ORDER BY seq DESC LIMIT 200";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map(params![site.as_str(), app.as_str(), first.as_ms()], |row| {
        let suspect = Suspect {
            patch: column::word(row, 0)?,
            order: column::word(row, 1)?,
            revision: column::hash_opt(row, 2)?,
            confirmed: first,
            by: column::word(row, 4)?,
        };
        Ok((suspect, column::json::<OrderState>(row, 3)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (suspect, OrderState::Confirmed { at }) = row? else { continue };
        if at <= first && at.age(first) <= SUSPECT_WITHIN {
            found.push(Suspect { confirmed: at, ..suspect });
        }
    }
    found.sort_by_key(|suspect| std::cmp::Reverse(suspect.confirmed));
    found.truncate(MOST);
    Ok(found)
}

/// A group that people have to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarming {
    pub(crate) id: ErrorGroupId,
    pub(crate) application: AppName,
    pub(crate) exception: Option<Clean>,
    pub(crate) message: Option<Clean>,
    pub(crate) top_frame: Option<Clean>,
    pub(crate) first_seen: Timestamp,
    pub(crate) state: GroupState,
}

/// What people have to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Alarms {
    /// Those that are told one by one: what came back first, then the newest.
    pub(crate) told: Vec<Alarming>,
    /// How many more there are of each application.
    pub(crate) more: Vec<(AppName, u64)>,
}

/// More than so many are not told one by one.
const MOST_ALARMING: u64 = 200;

/// What a person has to hear of, without the muted: what came back; what is new, was seen after `?1`, and isn't only what the
/// application has mailed itself.
const ALARMING: &str = "json_extract(state, '$.phase') IN ('new', 'regressed') AND json_extract(state, '$.muted_by') IS NULL
  AND (json_extract(state, '$.phase') = 'regressed' OR (last_seen > ?1 AND mailed < count))";

/// The groups that people have to hear of; `new_since`: a new one that wasn't seen after it alerts nobody.
pub(crate) fn group_alarming(db: &Connection, new_since: Timestamp) -> Result<Alarms, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM error_group INDEXED BY error_group_alarming WHERE {ALARMING}
         ORDER BY json_extract(state, '$.phase') = 'new', id DESC LIMIT {MOST_ALARMING}"
    );
    let mut all = db.prepare_cached(&sql)?;
    let rows = all.query_map([new_since.as_ms()], |row| {
        let (group, state) = group(row)?;
        Ok(Alarming {
            id: group.id,
            application: group.application,
            exception: group.exception,
            message: group.message,
            top_frame: group.top_frame,
            first_seen: group.first_seen,
            state,
        })
    })?;
    let told = rows.collect::<Result<Vec<_>, _>>()?;
    let more = if told.len() as u64 == MOST_ALARMING { alarming_beside(db, new_since, &told)? } else { Vec::new() };
    Ok(Alarms { told, more })
}

/// Where a new error happened that alerts nobody only because it was not seen after `new_since`; none: there is another reason.
pub(crate) fn group_aged_sites(
    db: &Connection,
    id: ErrorGroupId,
    new_since: Timestamp,
) -> Result<Option<Vec<SiteName>>, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM error_group WHERE id = ?1 AND json_extract(state, '$.phase') = 'new'
                 AND json_extract(state, '$.muted_by') IS NULL AND mailed < count AND last_seen <= ?2)";
    let is_aged: bool = db.prepare_cached(sql)?.query_row(params![column::int(id.0), new_since.as_ms()], |row| row.get(0))?;
    if !is_aged {
        return Ok(None);
    }
    let mut sites = db.prepare_cached("SELECT DISTINCT site FROM error_count WHERE error_group = ?1")?;
    Ok(Some(sites.query_map([column::int(id.0)], |row| column::word(row, 0))?.collect::<Result<_, _>>()?))
}

/// How many of each application there are beside those that are told.
fn alarming_beside(db: &Connection, new_since: Timestamp, told: &[Alarming]) -> Result<Vec<(AppName, u64)>, StoreError> {
    let sql = format!(
        "SELECT application, count(*) FROM error_group INDEXED BY error_group_alarming WHERE {ALARMING}
         GROUP BY application ORDER BY application"
    );
    let mut all = db.prepare_cached(&sql)?;
    let rows = all.query_map([new_since.as_ms()], |row| Ok((column::word::<AppName>(row, 0)?, column::size(row, 1)?)))?;
    let beside = rows.map(|row| {
        let (application, all) = row?;
        let told = told.iter().filter(|one| one.application == application).count() as u64;
        Ok::<_, StoreError>((application, all.saturating_sub(told)))
    });
    beside.filter(|row| row.as_ref().map_or(true, |(_, more)| *more > 0)).collect()
}
