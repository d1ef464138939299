//! The activity tab: paging, new ones, filters.

use crate::app::activity::PAGE;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Request, Trouble};
use crate::app::sample;
use fieldpost_common::api::{Activity, AuditState};
use insta::assert_snapshot;

fn activity(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.press("5");
    assert_eq!(harness.requests(), [Request::Activity { before: None, limit: PAGE }, Request::Audit]);
    newest(&mut harness, 1_250);
    harness.answer(Answer::Audit(Ok(AuditState { rows: 1_250, head: None, broken_at: None })));
    harness
}

fn newest(harness: &mut Harness, seq: u64) {
    harness.answer(Answer::Activity { before: None, answer: Ok(sample::activity(seq, PAGE)) });
}

fn selected(harness: &Harness) -> u64 {
    harness.model.activity.selected().unwrap().seq
}

#[test]
fn new_ones_come_in_at_the_top_and_the_selection_stays() {
    let mut harness = activity((80, 24));
    harness.press("j j");
    newest(&mut harness, 1_253);
    assert_eq!(selected(&harness), 1_248);
    assert_eq!(harness.model.activity.list.top, 0, "at the top they are seen as they come");
    harness.press("C-d C-d C-d");
    let (at, before) = (selected(&harness), harness.screen());
    newest(&mut harness, 1_256);
    assert_eq!(selected(&harness), at);
    harness.shows("3 new");
    let rows = |screen: &str| screen.lines().skip(3).take(17).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&harness.screen()), rows(&before), "what is read doesn't move away");
    harness.press("g");
    assert!(!harness.screen().contains(" new"));
}

#[test]
fn older_ones_are_read_once_the_end_comes_near_until_there_are_none() {
    let mut harness = activity((80, 24));
    harness.press("G");
    let older = Request::Activity { before: Some(1_051), limit: PAGE };
    assert_eq!(harness.requests(), [older]);
    harness.press("j");
    assert_eq!(harness.requests(), [], "that is under way");
    harness.answer(Answer::Activity { before: Some(1_051), answer: Ok(sample::activity(1_050, 30)) });
    assert_eq!(harness.model.activity.entries.len(), 230);
    harness.press("G");
    assert_eq!(harness.requests(), [], "a page that isn't full was the last");
    harness.shows("230");
}

#[test]
fn more_than_a_page_at_once_or_a_restored_server_leaves_no_gap() {
    let mut harness = activity((80, 24));
    newest(&mut harness, 1_290);
    assert_eq!(harness.model.activity.entries.len(), 240);
    newest(&mut harness, 600);
    assert_eq!((harness.model.activity.entries[0].seq, harness.model.activity.entries.len()), (600, 200));
    newest(&mut harness, 1_200);
    assert_eq!((harness.model.activity.oldest(), harness.model.activity.entries.len()), (Some(1_001), 200));
}

#[test]
fn f_shows_one_kind_after_the_other_and_esc_all() {
    let mut harness = activity((80, 24));
    let mut counts = vec![harness.model.activity.list.rows.len()];
    for _ in 0..6 {
        harness.press("f");
        counts.push(harness.model.activity.list.rows.len());
    }
    assert_eq!(counts, [200, 100, 20, 40, 20, 20, 200]);
    harness.press("f f");
    harness.shows("5 Activity  publications");
    harness.shows("20/200+");
    harness.press("Esc");
    assert_eq!(harness.model.activity.list.rows.len(), 200);
}

#[test]
fn a_filter_looks_at_everything_and_further_back_by_itself() {
    let mut harness = activity((80, 24));
    harness.press("/");
    harness.type_text("no space borealis");
    assert_eq!(harness.model.activity.list.rows.len(), 20);
    harness.type_text("zzz");
    let asked = harness.requests();
    assert_eq!(asked, [Request::Activity { before: Some(1_051), limit: PAGE }]);
    harness.shows("Looking further back…");
    harness.answer(Answer::Activity { before: Some(1_051), answer: Ok(sample::activity(1_050, PAGE)) });
    assert_eq!(harness.requests(), [Request::Activity { before: Some(851), limit: PAGE }]);
}

#[test]
fn enter_shows_the_whole_entry_and_nothing_of_it_is_obeyed() {
    let mut harness = activity((80, 24));
    let hostile = Activity {
        seq: 1_251,
        who: "site:\x1b]0;x\x07".to_owned(),
        what: "fail\u{202e}ed".to_owned(),
        detail: Some("first\nsecond \x1b[2J".to_owned()),
        ..sample::activity(1_240, 1).remove(0)
    };
    let page = std::iter::once(hostile).chain(sample::activity(1_250, PAGE)).collect();
    harness.answer(Answer::Activity { before: None, answer: Ok(page) });
    harness.press("g Enter");
    assert_snapshot!(harness.screen());
}

#[test]
fn the_feed_at_two_sizes() {
    assert_snapshot!("feed_80", activity((80, 24)).screen());
    assert_snapshot!("feed_200", activity((200, 50)).screen());
}

#[test]
fn a_feed_that_is_not_there_or_empty_says_why() {
    let mut harness = Harness::sample((80, 24));
    harness.press("5");
    harness.shows("Reading what happened…");
    harness.answer(Answer::Activity { before: None, answer: Err(Trouble::Unreachable("connection refused".to_owned())) });
    assert_snapshot!("feed_offline", harness.screen());
    let mut harness = activity((80, 24));
    harness.answer(Answer::Audit(Ok(AuditState { rows: 9, head: None, broken_at: Some(7) })));
    harness.press("/");
    harness.type_text("qqqq");
    assert_snapshot!("feed_no_match", harness.screen());
}
