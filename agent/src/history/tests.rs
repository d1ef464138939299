//! The history against kills, power cuts, hostile words and servers that keep asking.

use super::print::{Args, print};
use super::recording::{Entry, of_effect, of_event};
use super::*;
use crate::clock::Now;
use crate::hook::{HookFile, HookRun};
use crate::install::Installed;
use crate::journal::Journal;
use crate::machine::{Effect, Ended, Event, Executed, Level, ScanReason, SentFile, Setup, State, Work};
use crate::server::PollAsk;
use crate::trust::Held;
use clap::Parser;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::{HookAction, HookPer};
use fieldpost_common::id::CommandId;
use fieldpost_common::inventory::FileFact;
use fieldpost_common::order::{Failure, Order, Refusal};
use fieldpost_common::plan::{Step, What};
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, Trust};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

const REASON: &str = "4711\n{\"act\":\"put\",\"outcome\":\"done\"}\u{1b}[2J";

fn key() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn envelope() -> Envelope {
    let order = Order {
        form: Form::default(),
        action: fieldpost_common::order::Action::Put { sha256: ContentHash::of(b"new"), size: 3 },
        application: "trading".parse().expect("app"),
        patch: "sub/Order.st".parse().expect("name"),
        site: "acme".parse().expect("site"),
        counter: 4,
        expected: Some(ContentHash::of(b"old")),
        created: at(0),
        install_by: at(1_000_000),
        key: key().public().id(),
        reason: Some(REASON.to_owned()),
        again: false,
    };
    order.sign(&key())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds * 1000)
}

fn now(seconds: i64) -> Now {
    Now { wall: at(seconds), mono: Duration::from_secs(5), dice: 0 }
}

fn step(what: What) -> Box<Step> {
    let (application, patch) = ("trading".parse().expect("app"), "sub/Order.st".parse().expect("name"));
    Box::new(Step { order: Order::id(&envelope()), application, patch, what })
}

fn put() -> Box<Step> {
    step(What::Put { expected: Some(ContentHash::of(b"old")), sha256: ContentHash::of(b"new"), size: 3, counter: 4 })
}

fn command() -> CommandId {
    fieldpost_common::id::hex32([7; 16]).parse().expect("command")
}

/// A machine that has been given ada's order.
fn state() -> State {
    let developer = Developer::unrestricted("ada".parse().expect("user"), key().public());
    let root = SecretKey::from_seed([1; 32]).public();
    let setup = Setup {
        site: "acme".parse().expect("site"),
        wait: Duration::ZERO,
        interval: Duration::from_mins(1),
        max_size: 100,
        hooks: BTreeMap::new(),
        walkbacks: BTreeSet::new(),
        actions: BTreeSet::new(),
        built: at(0),
    };
    let journal = Journal { orders: vec![envelope()], ..Journal::default() };
    let mut state =
        State::new(setup, journal, Held { newest: Some(Trust::found(root, developer)), ..Held::pinned(root) }, HashSet::new());
    crate::machine::remember(&mut state, now(0));
    state
}

/// One of each kind of effect.
fn effects() -> Vec<Effect> {
    let application: fieldpost_common::id::AppName = "trading".parse().expect("app");
    let work = |work| Effect::Work { command: command(), work };
    vec![
        Effect::Save,
        Effect::SaveTrust(Vec::new()),
        Effect::Scan(ScanReason::Timer),
        Effect::Poll(PollAsk { number: 1, wait: Duration::ZERO, etag: None, digest: ContentHash::of(b""), trust: 1 }),
        Effect::PutInventory(ContentHash::of(b"")),
        Effect::PutMemory,
        Effect::Upload { sha256: ContentHash::of(b"old"), places: Vec::new() },
        Effect::Fetch { sha256: ContentHash::of(b"new"), size: 3 },
        Effect::KeepDownloads(HashSet::new()),
        Effect::Execute(put()),
        Effect::Execute(step(What::Remove { expected: ContentHash::of(b"old"), counter: 4 })),
        Effect::Hook(Box::new(HookRun {
            application: application.clone(),
            per: HookPer::Patch,
            files: vec![HookFile {
                order: Order::id(&envelope()),
                patch: "sub/Order.st".parse().expect("name"),
                action: HookAction::Put,
                sha256: Some(ContentHash::of(b"new")),
            }],
        })),
        Effect::Concluded(step(What::Settle { counter: 4 })),
        work(Work::State { application: application.clone() }),
        work(Work::Log { application: application.clone(), log: "main".parse().expect("log"), part: LogPart::default() }),
        work(Work::About),
        work(Work::Action { application, action: "restart".parse().expect("action") }),
        Effect::LookForWalkbacks,
        Effect::SendWalkbacks { put_off: BTreeSet::new() },
        Effect::Stop(command()),
        Effect::TellCommands(Vec::new()),
        Effect::SendResults(Vec::new()),
        Effect::Timer { id: 1, after: Duration::ZERO },
        Effect::Log(Level::Info, String::new()),
    ]
}

/// What an effect does at the site that its admin has to be able to read. A new effect has to be placed here.
fn must_be_recorded(effect: &Effect) -> bool {
    match effect {
        Effect::SaveTrust(_)
        | Effect::Upload { .. }
        | Effect::Execute(_)
        | Effect::Hook(_)
        | Effect::Concluded(_)
        | Effect::Work { .. } => true,
        Effect::Save
        | Effect::Scan(_)
        | Effect::Poll(_)
        | Effect::PutInventory(_)
        | Effect::PutMemory
        | Effect::Fetch { .. }
        | Effect::KeepDownloads(_)
        | Effect::LookForWalkbacks
        | Effect::SendWalkbacks { .. }
        | Effect::Stop(_)
        | Effect::TellCommands(_)
        | Effect::SendResults(_)
        | Effect::Timer { .. }
        | Effect::Log(..) => false,
    }
}

fn lines(dir: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dir.join(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn done(patch: &str, seconds: i64) -> Record {
    let mut record = Record::new(Act::Put, Outcome::Done, at(seconds));
    record.patch = Some(patch.parse().expect("name"));
    record
}

#[test]
fn every_effect_on_the_site_leaves_a_record() {
    let kinds: HashSet<_> = effects().iter().map(std::mem::discriminant).collect();
    assert_eq!(kinds.len(), 20, "one of each kind of effect is tried");
    for effect in effects() {
        let is_recorded = match of_effect(&effect, &state(), now(1)) {
            Entry::Nothing(_) => false,
            Entry::Began(records) | Entry::Ended(records) | Entry::Whole(records) => !records.is_empty(),
            Entry::Ahead(_) | Entry::Retried(_) => true,
        };
        assert_eq!(is_recorded, must_be_recorded(&effect), "{effect:?}");
    }
}

#[test]
fn what_a_developer_signed_is_on_the_disk_before_it_is_done() {
    for effect in effects() {
        let signed = matches!(&effect, Effect::Execute(_) | Effect::Hook(_) | Effect::Work { work: Work::Action { .. }, .. });
        let began = matches!(of_effect(&effect, &state(), now(1)), Entry::Began(_));
        assert_eq!(began, signed, "{effect:?}");
    }
}

#[test]
fn a_put_stands_there_with_who_signed_it_why_and_how_it_ended() {
    let dir = tempfile::tempdir().expect("directory");
    let (mut history, state) = (History::new(dir.path()), state());
    history.record(of_effect(&Effect::Execute(put()), &state, now(1))).expect("written");
    let began = tail(dir.path(), 10).expect("read");
    assert_eq!(began.iter().map(|record| record.outcome).collect::<Vec<_>>(), [Outcome::Began], "a kill leaves this");
    let fact = FileFact { sha256: ContentHash::of(b"new"), size: 3, modified: at(0) };
    let event = Event::Executed { step: put(), end: Executed::Put(Installed { fact, meta: None }) };
    // The order is no longer in the batch when it ends: whoever signed it is known from its beginning.
    let mut without = self::state();
    without.journal.orders.clear();
    crate::machine::remember(&mut without, now(0));
    history.record(of_event(&event, &without, now(2))).expect("written");
    let records = tail(dir.path(), 10).expect("read");
    let [record] = records.as_slice() else { panic!("one record: {records:?}") };
    assert_eq!((record.act, record.outcome), (Act::Put, Outcome::Done));
    assert_eq!(record.order.as_ref().map(Clean::as_str), Some(Order::id(&envelope()).as_str()));
    let by = record.by.as_ref().expect("a signer");
    assert_eq!((by.user.as_str(), by.key.as_str()), ("ada", key().public().fingerprint().as_str()));
    assert_eq!(record.sha256, Some(ContentHash::of(b"new")));
    assert_eq!(record.replaced, Some(ContentHash::of(b"old")));
    assert!(record.reason.as_ref().is_some_and(|reason| reason.as_str().starts_with("4711")));
}

#[test]
fn a_further_try_is_made_only_where_its_beginning_stands_and_adds_no_line_where_it_does() {
    let dir = tempfile::tempdir().expect("directory");
    let (mut history, state) = (History::new(dir.path()), state());
    let Entry::Began(mut records) = of_effect(&Effect::Execute(put()), &state, now(1)) else { panic!("a beginning") };
    let retried = Entry::Retried(Box::new(records.pop().expect("one")));
    std::fs::create_dir(dir.path().join(FILE)).expect("a folder in its place");
    history.record(of_effect(&Effect::Execute(put()), &state, now(1))).expect_err("the first try isn't recorded");
    history.record(retried.clone()).expect_err("so the second isn't made either");
    std::fs::remove_dir(dir.path().join(FILE)).expect("mended");
    for _ in 0..3 {
        history.record(retried.clone()).expect("written");
        assert_eq!(lines(dir.path(), FILE).len(), 1, "one beginning speaks for all tries");
    }
    let mut after_a_restart = History::new(dir.path());
    after_a_restart.record(retried).expect("written");
    assert_eq!(lines(dir.path(), FILE).len(), 2, "a process knows only of what it wrote itself");
}

#[test]
fn hostile_words_add_no_line_and_move_no_cursor() {
    let dir = tempfile::tempdir().expect("directory");
    let (mut history, state) = (History::new(dir.path()), state());
    history.record(of_effect(&Effect::Execute(put()), &state, now(1))).expect("written");
    let reason = Clean::line("no\n{}\r\u{1b}]0;x\u{7}");
    let end = Ended::Failed { reason, tail: None };
    history.record(of_event(&Event::Worked { command: command(), end }, &state, now(2))).expect("written");
    // Another hand wrote into the file, too.
    let mut forged = Record::new(Act::Put, Outcome::Done, at(3));
    let raw: Clean = serde_json::from_str("\"\\u001b[31m\\nforged\"").expect("text");
    forged.detail = Some(raw);
    history.record(Entry::Whole(vec![forged])).expect("written");
    assert_eq!(lines(dir.path(), FILE).len(), 3);
    assert_eq!(tail(dir.path(), 10).expect("read").len(), 3);
    for record in tail(dir.path(), 10).expect("read") {
        assert!(!record.to_string().chars().any(char::is_control), "{record}");
    }
}

#[test]
fn a_torn_or_foreign_line_hides_no_other() {
    let dir = tempfile::tempdir().expect("directory");
    History::new(dir.path()).record(Entry::Whole(vec![done("a.st", 1)])).expect("written");
    let path = dir.path().join(FILE);
    let mut bytes = std::fs::read(&path).expect("written");
    bytes.extend_from_slice(b"{\"at\":\"2026-11-24T20:2");
    std::fs::write(&path, bytes).expect("torn");
    History::new(dir.path()).record(Entry::Whole(vec![done("b.st", 2)])).expect("written");
    let names: Vec<_> = tail(dir.path(), 10).expect("read").into_iter().filter_map(|record| record.patch).collect();
    assert_eq!(names.iter().map(fieldpost_common::name::PatchName::as_str).collect::<Vec<_>>(), ["a.st", "b.st"]);
    let newer = r#"{"at":"2026-11-24T20:26:16Z","act":"dance","outcome":"half","steps":3}"#;
    std::fs::write(&path, newer).expect("written");
    assert_eq!(tail(dir.path(), 10).expect("read")[0].act, Act::Other);
}

#[test]
fn a_server_that_keeps_asking_pushes_out_nothing_that_was_installed_and_fills_no_disk() {
    let dir = tempfile::tempdir().expect("directory");
    let mut history = History::with_limit(dir.path(), 4096);
    history.record(Entry::Whole(vec![done("a.st", 1)])).expect("written");
    for n in 0..1000 {
        let mut record = Record::new(Act::Log, Outcome::Done, at(n));
        record.detail = Some(Clean::line(&"x".repeat(100)));
        history.record(Entry::Whole(vec![record])).expect("written");
    }
    let size: u64 =
        std::fs::read_dir(dir.path()).expect("listed").flatten().map(|entry| entry.metadata().expect("meta").len()).sum();
    assert!(size < 6 * 4400, "{size} bytes");
    let all = tail(dir.path(), usize::MAX).expect("read");
    assert!(all.iter().any(|record| record.patch.is_some()), "the put is still there");
    assert_eq!(all.last().map(|record| record.at), Some(at(999)), "the newest is last");
}

#[test]
fn a_file_that_was_taken_away_meanwhile_begins_anew() {
    let dir = tempfile::tempdir().expect("directory");
    let mut history = History::new(dir.path());
    history.record(Entry::Whole(vec![done("a.st", 1)])).expect("written");
    std::fs::rename(dir.path().join(FILE), dir.path().join("elsewhere")).expect("moved");
    std::fs::remove_file(dir.path().join("elsewhere")).expect("removed");
    history.record(Entry::Whole(vec![done("b.st", 2)])).expect("written");
    assert_eq!(tail(dir.path(), 10).expect("read").len(), 1);
}

#[test]
fn a_history_that_can_not_be_written_is_an_error_and_a_link_is_never_followed() {
    let dir = tempfile::tempdir().expect("directory");
    let target = dir.path().join("target");
    std::os::unix::fs::symlink(&target, dir.path().join(FILE)).expect("a link");
    History::new(dir.path()).record(Entry::Whole(vec![done("a.st", 1)])).expect_err("not through a link");
    assert!(!target.exists());
}

#[test]
fn what_ran_when_the_agent_was_ended_is_unknown() {
    let mut state = state();
    state.journal.ran.begin(command(), at(500));
    let Entry::Ended(records) = of_event(&Event::Started, &state, now(9)) else { panic!("an end") };
    assert_eq!(records.iter().map(|record| (record.act, record.outcome)).collect::<Vec<_>>(), [(Act::Action, Outcome::Unknown)]);
}

#[test]
fn a_refused_order_and_a_walkback_that_went_home_stand_there_with_their_words() {
    let why: Failure = Refusal::ExpectationNotMet.into();
    let Entry::Ended(refused) = of_effect(&Effect::Concluded(step(What::Refuse { why, counter: None })), &state(), now(1)) else {
        panic!("an end")
    };
    assert!(refused[0].to_string().contains("refused: the file at the site changed"), "{}", refused[0]);
    let file = SentFile {
        application: "trading".parse().expect("app"),
        path: Clean::line("/var/walkbacks/1.txt"),
        sha256: ContentHash::of(b"x"),
        then: Some(Clean::line("the config has it deleted then")),
    };
    let event =
        Event::WalkbacksSent { of: None, files: vec![file], queue: crate::walkbacks::Queue::default(), answer: Ok(Vec::new()) };
    let Entry::Whole(sent) = of_event(&event, &state(), now(1)) else { panic!("whole") };
    let words = sent[0].to_string();
    assert!(words.contains("/var/walkbacks/1.txt") && words.ends_with("deleted then"), "{words}");
}

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

#[test]
fn the_admin_reads_what_is_asked_for_the_newest_last() {
    let dir = tempfile::tempdir().expect("directory");
    let text = format!(
        "server = \"https://post.example\"\nsite = \"acme\"\nstate_dir = {:?}\n[[app]]\nname = \"a\"\nversion = \"1\"\npatches = \"/p\"\n",
        dir.path()
    );
    let config = Config::parse(&text, Path::new("x")).expect("config");
    let mut history = History::new(dir.path());
    for (name, seconds) in [("a.st", 1), ("sub/b.st", 2), ("c.st", 3)] {
        history.record(Entry::Whole(vec![done(name, seconds)])).expect("written");
    }
    let printed = |words: &[&str]| {
        let line = Line::parse_from([&["history"], words].concat());
        let mut out = Vec::new();
        print(&config, &line.args, at(4), &mut out).expect("printed");
        String::from_utf8(out).expect("text")
    };
    assert_eq!(printed(&[]).lines().count(), 3);
    assert!(printed(&["-n", "1"]).contains("c.st"));
    assert!(printed(&["--patch", "b.st"]).lines().eq(printed(&["--patch", "sub/b.st"]).lines()));
    assert_eq!(printed(&["--since", "2s"]).lines().count(), 2);
    assert_eq!(printed(&["--since", "1970-01-01T00:00:03Z", "--json"]).matches("\"patch\":\"c.st\"").count(), 1);
    assert_eq!(printed(&["--patch", "st"]), "");
    let id: BTreeMap<String, serde_json::Value> = serde_json::from_str(printed(&["--json", "-n", "1"]).trim()).expect("json");
    assert_eq!(id["act"], "put");
}
