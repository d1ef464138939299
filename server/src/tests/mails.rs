//! Mails end to end: from what a site says to what a mail server gets.

use super::agent::Agent;
use super::sink::{Manner, Sink};
use super::wait::eventually;
use super::watching::{broken, says, status, well};
use super::world::World;
use crate::Config;
use crate::config::{Mail, State};
use crate::store::StoreError;
use fieldpost_common::api::Verdict;
use std::net::SocketAddr;
use std::time::Duration;

/// Short times; states are asked for once and then not for an hour.
pub(super) fn mailing(address: SocketAddr) -> Config {
    let mail = Mail {
        smtp: format!("smtp://{address}"),
        from: "fieldpost@post.example".to_owned(),
        to: vec!["support@vendor.example".to_owned()],
        user: None,
        password_file: None,
        ca_file: None,
        digest: Duration::from_millis(50),
        timeout: Duration::from_secs(20),
        retry: Duration::from_millis(50),
    };
    Config { mail: Some(mail), state: State { every: Duration::from_hours(1), ..State::default() }, ..Config::default() }
}

async fn began() -> (Sink, World, Agent) {
    began_with(Duration::from_secs(20)).await
}

/// The mail server may take so long.
async fn began_with(timeout: Duration) -> (Sink, World, Agent) {
    let sink = Sink::start().await;
    let mut config = mailing(sink.address);
    config.mail.as_mut().unwrap().timeout = timeout;
    let world = World::start_with(config).await;
    let acme = world.site("acme", "7.7").await;
    (sink, world, acme)
}

/// The rows of a one-number query.
async fn number(world: &World, sql: &'static str) -> i64 {
    let read = world.server.store.read(move |db| Ok::<_, StoreError>(db.query_row(sql, [], |row| row.get(0))?));
    read.await.unwrap()
}

#[tokio::test]
async fn a_problem_is_one_row_and_one_mail_and_its_end_follows_in_the_same_thread() {
    let (sink, world, acme) = began().await;
    says(&world, &acme, broken("db2")).await;
    let alert = sink.mails(1).await.remove(0);
    assert_eq!(alert.header("Subject"), "[fieldpost] acme: problem: trading: status: DOWN db2");
    assert!(alert.bodies()[0].contains("trading: status: DOWN db2"), "{:?}", alert.bodies());
    says(&world, &acme, broken("db2")).await;
    says(&world, &acme, well()).await;
    let over = sink.mails(2).await.remove(1);
    assert!(over.header("Subject").starts_with("[fieldpost] acme: over: "), "{}", over.header("Subject"));
    assert_eq!(over.header("References"), alert.header("Message-ID"));
    assert_eq!(over.header("In-Reply-To"), alert.header("Message-ID"));
    assert_eq!(number(&world, "SELECT count(*) FROM outbox").await, 2, "one for each flip");
    assert_eq!(sink.received().len(), 2);
}

#[tokio::test]
async fn a_warning_is_shown_and_neither_it_nor_its_end_is_mailed() {
    let (sink, world, mut acme) = began().await;
    acme.tell(&world).await;
    says(&world, &acme, "status: warning\n").await;
    eventually("a warning", async || (status(&world).await.worst == Verdict::Warning).then_some(())).await;
    says(&world, &acme, well()).await;
    eventually("all is well", async || (status(&world).await.worst == Verdict::Ok).then_some(())).await;
    assert_eq!(number(&world, "SELECT count(*) FROM outbox").await, 0);
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_goes_out_again_as_the_same_mail() {
    let (sink, world, acme) = began_with(Duration::from_secs(1)).await;
    sink.next(&[Manner::HangAfterData, Manner::Say("451 greylisted")]);
    says(&world, &acme, broken("down")).await;
    let mails = sink.mails(3).await;
    let of = |name: &str| mails.iter().map(|mail| mail.header(name)).collect::<std::collections::BTreeSet<_>>();
    assert_eq!((of("Message-ID").len(), of("Date").len()), (1, 1), "{mails:?}");
    eventually("it is noted", async || (status(&world).await.mail.waiting == 0).then_some(())).await;
    assert_eq!(number(&world, "SELECT count(*) FROM mail").await, 1);
}

#[tokio::test]
async fn the_message_id_is_kept_before_the_mail_server_hears_of_it() {
    let (sink, world, acme) = began().await;
    sink.next(&[Manner::HangAfterData]);
    says(&world, &acme, broken("down")).await;
    let id = sink.mails(1).await[0].header("Message-ID");
    let kept = world.server.store.read(|db| {
        Ok::<_, StoreError>(db.query_row("SELECT message_id, sent_at FROM mail", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?))
        })?)
    });
    let (message_id, sent_at) = kept.await.unwrap();
    assert_eq!(message_id, id);
    assert!(sent_at.is_none() || sink.received().len() > 1);
}

#[tokio::test]
async fn a_server_that_ends_between_transition_and_mail_sends_it_once_after_its_restart() {
    let sink = Sink::start().await;
    let mut config = mailing(sink.address);
    // The window is still open when the server ends.
    config.mail.as_mut().unwrap().digest = Duration::from_secs(2);
    let world = World::start_with(config).await;
    let acme = world.site("acme", "7.7").await;
    says(&world, &acme, broken("down")).await;
    eventually("an incident", async || (status(&world).await.incidents.len() == 1).then_some(())).await;
    let world = world.restart().await;
    sink.mails(1).await;
    says(&world, &acme, well()).await;
    let mails = sink.mails(2).await;
    assert!(mails[0].header("Subject").contains("problem") && mails[1].header("Subject").contains("over"), "{mails:?}");
    assert_eq!(number(&world, "SELECT count(*) FROM mail").await, 2);
}

#[tokio::test]
async fn a_mail_server_that_is_away_holds_nothing_up_and_gets_everything_in_order_once_it_is_there() {
    let address = Sink::start().await.address;
    // Nobody listens at this port any more once the sink's task is gone.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_ne!(address, free);
    let world = World::start_with(mailing(free)).await;
    let mut acme = world.site("acme", "7.7").await;
    says(&world, &acme, broken("down")).await;
    let trouble = eventually("the refusal is shown", async || status(&world).await.mail.trouble).await;
    assert!(!trouble.as_str().is_empty());
    assert!(acme.poll(&world).await.is_ok());
    says(&world, &acme, well()).await;
    eventually("two mails wait", async || (status(&world).await.mail.waiting >= 2).then_some(())).await;
    let sink = Sink::start_at(free).await;
    let subjects: Vec<_> = sink.mails(2).await.iter().map(|mail| mail.header("Subject")).collect();
    assert!(subjects[0].contains("acme: problem") && subjects[1].contains("acme: over"), "{subjects:?}");
}

#[tokio::test]
async fn somebody_whose_mailbox_is_gone_keeps_nobody_else_from_hearing() {
    let sink = Sink::start().await;
    let mut config = mailing(sink.address);
    let mail = config.mail.as_mut().unwrap();
    mail.to = ["gone@vendor.example", "support@vendor.example"].map(str::to_owned).to_vec();
    mail.retry = Duration::from_hours(1);
    let world = World::start_with(config).await;
    let acme = world.site("acme", "7.7").await;
    sink.next(&[Manner::RefuseRecipient("gone"), Manner::RefuseRecipient("gone"), Manner::RefuseRecipient("gone")]);
    says(&world, &acme, broken("down")).await;
    let mails = sink.mails(1).await;
    assert_eq!(mails[0].to, ["RCPT TO:<support@vendor.example>"]);
    let trouble = eventually("the refusal is shown", async || status(&world).await.mail.trouble).await;
    assert!(trouble.as_str().contains("no such mailbox"), "{trouble}");
    let left: String = world
        .server
        .store
        .read(|db| Ok::<_, StoreError>(db.query_row("SELECT recipients FROM mail", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert_eq!(left, r#"["gone@vendor.example"]"#, "only that one is tried again");
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_holds_no_other_up() {
    let sink = Sink::start().await;
    let mut config = mailing(sink.address);
    config.mail.as_mut().unwrap().retry = Duration::from_hours(1);
    let world = World::start_with(config).await;
    let acme = world.site("acme", "7.7").await;
    sink.next(&[Manner::Say("554 looks like spam")]);
    says(&world, &acme, broken("down")).await;
    sink.mails(1).await;
    says(&world, &acme, well()).await;
    // The first is tried again before the second: mails go out in their order.
    let subjects: Vec<_> = sink.mails(3).await.iter().map(|mail| mail.header("Subject")).collect();
    assert!(subjects[1].contains("problem") && subjects[2].contains("over"), "{subjects:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_tried_again() {
    let (sink, world, acme) = began().await;
    sink.next(&[Manner::HangUp, Manner::HangUp]);
    says(&world, &acme, broken("down")).await;
    sink.mails(1).await;
    eventually("it is noted", async || (status(&world).await.mail.waiting == 0).then_some(())).await;
}

#[tokio::test]
async fn three_hundred_sites_that_fail_in_one_minute_give_one_mail() {
    const NAMES: usize = 300;
    let sink = Sink::start().await;
    let mut config = mailing(sink.address);
    config.mail.as_mut().unwrap().digest = Duration::from_secs(5);
    let world = World::start_with(config).await;
    let mut agents = Vec::new();
    for n in 0..NAMES {
        agents.push(world.site(Box::leak(format!("site-{n}").into_boxed_str()), "7.7").await);
    }
    let reports = agents.iter().map(|agent| says(&world, agent, broken("down")));
    futures_util::future::join_all(reports).await;
    let mail = sink.mails(1).await.remove(0);
    assert_eq!(mail.header("Subject"), "[fieldpost] 300 problems at 300 sites");
    assert!(mail.bodies()[0].contains("site-0: problem") && mail.bodies()[0].contains("site-299: problem"));
    assert_eq!(number(&world, "SELECT count(*) FROM mail").await, 1);
}

#[tokio::test]
async fn nothing_that_a_site_says_becomes_a_header_a_command_or_markup() {
    let (sink, world, acme) = began().await;
    let words = "error: down\rBcc: eve@example.org\r\n.\r\nMAIL FROM:<eve@example.org>\r\n<script>alert(1)</script> error\r\n";
    says(&world, &acme, words).await;
    sink.mails(1).await;
    says(&world, &acme, well()).await;
    let mails = sink.mails(2).await;
    for mail in &mails {
        let headers = mail.raw.split("\r\n\r\n").next().unwrap();
        assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{headers}");
        assert_eq!(mail.to, ["RCPT TO:<support@vendor.example>"]);
        assert!(mail.raw.lines().all(|line| !line.starts_with("MAIL FROM")), "bodies travel as base64");
        assert!(!mail.bodies()[1].contains("<script>"), "{}", mail.bodies()[1]);
    }
}

#[tokio::test]
async fn a_test_mail_says_whether_the_mail_server_took_it() {
    let sink = Sink::start().await;
    let config = mailing(sink.address);
    crate::test_mail(&config, "ada@vendor.example").await.unwrap();
    assert_eq!(sink.received()[0].to, ["RCPT TO:<ada@vendor.example>"]);
    sink.next(&[Manner::Say("554 no")]);
    let refused = crate::test_mail(&config, "ada@vendor.example").await.unwrap_err();
    assert!(refused.to_string().contains("554"), "{refused}");
    let without = crate::test_mail(&Config::default(), "ada@vendor.example").await.unwrap_err();
    assert!(without.to_string().contains("[mail]"), "{without}");
}
