//! The diff screen and the history: what keys change, what is asked for, what is never mixed up.

use crate::app::compare::lines::{Run, Spaces};
use crate::app::compare::{Comparison, Shown, compare};
use crate::app::diff::Body;
use crate::app::harness::Harness;
use crate::app::model::Effect;
use crate::app::office::{Answer, Basis, Request, Task, Ticket, Trouble};
use crate::app::sample::{self, content};
use crate::app::screens::Screen;

/// Forty lines with changes at 10, 11 and 30, in a diff that is open over the sample grid.
pub(super) fn long() -> (String, String) {
    let lines: Vec<_> = (1..=40).map(|line| format!("line {line} of the order\n")).collect();
    let mut other = lines.clone();
    other[9] = "line 10 of an order\n".to_owned();
    other[10] = "\tline 11 of the order\n".to_owned();
    other[29] = "another line, 30th\n".to_owned();
    (lines.concat(), other.concat())
}

/// Opens the diff of the cell that acme changed, and answers with these contents.
pub(super) fn opened(size: (u16, u16), left: &[u8], right: &[u8]) -> Harness {
    let mut harness = Harness::sample(size);
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    answer(&mut harness, Some(left), Some(right));
    harness
}

/// Answers the comparison that was asked for last; the sample's hashes stand for words, not for these texts.
pub(super) fn answer(harness: &mut Harness, left: Option<&[u8]>, right: Option<&[u8]>) {
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    let mut comparison = compare(left, right);
    for (blob, sha256) in [(&mut comparison.left, pair.left), (&mut comparison.right, pair.right)] {
        if let (Some(blob), Some(sha256)) = (blob, sha256) {
            blob.sha256 = sha256;
        }
    }
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
}

/// Answers the question for lines that was asked last.
pub(super) fn answer_lines(harness: &mut Harness) -> Spaces {
    let Some(Request::Lines { ticket, texts, spaces }) = harness.requests().pop() else { panic!("no lines were asked for") };
    harness.answer(Answer::Lines(ticket, Ok(texts.lines(spaces))));
    spaces
}

#[test]
fn a_first_look_that_is_coarse_says_so_until_the_closer_one_is_there() {
    let (old, new) = long();
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    let mut comparison = compare(Some(old.as_bytes()), Some(new.as_bytes()));
    let Shown::Text { texts, lines } = &mut comparison.shown else { panic!("text") };
    lines.coarse = true;
    lines.runs = vec![Run::Change { old: 0..texts.left.len(), new: 0..texts.right.len() }];
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    harness.shows("first look: unchanged lines may be shown as changed; comparing closely…");
    harness.shows("change 1/1");
    harness.press("j j j");
    assert_eq!(answer_lines(&mut harness), Spaces::Exact);
    assert!(!harness.screen().contains("first look"));
    harness.shows("/2 ·");
}

#[test]
fn a_diff_whose_cell_changed_meanwhile_says_so_acts_on_nothing_and_r_shows_what_is_there_now() {
    let (old, new) = long();
    let mut harness = opened((100, 24), old.as_bytes(), new.as_bytes());
    harness.press("Tab");
    let mut grid = sample::grid();
    let cell = grid.cells.iter_mut().find(|cell| cell.patch == 0 && cell.site == 0).expect("acme's cell");
    cell.has = Some(content("edited again"));
    harness.reload(grid);
    harness.shows("changed meanwhile: r shows it");
    for key in ["<", ">", "Enter"] {
        harness.press(key);
        assert!(harness.model.dialog.is_none(), "{key} would decide over what nobody has seen");
    }
    harness.requests();
    harness.press("r");
    let Some(Request::Compare { pair, .. }) = harness.requests().into_iter().find(|one| matches!(one, Request::Compare { .. }))
    else {
        panic!("it is not shown anew")
    };
    assert_eq!(pair.right, Some(content("edited again")));
    assert!(!harness.screen().contains("changed meanwhile"));
    assert_eq!(harness.model.screens.all_mut().count(), 1, "the outdated one is gone");
}

#[test]
fn lines_that_differ_in_their_end_alone_are_changes_with_their_ends_to_be_seen() {
    let mut harness = opened((100, 24), b"a\r\nb\r\nc\nd\n", b"a\r\nb\nc\r\nd\n");
    harness.shows("change 1/1");
    for line in ["-b\\r\\n", "-c\\n", "+b\\n", "+c\\r\\n"] {
        harness.shows(line);
    }
    harness.press("Tab");
    harness.shows("-b\\r\\n");
    harness.shows("+c\\r\\n");
    harness.press("w");
    answer_lines(&mut harness);
    harness.shows("no change");
}

#[test]
fn the_diff_is_copied_as_other_programs_print_it() {
    let mut harness = opened((100, 24), b"a\nb\n", b"a\nc\n");
    harness.press("y u");
    let Some(Effect::Copy { what: "the diff", text }) = harness.effects.pop() else { panic!("nothing is copied") };
    assert!(text.ends_with("+++ at acme\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"), "{text}");
}

#[test]
fn a_difference_far_to_the_right_is_seen_without_a_key() {
    let line = |end: &str| format!("head\n\ttotal := {}price{end}. \"rounded\"\nend\n", "lots * price + ".repeat(8));
    let mut harness = opened((80, 24), line("").as_bytes(), line(" * 2").as_bytes());
    harness.shows("-‹");
    harness.shows("price * 2. \"rounded\"");
    harness.press("l");
    assert!(!harness.screen().contains('‹'), "what is moved by hand stays where it was moved");
    harness.press("Home /");
    harness.type_text("total");
    harness.shows("total := lots");
}

#[test]
fn a_comparison_that_stays_coarse_goes_on_saying_so() {
    let (old, new) = long();
    let mut harness = opened_long((80, 24));
    let Some(Screen::Diff(view)) = harness.model.screens.top_mut() else { panic!("a diff") };
    let mut comparison = compare(Some(old.as_bytes()), Some(new.as_bytes()));
    let Shown::Text { lines, .. } = &mut comparison.shown else { panic!("text") };
    lines.coarse = true;
    let coarse = lines.clone();
    view.take(Body::Ready(Box::new(comparison)));
    let Some(Request::Lines { ticket, .. }) = view.look_closer() else { panic!("nothing more is asked for") };
    harness.answer(Answer::Lines(ticket, Ok(coarse)));
    harness.shows("compared coarsely: unchanged lines may be shown as changed");
    assert_eq!(harness.requests(), [], "there is no end to looking closer");
}

#[test]
fn until_its_stamp_is_read_a_content_has_the_one_that_the_grid_knows() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    let before = harness.screen().lines().take(3).map(str::to_owned).collect::<Vec<_>>();
    let comparison = Comparison { stamps_follow: true, ..compare(Some(b"a\n"), Some(b"b\n")) };
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    let who = |line: &str| line.split("   ").next().unwrap().to_owned();
    assert_eq!(
        harness.screen().lines().take(3).skip(1).map(who).collect::<Vec<_>>(),
        before[1..].iter().map(|line| who(line)).collect::<Vec<_>>()
    );
    harness.answer(Answer::Stamped(ticket, Box::new([None, None])));
    assert!(!harness.screen().contains("reading the stamp"));
}

fn opened_long(size: (u16, u16)) -> Harness {
    let (old, new) = long();
    opened(size, old.as_bytes(), new.as_bytes())
}

pub(super) fn opened_history(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("H");
    answer_history(&mut harness);
    harness
}

fn answer_history(harness: &mut Harness) {
    let asked = harness.requests().into_iter().find_map(|request| match request {
        Request::History { ticket, patch, .. } => Some((ticket, patch)),
        _ => None,
    });
    let (ticket, patch) = asked.expect("the history was asked for");
    harness.answer(Answer::History(ticket, Ok(Box::new(sample::history(patch)))));
}

fn hides(harness: &Harness, words: &str) {
    assert!(!harness.screen().contains(words), "{words:?} is on the screen:\n{}", harness.screen());
}

#[test]
fn unchanged_lines_are_folded_until_they_are_asked_for() {
    let mut harness = opened_long((80, 40));
    harness.shows("⋯ 6 lines");
    hides(&harness, "line 3 of");
    harness.press("e");
    harness.shows("line 3 of");
    harness.shows("⋯ 12 lines");
    harness.press("E");
    hides(&harness, "⋯");
    harness.press("E");
    harness.shows("⋯ 6 lines");
}

#[test]
fn the_next_change_is_gone_to_even_when_all_fit_on_the_screen() {
    let mut harness = opened_long((80, 40));
    harness.shows("change 1/2");
    harness.press("] ]");
    harness.shows("change 2/2");
    harness.shows("▌30    -line 30");
    harness.press("]");
    harness.shows("change 2/2");
    harness.press("[");
    harness.shows("change 1/2");
}

#[test]
fn side_by_side_needs_room_and_comes_back_when_there_is() {
    let mut harness = opened_long((80, 24));
    harness.press("Tab");
    harness.shows("side by side needs 100 columns");
    harness.take(crate::app::model::Message::Resize(120, 24));
    harness.press("Tab");
    harness.shows("│");
    harness.take(crate::app::model::Message::Resize(80, 24));
    hides(&harness, "│");
    harness.take(crate::app::model::Message::Resize(120, 24));
    harness.shows("│");
}

#[test]
fn the_line_at_the_top_stays_through_layouts_and_folds() {
    let mut harness = opened_long((120, 15));
    harness.press("E");
    for _ in 0..14 {
        harness.press("j");
    }
    let top = |harness: &Harness| harness.screen().lines().nth(4).unwrap_or_default().to_owned();
    assert!(top(&harness).contains("line 13 of"), "{}", harness.screen());
    harness.press("Tab");
    assert!(top(&harness).contains("line 13 of"), "{}", harness.screen());
    harness.press("Tab");
    assert!(top(&harness).contains("line 13 of"), "{}", harness.screen());
}

#[test]
fn whitespace_is_ignored_on_wish_and_the_head_says_so() {
    let mut harness = opened_long((80, 24));
    harness.press("w");
    harness.shows("comparing anew…");
    harness.shows("-line 11 of the order");
    assert_eq!(answer_lines(&mut harness), Spaces::Ignored);
    harness.shows("whitespace is ignored");
    hides(&harness, "-line 11 of the order");
    harness.press("w");
    assert_eq!(answer_lines(&mut harness), Spaces::Exact);
    harness.shows("-line 11 of the order");
}

#[test]
fn only_the_whitespace_that_was_asked_for_last_is_taken() {
    let mut harness = opened_long((80, 24));
    harness.press("w");
    let Some(Request::Lines { ticket, texts, spaces }) = harness.requests().pop() else { panic!("no lines were asked for") };
    harness.press("w");
    assert_eq!(answer_lines(&mut harness), Spaces::Exact);
    harness.answer(Answer::Lines(ticket, Ok(texts.lines(spaces))));
    hides(&harness, "whitespace is ignored");
    harness.shows("-line 11 of the order");
}

#[test]
fn a_search_counts_goes_on_and_around_and_opens_folds() {
    let mut harness = opened_long((80, 24));
    harness.press("/");
    harness.type_text("line 2");
    harness.shows("/line 2▏  1/11");
    harness.shows("line 2 of the order");
    harness.press("Enter n");
    harness.shows("/line 2  2/11");
    harness.press("N N");
    harness.shows("11/11");
    harness.press("Esc");
    hides(&harness, "/line 2");
    harness.shows("@ acme");
    harness.press("Esc");
    hides(&harness, "@ acme · ");
}

#[test]
fn a_search_that_is_given_up_leaves_the_screen_as_it_was() {
    let mut harness = opened_long((80, 15));
    let before = harness.screen();
    harness.press("/");
    harness.type_text("30th");
    assert_ne!(harness.screen(), before);
    harness.press("Esc");
    assert_eq!(harness.screen(), before);
}

#[test]
fn small_letters_find_large_ones_too_and_large_ones_only_themselves() {
    let mut harness = opened((80, 24), b"Order order\n", b"Order order\nnew\n");
    harness.press("/");
    harness.type_text("order");
    harness.shows("1/2");
    harness.press("Esc /");
    harness.type_text("Order");
    harness.shows("1/1");
    harness.press("Esc /");
    harness.type_text("nowhere");
    harness.shows("not found");
}

#[test]
fn a_match_far_to_the_right_is_scrolled_to() {
    let long = format!("{}needle\n", "x".repeat(1_000_000));
    let mut harness = opened((80, 24), b"short\n", long.as_bytes());
    harness.press("/");
    harness.type_text("needle");
    harness.shows("xneedle");
    harness.press("Enter Home");
    hides(&harness, "xneedle");
}

#[test]
fn keys_for_the_search_do_nothing_while_a_key_is_typed_into_it() {
    let mut harness = opened_long((80, 24));
    harness.press("/");
    harness.type_text("wq>p]");
    harness.shows("/wq>p]▏");
    assert!(harness.model.dialog.is_none() && harness.requests().is_empty());
}

#[test]
fn a_late_answer_never_lands_in_another_diff() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    harness.press("Esc d");
    harness.answer(Answer::Compared(ticket, Ok(Box::new(compare(Some(b"late"), Some(b"too late"))))));
    harness.shows("Fetching both contents…");
    answer(&mut harness, Some(b"a\n"), Some(b"b\n"));
    harness.shows("-a");
    harness.answer(Answer::Compared(ticket, Err(Trouble::Refused("late as well".to_owned()))));
    harness.shows("-a");
}

#[test]
fn the_stamp_of_the_bytes_that_were_compared_is_shown_and_why_it_was_chosen() {
    let mut harness = Harness::sample((160, 40));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    let (left, right) = (b"\"no stamp\"\n", b"!Order methodsFor: 'x' stamp: 'mk 11/24/2026 12:00'!\nfoo! !\n");
    let mut comparison = compare(Some(left), Some(right));
    let hints = fieldpost_common::stamp::Hints::default();
    let read = |bytes: &[u8]| crate::app::compare::read_stamp(Some(bytes), "4688-Quote-cache.st", &hints);
    comparison.stamped(read(left), read(right));
    comparison.left.as_mut().unwrap().sha256 = content("quote2");
    comparison.right.as_mut().unwrap().sha256 = content("quote-by-hand");
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    harness.shows("published for 7.7: no author or date");
    harness.shows("at acme: mk 2026-11-24");
    harness.shows("stamp: the newest stamp with both author and time (method stamp)");
    harness.shows("https://tracker.example/4688");
    harness.shows(&content("quote-by-hand").to_string());
}

#[test]
fn enter_on_a_revision_compares_it_with_the_one_before() {
    let mut harness = opened_history((80, 24));
    harness.press("j Enter");
    let Some(Request::Compare { pair, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    assert_eq!((pair.left, pair.right), (Some(content("quote2")), Some(content("quote-by-hand"))));
}

#[test]
fn the_first_revision_is_compared_with_no_file() {
    let mut harness = opened_history((80, 24));
    harness.press("G d");
    let Some(Request::Compare { pair, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    assert_eq!((pair.left, pair.right), (None, Some(content("quote0"))));
    harness.shows("there was no file");
}

#[test]
fn any_two_revisions_are_compared_older_to_newer_however_they_were_marked() {
    for keys in ["j Space j j Space d", "G k Space k k Space Enter", "j Space j j d"] {
        let mut harness = opened_history((80, 24));
        harness.press(keys);
        let Some(Request::Compare { pair, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
        assert_eq!((pair.left, pair.right), (Some(content("quote1")), Some(content("quote-by-hand"))), "{keys}");
    }
}

#[test]
fn a_revision_whose_bytes_are_on_their_way_is_not_asked_for() {
    let mut harness = opened_history((80, 24));
    harness.press("d");
    assert!(harness.requests().is_empty());
    harness.shows("still on their way");
}

#[test]
fn a_revision_is_published_once_it_was_shown_and_an_older_one_takes_the_patchs_name() {
    let mut harness = opened_history((80, 24));
    harness.press("G k d p");
    assert!(harness.model.dialog.is_none(), "nothing was shown yet");
    harness.press("Esc d");
    answer(&mut harness, Some(b"a\n"), Some(b"b\n"));
    harness.press("p Enter");
    harness.shows("type 4688-Quote-cache.st to go on");
    harness.type_text("4688-Quote-cache.st");
    harness.press("Enter");
    let work = harness.work();
    let [Task::Publish(task)] = &work.tasks[..] else { panic!("nothing was published") };
    assert_eq!((task.sha256, &task.basis), (content("quote1"), &Basis::Shown { size: 2 }));
    assert_eq!(task.versions, [("7.7".parse().unwrap(), Some(content("quote2")))]);
}

#[test]
fn a_newer_revision_is_published_without_a_word_to_type() {
    let mut harness = opened_history((80, 24));
    harness.press("j d");
    answer(&mut harness, Some(b"a\n"), Some(b"b\n"));
    harness.press("p Enter");
    assert!(matches!(harness.work().tasks[..], [Task::Publish(_)]));
}

#[test]
fn an_open_history_is_read_anew_when_the_grid_changes_and_stays_on_its_revision() {
    let mut harness = opened_history((80, 24));
    harness.press("j j Space");
    harness.reload(sample::grid());
    let asked = harness.requests().into_iter().find_map(|request| match request {
        Request::History { ticket, patch, .. } => Some((ticket, patch)),
        _ => None,
    });
    let (ticket, patch) = asked.expect("it was asked for anew");
    let mut history = sample::history(patch);
    history.revisions.remove(0);
    harness.answer(Answer::History(Ticket(ticket.0 + 100), Ok(Box::new(sample::history("x.st".parse().unwrap())))));
    harness.answer(Answer::History(ticket, Ok(Box::new(history))));
    harness.shows("4 revisions · 1 marked");
    harness.press("j d");
    let Some(Request::Compare { pair, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    assert_eq!((pair.left, pair.right), (Some(content("quote1")), Some(content("quote2"))));
}

#[test]
fn a_history_that_was_read_stays_when_the_server_is_gone() {
    let mut harness = opened_history((80, 24));
    harness.reload(sample::grid());
    let ticket = harness.requests().into_iter().find_map(|request| match request {
        Request::History { ticket, .. } => Some(ticket),
        _ => None,
    });
    let trouble = Trouble::Unreachable("the server can't be reached".to_owned());
    harness.answer(Answer::History(ticket.expect("it was asked for anew"), Err(trouble)));
    harness.shows("5 revisions");
}

#[test]
fn the_history_of_a_diff_is_one_key_away_and_leads_back() {
    let mut harness = opened((80, 24), b"a\n", b"b\n");
    harness.press("H");
    answer_history(&mut harness);
    harness.press("y");
    harness.shows("SHA-256 of the revision");
    harness.press("Esc");
    harness.press("j d");
    answer(&mut harness, Some(b"a\n"), Some(b"b\n"));
    harness.shows("two revisions");
    harness.press("H");
    harness.shows("· history");
    harness.press("q");
    harness.shows("@ acme");
}

#[test]
fn the_history_says_which_stamp_counts_and_why_and_what_people_corrected() {
    let mut harness = opened_history((160, 40));
    harness.press("j");
    harness.shows("stamp: method stamp; the newest stamp with both author and time · issue corrected by jk 1 h ago");
}
