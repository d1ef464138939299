//! Conflicts: opened, decided piece by piece, left and taken up again, published and sent, saved.

use crate::app::editor::{Edit, Edited};
use crate::app::harness::Harness;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Draft, Merged, Outcome, Request, SettleJob, Ticket, Trouble};
use crate::app::sample::{self, content};
use crate::app::screens::Screen;
use fieldpost_common::api::Role;
use fieldpost_common::merge::{Choice, Decision, merge};
use insta::assert_snapshot;

const BASE: &str = "'From VisualWorks of 1 Nov 2026'!\n\n!Settlement methodsFor: 'fx'!\n\namountIn: aCurrency\n\t\"Answer the amount. ada 1/11/2026\"\n\n\t| rate |\n\trate := self rateFor: aCurrency.\n\t^amount * rate! !\n\n!Settlement methodsFor: 'fx'!\n\nrateFor: aCurrency\n\t^self rates at: aCurrency! !\n\n!Settlement methodsFor: 'printing'!\n\none\n\t^1! !\n\ntwo\n\t^2! !\n\nthree\n\t^3! !\n\nfour\n\t^4! !\n\nprintOn: aStream\n\taStream print: amount! !\n";

fn published() -> String {
    BASE.replace("of 1 Nov", "of 23 Nov")
        .replace("Answer the amount. ada 1/11/2026", "Answer the amount, rounded. ada 23/11/2026")
        .replace("^amount * rate", "^(amount * rate) roundTo: 0.01")
        .replace("print: amount!", "print: self amount!")
}

fn site() -> String {
    BASE.replace("of 1 Nov", "of 24 Nov")
        .replace("Answer the amount. ada 1/11/2026", "Answer the amount. mk 24/11/2026")
        .replace("^self rates at: aCurrency", "^self rates at: aCurrency ifAbsent: [1]")
        .replace("print: amount!", "print: amount; space; print: currency!")
}

/// Opens the sample's conflict; its contents are on the way.
fn opened(size: (u16, u16)) -> (Harness, Ticket) {
    let mut harness = Harness::sample(size);
    harness.select("4712-Settlement-fx.st", "borealis");
    harness.press("Enter");
    let Some(Request::Merge { ticket, three }) = harness.requests().pop() else { panic!("no contents were asked for") };
    assert_eq!((three.base, three.published, three.site), (Some(content("fx1")), content("fx2"), content("fx-own")));
    (harness, ticket)
}

fn answered(harness: &mut Harness, ticket: Ticket, texts: [&[u8]; 3], kept: Vec<Decision>) {
    let merge = merge(Some(texts[0]), texts[1], texts[2]);
    harness.answer(Answer::Merged(ticket, Ok(Box::new(Merged { merge, kept: Ok(kept) }))));
}

/// The sample's conflict with its contents.
fn ready(size: (u16, u16)) -> Harness {
    let (mut harness, ticket) = opened(size);
    answered(&mut harness, ticket, [BASE.as_bytes(), published().as_bytes(), site().as_bytes()], Vec::new());
    harness
}

fn binary() -> Harness {
    let (mut harness, ticket) = opened((80, 24));
    answered(&mut harness, ticket, [b"\0one", b"\0published", b"\0site's"], Vec::new());
    harness
}

/// The last draft that was to be kept.
fn kept(harness: &mut Harness) -> Draft {
    let effects = std::mem::take(&mut harness.effects).into_iter();
    let drafts = effects.filter_map(|effect| if let Effect::Keep(draft) = effect { Some(draft) } else { None });
    drafts.last().expect("a draft to keep")
}

fn edit(harness: &mut Harness) -> Edit {
    match harness.effects.pop() {
        Some(Effect::Edit(edit)) => edit,
        other => panic!("asked for {other:?}"),
    }
}

fn comes_back(harness: &mut Harness, edit: &Edit, result: Result<Option<&str>, &str>) {
    let result = result.map(|text| text.map(|text| text.as_bytes().to_vec())).map_err(str::to_owned);
    harness.take(Message::Edited(Edited { ticket: edit.ticket, region: edit.region, result }));
}

fn settle(harness: &mut Harness) -> SettleJob {
    match harness.requests().pop() {
        Some(Request::Settle(job)) => *job,
        other => panic!("asked for {other:?}"),
    }
}

#[test]
fn a_conflict_at_80_by_24() {
    let (mut harness, ticket) = opened((80, 24));
    assert_snapshot!("conflict_loading", harness.screen());
    answered(&mut harness, ticket, [BASE.as_bytes(), published().as_bytes(), site().as_bytes()], Vec::new());
    assert_snapshot!("conflict_narrow", harness.screen());
    harness.press("p s");
    assert_snapshot!("conflict_narrow_two_decided", harness.screen());
    harness.press("b");
    harness.press("Tab");
    assert_snapshot!("conflict_result", harness.screen());
    harness.press("Enter");
    assert_snapshot!("conflict_finish", harness.screen());
    harness.press("j");
    harness.press("Enter");
    assert_snapshot!("conflict_save", harness.screen());
}

#[test]
fn a_conflict_at_200_by_50() {
    let mut harness = ready((200, 50));
    harness.press("p");
    assert_snapshot!("conflict_wide", harness.screen());
}

#[test]
fn contents_that_are_not_text_are_taken_whole() {
    let mut harness = binary();
    assert_snapshot!("conflict_binary", harness.screen());
    harness.press("b");
    harness.shows("not text: one side is taken whole");
    harness.press("e");
    assert_eq!(harness.effects, []);
    harness.press("s");
    harness.press("Enter Enter");
    assert_eq!(settle(&mut harness).bytes, b"\0site's");
}

#[test]
fn nothing_is_finished_before_every_conflict_is_decided() {
    let mut harness = ready((80, 24));
    harness.shows("3 conflicts, 0 decided");
    harness.press("p Enter");
    assert!(harness.model.dialog.is_none());
    harness.shows("decide every conflict first");
    harness.press("p s");
    harness.shows("3 conflicts, all decided");
    harness.press("Enter");
    assert!(harness.model.dialog.is_some());
}

#[test]
fn a_decision_goes_on_to_the_next_conflict_and_is_kept_at_once() {
    let mut harness = ready((80, 24));
    harness.press("p");
    harness.shows("▌ conflict 2 of 3: undecided");
    let draft = kept(&mut harness);
    assert_eq!(draft.decisions.iter().map(|one| &one.choice).collect::<Vec<_>>(), [&Choice::Published]);
    harness.press("[ u");
    harness.shows("3 conflicts, 0 decided");
    assert_eq!(kept(&mut harness).decisions, []);
    harness.press("u");
    harness.shows("this conflict is undecided");
}

#[test]
fn a_conflict_that_was_left_half_way_is_taken_up_again() {
    let mut harness = ready((80, 24));
    harness.press("p");
    let draft = kept(&mut harness);
    harness.press("q");
    assert!(harness.model.screens.top().is_none());
    harness.press("Enter");
    let Some(Request::Merge { ticket, .. }) = harness.requests().pop() else { panic!("no contents were asked for") };
    answered(&mut harness, ticket, [BASE.as_bytes(), published().as_bytes(), site().as_bytes()], Vec::new());
    harness.shows("resumed: 1 of 3 decided");

    // Another day, after the connection was lost: only the file is left.
    let (mut harness, ticket) = opened((80, 24));
    answered(&mut harness, ticket, [BASE.as_bytes(), published().as_bytes(), site().as_bytes()], draft.decisions);
    harness.shows("resumed: 1 of 3 decided");
    harness.shows("3 conflicts, 1 decided");
}

#[test]
fn decisions_that_cannot_be_written_or_read_are_said_and_stay_in_memory() {
    let mut harness = ready((80, 24));
    harness.press("p");
    harness.take(Message::NotKept("the disk is full".to_owned()));
    harness.shows("the disk is full");
    harness.shows("3 conflicts, 1 decided");
    let (mut harness, ticket) = opened((80, 24));
    let merged = Merged { merge: merge(None, b"a\n", b"b\n"), kept: Err("x.json: broken".to_owned()) };
    harness.answer(Answer::Merged(ticket, Ok(Box::new(merged))));
    harness.shows("what was decided before can't be read: x.json: broken");
}

#[test]
fn the_result_is_published_for_the_sites_version_and_sent_over_what_was_seen_there() {
    let mut harness = ready((80, 24));
    harness.press("s p b");
    harness.press("Enter");
    harness.requests();
    harness.press("Enter");
    let job = settle(&mut harness);
    let result = String::from_utf8(job.bytes.clone()).unwrap();
    assert!(result.contains("of 24 Nov") && result.contains("rounded") && result.contains("ifAbsent: [1]"), "{result}");
    assert!(result.contains("print: self amount") && result.contains("space"), "{result}");
    assert_eq!((job.version.as_str(), job.site.as_str()), ("7.7", "borealis"));
    assert_eq!((job.three.published, job.three.site), (content("fx2"), content("fx-own")));
    harness.press("p Enter");
    assert_eq!(harness.requests(), [], "nothing is done twice while it is on its way");

    let done = |what: &str| Outcome { what: what.to_owned(), result: Ok("done".to_owned()) };
    harness.answer(Answer::Settled(job.three.key(), vec![done("published"), done("sent")]));
    assert!(harness.model.screens.top().is_none());
    assert_eq!(kept(&mut harness), Draft { key: job.three.key(), decisions: Vec::new() });
}

#[test]
fn a_result_that_could_not_be_sent_leaves_the_conflict_open_with_its_decisions() {
    let mut harness = ready((80, 24));
    harness.press("s p b Enter Enter");
    let job = settle(&mut harness);
    let failed = Outcome { what: "4712-Settlement-fx.st → borealis".to_owned(), result: Err("it changed".to_owned()) };
    harness.answer(Answer::Settled(job.three.key(), vec![failed]));
    harness.shows("it changed");
    harness.press("Esc");
    harness.shows("3 conflicts, all decided");
}

#[test]
fn a_result_is_saved_under_the_typed_name_and_the_conflict_stays() {
    let mut harness = ready((80, 24));
    harness.press("s p b Enter j Enter");
    harness.type_text(".merged");
    harness.requests();
    harness.press("Enter");
    let Some(Request::Save { path, bytes }) = harness.requests().pop() else { panic!("nothing was saved") };
    assert_eq!(path, "4712-Settlement-fx.st.merged");
    assert!(String::from_utf8(bytes).unwrap().contains("rounded"));
    harness.shows("3 conflicts, all decided");
}

#[test]
fn a_viewer_may_decide_and_save_and_never_publishes() {
    let mut harness = ready((80, 24));
    harness.model.role = Some(Role::Viewer);
    harness.press("s p b Enter");
    harness.shows("Viewers look only");
    assert!(!harness.screen().contains("publish the result"));
    harness.requests();
    harness.press("Enter Enter");
    assert!(matches!(harness.requests().as_slice(), [Request::Save { .. }]));
}

#[test]
fn an_edited_text_is_taken_and_an_unchanged_or_failed_one_changes_nothing() {
    let mut harness = ready((80, 24));
    harness.press("e");
    let asked = edit(&mut harness);
    assert!(asked.text.starts_with(b"<<<<<<< published\n'From VisualWorks of 23 Nov 2026'!\n||||||| base\n"));
    assert_eq!(asked.suffix, ".st");
    comes_back(&mut harness, &asked, Ok(None));
    harness.shows("nothing was changed");
    comes_back(&mut harness, &asked, Err("the editor ended with 1"));
    harness.shows("the editor ended with 1");
    harness.shows("3 conflicts, 0 decided");
    comes_back(&mut harness, &asked, Ok(Some("'From VisualWorks of 25 Nov 2026'!\n")));
    harness.shows("3 conflicts, 1 decided");
    harness.press("[");
    harness.shows("conflict 1 of 3: edited, 1 line");
    harness.shows("e+ 'From VisualWorks of 25 Nov 2026'!");
    harness.press("e");
    assert_eq!(edit(&mut harness).text, b"'From VisualWorks of 25 Nov 2026'!\n");
}

#[test]
fn conflict_marks_that_are_left_in_are_refused_and_the_text_is_not_lost() {
    let mut harness = ready((80, 24));
    harness.press("e");
    let asked = edit(&mut harness);
    comes_back(&mut harness, &asked, Ok(Some("mine\n=======\n")));
    harness.shows("conflict marks are left in line 2");
    harness.shows("3 conflicts, 0 decided");
    harness.press("e");
    assert_eq!(edit(&mut harness).text, b"mine\n=======\n");
}

#[test]
fn what_is_merged_by_itself_can_be_decided_otherwise() {
    let mut harness = ready((80, 24));
    harness.press("}");
    harness.press("}");
    harness.shows("▌ changed only in what is published: taken");
    harness.press("s");
    harness.shows("▌ changed only in what is published: the lines of borealis are taken");
}

#[test]
fn a_conflict_that_changes_while_it_is_open_says_so() {
    let mut harness = ready((80, 24));
    let mut grid = sample::grid();
    let cell = grid.cells.iter_mut().find(|cell| (cell.patch, cell.site) == (2, 1)).unwrap();
    cell.has = Some(content("another"));
    harness.reload(grid);
    harness.shows("changed meanwhile: q, then Enter shows it");
}

#[test]
fn contents_that_cannot_be_had_are_said_with_a_way_on() {
    let (mut harness, ticket) = opened((80, 24));
    harness.answer(Answer::Merged(ticket, Err(Trouble::Refused("no such content\x1b[2J".to_owned()))));
    harness.shows("no such content\\x1b[2J");
    harness.shows("q, then Enter tries it again");
    harness.press("p");
    harness.shows("wait until the contents are there");
}

#[test]
fn an_escape_sequence_in_a_conflict_is_shown_and_not_obeyed() {
    let (mut harness, ticket) = opened((200, 50));
    answered(&mut harness, ticket, [b"a\n", b"\x1b[2Jp\n", "\u{202e}s caf\u{e9}\n".as_bytes()], Vec::new());
    harness.shows("\\x1b[2Jp");
    harness.shows("\\u{202e}s café");
}

#[test]
fn line_ends_are_shown_where_they_are_what_differs() {
    let (mut harness, ticket) = opened((80, 24));
    answered(&mut harness, ticket, [b"a\n", b"a\r\n", b"a\r"], Vec::new());
    harness.shows("p? a\\r\\n");
    harness.shows("s? a\\r");
}

#[test]
fn an_answer_for_a_conflict_that_was_closed_opens_nothing() {
    let (mut harness, ticket) = opened((80, 24));
    harness.press("q");
    answered(&mut harness, ticket, [b"a", b"b", b"c"], Vec::new());
    assert!(harness.model.screens.top().is_none());
    harness.press("d");
    assert!(matches!(harness.model.screens.top(), Some(Screen::Diff(_))));
}
