//! Walkbacks that come from sites: counted once, kept as the first and the newest, refused when they aren't what they say.

use super::agent::Agent;
use super::wait::eventually;
use super::world::{World, read};
use crate::Config;
use fieldpost_common::api::{ErrorGroup, ErrorView, Errors, MarkError, Status, path};
use fieldpost_common::error_group::ErrorState;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Dropped, Piece, StoredAnswer, Walkbacks, path as wire};
use fieldpost_common::zone::Zone;
use jiff::tz::TimeZone;
use reqwest::Method;

fn java(number: usize, place: &str) -> String {
    format!("java.lang.IllegalStateException: entry {number} is closed\n\tat com.acme.{place}.open({place}.java:{number})\n")
}

fn piece(name: &str, text: &str) -> Piece {
    let (application, sha256) = ("trading".parse().unwrap(), ContentHash::of(text.as_bytes()));
    Piece {
        id: Piece::id_of(&application, name, 0, &sha256),
        application,
        version: "7.7".parse().unwrap(),
        file: Clean::line(name),
        modified: crate::clock::now(),
        mailed: false,
        offset: 0,
        sha256,
        content: text.as_bytes().to_vec(),
    }
}

async fn give(world: &World, agent: &Agent, pieces: Vec<Piece>) -> Result<StoredAnswer, Problem> {
    give_with(world, agent, pieces, &[("trading", 3)]).await
}

async fn give_with(world: &World, agent: &Agent, pieces: Vec<Piece>, dropped: &[(&str, u64)]) -> Result<StoredAnswer, Problem> {
    let dropped = dropped.iter().map(|(app, count)| Dropped { application: app.parse().unwrap(), count: *count }).collect();
    let zone = Zone::of(&TimeZone::fixed(jiff::tz::offset(2)), crate::clock::now());
    let body = Walkbacks { at: crate::clock::now(), zone, pieces, dropped };
    read(world.request(Method::POST, wire::WALKBACKS, &agent.token).json(&body).send().await.unwrap()).await
}

/// A word without digits, another for each number: classes that differ in their numbers only are one.
fn place(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 20).unwrap());
    ["P".to_owned(), [number / 400, number / 20, number].map(letter).iter().collect()].concat()
}

/// That many different errors.
fn different(numbers: std::ops::Range<usize>, mailed: bool) -> Vec<Piece> {
    numbers.map(|number| Piece { mailed, ..piece("a.log", &java(number, &place(number))) }).collect()
}

/// The words of the incidents that are open, once there are so many.
async fn alarms(world: &World, number: usize) -> Vec<String> {
    let look = async || {
        let status: Status = world.get(&world.ada, path::STATUS).await.unwrap();
        let words: Vec<_> = status.incidents.iter().map(|one| one.words.to_string()).collect();
        (words.len() == number).then_some(words)
    };
    eventually("so many incidents", look).await
}

async fn errors(world: &World) -> Errors {
    world.get(&world.ada, path::ERRORS).await.unwrap()
}

async fn view(world: &World, group: &ErrorGroup) -> ErrorView {
    world.get(&world.ada, &path::ERROR.replace("{group}", &group.id.to_string())).await.unwrap()
}

#[tokio::test]
async fn the_same_pieces_twice_are_counted_once_also_within_one_batch() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let batch = || vec![piece("a.log", &java(1, "Book")), piece("b.log", &java(1, "Book")), piece("c.log", &java(2, "Book"))];
    for _ in 0..3 {
        give(&world, &acme, batch()).await.unwrap();
    }
    let errors = errors(&world).await;
    assert_eq!(errors.groups.len(), 1);
    assert_eq!((errors.groups[0].count, errors.groups[0].state), (2, ErrorState::New));
    assert_eq!(errors.dropped[0].count, 3);
}

#[tokio::test]
async fn what_was_dropped_of_an_application_that_is_not_known_at_the_site_holds_up_no_walkback_of_another() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let dropped = [("billing", 1), ("trading", 3)];
    give_with(&world, &acme, vec![piece("a.log", &java(1, "Book"))], &dropped).await.unwrap();
    let now = errors(&world).await;
    assert_eq!((now.groups[0].count, now.dropped.len(), now.dropped[0].count), (1, 1, 3));
    // Also where no piece waits.
    give_with(&world, &acme, Vec::new(), &[("trading", 4)]).await.unwrap();
    assert_eq!(errors(&world).await.dropped[0].count, 4);
}

#[tokio::test]
async fn a_crash_loop_is_kept_as_its_first_its_newest_and_its_count() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let large = "x".repeat(200_000);
    for round in 0..6 {
        let pieces =
            (0..10).map(|at| piece("loop.log", &format!("{}\n{large}\n", java(100 + round * 10 + at, "Loop")))).collect();
        give(&world, &acme, pieces).await.unwrap();
    }
    let errors = errors(&world).await;
    let group = errors.groups.iter().find(|group| group.top_frame.is_some()).unwrap();
    assert_eq!(group.count, 60);
    let view = view(&world, group).await;
    let kept: Vec<_> =
        view.walkbacks.iter().map(|walkback| walkback.text.split_whitespace().nth(2).unwrap().to_owned()).collect();
    assert_eq!(kept, ["100", "156", "157", "158", "159"]);
    assert!(errors.kept.bytes > 0 && errors.kept.bytes < 100_000, "{:?}", errors.kept);
}

/// The numbers in the texts that are kept of an error.
async fn kept(world: &World, group: &ErrorGroup) -> Vec<String> {
    let texts = view(world, group).await.walkbacks;
    texts.iter().map(|walkback| walkback.text.split_whitespace().nth(2).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn over_the_quota_each_error_keeps_its_first_and_its_newest_text_and_all_are_counted() {
    let world = World::start_with(Config { walkback_quota: 1, ..Config::default() }).await;
    let sites = [world.site("acme", "7.7").await, world.site("borealis", "7.7").await];
    for number in 0..3 {
        for (at, site) in sites.iter().enumerate() {
            let java = |place| java(number * 2 + at, place);
            give(&world, site, vec![piece("a.log", &java("Book")), piece("b.log", &java("Page"))]).await.unwrap();
        }
    }
    let errors = errors(&world).await;
    assert_eq!(errors.groups.iter().map(|group| group.count).collect::<Vec<_>>(), [6, 6]);
    for group in &errors.groups {
        assert_eq!(kept(&world, group).await, ["0", "5"]);
    }
}

#[tokio::test]
async fn over_the_quota_the_error_whose_texts_take_most_gives_up_its_oldest_in_between() {
    let large = |number: usize| {
        let same = ('a'..='f').map(|letter| format!("\tat com.acme.Same{letter}.x(S.java:1)\n")).collect::<Vec<_>>().concat();
        let noise = |line: usize| ContentHash::of(&(number * 1000 + line).to_be_bytes());
        let noise = (0..150).map(|line| format!("\tat com.acme.N{}.x(N.java:1)\n", noise(line))).collect::<Vec<_>>().concat();
        java(number, "Large") + &same + &noise
    };
    let world = World::start_with(Config { walkback_quota: 18_500, ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    for number in 100..105 {
        give(&world, &acme, vec![piece("a.log", &java(number, "Small")), piece("b.log", &large(number))]).await.unwrap();
    }
    let errors = errors(&world).await;
    let group = |name: &str| {
        let named = |group: &&ErrorGroup| group.top_frame.as_ref().is_some_and(|frame| frame.as_str().contains(name));
        errors.groups.iter().find(named).unwrap()
    };
    assert!(errors.kept.bytes <= errors.kept.quota && errors.kept.is_tight(), "{:?}", errors.kept);
    assert_eq!(kept(&world, group("Small")).await, ["100", "101", "102", "103", "104"]);
    assert_eq!(kept(&world, group("Large")).await, ["100", "103", "104"]);
    assert_eq!(view(&world, group("Large")).await.kept, errors.kept);
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused_whole() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let forged = Piece { content: b"other".to_vec(), ..piece("a.log", &java(1, "Book")) };
    let refused = give(&world, &acme, vec![piece("b.log", &java(2, "Book")), forged]).await;
    assert_eq!(refused.unwrap_err().code, Code::WrongHash);
    let many = (0..=fieldpost_common::wire::MAX_COUNT).map(|at| piece("c.log", &java(at, "Book"))).collect();
    assert_eq!(give(&world, &acme, many).await.unwrap_err().code, Code::Invalid);
    assert!(errors(&world).await.groups.is_empty());
}

#[tokio::test]
async fn junk_is_one_error_that_says_so_and_a_wrong_clock_moves_nothing_into_the_future() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let binary = String::from_utf8(vec![0, 1, 2, 27, 91, 50, 74]).unwrap();
    let ahead = Piece { modified: Timestamp::from_ms(i64::MAX), ..piece("a.log", &binary) };
    let hidden = piece("b.log", "FATAL: \u{202e}evil\x1b[2J\n");
    give(&world, &acme, vec![ahead, hidden]).await.unwrap();
    let errors = errors(&world).await;
    assert_eq!(errors.groups.len(), 2);
    for group in &errors.groups {
        assert!(group.last_seen <= crate::clock::now());
        let view = view(&world, group).await;
        let texts = view.walkbacks.iter().map(|walkback| &walkback.text);
        assert!(texts.into_iter().all(|text| !text.chars().any(|c| c != '\n' && fieldpost_common::text::is_hidden(c))));
    }
}

#[tokio::test]
async fn what_fixes_an_error_is_what_is_published_or_a_revision_that_is_known() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    give(&world, &acme, vec![piece("a.log", &java(1, "Book"))]).await.unwrap();
    let group = errors(&world).await.groups.remove(0);
    let route = path::ERROR_MARK.replace("{group}", &group.id.to_string());
    let fixed = |revision| MarkError::Fixed { patch: "Order.st".parse().unwrap(), revision };
    let early: Result<ErrorGroup, _> = world.post(&world.ada, &route, &fixed(None)).await;
    assert_eq!(early.unwrap_err().code, Code::Invalid);
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let unknown: Result<ErrorGroup, _> = world.post(&world.ada, &route, &fixed(Some(ContentHash::of(b"?")))).await;
    assert_eq!(unknown.unwrap_err().code, Code::NotFound);
    let group: ErrorGroup = world.post(&world.ada, &route, &fixed(None)).await.unwrap();
    assert_eq!(group.fixed_revision, Some(ContentHash::of(b"one")));
    assert_eq!(group.state, ErrorState::Fixed);
}

#[tokio::test]
async fn what_the_application_mailed_itself_is_counted_and_makes_no_error_regressed() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    give(&world, &acme, vec![piece("a.log", &java(1, "Book"))]).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    acme.file("Order.st", "one");
    acme.tell(&world).await;
    let group = errors(&world).await.groups.remove(0);
    let route = path::ERROR_MARK.replace("{group}", &group.id.to_string());
    let fixed = MarkError::Fixed { patch: "Order.st".parse().unwrap(), revision: None };
    world.post::<ErrorGroup>(&world.ada, &route, &fixed).await.unwrap();
    // What is written in the moment of the fix may be from before it.
    let fix = crate::clock::now();
    eventually("a later moment", async || (crate::clock::now() > fix).then_some(())).await;
    for (mailed, state) in [(true, ErrorState::Fixed), (false, ErrorState::Regressed)] {
        let name = format!("{mailed}.log");
        give(&world, &acme, vec![Piece { mailed, ..piece(&name, &(java(1, "Book") + &name)) }]).await.unwrap();
        assert_eq!(errors(&world).await.groups[0].state, state);
    }
    assert_eq!(errors(&world).await.groups[0].count, 3);
}

#[tokio::test]
async fn a_site_reports_no_errors_of_an_application_that_it_does_not_run() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let stranger = Piece { application: "ledger".parse().unwrap(), ..piece("a.log", &java(1, "Book")) };
    assert_eq!(give(&world, &acme, vec![stranger]).await.unwrap_err().code, Code::NotFound);
    assert!(errors(&world).await.groups.is_empty());
}

#[tokio::test]
async fn of_two_published_contents_the_one_for_the_versions_in_which_it_happened_fixes_it() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    give(&world, &acme, vec![piece("a.log", &java(1, "Book"))]).await.unwrap();
    let group = errors(&world).await.groups.remove(0);
    world.publish(&world.ada, "Order.st", ("7.6", "for 7.6"), None).await.unwrap();
    world.publish(&world.ada, "Order.st", ("7.7", "for 7.7"), None).await.unwrap();
    let mark = MarkError::Fixed { patch: "Order.st".parse().unwrap(), revision: None };
    let route = path::ERROR_MARK.replace("{group}", &group.id.to_string());
    let fixed: ErrorGroup = world.post(&world.ada, &route, &mark).await.unwrap();
    assert_eq!(fixed.fixed_revision, Some(ContentHash::of(b"for 7.7")));
}

#[tokio::test]
async fn ten_thousand_reports_are_grouped_in_a_few_batches() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    for batch in 0..20 {
        let pieces = (0..500).map(|at| piece("a.log", &java(batch * 500 + at, ["Book", "Page", "Line"][at % 3]))).collect();
        give(&world, &acme, pieces).await.unwrap();
    }
    let errors = errors(&world).await;
    assert_eq!(errors.groups.iter().map(|group| group.count).sum::<u64>(), 10_000);
    assert_eq!(errors.groups.len(), 3);
}

#[tokio::test]
async fn errors_that_alert_nobody_take_no_place_from_those_that_do() {
    let world = World::start_with(Config { walkback_new_errors: 300, ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    give(&world, &acme, different(0..1, true)).await.unwrap();
    give(&world, &acme, different(1..251, true)).await.unwrap();
    assert_eq!(errors(&world).await.groups.len(), 251);
    let again = piece("b.log", &java(1000, &place(0)));
    give(&world, &acme, vec![again]).await.unwrap();
    let words = alarms(&world, 1).await;
    assert!(words[0].contains(&place(0)), "{words:?}");
}

#[tokio::test]
async fn errors_that_are_not_told_one_by_one_are_told_by_their_number() {
    let world = World::start_with(Config { walkback_new_errors: 300, ..Config::default() }).await;
    let acme = world.site("acme", "7.7").await;
    give(&world, &acme, different(0..203, false)).await.unwrap();
    let words = alarms(&world, 201).await;
    let more: Vec<_> = words.iter().filter(|words| words.contains("3 more errors beside those")).collect();
    assert_eq!(more.len(), 1, "{words:?}");
}

#[tokio::test]
async fn a_flood_of_different_errors_is_counted_together_beyond_what_a_site_may_report_a_day() {
    let world = World::start_with(Config { walkback_new_errors: 3, ..Config::default() }).await;
    let (acme, borealis) = (world.site("acme", "7.7").await, world.site("borealis", "7.7").await);
    let often = (0..5).map(|number| piece("a.log", &java(900 + number, &place(99))));
    give(&world, &acme, different(0..40, false).into_iter().chain(often).collect()).await.unwrap();
    give(&world, &acme, different(40..100, false)).await.unwrap();
    let all = errors(&world).await;
    assert_eq!(all.groups.len(), 4, "three, and the others");
    assert_eq!(all.groups.iter().map(|group| group.count).sum::<u64>(), 105);
    let of = |all: &Errors, name: &str| {
        let named =
            |group: &&ErrorGroup| [&group.exception, &group.top_frame].into_iter().flatten().any(|it| it.as_str().contains(name));
        all.groups.iter().find(named).cloned()
    };
    assert_eq!(of(&all, &place(99)).unwrap().count, 6, "what happens most has an entry of its own");
    let others = of(&all, "other errors").unwrap();
    assert_eq!((others.count, others.sites.len()), (97, 1));
    assert_eq!(others.message.as_ref().unwrap().as_str(), "acme reports more than 3 new ones a day; the rest is counted here");
    assert_eq!(view(&world, &others).await.walkbacks.len(), 5);
    // Another site is not held back by it, and neither is what is known already.
    give(&world, &borealis, different(97..100, false)).await.unwrap();
    let all = errors(&world).await;
    assert_eq!(all.groups.len(), 6);
    assert_eq!(of(&all, &place(99)).unwrap().count, 7);
}

#[tokio::test]
async fn asked_about_a_site_an_error_says_how_often_and_when_it_happened_there() {
    let world = World::start().await;
    let (acme, borealis) = (world.site("acme", "7.7").await, world.site("borealis", "7.7").await);
    world.site("corvid", "7.7").await;
    let ago = |hours: u64| Timestamp::from_ms(crate::clock::now().as_ms() - i64::try_from(hours).unwrap() * 3_600_000);
    let aged = |number, name, hours| Piece { modified: ago(hours), ..piece("a.log", &java(number, name)) };
    give(&world, &acme, vec![aged(1, "Book", 5), aged(2, "Book", 3), aged(3, "Page", 9)]).await.unwrap();
    give(&world, &borealis, vec![aged(4, "Book", 1)]).await.unwrap();
    let of = async |site: &str| world.get::<Errors>(&world.ada, &format!("{}?site={site}", path::ERRORS)).await;
    let at_acme = of("acme").await.unwrap();
    let names: Vec<_> = at_acme.groups.iter().map(|group| group.top_frame.as_ref().unwrap().as_str().contains("Book")).collect();
    assert_eq!(names, [true, false], "those seen there last first");
    let (book, there) = (&at_acme.groups[0], at_acme.groups[0].at_site.unwrap());
    assert_eq!((book.count, there.count, there.mailed), (3, 2, 0));
    let near = |at: Timestamp, hours| ago(hours).as_ms().abs_diff(at.as_ms()) < 60_000;
    assert!(near(there.first_seen, 5) && near(there.last_seen, 3) && near(book.last_seen, 1), "{book:?}");
    assert_eq!(at_acme.dropped.len(), 1, "what others dropped is theirs");
    assert_eq!(of("borealis").await.unwrap().groups.len(), 1);
    assert!(of("corvid").await.unwrap().groups.is_empty());
    assert_eq!(of("nowhere").await.unwrap_err().code, Code::NotFound);
    assert!(errors(&world).await.groups.iter().all(|group| group.at_site.is_none()));
}

/// A report of Java in a log, so many hours ago by a clock two hours east of UTC.
fn logged(number: usize, hours: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(crate::clock::now().as_ms() - hours * 3_600_000).unwrap();
    let local = jiff::tz::offset(2).to_datetime(at);
    format!("{} ERROR [main] {}\n", local.strftime("%Y-%m-%d %H:%M:%S,000"), java(number, "Book"))
}

fn hours_ago(at: Timestamp) -> i64 {
    (crate::clock::now().as_ms() - at.as_ms() + 1_800_000) / 3_600_000
}

#[tokio::test]
async fn a_log_that_gathered_reports_for_weeks_fills_the_weeks_in_which_they_were_written() {
    const WEEK: i64 = 7 * 24;
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let log = [(1, 30 * WEEK), (2, 3 * WEEK), (3, 3 * WEEK), (4, WEEK), (5, 1)].map(|(number, ago)| logged(number, ago)).concat();
    give(&world, &acme, vec![piece("book.log", &log)]).await.unwrap();
    let group = errors(&world).await.groups.remove(0);
    assert_eq!(group.weeks.iter().map(|week| week.count).collect::<Vec<_>>(), [1, 2, 1, 1]);
    assert_eq!((hours_ago(group.first_seen), hours_ago(group.last_seen)), (30 * WEEK, 1));
    let view = view(&world, &group).await;
    let ages: Vec<_> = view.walkbacks.iter().map(|walkback| hours_ago(walkback.at)).collect();
    assert_eq!(ages, [30 * WEEK, 3 * WEEK, 3 * WEEK, WEEK, 1]);
}

#[tokio::test]
async fn the_texts_that_are_kept_are_the_first_and_the_newest_by_when_they_were_written() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    for batch in [vec![50, 10, 90, 20, 30, 40, 60, 5], vec![70, 1, 95]] {
        let pieces = batch.into_iter().map(|ago| piece("a.log", &logged(usize::try_from(ago).unwrap(), ago)));
        give(&world, &acme, pieces.collect()).await.unwrap();
    }
    let group = errors(&world).await.groups.remove(0);
    let view = view(&world, &group).await;
    let ages: Vec<_> = view.walkbacks.iter().map(|walkback| hours_ago(walkback.at)).collect();
    assert_eq!((group.count, ages), (11, vec![95, 20, 10, 5, 1]));
}

#[tokio::test]
async fn an_agent_that_tells_no_zone_has_the_time_of_its_files() {
    let world = World::start().await;
    let acme = world.site("acme", "7.7").await;
    let pieces = vec![piece("a.log", &logged(1, 500))];
    let body = serde_json::json!({ "at": crate::clock::now(), "pieces": pieces });
    let answer = world.request(Method::POST, wire::WALKBACKS, &acme.token).json(&body).send().await.unwrap();
    read::<StoredAnswer>(answer).await.unwrap();
    assert_eq!(hours_ago(errors(&world).await.groups[0].first_seen), 0);
}
