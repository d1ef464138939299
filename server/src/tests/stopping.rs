//! Stopping, starting beside a running server, and the copy of the data.

use super::world::World;
use crate::server::Server;
use crate::store::lock::{DataLock, Holder};
use crate::{StoreError, command};

#[tokio::test]
async fn the_server_stops_with_polls_and_terminals_parked() {
    let mut world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    acme.poll(&world).await.unwrap().expect("the first batch");
    let server = world.server.clone();
    let answer = tokio::spawn(acme.parked_request(&world).send());
    let mailbox = server.memory.mailboxes.of(&"acme".parse().unwrap());
    while mailbox.parked() == 0 {
        tokio::task::yield_now().await;
    }
    // Returns only when every connection has ended: well before the 50 s that the poll would wait.
    world.stop().await;
    assert_eq!(answer.await.unwrap().unwrap().status().as_u16(), 304);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let world = World::start().await;
    let second = Server::open(world.server.config.clone());
    assert!(matches!(second.err(), Some(StoreError::Locked(_))));
}

#[tokio::test]
async fn a_backup_made_while_the_server_runs_is_whole_private_and_served_by_nobody_before_it_is_restored() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let folder = world.folder.path().join("elsewhere");
    let file = folder.join("fieldpost.db");
    let nowhere = command::backup(&world.server.config.data, &file, false).unwrap_err();
    assert!(nowhere.to_string().contains("its folder is missing"), "{nowhere}");
    std::fs::create_dir(&folder).unwrap();
    let checked = command::backup(&world.server.config.data, &file, false).unwrap();
    assert_eq!((checked.contents, checked.audit.broken_at), (1, None));
    let again = command::backup(&world.server.config.data, &file, false).unwrap_err();
    assert!(again.to_string().contains("--force"), "{again}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let server = Server::open(crate::Config { data: folder, ..world.server.config.clone() });
    assert!(matches!(server.err(), Some(StoreError::Log(crate::LogFault::Backup { .. }))));
}

#[test]
fn init_refuses_a_directory_that_holds_anything() {
    let folder = tempfile::tempdir().unwrap();
    let admin = "admin".parse().unwrap();
    command::init(folder.path(), "http://x", &admin).unwrap();
    let again = command::init(folder.path(), "http://x", &admin).unwrap_err();
    assert!(again.to_string().contains("has fieldpost data already"), "{again}");
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("thesis.txt"), "x").unwrap();
    assert!(command::init(other.path(), "http://x", &admin).unwrap_err().to_string().contains("not empty"));
    assert!(command::init(&other.path().join("new"), "post.example", &admin).unwrap_err().to_string().contains("not an address"));
}

#[test]
fn a_content_that_went_bad_on_the_disk_is_found_by_check() {
    let folder = tempfile::tempdir().unwrap();
    command::init(folder.path(), "http://x", &"admin".parse().unwrap()).unwrap();
    let db = rusqlite::Connection::open(folder.path().join("fieldpost.db")).unwrap();
    db.execute("INSERT INTO content VALUES (zeroblob(32), 1, 'plain', NULL, 'x', 0)", []).unwrap_err();
    db.execute("INSERT INTO content VALUES (zeroblob(32), 1, 'plain', NULL, x'78', 0)", []).unwrap();
    drop(db);
    assert!(command::check(folder.path()).unwrap_err().to_string().contains("is damaged on the server's disk"));
}

#[tokio::test]
async fn a_backup_runs_through_a_pipe_stays_out_of_files_that_are_there_and_replaces_one_only_by_force() {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink};
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    let make = |name: &str, force| command::backup(&world.server.config.data, &path(name), force);
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    let pipe = path("pipe");
    let reader = std::thread::spawn(move || std::fs::read(pipe).unwrap());
    make("pipe", false).unwrap();
    assert!(reader.join().unwrap().starts_with(b"SQLite format 3"));
    assert!(std::fs::symlink_metadata(path("pipe")).unwrap().file_type().is_fifo());
    std::fs::write(path("mine.part"), "mine").unwrap();
    std::fs::write(path("mine.db"), "mine").unwrap();
    symlink("mine.db", path("link")).unwrap();
    symlink("made.db", path("dangling")).unwrap();
    assert!(make("link", false).unwrap_err().to_string().contains("--force"));
    assert_eq!(std::fs::read(path("mine.db")).unwrap(), b"mine");
    for (name, end, force) in [("link", "mine.db", true), ("dangling", "made.db", false)] {
        make(name, force).unwrap();
        assert!(std::fs::symlink_metadata(path(name)).unwrap().file_type().is_symlink(), "{name} stays a link");
        assert!(std::fs::read(path(end)).unwrap().starts_with(b"SQLite format 3"));
        assert_eq!(std::fs::metadata(path(end)).unwrap().mode() & 0o777, 0o600);
    }
    assert!(make("no/such/folder.db", false).unwrap_err().to_string().contains("its folder is missing"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 6, "nothing else lies there: {left:?}");
    assert_eq!(std::fs::read(path("mine.part")).unwrap(), b"mine");
}

#[tokio::test]
async fn while_data_are_restored_or_promoted_nothing_else_changes_reads_or_copies_them_and_is_told_why() {
    let mut world = World::start().await;
    world.stop().await;
    let data = world.server.config.data.clone();
    for holder in [Holder::Restore, Holder::Promote] {
        let lock = loop {
            // The last request's handler may hold the old store for a moment.
            match DataLock::acquire(&data, holder) {
                Err(StoreError::Locked(_)) => tokio::task::yield_now().await,
                other => break other.unwrap(),
            }
        };
        let ada = "ada".parse().unwrap();
        let said = [
            crate::set_url(&data, "http://other.example").unwrap_err(),
            crate::login_string(&data, &ada, None).unwrap_err(),
            command::check(&data).unwrap_err(),
            command::backup(&data, &world.folder.path().join("copy.db"), false).unwrap_err(),
        ];
        for error in said {
            let words = error.to_string();
            assert!(words.contains("is at work on") && words.contains("give the command again"), "{words}");
        }
        drop(lock);
    }
    assert_eq!(crate::set_url(&data, "http://other.example").unwrap(), "http://post.example");
}
