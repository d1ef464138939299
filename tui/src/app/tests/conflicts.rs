//! Conflicts: opened, decided piece by piece, left and taken up again, published and sent, saved.

use super::jobs::{given, grid_with};
use crate::app::editor::{Edit, Edited};
use crate::app::harness::Harness;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Basis, Done, Draft, Merged, PublishTask, PutTask, Request, Task, Ticket, Trouble, Work};
use crate::app::sample::{self, content};
use crate::app::screens::Screen;
use fieldpost_common::api::Role;
use fieldpost_common::merge::{Choice, Decision, merge};
use fieldpost_common::order::state::OrderState;
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

/// A merge that was asked for: its job, the publication, and the order where there is one.
fn settle(harness: &mut Harness) -> (Work, PublishTask, Option<PutTask>) {
    let work = harness.work();
    assert!(work.chained, "nothing is sent that could not be published");
    let [Task::Publish(publish), rest @ ..] = work.tasks.as_slice() else { panic!("{work:?}") };
    let put = match rest {
        [] => None,
        [Task::Put(put)] => Some(put.clone()),
        other => panic!("{other:?}"),
    };
    (work.clone(), publish.clone(), put)
}

fn made(publish: &PublishTask) -> String {
    let Basis::Made { bytes } = &publish.basis else { panic!("{publish:?}") };
    String::from_utf8(bytes.to_vec()).unwrap()
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
fn a_difference_far_to_the_right_is_seen_without_a_key() {
    let (mut harness, ticket) = opened((80, 24));
    let line = |end: &str| format!("head\n\ttotal := {}price{end}. \"rounded\"\nend\n", "lots * price + ".repeat(8));
    answered(&mut harness, ticket, [line("").as_bytes(), line(" * 2").as_bytes(), line(" * 3").as_bytes()], Vec::new());
    assert_snapshot!("conflict_far_right", harness.screen());
    harness.press(&"h ".repeat(20));
    harness.shows("p? \u{20}       total := lots");
    harness.press("l");
    harness.shows("p? ‹");
    harness.model.size = (120, 24);
    harness.press("]");
    assert_snapshot!("conflict_far_right_wide", harness.screen());
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
    let (_, publish, put) = settle(&mut harness);
    assert_eq!(made(&publish), "\0site's");
    assert_eq!(put.map(|put| put.sha256), Some(publish.sha256));
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
    assert_snapshot!("conflict_resumed", harness.screen());

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
    let (work, publish, put) = settle(&mut harness);
    let (result, put) = (made(&publish), put.unwrap());
    assert!(result.contains("of 24 Nov") && result.contains("rounded") && result.contains("ifAbsent: [1]"), "{result}");
    assert!(result.contains("print: self amount") && result.contains("space"), "{result}");
    assert_eq!(publish.versions, [("7.7".parse().unwrap(), Some(content("fx2")))]);
    assert_eq!((put.site.as_str(), put.sha256, put.expected), ("borealis", publish.sha256, Some(content("fx-own"))));
    harness.press("p Enter");
    assert_eq!(harness.requests(), [], "nothing is done twice while it is on its way");
    harness.press("j");

    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Published(true))]));
    assert!(harness.model.screens.top().is_some(), "it is not sent yet");
    harness.answer(Answer::Worked(work.ticket, vec![given(1)]));
    assert!(harness.model.screens.top().is_none());
    harness.shows("4712-Settlement-fx.st for 7.7: published");
    let key = crate::drafts::DraftKey::of(Some(&content("fx1")), &content("fx2"), &content("fx-own"));
    assert_eq!(kept(&mut harness), Draft { key, decisions: Vec::new() });
}

/// A merge that was published and sent, with a grid that came afterwards.
fn merged(has: &str, state: OrderState) -> (Harness, PublishTask) {
    let mut harness = ready((100, 24));
    harness.press("s p b Enter Enter");
    let (work, publish, _) = settle(&mut harness);
    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Published(true)), given(1)]));
    let mut grid = sample::grid();
    grid.patches[2].published[0].sha256 = Some(publish.sha256);
    grid_with(&mut grid, &work, 1, Some(has), state);
    if has == "result" {
        grid.cells.last_mut().unwrap().has = Some(publish.sha256);
    }
    harness.reload(grid);
    harness.requests();
    (harness, publish)
}

#[test]
fn a_resolved_conflict_is_a_job_with_what_became_of_it() {
    let (mut harness, _) = merged("fx-own", OrderState::Queued);
    harness.press("J");
    harness.shows("merge 4712-Settlement-fx.st → borealis");
    harness.press("Enter");
    assert_snapshot!("conflict_job", harness.screen());
}

#[test]
fn undoing_a_merge_takes_the_order_back_and_publishes_what_was_current() {
    let (mut harness, publish) = merged("fx-own", OrderState::Queued);
    harness.press("u");
    assert_snapshot!("conflict_undo", harness.screen());
    harness.press("Enter");
    let tasks = harness.work().tasks;
    let [Task::TakeBack(_), Task::Publish(again)] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert_eq!((again.sha256, again.versions[0].1), (content("fx2"), Some(publish.sha256)));
}

#[test]
fn undoing_an_installed_merge_puts_back_what_the_site_had_for_it_was_seen_while_merging() {
    let (mut harness, publish) = merged("result", OrderState::Confirmed { at: sample::now() });
    harness.press("u Enter");
    let tasks = harness.work().tasks;
    let [Task::Put(put), Task::Publish(_)] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert_eq!((put.sha256, put.expected, put.shown), (content("fx-own"), Some(publish.sha256), true));
}

#[test]
fn a_result_that_could_not_be_sent_leaves_the_conflict_open_with_its_decisions() {
    let mut harness = ready((80, 24));
    harness.press("s p b Enter Enter");
    let (work, ..) = settle(&mut harness);
    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Published(true)), Err("it changed".to_owned())]));
    harness.shows("4712-Settlement-fx.st → borealis: it changed");
    harness.shows("3 conflicts, all decided");
    harness.press("J Enter");
    harness.shows("1 of 2 not done");
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
    harness.shows("changed meanwhile: Esc, then Enter shows it");
    assert_snapshot!("conflict_outdated", harness.screen());
}

#[test]
fn contents_that_cannot_be_had_are_said_with_a_way_on() {
    let (mut harness, ticket) = opened((80, 24));
    harness.answer(Answer::Merged(ticket, Err(Trouble::Refused("no such content\x1b[2J".to_owned()))));
    harness.shows("no such content\\x1b[2J");
    harness.shows("Esc, then Enter tries it again");
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
