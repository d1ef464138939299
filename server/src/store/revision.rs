//! The table `revision`: the contents of each patch, and what counts of them: as their texts say, or as people do. Reading the
//! texts is left to `reading`.

use super::{StoreError, column, correction, stamp};
use fieldpost_common::api::Origin;
use fieldpost_common::correction::{Corrections, Effective, effective};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::When;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// Which content of which patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevisionKey {
    pub(crate) application: AppName,
    pub(crate) patch: PatchName,
    pub(crate) sha256: ContentHash,
}

/// One content of one patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevisionRow {
    pub(crate) sha256: ContentHash,
    pub(crate) size: u64,
    pub(crate) author: Option<String>,
    pub(crate) changed_at: Option<When>,
    pub(crate) filed_out_at: Option<When>,
    pub(crate) issue: Option<Issue>,
    pub(crate) first_seen: Timestamp,
    pub(crate) origin: Origin,
    pub(crate) issue_read: Option<Issue>,
    pub(crate) ambiguous: bool,
    pub(crate) corrected: bool,
}

const COLUMNS: &str =
    "sha256, size, author, changed_at, filed_out_at, issue, first_seen, origin, issue_read, ambiguous, corrected";

fn revision(row: &Row<'_>) -> rusqlite::Result<RevisionRow> {
    Ok(RevisionRow {
        sha256: column::hash(row, 0)?,
        size: column::size(row, 1)?,
        author: row.get(2)?,
        changed_at: column::word_opt(row, 3)?,
        filed_out_at: column::word_opt(row, 4)?,
        issue: column::word_opt(row, 5)?,
        first_seen: column::time(row, 6)?,
        origin: column::json(row, 7)?,
        issue_read: column::word_opt(row, 8)?,
        ambiguous: row.get(9)?,
        corrected: row.get(10)?,
    })
}

/// A content of a patch was seen, perhaps not for the first time.
pub(crate) fn revision_seen(
    db: &Connection,
    place: (&AppName, &PatchName),
    (sha256, size): (&ContentHash, u64),
    origin: &Origin,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO revision (application, patch, sha256, size, stamped, first_seen, origin)
               VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6) ON CONFLICT DO NOTHING";
    let (app, patch) = (place.0.as_str(), place.1.as_str());
    let values = params![app, patch, sha256.as_bytes(), column::int(size), now.as_ms(), column::text(origin)];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Where revisions that are not read yet are looked for.
#[derive(Debug, Clone)]
pub(crate) enum Scope {
    Everything,
    Application(AppName),
    Content(ContentHash),
}

/// Revisions whose bytes are here and were not read yet, a few at a time.
pub(crate) fn revision_unread(db: &Connection, scope: &Scope, limit: u64) -> Result<Vec<RevisionKey>, StoreError> {
    let (app, sha256) = match scope {
        Scope::Everything => (None, None),
        Scope::Application(app) => (Some(app.as_str()), None),
        Scope::Content(sha256) => (None, Some(sha256.as_bytes())),
    };
    let sql = "SELECT application, patch, sha256 FROM revision
               WHERE stamped = 0 AND (?1 IS NULL OR application = ?1) AND (?2 IS NULL OR sha256 = ?2)
               AND sha256 IN (SELECT sha256 FROM content) ORDER BY application LIMIT ?3";
    let mut find = db.prepare_cached(sql)?;
    let rows = find.query_map(params![app, sha256, column::int(limit)], |row| {
        Ok(RevisionKey { application: column::word(row, 0)?, patch: column::word(row, 1)?, sha256: column::hash(row, 2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that a revision was read, and the issue; whether it was still to be read.
pub(crate) fn revision_read(db: &Connection, key: &RevisionKey, issue: Option<&Issue>) -> Result<bool, StoreError> {
    let sql = "UPDATE revision SET stamped = 1, issue_read = ?4
               WHERE application = ?1 AND patch = ?2 AND sha256 = ?3 AND stamped = 0";
    let RevisionKey { application, patch, sha256 } = key;
    let values = params![application.as_str(), patch.as_str(), sha256.as_bytes(), issue.map(Issue::as_str)];
    Ok(db.prepare_cached(sql)?.execute(values)? > 0)
}

/// All that an application's settings helped to read is to be read again.
pub(crate) fn revision_unstamp(db: &Connection, app: &AppName) -> Result<(), StoreError> {
    db.execute("UPDATE revision SET stamped = 0 WHERE application = ?1", [app.as_str()])?;
    Ok(())
}

/// Revisions with a time that lay ahead and no longer does are to be read again; how many there are.
pub(crate) fn revision_unstamp_due(db: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let sql = "UPDATE revision SET stamped = 0 WHERE (application, patch, sha256) IN
               (SELECT application, patch, sha256 FROM stamp WHERE again_at <= ?1)";
    let due = db.execute(sql, [now.as_ms()])?;
    db.execute("UPDATE stamp SET again_at = NULL WHERE again_at <= ?1", [now.as_ms()])?;
    Ok(due)
}

/// Brings what counts up to date: what was read, and what people say against it.
pub(crate) fn revision_settle(db: &Connection, key: &RevisionKey) -> Result<Effective, StoreError> {
    let read = stamp::stamp_summary(db, key)?;
    let issue = revision_issue_read(db, key)?;
    let corrections = correction::correction_fetch(db, key)?;
    // Who initials belong to isn't kept: the application's settings say it at any time.
    let people = BTreeMap::new();
    let plain = effective(read.as_ref(), issue.as_ref(), &Corrections::default(), &people);
    let counts = effective(read.as_ref(), issue.as_ref(), &corrections, &people);
    let facts = |one: &Effective| (one.author.clone(), one.changed_at, one.issue.clone());
    let sql = "UPDATE revision SET author = ?4, changed_at = ?5, filed_out_at = ?6, issue = ?7, ambiguous = ?8, corrected = ?9
               WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    db.prepare_cached(sql)?.execute(params![
        key.application.as_str(),
        key.patch.as_str(),
        key.sha256.as_bytes(),
        counts.author,
        counts.changed_at.map(|when| when.to_string()),
        read.and_then(|read| read.filed_out_at).map(|when| when.to_string()),
        counts.issue.as_ref().map(Issue::as_str),
        counts.ambiguous,
        facts(&plain) != facts(&counts),
    ])?;
    Ok(counts)
}

fn revision_issue_read(db: &Connection, key: &RevisionKey) -> Result<Option<Issue>, StoreError> {
    let sql = "SELECT issue_read FROM revision WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    let mut find = db.prepare_cached(sql)?;
    let values = params![key.application.as_str(), key.patch.as_str(), key.sha256.as_bytes()];
    Ok(find.query_row(values, |row| column::word_opt(row, 0)).optional()?.flatten())
}

/// One revision.
pub(crate) fn revision_fetch(
    db: &Connection,
    place: (&AppName, &PatchName),
    sha256: &ContentHash,
) -> Result<Option<RevisionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM revision WHERE application = ?1 AND patch = ?2 AND sha256 = ?3");
    let mut find = db.prepare_cached(&sql)?;
    Ok(find.query_row(params![place.0.as_str(), place.1.as_str(), sha256.as_bytes()], revision).optional()?)
}

/// All revisions of a patch, newest first, and whether their bytes are here.
pub(crate) fn revision_list(db: &Connection, app: &AppName, patch: &PatchName) -> Result<Vec<(RevisionRow, bool)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, sha256 IN (SELECT sha256 FROM content) FROM revision
         WHERE application = ?1 AND patch = ?2 ORDER BY first_seen DESC, sha256"
    );
    let mut all = db.prepare_cached(&sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((revision(row)?, row.get(11)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Applications that have this content as a revision.
pub(crate) fn revision_applications(db: &Connection, sha256: &ContentHash) -> Result<Vec<AppName>, StoreError> {
    let mut all = db.prepare_cached("SELECT DISTINCT application FROM revision WHERE sha256 = ?1")?;
    let rows = all.query_map([sha256.as_bytes()], |row| column::word(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
