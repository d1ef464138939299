//! The table `revision`: the contents of each patch, and what their texts say about themselves once the bytes are here.

use super::{StoreError, column, content};
use fieldpost_common::api::{AppSettings, Origin};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::issue::{Issue, IssuePrefix, issue};
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::{Pattern, When, stamp};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

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
}

const COLUMNS: &str = "sha256, size, author, changed_at, filed_out_at, issue, first_seen, origin";

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

/// Reads stamps and issues of revisions whose bytes are here and were not read yet: those of one application, or of one content.
pub(crate) fn revision_stamp(db: &Connection, app: &AppSettings, only: Option<&ContentHash>) -> Result<usize, StoreError> {
    let sql = "SELECT patch, sha256 FROM revision WHERE application = ?1 AND stamped = 0 AND (?2 IS NULL OR sha256 = ?2)
               AND sha256 IN (SELECT sha256 FROM content)";
    let mut find = db.prepare_cached(sql)?;
    let only = only.map(ContentHash::as_bytes);
    let rows = find.query_map(params![app.name.as_str(), only], |row| Ok((column::word(row, 0)?, column::hash(row, 1)?)))?;
    let open: Vec<(PatchName, ContentHash)> = rows.collect::<Result<_, _>>()?;
    if open.is_empty() {
        return Ok(0);
    }
    // Patterns were checked when they were set; one that no longer compiles is as good as none.
    let pattern = app.stamp.as_deref().and_then(|text| Pattern::new(text).ok());
    let prefix = app.issue_prefix.as_deref().and_then(|text| IssuePrefix::new(text).ok());
    for (patch, sha256) in &open {
        let Some(bytes) = content::content_fetch(db, sha256)? else { continue };
        let stamp = stamp(&bytes, patch.file_name(), pattern.as_ref());
        let issue = issue(patch.as_str(), &bytes, prefix.as_ref());
        let sql = "UPDATE revision SET stamped = 1, author = ?4, changed_at = ?5, filed_out_at = ?6, issue = coalesce(issue, ?7)
                   WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
        let author = stamp.as_ref().and_then(|stamp| stamp.author.as_deref());
        let changed_at = stamp.as_ref().and_then(|stamp| stamp.changed_at).map(|when| when.to_string());
        let filed_out_at = stamp.as_ref().and_then(|stamp| stamp.filed_out_at).map(|when| when.to_string());
        let issue = issue.as_ref().map(Issue::as_str);
        let key = (app.name.as_str(), patch.as_str(), sha256.as_bytes());
        db.prepare_cached(sql)?.execute(params![key.0, key.1, key.2, author, changed_at, filed_out_at, issue])?;
    }
    Ok(open.len())
}

/// The application's patterns changed: everything is to be read again.
pub(crate) fn revision_unstamp(db: &Connection, app: &AppName) -> Result<(), StoreError> {
    db.execute("UPDATE revision SET stamped = 0 WHERE application = ?1", [app.as_str()])?;
    Ok(())
}

/// The issue that a person named.
pub(crate) fn revision_issue_set(
    db: &Connection,
    place: (&AppName, &PatchName),
    sha256: &ContentHash,
    issue: &Issue,
) -> Result<(), StoreError> {
    let sql = "UPDATE revision SET issue = ?4 WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    db.execute(sql, params![place.0.as_str(), place.1.as_str(), sha256.as_bytes(), issue.as_str()])?;
    Ok(())
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
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((revision(row)?, row.get(8)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Applications that have this content as a revision.
pub(crate) fn revision_applications(db: &Connection, sha256: &ContentHash) -> Result<Vec<AppName>, StoreError> {
    let mut all = db.prepare_cached("SELECT DISTINCT application FROM revision WHERE sha256 = ?1")?;
    let rows = all.query_map([sha256.as_bytes()], |row| column::word(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
