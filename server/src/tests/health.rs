//! The server's own troubles: told although they keep it from writing anything down.

use super::mails::mailing;
use super::sink::{Manner, Sink};
use super::wait::eventually;
use super::watching::{broken, says, status};
use super::world::{Person, World, read};
use crate::Config;
use crate::health::Part;
use crate::store::{FILE, StoreError};
use fieldpost_common::api::{NewUser, Role, path};
use fieldpost_common::problem::Problem;
use rusqlite::Connection;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

async fn ready(world: &World) -> (u16, String) {
    let answer = world.client.get(format!("{}/readyz", world.url)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Holds the database as another program would: from now on nothing can be written.
async fn seize(world: &World) -> Connection {
    let patience = world.server.store.write(|tx| {
        tx.busy_timeout(Duration::from_millis(50))?;
        Ok::<_, StoreError>(())
    });
    patience.await.unwrap();
    let other = Connection::open(world.folder.path().join("data").join(FILE)).unwrap();
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

async fn add(world: &World, who: &Person, name: &str) -> Result<(), Problem> {
    let new = NewUser { name: name.parse().unwrap(), role: Role::Viewer };
    read::<serde_json::Value>(world.request(reqwest::Method::POST, path::USERS, &who.token).json(&new).send().await.unwrap())
        .await
        .map(drop)
}

#[tokio::test]
async fn what_can_not_be_written_down_is_mailed_from_memory_and_told_until_writing_works_again() {
    let sink = Sink::start().await;
    let world = World::start_with(mailing(sink.address)).await;
    assert_eq!(ready(&world).await, (200, "ready\n".to_owned()));
    let other = seize(&world).await;
    let refused = add(&world, &world.ada, "vi").await.unwrap_err();
    assert_eq!(refused.status, 503, "{refused}");
    assert!(refused.detail.contains("another program holds"), "{refused}");
    let (code, words) = ready(&world).await;
    assert!(code == 503 && words.starts_with("not ready\nnothing new can be stored: "), "{words}");
    let mail = sink.mails(1).await.remove(0);
    assert!(mail.header("Subject").contains("server: problem: nothing new can be stored"), "{}", mail.header("Subject"));
    let told = eventually("status says it", async || status(&world).await.incidents.pop()).await;
    assert!(told.words.as_str().contains("nothing new can be stored"));
    let listed: Vec<fieldpost_common::incident::Incident> = world.get(&world.ada, path::INCIDENTS).await.unwrap();
    assert_eq!(listed.iter().map(|one| &one.subject).collect::<Vec<_>>(), [&told.subject], "and so does the list of incidents");
    other.execute_batch("ROLLBACK").unwrap();
    eventually("it works again", async || (ready(&world).await.0 == 200).then_some(())).await;
    add(&world, &world.ada, "vi").await.unwrap();
    let over = sink.mails(2).await.remove(1);
    assert!(over.header("Subject").contains("server: over: "), "{}", over.header("Subject"));
    eventually("nothing is wrong", async || status(&world).await.incidents.is_empty().then_some(())).await;
    let closed: Vec<fieldpost_common::incident::Incident> =
        world.get(&world.ada, &format!("{}?closed=true", path::INCIDENTS)).await.unwrap();
    assert_eq!(closed.len(), 1, "and it stands in the history");
    assert_eq!(sink.received().len(), 2, "one mail of each flip");
}

#[tokio::test]
async fn a_mail_that_went_out_and_can_not_be_crossed_off_goes_out_once() {
    let sink = Sink::start().await;
    let world = World::start_with(mailing(sink.address)).await;
    let acme = world.site("acme", "7.7").await;
    sink.next(&[Manner::HangUp, Manner::HangUp]);
    says(&world, &acme, broken("db2")).await;
    eventually("it was tried", async || {
        let tries: i64 = world
            .server
            .store
            .peek(|db| Ok::<_, StoreError>(db.query_row("SELECT coalesce(max(tries), 0) FROM mail", [], |row| row.get(0))?))
            .unwrap();
        (tries > 0).then_some(())
    })
    .await;
    assert_eq!(ready(&world).await.0, 200);
    let other = seize(&world).await;
    let mails = |sink: &Sink| sink.received().iter().filter(|mail| mail.header("Subject").contains("db2")).count();
    eventually("it went out", async || {
        world.server.memory.to_tell.notify_one();
        (mails(&sink) == 1).then_some(())
    })
    .await;
    // Rung again and again, it would be sent each time.
    for _ in 0..20 {
        world.server.memory.to_tell.notify_one();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(mails(&sink), 1);
    other.execute_batch("ROLLBACK").unwrap();
    eventually("it is crossed off", async || (status(&world).await.mail.waiting == 0).then_some(())).await;
    assert_eq!(mails(&sink), 1);
}

#[tokio::test]
async fn a_damaged_page_is_found_by_the_check_and_the_server_says_that_it_is_not_ready() {
    let world = World::start_with(Config::default()).await;
    let file = world.folder.path().join("data").join(FILE);
    let db = Connection::open(&file).unwrap();
    let root: u32 = db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'maintenance'", [], |row| row.get(0)).unwrap();
    let size: u32 = db.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    eventually("the log is emptied", async || {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).is_ok_and(|busy| busy == 0).then_some(())
    })
    .await;
    drop(db);
    crate::scrub::pages(&world.server).await;
    assert_eq!(ready(&world).await.0, 200);
    let disk = std::fs::File::options().read(true).write(true).open(&file).unwrap();
    let at = u64::from(root - 1) * u64::from(size);
    let mut good = vec![0; usize::try_from(size).unwrap()];
    disk.read_exact_at(&mut good, at).unwrap();
    disk.write_all_at(&vec![0xff; good.len()], at).unwrap();
    crate::scrub::pages(&world.server).await;
    let (code, words) = ready(&world).await;
    assert!(code == 503 && words.contains("the database is damaged"), "{words}");
    disk.write_all_at(&good, at).unwrap();
    crate::scrub::pages(&world.server).await;
    assert_eq!(ready(&world).await.0, 200);
}

#[tokio::test]
async fn a_mail_server_that_says_no_is_told_by_readyz_and_status() {
    let sink = Sink::start().await;
    let world = World::start_with(mailing(sink.address)).await;
    let acme = world.site("acme", "7.7").await;
    sink.next(&vec![Manner::Say("451 greylisted"); 200]);
    says(&world, &acme, broken("db2")).await;
    let (code, words) =
        eventually("readyz says it", async || Some(ready(&world).await).filter(|said| said.1.contains("mail"))).await;
    assert_eq!((code, words.as_str()), (200, "ready\nmails can't be sent; `fieldpost status` says why\n"));
    assert!(status(&world).await.mail.trouble.is_some());
}

#[tokio::test]
async fn a_mail_that_was_put_off_by_a_clock_that_was_ahead_goes_out_once_it_is_right_again() {
    let sink = Sink::start().await;
    let world = World::start_with(mailing(sink.address)).await;
    let acme = world.site("acme", "7.7").await;
    sink.next(&[Manner::Say("451 greylisted")]);
    says(&world, &acme, broken("db2")).await;
    let ahead = async || {
        let put_off = world.server.store.write(|tx| {
            let sql = "UPDATE mail SET next_try = next_try + 86400000 WHERE next_try IS NOT NULL AND tries > 0";
            Ok::<_, StoreError>(tx.execute(sql, [])?)
        });
        (put_off.await.unwrap() > 0 || !sink.received().is_empty()).then_some(())
    };
    eventually("it was tried", ahead).await;
    world.server.memory.to_tell.notify_one();
    sink.mails(1).await;
}

#[test]
fn parts_that_keep_the_server_from_its_work_are_incidents_and_mails_that_fail_are_told_by_their_own() {
    let subjects: Vec<_> =
        [Part::Writes, Part::Pages, Part::ContentPages, Part::Mail].map(|part| part.subject().is_some()).into();
    assert_eq!(subjects, [true, true, true, false]);
}
