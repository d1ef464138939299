//! Brings a database to this version's schema: numbered steps, each applied once, after a copy was made.

use super::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// Append only: a step that was ever released is never edited.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_stamps.sql"),
    include_str!("migrations/0003_orders_that_show.sql"),
    include_str!("migrations/0004_watch.sql"),
    include_str!("migrations/0005_commands.sql"),
    include_str!("migrations/0006_walkbacks.sql"),
    include_str!("migrations/0007_text_quota.sql"),
    include_str!("migrations/0008_errors_opened.sql"),
    include_str!("migrations/0009_walkbacks_by_time.sql"),
    include_str!("migrations/0010_agreements.sql"),
    include_str!("migrations/0011_damaged_contents.sql"),
    include_str!("migrations/0012_drift.sql"),
    include_str!("migrations/0013_hooks.sql"),
    include_str!("migrations/0014_purge.sql"),
    include_str!("migrations/0015_orders_that_wait.sql"),
    include_str!("migrations/0016_cant_say.sql"),
    include_str!("migrations/0017_restored.sql"),
    include_str!("migrations/0018_trust_held.sql"),
    include_str!("migrations/0019_withdrawals.sql"),
    include_str!("migrations/0020_used_secrets.sql"),
];

/// Applies what is missing. A schema newer than this program knows is refused.
pub(super) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), StoreError> {
    apply(connection, file, STEPS)
}

fn apply(connection: &mut Connection, file: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let has = usize::try_from(version(connection)?).unwrap_or(usize::MAX);
    if has > steps.len() {
        return Err(StoreError::Newer { file: file.display().to_string(), has, knows: steps.len() });
    }
    if has > 0 && has < steps.len() {
        copy(connection, file, has)?;
    }
    for (index, step) in steps.iter().enumerate().skip(has) {
        let tx = connection.transaction()?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        tx.commit()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn copy(connection: &Connection, file: &Path, has: usize) -> Result<(), StoreError> {
    let target = file.with_extension(format!("db.before-migration-{has}"));
    if target.exists() {
        std::fs::remove_file(&target).map_err(|error| StoreError::io(&target, &error))?;
    }
    connection.execute("VACUUM INTO ?1", [target.display().to_string()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_schema_newer_than_the_program_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = migrate(&mut connection, Path::new("x/fieldpost.db")).expect_err("newer");
        assert!(error.to_string().contains("newer"), "{error}");
        assert_eq!(version(&connection).unwrap(), 99);
    }

    #[test]
    fn a_copy_is_made_before_an_older_database_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("fieldpost.db");
        let mut connection = Connection::open(&file).unwrap();
        let steps = ["CREATE TABLE a (x); INSERT INTO a VALUES (1);", "DROP TABLE a;"];
        apply(&mut connection, &file, &steps[..1]).unwrap();
        apply(&mut connection, &file, &steps).unwrap();
        let copy = Connection::open(file.with_extension("db.before-migration-1")).unwrap();
        assert_eq!(copy.query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(connection.prepare("SELECT x FROM a").is_err());
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("fieldpost.db");
        let mut connection = Connection::open(&file).unwrap();
        assert!(apply(&mut connection, &file, &["CREATE TABLE a (x);", "CREATE TABLE b (x); nonsense;"]).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(connection.prepare("SELECT x FROM b").is_err());
    }
}
