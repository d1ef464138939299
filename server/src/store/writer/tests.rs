//! Group commit: what is acknowledged is kept, what failed leaves nothing, whatever else was in its group.

use super::*;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

fn database(file: &std::path::Path) -> Connection {
    let connection = Connection::open(file).expect("database");
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).expect("WAL");
    let tables = "CREATE TABLE t (x INTEGER PRIMARY KEY, y); CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)";
    connection.execute_batch(tables).expect("tables");
    connection
}

fn start(file: &std::path::Path, on_commit: OnCommit) -> Writer {
    let connection = database(file);
    let readers = Arc::new(crate::store::readers::Readers::new(file.to_owned()));
    let log = Log::begin(&connection, file, readers, 0).expect("a log");
    Writer::start(connection, log, on_commit).expect("writer")
}

fn insert(n: i64) -> impl FnOnce(&mut Tx<'_>) -> Result<i64, StoreError> + Send + 'static {
    move |tx| {
        tx.execute("INSERT INTO t VALUES (?1, zeroblob(100))", [n])?;
        tx.then(Effect::SiteGone(format!("s{n}").parse().expect("site")));
        Ok(n)
    }
}

fn rows(file: &std::path::Path) -> Vec<i64> {
    let connection = Connection::open(file).expect("database");
    let mut all = connection.prepare("SELECT x FROM t ORDER BY x").expect("statement");
    all.query_map([], |row| row.get(0)).expect("query").collect::<Result<_, _>>().expect("rows")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("runtime").block_on(future)
}

#[test]
fn work_that_panics_or_fails_leaves_nothing_and_the_rest_of_its_group_is_kept() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.db");
    let writer = start(&file, Box::new(|_| {}));
    let good = writer.write(insert(1));
    let panics = writer.write(|tx: &mut Tx<'_>| -> Result<(), StoreError> {
        tx.execute("INSERT INTO t VALUES (2, 'x')", [])?;
        panic!("a bug")
    });
    let twice = writer.write(insert(1));
    let last = writer.write(insert(3));
    block_on(async {
        assert_eq!(good.await.expect("kept"), 1);
        assert!(matches!(panics.await, Err(StoreError::Panicked)));
        assert!(matches!(twice.await, Err(StoreError::Sqlite(_))));
        assert_eq!(last.await.expect("kept"), 3);
    });
    assert_eq!(rows(&file), [1, 3]);
}

#[test]
fn an_answer_comes_only_after_the_commit() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.db");
    let writer = start(&file, Box::new(|_| {}));
    for n in 0..20 {
        block_on(writer.write(insert(n))).expect("kept");
        // Another connection sees it: it is committed, not merely written.
        assert_eq!(rows(&file), (0..=n).collect::<Vec<_>>());
    }
}

#[test]
fn work_queued_before_the_end_is_done() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.db");
    let writer = start(&file, Box::new(|_| {}));
    // Nobody waits for the answers, as when clients go away.
    (0..100).for_each(|n| drop(writer.write(insert(n))));
    drop(writer);
    assert_eq!(rows(&file).len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_was_acknowledged_is_there_and_its_effects_happened_in_order(plan in proptest::collection::vec((0_i64..40, any::<bool>()), 1..60)) {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("x.db");
        let happened = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&happened);
        let on_commit = move |effect| seen.lock().expect("lock").push(effect);
        let writer = start(&file, Box::new(on_commit));
        let work = |(n, fails): (i64, bool)| writer.write(move |tx: &mut Tx<'_>| {
            let done = insert(n)(tx)?;
            if fails { Err(StoreError::Stopped) } else { Ok(done) }
        });
        let waiting: Vec<_> = plan.into_iter().map(work).collect();
        let mut acknowledged = block_on(async {
            let mut kept = Vec::new();
            for answer in waiting {
                kept.extend(answer.await.ok());
            }
            kept
        });
        let effects: Vec<_> = acknowledged.iter().map(|n| Effect::SiteGone(format!("s{n}").parse().expect("site"))).collect();
        prop_assert_eq!(&*happened.lock().expect("lock"), &effects);
        acknowledged.sort_unstable();
        prop_assert_eq!(rows(&file), acknowledged);
    }
}
