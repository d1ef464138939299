//! One file after a stop, a bounded log before it, and logs that don't belong to the file beside them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::command;
use crate::store::{FILE, Store, Tx, content};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};

fn made() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    command::init(data.path(), "http://post.example", &"ada".parse().unwrap()).unwrap();
    data
}

fn open(data: &Path) -> Store {
    Store::open(data, 0, |_| {}).unwrap()
}

fn fault(data: &Path) -> LogFault {
    match Store::open(data, 0, |_| {}).err() {
        Some(StoreError::Log(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn write(store: &Store, rows: std::ops::Range<u32>, size: u32) {
    let work = move |tx: &mut Tx<'_>| {
        for row in rows {
            let mut bytes = vec![0; usize::try_from(size).unwrap()];
            getrandom::fill(&mut bytes).unwrap();
            bytes[..4].copy_from_slice(&row.to_be_bytes());
            content::content_store(tx, &content::Packed::new(ContentHash::of(&bytes), bytes), Timestamp::default())?;
        }
        Ok::<_, StoreError>(())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.write(work)).unwrap();
}

fn rows(store: &Store) -> i64 {
    store.peek(|db| Ok::<_, StoreError>(db.query_row("SELECT count(*) FROM content", [], |row| row.get(0))?)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn copied(from: &Path, files: &[&str]) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in files {
        std::fs::copy(from.join(file), to.path().join(file)).unwrap();
    }
    to
}

const LOG: &str = "fieldpost.db-wal";

#[test]
fn after_a_stop_one_file_is_left_and_a_copy_of_it_alone_is_all() {
    let data = made();
    assert_eq!(names(data.path()), [FILE]);
    let store = open(data.path());
    write(&store, 0..50, 1_000);
    assert_eq!(rows(&store), 50, "a reader's connection is open");
    store.close();
    assert_eq!(names(data.path()), [FILE]);
    let copy = copied(data.path(), &[FILE]);
    command::check(copy.path()).unwrap();
    assert_eq!(names(copy.path()), [FILE], "a check leaves nothing behind");
    assert_eq!(rows(&open(copy.path())), 50);
    assert!(store.peek(|_| Ok::<_, StoreError>(())).is_err_and(|error| matches!(error, StoreError::Stopped)));
}

#[test]
fn readers_that_never_let_go_together_do_not_keep_the_log_from_being_emptied() {
    let data = made();
    let store = open(data.path());
    let done = AtomicBool::new(false);
    let mut largest = 0;
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    // Each begins before another ends: at no moment is there no reader.
                    let look = |db: &Connection| {
                        db.query_row("SELECT count(*) FROM content", [], |row| row.get::<_, i64>(0))?;
                        std::thread::sleep(Duration::from_millis(5));
                        Ok::<_, StoreError>(())
                    };
                    store.peek(look).unwrap();
                }
            });
        }
        for part in 0..60 {
            write(&store, part..part + 1, 1 << 20);
            largest = largest.max(log_size(&data.path().join(FILE)).unwrap());
        }
        done.store(true, Ordering::SeqCst);
    });
    assert!(largest < 2 * LARGE, "{largest}");
    write(&store, 100..101, 10);
    assert!(log_size(&data.path().join(FILE)).unwrap() < 2 * LARGE);
}

#[test]
fn a_log_that_another_program_held_shrinks_once_it_lets_go() {
    let data = made();
    let store = open(data.path());
    let file = data.path().join(FILE);
    let reader = open_beside(&file).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM content").unwrap();
    write(&store, 0..40, 1 << 20);
    write(&store, 40..41, 10);
    assert!(log_size(&file).unwrap() > 2 * LARGE);
    assert!(trouble(&file).is_none(), "not yet alarming");
    reader.execute_batch("COMMIT").unwrap();
    write(&store, 50..70, 1 << 20);
    write(&store, 70..71, 10);
    assert!(log_size(&file).unwrap() < LARGE, "{:?}", log_size(&file));
}

#[test]
fn a_file_copied_from_a_running_server_without_its_log_is_not_taken_for_all() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..5, 1_000);
    let alone = copied(data.path(), &[FILE]);
    let whole = copied(data.path(), &[FILE, LOG]);
    let words = fault(alone.path()).to_string();
    assert!(words.contains("its log") && words.contains("fieldpost-server promote --data"), "{words}");
    assert_eq!(command::check(alone.path()).unwrap_err().to_string(), words);
    assert_eq!(rows(&open(whole.path())), 5, "with its log it is all, as after a crash");
}

#[test]
fn a_check_after_a_crash_leaves_the_log_for_the_server() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..5, 1_000);
    let crashed = copied(data.path(), &[FILE, LOG]);
    assert_eq!(command::check(crashed.path()).unwrap().contents, 5);
    assert!(crashed.path().join(LOG).is_file());
    assert_eq!(rows(&open(crashed.path())), 5);
}

#[test]
fn a_log_of_other_or_older_data_is_never_applied() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..5, 1_000);
    command::init(&data.path().join("other"), "http://other.example", &"ada".parse().unwrap()).unwrap();
    let first_run = copied(data.path(), &[FILE, LOG]);
    store.close();
    let stopped = copied(data.path(), &[FILE]);
    let backup = stopped.path().join("copy.db");
    command::backup(data.path(), &backup, false).unwrap();
    let store = open(data.path());
    write(&store, 5..9, 1_000);
    let second_run = copied(data.path(), &[FILE, LOG]);
    drop(store);
    let put = |file: &Path, log: &Path| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(file, folder.path().join(FILE)).unwrap();
        std::fs::copy(log, folder.path().join(LOG)).unwrap();
        folder
    };
    let (first, second) = (first_run.path().join(LOG), second_run.path().join(LOG));
    for (file, log, what) in [
        (stopped.path().join(FILE), &first, "the log of the run before"),
        (stopped.path().join(FILE), &second, "the log of a later run"),
        (data.path().join("other").join(FILE), &second, "the log of another server"),
        (second_run.path().join(FILE), &first, "a stale log"),
        (backup, &second, "a backup put over the data"),
    ] {
        let folder = put(&file, log);
        assert!(matches!(fault(folder.path()), LogFault::Foreign { .. }), "{what}");
        assert_eq!(
            std::fs::read(folder.path().join(FILE)).unwrap(),
            std::fs::read(&file).unwrap(),
            "{what}: the file is as it was"
        );
        assert_eq!(std::fs::read(folder.path().join(LOG)).unwrap(), std::fs::read(log).unwrap(), "{what}: so is the log");
    }
}

#[test]
fn an_empty_database_is_not_called_sound() {
    for begin in ["", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"] {
        let data = tempfile::tempdir().unwrap();
        let db = Connection::open(data.path().join(FILE)).unwrap();
        db.execute_batch(begin).unwrap();
        drop(db);
        if begin.is_empty() {
            std::fs::write(data.path().join(FILE), "").unwrap();
        }
        assert!(matches!(fault(data.path()), LogFault::Empty { .. }), "{begin:?}");
        assert!(command::check(data.path()).unwrap_err().to_string().contains("never initialised"));
    }
}

#[test]
fn a_database_with_a_damaged_page_is_not_served() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..200, 1_000);
    drop(store);
    let file = data.path().join(FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let words = fault(data.path()).to_string();
    assert!(words.contains("damaged") && words.contains("fieldpost-server restore BACKUP --data"), "{words}");
}

/// Lets no mark be written that has these letters in it, as a full disk does.
fn forbid_mark(db: &Connection, letters: &str) {
    let trigger = format!(
        "CREATE TRIGGER full_{event} BEFORE {event} ON meta WHEN NEW.value LIKE '%{letters}%' BEGIN SELECT RAISE(ABORT, 'full'); END;",
        event = "EVENT"
    );
    for event in ["INSERT", "UPDATE"] {
        db.execute_batch(&trigger.replace("EVENT", event)).unwrap();
    }
}

fn allow_marks(db: &Connection) {
    db.execute_batch("DROP TRIGGER full_INSERT; DROP TRIGGER full_UPDATE;").unwrap();
}

#[test]
fn a_stop_that_can_not_write_its_mark_leaves_the_log_and_the_next_start_goes_on() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..20, 1_000);
    forbid_mark(&open_beside(&data.path().join(FILE)).unwrap(), "stopped");
    store.close();
    assert!(names(data.path()).contains(&LOG.to_owned()), "the file alone says that its server runs");
    let store = open(data.path());
    assert_eq!(rows(&store), 20);
    allow_marks(&open_beside(&data.path().join(FILE)).unwrap());
    store.close();
    assert_eq!(names(data.path()), [FILE]);
}

#[test]
fn a_start_that_can_not_write_its_mark_leaves_the_log_of_the_run_before_and_the_next_start_goes_on() {
    let data = made();
    let store = open(data.path());
    write(&store, 0..20, 1_000);
    forbid_mark(&open_beside(&data.path().join(FILE)).unwrap(), "\"run\":2");
    // As a kill leaves them.
    let killed = copied(data.path(), &[FILE, LOG]);
    store.close();
    for _ in 0..2 {
        let refused = Store::open(killed.path(), 0, |_| {}).err();
        assert!(matches!(refused, Some(StoreError::Sqlite(_))), "{refused:?}");
        assert!(names(killed.path()).contains(&LOG.to_owned()));
    }
    allow_marks(&open_beside(&killed.path().join(FILE)).unwrap());
    assert_eq!(rows(&open(killed.path())), 20);
    assert_eq!(names(killed.path()), [FILE]);
}

#[test]
fn an_address_that_is_set_after_a_start_was_cut_off_leaves_data_that_can_be_started() {
    let data = made();
    let file = data.path().join(FILE);
    // The first mark of a run stands in the log, and not in the file yet.
    let db = open_beside(&file).unwrap();
    log_keep(&db, true).unwrap();
    meta::mark_set(&db, &Mark { run: 1, commit: 0, phase: Phase::Running }).unwrap();
    drop(db);
    assert_eq!(names(data.path()).iter().filter(|name| **name == LOG).count(), 1);
    command::set_url(data.path(), "http://new.example").unwrap();
    open(data.path()).close();
    assert_eq!(names(data.path()), [FILE]);
}
