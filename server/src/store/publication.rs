//! The table `publication`: the signed statements themselves. What is current is left to `current`.

use super::{StoreError, column};
use fieldpost_common::api::PublishedAt;
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::Publication;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// Keeps a statement that was verified.
pub(crate) fn publication_add(
    db: &Connection,
    publication: &Publication,
    envelope: &Envelope,
    by: &UserName,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO publication (application, patch, sha256, size, versions, by, at, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.execute(
        sql,
        params![
            publication.application.as_str(),
            publication.patch.as_str(),
            publication.sha256.as_bytes(),
            column::int(publication.size),
            column::text(&publication.versions),
            by.as_str(),
            now.as_ms(),
            column::text(envelope),
        ],
    )?;
    Ok(())
}

/// The newest statement that a content is that patch; one for this version goes before all others.
pub(crate) fn publication_newest(
    db: &Connection,
    (app, patch): (&AppName, &PatchName),
    sha256: &ContentHash,
    version: &Version,
) -> Result<Option<Envelope>, StoreError> {
    let sql = "SELECT envelope FROM publication WHERE application = ?1 AND patch = ?2 AND sha256 = ?3
               ORDER BY EXISTS (SELECT 1 FROM json_each(versions) WHERE value = ?4) DESC, id DESC LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let values = params![app.as_str(), patch.as_str(), sha256.as_bytes(), version.as_str()];
    Ok(find.query_row(values, |row| column::json(row, 0)).optional()?)
}

/// Whether exactly this statement is kept.
pub(crate) fn publication_is_kept(db: &Connection, of: &Publication, envelope: &Envelope) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM publication WHERE application = ?1 AND patch = ?2 AND sha256 = ?3 AND envelope = ?4)";
    let values = params![of.application.as_str(), of.patch.as_str(), of.sha256.as_bytes(), column::text(envelope)];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

/// All statements about a patch, oldest first.
pub(crate) fn publication_list(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<Vec<(ContentHash, PublishedAt)>, StoreError> {
    let sql = "SELECT sha256, versions, by, at FROM publication WHERE application = ?1 AND patch = ?2 ORDER BY id";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| {
        let published = PublishedAt { versions: column::json(row, 1)?, by: column::word(row, 2)?, at: column::time(row, 3)? };
        Ok((column::hash(row, 0)?, published))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
