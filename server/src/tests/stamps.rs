//! Stamps: read by the application's settings, read again when those change, corrected by people.

use super::world::{Person, World, hash};
use fieldpost_common::api::{Activity, AllStamps, Correct, History, Publish, Published, Revision, Role, path};
use fieldpost_common::correction::Field;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::publication::Publication;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const METHOD: &str = "!Order methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!\nprice\n\t^1! !\n";
const EITHER: &str = "# Author: bn\n# Date: 04/08/2011\n";

async fn set(world: &World, more: Value) -> Result<(), Problem> {
    let mut settings = json!({"name": "trading", "versions": ["7.6", "7.7"]});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.put(&world.ada, &path::APP.replace("{application}", "trading"), &settings).await
}

async fn newest(world: &World, patch: &str) -> Revision {
    let route = format!("{}?patch={patch}", path::HISTORY.replace("{application}", "trading"));
    let mut history: History = world.get(&world.ada, &route).await.unwrap();
    history.revisions.remove(0)
}

fn correct(text: &str) -> Correct {
    Correct { patch: "Order.st".parse().unwrap(), sha256: hash(text), author: None, changed_at: None, issue: None }
}

async fn said(world: &World, who: &Person, correct: &Correct) -> Result<Revision, Problem> {
    let route = path::CORRECTION.replace("{application}", "trading");
    let sent = world.request(reqwest::Method::PUT, &route, &who.token).json(correct).send().await.unwrap();
    super::world::read(sent).await
}

async fn corrections(world: &World) -> Vec<String> {
    let rows: Vec<Activity> = world.get(&world.ada, path::ACTIVITY).await.unwrap();
    let corrected = rows.into_iter().filter(|row| row.what == "corrected");
    corrected.map(|row| format!("{} {}", row.who, row.detail.unwrap_or_default())).collect()
}

fn at(revision: &Revision) -> String {
    revision.changed_at.map_or_else(|| "no time".to_owned(), |when| when.to_string())
}

#[tokio::test]
async fn a_new_stamp_pattern_is_applied_to_what_is_there() {
    let world = World::start().await;
    let published = world.publish(&world.ada, "Order.st", ("7.7", "changed-by=bea;"), None).await.unwrap();
    assert_eq!(published.author, None);
    set(&world, json!({"stamps": [{"pattern": "changed-by=(?<author>\\w+);"}]})).await.unwrap();
    assert_eq!(world.table().await.grid.patches[0].author.as_deref(), Some("bea"));
}

#[tokio::test]
async fn a_pattern_looks_only_where_it_was_told_and_reads_times_in_its_own_form() {
    let world = World::start().await;
    let text = "by xx 2020/01/01 10:00\nby bn 2011/08/04 13:02\n";
    world.publish(&world.ada, "Order.st", ("7.7", text), None).await.unwrap();
    let pattern = json!({"pattern": "by (?<author>\\w+) (?<time>.+)", "time_format": "%Y/%d/%m %H:%M", "place": "foot:1"});
    set(&world, json!({"stamps": [pattern]})).await.unwrap();
    let revision = newest(&world, "Order.st").await;
    assert_eq!((revision.author.as_deref(), at(&revision).as_str()), (Some("bn"), "2011-04-08T13:02:00"));
}

#[tokio::test]
async fn the_date_order_makes_an_ambiguous_date_readable() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", EITHER), None).await.unwrap();
    let revision = newest(&world, "Order.st").await;
    assert!(revision.changed_at.is_none() && revision.stamp.unwrap().ambiguous);
    assert!(world.table().await.grid.patches[0].ambiguous);
    for (order, date) in [("day-first", "2011-08-04"), ("month-first", "2011-04-08")] {
        set(&world, json!({"date_order": order})).await.unwrap();
        assert_eq!(at(&newest(&world, "Order.st").await), date);
    }
    assert!(!world.table().await.grid.patches[0].ambiguous);
}

#[tokio::test]
async fn people_say_whose_initials_a_stamp_has() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", METHOD), None).await.unwrap();
    assert_eq!(newest(&world, "Order.st").await.person, None);
    set(&world, json!({"people": {"bn": "Bob Nilsson"}})).await.unwrap();
    assert_eq!(newest(&world, "Order.st").await.person.as_deref(), Some("Bob Nilsson"));
}

#[tokio::test]
async fn settings_that_can_not_be_used_are_refused_with_the_reason() {
    let world = World::start().await;
    for (settings, reason) in [
        (json!({"stamps": [{"pattern": "(unclosed"}]}), "(unclosed"),
        (json!({"stamps": [{"pattern": "by .*"}]}), "has neither a group"),
        (json!({"stamps": [{"pattern": "(?<time>.*)", "time_format": "%!"}]}), "%!"),
        (json!({"stamps": [{"pattern": "(?<time>.*)", "place": "middle:3"}]}), "middle:3"),
        (json!({"date_order": "year-first"}), "year-first"),
        (json!({"people": {"bn": "Bob\nNilsson"}}), "one line"),
        (json!({"issue_prefix": "["}), "issue prefix"),
    ] {
        let problem = set(&world, settings).await.unwrap_err();
        assert_eq!(problem.code, Code::Invalid);
        assert!(problem.detail.contains(reason), "{problem}");
    }
}

#[tokio::test]
async fn the_whole_list_of_stamps_is_on_a_route_of_its_own_with_lines() {
    let world = World::start().await;
    let text = METHOD.repeat(2_000);
    world.publish(&world.ada, "Order.st", ("7.7", &text), None).await.unwrap();
    let history = path::HISTORY.replace("{application}", "trading") + "?patch=Order.st";
    let sent = world.request(reqwest::Method::GET, &history, &world.ada.token).send().await.unwrap();
    assert!(sent.bytes().await.unwrap().len() < 2_000, "a history stays small");
    assert_eq!(newest(&world, "Order.st").await.stamp.unwrap().found, 2_000);
    let route = format!("{}?patch=Order.st&sha256={}", path::STAMPS.replace("{application}", "trading"), hash(&text));
    let all: AllStamps = world.get(&world.ada, &route).await.unwrap();
    assert_eq!((all.stamps.len(), all.stamps[1].line), (2_000, Some(4)));
}

#[tokio::test]
async fn a_correction_counts_in_grid_and_history_and_the_audit_says_who_and_what() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    world.publish(&world.ada, "Order.st", ("7.7", METHOD), None).await.unwrap();
    let words = Correct {
        author: Some(Field::Is("ml".to_owned())),
        changed_at: Some(Field::Nothing),
        issue: Some(Field::Is("4711".parse().unwrap())),
        ..correct(METHOD)
    };
    let revision = said(&world, &bn, &words).await.unwrap();
    assert_eq!((revision.author.as_deref(), revision.changed_at), (Some("ml"), None));
    assert_eq!(revision.stamp.unwrap().author.as_deref(), Some("bn"), "what was read stays in sight");
    let patch = world.table().await.grid.patches.remove(0);
    assert_eq!((patch.author.as_deref(), patch.changed_at, patch.corrected), (Some("ml"), None, true));
    assert_eq!(patch.issue.unwrap().as_str(), "4711");
    let audit = ["user:bn author: bn → ml; time: 2011-04-08T13:02:00 → nothing; issue: nothing → 4711"];
    assert_eq!(corrections(&world).await, audit);
    said(&world, &bn, &words).await.unwrap();
    assert_eq!(corrections(&world).await, audit, "the same said twice is said once");
}

#[tokio::test]
async fn a_correction_survives_new_settings_and_can_be_taken_back() {
    let world = World::start().await;
    world.publish(&world.ada, "Order.st", ("7.7", METHOD), None).await.unwrap();
    said(&world, &world.ada, &Correct { author: Some(Field::Is("ml".to_owned())), ..correct(METHOD) }).await.unwrap();
    set(&world, json!({"stamps": [{"pattern": "(?<author>price)"}]})).await.unwrap();
    let revision = newest(&world, "Order.st").await;
    assert_eq!(revision.author.as_deref(), Some("ml"));
    assert_eq!(revision.stamp.unwrap().author.as_deref(), Some("price"));
    said(&world, &world.ada, &Correct { author: Some(Field::AsRead), ..correct(METHOD) }).await.unwrap();
    assert_eq!(newest(&world, "Order.st").await.author.as_deref(), Some("price"));
    assert!(!world.table().await.grid.patches[0].corrected);
    assert_eq!(corrections(&world).await, ["user:ada author: ml → price, as read", "user:ada author: bn → ml"]);
}

#[tokio::test]
async fn a_viewer_may_not_correct_and_nobody_may_say_nonsense() {
    let world = World::start().await;
    let vi = world.person("vi", Role::Viewer, 7).await;
    world.publish(&world.ada, "Order.st", ("7.7", METHOD), None).await.unwrap();
    let good = Correct { author: Some(Field::Nothing), ..correct(METHOD) };
    assert_eq!(said(&world, &vi, &good).await.unwrap_err().code, Code::Forbidden);
    let nonsense = Correct { author: Some(Field::Is("a\nb".to_owned())), ..correct(METHOD) };
    assert_eq!(said(&world, &world.ada, &nonsense).await.unwrap_err().code, Code::Invalid);
    assert_eq!(said(&world, &world.ada, &correct(METHOD)).await.unwrap_err().code, Code::Invalid, "it says nothing");
    let other = Correct { author: Some(Field::Nothing), ..correct("other") };
    assert_eq!(said(&world, &world.ada, &other).await.unwrap_err().code, Code::NotFound);
    assert_eq!(corrections(&world).await, [""; 0]);
}

#[tokio::test]
async fn an_issue_named_at_publish_is_a_correction_and_one_that_the_name_says_is_none() {
    let world = World::start().await;
    for (patch, read) in [("Order.st", None), ("4711-Order.st", Some("4711"))] {
        let text = format!("{patch} {METHOD}");
        world.upload(&world.ada, &text).await;
        let publication = Publication {
            form: Form::default(),
            application: "trading".parse().unwrap(),
            patch: patch.parse().unwrap(),
            versions: vec!["7.7".parse().unwrap()],
            sha256: hash(&text),
            size: text.len() as u64,
            issue: read.is_none().then(|| "12".parse().unwrap()),
            created: Timestamp::from_ms(5),
            key: world.ada.key.public().id(),
        };
        let publish = Publish { publication: publication.sign(&world.ada.key), replaces: vec![None], takes_back: false };
        let published: Published = world.post(&world.ada, path::PUBLICATIONS, &publish).await.unwrap();
        assert_eq!(published.issue.unwrap().as_str(), read.unwrap_or("12"));
        let revision = newest(&world, patch).await;
        assert_eq!(revision.corrections.issue.is_some(), read.is_none(), "{patch}");
        assert_eq!(revision.issue_read.as_ref().map(fieldpost_common::issue::Issue::as_str), read);
    }
    assert_eq!(corrections(&world).await, ["user:ada issue: nothing → 12"]);
}

#[tokio::test]
async fn a_time_that_lay_ahead_is_read_again_once_it_no_longer_does() {
    let world = World::start().await;
    let ahead = crate::clock::now().plus(Duration::from_hours(24 * 3));
    let date = jiff_date(ahead);
    let text = format!("# Author: bn\n# Date: {date}\n");
    world.publish(&world.ada, "Order.st", ("7.7", &text), None).await.unwrap();
    assert!(newest(&world, "Order.st").await.stamp.unwrap().future);
    let due = |now| world.server.store.write(move |tx| crate::store::revision::revision_unstamp_due(tx, now));
    assert_eq!(due(crate::clock::now()).await.unwrap(), 0, "not yet");
    assert_eq!(due(ahead).await.unwrap(), 1);
}

/// The day of a time, as in `2026-11-25`.
fn jiff_date(at: Timestamp) -> String {
    at.to_string()[..10].to_owned()
}
