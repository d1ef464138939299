//! The table `activity`: what happened, append-only; each row's hash covers the one before.

use super::{StoreError, column};
use fieldpost_common::api::{Activity, AuditState};
use fieldpost_common::hash::{ContentHash, Hasher};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// A row to be: say who and what, then what else is known.
pub(crate) fn activity(who: impl Into<String>, what: &str) -> Activity {
    Activity {
        seq: 0,
        at: Timestamp::default(),
        who: who.into(),
        what: what.to_owned(),
        application: None,
        patch: None,
        site: None,
        sha256: None,
        key: None,
        detail: None,
    }
}

fn chain(before: Option<&ContentHash>, row: &str) -> ContentHash {
    let mut hasher = Hasher::new();
    hasher.update(before.map_or(&[0; 32], |before| before.as_bytes()));
    hasher.update(row.as_bytes());
    hasher.finish()
}

/// Appends a row.
pub(crate) fn activity_add(db: &Connection, mut activity: Activity, now: Timestamp) -> Result<(), StoreError> {
    let mut last = db.prepare_cached("SELECT seq, hash FROM activity ORDER BY seq DESC LIMIT 1")?;
    let last = last.query_row([], |row| Ok((column::size(row, 0)?, column::hash(row, 1)?))).optional()?;
    activity.seq = last.map_or(1, |(seq, _)| seq + 1);
    activity.at = now;
    let row = column::text(&activity);
    let hash = chain(last.as_ref().map(|(_, hash)| hash), &row);
    let mut add = db.prepare_cached("INSERT INTO activity VALUES (?1, ?2, ?3)")?;
    add.execute(params![column::int(activity.seq), row, hash.as_bytes()])?;
    Ok(())
}

/// Rows before `before`, newest first.
pub(crate) fn activity_list(db: &Connection, before: Option<u64>, limit: u64) -> Result<Vec<Activity>, StoreError> {
    let mut all = db.prepare_cached("SELECT row FROM activity WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2")?;
    let values = [before.map_or(i64::MAX, column::int), column::int(limit)];
    Ok(all.query_map(values, |row| column::json(row, 0))?.collect::<Result<_, _>>()?)
}

/// Checks the chain from its beginning.
pub(crate) fn activity_audit(db: &Connection) -> Result<AuditState, StoreError> {
    let mut state = AuditState { rows: 0, head: None, broken_at: None };
    let mut all = db.prepare("SELECT seq, row, hash FROM activity ORDER BY seq")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, hash) = (column::size(row, 0)?, column::hash(row, 2)?);
        let fits = seq == state.rows + 1 && chain(state.head.as_ref(), row.get_ref(1)?.as_str().unwrap_or_default()) == hash;
        if !fits && state.broken_at.is_none() {
            state.broken_at = Some(seq);
        }
        state.rows += 1;
        state.head = Some(hash);
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn db() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("migrations/0001_first.sql")).unwrap();
        for what in ["published", "ordered", "confirmed"] {
            activity_add(&db, activity("user:ada", what), Timestamp::from_ms(5)).unwrap();
        }
        db
    }

    #[test]
    fn the_audit_can_neither_be_changed_nor_shortened() {
        let db = db();
        assert!(db.execute("UPDATE activity SET row = '{}' WHERE seq = 2", []).is_err());
        assert!(db.execute("DELETE FROM activity WHERE seq = 3", []).is_err());
        let state = activity_audit(&db).unwrap();
        assert_eq!((state.rows, state.broken_at), (3, None));
    }

    #[test]
    fn a_row_that_was_changed_behind_the_triggers_back_breaks_the_chain_there() {
        let db = db();
        db.execute_batch(
            "DROP TRIGGER activity_is_never_changed; UPDATE activity SET row = replace(row, 'ada', 'eve') WHERE seq = 2",
        )
        .unwrap();
        assert_eq!(activity_audit(&db).unwrap().broken_at, Some(2));
    }

    #[test]
    fn a_row_that_was_taken_out_breaks_the_chain_behind_it() {
        let db = db();
        db.execute_batch("DROP TRIGGER activity_is_never_deleted; DELETE FROM activity WHERE seq = 2").unwrap();
        assert_eq!(activity_audit(&db).unwrap().broken_at, Some(3));
    }
}
